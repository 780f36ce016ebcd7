//! The same for a station that does not run, or runs in another process: for the command line.

use audyn_model::Utc;

use super::doors::NEVER;
use super::{Now, export, file_name, fingerprint, plan};
use crate::access;
use crate::api::ApiError;
use crate::api::wire::{ConfigurationCheck, ConfigurationFile};
use crate::book::{Book, Shelf};
use crate::options::{Options, defaults};
use crate::store::{Doors, RecorderRow, Rows, Store, StoreError, look_at_book};

/// A station by its state folder.
#[derive(Debug)]
pub struct Offline<'a> {
    options: &'a Options,
}

/// Why it was not done. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum OfflineError {
    /// The state database; another process may have it.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The station cannot be read.
    #[error("{0}")]
    Station(String),
    /// The file cannot be used, or something in it is refused.
    #[error("{0}")]
    Refused(#[from] ApiError),
}

impl<'a> Offline<'a> {
    /// The station that these options would open.
    #[must_use]
    pub const fn new(options: &'a Options) -> Self {
        Self { options }
    }

    /// Its configuration as a file. It may be running.
    ///
    /// # Errors
    /// There is no station, or it cannot be read.
    pub fn export(&self) -> Result<ConfigurationFile, OfflineError> {
        let (book, doors, _) = self.look()?;
        Ok(ConfigurationFile { name: file_name(&book), text: export(&book, &doors)? })
    }

    /// What a file would change. It may be running; what should be recording counts as recording.
    ///
    /// # Errors
    /// There is no station; the file cannot be used.
    pub fn check(&self, text: &str) -> Result<ConfigurationCheck, OfflineError> {
        let (book, doors, last_number) = self.look()?;
        let busy = |row: &RecorderRow| row.wanted;
        let now = Now { book: &book, doors: &doors, at: NEVER, last_number, busy: &busy };
        Ok(plan(&now, text)?.check(fingerprint(&book, &doors, text)?))
    }

    /// Makes the station what a file says, whole or not at all; what it was is backed up first. It must not be running.
    /// A station that is not there is made.
    ///
    /// # Errors
    /// It is running; the file cannot be used, or something in it is refused.
    pub fn import(&self, text: &str, now: Utc) -> Result<ConfigurationCheck, OfflineError> {
        let (store, _) = Store::open(&self.options.state_dir, &self.options.originator, now)?;
        let store = std::sync::Arc::new(store);
        let shelf = Shelf::open(std::sync::Arc::clone(&store), defaults(self.options))?;
        let before = shelf.book();
        let last_number = store.last_recorder_number()?;
        // Nothing records: it is this process that has the station.
        let doors = store.doors(&access::defaults())?;
        let there = Now { book: &before, doors: &doors, at: now, last_number, busy: &|_| false };
        let plan = plan(&there, text)?;
        let refusals = plan.refusals();
        if !refusals.is_empty() {
            let why = refusals.join(" ");
            return Err(ApiError::conflict(format!("Nothing was changed. {why}")).into());
        }
        if !plan.changes.is_empty() {
            store.backup(now)?;
            let after = &plan.after;
            let settings = (after.settings != before.settings).then_some(&after.settings);
            let (before, after) = (Rows::of(&before, &doors), Rows::of(after, &plan.doors));
            store.replace_configuration(before, last_number, after, settings)?;
        }
        store.close(now)?;
        Ok(plan.check(fingerprint(&before, &doors, text)?))
    }

    fn look(&self) -> Result<(Book, Doors, u32), OfflineError> {
        look_at_book(&self.options.state_dir, &defaults(self.options), &access::defaults())
            .map_err(OfflineError::Station)
    }
}
