//! Inputs of this machine, what its outputs play, and applications, through PipeWire.
//!
//! One thread (`audyn-pipewire`) is PipeWire's client: it follows the graph, opens a stream to each node that is wanted as
//! soon as that exists, and closes it when the node goes. A node is known by its name, which outlives restarts; a stream is
//! tied to the very node it was opened for and never moved to another one, so that what is recorded is never something else.
//!
//! Streams are asked for as 32-bit floats, in which PipeWire's graph works: whole for words of 24 bits. At another rate than
//! the graph's PipeWire converts.

use audyn_model::Rate;

#[cfg(feature = "pipewire")]
mod client;
#[cfg(any(test, feature = "pipewire"))]
mod graph;
#[cfg(any(test, feature = "pipewire"))]
mod ticks;

#[cfg(feature = "pipewire")]
pub use client::{Client, nodes};
#[cfg(any(test, feature = "pipewire"))]
pub use graph::{Kind, Node};

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
