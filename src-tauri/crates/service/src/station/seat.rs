//! What a recorder's recording is and was, beyond what the writer thread knows.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_model::{Anchor, Gap, Mono, RecorderId, Utc};
use jiff::civil::Date;

use crate::api::wire::{self, Writing};
use crate::recorder::BackOff;
use crate::store::{DayRow, DayShare};
use crate::terms;

/// A gap that was told this recently is still growing.
const GROWING: Duration = Duration::from_millis(2_500);

/// One recorder's.
#[derive(Default)]
pub(crate) struct Seat {
    /// Held while it is started or stopped: these are slow, and each waits only for its own recorder's.
    pub gate: Mutex<()>,
    now: Mutex<Now>,
}

#[derive(Default)]
struct Now {
    since: Option<Utc>,
    /// How the running recording is written.
    writing: Option<Writing>,
    /// How its next file will be.
    next: Option<Writing>,
    back_off: BackOff,
    failure: Option<Failure>,
    last_gap: Option<(wire::Gap, Mono)>,
    today: Option<Today>,
    shown: Option<wire::Recorder>,
}

/// Why it does not record, and when that is tried again.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub reason: String,
    /// Since when it does not record.
    pub since: Mono,
    pub retry_at: Mono,
    pub retry_utc: Utc,
}

/// Sums of one civil day.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Today {
    pub day: Date,
    pub wanted_ms: u64,
    pub missing_ms: f64,
    pub gaps: u32,
    /// What of it the database has: wanted, missing, gaps.
    pub stored: (u64, u64, u32),
}

impl Seat {
    pub(super) fn began(&self, now: Utc, writing: Writing) {
        let mut seat = self.now();
        seat.since = Some(now);
        seat.writing = Some(writing);
        seat.next = None;
        seat.failure = None;
        seat.last_gap = None;
    }

    pub(super) fn ended(&self) {
        let mut seat = self.now();
        seat.since = None;
        seat.writing = None;
        seat.failure = None;
        seat.back_off = BackOff::default();
    }

    /// It did not start, or ended by itself: when it is tried again.
    pub(crate) fn failed(&self, reason: String, mono: Mono, utc: Utc) -> Failure {
        let mut seat = self.now();
        let ran = seat.since.map_or(0, |since| utc.0 - since.0);
        let wait = seat.back_off.after(Duration::from_nanos(u64::try_from(ran).unwrap_or(0)));
        seat.since = None;
        seat.writing = None;
        let since = seat.failure.as_ref().map_or(mono, |earlier| earlier.since);
        let (retry_at, retry_utc) = (mono.after(wait), utc.plus(wait.as_nanos() as i64));
        let failure = Failure { reason, since, retry_at, retry_utc };
        seat.failure = Some(failure.clone());
        failure
    }

    pub(crate) fn failure(&self) -> Option<Failure> {
        self.now().failure.clone()
    }

    pub(super) fn since(&self) -> Option<Utc> {
        self.now().since
    }

    /// Its next file is written like this; whether that is news.
    pub(super) fn will_write(&self, writing: &Writing) -> bool {
        let mut seat = self.now();
        if seat.writing.is_none() || seat.next.as_ref().or(seat.writing.as_ref()) == Some(writing) {
            return false;
        }
        seat.next = Some(writing.clone());
        true
    }

    /// It writes as was ordered last.
    pub(crate) fn rewritten(&self) {
        let mut seat = self.now();
        if let Some(next) = seat.next.take() {
            seat.writing = Some(next);
        }
    }

    pub(super) fn writing(&self) -> Option<Writing> {
        self.now().writing.clone()
    }

    pub(super) fn gap(&self, gap: &Gap, anchor: &Anchor, day: Date, now: Mono) {
        let gap = terms::gap(gap, anchor, None);
        let mut seat = self.now();
        let today = seat.turn_to(day);
        today.missing_ms += gap.length_s * 1000.0;
        today.gaps += 1;
        seat.last_gap = Some((gap, now));
    }

    /// Counts time in which it should have recorded.
    pub(super) fn wanted(&self, ms: u64, day: Date) {
        self.now().turn_to(day).wanted_ms += ms;
    }

    /// Counts time in which it should have recorded and did not even try: nothing will stand for it in a file.
    pub(super) fn missed(&self, ms: u64, day: Date) {
        self.now().turn_to(day).missing_ms += ms as f64;
    }

    /// Takes up a day's sums where an earlier run of the program left them.
    pub(super) fn resume(&self, day: Date, row: &DayRow) {
        let (wanted_ms, missing_ms, gaps) = (row.wanted_ms, row.missing_ms, row.gaps);
        let stored = (wanted_ms, missing_ms, gaps);
        self.now().today = Some(Today { day, wanted_ms, missing_ms: missing_ms as f64, gaps, stored });
    }

    pub(super) fn today(&self, day: Date) -> Option<Today> {
        self.now().today.clone().filter(|today| today.day == day)
    }

    /// What the database has not got yet.
    pub(super) fn unstored(&self, recorder: RecorderId) -> Option<DayShare> {
        let mut seat = self.now();
        let today = seat.today.as_mut()?;
        let all = (today.wanted_ms, today.missing_ms as u64, today.gaps);
        let had = std::mem::replace(&mut today.stored, all);
        let share = DayShare {
            recorder,
            day: today.day,
            wanted_ms: all.0.saturating_sub(had.0),
            missing_ms: all.1.saturating_sub(had.1),
            gaps: all.2.saturating_sub(had.2),
        };
        (all != had).then_some(share)
    }

    pub(super) fn last_gap(&self, now: Mono) -> (Option<wire::Gap>, bool) {
        let seat = self.now();
        let growing = seat.last_gap.as_ref().is_some_and(|(_, at)| now.since(*at) < GROWING);
        (seat.last_gap.as_ref().map(|(gap, _)| gap.clone()), growing)
    }

    /// Remembers what was shown; the earlier one, if this is another.
    pub(super) fn show(&self, view: &wire::Recorder) -> Option<Option<wire::Recorder>> {
        let mut seat = self.now();
        if seat.shown.as_ref() == Some(view) {
            return None;
        }
        Some(seat.shown.replace(view.clone()))
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Now {
    fn turn_to(&mut self, day: Date) -> &mut Today {
        let new = || Today { day, wanted_ms: 0, missing_ms: 0.0, gaps: 0, stored: (0, 0, 0) };
        let today = self.today.get_or_insert_with(new);
        if today.day != day {
            *today = new();
        }
        today
    }
}

#[cfg(test)]
mod tests;
