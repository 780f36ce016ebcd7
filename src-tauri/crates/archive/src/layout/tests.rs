use std::collections::{BTreeMap, HashSet};

use audyn_model::{Tai, Utc};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::rotation::next_boundary;

fn berlin(clock: ArchiveClock) -> CivilClock {
    CivilClock { clock, zone: TimeZone::get("Europe/Berlin").unwrap() }
}

fn utc(text: &str) -> Tai {
    let at: Timestamp = text.parse().unwrap();
    Utc(i64::try_from(at.as_nanosecond()).unwrap()).to_tai()
}

fn naming(layout: Layout, clock: ArchiveClock) -> Naming {
    Naming { layout, clock: berlin(clock), folder: None }
}

fn custom(format: &str) -> Layout {
    Layout::Custom(CustomFormat::parse(format).unwrap())
}

fn names(naming: &Naming, at: Tai, count: usize) -> Vec<String> {
    naming.candidates(&naming.clock.read(at), "wav").take(count).collect()
}

#[test]
fn layouts_name_files_as_rotter_does() {
    let check = |layout: Layout, at: &str, expected: &str| {
        assert_eq!(names(&naming(layout, ArchiveClock::Local), utc(at), 1), [expected]);
    };
    let at = "2026-07-01T12:05:06.789Z";
    check(Layout::Flat, at, "2026-07-01-14.wav");
    check(Layout::Hierarchy, at, "2026/07/01/14/archive.wav");
    check(Layout::Combo, at, "2026/07/01/14/2026-07-01-14.wav");
    check(Layout::DailyDir, at, "2026-07-01/2026-07-01-14.wav");
    check(Layout::HourlyDir, at, "2026-07-01-14/2026-07-01-14-05-06.wav");
    check(Layout::Accurate, at, "2026-07-01/2026-07-01-14-05-06-78.wav");
    check(Layout::Accurate, "2026-07-01T12:05:06.009999999Z", "2026-07-01/2026-07-01-14-05-06-00.wav");
    check(
        custom("studio 1/%a %d %b %Y/%I%p-%j-W%V-%u%%"),
        at,
        "studio 1/Wed 01 Jul 2026/02PM-182-W27-3%.wav",
    );
    check(
        custom("%G-W%V-%u %A %B %y%C %e %w %f%h"),
        "2027-01-01T12:00:00Z",
        "2026-W53-5 Friday January 2720 01 5 00Jan.wav",
    );
    check(custom("%F %H%M%S%z %Z"), at, "2026-07-01 140506+0200 +0200.wav");
    let shared = Naming {
        folder: Some(CustomFormat::parse("studio-1").unwrap()),
        ..naming(Layout::Flat, ArchiveClock::Local)
    };
    assert_eq!(names(&shared, utc(at), 1), ["studio-1/2026-07-01-14.wav"]);
}

#[test]
fn collisions_get_the_time_then_numbers() {
    let expected = [
        "2026-07-01-14.wav",
        "2026-07-01-14_140506.wav",
        "2026-07-01-14_140506_02.wav",
        "2026-07-01-14_140506_03.wav",
    ];
    assert_eq!(names(&naming(Layout::Flat, ArchiveClock::Local), utc("2026-07-01T12:05:06Z"), 4), expected);
}

#[test]
fn repeated_hour_and_tai_are_marked_after_the_hour() {
    let check = |layout: Layout, clock, at: &str, expected: [&str; 2]| {
        assert_eq!(names(&naming(layout, clock), utc(at), 2), expected);
    };
    let (first, second) = ("2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z");
    use ArchiveClock::{Local, Tai as OnTai, Utc as OnUtc};
    check(
        Layout::DailyDir,
        Local,
        first,
        ["2026-10-25/2026-10-25-02.wav", "2026-10-25/2026-10-25-02_021500.wav"],
    );
    check(
        Layout::DailyDir,
        Local,
        second,
        ["2026-10-25/2026-10-25-02_UTC+0100.wav", "2026-10-25/2026-10-25-02_UTC+0100_021500.wav"],
    );
    check(
        Layout::Hierarchy,
        Local,
        second,
        ["2026/10/25/02/archive_UTC+0100.wav", "2026/10/25/02/archive_UTC+0100_021500.wav"],
    );
    check(
        Layout::Accurate,
        Local,
        second,
        [
            "2026-10-25/2026-10-25-02_UTC+0100-15-00-00.wav",
            "2026-10-25/2026-10-25-02_UTC+0100-15-00-00_021500.wav",
        ],
    );
    check(custom("%H%M"), Local, second, ["02_UTC+0100_15.wav", "02_UTC+0100_15_021500.wav"]);
    check(custom("%H%M%z"), Local, second, ["0215+0100.wav", "0215+0100_021500.wav"]);
    check(Layout::Flat, OnUtc, second, ["2026-10-25-01.wav", "2026-10-25-01_011500.wav"]);
    check(Layout::Flat, OnTai, second, ["2026-10-25-01_TAI.wav", "2026-10-25-01_TAI_011537.wav"]);
}

#[test]
fn formats_that_could_do_harm_are_refused_with_all_problems() {
    use FormatProblem as P;
    let check = |format: &str, expected: &[P]| {
        let found = CustomFormat::parse(format).err().unwrap_or_default();
        // Their order is not promised.
        assert!(
            found.len() == expected.len() && expected.iter().all(|p| found.contains(p)),
            "{format:?}: {found:?}"
        );
    };
    check("%Y/%m/%d %H.%M", &[]);
    check("ein Ordner/Ü%H", &[]);
    check("", &[P::Empty]);
    check("/%H", &[P::Absolute]);
    check("a//b", &[P::EmptyComponent]);
    check("a/", &[P::EmptyComponent]);
    check("../%H", &[P::Parent]);
    check("a/../b", &[P::Parent]);
    check("a/./b", &[P::LeadingDot(".".into()), P::TrailingDotOrSpace(".".into())]);
    check(".%H", &[P::LeadingDot(".%H".into())]);
    check("%H.", &[P::TrailingDotOrSpace("%H.".into())]);
    check("%H /b", &[P::TrailingDotOrSpace("%H ".into())]);
    check("%H:%M|", &[P::Character(':'), P::Character('|')]);
    check("a\\b\n", &[P::Character('\\'), P::Character('\n')]);
    check("%Q%", &[P::Directive("Q".into()), P::Directive(String::new())]);
    check("%-d%T%n", &[P::Directive("-".into()), P::Directive("T".into()), P::Directive("n".into())]);
    check(&"x".repeat(201), &[P::TooLong { name: "x".repeat(201), bytes: 201 }]);
    check(&"%A".repeat(23), &[P::TooLong { name: "%A".repeat(23), bytes: 207 }]);
    check(
        "/..//%Q:",
        &[P::Directive("Q".into()), P::Character(':'), P::Parent, P::EmptyComponent, P::Absolute],
    );
}

#[test]
fn words_name_layouts() {
    for word in ["flat", "hierarchy", "combo", "dailydir", "hourlydir", "accurate"] {
        assert_eq!(Layout::from_word(word).unwrap().as_str(), word);
    }
    assert_eq!((Layout::from_word("custom"), Layout::from_word("Flat")), (None, None));
    assert_eq!(Layout::default(), Layout::DailyDir);
}

/// Names that a sequence of segments gets, each the first candidate that is free.
fn give_names(naming: &Naming, starts: &[Tai]) -> Vec<String> {
    let mut taken = HashSet::new();
    starts
        .iter()
        .map(|at| {
            naming.candidates(&naming.clock.read(*at), "wav").find(|name| taken.insert(name.clone())).unwrap()
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn names_are_distinct_and_sort_in_time(
        layout in prop_oneof![
            Just(Layout::Flat), Just(Layout::Hierarchy), Just(Layout::Combo), Just(Layout::DailyDir),
            Just(Layout::HourlyDir), Just(Layout::Accurate), Just(custom("%Y%m%d/%H%M")), Just(custom("x/%Y-%m-%d %H.%M.%S")),
        ],
        clock in prop_oneof![Just(ArchiveClock::Local), Just(ArchiveClock::Utc), Just(ArchiveClock::Tai)],
        zone in prop_oneof![Just("Europe/Berlin"), Just("America/New_York"), Just("Australia/Lord_Howe")],
        change in prop_oneof![
            Just("2026-10-25T01:00:00Z"), Just("2026-03-29T01:00:00Z"), Just("2026-11-01T06:00:00Z"),
            Just("2026-04-04T15:00:00Z"), Just("2026-07-01T12:00:00Z"), Just("2017-01-01T00:00:00Z"),
        ],
        before_s in 0_i64..5400,
        period in prop_oneof![Just(1_u32), Just(7), Just(60), Just(600), Just(1800), Just(3600)],
        // Restarts: after so many boundaries, so long into the segment.
        restarts in prop::collection::vec((0_usize..20, 0_i64..2_000_000_000_000), 0..12),
    ) {
        let naming = Naming {
            layout,
            clock: CivilClock { clock, zone: TimeZone::get(zone).unwrap() },
            folder: None,
        };
        let mut starts = vec![utc(change).plus(-before_s * 1_000_000_000)];
        for (boundaries, into) in restarts {
            for _ in 0..boundaries {
                let last = *starts.last().unwrap();
                starts.extend(next_boundary(last, period, clock, &naming.clock.zone));
            }
            let last = *starts.last().unwrap();
            starts.push(last.plus(into + 1));
        }
        let names = give_names(&naming, &starts);
        let mut by_folder: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for name in &names {
            let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
            by_folder.entry(folder).or_default().push(file);
        }
        for (folder, files) in by_folder {
            prop_assert!(files.is_sorted(), "{folder}: {files:?}");
        }
        let distinct: HashSet<&String> = names.iter().collect();
        prop_assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn accepted_formats_stay_inside_the_root(format in "[-%a-zA-Z0-9/. _:*~]{0,24}") {
        if let Ok(format) = CustomFormat::parse(&format) {
            let naming = naming(Layout::Custom(format), ArchiveClock::Local);
            for name in names(&naming, utc("2026-10-25T01:15:00Z"), 3) {
                prop_assert!(!name.starts_with('/'));
                for part in name.split('/') {
                    prop_assert!(!part.is_empty() && part != ".." && !part.starts_with('.') && part.len() <= 255, "{name}");
                    prop_assert!(!part.contains(|c: char| c.is_control() || "<>:\"|?*\\".contains(c)));
                }
            }
        }
    }
}
