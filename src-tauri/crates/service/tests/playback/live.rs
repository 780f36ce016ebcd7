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
use super::sound::Owned;
use super::*;

const WORD: i64 = 1 << 24;
const PATIENCE: Duration = Duration::from_secs(60);
/// Heard before the test is content.
const ENOUGH: usize = 3 * RATE;

/// In the child: records a source and listens to it until the file `stop` is there.
#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn listen_and_record(dir: &Path, config: Value) {
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
        let legs = json!([{ "address": "239.255.77.91", "interface": "lo", "port": 5991 }]);
        return listen_and_record(Path::new(&dir), json!({ "kind": "aes67", "legs": legs }));
    }
    let sound = Sound::start();
    let _sender = Places::send("239.255.77.91:5991");
    let dir = sound.dir.path().to_owned();
    let application =
        application(&sound, "live::a_source_is_heard_as_it_comes_in_while_it_is_recorded_whole", Some(SINK));
    let mut recorder = ear(&sound);
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
    let recorded = places(&stopped(application, &dir));
    assert!(recorded.len() >= ENOUGH, "{}", recorded.len());
    assert!(recorded.windows(2).all(|pair| (pair[0] + 1) % WORD == pair[1]), "every sample is in its place");
}

/// Runs one of these tests as a child: the application, whose sound goes to a sink. (Its captures would come from there,
/// too.)
fn application(sound: &Sound, test: &str, to: Option<&str>) -> Owned {
    start(
        sound
            .command(me().to_str().unwrap())
            .args([test, "--exact", "--nocapture"])
            .env(FILE, sound.dir.path())
            .envs(to.map(|sink| ("PIPEWIRE_NODE", sink)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped()),
    )
}

/// Brings what the sink plays, as bare floats.
fn ear(sound: &Sound) -> Owned {
    start(
        sound
            .command("pw-record")
            .args(["--target", SINK, "-P", "{ stream.capture.sink=true node.latency=256/48000 }"])
            .args(["--rate", "48000", "--channels", "2", "--format", "f32", "-"])
            .stdout(Stdio::piped()),
    )
}

/// Stops the application, and gives the one file that it has recorded.
fn stopped(mut application: Owned, dir: &Path) -> PathBuf {
    std::fs::write(dir.join("stop"), "").unwrap();
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
    assert_eq!(files.len(), 1, "{files:?}");
    files.remove(0)
}

#[test]
fn a_source_of_this_machine_is_heard_while_it_is_recorded() {
    const OTHER: &str = "other-sink";
    if let Ok(dir) = std::env::var(FILE) {
        let config = json!({ "kind": "pipewire", "node": OTHER, "sample_rate": 48_000, "stream_channels": 2, "pick": [], "labels": [] });
        return listen_and_record(Path::new(&dir), config);
    }
    let sound = Sound::start();
    let node = format!(
        "{{ factory.name=support.null-audio-sink node.name={OTHER} media.class=Audio/Sink object.linger=true \
         audio.position=[FL FR] audio.rate={RATE} monitor.channel-volumes=false }}"
    );
    sound.run("pw-cli", &["create-node", "adapter", &node]);
    wait_for("the other sink", || sound.run("pw-link", &["--input"]).contains(OTHER).then_some(()));
    sound.run("pw-metadata", &["0", "default.configured.audio.sink", &format!("{{ \"name\": \"{SINK}\" }}")]);
    let ramp = sound.dir.path().join("ramp.wav");
    std::fs::write(&ramp, sound::wav(100 * RATE)).unwrap();
    let _player = start(sound.command("pw-play").args(["--target", OTHER]).arg(&ramp));
    let application =
        application(&sound, "live::a_source_of_this_machine_is_heard_while_it_is_recorded", None);
    let mut recorder = ear(&sound);
    let mut captured = recorder.0.stdout.take().unwrap();
    let begun = Instant::now();
    let (mut exact, mut rest) = (0, Vec::new());
    while exact < ENOUGH {
        assert!(begun.elapsed() < PATIENCE, "only {exact} frames of the source were heard");
        let mut bytes = [0; 8192];
        let read = captured.read(&mut bytes).unwrap();
        assert!(read > 0, "pw-record has ended");
        rest.extend_from_slice(&bytes[..read]);
        let whole = rest.len() / 8 * 8;
        for pair in rest[..whole].as_chunks::<8>().0 {
            let [left, right] = [0, 4].map(|at| f32::from_le_bytes(pair[at..at + 4].try_into().unwrap()));
            let word = |sample: f32| (f64::from(sample) * 8_388_608.0) as i32;
            exact += usize::from(word(left) > 0 && sound::frame(word(left)) == [word(left), word(right)]);
        }
        rest.drain(..whole);
    }
    let bytes = std::fs::read(stopped(application, sound.dir.path())).unwrap();
    let data = bytes.windows(4).position(|four| four == b"data").unwrap() + 8;
    let word = |at: &[u8]| i32::from_le_bytes([0, at[0], at[1], at[2]]) >> 8;
    let frames = bytes[data..].as_chunks::<6>().0.iter().map(|pair| [word(&pair[..3]), word(&pair[3..])]);
    let recorded: Vec<[i32; 2]> = frames.filter(|pair| *pair != [0, 0]).collect();
    assert!(recorded.len() >= ENOUGH, "{}", recorded.len());
    assert!(recorded.iter().all(|pair| *pair == sound::frame(pair[0])), "what was played, and nothing else");
}
