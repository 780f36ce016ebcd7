//! Reading an archive's folders and the files in them.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};

use audyn_codec::{Inspection, Words};
use audyn_model::{Container, Rate, SampleFormat};

use crate::paths::lists;
use crate::{Error, catalogue};

/// Held while a catalogue is opened, set aside, rebuilt or recovered, so that two processes take turns.
const LOCK: &str = "catalogue.lock";

/// Waits until no other process is at work on the books of `dir`; the turn lasts as long as the file is open.
pub(crate) fn take_turn(dir: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(dir.join(LOCK))?;
    match file.lock() {
        Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
        Ok(()) | Err(_) => Ok(file),
    }
}

/// Every regular file below `dir` that is not one of the archive's own books (catalogue, lists beside a file), in order of
/// path. Symbolic links are not followed.
pub(crate) fn walk(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    walk_for(dir, |path| !is_a_book(path, dir))
}

/// Every list with this suffix that is beside a file of ours.
pub(crate) fn lists(dir: &Path, suffix: &str) -> Result<Vec<PathBuf>, Error> {
    walk_for(dir, |path| path.extension().is_some_and(|own| own == suffix) && is_a_book(path, dir))
}

fn walk_for(dir: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(Error::file("list", &folder))?;
        for entry in entries {
            let entry = entry.map_err(Error::file("list", &folder))?;
            let kind = entry.file_type().map_err(Error::file("look at", entry.path()))?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && wanted(&entry.path()) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Those of them that look like audio: for who has no catalogue.
pub(crate) fn audio(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    Ok(walk(dir)?.into_iter().filter(|path| looks_like_audio(path)).collect())
}

/// The file has a suffix of one of our containers.
pub(crate) fn looks_like_audio(path: &Path) -> bool {
    path.extension().and_then(|suffix| suffix.to_str()).and_then(Container::from_suffix).is_some()
}

/// A file that nobody else is writing, locked until it is dropped.
#[derive(Debug)]
pub(crate) struct Owned(File);

impl Deref for Owned {
    type Target = File;
    fn deref(&self) -> &File {
        &self.0
    }
}

impl DerefMut for Owned {
    fn deref_mut(&mut self) -> &mut File {
        &mut self.0
    }
}

impl Drop for Owned {
    /// Closing alone would leave the lock to a child process that is between fork and exec and still has a copy.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// Opens a file that nobody is writing and keeps others from taking it for theirs; none if somebody is.
pub(crate) fn open_unowned(path: &Path) -> io::Result<Option<Owned>> {
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Owned(file))),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            Ok(Some(Owned(file)))
        }
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Frames that play at `file_rate`, as frames of the source.
pub(crate) fn source_frames(frames: u64, file_rate: Rate, source: Rate) -> u64 {
    let (file_hz, source_hz) = (u128::from(file_rate.hz()), u128::from(source.hz()));
    u64::try_from((u128::from(frames) * source_hz + file_hz / 2) / file_hz).unwrap_or(u64::MAX)
}

/// Where the coded audio begins, as the file itself says.
pub(crate) fn head_len(file: &mut File) -> u64 {
    audyn_codec::inspect(file).map_or(0, |inspection| inspection.audio.start)
}

/// The stored words as the catalogue names them.
pub(crate) fn stored(inspection: &Inspection) -> Option<SampleFormat> {
    match inspection.words {
        Words::Int(16) => Some(SampleFormat::Int16),
        Words::Int(_) => Some(SampleFormat::Int24),
        Words::Float(_) => Some(SampleFormat::Float32),
        Words::Lossy => None,
    }
}

fn is_a_book(path: &Path, root: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let of_catalogue = path.parent() == Some(root) && (name.starts_with(catalogue::FILE) || name == LOCK);
    let list_of = path.file_stem().map(|file| path.with_file_name(file));
    let is_list = path.extension().is_some_and(|suffix| lists::ALL.iter().any(|own| suffix == *own));
    let of_file = is_list && list_of.is_some_and(|file| looks_like_audio(&file) && file.is_file());
    of_catalogue || of_file
}
