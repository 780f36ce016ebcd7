//! The few things a segment asks of a file system, so that tests can make each of them fail.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// A file system.
pub(crate) trait Disk: Send + Sync + Debug {
    /// Makes a folder and those above it; each new one is durable in its parent.
    fn create_folders(&self, dir: &Path) -> io::Result<()>;
    /// Makes a file that did not exist, and holds its lock until it is dropped.
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;
    /// Whether anything has that name.
    fn exists(&self, path: &Path) -> io::Result<bool>;
    /// Makes a folder's entries durable.
    fn sync_folder(&self, dir: &Path) -> io::Result<()>;
}

/// An open file of ours.
pub(crate) trait DiskFile: Send {
    /// Writes some of the bytes; how many is returned, never 0 for a non-empty slice.
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<usize>;
    /// Fills the slice.
    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()>;
    /// Makes contents and length durable.
    fn sync_data(&mut self) -> io::Result<()>;
    /// Makes everything about the file durable.
    fn sync_all(&mut self) -> io::Result<()>;
}

/// The real one.
#[derive(Debug)]
pub(crate) struct SystemDisk;

impl Disk for SystemDisk {
    fn create_folders(&self, dir: &Path) -> io::Result<()> {
        if dir.as_os_str().is_empty() || dir.is_dir() {
            return Ok(());
        }
        if let Some(parent) = dir.parent() {
            self.create_folders(parent)?;
        }
        match fs::create_dir(dir) {
            Ok(()) => dir.parent().map_or(Ok(()), |parent| self.sync_folder(parent)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                if dir.is_dir() {
                    Ok(())
                } else {
                    Err(io::ErrorKind::NotADirectory.into())
                }
            }
            Err(error) => Err(error),
        }
    }

    fn create_new(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        // The lock is what tells recovery in another process that somebody is still writing here. It cannot be taken by
        // others before: they only lock files that have a row or a whole head.
        // A file system without locks is still one that can be recorded to.
        match file.lock() {
            Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
            Ok(()) | Err(_) => {}
        }
        Ok(Box::new(SystemFile(file)))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        path.try_exists()
    }

    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        File::open(dir)?.sync_all()
    }
}

struct SystemFile(File);

impl Drop for SystemFile {
    /// Closing alone would leave the lock to a child process that is between fork and exec and still has a copy.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

impl DiskFile for SystemFile {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<usize> {
        loop {
            match self.0.write_at(bytes, at) {
                Ok(0) if !bytes.is_empty() => return Err(io::ErrorKind::WriteZero.into()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => return done,
            }
        }
    }

    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        self.0.read_exact_at(bytes, at)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn sync_all(&mut self) -> io::Result<()> {
        self.0.sync_all()
    }
}
