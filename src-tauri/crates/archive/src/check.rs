//! Whether files and catalogue agree. Looks only; changes nothing.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use audyn_codec::{State, decode, inspect};
use audyn_model::{Gap, Hold, Mark, MarkId, Rate, SampleIndex};

use crate::catalogue::{Catalogue, SegmentRow, SegmentState};
use crate::hash::Hashes;
use crate::{Error, files, gaps, holds, marks, paths};

mod sequence;

/// How thorough a check is. Each depth includes those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Depth {
    /// Presence, sizes, order of segments.
    Quick,
    /// Also heads, and every frame is decoded.
    #[default]
    Decode,
    /// Also everything is read and compared with the hashes made when it was sealed.
    Hash,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows looked at.
    pub segments: usize,
    /// Bytes of their files.
    pub bytes: u64,
    /// Files being written right now; not looked into.
    pub busy: Vec<PathBuf>,
    /// Sealed files without hashes, which a hash check could not compare.
    pub unhashed: usize,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// One thing that is wrong with one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub path: PathBuf,
    /// What.
    pub problem: Problem,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The catalogue has it, the folder has not.
    #[error("the file is missing")]
    Missing,
    /// The folder has it, the catalogue has not.
    #[error("the file is not in the catalogue")]
    Unknown,
    /// Its writer is gone.
    #[error("left unfinished; `audyn recover` ends it")]
    LeftOpen,
    /// The catalogue says so.
    #[error("given up: {0}")]
    Faulted(String),
    /// Length in bytes.
    #[error("{found} bytes, and {expected} when it was sealed")]
    Size {
        /// When sealed.
        expected: u64,
        /// Now.
        found: u64,
    },
    /// Not readable as what it should be.
    #[error("bad header: {0}")]
    Header(String),
    /// Head and end do not agree.
    #[error("unfinished although sealed: {0}")]
    Unfinished(String),
    /// The file is not the one the catalogue means.
    #[error("the file belongs to segment {0}")]
    OtherSegment(String),
    /// Length in frames.
    #[error("{found} frames by its header, {expected} by the catalogue")]
    Frames {
        /// By the catalogue.
        expected: u64,
        /// By the file.
        found: u64,
    },
    /// The coded audio is damaged.
    #[error("cannot be decoded: {0}")]
    Undecodable(String),
    /// Length in decoded frames.
    #[error("{found} frames decode, {expected} should")]
    Decoded {
        /// By the header.
        expected: u64,
        /// Really.
        found: u64,
    },
    /// Contents changed after sealing.
    #[error("the {0} differs from what was sealed")]
    Hash(&'static str),
    /// The list beside the file says something else than the catalogue.
    #[error("the list of gaps beside it and the catalogue differ")]
    Gaps,
    /// A mark in the list beside the file is not in the catalogue, or is another there.
    #[error("the list of marks beside it and the catalogue differ")]
    Marks,
    /// A hold in the list beside the file is not in the catalogue, or one there is not in the list.
    #[error("the list of holds beside it and the catalogue differ; it counts as held by both")]
    Holds,
    /// The list has lines that are no holds.
    #[error("the list of holds beside it has lines that cannot be read; the file counts as held")]
    HoldsDamaged,
    /// The catalogue has it and says that it is held; the folder has not.
    #[error("{0} has set a hold on the missing file")]
    HeldMissing(String),
    /// Begins before the one before it ends.
    #[error("begins {samples} samples before {} ends", .before.display())]
    Overlap {
        /// How many.
        samples: u64,
        /// The earlier one.
        before: PathBuf,
    },
    /// Audio between two segments of one run is nowhere.
    #[error("begins {samples} samples after {} ends, and nothing says why", .before.display())]
    Hole {
        /// How many.
        samples: u64,
        /// The earlier one.
        before: PathBuf,
    },
    /// It cannot be opened or read at all.
    #[error("cannot be read: {0}")]
    Unreadable(String),
}

/// Checks an archive root. `progress` is told after each file how many of how many are done.
///
/// # Errors
/// The folder holds no catalogue, or that or the folder cannot be read. Trouble with a single file is a finding.
pub fn check(dir: &Path, depth: Depth, progress: &mut dyn FnMut(usize, usize)) -> Result<Report, Error> {
    let dir = std::fs::canonicalize(dir).map_err(|source| Error::Root { dir: dir.to_owned(), source })?;
    let catalogue = Catalogue::open_read_only(&dir)?;
    let rows = catalogue.segments()?;
    let mut report = Report { segments: rows.len(), ..Report::default() };
    for (done, row) in rows.iter().enumerate() {
        let path = dir.join(&row.path);
        let listed = catalogue.gaps(row.id)?;
        let mut problems = Vec::new();
        if let Err(error) = check_holds(&path, &catalogue.holds(row.id)?, &mut problems) {
            problems.push(Problem::Unreadable(error.to_string()));
        }
        if let Err(error) =
            check_row(&path, row, &listed, &|id| catalogue.mark(id), depth, &mut report, &mut problems)
        {
            problems.push(Problem::Unreadable(error.to_string()));
        }
        report.findings.extend(problems.into_iter().map(|problem| Finding { path: path.clone(), problem }));
        progress(done + 1, rows.len());
    }
    report.findings.extend(sequence::check(&dir, &rows));
    for path in files::walk(&dir)? {
        let known = match paths::relative(&dir, &path) {
            Some(name) => catalogue.has_path(&name)?,
            None => false,
        };
        if !known {
            report.findings.push(Finding { path, problem: Problem::Unknown });
        }
    }
    Ok(report)
}

/// The catalogue may know more than a file's list of where a mark ends: it goes on in another file.
fn agree(listed: &Mark, known: &Mark) -> bool {
    let reaches = known.end.is_none_or(|end| listed.end.is_none_or(|listed| listed <= end));
    reaches && (listed.at, listed.kind) == (known.at, known.kind)
}

/// Also of a file that is being written: it may be held from its first moment on.
fn check_holds(path: &Path, known: &[Hold], problems: &mut Vec<Problem>) -> io::Result<()> {
    if !path.exists() {
        problems.extend(known.first().map(|hold| Problem::HeldMissing(hold.by.clone())));
        return Ok(());
    }
    let listed = holds::read(path)?;
    if listed.damaged {
        problems.push(Problem::HoldsDamaged);
    } else if !holds::agree(&listed, known) {
        problems.push(Problem::Holds);
    }
    Ok(())
}

fn check_row(
    path: &Path,
    row: &SegmentRow,
    listed: &[Gap],
    known: &dyn Fn(MarkId) -> Result<Option<Mark>, Error>,
    depth: Depth,
    report: &mut Report,
    problems: &mut Vec<Problem>,
) -> io::Result<()> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            problems.push(Problem::Missing);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    report.bytes += file.metadata()?.len();
    match row.state {
        SegmentState::Open => {
            match file.try_lock_shared() {
                Ok(()) => problems.push(Problem::LeftOpen),
                Err(_) => report.busy.push(path.to_owned()),
            }
            return Ok(());
        }
        SegmentState::Faulted => {
            problems.push(Problem::Faulted(row.note.clone().unwrap_or_default()));
            return Ok(());
        }
        SegmentState::Sealed => {}
    }
    let found = file.metadata()?.len();
    if let Some(expected) = row.bytes.filter(|expected| *expected != found) {
        problems.push(Problem::Size { expected, found });
    }
    let end = row.end_index().unwrap_or(SampleIndex(i64::MAX));
    if gaps::read(path, row.first, end)? != listed {
        problems.push(Problem::Gaps);
    }
    for mark in marks::read_ended(path, end)? {
        let known = known(mark.id).map_err(io::Error::other)?;
        if !known.is_some_and(|known| agree(&mark, &known)) {
            problems.push(Problem::Marks);
            break;
        }
    }
    if depth >= Depth::Decode {
        check_contents(&mut file, row, problems);
    }
    if depth >= Depth::Hash {
        match &row.hashes {
            Some(sealed) => {
                let now = Hashes::of_file(&mut file, sealed.head_len)?;
                let differing = [("header", now.head == sealed.head), ("audio", now.body == sealed.body)];
                problems.extend(
                    differing.into_iter().filter(|(_, same)| !same).map(|(part, _)| Problem::Hash(part)),
                );
            }
            None => report.unhashed += 1,
        }
    }
    Ok(())
}

fn check_contents(file: &mut File, row: &SegmentRow, problems: &mut Vec<Problem>) {
    let inspection = match inspect(file) {
        Ok(inspection) => inspection,
        Err(error) => return problems.push(Problem::Header(error.to_string())),
    };
    if let State::Unfinished { why } = &inspection.state {
        problems.push(Problem::Unfinished(why.clone()));
    }
    match &inspection.about {
        Some(about) if about.segment != row.id => {
            problems.push(Problem::OtherSegment(about.segment.to_string()))
        }
        Some(_) => {}
        None => problems.push(Problem::Header("it does not say which segment it is".to_owned())),
    }
    let found = files::source_frames(inspection.frames, inspection.rate, row.anchor.rate);
    if let Some(expected) = row.frames
        && expected.abs_diff(found) > tolerance(inspection.rate, row.anchor.rate)
    {
        problems.push(Problem::Frames { expected, found });
    }
    let mut frames = 0;
    let channels = usize::from(inspection.channels.max(1));
    match decode(file, &mut |piece| frames += (piece.len() / channels) as u64) {
        Ok(_) if frames == inspection.frames => {}
        Ok(_) => problems.push(Problem::Decoded { expected: inspection.frames, found: frames }),
        Err(error) => problems.push(Problem::Undecodable(error.to_string())),
    }
}

/// A file of a lower rate than its source cannot say its length to the sample of the source.
const fn tolerance(file: Rate, source: Rate) -> u64 {
    if file.hz() >= source.hz() { 0 } else { source.hz().div_ceil(file.hz()) as u64 }
}

#[cfg(test)]
mod tests;
