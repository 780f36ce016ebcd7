//! The callbacks of local devices touch no heap: PipeWire's and a card's, on their own threads, while they bring audio.
//!
//! What is watched is whole threads: PipeWire's own code allocates with malloc, which is not this process's allocator, so
//! that what is counted there is the callback's; cpal's loop around a card's callback is watched with it.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};

use audyn_engine::ring::Item;
use audyn_engine::rt::SystemClock;
use audyn_engine::source::card::Card;
use audyn_engine::source::pipewire::PipeWire;
use audyn_engine::source::{Capture, Inputs, Source, StreamCount};
use audyn_model::Rate;

use super::sound::{RATE, SINK, Sound, wait_for, wav};
use super::{CHILD, TOUCHED};

/// The thread that is watched, by the kernel's number; 0 for none.
static WATCHED: AtomicI32 = AtomicI32::new(0);

/// Whether this thread is watched. Allocates nothing.
pub fn is_watched() -> bool {
    match WATCHED.load(Ordering::SeqCst) {
        0 => false,
        // SAFETY: the call has no arguments and cannot fail.
        watched => watched == unsafe { libc::gettid() },
    }
}

/// The youngest thread of this name: PipeWire's own has the name of the one that it was started from.
fn youngest(name: &str) -> i32 {
    let threads = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let called = |task: &std::fs::DirEntry| {
        std::fs::read_to_string(task.path().join("comm")).is_ok_and(|own| own.trim() == name)
    };
    let ids = threads.filter(called).filter_map(|task| task.file_name().to_str()?.parse().ok());
    ids.max().unwrap_or_else(|| panic!("there is no thread {name}"))
}

/// Runs a test again as a child in a world with a PipeWire of its own; the ramp is played in it all the while.
fn in_a_world_of_its_own(test: &str) {
    let sound = Sound::start();
    let file = sound.dir.path().join("ramp.wav");
    std::fs::write(&file, wav(120 * RATE)).unwrap();
    let _player = sound.play(&file);
    let me = std::env::current_exe().unwrap();
    let output = sound
        .command(me.to_str().unwrap())
        .args([test, "--exact", "--nocapture"])
        .env(CHILD, "device")
        .env("PIPEWIRE_NODE", SINK)
        .env("PIPEWIRE_PROPS", "{ stream.capture.sink=true }")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("watched frames"), "{said}");
}

/// Frames that came by now; what came is let go.
fn drained(capture: &mut Capture) -> u64 {
    while let Some(item) = capture.frames.take() {
        if let Item::Frames { block, .. } = item {
            capture.frames.give_back(block);
        }
    }
    capture.counters.get(StreamCount::Frames)
}

/// Captures a device, and watches its thread for two seconds of audio once it runs.
fn watch(source: &Source, thread: &str) {
    let inputs = Inputs::new(Arc::new(SystemClock), false);
    let mut capture = inputs.capture(source, 10_000).unwrap();
    let audio = |capture: &mut Capture, frames: u64| {
        wait_for("audio", || (drained(capture) >= frames).then_some(()));
    };
    audio(&mut capture, RATE as u64 / 2);
    WATCHED.store(youngest(thread), Ordering::SeqCst);
    let begun = drained(&mut capture);
    audio(&mut capture, begun + 2 * RATE as u64);
    WATCHED.store(0, Ordering::SeqCst);
    println!("watched frames {}, touched the heap {} times", 2 * RATE, TOUCHED.load(Ordering::SeqCst));
    assert_eq!(TOUCHED.load(Ordering::SeqCst), 0);
    // Had it done so, it would have been seen.
    // SAFETY: as above.
    WATCHED.store(unsafe { libc::gettid() }, Ordering::SeqCst);
    drop(std::hint::black_box(Box::new(1)));
    WATCHED.store(0, Ordering::SeqCst);
    assert!(TOUCHED.load(Ordering::SeqCst) > 0, "the guard sees an allocation");
    capture.finish();
}

#[test]
fn the_callback_of_a_node_touches_no_heap() {
    if std::env::var(CHILD).is_err() {
        return in_a_world_of_its_own("devices::the_callback_of_a_node_touches_no_heap");
    }
    let node = PipeWire { node: SINK.into(), rate: Rate::HZ_48000, stream_channels: 2, pick: vec![] };
    watch(&Source::PipeWire(node), "audyn-pipewire");
}

#[test]
fn the_callback_of_a_card_touches_no_heap() {
    if std::env::var(CHILD).is_err() {
        return in_a_world_of_its_own("devices::the_callback_of_a_card_touches_no_heap");
    }
    let card =
        Card { device: "alsa:pipewire".into(), rate: Rate::HZ_48000, stream_channels: 2, pick: vec![] };
    watch(&Source::Card(card), "cpal_alsa_in");
}
