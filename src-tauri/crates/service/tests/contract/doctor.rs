//! The doctor, as every door asks it.

use audyn_service::api::Code;
use serde_json::{Value, json};

use crate::Station;

impl Station {
    /// The report about a source once it is over.
    async fn doctor_done(&mut self, source: &str) -> Value {
        self.until("the doctor's report", |event| {
            let event = serde_json::to_value(event).unwrap();
            let over = event["type"] == "doctor" && event["data"]["state"] != "running";
            (over && event["data"]["source_id"] == source).then(|| event["data"].clone())
        })
        .await
    }

    async fn silent(&self, name: &str, group: &str) -> String {
        let config = json!({ "kind": "aes67", "legs": [{ "address": group, "interface": "lo" }] });
        let made = self.ask("create_source", json!({ "name": name, "config": config })).await;
        made["id"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tells_a_sound_source_from_a_silent_one_and_disturbs_neither() {
    let mut station = Station::open(false);
    let tone = station.tone("Tone").await;
    let silent = station.silent("Nothing", "239.77.251.7").await;
    let recorder = station.recorder("Logger", &tone).await;
    station.ask("start_recorder", json!({ "id": recorder })).await;
    station.until_state(recorder, "recording").await;
    let report = loop {
        let begun = station.ask("ask_doctor", json!({ "id": tone, "seconds": 1 })).await;
        assert_eq!(begun["state"], "running");
        let report = station.doctor_done(&tone).await;
        // A machine that was held up has let the tone pause.
        if report["diagnosis"] != "pauses" {
            break report;
        }
    };
    assert_eq!(report["diagnosis"], "healthy", "{report:#}");
    assert!(report["text"].as_str().unwrap().trim_end().ends_with("s."), "{report:#}");
    assert!(report["legs"][0]["packets"].as_u64().unwrap() > 100);
    station.ask("ask_doctor", json!({ "id": silent, "seconds": 1 })).await;
    let report = station.doctor_done(&silent).await;
    assert_eq!(
        (&report["diagnosis"], &report["verdict"]),
        (&json!("no-packets"), &json!("fault")),
        "{report:#}"
    );
    let kept = station.ask("doctor_reports", Value::Null).await;
    assert_eq!(kept["reports"].as_array().unwrap().len(), 2);
    let view = station.ask("recorder", json!({ "id": recorder })).await;
    assert_eq!(view["state"], "recording", "{view:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_looks_at_two_sources_at_a_time_and_stops_when_told() {
    let mut station = Station::open(false);
    let mut sources = Vec::new();
    for n in 1..=3 {
        sources.push(station.silent(&format!("Nothing {n}"), &format!("239.77.252.{n}")).await);
    }
    let refused = station.refused("ask_doctor", json!({ "id": sources[0], "seconds": 601 })).await;
    assert_eq!(refused.code, Code::Invalid);
    for source in &sources[..2] {
        station.ask("ask_doctor", json!({ "id": source, "seconds": 600 })).await;
    }
    let again = station.ask("ask_doctor", json!({ "id": sources[0], "seconds": 1 })).await;
    assert_eq!(again["seconds"], 600, "the one that runs goes on");
    assert_eq!(station.refused("ask_doctor", json!({ "id": sources[2] })).await.code, Code::Conflict);
    station.ask("cancel_doctor", json!({ "id": sources[0] })).await;
    assert_eq!(station.doctor_done(&sources[0]).await["state"], "cancelled");
    station.ask("ask_doctor", json!({ "id": sources[2], "seconds": 1 })).await;
    assert_eq!(station.doctor_done(&sources[2]).await["state"], "done");
    // Closing does not wait for the ten minutes of the other one.
    station.service.close(std::time::Duration::from_secs(5));
}
