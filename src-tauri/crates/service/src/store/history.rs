use audyn_model::Utc;
use rusqlite::params;

use super::{Store, StoreError};

/// Entries that are remembered.
const KEPT: i64 = 200_000;

/// Something that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryNote {
    /// When.
    pub at: Utc,
    /// The recorder's number.
    pub recorder: Option<u32>,
    /// The recorder's name, or what else it is about.
    pub subject: String,
    /// A word: `started`, `gap`, …
    pub kind: String,
    /// In a sentence.
    pub message: String,
}

/// Something that has happened, by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryRow {
    /// Later ones have higher numbers.
    pub id: i64,
    /// What.
    pub note: HistoryNote,
}

/// Which entries.
#[derive(Clone, Copy, Debug, Default)]
pub struct HistoryWanted {
    /// Only of this recorder.
    pub recorder: Option<u32>,
    /// Only those before this number.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// Entries, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryPage {
    /// The entries.
    pub rows: Vec<HistoryRow>,
    /// There are earlier ones.
    pub more: bool,
}

impl Store {
    /// Notes what has happened, in order, and gives the last one's number; 0 if there is none.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn note(&self, notes: &[HistoryNote]) -> Result<i64, StoreError> {
        self.write("note what happened", |tx| {
            let sql =
                "INSERT INTO history (at_ns, recorder, subject, kind, message) VALUES (?1, ?2, ?3, ?4, ?5)";
            let mut insert = tx.prepare_cached(sql)?;
            let mut last = 0;
            for HistoryNote { at, recorder, subject, kind, message } in notes {
                last = insert.insert(params![at.0, recorder, subject, kind, message])?;
            }
            tx.prepare_cached("DELETE FROM history WHERE id <= ?1")?.execute([last - KEPT])?;
            Ok(last)
        })
    }

    /// A page of what has happened, newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn history(&self, wanted: HistoryWanted) -> Result<HistoryPage, StoreError> {
        let HistoryWanted { recorder, before, limit } = wanted;
        self.read("read what happened", |tx| {
            // Two texts, so that each is answered by one index.
            let whose = if recorder.is_some() { "recorder = ?1" } else { "?1 IS NULL" };
            let sql = format!(
                "SELECT id, at_ns, recorder, subject, kind, message FROM history \
                 WHERE {whose} AND id < ?2 ORDER BY id DESC LIMIT ?3"
            );
            let mut found = tx.prepare_cached(&sql)?;
            let one_more = i64::from(limit) + 1;
            let rows = found.query_map(params![recorder, before.unwrap_or(i64::MAX), one_more], |row| {
                let note = HistoryNote {
                    at: Utc(row.get(1)?),
                    recorder: row.get(2)?,
                    subject: row.get(3)?,
                    kind: row.get(4)?,
                    message: row.get(5)?,
                };
                Ok(HistoryRow { id: row.get(0)?, note })
            })?;
            let mut rows = rows.collect::<Result<Vec<_>, _>>()?;
            let more = rows.len() > limit as usize;
            rows.truncate(limit as usize);
            Ok(HistoryPage { rows, more })
        })
    }
}
