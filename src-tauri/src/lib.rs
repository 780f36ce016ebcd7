//! The program `audyn`: composition, nothing clever.
//!
//! Flags and files become a checked configuration ([`config`]), [`compose`] turns that into running recorders, and
//! [`shutdown`] ends them in order.

pub mod cli;
pub mod compose;
pub mod config;
#[cfg(feature = "desktop")]
pub mod desktop;
pub mod exit;
mod lan;
pub mod levels;
pub mod logging;
pub mod shutdown;
