//! The watch over time: one thread that hears PTP, reads the clock that is followed, and tells what it has found.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_model::{Clock, ClockLock, ClockQuality, Mono, Utc};

use super::listen::Ears;
use super::monitor::{Counts, DomainView, Monitor, PtpState, Stamp};
use super::reference::{Follower, Following, Reading, Reference};
use crate::rt::{self, Batch, Interface, Phc};

/// Between two looks into the sockets. The kernel's stamps keep the timing.
const LOOK: Duration = Duration::from_millis(100);
/// Between two words on how it is.
const TELL: Duration = Duration::from_millis(500);
/// Between two looks at the interfaces and readings of the clock.
const ROUND: Duration = Duration::from_secs(1);
/// Between two tries at what was refused.
const RETRY: Duration = Duration::from_secs(10);
/// Groups are joined again after so long a silence: a switch without a querier forgets members after about 260 s.
const SILENCE: Duration = Duration::from_secs(60);
/// Interfaces that are listened to at most, four sockets each.
const INTERFACES: usize = 16;

/// What is watched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WatchSpec {
    /// Interfaces by name. None named: all that are up and have an IPv4 address, but loopback.
    pub interfaces: Vec<String>,
    /// The domain whose grandmaster counts. None: the lowest that has one.
    pub domain: Option<u8>,
    /// What time follows.
    pub reference: Reference,
}

/// How it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClockView {
    /// Where PTP is listened to, or why not.
    pub interfaces: Vec<InterfaceView>,
    /// Every domain heard, in order of interface and domain.
    pub domains: Vec<DomainView>,
    /// The domain that counts, as a place in `domains`.
    pub chosen: Option<usize>,
    /// What was received.
    pub counts: Counts,
    /// How time is followed.
    pub following: Following,
}

/// One interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InterfaceView {
    /// Its name.
    pub name: String,
    /// Its number in [`DomainView::slot`].
    pub slot: u32,
    /// Why it is not listened to, as a sentence; none if it is.
    pub problem: Option<String>,
    /// Since when that is so.
    pub since: Mono,
}

/// The watch. Dropping it ends the thread.
pub struct Watch {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// The machine's clocks, with the correction that the watch has found.
pub struct FollowedClock {
    clock: Arc<dyn Clock>,
    ahead_ns: Arc<AtomicI64>,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
}

struct State {
    spec: WatchSpec,
    /// Counts the changes of `spec`.
    edition: u64,
    view: Arc<ClockView>,
    stop: bool,
}

impl ClockView {
    /// The domain that counts.
    #[must_use]
    pub fn domain(&self) -> Option<&DomainView> {
        self.domains.get(self.chosen?)
    }

    /// The interface with a number.
    #[must_use]
    pub fn interface(&self, slot: u32) -> Option<&str> {
        self.interfaces.iter().find(|i| i.slot == slot).map(|i| i.name.as_str())
    }

    /// The quality of the program's own time.
    #[must_use]
    pub fn quality(&self) -> ClockQuality {
        let heard = self.domain().filter(|view| view.master.is_some());
        let following = &self.following;
        let follows_ptp = following.lock != ClockLock::System;
        ClockQuality {
            reference: following.reference,
            lock: following.lock,
            grandmaster: heard.and_then(|view| Some(view.master?.announce.grandmaster)),
            domain: heard.map(|view| view.domain),
            offset_ns: if follows_ptp && following.ahead_ns != 0 {
                Some(following.ahead_ns)
            } else {
                heard.and_then(|view| view.offset_ns)
            },
            uncertainty_ns: following.uncertainty_ns,
        }
    }
}

impl Watch {
    /// Begins to watch. The clock returned is the one to work with: it follows what the watch follows.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(clock: Arc<dyn Clock>, spec: WatchSpec) -> std::io::Result<(Self, Arc<dyn Clock>)> {
        let view = Arc::new(ClockView::default());
        let shared = Arc::new(Shared {
            state: Mutex::new(State { spec, edition: 0, view, stop: false }),
            wake: Condvar::new(),
        });
        let ahead_ns = Arc::new(AtomicI64::new(0));
        let followed = FollowedClock { clock: Arc::clone(&clock), ahead_ns: Arc::clone(&ahead_ns) };
        let mut run = Run::new(clock, ahead_ns, shared.spec().0);
        // Once here, so that whoever asks next has an answer and time follows from the first sample on.
        run.round();
        shared.tell(run.view());
        let own = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("audyn-ptp".into()).spawn(move || run.watch(&own))?;
        Ok((Self { shared, thread: Some(thread) }, Arc::new(followed)))
    }

    /// How it was half a second ago or later.
    #[must_use]
    pub fn view(&self) -> Arc<ClockView> {
        Arc::clone(&self.shared.state().view)
    }

    /// Watches something else from now on.
    pub fn change(&self, spec: WatchSpec) {
        let mut state = self.shared.state();
        if state.spec != spec {
            state.spec = spec;
            state.edition += 1;
            self.shared.wake.notify_all();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.state().stop = true;
        self.shared.wake.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Clock for FollowedClock {
    fn utc(&self) -> Utc {
        self.clock.utc()
    }

    fn mono(&self) -> Mono {
        self.clock.mono()
    }

    fn ahead_ns(&self) -> i64 {
        self.ahead_ns.load(Ordering::Relaxed)
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spec(&self) -> (WatchSpec, u64) {
        let state = self.state();
        (state.spec.clone(), state.edition)
    }

    fn tell(&self, view: ClockView) {
        self.state().view = Arc::new(view);
    }
}

/// The thread's own.
struct Run {
    clock: Arc<dyn Clock>,
    ahead_ns: Arc<AtomicI64>,
    spec: WatchSpec,
    edition: u64,
    batch: Batch,
    monitor: Monitor,
    ears: Vec<(String, Result<Ears, String>, Mono)>,
    /// Carrier at the last look, by interface number.
    links: Vec<(u32, bool)>,
    heard: Mono,
    device: Option<Result<Phc, String>>,
    opened: Mono,
    follower: Follower,
    following: Following,
}

impl Run {
    fn new(clock: Arc<dyn Clock>, ahead_ns: Arc<AtomicI64>, spec: WatchSpec) -> Self {
        let now = clock.mono();
        Self {
            clock,
            ahead_ns,
            spec,
            edition: 0,
            batch: Batch::new(),
            monitor: Monitor::default(),
            ears: Vec::new(),
            links: Vec::new(),
            heard: now,
            device: None,
            opened: now,
            follower: Follower::default(),
            following: Following::default(),
        }
    }

    fn watch(mut self, shared: &Shared) {
        let (mut told, mut round) = (self.clock.mono(), self.clock.mono());
        loop {
            {
                let quiet = |state: &mut State| !state.stop && state.edition == self.edition;
                let waited = shared.wake.wait_timeout_while(shared.state(), LOOK, quiet);
                if waited.unwrap_or_else(PoisonError::into_inner).0.stop {
                    return;
                }
            }
            let (spec, edition) = shared.spec();
            let changed = edition != self.edition;
            if changed {
                self.change(spec, edition);
            }
            self.listen();
            let now = self.clock.mono();
            if changed || now.since(round) >= ROUND {
                round = now;
                self.round();
            }
            if changed || now.since(told) >= TELL {
                told = now;
                shared.tell(self.view());
            }
        }
    }

    /// Forgets what belongs to another reference; time stays where it was until there is a new reading.
    fn change(&mut self, spec: WatchSpec, edition: u64) {
        if self.spec.reference != spec.reference {
            self.device = None;
            self.follower = Follower::default();
        }
        (self.spec, self.edition) = (spec, edition);
    }

    fn now(&self) -> Stamp {
        Stamp { mono: self.clock.mono(), utc: self.clock.utc() }
    }

    fn listen(&mut self) {
        let now = self.now();
        for (_, ears, _) in &self.ears {
            if let Ok(ears) = ears
                && ears.drain(&mut self.batch, now, &mut self.monitor)
            {
                self.heard = now.mono;
            }
        }
    }

    /// Once a second: interfaces, then the clock that is followed.
    fn round(&mut self) {
        match rt::interfaces() {
            Ok(there) => self.tend(&there),
            Err(error) => tracing::warn!(%error, "the network interfaces cannot be listed"),
        }
        let now = self.now();
        let domains = self.monitor.look(now);
        let ptp = chosen(&domains, self.spec.domain).map(|place| &domains[place]);
        let reading = Reading { kernel: rt::kernel_clock().ok(), hardware: self.read() };
        self.following = self.follower.take(&self.spec.reference, &reading, ptp, now);
        self.following.device = match &self.device {
            Some(Ok(phc)) => Some(phc.path().to_owned()),
            Some(Err(_)) | None => None,
        };
        self.ahead_ns.store(self.following.ahead_ns, Ordering::Relaxed);
    }

    /// Listens where it should and not elsewhere.
    fn tend(&mut self, there: &[Interface]) {
        let now = self.clock.mono();
        let wanted = wanted(&self.spec, there);
        let monitor = &mut self.monitor;
        self.ears.retain(|(name, ears, since)| {
            let interface = wanted.iter().find(|i| i.as_ref().is_ok_and(|i| i.name == *name));
            let keep = match (ears, interface) {
                (Ok(ears), Some(Ok(interface))) => interface.index == ears.slot(),
                (Err(_), Some(_)) => now.since(*since) < RETRY,
                (Ok(_) | Err(_), _) => false,
            };
            if let (Ok(ears), false) = (ears, keep) {
                monitor.forget(ears.slot());
            }
            keep
        });
        // A name that is not there is asked about every time: only that the interface appears can change it.
        for wish in wanted {
            match wish {
                Ok(interface) if self.ears.iter().all(|(name, _, _)| *name != interface.name) => {
                    self.ears.push((interface.name.clone(), Ears::open(interface), now));
                }
                Ok(_) => {}
                Err(name) => {
                    let why = format!("There is no interface {name}; this machine has {}.", names(there));
                    self.ears.push((name, Err(why), now));
                }
            }
        }
        let silent = now.since(self.heard) >= SILENCE;
        for (_, ears, _) in &self.ears {
            let Ok(ears) = ears else { continue };
            let running = there.iter().any(|i| i.index == ears.slot() && i.running);
            let was = self.links.iter().any(|(slot, running)| *slot == ears.slot() && *running);
            if silent || (running && !was) {
                ears.rejoin();
            }
        }
        if silent {
            self.heard = now;
        }
        self.links = there.iter().map(|i| (i.index, i.running)).collect();
    }

    /// Reads the hardware clock, opening it first if need be.
    fn read(&mut self) -> Option<Result<rt::PhcReading, String>> {
        let now = self.clock.mono();
        let path = match &self.spec.reference {
            Reference::System | Reference::Software => return None,
            Reference::Device(path) => Ok(path.clone()),
            Reference::Interface(name) => rt::phc_of_interface(name),
        };
        let stale = match &self.device {
            None => true,
            Some(Err(_)) => now.since(self.opened) >= RETRY,
            Some(Ok(phc)) => path.as_ref().is_ok_and(|path| path != phc.path()),
        };
        if stale {
            self.device = Some(path.and_then(|path| Phc::open(&path)));
            self.opened = now;
        }
        let reading = match self.device.as_ref()? {
            Ok(phc) => phc.read(),
            Err(why) => return Some(Err(why.clone())),
        };
        if let Err(why) = &reading {
            self.device = Some(Err(why.clone()));
            self.opened = now;
        }
        Some(reading)
    }

    fn view(&mut self) -> ClockView {
        let domains = self.monitor.look(self.now());
        let interface = |(name, ears, since): &(String, Result<Ears, String>, Mono)| InterfaceView {
            name: name.clone(),
            slot: ears.as_ref().map_or(0, Ears::slot),
            problem: ears.as_ref().err().cloned(),
            since: *since,
        };
        ClockView {
            interfaces: self.ears.iter().map(interface).collect(),
            chosen: chosen(&domains, self.spec.domain),
            domains,
            counts: *self.monitor.counts(),
            following: self.following.clone(),
        }
    }
}

/// The domain that counts: a good one before a wrong one before one that is gone; the lowest of equals.
fn chosen(domains: &[DomainView], wanted: Option<u8>) -> Option<usize> {
    let order = |state: PtpState| match state {
        PtpState::Locked | PtpState::Changed => 0,
        PtpState::Insane => 1,
        PtpState::Lost => 2,
        PtpState::Listening => 3,
    };
    let own =
        domains.iter().enumerate().filter(|(_, view)| wanted.is_none_or(|domain| domain == view.domain));
    own.min_by_key(|(_, view)| (order(view.state), view.domain, view.slot)).map(|(place, _)| place)
}

/// Interfaces to listen to, or names that are none.
fn wanted<'a>(spec: &WatchSpec, there: &'a [Interface]) -> Vec<Result<&'a Interface, String>> {
    let mut wanted: Vec<_> = if spec.interfaces.is_empty() {
        there.iter().filter(|i| i.up && !i.loopback && !i.addresses.is_empty()).map(Ok).collect()
    } else {
        let find = |name: &String| there.iter().find(|i| i.name == *name).ok_or_else(|| name.clone());
        spec.interfaces.iter().map(find).collect()
    };
    wanted.truncate(INTERFACES);
    wanted
}

fn names(there: &[Interface]) -> String {
    there.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
