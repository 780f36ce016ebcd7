//! Files of the archive as the contract shows them, and who may see which. Pure but for [`find`] and what
//! goes through it.

use std::collections::BTreeMap;
use std::path::Path;

use audyn_archive::{
    ArchiveClock, Branch, CivilClock, Error, FileFilter, Listed, SegmentRow, SegmentState, day_in,
};
use audyn_model::{Container, SampleIndex, Tai, Utc};
use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};

use crate::api::wire::{
    AppEvent, Drift, FileBranch, FileDay, FileEntry, FileQuery, FileState, FileTree, Format, Hold, Mark,
    MarkKind,
};
use crate::api::{Access, ApiError, Caller, Code};
use crate::book::Book;
use crate::inner::Inner;
use crate::terms::{self, moment};

/// Longest text that is searched for.
const MOST_SEARCH: usize = 200;

/// Which files a caller may see and change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// All.
    Everything,
    /// Those in this studio's folder.
    Studio(String),
}

impl Scope {
    /// Who belongs to a studio has its files; everybody else has all.
    ///
    /// # Errors
    /// The caller belongs to a studio, and nobody knows to which.
    pub(crate) fn of(caller: &Caller) -> Result<Self, ApiError> {
        match (caller.access, &caller.studio_id) {
            (Access::Viewer | Access::Operator | Access::Admin, _) => Ok(Self::Everything),
            (Access::Studio, Some(studio)) => Ok(Self::Studio(studio.clone())),
            (Access::Studio, None) => {
                Err(ApiError::new(Code::Forbidden, "Choose a studio first. Its files are shown then."))
            }
        }
    }

    /// Whether a file of this path belongs to it.
    pub(crate) fn holds(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Studio(studio) => folder_of(path) == studio,
        }
    }
}

/// What is asked for, as the archive means it.
///
/// # Errors
/// A value out of range; a studio that is not the caller's.
pub(crate) fn filter(
    query: &FileQuery,
    scope: &Scope,
    book: &Book,
    zone: &TimeZone,
    now: Utc,
) -> Result<FileFilter, ApiError> {
    let studio = match (scope, &query.studio_id) {
        (Scope::Everything, wished) => wished.clone(),
        (Scope::Studio(own), None) => Some(own.clone()),
        (Scope::Studio(own), Some(wished)) if own == wished => Some(own.clone()),
        (Scope::Studio(_), Some(_)) => {
            return Err(ApiError::new(Code::Forbidden, "These files belong to another studio."));
        }
    };
    let recorder = query.recorder_id.map(|id| book.recorder(id).map(|row| row.uid)).transpose()?;
    let day = query.day.as_deref().map(|text| day(text, zone)).transpose()?;
    let search = query.search.as_deref().map(str::trim).filter(|text| !text.is_empty());
    if search.is_some_and(|text| text.chars().count() > MOST_SEARCH) {
        return Err(ApiError::invalid(format!(
            "A search may have {MOST_SEARCH} characters; this one has more."
        )));
    }
    Ok(FileFilter {
        folders: studio.into_iter().collect(),
        recorder,
        from: day.map(|(from, _)| from),
        to: day.map(|(_, to)| to),
        search: search.map(str::to_owned),
        container: query.format.map(terms::container),
        with_gaps: query.with_gaps.unwrap_or(false),
        held_at: query.held.unwrap_or(false).then_some(now),
    })
}

/// How many of a page are meant: 1 to 1000, 200 if not said.
///
/// # Errors
/// Another number.
pub(crate) fn limit(wished: Option<u32>) -> Result<usize, ApiError> {
    match wished.unwrap_or(200) {
        limit @ 1..=1000 => Ok(limit as usize),
        other => Err(ApiError::invalid(format!("{other} on a page; ask for 1 to 1000."))),
    }
}

/// A file, and what holds it now.
pub(crate) fn file_entry(file: &Listed, book: &Book, now: Utc) -> FileEntry {
    let row = &file.row;
    let rate = row.anchor.rate.hz();
    let start = row.start();
    FileEntry {
        id: row.id.to_string(),
        name: name_of(&row.path).to_owned(),
        path: row.path.clone(),
        recorder_id: book.recorders.iter().find(|known| known.uid == row.recorder).map(|known| known.number),
        recorder_name: row.recorder_name.clone(),
        studio_id: book
            .studios
            .iter()
            .find(|studio| studio.id == folder_of(&row.path))
            .map(|studio| studio.id.clone()),
        start: moment(start.to_utc()),
        start_civil: civil(start, &row.zone),
        zone: row.zone.clone(),
        duration_s: file.frames as f64 / f64::from(rate),
        bytes: file.bytes,
        format: format(row.container),
        channels: row.channels,
        sample_rate: rate,
        state: match row.state {
            SegmentState::Open => FileState::Growing,
            SegmentState::Sealed => FileState::Complete,
            SegmentState::Faulted => FileState::Faulted,
        },
        note: row.note.clone(),
        gaps: file.gaps,
        missing_s: file.missing as f64 / f64::from(rate),
        holds: file.holds.iter().map(|own| hold(own, now)).collect(),
    }
}

fn hold(hold: &audyn_model::Hold, now: Utc) -> Hold {
    Hold {
        id: hold.id.to_string(),
        by: hold.by.clone(),
        since: moment(hold.since),
        until: hold.until.map(moment),
        reason: hold.reason.clone(),
        expired: !hold.holds_at(now),
    }
}

/// How fast its device's clock ran.
pub(crate) fn drift(drift: audyn_model::Drift) -> Drift {
    Drift { ppm: drift.ppb as f64 / 1000.0, over_s: drift.over_s }
}

/// A mark as it lies in a file; none if it does not.
pub(crate) fn mark(mark: &audyn_model::Mark, row: &SegmentRow) -> Option<Mark> {
    let (from, to) = mark.within(row.first, row.end_index().unwrap_or(SampleIndex(i64::MAX)))?;
    let seconds = |at: SampleIndex| at.since(row.first) as f64 / f64::from(row.anchor.rate.hz());
    let goes_on = mark.end.is_none() && row.frames.is_none();
    Some(Mark {
        id: mark.id.to_string(),
        kind: match mark.kind {
            audyn_model::MarkKind::Vox => MarkKind::Vox,
        },
        at: moment(row.anchor.tai_at(mark.at).to_utc()),
        from_s: seconds(from),
        to_s: (!goes_on).then(|| seconds(to)),
        text: mark.text.clone(),
    })
}

/// The tree, by name, with what may be seen of it.
pub(crate) fn tree(branches: Vec<Branch>, scope: &Scope, book: &Book) -> FileTree {
    let visible = |branch: &Branch| scope.holds(&format!("{}/", branch.folder));
    let mut branches: Vec<FileBranch> =
        branches.into_iter().filter(visible).map(|branch| file_branch(branch, book)).collect();
    branches.sort_by_cached_key(|branch| (branch.name.to_lowercase(), branch.folder.clone()));
    FileTree { branches }
}

/// What copies of these files are called: as they are, unless two would be called the same; then by recorder and time.
pub(crate) fn copy_names(rows: &[SegmentRow]) -> Vec<String> {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows {
        *counts.entry(name_of(&row.path)).or_default() += 1;
    }
    let copy_name = |row: &SegmentRow| {
        let name = name_of(&row.path);
        if counts.get(name) == Some(&1) {
            return name.to_owned();
        }
        let who: String =
            row.recorder_name.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(60).collect();
        let when = civil(row.start(), &row.zone).replace(':', "-").replace('T', "_");
        format!("{who}_{when}.{}", row.container.suffix())
    };
    rows.iter().map(copy_name).collect()
}

/// Why the archive did not do something, for people. What only helps who runs the machine goes to the log.
pub(crate) fn refusal(error: Error) -> ApiError {
    match error {
        Error::Refused { path, why, .. } => ApiError::conflict(format!("{}: {why}.", name_of(&path))),
        Error::Held { path, hold, more } => {
            let until = hold.until.map_or_else(String::new, |until| format!(" until {}", moment(until).0));
            let more = if more > 0 { format!(", and there are {more} more holds") } else { String::new() };
            let (name, by, why) = (name_of(&path), &hold.by, &hold.reason);
            ApiError::conflict(format!(
                "{name} is held by {by}{until}: \"{why}\"{more}. Nobody can delete it before an operator lifts the hold."
            ))
        }
        Error::File { source, path, act } => {
            tracing::warn!(%source, path = %path.display(), act, "a file of the archive");
            ApiError::unavailable(format!("The disk does not let this file be used: {source}."))
        }
        Error::Catalogue { .. }
        | Error::CatalogueDamaged { .. }
        | Error::CatalogueNewer { .. }
        | Error::NoCatalogue { .. }
        | Error::Root { .. } => {
            tracing::error!(%error, "the archive cannot be used");
            let message = "The archive's catalogue cannot be used. Recording goes on. Check the disk; the log has the details.";
            ApiError::unavailable(message)
        }
        Error::Unsuitable(_) => ApiError::internal(error),
    }
}

/// A file that a caller may see.
///
/// # Errors
/// There is none, it belongs to another studio, or the archive cannot be read.
pub(crate) fn find(inner: &Inner, id: &str, scope: &Scope) -> Result<Listed, ApiError> {
    let unknown = || ApiError::not_found("There is no such file. It may have been deleted.");
    let id = id.parse().map_err(|_| unknown())?;
    let file = inner.station.root()?.listed_file(id).map_err(refusal)?.ok_or_else(unknown)?;
    if scope.holds(&file.row.path) {
        Ok(file)
    } else {
        Err(ApiError::new(Code::Forbidden, "This file belongs to another studio."))
    }
}

/// The same, as the contract shows it.
///
/// # Errors
/// As for [`find`].
pub(crate) fn entry(inner: &Inner, caller: &Caller, id: &str) -> Result<FileEntry, ApiError> {
    let file = find(inner, id, &Scope::of(caller)?)?;
    Ok(file_entry(&file, &inner.station.shelf.book(), inner.station.clock.utc()))
}

/// The file at a path of the archive, absolute or below its root; none if the catalogue does not know it (yet).
fn entry_at(inner: &Inner, path: &Path) -> Option<FileEntry> {
    let root = inner.station.root().ok()?;
    let below = path.strip_prefix(root.dir()).unwrap_or(path);
    let file = root.listed_at(below.to_str()?).ok()??;
    Some(file_entry(&file, &inner.station.shelf.book(), inner.station.clock.utc()))
}

/// Tells the doors of a file that was begun or finished.
pub(crate) fn tell(inner: &Inner, path: &Path) {
    if let Some(entry) = entry_at(inner, path) {
        inner.outbox.send(AppEvent::File(entry));
    }
}

/// The folder directly below the root that a path is in; empty for one in the root itself.
fn folder_of(path: &str) -> &str {
    path.split_once('/').map_or("", |(folder, _)| folder)
}

pub(crate) fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

fn file_branch(branch: Branch, book: &Book) -> FileBranch {
    let Branch { folder, recorder_name, days, .. } = branch;
    let studio = book.studios.iter().find(|studio| studio.id == folder);
    let recorder = book.recorders.iter().find(|row| crate::book::folder(row.number, None) == folder);
    // A folder of ours whose owner is gone says nothing to people; whose recordings are in it does.
    let made_up = folder.is_empty() || folder.starts_with("studio-") || folder.starts_with("recorder");
    let name = match (studio, recorder) {
        (Some(studio), _) => studio.name.clone(),
        (None, Some(row)) => row.name.clone(),
        (None, None) if made_up => recorder_name,
        (None, None) => folder.clone(),
    };
    let day =
        |day: audyn_archive::Day| FileDay { day: day.date.to_string(), files: day.files, bytes: day.bytes };
    FileBranch {
        name,
        studio_id: studio.map(|studio| studio.id.clone()),
        recorder_id: recorder.map(|row| row.number),
        days: days.into_iter().map(day).collect(),
        folder,
    }
}

fn day(text: &str, zone: &TimeZone) -> Result<(Tai, Tai), ApiError> {
    let wrong = || ApiError::invalid(format!("\"{text}\" is no day; write it like 2026-10-25."));
    let date: Date = text.parse().map_err(|_| wrong())?;
    day_in(date, zone).ok_or_else(wrong)
}

const fn format(container: Container) -> Format {
    match container {
        Container::Wav => Format::Wav,
        Container::Opus => Format::Opus,
        Container::Flac => Format::Flac,
        Container::Mp3 => Format::Mp3,
    }
}

/// What the clock that `zone` names showed: `2026-10-25T02:14:00`.
fn civil(at: Tai, zone: &str) -> String {
    let clock = match zone {
        "TAI" => CivilClock { clock: ArchiveClock::Tai, zone: TimeZone::UTC },
        "UTC" => CivilClock::utc(),
        offset => CivilClock { clock: ArchiveClock::Local, zone: TimeZone::fixed(offset_of(offset)) },
    };
    clock.read(at).reading.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// `+01:00`; anything else counts as UTC.
fn offset_of(text: &str) -> Offset {
    let parsed = || {
        let (hours, minutes) = text.get(1..)?.split_once(':')?;
        let seconds =
            i32::from(hours.parse::<i16>().ok()?) * 3600 + i32::from(minutes.parse::<i16>().ok()?) * 60;
        Offset::from_seconds(if text.starts_with('-') { -seconds } else { seconds }).ok()
    };
    parsed().unwrap_or(Offset::UTC)
}

#[cfg(test)]
mod tests;
