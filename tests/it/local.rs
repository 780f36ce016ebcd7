//! Sources of this machine through the whole program and a PipeWire of the test's own: recorded, lost and found again,
//! and examined by the doctor.

use std::process::Command;
use std::sync::Arc;

use audyn_engine::rt::SystemClock;
use audyn_service::Service;
use audyn_service::api::{Caller, dispatch};
use serde_json::{Value, json};

use crate::rig::{Rig, Running, decoded, station_options};
use crate::sound::{RATE, SINK, Sound, frame, wait_for, wav};

/// Frames of a cycle of PipeWire's. Long ones: without real-time priority a player is late for a short one now and then,
/// and a cycle that meets it at its work hears one of its channels and not the other.
const CYCLE: usize = 4096;
/// Frames of the ramp. Whole cycles: `pw-play` keeps what does not fill its last buffer.
const FRAMES: usize = 24 * CYCLE;

fn audyn(rig: &Rig, sound: &Sound, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_audyn"));
    sound.enter(&mut command);
    command.env("AUDYN_CONFIG_DIR", rig.path("state")).env("PIPEWIRE_QUANTUM", format!("{CYCLE}/{RATE}"));
    command.args(args).current_dir(rig.path(""));
    command
}

/// Waits until something takes what the sink plays.
fn until_linked(sound: &Sound) {
    let from = format!("|<- {SINK}:monitor_FR");
    let look = || sound.run("pw-link", &["--links"]).contains(&from).then_some(());
    wait_for("the recorder's link", look);
}

/// One stretch of a recording with frames of the ramp in it: how many, and how many of them without a break.
fn ramp(frames: &[[i32; 2]]) -> (usize, usize) {
    let (mut count, mut run, mut longest) = (0, 0, 0);
    let mut before: Option<(usize, i32)> = None;
    for (at, [left, right]) in frames.iter().enumerate().filter(|(_, frame)| **frame != [0, 0]) {
        assert_eq!([*left, *right], frame(*left), "at {at}");
        let (words, places) = before.map_or((1, 1), |(place, word)| (left - word, (at - place) as i32));
        assert!(words > 0, "{left} at {at} after {before:?}");
        run = if words == 1 && places == 1 { run + 1 } else { 0 };
        longest = longest.max(run);
        count += 1;
        before = Some((at, *left));
    }
    (count, longest)
}

/// Plays the ramp into a recording, has its device taken away and brought back, plays the ramp again, and gives the
/// statistics and the frames before and after the longest gap.
fn lost_and_found(
    sound: &mut Sound,
    mut recorder: Running,
    rig: &Rig,
    lose: impl FnOnce(&mut Sound),
    said: &str,
    find: impl FnOnce(&mut Sound),
) -> (Value, Vec<[i32; 2]>, Vec<[i32; 2]>) {
    let file = rig.path("ramp.wav");
    std::fs::write(&file, wav(FRAMES)).unwrap();
    recorder.until("file begun");
    sound.play_out(&file, FRAMES);
    lose(sound);
    recorder.until(said);
    // The outage itself: longer than what is waited for before it is one.
    std::thread::sleep(std::time::Duration::from_secs(2));
    find(sound);
    until_linked(sound);
    sound.play_out(&file, FRAMES);
    // What is on its way through the card's buffers.
    std::thread::sleep(std::time::Duration::from_millis(500));
    recorder.signal(libc::SIGINT);
    recorder.succeed();

    assert_eq!(rig.files("", "wav").len(), 2, "one recording beside the ramp");
    let stats = rig.json("stats.json")["recorders"][0].clone();
    let all: Vec<[i32; 2]> =
        decoded(&rig.path("out.wav")).chunks_exact(2).map(|pair| [pair[0] >> 8, pair[1] >> 8]).collect();
    assert_eq!(all.len() as u64, stats["frames"].as_u64().unwrap(), "a file is as long as its media time");
    let gaps = stats["gaps"].as_array().unwrap();
    let len = |gap: &Value| gap["len"].as_u64().unwrap() as usize;
    let outages: Vec<_> = gaps.iter().filter(|gap| gap["cause"] == "outage").collect();
    let gap = *outages.iter().max_by_key(|gap| len(gap)).unwrap_or_else(|| panic!("{stats:#}"));
    assert!(len(gap) > RATE, "{stats:#}");
    let first = stats["first_sample"].as_i64().unwrap();
    let at = usize::try_from(gap["at"].as_i64().unwrap() - first).unwrap();
    assert!(all[at..at + len(gap)].iter().all(|frame| *frame == [0, 0]), "a gap is silence");
    (stats.clone(), all[..at].to_vec(), all[at + len(gap)..].to_vec())
}

fn lost(stats: &Value) -> usize {
    stats["missing_by_cause"]["loss"].as_u64().unwrap_or(0) as usize
}

#[test]
fn a_node_is_recorded_whole_and_its_absence_is_a_marked_gap_of_the_same_file() {
    let (rig, mut sound) = (Rig::new(), Sound::start());
    let args = ["record", "-v", "-o", "out.wav", "--pipewire", SINK, "--stats", "stats.json"];
    let recorder = Running::start(&mut audyn(&rig, &sound, &args));
    let (stats, before, after) = lost_and_found(
        &mut sound,
        recorder,
        &rig,
        |sound| sound.destroy_sink(),
        "PipeWire node is gone",
        |sound| sound.make_sink(),
    );
    for part in [before, after] {
        let (words, longest) = ramp(&part);
        println!("{words} words, {longest} without a break, lost {}", lost(&stats));
        assert!(words + lost(&stats) >= FRAMES, "{words} words, {stats:#}");
        assert!(longest > RATE / 4, "{longest} without a break");
    }
}

#[test]
fn a_card_is_recorded_and_opened_again_in_the_same_file() {
    let (rig, mut sound) = (Rig::new(), Sound::start());
    let args = ["record", "-v", "-o", "out.wav", "--device", "alsa:pipewire", "--stats", "stats.json"];
    let mut command = audyn(&rig, &sound, &args);
    command.env("PIPEWIRE_NODE", SINK).env("PIPEWIRE_PROPS", "{ stream.capture.sink=true }");
    let recorder = Running::start(&mut command);
    let (stats, before, after) = lost_and_found(
        &mut sound,
        recorder,
        &rig,
        |sound| sound.end(),
        "the sound card is gone",
        |sound| {
            sound.begin();
            sound.make_sink();
        },
    );
    for part in [before, after] {
        let (words, longest) = ramp(&part);
        println!("{words} words, {longest} without a break, lost {}", lost(&stats));
        assert!(words > RATE && longest > 1000, "{words} words, {longest} without a break");
    }
}

/// A station with these sources, closed again.
fn station(rig: &Rig, sources: &[(&str, Value)]) {
    let options = station_options(&rig.path(""));
    let service = Service::open(options, Arc::new(SystemClock)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for (name, config) in sources {
        let request = json!({ "name": name, "config": config });
        runtime.block_on(dispatch(&service, &Caller::local(), "create_source", request)).unwrap();
    }
    service.close(std::time::Duration::from_secs(5));
}

/// What the doctor says: its exit code, its last sentence, and the diagnosis.
fn ask(rig: &Rig, sound: &Sound, args: &[&str]) -> (i32, String, String) {
    let mut all = vec!["doctor", "--seconds", "1"];
    all.extend(args);
    let text = audyn(rig, sound, &all).output().unwrap();
    all.push("--json");
    let json = audyn(rig, sound, &all).output().unwrap();
    assert_eq!(text.status.code(), json.status.code(), "{args:?}");
    let said: Value = serde_json::from_slice(&json.stdout)
        .unwrap_or_else(|error| panic!("{args:?}: {error}; {}", String::from_utf8_lossy(&json.stderr)));
    let text = String::from_utf8(text.stdout).unwrap();
    let last = text.rsplit("\n\n").next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    (json.status.code().unwrap(), last, said["id"].as_str().unwrap().to_owned())
}

#[test]
fn the_doctor_examines_a_stations_sources_by_their_names() {
    let (rig, mut sound) = (Rig::new(), Sound::start());
    let net = json!({ "kind": "aes67", "legs": [{ "address": rig.group, "port": rig.port.parse::<u16>().unwrap(), "interface": "lo" }] });
    let node = json!({ "kind": "pipewire", "node": SINK, "sample_rate": 48_000, "stream_channels": 2, "pick": [], "labels": [] });
    let card = json!({ "kind": "card", "device": "alsa:no-such", "sample_rate": 48_000, "stream_channels": 2, "pick": [], "labels": [] });
    station(&rig, &[("PGM", net), ("Mixer", node), ("Desk", card)]);
    let check = |sound: &Sound, args: &[&str], expected: (i32, &str, &str)| {
        // A busy machine may need more than one look.
        let mut said = ask(&rig, sound, args);
        for _ in 0..5 {
            if said.2 == expected.1 && said.1.contains(expected.2) {
                break;
            }
            said = ask(&rig, sound, args);
        }
        let (code, sentence, id) = &said;
        assert_eq!((*code, id.as_str()), (expected.0, expected.1), "{args:?}: {said:?}");
        assert!(sentence.contains(expected.2) && sentence.ends_with('.'), "{args:?}: {said:?}");
    };

    check(&sound, &["PGM"], (1, "no-packets", "see that the sender"));
    let sender = rig.send(&[]);
    check(&sound, &["pgm"], (0, "healthy", "Nothing is wrong: 1000 packets a second from 127.0.0.1"));
    drop(sender);

    check(
        &sound,
        &["Mixer"],
        (0, "silent-input", "Nothing but digital silence came in 1 s; see that something plays"),
    );
    let file = rig.path("long.wav");
    std::fs::write(&file, wav(60 * RATE)).unwrap();
    let player = sound.play(&file);
    check(&sound, &["Mixer"], (0, "healthy", "Nothing is wrong: 2 channels at 48000 Hz, loudest at "));
    drop(player);
    check(
        &sound,
        &["--pipewire", SINK, "-c", "4"],
        (1, "wrong-channels", "It has 2 channels, and 4 are expected"),
    );
    check(&sound, &["--pipewire", SINK, "-r", "96000"], (0, "wrong-rate", "converts to 96000 Hz"));
    check(&sound, &["Desk"], (1, "card-gone", "There is no “alsa:no-such”; connect it"));
    sound.destroy_sink();
    check(
        &sound,
        &["Mixer"],
        (1, "node-gone", "There is no “test-sink”; connect the device or start the program"),
    );
    sound.end();
    check(&sound, &["Mixer"], (1, "no-pipewire", "PipeWire does not answer"));
    check(&sound, &["--device", "alsa:pipewire"], (1, "not-opened", "The sound card"));
    let (code, _, said) = {
        let output = audyn(&rig, &sound, &["doctor", "Nobody"]).output().unwrap();
        (output.status.code(), (), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(code, Some(2));
    assert!(said.contains("the station has no source \"Nobody\"; it has"), "{said}");
}
