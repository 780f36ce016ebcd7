//! Copying files into a folder, one after the other, in blocks; nothing that is there is touched.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use audyn_archive::space;

use super::{CopyFile, Refusal};
use crate::forecast::size;

/// Bytes read at once: whether to go on is asked between two blocks.
const BLOCK: usize = 1 << 20;
/// What stays free beside the copies.
const SPARE: u64 = 16 << 20;

/// How far a copy is.
pub(super) struct Step<'a> {
    /// Bytes done of all files.
    pub done: u64,
    /// The file at hand.
    pub name: &'a str,
    /// Its number, from 1.
    pub file: usize,
    /// How many there are.
    pub files: usize,
}

/// How it ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// All files are there.
    Done {
        /// How many, and where.
        message: String,
    },
    /// Somebody wished so.
    Stopped {
        /// Files that are there whole.
        files: usize,
    },
    /// One could not be copied; those before it are there.
    Failed {
        /// In a sentence.
        why: String,
    },
}

/// "1 file", "12 files".
pub(super) fn count(files: usize) -> String {
    if files == 1 { "1 file".to_owned() } else { format!("{files} files") }
}

/// The folder with all links resolved, if it may and can take `bytes`.
pub(super) fn check_folder(folder: &Path, archive: &Path, bytes: u64) -> Result<PathBuf, Refusal> {
    let refuse = |why: String| Refusal::Folder(format!("{}: {why}", folder.display()));
    if !folder.is_absolute() {
        return Err(refuse("the folder must be given in full, beginning with /".to_owned()));
    }
    let unusable =
        |error: io::Error| refuse(format!("the folder cannot be used ({error}); choose another one"));
    let real = fs::canonicalize(folder).map_err(unusable)?;
    if !real.is_dir() {
        return Err(refuse("this is not a folder; choose one".to_owned()));
    }
    let archive = fs::canonicalize(archive).map_err(unusable)?;
    if real.starts_with(&archive) {
        return Err(refuse(
            "this is inside the archive, which only recordings go into; choose a folder outside".to_owned(),
        ));
    }
    audyn_archive::check_folder(&real).map_err(|_| {
        refuse("nothing can be written there; choose another folder, or change its permissions".to_owned())
    })?;
    let free = space::space(&real).map_err(|error| refuse(error.to_string()))?.free;
    if free < bytes.saturating_add(SPARE) {
        return Err(Refusal::Space(format!(
            "{} has {} free, and {} are to be copied; choose another folder or fewer files",
            folder.display(),
            size(free),
            size(bytes)
        )));
    }
    Ok(real)
}

/// Copies all files until done, stopped or one cannot be copied.
pub(super) fn copy_all(
    files: Vec<CopyFile>,
    folder: &Path,
    stopped: &dyn Fn() -> bool,
    went_on: &mut dyn FnMut(Step<'_>),
) -> Ended {
    let all = files.len();
    let mut done = 0;
    for (at, file) in files.into_iter().enumerate() {
        let CopyFile { name, open, .. } = file;
        if stopped() {
            return Ended::Stopped { files: at };
        }
        let mut progress = |bytes: u64| {
            done += bytes;
            went_on(Step { done, name: &name, file: at + 1, files: all });
        };
        progress(0);
        match open().map(|from| copy_one(from, folder, &name, stopped, &mut progress)) {
            Ok(Ok(true)) => {}
            Ok(Ok(false)) => return Ended::Stopped { files: at },
            Ok(Err(error)) => {
                let why =
                    format!("{name} could not be copied to {}: {error}. {}", folder.display(), outlook(at));
                return Ended::Failed { why };
            }
            Err(why) => return Ended::Failed { why: format!("{why}. {}", outlook(at)) },
        }
    }
    Ended::Done { message: format!("{} copied to {}", count(all), folder.display()) }
}

fn outlook(files: usize) -> String {
    match files {
        0 => "Nothing was copied.".to_owned(),
        1 => "The file before it is there.".to_owned(),
        files => format!("The {files} files before it are there."),
    }
}

/// Copies one file; false if it was stopped, and then nothing of it is left.
fn copy_one(
    mut from: File,
    folder: &Path,
    name: &str,
    stopped: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(u64),
) -> io::Result<bool> {
    let (part, mut to) = create_part(folder, name)?;
    let filled = fill(&mut from, &mut to, stopped, progress);
    // Its contents are durable before it has a name that promises them.
    let whole = filled.and_then(|whole| if whole { to.sync_all().map(|()| true) } else { Ok(false) });
    let placed = match whole {
        Ok(true) => give_name(&part, folder, name).map(|()| true),
        stopped_or_failed => stopped_or_failed,
    };
    if !matches!(placed, Ok(true)) {
        // What is left of it helps nobody; that it cannot be removed is the lesser trouble of the two.
        if let Err(error) = fs::remove_file(&part) {
            tracing::warn!(%error, path = %part.display(), "the beginning of a copy stays behind");
        }
    }
    placed
}

fn fill(
    from: &mut File,
    to: &mut File,
    stopped: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(u64),
) -> io::Result<bool> {
    let mut block = vec![0; BLOCK];
    loop {
        if stopped() {
            return Ok(false);
        }
        let read = match from.read(&mut block) {
            Ok(0) => return Ok(true),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        to.write_all(&block[..read])?;
        progress(read as u64);
    }
}

/// A new file with a name that says that it is not whole.
fn create_part(folder: &Path, name: &str) -> io::Result<(PathBuf, File)> {
    for candidate in names(name) {
        let path = folder.join(format!("{candidate}.part"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(taken(name))
}

/// Renames the whole copy to the first free name. The name is taken with create-new first, so that nothing that comes
/// into being meanwhile is replaced: what the rename replaces is our own empty file.
fn give_name(part: &Path, folder: &Path, name: &str) -> io::Result<()> {
    for candidate in names(name) {
        let path = folder.join(candidate);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => {
                fs::rename(part, &path).inspect_err(|_| drop(fs::remove_file(&path)))?;
                return File::open(folder)?.sync_all();
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(taken(name))
}

/// `a.wav`, `a_2.wav`, `a_3.wav` and so on, ten thousand of them.
fn names(name: &str) -> impl Iterator<Item = String> {
    let (stem, suffix) = match name.rsplit_once('.') {
        Some((stem, suffix)) if !stem.is_empty() => (stem.to_owned(), format!(".{suffix}")),
        Some(_) | None => (name.to_owned(), String::new()),
    };
    (1..=10_000).map(move |n| if n == 1 { format!("{stem}{suffix}") } else { format!("{stem}_{n}{suffix}") })
}

fn taken(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::AlreadyExists, format!("every name like {name} is taken"))
}
