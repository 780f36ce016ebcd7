use super::*;
use crate::api::wire::{ArchiveClock as Clock, Bits, Format, Layout, Output};

fn output(format: Format) -> Output {
    Output { format, bits: None, bitrate: None, vbr: None, complexity: None }
}

fn writing(layout: Layout, period_s: u32) -> Writing {
    let outputs = vec![output(Format::Wav)];
    Writing { outputs, layout, custom_format: None, period_s, clock: Clock::Localtime }
}

fn utc(text: &str) -> Utc {
    let at: Timestamp = text.parse().unwrap();
    Utc(i64::try_from(at.as_nanosecond()).unwrap())
}

fn names(writing: &Writing, from: &str, count: usize) -> Names {
    let zurich = TimeZone::get("Europe/Zurich").unwrap();
    preview(writing, "studio-1", None, &zurich, utc(from), count)
}

fn lines(files: &[NamedFile]) -> Vec<String> {
    files.iter().map(|file| format!("{} {}", file.at.0, file.paths.join(" "))).collect()
}

#[test]
fn the_next_files_are_named_as_they_will_be() {
    let table: &[(Writing, &str, &[&str])] = &[
        (
            writing(Layout::Dailydir, 3600),
            "2026-07-01T12:20:00Z",
            &[
                "2026-07-01T13:00:00Z 2026-07-01/2026-07-01-15.wav",
                "2026-07-01T14:00:00Z 2026-07-01/2026-07-01-16.wav",
            ],
        ),
        // The hour's plain name went to the file of the full hour.
        (
            writing(Layout::Flat, 1200),
            "2026-07-01T12:05:00Z",
            &[
                "2026-07-01T12:20:00Z 2026-07-01-14_142000.wav",
                "2026-07-01T12:40:00Z 2026-07-01-14_144000.wav",
                "2026-07-01T13:00:00Z 2026-07-01-15.wav",
            ],
        ),
        (
            writing(Layout::Hourlydir, 86_400),
            "2026-12-31T12:00:00Z",
            &["2026-12-31T23:00:00Z 2027-01-01-00/2027-01-01-00-00-00.wav"],
        ),
        (
            writing(Layout::Combo, 0),
            "2026-07-01T12:20:00Z",
            &["2026-07-01T12:20:00Z 2026/07/01/14/2026-07-01-14.wav"],
        ),
        (
            Writing {
                outputs: vec![output(Format::Flac), output(Format::Mp3)],
                custom_format: Some("%Y/%H%M".to_owned()),
                clock: Clock::Tai,
                ..writing(Layout::Custom, 3600)
            },
            "2026-07-01T12:20:00Z",
            &["2026-07-01T12:59:23Z 2026/13_TAI_00.flac 2026/13_TAI_00.mp3"],
        ),
    ];
    for (writing, from, expected) in table {
        let names = names(writing, from, expected.len());
        assert_eq!(lines(&names.files), *expected);
        assert_eq!(names.problems, Vec::<String>::new());
    }
}

#[test]
fn the_night_of_the_clocks_is_shown() {
    let autumn = names(&writing(Layout::Dailydir, 3600), "2026-07-01T12:00:00Z", 1).clock_change;
    assert_eq!(
        lines(&autumn),
        [
            "2026-10-25T00:00:00Z 2026-10-25/2026-10-25-02.wav",
            "2026-10-25T01:00:00Z 2026-10-25/2026-10-25-02_UTC+0100.wav",
            "2026-10-25T02:00:00Z 2026-10-25/2026-10-25-03.wav",
        ]
    );
    let spring = names(&writing(Layout::Dailydir, 3600), "2026-12-01T12:00:00Z", 1).clock_change;
    assert_eq!(
        lines(&spring),
        [
            "2027-03-28T00:00:00Z 2027-03-28/2027-03-28-01.wav",
            "2027-03-28T01:00:00Z 2027-03-28/2027-03-28-03.wav",
            "2027-03-28T02:00:00Z 2027-03-28/2027-03-28-04.wav",
        ]
    );
    // Every second: the twelve before, the twelve from the change on.
    let dense = names(&writing(Layout::Accurate, 1), "2026-07-01T12:00:00Z", 1).clock_change;
    let (first, last) = (lines(&dense[..1]), lines(&dense[23..]));
    assert_eq!(dense.len(), 24);
    assert_eq!(first, ["2026-10-25T00:59:48Z 2026-10-25/2026-10-25-02-59-48-00.wav"]);
    assert_eq!(last, ["2026-10-25T01:00:11Z 2026-10-25/2026-10-25-02_UTC+0100-00-11-00.wav"]);
}

#[test]
fn no_change_is_shown_where_there_is_none() {
    for clock in [Clock::Utc, Clock::Tai] {
        let writing = Writing { clock, ..writing(Layout::Dailydir, 3600) };
        assert!(names(&writing, "2026-07-01T12:00:00Z", 1).clock_change.is_empty());
    }
    assert!(names(&writing(Layout::Dailydir, 0), "2026-07-01T12:00:00Z", 1).clock_change.is_empty());
    let brisbane = TimeZone::get("Australia/Brisbane").unwrap();
    let names = preview(&writing(Layout::Flat, 3600), "r", None, &brisbane, utc("2026-07-01T12:00:00Z"), 1);
    assert!(names.clock_change.is_empty() && names.files.len() == 1);
}

#[test]
fn everything_wrong_is_said_at_once_and_once() {
    let wrong = Writing {
        outputs: vec![
            Output { bits: Some(Bits::Float32), ..output(Format::Flac) },
            Output { bitrate: Some(1), ..output(Format::Mp3) },
        ],
        custom_format: Some("../%Q?".to_owned()),
        period_s: 90_000,
        ..writing(Layout::Custom, 0)
    };
    let names = names(&wrong, "2026-07-01T12:00:00Z", 5);
    assert!(names.files.is_empty() && names.clock_change.is_empty());
    for part in ["FLAC stores integers", "32000 to 320000", "%Q is not known", "'?'", "..", "90000"] {
        assert_eq!(names.problems.iter().filter(|text| text.contains(part)).count(), 1, "{part}: {names:?}");
    }
    // What only the source shows.
    let format = AudioFormat::new(audyn_model::Rate::HZ_48000, 6, 24).unwrap();
    let mp3 = Writing { outputs: vec![output(Format::Mp3)], ..writing(Layout::Flat, 3600) };
    let zone = TimeZone::UTC;
    let names = preview(&mp3, "r", Some(&format), &zone, utc("2026-07-01T12:00:00Z"), 5);
    assert!(names.problems[0].contains("at most 2 channels"), "{names:?}");
}
