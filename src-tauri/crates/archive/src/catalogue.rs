//! `catalogue.db`: what the files of one archive root are. Everything in it can be made again from the files.

use std::path::{Path, PathBuf};
use std::time::Duration;

use audyn_model::{
    Anchor, ClockQuality, Container, Drift, Gap, Mark, MarkId, RecorderId, RootId, SampleFormat, SampleIndex,
    SegmentId, Tai, Utc,
};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};

use crate::Error;
use crate::hash::Hashes;

pub(crate) mod holds;
pub(crate) mod marks;
pub(crate) mod row;

/// The catalogue's file name in the root.
pub const FILE: &str = "catalogue.db";

/// The schema's steps, oldest first; `user_version` says how many were taken.
const MIGRATIONS: [&str; 6] = [
    include_str!("catalogue/schema.sql"),
    include_str!("catalogue/0002_listing.sql"),
    include_str!("catalogue/0003_clock.sql"),
    include_str!("catalogue/0004_marks.sql"),
    include_str!("catalogue/0005_drift.sql"),
    include_str!("catalogue/0006_holds.sql"),
];

/// How long another process's transaction is waited for.
pub(crate) const BUSY: Duration = Duration::from_secs(5);

/// How far a segment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SegmentState {
    /// Being written, or its writer died.
    Open,
    /// Complete and durable.
    Sealed,
    /// Given up, lost or unreadable; `note` says which.
    Faulted,
}

/// Why a segment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The next one was due.
    Rotation,
    /// Recording was stopped.
    Stop,
    /// Its writer died; recovery ended it.
    Recovered,
    /// The disk failed.
    Fault,
}

/// One file.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentRow {
    /// Its id, which the file carries too.
    pub id: SegmentId,
    /// Whose.
    pub recorder: RecorderId,
    /// The recorder's name at the time.
    pub recorder_name: String,
    /// The program start that made it; none if the row was made from the file.
    pub open_id: Option<i64>,
    /// Relative to the root, `/` between components.
    pub path: String,
    /// Container and coding.
    pub container: Container,
    /// Interleaved channels.
    pub channels: u16,
    /// Stored words; none for a lossy coding.
    pub stored: Option<SampleFormat>,
    /// Position of the first sample.
    pub first: SampleIndex,
    /// Frames at the source's rate (the anchor's); none while open.
    pub frames: Option<u64>,
    /// Ties positions to TAI.
    pub anchor: Anchor,
    /// Name of the archive's clock at the first sample.
    pub zone: String,
    /// How good the clock was when it was begun; none if nobody watched.
    pub clock: Option<ClockQuality>,
    /// … and when it was sealed.
    pub clock_sealed: Option<ClockQuality>,
    /// How fast the device's clock ran until it was sealed; none for network streams, and if it was too short to tell.
    pub drift: Option<Drift>,
    /// How far it has come.
    pub state: SegmentState,
    /// Why it ended, if that is known.
    pub end: Option<EndReason>,
    /// Why it is faulted.
    pub note: Option<String>,
    /// Length of the sealed file.
    pub bytes: Option<u64>,
    /// Hashes of the sealed file; none if they were not made yet (large recovered files).
    pub hashes: Option<Hashes>,
    /// When the row was made; none if unknown.
    pub created: Option<Utc>,
    /// When it was sealed; none if unknown.
    pub sealed: Option<Utc>,
}

impl SegmentRow {
    /// When the first sample was taken.
    #[must_use]
    pub fn start(&self) -> Tai {
        self.anchor.tai_at(self.first)
    }

    /// The position after the last sample; none while open.
    #[must_use]
    pub fn end_index(&self) -> Option<SampleIndex> {
        self.frames.map(|frames| self.first.plus(i64::try_from(frames).unwrap_or(i64::MAX)))
    }
}

/// What is known once a file is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Frames at the source's rate.
    pub frames: u64,
    /// Length of the file.
    pub bytes: u64,
    /// Its hashes.
    pub hashes: Option<Hashes>,
    /// Why it ended.
    pub reason: EndReason,
    /// How good the clock was at the end; none if nobody watched.
    pub clock: Option<ClockQuality>,
    /// How fast the device's clock ran; none if nobody could tell.
    pub drift: Option<Drift>,
}

/// What the catalogue of the archive that `file` lies in says about it: the nearest folder above it that has one. None if
/// there is none, if it cannot be read, or if it does not know the segment.
#[must_use]
pub fn row_of_file(file: &Path, segment: SegmentId) -> Option<SegmentRow> {
    let file = file.canonicalize().ok()?;
    let root = file.ancestors().skip(1).find(|folder| folder.join(FILE).is_file())?;
    let catalogue = Catalogue::open_read_only(root).ok()?;
    catalogue.segment(segment).ok().flatten()
}

/// The open database. Every method is one transaction.
#[derive(Debug)]
pub(crate) struct Catalogue {
    db: Connection,
    path: PathBuf,
}

impl Catalogue {
    /// Opens the catalogue of `root`, making it if there is none.
    pub fn open(root: &Path, now: Utc) -> Result<Self, Error> {
        let path = root.join(FILE);
        let db = Connection::open(&path).map_err(|source| failed("open", &path, source))?;
        let mut catalogue = Self { db, path };
        catalogue.prepare(now)?;
        Ok(catalogue)
    }

    /// The catalogue of `root`, if there is one.
    pub fn open_existing(root: &Path, now: Utc) -> Result<Option<Self>, Error> {
        if root.join(FILE).exists() { Self::open(root, now).map(Some) } else { Ok(None) }
    }

    /// The catalogue of `root` for looking only: nothing is made or migrated.
    pub fn open_read_only(root: &Path) -> Result<Self, Error> {
        let path = root.join(FILE);
        if !path.exists() {
            return Err(Error::NoCatalogue { dir: root.to_owned() });
        }
        let db = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)
            .map_err(|source| failed("open", &path, source))?;
        let catalogue = Self { db, path };
        catalogue.db.busy_timeout(BUSY).map_err(catalogue.act("open"))?;
        catalogue.verify()?;
        Ok(catalogue)
    }

    /// The database is sound and not of a later program. Its version is returned.
    fn verify(&self) -> Result<i64, Error> {
        let act = self.act("open");
        let verdict: String =
            self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(&act)?;
        if verdict != "ok" {
            return Err(Error::CatalogueDamaged { path: self.path.clone(), why: verdict });
        }
        let known = MIGRATIONS.len() as i64;
        let version: i64 = self.db.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(&act)?;
        if version > known {
            return Err(Error::CatalogueNewer { path: self.path.clone(), version, known });
        }
        Ok(version)
    }

    fn prepare(&mut self, now: Utc) -> Result<(), Error> {
        let path = self.path.clone();
        let act = |source| failed("open", &path, source);
        self.db.busy_timeout(BUSY).map_err(act)?;
        self.db.pragma_update(None, "journal_mode", "WAL").map_err(act)?;
        self.db.pragma_update(None, "synchronous", "NORMAL").map_err(act)?;
        self.db.pragma_update(None, "foreign_keys", true).map_err(act)?;
        self.verify()?;
        let known = MIGRATIONS.len() as i64;
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(act)?;
        // Read again inside the transaction: another process may have taken the steps meanwhile.
        let version: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0)).map_err(act)?;
        for step in MIGRATIONS.iter().skip(usize::try_from(version).unwrap_or(0)) {
            tx.execute_batch(step).map_err(act)?;
        }
        if version < known {
            tx.pragma_update(None, "user_version", known).map_err(act)?;
        }
        if version == 0 {
            tx.execute("INSERT INTO root VALUES (?1, ?2)", params![RootId::new().to_string(), now.0])
                .map_err(act)?;
        }
        tx.commit().map_err(act)
    }

    /// The root's id.
    pub fn root_id(&self) -> Result<RootId, Error> {
        let text: String =
            self.db.query_row("SELECT id FROM root", [], |row| row.get(0)).map_err(self.act("read"))?;
        text.parse().map_err(|_| Error::CatalogueDamaged {
            path: self.path.clone(),
            why: format!("root id {text:?}"),
        })
    }

    /// Keeps the id of a root whose catalogue is made anew.
    pub fn set_root_id(&self, id: RootId) -> Result<(), Error> {
        self.run("write to", "UPDATE root SET id = ?1", params![id.to_string()])
    }

    /// A program start.
    pub fn begin_open(&self, program: &str, now: Utc) -> Result<i64, Error> {
        self.run(
            "write to",
            "INSERT INTO opens (program, started_utc_ns) VALUES (?1, ?2)",
            params![program, now.0],
        )?;
        Ok(self.db.last_insert_rowid())
    }

    /// Its orderly end.
    pub fn end_open(&self, id: i64, reason: &str, now: Utc) -> Result<(), Error> {
        let sql = "UPDATE opens SET ended_utc_ns = ?2, end_reason = ?3 WHERE id = ?1";
        self.run("write to", sql, params![id, now.0, reason])
    }

    /// A new row. An equal one that is there already stays: the call may be repeated.
    pub fn insert(&self, row: &SegmentRow) -> Result<(), Error> {
        row::insert(&self.db, row).map_err(self.act("write to"))
    }

    /// Gaps of a segment; one with the same position replaces what was there.
    pub fn add_gaps(&mut self, segment: SegmentId, gaps: &[Gap]) -> Result<(), Error> {
        let path = self.path.clone();
        let act = |source| failed("write to", &path, source);
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(act)?;
        row::upsert_gaps(&tx, segment, gaps).map_err(act)?;
        tx.commit().map_err(act)
    }

    /// A segment's gaps as its file's own list has them, in place of what was there.
    pub fn set_gaps(&self, segment: SegmentId, gaps: &[Gap]) -> Result<(), Error> {
        self.run("write to", "DELETE FROM gaps WHERE segment = ?1", params![segment.to_string()])?;
        row::upsert_gaps(&self.db, segment, gaps).map_err(self.act("write to"))
    }

    /// Marks of a recorder, or what is new about them.
    pub fn add_marks(&mut self, recorder: RecorderId, anchor: &Anchor, marks: &[Mark]) -> Result<(), Error> {
        self.batch(|catalogue| catalogue.put_marks(recorder, anchor, marks))
    }

    /// The same, as part of a batch.
    pub fn put_marks(&self, recorder: RecorderId, anchor: &Anchor, marks: &[Mark]) -> Result<(), Error> {
        marks::put(&self.db, recorder, anchor, marks).map_err(self.act("write to"))
    }

    /// Marks of recorders whose writers are gone end where their audio does.
    pub fn end_marks(&self) -> Result<(), Error> {
        marks::end_left_open(&self.db).map_err(self.act("write to"))
    }

    /// One mark, as far as it is known.
    pub fn mark(&self, id: MarkId) -> Result<Option<Mark>, Error> {
        marks::one(&self.db, id).map_err(self.act("read"))
    }

    /// After the file is durable.
    pub fn seal(&self, segment: SegmentId, sealed: &Sealed, now: Utc) -> Result<(), Error> {
        let hashes = sealed.hashes.as_ref();
        let sql = "UPDATE segments SET state = 'sealed', end_reason = ?2, frames = ?3, bytes = ?4, head_len = ?5, \
                   head_hash = ?6, body_hash = ?7, sealed_utc_ns = ?8, clock_sealed = ?9, drift_ppb = ?10, \
                   drift_over_s = ?11, note = NULL WHERE id = ?1";
        self.run(
            "write to",
            sql,
            params![
                segment.to_string(),
                sealed.reason.as_str(),
                signed(sealed.frames),
                signed(sealed.bytes),
                hashes.map(|h| signed(h.head_len)),
                hashes.map(|h| h.head.to_vec()),
                hashes.map(|h| h.body.to_vec()),
                now.0,
                sealed.clock.map(|clock| clock.to_string()),
                sealed.drift.map(|drift| drift.ppb),
                sealed.drift.map(|drift| drift.over_s),
            ],
        )
    }

    /// Given up, lost or unreadable.
    pub fn fault(&self, segment: SegmentId, frames: u64, note: &str) -> Result<(), Error> {
        let sql = "UPDATE segments SET state = 'faulted', end_reason = 'fault', frames = ?2, note = ?3 WHERE id = ?1";
        self.run("write to", sql, params![segment.to_string(), signed(frames), note])
    }

    /// Sets the hashes of a sealed file that has none.
    pub fn set_hashes(&self, segment: SegmentId, hashes: &Hashes) -> Result<(), Error> {
        let sql = "UPDATE segments SET head_len = ?2, head_hash = ?3, body_hash = ?4 WHERE id = ?1";
        let (head, body) = (hashes.head.to_vec(), hashes.body.to_vec());
        self.run("write to", sql, params![segment.to_string(), signed(hashes.head_len), head, body])
    }

    /// Several calls as one transaction: one commit instead of many.
    pub fn batch<T>(&mut self, work: impl FnOnce(&Self) -> Result<T, Error>) -> Result<T, Error> {
        self.run("write to", "BEGIN IMMEDIATE", [])?;
        let done = work(self);
        match &done {
            Ok(_) => self.run("write to", "COMMIT", [])?,
            Err(_) => {
                // The first error is the one to report.
                let _ = self.run("write to", "ROLLBACK", []);
            }
        }
        done
    }

    /// All rows, in order of recorder, container, time.
    pub fn segments(&self) -> Result<Vec<SegmentRow>, Error> {
        row::select(&self.db, "ORDER BY recorder, container, stored, first, id", []).map_err(self.act("read"))
    }

    /// Segments that are to be deleted.
    pub fn marked_deletions(&self) -> Result<Vec<SegmentRow>, Error> {
        row::select(&self.db, "WHERE id IN (SELECT segment FROM deletions) ORDER BY id", [])
            .map_err(self.act("read"))
    }

    /// Takes the mark off a segment that could not be deleted.
    pub fn unmark_deletion(&self, segment: SegmentId) -> Result<(), Error> {
        self.run("write to", "DELETE FROM deletions WHERE segment = ?1", params![segment.to_string()])
    }

    /// Forgets these segments, their gaps and holds, and marks that touch no other, all or none. Their files are gone.
    pub fn forget(&mut self, segments: &[SegmentId]) -> Result<(), Error> {
        self.batch(|catalogue| {
            segments.iter().try_for_each(|segment| {
                let row = catalogue.segment(*segment)?;
                let sql = "DELETE FROM segments WHERE id = ?1";
                catalogue.run("write to", sql, params![segment.to_string()])?;
                row.map_or(Ok(()), |row| {
                    marks::forget(&catalogue.db, &row).map_err(catalogue.act("write to"))
                })
            })
        })
    }

    /// Rows of one state.
    pub fn in_state(&self, state: SegmentState) -> Result<Vec<SegmentRow>, Error> {
        row::select(&self.db, "WHERE state = ?1 ORDER BY id", [state.as_str()]).map_err(self.act("read"))
    }

    /// Sealed rows without hashes.
    pub fn unhashed(&self) -> Result<Vec<SegmentRow>, Error> {
        row::select(&self.db, "WHERE state = 'sealed' AND body_hash IS NULL ORDER BY id", [])
            .map_err(self.act("read"))
    }

    /// One row.
    pub fn segment(&self, id: SegmentId) -> Result<Option<SegmentRow>, Error> {
        let rows = row::select(&self.db, "WHERE id = ?1", [id.to_string()]).map_err(self.act("read"))?;
        Ok(rows.into_iter().next())
    }

    /// The row of a path relative to the root.
    pub fn has_path(&self, path: &str) -> Result<bool, Error> {
        let mut find =
            self.db.prepare_cached("SELECT 1 FROM segments WHERE path = ?1").map_err(self.act("read"))?;
        Ok(find.query_row([path], |_| Ok(())).optional().map_err(self.act("read"))?.is_some())
    }

    /// The gaps of one segment, in order, touching ones of one cause joined.
    pub fn gaps(&self, segment: SegmentId) -> Result<Vec<Gap>, Error> {
        row::gaps(&self.db, segment).map_err(self.act("read"))
    }

    /// As a catalogue on a failing disk.
    #[cfg(test)]
    pub fn refuse_writes(&self, refuse: bool) {
        self.db.pragma_update(None, "query_only", refuse).unwrap();
    }

    /// As if its writer had died before it could say anything.
    #[cfg(test)]
    pub fn reopen_segment(&self, segment: SegmentId) {
        let sql =
            "UPDATE segments SET state = 'open', frames = NULL, end_reason = NULL, note = NULL WHERE id = ?1";
        self.run("write to", sql, params![segment.to_string()]).unwrap();
    }

    /// Programs in order of their starts.
    #[cfg(test)]
    pub fn opens(&self) -> rusqlite::Result<Vec<String>> {
        self.db.prepare("SELECT program FROM opens ORDER BY id")?.query_map([], |row| row.get(0))?.collect()
    }

    fn run(&self, act: &'static str, sql: &str, values: impl rusqlite::Params) -> Result<(), Error> {
        let done = self.db.prepare_cached(sql).and_then(|mut statement| statement.execute(values));
        done.map(drop).map_err(self.act(act))
    }

    fn act(&self, act: &'static str) -> impl Fn(rusqlite::Error) -> Error + use<> {
        let path = self.path.clone();
        move |source| failed(act, &path, source)
    }
}

/// SQLite's two ways to say that the file is not a sound database are worth their own variant.
pub(crate) fn failed(act: &'static str, path: &Path, source: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    let path = path.to_owned();
    match source.sqlite_error_code() {
        Some(DatabaseCorrupt | NotADatabase) => Error::CatalogueDamaged { path, why: source.to_string() },
        Some(_) | None => Error::Catalogue { act, path, source },
    }
}

/// SQLite has no unsigned integers; ours stay far below 2⁶³.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
