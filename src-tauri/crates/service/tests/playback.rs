//! A recording through the player, ALSA and a real PipeWire of the test's own, captured behind it and compared sample by
//! sample. Wants the packages dbus, pipewire, pipewire-bin, pipewire-alsa and wireplumber, and no sound card.
//!
//! ALSA and PipeWire find each other by the environment, so each player lives in a child process that has its own.

// All of this is test code, though little of it stands in a test function; what the child finds it says on its output.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use audyn_service::playback::{Play, PlaybackState, PlaybackStatus, Player, outputs};

const RATE: usize = 48_000;
const FRAMES: usize = 3 * RATE;
/// A fade is 5 ms.
const RAMP: usize = RATE / 200;
const SINK: &str = "test-sink";
const FILE: &str = "AUDYN_PLAYBACK_FILE";
const PATIENCE: Duration = Duration::from_secs(60);

/// The word of 24 bits in each channel of frame `n`: its number, and one that shows that the number is whole.
fn frame(n: usize) -> [i32; 2] {
    let number = n as i32 + 1;
    // Not in proportion to the number, or a faded frame could pass for an earlier one.
    let mixed = number.wrapping_mul(1_640_531_527);
    [number, (mixed ^ (mixed >> 15)).wrapping_mul(-2_048_144_789) >> 9]
}

fn wav() -> Vec<u8> {
    let size = FRAMES as u32 * 6;
    let mut file = b"RIFF".to_vec();
    file.extend((size + 36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend((RATE as u32).to_le_bytes());
    file.extend((RATE as u32 * 6).to_le_bytes());
    file.extend(b"\x06\0\x18\0data");
    file.extend(size.to_le_bytes());
    let low = |word: i32| -> [u8; 3] { word.to_le_bytes()[..3].try_into().unwrap() };
    file.extend((0..FRAMES).flat_map(frame).flat_map(low));
    file
}

/// Waits until something is so.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// A process that ends with the test, by its own id.
struct Owned(Child);

impl Drop for Owned {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A PipeWire of the test's own, with one sink that goes nowhere.
struct Sound {
    dir: tempfile::TempDir,
    bus: String,
    _daemons: Vec<Owned>,
}

impl Sound {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut bus = start(
            Command::new("dbus-daemon")
                .args(["--session", "--nofork", "--nopidfile", "--print-address"])
                .env("XDG_RUNTIME_DIR", dir.path())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
        );
        let mut address = String::new();
        BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let mut sound = Self { dir, bus: address.trim().to_owned(), _daemons: vec![bus] };
        let pipewire = start(&mut sound.command("pipewire"));
        sound._daemons.push(pipewire);
        let socket = sound.dir.path().join("pipewire-0");
        wait_for("PipeWire's socket", || socket.exists().then_some(()));
        let wireplumber = start(&mut sound.command("wireplumber"));
        sound._daemons.push(wireplumber);
        let node = format!(
            "{{ factory.name=support.null-audio-sink node.name={SINK} media.class=Audio/Sink object.linger=true \
             audio.position=[FL FR] audio.rate={RATE} monitor.channel-volumes=false }}"
        );
        sound.run("pw-cli", &["create-node", "adapter", &node]);
        wait_for("the sink's ports", || sound.run("pw-link", &["--input"]).contains(SINK).then_some(()));
        sound
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("XDG_RUNTIME_DIR", self.dir.path())
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("PIPEWIRE_NODE", SINK)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = self.command(program).args(arguments).stdout(Stdio::piped()).output();
        String::from_utf8_lossy(&output.unwrap_or_else(|error| missing(program, &error)).stdout).into_owned()
    }

    /// What comes out of the sink while `work` runs: interleaved floats.
    fn capture(&self, work: impl FnOnce()) -> Vec<f32> {
        let path = self.dir.path().join("captured.wav");
        let mut recorder = start(
            self.command("pw-record")
                .args(["--target", SINK, "-P", "{ stream.capture.sink=true node.latency=1024/48000 }"])
                .args(["--rate", "48000", "--channels", "2", "--format", "f32"])
                .arg(&path)
                .env_remove("PIPEWIRE_NODE"),
        );
        let linked = format!("{SINK}:monitor_FR");
        wait_for("the recorder's link", || {
            let links = self.run("pw-link", &["--links"]);
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
}

#[path = "playback/live.rs"]
mod live;

fn start(command: &mut Command) -> Owned {
    let program = command.get_program().to_string_lossy().into_owned();
    Owned(command.spawn().unwrap_or_else(|error| missing(&program, &error)))
}

fn missing(program: &str, error: &std::io::Error) -> ! {
    panic!(
        "{program}: {error}; install it by: apt-get install dbus pipewire pipewire-bin pipewire-alsa wireplumber"
    )
}

/// Runs one test of this file as a child with this environment.
fn child(mut command: Command, test: &str, file: &Path) -> Output {
    command.args([test, "--exact", "--nocapture"]).env(FILE, file);
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
        let captured = sound.capture(|| {
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
