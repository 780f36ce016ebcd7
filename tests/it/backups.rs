//! `audyn backup`: of a station that does not run, and of one that does.

use std::fs;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::rig::{Rig, Running};

fn audyn(rig: &Rig, args: &[&str]) -> Output {
    command(rig, args).output().unwrap()
}

fn command(rig: &Rig, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_audyn"));
    command
        .args(args)
        .env("AUDYN_CONFIG_DIR", rig.path("state"))
        .env("AUDYN_ARCHIVE_ROOT", rig.path("archive"))
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .current_dir(rig.path(""));
    command
}

fn done(rig: &Rig, args: &[&str]) -> Value {
    let output = audyn(rig, args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(rig: &Rig, args: &[&str]) -> String {
    let output = audyn(rig, args);
    assert_eq!(output.status.code(), Some(1), "{args:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_backup_is_made_listed_looked_through_and_restored() {
    let rig = Rig::new();
    assert!(refused(&rig, &["backup", "make"]).contains("there is no station"), "nothing is made of nothing");
    assert!(!rig.path("state").exists());
    // A station with a demonstration's recorders.
    let mut running = Running::start(&mut command(&rig, &["serve", "--demo"]));
    running.until("serving without a window");
    let daily = done(&rig, &["backup", "list", "--json"]);
    let locked = refused(&rig, &["backup", "make"]);
    assert!(locked.contains("has it open"), "{locked}");
    running.signal(libc::SIGTERM);
    running.succeed();
    assert!(daily.as_array().unwrap().iter().all(|one| one["name"].as_str().unwrap().contains("-daily")));

    let made = done(&rig, &["backup", "make", "--json"]);
    assert!(made["recorders"].as_u64().unwrap() > 0, "{made:#}");
    let name = made["name"].as_str().unwrap();
    assert_eq!(done(&rig, &["backup", "check", name, "--json"]), made);
    assert_eq!(done(&rig, &["backup", "list", "--json"])[0], made);

    // What is lost is had back, and what there was meanwhile is kept.
    fs::remove_file(rig.path("state/audyn.db")).unwrap();
    let before = done(&rig, &["backup", "restore", name, "--json"]);
    assert_eq!(before["recorders"], json!(0), "{before:#}");
    let now = done(&rig, &["backup", "make", "--json"]);
    assert_eq!(now["recorders"], made["recorders"]);

    // A damaged one is refused, and nothing is changed.
    let path = rig.path("state/backups").join(name);
    let mut garbled = fs::read(&path).unwrap();
    garbled[4096..8192].fill(0xA5);
    fs::write(&path, garbled).unwrap();
    let kept = done(&rig, &["backup", "list", "--json"]).as_array().unwrap().len();
    for act in ["check", "restore"] {
        let told = refused(&rig, &["backup", act, name]);
        assert!(told.contains(&format!("the backup {name} is damaged (")), "{told}");
        assert!(told.contains("choose another one"), "{told}");
        assert!(refused(&rig, &["backup", act, "../audyn.db"]).contains("there is no backup"));
    }
    assert_eq!(done(&rig, &["backup", "list", "--json"]).as_array().unwrap().len(), kept);
    assert_eq!(done(&rig, &["backup", "make", "--json"])["recorders"], made["recorders"]);
}
