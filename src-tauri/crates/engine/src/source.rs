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
pub mod card;
mod counters;
pub mod local;
pub mod pipewire;

pub use counters::{LegCount, LegCounters, Stray, StreamCount, StreamCounters};

/// What can be captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Network audio.
    Aes67(aes67::Aes67),
    /// An input, an output or an application, through PipeWire.
    PipeWire(pipewire::PipeWire),
    /// A sound card.
    Card(card::Card),
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
    /// PipeWire.
    #[error(transparent)]
    PipeWire(#[from] pipewire::Error),
    /// A sound card.
    #[error(transparent)]
    Card(#[from] card::Error),
}

/// Everything that captures in this process. Threads start when the first source needs them.
pub struct Inputs {
    receivers: aes67::Receivers,
    locals: local::Locals,
    #[cfg(feature = "pipewire")]
    pipewire: pipewire::Client,
}

impl Source {
    /// Nominal rate.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        match self {
            Self::Aes67(source) => source.rate,
            Self::PipeWire(source) => source.rate,
            Self::Card(source) => source.rate,
        }
    }

    /// Channels that are captured.
    #[must_use]
    pub fn channels(&self) -> u16 {
        match self {
            Self::Aes67(source) => source.picked().stored_channels() as u16,
            Self::PipeWire(source) => taken(source.stream_channels, &source.pick),
            Self::Card(source) => taken(source.stream_channels, &source.pick),
        }
    }

    /// The format of the frames, as far as it is known before there are any: 24 bits where only the packets or the device
    /// will tell.
    #[must_use]
    pub fn format(&self) -> AudioFormat {
        match self {
            Self::Aes67(source) => source.format(source.encoding.unwrap_or(Encoding::L24)),
            Self::PipeWire(_) | Self::Card(_) => {
                AudioFormat { rate: self.rate(), channels: self.channels(), bits: 24 }
            }
        }
    }
}

impl Inputs {
    /// None yet. With `real_time`, threads of ours ask for real-time priority; a refusal is kept for [`Self::refusal`].
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, real_time: bool) -> Self {
        Self {
            receivers: aes67::Receivers::new(Arc::clone(&clock), real_time),
            locals: local::Locals::new(clock, real_time),
            #[cfg(feature = "pipewire")]
            pipewire: pipewire::Client::default(),
        }
    }

    /// Begins to capture. `ring_ms` of audio are kept while nobody takes them. The same source may be captured more than
    /// once; the captures do not know of each other. A local device is opened once for all of them, and may be away: then
    /// its captures wait for it.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn capture(&self, source: &Source, ring_ms: u64) -> Result<Capture, OpenError> {
        match source {
            Source::Aes67(source) => Ok(self.receivers.capture(source, ring_ms)?),
            Source::PipeWire(source) => self.node(source, ring_ms),
            Source::Card(source) => self.card(source, ring_ms),
        }
    }

    #[cfg(feature = "pipewire")]
    fn node(&self, source: &pipewire::PipeWire, ring_ms: u64) -> Result<Capture, OpenError> {
        let device = local::Device {
            name: source.node.clone(),
            family: local::Family::Node,
            rate: source.rate,
            channels: source.stream_channels,
        };
        let failed = |error: std::io::Error| pipewire::Error::Thread(error.to_string());
        Ok(self
            .locals
            .capture(&device, &source.pick, ring_ms, |port| self.pipewire.want(port))
            .map_err(failed)?)
    }

    #[cfg(not(feature = "pipewire"))]
    fn node(&self, _: &pipewire::PipeWire, _: u64) -> Result<Capture, OpenError> {
        Err(pipewire::Error::NotBuilt.into())
    }

    #[cfg(feature = "cpal")]
    fn card(&self, source: &card::Card, ring_ms: u64) -> Result<Capture, OpenError> {
        let device = local::Device {
            name: source.device.clone(),
            family: local::Family::Card,
            rate: source.rate,
            channels: source.stream_channels,
        };
        let failed = |error: std::io::Error| card::Error::Thread(error.to_string());
        Ok(self.locals.capture(&device, &source.pick, ring_ms, card::keep).map_err(failed)?)
    }

    #[cfg(not(feature = "cpal"))]
    fn card(&self, _: &card::Card, _: u64) -> Result<Capture, OpenError> {
        Err(card::Error::NotBuilt.into())
    }

    /// Why threads of ours run without real-time priority, if they had to, or if they lost it since; each told once.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        self.receivers.refusal().or_else(|| self.locals.refusal())
    }
}

/// Channels that are recorded of so many.
fn taken(channels: u16, pick: &[u16]) -> u16 {
    if pick.is_empty() { channels } else { pick.len() as u16 }
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
