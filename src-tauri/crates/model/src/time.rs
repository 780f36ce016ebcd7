//! Instants on three clocks, and the leap seconds between two of them.
//!
//! `Tai` is what PTP and RTP media clocks count (IEEE 1588: 1970-01-01T00:00:00 TAI), `Utc` is civil time, `Mono` only
//! measures how long something took. Nothing but a [`Clock`] reads any of them: everywhere else time is an argument.

use std::time::Duration;

use serde::{Deserialize, Serialize};

const NS: i64 = 1_000_000_000;

/// Nanoseconds of International Atomic Time since 1970-01-01T00:00:00 TAI, the PTP epoch. Good until the year 2262.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tai(pub i64);

/// Nanoseconds of Coordinated Universal Time since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Utc(pub i64);

/// Nanoseconds of a clock that never steps and has no epoch worth knowing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mono(pub i64);

/// Who may be asked the time. The system's own implementation is `audyn_engine::rt::SystemClock`; tests bring theirs.
pub trait Clock: Send + Sync {
    /// Civil time now. May step.
    fn utc(&self) -> Utc;
    /// Time since some fixed moment. Never steps.
    fn mono(&self) -> Mono;
    /// How far the time that is followed (a PTP clock) is ahead of [`Self::utc`] in nanoseconds, within a second; zero
    /// where the machine's clock itself is followed.
    fn ahead_ns(&self) -> i64 {
        0
    }
    /// TAI now, as the clock that is followed has it.
    fn tai(&self) -> Tai {
        self.utc().to_tai().plus(self.ahead_ns())
    }
}

/// When TAI − UTC became how many seconds (IERS Bulletin C; none announced after 2017). The first row is also used
/// for all earlier times: Audyn records nothing older.
const LEAPS: [(i64, i64); 28] = [
    (63_072_000, 10),
    (78_796_800, 11),
    (94_694_400, 12),
    (126_230_400, 13),
    (157_766_400, 14),
    (189_302_400, 15),
    (220_924_800, 16),
    (252_460_800, 17),
    (283_996_800, 18),
    (315_532_800, 19),
    (362_793_600, 20),
    (394_329_600, 21),
    (425_865_600, 22),
    (489_024_000, 23),
    (567_993_600, 24),
    (631_152_000, 25),
    (662_688_000, 26),
    (709_948_800, 27),
    (741_484_800, 28),
    (773_020_800, 29),
    (820_454_400, 30),
    (867_715_200, 31),
    (915_148_800, 32),
    (1_136_073_600, 33),
    (1_230_768_000, 34),
    (1_341_100_800, 35),
    (1_435_708_800, 36),
    (1_483_228_800, 37),
];

/// TAI − UTC in whole seconds at a UTC second.
#[must_use]
pub fn tai_minus_utc(utc_seconds: i64) -> i64 {
    let later = LEAPS.partition_point(|(from, _)| *from <= utc_seconds);
    LEAPS[later.saturating_sub(1)].1
}

impl Tai {
    /// The instant `seconds` after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * NS)
    }

    /// Civil time at this instant. During a leap second the following second's number is given.
    #[must_use]
    pub fn to_utc(self) -> Utc {
        let seconds = self.0.div_euclid(NS);
        let later = LEAPS.partition_point(|(from, offset)| from + offset <= seconds);
        Utc(self.0 - LEAPS[later.saturating_sub(1)].1 * NS)
    }

    /// Nanoseconds from `earlier` to here; negative if it is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// This instant moved by `ns`.
    #[must_use]
    pub const fn plus(self, ns: i64) -> Self {
        Self(self.0 + ns)
    }
}

impl Utc {
    /// The instant `seconds` after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds * NS)
    }

    /// The same instant in TAI.
    #[must_use]
    pub fn to_tai(self) -> Tai {
        Tai(self.0 + tai_minus_utc(self.0.div_euclid(NS)) * NS)
    }

    /// This instant moved by `ns`.
    #[must_use]
    pub const fn plus(self, ns: i64) -> Self {
        Self(self.0 + ns)
    }
}

impl Mono {
    /// Time from `earlier` to here; zero if it is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// This instant moved on.
    #[must_use]
    pub fn after(self, by: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(by.as_nanos()).unwrap_or(i64::MAX)))
    }
}

#[cfg(test)]
mod tests;
