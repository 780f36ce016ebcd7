//! Names of files to come, made by the very code that will make them. Pure.

use std::collections::HashSet;

use audyn_archive::rotation::next_boundary;
use audyn_archive::{ArchiveClock, Naming};
use audyn_codec::Spec;
use audyn_model::{AudioFormat, Tai, Utc};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::api::wire::{NamedFile, Names, Writing};
use crate::terms::{self, moment};

/// The most files that are shown around a change of the clocks: half before, half after.
const AROUND_A_CHANGE: usize = 24;

const NS: i64 = 1_000_000_000;
const HOUR: i64 = 3600 * NS;

/// The names of the next `count` files of a recorder that has been recording for a while, at the boundaries after
/// `from`; without boundaries, of the one file that would begin then. Or everything that is wrong with the wish.
pub(crate) fn preview(
    writing: &Writing,
    folder: &str,
    format: Option<&AudioFormat>,
    zone: &TimeZone,
    from: Utc,
    count: usize,
) -> Names {
    let mut problems = terms::writing_problems(writing, format);
    match terms::naming(writing, folder, zone) {
        Ok(naming) if problems.is_empty() => {
            let plan = Plan {
                // The folder is the recorder's own, and names are given below it.
                naming: Naming { folder: None, ..naming },
                outputs: terms::outputs(writing),
                period_s: writing.period_s,
            };
            let from = from.to_tai();
            let change = plan.change_of_clocks(from);
            let files = plan.after(from, count);
            let clock_change = change.map(|change| plan.around(change)).unwrap_or_default();
            Names { files, problems, clock_change }
        }
        Ok(_) => Names { files: Vec::new(), problems, clock_change: Vec::new() },
        Err(found) => {
            problems.extend(found.into_iter().filter(|one| !problems.contains(one)).collect::<Vec<_>>());
            Names { files: Vec::new(), problems, clock_change: Vec::new() }
        }
    }
}

/// What decides the names.
struct Plan {
    naming: Naming,
    outputs: Vec<Spec>,
    period_s: u32,
}

impl Plan {
    fn after(&self, from: Tai, count: usize) -> Vec<NamedFile> {
        if self.period_s == 0 {
            return self.name(None, &[from]);
        }
        let boundaries: Vec<Tai> = self.boundaries(from).take(count).collect();
        self.name(self.at_or_before(from), &boundaries)
    }

    /// Files in the hour before and the hour after a change of the clocks, its own instant included.
    fn around(&self, change: Tai) -> Vec<NamedFile> {
        // Boundaries are whole seconds, so this is just before the first one that counts.
        let begin = change.plus(-HOUR - 1);
        let end = change.plus(HOUR);
        let boundaries: Vec<Tai> = self.boundaries(begin).take_while(|at| *at <= end).collect();
        let before = boundaries.partition_point(|at| *at < change);
        let first = before.saturating_sub(AROUND_A_CHANGE / 2);
        let last = boundaries.len().min(before + AROUND_A_CHANGE / 2);
        let shown = &boundaries[first..last];
        shown.first().map(|at| self.name(self.at_or_before(at.plus(-1)), shown)).unwrap_or_default()
    }

    /// The next change of the station's offset from UTC, if names follow it and it comes within a year.
    fn change_of_clocks(&self, from: Tai) -> Option<Tai> {
        match self.naming.clock.clock {
            ArchiveClock::Local => {}
            ArchiveClock::Utc | ArchiveClock::Tai => return None,
        }
        if self.period_s == 0 {
            return None;
        }
        let zone = &self.naming.clock.zone;
        let from = Timestamp::from_nanosecond(from.to_utc().0.into()).ok()?;
        let within = from.checked_add(jiff::SignedDuration::from_hours(366 * 24)).ok()?;
        let mut offset = zone.to_offset(from);
        for change in zone.following(from) {
            if change.timestamp() > within {
                return None;
            }
            if change.offset() != offset {
                return Some(Utc(i64::try_from(change.timestamp().as_nanosecond()).ok()?).to_tai());
            }
            offset = change.offset();
        }
        None
    }

    fn boundaries(&self, after: Tai) -> impl Iterator<Item = Tai> {
        let next = |after: Tai| {
            next_boundary(after, self.period_s, self.naming.clock.clock, &self.naming.clock.zone)
        };
        std::iter::successors(next(after), move |at| next(*at))
    }

    /// The boundary at which the file that is being written at `at` was begun.
    fn at_or_before(&self, at: Tai) -> Option<Tai> {
        // No offset changes by more than an hour or two, so one lies in here.
        let begin = at.plus(-i64::from(self.period_s) * NS - 3 * HOUR);
        self.boundaries(begin).take_while(|boundary| *boundary <= at).last()
    }

    /// The names that files beginning at these instants take: the first that neither the file before, `running`, nor one
    /// of them has.
    fn name(&self, running: Option<Tai>, at: &[Tai]) -> Vec<NamedFile> {
        let mut taken = HashSet::new();
        if let Some(at) = running {
            // That one, or one before it, took the plain name.
            taken.extend(self.outputs.iter().filter_map(|output| self.candidates(at, output).next()));
        }
        let mut files = Vec::new();
        for at in at {
            let free = |output| {
                let free = self.candidates(*at, output).find(|name| !taken.contains(name))?;
                taken.insert(free.clone());
                Some(free)
            };
            let paths = self.outputs.iter().filter_map(free).collect();
            files.push(NamedFile { at: moment(at.to_utc()), paths });
        }
        files
    }

    fn candidates(&self, at: Tai, output: &Spec) -> impl Iterator<Item = String> + use<> {
        self.naming.candidates(&self.naming.clock.read(at), output.container.suffix())
    }
}

#[cfg(test)]
mod tests;
