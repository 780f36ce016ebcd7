//! Moments in names of files and in sentences.

use audyn_model::Utc;
use jiff::Timestamp;

/// `20261025T141530Z`
pub fn file(at: Utc) -> String {
    timestamp(at).strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// `2026-10-25T14:15:30Z`
pub fn people(at: Utc) -> String {
    timestamp(at).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The moment that [`file`] wrote.
pub fn read(text: &str) -> Option<Utc> {
    let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    let at = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_nanosecond();
    // Only the one way of writing it: strptime is more forgiving.
    i64::try_from(at).ok().map(Utc).filter(|at| file(*at) == text)
}

fn timestamp(at: Utc) -> Timestamp {
    // An i64 of nanoseconds ends in 2262, jiff's in 9999.
    Timestamp::from_nanosecond(i128::from(at.0)).unwrap_or(Timestamp::UNIX_EPOCH)
}
