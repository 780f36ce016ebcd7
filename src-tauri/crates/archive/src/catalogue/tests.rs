use audyn_model::{GapCause, Rate, TimeBasis};

use super::*;

fn row(path: &str) -> SegmentRow {
    SegmentRow {
        id: SegmentId::new(),
        recorder: RecorderId::new(),
        recorder_name: "Studio ä".into(),
        open_id: None,
        path: path.into(),
        container: Container::Flac,
        channels: 2,
        stored: Some(SampleFormat::Int24),
        first: SampleIndex(-5),
        frames: Some(7),
        anchor: Anchor {
            at: SampleIndex(3),
            tai: Tai(-9),
            rate: Rate::new(44_100).unwrap(),
            basis: TimeBasis::Arrival,
        },
        zone: "+01:00".into(),
        clock: Some("system free domain=3".parse().unwrap()),
        clock_sealed: Some("hardware locked offset_ns=-4".parse().unwrap()),
        drift: Some(Drift { ppb: -12_345, over_s: 600 }),
        state: SegmentState::Sealed,
        end: Some(EndReason::Rotation),
        note: Some("note".into()),
        bytes: Some(99),
        hashes: Some(Hashes { head_len: 4, head: [1; 32], body: [2; 32] }),
        created: Some(Utc(10)),
        sealed: Some(Utc(11)),
    }
}

fn open(dir: &Path) -> Catalogue {
    Catalogue::open(dir, Utc(1)).unwrap()
}

#[test]
fn rows_come_back_as_they_went_in() {
    let dir = tempfile::tempdir().unwrap();
    let mut catalogue = open(dir.path());
    let full = row("a/b.flac");
    let bare = SegmentRow {
        stored: None,
        frames: None,
        clock: None,
        clock_sealed: None,
        drift: None,
        end: None,
        note: None,
        bytes: None,
        hashes: None,
        created: None,
        sealed: None,
        state: SegmentState::Open,
        open_id: Some(catalogue.begin_open("audyn 1", Utc(5)).unwrap()),
        ..row("c.opus")
    };
    for row in [&full, &bare, &full] {
        catalogue.insert(row).unwrap();
    }
    assert_eq!(catalogue.segment(full.id).unwrap(), Some(full.clone()));
    assert_eq!(catalogue.in_state(SegmentState::Open).unwrap(), std::slice::from_ref(&bare));
    let gap = Gap { at: SampleIndex(1), len: 2, cause: GapCause::Loss };
    let grown = Gap { len: 3, ..gap };
    let next = Gap { at: SampleIndex(4), len: 1, cause: GapCause::Loss };
    catalogue.add_gaps(full.id, &[gap]).unwrap();
    catalogue.add_gaps(full.id, &[grown, next]).unwrap();
    assert_eq!(catalogue.gaps(full.id).unwrap(), [Gap { len: 4, ..gap }]);
    assert!(catalogue.add_gaps(SegmentId::new(), &[gap]).is_err(), "gaps belong to a segment");
}

#[test]
fn opened_again_it_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let id = open(dir.path()).root_id().unwrap();
    let again = open(dir.path());
    assert_eq!(again.root_id().unwrap(), id);
    let mode: String = again.db.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    let synchronous: i64 = again.db.query_row("PRAGMA synchronous", [], |row| row.get(0)).unwrap();
    let version: i64 = again.db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!((mode.as_str(), synchronous, version), ("wal", 1, 6));
}

#[test]
fn the_catalogue_of_every_version_becomes_this_ones() {
    let tables = |catalogue: &Catalogue| -> Vec<(String, String)> {
        let mut columns = catalogue
            .db
            .prepare("SELECT m.name, c.name || ' ' || c.type FROM sqlite_schema m, pragma_table_info(m.name) c ORDER BY 1, 2")
            .unwrap();
        columns.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
    };
    let fresh = tempfile::tempdir().unwrap();
    let expected = tables(&open(fresh.path()));
    for version in 1..MIGRATIONS.len() {
        let dir = tempfile::tempdir().unwrap();
        let old = Connection::open(dir.path().join(FILE)).unwrap();
        for step in &MIGRATIONS[..version] {
            old.execute_batch(step).unwrap();
        }
        old.pragma_update(None, "user_version", version as i64).unwrap();
        let id = RootId::new();
        old.execute("INSERT INTO root VALUES (?1, 5)", [id.to_string()]).unwrap();
        old.execute_batch(
            "INSERT INTO segments (id, recorder, recorder_name, path, container, rate, channels, first, frames, \
             start_tai_ns, time_basis, anchor_at, anchor_tai_ns, zone, state) VALUES \
             ('0190c5a8-8c1c-7000-8000-000000000001', '0190c5a8-8c1c-7000-8000-000000000002', 'a', 'x.wav', 'wav', 48000, \
             2, 0, 5, 0, 'arrival', 0, 0, 'UTC', 'sealed')",
        )
        .unwrap();
        drop(old);
        let new = open(dir.path());
        assert_eq!((new.root_id().unwrap(), tables(&new)), (id, expected.clone()), "from version {version}");
        let rows = new.segments().unwrap();
        assert_eq!((rows.len(), rows[0].frames, rows[0].clock), (1, Some(5), None));
    }
}

#[test]
fn a_later_programs_catalogue_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).db.pragma_update(None, "user_version", 7).unwrap();
    let before = std::fs::read(dir.path().join(FILE)).unwrap();
    assert!(matches!(
        Catalogue::open(dir.path(), Utc(1)),
        Err(Error::CatalogueNewer { version: 7, known: 6, .. })
    ));
    assert_eq!(std::fs::read(dir.path().join(FILE)).unwrap(), before);
}

#[test]
fn a_name_used_again_leaves_the_older_row_marked() {
    let dir = tempfile::tempdir().unwrap();
    let catalogue = open(dir.path());
    let (old, new) = (row("x.wav"), row("x.wav"));
    catalogue.insert(&old).unwrap();
    catalogue.insert(&new).unwrap();
    assert_eq!(catalogue.segment(old.id).unwrap().unwrap().state, SegmentState::Faulted);
    assert_eq!(catalogue.segment(new.id).unwrap(), Some(new));
}

#[test]
fn a_batch_is_all_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut catalogue = open(dir.path());
    let failed: Result<(), Error> = catalogue.batch(|catalogue| {
        catalogue.insert(&row("x.wav"))?;
        catalogue.set_gaps(SegmentId::new(), &[Gap { at: SampleIndex(0), len: 1, cause: GapCause::Loss }])
    });
    assert!(failed.is_err());
    assert_eq!(catalogue.segments().unwrap(), []);
}
