//! Reading Ogg Opus: both ends for what a file is, all of it for its samples.

use std::io::{BufReader, Read, Seek, SeekFrom};

use audyn_model::Container;
use ogg::PacketReader;

use super::RATE;
use super::head::{Head, Mapping, parse_tags};
use super::page::{FLAG_CONTINUED, FLAG_EOS, MAX_PAGE, Page};
use crate::foreign::foreign;
use crate::play::Trim;
use crate::read::read_at;
use crate::{About, Decoded, Error, Inspection, Mend, Patch, State, Words};

/// Longer tags are not read (pictures may be long, ours are not).
const MAX_TAGS: usize = 1 << 20;
/// Pages that are none, or another stream's, before a search for the last one is given up.
const MAX_DAMAGED: usize = 4096;
/// The longest packet, 120 ms.
pub(crate) const MAX_PACKET_SAMPLES: usize = 5760;

/// What both ends of a file say.
struct Ends {
    head: Head,
    about: Option<About>,
    /// First byte after the tags.
    audio_at: u64,
    last: Last,
    len: u64,
}

/// The last whole page of the stream.
struct Last {
    at: u64,
    end: u64,
    granule: i64,
    ended: bool,
    /// Its header with the end marked.
    closing: Vec<u8>,
}

pub(crate) fn inspect<R: Read + Seek>(reader: &mut R) -> Result<Inspection, Error> {
    let ends = Ends::read(reader)?;
    Ok(Inspection {
        container: Container::Opus,
        rate: RATE,
        channels: ends.head.channels,
        words: Words::Lossy,
        frames: ends.frames(),
        state: State::shown_by(ends.unfinished()),
        audio: ends.audio_at..ends.last.end.max(ends.audio_at),
        about: ends.about,
    })
}

pub(crate) fn mend<R: Read + Seek>(reader: &mut R) -> Result<Mend, Error> {
    let ends = Ends::read(reader)?;
    let frames = ends.frames();
    if ends.unfinished().is_none() {
        return Ok(Mend::nothing(ends.len, frames));
    }
    if ends.about.is_none() {
        let message = "this Ogg file has no end, but it is not one of ours: it is left as it is";
        return Err(Error::Unsupported(message.to_owned()));
    }
    let Last { at, end, granule, closing, .. } = ends.last;
    let mut patches = vec![Patch { at: at + 5, bytes: closing }];
    if let Ok(granule @ 0..) = u16::try_from(granule)
        && granule < ends.head.pre_skip
    {
        // A stream may not end before its pre-skip does.
        let first = read_at(reader, 0, MAX_PAGE)?;
        let page = Page::parse(&first).map(|page| page.skipping(granule));
        patches.extend(page.map(|bytes| Patch { at: 0, bytes }));
    }
    Ok(Mend { keep: end, cut: ends.len - end, append: Vec::new(), patches, frames })
}

pub(crate) fn decode<R: Read + Seek>(
    reader: &mut R,
    on_frames: &mut dyn FnMut(&[i32]),
) -> Result<Decoded, Error> {
    let ends = Ends::read(reader)?;
    let channels = ends.head.channels;
    reader.rewind()?;
    let damaged =
        |error: &dyn std::fmt::Display| Error::Malformed(format!("this Opus file is damaged: {error}"));
    // Only the whole pages: a torn one at the end is not damage but an unfinished file.
    let mut packets = PacketReader::new(BufReader::new(Window { inner: reader, at: 0, len: ends.last.end }));
    let mut next = || foreign("Ogg", || packets.read_packet())?.map_err(|e| damaged(&e));
    let first = next()?.ok_or_else(|| damaged(&"no packets"))?;
    let (head, mapping) = Head::parse(&first.data)?;
    let serial = first.stream_serial();
    let mut coder = Decoder::new(&head, &mapping).map_err(|e| damaged(&e))?;
    let mut room = vec![0.0; MAX_PACKET_SAMPLES * usize::from(channels)];
    let mut trim = Trim::new(head.pre_skip.into(), ends.frames(), channels);
    let mut tags = true;
    while let Some(packet) = next()? {
        if packet.stream_serial() != serial {
            continue;
        }
        if std::mem::take(&mut tags) {
            continue;
        }
        let len = foreign("Opus", || coder.decode(&packet.data, &mut room))?.map_err(|e| damaged(&e))?;
        trim.play(&room, len, on_frames);
    }
    Ok(Decoded { rate: RATE, channels, frames: trim.played() })
}

impl Ends {
    fn read<R: Read + Seek>(reader: &mut R) -> Result<Self, Error> {
        let malformed = |what: &str| Error::Malformed(format!("cannot read this Ogg file as Opus: {what}"));
        let len = reader.seek(SeekFrom::End(0))?;
        let first = read_at(reader, 0, MAX_PAGE)?;
        let page = Page::parse(&first).ok_or_else(|| malformed("its first page is not whole"))?;
        let serial = page.serial();
        let packet = page.packets().0.first().copied().unwrap_or_default();
        let (head, _) = Head::parse(packet)?;
        let mut at = page.len() as u64;
        let mut tags = Vec::new();
        loop {
            let bytes = read_at(reader, at, MAX_PAGE)?;
            let page =
                Page::parse(&bytes).ok_or_else(|| malformed("it ends inside its tags: it holds no audio"))?;
            let continued = page.flags() & FLAG_CONTINUED != 0;
            if page.serial() != serial || continued == tags.is_empty() {
                return Err(malformed("its second packet is not OpusTags"));
            }
            at += page.len() as u64;
            let (whole, open) = page.packets();
            tags.extend(whole.first().copied().or(open).unwrap_or_default());
            if !whole.is_empty() || tags.len() > MAX_TAGS {
                break;
            }
        }
        let audio_at = at;
        let last = last_page(reader, serial, audio_at, len)?;
        let last = last.ok_or_else(|| malformed("it ends behind its tags: it holds no audio"))?;
        Ok(Self { head, about: parse_tags(&tags), audio_at, last, len })
    }

    /// Samples between the pre-skip and the last granule.
    fn frames(&self) -> u64 {
        u64::try_from(self.last.granule).unwrap_or(0).saturating_sub(self.head.pre_skip.into())
    }

    fn unfinished(&self) -> Option<String> {
        // Behind the end of a stream may lie another one, or a tag: none of ours.
        if self.last.ended {
            return None;
        }
        Some(match self.len - self.last.end {
            0 => "its last page does not say that it ends".to_owned(),
            beyond => format!("it does not end, and {beyond} bytes behind its last page are not a whole one"),
        })
    }
}

impl Last {
    fn of(page: &Page<'_>, at: u64) -> Self {
        Self {
            at,
            end: at + page.len() as u64,
            granule: page.granule(),
            ended: page.flags() & FLAG_EOS != 0,
            closing: page.ended(),
        }
    }
}

/// The last whole page of stream `serial` that ends a packet, searched from the end of the file backwards.
fn last_page<R: Read + Seek>(
    reader: &mut R,
    serial: u32,
    from: u64,
    len: u64,
) -> Result<Option<Last>, Error> {
    let window = 2 * MAX_PAGE as u64;
    let mut upto = len;
    let mut damaged = 0;
    while upto > from {
        let start = upto.saturating_sub(window).max(from);
        // A page that begins in this window may end behind it.
        let bytes = read_at(reader, start, (upto - start) as usize + MAX_PAGE)?;
        let begins = (upto - start) as usize;
        for at in (0..begins.min(bytes.len())).rev().filter(|at| bytes[*at..].starts_with(b"OggS")) {
            let page =
                Page::parse(&bytes[at..]).filter(|page| page.serial() == serial && page.granule() >= 0);
            if let Some(page) = page {
                return Ok(Some(Last::of(&page, start + at as u64)));
            }
            damaged += 1;
            if damaged > MAX_DAMAGED {
                return Ok(None);
            }
        }
        upto = start;
    }
    Ok(None)
}

pub(crate) enum Decoder {
    Plain(opus::Decoder),
    Mapped(opus::MSDecoder),
}

impl Decoder {
    pub(crate) fn new(head: &Head, mapping: &Mapping) -> Result<Self, opus::Error> {
        let gain = i32::from(head.gain);
        if mapping.streams == 1 && mapping.channels.len() <= 2 && head.channels <= 2 {
            let channels = if head.channels == 1 { opus::Channels::Mono } else { opus::Channels::Stereo };
            let mut decoder = opus::Decoder::new(RATE.hz(), channels)?;
            decoder.set_gain(gain)?;
            return Ok(Self::Plain(decoder));
        }
        let mut decoder =
            opus::MSDecoder::new(RATE.hz(), mapping.streams, mapping.coupled, &mapping.channels)?;
        decoder.set_gain(gain)?;
        Ok(Self::Mapped(decoder))
    }

    /// Samples per channel of one packet.
    pub(crate) fn decode(&mut self, packet: &[u8], room: &mut [f32]) -> Result<usize, opus::Error> {
        match self {
            Self::Plain(decoder) => decoder.decode_float(packet, room, false),
            Self::Mapped(decoder) => decoder.decode_float(packet, room, false),
        }
    }
}

/// The first `len` bytes of a reader, as if there were no more.
struct Window<'a, R> {
    inner: &'a mut R,
    at: u64,
    len: u64,
}

impl<R: Read> Read for Window<'_, R> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let most = usize::try_from(self.len.saturating_sub(self.at)).unwrap_or(usize::MAX).min(room.len());
        let read = self.inner.read(&mut room[..most])?;
        self.at += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Window<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let to = match to {
            SeekFrom::End(back) => SeekFrom::Start(self.len.saturating_add_signed(back)),
            SeekFrom::Start(_) | SeekFrom::Current(_) => to,
        };
        self.at = self.inner.seek(to)?;
        Ok(self.at)
    }
}
