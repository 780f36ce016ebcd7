//! Sound cards, through cpal: ALSA on Linux, other systems' own where it builds.
//!
//! Each card that is wanted has a thread of its own (`audyn-card`), which opens it, waits until it is gone, and opens it
//! again. What hangs in a driver hangs there, and in the way of no other card.

use std::time::Duration;

use audyn_model::Rate;
use serde::Serialize;

#[cfg(any(test, feature = "cpal"))]
mod choice;
#[cfg(feature = "cpal")]
mod keeper;
#[cfg(feature = "cpal")]
mod open;

#[cfg(feature = "cpal")]
pub use keeper::keep;
#[cfg(feature = "cpal")]
pub use open::cards;

/// A sound card to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id, as [`Input::id`]; empty for the system's default one.
    pub device: String,
    /// Rate to open it with.
    pub rate: Rate,
    /// Channels to take from it, 1 to 64: the first ones, if it has more.
    pub stream_channels: u16,
    /// Channels recorded, zero-based, in this order. Empty: all.
    pub pick: Vec<u16>,
}

/// A sound card that can be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    /// Names it to [`Card::device`], also after a restart.
    pub id: String,
    /// Names it to people.
    pub name: String,
    /// What is recorded unless another one is chosen.
    pub default: bool,
    /// The most channels it gives; 0 if it does not say (it is in use, or is not there just now).
    pub channels: u16,
    /// Of the usual rates those that it runs at, in Hz.
    pub rates: Vec<u32>,
}

/// Why cards cannot be listed or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// This build has none.
    #[error("this program was built without sound cards (feature `cpal`)")]
    NotBuilt,
    /// The cards cannot be listed.
    #[error("sound cards cannot be listed ({0}); check that ALSA is installed (Debian package libasound2)")]
    List(String),
    /// No thread could be started.
    #[error("cannot start a thread for the sound card: {0}")]
    Thread(String),
}

/// None can be listed.
///
/// # Errors
/// Always.
#[cfg(not(feature = "cpal"))]
pub const fn cards() -> Result<Vec<Input>, Error> {
    Err(Error::NotBuilt)
}

/// Before a card is tried again: longer each time, up to the last.
#[cfg(feature = "cpal")]
const AGAIN: [Duration; 4] =
    [Duration::from_millis(500), Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5)];
