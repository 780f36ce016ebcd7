//! Frames to container bytes and back. No files, no threads, no clock.
//!
//! An [`Encoder`] turns interleaved full-scale `i32` samples (see `audyn_model::format`) into bytes to append and
//! patches to earlier bytes; whoever owns the file carries them out in that order. [`inspect`] says what a file is,
//! [`mend`] what must be done to one that was left unfinished, [`decode`] reads samples back.

mod about;
mod crc;
mod feed;
mod flac;
mod foreign;
mod mp3;
mod opus;
mod play;
mod read;
mod reader;
mod spec;
mod vorbis;
mod wav;
mod words;

use audyn_model::{
    Anchor, AudioFormat, ClockQuality, Container, RecorderId, SampleFormat, SampleIndex, SegmentId,
};

pub use read::{Decoded, Inspection, Mend, State, Words, decode, inspect, mend};
pub use reader::{ReadSeek, Reader};
pub use spec::{check, context};

/// What an encoder wants done to its file: first append, then each patch in order.
#[derive(Debug, Default)]
pub struct Bytes {
    /// Goes at the end of the file.
    pub append: Vec<u8>,
    /// Replaces bytes that are already there; never reaches beyond the end after `append`.
    pub patches: Vec<Patch>,
}

impl Bytes {
    /// Empties both lists and keeps their memory.
    pub fn clear(&mut self) {
        self.append.clear();
        self.patches.clear();
    }
}

/// Bytes to be written over earlier ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// Offset from the start of the file.
    pub at: u64,
    /// The new bytes.
    pub bytes: Vec<u8>,
}

/// How to encode: everything about an output but its place in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Container and coding.
    pub container: Container,
    /// Stored word length, for WAV and FLAC (FLAC: the two integers only).
    pub samples: SampleFormat,
    /// Bits per second, for Opus (6 000 to 510 000) and MP3 (32 000 to 320 000; CBR takes the nearest legal rate).
    pub bitrate: u32,
    /// Variable bitrate, for Opus and MP3.
    pub vbr: bool,
    /// Effort, 0 (least) to 10, for Opus and MP3.
    pub complexity: u8,
}

/// What a file says about itself, and what a catalogue can be rebuilt from.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// This file.
    pub segment: SegmentId,
    /// Whose it is.
    pub recorder: RecorderId,
    /// The recorder's name for people.
    pub recorder_name: String,
    /// Position of the file's first sample.
    pub first: SampleIndex,
    /// Ties `first` to TAI, and says how that is known.
    pub anchor: Anchor,
    /// How good the clock was that the times come from, when the file was begun; none if nobody watched.
    pub clock: Option<ClockQuality>,
    /// Civil reading of the first sample on the archive's clock.
    pub civil: Civil,
    /// The program and its version.
    pub originator: String,
}

/// A civil reading, as `bext` and tags need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Civil {
    /// `YYYY-MM-DD`
    pub date: String,
    /// `HH:MM:SS`
    pub time: String,
    /// Samples since the midnight that began `date` (really elapsed ones: beyond 24 h × rate on a day of 25 hours).
    pub samples_since_midnight: u64,
    /// The clock's name with offset: `+01:00`, `UTC` or `TAI`.
    pub zone: String,
}

/// How much neighbouring audio an encoder wants, in frames, so that a join between two files neither clicks nor drifts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Frames before the first one: they settle the encoder and are skipped by players (pre-skip, encoder delay).
    pub before: usize,
    /// Frames after the last one: they carry the encoder's look-ahead and are trimmed by players.
    pub after: usize,
}

/// One file being encoded. Made by [`encoder`]; `before` frames (at most [`Context::before`]) were already given there.
pub trait Encoder: Send {
    /// Encodes whole frames. `frames.len()` is a multiple of the channel count.
    ///
    /// # Errors
    /// The coding library refused, or the container cannot grow further.
    fn encode(&mut self, frames: &[i32], out: &mut Bytes) -> Result<(), Error>;

    /// Makes everything given so far playable (but for frames a coder still holds back, under 100 ms): pages flushed,
    /// sizes in the header right. Called about once a second.
    ///
    /// # Errors
    /// As for `encode`.
    fn checkpoint(&mut self, out: &mut Bytes) -> Result<(), Error>;

    /// Ends the file: exactly [`Encoder::frames`] frames play. `after` are up to [`Context::after`] frames of what
    /// follows, none if nothing does.
    ///
    /// # Errors
    /// As for `encode`.
    fn finish(&mut self, after: &[i32], out: &mut Bytes) -> Result<(), Error>;

    /// Frames accepted by `encode` so far.
    fn frames(&self) -> u64;
}

/// Why bytes could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The combination of format and container does not exist; says which part and what would be right.
    #[error("{0}")]
    Unsupported(String),
    /// The coding library refused.
    #[error("{container} encoder: {message}")]
    Encode {
        /// Which coding.
        container: &'static str,
        /// The library's words.
        message: String,
    },
    /// Not a file of the expected kind, or damaged beyond reading.
    #[error("{0}")]
    Malformed(String),
    /// Reading the underlying bytes failed.
    #[error("cannot read: {0}")]
    Io(#[from] std::io::Error),
}

/// Begins a file: its head goes to `out` at once, so that a recording of no frames at all is already a file that
/// players accept. `before` are up to [`Context::before`] frames of what precedes the first one; none if nothing does.
///
/// # Errors
/// What [`check`] finds, or the coding library's refusal.
pub fn encoder(
    spec: &Spec,
    format: &AudioFormat,
    about: &About,
    before: &[i32],
    out: &mut Bytes,
) -> Result<Box<dyn Encoder>, Error> {
    if let Some(problem) = check(spec, format).err().and_then(|problems| problems.into_iter().next()) {
        return Err(problem);
    }
    // More than was asked for would not fit the fields that tell players to skip it.
    let most = context(spec, format).before * usize::from(format.channels);
    let before = &before[before.len().saturating_sub(most)..];
    Ok(match spec.container {
        Container::Wav => Box::new(wav::WavEncoder::new(spec, format, about, out)),
        Container::Opus => Box::new(opus::OpusEncoder::new(spec, format, about, before, out)?),
        Container::Flac => Box::new(flac::FlacEncoder::new(spec, format, about, out)),
        Container::Mp3 => Box::new(mp3::Mp3Encoder::new(spec, format, about, before, out)?),
    })
}

#[cfg(test)]
mod rig;
#[cfg(test)]
mod tests;
