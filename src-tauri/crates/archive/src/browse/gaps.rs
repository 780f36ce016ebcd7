//! Gaps over many files, and what else the files of a recorder say together.

use audyn_model::{Anchor, Gap, GapCause, Rate, RecorderId, SampleIndex, SegmentId, Tai, TimeBasis};
use rusqlite::{Connection, params};

use crate::catalogue::row::{parsed, unreadable, unsigned, word};
use crate::{Error, Root};

/// A gap, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedGap {
    /// The gap.
    pub gap: Gap,
    /// Ties its first sample to TAI.
    pub anchor: Anchor,
    /// The segment it is in.
    pub segment: SegmentId,
    /// That one's path below the root.
    pub path: String,
}

impl Root {
    /// A recorder's gaps before an instant (all if none is given), newest first. One that several outputs have is given
    /// once.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn gaps_of_recorder(
        &self,
        recorder: RecorderId,
        before: Option<Tai>,
        limit: usize,
    ) -> Result<Vec<PlacedGap>, Error> {
        let before = before.map_or(i64::MAX, |before| before.0);
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {GAP_TIME} AS time, {PLACED_GAP} \
                 FROM segments s JOIN gaps g ON g.segment = s.id \
                 WHERE s.recorder = ?1 AND s.start_tai_ns < ?2 AND time < ?2 \
                 GROUP BY time, g.cause ORDER BY time DESC LIMIT ?3"
            ))?;
            let limit = i64::try_from(limit).unwrap_or(i64::MAX);
            select.query_map(params![recorder.to_string(), before, limit], placed_gap)?.collect()
        })
    }

    /// Nanoseconds of audio a recorder is missing since an instant. What several outputs miss counts once.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn missing_since(&self, recorder: RecorderId, from: Tai) -> Result<u64, Error> {
        self.read(|db| {
            let mut select = db.prepare_cached(&format!(
                "SELECT {GAP_TIME} AS time, {PLACED_GAP} \
                 FROM segments s JOIN gaps g ON g.segment = s.id \
                 WHERE s.recorder = ?1 \
                 AND (s.frames IS NULL OR s.start_tai_ns + (s.frames / s.rate + 1) * 1000000000 > ?2) \
                 GROUP BY time, g.cause HAVING time + max(g.len) * 1000000000 / s.rate > ?2"
            ))?;
            let gaps = select.query_map(params![recorder.to_string(), from.0], placed_gap)?;
            gaps.map(|gap| {
                let gap = gap?;
                let ns = gap.anchor.rate.ns_of(gap.gap.len);
                Ok(ns - unsigned(from.since(gap.anchor.tai)).min(ns))
            })
            .sum()
        })
    }

    /// How large a recorder's latest FLAC files are, as a share of what the same audio takes as WAV; none if it has none
    /// of at least ten seconds.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn flac_ratio(&self, recorder: RecorderId) -> Result<Option<f64>, Error> {
        self.read(|db| {
            let mut select = db.prepare_cached(
                "SELECT sum(bytes), sum(frames * channels * CASE stored WHEN '16' THEN 2 ELSE 3 END) FROM \
                 (SELECT bytes, frames, channels, stored FROM segments WHERE recorder = ?1 AND state = 'sealed' \
                  AND container = 'flac' AND frames >= 10 * rate ORDER BY start_tai_ns DESC LIMIT 8)",
            )?;
            let sums = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            let (coded, plain): (Option<i64>, Option<i64>) = select.query_row([recorder.to_string()], sums)?;
            Ok(coded.zip(plain).filter(|(_, plain)| *plain > 0).map(|(coded, plain)| coded as f64 / plain as f64))
        })
    }
}

/// The time of gap `g` of segment `s`, in whole steps that stay within 64 bits for any file.
const GAP_TIME: &str = "s.start_tai_ns + (g.at - s.first) / s.rate * 1000000000 \
     + (g.at - s.first) % s.rate * 1000000000 / s.rate";

/// What [`placed_gap`] reads. Of gaps with one time and cause the longest is taken, with all that belongs to it.
const PLACED_GAP: &str = "g.at, max(g.len), g.cause, s.id, s.path, s.rate, s.time_basis";

/// Gaps of a segment and the frames they miss; touching ones of one cause count once.
pub(super) fn count_gaps(db: &Connection, segment: SegmentId) -> rusqlite::Result<(u32, u64)> {
    db.prepare_cached(
        "SELECT coalesce(sum(begins), 0), coalesce(sum(len), 0) FROM (SELECT len, \
         NOT coalesce(lag(at + len) OVER in_order = at AND lag(cause) OVER in_order = cause, 0) AS begins \
         FROM gaps WHERE segment = ?1 WINDOW in_order AS (ORDER BY at))",
    )?
    .query_row([segment.to_string()], |row| Ok((row.get(0)?, unsigned(row.get(1)?))))
}

fn placed_gap(row: &rusqlite::Row<'_>) -> rusqlite::Result<PlacedGap> {
    let at = SampleIndex(row.get(1)?);
    let rate = Rate::new(row.get(6)?).map_err(|error| unreadable(6, error))?;
    Ok(PlacedGap {
        gap: Gap { at, len: unsigned(row.get(2)?), cause: word(row, 3, GapCause::from_word)? },
        anchor: Anchor { at, tai: Tai(row.get(0)?), rate, basis: word(row, 7, TimeBasis::from_word)? },
        segment: parsed(row, 4)?,
        path: row.get(5)?,
    })
}
