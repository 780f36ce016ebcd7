//! The thread that listens. It wakes five times a second and takes what has come; nothing here is urgent, and a wake-up for
//! each packet would cost more than the packets.
//!
//! **Full policy:** at most 256 datagrams a wake, in turns from each socket. What comes faster waits in the sockets' buffers,
//! then the kernel drops it: whoever means it announces again.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_model::{Clock, Mono};

use super::browser::{Browser, Endpoint};
use super::desk::{Desk, Told, Trouble};
use super::ears::{Ears, For, Listening, MDNS};
use super::session::{By, Session};
use super::table::{At, Counts, Hearing, Table};
use super::{dns, sap};
use crate::{rt, sdp};

/// Between two wake-ups.
const WAKE: Duration = Duration::from_millis(200);
/// Datagrams taken at one wake.
const TAKEN: usize = 256;
/// Between two looks at the interfaces.
const INTERFACES: Duration = Duration::from_secs(2);
/// Between two looks at what is stale.
const PASS: Duration = Duration::from_secs(1);
/// The first time between two questions for all RAVENNA sessions, doubled each time, and the last (RFC 6762 §5.2).
const ASK: Duration = Duration::from_secs(1);
const LONGEST_ASK: Duration = Duration::from_secs(3600);

/// Listens for announcements until it is dropped.
pub struct Discovery {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What is announced now.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Sessions, by name and then by id.
    pub sessions: Vec<Session>,
    /// RAVENNA sessions that nobody describes.
    pub troubles: Vec<Trouble>,
    /// Where is listened.
    pub listening: Vec<Listening>,
    /// What was heard and refused.
    pub counters: Counters,
}

/// What was heard and refused so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// SAP datagrams.
    pub announcements: u64,
    /// Of these, rejected, by reason: [`sap::Reject::ALL`].
    pub rejected: [u64; sap::Reject::ALL.len()],
    /// Multicast DNS datagrams that were answers.
    pub answers: u64,
    /// Multicast DNS datagrams that could not be read; questions are not counted.
    pub unreadable: u64,
    /// RAVENNA sessions for which there was no room.
    pub instances_refused: u64,
    /// RTSP answers with a description.
    pub described: u64,
    /// RTSP questions without one.
    pub undescribed: u64,
    /// What became of descriptions.
    pub sessions: Counts,
}

struct Shared {
    clock: Arc<dyn Clock>,
    table: Mutex<Table>,
    wanted: Mutex<Vec<String>>,
    status: Mutex<Status>,
    desk: Arc<Desk>,
    generation: AtomicU64,
    stop: AtomicBool,
}

#[derive(Default)]
struct Status {
    listening: Vec<Listening>,
    counters: Counters,
    troubles: Vec<Trouble>,
}

struct Run {
    shared: Arc<Shared>,
    ears: Ears,
    browser: Browser,
    wanted: Vec<String>,
    room: Box<[u8]>,
    counters: Counters,
    interfaces_at: Mono,
    pass_at: Mono,
    ask_at: Mono,
    ask_in: Duration,
    table_generation: u64,
}

impl Discovery {
    /// Listens on these interfaces, by name or address; on all if none is named.
    ///
    /// # Errors
    /// No thread could be started.
    pub fn start(clock: Arc<dyn Clock>, interfaces: Vec<String>) -> io::Result<Self> {
        let now = clock.mono();
        let shared = Arc::new(Shared {
            desk: Arc::new(Desk::new(Arc::clone(&clock))),
            clock,
            table: Mutex::default(),
            wanted: Mutex::new(interfaces),
            status: Mutex::default(),
            generation: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        });
        let mut run = Run {
            shared: Arc::clone(&shared),
            ears: Ears::default(),
            browser: Browser::default(),
            wanted: lock(&shared.wanted).clone(),
            room: vec![0; 65_536].into(),
            counters: Counters::default(),
            interfaces_at: now,
            pass_at: now,
            ask_at: now,
            ask_in: ASK,
            table_generation: 0,
        };
        let thread = std::thread::Builder::new().name("audyn-discovery".into()).spawn(move || {
            while !run.shared.stop.load(Ordering::Acquire) {
                run.wake();
                std::thread::park_timeout(WAKE);
            }
        })?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Listens on other interfaces from now on. What was heard stays.
    pub fn listen_on(&self, interfaces: Vec<String>) {
        *lock(&self.shared.wanted) = interfaces;
    }

    /// What is announced now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let (mut sessions, counts) = {
            let table = lock(&self.shared.table);
            (table.sessions().cloned().collect::<Vec<_>>(), table.counts())
        };
        sessions.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        let status = lock(&self.shared.status);
        let counters = Counters { sessions: counts, ..status.counters };
        Snapshot {
            sessions,
            troubles: status.troubles.clone(),
            listening: status.listening.clone(),
            counters,
        }
    }

    /// One session.
    #[must_use]
    pub fn session(&self, id: &str) -> Option<Session> {
        lock(&self.shared.table).session(id).cloned()
    }

    /// Grows with every change of what is announced; not when a session is only heard again.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.shared.generation.load(Ordering::Acquire)
    }
}

impl Drop for Discovery {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.desk.stop();
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

impl Run {
    fn wake(&mut self) {
        let clock = Arc::clone(&self.shared.clock);
        let at = At { mono: clock.mono(), utc: clock.utc() };
        self.follow_interfaces(at.mono);
        self.take(at);
        self.ask(at.mono);
        if at.mono >= self.pass_at {
            self.pass_at = at.mono.after(PASS);
            self.pass(at.mono);
        }
        self.tell();
        let generation = lock(&self.shared.table).generation();
        if generation != self.table_generation {
            self.table_generation = generation;
            self.shared.generation.fetch_add(1, Ordering::Release);
        }
    }

    fn follow_interfaces(&mut self, now: Mono) {
        let wanted = lock(&self.shared.wanted).clone();
        if now < self.interfaces_at && wanted == self.wanted {
            return;
        }
        (self.interfaces_at, self.wanted) = (now.after(INTERFACES), wanted);
        match rt::interfaces() {
            Ok(there) => {
                if self.ears.follow(&there, &self.wanted) {
                    // Somebody new may hear the question.
                    (self.ask_at, self.ask_in) = (now, ASK);
                    lock(&self.shared.status).listening = self.ears.listening();
                    self.shared.generation.fetch_add(1, Ordering::Release);
                }
            }
            Err(error) => {
                tracing::warn!(%error, "the interfaces cannot be listed; announcements are heard on those known")
            }
        }
    }

    fn take(&mut self, at: At) {
        let mut left = TAKEN;
        let mut open: Vec<usize> = (0..self.ears.all.len()).collect();
        while left > 0 && !open.is_empty() {
            open.retain(|ear| {
                let ear = &self.ears.all[*ear];
                if left == 0 {
                    return false;
                }
                match ear.socket.recv_from(&mut self.room) {
                    Ok((length, SocketAddr::V4(from))) => {
                        left -= 1;
                        let bytes = &self.room[..length];
                        match ear.what {
                            For::Announcements(_) => {
                                announcement(
                                    &self.shared,
                                    &mut self.counters,
                                    bytes,
                                    *from.ip(),
                                    &ear.interface,
                                    at,
                                );
                            }
                            // RFC 6762 §6: answers come from the port of multicast DNS.
                            For::Dns if from.port() == MDNS.port() => match dns::parse(bytes) {
                                Ok(records) => {
                                    self.counters.answers += 1;
                                    self.browser.hear(&records, *from.ip(), &ear.interface, at.mono);
                                }
                                Err(dns::Reject::NoAnswer) => {}
                                Err(dns::Reject::Length | dns::Reject::Name) => self.counters.unreadable += 1,
                            },
                            For::Dns => {}
                        }
                        true
                    }
                    Ok((_, SocketAddr::V6(_))) => true,
                    Err(error) => error.kind() == io::ErrorKind::Interrupted,
                }
            });
        }
    }

    fn ask(&mut self, now: Mono) {
        let round = now >= self.ask_at;
        if round {
            self.ask_at = now.after(self.ask_in);
            self.ask_in = (self.ask_in * 2).min(LONGEST_ASK);
        }
        let questions = self.browser.questions(round, now);
        if questions.is_empty() {
            return;
        }
        let query = dns::query(&questions, &self.browser.known(now));
        for ear in self.ears.all.iter().filter(|ear| ear.what == For::Dns) {
            if let Err(error) = ear.socket.send_to(&query, MDNS) {
                tracing::debug!(interface = ear.interface, %error, "RAVENNA sessions cannot be asked for here");
            }
        }
    }

    fn tell(&self) {
        let mut status = lock(&self.shared.status);
        let Counters { described, undescribed, .. } = status.counters;
        let instances_refused = self.browser.refused();
        status.counters = Counters { described, undescribed, instances_refused, ..self.counters };
    }

    fn pass(&mut self, now: Mono) {
        self.browser.pass(now);
        let gone = self.shared.desk.follow(self.browser.endpoints().collect(), &self.shared);
        {
            let mut table = lock(&self.shared.table);
            for (endpoint, text) in gone {
                table.delete(By::Ravenna, *endpoint.at.ip(), &text);
            }
            table.pass(now);
        }
        let troubles = self.shared.desk.troubles();
        let mut status = lock(&self.shared.status);
        if status.troubles != troubles {
            status.troubles = troubles;
            self.shared.generation.fetch_add(1, Ordering::Release);
        }
    }
}

impl Told for Shared {
    fn described(&self, endpoint: &Endpoint, text: &str) {
        lock(&self.status).counters.described += 1;
        let at = At { mono: self.clock.mono(), utc: self.clock.utc() };
        let (sender, interface) = (*endpoint.at.ip(), endpoint.interface.as_str());
        lock(&self.table).hear(Hearing { by: By::Ravenna, sender, interface, text }, at);
    }

    fn failed(&self) {
        lock(&self.status).counters.undescribed += 1;
    }
}

fn announcement(
    shared: &Shared,
    counters: &mut Counters,
    bytes: &[u8],
    sender: Ipv4Addr,
    interface: &str,
    at: At,
) {
    counters.announcements += 1;
    let packet = match sap::Packet::parse(bytes) {
        Ok(packet) => packet,
        Err(reject) => {
            counters.rejected[reject.index()] += 1;
            return;
        }
    };
    let text = sdp::decode(packet.text);
    let mut table = lock(&shared.table);
    match packet.kind {
        sap::Kind::Announce => _ = table.hear(Hearing { by: By::Sap, sender, interface, text: &text }, at),
        sap::Kind::Delete => _ = table.delete(By::Sap, sender, &text),
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
