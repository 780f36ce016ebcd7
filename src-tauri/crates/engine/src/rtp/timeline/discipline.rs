//! The anchor of a stream: exact where a media clock tells, otherwise led slowly by arrival times.
//!
//! A packet cannot arrive before its last sample was taken, and the one that was held up least arrives soonest after
//! it. So the smallest lag of each second is the measure, and the anchor follows it: at once in the first seconds, then
//! by an eighth of the error and at most 500 parts per million, which no real oscillator exceeds.

use audyn_model::{Anchor, Rate, SampleIndex, Tai, TimeBasis};

/// Seconds at the start in which the anchor follows at once.
const SETTLING: u32 = 3;
/// The most the anchor moves in a second afterwards.
const SLEW_NS: i64 = 500_000;
/// An error this large for [`STEPPED`] seconds means that the host's clock was set: then the anchor follows at once.
const STEP_NS: i64 = 1_000_000_000;
const STEPPED: u32 = 10;

#[derive(Debug)]
pub(super) struct Discipline {
    anchor: Anchor,
    /// End of the second being measured.
    until: SampleIndex,
    least_ns: i64,
    last_ns: Option<i64>,
    seconds: u32,
    stepped: u32,
}

impl Discipline {
    pub(super) const fn new(rate: Rate) -> Self {
        Self {
            anchor: Anchor::direct(rate, TimeBasis::Arrival),
            until: SampleIndex(i64::MIN),
            least_ns: i64::MAX,
            last_ns: None,
            seconds: 0,
            stepped: 0,
        }
    }

    pub(super) const fn anchor(&self) -> Anchor {
        self.anchor
    }

    pub(super) const fn lag_ns(&self) -> Option<i64> {
        self.last_ns
    }

    /// A stream begins (`first`) or is found anew: its packet that ends at `end` arrived at `tai`.
    pub(super) fn begin(&mut self, basis: TimeBasis, end: SampleIndex, tai: Tai, first: bool) {
        let rate = self.anchor.rate;
        match basis {
            TimeBasis::MediaClock | TimeBasis::AssumedMediaClock => self.anchor = Anchor::direct(rate, basis),
            TimeBasis::Arrival | TimeBasis::Device if first || self.anchor.basis != basis => {
                self.anchor = Anchor { at: end, tai, rate, basis };
                self.seconds = 0;
            }
            // The position was worked out from this anchor; it goes on being led.
            TimeBasis::Arrival | TimeBasis::Device => {}
        }
        self.until = end.plus(i64::from(rate.hz()));
        self.least_ns = tai.since(self.anchor.tai_at(end));
        self.stepped = 0;
    }

    /// A packet that ends at `end` arrived at `tai`.
    pub(super) fn note(&mut self, end: SampleIndex, tai: Tai) {
        let lag = tai.since(self.anchor.tai_at(end));
        self.least_ns = self.least_ns.min(lag);
        if end < self.until {
            return;
        }
        let least = self.least_ns;
        self.last_ns = Some(least);
        self.least_ns = i64::MAX;
        self.until = end.plus(i64::from(self.anchor.rate.hz()));
        if self.anchor.basis != TimeBasis::Arrival {
            return;
        }
        self.stepped = if least.abs() > STEP_NS { self.stepped + 1 } else { 0 };
        let correction = if self.seconds < SETTLING || self.stepped >= STEPPED {
            least
        } else {
            (least / 8).clamp(-SLEW_NS, SLEW_NS)
        };
        self.seconds = self.seconds.saturating_add(1);
        // The anchor is carried along, so that its own rounding does not add up over years.
        self.anchor = Anchor { at: end, tai: self.anchor.tai_at(end).plus(correction), ..self.anchor };
    }
}
