use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::*;

#[test]
fn a_new_state_is_for_its_user_only_and_empty() {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("a/b");
    let (store, opened) = open(&place);
    assert!(opened.previous.is_none() && opened.set_aside.is_none() && opened.backups.is_empty());
    assert!(opened.unusable.is_empty());
    assert_eq!((store.dir(), store.schema()), (place.as_path(), 2));
    assert!(store.bytes() >= 4096);
    store.backup(NOW).unwrap();
    let mode = |path: &str| fs::metadata(place.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode("."), mode("backups")], [0o700, 0o700]);
    let files = ["audyn.db", "audyn.db-wal", "audyn.lock", "backups/audyn-20261025T141530Z.db"];
    assert_eq!(files.map(mode), [0o600; 4]);
    drop(store);
    let (_store, opened) = open(&place);
    assert!(opened.previous.is_some());
    let mut left: Vec<_> = fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["audyn.db", "audyn.db-shm", "audyn.db-wal", "audyn.lock", "backups"]);
}

#[test]
fn what_was_said_to_be_done_is_on_disk() {
    let (_dir, store) = fresh();
    let held = store.held();
    let pragma = |name: &str| {
        held.db.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0)).unwrap()
    };
    assert_eq!(pragma("journal_mode"), "wal".to_owned().into());
    // 2 is FULL.
    assert_eq!(pragma("synchronous"), 2.into());
    assert_eq!(pragma("foreign_keys"), 1.into());
}

#[test]
fn a_second_one_is_told_who_has_the_state() {
    let (dir, store) = fresh();
    let refused = Store::open(dir.path(), "audyn 0.2.0", NOW).map(drop).unwrap_err();
    let expected = format!(
        "cannot use {}: audyn 0.1.0 (process {}, since 2026-10-25T14:15:30Z) has it open; \
         end that one first, or set AUDYN_CONFIG_DIR to another folder",
        dir.path().display(),
        std::process::id(),
    );
    assert_eq!(refused.to_string(), expected);
    assert!(matches!(refused, StoreError::Locked { .. }));
    source(&store, "goes on");
    drop(store);
    assert_eq!(fs::read(dir.path().join("audyn.lock")).unwrap(), b"");
    assert_eq!(open(dir.path()).0.sources().unwrap().len(), 1);
}

#[test]
fn a_name_in_the_lock_file_is_not_a_lock() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(
        dir.path().join("audyn.lock"),
        "audyn 0.0.9 (process 1, since 1970-01-01T00:00:00Z) and so on\n",
    )
    .unwrap();
    let (_store, opened) = open(dir.path());
    assert!(opened.previous.is_none());
    let text = fs::read_to_string(dir.path().join("audyn.lock")).unwrap();
    assert_eq!(text, format!("audyn 0.1.0 (process {}, since 2026-10-25T14:15:30Z)\n", std::process::id()));
}

#[test]
fn a_kill_while_the_first_database_is_made_leaves_nothing_in_the_way() {
    for left in ["audyn.db.new", "audyn.db.new-journal", "audyn.db.new-wal"] {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(left), b"half").unwrap();
        let (_store, opened) = open(dir.path());
        assert!(opened.previous.is_none() && opened.set_aside.is_none(), "{left}");
        assert!(!dir.path().join(left).exists(), "{left}");
    }
}

#[test]
fn what_is_not_a_folder_or_a_file_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, b"mine").unwrap();
    let refused = Store::open(&file, "audyn", NOW).map(drop).unwrap_err();
    assert!(refused.to_string().starts_with(&format!("cannot make {}", file.display())), "{refused}");
    assert_eq!(fs::read(&file).unwrap(), b"mine");
    let folder = dir.path().join("state");
    fs::create_dir_all(folder.join("audyn.db/mine")).unwrap();
    assert!(Store::open(&folder, "audyn", NOW).is_err());
    assert!(folder.join("audyn.db/mine").exists());
}

#[test]
fn a_database_that_is_gone_is_missed_if_there_are_backups_of_it() {
    let (dir, store) = fresh();
    store.backup(NOW).unwrap();
    drop(store);
    fs::remove_file(dir.path().join("audyn.db")).unwrap();
    let (store, opened) = open(dir.path());
    assert_eq!(opened.unusable, ["the state database is gone, and an empty one was made; restore a backup"]);
    drop(store);
    assert!(open(dir.path()).1.unusable.is_empty());
}
