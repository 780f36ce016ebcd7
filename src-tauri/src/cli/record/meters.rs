//! Levels of running recorders on standard output.
//!
//! The thread `levels` reads latest-wins meters at its own pace and writes whole lines. It may hang on a reader that
//! does not read: nobody waits for it, and the program ends without it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::Context as _;
use audyn_engine::meter::MeterReader;
use audyn_engine::rt::{SystemClock, sleep_until};
use audyn_model::{ChannelLevel, Clock as _};

use crate::levels::{self, Readers};

/// Each recorder's meter with its name.
pub(super) type Board = Vec<(String, MeterReader)>;

/// The running thread.
pub(super) struct Meters {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    /// Takes the place of what is being read.
    new: Mutex<Option<Board>>,
}

impl Meters {
    /// Prints every `interval_ms`. `named`: each line says whose it is.
    pub fn start(board: Board, interval_ms: u64, named: bool) -> anyhow::Result<Self> {
        let shared = Arc::new(Shared::default());
        let meters = Self { shared: Arc::clone(&shared) };
        meters.replace(board);
        let print = move || print(&shared, interval_ms, named);
        thread::Builder::new()
            .name("levels".into())
            .spawn(print)
            .context("cannot start the thread for levels")?;
        Ok(meters)
    }

    /// Reads these meters from now on.
    pub fn replace(&self, board: Board) {
        *self.shared.new.lock().unwrap_or_else(PoisonError::into_inner) = Some(board);
    }

    /// Ends printing after the line that is being written.
    pub fn stop(self) {
        self.shared.stop.store(true, Ordering::Release);
    }
}

fn print(shared: &Shared, interval_ms: u64, named: bool) {
    let interval_ns = interval_ms as i64 * 1_000_000;
    let mut out = io::stdout();
    let (mut board, mut levels) = (Board::new(), Vec::new());
    let mut next = SystemClock.mono();
    while !shared.stop.load(Ordering::Acquire) {
        if let Some(new) = shared.new.lock().unwrap_or_else(PoisonError::into_inner).take() {
            board = new;
        }
        let lines = lines(&mut board, &mut levels, named);
        if !lines.is_empty() {
            match levels::print(&mut out, &lines) {
                Ok(Readers::Present) => {}
                Ok(Readers::Gone) => {
                    return tracing::info!("nobody reads levels any more; recording goes on");
                }
                Err(error) => {
                    return tracing::warn!("cannot write levels: {error}; recording goes on without");
                }
            }
        }
        next.0 += interval_ns;
        // After a stall, from now on: old levels are of no use.
        next = next.max(SystemClock.mono());
        sleep_until(next);
    }
}

/// One line for each recorder that has new levels. None for a source without data, which is not silence.
fn lines(board: &mut Board, levels: &mut Vec<ChannelLevel>, named: bool) -> String {
    let mut lines = String::new();
    for (name, reader) in board {
        if reader.read(levels) {
            lines += &levels::line(named.then_some(name.as_str()), levels);
            lines.push('\n');
        }
    }
    lines
}

#[cfg(test)]
mod tests;
