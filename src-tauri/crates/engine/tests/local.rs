//! PipeWire's nodes and sound cards, recorded from a real PipeWire of the test's own and compared sample by sample. Wants
//! the packages dbus, pipewire, pipewire-bin, pipewire-alsa and wireplumber, and no sound card.
//!
//! PipeWire and ALSA are found by the environment, so each test does its work in a child process that has its own.

// All of this is test code, though little of it stands in a test function; what the child finds it says on its output.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use audyn_engine::ring::{FrameReader, Item};
use audyn_engine::rt::SystemClock;
use audyn_engine::source::card::{Card, cards};
use audyn_engine::source::pipewire::{Kind, PipeWire, nodes};
use audyn_engine::source::{Capture, Inputs, Source, StreamCount};
use audyn_model::{Gap, GapCause, Rate, SampleIndex, TimeBasis};

const RATE: usize = 48_000;
const FRAMES: usize = 2 * RATE;
const SINK: &str = "test-sink";
const CHILD: &str = "AUDYN_LOCAL_CHILD";
const PATIENCE: Duration = Duration::from_secs(60);

/// The word of 24 bits in each channel of frame `n` (from 1 on): its number, and one that shows that the number is whole.
fn frame(number: i32) -> [i32; 2] {
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
    file.extend((1..=FRAMES as i32).flat_map(frame).flat_map(low));
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

fn start(command: &mut Command) -> Owned {
    let program = command.get_program().to_string_lossy().into_owned();
    Owned(command.spawn().unwrap_or_else(|error| panic!("{program}: {error}; is its package installed?")))
}

/// Runs this test again as a child process with a PipeWire of its own.
fn in_a_world_of_its_own(test: &str, environment: &[(&str, &str)]) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("ramp.wav"), wav()).unwrap();
    let mut bus = start(
        Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--print-address"])
            .env("XDG_RUNTIME_DIR", dir.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null()),
    );
    let mut address = String::new();
    BufReader::new(bus.0.stdout.take().unwrap()).read_line(&mut address).unwrap();
    let command = |program: &str| {
        let mut command = Command::new(program);
        command
            .env("XDG_RUNTIME_DIR", dir.path())
            .env("HOME", dir.path())
            .env("DBUS_SESSION_BUS_ADDRESS", address.trim())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    let _pipewire = start(&mut command("pipewire"));
    wait_for("PipeWire's socket", || dir.path().join("pipewire-0").exists().then_some(()));
    let _wireplumber = start(&mut command("wireplumber"));
    let me = std::env::current_exe().unwrap();
    // What the child finds is told as it finds it.
    let status = command(me.to_str().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(CHILD, dir.path())
        .envs(environment.iter().copied())
        .stdout(Stdio::inherit())
        .stderr(Stdio::inherit())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

fn run(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    command.args(arguments).env_remove("PIPEWIRE_NODE").env_remove("PIPEWIRE_PROPS");
    let output = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn make_sink() {
    let node = format!(
        "{{ factory.name=support.null-audio-sink node.name={SINK} media.class=Audio/Sink object.linger=true \
         audio.position=[FL FR] audio.rate={RATE} monitor.channel-volumes=false }}"
    );
    run("pw-cli", &["create-node", "adapter", &node]);
    wait_for("the sink's ports", || run("pw-link", &["--input"]).contains(SINK).then_some(()));
}

fn destroy_sink() {
    let listed = run("pw-cli", &["ls", "Node"]);
    let (before, _) = listed.split_once(&format!("node.name = \"{SINK}\"")).unwrap();
    let id = before.rsplit("\tid ").next().unwrap().split(',').next().unwrap().to_owned();
    run("pw-cli", &["destroy", &id]);
}

fn play() -> Owned {
    let file = format!("{}/ramp.wav", std::env::var(CHILD).unwrap());
    start(
        Command::new("pw-play")
            .args(["--target", SINK, &file])
            .env_remove("PIPEWIRE_NODE")
            .env_remove("PIPEWIRE_PROPS"),
    )
}

/// What came out of a capture: words and their positions, and gaps; contiguous, begun once.
#[derive(Default)]
struct Heard {
    begun: bool,
    next: Option<SampleIndex>,
    words: Vec<(i64, [i32; 2])>,
    gaps: Vec<Gap>,
    frames: u64,
    anchors: usize,
}

impl Heard {
    fn read(&mut self, frames: &mut FrameReader) {
        while let Some(item) = frames.take() {
            match item {
                Item::Start { anchor, format } => {
                    assert!(!std::mem::replace(&mut self.begun, true), "begun once");
                    assert_eq!((format.channels, format.bits, anchor.basis), (2, 24, TimeBasis::Device));
                }
                Item::Frames { at, block } => {
                    assert_eq!(*self.next.get_or_insert(at), at, "contiguous");
                    for (n, pair) in block.samples().chunks_exact(2).enumerate() {
                        if pair != [0, 0] {
                            self.words.push((at.0 + n as i64, [pair[0] >> 8, pair[1] >> 8]));
                        }
                    }
                    let count = (block.samples().len() / 2) as u64;
                    self.frames += count;
                    self.next = Some(at.plus(count as i64));
                    frames.give_back(block);
                }
                Item::Gap(gap) => {
                    assert_eq!(*self.next.get_or_insert(gap.at), gap.at, "contiguous");
                    self.next = Some(gap.end());
                    self.gaps.push(gap);
                }
                Item::Anchor(_) => self.anchors += 1,
            }
        }
    }

    /// Reads on while the ramp is played and until what was played has come.
    fn hear_the_ramp(&mut self, frames: &mut FrameReader) {
        self.words.clear();
        let mut player = play();
        wait_for("the ramp to be played", || {
            self.read(frames);
            player.0.try_wait().unwrap().map(|status| assert!(status.success()))
        });
        let until = self.frames + RATE as u64 / 2;
        wait_for("what was played", || {
            self.read(frames);
            (self.frames >= until).then_some(())
        });
    }

    /// Every word is one of the ramp, and none is left out but where a gap is marked (`marked`) or at most. Returns how
    /// many words came, and the longest run without a break.
    fn check(&self, marked: bool) -> (usize, usize) {
        let (mut longest, mut unbroken) = (0, 0);
        for ((before_at, before), (at, word)) in self.words.iter().zip(&self.words[1..]) {
            assert_eq!(*word, frame(word[0]), "at {at}");
            let (words, places) = (i64::from(word[0] - before[0]), at - before_at);
            assert!(words > 0, "in order");
            // A player that is late plays silence in between; what is left out is a gap.
            assert!(!marked || words <= places, "{words} words on in {places} places at {at}");
            unbroken = if words == 1 && places == 1 { unbroken + 1 } else { 0 };
            longest = longest.max(unbroken);
        }
        (self.words.len(), longest)
    }

    fn missing(&self, cause: GapCause) -> u64 {
        self.gaps.iter().filter(|gap| gap.cause == cause).map(|gap| gap.len).sum()
    }
}

fn capture(inputs: &Inputs, source: &Source) -> Capture {
    let capture = inputs.capture(source, 10_000).unwrap();
    wait_for("audio", || (capture.counters.get(StreamCount::Frames) > 0).then_some(()));
    capture
}

#[test]
fn a_sink_is_recorded_word_for_word_and_its_absence_is_a_gap_in_the_same_recording() {
    if std::env::var(CHILD).is_err() {
        let own = "a_sink_is_recorded_word_for_word_and_its_absence_is_a_gap_in_the_same_recording";
        return in_a_world_of_its_own(own, &[]);
    }
    make_sink();
    let clock = Arc::new(SystemClock);
    let node = wait_for("the sink among the nodes", || {
        nodes(&SystemClock).ok()?.into_iter().find(|node| node.name == SINK && node.channels.len() == 2)
    });
    assert_eq!((node.kind, node.channels.join(" ").as_str()), (Kind::Monitor, "FL FR"));
    let inputs = Inputs::new(clock, true);
    let pipewire = PipeWire { node: SINK.into(), rate: Rate::HZ_48000, stream_channels: 2, pick: vec![] };
    let mut first = capture(&inputs, &Source::PipeWire(pipewire.clone()));
    let mut second = capture(&inputs, &Source::PipeWire(PipeWire { pick: vec![1, 0], ..pipewire }));
    let mut heard = Heard::default();
    heard.hear_the_ramp(&mut first.frames);
    let (words, longest) = heard.check(true);
    println!("{words} words, {longest} without a break, missing {}", heard.missing(GapCause::Loss));
    // pw-play keeps what does not fill its last buffer.
    let whole = FRAMES - 1024;
    assert!(words + heard.missing(GapCause::Loss) as usize >= whole, "{words} words");
    assert!(longest > RATE / 4, "{longest}");

    // The other capture of the same device has the same positions, its channels the other way round.
    let mut other = Heard::default();
    other.read(&mut second.frames);
    let swapped: Vec<_> = other.words.iter().map(|(at, [a, b])| (*at, [*b, *a])).collect();
    let common = swapped.iter().filter(|word| heard.words.binary_search(word).is_ok()).count();
    assert!(common >= swapped.len().min(1_000), "{common} of {}", swapped.len());

    let before = first.counters.get(StreamCount::Frames);
    destroy_sink();
    let why = wait_for("the loss to be told", || {
        heard.read(&mut first.frames);
        first.counters.trouble()
    });
    assert!(why.contains(SINK), "{why}");
    wait_for("the gap to grow", || {
        heard.read(&mut first.frames);
        (heard.missing(GapCause::Outage) > RATE as u64).then_some(())
    });
    make_sink();
    wait_for("audio again", || {
        heard.read(&mut first.frames);
        (first.counters.get(StreamCount::Frames) > before + RATE as u64 / 4
            && first.counters.trouble().is_none())
        .then_some(())
    });
    heard.hear_the_ramp(&mut first.frames);
    let (words, longest) = heard.check(true);
    assert!(longest > RATE / 4, "{words} words, {longest} without a break");
    assert_eq!(first.counters.get(StreamCount::Restarts), 1);
    first.finish();
    heard.read(&mut first.frames);
    assert!(heard.anchors > 0, "the anchor is measured again");
}

#[test]
fn a_card_is_recorded_word_for_word() {
    if std::env::var(CHILD).is_err() {
        let environment = [("PIPEWIRE_NODE", SINK), ("PIPEWIRE_PROPS", "{ stream.capture.sink=true }")];
        return in_a_world_of_its_own("a_card_is_recorded_word_for_word", &environment);
    }
    make_sink();
    let card = cards().unwrap().into_iter().find(|card| card.id == "alsa:pipewire").unwrap();
    assert!(card.channels >= 2 && card.rates.contains(&48_000), "{card:?}");
    let inputs = Inputs::new(Arc::new(SystemClock), true);
    let card = Card { device: card.id, rate: Rate::HZ_48000, stream_channels: 2, pick: vec![] };
    let mut capture = capture(&inputs, &Source::Card(card));
    let mut heard = Heard::default();
    heard.hear_the_ramp(&mut capture.frames);
    // PipeWire's plugin for ALSA puts silence between cycles on a busy machine, and does not tell.
    let (words, longest) = heard.check(false);
    println!("{words} words, {longest} without a break");
    assert!(words > RATE && longest > 1000, "{words} words, {longest} without a break");
}

#[test]
fn a_card_that_is_not_there_is_waited_for_and_named() {
    let inputs = Inputs::new(Arc::new(SystemClock), false);
    let card = Card { device: "alsa:no-such".into(), rate: Rate::HZ_48000, stream_channels: 2, pick: vec![] };
    let capture = inputs.capture(&Source::Card(card), 1_000).unwrap();
    let why = wait_for("the reason", || capture.counters.trouble());
    assert!(why.contains("There is no sound card “alsa:no-such”"), "{why}");
}
