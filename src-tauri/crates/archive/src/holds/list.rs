//! The list of holds beside a file: `<file>.holds`, one JSON object a line, only ever added to.
//!
//! `{"did":"set","id":"0190…","by":"Otto","at":"2026-10-25T14:00:00Z","until":"2027-01-01T00:00:00Z","reason":"…"}` and
//! `{"did":"lift","id":"0190…","by":"Ada","at":"…","reason":"…"}`. A hold is set from its line on until a line lifts it. A torn
//! last line (power cut) is not read: nobody was told that it was done. Any other line that cannot be read may be a hold, so
//! the file counts as held until somebody has looked.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use audyn_model::{Hold, HoldId, Utc};
use serde::{Deserialize, Serialize};

use crate::paths::{list_beside, lists};

/// Bytes that a list may grow to.
const MOST_BYTES: u64 = 1 << 20;

/// Where the holds of `file` are listed.
#[must_use]
pub fn beside(file: &Path) -> PathBuf {
    list_beside(file, lists::HOLDS)
}

/// The end of a hold, by somebody's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    /// Of which.
    pub id: HoldId,
    /// Who lifted it, for people.
    pub by: String,
    /// When.
    pub at: Utc,
    /// Why.
    pub reason: String,
}

/// What is listed beside a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Holds that nobody has lifted, in order; those that have expired too.
    pub standing: Vec<Hold>,
    /// Those that were lifted: what they were, and how they ended.
    pub lifted: Vec<(Option<Hold>, Lift)>,
    /// There are lines that cannot be read.
    pub damaged: bool,
}

/// One line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "lowercase")]
pub(super) enum Line {
    Set {
        id: HoldId,
        by: String,
        at: jiff::Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<jiff::Timestamp>,
        reason: String,
    },
    Lift {
        id: HoldId,
        by: String,
        at: jiff::Timestamp,
        reason: String,
    },
}

impl From<&Hold> for Line {
    fn from(hold: &Hold) -> Self {
        let Hold { id, by, since, until, reason } = hold;
        let (by, reason) = (by.clone(), reason.clone());
        Self::Set { id: *id, by, at: timestamp(*since), until: until.map(timestamp), reason }
    }
}

impl From<&Lift> for Line {
    fn from(lift: &Lift) -> Self {
        let Lift { id, by, at, reason } = lift;
        Self::Lift { id: *id, by: by.clone(), at: timestamp(*at), reason: reason.clone() }
    }
}

/// Reads lines back.
#[must_use]
pub fn from_lines(text: &[u8]) -> Listed {
    let mut listed = Listed::default();
    let whole = &text[..whole_lines(text)];
    for line in whole.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        match serde_json::from_slice(line) {
            Ok(Line::Set { id, by, at, until, reason }) => {
                let known = listed.standing.iter().any(|hold| hold.id == id)
                    || listed.lifted.iter().any(|(_, lift)| lift.id == id);
                if !known {
                    let (since, until) = (utc(at), until.map(utc));
                    listed.standing.push(Hold { id, by, since, until, reason });
                }
            }
            Ok(Line::Lift { id, by, at, reason }) => {
                let hold = listed.standing.iter().position(|hold| hold.id == id);
                let hold = hold.map(|at| listed.standing.remove(at));
                if hold.is_some() || listed.lifted.iter().all(|(_, lift)| lift.id != id) {
                    listed.lifted.push((hold, Lift { id, by, at: utc(at), reason }));
                }
            }
            Err(_) => listed.damaged = true,
        }
    }
    listed
}

/// What is listed beside `file`; nothing if there is no list.
///
/// # Errors
/// The list exists but cannot be read, or is no file.
pub fn read(file: &Path) -> io::Result<Listed> {
    let mut text = Vec::new();
    match open(OpenOptions::new().read(true), &beside(file)) {
        Ok(list) => list.take(2 * MOST_BYTES).read_to_end(&mut text)?,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Listed::default());
        }
        Err(error) => return Err(error),
    };
    // What is longer than a list may grow to was not written by us, and not read to its end.
    let foreign = text.len() as u64 >= 2 * MOST_BYTES;
    let listed = from_lines(&text);
    Ok(Listed { damaged: listed.damaged || foreign, ..listed })
}

/// Adds lines to the list of `file`, which are durable then. A torn last line gives way.
pub(super) fn append(file: &Path, lines: &[Line]) -> io::Result<()> {
    let path = beside(file);
    let mut list = open(OpenOptions::new().read(true).write(true).create(true), &path)?;
    match list.lock() {
        Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut text = Vec::new();
    (&list).take(2 * MOST_BYTES).read_to_end(&mut text)?;
    let whole = whole_lines(&text) as u64;
    let mut more = Vec::new();
    for line in lines {
        more.extend(serde_json::to_vec(line).map_err(io::Error::other)?);
        more.push(b'\n');
    }
    if whole + more.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the list of holds is full"));
    }
    if whole < text.len() as u64 {
        list.set_len(whole)?;
    }
    list.seek(SeekFrom::Start(whole))?;
    let written = list.write_all(&more).and_then(|()| list.sync_all());
    if written.is_err() {
        // Half a line is not read, but what came before it must stay the end.
        let _ = list.set_len(whole);
    }
    // Closing alone would leave the lock to a child process that still has a copy.
    let _ = list.unlock();
    written?;
    // A list that is new must be found again after a power cut.
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

/// A link in a list's place leads to nothing: whatever somebody has put there, only files of the archive are touched. Nor is
/// a pipe waited for.
fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    use rustix::fs::OFlags;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = options.custom_flags(flags.bits().cast_signed()).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the list of holds is no file"));
    }
    Ok(file)
}

fn whole_lines(text: &[u8]) -> usize {
    text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1)
}

fn timestamp(utc: Utc) -> jiff::Timestamp {
    jiff::Timestamp::from_nanosecond(i128::from(utc.0)).unwrap_or_default()
}

/// What nanoseconds cannot count is as far away as they can.
fn utc(at: jiff::Timestamp) -> Utc {
    let far = if at > jiff::Timestamp::UNIX_EPOCH { i64::MAX } else { i64::MIN };
    Utc(i64::try_from(at.as_nanosecond()).unwrap_or(far))
}

#[cfg(test)]
mod tests;
