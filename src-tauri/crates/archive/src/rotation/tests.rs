use audyn_model::{Rate, TimeBasis};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn utc(text: &str) -> Tai {
    let at: Timestamp = text.parse().unwrap();
    Utc(i64::try_from(at.as_nanosecond()).unwrap()).to_tai()
}

fn show(tai: Tai) -> String {
    timestamp(tai.to_utc().0).to_string()
}

/// The boundaries after `from`, in UTC.
fn check(clock: ArchiveClock, tz: &str, period_s: u32, from: &str, expected: &[&str]) {
    let tz = zone(tz);
    let mut at = utc(from);
    for expected in expected {
        at = next_boundary(at, period_s, clock, &tz).unwrap();
        assert_eq!(show(at), *expected, "period {period_s} from {from}");
    }
}

#[test]
fn boundaries_by_hand() {
    use ArchiveClock::{Local, Utc as OnUtc};
    let berlin = "Europe/Berlin";
    // The start in mid-period makes a short first one.
    check(OnUtc, "UTC", 3600, "2026-07-01T12:34:56.5Z", &["2026-07-01T13:00:00Z", "2026-07-01T14:00:00Z"]);
    check(OnUtc, "UTC", 1, "2026-07-01T12:34:56.5Z", &["2026-07-01T12:34:57Z", "2026-07-01T12:34:58Z"]);
    check(OnUtc, "UTC", 3600, "2026-07-01T13:00:00Z", &["2026-07-01T14:00:00Z"]);
    // 7 s does not divide the day: the last one is short (86 400 = 12 342 × 7 + 6).
    check(
        OnUtc,
        "UTC",
        7,
        "2026-07-01T23:59:50Z",
        &["2026-07-01T23:59:54Z", "2026-07-02T00:00:00Z", "2026-07-02T00:00:07Z"],
    );
    check(Local, berlin, 86_400, "2026-07-01T12:00:00Z", &["2026-07-01T22:00:00Z", "2026-07-02T22:00:00Z"]);
    // Weeks count from Thursday 1970-01-01, in civil time.
    check(Local, berlin, 604_800, "2026-10-20T00:00:00Z", &["2026-10-21T22:00:00Z", "2026-10-28T23:00:00Z"]);
    // Spring: 02:00 does not exist, its boundary is the transition; then 04:00 local.
    check(Local, berlin, 3600, "2026-03-29T00:30:00Z", &["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]);
    // Two-hourly: 02:00 is skipped and falls on the transition (03:00 local); then 04:00 local.
    check(Local, berlin, 7200, "2026-03-29T00:30:00Z", &["2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"]);
    // Three-hourly: 03:00 local is the transition itself.
    check(Local, berlin, 10_800, "2026-03-29T00:30:00Z", &["2026-03-29T01:00:00Z", "2026-03-29T04:00:00Z"]);
    // Autumn: 02:00 occurs twice and is a boundary twice.
    check(
        Local,
        berlin,
        3600,
        "2026-10-24T23:30:00Z",
        &["2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"],
    );
    // Three-hourly in autumn: the transition (03:00 becoming 02:00) is no multiple; 03:00 comes once.
    check(Local, berlin, 10_800, "2026-10-24T23:30:00Z", &["2026-10-25T02:00:00Z", "2026-10-25T05:00:00Z"]);
    check(
        Local,
        "America/New_York",
        3600,
        "2026-11-01T04:30:00Z",
        &["2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"],
    );
    // Lord Howe goes back by half an hour at 02:00 (15:00Z): the hour from 01:00 lasts 90 minutes …
    check(
        Local,
        "Australia/Lord_Howe",
        3600,
        "2026-04-04T13:30:00Z",
        &["2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z"],
    );
    // … but with half-hour periods 01:30 comes twice.
    check(
        Local,
        "Australia/Lord_Howe",
        1800,
        "2026-04-04T14:00:00Z",
        &["2026-04-04T14:30:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z"],
    );
    // … and forward by half an hour at 02:00 (15:30Z) to 02:30.
    check(
        Local,
        "Australia/Lord_Howe",
        3600,
        "2026-10-03T14:45:00Z",
        &["2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z"],
    );
    // A whole day that never was: Samoa, 2011-12-30.
    check(
        Local,
        "Pacific/Apia",
        86_400,
        "2011-12-29T20:00:00Z",
        &["2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"],
    );
    // Midnight that does not exist is a boundary all the same (Lebanon goes from 00:00 to 01:00).
    check(
        Local,
        "Asia/Beirut",
        86_400,
        "2026-03-28T12:00:00Z",
        &["2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"],
    );
}

#[test]
fn leap_second_lengthens_the_period_before() {
    let tz = zone("UTC");
    let midnight = utc("2017-01-01T00:00:00Z");
    let check = |after: Tai, period_s, expected: Tai| {
        assert_eq!(next_boundary(after, period_s, ArchiveClock::Utc, &tz), Some(expected), "after {after:?}");
    };
    let s = 1_000_000_000;
    check(midnight.plus(-2 * s), 1, midnight);
    check(midnight.plus(-s), 1, midnight);
    check(midnight.plus(-s / 2), 3600, midnight);
    check(midnight, 1, midnight.plus(s));
    // On TAI it is a second like any other.
    let tai = next_boundary(midnight.plus(-s / 2), 1, ArchiveClock::Tai, &tz).unwrap();
    assert_eq!(tai, midnight);
    assert_eq!(next_boundary(Tai(37 * s), 3600, ArchiveClock::Tai, &tz), Some(Tai(3600 * s)));
}

#[test]
fn no_period_and_the_end_of_time() {
    for clock in [ArchiveClock::Local, ArchiveClock::Utc, ArchiveClock::Tai] {
        assert_eq!(next_boundary(Tai(0), 0, clock, &zone("Europe/Berlin")), None);
        assert_eq!(next_boundary(Tai(i64::MAX - 1), 3600, clock, &zone("Europe/Berlin")), None);
    }
}

#[test]
fn split_at_the_boundary() {
    let check = |at, frames, boundary, expected| {
        assert_eq!(split(SampleIndex(at), frames, SampleIndex(boundary)), expected);
    };
    check(100, 10, 105, (5, 5));
    check(100, 10, 100, (0, 10));
    check(100, 10, 110, (10, 0));
    check(100, 10, 1000, (10, 0));
    check(100, 10, 50, (0, 10));
    check(-5, 10, 0, (5, 5));
}

/// By brute force, second by second, from the definition.
fn boundaries_slowly(from_s: i64, to_s: i64, period: i64, tz: &TimeZone) -> Vec<i64> {
    let reading =
        |utc_s: i64| utc_s + i64::from(tz.to_offset(Timestamp::from_second(utc_s).unwrap()).seconds());
    let multiple = |r: i64| r.rem_euclid(86_400) % period == 0;
    (from_s + 1..=to_s)
        .filter(|s| {
            let (before, now) = (reading(s - 1), reading(*s));
            multiple(now) || (before + 1..=now).any(multiple)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn agrees_with_the_definition_around_changes(
        which in 0_usize..6,
        before in 0_i64..7200,
        period in prop_oneof![Just(1_u32), Just(7), Just(60), Just(900), Just(1800), Just(3600), Just(5400), Just(7200), 2_u32..86_400],
    ) {
        let (name, change) = [
            ("Europe/Berlin", "2026-03-29T01:00:00Z"),
            ("Europe/Berlin", "2026-10-25T01:00:00Z"),
            ("America/New_York", "2026-03-08T07:00:00Z"),
            ("America/New_York", "2026-11-01T06:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ][which];
        let tz = zone(name);
        let from = change.parse::<Timestamp>().unwrap().as_second() - before;
        let to = from + 4 * 3600;
        let expected = boundaries_slowly(from, to, period.into(), &tz);
        let mut found = Vec::new();
        let mut at = Utc::from_seconds(from).to_tai();
        while let Some(next) = next_boundary(at, period, ArchiveClock::Local, &tz) {
            prop_assert!(next > at, "strictly increasing");
            if next.to_utc() > Utc::from_seconds(to) || found.len() > expected.len() { break }
            found.push(next.to_utc().0 / 1_000_000_000);
            at = next;
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn is_the_first_after_any_instant(ns in 0_i64..4_000_000_000_000_000_000, period in 1_u32..400_000, fraction in 0_i64..1_000_000_000) {
        let tz = zone("America/New_York");
        for clock in [ArchiveClock::Local, ArchiveClock::Utc, ArchiveClock::Tai] {
            let at = Tai(ns + fraction);
            let next = next_boundary(at, period, clock, &tz).unwrap();
            prop_assert!(next > at);
            // From anywhere between, it is the same.
            let between = Tai(at.0 + (next.0 - at.0) / 2);
            prop_assert_eq!(next_boundary(between, period, clock, &tz), Some(next));
            prop_assert_eq!(next_boundary(Tai(next.0 - 1), period, clock, &tz), Some(next));
        }
    }
}

fn anchor_at(at: i64, tai: Tai) -> Anchor {
    Anchor { at: SampleIndex(at), tai, rate: Rate::HZ_48000, basis: TimeBasis::Arrival }
}

fn schedule(first: i64, anchor: &Anchor) -> Schedule {
    Schedule::begin(3600, CivilClock::utc(), SampleIndex(first), anchor)
}

#[test]
fn the_boundary_ahead_follows_a_refined_anchor() {
    let noon = utc("2026-07-01T12:00:00Z");
    let mut s = schedule(0, &anchor_at(0, noon.plus(-1_000_000_000)));
    assert_eq!(s.cut(), Some(SampleIndex(48_000)));
    // The source turned out to be 10 ms later.
    s.follow(SampleIndex(24_000), &anchor_at(0, noon.plus(-1_010_000_000)));
    assert_eq!(s.cut(), Some(SampleIndex(48_480)));
    s.turn(SampleIndex(48_480));
    assert_eq!((s.begun(), s.cut()), (noon, Some(SampleIndex(48_480 + 3600 * 48_000))));
    // Slightly back again: noon is not cut twice.
    s.follow(SampleIndex(48_480), &anchor_at(0, noon.plus(-1_020_000_000)));
    assert_eq!(s.cut(), Some(SampleIndex(48_960 + 3600 * 48_000)));
}

#[test]
fn steps_of_the_clock_begin_a_new_count() {
    let noon = utc("2026-07-01T12:00:00Z");
    let hour = 3_600_000_000_000;
    // Forward over a boundary: cut at once, then at the next one.
    let mut s = schedule(0, &anchor_at(0, noon.plus(-hour / 2)));
    s.follow(SampleIndex(100), &anchor_at(100, noon.plus(hour / 2)));
    assert!(s.cut().unwrap() <= SampleIndex(100));
    s.turn(SampleIndex(100));
    assert_eq!(s.cut(), Some(SampleIndex(100 + 1800 * 48_000)));
    // Back by hours: the boundaries in between come again.
    s.follow(SampleIndex(200), &anchor_at(200, noon.plus(-5 * hour / 2)));
    assert_eq!(s.cut(), Some(SampleIndex(200 + 1800 * 48_000)));
}
