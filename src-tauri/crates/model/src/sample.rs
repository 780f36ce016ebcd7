//! Positions on a source's media clock, and the anchor that ties them to TAI.

use serde::{Deserialize, Serialize};

use crate::{Rate, Tai};

/// Counts samples (per channel) of a source on its own media clock.
///
/// The scale is absolute: with a PTP-timed source, index *n* is the *n*-th sample since the PTP epoch (AES67 §8.1), so
/// that two machines give the same sample the same index. Other sources begin near the index that TAI would give them
/// and count on from there without a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SampleIndex(pub i64);

impl SampleIndex {
    /// The position `samples` further on (or back).
    #[must_use]
    pub const fn plus(self, samples: i64) -> Self {
        Self(self.0 + samples)
    }

    /// Samples from `earlier` to here; negative if it is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

/// How an anchor came by its time. Stored with every segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeBasis {
    /// The source declares `mediaclk:direct` and its epoch agrees with TAI: exact.
    MediaClock,
    /// The source declares nothing, but its timestamps agree with TAI within a second: taken as `mediaclk:direct=0`.
    AssumedMediaClock,
    /// Kernel arrival times, disciplined slowly: right to within network delay and the host clock's error.
    Arrival,
    /// The timestamps of a local device (a sound card, PipeWire), disciplined slowly: right to within the device's own
    /// delay and the host clock's error.
    Device,
}

impl TimeBasis {
    /// The word used in files, the catalogue and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MediaClock => "media-clock",
            Self::AssumedMediaClock => "assumed-media-clock",
            Self::Arrival => "arrival",
            Self::Device => "device",
        }
    }

    /// The basis a word stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::MediaClock, Self::AssumedMediaClock, Self::Arrival, Self::Device]
            .into_iter()
            .find(|b| b.as_str() == word)
    }
}

/// Ties sample positions to TAI: sample `at` was taken at `tai`, and the source runs at `rate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// A position …
    pub at: SampleIndex,
    /// … and the instant it was sampled.
    pub tai: Tai,
    /// Nominal rate of the source in Hz.
    pub rate: Rate,
    /// How that is known.
    pub basis: TimeBasis,
}

impl Anchor {
    /// The anchor of a source whose index is the PTP sample count itself (index 0 at TAI 0).
    #[must_use]
    pub const fn direct(rate: Rate, basis: TimeBasis) -> Self {
        Self { at: SampleIndex(0), tai: Tai(0), rate, basis }
    }

    /// When a sample was taken, rounded down to the nanosecond.
    #[must_use]
    pub fn tai_at(&self, index: SampleIndex) -> Tai {
        let samples = i128::from(index.since(self.at));
        let ns = (samples * 1_000_000_000).div_euclid(i128::from(self.rate.hz()));
        Tai(self.tai.0.saturating_add(clamp(ns)))
    }

    /// The first sample taken at or after an instant.
    #[must_use]
    pub fn index_at(&self, tai: Tai) -> SampleIndex {
        let ns = i128::from(tai.0) - i128::from(self.tai.0);
        let samples = -(-ns * i128::from(self.rate.hz())).div_euclid(1_000_000_000);
        SampleIndex(self.at.0.saturating_add(clamp(samples)))
    }
}

fn clamp(wide: i128) -> i64 {
    i64::try_from(wide).unwrap_or(if wide < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests;
