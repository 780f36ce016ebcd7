//! Backups of a station that does not run, or runs in another process: for the command line.

use std::path::{Path, PathBuf};

use audyn_model::Utc;

use crate::store::{self, AuditNote, Store, StoreError};

pub use crate::store::BackupInfo;

/// The backups of a station, by its state folder.
#[derive(Debug)]
pub struct Backups<'a> {
    state_dir: &'a Path,
    program: &'a str,
}

/// Why it was not done. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Nothing was ever set up there.
    #[error("there is no station in {}; set AUDYN_CONFIG_DIR to the folder of one", .0.display())]
    NoStation(PathBuf),
    /// The state database or its backups; another process may have it.
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl<'a> Backups<'a> {
    /// Those in this state folder. `program` is its name and version, for the books.
    #[must_use]
    pub const fn new(state_dir: &'a Path, program: &'a str) -> Self {
        Self { state_dir, program }
    }

    /// Those that can be restored, newest first. The station may be running.
    ///
    /// # Errors
    /// There is no station in that folder, or it cannot be read.
    pub fn list(&self) -> Result<Vec<BackupInfo>, BackupError> {
        self.there()?;
        Ok(store::list_backups(self.state_dir)?)
    }

    /// Whether a backup can be restored: all of it is read. The station may be running.
    ///
    /// # Errors
    /// There is no such backup; it is damaged or a later program's.
    pub fn check(&self, name: &str) -> Result<BackupInfo, BackupError> {
        self.there()?;
        Ok(store::check_backup(self.state_dir, name)?)
    }

    /// Makes one. The station must not be running: while it is, an admin does so in its settings.
    ///
    /// # Errors
    /// There is no station; it is running; the disk refuses.
    pub fn make(&self, now: Utc) -> Result<BackupInfo, BackupError> {
        self.there()?;
        Ok(Store::open_to_change(self.state_dir, self.program, now)?.backup(now)?)
    }

    /// Goes back to one; what there is is backed up first, and that backup is returned. The station must not be running. A
    /// database that is damaged is set aside as a start would do it.
    ///
    /// # Errors
    /// It is running; there is no such backup; it is damaged or a later program's.
    pub fn restore(&self, name: &str, now: Utc) -> Result<BackupInfo, BackupError> {
        // Nothing is opened, made or set aside for a backup that cannot be restored.
        self.check(name)?;
        let (store, _) = Store::open(self.state_dir, self.program, now)?;
        let before = store.restore(name, now)?;
        store.audit(&[AuditNote {
            at: now,
            who: "Command line".to_owned(),
            who_id: "local".to_owned(),
            address: None,
            kind: "restore_backup".to_owned(),
            done: true,
            subject: name.to_owned(),
            message: "Replaces the state database by a backup.".to_owned(),
        }])?;
        store.close(now)?;
        Ok(before)
    }

    /// The folder of backups is there from the first start on, whatever becomes of the database.
    fn there(&self) -> Result<(), BackupError> {
        let is_there = self.state_dir.join(store::BACKUPS).is_dir();
        is_there.then_some(()).ok_or_else(|| BackupError::NoStation(self.state_dir.to_owned()))
    }
}
