//! Where audio comes from: what a source is, and what it looks like to whoever takes its frames.
//!
//! Every kind of source ends in the same [`Capture`]: a ring of frames and gaps, levels, counters. What differs is how it
//! gets there, and each kind has a room of its own.

use std::sync::Arc;

use audyn_model::{AudioFormat, Clock, Rate};

use crate::meter::MeterReader;
use crate::ring::FrameReader;
use crate::rt::Refusal;
use crate::rtp::payload::Encoding;

pub mod aes67;
mod counters;

pub use counters::{LegCount, LegCounters, Stray, StreamCount, StreamCounters};

/// What can be captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Network audio.
    Aes67(aes67::Aes67),
}

/// One source being captured, as its owner sees it. Dropping it ends the capture.
pub struct Capture {
    /// Where the frames come out.
    pub frames: FrameReader,
    /// Levels, whether or not anybody takes the frames.
    pub levels: MeterReader,
    /// What was received and what became of it.
    pub counters: Arc<StreamCounters>,
    /// Its place where it is captured.
    seat: Box<dyn Seat>,
}

/// A capture's place where it is captured: on a receive thread, at a device.
trait Seat: Send {
    /// Ends the capture in order. A second call does nothing.
    fn leave(&mut self);
}

/// Why a source cannot be captured, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Network audio.
    #[error(transparent)]
    Aes67(#[from] aes67::OpenError),
}

/// Everything that captures in this process. Threads start when the first source needs them.
pub struct Inputs {
    receivers: aes67::Receivers,
}

impl Source {
    /// Nominal rate.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        match self {
            Self::Aes67(source) => source.rate,
        }
    }

    /// Channels that are captured.
    #[must_use]
    pub fn channels(&self) -> u16 {
        match self {
            Self::Aes67(source) => source.picked().stored_channels() as u16,
        }
    }

    /// The format of the frames, as far as it is known before there are any: 24 bits where only the packets will tell.
    #[must_use]
    pub fn format(&self) -> AudioFormat {
        match self {
            Self::Aes67(source) => source.format(source.encoding.unwrap_or(Encoding::L24)),
        }
    }
}

impl Inputs {
    /// None yet. With `real_time`, threads of ours ask for real-time priority; a refusal is kept for [`Self::refusal`].
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, real_time: bool) -> Self {
        Self { receivers: aes67::Receivers::new(clock, real_time) }
    }

    /// Begins to capture. `ring_ms` of audio are kept while nobody takes them. The same source may be captured more than
    /// once; the captures do not know of each other.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn capture(&self, source: &Source, ring_ms: u64) -> Result<Capture, OpenError> {
        match source {
            Source::Aes67(source) => Ok(self.receivers.capture(source, ring_ms)?),
        }
    }

    /// Why threads of ours run without real-time priority, if they had to, or if they lost it since; each told once.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.receivers.refusal()
    }
}

impl Capture {
    /// Ends the capture in order: what was on its way is in `frames` afterwards.
    pub fn finish(&mut self) {
        self.seat.leave();
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        self.seat.leave();
    }
}
