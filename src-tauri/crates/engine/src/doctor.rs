//! The network doctor: why a source is silent or sick.
//!
//! [`probe::examine`] measures for some seconds beside whatever captures, and disturbs nothing: sockets of its own, and a
//! tap at the cards where that is permitted. [`diagnose`] is pure: findings → checks in the order from the cable up, and
//! one sentence with what is wrong and what to do. [`local`] does the same for sources of this machine.

mod diagnose;
mod findings;
pub mod local;
pub mod probe;
mod tally;
mod text;

pub use diagnose::{Check, Report, Verdict, diagnose};
pub use findings::{Ear, Findings, LegFindings, PtpFindings, Wire};
pub use tally::{Flow, JITTER_EDGES_US, Tally};
pub use text::text;
