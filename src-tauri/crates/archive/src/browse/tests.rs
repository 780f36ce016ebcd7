use std::fs;

use audyn_model::{Anchor, Container, Gap, GapCause, Rate, SampleFormat, SampleIndex, TimeBasis};

use super::*;
use crate::EndReason;
use crate::rig::{Rig, format, sine, utc};

const RATE: Rate = Rate::HZ_48000;

fn row(path: &str, start: &str, container: Container) -> SegmentRow {
    let anchor = Anchor::direct(RATE, TimeBasis::MediaClock);
    SegmentRow {
        id: SegmentId::new(),
        recorder: RecorderId::new(),
        recorder_name: "Studio 1".to_owned(),
        open_id: None,
        path: path.to_owned(),
        container,
        channels: 2,
        stored: Some(SampleFormat::Int24),
        first: anchor.index_at(utc(start).to_tai()),
        frames: Some(48_000 * 60),
        anchor,
        zone: "+02:00".to_owned(),
        clock: None,
        clock_sealed: None,
        drift: None,
        state: SegmentState::Sealed,
        end: Some(EndReason::Rotation),
        note: None,
        bytes: Some(100),
        hashes: None,
        created: None,
        sealed: None,
    }
}

fn open(dir: &Path) -> Root {
    Root::open(dir, "audyn test", utc("2026-07-01T00:00:00Z")).unwrap().0
}

fn lost(row: &SegmentRow, after: i64, len: u64) -> Gap {
    Gap { at: row.first.plus(after), len, cause: GapCause::Loss }
}

fn paths(page: &Page) -> Vec<&str> {
    page.files.iter().map(|file| file.row.path.as_str()).collect()
}

/// Two studios, three days, all kinds; oldest first.
fn archive(root: &Root) -> Vec<SegmentRow> {
    let rows = vec![
        row("studio-a/2026-06-29/10.wav", "2026-06-29T08:00:00Z", Container::Wav),
        row("studio-a/2026-06-30/11.wav", "2026-06-30T09:00:00Z", Container::Wav),
        row("studio-a/2026-06-30/11.opus", "2026-06-30T09:00:00Z", Container::Opus),
        row("studio-ab/100%_sure.wav", "2026-06-30T10:00:00Z", Container::Wav),
        SegmentRow {
            recorder_name: "Börse".to_owned(),
            ..row("studio-b/x.flac", "2026-06-30T22:30:00Z", Container::Flac)
        },
        row("loose.mp3", "2026-07-01T09:00:00Z", Container::Mp3),
    ];
    for row in &rows {
        root.catalogue().insert(row).unwrap();
    }
    let gaps = [lost(&rows[1], 48_000, 480), lost(&rows[1], 48_480, 20), lost(&rows[1], 96_000, 5)];
    root.catalogue().add_gaps(rows[1].id, &gaps).unwrap();
    rows
}

#[test]
fn each_filter_finds_its_files_newest_first() {
    let dir = tempfile::tempdir().unwrap();
    let root = open(dir.path());
    let rows = archive(&root);
    let all = FileFilter::default();
    let (from, to) = day_in("2026-06-30".parse().unwrap(), &TimeZone::get("Europe/Berlin").unwrap()).unwrap();
    let search = |text: &str| FileFilter { search: Some(text.to_owned()), ..all.clone() };
    let below = |folders: &[&str]| FileFilter {
        folders: folders.iter().map(|&folder| folder.to_owned()).collect(),
        ..all.clone()
    };
    // By index into the rows, newest first; two that begin together in order of age of their ids.
    let table: &[(FileFilter, &[usize])] = &[
        (all.clone(), &[5, 4, 3, 2, 1, 0]),
        (below(&["studio-a"]), &[2, 1, 0]),
        (below(&["studio-a/2026-06-29", "studio-b"]), &[4, 0]),
        (below(&["studio"]), &[]),
        (FileFilter { recorder: Some(rows[3].recorder), ..all.clone() }, &[3]),
        // 22:30 UTC is the next day in Berlin already.
        (FileFilter { from: Some(from), to: Some(to), ..all.clone() }, &[3, 2, 1]),
        (FileFilter { from: Some(rows[4].start()), ..all.clone() }, &[5, 4]),
        (FileFilter { to: Some(rows[1].start()), ..all.clone() }, &[0]),
        (search("STUDIO-B"), &[4]),
        (search("börse"), &[4]),
        (search("100%_"), &[3]),
        (search("%"), &[3]),
        (search("_"), &[3]),
        (search("\\"), &[]),
        (search("'; DROP TABLE segments; --"), &[]),
        (FileFilter { container: Some(Container::Opus), ..all.clone() }, &[2]),
        (FileFilter { with_gaps: true, ..all.clone() }, &[1]),
        (FileFilter { container: Some(Container::Wav), ..below(&["studio-a", "studio-b"]) }, &[1, 0]),
    ];
    for (filter, expected) in table {
        let page = root.page(filter, None, 100).unwrap();
        let expected: Vec<&str> = expected.iter().map(|n| rows[*n].path.as_str()).collect();
        assert_eq!(paths(&page), expected, "{filter:?}");
        assert_eq!((page.total, page.next), (expected.len() as u64, None), "{filter:?}");
        assert_eq!(page.total_bytes, 100 * expected.len() as u64, "{filter:?}");
        // The same in the smallest pages.
        let (mut cursor, mut found) = (None, Vec::new());
        loop {
            let page = root.page(filter, cursor, 1).unwrap();
            assert_eq!(page.total, expected.len() as u64);
            found.extend(page.files.iter().map(|file| file.row.path.clone()));
            cursor = page.next.map(|next| next.to_string().parse().unwrap());
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "{filter:?}");
    }
}

#[test]
fn a_page_says_what_is_missing_in_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let root = open(dir.path());
    let rows = archive(&root);
    let file = root.listed_file(rows[1].id).unwrap().unwrap();
    assert_eq!((file.gaps, file.missing), (2, 505), "the first two touch");
    assert_eq!(root.gaps(rows[1].id).unwrap().len(), 2);
    assert_eq!(root.listed_file(rows[0].id).unwrap().unwrap().gaps, 0);
    assert_eq!(root.listed_file(SegmentId::new()).unwrap(), None);
    assert_eq!(root.listed_at(&rows[1].path).unwrap(), Some(file));
    assert_eq!(root.listed_at("studio-a").unwrap(), None);
}

#[test]
fn what_is_no_cursor_is_refused() {
    for text in
        ["", "1", ".", "1.", "x.0190c5a8-8c1c-7000-8000-000000000000", "1.2.3", "1.'; DROP TABLE root"]
    {
        assert_eq!(text.parse::<Cursor>(), Err(BadCursor), "{text:?}");
    }
}

#[test]
fn a_growing_file_is_as_long_as_it_is_on_disk_now() {
    for container in Container::ALL {
        let mut rig = Rig::new(format(48_000, 2), "2026-07-01T12:00:00Z");
        rig.signal = sine;
        let mut recording = rig.recording(&[container], 0);
        rig.record(&mut recording, 96_000, 4_800);
        rig.waited += std::time::Duration::from_secs(2);
        recording.tick(rig.mono(), rig.utc()).unwrap();
        let page = rig.root.page(&FileFilter::default(), None, 10).unwrap();
        let [file] = page.files.as_slice() else { panic!("{page:?}") };
        let on_disk = fs::metadata(&recording.status().outputs[0].path).unwrap().len();
        assert_eq!((file.bytes, page.total_bytes), (on_disk, on_disk), "{container:?}");
        assert!(on_disk > 0 && file.row.state == SegmentState::Open);
        // Coders hold back less than 100 ms.
        assert!((91_200..=96_000).contains(&file.frames), "{container:?}: {}", file.frames);
        let tree = rig.root.tree(&CivilClock::utc()).unwrap();
        assert_eq!(tree[0].days[0].bytes, on_disk, "{container:?}");
    }
}

/// A folder, its recorder's name, its days.
type Shown = (String, String, Vec<(String, u32, u64)>);

#[test]
fn the_tree_has_each_folder_with_its_days_on_the_asked_clock() {
    let dir = tempfile::tempdir().unwrap();
    let root = open(dir.path());
    archive(&root);
    let days = |clock: &CivilClock| -> Vec<Shown> {
        let tree = root.tree(clock).unwrap();
        tree.into_iter()
            .map(|branch| {
                let days = branch.days.iter().map(|day| (day.date.to_string(), day.files, day.bytes));
                (branch.folder, branch.recorder_name, days.collect())
            })
            .collect()
    };
    let branch = |folder: &str, name: &str, days: &[(&str, u32, u64)]| {
        let days = days.iter().map(|&(day, files, bytes)| (day.to_owned(), files, bytes)).collect();
        (folder.to_owned(), name.to_owned(), days)
    };
    let berlin = CivilClock { clock: ArchiveClock::Local, zone: TimeZone::get("Europe/Berlin").unwrap() };
    let a = [("2026-06-30", 2, 200), ("2026-06-29", 1, 100)];
    let expected = [
        branch("", "Studio 1", &[("2026-07-01", 1, 100)]),
        branch("studio-a", "Studio 1", &a),
        branch("studio-ab", "Studio 1", &[("2026-06-30", 1, 100)]),
        branch("studio-b", "Börse", &[("2026-07-01", 1, 100)]),
    ];
    assert_eq!(days(&berlin), expected);
    let in_utc = days(&CivilClock::utc());
    assert_eq!(in_utc[3], branch("studio-b", "Börse", &[("2026-06-30", 1, 100)]));
}

#[test]
fn days_are_as_long_as_the_clocks_make_them() {
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    for (day, hours) in [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)] {
        let (from, to) = day_in(day.parse().unwrap(), &berlin).unwrap();
        assert_eq!(to.since(from), hours * 3_600_000_000_000, "{day}");
    }
}

#[test]
fn gaps_of_a_recorder_come_newest_first_and_once() {
    let dir = tempfile::tempdir().unwrap();
    let root = open(dir.path());
    let recorder = RecorderId::new();
    let of = |path: &str, start: &str, container| SegmentRow { recorder, ..row(path, start, container) };
    let rows = [
        of("a.wav", "2026-06-30T09:00:00Z", Container::Wav),
        of("a.opus", "2026-06-30T09:00:00Z", Container::Opus),
        of("b.wav", "2026-06-30T10:00:00Z", Container::Wav),
        row("other.wav", "2026-06-30T10:00:00Z", Container::Wav),
    ];
    for row in &rows {
        root.catalogue().insert(row).unwrap();
        // A third of a second in, and two seconds in.
        let gaps = [lost(row, 16_000, 480), lost(row, 96_000, 48_000)];
        root.catalogue().add_gaps(row.id, &gaps).unwrap();
    }
    let all = root.gaps_of_recorder(recorder, None, 100).unwrap();
    let [ten, nine] = ["2026-06-30T10:00:00Z", "2026-06-30T09:00:00Z"].map(|text| utc(text).to_tai());
    let at: Vec<Tai> = all.iter().map(|gap| gap.anchor.tai).collect();
    assert_eq!(
        at,
        [ten.plus(2_000_000_000), ten.plus(333_333_333), nine.plus(2_000_000_000), nine.plus(333_333_333)]
    );
    assert_eq!(all[0].gap, lost(&rows[2], 96_000, 48_000));
    assert_eq!((all[0].segment, all[0].path.as_str()), (rows[2].id, "b.wav"));
    // Page by page.
    let first = root.gaps_of_recorder(recorder, None, 3).unwrap();
    assert_eq!(first, all[..3]);
    assert_eq!(root.gaps_of_recorder(recorder, Some(first[2].anchor.tai), 3).unwrap(), all[3..]);
    // A gap that an instant divides counts from there on.
    let table = [(nine, 2_020_000_000), (ten, 1_010_000_000), (ten.plus(2_250_000_000), 750_000_000)];
    for (from, ns) in table {
        assert_eq!(root.missing_since(recorder, from).unwrap(), ns, "{from:?}");
    }
}

#[test]
fn gap_times_are_exact_in_files_of_any_length() {
    let dir = tempfile::tempdir().unwrap();
    let root = open(dir.path());
    let mut long = row("long.wav", "2020-01-01T00:00:00Z", Container::Wav);
    long.anchor = Anchor {
        at: SampleIndex(7),
        tai: Tai(1_000_000_001),
        rate: Rate::new(384_000).unwrap(),
        basis: TimeBasis::Arrival,
    };
    long.first = SampleIndex(11);
    root.catalogue().insert(&long).unwrap();
    // Five years in.
    let gap = lost(&long, 384_000 * 86_400 * 365 * 5 + 1, 3);
    root.catalogue().add_gaps(long.id, &[gap]).unwrap();
    let found = root.gaps_of_recorder(long.recorder, None, 1).unwrap();
    assert!(found[0].anchor.tai.since(long.anchor.tai_at(gap.at)).abs() <= 1, "{found:?}");
}

#[test]
fn the_flac_ratio_is_that_of_the_latest_files() {
    let dir = tempfile::tempdir().unwrap();
    let root = open(dir.path());
    let recorder = RecorderId::new();
    assert_eq!(root.flac_ratio(recorder).unwrap(), None);
    for (n, share) in (1..10).zip([10, 50, 50, 50, 50, 50, 50, 50, 50]) {
        let plain = 48_000 * 60 * 2 * 3;
        let file = row(&format!("{n}.flac"), &format!("2026-06-0{n}T00:00:00Z"), Container::Flac);
        let file = SegmentRow { recorder, bytes: Some(plain * share / 100), ..file };
        root.catalogue().insert(&file).unwrap();
    }
    assert_eq!(root.flac_ratio(recorder).unwrap(), Some(0.5));
}

#[test]
fn a_file_is_opened_only_if_it_is_complete_and_inside_the_root() {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 3_000, 500);
    let open = rig.root.segments().unwrap().remove(0);
    let message = rig.root.open_file(&open).unwrap_err().to_string();
    assert!(message.contains("still being written"), "{message}");
    rig.stop(&mut recording);
    let sealed = rig.root.segments().unwrap().remove(0);
    assert_eq!(rig.root.open_file(&sealed).unwrap().metadata().unwrap().len(), sealed.bytes.unwrap());
    for path in ["../out.wav", "/etc/passwd", "a/../../out.wav", ""] {
        let foreign = SegmentRow { path: path.to_owned(), ..sealed.clone() };
        assert!(matches!(rig.root.open_file(&foreign), Err(Error::Refused { .. })), "{path:?}");
    }
    fs::write(rig.dir.path().join("out.wav"), "audio").unwrap();
    std::os::unix::fs::symlink(rig.dir.path(), rig.root_dir().join("link")).unwrap();
    let through_a_link = SegmentRow { path: "link/out.wav".to_owned(), ..sealed };
    assert!(matches!(rig.root.open_file(&through_a_link), Err(Error::Refused { .. })));
}

#[test]
fn browsing_goes_on_while_the_catalogue_is_being_written() {
    let dir = tempfile::tempdir().unwrap();
    let root = open(dir.path());
    archive(&root);
    let mut catalogue = root.catalogue();
    catalogue
        .batch(|catalogue| {
            catalogue.insert(&row("new.wav", "2026-07-02T00:00:00Z", Container::Wav))?;
            assert_eq!(root.page(&FileFilter::default(), None, 10).unwrap().total, 6);
            Ok(())
        })
        .unwrap();
    drop(catalogue);
    assert_eq!(root.page(&FileFilter::default(), None, 10).unwrap().total, 7);
}

#[test]
fn an_older_catalogue_is_upgraded_and_listed() {
    let dir = tempfile::tempdir().unwrap();
    let old = Connection::open(dir.path().join(catalogue::FILE)).unwrap();
    old.execute_batch(include_str!("../catalogue/schema.sql")).unwrap();
    old.execute("INSERT INTO root VALUES (?1, 1)", ["0190c5a8-8c1c-7000-8000-000000000000"]).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    let known = row("a.wav", "2026-06-30T09:00:00Z", Container::Wav);
    // A row is written with the columns of today, so those are there while it is.
    let later =
        [("clock", "TEXT"), ("clock_sealed", "TEXT"), ("drift_ppb", "INTEGER"), ("drift_over_s", "INTEGER")];
    for (column, kind) in later {
        old.execute_batch(&format!("ALTER TABLE segments ADD COLUMN {column} {kind}")).unwrap();
    }
    row::insert(&old, &known).unwrap();
    for (column, _) in later {
        old.execute_batch(&format!("ALTER TABLE segments DROP COLUMN {column}")).unwrap();
    }
    drop(old);
    let root = open(dir.path());
    assert_eq!(root.id().to_string(), "0190c5a8-8c1c-7000-8000-000000000000");
    let page = root.page(&FileFilter::default(), None, 10).unwrap();
    assert_eq!(page.files[0].row, known);
    let shape = |dir: &Path| -> Vec<String> {
        let db = Connection::open(dir.join(catalogue::FILE)).unwrap();
        let mut select =
            db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
        select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let fresh = tempfile::tempdir().unwrap();
    drop(open(fresh.path()));
    assert_eq!(shape(dir.path()), shape(fresh.path()));
}
