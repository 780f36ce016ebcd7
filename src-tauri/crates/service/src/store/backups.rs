//! Backups of the state, each a database of its own that any SQLite can open.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::PoisonError;

use audyn_model::Utc;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::error::{Fault, shows_damage};
use super::schema::{self, Steps};
use super::{Store, StoreError, file, runs, stamp};

/// The folder of backups in the state folder.
pub const FOLDER: &str = "backups";

/// Daily backups that are kept. Those that somebody asked for are never deleted.
const DAILY: usize = 14;

/// A daily backup is due when the last one is older.
const DAY_NS: i64 = 24 * 3_600 * 1_000_000_000;

/// A backup in the making; what a kill leaves of it is deleted at the next start.
const PART: &str = ".part";

/// A backup that can be restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupInfo {
    /// Its file name.
    pub name: String,
    /// When it was made.
    pub made: Utc,
    /// Bytes.
    pub bytes: u64,
    /// Its schema's version.
    pub schema: u32,
    /// How many recorders are in it.
    pub recorders: u32,
    /// How many sources.
    pub sources: u32,
    /// How many studios.
    pub studios: u32,
}

/// Why a backup is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Every day; the oldest give way.
    Daily,
    /// Somebody wished so, or something is about to replace what there is.
    Asked,
}

impl Store {
    /// Makes a backup, because somebody wishes so. Other work goes on meanwhile.
    ///
    /// # Errors
    /// The disk is full or refuses; the database turns out to be damaged.
    pub fn backup(&self, now: Utc) -> Result<BackupInfo, StoreError> {
        let _turn = self.backing_up.lock().unwrap_or_else(PoisonError::into_inner);
        make(&self.dir, Kind::Asked, self.steps, now)
    }

    /// Makes the daily backup. The oldest daily ones give way.
    ///
    /// # Errors
    /// The disk is full or refuses; the database turns out to be damaged.
    pub fn daily_backup(&self, now: Utc) -> Result<BackupInfo, StoreError> {
        let _turn = self.backing_up.lock().unwrap_or_else(PoisonError::into_inner);
        let made = make(&self.dir, Kind::Daily, self.steps, now)?;
        let mut daily = self.daily()?;
        // A clock that was ahead has left names of days to come; what was made now stays in any case.
        daily.retain(|(_, name)| *name != made.name);
        for (_, name) in daily.into_iter().skip(DAILY - 1) {
            file::remove(&self.dir.join(FOLDER).join(name))?;
        }
        Ok(made)
    }

    /// Whether the daily backup is to be made.
    ///
    /// # Errors
    /// The folder of backups cannot be read.
    pub fn due(&self, now: Utc) -> Result<bool, StoreError> {
        let lately = |(made, _): &(Utc, String)| (0..DAY_NS).contains(&(now.0 - made.0));
        Ok(!self.daily()?.iter().any(lately))
    }

    /// Backups that can be restored, newest first.
    ///
    /// # Errors
    /// The folder of backups cannot be read.
    pub fn backups(&self) -> Result<Vec<BackupInfo>, StoreError> {
        list(&self.dir)
    }

    /// Whether a backup can be restored: all of it is read, and what an older program wrote is brought up to date in memory.
    /// Changes nothing.
    ///
    /// # Errors
    /// There is no such backup; it is damaged or a later program's.
    pub fn check_backup(&self, name: &str) -> Result<BackupInfo, StoreError> {
        check(&self.dir, name, self.steps)
    }

    /// Replaces what there is by a backup, in one step: a kill leaves the one or the other. What there is is backed up
    /// first, and that backup is returned. Numbers of recorders that were given since are not given again.
    ///
    /// # Errors
    /// There is no such backup; it is damaged or a later program's; what there is cannot be backed up.
    pub fn restore(&self, name: &str, now: Utc) -> Result<BackupInfo, StoreError> {
        let _turn = self.backing_up.lock().unwrap_or_else(PoisonError::into_inner);
        // Step 1: everything that can go wrong with it does so in memory.
        let (_, image) = find(&self.dir, name, self.steps)?;
        // Step 2: what there is can be had back.
        let before = make(&self.dir, Kind::Asked, self.steps, now)?;
        // Step 3: one transaction.
        let mut held = self.held();
        let replaced = carry_over(&held.db, &image, held.run).and_then(|run| {
            copy(&image, &mut held.db)?;
            held.run = run;
            Ok(())
        });
        replaced.map_err(|fault| super::told(&self.dir, "restore a backup", fault))?;
        Ok(before)
    }

    /// Daily backups by time, newest first.
    fn daily(&self) -> Result<Vec<(Utc, String)>, StoreError> {
        let names = file::names(&self.dir.join(FOLDER))?.into_iter();
        let daily = names.filter_map(|name| match read_name(&name)? {
            (Kind::Daily, made) => Some((made, name)),
            (Kind::Asked, _) => None,
        });
        let mut daily: Vec<_> = daily.collect();
        daily.sort_by(|a, b| b.cmp(a));
        Ok(daily)
    }
}

/// Backups of the state in `dir` that can be restored, newest first; nobody need have it open.
///
/// # Errors
/// The folder of backups cannot be read.
pub fn list(dir: &Path) -> Result<Vec<BackupInfo>, StoreError> {
    let folder = dir.join(FOLDER);
    let mut listed = Vec::new();
    for name in file::names(&folder)? {
        let Some((_, made)) = read_name(&name) else { continue };
        match look(&folder.join(&name), &name, made) {
            Ok(info) => listed.push(info),
            Err(error) => tracing::warn!(name, %error, "a backup that cannot be read is not offered"),
        }
    }
    listed.sort_by(|a, b| (b.made, &b.name).cmp(&(a.made, &a.name)));
    Ok(listed)
}

/// Whether a backup of the state in `dir` can be restored, and what is in it.
pub(super) fn check(dir: &Path, name: &str, steps: Steps) -> Result<BackupInfo, StoreError> {
    let (made, _) = find(dir, name, steps)?;
    let path = dir.join(FOLDER).join(name);
    look(&path, name, made).map_err(|source| bad(name, failed(&path, source)))
}

/// As [`Store::check_backup`], of the state in `dir`; nobody need have it open.
///
/// # Errors
/// As there.
pub fn sound(dir: &Path, name: &str) -> Result<BackupInfo, StoreError> {
    check(dir, name, schema::STEPS)
}

/// A backup by its name, as a database in memory: sound, ours, and of this schema.
fn find(dir: &Path, name: &str, steps: Steps) -> Result<(Utc, Connection), StoreError> {
    let path = dir.join(FOLDER).join(name);
    let named = read_name(name).filter(|_| path.is_file());
    let (_, made) = named.ok_or_else(|| StoreError::NotFound { what: "backup", id: name.into() })?;
    Ok((made, load(&path, steps).map_err(|error| bad(name, error))?))
}

/// It is the backup that is damaged, not the database.
fn bad(name: &str, error: StoreError) -> StoreError {
    if let StoreError::Damaged { why, .. } = error {
        return StoreError::BadBackup { name: name.into(), why };
    }
    error
}

/// Makes a backup of the database in `dir`, over a connection of its own.
pub(super) fn make(dir: &Path, kind: Kind, steps: Steps, now: Utc) -> Result<BackupInfo, StoreError> {
    let folder = dir.join(FOLDER);
    let path = file::free_name(&folder, &stem(kind, now));
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let part = folder.join(format!("{name}{PART}"));
    let made = write(dir, &part, steps).and_then(|()| {
        // Step 4: the name is what makes it a backup.
        fs::rename(&part, &path).map_err(StoreError::file("name the backup", &path))?;
        file::sync(&folder).map_err(StoreError::file("write", &folder))?;
        let (_, made) = read_name(&name).unwrap_or((kind, now));
        look(&path, &name, made).map_err(|source| failed(&path, source))
    });
    if made.is_err() {
        file::remove(&part)?;
    }
    made
}

/// Deletes what a kill has left of a backup in the making.
pub(super) fn clear(dir: &Path) -> Result<(), StoreError> {
    let folder = dir.join(FOLDER);
    for name in file::names(&folder)?.iter().filter(|name| name.contains(PART)) {
        file::remove(&folder.join(name))?;
    }
    Ok(())
}

/// Deletes a backup that turned out not to be needed.
pub(super) fn delete(dir: &Path, backup: &BackupInfo) -> Result<(), StoreError> {
    file::remove(&dir.join(FOLDER).join(&backup.name))
}

fn write(dir: &Path, part: &Path, steps: Steps) -> Result<(), StoreError> {
    let from = dir.join(file::FILE);
    file::remove(part)?;
    let to = part.to_str().ok_or_else(|| {
        StoreError::file("write", part)(std::io::Error::other("the folder's name is not text in UTF-8"))
    })?;
    // Step 1: all that is committed, as of one moment.
    let copied = file::open_to_look(&from).and_then(|db| db.execute("VACUUM INTO ?1", [to]));
    copied.map_err(|source| failed(&from, source))?;
    // Step 2: on disk, for the same eyes as the database.
    fs::set_permissions(part, Permissions::from_mode(0o600))
        .and_then(|()| file::sync(part))
        .map_err(StoreError::file("write", part))?;
    // Step 3: sound, as far as a reader can tell.
    let copy = file::open_to_look(part).map_err(|source| failed(part, source))?;
    steps.examine(&copy, part).map(drop)
}

fn load(path: &Path, steps: Steps) -> Result<Connection, StoreError> {
    let from = file::open_to_look(path).map_err(|source| failed(path, source))?;
    steps.examine(&from, path)?;
    let loaded = Connection::open_in_memory().map_err(Fault::from).and_then(|mut image| {
        copy(&from, &mut image)?;
        steps.upgrade(&mut image)?;
        Ok(image)
    });
    loaded.map_err(|fault| match fault {
        Fault::Refused(error) => error,
        Fault::Sql(source) => failed(path, source),
    })
}

/// What must not go back to what it was: numbers that were given, the audit log, sessions that have ended since, and that
/// this program runs. Its row is returned.
fn carry_over(live: &Connection, image: &Connection, run: i64) -> Result<i64, Fault> {
    schema::keep_given(image, &schema::given(live)?)?;
    super::audit::carry(live, image)?;
    // Whoever is signed in signs in again: a session that was ended must not come back.
    image.execute("DELETE FROM sessions", [])?;
    runs::carry(live, image, run)
}

fn copy(from: &Connection, to: &mut Connection) -> Result<(), Fault> {
    if Backup::new(from, to)?.step(-1)? == StepResult::Done {
        return Ok(());
    }
    // Somebody else reads or writes the database at this moment.
    let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    Err(rusqlite::Error::SqliteFailure(busy, None).into())
}

fn look(path: &Path, name: &str, made: Utc) -> rusqlite::Result<BackupInfo> {
    let db = file::open_to_look(path)?;
    let count =
        |table| db.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, u32>(0));
    let bytes = fs::metadata(path).map_or(0, |meta| meta.len());
    let schema = u32::try_from(schema::pragma(&db, "user_version")?).unwrap_or(0);
    Ok(BackupInfo {
        name: name.into(),
        made,
        bytes,
        schema,
        recorders: count("recorders")?,
        sources: count("sources")?,
        studios: count("studios")?,
    })
}

fn failed(path: &Path, source: rusqlite::Error) -> StoreError {
    match shows_damage(&source) {
        true => StoreError::Damaged { path: path.to_owned(), why: source.to_string() },
        false => StoreError::Sql { act: "make or read a backup", source },
    }
}

/// `audyn-20261025T141530Z`
fn stem(kind: Kind, now: Utc) -> String {
    let why = match kind {
        Kind::Daily => "-daily",
        Kind::Asked => "",
    };
    format!("audyn-{}{why}", stamp::file(now))
}

/// What a name says; none if it is not a backup's. No path is.
fn read_name(name: &str) -> Option<(Kind, Utc)> {
    let stem = name.strip_prefix("audyn-")?.strip_suffix(".db")?;
    let (moment, rest) = stem.split_at_checked(16)?;
    let made = stamp::read(moment)?;
    let (kind, rest) = match rest.strip_prefix("-daily") {
        Some(rest) => (Kind::Daily, rest),
        None => (Kind::Asked, rest),
    };
    let again =
        rest.strip_prefix('-').is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    (rest.is_empty() || again).then_some((kind, made))
}
