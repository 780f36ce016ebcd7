use audyn_archive::{Day, EndReason};
use audyn_model::{Anchor, Rate, RecorderId, SampleFormat, SegmentId, TimeBasis, Utc};

use super::*;
use crate::api::wire::{
    ArchiveClock as Clock, ClockReference, ClockSettings, DiscoverySettings, Layout, RecorderConfig,
    Settings, Theme, Writing,
};
use crate::store::{RecorderRow, StudioRow};

fn utc(text: &str) -> Utc {
    let at: jiff::Timestamp = text.parse().unwrap();
    Utc(i64::try_from(at.as_nanosecond()).unwrap())
}

/// Recorder 1 in studio-00000001, recorder 2 in none.
fn book() -> Book {
    let recorder = |number: u32, name: &str| RecorderRow {
        number,
        uid: RecorderId::new(),
        name: name.to_owned(),
        description: String::new(),
        source: None,
        config: RecorderConfig::default(),
        wanted: false,
        demo: false,
    };
    let studio = |id: &str, name: &str, recorder| StudioRow {
        id: id.to_owned(),
        name: name.to_owned(),
        description: String::new(),
        color: "#2196F3".to_owned(),
        enabled: true,
        position: 0,
        recorder,
        demo: false,
    };
    Book {
        settings: Settings {
            station: "Test".to_owned(),
            archive_root: "/archive".to_owned(),
            archive_root_locked: None,
            writing: Writing {
                outputs: Vec::new(),
                layout: Layout::Dailydir,
                custom_format: None,
                period_s: 3600,
                clock: Clock::Localtime,
            },
            interface: None,
            discovery: DiscoverySettings { on: false, interfaces: Vec::new() },
            clock: ClockSettings {
                reference: ClockReference::System,
                device: None,
                interface: None,
                domain: None,
                interfaces: Vec::new(),
            },
            theme: Theme::System,
            reference_dbfs: -18,
            peak_hold_s: 2,
            shortcuts: true,
            engineering_contact: String::new(),
            kiosk: false,
            close_to_tray: false,
            pre_roll_s: 120,
            pre_roll_mib: None,
        },
        sources: Vec::new(),
        recorders: vec![recorder(1, "Main"), recorder(2, "Spare")],
        studios: vec![
            studio("studio-00000001", "Room A", Some(1)),
            studio("studio-00000002", "Room B", None),
        ],
    }
}

fn row(path: &str, start: &str, zone: &str) -> SegmentRow {
    let anchor = Anchor::direct(Rate::HZ_48000, TimeBasis::MediaClock);
    SegmentRow {
        id: SegmentId::new(),
        recorder: RecorderId::new(),
        recorder_name: "Main/1".to_owned(),
        open_id: None,
        path: path.to_owned(),
        container: Container::Wav,
        channels: 2,
        stored: Some(SampleFormat::Int24),
        first: anchor.index_at(utc(start).to_tai()),
        frames: None,
        anchor,
        zone: zone.to_owned(),
        clock: None,
        clock_sealed: None,
        drift: None,
        state: SegmentState::Open,
        end: Some(EndReason::Rotation),
        note: None,
        bytes: None,
        hashes: None,
        created: None,
        sealed: None,
    }
}

fn studio_caller(studio: Option<&str>) -> Caller {
    Caller::here(Access::Studio, studio.map(str::to_owned))
}

#[test]
fn a_studio_sees_its_own_files_and_nobody_elses() {
    let own = Scope::of(&studio_caller(Some("studio-00000001"))).unwrap();
    let all = Scope::of(&Caller::local()).unwrap();
    let viewer = Scope::of(&Caller::here(Access::Viewer, Some("studio-00000001".into()))).unwrap();
    let table = [
        ("studio-00000001/a.wav", true),
        ("studio-00000001/2026-10-25/a.wav", true),
        ("studio-000000011/a.wav", false),
        ("studio-00000002/a.wav", false),
        ("x/studio-00000001/a.wav", false),
        ("a.wav", false),
    ];
    for (path, is_own) in table {
        assert_eq!(own.holds(path), is_own, "{path}");
        assert!(all.holds(path) && viewer.holds(path), "{path}");
    }
    assert_eq!(Scope::of(&studio_caller(None)).unwrap_err().code, Code::Forbidden);
}

#[test]
fn a_query_is_what_it_says_within_the_callers_scope() {
    let (book, zone) = (book(), TimeZone::get("Europe/Zurich").unwrap());
    let own = Scope::Studio("studio-00000001".to_owned());
    let query = FileQuery {
        recorder_id: Some(2),
        studio_id: Some("studio-00000001".to_owned()),
        day: Some("2026-10-25".to_owned()),
        search: Some("  14 ".to_owned()),
        format: Some(Format::Opus),
        with_gaps: Some(true),
        held: Some(true),
        ..FileQuery::default()
    };
    let expected = FileFilter {
        folders: vec!["studio-00000001".to_owned()],
        recorder: Some(book.recorders[1].uid),
        from: Some(utc("2026-10-24T22:00:00Z").to_tai()),
        to: Some(utc("2026-10-25T23:00:00Z").to_tai()),
        search: Some("14".to_owned()),
        container: Some(Container::Opus),
        with_gaps: true,
        held_at: Some(Utc(7)),
    };
    for scope in [&Scope::Everything, &own] {
        assert_eq!(filter(&query, scope, &book, &zone, Utc(7)).unwrap(), expected);
    }
    let blank = FileQuery { search: Some(" ".into()), ..FileQuery::default() };
    let bare = filter(&blank, &own, &book, &zone, Utc(7)).unwrap();
    assert_eq!(bare, FileFilter { folders: expected.folders, ..FileFilter::default() });
    assert_eq!(
        filter(&FileQuery::default(), &Scope::Everything, &book, &zone, Utc(7)).unwrap(),
        FileFilter::default()
    );
    let wrong = [
        (FileQuery { studio_id: Some("studio-00000002".into()), ..FileQuery::default() }, Code::Forbidden),
        (FileQuery { recorder_id: Some(9), ..FileQuery::default() }, Code::NotFound),
        (FileQuery { day: Some("25.10.2026".into()), ..FileQuery::default() }, Code::Invalid),
        (FileQuery { day: Some("2026-02-30".into()), ..FileQuery::default() }, Code::Invalid),
        (FileQuery { day: Some("9999-12-31".into()), ..FileQuery::default() }, Code::Invalid),
        (FileQuery { search: Some("x".repeat(201)), ..FileQuery::default() }, Code::Invalid),
    ];
    for (query, code) in wrong {
        assert_eq!(filter(&query, &own, &book, &zone, Utc(7)).unwrap_err().code, code, "{query:?}");
    }
}

#[test]
fn a_page_has_one_to_a_thousand_entries() {
    for (wished, expected) in
        [(None, Some(200)), (Some(0), None), (Some(1), Some(1)), (Some(1000), Some(1000)), (Some(1001), None)]
    {
        assert_eq!(limit(wished).ok(), expected, "{wished:?}");
    }
}

fn held(until: Option<Utc>) -> audyn_model::Hold {
    let (id, by, reason) = (audyn_model::HoldId::new(), "Otto".to_owned(), "complaint 7".to_owned());
    audyn_model::Hold { id, by, since: Utc(0), until, reason }
}

#[test]
fn a_file_is_shown_with_its_owner_and_its_own_clock() {
    let book = book();
    let known = SegmentRow {
        recorder: book.recorders[0].uid,
        ..row("studio-00000001/d/x.wav", "2026-10-25T01:14:00Z", "+01:00")
    };
    let file = Listed {
        row: known,
        bytes: 7,
        frames: 72_000,
        gaps: 2,
        missing: 24_000,
        holds: vec![held(None), held(Some(Utc(8))), held(Some(Utc(7)))],
    };
    let entry = file_entry(&file, &book, Utc(7));
    assert_eq!(entry.holds.iter().map(|hold| hold.expired).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!((entry.holds[0].by.as_str(), entry.holds[0].until), ("Otto", None));
    assert_eq!((entry.name.as_str(), entry.recorder_id), ("x.wav", Some(1)));
    assert_eq!(entry.studio_id.as_deref(), Some("studio-00000001"));
    assert_eq!((entry.start_civil.as_str(), entry.zone.as_str()), ("2026-10-25T02:14:00", "+01:00"));
    assert_eq!((entry.duration_s, entry.missing_s, entry.gaps), (1.5, 0.5, 2));
    assert_eq!((entry.state, entry.bytes), (FileState::Growing, 7));
    let foreign = Listed { row: row("x.wav", "2026-10-25T01:14:00Z", "UTC"), ..file };
    let entry = file_entry(&foreign, &book, Utc(7));
    assert_eq!((entry.recorder_id, entry.studio_id, entry.name.as_str()), (None, None, "x.wav"));
}

#[test]
fn civil_times_are_read_on_the_clock_of_the_file() {
    let at = utc("2026-10-25T00:14:00Z").to_tai();
    for (zone, expected) in [
        ("+02:00", "2026-10-25T02:14:00"),
        ("-03:30", "2026-10-24T20:44:00"),
        ("UTC", "2026-10-25T00:14:00"),
        ("TAI", "2026-10-25T00:14:37"),
        ("", "2026-10-25T00:14:00"),
        ("+xx:yy", "2026-10-25T00:14:00"),
        ("+9999999:00", "2026-10-25T00:14:00"),
    ] {
        assert_eq!(civil(at, zone), expected, "{zone}");
    }
}

#[test]
fn branches_are_named_for_people() {
    let book = book();
    let day = Day { date: "2026-10-25".parse().unwrap(), files: 2, bytes: 9 };
    let branch = |folder: &str| Branch {
        folder: folder.to_owned(),
        recorder_name: "once".to_owned(),
        recorder: RecorderId::new(),
        days: vec![day],
    };
    let folders = ["studio-00000001", "studio-99999999", "recorder2", "recorder9", "", "2026-10-25"];
    let all = tree(folders.map(branch).into(), &Scope::Everything, &book);
    let named: Vec<(&str, &str)> =
        all.branches.iter().map(|branch| (branch.name.as_str(), branch.folder.as_str())).collect();
    let expected = [
        ("2026-10-25", "2026-10-25"),
        ("once", ""),
        ("once", "recorder9"),
        ("once", "studio-99999999"),
        ("Room A", "studio-00000001"),
        ("Spare", "recorder2"),
    ];
    assert_eq!(named, expected);
    assert_eq!(all.branches[4].studio_id.as_deref(), Some("studio-00000001"));
    assert_eq!(all.branches[5].recorder_id, Some(2));
    assert_eq!(all.branches[0].days, [FileDay { day: "2026-10-25".to_owned(), files: 2, bytes: 9 }]);
    let own = tree(folders.map(branch).into(), &Scope::Studio("studio-00000001".to_owned()), &book);
    assert_eq!(own.branches.iter().map(|branch| branch.name.as_str()).collect::<Vec<_>>(), ["Room A"]);
}

#[test]
fn copies_keep_their_names_unless_two_would_have_one() {
    let rows = [
        row("a/2026-10-25-02.wav", "2026-10-25T00:00:00Z", "+02:00"),
        row("a/02/archive.wav", "2026-10-25T00:00:00Z", "+02:00"),
        row("b/02/archive.wav", "2026-10-25T01:00:00Z", "+01:00"),
    ];
    let expected = ["2026-10-25-02.wav", "Main-1_2026-10-25_02-00-00.wav", "Main-1_2026-10-25_02-00-00.wav"];
    assert_eq!(copy_names(&rows), expected);
}

#[test]
fn what_the_archive_refuses_is_said_without_its_folders() {
    let io = || std::io::Error::from(std::io::ErrorKind::PermissionDenied);
    let table = [
        (
            Error::Refused { act: "delete", path: "s/d/x.wav".into(), why: "it is busy" },
            Code::Conflict,
            "x.wav: it is busy.",
        ),
        (
            Error::Held { path: "s/d/x.wav".into(), hold: Box::new(held(Some(Utc(0)))), more: 2 },
            Code::Conflict,
            "x.wav is held by Otto until 1970-01-01T00:00:00Z: \"complaint 7\", and there are 2 more holds. Nobody can \
             delete it before an operator lifts the hold.",
        ),
        (
            Error::File { act: "delete", path: "/secret/x.wav".into(), source: io() },
            Code::Unavailable,
            "The disk does not let this file be used: permission denied.",
        ),
    ];
    for (error, code, message) in table {
        let refused = refusal(error);
        assert_eq!((refused.code, refused.message.as_str()), (code, message));
    }
    let damaged = Error::CatalogueDamaged { path: "/secret/catalogue.db".into(), why: "x".into() };
    assert!(!refusal(damaged).message.contains("secret"));
}
