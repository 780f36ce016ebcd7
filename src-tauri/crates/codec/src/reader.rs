//! Reading a file piece by piece from anywhere in it, while it may still be growing: what a player needs.
//!
//! A [`Reader`] keeps one packet's samples and a window of the file's bytes, never the file. Seeking finds the packet by
//! its position in the file (computed, bisected, or from an index of frames made as far as it was needed), decodes what
//! the coder needs to settle, and drops that.

mod bytes;
mod flac;
mod mp3;
mod opus;
mod wav;

use std::io::{Read, Seek};

use audyn_model::{Container, Rate};

use crate::{About, Error, Inspection, State, inspect};
use bytes::Bytes;

/// What a [`Reader`] reads from: a file, or bytes in memory.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// A file being read, at some frame of it.
pub struct Reader {
    bytes: Bytes,
    told: Inspection,
    track: Box<dyn Track>,
    /// The next frame to give.
    at: u64,
    /// Decoded samples; those before `at` are dropped when they are looked at.
    decoded: Vec<i32>,
    /// Position of the first of them. Negative in what a coder needed to settle.
    decoded_at: i64,
}

/// The coded audio of one container. Positions are frames of what plays: 0 is the first one heard.
trait Track: Send {
    /// Decodes the next packet into `out`, which is empty; false at the end of what is there.
    fn decode(&mut self, bytes: &mut Bytes, out: &mut Vec<i32>) -> Result<bool, Error>;

    /// Begins anew with a packet far enough before `frame` for the coder to have settled there; says where it begins.
    fn seek(&mut self, bytes: &mut Bytes, frame: u64) -> Result<i64, Error>;

    /// Takes note of how far the file goes now.
    fn extend(&mut self, bytes: &mut Bytes, told: &Inspection) -> Result<(), Error>;

    /// Frames that play, where it is known better than the inspection does.
    fn frames(&self, told: &Inspection) -> u64 {
        told.frames
    }
}

impl Reader {
    /// Opens at the first frame. Reads the head and the tail.
    ///
    /// # Errors
    /// As for [`inspect`]; [`Error::Unsupported`] for a FLAC file of blocks of changing length (none of ours, and of hardly
    /// anyone's).
    pub fn open(source: Box<dyn ReadSeek + Send>) -> Result<Self, Error> {
        let mut bytes = Bytes::new(source);
        let told = inspect(bytes.source())?;
        let mut track: Box<dyn Track> = match told.container {
            Container::Wav => Box::new(wav::Wav::new(&told)),
            Container::Opus => Box::new(opus::Opus::open(&mut bytes, &told)?),
            Container::Flac => Box::new(flac::Flac::open(&mut bytes, &told)?),
            Container::Mp3 => Box::new(mp3::Mp3::open(&mut bytes)?),
        };
        let decoded_at = track.seek(&mut bytes, 0)?;
        Ok(Self { bytes, told, track, at: 0, decoded: Vec::new(), decoded_at })
    }

    /// What the file was found to be when it was opened or last refreshed.
    #[must_use]
    pub const fn inspection(&self) -> &Inspection {
        &self.told
    }

    /// What it says about itself, if we wrote it.
    #[must_use]
    pub const fn about(&self) -> Option<&About> {
        self.told.about.as_ref()
    }

    /// Samples per second of what is read.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.told.rate
    }

    /// Interleaved channels of what is read.
    #[must_use]
    pub const fn channels(&self) -> u16 {
        self.told.channels
    }

    /// Whether its writer ended it. A growing WAV, FLAC or MP3 is also `Complete` right after each checkpoint.
    #[must_use]
    pub const fn state(&self) -> &State {
        &self.told.state
    }

    /// Frames that can be read, as known now.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.track.frames(&self.told)
    }

    /// The next frame to be read.
    #[must_use]
    pub const fn position(&self) -> u64 {
        self.at
    }

    /// Goes to a frame, at most to the end, and says which it is.
    ///
    /// # Errors
    /// The file is damaged around there, or cannot be read. Another `seek` may succeed.
    pub fn seek(&mut self, frame: u64) -> Result<u64, Error> {
        let frame = frame.min(self.frames());
        self.decoded.clear();
        self.decoded_at = self.track.seek(&mut self.bytes, frame)?;
        self.at = frame;
        Ok(frame)
    }

    /// Appends up to `most` frames, interleaved full-scale samples, to `out` and says how many: 0 only at the end of what
    /// is there, or if `most` is 0.
    ///
    /// # Errors
    /// The file is damaged here, or cannot be read: only [`Reader::seek`] may be tried then.
    pub fn read(&mut self, out: &mut Vec<i32>, most: usize) -> Result<usize, Error> {
        let channels = usize::from(self.told.channels);
        let wanted = self.frames().saturating_sub(self.at).min(most as u64) as usize;
        let mut given = 0;
        while given < wanted {
            let len = self.decoded.len() / channels;
            let from = i64::try_from(self.at).unwrap_or(i64::MAX).saturating_sub(self.decoded_at);
            // A packet whose position is later than it should be begins where the last one ended.
            let from = usize::try_from(from).unwrap_or(0);
            if from >= len {
                self.decoded.clear();
                self.decoded_at = self.decoded_at.saturating_add(len as i64);
                if !self.track.decode(&mut self.bytes, &mut self.decoded)? {
                    break;
                }
                continue;
            }
            let take = (len - from).min(wanted - given);
            out.extend_from_slice(&self.decoded[from * channels..(from + take) * channels]);
            self.at += take as u64;
            given += take;
        }
        Ok(given)
    }

    /// Sees what was appended to the file, and whether it was ended, since it was opened or last refreshed. Reads its head
    /// and its tail, and stays where it is.
    ///
    /// # Errors
    /// The file cannot be read, or is being written at this moment: everything stays as it was, and a later try may succeed.
    pub fn refresh(&mut self) -> Result<(), Error> {
        let told = inspect(self.bytes.source())?;
        let now = (told.container, told.rate, told.channels, told.audio.start);
        let was = (self.told.container, self.told.rate, self.told.channels, self.told.audio.start);
        if now != was {
            return Err(Error::Malformed("this file was replaced by another while it was read".to_owned()));
        }
        self.track.extend(&mut self.bytes, &told)?;
        self.told = told;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
