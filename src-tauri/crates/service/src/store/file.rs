//! The database's file: made whole or not at all, and set aside rather than overwritten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use audyn_model::Utc;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::error::{Fault, shows_damage};
use super::schema::Steps;
use super::{StoreError, stamp};

/// The database's name in the state folder.
pub(super) const FILE: &str = "audyn.db";

/// What SQLite keeps beside a database.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Names of what was set aside begin so.
const ASIDE: &str = "audyn-damaged-";

/// How long a reader of the same database, such as a backup, is waited for.
const BUSY: Duration = Duration::from_secs(5);

/// Bytes of write-ahead log that stay allocated between checkpoints.
const LOG_BYTES: i64 = 4 << 20;

/// A database at hand.
pub(super) struct Found {
    pub db: Connection,
    /// What it needs before it can be used.
    pub version: i64,
    /// It was made just now.
    pub fresh: bool,
    /// Where a damaged one is now.
    pub set_aside: Option<PathBuf>,
}

/// Opens the database of `dir`; makes one if there is none; sets a damaged one aside and makes one in its place.
pub(super) fn open(dir: &Path, steps: Steps, now: Utc) -> Result<Found, StoreError> {
    let path = dir.join(FILE);
    let set_aside = match open_existing(&path, steps) {
        Ok(Some((db, version))) => return Ok(Found { db, version, fresh: false, set_aside: None }),
        // A log without its database: the database was lost. Nothing at all, but something set aside: whoever set it
        // aside was killed before the fresh one was made.
        Ok(None) => move_aside(dir, now)?.or(newest_aside(dir)?),
        Err(StoreError::Damaged { path, why }) => {
            tracing::error!(path = %path.display(), why, "the state database is damaged; it is set aside");
            move_aside(dir, now)?
        }
        Err(error) => return Err(error),
    };
    make(&path, steps)?;
    match open_existing(&path, steps)? {
        Some((db, version)) => Ok(Found { db, version, fresh: true, set_aside }),
        None => Err(StoreError::file("open", path)(io::ErrorKind::NotFound.into())),
    }
}

/// Whether the database of `dir` can be used as it is; one that is not there can be made.
pub(super) fn look_for_damage(dir: &Path, steps: Steps) -> Result<(), StoreError> {
    open_existing(&dir.join(FILE), steps).map(drop)
}

/// For looking only.
pub(super) fn open_to_look(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "cell_size_check", true)?;
    Ok(db)
}

/// From here on its content and its name survive a loss of power.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

fn open_existing(path: &Path, steps: Steps) -> Result<Option<(Connection, i64)>, StoreError> {
    if !fs::exists(path).map_err(StoreError::file("read", path))? {
        return Ok(None);
    }
    let failed = |source: rusqlite::Error| match shows_damage(&source) {
        true => StoreError::Damaged { path: path.to_owned(), why: source.to_string() },
        false => StoreError::Sql { act: "open the file", source },
    };
    let cut = cut_short(path).map_err(StoreError::file("read", path))?;
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    let version = settle(&db, path, steps, failed)?;
    match cut {
        true => Err(StoreError::Damaged { path: path.to_owned(), why: "its last page is cut short".into() }),
        false => Ok(Some((db, version))),
    }
}

/// The file ends within a page, and no log has that page in full. SQLite would take what is missing for zeros.
fn cut_short(path: &Path) -> io::Result<bool> {
    let mut head = [0; 18];
    let mut file = File::open(path)?;
    let len = file.metadata()?.len();
    if file.read_exact(&mut head).is_err() || fs::metadata(with(path, "-wal")).is_ok_and(|log| log.len() > 0)
    {
        return Ok(false);
    }
    // 1 stands for 65 536.
    let page = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65_536,
        bytes => u64::from(bytes.max(512)),
    };
    Ok(len % page != 0)
}

fn settle(
    db: &Connection,
    path: &Path,
    steps: Steps,
    failed: impl Fn(rusqlite::Error) -> StoreError + Copy,
) -> Result<i64, StoreError> {
    // If it turns out to be damaged it is closed again and stays as it was found, log and all.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(failed)?;
    db.busy_timeout(BUSY).map_err(failed)?;
    db.pragma_update(None, "cell_size_check", true).map_err(failed)?;
    db.pragma_update(None, "trusted_schema", false).map_err(failed)?;
    let version = steps.examine(db, path)?;
    db.pragma_update(None, "journal_mode", "WAL").map_err(failed)?;
    db.pragma_update(None, "journal_size_limit", LOG_BYTES).map_err(failed)?;
    db.pragma_update(None, "synchronous", "FULL").map_err(failed)?;
    db.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(failed)?;
    Ok(version)
}

/// Made under another name and complete before it gets its own: what has the name has the schema.
fn make(path: &Path, steps: Steps) -> Result<(), StoreError> {
    let new = with(path, ".new");
    for part in BESIDE {
        remove(&with(&new, part))?;
    }
    // SQLite gives what it keeps beside the database the same rights.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(&new).map_err(StoreError::file("make", &new))?;
    let made = Connection::open(&new).map_err(Fault::from).and_then(|mut db| steps.upgrade(&mut db));
    made.map_err(|fault| match fault {
        Fault::Refused(error) => error,
        Fault::Sql(source) => StoreError::Sql { act: "make the tables", source },
    })?;
    sync(&new).map_err(StoreError::file("write", &new))?;
    fs::rename(&new, path).map_err(StoreError::file("make", path))?;
    let dir = path.parent().unwrap_or(path);
    sync(dir).map_err(StoreError::file("write", dir))
}

/// Renames what there is of the database. The database goes first: without its log it may look sound, and older.
fn move_aside(dir: &Path, now: Utc) -> Result<Option<PathBuf>, StoreError> {
    let aside = free_name(dir, &format!("{ASIDE}{}", stamp::file(now)));
    let mut moved = None;
    for part in BESIDE {
        let from = dir.join(format!("{FILE}{part}"));
        match fs::rename(&from, with(&aside, part)) {
            Ok(()) => moved = Some(aside.clone()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::file("set aside", from)(error)),
        }
    }
    sync(dir).map_err(StoreError::file("write", dir))?;
    Ok(moved)
}

fn newest_aside(dir: &Path) -> Result<Option<PathBuf>, StoreError> {
    let names = names(dir)?;
    let newest = names.into_iter().filter(|name| name.starts_with(ASIDE) && name.ends_with(".db")).max();
    Ok(newest.map(|name| dir.join(name)))
}

/// Names in a folder, as far as they are text.
pub(super) fn names(dir: &Path) -> Result<Vec<String>, StoreError> {
    let read = || -> io::Result<Vec<_>> { fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name())).collect() };
    let names = read().map_err(StoreError::file("read", dir))?;
    Ok(names.into_iter().filter_map(|name| name.into_string().ok()).collect())
}

/// `stem.db`, or `stem-2.db` if that is taken, and so on.
pub(super) fn free_name(dir: &Path, stem: &str) -> PathBuf {
    let taken = |path: &PathBuf| BESIDE.iter().any(|part| with(path, part).exists());
    let mut path = dir.join(format!("{stem}.db"));
    let mut again = 2_u32;
    while taken(&path) {
        path = dir.join(format!("{stem}-{again}.db"));
        again += 1;
    }
    path
}

/// Deletes a file of ours that may be there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::file("delete", path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn with(path: &Path, part: &str) -> PathBuf {
    let mut whole = path.to_owned().into_os_string();
    whole.push(part);
    whole.into()
}
