use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;

use super::*;
use crate::api::wire::Aes67Config;

/// A folder with a closed database in which every kind of page occurs: of tables and of indices, inner and leaf, pages of
/// values too long for one, and pages that are free again.
fn filled() -> tempfile::TempDir {
    let (dir, store) = fresh();
    let SourceConfig::Aes67(config) = aes67() else { panic!("another kind") };
    let long = Aes67Config { sdp: Some("a=fmtp:96 ".repeat(2000)), ..config };
    store
        .insert_source(NewSourceRow { name: "long".into(), config: SourceConfig::Aes67(long), demo: false })
        .unwrap();
    for n in 0..3 {
        let kept = source(&store, &format!("source {n}"));
        store.insert_recorder(new_recorder(&format!("recorder {n}"), Some(&kept.id))).unwrap();
        store.assign(&studio(&store, &format!("studio {n}")).id, Some(n + 1)).unwrap();
    }
    let gone = NewSourceRow { name: "gone".into(), config: aes67(), demo: false };
    let gone = store.insert_source(gone).unwrap();
    let long = format!("UPDATE sources SET config = printf('%.*c', 40000, ' ') WHERE id = '{}'", gone.id);
    meddle(dir.path(), &long);
    meddle(
        dir.path(),
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         INSERT INTO history (at_ns, recorder, subject, kind, message)
         SELECT i, i % 3 + 1, 'recorder ' || i % 3, 'gap', 'Audio is missing: ' || i FROM n",
    );
    store.delete_source(&gone.id).unwrap();
    drop(store);
    assert!(!dir.path().join("audyn.db-wal").exists());
    dir
}

/// The state with this in place of its database: it is set aside as it is, and there is a new one.
fn is_set_aside(bytes: &[u8], what: &str) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("audyn.db"), bytes).unwrap();
    let (store, opened) = open(dir.path());
    let aside = opened.set_aside.unwrap_or_else(|| panic!("not noticed: {what}"));
    assert_eq!(aside, dir.path().join("audyn-damaged-20261025T141530Z.db"), "{what}");
    assert!(fs::read(&aside).unwrap() == bytes, "changed: {what}");
    assert!(opened.previous.is_none());
    assert_eq!(store.sources().unwrap(), []);
    recorder(&store, "works");
}

#[test]
fn damage_in_a_page_of_any_kind_is_noticed() {
    let dir = filled();
    let db = Connection::open(dir.path().join("audyn.db")).unwrap();
    let sql = "SELECT name || ' ' || pagetype, min(pageno) FROM dbstat GROUP BY 1 ORDER BY 1";
    let pages = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let mut kinds: Vec<(String, u32)> =
        db.prepare(sql).unwrap().query_map([], pages).unwrap().collect::<Result<_, _>>().unwrap();
    let free: i64 = db.pragma_query_value(None, "freelist_count", |row| row.get(0)).unwrap();
    assert!(free > 2, "there are free pages");
    drop(db);
    let bytes = fs::read(dir.path().join("audyn.db")).unwrap();
    // The head of the file names the first page of the list of free ones.
    kinds.push(("free list".into(), u32::from_be_bytes(bytes[32..36].try_into().unwrap())));
    let names: BTreeSet<_> = kinds.iter().map(|(kind, _)| kind.as_str()).collect();
    for needed in [
        "history internal",
        "history leaf",
        "history_recorder internal",
        "sources overflow",
        "sqlite_schema leaf",
    ] {
        assert!(names.contains(needed), "{names:?}");
    }
    for (kind, page) in kinds {
        let (mut damaged, page) = (bytes.clone(), page as usize);
        damaged[(page - 1) * 4096..page * 4096].fill(0xA5);
        is_set_aside(&damaged, &format!("page {page}, {kind}"));
    }
}

#[test]
fn a_database_cut_short_is_noticed() {
    let dir = filled();
    let bytes = fs::read(dir.path().join("audyn.db")).unwrap();
    for len in [0, 1, 99, 100, 4095, 4096, 4097, bytes.len() / 2, bytes.len() - 4096, bytes.len() - 1] {
        is_set_aside(&bytes[..len], &format!("{len} of {} bytes", bytes.len()));
    }
}

#[test]
fn what_is_no_database_or_another_programs_is_set_aside() {
    is_set_aside(b"{\"recorders\": []}", "text");
    is_set_aside(&[0; 8192], "zeros");
    let dir = tempfile::tempdir().unwrap();
    let other = dir.path().join("other.db");
    Connection::open(&other).unwrap().execute_batch("CREATE TABLE t (x); PRAGMA user_version = 1").unwrap();
    is_set_aside(&fs::read(other).unwrap(), "another program's");
}

#[test]
fn a_text_or_a_number_that_cannot_have_been_written_is_noticed() {
    for sql in [
        "UPDATE studios SET name = CAST(X'53F4' AS TEXT)",
        "UPDATE history SET message = CAST(X'FF' AS TEXT)",
        "PRAGMA ignore_check_constraints = 1; UPDATE recorders SET number = 4294967296; UPDATE studios SET recorder = NULL",
        "PRAGMA ignore_check_constraints = 1; UPDATE studios SET enabled = 7",
    ] {
        let (dir, store) = fresh();
        recorder(&store, "R");
        studio(&store, "S");
        let note = ("Audyn".to_owned(), "program".to_owned(), "Begun".to_owned());
        store
            .note(&[HistoryNote { at: NOW, recorder: None, subject: note.0, kind: note.1, message: note.2 }])
            .unwrap();
        drop(store);
        meddle(dir.path(), sql);
        let bytes = fs::read(dir.path().join("audyn.db")).unwrap();
        is_set_aside(&bytes, sql);
    }
}

#[test]
fn a_table_index_or_column_that_is_gone_is_noticed() {
    for sql in [
        "DROP TABLE users",
        "DROP INDEX notices_open",
        "ALTER TABLE studios DROP COLUMN color",
        "ALTER TABLE days RENAME COLUMN gaps TO gasp",
        "PRAGMA user_version = 0",
        "PRAGMA user_version = 16777217",
        "PRAGMA application_id = 0",
    ] {
        let (dir, store) = fresh();
        drop(store);
        meddle(dir.path(), sql);
        let bytes = fs::read(dir.path().join("audyn.db")).unwrap();
        is_set_aside(&bytes, sql);
    }
    let (dir, store) = fresh();
    source(&store, "kept");
    drop(store);
    meddle(dir.path(), "CREATE INDEX helpful ON history (at_ns); CREATE VIEW handy AS SELECT 1");
    assert_eq!(open(dir.path()).0.sources().unwrap().len(), 1, "what was added is no damage");
}

#[test]
fn what_belongs_to_a_damaged_database_goes_with_it() {
    let (dir, store) = fresh();
    source(&store, "in the log");
    let copy = tempfile::tempdir().unwrap();
    for part in ["", "-wal", "-shm"] {
        let name = format!("audyn.db{part}");
        fs::copy(dir.path().join(&name), copy.path().join(&name)).unwrap();
    }
    let mut bytes = fs::read(copy.path().join("audyn.db")).unwrap();
    bytes[..4096].fill(0xA5);
    fs::write(copy.path().join("audyn.db"), &bytes).unwrap();
    let log = fs::read(copy.path().join("audyn.db-wal")).unwrap();
    // The log has the first page too, as it should be; without its head it is no log.
    fs::write(copy.path().join("audyn.db-wal"), &log[32..]).unwrap();
    let (store, opened) = open(copy.path());
    let aside = opened.set_aside.unwrap();
    assert_eq!(fs::read(&aside).unwrap(), bytes);
    assert_eq!(fs::read(format!("{}-wal", aside.display())).unwrap(), &log[32..]);
    assert_eq!(store.sources().unwrap(), []);
}

#[test]
fn a_log_without_its_database_is_set_aside() {
    let (dir, store) = fresh();
    source(&store, "in the log");
    let copy = tempfile::tempdir().unwrap();
    fs::copy(dir.path().join("audyn.db-wal"), copy.path().join("audyn.db-wal")).unwrap();
    let (store, opened) = open(copy.path());
    assert!(opened.previous.is_none());
    assert!(Path::new(&format!("{}-wal", opened.set_aside.unwrap().display())).exists());
    assert_eq!(store.sources().unwrap(), []);
}

#[test]
fn two_damaged_databases_of_one_second_are_both_kept() {
    let dir = tempfile::tempdir().unwrap();
    for text in ["one", "two"] {
        fs::write(dir.path().join("audyn.db"), text).unwrap();
        drop(open(dir.path()));
    }
    let kept = |name: &str| fs::read_to_string(dir.path().join(name)).unwrap();
    assert_eq!(kept("audyn-damaged-20261025T141530Z.db"), "one");
    assert_eq!(kept("audyn-damaged-20261025T141530Z-2.db"), "two");
}

#[test]
fn a_kill_after_setting_aside_does_not_hide_it() {
    let dir = tempfile::tempdir().unwrap();
    let aside = dir.path().join("audyn-damaged-20260101T000000Z.db");
    fs::write(&aside, "damaged").unwrap();
    let (store, opened) = open(dir.path());
    assert_eq!((opened.previous, opened.set_aside), (None, Some(aside)));
    drop(store);
    assert_eq!(open(dir.path()).1.set_aside, None);
}

#[test]
fn a_log_cut_at_any_byte_leaves_what_was_committed_before() {
    let (dir, store) = fresh();
    for n in 0..6 {
        source(&store, &format!("{n}"));
    }
    let log = fs::read(dir.path().join("audyn.db-wal")).unwrap();
    let database = fs::read(dir.path().join("audyn.db")).unwrap();
    let mut seen = BTreeSet::new();
    for len in (0..=log.len()).step_by(1021).chain([log.len()]) {
        let cut = tempfile::tempdir().unwrap();
        fs::write(cut.path().join("audyn.db"), &database).unwrap();
        fs::write(cut.path().join("audyn.db-wal"), &log[..len]).unwrap();
        let (store, opened) = open(cut.path());
        assert_eq!(opened.set_aside, None);
        let names: Vec<_> = store.sources().unwrap().into_iter().map(|row| row.name).collect();
        let whole: Vec<_> = (0..names.len()).map(|n| n.to_string()).collect();
        assert_eq!(names, whole, "{len} of {} bytes", log.len());
        seen.insert(names.len());
    }
    assert_eq!(seen, (0..=6).collect());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_bytes_are_noticed_or_do_no_harm(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        static BYTES: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let mut bytes = BYTES.get_or_init(|| fs::read(filled().path().join("audyn.db")).unwrap()).clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("audyn.db"), &bytes).unwrap();
        match Store::open(dir.path(), "audyn 0.1.0", NOW) {
            Ok((store, opened)) => {
                if let Some(aside) = opened.set_aside {
                    prop_assert!(fs::read(aside).unwrap() == bytes);
                }
                // Whatever they give: no panic, and what is written is read.
                let _ = (store.sources(), store.recorders(), store.studios(), store.notices(99));
                let _ = store.history(HistoryWanted { limit: 5000, ..HistoryWanted::default() });
                if let Ok(row) = store.insert_source(NewSourceRow { name: "new".into(), config: tone(1), demo: false }) {
                    prop_assert!(store.sources().unwrap().contains(&row));
                }
            }
            Err(refused) => prop_assert!(matches!(refused, StoreError::Newer { .. }), "{}", refused),
        }
    }
}
