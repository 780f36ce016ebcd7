//! The station's configuration as one file that people read, compare and keep beside other such files.
//!
//! The file is TOML. It names the version of its format, and has six parts: settings, sources, recorders, studios, access, users. A part
//! that is not there stays as it is; one that is there says all of it: what the station has and the file has not is
//! removed. Things are found again by their ids, or by their names if a file gives no ids; users by their addresses. Secrets,
//! recordings, and whether a recorder should be recording are not in it: a user whom a file brings has no password.
//!
//! Taking one up goes in two steps. `plan` decides, and changes nothing: every difference, and why one of them cannot be.
//! The import then does exactly that plan in one transaction, or nothing: its fingerprint covers the file and the station
//! as both were when it was checked.

mod difference;
mod document;
mod doors;
mod found;
mod offline;
mod parts;
mod plan;

pub(crate) use document::{export, file_name};
pub(crate) use found::Now;
pub use offline::{Offline, OfflineError};
pub(crate) use plan::{Plan, fingerprint, plan};

#[cfg(test)]
mod tests;
