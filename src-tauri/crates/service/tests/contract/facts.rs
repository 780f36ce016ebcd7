//! What is told is so already.

use super::triggers::support::{Places, places};
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_told_to_be_complete_is_complete_on_disk_and_in_the_archive() {
    let mut station = Station::open(false);
    let _sender = Places::send("239.255.77.92:5992");
    let legs = json!([{ "address": "239.255.77.92", "interface": "lo", "port": 5992 }]);
    let config = json!({ "kind": "aes67", "legs": legs });
    let source = station.ask("create_source", json!({ "name": "Places", "config": config })).await;
    let id = station.recorder("Places", source["id"].as_str().unwrap()).await;
    let config = json!({ "period_s": 1, "layout": "accurate" });
    station.ask("change_recorder_config", json!({ "id": id, "config": config })).await;
    station.ask("start_recorder", json!({ "id": id })).await;
    for _ in 0..3 {
        let file = station
            .until("a complete file", |event| {
                let event = serde_json::to_value(event).unwrap();
                (event["type"] == "file" && event["data"]["state"] == "complete")
                    .then(|| event["data"].clone())
            })
            .await;
        let path = station.archive().join(file["path"].as_str().unwrap());
        assert_eq!(path.metadata().unwrap().len(), file["bytes"].as_u64().unwrap());
        // As many samples as it is long, by its own head.
        let length_s = file["duration_s"].as_f64().unwrap();
        assert_eq!(places(&path).len(), (length_s * 48_000.0).round() as usize);
        let listed = station.ask("file", json!({ "id": file["id"] })).await;
        assert_eq!(listed["file"]["state"], "complete", "{listed}");
    }
    station.ask("stop_recorder", json!({ "id": id })).await;
    station.service.close(Duration::from_secs(5));
}
