use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use super::*;

/// Says to a copy of this test program that it is the one to be killed, and where to write.
const VICTIM: &str = "AUDYN_TEST_STORE";

/// A copy of this program that runs this test as its victim, and what it says.
fn victim(test: &str, dir: &Path) -> (Child, impl Iterator<Item = String> + use<>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("store::tests::kill::{test}"), "--nocapture", "--test-threads=1"])
        .env(VICTIM, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    (child, lines.filter_map(|line| line.strip_prefix("> ").map(str::to_owned)))
}

fn here() -> Option<std::path::PathBuf> {
    std::env::var_os(VICTIM).map(Into::into)
}

fn say(what: &str) {
    println!("\n> {what}");
}

#[test]
fn a_writer_killed_at_any_moment_has_lost_nothing_it_was_told_was_done() {
    if let Some(dir) = here() {
        let (store, _) = open(&dir);
        let from = store.recorders().unwrap().len() as u32;
        for n in from.. {
            let row = recorder(&store, &format!("recorder {n}"));
            store.assign(&studio(&store, &format!("studio {n}")).id, Some(row.number)).unwrap();
            say(&row.number.to_string());
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let mut said = BTreeSet::new();
    for lines in [1, 2, 7, 20] {
        let (mut child, told) =
            victim("a_writer_killed_at_any_moment_has_lost_nothing_it_was_told_was_done", dir.path());
        said.extend(told.take(lines).map(|number| number.parse::<u32>().unwrap()));
        let refused = Store::open(dir.path(), "audyn", NOW).map(drop).unwrap_err();
        let holder = format!("audyn 0.1.0 (process {}, since 2026-10-25T14:15:30Z)", child.id());
        assert!(matches!(&refused, StoreError::Locked { holder: who, .. } if *who == holder), "{refused}");
        child.kill().unwrap();
        child.wait().unwrap();
        let (store, opened) = open(dir.path());
        assert_eq!(opened.set_aside, None);
        assert_eq!(opened.previous.unwrap().ended, None);
        let numbers: BTreeSet<_> = store.recorders().unwrap().into_iter().map(|row| row.number).collect();
        assert!(numbers.is_superset(&said), "{said:?} of {numbers:?}");
        let held: BTreeSet<_> = store.studios().unwrap().into_iter().filter_map(|row| row.recorder).collect();
        assert!(held.is_superset(&said), "{said:?} of {held:?}");
    }
    assert_eq!(said.len(), 30);
}

#[test]
fn a_kill_amid_a_backup_or_a_restore_leaves_the_one_state_or_the_other() {
    if let Some(dir) = here() {
        let (store, _) = open(&dir);
        let full = store.backups().unwrap().pop().unwrap().name;
        loop {
            say("restoring");
            let empty = store.restore(&full, NOW).unwrap();
            say("restoring");
            let before = store.restore(&empty.name, NOW).unwrap();
            for backup in [empty, before] {
                std::fs::remove_file(dir.join("backups").join(backup.name)).unwrap();
            }
        }
    }
    let (dir, store) = fresh();
    for n in 0..40 {
        source(&store, &format!("source {n}"));
    }
    let full = store.backup(NOW.plus(-MINUTE)).unwrap();
    let all = store.sources().unwrap();
    store.sources().unwrap().iter().for_each(|row| store.delete_source(&row.id).unwrap());
    drop(store);
    for restores in 1..6 {
        let (mut child, told) =
            victim("a_kill_amid_a_backup_or_a_restore_leaves_the_one_state_or_the_other", dir.path());
        assert_eq!(told.take(restores).count(), restores);
        child.kill().unwrap();
        child.wait().unwrap();
        let (store, opened) = open(dir.path());
        assert_eq!(opened.set_aside, None);
        let left = store.sources().unwrap();
        assert!(left.is_empty() || left == all, "{} sources", left.len());
        for backup in &opened.backups {
            assert!([0, 40].contains(&backup.sources), "{backup:?}");
        }
        assert!(file::names(&dir.path().join("backups")).unwrap().iter().all(|name| name.ends_with(".db")));
        assert_eq!(opened.backups.last(), Some(&full));
    }
}
