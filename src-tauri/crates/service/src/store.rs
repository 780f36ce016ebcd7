//! The state database: what cannot be made again from the archive. Sources, recorders and what they should be doing,
//! studios, settings, users, what happened. Kept so that a kill at any moment loses nothing that was said to be done.
//!
//! **Guarantees.** One process, one writer. Every method is one transaction, and it is on disk when the method returns.
//! A damaged database is set aside, never repaired in place or overwritten; a later program's is left alone. A backup has
//! its name only once it is complete and was read back.
//!
//! Every method reads or writes the disk: not for an executor's thread, nor for one that records.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use audyn_model::Utc;
use rusqlite::{Connection, Transaction, TransactionBehavior};

mod audit;
mod backups;
mod configuration;
mod days;
mod demo;
mod documents;
mod error;
mod file;
mod history;
mod lock;
mod look;
mod names;
mod notices;
mod recorders;
mod runs;
mod schema;
mod sessions;
mod settings;
mod sources;
mod stamp;
mod studios;
mod tokens;
mod users;

pub use audit::{AuditNote, AuditRow, AuditWanted};
pub use backups::BackupInfo;
pub(crate) use backups::{FOLDER as BACKUPS, list as list_backups, sound as check_backup};
pub use configuration::{Doors, Rows};
pub use days::{DayRow, DayShare};
pub use error::StoreError;
pub use history::{HistoryNote, HistoryWanted};
pub(crate) use look::book as look_at_book;
pub use look::source_named;
pub use notices::{NewNotice, NoticeRow};
pub use recorders::{NewRecorderRow, RecorderChange, RecorderRow};
pub use runs::PreviousRun;
pub use sessions::SessionRow;
pub use sources::{NewSourceRow, SourceChange, SourceRow};
pub(crate) use studios::fresh_id as fresh_studio_id;
pub use studios::{NewStudioRow, StudioChange, StudioRow};
pub use tokens::TokenRow;
pub use users::{BreakglassRow, NewUserRow, PasswordHash, UserChange, UserRow};

pub(crate) use names::key as name_key;

use error::{Fault, shows_damage};
use schema::Steps;

/// The number of no start of the program.
const NO_RUN: i64 = 0;

/// The open state.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    steps: Steps,
    held: Mutex<Held>,
    /// Backups are made and restored one at a time, and not inside `held`: making one stops no other work.
    backing_up: Mutex<()>,
    /// Dropped last.
    _lock: lock::Lock,
}

/// The one connection that writes.
#[derive(Debug)]
struct Held {
    db: Connection,
    /// This start's row in `runs`.
    run: i64,
}

/// What was found when the state was opened.
#[derive(Debug)]
pub struct Opened {
    /// Where a damaged database is now.
    pub set_aside: Option<PathBuf>,
    /// Backups that can be restored, newest first.
    pub backups: Vec<BackupInfo>,
    /// The program's start before this one, as far as this database knows.
    pub previous: Option<PreviousRun>,
    /// What is in the database and cannot be used, in sentences.
    pub unusable: Vec<String>,
}

impl Store {
    /// Opens the state in `dir`, making what is not there. `program` is its name and version, for the books and for
    /// whoever finds the state locked.
    ///
    /// # Errors
    /// Another process has it; a later program wrote it; the folder cannot be written to.
    pub fn open(dir: &Path, program: &str, now: Utc) -> Result<(Self, Opened), StoreError> {
        Self::open_with(schema::STEPS, dir, program, now)
    }

    /// Opens the state for a change while the program does not run: this is no start of it, and a damaged database is
    /// left as it is for the next start to set aside.
    ///
    /// # Errors
    /// As for [`Self::open`], and it is damaged.
    pub fn open_to_change(dir: &Path, program: &str, now: Utc) -> Result<Self, StoreError> {
        let steps = schema::STEPS;
        make_folders(dir)?;
        let lock = lock::Lock::take(dir, program, now)?;
        file::look_for_damage(dir, steps)?;
        let mut found = file::open(dir, steps, now)?;
        upgrade(&mut found, steps, dir, now)?;
        let held = Mutex::new(Held { db: found.db, run: NO_RUN });
        Ok(Self { dir: dir.to_owned(), steps, held, backing_up: Mutex::new(()), _lock: lock })
    }

    fn open_with(steps: Steps, dir: &Path, program: &str, now: Utc) -> Result<(Self, Opened), StoreError> {
        make_folders(dir)?;
        // Step 1: nobody else is at it.
        let lock = lock::Lock::take(dir, program, now)?;
        // Step 2: a sound database, or a new one.
        let mut found = file::open(dir, steps, now)?;
        // Step 3: of this schema.
        upgrade(&mut found, steps, dir, now)?;
        // Step 4: the books.
        backups::clear(dir)?;
        let begun = runs::begin(&mut found.db, program, now);
        let (run, previous) = begun.map_err(|fault| told(dir, "note the start", fault))?;
        let held = Mutex::new(Held { db: found.db, run });
        let store = Self { dir: dir.to_owned(), steps, held, backing_up: Mutex::new(()), _lock: lock };
        let backups = store.backups()?;
        let mut unusable = store.unusable()?;
        if found.fresh && found.set_aside.is_none() && !backups.is_empty() {
            unusable.push("the state database is gone, and an empty one was made; restore a backup".into());
        }
        Ok((store, Opened { set_aside: found.set_aside, backups, previous, unusable }))
    }

    /// The state folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Version of the schema.
    pub fn schema(&self) -> u32 {
        u32::try_from(self.steps.newest()).unwrap_or(u32::MAX)
    }

    /// Bytes of the database and its log.
    pub fn bytes(&self) -> u64 {
        let sizes = [file::FILE, "audyn.db-wal"].map(|name| std::fs::metadata(self.dir.join(name)));
        sizes.into_iter().flatten().map(|meta| meta.len()).sum()
    }

    fn unusable(&self) -> Result<Vec<String>, StoreError> {
        let (sources, recorders) =
            self.read("look what can be used", |tx| Ok((sources::rows(tx)?, recorders::rows(tx)?)))?;
        let sources = sources.into_iter().filter_map(Result::err);
        Ok(sources.chain(recorders.into_iter().filter_map(Result::err)).collect())
    }

    fn write<T>(
        &self,
        act: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let mut held = self.held();
        transact(&mut held.db, TransactionBehavior::Immediate, work)
            .map_err(|fault| told(&self.dir, act, fault))
    }

    fn read<T>(
        &self,
        act: &'static str,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        let mut held = self.held();
        transact(&mut held.db, TransactionBehavior::Deferred, work)
            .map_err(|fault| told(&self.dir, act, fault))
    }

    /// A panic in another thread leaves the database in order: transactions are not half done.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn make_folders(dir: &Path) -> Result<(), StoreError> {
    for folder in [dir, &dir.join(backups::FOLDER)] {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(StoreError::file("make", folder))?;
    }
    Ok(())
}

/// Brings a database to the newest schema. What it was is kept: no step leads back.
fn upgrade(found: &mut file::Found, steps: Steps, dir: &Path, now: Utc) -> Result<(), StoreError> {
    if found.version >= steps.newest() {
        return Ok(());
    }
    let before = backups::make(dir, backups::Kind::Asked, steps, now)?;
    if let Err(fault) = steps.upgrade(&mut found.db) {
        // Nothing was changed; a backup at every attempt would fill the disk.
        backups::delete(dir, &before)?;
        return Err(told(dir, "upgrade the tables", fault));
    }
    Ok(())
}

fn transact<T>(
    db: &mut Connection,
    behavior: TransactionBehavior,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let tx = db.transaction_with_behavior(behavior)?;
    let done = work(&tx)?;
    tx.commit()?;
    Ok(done)
}

fn told(dir: &Path, act: &'static str, fault: Fault) -> StoreError {
    match fault {
        Fault::Refused(error) => error,
        Fault::Sql(source) if shows_damage(&source) => {
            StoreError::Damaged { path: dir.join(file::FILE), why: source.to_string() }
        }
        Fault::Sql(source) => StoreError::Sql { act, source },
    }
}

/// The one row that an id stands for was not changed: there is none.
fn one(changed: usize, what: &'static str, id: impl ToString) -> Result<(), Fault> {
    match changed {
        0 => Err(StoreError::NotFound { what, id: id.to_string() }.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
