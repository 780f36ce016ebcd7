//! Which files are meant, and how the catalogue is asked for them.

use audyn_model::{Container, RecorderId, Tai, Utc};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rusqlite::types::Value;

use crate::catalogue::holds::HELD;

/// Which files. What is not given does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileFilter {
    /// Below one of these folders (below the root, `/` between components); none given: anywhere.
    pub folders: Vec<String>,
    /// Of this recorder.
    pub recorder: Option<RecorderId>,
    /// Begun at or after this instant.
    pub from: Option<Tai>,
    /// Begun before this instant.
    pub to: Option<Tai>,
    /// With this in their path or in their recorder's name; ASCII letters in either case.
    pub search: Option<String>,
    /// Of this container.
    pub container: Option<Container>,
    /// Only those with gaps.
    pub with_gaps: bool,
    /// Only those that are held at this time.
    pub held_at: Option<Utc>,
}

/// The instants at which a civil day begins and ends in a zone; none if it is beyond what can be counted.
#[must_use]
pub fn day_in(date: Date, zone: &TimeZone) -> Option<(Tai, Tai)> {
    let begins = |date: Date| {
        let ns = date.to_zoned(zone.clone()).ok()?.timestamp().as_nanosecond();
        Some(Utc(i64::try_from(ns).ok()?).to_tai())
    };
    Some((begins(date)?, begins(date.tomorrow().ok()?)?))
}

/// The filter as SQL with a value for each `?`.
pub(super) fn conditions(filter: &FileFilter) -> (String, Vec<Value>) {
    let mut sql = vec!["id NOT IN (SELECT segment FROM deletions)".to_owned()];
    let mut values: Vec<Value> = Vec::new();
    let mut add = |condition: String, more: &[Value]| {
        sql.push(condition);
        values.extend_from_slice(more);
    };
    if !filter.folders.is_empty() {
        // `0` is the character after `/`: the range holds what is below the folder, and needs no pattern.
        let ranges = vec!["(path >= ? AND path < ?)"; filter.folders.len()].join(" OR ");
        let bounds: Vec<Value> = filter
            .folders
            .iter()
            .flat_map(|folder| [Value::from(format!("{folder}/")), Value::from(format!("{folder}0"))])
            .collect();
        add(format!("({ranges})"), &bounds);
    }
    if let Some(recorder) = filter.recorder {
        add("recorder = ?".to_owned(), &[Value::from(recorder.to_string())]);
    }
    if let Some(from) = filter.from {
        add("start_tai_ns >= ?".to_owned(), &[Value::from(from.0)]);
    }
    if let Some(to) = filter.to {
        add("start_tai_ns < ?".to_owned(), &[Value::from(to.0)]);
    }
    if let Some(search) = &filter.search {
        let pattern = Value::from(format!("%{}%", escaped(search)));
        let condition = r"(path LIKE ? ESCAPE '\' OR recorder_name LIKE ? ESCAPE '\')";
        add(condition.to_owned(), &[pattern.clone(), pattern]);
    }
    if let Some(container) = filter.container {
        add("container = ?".to_owned(), &[Value::from(container.suffix().to_owned())]);
    }
    if filter.with_gaps {
        add("EXISTS (SELECT 1 FROM gaps WHERE segment = segments.id)".to_owned(), &[]);
    }
    if let Some(now) = filter.held_at {
        add(HELD.to_owned(), &[Value::from(now.0)]);
    }
    (sql.join(" AND "), values)
}

/// Text in which `LIKE` finds nothing but itself.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
