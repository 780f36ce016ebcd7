//! An archive root: a folder, its catalogue, and who is using it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use audyn_model::{Gap, Mark, RootId, SegmentId, Utc};

use crate::browse::Reader;
use crate::catalogue::{self, Catalogue, SegmentRow};
use crate::disk::{Disk, SystemDisk};
use crate::recovery::{self, Recovery};
use crate::{Error, civil, files, hash::Hashes};

/// An open archive root. Shared by all recordings that write into it, in this process and in others.
#[derive(Debug)]
pub struct Root {
    dir: PathBuf,
    id: RootId,
    open_id: i64,
    pub(crate) catalogue: Mutex<Catalogue>,
    /// A second connection, so that who browses never keeps a recording's entries waiting.
    pub(crate) reader: Reader,
    pub(crate) disk: Arc<dyn Disk>,
}

impl Root {
    /// Opens (or makes) a root: folder, catalogue, then recovery of what dead writers left open. A damaged catalogue is
    /// set aside under a dated name and rebuilt from the files. `program` is the name and version for the books.
    ///
    /// # Errors
    /// The folder cannot be made or written to; the catalogue was made by a later program or cannot be opened.
    pub fn open(dir: &Path, program: &str, now: Utc) -> Result<(Self, Recovery), Error> {
        Self::open_on(Arc::new(SystemDisk), dir, program, now)
    }

    pub(crate) fn open_on(
        disk: Arc<dyn Disk>,
        dir: &Path,
        program: &str,
        now: Utc,
    ) -> Result<(Self, Recovery), Error> {
        let unusable = |source| Error::Root { dir: dir.to_owned(), source };
        disk.create_folders(dir).map_err(unusable)?;
        let dir = fs::canonicalize(dir).map_err(unusable)?;
        let turn = files::take_turn(&dir).map_err(unusable)?;
        let (mut catalogue, mut recovery) = open_catalogue(&dir, now)?;
        recovery.absorb(recovery::recover_root(&dir, &mut catalogue, now)?);
        drop(turn);
        let open_id = catalogue.begin_open(program, now)?;
        let id = catalogue.root_id()?;
        let catalogue = Mutex::new(catalogue);
        Ok((Self { dir, id, open_id, catalogue, reader: Reader::default(), disk }, recovery))
    }

    /// The folder, absolute.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The root's id.
    #[must_use]
    pub const fn id(&self) -> RootId {
        self.id
    }

    /// This program start's number in the catalogue.
    #[must_use]
    pub const fn open_id(&self) -> i64 {
        self.open_id
    }

    /// Notes the orderly end of the program.
    ///
    /// # Errors
    /// The catalogue cannot be written to.
    pub fn close(&self, reason: &str, now: Utc) -> Result<(), Error> {
        self.catalogue().end_open(self.open_id, reason, now)
    }

    /// All segments, in order of recorder, container and time.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn segments(&self) -> Result<Vec<SegmentRow>, Error> {
        self.catalogue().segments()
    }

    /// One segment.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn segment(&self, id: SegmentId) -> Result<Option<SegmentRow>, Error> {
        self.catalogue().segment(id)
    }

    /// A segment's gaps, in order.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn gaps(&self, segment: SegmentId) -> Result<Vec<Gap>, Error> {
        self.catalogue().gaps(segment)
    }

    /// The marks that touch a segment, at most `limit` of them in order, and how many there are. They are whole: one may begin
    /// before the segment or end after it.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn marks(&self, segment: &SegmentRow, limit: usize) -> Result<(Vec<Mark>, u32), Error> {
        self.read(|db| catalogue::marks::of_file(db, segment, limit))
    }

    /// Hashes sealed files that have no hashes yet (large ones that recovery ended), one after the other, and says how
    /// many it did. Takes as long as reading them does: not for the thread that records.
    ///
    /// # Errors
    /// A file or the catalogue cannot be read.
    pub fn hash_unhashed(&self) -> Result<usize, Error> {
        let rows = self.catalogue().unhashed()?;
        for row in &rows {
            let hashes = hash_row(&self.dir, row)?;
            self.catalogue().set_hashes(row.id, &hashes)?;
        }
        Ok(rows.len())
    }

    /// A panic in another thread leaves the database itself in order: transactions are not half done.
    pub(crate) fn catalogue(&self) -> MutexGuard<'_, Catalogue> {
        self.catalogue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Recovers a folder for the command line. With a catalogue: what its open rows say. Without one: every file that says
/// that it is ours and unfinished.
///
/// # Errors
/// The folder, its catalogue or a file in it cannot be read or written.
pub fn recover(dir: &Path, now: Utc) -> Result<Recovery, Error> {
    let unusable = |source| Error::Root { dir: dir.to_owned(), source };
    let dir = fs::canonicalize(dir).map_err(unusable)?;
    if !dir.join(catalogue::FILE).exists() {
        return recovery::recover_loose(&dir);
    }
    let _turn = files::take_turn(&dir).map_err(unusable)?;
    let (mut catalogue, mut recovery) = open_catalogue(&dir, now)?;
    recovery.absorb(recovery::recover_root(&dir, &mut catalogue, now)?);
    Ok(recovery)
}

/// Makes the catalogue of `dir` anew from the files alone, and keeps the old one beside it under a dated name.
///
/// # Errors
/// The folder or a file in it cannot be read or written.
pub fn rebuild(dir: &Path, now: Utc) -> Result<Recovery, Error> {
    let unusable = |source| Error::Root { dir: dir.to_owned(), source };
    let dir = fs::canonicalize(dir).map_err(unusable)?;
    let _turn = files::take_turn(&dir).map_err(unusable)?;
    let id = match Catalogue::open_existing(&dir, now) {
        Ok(old) => old.and_then(|old| old.root_id().ok()),
        Err(Error::CatalogueDamaged { .. }) => None,
        Err(error) => return Err(error),
    };
    let aside = set_aside(&dir, now)?;
    let mut catalogue = Catalogue::open(&dir, now)?;
    if let Some(id) = id {
        catalogue.set_root_id(id)?;
    }
    let mut recovery = recovery::adopt_all(&dir, &mut catalogue, now)?;
    recovery.set_aside = aside;
    Ok(recovery)
}

pub(crate) fn hash_row(dir: &Path, row: &SegmentRow) -> Result<Hashes, Error> {
    let path = dir.join(&row.path);
    let mut file = File::open(&path).map_err(Error::file("read", &path))?;
    let head_len = match &row.hashes {
        Some(hashes) => hashes.head_len,
        None => files::head_len(&mut file),
    };
    Hashes::of_file(&mut file, head_len).map_err(Error::file("read", &path))
}

/// Opens the catalogue; a damaged one is set aside and rebuilt from the files.
fn open_catalogue(dir: &Path, now: Utc) -> Result<(Catalogue, Recovery), Error> {
    match Catalogue::open(dir, now) {
        Ok(catalogue) => Ok((catalogue, Recovery::default())),
        Err(Error::CatalogueDamaged { path, why }) => {
            tracing::error!(path = %path.display(), why, "the catalogue is damaged; it is set aside and rebuilt");
            let aside = set_aside(dir, now)?;
            let mut catalogue = Catalogue::open(dir, now)?;
            let mut recovery = recovery::adopt_all(dir, &mut catalogue, now)?;
            recovery.set_aside = aside;
            Ok((catalogue, recovery))
        }
        Err(error) => Err(error),
    }
}

/// Renames the catalogue and what belongs to it; nothing is ever deleted. None if there was no catalogue.
fn set_aside(dir: &Path, now: Utc) -> Result<Option<PathBuf>, Error> {
    let free = |stem: &str| -> PathBuf {
        let names = (1_u32..).map(|n| if n == 1 { stem.to_owned() } else { format!("{stem}-{n}") });
        names.map(|name| dir.join(name)).find(|path| !path.exists()).unwrap_or_else(|| dir.join(stem))
    };
    let aside = free(&format!("{}.{}", catalogue::FILE, civil::stamp(now)));
    let mut moved = None;
    for part in ["", "-wal", "-shm"] {
        let from = dir.join(format!("{}{part}", catalogue::FILE));
        if from.exists() {
            let mut to = aside.clone().into_os_string();
            to.push(part);
            fs::rename(&from, &to).map_err(Error::file("set aside", &from))?;
            moved = Some(aside.clone());
        }
    }
    Ok(moved)
}

#[cfg(test)]
mod tests;
