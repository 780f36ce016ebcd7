//! Recordings that begin in the past.

use audyn_model::Clock as _;

#[path = "../support/places.rs"]
pub(super) mod support;

use self::support::{Places, places};
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_from_a_while_ago_begins_with_exactly_those_samples() {
    const WORD: i64 = 1 << 24;
    let mut station = Station::open(false);
    let _sender = Places::send("239.255.77.90:5990");
    let legs = json!([{ "address": "239.255.77.90", "interface": "lo", "port": 5990 }]);
    let config = json!({ "kind": "aes67", "legs": legs });
    let source = station.ask("create_source", json!({ "name": "Places", "config": config })).await;
    let id = station.recorder("Places", source["id"].as_str().unwrap()).await;
    let config = json!({ "period_s": 1, "layout": "accurate" });
    station.ask("change_recorder_config", json!({ "id": id, "config": config })).await;
    let kept = async |station: &mut Station| {
        station
            .until("a pre-roll", |event| {
                let event = serde_json::to_value(event).unwrap();
                let recorder = event["type"] == "recorder" && event["data"]["id"] == id;
                (recorder && event["data"]["pre_roll_s"].as_u64() >= Some(5)).then_some(())
            })
            .await;
    };
    kept(&mut station).await;

    let pressed = SystemClock.utc().to_tai().0 / 1_000 * 48 / 1_000;
    let told = station.ask("start_recorder", json!({ "id": id, "from_seconds_ago": 3.0 })).await;
    assert_eq!(told["message"], "Recording started");
    let view = station.until_state(id, "recording").await;
    let since: jiff::Timestamp = view["since"].as_str().unwrap().parse().unwrap();
    station.ask("stop_recorder", json!({ "id": id })).await;
    let first = files_below(&station.archive(), "wav");
    let samples: Vec<i64> = first.iter().flat_map(|path| places(path)).collect();
    // Whole seconds of the media clock begin files, also in the past.
    for path in &first[1..] {
        let second = (places(path)[0] - pressed).rem_euclid(WORD) + pressed;
        assert!([second, second - WORD].iter().any(|at| at % 48_000 == 0), "{}", path.display());
    }
    assert!(samples.len() >= 3 * 48_000, "{}", samples.len());
    assert!(samples.windows(2).all(|pair| (pair[0] + 1) % WORD == pair[1]), "no sample lost, none twice");
    // Not later than asked, and earlier only by what was on its way when it was asked.
    let early = (pressed - 3 * 48_000 - samples[0]).rem_euclid(WORD);
    assert!(early < 2 * 48_000, "{early} samples too early");
    let begun = since.as_nanosecond() / 1_000 * 48 / 1_000 + 37 * 48_000;
    let later = (samples[0] - begun as i64 + 1).rem_euclid(WORD);
    assert!(later <= 48 + 1, "it is shown since its first sample, to the millisecond: {later}");

    // What came after the end of one recording is where the next begins: none in both, none in neither.
    kept(&mut station).await;
    station.ask("start_recorder", json!({ "id": id, "from_seconds_ago": 600 })).await;
    station.until_state(id, "recording").await;
    station.ask("stop_recorder", json!({ "id": id })).await;
    let both: Vec<i64> =
        files_below(&station.archive(), "wav").iter().flat_map(|path| places(path)).collect();
    assert!(both.len() > samples.len() + 5 * 48_000, "{}", both.len());
    assert!(both.windows(2).all(|pair| (pair[0] + 1) % WORD == pair[1]), "the second follows the first");

    let refused = station.refused("start_recorder", json!({ "id": id, "from_seconds_ago": 601 })).await;
    assert!(refused.message.contains("0 to 600"), "{refused:?}");
    station.ask("change_settings", json!({ "pre_roll_s": 0 })).await;
    station
        .until("nothing kept", |event| {
            let event = serde_json::to_value(event).unwrap();
            (event["type"] == "recorder" && event["data"]["pre_roll_s"] == 0).then_some(())
        })
        .await;
    let about = station.ask("diagnostics", Value::Null).await;
    assert!(about["pre_roll_bytes"].as_u64().unwrap() < 200_000, "{about}");
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorder_that_waits_for_sound_is_armed_and_writes_nothing() {
    let mut station = Station::open(false);
    let source = station.tone("Tone of -18 dBFS").await;
    let id = station.recorder("On sound", &source).await;
    let config = |threshold: f64| json!({ "id": id, "config": { "vox": { "threshold_dbfs": threshold } } });
    let refused = station.refused("change_recorder_config", config(-61.0)).await;
    assert!(refused.message.contains("-60 to -5"), "{refused:?}");
    station.ask("change_recorder_config", config(-10.0)).await;
    station.ask("start_recorder", json!({ "id": id })).await;
    let view = station.until_state(id, "armed").await;
    assert_eq!((&view["since"], &view["files"], &view["wanted"]), (&Value::Null, &json!([]), &json!(true)));
    let refused = station.refused("start_recorder", json!({ "id": id, "from_seconds_ago": 5 })).await;
    assert_eq!(refused.code, Code::Conflict);
    station.ask("stop_recorder", json!({ "id": id })).await;
    assert!(files_below(&station.archive(), "wav").is_empty());

    station.ask("change_recorder_config", config(-30.0)).await;
    station.ask("start_recorder", json!({ "id": id })).await;
    let view = station.until_state(id, "recording").await;
    assert!(!view["since"].is_null());
    station.ask("stop_recorder", json!({ "id": id })).await;
    assert_eq!(files_below(&station.archive(), "wav").len(), 1, "what was begun is finished");
    station.service.close(Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_listened_to_is_one_source_that_the_caller_may_hear() {
    let station = Station::open(true);
    for wish in [json!({}), json!({ "source_id": "x", "recorder_id": 1 })] {
        assert_eq!(station.refused("listen", wish).await.code, Code::Invalid);
    }
    assert_eq!(station.refused("listen", json!({ "recorder_id": 77 })).await.code, Code::NotFound);
    assert_eq!(station.refused("listen", json!({ "source_id": "nothing" })).await.code, Code::NotFound);
    let studio = station.ask("list_studios", Value::Null).await["studios"][0]["id"].clone();
    let caller = Caller::here(Access::Studio, studio.as_str().map(str::to_owned));
    let sources = station.ask("list_sources", Value::Null).await["sources"].clone();
    for (at, source) in sources.as_array().unwrap().iter().enumerate() {
        let own = source["recorders"] == json!([1]);
        for wish in [json!({ "source_id": source["id"] }), json!({ "recorder_id": source["recorders"][0] })] {
            let told = station.ask_as(&caller, "listen", wish).await;
            assert_eq!(told.is_err_and(|error| error.code == Code::Forbidden), !own, "source {at}");
        }
    }
    station.ask("stop_playback", Value::Null).await;
    station.service.close(Duration::from_secs(5));
}
