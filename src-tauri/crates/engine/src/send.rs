//! A real AES67 sender: paced by an exact schedule, with impairments on request.
//!
//! [`Plan`] says what to send, [`Sender::open`] opens the sockets and the source, [`Sender::run`] sends until it is told
//! to stop. What a packet carries ([`script`]) and what becomes of it ([`impair`]) are pure functions of the plan and
//! the packet's number.

pub mod impair;
mod lateness;
mod packet;
mod plan;
mod queue;
mod random;
pub mod sap;
pub mod script;
mod sender;
mod signal;
mod socket;
mod summary;
mod wav;

pub use impair::Impairments;
pub use lateness::Lateness;
pub use plan::{HeaderExtras, Incident, Incidents, LegPlan, Local, Plan, SignalPlan, Step, TimestampBase};
pub use sender::Sender;
pub use summary::{LegSummary, StreamSummary, Summary};
pub use wav::{WavFormat, inspect as inspect_wav};

use std::io;
use std::path::PathBuf;

/// Why a sender cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The interface is not there, or has no IPv4 address.
    #[error("cannot send by interface {name}: {why}. Interfaces here: {known}")]
    Interface {
        /// As given.
        name: String,
        /// What is the matter with it.
        why: &'static str,
        /// The names that would be right.
        known: String,
    },
    /// A socket could not be opened or set up.
    #[error("cannot open a socket to send to {to}: {act} failed: {source}")]
    Socket {
        /// Destination.
        to: std::net::SocketAddrV4,
        /// What was being done.
        act: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The WAV file cannot be read.
    #[error("cannot send {}: {why}", path.display())]
    Wav {
        /// The file.
        path: PathBuf,
        /// The reason, and what would be right.
        why: String,
    },
    /// A thread could not be started.
    #[error("cannot start the thread {name}: {source}")]
    Thread {
        /// Its name.
        name: &'static str,
        /// The system's reason.
        source: io::Error,
    },
}

#[cfg(test)]
mod tests;
