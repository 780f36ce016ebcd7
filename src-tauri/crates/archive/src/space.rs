//! How much room the disk of an archive has.

use std::path::Path;

use crate::{Error, Root};

/// Room on a disk, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Space {
    /// What this user may still write.
    pub free: u64,
    /// In all.
    pub total: u64,
}

impl Root {
    /// The room on the archive's disk.
    ///
    /// # Errors
    /// The folder cannot be reached.
    pub fn space(&self) -> Result<Space, Error> {
        space(self.dir())
    }
}

/// The room on the disk that holds `dir`, which must exist. What the system keeps for its administrator is not free.
///
/// # Errors
/// The folder cannot be reached.
pub fn space(dir: &Path) -> Result<Space, Error> {
    let disk = rustix::fs::statvfs(dir).map_err(|errno| Error::file("measure", dir)(errno.into()))?;
    Ok(Space {
        free: disk.f_bavail.saturating_mul(disk.f_frsize),
        total: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}

#[cfg(test)]
mod tests;
