use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::api::Caller;
use audyn_service::{Options, Service};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::level_hub::LevelsHub;

fn service(dir: &std::path::Path) -> Service {
    let options = Options {
        state_dir: dir.join("state"),
        archive_root: Some(dir.join("archive")),
        default_archive_root: dir.join("archive"),
        originator: "Audyn test".to_owned(),
        real_time: false,
        demo_if_empty: true,
        zone: jiff::tz::TimeZone::UTC,
    };
    Service::open(options, Arc::new(SystemClock)).unwrap()
}

async fn until(mut holds: impl FnMut() -> bool) {
    let waiting = async {
        while !holds() {
            yield_now().await;
        }
    };
    timeout(Duration::from_secs(60), waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_client_starts_the_loop_and_the_last_one_stops_it() {
    let dir = tempfile::tempdir().unwrap();
    let service = service(dir.path());
    let hub = LevelsHub::new(service.clone(), Arc::new(SystemClock));
    assert!(!hub.is_running());
    let mut first = hub.binary(&Caller::local());
    let mut second = hub.text(&Caller::local());
    assert!(hub.is_running());
    first.changed().await.unwrap();
    second.changed().await.unwrap();
    drop(first);
    second.changed().await.unwrap();
    assert!(hub.is_running());
    drop(second);
    until(|| !hub.is_running()).await;
    // And it starts again.
    hub.binary(&Caller::local()).changed().await.unwrap();
    service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_may_see_is_encoded_once() {
    let dir = tempfile::tempdir().unwrap();
    let service = service(dir.path());
    let levels = LevelsHub::new(service.clone(), Arc::new(SystemClock));
    let (mut one, mut other) = (levels.binary(&Caller::local()), levels.binary(&Caller::local()));
    let frame = |message: &Option<axum::extract::ws::Message>| match message {
        Some(axum::extract::ws::Message::Binary(bytes)) => Some((bytes.as_ptr(), bytes[4..8].to_vec())),
        _ => None,
    };
    // The same frame is the same memory.
    let waiting = async {
        loop {
            one.changed().await.unwrap();
            other.changed().await.unwrap();
            let (one, other) = (frame(&one.borrow_and_update()), frame(&other.borrow_and_update()));
            if let (Some((at, sequence)), Some((other_at, other_sequence))) = (one, other)
                && sequence == other_sequence
            {
                return at == other_at;
            }
        }
    };
    assert!(timeout(Duration::from_secs(60), waiting).await.unwrap());
    service.close(Duration::from_secs(5));
}
