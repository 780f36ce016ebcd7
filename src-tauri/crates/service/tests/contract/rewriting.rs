//! Another way of writing, while it is recorded.

use super::triggers::support::{Places, places};
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_while_it_records_holds_from_the_next_file_on() {
    const WORD: i64 = 1 << 24;
    let mut station = Station::open(false);
    let _sender = Places::send("239.255.77.91:5991");
    let legs = json!([{ "address": "239.255.77.91", "interface": "lo", "port": 5991 }]);
    let config = json!({ "kind": "aes67", "legs": legs });
    let source = station.ask("create_source", json!({ "name": "Places", "config": config })).await;
    let id = station.recorder("Places", source["id"].as_str().unwrap()).await;
    let before = json!({ "period_s": 1, "layout": "accurate" });
    station.ask("change_recorder_config", json!({ "id": id, "config": before })).await;
    station.ask("start_recorder", json!({ "id": id })).await;
    station.until_state(id, "recording").await;

    let after = json!({
        "period_s": 1, "layout": "custom", "custom_format": "new/%Y-%m-%d-%H-%M-%S",
        "outputs": [{ "format": "wav", "bits": "24" }, { "format": "flac", "bits": "16" }],
    });
    let view = station.ask("change_recorder_config", json!({ "id": id, "config": after })).await;
    assert_eq!((&view["state"], &view["pending"]), (&json!("recording"), &json!(true)));
    let view = station
        .until("the new way", |event| {
            let event = serde_json::to_value(event).unwrap();
            let written = event["data"]["files"].as_array().is_some_and(|files| files.len() == 2);
            (event["type"] == "recorder" && event["data"]["id"] == id && written)
                .then(|| event["data"].clone())
        })
        .await;
    assert_eq!((&view["state"], &view["pending"]), (&json!("recording"), &json!(false)));
    station.ask("stop_recorder", json!({ "id": id })).await;

    let (new, old): (Vec<_>, Vec<_>) = files_below(&station.archive(), "wav")
        .into_iter()
        .partition(|path| path.parent().is_some_and(|folder| folder.ends_with("new")));
    assert!(!old.is_empty() && !new.is_empty(), "{old:?} {new:?}");
    assert_eq!(files_below(&station.archive(), "flac").len(), new.len(), "every new file has its twin");
    let samples: Vec<i64> = old.iter().chain(&new).flat_map(|path| places(path)).collect();
    assert!(samples.windows(2).all(|pair| (pair[0] + 1) % WORD == pair[1]), "no sample lost, none twice");
    station.service.close(Duration::from_secs(5));
}
