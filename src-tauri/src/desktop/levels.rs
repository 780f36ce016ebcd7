//! Levels for the page: 30 frames a second, the latest, never a queue.
//!
//! The thread `levels-page` writes frames into the page's channels. A page says how many it has taken; with [`WINDOW`]
//! frames under way it gets none until it has. So a page that hangs holds that many frames and no more, whatever the
//! web view does with them. Full: the frame is not made.
//!
//! A frame goes as text (Base64 of its bytes): Tauri hands text of up to 8 KiB to the page at once, and lets the page fetch
//! bytes from 1 KiB on through the web view's network process, for every frame.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_engine::rt::{SystemClock, sleep_until};
use audyn_model::Clock as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytemuck::cast_slice;
use tauri::AppHandle;
use tauri::ipc::{Channel, InvokeResponseBody};

use super::{person, shell};

/// Time between frames.
const PERIOD: Duration = Duration::from_nanos(33_333_333);
/// Frames under way at most.
pub const WINDOW: u32 = 12;

/// The page's channels.
#[derive(Default)]
pub struct Pump {
    lines: Mutex<Lines>,
    changed: Condvar,
}

#[derive(Default)]
struct Lines {
    open: Vec<Line>,
    closed: bool,
}

struct Line {
    channel: Channel<InvokeResponseBody>,
    credit: Credit,
}

/// How many frames are under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Credit {
    under_way: u32,
}

impl Credit {
    /// Counts one more, if there is room for it.
    #[must_use]
    pub const fn send(&mut self) -> bool {
        if self.under_way >= WINDOW {
            return false;
        }
        self.under_way += 1;
        true
    }

    /// Some were taken. A page that says too much is not believed.
    pub const fn taken(&mut self, frames: u32) {
        self.under_way = self.under_way.saturating_sub(frames);
    }
}

impl Pump {
    /// Levels go into this channel, too.
    pub fn begin(&self, channel: Channel<InvokeResponseBody>) {
        self.lines().open.push(Line { channel, credit: Credit::default() });
        self.changed.notify_all();
    }

    /// The page has taken frames.
    pub fn taken(&self, channel: u32, frames: u32) {
        if let Some(line) = self.lines().open.iter_mut().find(|line| line.channel.id() == channel) {
            line.credit.taken(frames);
        }
    }

    /// Ends one channel.
    pub fn end(&self, channel: u32) {
        self.lines().open.retain(|line| line.channel.id() != channel);
    }

    /// Ends all channels: the page that made them is gone.
    pub fn end_all(&self) {
        self.lines().open.clear();
    }

    /// Ends the thread.
    pub fn close(&self) {
        self.lines().closed = true;
        self.changed.notify_all();
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until there is a channel; false when there will be none any more.
    fn wait_for_line(&self) -> bool {
        let idle = |lines: &mut Lines| lines.open.is_empty() && !lines.closed;
        let lines = self.changed.wait_while(self.lines(), idle).unwrap_or_else(PoisonError::into_inner);
        !lines.closed
    }

    /// Sends one frame to every channel with room for it. `make` is asked only if there is one.
    fn send(&self, make: impl FnOnce() -> String) {
        let mut ready = Vec::new();
        for line in &mut self.lines().open {
            if line.credit.send() {
                ready.push(line.channel.clone());
            }
        }
        if ready.is_empty() {
            return;
        }
        // Outside the lock: the page's side may take a while.
        let frame = make();
        for channel in ready {
            if channel.send(InvokeResponseBody::Json(frame.clone())).is_err() {
                self.end(channel.id());
            }
        }
    }
}

/// A frame as JSON: a string.
fn text(frame: &[u8]) -> String {
    let mut text = String::with_capacity(frame.len().div_ceil(3) * 4 + 2);
    text.push('"');
    STANDARD.encode_string(frame, &mut text);
    text.push('"');
    text
}

/// Starts the thread. It sleeps while no page looks, and ends with [`Pump::close`].
pub fn start(app: AppHandle) -> std::io::Result<()> {
    std::thread::Builder::new().name("levels-page".into()).spawn(move || {
        let shell = shell(&app);
        let mut levels = None;
        let mut of = shell.person.changes();
        let mut frame: Vec<f32> = Vec::new();
        let mut due = SystemClock.mono();
        while shell.pump.wait_for_line() {
            let changes = shell.person.changes();
            if levels.is_none() || changes != of {
                of = changes;
                // Who is not signed in any more sees nothing until the page is loaded again.
                levels = shell.station.open().and_then(|service| {
                    person::caller(&app, &service).ok().map(|caller| service.levels_for(&caller))
                });
            }
            if let Some(levels) = &mut levels {
                shell.pump.send(|| {
                    levels.frame(&mut frame);
                    text(cast_slice(&frame))
                });
            }
            // What was late is not made up for: a frame is about now.
            due = due.after(PERIOD).max(SystemClock.mono());
            sleep_until(due);
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests;
