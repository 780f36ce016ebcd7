//! The receive threads, and how streams come to them and leave.
//!
//! A stream is made by whoever asks, travels to its thread in a box through a lock-free queue, and comes back the same
//! way to be freed: the thread itself neither makes nor frees anything.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_model::{Clock, Mono};
use rtrb::{Consumer, Producer, RingBuffer};

use super::links::Links;
use super::stream::{Opened, Stream, Wake, open};
use super::{Aes67, OpenError};
use crate::rt::{self, Batch, Refusal};
use crate::source::{self, Capture};

/// Time between two wake-ups. 2 MiB of socket buffer hold far more than this even at 8000 packets a second.
const PERIOD: Duration = Duration::from_millis(10);
/// Streams on one thread. Draining 64 sockets of 1000 packets a second takes about a twelfth of a core.
const STREAMS: usize = 64;
/// Priority of receive threads under SCHED_FIFO: above everything ordinary, below the kernel's own.
const PRIORITY: i32 = 50;
/// How long a stream may take to leave its thread. Only a thread that no longer runs takes longer than a few wakes.
const FAREWELL: Duration = Duration::from_secs(2);

/// A stream's place on a receive thread.
struct Seat {
    receivers: Arc<Shared>,
    thread: usize,
    id: u64,
    left: bool,
}

/// The receive threads of a process. They start when the first stream needs them.
pub struct Receivers {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    real_time: bool,
    threads: Mutex<Vec<Thread>>,
    links: Links,
    refused: Mutex<Option<Refusal>>,
    /// A refusal was kept before: the others would only say it again.
    warned: AtomicBool,
}

struct Thread {
    orders: Producer<Order>,
    returned: Consumer<(u64, Box<Stream>)>,
    streams: usize,
    ids: u64,
    stop: Arc<AtomicBool>,
    handle: Option<JoinHandle<()>>,
    /// Streams freed on behalf of owners that have not looked yet.
    gone: Vec<u64>,
}

enum Order {
    Add(u64, Box<Stream>),
    Remove(u64),
}

impl Receivers {
    /// No thread yet. With `real_time`, each asks for real-time priority; a refusal is kept for [`Self::refusal`].
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, real_time: bool) -> Self {
        let links = Links::new(Arc::clone(&clock));
        let (threads, refused, warned) = Default::default();
        let shared = Shared { clock, real_time, threads, links, refused, warned };
        Self { shared: Arc::new(shared) }
    }

    /// Opens a stream and puts it on a thread. `ring_ms` of audio are kept while nobody takes them.
    ///
    /// # Errors
    /// A leg cannot be opened, or no thread can be started.
    pub fn capture(&self, spec: &Aes67, ring_ms: u64) -> Result<Capture, OpenError> {
        let Opened { stream, frames, levels, counters, sockets } = open(spec, ring_ms)?;
        let seat = self.seat(Box::new(stream)).map_err(OpenError::Thread)?;
        for (leg, socket) in sockets.iter().enumerate() {
            self.shared.links.watch(socket, &counters, leg);
        }
        Ok(Capture { frames, levels, counters, seat: Box::new(seat) })
    }

    /// Why receive threads run without real-time priority, if they had to, or if they lost it since; each told once.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        lock(&self.shared.refused).take().or_else(rt::priority_given_up)
    }

    fn seat(&self, stream: Box<Stream>) -> io::Result<Seat> {
        let shared = &self.shared;
        let mut threads = lock(&shared.threads);
        let number = match threads.iter().position(|t| t.streams < STREAMS) {
            Some(number) => number,
            None => {
                let thread = Thread::start(threads.len(), shared)?;
                threads.push(thread);
                threads.len() - 1
            }
        };
        let thread = &mut threads[number];
        thread.ids += 1;
        let id = thread.ids;
        if thread.orders.push(Order::Add(id, stream)).is_err() {
            return Err(io::Error::other("its order queue is full: the thread does not run"));
        }
        thread.streams += 1;
        Ok(Seat { receivers: Arc::clone(shared), thread: number, id, left: false })
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        for thread in self.threads.get_mut().unwrap_or_else(PoisonError::into_inner) {
            thread.stop.store(true, Ordering::Relaxed);
        }
        for thread in self.threads.get_mut().unwrap_or_else(PoisonError::into_inner) {
            if let Some(handle) = thread.handle.take() {
                let _ = handle.join();
            }
        }
    }
}

impl source::Seat for Seat {
    /// What is in the reorder window is given out first.
    fn leave(&mut self) {
        if std::mem::replace(&mut self.left, true) {
            return;
        }
        let clock = &self.receivers.clock;
        let until = clock.mono().after(FAREWELL);
        let mut ordered = false;
        while clock.mono() < until {
            {
                let mut threads = lock(&self.receivers.threads);
                let thread = &mut threads[self.thread];
                ordered = ordered || thread.orders.push(Order::Remove(self.id)).is_ok();
                thread.free_returned();
                if let Some(position) = thread.gone.iter().position(|id| *id == self.id) {
                    thread.gone.swap_remove(position);
                    return;
                }
            }
            rt::sleep_until(clock.mono().after(PERIOD / 2));
        }
    }
}

/// What a receive thread owns.
struct Run {
    orders: Consumer<Order>,
    returned: Producer<(u64, Box<Stream>)>,
    streams: Vec<(u64, Box<Stream>)>,
    batch: Batch,
    clock: Arc<dyn Clock>,
    stop: Arc<AtomicBool>,
}

impl Thread {
    fn start(number: usize, shared: &Arc<Shared>) -> io::Result<Self> {
        let (orders, ordered) = RingBuffer::new(4 * STREAMS);
        let (returning, returned) = RingBuffer::new(2 * STREAMS);
        let stop = Arc::new(AtomicBool::new(false));
        let mut run = Run {
            orders: ordered,
            returned: returning,
            streams: Vec::with_capacity(2 * STREAMS),
            batch: Batch::new(),
            clock: Arc::clone(&shared.clock),
            stop: Arc::clone(&stop),
        };
        let real_time = shared.real_time;
        let (asked, answer) = std::sync::mpsc::sync_channel(1);
        let handle = std::thread::Builder::new().name(format!("audyn-rx-{number}")).spawn(move || {
            // Before the loop: this allocates and may wait.
            let _ = asked.send(real_time.then(|| rt::make_this_thread_real_time(PRIORITY)));
            drop(asked);
            run.run();
        })?;
        match answer.recv() {
            Ok(Some(Ok(granted))) => tracing::debug!("audyn-rx-{number} runs at {granted}"),
            // The next threads are refused for the same reasons.
            Ok(Some(Err(refusal))) if !shared.warned.swap(true, Ordering::Relaxed) => {
                *lock(&shared.refused) = Some(refusal);
            }
            Ok(Some(Err(_)) | None) | Err(_) => {}
        }
        Ok(Self { orders, returned, streams: 0, ids: 0, stop, handle: Some(handle), gone: Vec::new() })
    }
}

impl Thread {
    /// Frees streams that have left, the caller's and those of others that leave at the same time.
    fn free_returned(&mut self) {
        while let Ok((id, stream)) = self.returned.pop() {
            drop(stream);
            self.streams -= 1;
            self.gone.push(id);
        }
    }
}

impl Run {
    /// The loop of a receive thread. From here on nothing allocates, locks, logs or waits, but for the sleep.
    fn run(&mut self) {
        let mut due = self.clock.mono();
        while !self.stop.load(Ordering::Relaxed) {
            due = due.after(PERIOD);
            rt::sleep_until(due);
            self.obey();
            let wake = Wake::now(&*self.clock);
            for (_, stream) in &mut self.streams {
                stream.wake(&mut self.batch, &wake);
            }
            due = catch_up(due, self.clock.mono());
        }
    }

    fn obey(&mut self) {
        while let Ok(order) = self.orders.pop() {
            match order {
                Order::Add(id, stream) => self.streams.push((id, stream)),
                Order::Remove(id) => {
                    let Some(position) = self.streams.iter().position(|(own, _)| *own == id) else {
                        continue;
                    };
                    let (id, mut stream) = self.streams.swap_remove(position);
                    let wake = Wake::now(&*self.clock);
                    stream.wake(&mut self.batch, &wake);
                    stream.finish();
                    // There is a place for every stream a thread can have.
                    let _ = self.returned.push((id, stream));
                }
            }
        }
    }
}

/// After a delay the next wake is counted from now: the sockets hold what came meanwhile, so nothing is made up for.
fn catch_up(due: Mono, now: Mono) -> Mono {
    if now.since(due) > PERIOD { now } else { due }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What these mutexes guard is whole between any two statements; a panicking holder changes nothing about that.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
