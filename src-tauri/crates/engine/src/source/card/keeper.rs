//! Keeps a sound card open.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::AGAIN;
use super::open::{Opened, open};
use crate::source::local::Port;

/// How often the thread looks.
const TURN: Duration = Duration::from_millis(100);
/// An open card that brings nothing for this long is opened anew.
const DEAF: Duration = Duration::from_secs(3);
/// How long closing may take before it is left to itself.
const FAREWELL: Duration = Duration::from_secs(2);

/// A card's thread; dropping it closes the card.
struct Keeper {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    port: Port,
}

/// Opens a card and keeps it open until what is returned is dropped.
///
/// # Errors
/// No thread can be started.
pub fn keep(port: Port) -> io::Result<Box<dyn Send>> {
    let stop = Arc::new(AtomicBool::new(false));
    let (own, wanted) = (Arc::clone(&stop), port.clone());
    let thread = std::thread::Builder::new().name("audyn-card".into()).spawn(move || run(&wanted, &own))?;
    Ok(Box::new(Keeper { stop, thread: Some(thread), port }))
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let Some(thread) = self.thread.take() else { return };
        thread.thread().unpark();
        let clock = self.port.clock();
        let until = clock.mono().after(FAREWELL);
        while !thread.is_finished() && clock.mono() < until {
            crate::rt::sleep_until(clock.mono().after(TURN / 20));
        }
        if thread.is_finished() {
            let _ = thread.join();
        }
    }
}

fn run(port: &Port, stop: &AtomicBool) {
    let stopped = || stop.load(Ordering::Relaxed);
    let mut tries = 0;
    let mut told = String::new();
    while !stopped() {
        match open(port) {
            Ok(opened) => {
                tries = 0;
                told.clear();
                watch(port, &opened, &stopped);
            }
            Err(why) => {
                if why != told {
                    tracing::warn!("{why} It is tried again.");
                    told.clone_from(&why);
                }
                port.is_away(why);
            }
        }
        let again = port.clock().mono().after(AGAIN[tries.min(AGAIN.len() - 1)]);
        tries += 1;
        while !stopped() && port.clock().mono() < again {
            std::thread::park_timeout(TURN);
        }
    }
}

/// Returns when an open card is gone, or is not wanted any more.
fn watch(port: &Port, opened: &Opened, stopped: &impl Fn() -> bool) {
    let clock = port.clock();
    let (mut beats, mut heard) = (opened.alarm.beats(), clock.mono());
    while !stopped() {
        let now = clock.mono();
        let beat = opened.alarm.beats();
        if beat != beats {
            (beats, heard) = (beat, now);
            port.is_well();
        }
        if opened.alarm.is_over() || now.since(heard) > DEAF {
            let name = &port.device().name;
            tracing::warn!(
                card = name.as_str(),
                "the sound card is gone; it is opened again when it is back"
            );
            port.is_away(
                "The sound card was unplugged or switched off; it is recorded again when it is back."
                    .to_owned(),
            );
            return;
        }
        std::thread::park_timeout(TURN);
    }
}
