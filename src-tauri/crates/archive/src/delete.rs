//! Deleting files for good. In this order, so that a crash between any two steps is finished at the next opening:
//!
//! 1. the catalogue notes that the segments are to be deleted;
//! 2. the file goes, then the lists of gaps, marks and holds beside it;
//! 3. the folder is synced, folders that became empty go;
//! 4. the catalogue forgets the segments.
//!
//! Nothing that is held goes, whoever asks: the list beside the file is read before the first step, and the catalogue within its
//! transaction.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use audyn_model::{SegmentId, Utc};

use crate::catalogue::{Catalogue, SegmentRow, SegmentState};
use crate::files::Owned;
use crate::paths::inside;
use crate::{Error, Root, files, gaps, holds, marks};

/// Segments deleted in one transaction; as many files are held open meanwhile.
const BATCH: usize = 64;

/// A segment that may be deleted, its file held so that nobody begins to use it.
struct Chosen {
    row: SegmentRow,
    path: PathBuf,
    _file: Option<Owned>,
}

impl Root {
    /// Deletes complete or faulted files for good, their lists and their rows. Says of each what became of it:
    /// one that is being written or used stays, and so does one that the system does not let go.
    pub fn delete(&self, segments: &[SegmentId], now: Utc) -> Vec<(SegmentId, Result<(), Error>)> {
        let unique: BTreeSet<SegmentId> = segments.iter().copied().collect();
        let unique: Vec<SegmentId> = unique.into_iter().collect();
        unique.chunks(BATCH).flat_map(|segments| self.delete_batch(segments, now)).collect()
    }

    fn delete_batch(&self, segments: &[SegmentId], now: Utc) -> Vec<(SegmentId, Result<(), Error>)> {
        let mut verdicts = Vec::new();
        let mut chosen = Vec::new();
        for id in segments {
            match self.choose(*id, now) {
                Ok(one) => chosen.push(one),
                Err(error) => verdicts.push((*id, Err(error))),
            }
        }
        // Step 1: from here on a crash does not bring them back. If even that fails nothing is touched.
        let ids: Vec<SegmentId> = chosen.iter().map(|one| one.row.id).collect();
        let marked = self.catalogue().mark_deletions(&ids, now);
        match marked {
            Ok(held) => {
                for (id, holding) in held {
                    let Some(at) = chosen.iter().position(|one| one.row.id == id) else { continue };
                    let one = chosen.remove(at);
                    verdicts.push((id, holds::refuse_held(&one.row, holding)));
                }
            }
            Err(error) => {
                let why = "the catalogue cannot be written to; check the disk and the folder's permissions";
                tracing::error!(%error, "files cannot be deleted");
                verdicts.extend(ids.into_iter().map(|id| (id, Err(refused(&id.to_string(), why)))));
                return verdicts;
            }
        }
        // Steps 2 and 3.
        let mut gone = Vec::new();
        for Chosen { row, path, .. } in &chosen {
            let id = row.id;
            match remove_files(path) {
                Ok(()) => gone.push((id, path.as_path())),
                Err(error) => {
                    if path.exists() {
                        // It is all there still: it is shown again, and the reason with it.
                        if let Err(error) = self.catalogue().unmark_deletion(id) {
                            tracing::error!(%error, "a file that could not be deleted stays marked");
                        }
                    }
                    verdicts.push((id, Err(error)));
                }
            }
        }
        let folders = settle_folders(self.dir(), gone.iter().map(|(_, path)| *path));
        // Step 4.
        let ids: Vec<SegmentId> = gone.into_iter().map(|(id, _)| id).collect();
        match folders.and_then(|()| self.catalogue().forget(&ids)) {
            Ok(()) => verdicts.extend(ids.into_iter().map(|id| (id, Ok(())))),
            // The files are gone, and their marks let the next opening do the rest.
            Err(error) => {
                tracing::error!(%error, "deleted files are forgotten when the archive is opened next");
                verdicts.extend(ids.into_iter().map(|id| (id, Ok(()))));
            }
        }
        verdicts
    }

    fn choose(&self, id: SegmentId, now: Utc) -> Result<Chosen, Error> {
        let unknown = || refused(&id.to_string(), "there is no such file; it may have been deleted already");
        let row = self.segment(id)?.ok_or_else(unknown)?;
        match row.state {
            SegmentState::Sealed | SegmentState::Faulted => {}
            SegmentState::Open => {
                return Err(refused(&row.path, "it is still being written; stop the recorder first"));
            }
        }
        let path = below(self.dir(), &row)?;
        holds::refuse_listed(&row, &path, now)?;
        match files::open_unowned(&path) {
            Ok(Some(file)) => Ok(Chosen { row, path, _file: Some(file) }),
            Ok(None) => Err(refused(&row.path, "it is being written or copied; try again when that is over")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Chosen { row, path, _file: None }),
            Err(error) => Err(Error::file("delete", path)(error)),
        }
    }
}

/// Finishes what was marked when the program died. What the system does not let go, or what is held by now, is shown again.
pub(crate) fn finish(dir: &Path, catalogue: &mut Catalogue, now: Utc) -> Result<(), Error> {
    let mut gone = Vec::new();
    for row in catalogue.marked_deletions()? {
        let mut holding = catalogue.holds(row.id)?;
        holding.retain(|hold| hold.holds_at(now));
        let held = |path: &Path| {
            // Without the file, there is nothing left to hold but its lists.
            if path.exists() {
                holds::refuse_held(&row, holding).and_then(|()| holds::refuse_listed(&row, path, now))
            } else {
                Ok(())
            }
        };
        let removed = below(dir, &row).and_then(|path| {
            held(&path)?;
            remove_files(&path).map(|()| path)
        });
        match removed {
            Ok(path) => gone.push((row.id, path)),
            Err(error) => {
                tracing::error!(%error, "a file that was to be deleted stays");
                catalogue.unmark_deletion(row.id)?;
            }
        }
    }
    settle_folders(dir, gone.iter().map(|(_, path)| path.as_path()))?;
    let ids: Vec<SegmentId> = gone.into_iter().map(|(id, _)| id).collect();
    catalogue.forget(&ids)
}

/// The file of a row, if it really is below the root: a catalogue may come from elsewhere, and a folder be a link.
fn below(dir: &Path, row: &SegmentRow) -> Result<PathBuf, Error> {
    let outside =
        || refused(&row.path, "it is not below the archive root; delete it by hand if it should go");
    inside(dir, row).map_err(Error::file("delete", dir.join(&row.path)))?.ok_or_else(outside)
}

/// Step 2: the file first, for it is what was asked to go.
fn remove_files(path: &Path) -> Result<(), Error> {
    for path in [path.to_owned(), gaps::beside(path), marks::beside(path), holds::beside(path)] {
        match fs::remove_file(&path) {
            Ok(()) => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
            Err(error) => return Err(Error::file("delete", path)(error)),
        }
    }
    Ok(())
}

/// Step 3: makes it durable that these files are gone, and takes away the folders that held nothing else, up to but not
/// including those directly below the root, which are recorders' own.
fn settle_folders<'a>(dir: &Path, gone: impl Iterator<Item = &'a Path>) -> Result<(), Error> {
    let mut folders: BTreeSet<PathBuf> = gone.filter_map(Path::parent).map(Path::to_owned).collect();
    // The last in order is the deepest of its kind, so a parent is looked at after its children.
    while let Some(folder) = folders.pop_last() {
        let depth = folder.strip_prefix(dir).map_or(0, |below| below.components().count());
        if depth > 1 && fs::remove_dir(&folder).is_ok() {
            folders.extend(folder.parent().map(Path::to_owned));
            continue;
        }
        match File::open(&folder).and_then(|folder| folder.sync_all()) {
            Ok(()) => {}
            // It went before: what it is in must be synced instead.
            Err(error) if error.kind() == io::ErrorKind::NotFound && depth > 0 => {
                folders.extend(folder.parent().map(Path::to_owned));
            }
            Err(error) => return Err(Error::file("sync", folder)(error)),
        }
    }
    Ok(())
}

fn refused(path: &str, why: &'static str) -> Error {
    Error::Refused { act: "delete", path: path.to_owned(), why }
}

#[cfg(test)]
mod tests;
