use audyn_model::{Rate, TimeBasis};

use super::*;

fn clock(clock: ArchiveClock, zone: &str) -> CivilClock {
    CivilClock { clock, zone: TimeZone::get(zone).unwrap() }
}

fn utc(text: &str) -> Tai {
    let at: Timestamp = text.parse().unwrap();
    Utc(i64::try_from(at.as_nanosecond()).unwrap()).to_tai()
}

#[test]
fn readings_names_and_elapsed_samples() {
    let check = |which, zone, at: Tai, reading: &str, name: &str, repeated: bool, elapsed_s: u64| {
        let clock = clock(which, zone);
        let time = clock.read(at);
        assert_eq!(time.reading.to_string(), reading);
        assert_eq!((time.zone_name(which).as_str(), time.repeated), (name, repeated), "{reading}");
        let anchor = Anchor::direct(Rate::HZ_48000, TimeBasis::MediaClock);
        let civil = time.for_file(which, &anchor, anchor.index_at(at));
        assert_eq!(civil.samples_since_midnight, elapsed_s * 48_000, "{reading} {zone}");
        assert_eq!(format!("{}T{}", civil.date, civil.time), reading.split('.').next().unwrap());
    };
    use ArchiveClock::{Local, Tai as OnTai, Utc as OnUtc};
    let h = 3600;
    check(OnUtc, "UTC", utc("2026-07-01T12:30:00Z"), "2026-07-01T12:30:00", "UTC", false, 12 * h + 1800);
    check(OnTai, "UTC", utc("2026-07-01T12:30:00Z"), "2026-07-01T12:30:37", "TAI", false, 12 * h + 1837);
    check(
        Local,
        "Europe/Berlin",
        utc("2026-07-01T10:00:00Z"),
        "2026-07-01T12:00:00",
        "+02:00",
        false,
        12 * h,
    );
    // The repeated hour, both passes; the day has 25 hours.
    check(
        Local,
        "Europe/Berlin",
        utc("2026-10-25T00:30:00Z"),
        "2026-10-25T02:30:00",
        "+02:00",
        false,
        2 * h + 1800,
    );
    check(
        Local,
        "Europe/Berlin",
        utc("2026-10-25T01:30:00Z"),
        "2026-10-25T02:30:00",
        "+01:00",
        true,
        3 * h + 1800,
    );
    check(
        Local,
        "Europe/Berlin",
        utc("2026-10-25T22:30:00Z"),
        "2026-10-25T23:30:00",
        "+01:00",
        false,
        24 * h + 1800,
    );
    check(
        Local,
        "Europe/Berlin",
        utc("2026-03-29T10:00:00Z"),
        "2026-03-29T12:00:00",
        "+02:00",
        false,
        11 * h,
    );
    // Half an hour only.
    check(
        Local,
        "Australia/Lord_Howe",
        utc("2026-04-04T15:15:00Z"),
        "2026-04-05T01:45:00",
        "+10:30",
        true,
        8100,
    );
    check(
        Local,
        "America/St_Johns",
        utc("2026-01-01T12:00:00Z"),
        "2026-01-01T08:30:00",
        "-03:30",
        false,
        8 * h + 1800,
    );
    // The leap second of 2016 belongs to 2016; the day has 86 401 s.
    let leap = Tai(utc("2017-01-01T00:00:00Z").0 - 500_000_000);
    assert_eq!(clock(OnUtc, "UTC").read(leap).reading.to_string(), "2016-12-31T23:59:59.999999999");
    check(OnUtc, "UTC", utc("2017-01-01T00:00:00Z"), "2017-01-01T00:00:00", "UTC", false, 0);
    check(OnTai, "UTC", utc("2017-01-01T00:00:00Z"), "2017-01-01T00:00:37", "TAI", false, 37);
}

#[test]
fn words_name_clocks() {
    let check = |word, expected| assert_eq!(ArchiveClock::from_word(word), expected, "{word}");
    check("localtime", Some(ArchiveClock::Local));
    check("utc", Some(ArchiveClock::Utc));
    check("ptp", Some(ArchiveClock::Tai));
    check("tai", Some(ArchiveClock::Tai));
    check("UTC", None);
}

#[test]
fn stamps_are_readable() {
    assert_eq!(stamp(Utc::from_seconds(1_792_893_661)), "20261025T020101Z");
}
