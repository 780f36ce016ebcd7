//! Reading WAV: ours, and plain ones from elsewhere.

use std::io::{BufReader, Read, Seek, SeekFrom};

use audyn_model::{Container, Rate};

use super::head::{DS64_LEN, GUID_TAIL, Head, LIMIT_32, Sizes, TAG_EXTENSIBLE, TAG_FLOAT, TAG_PCM};
use crate::about::from_json;
use crate::foreign::foreign;
use crate::read::read_at;
use crate::words::from_float;
use crate::{About, Decoded, Error, Inspection, Mend, State, Words};

/// More chunks than this before `data` are not a recording.
const MAX_CHUNKS: usize = 4096;
/// A longer `audn` chunk is not ours.
const MAX_AUDN: u32 = 1 << 20;

/// What the head says, and what of it is true.
struct Layout {
    fmt: Fmt,
    about: Option<About>,
    head: Head,
    rf64: bool,
    /// Byte 12 holds 28 bytes kept free for `ds64`, or `ds64` itself.
    room_for_ds64: bool,
    /// End of the RIFF chunk as declared.
    riff_end: u64,
    declared: Declared,
    /// Length of the file.
    len: u64,
}

struct Fmt {
    rate: Rate,
    channels: u16,
    words: Words,
    /// Bytes of one frame.
    block: u64,
}

/// What the `data` chunk's size field says.
enum Declared {
    /// So many bytes.
    Bytes(u64),
    /// "As long as it goes": all ones, with no `ds64`.
    Open,
}

/// What becomes of the bytes after `data`'s head.
enum Verdict {
    /// So many bytes of samples, and nothing to do.
    Complete(u64),
    /// All whole frames up to the end of the file are audio.
    Unfinished(String),
}

pub(crate) fn inspect<R: Read + Seek>(reader: &mut R) -> Result<Inspection, Error> {
    let layout = Layout::read(reader)?;
    let (data, state) = match layout.verdict() {
        Verdict::Complete(bytes) => (bytes, State::Complete),
        Verdict::Unfinished(why) => (layout.len - layout.head.data_at, State::Unfinished { why }),
    };
    let frames = data / layout.fmt.block;
    Ok(Inspection {
        container: Container::Wav,
        rate: layout.fmt.rate,
        channels: layout.fmt.channels,
        words: layout.fmt.words,
        frames,
        state,
        audio: layout.head.data_at..layout.head.data_at + frames * layout.fmt.block,
        about: layout.about,
    })
}

pub(crate) fn mend<R: Read + Seek>(reader: &mut R) -> Result<Mend, Error> {
    let layout = Layout::read(reader)?;
    let block = layout.fmt.block;
    if let Verdict::Complete(bytes) = layout.verdict() {
        return Ok(Mend::nothing(layout.len, bytes / block));
    }
    let frames = (layout.len - layout.head.data_at) / block;
    let data = frames * block;
    let keep = layout.head.data_at + data;
    let pad = data % 2;
    let sizes = Sizes { data, file: keep + pad, frames };
    let rf64 = layout.rf64 || sizes.needs_64_bits(LIMIT_32);
    if rf64 && !layout.room_for_ds64 {
        let message = "cannot mend this WAV: it is beyond 4 GiB and its head has no room for 64-bit sizes";
        return Err(Error::Unsupported(message.to_owned()));
    }
    Ok(Mend {
        keep,
        cut: layout.len - keep,
        append: vec![0; pad as usize],
        patches: layout.head.patches(&sizes, rf64),
        frames,
    })
}

pub(crate) fn decode<R: Read + Seek>(
    reader: &mut R,
    on_frames: &mut dyn FnMut(&[i32]),
) -> Result<Decoded, Error> {
    let layout = Layout::read(reader)?;
    let Fmt { rate, channels, words, block } = layout.fmt;
    let data = match layout.verdict() {
        Verdict::Complete(bytes) => bytes,
        Verdict::Unfinished(_) => layout.len - layout.head.data_at,
    };
    let frames = data / block;
    if layout.about.is_none() && !layout.rf64 && matches!(layout.verdict(), Verdict::Complete(_)) {
        return decode_plain(reader, rate, channels, on_frames);
    }
    reader.seek(SeekFrom::Start(layout.head.data_at))?;
    let mut audio = reader.take(frames * block);
    let mut bytes = vec![0; (65_536 / block).max(1) as usize * block as usize];
    let mut samples = Vec::new();
    let mut left = frames * block;
    while left > 0 {
        let len = left.min(bytes.len() as u64) as usize;
        let piece = &mut bytes[..len];
        audio.read_exact(piece)?;
        left -= piece.len() as u64;
        samples.clear();
        unpack(piece, words, &mut samples);
        on_frames(&samples);
    }
    Ok(Decoded { rate, channels, frames })
}

/// A plain RIFF file from elsewhere, by `hound`.
fn decode_plain<R: Read + Seek>(
    reader: &mut R,
    rate: Rate,
    channels: u16,
    on_frames: &mut dyn FnMut(&[i32]),
) -> Result<Decoded, Error> {
    let failed = |error: hound::Error| match error {
        hound::Error::IoError(error) => Error::Io(error),
        error @ (hound::Error::FormatError(_)
        | hound::Error::TooWide
        | hound::Error::UnfinishedSample
        | hound::Error::Unsupported
        | hound::Error::InvalidSampleFormat) => Error::Malformed(format!("cannot read this WAV: {error}")),
    };
    reader.rewind()?;
    let mut wav = foreign("WAV", || hound::WavReader::new(BufReader::new(reader)))?.map_err(failed)?;
    let spec = wav.spec();
    let channels = usize::from(channels);
    let piece = (65_536 / channels).max(1) * channels;
    let mut samples: Vec<i32> = Vec::with_capacity(piece);
    let mut count = 0_u64;
    // Reads a piece at a time; whether there may be more.
    let mut give = |more: &mut dyn Iterator<Item = hound::Result<i32>>| {
        samples.clear();
        foreign("WAV", || more.take(piece).try_for_each(|sample| sample.map(|s| samples.push(s))))?
            .map_err(failed)?;
        count += samples.len() as u64;
        if !samples.is_empty() {
            on_frames(&samples);
        }
        Ok::<bool, Error>(samples.len() == piece)
    };
    match spec.sample_format {
        hound::SampleFormat::Int => {
            let bits = u32::from(spec.bits_per_sample);
            let shift = 32_u32.checked_sub(bits).filter(|shift| *shift < 32).ok_or_else(|| {
                Error::Malformed(format!("cannot read this WAV: {bits}-bit samples; 1 to 32 are known"))
            })?;
            let mut words = wav.samples::<i32>().map(|word| word.map(|word| word << shift));
            while give(&mut words)? {}
        }
        hound::SampleFormat::Float => {
            let mut words = wav.samples::<f32>().map(|word| word.map(from_float));
            while give(&mut words)? {}
        }
    }
    if !count.is_multiple_of(channels as u64) {
        return Err(Error::Malformed("this WAV ends inside a frame".to_owned()));
    }
    Ok(Decoded { rate, channels: channels as u16, frames: count / channels as u64 })
}

impl Layout {
    fn read<R: Read + Seek>(reader: &mut R) -> Result<Self, Error> {
        let len = reader.seek(SeekFrom::End(0))?;
        let master = read_at(reader, 0, 12)?;
        let [r, i, f, g, s0, s1, s2, s3, b'W', b'A', b'V', b'E'] = master[..] else {
            return Err(Error::Malformed("not a WAV file: no RIFF/WAVE head".to_owned()));
        };
        let rf64 = match &[r, i, f, g] {
            b"RIFF" => false,
            b"RF64" | b"BW64" => true,
            _ => return Err(Error::Malformed("not a WAV file: neither RIFF nor RF64".to_owned())),
        };
        let mut riff_size = u64::from(u32::from_le_bytes([s0, s1, s2, s3]));
        let (mut fmt, mut about, mut fact_at, mut ds64, mut room_for_ds64) = (None, None, None, None, false);
        let mut at = 12;
        for _ in 0..MAX_CHUNKS {
            let header = read_at(reader, at, 8)?;
            let [a, b, c, d, s0, s1, s2, s3] = header[..] else { break };
            let size = u32::from_le_bytes([s0, s1, s2, s3]);
            match &[a, b, c, d] {
                b"JUNK" => room_for_ds64 |= at == 12 && size == DS64_LEN,
                b"ds64" => {
                    let sizes = read_at(reader, at + 8, 16)?;
                    if let ([riff, data], []) = sizes.as_chunks::<8>() {
                        ds64 = Some((u64::from_le_bytes(*riff), u64::from_le_bytes(*data)));
                        room_for_ds64 |= at == 12 && size == DS64_LEN;
                    }
                }
                b"fmt " => fmt = Some(Fmt::parse(&read_at(reader, at + 8, size.min(40) as usize)?)?),
                b"fact" if size >= 4 => fact_at = Some(at + 8),
                b"audn" if size <= MAX_AUDN => about = from_json(&read_at(reader, at + 8, size as usize)?),
                b"data" => {
                    let Some(fmt) = fmt else {
                        return Err(Error::Malformed(
                            "this WAV has samples before it says what they are".into(),
                        ));
                    };
                    let head = Head { fact_at, size_at: at + 4, data_at: at + 8 };
                    if let (true, Some((riff, _))) = (rf64, ds64) {
                        riff_size = riff;
                    }
                    let declared = match (size, ds64) {
                        (u32::MAX, Some((_, data))) if rf64 => Declared::Bytes(data),
                        (u32::MAX, _) => Declared::Open,
                        (size, _) => Declared::Bytes(size.into()),
                    };
                    let riff_end = riff_size.saturating_add(8);
                    return Ok(Self { fmt, about, head, rf64, room_for_ds64, riff_end, declared, len });
                }
                _ => {}
            }
            at += 8 + u64::from(size) + u64::from(size % 2);
            if at >= len {
                break;
            }
        }
        Err(Error::Malformed("this WAV ends inside its head: it holds no audio".to_owned()))
    }

    /// Whether the size fields tell the truth. Where they may be somebody else's truth, they are left alone.
    fn verdict(&self) -> Verdict {
        let there = self.len - self.head.data_at;
        let declared = match self.declared {
            Declared::Open => return Verdict::Unfinished("its size field is still open".to_owned()),
            Declared::Bytes(declared) => declared,
        };
        let end = self.head.data_at.saturating_add(declared);
        if declared > there {
            return Verdict::Unfinished(format!(
                "its head promises {declared} bytes of audio, {there} are there"
            ));
        }
        // Chunks behind the samples: somebody closed this file.
        if self.riff_end > end.saturating_add(declared % 2) && self.riff_end <= self.len {
            return Verdict::Complete(declared);
        }
        let more = there - declared;
        let ours = self.about.is_some();
        let placeholder = declared == 0 && more > 0;
        if placeholder || (ours && self.riff_end <= end && more > 0) {
            return Verdict::Unfinished(format!(
                "{more} bytes lie beyond the {declared} that its head tells of"
            ));
        }
        if ours && declared % 2 == 1 && more == 0 {
            return Verdict::Unfinished("its pad byte is missing".to_owned());
        }
        if ours && self.riff_end < end {
            return Verdict::Unfinished("its RIFF size is older than that of its samples".to_owned());
        }
        if ours && declared % self.fmt.block != 0 {
            return Verdict::Unfinished("its last frame is incomplete".to_owned());
        }
        Verdict::Complete(declared)
    }
}

impl Fmt {
    fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let malformed = |what: String| Error::Malformed(format!("this WAV's fmt chunk is wrong: {what}"));
        let half = |at: usize| bytes.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
        let (Some(mut tag), Some(channels), Some(block), Some(bits)) = (half(0), half(2), half(12), half(14))
        else {
            return Err(malformed(format!("{} bytes", bytes.len())));
        };
        let rate = u32::from(half(4).unwrap_or(0)) | u32::from(half(6).unwrap_or(0)) << 16;
        let rate = Rate::new(rate).map_err(|error| malformed(error.to_string()))?;
        if tag == TAG_EXTENSIBLE {
            if bytes.get(26..40) != Some(&GUID_TAIL[..]) {
                return Err(malformed("unknown sub-format".to_owned()));
            }
            tag = half(24).unwrap_or(0);
        }
        let words = match (tag, bits) {
            (TAG_PCM, 8 | 16 | 24 | 32) => Words::Int(bits as u8),
            (TAG_FLOAT, 32) => Words::Float(32),
            _ => return Err(malformed(format!("format tag {tag:#x} with {bits} bits is not linear PCM"))),
        };
        let frame = u32::from(channels) * u32::from(bits / 8);
        if channels == 0 || frame != u32::from(block) {
            return Err(malformed(format!("{channels} channels of {bits} bits in frames of {block} bytes")));
        }
        Ok(Self { rate, channels, words, block: block.into() })
    }
}

/// Whole little-endian words as full-scale samples.
pub(crate) fn unpack(bytes: &[u8], words: Words, out: &mut Vec<i32>) {
    match words {
        Words::Int(8) => out.extend(bytes.iter().map(|b| (i32::from(*b) - 128) << 24)),
        Words::Int(16) => {
            out.extend(bytes.as_chunks::<2>().0.iter().map(|b| i32::from(i16::from_le_bytes(*b)) << 16));
        }
        Words::Int(24) => {
            out.extend(bytes.as_chunks::<3>().0.iter().map(|[a, b, c]| i32::from_le_bytes([0, *a, *b, *c])));
        }
        Words::Int(_) => out.extend(bytes.as_chunks::<4>().0.iter().map(|b| i32::from_le_bytes(*b))),
        Words::Float(_) => {
            out.extend(bytes.as_chunks::<4>().0.iter().map(|b| from_float(f32::from_le_bytes(*b))));
        }
        Words::Lossy => {}
    }
}
