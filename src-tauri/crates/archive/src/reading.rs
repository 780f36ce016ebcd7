//! A file of an archive, open for reading: to play it, or to hand it out. Its writer may still be at work.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::Error;

/// An open file. Clones share it, and its position.
#[derive(Clone, Debug)]
pub struct Reading {
    path: PathBuf,
    file: Arc<File>,
}

impl Reading {
    /// Opens a file below `root`; `path` is relative to it, or absolute and within it. Symbolic links are followed as long as
    /// they stay within.
    ///
    /// # Errors
    /// There is no such file, it is no regular file, it lies outside of the root, or this user may not read it.
    pub fn open(root: &Path, path: &Path) -> Result<Self, Error> {
        let asked = root.join(path);
        let failed = |source| Error::File { act: "play", path: asked.clone(), source };
        let root = fs::canonicalize(root).map_err(failed)?;
        // What is opened is what was looked at: the name has no links left.
        let path = fs::canonicalize(&asked).map_err(failed)?;
        if !path.starts_with(&root) {
            let why = format!("it lies outside of the archive {}", root.display());
            return Err(failed(io::Error::new(io::ErrorKind::PermissionDenied, why)));
        }
        // Opening a pipe would wait for somebody to write to it.
        if !fs::metadata(&path).map_err(failed)?.is_file() {
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, "it is not a file")));
        }
        let file = File::open(&path).map_err(failed)?;
        Ok(Self { path, file: Arc::new(file) })
    }

    /// The file, absolute and without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a recorder, of this process or another, is writing the file: it holds its lock. To ask means to hold a lock
    /// too, for a moment in which recovery would take the file for one in use; so ask only where it matters.
    #[must_use]
    pub fn is_being_written(&self) -> bool {
        match self.file.try_lock_shared() {
            Ok(()) => {
                // Dropping the file would not do: it stays open.
                let _ = self.file.unlock();
                false
            }
            Err(TryLockError::WouldBlock) => true,
            // A file system without locks: nobody can say, and a player that waits for ever is worse than one that stops.
            Err(TryLockError::Error(_)) => false,
        }
    }
}

impl Read for Reading {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        (&*self.file).read(room)
    }
}

impl Seek for Reading {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        (&*self.file).seek(to)
    }
}

#[cfg(test)]
mod tests;
