//! What of a lossy coder's output plays: not what it needed to settle, and not what fills up its last packet.

use crate::words::from_float;

/// Cuts both ends off a decoded stream, piece by piece.
pub(crate) struct Trim {
    skip: usize,
    left: u64,
    channels: usize,
    played: u64,
    samples: Vec<i32>,
}

impl Trim {
    /// Of `channels` interleaved channels the first `skip` frames go, then `most` play.
    pub(crate) fn new(skip: usize, most: u64, channels: u16) -> Self {
        Self { skip, left: most, channels: channels.into(), played: 0, samples: Vec::new() }
    }

    /// Takes `len` decoded frames and gives on those that play.
    pub(crate) fn play(&mut self, decoded: &[f32], len: usize, on_frames: &mut dyn FnMut(&[i32])) {
        let skipped = self.skip.min(len);
        self.skip -= skipped;
        let take = ((len - skipped) as u64).min(self.left);
        self.left -= take;
        self.played += take;
        let playing = &decoded[skipped * self.channels..(skipped + take as usize) * self.channels];
        self.samples.clear();
        self.samples.extend(playing.iter().map(|sample| from_float(*sample)));
        if !self.samples.is_empty() {
            on_frames(&self.samples);
        }
    }

    /// Frames given on so far.
    pub(crate) const fn played(&self) -> u64 {
        self.played
    }
}
