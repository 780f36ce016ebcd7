use audyn_model::RecorderId;
use jiff::civil::Date;
use rusqlite::params;

use super::{Store, StoreError};

/// What is to be added to a recorder's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayShare {
    /// Whose.
    pub recorder: RecorderId,
    /// On the station's clock.
    pub day: Date,
    /// Milliseconds of audio there should be.
    pub wanted_ms: u64,
    /// Milliseconds of it that are missing.
    pub missing_ms: u64,
    /// Places where some is missing.
    pub gaps: u32,
}

/// One recorder's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayRow {
    /// Whose.
    pub recorder: RecorderId,
    /// Milliseconds of audio there should be.
    pub wanted_ms: u64,
    /// Milliseconds of it that are missing.
    pub missing_ms: u64,
    /// Places where some is missing.
    pub gaps: u32,
}

impl Store {
    /// Adds to the recorders' days, all of it or nothing.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn add_days(&self, shares: &[DayShare]) -> Result<(), StoreError> {
        self.write("add to a day", |tx| {
            let sql = "INSERT INTO days (day, recorder, wanted_ms, missing_ms, gaps) VALUES (?1, ?2, ?3, ?4, ?5) \
                       ON CONFLICT (day, recorder) DO UPDATE SET wanted_ms = wanted_ms + excluded.wanted_ms, \
                       missing_ms = missing_ms + excluded.missing_ms, gaps = gaps + excluded.gaps";
            let mut add = tx.prepare_cached(sql)?;
            for DayShare { recorder, day, wanted_ms, missing_ms, gaps } in shares {
                let (wanted, missing) = (signed(*wanted_ms), signed(*missing_ms));
                add.execute(params![day.to_string(), recorder.to_string(), wanted, missing, gaps])?;
            }
            Ok(())
        })
    }

    /// A day of every recorder that should have recorded on it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn day(&self, day: Date) -> Result<Vec<DayRow>, StoreError> {
        self.read("read a day", |tx| {
            let sql =
                "SELECT recorder, wanted_ms, missing_ms, gaps FROM days WHERE day = ?1 ORDER BY recorder";
            let mut found = tx.prepare_cached(sql)?;
            let rows = found.query_map([day.to_string()], |row| {
                let uid: String = row.get(0)?;
                let Ok(recorder) = uid.parse() else {
                    tracing::warn!(uid, %day, "a day of no recorder is passed over");
                    return Ok(None);
                };
                let (wanted, missing): (i64, i64) = (row.get(1)?, row.get(2)?);
                let (wanted_ms, missing_ms) = (wanted.unsigned_abs(), missing.unsigned_abs());
                Ok(Some(DayRow { recorder, wanted_ms, missing_ms, gaps: row.get(3)? }))
            })?;
            Ok(rows.filter_map(Result::transpose).collect::<Result<_, _>>()?)
        })
    }
}

/// SQLite has no unsigned integers; no day comes near the end of these.
fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
