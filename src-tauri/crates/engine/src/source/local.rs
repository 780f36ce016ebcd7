//! What PipeWire's nodes and sound cards have in common: a device's own thread brings audio, and one of ours gives it to
//! all who take it.
//!
//! The device's callback only copies into a queue ([`Intake`]). Every 10 ms the thread `audyn-local` empties the queues
//! of all devices: finds gaps, leads the anchors, measures, hands over. So a device is opened once, however many take from
//! it, and its timeline goes on while it is away.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_model::{AudioFormat, Clock, Mono, Rate, time::tai_minus_utc};

mod deck;
mod intake;
mod lead;

pub use deck::{Deck, Tap};
pub use intake::{Alarm, Intake, Outlet, Portion, from_float, from_long, intake};
pub use lead::Lead;

use super::counters::DeviceTold;
use super::{Capture, StreamCounters};
use crate::meter::meter;
use crate::ring::frame_ring;
use crate::rt::{self, Refusal};

/// Time between two wake-ups.
const PERIOD: Duration = Duration::from_millis(10);
/// Priority under SCHED_FIFO: that of the receive threads.
const PRIORITY: i32 = 50;
/// The two clocks were read at once if no more than this passed meanwhile.
const AT_ONCE_NS: i64 = 50_000;
/// A difference of the two clocks that was measured this much off is a measuring error.
const SAME_NS: i64 = 200_000;

/// The time of one wake-up.
#[derive(Clone, Copy, Debug)]
pub struct Wake {
    /// The monotonic clock.
    pub mono: Mono,
    /// How far TAI is ahead of it, in nanoseconds.
    pub civil: i64,
}

/// What is opened: two captures of equal devices share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its stable name.
    pub name: String,
    /// What its name is of.
    pub family: Family,
    /// Rate it is opened with.
    pub rate: Rate,
    /// Channels it is opened with.
    pub channels: u16,
}

/// Kinds of local devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A sound card.
    Card,
    /// A PipeWire node.
    Node,
}

/// All local devices of a process. The thread starts with the first one.
pub struct Locals {
    shared: Arc<Shared>,
    real_time: bool,
    thread: Mutex<Option<JoinHandle<()>>>,
    refused: Mutex<Option<Refusal>>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    open: Mutex<Vec<Open>>,
    stop: AtomicBool,
    ids: AtomicU64,
    /// How far TAI is ahead of the monotonic clock, as measured last.
    civil: Mutex<Option<i64>>,
}

/// A device that somebody takes from.
struct Open {
    device: Device,
    deck: Arc<Mutex<Deck>>,
    told: Arc<DeviceTold>,
    takers: usize,
    /// Keeps it open; dropping it closes it.
    _keeper: Box<dyn Send>,
}

/// Where whoever opens a device delivers it.
#[derive(Clone)]
pub struct Port {
    shared: Arc<Shared>,
    deck: Arc<Mutex<Deck>>,
    told: Arc<DeviceTold>,
    device: Device,
    real_time: bool,
}

/// One capture's place at its device.
struct Seat {
    shared: Arc<Shared>,
    deck: Arc<Mutex<Deck>>,
    id: u64,
    left: bool,
}

impl Locals {
    /// None yet. With `real_time`, the thread asks for real-time priority; a refusal is kept for [`Self::refusal`].
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, real_time: bool) -> Self {
        let shared = Shared {
            clock,
            open: Mutex::default(),
            stop: AtomicBool::new(false),
            ids: AtomicU64::new(0),
            civil: Mutex::default(),
        };
        Self { shared: Arc::new(shared), real_time, thread: Mutex::default(), refused: Mutex::default() }
    }

    /// Takes the channels `pick` (zero-based; all if empty) of a device. If nobody does yet, `keep` is called to open it
    /// and keep it open; what it returns closes the device when dropped.
    ///
    /// # Errors
    /// No thread can be started.
    pub fn capture(
        &self,
        device: &Device,
        pick: &[u16],
        ring_ms: u64,
        keep: impl FnOnce(Port) -> io::Result<Box<dyn Send>>,
    ) -> io::Result<Capture> {
        self.start()?;
        let format = AudioFormat { rate: device.rate, channels: device.channels, bits: 24 };
        let channels = if pick.is_empty() { device.channels } else { pick.len() as u16 };
        let own = AudioFormat { channels, ..format };
        let (ring, frames) = frame_ring(&own, ring_ms);
        let (meter, levels) = meter(&own);
        let mut open = lock(&self.shared.open);
        let at = match open.iter().position(|open| open.device == *device) {
            Some(at) => at,
            None => {
                let told = Arc::new(DeviceTold::default());
                let deck = Arc::new(Mutex::new(Deck::new(format, Arc::clone(&told))));
                let port = Port {
                    shared: Arc::clone(&self.shared),
                    deck: Arc::clone(&deck),
                    told: Arc::clone(&told),
                    device: device.clone(),
                    real_time: self.real_time,
                };
                let keeper = keep(port)?;
                open.push(Open { device: device.clone(), deck, told, takers: 0, _keeper: keeper });
                open.len() - 1
            }
        };
        let open = &mut open[at];
        let counters = Arc::new(StreamCounters::of_device(Arc::clone(&open.told)));
        let id = self.shared.ids.fetch_add(1, Ordering::Relaxed);
        let pick = (!pick.is_empty()).then(|| pick.into());
        lock(&open.deck).join(Tap::new(id, ring, meter, pick, own, Arc::clone(&counters)));
        open.takers += 1;
        let deck = Arc::clone(&open.deck);
        let seat = Seat { shared: Arc::clone(&self.shared), deck, id, left: false };
        Ok(Capture { frames, levels, counters, seat: Box::new(seat) })
    }

    /// Why the thread runs without real-time priority, if it had to; told once.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        lock(&self.refused).take()
    }

    fn start(&self) -> io::Result<()> {
        let mut thread = lock(&self.thread);
        if thread.is_some() {
            return Ok(());
        }
        let shared = Arc::clone(&self.shared);
        let real_time = self.real_time;
        let (asked, answer) = std::sync::mpsc::sync_channel(1);
        *thread = Some(std::thread::Builder::new().name("audyn-local".into()).spawn(move || {
            // Before the loop: this allocates and may wait.
            let _ = asked.send(real_time.then(|| rt::make_this_thread_real_time(PRIORITY)));
            drop(asked);
            shared.run();
        })?);
        if let Ok(Some(Err(refusal))) = answer.recv() {
            *lock(&self.refused) = Some(refusal);
        }
        Ok(())
    }
}

impl Drop for Locals {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = lock(&self.thread).take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// The loop of the thread. Locks are only tried: a device that somebody joins or leaves just now is left for the next
    /// wake-up, and its queue holds a hundred of them.
    fn run(&self) {
        let mut due = self.clock.mono();
        while !self.stop.load(Ordering::Relaxed) {
            due = due.after(PERIOD);
            rt::sleep_until(due);
            let wake = self.wake();
            if let Some(open) = try_lock(&self.open) {
                for open in open.iter() {
                    if let Some(mut deck) = try_lock(&open.deck) {
                        deck.turn(&wake);
                    }
                }
            }
            let now = self.clock.mono();
            due = if now.since(due) > PERIOD { now } else { due };
        }
    }

    fn wake(&self) -> Wake {
        let before = self.clock.mono();
        let utc = self.clock.utc();
        let mono = self.clock.mono();
        let tai = utc.0 + tai_minus_utc(utc.0.div_euclid(1_000_000_000)) * 1_000_000_000;
        let Some(mut known) = try_lock(&self.civil) else { return Wake { mono, civil: tai - mono.0 } };
        let civil = civil(*known, tai - mono.0, mono.0 - before.0);
        *known = Some(civil);
        Wake { mono, civil }
    }
}

/// How far TAI is ahead of the monotonic clock: as it was, unless the host's clock was set. `took` is how long reading the
/// two clocks took, all in nanoseconds.
fn civil(known: Option<i64>, measured: i64, took: i64) -> i64 {
    match known {
        Some(known) if took > AT_ONCE_NS || (measured - known).abs() < SAME_NS => known,
        Some(_) | None => measured,
    }
}

impl Port {
    /// What is to be opened.
    #[must_use]
    pub const fn device(&self) -> &Device {
        &self.device
    }

    /// The device is open: where its callback brings audio in words of `bits` bits.
    #[must_use]
    pub fn connect(&self, bits: u8) -> Intake {
        let (intake, outlet) = intake(self.device.rate, self.device.channels);
        let wake = self.shared.wake();
        let before = lock(&self.deck).connect(outlet, bits, &wake);
        drop(before);
        intake
    }

    /// Audio comes.
    pub fn is_well(&self) {
        self.told.trouble(None);
    }

    /// No audio comes, and why: a sentence.
    pub fn is_away(&self, why: String) {
        self.told.trouble(Some(why));
    }

    /// Whether threads are to ask for real-time priority.
    #[must_use]
    pub const fn real_time(&self) -> bool {
        self.real_time
    }

    /// The time.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.shared.clock)
    }
}

impl super::Seat for Seat {
    /// What is in the device's queue is given out first.
    fn leave(&mut self) {
        if std::mem::replace(&mut self.left, true) {
            return;
        }
        let wake = self.shared.wake();
        let tap = lock(&self.deck).part(self.id, &wake);
        drop(tap);
        let mut open = lock(&self.shared.open);
        let Some(at) = open.iter().position(|open| Arc::ptr_eq(&open.deck, &self.deck)) else { return };
        open[at].takers -= 1;
        // Closed outside of the lock: that takes its time.
        let closed = (open[at].takers == 0).then(|| open.swap_remove(at));
        drop(open);
        drop(closed);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these mutexes guard is whole between any two statements; a panicking holder changes nothing about that.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn try_lock<T>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

#[cfg(test)]
mod tests;
