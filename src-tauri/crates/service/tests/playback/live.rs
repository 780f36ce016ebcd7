//! A source through the whole application and a real PipeWire, while it is recorded.

use std::io::Read as _;
use std::sync::Arc;
use std::time::Instant;

use audyn_engine::rt::SystemClock;
use audyn_model::Clock as _;
use audyn_service::api::{Caller, dispatch};
use audyn_service::{Options, Service};
use serde_json::{Value, json};

#[path = "../support/places.rs"]
mod support;

use self::support::{Places, places};
use super::*;

const WORD: i64 = 1 << 24;
const PATIENCE: Duration = Duration::from_secs(60);
/// Heard before the test is content.
const ENOUGH: usize = 3 * RATE;

/// In the child: records a source and listens to it until the file `stop` is there.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn listen_and_record(dir: &Path) {
    let options = Options {
        state_dir: dir.join("state"),
        archive_root: Some(dir.join("archive")),
        default_archive_root: dir.join("archive"),
        originator: "Audyn test".to_owned(),
        real_time: false,
        demo_if_empty: false,
        zone: jiff::tz::TimeZone::UTC,
    };
    let service = Service::open(options, Arc::new(SystemClock)).unwrap();
    let caller = Caller::local();
    let ask = async |operation: &str, request: Value| {
        dispatch(&service, &caller, operation, request)
            .await
            .unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    };
    let legs = json!([{ "address": "239.255.77.91", "interface": "lo", "port": 5991 }]);
    let config = json!({ "kind": "aes67", "legs": legs });
    let source = ask("create_source", json!({ "name": "Places", "config": config })).await["id"].clone();
    let made = ask("create_recorder", json!({ "name": "Places", "source_id": source })).await;
    let config = json!({ "period_s": 0 });
    ask("change_recorder_config", json!({ "id": made["id"], "config": config })).await;
    ask("start_recorder", json!({ "id": made["id"] })).await;
    ask("listen", json!({ "recorder_id": made["id"] })).await;
    wait_for("the end", || dir.join("stop").exists().then_some(()));
    let playback = ask("playback", Value::Null).await;
    println!("heard {playback}");
    ask("stop_recorder", json!({ "id": made["id"] })).await;
    service.close(Duration::from_secs(5));
    assert_eq!((&playback["state"], &playback["listening"]["name"]), (&json!("playing"), &json!("Places")));
}

#[test]
fn a_source_is_heard_as_it_comes_in_while_it_is_recorded_whole() {
    if let Ok(dir) = std::env::var(FILE) {
        return listen_and_record(Path::new(&dir));
    }
    let sound = Sound::start();
    let _sender = Places::send("239.255.77.91:5991");
    let dir = sound.dir.path().to_owned();
    let mut command = sound.command(me().to_str().unwrap());
    let test = "live::a_source_is_heard_as_it_comes_in_while_it_is_recorded_whole";
    command
        .args([test, "--exact", "--nocapture"])
        .env(FILE, &dir)
        .env("PIPEWIRE_NODE", SINK)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let application = start(&mut command);

    let mut recorder = start(
        sound
            .command("pw-record")
            .args(["--target", SINK, "-P", "{ stream.capture.sink=true node.latency=256/48000 }"])
            .args(["--rate", "48000", "--channels", "2", "--format", "f32", "-"])
            .stdout(Stdio::piped()),
    );
    // To a pipe it writes bare words.
    let mut captured = recorder.0.stdout.take().unwrap();
    let begun = Instant::now();
    let (mut exact, mut late) = (0, Vec::new());
    let mut rest = Vec::new();
    while exact < ENOUGH {
        assert!(begun.elapsed() < PATIENCE, "only {exact} frames of the source were heard");
        let mut bytes = [0; 8192];
        let read = captured.read(&mut bytes).unwrap();
        assert!(read > 0, "pw-record has ended");
        let now = SystemClock.utc().to_tai().0 / 1_000 * 48 / 1_000;
        rest.extend_from_slice(&bytes[..read]);
        let whole = rest.len() / 8 * 8;
        let mut newest = None;
        for frame in rest[..whole].as_chunks::<8>().0 {
            let [left, right] = [0, 4].map(|at| f32::from_le_bytes(frame[at..at + 4].try_into().unwrap()));
            let word = |sample: f32| (f64::from(sample) * 8_388_608.0) as i64 & (WORD - 1);
            if (word(left) + 65_537) % WORD == word(right) && word(left) != 0 {
                exact += 1;
                newest = Some(word(left));
            }
        }
        rest.drain(..whole);
        late.extend(newest.map(|place| (now - place).rem_euclid(WORD)));
    }
    late.sort_unstable();
    let ms = |frames: i64| frames as f64 / 48.0;
    let [least, median, most] = [0, late.len() / 2, late.len() - 1].map(|at| ms(late[at]));
    println!(
        "heard {least:.0} to {most:.0} ms after it was sent, {median:.0} ms in the middle of {}",
        late.len()
    );
    std::fs::write(dir.join("stop"), "").unwrap();
    let mut application = application;
    let status = application.0.wait().unwrap();
    let mut said = String::new();
    application.0.stdout.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(status.success(), "{said}");

    let mut files = Vec::new();
    let mut folders = vec![dir.join("archive")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| own == "wav") {
                files.push(path);
            }
        }
    }
    let [file] = &files[..] else { panic!("{files:?}") };
    let recorded = places(file);
    assert!(recorded.len() >= ENOUGH, "{}", recorded.len());
    assert!(recorded.windows(2).all(|pair| (pair[0] + 1) % WORD == pair[1]), "every sample is in its place");
}
