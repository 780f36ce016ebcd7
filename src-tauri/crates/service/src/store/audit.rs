//! The audit log. The database itself refuses to change an entry, and to delete one before that is noted.

use audyn_model::Utc;
use rusqlite::{Connection, Row, Transaction, params};

use super::error::Fault;
use super::{Store, StoreError};

/// Entries that are kept.
pub(super) const KEPT: i64 = 200_000;
/// Entries beyond that before the old end is trimmed: not at every entry.
pub(super) const SLACK: i64 = 2_000;

/// What somebody did, or was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditNote {
    /// When.
    pub at: Utc,
    /// Who, for people.
    pub who: String,
    /// Who, for programs: the id of a user or token, `breakglass`, `local`; empty if nobody is known.
    pub who_id: String,
    /// From where; none: at this machine.
    pub address: Option<String>,
    /// A word: `sign_in`, `create_user`, …
    pub kind: String,
    /// It was done; otherwise it was refused.
    pub done: bool,
    /// To what.
    pub subject: String,
    /// In a sentence.
    pub message: String,
}

/// An entry by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRow {
    /// Later ones have higher numbers.
    pub id: i64,
    /// What.
    pub note: AuditNote,
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct AuditWanted {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only what was done, or only what was refused.
    pub done: Option<bool>,
    /// Only those with this text in who, where, what or the sentence.
    pub search: Option<String>,
    /// Only from here on.
    pub from: Option<Utc>,
    /// Only before.
    pub until: Option<Utc>,
    /// Only those before this number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// Entries, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries.
    pub rows: Vec<AuditRow>,
    /// There are earlier ones.
    pub more: bool,
}

impl Store {
    /// Adds entries, in order.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn audit(&self, notes: &[AuditNote]) -> Result<(), StoreError> {
        self.write("write the audit log", |tx| {
            for note in notes {
                insert(tx, note)?;
            }
            match notes.last() {
                Some(last) => trim(tx, last.at, KEPT, SLACK),
                None => Ok(()),
            }
        })
    }

    /// A page of the audit log, newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn audit_log(&self, wanted: &AuditWanted) -> Result<AuditPage, StoreError> {
        self.read("read the audit log", |tx| {
            let sql = "SELECT at_ns, who, who_id, address, kind, result, subject, message, id FROM audit \
                       WHERE id < ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR result = ?3) \
                         AND (?4 IS NULL OR at_ns >= ?4) AND (?5 IS NULL OR at_ns < ?5) \
                         AND (?6 IS NULL OR instr(lower(who || ' ' || coalesce(address, '') || ' ' || subject || ' ' \
                              || message), lower(?6)) > 0) \
                       ORDER BY id DESC LIMIT ?7";
            let mut found = tx.prepare_cached(sql)?;
            let values = params![
                wanted.before.unwrap_or(i64::MAX),
                wanted.kind,
                wanted.done.map(word),
                wanted.from.map(|at| at.0),
                wanted.until.map(|at| at.0),
                wanted.search,
                i64::from(wanted.limit) + 1,
            ];
            let rows = found.query_map(values, |row| Ok(AuditRow { id: row.get(8)?, note: read(row)? }))?;
            let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
            let more = rows.len() > wanted.limit as usize;
            rows.truncate(wanted.limit as usize);
            Ok(AuditPage { rows, more })
        })
    }
}

/// Takes what is beyond the limit off the old end, and notes that first.
pub(super) fn trim(tx: &Transaction<'_>, now: Utc, kept: i64, slack: i64) -> Result<(), Fault> {
    let (first, last): (i64, i64) =
        tx.query_row("SELECT coalesce(min(id), 0), coalesce(max(id), 0) FROM audit", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    // Numbers have no holes but those of a trim.
    if last - first < kept + slack {
        return Ok(());
    }
    let through = last - kept;
    let gone: i64 = tx.query_row("SELECT count(*) FROM audit WHERE id <= ?1", [through], |row| row.get(0))?;
    let sql = "INSERT INTO audit_trims (through, at_ns, entries) VALUES (?1, ?2, ?3)";
    tx.execute(sql, params![through, now.0, gone])?;
    tx.execute("DELETE FROM audit WHERE id <= ?1", [through])?;
    insert(
        tx,
        &AuditNote {
            at: now,
            who: "Audyn".into(),
            who_id: String::new(),
            address: None,
            kind: "audit_trimmed".into(),
            done: true,
            subject: "Audit log".into(),
            message: format!("The {gone} oldest entries were taken off; {kept} are kept."),
        },
    )
}

/// The log is the machine's: a database that comes from a backup gets what was noted since, and loses nothing of its own
/// that is older.
pub(super) fn carry(live: &Connection, image: &Connection) -> Result<(), Fault> {
    let select = "SELECT at_ns, who, who_id, address, kind, result, subject, message FROM audit";
    let since: Vec<AuditNote> =
        live.prepare(&format!("{select} ORDER BY id"))?.query_map([], read)?.collect::<Result<_, _>>()?;
    let Some(first) = since.iter().map(|note| note.at.0).min() else { return Ok(()) };
    let older: Vec<AuditNote> = image
        .prepare(&format!("{select} WHERE at_ns < ?1 ORDER BY id"))?
        .query_map([first], read)?
        .collect::<Result<_, _>>()?;
    let last: i64 = image.query_row("SELECT coalesce(max(id), 0) FROM audit", [], |row| row.get(0))?;
    let sql = "INSERT OR IGNORE INTO audit_trims (through, at_ns, entries) VALUES (?1, ?2, 0)";
    image.execute(sql, params![last, first])?;
    image.execute("DELETE FROM audit", [])?;
    for note in older.iter().chain(&since) {
        insert(image, note)?;
    }
    Ok(())
}

fn insert(db: &Connection, note: &AuditNote) -> Result<(), Fault> {
    let AuditNote { at, who, who_id, address, kind, done, subject, message } = note;
    let sql = "INSERT INTO audit (at_ns, who, who_id, address, kind, result, subject, message) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let mut insert = db.prepare_cached(sql)?;
    insert.execute(params![at.0, who, who_id, address, kind, word(*done), subject, message])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<AuditNote> {
    let result: String = row.get(5)?;
    Ok(AuditNote {
        at: Utc(row.get(0)?),
        who: row.get(1)?,
        who_id: row.get(2)?,
        address: row.get(3)?,
        kind: row.get(4)?,
        done: result == "done",
        subject: row.get(6)?,
        message: row.get(7)?,
    })
}

const fn word(done: bool) -> &'static str {
    if done { "done" } else { "refused" }
}
