//! The network doctor: why a source is silent or sick.
//!
//! [`probe::examine`] measures for some seconds beside whatever captures, and disturbs nothing: sockets of its own, and a
//! tap at the cards where that is permitted. [`diagnose`] is pure: findings → checks in the order from the cable up, and
//! one sentence with what is wrong and what to do.

mod diagnose;
mod findings;
pub mod probe;
mod tally;
mod text;

pub use diagnose::{Check, Report, Verdict, diagnose};
pub use findings::{Findings, LegFindings, Wire};
pub use tally::{Flow, JITTER_EDGES_US, Tally};
pub use text::text;
