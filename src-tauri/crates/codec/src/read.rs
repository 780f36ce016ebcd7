//! What a file is, what an unfinished one needs, and its samples: one door for all containers.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use audyn_model::{Container, Rate};

use crate::{About, Error, Patch, flac, mp3, opus, wav};

/// How samples are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Integers of so many bits.
    Int(u8),
    /// IEEE 754 of so many bits.
    Float(u8),
    /// As a lossy coding.
    Lossy,
}

/// Whether a file was ended by its writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Its head and its end agree.
    Complete,
    /// It was left unfinished or cut; [`mend`] knows what to do.
    Unfinished {
        /// What shows it.
        why: String,
    },
}

/// What a file is.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// Container and coding.
    pub container: Container,
    /// The rate it plays at (Opus: always 48 kHz; the source's own rate is in `about`).
    pub rate: Rate,
    /// Interleaved channels, at least 1.
    pub channels: u16,
    /// Stored words.
    pub words: Words,
    /// Frames that play now, at `rate`. In an unfinished file: those that will play once it is mended.
    pub frames: u64,
    /// What it says about itself, if we wrote it.
    pub about: Option<About>,
    /// Whether it was ended.
    pub state: State,
    /// Bytes that hold coded audio.
    pub audio: Range<u64>,
}

/// What makes an unfinished file complete: cut it to `keep`, append, then patch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mend {
    /// Length to cut the file to, in bytes.
    pub keep: u64,
    /// Bytes that go away by that.
    pub cut: u64,
    /// Bytes to append after that.
    pub append: Vec<u8>,
    /// Bytes to write over earlier ones, in order.
    pub patches: Vec<Patch>,
    /// Frames that play afterwards, at the rate the file plays at.
    pub frames: u64,
}

impl State {
    /// What a file is that shows itself to be unfinished by this, or by nothing.
    pub(crate) fn shown_by(sign: Option<String>) -> Self {
        match sign {
            None => Self::Complete,
            Some(why) => Self::Unfinished { why },
        }
    }
}

impl Mend {
    /// Nothing is to be done to a file of `len` bytes, of which `frames` frames play.
    pub(crate) fn nothing(len: u64, frames: u64) -> Self {
        Self { keep: len, frames, ..Self::default() }
    }

    /// Nothing has to be done to the file.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.cut == 0 && self.append.is_empty() && self.patches.is_empty()
    }
}

/// What [`decode`] read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Samples per second.
    pub rate: Rate,
    /// Interleaved channels.
    pub channels: u16,
    /// Frames given.
    pub frames: u64,
}

/// Says what a file is. Time and memory are bounded on any input: only the head, the tail and chunk or frame headers are read.
///
/// # Errors
/// [`Error::Malformed`] if it is none of our kinds or ends inside its head; [`Error::Io`].
pub fn inspect<R: Read + Seek>(reader: &mut R) -> Result<Inspection, Error> {
    match kind(reader)? {
        Container::Wav => wav::inspect(reader),
        Container::Opus => opus::inspect(reader),
        Container::Flac => flac::inspect(reader),
        Container::Mp3 => mp3::inspect(reader),
    }
}

/// What to do to an unfinished file so that it is complete. Says nothing is to be done for a complete one. Never
/// touches bytes it does not know to be unfinished audio.
///
/// # Errors
/// As for [`inspect`]; there is then nothing that can be mended.
pub fn mend<R: Read + Seek>(reader: &mut R) -> Result<Mend, Error> {
    match kind(reader)? {
        Container::Wav => wav::mend(reader),
        Container::Opus => opus::mend(reader),
        Container::Flac => flac::mend(reader),
        Container::Mp3 => mp3::mend(reader),
    }
}

/// Decodes a whole file: interleaved full-scale `i32` frames in pieces of the coder's choice, exactly those that play.
///
/// # Errors
/// As for [`inspect`], and [`Error::Malformed`] where the coded audio is damaged.
pub fn decode<R: Read + Seek>(reader: &mut R, on_frames: &mut dyn FnMut(&[i32])) -> Result<Decoded, Error> {
    match kind(reader)? {
        Container::Wav => wav::decode(reader, on_frames),
        Container::Opus => opus::decode(reader, on_frames),
        Container::Flac => flac::decode(reader, on_frames),
        Container::Mp3 => mp3::decode(reader, on_frames),
    }
}

/// The container, by its first bytes.
fn kind<R: Read + Seek>(reader: &mut R) -> Result<Container, Error> {
    let mut magic = [0; 4];
    let len = reader.seek(SeekFrom::End(0))?;
    reader.rewind()?;
    if len < 4 {
        return Err(Error::Malformed(format!("{len} bytes are not an audio file")));
    }
    reader.read_exact(&mut magic)?;
    match &magic {
        b"RIFF" | b"RF64" | b"BW64" => Ok(Container::Wav),
        b"OggS" => Ok(Container::Opus),
        b"fLaC" => Ok(Container::Flac),
        [b'I', b'D', b'3', _] => Ok(Container::Mp3),
        [0xFF, b, ..] if b & 0xE6 == 0xE2 => Ok(Container::Mp3),
        _ => Err(Error::Malformed("not a WAV, Ogg, FLAC or MP3 file: unknown first bytes".to_owned())),
    }
}

/// Reads up to `len` bytes at `at`; fewer only at the end of the file.
pub(crate) fn read_at<R: Read + Seek>(reader: &mut R, at: u64, len: usize) -> Result<Vec<u8>, Error> {
    reader.seek(SeekFrom::Start(at))?;
    let mut bytes = Vec::new();
    reader.take(len as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}
