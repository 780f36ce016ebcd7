use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::api::{ApiError, Caller, Code, dispatch};
use crate::recorder::Begin;
use crate::{Options, Service};

/// Nothing here takes longer than this, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

fn open(dir: &std::path::Path, demo: bool) -> Service {
    let options = Options {
        state_dir: dir.join("state"),
        archive_root: Some(dir.join("archive")),
        default_archive_root: dir.join("archive"),
        originator: "Audyn test".to_owned(),
        real_time: false,
        demo_if_empty: demo,
        zone: TimeZone::get("Europe/Zurich").unwrap(),
    };
    Service::open(options, Arc::new(SystemClock)).unwrap()
}

async fn ask(service: &Service, name: &str, request: Value) -> Result<Value, ApiError> {
    dispatch(service, &Caller::local(), name, request).await
}

/// For tests that hold a recorder's gate themselves.
fn threads() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// One whose turn comes after it was stopped, as one of many does.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_stopped_while_it_waited_to_start_stays_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let service = open(dir.path(), true);
    let inner = Arc::clone(&service.inner);
    inner.store.set_wanted(&[1], true).unwrap();
    let row = inner.station.shelf.refresh().unwrap().recorder(1).unwrap().clone();
    ask(&service, "stop_recorder", json!({ "id": 1 })).await.unwrap();
    inner.start(&row, Begin::Now).unwrap();
    assert!(!inner.station.is_busy(row.uid), "somebody stopped it");
    service.close(Duration::from_secs(5));
}

#[test]
fn one_that_takes_long_holds_up_itself_alone() {
    let dir = tempfile::tempdir().unwrap();
    let service = open(dir.path(), true);
    let seat = service.inner.station.seat(1);
    let slow = seat.gate.lock().unwrap();
    let threads = threads();
    let waiting = threads.spawn({
        let service = service.clone();
        async move { ask(&service, "start_recorder", json!({ "id": 1 })).await }
    });
    let other = async {
        ask(&service, "start_recorder", json!({ "id": 2 })).await.unwrap();
        ask(&service, "stop_recorder", json!({ "id": 2 })).await.unwrap();
    };
    threads
        .block_on(async { tokio::time::timeout(PATIENCE, other).await })
        .expect("the other is not waited for");
    assert!(!waiting.is_finished(), "its turn has not come");
    drop(slow);
    threads.block_on(waiting).unwrap().unwrap();
    service.close(Duration::from_secs(5));
}

/// A recorder's folder is its studio's.
#[test]
fn a_studio_is_not_changed_under_a_recorder_that_is_being_started() {
    let dir = tempfile::tempdir().unwrap();
    let service = open(dir.path(), true);
    let inner = Arc::clone(&service.inner);
    let studio = inner.station.shelf.book().studio_of(1).unwrap().id.clone();
    let seat = inner.station.seat(1);
    let starting = seat.gate.lock().unwrap();
    let threads = threads();
    let turns = service.permits.available_permits();
    let waiting = threads.spawn({
        let service = service.clone();
        async move { ask(&service, "assign_studio", json!({ "id": studio, "recorder_id": null })).await }
    });
    while service.permits.available_permits() == turns && !waiting.is_finished() {
        std::thread::yield_now();
    }
    // It is at work, and has looked at the recorder if it does not wait for it.
    inner.store.set_wanted(&[1], true).unwrap();
    let row = inner.station.shelf.refresh().unwrap().recorder(1).unwrap().clone();
    inner.station.begin(&row, Begin::Now).unwrap();
    drop(starting);
    let refused = threads.block_on(waiting).unwrap().unwrap_err();
    assert_eq!(refused.code, Code::Conflict, "{refused:?}");
    service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demonstration_that_is_needed_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let service = open(dir.path(), true);
    let sources = ask(&service, "list_sources", Value::Null).await.unwrap();
    let tone = &sources["sources"][0]["id"];
    ask(&service, "create_recorder", json!({ "name": "My own", "source_id": tone })).await.unwrap();
    ask(&service, "start_recorder", json!({ "id": 1 })).await.unwrap();
    let refused = ask(&service, "remove_demo", Value::Null).await.unwrap_err();
    assert!(refused.code == Code::Conflict && refused.message.contains("My own"), "{refused:?}");
    assert_eq!(ask(&service, "recorder", json!({ "id": 1 })).await.unwrap()["wanted"], true);
    service.close(Duration::from_secs(5));
}
