use std::io;
use std::path::PathBuf;

/// Why the state could not be read or changed. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing.
    #[error("there is no {what} {id:?}")]
    NotFound {
        /// A source, a recorder, a studio, …
        what: &'static str,
        /// What was asked for.
        id: String,
    },
    /// Names are unique, and names that differ in case or in spaces only are the same one.
    #[error("there is a {what} named {name:?} already; choose another name")]
    NameTaken {
        /// A source, a recorder, a studio, …
        what: &'static str,
        /// The name that has it.
        name: String,
    },
    /// Something else needs it.
    #[error("cannot delete the {what} {name:?}: it is the source of {}; give them another source or delete them first", .by.join(", "))]
    InUse {
        /// A source.
        what: &'static str,
        /// Its name.
        name: String,
        /// Names of those that need it.
        by: Vec<String>,
    },
    /// A backup is damaged.
    #[error("the backup {name} is damaged ({why}); choose another one")]
    BadBackup {
        /// Its file name.
        name: String,
        /// What shows it.
        why: String,
    },
    /// The database is damaged. Opening sets a damaged one aside.
    #[error("the state database {} is damaged ({why}); restart Audyn, and restore a backup", .path.display())]
    Damaged {
        /// The database, or a backup of it.
        path: PathBuf,
        /// What shows it.
        why: String,
    },
    /// A later program has been here.
    #[error(
        "the state database {} has version {version}, and this program knows up to {known}; use the program that wrote it, or a later one",
        .path.display()
    )]
    Newer {
        /// The database, or a backup of it.
        path: PathBuf,
        /// Its version.
        version: i64,
        /// The newest we know.
        known: i64,
    },
    /// Another process has the state.
    #[error("cannot use {}: {holder} has it open; end that one first, or set AUDYN_CONFIG_DIR to another folder", .dir.display())]
    Locked {
        /// The state folder.
        dir: PathBuf,
        /// Which program, which process, since when.
        holder: String,
    },
    /// A file or folder could not be read or changed.
    #[error("cannot {act} {}: {source}; give this user the right to read and write there, and see that the disk has room", .path.display())]
    File {
        /// What was being done: `lock`, `make`, …
        act: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// SQLite refused.
    #[error("cannot {act} in the state database: {source}")]
    Sql {
        /// What was being done: `change a recorder`, …
        act: &'static str,
        /// SQLite's words.
        source: rusqlite::Error,
    },
}

impl StoreError {
    pub(super) fn file(act: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { act, path, source }
    }
}

/// Why a piece of work inside a transaction ended: refused by us, or by SQLite. [`super::Store`] knows what was being
/// done and makes a [`StoreError`] of it.
pub(super) enum Fault {
    Refused(StoreError),
    Sql(rusqlite::Error),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

/// SQLite's ways of saying that what is in the file is not what was written: as opposed to a full disk, a missing right
/// or a busy file, which say nothing about it.
pub(super) fn shows_damage(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    use rusqlite::ffi::{
        SQLITE_IOERR_CORRUPTFS, SQLITE_IOERR_DATA, SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ,
    };
    // Tables are strict and nobody else writes: what is not of its column's type was not written so.
    if matches!(
        error,
        rusqlite::Error::Utf8Error(..)
            | rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..)
    ) {
        return true;
    }
    let Some(failure) = error.sqlite_error() else {
        return false;
    };
    matches!(failure.code, DatabaseCorrupt | NotADatabase)
        || [SQLITE_IOERR_READ, SQLITE_IOERR_SHORT_READ, SQLITE_IOERR_DATA, SQLITE_IOERR_CORRUPTFS]
            .contains(&failure.extended_code)
}
