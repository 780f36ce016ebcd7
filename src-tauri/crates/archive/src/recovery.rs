//! What a dead writer left open is ended: decided purely (`plan`), then carried out file by file.
//!
//! Only files with an open row (or, without a catalogue, files that say that they are ours and unfinished) and without a
//! living writer's lock are touched. Everything else stays byte for byte as it is.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use audyn_codec::{Inspection, Mend, State, inspect, mend};
use audyn_model::{Gap, Mark, SampleIndex, Utc};

use crate::catalogue::{Catalogue, EndReason, Sealed, SegmentRow, SegmentState};
use crate::hash::Hashes;
use crate::{Error, delete, files, gaps, holds, marks, paths};

/// Recovery hashes files up to this size at once; larger ones are left to [`crate::Root::hash_unhashed`], so that a
/// start after a power cut does not read many gigabytes before it records.
pub const HASH_AT_ONCE: u64 = 64 << 20;

/// Rows changed in one transaction.
const BATCH: usize = 64;

/// What recovery found and did.
#[derive(Debug, Default)]
pub struct Recovery {
    /// Ended, and what that took.
    pub sealed: Vec<Mended>,
    /// Open, and still being written by somebody: left alone.
    pub busy: Vec<PathBuf>,
    /// In the catalogue as open, but gone: the row says so now.
    pub missing: Vec<PathBuf>,
    /// Not ended, and why: too short or damaged (the row says so now), or not to be read or written today (it stays
    /// open for the next time). The files are left as they are.
    pub faulted: Vec<(PathBuf, String)>,
    /// Not in the catalogue: left alone.
    pub unknown: Vec<PathBuf>,
    /// Rows made from files, when the catalogue was rebuilt.
    pub adopted: usize,
    /// Where a damaged or replaced catalogue now is.
    pub set_aside: Option<PathBuf>,
}

/// A file that was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// Which.
    pub path: PathBuf,
    /// Frames it plays now, at its source's rate.
    pub frames: u64,
    /// Bytes of a torn last frame or page that were cut off.
    pub cut: u64,
}

impl Recovery {
    pub(crate) fn absorb(&mut self, other: Self) {
        self.sealed.extend(other.sealed);
        self.busy.extend(other.busy);
        self.missing.extend(other.missing);
        self.faulted.extend(other.faulted);
        self.unknown.extend(other.unknown);
        self.adopted += other.adopted;
        self.set_aside = self.set_aside.take().or(other.set_aside);
    }
}

/// What is at the path of an open row.
#[derive(Debug)]
enum Found {
    Missing,
    Busy,
    /// The system would not let us look; next time it may.
    Refused(String),
    Unreadable(String),
    Readable(Box<Inspection>, Mend),
}

/// What to do about an open row.
#[derive(Debug, PartialEq, Eq)]
enum Act {
    MarkMissing,
    LeaveAlone,
    Postpone(String),
    MarkFaulted(String),
    Seal { mend: Mend, frames: u64 },
}

/// Finishes deletions that were begun, ends what open rows say is unfinished, then takes in files of ours that no row knows: a writer that died between
/// making a file and writing its row, or a power cut that took the newest rows, left them. Nothing else is touched.
pub(crate) fn recover_root(dir: &Path, catalogue: &mut Catalogue, now: Utc) -> Result<Recovery, Error> {
    delete::finish(dir, catalogue, now)?;
    let mut recovery = recover_open(dir, catalogue, now)?;
    let (strays, unknown): (Vec<_>, Vec<_>) =
        unknown(dir, catalogue)?.into_iter().partition(|path| is_stray(path, catalogue));
    recovery.absorb(adopt(dir, &strays, catalogue, now)?);
    recovery.unknown.extend(unknown);
    catalogue.end_marks()?;
    holds::settle(dir, catalogue)?;
    Ok(recovery)
}

/// Whether a file without a row is a segment of ours that nobody writes and that the catalogue has under no other name.
fn is_stray(path: &Path, catalogue: &Catalogue) -> bool {
    let (Found::Readable(inspection, _), Some(_)) = look(path) else { return false };
    let Some(about) = &inspection.about else { return false };
    files::looks_like_audio(path) && matches!(catalogue.segment(about.segment), Ok(None))
}

/// Ends what open rows say is unfinished and nobody is writing.
fn recover_open(dir: &Path, catalogue: &mut Catalogue, now: Utc) -> Result<Recovery, Error> {
    let mut recovery = Recovery::default();
    for rows in catalogue.in_state(SegmentState::Open)?.chunks(BATCH) {
        let mut verdicts = Vec::new();
        for row in rows {
            let path = dir.join(&row.path);
            let (found, file) = look(&path);
            let act = plan(row, found);
            let sealed = match (&act, file) {
                // A file that cannot be ended today must not keep the others, or the recorder, from starting.
                (Act::Seal { mend, frames }, Some(mut file)) => {
                    end(&path, &mut file, row.first, mend, *frames)
                        .map_err(|error| recovery.faulted.push((path.clone(), error.to_string())))
                        .ok()
                }
                (_, _) => None,
            };
            verdicts.push((row, path, act, sealed));
        }
        // The files are durable: only now may the rows say so.
        catalogue.batch(|catalogue| {
            for (row, _, act, sealed) in &verdicts {
                match act {
                    Act::LeaveAlone | Act::Postpone(_) => {}
                    Act::MarkMissing => catalogue.fault(row.id, 0, "the file is gone")?,
                    Act::MarkFaulted(why) => catalogue.fault(row.id, 0, why)?,
                    Act::Seal { .. } => {
                        if let Some((sealed, listed)) = sealed {
                            catalogue.set_gaps(row.id, &listed.gaps)?;
                            catalogue.put_marks(row.recorder, &row.anchor, &listed.marks)?;
                            catalogue.seal(row.id, sealed, now)?;
                        }
                    }
                }
            }
            Ok(())
        })?;
        for (_, path, act, sealed) in verdicts {
            match act {
                Act::LeaveAlone => recovery.busy.push(path),
                Act::MarkMissing => recovery.missing.push(path),
                Act::MarkFaulted(why) | Act::Postpone(why) => recovery.faulted.push((path, why)),
                Act::Seal { mend, frames } if sealed.is_some() => {
                    recovery.sealed.push(Mended { path, frames, cut: mend.cut });
                }
                Act::Seal { .. } => {}
            }
        }
    }
    Ok(recovery)
}

/// Files without a row.
fn unknown(dir: &Path, catalogue: &Catalogue) -> Result<Vec<PathBuf>, Error> {
    let mut unknown = Vec::new();
    for path in files::walk(dir)? {
        let known = match paths::relative(dir, &path) {
            Some(name) => catalogue.has_path(&name)?,
            None => false,
        };
        if !known {
            unknown.push(path);
        }
    }
    Ok(unknown)
}

/// Makes rows of all files of a folder that say that they are ours; ends those among them that are unfinished and nobody's.
pub(crate) fn adopt_all(dir: &Path, catalogue: &mut Catalogue, now: Utc) -> Result<Recovery, Error> {
    let recovery = adopt(dir, &files::walk(dir)?, catalogue, now)?;
    holds::settle(dir, catalogue)?;
    Ok(recovery)
}

fn adopt(dir: &Path, paths: &[PathBuf], catalogue: &mut Catalogue, now: Utc) -> Result<Recovery, Error> {
    let mut recovery = Recovery::default();
    for paths in paths.chunks(BATCH) {
        let mut rows = Vec::new();
        for path in paths {
            match adopt_one(dir, path, now) {
                Ok(Adopted::Row { row, listed, mended }) => {
                    if row.state == SegmentState::Open {
                        recovery.busy.push(path.clone());
                    }
                    rows.push((*row, listed));
                    recovery.sealed.extend(mended);
                }
                Ok(Adopted::NotOurs) => recovery.unknown.push(path.clone()),
                Ok(Adopted::Unreadable(why)) => recovery.faulted.push((path.clone(), why)),
                Err(error) => recovery.faulted.push((path.clone(), error.to_string())),
            }
        }
        catalogue.batch(|catalogue| {
            for (row, listed) in &rows {
                // A copy of a file of ours carries the same id: the first one found is the segment.
                if catalogue.segment(row.id)?.is_some() {
                    recovery.unknown.push(dir.join(&row.path));
                } else {
                    catalogue.insert(row)?;
                    catalogue.set_gaps(row.id, &listed.gaps)?;
                    catalogue.put_marks(row.recorder, &row.anchor, &listed.marks)?;
                    recovery.adopted += 1;
                }
            }
            Ok(())
        })?;
    }
    Ok(recovery)
}

/// Decides about one open row. Pure.
fn plan(row: &SegmentRow, found: Found) -> Act {
    match found {
        Found::Missing => Act::MarkMissing,
        Found::Busy => Act::LeaveAlone,
        Found::Refused(why) => Act::Postpone(why),
        Found::Unreadable(why) => Act::MarkFaulted(why),
        Found::Readable(inspection, mend) => {
            match &inspection.about {
                Some(about) if about.segment != row.id => {
                    return Act::MarkFaulted(format!("the file says that it is segment {}", about.segment));
                }
                Some(_) | None => {}
            }
            let frames = if mend.is_nothing() { inspection.frames } else { mend.frames };
            Act::Seal { frames: files::source_frames(frames, inspection.rate, row.anchor.rate), mend }
        }
    }
}

fn look(path: &Path) -> (Found, Option<files::Owned>) {
    match files::open_unowned(path) {
        Ok(Some(mut file)) => (examine(&mut file), Some(file)),
        Ok(None) => (Found::Busy, None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Found::Missing, None),
        Err(error) => (Found::Refused(error.to_string()), None),
    }
}

fn examine(file: &mut File) -> Found {
    let examined = inspect(file).and_then(|inspection| Ok((inspection, mend(file)?)));
    match examined {
        Ok((inspection, mend)) => Found::Readable(Box::new(inspection), mend),
        Err(audyn_codec::Error::Io(error)) => Found::Refused(error.to_string()),
        Err(error) => Found::Unreadable(error.to_string()),
    }
}

fn end(
    path: &Path,
    file: &mut File,
    first: SampleIndex,
    mend: &Mend,
    frames: u64,
) -> Result<(Sealed, Lists), Error> {
    let sealed = carry_out(path, file, mend, frames)?;
    let end = SampleIndex(first.0.saturating_add(i64::try_from(frames).unwrap_or(i64::MAX)));
    let marks = marks::read_ended(path, end).map_err(Error::file("read", marks::beside(path)))?;
    Ok((sealed, Lists { gaps: listed_gaps(path, first, end)?, marks }))
}

/// Ends one file, in this order: cut, append, patch, sync; then its hashes.
fn carry_out(path: &Path, file: &mut File, mend: &Mend, frames: u64) -> Result<Sealed, Error> {
    apply(file, mend).map_err(Error::file("mend", path))?;
    let bytes = file.metadata().map_err(Error::file("read", path))?.len();
    let hashes = match bytes {
        ..=HASH_AT_ONCE => {
            let head_len = files::head_len(file);
            Some(Hashes::of_file(file, head_len).map_err(Error::file("read", path))?)
        }
        _ => None,
    };
    Ok(Sealed { frames, bytes, hashes, reason: EndReason::Recovered, clock: None, drift: None })
}

fn apply(file: &mut File, mend: &Mend) -> io::Result<()> {
    if !mend.is_nothing() {
        if mend.cut > 0 {
            file.set_len(mend.keep)?;
        }
        file.write_all_at(&mend.append, mend.keep)?;
        for patch in &mend.patches {
            file.write_all_at(&patch.bytes, patch.at)?;
        }
    }
    // Also when nothing was to be done: the writer may have died before its own sync.
    file.sync_all()
}

fn listed_gaps(path: &Path, first: SampleIndex, end: SampleIndex) -> Result<Vec<Gap>, Error> {
    gaps::read(path, first, end).map_err(Error::file("read", gaps::beside(path)))
}

/// Ends what is unfinished and ours, in a folder without a catalogue.
pub(crate) fn recover_loose(dir: &Path) -> Result<Recovery, Error> {
    let mut recovery = Recovery::default();
    for path in files::audio(dir)? {
        let (found, file) = look(&path);
        match (found, file) {
            (Found::Busy, _) => recovery.busy.push(path),
            (Found::Readable(inspection, mend), Some(mut file)) => {
                let unfinished = matches!(inspection.state, State::Unfinished { .. });
                if let Some(about) = inspection.about.as_ref().filter(|_| unfinished && !mend.is_nothing()) {
                    match apply(&mut file, &mend).map_err(Error::file("mend", &path)) {
                        Ok(()) => {
                            let frames =
                                files::source_frames(mend.frames, inspection.rate, about.anchor.rate);
                            recovery.sealed.push(Mended { path, frames, cut: mend.cut });
                        }
                        Err(error) => recovery.faulted.push((path, error.to_string())),
                    }
                }
            }
            (Found::Unreadable(why) | Found::Refused(why), _) => recovery.faulted.push((path, why)),
            (Found::Missing | Found::Readable(..), _) => {}
        }
    }
    Ok(recovery)
}

/// What the lists beside a file say.
#[derive(Debug)]
struct Lists {
    gaps: Vec<Gap>,
    marks: Vec<Mark>,
}

enum Adopted {
    Row { row: Box<SegmentRow>, listed: Lists, mended: Option<Mended> },
    NotOurs,
    Unreadable(String),
}

fn adopt_one(dir: &Path, path: &Path, now: Utc) -> Result<Adopted, Error> {
    let Some(name) = paths::relative(dir, path).filter(|_| files::looks_like_audio(path)) else {
        return Ok(Adopted::NotOurs);
    };
    let mut owned = files::open_unowned(path).map_err(Error::file("open", path))?;
    let busy = owned.is_none();
    let mut others;
    let file: &mut File = match &mut owned {
        Some(file) => file,
        None => {
            others = File::open(path).map_err(Error::file("open", path))?;
            &mut others
        }
    };
    let (inspection, mend) = match examine(file) {
        Found::Readable(inspection, mend) => (inspection, mend),
        Found::Unreadable(why) | Found::Refused(why) => return Ok(Adopted::Unreadable(why)),
        Found::Busy | Found::Missing => return Ok(Adopted::NotOurs),
    };
    let stored = files::stored(&inspection);
    let Some(about) = inspection.about else { return Ok(Adopted::NotOurs) };
    let mut row = SegmentRow {
        id: about.segment,
        recorder: about.recorder,
        recorder_name: about.recorder_name,
        open_id: None,
        path: name,
        container: inspection.container,
        channels: inspection.channels,
        stored,
        first: about.first,
        frames: None,
        anchor: about.anchor,
        zone: about.civil.zone,
        clock: about.clock,
        clock_sealed: None,
        drift: None,
        state: SegmentState::Open,
        end: None,
        note: None,
        bytes: None,
        hashes: None,
        created: None,
        sealed: None,
    };
    if busy {
        let end = SampleIndex(i64::MAX);
        let marks = marks::read(path, end).map_err(Error::file("read", marks::beside(path)))?;
        let listed = Lists { gaps: listed_gaps(path, row.first, end)?, marks };
        return Ok(Adopted::Row { row: Box::new(row), listed, mended: None });
    }
    let frames = if mend.is_nothing() { inspection.frames } else { mend.frames };
    let frames = files::source_frames(frames, inspection.rate, row.anchor.rate);
    let (sealed, listed) = end(path, file, row.first, &mend, frames)?;
    let mended = (!mend.is_nothing()).then(|| Mended { path: path.to_owned(), frames, cut: mend.cut });
    row.state = SegmentState::Sealed;
    row.end = mended.as_ref().map(|_| EndReason::Recovered);
    row.sealed = mended.as_ref().map(|_| now);
    (row.frames, row.bytes, row.hashes) = (Some(sealed.frames), Some(sealed.bytes), sealed.hashes);
    Ok(Adopted::Row { row: Box::new(row), listed, mended })
}

#[cfg(test)]
mod tests;
