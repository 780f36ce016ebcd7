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
    /// Makes a file that did not exist and begins with `head`, and holds its lock until it is dropped. It has its head
    /// and its lock before it has its name, where the file system can do that.
    fn create_new(&self, path: &Path, head: &[u8]) -> io::Result<Box<dyn DiskFile>>;
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

    fn create_new(&self, path: &Path, head: &[u8]) -> io::Result<Box<dyn DiskFile>> {
        let made = match unnamed(path, head) {
            Err(error) if cannot(&error) => named(path, head),
            made => made,
        };
        made.map(|file| Box::new(file) as Box<dyn DiskFile>)
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        path.try_exists()
    }

    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
        File::open(dir)?.sync_all()
    }
}

/// Makes the file without a name, writes its head and then gives it its name: whoever dies in between leaves nothing.
#[cfg(target_os = "linux")]
fn unnamed(path: &Path, head: &[u8]) -> io::Result<SystemFile> {
    use std::os::fd::AsRawFd;

    use rustix::fs::{AtFlags, CWD, Mode, OFlags};

    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    let file = rustix::fs::open(dir, flags, Mode::from_raw_mode(0o666))?;
    let mut file = SystemFile::locked(file.into())?;
    file.begin_with(head)?;
    let itself = format!("/proc/self/fd/{}", file.0.as_raw_fd());
    rustix::fs::linkat(CWD, itself, CWD, path, AtFlags::SYMLINK_FOLLOW)?;
    Ok(file)
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_path: &Path, _head: &[u8]) -> io::Result<SystemFile> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the way over a file without a name is closed here: network shares and FAT have no such files, and a cage
/// may have no `/proc`.
fn cannot(error: &io::Error) -> bool {
    use io::ErrorKind::{
        CrossesDevices, InvalidInput, IsADirectory, NotFound, PermissionDenied, Unsupported,
    };
    matches!(
        error.kind(),
        CrossesDevices | InvalidInput | IsADirectory | NotFound | PermissionDenied | Unsupported
    )
}

/// Makes the file under its name, then writes its head. Whoever dies in between leaves an empty file, which is reported
/// as unknown.
fn named(path: &Path, head: &[u8]) -> io::Result<SystemFile> {
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
    let begun = SystemFile::locked(file).and_then(|mut file| file.begin_with(head).map(|()| file));
    if begun.is_err() {
        // The name is free for the next attempt: nobody else has written there.
        let _ = fs::remove_file(path);
    }
    begun
}

struct SystemFile(File);

impl SystemFile {
    /// The lock is what tells recovery in another process that somebody is still writing here. It cannot be taken by
    /// others before: they only lock files that have a row or a whole head.
    fn locked(file: File) -> io::Result<Self> {
        match file.lock() {
            // A file system without locks is still one that can be recorded to.
            Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
            Ok(()) | Err(_) => Ok(Self(file)),
        }
    }

    /// Fills the file from its beginning.
    fn begin_with(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let mut at = 0;
        while !bytes.is_empty() {
            let done = self.write_at(bytes, at)?;
            at += done as u64;
            bytes = &bytes[done..];
        }
        Ok(())
    }
}

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

#[cfg(test)]
mod tests;
