//! Marks in the catalogue: rows of their own, found by recorder, rate and position.

use audyn_model::{Anchor, Mark, MarkId, MarkKind, RecorderId, SampleIndex};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::SegmentRow;
use super::row::{parsed, word};

/// A file that overlaps a mark is among so many of its recorder that begin before the mark ends: one for each output.
const OUTPUTS: u32 = 16;

/// Adds marks. What was known of one stays, but that it ends, and where: the furthest end counts, for each of the files that
/// it lies in says where it ends at least.
pub(super) fn put(
    db: &Connection,
    recorder: RecorderId,
    anchor: &Anchor,
    marks: &[Mark],
) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO marks (id, recorder, rate, at, end_at, start_tai_ns, end_tai_ns, kind, text) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET \
         end_at = max(coalesce(end_at, excluded.end_at), coalesce(excluded.end_at, end_at)), \
         end_tai_ns = max(coalesce(end_tai_ns, excluded.end_tai_ns), coalesce(excluded.end_tai_ns, end_tai_ns)), \
         text = coalesce(excluded.text, text)",
    )?;
    for mark in marks {
        insert.execute(params![
            mark.id.to_string(),
            recorder.to_string(),
            anchor.rate.hz(),
            mark.at.0,
            mark.end.map(|end| end.0),
            anchor.tai_at(mark.at).0,
            mark.end.map(|end| anchor.tai_at(end).0),
            mark.kind.as_str(),
            mark.text,
        ])?;
    }
    Ok(())
}

/// The marks that touch a file, at most `limit` of them in order of position, and how many there are.
pub(crate) fn of_file(db: &Connection, row: &SegmentRow, limit: usize) -> rusqlite::Result<(Vec<Mark>, u32)> {
    let end = row.end_index().unwrap_or(SampleIndex(i64::MAX));
    let touching =
        "FROM marks WHERE recorder = ?1 AND rate = ?2 AND at < ?4 AND (end_at IS NULL OR end_at > ?3)";
    let place = (row.recorder.to_string(), row.anchor.rate.hz(), row.first.0, end.0);
    let count = db
        .prepare_cached(&format!("SELECT count(*) {touching}"))?
        .query_row(params![place.0, place.1, place.2, place.3], |row| row.get(0))?;
    let mut select =
        db.prepare_cached(&format!("SELECT id, at, end_at, kind, text {touching} ORDER BY at, id LIMIT ?5"))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = select.query_map(params![place.0, place.1, place.2, place.3, limit], mark)?;
    Ok((found.collect::<rusqlite::Result<Vec<Mark>>>()?, count))
}

pub(super) fn one(db: &Connection, id: MarkId) -> rusqlite::Result<Option<Mark>> {
    db.prepare_cached("SELECT id, at, end_at, kind, text FROM marks WHERE id = ?1")?
        .query_row([id.to_string()], mark)
        .optional()
}

/// Forgets the marks of a file that is gone, unless another one has them too.
pub(super) fn forget(db: &Connection, gone: &SegmentRow) -> rusqlite::Result<()> {
    let end = gone.end_index().unwrap_or(SampleIndex(i64::MAX));
    let sql = format!(
        "DELETE FROM marks WHERE recorder = ?1 AND rate = ?2 AND at < ?4 AND (end_at IS NULL OR end_at > ?3) \
         AND NOT EXISTS (SELECT 1 FROM (SELECT s.first, s.frames FROM segments s WHERE s.recorder = marks.recorder \
         AND s.rate = marks.rate AND s.start_tai_ns < coalesce(marks.end_tai_ns, {max}) \
         ORDER BY s.start_tai_ns DESC LIMIT {OUTPUTS}) \
         WHERE first < coalesce(marks.end_at, {max}) AND (frames IS NULL OR first + frames > marks.at))",
        max = i64::MAX,
    );
    let place = params![gone.recorder.to_string(), gone.anchor.rate.hz(), gone.first.0, end.0];
    db.prepare_cached(&sql)?.execute(place).map(drop)
}

/// Marks that go on although nothing of their recorder is being written end with its newest audio; those without any go.
pub(super) fn end_left_open(db: &Connection) -> rusqlite::Result<()> {
    const LEFT: &str = "end_at IS NULL AND NOT EXISTS (SELECT 1 FROM segments s WHERE s.recorder = marks.recorder \
         AND s.state = 'open')";
    let newest = "FROM segments s WHERE s.recorder = marks.recorder AND s.rate = marks.rate AND s.frames > 0 \
         ORDER BY s.start_tai_ns DESC LIMIT 1";
    db.execute(
        &format!(
            "UPDATE marks SET \
             end_tai_ns = (SELECT s.start_tai_ns + s.frames / s.rate * 1000000000 \
             + s.frames % s.rate * 1000000000 / s.rate {newest}), \
             end_at = (SELECT s.first + s.frames {newest}) WHERE {LEFT}"
        ),
        [],
    )?;
    db.execute(&format!("DELETE FROM marks WHERE {LEFT} OR end_at <= at"), []).map(drop)
}

fn mark(row: &Row<'_>) -> rusqlite::Result<Mark> {
    Ok(Mark {
        id: parsed(row, 0)?,
        at: SampleIndex(row.get(1)?),
        end: row.get::<_, Option<i64>>(2)?.map(SampleIndex),
        kind: word(row, 3, MarkKind::from_word)?,
        text: row.get(4)?,
    })
}
