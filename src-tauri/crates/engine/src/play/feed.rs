//! The feeder's end: fills the ring, says what shall be heard, and reads what was.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtrb::{Producer, RingBuffer};

use super::callback::Callback;
use super::shared::Shared;
use super::{Format, Lost};

/// Feeds a [`Callback`].
pub struct Feed {
    samples: Producer<f32>,
    shared: Arc<Shared>,
    channels: usize,
    /// Frames pushed since the last discard.
    pushed: u64,
    /// Discards asked for.
    discards: u32,
}

/// A ring of so many frames, and its two ends: silent until [`Feed::play`].
#[must_use]
pub fn ring(format: Format, frames: usize) -> (Feed, Callback) {
    let channels = usize::from(format.channels.max(1));
    let (samples, to_play) = RingBuffer::new(frames * channels);
    let shared = Arc::new(Shared::new());
    let callback = Callback::new(to_play, shared.clone(), format);
    (Feed { samples, shared, channels, pushed: 0, discards: 0 }, callback)
}

impl Feed {
    /// Frames that [`Feed::push`] takes now: none while a discard is under way.
    #[must_use]
    pub fn room(&self) -> usize {
        if self.is_discarding() { 0 } else { self.samples.slots() / self.channels }
    }

    /// Frames waiting in the ring.
    #[must_use]
    pub fn waiting(&self) -> usize {
        (self.samples.buffer().capacity() - self.samples.slots()) / self.channels
    }

    /// Appends as many whole frames as there is room for and says how many.
    pub fn push(&mut self, frames: &[f32]) -> usize {
        let frames = &frames[..frames.len().min(self.room() * self.channels) / self.channels * self.channels];
        let (pushed, _) = self.samples.push_partial_slice(frames);
        let count = pushed.len() / self.channels;
        self.pushed += count as u64;
        count
    }

    /// Lets sound out, fading in.
    pub fn play(&mut self) {
        self.shared.open.store(true, Ordering::Relaxed);
    }

    /// Fades out and keeps what is in the ring.
    pub fn pause(&mut self) {
        self.shared.open.store(false, Ordering::Relaxed);
    }

    /// Fades out and drops what is in the ring; then counts from 0. The ring takes no more until that is done.
    pub fn discard(&mut self) {
        self.discards = self.discards.wrapping_add(1);
        self.pushed = 0;
        self.shared.discard.store(self.discards, Ordering::Release);
    }

    /// Whether a discard is under way.
    #[must_use]
    pub fn is_discarding(&self) -> bool {
        self.shared.discarded.load(Ordering::Acquire) != self.discards
    }

    /// Whether an empty ring is a fault (there is more audio, and it is late) or the end of what there is.
    pub fn expect_more(&mut self, more: bool) {
        self.shared.more.store(more, Ordering::Relaxed);
    }

    /// The loudness, 0 to 1, as a factor.
    pub fn set_volume(&mut self, volume: f32) {
        let volume = if volume.is_finite() { volume.clamp(0.0, 1.0) } else { 0.0 };
        self.shared.volume.store(volume.to_bits(), Ordering::Relaxed);
    }

    /// Frames heard since the last discard: those that have left the ring, less those still on their way out.
    #[must_use]
    pub fn heard(&self) -> u64 {
        if self.is_discarding() { 0 } else { self.shared.heard.load(Ordering::Relaxed) }
    }

    /// Everything pushed was heard.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.heard() >= self.pushed
    }

    /// Times that the ring ran empty though more was expected.
    #[must_use]
    pub fn underruns(&self) -> u64 {
        self.shared.underruns.load(Ordering::Relaxed)
    }

    /// Frames of silence that were played instead of audio that came too late.
    #[must_use]
    pub fn missing(&self) -> u64 {
        self.shared.missing.load(Ordering::Relaxed)
    }

    /// Times that the sound card was not served in time by the callback's thread.
    #[must_use]
    pub fn late(&self) -> u64 {
        self.shared.late.load(Ordering::Relaxed)
    }

    /// Whether, and why, the sound card is no longer there.
    #[must_use]
    pub fn lost(&self) -> Option<Lost> {
        match self.shared.lost.load(Ordering::Relaxed) {
            0 => None,
            Shared::GONE => Some(Lost::Gone),
            _ => Some(Lost::Failed),
        }
    }
}
