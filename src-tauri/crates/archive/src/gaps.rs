//! The list of gaps beside a file that has any: `<file>.gaps`, one JSON object a line.
//!
//! `{"at":83808000000,"len":480,"cause":"loss"}` — positions as in the file's own `first sample`. A gap that grew while
//! it was being written has several lines with one `at`; the last counts. A torn last line (power cut) is not read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use audyn_model::{Gap, SampleIndex};

use crate::paths::{list_beside, lists};

/// Where the gaps of `file` are listed.
#[must_use]
pub fn beside(file: &Path) -> PathBuf {
    list_beside(file, lists::GAPS)
}

/// One line for each gap.
#[must_use]
pub fn to_lines(gaps: &[Gap]) -> Vec<u8> {
    let mut lines = Vec::new();
    for gap in gaps {
        // Plain fields cannot fail to serialise.
        lines.extend(serde_json::to_vec(gap).unwrap_or_default());
        lines.push(b'\n');
    }
    lines
}

/// Reads the lines back: in order of position, grown ones once, touching ones of one cause joined.
#[must_use]
pub fn from_lines(text: &[u8]) -> Vec<Gap> {
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let gaps = text[..whole]
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Gap>(line).ok());
    normalise(gaps.filter(|gap| gap.len > 0))
}

/// The gaps listed beside `file` that lie in `[from, to)`; none if there is no list.
///
/// # Errors
/// The list exists but cannot be read.
pub fn read(file: &Path, from: SampleIndex, to: SampleIndex) -> io::Result<Vec<Gap>> {
    match fs::read(beside(file)) {
        Ok(text) => Ok(from_lines(&text).iter().filter_map(|gap| gap.within(from, to)).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// In order of position, the last of each `at`, touching ones of one cause joined.
pub(crate) fn normalise(gaps: impl Iterator<Item = Gap>) -> Vec<Gap> {
    let by_place: std::collections::BTreeMap<SampleIndex, Gap> = gaps.map(|gap| (gap.at, gap)).collect();
    let mut joined: Vec<Gap> = Vec::new();
    for gap in by_place.into_values() {
        match joined.last_mut() {
            Some(last) if last.joined(&gap).is_some() => last.len += gap.len,
            Some(_) | None => joined.push(gap),
        }
    }
    joined
}

#[cfg(test)]
mod tests;
