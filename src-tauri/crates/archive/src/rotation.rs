//! Where files end. Pure: boundaries are instants, and become sample positions through an anchor.
//!
//! A boundary is every instant at which the archive's clock reads a multiple of the period: counted from civil midnight
//! for periods up to a day (the day border is always one), from 1970-01-01 civil for longer ones. A multiple that DST
//! skips falls on the transition; one that occurs twice counts both times. A leap second belongs to the period before.

use audyn_model::{Anchor, SampleIndex, Tai, Utc};
use jiff::tz::TimeZone;

use crate::civil::{ArchiveClock, CivilClock, timestamp, utc_on_the_wall};

/// The longest period, one year of 366 days, in seconds.
pub const MAX_PERIOD_S: u32 = 366 * 86_400;

const NS: i64 = 1_000_000_000;
const DAY_S: i64 = 86_400;

/// The first boundary after an instant; none if `period_s` is 0 (no rotation) or time ends first (2262).
#[must_use]
pub fn next_boundary(after: Tai, period_s: u32, clock: ArchiveClock, zone: &TimeZone) -> Option<Tai> {
    if period_s == 0 {
        return None;
    }
    let grid = Grid { period: i64::from(period_s) };
    match clock {
        ArchiveClock::Tai => grid.next(after.0.div_euclid(NS)).checked_mul(NS).map(Tai),
        ArchiveClock::Utc => instant(grid.next(utc_on_the_wall(after).0.div_euclid(NS))),
        ArchiveClock::Local => instant(next_in_zone(utc_on_the_wall(after).0.div_euclid(NS), grid, zone)),
    }
}

/// How many of `frames` frames beginning at `at` lie before the boundary, and how many do not.
#[must_use]
pub fn split(at: SampleIndex, frames: usize, boundary: SampleIndex) -> (usize, usize) {
    let before = usize::try_from(boundary.since(at)).unwrap_or(0).min(frames);
    (before, frames - before)
}

/// The boundary a recording is heading for, kept true to the source's latest anchor.
#[derive(Clone, Debug)]
pub struct Schedule {
    period_s: u32,
    clock: CivilClock,
    anchor: Anchor,
    /// Where the last cut was made, or the recording began.
    begun: Tai,
    next: Option<(Tai, SampleIndex)>,
}

impl Schedule {
    /// For a recording whose first sample is `first`.
    #[must_use]
    pub fn begin(period_s: u32, clock: CivilClock, first: SampleIndex, anchor: &Anchor) -> Self {
        let mut schedule = Self { period_s, clock, anchor: *anchor, begun: anchor.tai_at(first), next: None };
        schedule.aim(anchor.tai_at(first));
        schedule
    }

    /// The sample that will begin the next file; none if there is no rotation.
    #[must_use]
    pub fn cut(&self) -> Option<SampleIndex> {
        self.next.map(|(_, index)| index)
    }

    /// The instant of the last cut, or of the beginning.
    #[must_use]
    pub const fn begun(&self) -> Tai {
        self.begun
    }

    /// Takes a changed anchor into account: the boundary ahead stays the same instant and moves to the sample that the
    /// new anchor gives it. If time stepped back by a period or more, the boundaries are counted anew.
    pub fn follow(&mut self, at: SampleIndex, anchor: &Anchor) {
        if self.anchor == *anchor {
            return;
        }
        self.anchor = *anchor;
        let now = anchor.tai_at(at);
        if self.begun.since(now) >= i64::from(self.period_s) * NS {
            self.begun = now;
            self.aim(now);
        } else if let Some((boundary, index)) = &mut self.next {
            *index = anchor.index_at(*boundary);
        }
    }

    /// A file was begun at `at`, because the boundary is there or was passed by a step of the clock.
    pub fn turn(&mut self, at: SampleIndex) {
        let now = self.anchor.tai_at(at);
        let boundary = self.next.map_or(now, |(boundary, _)| boundary);
        self.begun = boundary.max(now);
        self.aim(self.begun);
    }

    fn aim(&mut self, after: Tai) {
        self.next = next_boundary(after, self.period_s, self.clock.clock, &self.clock.zone)
            .map(|boundary| (boundary, self.anchor.index_at(boundary)));
    }
}

/// The civil seconds that are multiples of a period.
#[derive(Clone, Copy)]
struct Grid {
    period: i64,
}

impl Grid {
    /// The first multiple after `reading` (civil seconds since 1970-01-01T00:00:00).
    fn next(self, reading: i64) -> i64 {
        if self.period > DAY_S {
            return (reading.div_euclid(self.period) + 1) * self.period;
        }
        let midnight = reading.div_euclid(DAY_S) * DAY_S;
        midnight + (((reading - midnight) / self.period + 1) * self.period).min(DAY_S)
    }

    fn holds(self, reading: i64) -> bool {
        self.next(reading - 1) == reading
    }
}

/// The first boundary after a UTC second, in UTC seconds. Goes from one offset to the next, so at most a few steps even
/// for a period of a year.
fn next_in_zone(after: i64, grid: Grid, zone: &TimeZone) -> i64 {
    let from = timestamp(after.saturating_mul(NS));
    let mut reading_after = after;
    let mut offset = i64::from(zone.to_offset(from).seconds());
    for transition in zone.following(from) {
        let due = grid.next(reading_after + offset) - offset;
        let change = transition.timestamp().as_second();
        if due < change {
            return due;
        }
        let shown_before = change + offset;
        offset = transition.offset().seconds().into();
        let shown = change + offset;
        let skipped = grid.next(shown_before - 1) <= shown;
        if skipped || grid.holds(shown) {
            return change;
        }
        reading_after = change;
    }
    grid.next(reading_after + offset) - offset
}

fn instant(utc_s: i64) -> Option<Tai> {
    utc_s.checked_mul(NS).map(|ns| Utc(ns).to_tai())
}

#[cfg(test)]
mod tests;
