//! Reading FLAC: the metadata and the tail for what a file is, all of it for its samples.

use std::io::{BufReader, Read, Seek, SeekFrom};

use audyn_model::Container;
use flac_codec::decode::{FlacSampleReader, FlacStreamReader};

use super::INFO_AT;
use super::frame::{Tail, tail};
use super::info::{self, Info};
use crate::foreign::foreign;
use crate::read::read_at;
use crate::{About, Decoded, Error, Inspection, Mend, Patch, State, Words, about, vorbis};

/// More metadata blocks than this are not a recording.
const MAX_BLOCKS: usize = 1024;
/// A longer comment block is not ours.
const MAX_COMMENT: usize = 1 << 20;

/// What both ends of a file say.
struct Ends {
    info: Info,
    about: Option<About>,
    audio_at: u64,
    tail: Tail,
    len: u64,
}

pub(crate) fn inspect<R: Read + Seek>(reader: &mut R) -> Result<Inspection, Error> {
    let ends = Ends::read(reader)?;
    Ok(Inspection {
        container: Container::Flac,
        rate: ends.info.rate,
        channels: ends.info.channels.into(),
        words: Words::Int(ends.info.bits),
        frames: ends.tail.frames,
        state: State::shown_by(ends.unfinished()),
        audio: ends.audio_at..ends.tail.end,
        about: ends.about,
    })
}

pub(crate) fn mend<R: Read + Seek>(reader: &mut R) -> Result<Mend, Error> {
    let ends = Ends::read(reader)?;
    let Tail { end, frames } = ends.tail;
    if ends.unfinished().is_none() {
        return Ok(Mend::nothing(ends.len, frames));
    }
    if ends.about.is_none() {
        let message =
            "this FLAC file does not say how long it is, but it is not one of ours: it is left as it is";
        return Err(Error::Unsupported(message.to_owned()));
    }
    let info = Info { total: frames, frame_bytes: (0, 0), md5: [0; 16], ..ends.info };
    let patches = vec![Patch { at: INFO_AT, bytes: info.to_bytes() }];
    Ok(Mend { keep: end, cut: ends.len - end, append: Vec::new(), patches, frames })
}

pub(crate) fn decode<R: Read + Seek>(
    reader: &mut R,
    on_frames: &mut dyn FnMut(&[i32]),
) -> Result<Decoded, Error> {
    let ends = Ends::read(reader)?;
    let Info { rate, channels, bits, .. } = ends.info;
    let damaged = |error: flac_codec::Error| {
        if let flac_codec::Error::Io(error) = error {
            return Error::Io(error);
        }
        Error::Malformed(format!("this FLAC file is damaged: {error}"))
    };
    let shift = 32 - u32::from(bits);
    let mut samples = Vec::new();
    let mut give = |words: &[i32]| {
        samples.clear();
        samples.extend(words.iter().map(|word| word << shift));
        on_frames(&samples);
        (words.len() / usize::from(channels)) as u64
    };
    let mut frames = 0;
    if ends.about.is_some() {
        reader.seek(SeekFrom::Start(ends.audio_at))?;
        let audio = reader.take(ends.len - ends.audio_at);
        let mut coder = FlacStreamReader::new(BufReader::new(audio));
        while frames < ends.tail.frames {
            let frame = foreign("FLAC", || coder.read())?.map_err(damaged)?;
            if frame.channels != channels || frame.bits_per_sample != u32::from(bits) {
                return Err(Error::Malformed("this FLAC file changes its format".to_owned()));
            }
            frames += give(frame.samples);
        }
    } else {
        reader.rewind()?;
        let mut coder =
            foreign("FLAC", || FlacSampleReader::new(BufReader::new(reader)))?.map_err(damaged)?;
        loop {
            let words = foreign("FLAC", || coder.fill_buf())?.map_err(damaged)?;
            if words.is_empty() {
                break;
            }
            let len = words.len();
            frames += give(words);
            coder.consume(len);
        }
    }
    Ok(Decoded { rate, channels: channels.into(), frames })
}

impl Ends {
    fn read<R: Read + Seek>(reader: &mut R) -> Result<Self, Error> {
        let len = reader.seek(SeekFrom::End(0))?;
        let ended = || Error::Malformed("this FLAC file ends inside its head: it holds no audio".to_owned());
        let mut at = 4;
        let (mut info, mut about) = (None, None);
        for _ in 0..MAX_BLOCKS {
            let header = read_at(reader, at, 4)?;
            let [kind, a, b, c] = header[..] else { return Err(ended()) };
            let size = u32::from_be_bytes([0, a, b, c]) as usize;
            match kind & 0x7F {
                0 if at == 4 => info = Some(Info::parse(&read_at(reader, at + 4, size.min(info::LEN))?)?),
                4 if size <= MAX_COMMENT => {
                    about = vorbis::read(&read_at(reader, at + 4, size)?)
                        .and_then(|tags| about::from_tags(&tags));
                }
                _ => {}
            }
            at += 4 + size as u64;
            if at > len {
                return Err(ended());
            }
            if kind & 0x80 != 0 {
                let info =
                    info.ok_or_else(|| Error::Malformed("this FLAC file has no STREAMINFO".to_owned()))?;
                // A length that somebody else wrote is somebody else's truth.
                let tail = if about.is_none() && info.total != 0 {
                    Tail { end: len, frames: info.total }
                } else {
                    tail(reader, &info, at, len)?
                };
                return Ok(Self { info, about, audio_at: at, tail, len });
            }
        }
        Err(Error::Malformed("this FLAC file's metadata does not end".to_owned()))
    }

    fn unfinished(&self) -> Option<String> {
        let beyond = self.len - self.tail.end;
        let Tail { frames, .. } = self.tail;
        // With its MD5 a file was ended; what lies behind is somebody's tag.
        let ended = self.info.md5 != [0; 16] && frames == self.info.total;
        if beyond > 0 && !ended {
            return Some(format!("{beyond} bytes lie behind its last whole frame"));
        }
        (frames != self.info.total)
            .then(|| format!("its head tells of {} samples, {frames} are there", self.info.total))
    }
}
