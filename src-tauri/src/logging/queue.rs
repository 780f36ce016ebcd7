//! A bounded queue of lines in front of a writer that may block.
//!
//! Full policy: the newest line is dropped and counted. The thread `log` owns the writer and ends when the queue does.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// Longest wait for what is queued when the program ends.
const LAST_WAIT: Duration = Duration::from_secs(1);

/// The writing end. Each `write` is one line; it never waits and never fails.
#[derive(Debug)]
pub(super) struct Queue {
    lines: SyncSender<Item>,
    dropped: Arc<AtomicU64>,
}

/// The emptying end.
#[derive(Debug)]
pub(super) struct Drain {
    lines: SyncSender<Item>,
    ending: Arc<AtomicBool>,
    done: Mutex<Receiver<()>>,
}

enum Item {
    Line(Vec<u8>),
    /// Wakes the thread so that it sees that the end has come.
    End,
}

/// Makes a queue of `lines` lines in front of `sink`. `note` makes the line that tells how many were dropped.
pub(super) fn queue(
    lines: usize,
    sink: impl Write + Send + 'static,
    note: impl Fn(u64) -> String + Send + 'static,
) -> (Queue, Drain) {
    let (sender, receiver) = sync_channel(lines);
    let (over, done) = sync_channel(1);
    let dropped = Arc::new(AtomicU64::new(0));
    let ending = Arc::new(AtomicBool::new(false));
    let (counted, last) = (Arc::clone(&dropped), Arc::clone(&ending));
    let spawned = thread::Builder::new().name("log".into()).spawn(move || {
        empty(&receiver, sink, &counted, &last, &note);
        let _ = over.send(());
    });
    // Without the thread every line is dropped and `finish` finds the other end gone: the program goes on, unlogged.
    drop(spawned);
    (Queue { lines: sender.clone(), dropped }, Drain { lines: sender, ending, done: Mutex::new(done) })
}

impl Write for &Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.lines.try_send(Item::Line(line.to_vec())).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drain {
    /// Waits until everything queued so far is written, for [`LAST_WAIT`] at most.
    pub fn finish(&self) {
        self.finish_within(LAST_WAIT);
    }

    /// As [`Drain::finish`], with another limit. Says whether everything was written.
    pub fn finish_within(&self, limit: Duration) -> bool {
        self.ending.store(true, Ordering::Release);
        // If the queue is full the thread need not be woken.
        let _ = self.lines.try_send(Item::End);
        self.done.lock().unwrap_or_else(PoisonError::into_inner).recv_timeout(limit).is_ok()
    }
}

fn empty(
    lines: &Receiver<Item>,
    mut sink: impl Write,
    dropped: &AtomicU64,
    ending: &AtomicBool,
    note: &impl Fn(u64) -> String,
) {
    let mut told = 0;
    let next = || if ending.load(Ordering::Acquire) { lines.try_recv().ok() } else { lines.recv().ok() };
    // A sink that refuses (closed pipe, full disk) must not end the loop: it may take later lines.
    while let Some(item) = next() {
        let Item::Line(line) = item else { continue };
        let _ = sink.write_all(&line);
        let now = dropped.load(Ordering::Relaxed);
        if now > told && sink.write_all(note(now - told).as_bytes()).is_ok() {
            told = now;
        }
        let _ = sink.flush();
    }
}
