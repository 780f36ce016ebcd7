//! PipeWire's nodes and sound cards, recorded from a real PipeWire of the test's own and compared sample by sample. Wants
//! the packages dbus, pipewire, pipewire-bin, pipewire-alsa and wireplumber, and no sound card.
//!
//! PipeWire and ALSA are found by the environment, so each test does its work in a child process that has its own.

// All of this is test code, though little of it stands in a test function; what the child finds it says on its output.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::process::{Command, Stdio};
use std::sync::Arc;

use audyn_engine::ring::{FrameReader, Item};
use audyn_engine::rt::SystemClock;
use audyn_engine::source::card::{Card, cards};
use audyn_engine::source::pipewire::{Kind, PipeWire, nodes};
use audyn_engine::source::{Capture, Inputs, Source, StreamCount};
use audyn_model::{Gap, GapCause, Rate, SampleIndex, TimeBasis};

#[path = "../../../../tests/support/sound.rs"]
mod sound;

use self::sound::{FIRST, Owned, RATE, SINK, Sound, frame, start, wait_for, wav};

/// Frames of a cycle of PipeWire's, or as many as it takes. Long ones: without real-time priority whoever is late for a short one hears another.
const CYCLE: usize = 4096;
/// Frames of the ramp. Whole cycles: `pw-play` keeps what does not fill its last buffer.
const FRAMES: usize = 24 * CYCLE;
const CHILD: &str = "AUDYN_LOCAL_CHILD";

/// Runs this test again as a child process with a PipeWire of its own.
fn in_a_world_of_its_own(test: &str, environment: &[(&str, &str)]) {
    let sound = Sound::start();
    std::fs::write(sound.dir.path().join("ramp.wav"), wav(FRAMES)).unwrap();
    let me = std::env::current_exe().unwrap();
    // What the child finds is told as it finds it.
    let status = sound
        .command(me.to_str().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(CHILD, sound.dir.path())
        .envs(environment.iter().copied())
        .stdout(Stdio::inherit())
        .stderr(Stdio::inherit())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

/// A program in the child's world, whose own wishes it does not share.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.env_remove("PIPEWIRE_NODE").env_remove("PIPEWIRE_PROPS");
    command
}

fn play() -> Owned {
    let file = format!("{}/ramp.wav", std::env::var(CHILD).unwrap());
    start(command(FIRST[0]).args(&FIRST[1..]).args(["pw-play", "--target", SINK, &file]))
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
            // On a busy machine pw-play does not always notice that its last buffer was played.
            let all = self.words.last().is_some_and(|(_, [number, _])| *number as usize >= FRAMES - 1024);
            all.then_some(()).or(player.0.try_wait().unwrap().map(|status| assert!(status.success())))
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
        return in_a_world_of_its_own(own, &[("PIPEWIRE_QUANTUM", &format!("{CYCLE}/{RATE}"))]);
    }
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
    assert!(words + heard.missing(GapCause::Loss) as usize >= FRAMES, "{words} words");
    assert!(longest > RATE / 4, "{longest}");

    // The other capture of the same device has the same positions, its channels the other way round.
    let mut other = Heard::default();
    other.read(&mut second.frames);
    let swapped: Vec<_> = other.words.iter().map(|(at, [a, b])| (*at, [*b, *a])).collect();
    let common = swapped.iter().filter(|word| heard.words.binary_search(word).is_ok()).count();
    assert!(common >= swapped.len().min(1_000), "{common} of {}", swapped.len());

    let before = first.counters.get(StreamCount::Frames);
    sound::destroy_sink(command);
    let why = wait_for("the loss to be told", || {
        heard.read(&mut first.frames);
        first.counters.trouble()
    });
    assert!(why.contains(SINK), "{why}");
    wait_for("the gap to grow", || {
        heard.read(&mut first.frames);
        (heard.missing(GapCause::Outage) > RATE as u64).then_some(())
    });
    sound::make_sink(command);
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

/// Holds this process up again and again, each time for longer than a cycle, as a machine does that has no time for it.
/// PipeWire and the player go on.
fn hold_up(times: usize) -> Owned {
    let script = "for n in $(seq $1); do sleep 0.1; kill -STOP $0; sleep 0.1$n; kill -CONT $0; done";
    start(command("sh").args(["-c", script, &std::process::id().to_string(), &times.to_string()]))
}

#[test]
fn what_passes_while_the_program_is_held_up_is_a_gap_where_it_was() {
    if std::env::var(CHILD).is_err() {
        let own = "what_passes_while_the_program_is_held_up_is_a_gap_where_it_was";
        return in_a_world_of_its_own(own, &[("PIPEWIRE_QUANTUM", &format!("{CYCLE}/{RATE}"))]);
    }
    let inputs = Inputs::new(Arc::new(SystemClock), true);
    let pipewire = PipeWire { node: SINK.into(), rate: Rate::HZ_48000, stream_channels: 2, pick: vec![] };
    let mut capture = capture(&inputs, &Source::PipeWire(pipewire));
    let mut heard = Heard::default();
    let _holding = hold_up(6);
    heard.hear_the_ramp(&mut capture.frames);
    let missing = (heard.missing(GapCause::Loss) + heard.missing(GapCause::Outage)) as usize;
    let (words, _) = heard.check(true);
    println!("{words} words, missing {missing} in {} places", heard.gaps.len());
    assert!(missing >= CYCLE, "it was held up: {missing}");
    assert!(words + missing >= FRAMES, "{words} words, {missing} missing");
}

#[test]
fn a_node_whose_driver_tells_no_time_is_recorded_by_this_machines_clock() {
    if std::env::var(CHILD).is_err() {
        let own = "a_node_whose_driver_tells_no_time_is_recorded_by_this_machines_clock";
        return in_a_world_of_its_own(own, &[]);
    }
    // PipeWire's own source of a sine: 11 periods in 1200 frames.
    let node = "{ factory.name=audiotestsrc library.name=audiotestsrc/libspa-audiotestsrc node.name=test-sine \
                media.class=Audio/Source object.linger=true audio.position=[FL FR] audio.rate=48000 }";
    assert!(command("pw-cli").args(["create-node", "adapter", node]).status().unwrap().success());
    let inputs = Inputs::new(Arc::new(SystemClock), true);
    let node = PipeWire { node: "test-sine".into(), rate: Rate::HZ_48000, stream_channels: 2, pick: vec![0] };
    let mut capture = capture(&inputs, &Source::PipeWire(node));
    let (mut longest, mut unbroken, mut samples) = (0, 0, Vec::<f64>::new());
    wait_for("half a second without a break", || {
        while let Some(item) = capture.frames.take() {
            let Item::Frames { block, .. } = item else { continue };
            samples.extend(block.samples().iter().map(|s| f64::from(*s) / f64::from(i32::MAX)));
            capture.frames.give_back(block);
            // Each sample of a sine follows from the two before it.
            let next = 2.0 * (std::f64::consts::TAU * 11.0 / 1200.0).cos();
            for three in samples.windows(3) {
                let follows = (three[2] - (next * three[1] - three[0])).abs() < 1e-5;
                unbroken = if follows && three[1].abs() > 0.0 { unbroken + 1 } else { 0 };
                longest = longest.max(unbroken);
            }
            samples.drain(..samples.len().saturating_sub(2));
        }
        (longest > RATE / 2).then_some(())
    });
}

#[test]
fn a_card_is_recorded_word_for_word() {
    if std::env::var(CHILD).is_err() {
        let environment = [("PIPEWIRE_NODE", SINK), ("PIPEWIRE_PROPS", "{ stream.capture.sink=true }")];
        return in_a_world_of_its_own("a_card_is_recorded_word_for_word", &environment);
    }
    let card = cards().unwrap().into_iter().find(|card| card.id == "alsa:pipewire").unwrap();
    assert!(card.channels >= 2 && card.rates.contains(&48_000), "{card:?}");
    let inputs = Inputs::new(Arc::new(SystemClock), true);
    let card = Card { device: card.id, rate: Rate::HZ_48000, stream_channels: 2, pick: vec![] };
    let mut capture = capture(&inputs, &Source::Card(card));
    let mut heard = Heard::default();
    heard.hear_the_ramp(&mut capture.frames);
    // On a busy machine the player is late, and the sink plays silence meanwhile: a native recorder beside this one hears
    // the same at the same words. Now and then PipeWire's plugin for ALSA leaves out a cycle and reports no overrun; a
    // card's own timing is no sharper than that, so it shows only once 50 ms are missing.
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
