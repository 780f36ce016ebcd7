use std::fs;

use super::*;

fn days(n: i64) -> Utc {
    NOW.plus(n * 24 * 60 * MINUTE)
}

fn names(store: &Store) -> Vec<String> {
    store.backups().unwrap().into_iter().map(|backup| backup.name).collect()
}

#[test]
fn a_backup_says_what_is_in_it_and_newest_come_first() {
    let (dir, store) = fresh();
    let empty = store.backup(NOW).unwrap();
    let kept = source(&store, "S");
    for name in ["1", "2"] {
        store.insert_recorder(new_recorder(name, Some(&kept.id))).unwrap();
    }
    for name in ["a", "b", "c"] {
        studio(&store, name);
    }
    let second = store.backup(NOW).unwrap();
    let third = store.daily_backup(NOW.plus(MINUTE)).unwrap();
    assert_eq!((empty.recorders, empty.sources, empty.studios, empty.schema), (0, 0, 0, 2));
    assert_eq!((second.recorders, second.sources, second.studios), (2, 1, 3));
    assert_eq!((empty.made, third.made), (NOW, NOW.plus(MINUTE)));
    let found =
        ["audyn-20261025T141630Z-daily.db", "audyn-20261025T141530Z.db", "audyn-20261025T141530Z-2.db"];
    assert_eq!(names(&store), found);
    let size = fs::metadata(dir.path().join("backups").join(&second.name)).unwrap().len();
    assert_eq!(second.bytes, size);
    drop(store);
    assert_eq!(open(dir.path()).1.backups, [third, empty, second]);
}

#[test]
fn a_restored_state_is_what_it_was_and_what_it_replaced_can_be_had_back() {
    let (dir, store) = fresh();
    let kept = store.insert_source(NewSourceRow { name: "S".into(), config: aes67(), demo: false }).unwrap();
    let one = store.insert_recorder(new_recorder("one", Some(&kept.id))).unwrap();
    let room = studio(&store, "room");
    store.assign(&room.id, Some(one.number)).unwrap();
    store.put_settings(&settings()).unwrap();
    store.put_selection("main", &room.id).unwrap();
    store.set_wanted(&[1], true).unwrap();
    let state = |store: &Store| {
        let rows = (store.sources().unwrap(), store.recorders().unwrap(), store.studios().unwrap());
        (rows, store.settings(&settings()).unwrap(), store.selection("main").unwrap())
    };
    let then = state(&store);
    let backup = store.backup(NOW).unwrap();
    store.put_settings(&Settings { station: "new".into(), ..settings() }).unwrap();
    store.delete_studio(&room.id).unwrap();
    store.delete_recorder(1).unwrap();
    store.delete_source(&kept.id).unwrap();
    for name in ["two", "three"] {
        recorder(&store, name);
    }
    let later = state(&store);
    let before = store.restore(&backup.name, NOW.plus(MINUTE)).unwrap();
    assert_eq!(state(&store), then);
    store.heartbeat(NOW.plus(2 * MINUTE)).unwrap();
    assert_eq!(recorder(&store, "four").number, 4, "2 and 3 have folders in the archive");
    store.delete_recorder(4).unwrap();
    drop(store);
    let (store, opened) = open(dir.path());
    assert_eq!(state(&store), then);
    let seen = PreviousRun { started: NOW, last_seen: NOW.plus(2 * MINUTE), ended: None };
    assert_eq!(opened.previous, Some(seen));
    store.restore(&before.name, NOW.plus(3 * MINUTE)).unwrap();
    assert_eq!(state(&store), later);
    assert_eq!(recorder(&store, "five").number, 5);
    let check =
        |sql| store.read("test", |tx| Ok(tx.query_row(sql, [], |row| row.get::<_, String>(0))?)).unwrap();
    assert_eq!((check("PRAGMA journal_mode"), check("PRAGMA integrity_check")), ("wal".into(), "ok".into()));
    assert!(matches!(store.delete_source(&kept.id), Err(StoreError::NotFound { .. })));
}

#[test]
fn only_names_of_backups_are_names_of_backups() {
    let (dir, store) = fresh();
    let good = store.backup(NOW).unwrap().name;
    fs::copy(dir.path().join("backups").join(&good), dir.path().join("backups/mine.db")).unwrap();
    fs::copy(dir.path().join("backups").join(&good), dir.path().join("audyn-20261025T141531Z.db")).unwrap();
    for name in [
        "",
        ".",
        "mine.db",
        "../audyn.db",
        "../audyn-20261025T141531Z.db",
        "/etc/passwd",
        "audyn-20261025T141531Z.db",
        "audyn-20261325T141530Z.db",
        "audyn-20261025T141530Z.db.part",
        "audyn-20261025T141530Z-x.db",
        "audyn-20261025T141530Z-.db",
        "audyn-20261025T141530Z/../audyn-20261025T141530Z.db",
        "audyn-ääääääää.db",
    ] {
        let refused = store.restore(name, NOW).unwrap_err();
        assert!(matches!(refused, StoreError::NotFound { what: "backup", .. }), "{name}: {refused}");
    }
    assert_eq!(names(&store), [good.as_str()]);
    store.restore(&good, NOW).unwrap();
}

#[test]
fn a_backup_that_is_damaged_or_of_a_later_program_changes_nothing() {
    let (dir, store) = fresh();
    let kept = source(&store, "kept");
    let good = store.backup(NOW).unwrap();
    let path = dir.path().join("backups").join(&good.name);
    let bytes = fs::read(&path).unwrap();
    let mut garbled = bytes.clone();
    garbled[4096..8192].fill(0xA5);
    for damaged in [&garbled[..], &bytes[..4096], &b"text"[..], &[]] {
        fs::write(&path, damaged).unwrap();
        let refused = store.restore(&good.name, NOW).unwrap_err();
        assert!(matches!(&refused, StoreError::BadBackup { name, .. } if *name == good.name), "{refused}");
        assert_eq!(store.check_backup(&good.name).unwrap_err().to_string(), refused.to_string());
    }
    fs::write(&path, bytes).unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 3).unwrap();
    let refused = store.restore(&good.name, NOW).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { version: 3, known: 2, .. }), "{refused}");
    assert_eq!(store.sources().unwrap(), [kept]);
    assert_eq!(
        fs::read_dir(dir.path().join("backups")).unwrap().count(),
        1,
        "nothing was about to be replaced"
    );
}

#[test]
fn a_backup_that_cannot_be_read_is_not_offered() {
    let (dir, store) = fresh();
    let good = store.backup(NOW).unwrap();
    fs::write(dir.path().join("backups/audyn-20270101T000000Z.db"), "text").unwrap();
    fs::write(dir.path().join("backups/notes.txt"), "text").unwrap();
    assert_eq!(store.backups().unwrap(), [good]);
}

#[test]
fn the_daily_backup_is_due_once_a_day_whatever_the_clock_does() {
    let (_dir, store) = fresh();
    assert!(store.due(NOW).unwrap());
    store.backup(NOW).unwrap();
    assert!(store.due(NOW).unwrap(), "one that was asked for is another matter");
    store.daily_backup(NOW).unwrap();
    let due = |at: Utc| store.due(at).unwrap();
    assert_eq!([due(NOW), due(days(1).plus(-1)), due(days(1)), due(days(9))], [false, false, true, true]);
    assert!(due(days(-300)), "the clock was ahead");
}

#[test]
fn a_fortnight_of_daily_backups_is_kept_and_all_that_were_asked_for() {
    let (_dir, store) = fresh();
    let asked = store.backup(days(-1)).unwrap().name;
    let daily: Vec<_> = (0..16).map(|day| store.daily_backup(days(day)).unwrap().name).collect();
    let expected: Vec<_> = daily[2..].iter().rev().chain([&asked]).cloned().collect();
    assert_eq!(names(&store), expected);
    let set_back = store.daily_backup(days(-100)).unwrap().name;
    let expected: Vec<_> = daily[3..].iter().rev().chain([&asked, &set_back]).cloned().collect();
    assert_eq!(names(&store), expected);
}

#[test]
fn a_backup_that_fails_leaves_nothing_behind() {
    let (dir, store) = fresh();
    let folder = dir.path().join("backups");
    fs::write(folder.join("audyn-20260101T000000Z.db.part"), "half").unwrap();
    fs::write(folder.join("audyn-20260101T000000Z.db.part-journal"), "half").unwrap();
    drop(store);
    let (store, opened) = open(dir.path());
    assert_eq!((opened.backups, fs::read_dir(&folder).unwrap().count()), (vec![], 0));
    fs::remove_dir(&folder).unwrap();
    assert!(store.backup(NOW).is_err());
    assert!(store.backups().is_err());
    source(&store, "goes on");
}

#[test]
fn a_backup_has_what_was_committed_and_work_goes_on_beside_it() {
    let (_dir, store) = fresh();
    source(&store, "before");
    std::thread::scope(|scope| {
        let held = store.held();
        held.db.execute_batch("BEGIN IMMEDIATE; UPDATE sources SET demo = 1").unwrap();
        let made = scope.spawn(|| make_beside(&store)).join().unwrap();
        assert_eq!(made.sources, 1);
        held.db.execute_batch("COMMIT").unwrap();
    });
    store.restore(&names(&store)[0], NOW.plus(MINUTE)).unwrap();
    assert!(!store.sources().unwrap()[0].demo);
}

fn make_beside(store: &Store) -> BackupInfo {
    store.backup(NOW).unwrap()
}
