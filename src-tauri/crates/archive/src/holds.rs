//! Holds: files that nobody may delete, and how that comes and goes.
//!
//! A hold is in the list beside the file and in the catalogue. The list is written first when one is set, and last when one is
//! lifted; who deletes asks both. So a crash between any two steps leaves the file held, and `settle` makes the
//! catalogue agree with the lists at the next opening.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use audyn_model::{Hold, HoldId, SegmentId, Utc};

use crate::catalogue::holds::Taken;
use crate::catalogue::{Catalogue, SegmentRow};
use crate::paths::{self, lists};
use crate::{Error, Root, files};

mod list;

pub use list::{Lift, Listed, beside, from_lines, read};

use list::{Line, append};

/// Holds that a file may have at a time.
pub const MOST_OF_A_FILE: usize = 100;

/// Files changed in one transaction.
const BATCH: usize = 64;

const DAMAGED: &str = "its list of holds has lines that cannot be read, and they may hold it; look at the file beside it that ends in .holds";

impl Root {
    /// Holds files: the list beside each, then the catalogue. Says of each what became of it. What it is held for
    /// already stays: holds add up.
    pub fn hold(&self, segments: &[SegmentId], hold: &Hold) -> Vec<(SegmentId, Result<(), Error>)> {
        segments.chunks(BATCH).flat_map(|segments| self.hold_batch(segments, hold)).collect()
    }

    /// Takes holds off files, that one or all: the catalogue, then the list beside each. Says of each which holds that
    /// were; one that has none is refused.
    pub fn lift(
        &self,
        segments: &[SegmentId],
        which: Option<HoldId>,
        by: &str,
        reason: &str,
        now: Utc,
    ) -> Vec<(SegmentId, Result<Vec<Hold>, Error>)> {
        let lift = |id| (id, self.lift_one(id, which, by, reason, now));
        segments.iter().copied().map(lift).collect()
    }

    /// The holds of a file, oldest first; those that have expired too.
    ///
    /// # Errors
    /// The catalogue cannot be read.
    pub fn holds(&self, segment: SegmentId) -> Result<Vec<Hold>, Error> {
        self.catalogue().holds(segment)
    }

    fn hold_batch(&self, segments: &[SegmentId], hold: &Hold) -> Vec<(SegmentId, Result<(), Error>)> {
        let mut verdicts = Vec::new();
        let mut listed = Vec::new();
        for id in segments {
            match self.list_hold(*id, hold) {
                Ok(()) => listed.push((*id, hold.clone())),
                Err(error) => verdicts.push((*id, Err(error))),
            }
        }
        let taken = self.catalogue().add_holds(&listed);
        match taken {
            Ok(taken) => verdicts.extend(listed.iter().zip(taken).map(|((id, _), taken)| {
                let gone = || Err(refused("hold", &id.to_string(), "it is being deleted"));
                (*id, if taken == Taken::Yes { Ok(()) } else { gone() })
            })),
            Err(error) => {
                tracing::error!(%error, "holds are beside their files only, until the archive is opened next");
                let why = "the catalogue cannot be written to; the hold counts all the same, and is shown once the archive was opened again";
                let told = |(id, _): &(SegmentId, Hold)| (*id, Err(refused("note", &id.to_string(), why)));
                verdicts.extend(listed.iter().map(told));
            }
        }
        verdicts
    }

    /// The first step: beside the file.
    fn list_hold(&self, id: SegmentId, hold: &Hold) -> Result<(), Error> {
        let (row, path) = self.locate("hold", id)?;
        if !path.is_file() {
            return Err(refused("hold", &row.path, "the file is missing"));
        }
        let listed = read(&path).map_err(Error::file("read", beside(&path)))?;
        if listed.standing.len().max(self.holds(id)?.len()) >= MOST_OF_A_FILE {
            return Err(refused("hold", &row.path, "it has a hundred holds; lift some of them first"));
        }
        append(&path, &[Line::from(hold)]).map_err(Error::file("write", beside(&path)))
    }

    fn lift_one(
        &self,
        id: SegmentId,
        which: Option<HoldId>,
        by: &str,
        reason: &str,
        now: Utc,
    ) -> Result<Vec<Hold>, Error> {
        let (row, path) = self.locate("release", id)?;
        let listed = read(&path).map_err(Error::file("read", beside(&path)))?;
        let known = self.holds(id)?;
        let meant = |hold: &&Hold| which.is_none_or(|which| hold.id == which);
        let by_id: BTreeMap<HoldId, Hold> =
            listed.standing.iter().chain(&known).filter(meant).map(|hold| (hold.id, hold.clone())).collect();
        let lifted: Vec<Hold> = by_id.into_values().collect();
        if lifted.is_empty() {
            let why = if which.is_some() { "it does not have this hold" } else { "it is not held" };
            return Err(refused("release", &row.path, why));
        }
        let rows: Vec<(SegmentId, HoldId)> = lifted.iter().map(|hold| (id, hold.id)).collect();
        self.catalogue().remove_holds(&rows)?;
        let lift = |hold: &Hold| Lift { id: hold.id, by: by.to_owned(), at: now, reason: reason.to_owned() };
        let lines: Vec<Line> = lifted.iter().map(|hold| Line::from(&lift(hold))).collect();
        match append(&path, &lines) {
            Ok(()) => Ok(lifted),
            // Nothing is left of the file, not even its folder: there is nothing to note it beside.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => Ok(lifted),
            Err(error) => {
                let known: Vec<(SegmentId, Hold)> = known.into_iter().map(|hold| (id, hold)).collect();
                if let Err(error) = self.catalogue().add_holds(&known) {
                    tracing::error!(%error, "a hold that could not be lifted is beside its file only");
                }
                Err(Error::file("write", beside(&path))(error))
            }
        }
    }

    fn locate(&self, act: &'static str, id: SegmentId) -> Result<(SegmentRow, PathBuf), Error> {
        let unknown = || refused(act, &id.to_string(), "there is no such file; it may have been deleted");
        let row = self.segment(id)?.ok_or_else(unknown)?;
        let outside = || refused(act, &row.path, "it is not below the archive root");
        let path =
            paths::inside(self.dir(), &row).map_err(Error::file("find", self.dir().join(&row.path)))?;
        let path = path.ok_or_else(outside)?;
        Ok((row, path))
    }
}

/// Refuses what the list beside a file holds now.
pub(crate) fn refuse_listed(row: &SegmentRow, path: &Path, now: Utc) -> Result<(), Error> {
    let listed = read(path).map_err(Error::file("read", beside(path)))?;
    let holding = listed.standing.into_iter().filter(|hold| hold.holds_at(now)).collect();
    refuse_held(row, holding)?;
    if listed.damaged { Err(refused("delete", &row.path, DAMAGED)) } else { Ok(()) }
}

/// Refuses the deletion of what these hold; none of them: nothing.
pub(crate) fn refuse_held(row: &SegmentRow, holding: Vec<Hold>) -> Result<(), Error> {
    let more = holding.len().saturating_sub(1);
    match holding.into_iter().next() {
        Some(hold) => Err(Error::Held { path: row.path.clone(), hold: Box::new(hold), more }),
        None => Ok(()),
    }
}

/// Makes the catalogue agree with the lists beside files: what they say is set is there then, and what they say was lifted is
/// not. A hold that no list knows stays.
pub(crate) fn settle(dir: &Path, catalogue: &mut Catalogue) -> Result<(), Error> {
    for paths in files::lists(dir, lists::HOLDS)?.chunks(BATCH) {
        let (mut set, mut lifted) = (Vec::new(), Vec::new());
        for path in paths {
            let file = path.with_extension("");
            let Some(name) = paths::relative(dir, &file) else { continue };
            let Some(id) = catalogue.id_of_path(&name)? else { continue };
            // One that cannot be read holds its file, and must not keep the archive from being opened.
            let listed = match read(&file) {
                Ok(listed) => listed,
                Err(error) => {
                    tracing::error!(%error, path = %path.display(), "a list of holds");
                    continue;
                }
            };
            let known = catalogue.holds(id)?;
            let knows = |hold: HoldId| known.iter().any(|known| known.id == hold);
            set.extend(listed.standing.into_iter().filter(|hold| !knows(hold.id)).map(|hold| (id, hold)));
            let gone = listed.lifted.iter().map(|(_, lift)| lift.id).filter(|hold| knows(*hold));
            lifted.extend(gone.map(|hold| (id, hold)));
        }
        if !set.is_empty() {
            catalogue.add_holds(&set)?;
        }
        if !lifted.is_empty() {
            catalogue.remove_holds(&lifted)?;
        }
    }
    Ok(())
}

/// Whether the list beside a file and the catalogue say the same.
pub(crate) fn agree(listed: &Listed, known: &[Hold]) -> bool {
    let by_id = |holds: &[Hold]| -> BTreeMap<HoldId, Hold> {
        holds.iter().map(|hold| (hold.id, hold.clone())).collect()
    };
    !listed.damaged && by_id(&listed.standing) == by_id(known)
}

fn refused(act: &'static str, path: &str, why: &'static str) -> Error {
    Error::Refused { act, path: path.to_owned(), why }
}

#[cfg(test)]
mod tests;
