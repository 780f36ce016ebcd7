//! Frames packed into as many bytes as their words have.

use audyn_model::SampleIndex;

/// A chunk of contiguous frames. Words of up to 8 × `width` bits pass unchanged; bits below those are lost.
pub(super) struct Packed {
    at: SampleIndex,
    channels: usize,
    width: usize,
    bytes: Vec<u8>,
    /// Bytes of a chunk that was not closed early.
    whole: usize,
    /// Bytes taken off the front.
    gone: usize,
}

impl Packed {
    /// Room for so many frames of samples of `width` bytes (1 to 4); none if the system has no memory for it.
    pub fn new(frames: usize, channels: usize, width: usize) -> Option<Self> {
        let mut bytes = Vec::new();
        let whole = frames * channels * width;
        bytes.try_reserve_exact(whole).ok()?;
        Some(Self { at: SampleIndex(0), channels, width, bytes, whole, gone: 0 })
    }

    /// Empties it; the next frames begin at `at`.
    pub fn begin(&mut self, at: SampleIndex) {
        self.bytes.clear();
        (self.at, self.gone) = (at, 0);
    }

    /// Position of the first frame.
    pub const fn at(&self) -> SampleIndex {
        self.at
    }

    /// Position after the last frame.
    pub const fn end(&self) -> SampleIndex {
        self.at.plus(((self.bytes.len() - self.gone) / self.frame()) as i64)
    }

    pub const fn is_empty(&self) -> bool {
        self.gone == self.bytes.len()
    }

    /// It has the memory of a whole chunk.
    pub fn is_whole(&self) -> bool {
        self.bytes.capacity() >= self.whole
    }

    /// Samples that still fit, in whole frames.
    pub fn room(&self) -> usize {
        (self.bytes.capacity() - self.bytes.len()) / self.frame() * self.channels
    }

    /// Memory of the chunk, full or not.
    pub fn bytes(&self) -> u64 {
        self.bytes.capacity() as u64
    }

    /// Gives back the memory that is not filled; how much that is.
    pub fn close(&mut self) -> u64 {
        let before = self.bytes();
        self.bytes.shrink_to_fit();
        before - self.bytes()
    }

    /// Takes as many samples as fit and says how many.
    pub fn push(&mut self, samples: &[i32]) -> usize {
        let taken = samples.len().min(self.room());
        for sample in &samples[..taken] {
            self.bytes.extend_from_slice(&sample.to_le_bytes()[4 - self.width..]);
        }
        taken
    }

    /// Drops what is before `at`, which is not after the end.
    pub fn skip_to(&mut self, at: SampleIndex) {
        let frames = usize::try_from(at.since(self.at)).unwrap_or(0);
        self.at = self.at.plus(frames as i64);
        self.gone = (self.gone + frames * self.frame()).min(self.bytes.len());
    }

    /// Appends the frames before `until` to `samples` and drops them here.
    pub fn take(&mut self, until: SampleIndex, samples: &mut Vec<i32>) {
        let until = until.min(self.end());
        let from = self.gone;
        self.skip_to(until);
        let unpacked = self.bytes[from..self.gone].chunks_exact(self.width).map(|packed| {
            let mut word = [0; 4];
            word[4 - self.width..].copy_from_slice(packed);
            i32::from_le_bytes(word)
        });
        samples.extend(unpacked);
    }

    const fn frame(&self) -> usize {
        self.channels * self.width
    }
}
