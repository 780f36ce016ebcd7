//! Backups of the state database: made, listed, looked through, gone back to; each day one by itself.

use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;

use super::signing_in::Door;
use super::*;

const DAY: i64 = 24 * 3600;
/// The tables of the first version, as it was released.
const FIRST: &str = include_str!("../../src/store/tests/schemas/0001.sql");

fn folder(station: &Station) -> PathBuf {
    station.dir.path().join("state/backups")
}

/// Names, newest first.
async fn listed(station: &Station) -> Vec<String> {
    let list = station.ask("backups", Value::Null).await;
    let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
    list["backups"].as_array().unwrap().iter().map(name).collect()
}

async fn recorders(station: &Station) -> Vec<String> {
    let list = station.ask("list_recorders", Value::Null).await;
    let name = |one: &Value| one["name"].as_str().unwrap().to_owned();
    list["recorders"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_made_each_day_and_the_oldest_of_a_fortnight_goes() {
    let mut door = Door::open();
    door.station.ask("make_backup", Value::Null).await;
    let asked = listed(&door.station).await;
    let mut daily = Vec::new();
    for _ in 0..16 {
        door.clock.go(DAY);
        // The station looks every ten seconds of its own time, and says how it is when it has.
        let made = loop {
            let new: Vec<String> = listed(&door.station).await;
            if let Some(new) = new.into_iter().find(|name| !asked.contains(name) && !daily.contains(name)) {
                break new;
            }
            door.station.until("a beat", |event| matches!(event, AppEvent::Status(_)).then_some(())).await;
        };
        assert!(made.contains("-daily"), "{made}");
        daily.insert(0, made);
        daily.truncate(14);
    }
    let expected: Vec<String> = daily.into_iter().chain(asked).collect();
    assert_eq!(listed(&door.station).await, expected, "what was asked for stays");
    // Each of them can be gone back to.
    for name in expected {
        door.station.ask("check_backup", json!({ "name": name })).await;
    }
    door.station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_backup_is_refused_with_what_is_wrong_and_nothing_changes() {
    let station = Station::open(false);
    let source = station.tone("Tone").await;
    station.recorder("One", &source).await;
    let made = station.ask("make_backup", Value::Null).await;
    let name = made["name"].as_str().unwrap();
    assert_eq!(station.ask("check_backup", json!({ "name": name })).await, made);
    let path = folder(&station).join(name);
    let sound = fs::read(&path).unwrap();
    let mut garbled = sound.clone();
    garbled[4096..8192].fill(0xA5);
    for damaged in [&garbled[..], &sound[..4096], &b"text"[..], &[]] {
        fs::write(&path, damaged).unwrap();
        let mut told = Vec::new();
        for operation in ["check_backup", "restore_backup"] {
            let refused = station.refused(operation, json!({ "name": name })).await;
            assert_eq!(refused.code, Code::Unavailable, "{refused}");
            told.push(refused.message);
        }
        assert_eq!(told[0], told[1]);
        assert!(told[0].starts_with(&format!("The backup {name} is damaged (")), "{}", told[0]);
        assert!(told[0].ends_with("); choose another one."), "{}", told[0]);
    }
    assert_eq!(recorders(&station).await, ["One"]);
    assert_eq!(fs::read_dir(folder(&station)).unwrap().count(), 1, "nothing was about to be replaced");
    for operation in ["check_backup", "restore_backup"] {
        let refused = station.refused(operation, json!({ "name": "../audyn.db" })).await;
        assert_eq!(refused.code, Code::NotFound, "{refused}");
    }
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_restored_while_a_recorder_records_and_it_records_on() {
    let mut station = Station::open(false);
    let source = station.tone("Tone").await;
    let made = station.ask("make_backup", Value::Null).await;
    let id = station.recorder("All day", &source).await;
    station.ask("start_recorder", json!({ "id": id })).await;
    station.until_state(id, "recording").await;
    let refused = station.refused("restore_backup", json!({ "name": made["name"] })).await;
    assert_eq!(refused.code, Code::Conflict);
    assert_eq!(refused.message, "All day is recording. Stop all recorders first.");
    // Making one disturbs nobody.
    station.ask("make_backup", Value::Null).await;
    assert_eq!(station.ask("recorder", json!({ "id": id })).await["state"], "recording");
    station.ask("stop_recorder", json!({ "id": id })).await;
    let gaps = station.ask("recorder_gaps", json!({ "id": id })).await;
    assert_eq!(gaps["gaps"], json!([]), "{gaps:#}");
    station.ask("restore_backup", json!({ "name": made["name"] })).await;
    assert_eq!(recorders(&station).await, Vec::<String>::new());
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_the_first_version_is_restored() {
    let station = Station::open(false);
    let head = Connection::open(station.dir.path().join("state/audyn.db")).unwrap();
    let ours: i64 = head.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
    drop(head);
    let name = "audyn-20260101T000000Z.db";
    let old = Connection::open(folder(&station).join(name)).unwrap();
    old.execute_batch(FIRST).unwrap();
    old.pragma_update(None, "application_id", ours).unwrap();
    old.pragma_update(None, "user_version", 1).unwrap();
    old.execute("INSERT INTO studios VALUES ('studio-00000001', 'Old studio', 'old studio', '', '#336699', 1, 1, NULL, 0)", []).unwrap();
    drop(old);
    assert_eq!(station.ask("check_backup", json!({ "name": name })).await["schema"], 1);
    station.ask("restore_backup", json!({ "name": name })).await;
    let studios = station.ask("list_studios", Value::Null).await;
    assert_eq!(studios["studios"][0]["name"], "Old studio", "{studios:#}");
    // What the first version did not have works: there are users.
    let user = json!({ "email": "ann@example.org", "password": "correct horse battery", "access": "admin" });
    station.ask("create_user", user).await;
    station.service.close(Duration::from_secs(5));
}
