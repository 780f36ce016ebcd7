//! What to record: as typed ([`raw`]) and as meant ([`checked`]).
//!
//! Flags and configuration files fill the same raw form; one checker reads it and reports every problem of every
//! recorder at once, each under the name by which it was typed. Nothing downstream checks a value again.

pub mod change;
mod check;
pub mod checked;
mod file;
mod key;
mod problem;
pub mod raw;

use std::io;
use std::path::Path;

pub use check::check;
pub use file::parse;
pub use key::{Key, not_yet};
pub use problem::{Problem, Problems};

/// Reads a file that a configuration refers to (an SDP). The checker itself opens none.
pub type ReadFile<'a> = dyn Fn(&Path) -> io::Result<Vec<u8>> + 'a;

#[cfg(test)]
mod tests;
