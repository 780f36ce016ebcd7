//! Civil readings: what the archive's clock shows at an instant.
//!
//! The time zone is always an argument. A leap second reads as the last nanosecond of the second before it: it belongs
//! to the day that it lengthens, and no name or `bext` field can say `:60`.

use audyn_codec::Civil;
use audyn_model::{Anchor, SampleIndex, Tai, Utc};
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, ToSpan};

/// Which clock an archive's names, boundaries and `TimeReference` follow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ArchiveClock {
    /// The clock on the wall, with DST.
    #[default]
    Local,
    /// Coordinated Universal Time.
    Utc,
    /// International Atomic Time, which PTP counts: no leap seconds, 37 s ahead of UTC since 2017.
    Tai,
}

impl ArchiveClock {
    /// The clock a word names: `localtime`, `utc`, and `ptp` or `tai`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "localtime" => Some(Self::Local),
            "utc" => Some(Self::Utc),
            "ptp" | "tai" => Some(Self::Tai),
            _ => None,
        }
    }

    /// As typed on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "localtime",
            Self::Utc => "utc",
            Self::Tai => "tai",
        }
    }
}

/// An archive's clock, complete: which, and the zone that `Local` means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CivilClock {
    /// Which clock.
    pub clock: ArchiveClock,
    /// The zone of [`ArchiveClock::Local`]; not looked at for the others.
    pub zone: TimeZone,
}

impl CivilClock {
    /// UTC.
    #[must_use]
    pub const fn utc() -> Self {
        Self { clock: ArchiveClock::Utc, zone: TimeZone::UTC }
    }

    /// What this clock shows at `tai`.
    #[must_use]
    pub fn read(&self, tai: Tai) -> CivilTime {
        match self.clock {
            ArchiveClock::Tai => {
                let reading = Offset::UTC.to_datetime(timestamp(tai.0));
                CivilTime { reading, offset: None, repeated: false, midnight: Tai(day_start(tai.0)) }
            }
            ArchiveClock::Utc => self.read_zone(&TimeZone::UTC, tai),
            ArchiveClock::Local => self.read_zone(&self.zone, tai),
        }
    }

    fn read_zone(&self, zone: &TimeZone, tai: Tai) -> CivilTime {
        let now = timestamp(utc_on_the_wall(tai).0);
        let offset = zone.to_offset(now);
        let reading = offset.to_datetime(now);
        let repeated = match zone.to_ambiguous_timestamp(reading).offset() {
            AmbiguousOffset::Fold { after, .. } => after == offset,
            AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Gap { .. } => false,
        };
        // The first instant of the day, also where the day begins at 01:00 because midnight is skipped.
        let midnight = now
            .to_zoned(zone.clone())
            .start_of_day()
            .ok()
            .and_then(|midnight| i64::try_from(midnight.timestamp().as_nanosecond()).ok())
            .map_or(tai, |ns| Utc(ns).to_tai());
        CivilTime { reading, offset: Some(offset), repeated, midnight }
    }
}

/// One civil reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CivilTime {
    /// Date and time as read.
    pub reading: DateTime,
    /// Offset from UTC; none on TAI.
    pub offset: Option<Offset>,
    /// The reading was shown once before on this day: second pass of the hour that DST's end repeats.
    pub repeated: bool,
    /// The instant of the midnight (or first moment) that began the day.
    pub midnight: Tai,
}

impl CivilTime {
    /// The clock's name with offset: `+01:00`, `UTC` or `TAI`.
    #[must_use]
    pub fn zone_name(&self, clock: ArchiveClock) -> String {
        match (clock, self.offset) {
            (ArchiveClock::Utc, _) => "UTC".to_owned(),
            (ArchiveClock::Local, Some(offset)) => offset_text(offset, ":"),
            (ArchiveClock::Tai, _) | (ArchiveClock::Local, None) => "TAI".to_owned(),
        }
    }

    /// `+0100`, for file names; none on TAI.
    #[must_use]
    pub fn offset_compact(&self) -> Option<String> {
        self.offset.map(|offset| offset_text(offset, ""))
    }

    /// What goes into the file whose first sample is `first`, taken at this reading.
    #[must_use]
    pub fn for_file(&self, clock: ArchiveClock, anchor: &Anchor, first: SampleIndex) -> Civil {
        let r = self.reading;
        Civil {
            date: format!("{:04}-{:02}-{:02}", r.year(), r.month(), r.day()),
            time: format!("{:02}:{:02}:{:02}", r.hour(), r.minute(), r.second()),
            samples_since_midnight: u64::try_from(first.since(anchor.index_at(self.midnight))).unwrap_or(0),
            zone: self.zone_name(clock),
        }
    }
}

/// UTC at an instant, with a leap second held at the end of the second before it.
pub(crate) fn utc_on_the_wall(tai: Tai) -> Utc {
    let utc = tai.to_utc();
    if utc.to_tai() == tai { utc } else { Utc(utc.0.div_euclid(NS) * NS - 1) }
}

/// A date and time for the name of something set aside: `20261025T013000Z`.
pub(crate) fn stamp(utc: Utc) -> String {
    let r = Offset::UTC.to_datetime(timestamp(utc.0));
    format!(
        "{:04}{:02}{:02}T{:02}{:02}{:02}Z",
        r.year(),
        r.month(),
        r.day(),
        r.hour(),
        r.minute(),
        r.second()
    )
}

/// An instant of POSIX time as the time-zone library counts it.
pub(crate) fn timestamp(utc_ns: i64) -> Timestamp {
    Timestamp::from_nanosecond(utc_ns.into())
        .expect("64-bit nanoseconds reach 1677 to 2262, Timestamp -9999 to 9999")
}

const NS: i64 = 1_000_000_000;
const DAY_NS: i64 = 86_400 * NS;

fn day_start(ns: i64) -> i64 {
    ns - ns.rem_euclid(DAY_NS)
}

fn offset_text(offset: Offset, between: &str) -> String {
    let seconds = offset.seconds();
    let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs() / 60);
    format!("{sign}{:02}{between}{:02}", minutes / 60, minutes % 60)
}

/// Weekday and day of the year, for names.
pub(crate) fn monday_of_week(reading: DateTime) -> DateTime {
    reading - i64::from(reading.weekday().to_monday_zero_offset()).days()
}

#[cfg(test)]
mod tests;
