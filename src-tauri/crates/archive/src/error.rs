//! What can go wrong, said so that the reader knows what was being done, to what, and what to do.

use std::io;
use std::path::PathBuf;

use audyn_model::Hold;

/// Why an archive could not be opened, read or checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The recording cannot be made as asked; every problem is in the list.
    #[error("cannot record: {}", .0.join("; "))]
    Unsuitable(Vec<String>),
    /// The root cannot be used.
    #[error("cannot use {} as archive root: {source}; create it, or give this user the right to write there", .dir.display())]
    Root {
        /// The folder.
        dir: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder could not be read or changed.
    #[error("cannot {act} {}: {source}", .path.display())]
    File {
        /// What was being done: `read`, `mend`, …
        act: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// SQLite refused.
    #[error("cannot {act} the catalogue {}: {source}", .path.display())]
    Catalogue {
        /// What was being done.
        act: &'static str,
        /// The catalogue's file.
        path: PathBuf,
        /// SQLite's words.
        source: rusqlite::Error,
    },
    /// A later program has been here.
    #[error(
        "the catalogue {} has version {version}, and this program knows up to {known}; use the program that wrote it",
        .path.display()
    )]
    CatalogueNewer {
        /// The catalogue's file.
        path: PathBuf,
        /// Its version.
        version: i64,
        /// The newest we know.
        known: i64,
    },
    /// A damaged catalogue; [`crate::Root::open`] sets it aside and rebuilds it, others report it.
    #[error("the catalogue {} is damaged ({why}); start the recorder or run `audyn recover` to rebuild it", .path.display())]
    CatalogueDamaged {
        /// The catalogue's file.
        path: PathBuf,
        /// What shows it.
        why: String,
    },
    /// A segment that may not be deleted or read now.
    #[error("cannot {act} {path}: {why}")]
    Refused {
        /// What was to be done: `delete`, `copy`.
        act: &'static str,
        /// To what, below the root; its id if there is no such file.
        path: String,
        /// Why not, and what to do.
        why: &'static str,
    },
    /// A segment that may not be deleted because it is held.
    #[error(
        "cannot delete {path}: {} holds it ({}){}; it can be deleted when that is lifted",
        .hold.by,
        .hold.reason,
        if *.more > 0 { format!(", and {} more", .more) } else { String::new() }
    )]
    Held {
        /// Which, below the root.
        path: String,
        /// The oldest hold that holds it.
        hold: Box<Hold>,
        /// How many more hold it.
        more: usize,
    },
    /// There is no catalogue to work with.
    #[error("{} holds no catalogue.db; it is not an archive root (for loose files use `audyn recover`)", .dir.display())]
    NoCatalogue {
        /// The folder.
        dir: PathBuf,
    },
}

impl Error {
    pub(crate) fn file(act: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { act, path, source }
    }
}

/// A write that did not succeed. The audio was accepted and is pending; nothing more may be given until a retry succeeds.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}; the audio waits in memory and {}", .path.display(), .kind.outlook())]
pub struct Fault {
    /// What kind of trouble, to branch on.
    pub kind: FaultKind,
    /// The file (or folder) concerned.
    pub path: PathBuf,
    /// The system's words.
    pub source: io::Error,
}

/// Kinds of [`Fault`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FaultKind {
    /// No space, or the quota is used up: retried for ever, and resumes in place.
    DiskFull,
    /// Anything else: after [`crate::recording::GIVE_UP_AFTER`] a new file is begun.
    WriteFailed,
}

impl FaultKind {
    /// Sorts an operating-system error.
    #[must_use]
    pub fn of(error: &io::Error) -> Self {
        let full = matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded);
        if full { Self::DiskFull } else { Self::WriteFailed }
    }

    const fn outlook(self) -> &'static str {
        match self {
            Self::DiskFull => "is written as soon as there is space: delete or move files",
            Self::WriteFailed => {
                "is tried again, then in a new file: check the disk and the folder's permissions"
            }
        }
    }
}
