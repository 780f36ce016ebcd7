//! Recordings that begin in the past.

use std::net::SocketAddrV4;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use audyn_engine::rtp::payload::Encoding;
use audyn_engine::send::{
    HeaderExtras, Impairments, Incidents, LegPlan, Local, Plan, Sender, SignalPlan, Step, TimestampBase,
};
use audyn_model::{Clock as _, Rate};

use super::*;

/// Sends a stream in which every sample proves its place, until it is dropped.
struct Places {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Places {
    fn send(to: &str) -> Self {
        let plan = Plan {
            name: "Places".to_owned(),
            encoding: Encoding::L24,
            rate: Rate::HZ_48000,
            channels: 2,
            samples_per_packet: 48,
            payload_type: 96,
            ttl: 1,
            dscp: 34,
            legs: vec![LegPlan {
                to: to.parse::<SocketAddrV4>().unwrap(),
                by: Some(Local::Name("lo".to_owned())),
            }],
            count: 1,
            step: Step::default(),
            signal: SignalPlan::Index,
            timestamp: TimestampBase::Direct(0),
            first_sequence: None,
            ssrc: None,
            reference_clock: None,
            duration: None,
            header: HeaderExtras::default(),
            incidents: Incidents::default(),
            impairments: Impairments::default(),
            seed: 1,
        };
        let sender = Sender::open(plan, SystemClock.utc()).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let thread = std::thread::spawn(move || _ = sender.run(&flag));
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The left channel of a 24-bit WAV file: the places of its samples, modulo 2²⁴.
fn places(path: &Path) -> Vec<i64> {
    let bytes = std::fs::read(path).unwrap();
    let mut at = 12;
    loop {
        let size = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        if &bytes[at..at + 4] == b"data" {
            let data = &bytes[at + 8..at + 8 + size];
            let word = |frame: &[u8]| i64::from(u32::from_le_bytes([frame[0], frame[1], frame[2], 0]));
            return data.chunks_exact(6).map(word).collect();
        }
        at += 8 + size + size % 2;
    }
}

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
