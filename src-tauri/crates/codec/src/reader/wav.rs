//! WAV: frames of one size, one after the other.

use std::ops::Range;

use super::{Bytes, Track};
use crate::wav::read::unpack;
use crate::{Error, Inspection, Words};

/// Bytes unpacked at once, about.
const PIECE: u64 = 32_768;

pub(super) struct Wav {
    words: Words,
    /// Bytes of one frame.
    block: u64,
    audio: Range<u64>,
    /// Offset of the next frame.
    next: u64,
}

impl Wav {
    pub(super) fn new(told: &Inspection) -> Self {
        let bits = match told.words {
            Words::Int(bits) | Words::Float(bits) => bits,
            Words::Lossy => 16,
        };
        let block = u64::from(bits / 8) * u64::from(told.channels);
        Self { words: told.words, block, audio: told.audio.clone(), next: told.audio.start }
    }
}

impl Track for Wav {
    fn decode(&mut self, bytes: &mut Bytes, out: &mut Vec<i32>) -> Result<bool, Error> {
        let wanted = (PIECE / self.block).max(1) * self.block;
        let wanted = wanted.min(self.audio.end.saturating_sub(self.next)) / self.block * self.block;
        let piece = bytes.get(self.next, wanted as usize)?;
        let whole = piece.len() as u64 / self.block * self.block;
        unpack(&piece[..whole as usize], self.words, out);
        self.next += whole;
        Ok(whole > 0)
    }

    fn seek(&mut self, _: &mut Bytes, frame: u64) -> Result<i64, Error> {
        self.next = self.audio.start.saturating_add(frame.saturating_mul(self.block));
        Ok(i64::try_from(frame).unwrap_or(i64::MAX))
    }

    fn extend(&mut self, _: &mut Bytes, told: &Inspection) -> Result<(), Error> {
        self.audio = told.audio.clone();
        Ok(())
    }
}
