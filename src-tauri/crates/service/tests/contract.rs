//! The application through its contract, as every door asks it: real sources on the loopback interface, real files.

#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on has failed"
)]

#[path = "contract/backups.rs"]
mod backups;
#[path = "contract/configuration.rs"]
mod configuration;
#[path = "contract/doctor.rs"]
mod doctor;
#[path = "contract/facts.rs"]
mod facts;
#[path = "contract/rewriting.rs"]
mod rewriting;
#[path = "contract/roles.rs"]
mod roles;
#[path = "contract/signing_in.rs"]
mod signing_in;
#[path = "contract/triggers.rs"]
mod triggers;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::api::wire::AppEvent;
use audyn_service::api::{Access, ApiError, Caller, Code, dispatch};
use audyn_service::{Options, Service};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::broadcast::Receiver;

/// Nothing here takes longer than this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

struct Station {
    dir: TempDir,
    service: Service,
    events: Receiver<AppEvent>,
}

impl Station {
    fn open(demo: bool) -> Self {
        Self::open_in(tempfile::tempdir().unwrap(), demo)
    }

    fn open_in(dir: TempDir, demo: bool) -> Self {
        let options = Options {
            state_dir: dir.path().join("state"),
            archive_root: Some(dir.path().join("archive")),
            default_archive_root: dir.path().join("archive"),
            originator: "Audyn test".to_owned(),
            real_time: false,
            demo_if_empty: demo,
            zone: jiff::tz::TimeZone::get("Europe/Zurich").unwrap(),
        };
        let service = Service::open(options, Arc::new(SystemClock)).unwrap();
        let events = service.events();
        Self { dir, service, events }
    }

    /// Ends the program in order and starts it again.
    fn restart(self) -> Self {
        self.service.close(Duration::from_secs(5));
        let Self { dir, service, .. } = self;
        drop(service);
        Self::open_in(dir, false)
    }

    async fn ask(&self, operation: &str, request: Value) -> Value {
        self.ask_as(&Caller::local(), operation, request)
            .await
            .unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    }

    async fn refused(&self, operation: &str, request: Value) -> ApiError {
        let error = self.ask_as(&Caller::local(), operation, request).await.expect_err("it is refused");
        assert!(!error.request_id.is_empty() && error.message.ends_with('.'), "{error:?}");
        error
    }

    async fn ask_as(&self, caller: &Caller, operation: &str, request: Value) -> Result<Value, ApiError> {
        dispatch(&self.service, caller, operation, request).await
    }

    /// Waits for an event.
    async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&AppEvent) -> Option<T>) -> T {
        let waiting = async {
            loop {
                let event = self.events.recv().await.expect("events go on");
                if let Some(found) = wanted(&event) {
                    return found;
                }
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("{what} did not come"))
    }

    async fn until_state(&mut self, id: u32, state: &str) -> Value {
        self.until(&format!("recorder {id} {state}"), |event| {
            let event = serde_json::to_value(event).unwrap();
            (event["type"] == "recorder" && event["data"]["id"] == id && event["data"]["state"] == state)
                .then(|| event["data"].clone())
        })
        .await
    }

    async fn tone(&self, name: &str) -> String {
        let config = json!({ "kind": "tone", "frequency_hz": 1000, "level_dbfs": -18.0 });
        let source = self.ask("create_source", json!({ "name": name, "config": config })).await;
        source["id"].as_str().unwrap().to_owned()
    }

    async fn recorder(&self, name: &str, source: &str) -> u32 {
        let made = self.ask("create_recorder", json!({ "name": name, "source_id": source })).await;
        made["id"].as_u64().unwrap() as u32
    }

    fn archive(&self) -> std::path::PathBuf {
        self.dir.path().join("archive")
    }
}

fn files_below(dir: &Path, suffix: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path, suffix));
        } else if path.extension().is_some_and(|own| own == suffix) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_is_alive_and_records_when_told() {
    let mut station = Station::open(true);
    let recorders = station.ask("list_recorders", Value::Null).await["recorders"].clone();
    let names: Vec<&str> =
        recorders.as_array().unwrap().iter().map(|r| r["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Studio 1", "Studio 2"]);
    assert!(recorders.as_array().unwrap().iter().all(|r| r["demo"] == true && r["state"] == "stopped"));

    // Meters live although nothing is recorded.
    let layout = station.ask("level_layout", Value::Null).await;
    assert_eq!(layout["meters"].as_array().unwrap().len(), 2);
    let mut levels = station.service.levels();
    let mut frame = Vec::new();
    let deadline = std::time::Instant::now() + PATIENCE;
    while frame.get(3).is_none_or(|peak: &f32| (peak + 18.0).abs() > 0.1) {
        assert!(std::time::Instant::now() < deadline, "the tone of -18 dBFS is not on the meter: {frame:?}");
        tokio::task::yield_now().await;
        levels.frame(&mut frame);
    }
    assert_eq!(f64::from(frame[0]), layout["generation"].as_f64().unwrap());

    // It records into its studio's folder.
    let told = station.ask("start_recorder", json!({ "id": 1 })).await;
    assert_eq!(told, json!({ "message": "Recording started", "recorder_id": 1 }));
    let opened = station
        .until("a file", |event| match event {
            AppEvent::File(file) => Some(file.clone()),
            _ => None,
        })
        .await;
    station.until_state(1, "recording").await;
    let again = station.ask("start_recorder", json!({ "id": 1 })).await;
    assert_eq!(again["message"], "Recording started", "to start what records is no fault");
    let view = station.ask("recorder", json!({ "id": 1 })).await;
    let studio = view["studio"]["id"].as_str().unwrap();
    assert!(opened.path.starts_with(&format!("{studio}/")), "{}", opened.path);
    assert_eq!(view["files"][0]["path"], opened.path);

    let told = station.ask("stop_recorder", json!({ "id": 1 })).await;
    assert_eq!(told["message"], "Recording stopped");
    let view = station.ask("recorder", json!({ "id": 1 })).await;
    assert_eq!((&view["state"], &view["files"]), (&json!("stopped"), &json!([])));
    station.ask("stop_recorder", json!({ "id": 1 })).await;

    // The file is listed, complete, and independent tools read it.
    let page = station.ask("list_files", json!({ "recorder_id": 1 })).await;
    assert_eq!(page["files"][0]["state"], "complete");
    let path = station.archive().join(page["files"][0]["path"].as_str().unwrap());
    let probed = std::process::Command::new("ffprobe")
        .args(["-v", "error", "-show_entries", "stream=codec_name,channels", "-of", "csv=p=0"])
        .arg(&path)
        .output()
        .expect("ffprobe is there (package ffmpeg)");
    assert_eq!(String::from_utf8_lossy(&probed.stdout).trim(), "pcm_s24le,2");

    // Removed, the demonstration leaves its recordings.
    station.ask("remove_demo", Value::Null).await;
    assert_eq!(station.ask("list_recorders", Value::Null).await["recorders"], json!([]));
    assert_eq!(station.ask("list_studios", Value::Null).await["studios"], json!([]));
    assert!(path.exists());
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_should_record_is_resumed_and_what_was_set_is_kept() {
    let mut station = Station::open(false);
    let source = station.tone("Tone").await;
    let id = station.recorder("Late show", &source).await;
    let other = station.recorder("Spare", "").await;
    station.ask("change_settings", json!({ "station": "Radio Nord", "reference_dbfs": -20 })).await;
    station.ask("start_recorder", json!({ "id": id })).await;
    station.until_state(id, "recording").await;

    let mut station = station.restart();
    station.until_state(id, "recording").await;
    assert_eq!(station.ask("recorder", json!({ "id": other })).await["state"], "stopped");
    let settings = station.ask("settings", Value::Null).await;
    assert_eq!((&settings["station"], &settings["reference_dbfs"]), (&json!("Radio Nord"), &json!(-20)));
    assert!(!settings["archive_root_locked"].is_null(), "the root was given to the program");
    assert_eq!(files_below(&station.archive(), "wav").len(), 2, "one before, one after");
    let history = station.ask("history", json!({ "recorder_id": id })).await;
    let kinds: Vec<&str> =
        history["entries"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"created") && kinds.contains(&"started"), "{kinds:?}");
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_silent_is_an_error_and_no_recording() {
    let mut station = Station::open(false);
    let config =
        json!({ "kind": "aes67", "legs": [{ "address": "239.255.77.77", "interface": "lo", "port": 5999 }] });
    let source = station.ask("create_source", json!({ "name": "Dead", "config": config })).await;
    assert_eq!(source["signal"], json!({ "level": "fault", "text": "No signal" }));
    let id = station.recorder("Dead", source["id"].as_str().unwrap()).await;
    station.ask("start_recorder", json!({ "id": id })).await;
    let view = station.until_state(id, "error").await;
    assert_eq!(view["reason"], "nothing is received");
    let status = station.ask("status", Value::Null).await;
    let notice = &status["notices"][0];
    assert_eq!((&notice["level"], &notice["recorder_id"]), (&json!("fault"), &json!(id)));
    station.ask("stop_recorder", json!({ "id": id })).await;
    let status = station.ask("status", Value::Null).await;
    assert!(!status["notices"][0]["until"].is_null(), "it is over");
    station.ask("acknowledge", json!({ "id": status["notices"][0]["id"] })).await;
    assert_eq!(station.ask("status", Value::Null).await["notices"], json!([]));
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_cannot_be_connected_is_tried_again_by_itself() {
    let mut station = Station::open(false);
    let config =
        json!({ "kind": "aes67", "legs": [{ "address": "239.255.77.78", "interface": "nowhere0" }] });
    let source = station.ask("create_source", json!({ "name": "Gone", "config": config })).await;
    let id = station.recorder("Gone", source["id"].as_str().unwrap()).await;
    let refused = station.refused("start_recorder", json!({ "id": id })).await;
    assert_eq!(refused.code, Code::Unavailable);
    assert!(refused.message.contains("nowhere0"), "{}", refused.message);
    let view = station.ask("recorder", json!({ "id": id })).await;
    assert_eq!((&view["state"], &view["wanted"]), (&json!("error"), &json!(true)));
    assert!(!view["retry_at"].is_null());
    // While it should record, its source cannot be pulled from under it.
    let config = json!({ "kind": "tone", "frequency_hz": 440, "level_dbfs": -20.0 });
    let conflict = station.refused("change_source", json!({ "id": source["id"], "config": config })).await;
    assert_eq!(conflict.code, Code::Conflict);
    station.ask("stop_recorder", json!({ "id": id })).await;
    station.ask("change_source", json!({ "id": source["id"], "config": config })).await;
    station.ask("start_recorder", json!({ "id": id })).await;
    station.until_state(id, "recording").await;
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_studio_and_a_recorder_belong_to_each_other_alone() {
    let station = Station::open(false);
    let source = station.tone("Tone").await;
    let (one, two) = (station.recorder("One", &source).await, station.recorder("Two", &source).await);
    let mut studios = Vec::new();
    for name in ["A", "B"] {
        let studio = station.ask("create_studio", json!({ "name": name })).await;
        assert_eq!(studio["color"], "#2196F3");
        studios.push(studio["id"].as_str().unwrap().to_owned());
    }
    let assign = |studio: &str, recorder: Value| json!({ "id": studio, "recorder_id": recorder });
    station.ask("assign_studio", assign(&studios[0], json!(one))).await;
    station.ask("assign_studio", assign(&studios[1], json!(one))).await;
    station.ask("assign_studio", assign(&studios[1], json!(two))).await;
    let all = station.ask("list_studios", Value::Null).await["studios"].clone();
    assert_eq!((&all[0]["recorder_id"], &all[1]["recorder_id"]), (&Value::Null, &json!(two)));
    assert_eq!(station.ask("recorder", json!({ "id": one })).await["folder"], format!("recorder{one}"));
    assert_eq!(station.ask("recorder", json!({ "id": two })).await["folder"], studios[1].as_str());

    station.ask("start_recorder", json!({ "id": two })).await;
    let refused = station.refused("assign_studio", assign(&studios[1], Value::Null)).await;
    assert_eq!(refused.code, Code::Conflict);
    station.ask("stop_recorder", json!({ "id": two })).await;

    let chosen = station.ask("select_studio", json!({ "id": studios[1], "screen": "kiosk-1" })).await;
    assert_eq!(chosen["studio"]["name"], "B");
    let station = station.restart();
    let remembered = station.ask("current_selection", json!({ "screen": "kiosk-1" })).await;
    assert_eq!(remembered["studio_id"], studios[1].as_str());
    assert_eq!(station.ask("current_selection", Value::Null).await["studio_id"], Value::Null);
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_is_refused_in_one_form_and_changes_nothing() {
    let station = Station::open(false);
    let source = station.tone("Tone").await;
    let id = station.recorder("One", &source).await;
    let check = async |operation: &str, request: Value, code: Code, part: &str| {
        let refused = station.refused(operation, request).await;
        assert_eq!(refused.code, code, "{operation}: {refused:?}");
        assert!(refused.message.contains(part), "{operation}: {refused:?}");
    };
    check("fly", json!({}), Code::NotFound, "no operation fly").await;
    check("recorder", json!({}), Code::Invalid, "id").await;
    check("recorder", json!({ "id": "one" }), Code::Invalid, "cannot be read").await;
    check("recorder", json!({ "id": 77 }), Code::NotFound, "no recorder 77").await;
    check("create_recorder", json!({ "name": " ONE " }), Code::Conflict, "another name").await;
    check("create_recorder", json!({ "name": "" }), Code::Invalid, "1 to 80").await;
    let config = json!({ "outputs": [], "period_s": 100_000, "layout": "custom", "custom_format": "../%H" });
    let refused = station.refused("change_recorder_config", json!({ "id": id, "config": config })).await;
    assert!(
        refused.message.contains("at least one format") && refused.message.contains("100000"),
        "{refused:?}"
    );
    check("delete_source", json!({ "id": source }), Code::Conflict, "One").await;
    check(
        "change_settings",
        json!({ "archive_root": "/elsewhere" }),
        Code::Invalid,
        "cannot be changed here",
    )
    .await;
    check("seek", json!({ "position_s": -1.0 }), Code::Invalid, "0 or more").await;
    check("list_files", json!({ "cursor": "nonsense" }), Code::Invalid, "page").await;
    assert_eq!(station.ask("list_recorders", Value::Null).await["recorders"].as_array().unwrap().len(), 1);
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn access_is_held_by_the_contract() {
    let station = Station::open(true);
    let studios = station.ask("list_studios", Value::Null).await["studios"].clone();
    let own = studios[0]["id"].as_str().unwrap().to_owned();
    for operation in audyn_service::api::OPERATIONS {
        for access in [Access::Viewer, Access::Studio, Access::Operator, Access::Admin] {
            let caller = Caller::here(access, Some(own.clone()));
            // A request that nobody can read: whoever may not is told so before that is looked at.
            let told = station.ask_as(&caller, operation.name, json!("nothing")).await;
            let forbidden = told.is_err_and(|error| error.code == Code::Forbidden);
            assert_eq!(forbidden, access < operation.access, "{} as {access:?}", operation.name);
        }
    }
    let presenter = Caller::here(Access::Studio, Some(own));
    station.ask_as(&presenter, "start_recorder", json!({ "id": 1 })).await.unwrap();
    let other = station.ask_as(&presenter, "start_recorder", json!({ "id": 2 })).await.unwrap_err();
    assert_eq!(other.code, Code::Forbidden);
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_recorders_start_and_stop_together() {
    let station = Station::open(false);
    let source = station.tone("Tone").await;
    for number in 0..64 {
        station.recorder(&format!("Recorder {number}"), &source).await;
    }
    let told = station.ask("start_all", Value::Null).await;
    assert_eq!((told["done"].as_array().unwrap().len(), &told["refused"]), (64, &json!([])));
    let status = station.ask("status", Value::Null).await;
    let stopped = status["counts"].as_array().unwrap().iter().find(|c| c["state"] == "stopped").unwrap();
    assert_eq!(stopped["count"], 0);
    let told = station.ask("stop_all", Value::Null).await;
    assert_eq!(told["done"].as_array().unwrap().len(), 64);
    let status = station.ask("status", Value::Null).await;
    let stopped = status["counts"].as_array().unwrap().iter().find(|c| c["state"] == "stopped").unwrap();
    assert_eq!(stopped["count"], 64);
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_brings_back_what_was_changed_since() {
    let station = Station::open(false);
    let source = station.tone("Tone").await;
    let id = station.recorder("One", &source).await;
    let made = station.ask("make_backup", Value::Null).await;
    assert_eq!(made["contents"], "1 recorders, 1 sources, 0 studios");
    station.ask("delete_recorder", json!({ "id": id })).await;
    station.ask("restore_backup", json!({ "name": made["name"] })).await;
    assert_eq!(station.ask("recorder", json!({ "id": id })).await["name"], "One");
    let refused = station.refused("restore_backup", json!({ "name": "../../etc/passwd" })).await;
    assert_ne!(refused.code, Code::Internal);
    station.service.close(Duration::from_secs(5));
}
