//! A recording through the player, ALSA and a real PipeWire of the test's own, captured behind it and compared sample by
//! sample. Wants the packages dbus, pipewire, pipewire-bin, pipewire-alsa and wireplumber, and no sound card.
//!
//! ALSA and PipeWire find each other by the environment, so each player lives in a child process that has its own.

// All of this is test code, though little of it stands in a test function; what the child finds it says on its output.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use audyn_service::playback::{Play, PlaybackState, PlaybackStatus, Player, outputs};

#[path = "../../../../tests/support/sound.rs"]
mod sound;

use self::sound::{RATE, SINK, Sound, start, wait_for};

const FRAMES: usize = 3 * RATE;
/// A fade is 5 ms.
const RAMP: usize = RATE / 200;
const FILE: &str = "AUDYN_PLAYBACK_FILE";

/// The ramp's frame `n`, from 0 on.
fn frame(n: usize) -> [i32; 2] {
    sound::frame(n as i32 + 1)
}

fn wav() -> Vec<u8> {
    sound::wav(FRAMES)
}

/// What comes out of the sink while `work` runs: interleaved floats.
fn capture(sound: &Sound, work: impl FnOnce()) -> Vec<f32> {
    let path = sound.dir.path().join("captured.wav");
    let mut recorder = start(
        sound
            .command("pw-record")
            .args(["--target", SINK, "-P", "{ stream.capture.sink=true node.latency=1024/48000 }"])
            .args(["--rate", "48000", "--channels", "2", "--format", "f32"])
            .arg(&path),
    );
    let linked = format!("{SINK}:monitor_FR");
    wait_for("the recorder's link", || {
        let links = sound.run("pw-link", &["--links"]);
        links.lines().any(|line| line.contains("|<-") && line.contains(&linked)).then_some(())
    });
    work();
    // What is on its way arrives, and the file is ended in order.
    std::thread::park_timeout(Duration::from_millis(300));
    let id = recorder.0.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    recorder.0.wait().unwrap();
    let file = std::fs::read(&path).unwrap();
    let data = file.windows(4).position(|four| four == b"data").unwrap() + 8;
    file[data..].as_chunks().0.iter().map(|word| f32::from_le_bytes(*word)).collect()
}

#[path = "playback/live.rs"]
mod live;

/// Runs one test of this file as a child with this environment.
fn child(mut command: Command, test: &str, file: &Path) -> Output {
    command.args([test, "--exact", "--nocapture"]).env(FILE, file).env("PIPEWIRE_NODE", SINK);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
}

fn me() -> PathBuf {
    std::env::current_exe().unwrap()
}

/// In the child: plays the file to its end or to an error.
fn play_to_the_end(file: &str) -> PlaybackStatus {
    let path = PathBuf::from(file);
    let player = Player::start().unwrap();
    let (root, file) = (path.parent().unwrap().to_owned(), "the file".to_owned());
    player.play(Play { root, path, file, at_s: 0.0, pair: None });
    let mut moved = 0;
    let mut last = 0.0;
    let mut interruptions = 0;
    let status = wait_for("the end", || {
        let status = player.status();
        moved += u32::from(status.position_s > last);
        last = status.position_s;
        interruptions = interruptions.max(status.interruptions);
        let over = status.file.is_some() && status.state != PlaybackState::Playing;
        over.then_some(status)
    });
    println!("moved {moved}, interruptions {interruptions}, {}", serde_json::to_string(&status).unwrap());
    status
}

#[test]
fn a_recording_is_heard_sample_by_sample_through_pipewire() {
    if let Ok(file) = std::env::var(FILE) {
        let devices = outputs().unwrap();
        assert!(devices.iter().any(|device| device.default), "{devices:?}");
        assert!(devices.iter().all(|device| !device.id.ends_with(":null")), "{devices:?}");
        let status = play_to_the_end(&file);
        assert_eq!((status.state, status.position_s), (PlaybackState::Stopped, 3.0), "{status:?}");
        return;
    }
    let sound = Sound::start();
    let file = sound.dir.path().join("recording.wav");
    std::fs::write(&file, wav()).unwrap();
    // A busy machine loses whole periods on the way: once more then, and what comes is judged between them.
    let mut best = (0, 0);
    for _ in 0..3 {
        let captured = capture(&sound, || {
            let test = "a_recording_is_heard_sample_by_sample_through_pipewire";
            let output = child(sound.command(me().to_str().unwrap()), test, &file);
            let said = String::from_utf8_lossy(&output.stdout);
            let errors = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success() && said.contains("moved"), "{said}{errors}");
            let moved: u32 =
                said.split("moved ").nth(1).and_then(|rest| rest.split(',').next()).unwrap().parse().unwrap();
            assert!(moved >= 10, "the position moved {moved} times in 3 s: {said}");
        });
        let heard = judge(&captured);
        println!("{} frames exact, {} pieces", heard.0, heard.1);
        best = best.max(heard);
        if heard.1 == 1 {
            break;
        }
    }
    let (exact, pieces) = best;
    assert!(pieces > 1 || exact == FRAMES - RAMP + 1, "{exact} frames in one piece");
    assert!(exact >= FRAMES / 4, "{exact} of {FRAMES} frames in {pieces} pieces");
}

/// How many frames are exactly those of the file, and in how many pieces. Every frame that is not silent has to be one of
/// them, in order, or belong to the fade with which sound begins.
fn judge(captured: &[f32]) -> (usize, usize) {
    let (mut exact, mut pieces) = (0, 0);
    let mut last: Option<usize> = None;
    let mut fading = 0;
    for (at, [left, right]) in captured.as_chunks::<2>().0.iter().enumerate() {
        let word = |sample: f32| (f64::from(sample) * 8_388_608.0) as i32;
        let number = word(*left) as usize;
        let is_exact = number > 0 && number <= FRAMES && {
            let [n, check] = frame(number - 1);
            *left == n as f32 / 8_388_608.0 && *right == check as f32 / 8_388_608.0
        };
        if is_exact {
            assert!(last.is_none_or(|last| number > last), "frame {number} after {last:?} at {at}");
            if last.is_none_or(|last| number != last + 1) {
                pieces += 1;
            }
            exact += 1;
            fading = 0;
            last = Some(number);
        } else if *left != 0.0 || *right != 0.0 {
            fading += 1;
            assert!(
                fading <= 2 * RAMP,
                "neither silence nor the file at {at}: {left} {right} after {last:?}"
            );
        } else {
            fading = 0;
        }
    }
    (exact, pieces)
}

#[test]
fn without_an_audio_server_the_player_says_so() {
    if let Ok(file) = std::env::var(FILE) {
        let status = play_to_the_end(&file);
        assert_eq!(status.state, PlaybackState::Error, "{status:?}");
        let message = status.message.unwrap();
        assert!(message.starts_with("cannot play through “") && message.contains("PipeWire"), "{message}");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("recording.wav");
    std::fs::write(&file, wav()).unwrap();
    let mut command = Command::new(me());
    command
        .env("XDG_RUNTIME_DIR", dir.path())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("PIPEWIRE_REMOTE");
    let output = child(command, "without_an_audio_server_the_player_says_so", &file);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("moved 0"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
