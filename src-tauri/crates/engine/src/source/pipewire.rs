//! Inputs of this machine, what its outputs play, and applications, through PipeWire.
//!
//! One thread (`audyn-pipewire`) is PipeWire's client: it follows the graph, opens a stream to each node that is wanted as
//! soon as that exists, and closes it when the node goes. A node is known by its name, which outlives restarts; a stream is
//! tied to the very node it was opened for and never moved to another one, so that what is recorded is never something else.
//!
//! Streams are asked for as 32-bit floats, in which PipeWire's graph works: whole for words of 24 bits. At another rate than
//! the graph's PipeWire converts.

use audyn_model::Rate;
use serde::Serialize;

#[cfg(feature = "pipewire")]
mod client;
#[cfg(feature = "pipewire")]
mod cycles;
#[cfg(any(test, feature = "pipewire"))]
mod graph;
#[cfg(any(test, feature = "pipewire"))]
mod ticks;

#[cfg(feature = "pipewire")]
pub use client::{Client, nodes};

/// A node to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PipeWire {
    /// Its `node.name`.
    pub node: String,
    /// Rate to record at; PipeWire converts if its graph runs at another one.
    pub rate: Rate,
    /// Channels of the node, 1 to 64.
    pub stream_channels: u16,
    /// Channels recorded, zero-based, in this order. Empty: all.
    pub pick: Vec<u16>,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Brings audio in: a microphone, a line input.
    Input,
    /// Plays audio; what it plays is recorded.
    Monitor,
    /// A program that plays.
    Application,
}

/// Something that can be recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// `node.name`: names it also after a restart.
    pub name: String,
    /// Names it to people.
    pub description: String,
    /// What it is.
    pub kind: Kind,
    /// Its channels as PipeWire names them: FL, FR, MONO, AUX0 …
    pub channels: Vec<String>,
    /// Rate of the graph, in Hz, if that is told.
    pub rate: Option<u32>,
    /// Names it while it exists.
    #[serde(skip)]
    pub serial: String,
}

/// Why nodes cannot be told or recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// This build has none.
    #[error("this program was built without PipeWire (feature `pipewire`)")]
    NotBuilt,
    /// There is no server, or it does not answer.
    #[error(
        "PipeWire does not answer ({0}); start it (`systemctl --user start pipewire wireplumber`), or run as the user it runs for"
    )]
    Away(String),
    /// No thread could be started.
    #[error("cannot start the thread for PipeWire: {0}")]
    Thread(String),
}

/// None can be told.
///
/// # Errors
/// Always.
#[cfg(not(feature = "pipewire"))]
pub const fn nodes(_: &dyn audyn_model::Clock) -> Result<Vec<Node>, Error> {
    Err(Error::NotBuilt)
}
