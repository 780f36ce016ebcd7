//! What is announced on the network: sessions of SAP (RFC 2974) on its three groups, and of RAVENNA by DNS-SD (RFC 6763)
//! and RTSP, on every chosen interface.
//!
//! Nothing here is believed: whatever comes is bounded in size, count and time, counted when refused, and free of control
//! characters where it is shown. The thread `audyn-discovery` listens; two more, `audyn-rtsp-N`, ask RAVENNA devices for
//! their descriptions once there are any.

pub mod browser;
mod desk;
pub mod dns;
mod ears;
mod listener;
pub mod rtsp;
pub mod sap;
mod session;
pub mod table;

pub use desk::Trouble;
pub use ears::{Listening, interface_towards};
pub use listener::{Counters, Discovery, Snapshot};
pub use session::{By, Identity, Session};
