//! Playing to a sound card: the opposite of a source, and like one split at the real-time boundary.
//!
//! [`Feed`] is the end of whoever has the audio, [`Callback`] that of the sound card, which neither allocates nor locks
//! nor waits. Between them is a ring of interleaved floats in the sound card's own rate and channels: whoever feeds it
//! converts before. Volume, pausing and discarding (for a jump) happen in the callback, each over 5 ms, so that none of them
//! clicks; at full volume, in between, samples pass unchanged.
//!
//! **Full policy:** a full ring takes no more, and the feeder waits. An empty one plays silence and counts it, unless the
//! feeder said that there is no more.

mod callback;
#[cfg(feature = "cpal")]
mod card;
#[cfg(any(test, feature = "cpal"))]
mod choice;
mod feed;
mod shared;

use serde::Serialize;

pub use callback::Callback;
#[cfg(feature = "cpal")]
pub use card::{Output, devices};
pub use feed::{Feed, ring};
pub use shared::Alarm;

/// How a sound card is fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Format {
    /// Frames per second.
    pub rate: u32,
    /// Interleaved channels.
    pub channels: u16,
}

/// A way out for sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Device {
    /// Names it to [`Output::open`], also after a restart.
    pub id: String,
    /// Names it to people.
    pub name: String,
    /// This is where sound goes unless another one is chosen.
    pub default: bool,
}

/// Why an open output no longer plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// The device was unplugged or switched off.
    Gone,
    /// The audio server or the driver gave up.
    Failed,
}

/// Why there is no sound.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// This build has no audio output.
    #[error("cannot play: this program was built without audio output (feature `cpal`)")]
    NotBuilt,
    /// The devices cannot be listed.
    #[error("cannot list audio outputs: {0}; check that ALSA is installed (Debian package libasound2)")]
    List(String),
    /// There is no device of that id.
    #[error("cannot play through “{0}”: there is no such audio output; choose another one")]
    NoSuchDevice(String),
    /// The device does not open.
    #[error(
        "cannot play through “{device}”: {reason}; connect an audio output, start its audio server (PipeWire), or choose another one"
    )]
    Unusable {
        /// Its name for people.
        device: String,
        /// The system's words.
        reason: String,
    },
}

#[cfg(not(feature = "cpal"))]
mod none;
#[cfg(not(feature = "cpal"))]
pub use none::{Output, devices};

#[cfg(test)]
mod tests;
