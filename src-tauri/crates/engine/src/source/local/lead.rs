//! Where a device's samples lie in time: pure.
//!
//! A device counts its samples by its own oscillator, and says (more or less precisely) when each portion was taken. The
//! portion that was held up least tells most, so the smallest lag of each second is the measure. The anchor follows it: at
//! once in the first seconds, then by an eighth of the error and at most 500 parts per million. All of this is on the
//! monotonic clock, so that setting the host's clock is no drift; civil time is added when the anchor is told.

use audyn_model::{Anchor, Drift, Mono, Rate, SampleIndex, Tai, TimeBasis};

/// Seconds at the start, and after an outage, in which the anchor follows at once.
const SETTLING: u32 = 3;
/// The most the anchor moves in a second afterwards.
const SLEW_NS: i64 = 500_000;
/// A whole second of lag beyond this is no drift: samples are missing that nobody told of.
const MISSING_NS: i64 = 50_000_000;
/// Seconds between the points that drift is measured from.
const POINT_S: i64 = 10;
/// Such points kept: drift is measured over the last ten minutes at most.
const POINTS: usize = 60;

/// Ties a device's positions to the monotonic clock.
#[derive(Debug)]
pub struct Lead {
    /// On the monotonic clock: its `tai` counts from there.
    anchor: Anchor,
    /// End of the second being measured.
    until: SampleIndex,
    least: Option<(i64, SampleIndex)>,
    seconds: u32,
    pace: Pace,
}

/// How fast a device's clock runs, from where its samples lay at intervals of ten seconds.
#[derive(Debug)]
struct Pace {
    points: [(SampleIndex, Mono); POINTS],
    kept: usize,
    first: usize,
    drift: Option<Drift>,
}

impl Lead {
    /// Sample `at` was taken at `taken`.
    #[must_use]
    pub fn new(rate: Rate, at: SampleIndex, taken: Mono) -> Self {
        Self {
            anchor: Anchor { at, tai: Tai(taken.0), rate, basis: TimeBasis::Device },
            until: at.plus(i64::from(rate.hz())),
            least: None,
            seconds: 0,
            pace: Pace { points: [(at, taken); POINTS], kept: 0, first: 0, drift: None },
        }
    }

    /// The first sample taken at or after an instant.
    #[must_use]
    pub fn index_at(&self, taken: Mono) -> SampleIndex {
        self.anchor.index_at(Tai(taken.0))
    }

    /// The anchor in civil time, when the monotonic clock is `civil` nanoseconds behind TAI.
    #[must_use]
    pub fn anchor(&self, civil: i64) -> Anchor {
        Anchor { tai: self.anchor.tai.plus(civil), ..self.anchor }
    }

    /// How much later samples came than the anchor says, of the last portion that was noted.
    #[must_use]
    pub fn lag_ns(&self, at: SampleIndex, taken: Mono) -> i64 {
        taken.0 - self.anchor.tai_at(at).0
    }

    /// How much faster the device's clock runs than the host's, once 20 seconds tell.
    #[must_use]
    pub const fn drift(&self) -> Option<Drift> {
        self.pace.drift
    }

    /// The device comes back: what was measured across the outage tells nothing about its clock.
    pub fn resume(&mut self, at: SampleIndex) {
        self.until = at.plus(i64::from(self.anchor.rate.hz()));
        self.least = None;
        self.seconds = 0;
        self.pace.kept = 0;
    }

    /// A portion came that ends at `end`, of which the last sample was taken at `taken`. Returns how many samples are
    /// missing before what comes next, if a whole second shows that some are.
    pub fn note(&mut self, end: SampleIndex, taken: Mono) -> Option<u64> {
        let rate = self.anchor.rate;
        let lag = self.lag_ns(end, taken);
        if self.least.is_none_or(|(least, _)| lag < least) {
            self.least = Some((lag, end));
        }
        if end < self.until {
            return None;
        }
        let (least, at) = self.least.take().unwrap_or((lag, end));
        self.until = end.plus(i64::from(rate.hz()));
        if least > MISSING_NS && self.seconds >= SETTLING {
            self.resume(end);
            return Some((i128::from(least) * i128::from(rate.hz()) / 1_000_000_000) as u64);
        }
        self.pace.note(at, Mono(self.anchor.tai_at(at).0 + least), rate);
        let correction = if self.seconds < SETTLING { least } else { (least / 8).clamp(-SLEW_NS, SLEW_NS) };
        self.seconds = self.seconds.saturating_add(1);
        // The anchor is carried along, so that its own rounding does not add up over years.
        self.anchor = Anchor { at: end, tai: self.anchor.tai_at(end).plus(correction), ..self.anchor };
        None
    }
}

impl Pace {
    fn note(&mut self, at: SampleIndex, taken: Mono, rate: Rate) {
        if self.kept == 0 {
            (self.points[0], self.first, self.kept) = ((at, taken), 0, 1);
            return;
        }
        let (oldest_at, oldest) = self.points[self.first];
        let host = i128::from(taken.0 - oldest.0);
        let device = i128::from(at.since(oldest_at)) * 1_000_000_000 / i128::from(rate.hz());
        if host >= i128::from(2 * POINT_S) * 1_000_000_000 {
            let ppb = i64::try_from((device - host) * 1_000_000_000 / host).ok();
            let over_s = u32::try_from(host / 1_000_000_000).unwrap_or(u32::MAX);
            self.drift = ppb.map(|ppb| Drift { ppb, over_s });
        }
        let (newest_at, _) = self.points[(self.first + self.kept - 1) % POINTS];
        if at.since(newest_at) >= POINT_S * i64::from(rate.hz()) {
            if self.kept == POINTS {
                self.first = (self.first + 1) % POINTS;
                self.kept -= 1;
            }
            self.points[(self.first + self.kept) % POINTS] = (at, taken);
            self.kept += 1;
        }
    }
}

#[cfg(test)]
mod tests;
