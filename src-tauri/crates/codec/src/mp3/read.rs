//! Reading MP3: the tag, the Info frame and what lies behind the bytes it tells of; all frames for their samples.

use std::io::{BufReader, Read, Seek, SeekFrom};

use audyn_model::Container;
use symphonia::core::codecs::audio::well_known::CODEC_ID_MP3;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecodeError;
use symphonia::core::packet::PacketRef;
use symphonia::core::units::{Duration, Timestamp};
use symphonia::default::codecs::MpaDecoder;

use super::frame::{Header, Told};
use super::{DECODER_DELAY, SILENT, id3};
use crate::foreign::foreign;
use crate::play::Trim;
use crate::read::read_at;
use crate::{About, Decoded, Error, Inspection, Mend, Patch, State, Words};

/// A longer tag is skipped, not read.
const MAX_TAG: u64 = 1 << 20;
/// Bytes searched for the first frame behind the tag.
const MAX_SEARCH: usize = 1 << 16;

/// The longest frame: 320 kb/s at 32 kHz, padded.
const MAX_FRAME: usize = 1441;
/// Bytes in front of the promised end that have to be frames.
const BEFORE_END: u64 = 16 * MAX_FRAME as u64;

/// Fewer zeros than this at the end of a file may be a frame's own.
const LEAST_ZEROS: u64 = 64;

/// How tags begin that are put behind the audio: ID3v1, APE, Lyrics3, ID3v2.
const APPENDED: [&[u8]; 4] = [b"TAG", b"APET", b"LYRI", b"ID3"];

/// What both ends of a file say.
pub(crate) struct Ends {
    about: Option<About>,
    /// The first frame, which may be an Info frame.
    pub first: Header,
    first_at: u64,
    pub told: Option<Told>,
    pub run: Run,
    /// Behind the last whole frame lies what may be the start of another (and not a tag that somebody appended).
    torn: bool,
    len: u64,
}

/// Whole frames in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// How many, without the Info frame.
    pub frames: u64,
    /// Offset behind the last.
    pub end: u64,
}

pub(crate) fn inspect<R: Read + Seek>(reader: &mut R) -> Result<Inspection, Error> {
    let ends = Ends::read(reader)?;
    Ok(Inspection {
        container: Container::Mp3,
        rate: ends.first.rate,
        channels: ends.first.channels,
        words: Words::Lossy,
        frames: ends.playing(),
        state: State::shown_by(ends.unfinished()),
        audio: ends.audio_at()..ends.run.end,
        about: ends.about,
    })
}

pub(crate) fn mend<R: Read + Seek>(reader: &mut R) -> Result<Mend, Error> {
    let ends = Ends::read(reader)?;
    let frames = ends.playing();
    let (Some(told), Some(_)) = (ends.told, ends.unfinished()) else {
        return Ok(Mend::nothing(ends.len, frames));
    };
    let mut frame = read_at(reader, ends.first_at, ends.first.len)?;
    told.retell(&mut frame, &ends.first, ends.run.frames, ends.run.end - ends.first_at);
    let patches = vec![Patch { at: ends.first_at, bytes: frame }];
    Ok(Mend { keep: ends.run.end, cut: ends.len - ends.run.end, append: Vec::new(), patches, frames })
}

pub(crate) fn decode<R: Read + Seek>(
    reader: &mut R,
    on_frames: &mut dyn FnMut(&[i32]),
) -> Result<Decoded, Error> {
    let ends = Ends::read(reader)?;
    let damaged = |error: DecodeError| Error::Malformed(format!("this MP3 file is damaged: {error}"));
    let mut params = AudioCodecParameters::new();
    params.for_codec(CODEC_ID_MP3).with_sample_rate(ends.first.rate.hz());
    let mut coder = MpaDecoder::try_new(&params, &AudioDecoderOptions::default()).map_err(damaged)?;
    let mut trim = match ends.told.and_then(|told| told.trim) {
        Some((delay, _)) => {
            Trim::new(usize::from(delay) + DECODER_DELAY, ends.playing(), ends.first.channels)
        }
        None => Trim::new(0, u64::MAX, ends.first.channels),
    };
    reader.seek(SeekFrom::Start(ends.audio_at()))?;
    let mut audio = BufReader::new(reader.take(ends.run.end - ends.audio_at()));
    let channels = usize::from(ends.first.channels);
    let (mut frame, mut floats) = (Vec::new(), Vec::<f32>::new());
    for _ in 0..ends.run.frames {
        frame.resize(4, 0);
        audio.read_exact(&mut frame)?;
        let header = frame.first_chunk().and_then(|bytes| Header::parse(*bytes));
        let header = header.ok_or_else(|| Error::Malformed("this MP3 file loses its frames".to_owned()))?;
        frame.resize(header.len, 0);
        audio.read_exact(&mut frame[4..])?;
        let len = usize::from(header.samples);
        floats.clear();
        let packet = PacketRef::new(0, Timestamp::new(0), Duration::new(header.samples.into()), &frame);
        let decoded = foreign("MP3", || {
            coder.decode_ref(&packet).map(|decoded| decoded.copy_to_vec_interleaved(&mut floats))
        })?;
        match decoded {
            // The bits it borrows from earlier frames are not there: in a file cut out of another that is no damage.
            Ok(()) | Err(DecodeError::DecodeError(_)) => {}
            Err(error) => return Err(damaged(error)),
        }
        floats.resize(len * channels, 0.0);
        trim.play(&floats, len, on_frames);
    }
    Ok(Decoded { rate: ends.first.rate, channels: ends.first.channels, frames: trim.played() })
}

impl Ends {
    pub(crate) fn read<R: Read + Seek>(reader: &mut R) -> Result<Self, Error> {
        let len = reader.seek(SeekFrom::End(0))?;
        let tag = id3::tag_len(&read_at(reader, 0, 10)?).unwrap_or(0);
        let about = if tag <= MAX_TAG { id3::read(&read_at(reader, 0, tag as usize)?) } else { None };
        let near = read_at(reader, tag, MAX_SEARCH)?;
        let whole_at = |at: usize| {
            let header = near[at..].first_chunk().and_then(|bytes| Header::parse(*bytes))?;
            let next = at + header.len;
            let follows =
                near.get(next..next + 4).and_then(<[u8]>::first_chunk).map(|bytes| Header::parse(*bytes));
            let whole = tag + next as u64 <= len;
            (whole && follows.is_none_or(|next| next.is_some_and(|next| next.is_like(&header))))
                .then_some(header)
        };
        // Ours begins right behind its tag; elsewhere there may be something else in between.
        let reach = if about.is_some() { near.len().min(1) } else { near.len() };
        let found = (0..reach).find_map(|at| Some((whole_at(at)?, tag + at as u64)));
        let Some((first, first_at)) = found else {
            return Err(Error::Malformed("this MP3 file ends inside its head: it holds no audio".to_owned()));
        };
        let told = Told::read(&read_at(reader, first_at, first.len)?, &first);
        if about.is_some() && told.is_none_or(|told| told.trim.is_none()) {
            return Err(Error::Malformed("this MP3 file's Info frame is damaged".to_owned()));
        }
        let mut ends =
            Self { about, first, first_at, told, run: Run { frames: 0, end: first_at }, torn: false, len };
        // Our first frames are silent, of the Info frame's length, and hardly anything but zeros.
        let silent = ends.audio_at() + (SILENT * first.len) as u64;
        let zeros = zeros_before(reader, silent, len)?;
        let from_head = Run { frames: 0, end: ends.audio_at() };
        ends.run = match ends.told_run() {
            Some(told) if ends.about.is_none() => told,
            Some(told) => {
                // Zeros that reach into what the Info frame promises, and beyond it, were never audio.
                let hollow = told.end < len && told.end > len - zeros + LEAST_ZEROS;
                let whole = !hollow && leads_to(reader, told.end, ends.audio_at(), &first)?;
                if whole {
                    walk(reader, told, &first, (len - zeros).max(told.end))?
                } else {
                    walk(reader, from_head, &first, len - zeros)?
                }
            }
            None => walk(reader, from_head, &first, len - zeros)?,
        };
        let behind = read_at(reader, ends.run.end, 4)?;
        ends.torn = !behind.is_empty() && !APPENDED.iter().any(|tag| behind.starts_with(tag));
        // The trim of the Info frame is true for the frames it tells of, and for no others.
        if ends.about.is_some() && ends.told_run().is_none_or(|told| told.frames != ends.run.frames) {
            ends.told = ends.told.map(Told::unended);
        }
        Ok(ends)
    }

    /// The first frame that holds audio.
    pub(crate) fn audio_at(&self) -> u64 {
        self.first_at + if self.told.is_some() { self.first.len as u64 } else { 0 }
    }

    /// What the Info frame tells of, if the file can hold it.
    fn told_run(&self) -> Option<Run> {
        let told = self.told?;
        let end = self.first_at + u64::from(told.bytes.filter(|bytes| *bytes != u32::MAX)?);
        let frames = u64::from(told.frames?);
        // No frame is shorter than 24 bytes, so a count cannot make a reader work longer than the file is.
        let possible = end >= self.audio_at() && end <= self.len && frames <= (end - self.audio_at()) / 24;
        possible.then_some(Run { frames, end })
    }

    fn playing(&self) -> u64 {
        match self.told {
            Some(told) => told.playing(self.run.frames, self.first.samples),
            None => self.run.frames * u64::from(self.first.samples),
        }
    }

    /// Only files of ours are ever unfinished: others may end as they like.
    fn unfinished(&self) -> Option<String> {
        self.about.as_ref()?;
        self.told?;
        match self.told_run().filter(|told| told.frames <= self.run.frames) {
            None => Some("its Info frame tells of more than is there".to_owned()),
            Some(told) if told.frames < self.run.frames => {
                let more = self.run.frames - told.frames;
                Some(format!("{more} frames lie behind those that its Info frame tells of"))
            }
            Some(_) if self.torn => Some("bytes of a frame lie behind its last whole one".to_owned()),
            Some(_) => None,
        }
    }
}

/// Whether whole frames lie in front of `end`: after a power cut there may be zeros where the Info frame promises audio.
fn leads_to<R: Read + Seek>(reader: &mut R, end: u64, audio_at: u64, like: &Header) -> Result<bool, Error> {
    let start = end.saturating_sub(BEFORE_END).max(audio_at);
    let bytes = read_at(reader, start, (end - start) as usize)?;
    let next = |at: usize| {
        let header = bytes.get(at..)?.first_chunk().and_then(|head| Header::parse(*head))?;
        header.is_like(like).then_some(at + header.len)
    };
    let chain = |at: usize| std::iter::successors(Some(at), |at| next(*at)).last();
    let most = if start == audio_at { 1 } else { MAX_FRAME };
    Ok((0..most.min(bytes.len() + 1)).any(|at| chain(at) == Some(bytes.len())))
}

/// Zeros at the end of a file, if there are more than audio would have: a power cut leaves them where bytes were promised
/// and not yet written. A frame has no checksum that would tell them from its own.
fn zeros_before<R: Read + Seek>(reader: &mut R, from: u64, len: u64) -> Result<u64, Error> {
    let mut zeros = 0;
    while from + zeros < len {
        let end = len - zeros;
        let start = end.saturating_sub(MAX_SEARCH as u64).max(from);
        let bytes = read_at(reader, start, (end - start) as usize)?;
        let here = bytes.iter().rev().take_while(|byte| **byte == 0).count();
        zeros += here as u64;
        if here < bytes.len() {
            break;
        }
    }
    Ok(if zeros < LEAST_ZEROS { 0 } else { zeros })
}

/// Follows the frames from a point on, as long as they are whole and alike.
fn walk<R: Read + Seek>(reader: &mut R, from: Run, like: &Header, len: u64) -> Result<Run, Error> {
    let mut run = from;
    reader.seek(SeekFrom::Start(run.end))?;
    let mut frames = BufReader::new(reader);
    let mut head = [0; 4];
    while run.end + 4 <= len {
        frames.read_exact(&mut head)?;
        let Some(header) = Header::parse(head).filter(|header| header.is_like(like)) else { break };
        if run.end + header.len as u64 > len {
            break;
        }
        frames.seek_relative(header.len as i64 - 4)?;
        run = Run { frames: run.frames + 1, end: run.end + header.len as u64 };
    }
    Ok(run)
}
