//! Rows to values and back.

use std::str::FromStr;

use audyn_model::{
    Anchor, ClockQuality, Container, Drift, Gap, GapCause, Rate, SampleFormat, SampleIndex, SegmentId, Tai,
    TimeBasis, Utc,
};
use rusqlite::types::Type;
use rusqlite::{Connection, Params, Row, params};

use super::{EndReason, SegmentRow, SegmentState, signed};
use crate::gaps::normalise;
use crate::hash::Hashes;

const COLUMNS: &str = "id, recorder, recorder_name, open_id, path, container, rate, channels, stored, first, frames, \
     time_basis, anchor_at, anchor_tai_ns, zone, state, end_reason, note, bytes, head_len, head_hash, body_hash, \
     created_utc_ns, sealed_utc_ns, start_tai_ns, clock, clock_sealed, drift_ppb, drift_over_s";

impl SegmentState {
    /// The word in the catalogue.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Sealed => "sealed",
            Self::Faulted => "faulted",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::Sealed, Self::Faulted].into_iter().find(|state| state.as_str() == word)
    }
}

impl EndReason {
    /// The word in the catalogue.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rotation => "rotation",
            Self::Stop => "stop",
            Self::Recovered => "recovered",
            Self::Fault => "fault",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Rotation, Self::Stop, Self::Recovered, Self::Fault]
            .into_iter()
            .find(|end| end.as_str() == word)
    }
}

pub(crate) fn insert(db: &Connection, row: &SegmentRow) -> rusqlite::Result<()> {
    let sql = format!(
        "INSERT INTO segments ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, \
         ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29) ON CONFLICT (id) DO NOTHING"
    );
    // Files are only made under names that nothing has, so a row that has this name has lost its file.
    db.prepare_cached(
        "UPDATE segments SET path = path || '#' || id, state = 'faulted', end_reason = 'fault', \
         note = 'its file is gone and its name was used again' WHERE path = ?1 AND id <> ?2",
    )?
    .execute(params![row.path, row.id.to_string()])?;
    let hashes = row.hashes.as_ref();
    db.prepare_cached(&sql)?.execute(params![
        row.id.to_string(),
        row.recorder.to_string(),
        row.recorder_name,
        row.open_id,
        row.path,
        row.container.suffix(),
        row.anchor.rate.hz(),
        row.channels,
        row.stored.map(SampleFormat::as_str),
        row.first.0,
        row.frames.map(signed),
        row.anchor.basis.as_str(),
        row.anchor.at.0,
        row.anchor.tai.0,
        row.zone,
        row.state.as_str(),
        row.end.map(EndReason::as_str),
        row.note,
        row.bytes.map(signed),
        hashes.map(|h| signed(h.head_len)),
        hashes.map(|h| h.head.to_vec()),
        hashes.map(|h| h.body.to_vec()),
        row.created.map(|utc| utc.0),
        row.sealed.map(|utc| utc.0),
        row.start().0,
        row.clock.map(|clock| clock.to_string()),
        row.clock_sealed.map(|clock| clock.to_string()),
        row.drift.map(|drift| drift.ppb),
        row.drift.map(|drift| drift.over_s),
    ])?;
    Ok(())
}

pub(crate) fn select(db: &Connection, rest: &str, values: impl Params) -> rusqlite::Result<Vec<SegmentRow>> {
    let mut statement = db.prepare_cached(&format!("SELECT {COLUMNS} FROM segments {rest}"))?;
    statement.query_map(values, from_row)?.collect()
}

pub(super) fn upsert_gaps(db: &Connection, segment: SegmentId, gaps: &[Gap]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO gaps (segment, at, len, cause) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (segment, at) DO UPDATE SET len = excluded.len, cause = excluded.cause",
    )?;
    for gap in gaps {
        insert.execute(params![segment.to_string(), gap.at.0, signed(gap.len), gap.cause.as_str()])?;
    }
    Ok(())
}

pub(super) fn gaps(db: &Connection, segment: SegmentId) -> rusqlite::Result<Vec<Gap>> {
    let mut statement =
        db.prepare_cached("SELECT at, len, cause FROM gaps WHERE segment = ?1 ORDER BY at")?;
    let gaps: rusqlite::Result<Vec<Gap>> = statement
        .query_map([segment.to_string()], |row| {
            let cause = word(row, 2, GapCause::from_word)?;
            Ok(Gap { at: SampleIndex(row.get(0)?), len: unsigned(row.get(1)?), cause })
        })?
        .collect();
    Ok(normalise(gaps?.into_iter()))
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<SegmentRow> {
    let rate = Rate::new(row.get(6)?).map_err(|error| unreadable(6, error))?;
    Ok(SegmentRow {
        id: parsed(row, 0)?,
        recorder: parsed(row, 1)?,
        recorder_name: row.get(2)?,
        open_id: row.get(3)?,
        path: row.get(4)?,
        container: word(row, 5, Container::from_suffix)?,
        channels: row.get(7)?,
        stored: match row.get_ref(8)?.as_str_or_null().map_err(|error| unreadable(8, error))? {
            Some(_) => Some(word(row, 8, SampleFormat::from_word)?),
            None => None,
        },
        first: SampleIndex(row.get(9)?),
        frames: row.get::<_, Option<i64>>(10)?.map(unsigned),
        anchor: Anchor {
            at: SampleIndex(row.get(12)?),
            tai: Tai(row.get(13)?),
            rate,
            basis: word(row, 11, TimeBasis::from_word)?,
        },
        zone: row.get(14)?,
        clock: clock(row, 25)?,
        clock_sealed: clock(row, 26)?,
        drift: row
            .get::<_, Option<i64>>(27)?
            .zip(row.get::<_, Option<u32>>(28)?)
            .map(|(ppb, over_s)| Drift { ppb, over_s }),
        state: word(row, 15, SegmentState::from_word)?,
        end: match row.get_ref(16)?.as_str_or_null().map_err(|error| unreadable(16, error))? {
            Some(_) => Some(word(row, 16, EndReason::from_word)?),
            None => None,
        },
        note: row.get(17)?,
        bytes: row.get::<_, Option<i64>>(18)?.map(unsigned),
        hashes: hashes(row)?,
        created: row.get::<_, Option<i64>>(22)?.map(Utc),
        sealed: row.get::<_, Option<i64>>(23)?.map(Utc),
    })
}

/// A quality; one that is not understood (a later version's) counts as none.
fn clock(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<ClockQuality>> {
    Ok(row.get::<_, Option<String>>(column)?.and_then(|text| text.parse().ok()))
}

fn hashes(row: &Row<'_>) -> rusqlite::Result<Option<Hashes>> {
    let head_len: Option<i64> = row.get(19)?;
    let (head, body): (Option<[u8; 32]>, Option<[u8; 32]>) = (row.get(20)?, row.get(21)?);
    Ok(head_len.zip(head.zip(body)).map(|(head_len, (head, body))| Hashes {
        head_len: unsigned(head_len),
        head,
        body,
    }))
}

pub(crate) fn parsed<T: FromStr>(row: &Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.get::<_, String>(column)?.parse().map_err(|error| unreadable(column, error))
}

pub(crate) fn word<T>(row: &Row<'_>, column: usize, from_word: fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    from_word(&text)
        .ok_or_else(|| unreadable(column, std::io::Error::other(format!("unknown word {text:?}"))))
}

pub(crate) fn unreadable(
    column: usize,
    error: impl std::error::Error + Send + Sync + 'static,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

pub(crate) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
