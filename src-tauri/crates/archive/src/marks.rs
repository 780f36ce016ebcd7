//! The list of marks beside a file: `<file>.marks`, one JSON object a line.
//!
//! `{"id":"0190…","at":83808000000,"end":83808480000,"kind":"vox"}` — positions as in the file's own `first sample`, of the
//! whole mark, which may begin before the file and end after it. A mark that ended or grew while it was being written has
//! several lines with one `id`; the last counts. One without an end goes on to the end of the file; if the next file has
//! it too, that one says more. A torn last line (power cut) is not read.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use audyn_model::{Mark, MarkId, SampleIndex};

use crate::paths::{list_beside, lists};

/// Where the marks of `file` are listed.
#[must_use]
pub fn beside(file: &Path) -> PathBuf {
    list_beside(file, lists::MARKS)
}

/// One line for each mark.
#[must_use]
pub fn to_lines(marks: &[Mark]) -> Vec<u8> {
    let mut lines = Vec::new();
    for mark in marks {
        // Plain fields cannot fail to serialise.
        lines.extend(serde_json::to_vec(mark).unwrap_or_default());
        lines.push(b'\n');
    }
    lines
}

/// Reads the lines back: each mark once, in order of position.
#[must_use]
pub fn from_lines(text: &[u8]) -> Vec<Mark> {
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let lines = text[..whole].split(|byte| *byte == b'\n');
    let marks = lines.filter_map(|line| serde_json::from_slice::<Mark>(line).ok());
    let whole = marks.filter(|mark| mark.end.is_none_or(|end| end > mark.at));
    let by_id: BTreeMap<MarkId, Mark> = whole.map(|mark| (mark.id, mark)).collect();
    let mut marks: Vec<Mark> = by_id.into_values().collect();
    marks.sort_by_key(|mark| (mark.at, mark.id));
    marks
}

/// The marks listed beside `file` that begin before `to`; none if there is no list. As they are listed: one may have ended
/// before the file began, or not at all.
///
/// # Errors
/// The list exists but cannot be read.
pub fn read(file: &Path, to: SampleIndex) -> io::Result<Vec<Mark>> {
    match fs::read(beside(file)) {
        Ok(text) => Ok(from_lines(&text).into_iter().filter(|mark| mark.at < to).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// As [`read`], of a file that nobody writes any more and that ends before `to`: marks that had not ended, or whose end is
/// not in the file, end there.
pub(crate) fn read_ended(file: &Path, to: SampleIndex) -> io::Result<Vec<Mark>> {
    let ended = |mark: Mark| Mark { end: Some(mark.end.map_or(to, |end| end.min(to))), ..mark };
    Ok(read(file, to)?.into_iter().map(ended).collect())
}

#[cfg(test)]
mod tests;
