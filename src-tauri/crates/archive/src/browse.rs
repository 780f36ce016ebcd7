//! Looking through an archive: pages of files, folders and days, gaps.
//!
//! All of it reads the catalogue through a connection of its own: a recording's entries never wait for who browses.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use audyn_model::{Hold, RecorderId, SegmentId, Tai};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, params_from_iter};

use crate::catalogue::row::{self, parsed, unsigned};
use crate::catalogue::{self, SegmentRow, SegmentState};
use crate::civil::{ArchiveClock, CivilClock};
use crate::paths::place;
use crate::rotation::next_boundary;
use crate::{Error, Root, files};

mod filter;
mod gaps;

pub use filter::{FileFilter, day_in};
pub use gaps::PlacedGap;

use filter::conditions;
use gaps::count_gaps;

/// Where a page ended: the last file on it. Its text goes to clients and comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    start: Tai,
    id: SegmentId,
}

/// Text that is no cursor of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not where a page ended; begin with the first one")]
pub struct BadCursor;

/// One file of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed {
    /// What the catalogue says.
    pub row: SegmentRow,
    /// Its bytes: on disk now unless it is sealed.
    pub bytes: u64,
    /// Frames at the source's rate: so far, unless it is sealed.
    pub frames: u64,
    /// How many gaps.
    pub gaps: u32,
    /// Frames missing.
    pub missing: u64,
    /// Why it is kept, oldest first; those that have expired too.
    pub holds: Vec<Hold>,
}

/// Files, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The files.
    pub files: Vec<Listed>,
    /// Where the next page begins; none if this is the last.
    pub next: Option<Cursor>,
    /// How many files there are in all.
    pub total: u64,
    /// Their bytes.
    pub total_bytes: u64,
}

/// A folder directly below the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its name; empty for files in the root itself.
    pub folder: String,
    /// The name that its recorder had when the newest file was begun.
    pub recorder_name: String,
    /// The recorder of the newest file.
    pub recorder: RecorderId,
    /// Its days, newest first.
    pub days: Vec<Day>,
}

/// One civil day of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// Which.
    pub date: Date,
    /// Files begun on it.
    pub files: u32,
    /// Their bytes.
    pub bytes: u64,
}

/// A connection for looking only, made when it is first needed.
#[derive(Debug, Default)]
pub(crate) struct Reader(Mutex<Option<Connection>>);

impl Root {
    /// A page of at most `limit` files after `after`, newest first, and how many there are in all.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn page(&self, filter: &FileFilter, after: Option<Cursor>, limit: usize) -> Result<Page, Error> {
        let (filter, values) = conditions(filter);
        self.read(|db| {
            let (total, sealed_bytes): (i64, i64) = db
                .prepare_cached(&format!(
                    "SELECT count(*), coalesce(sum(bytes), 0) FROM segments WHERE {filter}"
                ))?
                .query_row(params_from_iter(&values), |row| Ok((row.get(0)?, row.get(1)?)))?;
            let mut unsealed = db.prepare_cached(&format!(
                "SELECT path FROM segments WHERE state <> 'sealed' AND bytes IS NULL AND {filter}"
            ))?;
            let unsealed: Vec<String> =
                unsealed.query_map(params_from_iter(&values), |row| row.get(0))?.collect::<Result<_, _>>()?;
            let growing: u64 = unsealed.iter().map(|path| bytes_on_disk(&self.dir().join(path))).sum();

            let mut values = values;
            let mut page = filter;
            if let Some(Cursor { start, id }) = after {
                page += " AND (start_tai_ns, id) < (?, ?)";
                values.extend([Value::from(start.0), Value::from(id.to_string())]);
            }
            values.push(Value::from(i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)));
            let rest = format!("WHERE {page} ORDER BY start_tai_ns DESC, id DESC LIMIT ?");
            let mut rows = row::select(db, &rest, params_from_iter(&values))?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let last = rows.last().filter(|_| more);
            let next = last.map(|row| Cursor { start: row.start(), id: row.id });
            let files = rows.into_iter().map(|row| self.listed(db, row)).collect::<Result<_, _>>()?;
            Ok(Page { files, next, total: unsigned(total), total_bytes: unsigned(sealed_bytes) + growing })
        })
    }

    /// One file as a page lists it.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn listed_file(&self, id: SegmentId) -> Result<Option<Listed>, Error> {
        self.read(|db| {
            let row = row::select(db, "WHERE id = ?1", [id.to_string()])?.into_iter().next();
            row.map(|row| self.listed(db, row)).transpose()
        })
    }

    /// The file at a path below the root, as a page lists it.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn listed_at(&self, path: &str) -> Result<Option<Listed>, Error> {
        self.read(|db| {
            let row = row::select(db, "WHERE path = ?1", [path])?.into_iter().next();
            row.map(|row| self.listed(db, row)).transpose()
        })
    }

    /// Every folder directly below the root with its days on this clock, in order of name.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn tree(&self, clock: &CivilClock) -> Result<Vec<Branch>, Error> {
        self.read(|db| {
            let mut branches: BTreeMap<String, Branch> = BTreeMap::new();
            let mut today = DayOf::new(clock);
            let mut select = db.prepare_cached(
                "SELECT start_tai_ns, path, bytes, recorder, recorder_name, state FROM segments \
                 WHERE id NOT IN (SELECT segment FROM deletions) ORDER BY start_tai_ns DESC, id DESC",
            )?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let date = today.date(Tai(row.get(0)?));
                let path = row.get_ref(1)?.as_str().unwrap_or_default();
                let bytes = match row.get::<_, Option<i64>>(2)? {
                    Some(bytes) => unsigned(bytes),
                    None => bytes_on_disk(&self.dir().join(path)),
                };
                let folder = path.split_once('/').map_or("", |(folder, _)| folder);
                if !branches.contains_key(folder) {
                    let branch = Branch {
                        folder: folder.to_owned(),
                        recorder_name: row.get(4)?,
                        recorder: parsed(row, 3)?,
                        days: Vec::new(),
                    };
                    branches.insert(folder.to_owned(), branch);
                }
                let Some(branch) = branches.get_mut(folder) else { continue };
                match branch.days.last_mut() {
                    Some(day) if day.date == date => {
                        day.files += 1;
                        day.bytes += bytes;
                    }
                    Some(_) | None => branch.days.push(Day { date, files: 1, bytes }),
                }
            }
            Ok(branches.into_values().collect())
        })
    }

    /// Opens a complete file for reading and keeps it from being deleted until it is closed.
    ///
    /// # Errors
    /// There is none, it is still being written, or it cannot be read.
    pub fn open_file(&self, row: &SegmentRow) -> Result<File, Error> {
        let refused = |why| Error::Refused { act: "copy", path: row.path.clone(), why };
        let path = self.path_of(row).ok_or_else(|| refused("it is not below the archive root"))?;
        match row.state {
            SegmentState::Sealed | SegmentState::Faulted => {}
            SegmentState::Open => return Err(refused("it is still being written; stop the recorder first")),
        }
        let path = path.canonicalize().map_err(Error::file("read", &path))?;
        if !path.starts_with(self.dir()) {
            return Err(refused("it is not below the archive root"));
        }
        let file = File::open(&path).map_err(Error::file("read", &path))?;
        match file.try_lock_shared() {
            Err(std::fs::TryLockError::WouldBlock) => {
                Err(refused("another program is using it; try again later"))
            }
            // A file system without locks can be read from too.
            Ok(()) | Err(std::fs::TryLockError::Error(_)) => Ok(file),
        }
    }

    /// Opens a file for reading, also one that is still being written; one that is complete is kept from being deleted
    /// until it is closed. No link on the way is followed, and nothing but a file is opened: whatever somebody has put
    /// into the archive, what is read lies in it.
    ///
    /// # Errors
    /// There is none below the root, or it cannot be read.
    pub fn open_media(&self, row: &SegmentRow) -> Result<File, Error> {
        let refused = |why| Error::Refused { act: "read", path: row.path.clone(), why };
        let outside = || refused("it is not below the archive root");
        let path = self.path_of(row).ok_or_else(outside)?;
        let file = match beneath(self.dir(), Path::new(&row.path)) {
            Ok(file) => file,
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error()) => {
                return Err(outside());
            }
            Err(error) => return Err(Error::file("read", path)(error)),
        };
        if !file.metadata().map_err(Error::file("read", &path))?.is_file() {
            return Err(refused("it is no file"));
        }
        match row.state {
            SegmentState::Open => Ok(file),
            SegmentState::Sealed | SegmentState::Faulted => match file.try_lock_shared() {
                Err(std::fs::TryLockError::WouldBlock) => {
                    Err(refused("another program is using it; try again later"))
                }
                // A file system without locks can be read from too.
                Ok(()) | Err(std::fs::TryLockError::Error(_)) => Ok(file),
            },
        }
    }

    /// Where a row's file is; none if the catalogue names a place outside the root, as a foreign disk's may.
    #[must_use]
    pub fn path_of(&self, row: &SegmentRow) -> Option<PathBuf> {
        place(self.dir(), row)
    }

    fn listed(&self, db: &Connection, row: SegmentRow) -> rusqlite::Result<Listed> {
        let (gaps, missing) = count_gaps(db, row.id)?;
        let path = self.dir().join(&row.path);
        let frames = match (row.frames, row.state) {
            (Some(frames), _) => frames,
            (None, SegmentState::Open) => frames_so_far(&path, &row),
            (None, SegmentState::Sealed | SegmentState::Faulted) => 0,
        };
        let bytes = row.bytes.unwrap_or_else(|| bytes_on_disk(&path));
        let holds = catalogue::holds::of_file(db, row.id)?;
        Ok(Listed { bytes, frames, gaps, missing, holds, row })
    }

    pub(crate) fn read<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let path = self.dir().join(catalogue::FILE);
        let mut reader = self.reader.0.lock().unwrap_or_else(PoisonError::into_inner);
        let db = match reader.take() {
            Some(db) => db,
            None => connect(&path).map_err(|source| catalogue::failed("open", &path, source))?,
        };
        let done = work(&db).map_err(|source| catalogue::failed("read", &path, source));
        // One that failed is not kept: the next look begins with a new one.
        *reader = done.is_ok().then_some(db);
        done
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.start.0, self.id)
    }
}

impl FromStr for Cursor {
    type Err = BadCursor;
    fn from_str(text: &str) -> Result<Self, BadCursor> {
        let (start, id) = text.split_once('.').ok_or(BadCursor)?;
        let start = Tai(start.parse().map_err(|_| BadCursor)?);
        Ok(Self { start, id: id.parse().map_err(|_| BadCursor)? })
    }
}

/// Opens a path below a folder, part by part and without following links.
fn beneath(dir: &Path, below: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    // Not to wait: somebody may have put a pipe there.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut at = File::open(dir)?;
    for part in below {
        at = rustix::fs::openat(&at, part, flags, Mode::empty())?.into();
    }
    Ok(at)
}

/// Consecutive instants as dates: the bounds of the last day are kept, for most ask for the same one.
struct DayOf<'a> {
    clock: &'a CivilClock,
    known: Option<(Tai, Tai, Date)>,
}

impl<'a> DayOf<'a> {
    const fn new(clock: &'a CivilClock) -> Self {
        Self { clock, known: None }
    }

    fn date(&mut self, at: Tai) -> Date {
        if let Some((from, to, date)) = self.known
            && from <= at
            && at < to
        {
            return date;
        }
        let time = self.clock.read(at);
        let date = time.reading.date();
        let zone = match self.clock.clock {
            ArchiveClock::Local => &self.clock.zone,
            ArchiveClock::Utc | ArchiveClock::Tai => &TimeZone::UTC,
        };
        let end = next_boundary(at, 86_400, self.clock.clock, zone).unwrap_or(Tai(i64::MAX));
        self.known = Some((time.midnight, end, date));
        date
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    db.busy_timeout(catalogue::BUSY)?;
    Ok(db)
}

/// A file that cannot be looked at has no bytes that anybody could use.
fn bytes_on_disk(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

/// What plays of a growing file, at the source's rate.
fn frames_so_far(path: &Path, row: &SegmentRow) -> u64 {
    let inspection = File::open(path).ok().and_then(|mut file| audyn_codec::inspect(&mut file).ok());
    inspection.map_or(0, |found| files::source_frames(found.frames, found.rate, row.anchor.rate))
}

#[cfg(test)]
mod tests;
