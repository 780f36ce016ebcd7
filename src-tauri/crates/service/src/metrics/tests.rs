use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use serde_json::json;

use super::page::tests::read;
use crate::api::{Access, Caller, dispatch};
use crate::{Options, Service};

#[tokio::test]
async fn a_station_is_told_in_full_and_in_the_format() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        state_dir: dir.path().join("state"),
        archive_root: Some(dir.path().join("archive")),
        default_archive_root: dir.path().join("archive"),
        originator: "Audyn test".to_owned(),
        real_time: false,
        demo_if_empty: false,
        zone: jiff::tz::TimeZone::UTC,
    };
    let service = Service::open(options, Arc::new(SystemClock)).unwrap();
    let caller = Caller::here(Access::Admin, None);
    let name = "Hall \"A\"\\B";
    let new =
        json!({ "name": name, "config": { "kind": "tone", "frequency_hz": 1000, "level_dbfs": -18.0 } });
    let source = dispatch(&service, &caller, "create_source", new).await.unwrap();
    let new = json!({ "name": "Logger", "source_id": source["id"] });
    dispatch(&service, &caller, "create_recorder", new).await.unwrap();
    let text =
        dispatch(&service, &caller, "metrics", json!({})).await.unwrap()["text"].as_str().unwrap().to_owned();
    let samples = read(&text).unwrap_or_else(|wrong| panic!("{wrong}\n{text}"));
    let state = samples.iter().filter(|(name, _)| name.starts_with("audyn_recorder_state"));
    assert_eq!(state.map(|(_, on)| *on).sum::<f64>(), 1.0, "{text}");
    for family in [
        "audyn_info{",
        "audyn_clock_status{",
        "audyn_source_frames_total{source=\"Hall \\\"A\\\"\\\\B\",recorder=\"1\"",
        "audyn_source_overrun_frames_total{",
        "audyn_leg_received_packets_total{",
        "audyn_leg_kernel_dropped_packets_total{",
        "audyn_leg_jitter_seconds{",
        "audyn_encoder_frames_total{recorder=\"1\"",
        "audyn_encoder_busy_seconds_total{",
        "audyn_disk_syncs_total{",
        "audyn_disk_slowest_seconds{",
        "audyn_catalogue_owed_entries{",
        "process_cpu_seconds_total",
    ] {
        assert!(samples.keys().any(|name| name.starts_with(family)), "{family} is not in\n{text}");
    }
    service.close(Duration::from_secs(5));
}
