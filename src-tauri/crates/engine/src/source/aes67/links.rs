//! Keeps memberships alive: joins again when a link returns or an interface was made anew, and when a stream that
//! should be there is silent (a switch without an IGMP querier forgets members after about 260 s).

use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_model::{Clock, Mono};

use super::socket::LegSocket;
use crate::rt::{self, Interface};
use crate::source::StreamCounters;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);
/// The first silence after which a leg is joined again; doubled each time, up to [`PATIENCE`].
const SILENCE: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(80);

/// The watch over all legs of a process. Its thread starts with the first leg and ends with the value.
pub(super) struct Links {
    clock: Arc<dyn Clock>,
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    watched: Vec<Watched>,
    stop: bool,
}

struct Watched {
    socket: Weak<LegSocket>,
    counters: Weak<StreamCounters>,
    leg: usize,
    look: Look,
}

/// What is known of one leg between two looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Look {
    /// Index of the interface, and whether it has a carrier. None: the interface is not there.
    link: Option<(u32, bool)>,
    silent_since: Mono,
    patience: Duration,
}

impl Links {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, shared: Arc::default(), thread: Mutex::default() }
    }

    /// Watches over a leg from now on. One that has joined no group has nothing to join again.
    pub(super) fn watch(&self, socket: &Arc<LegSocket>, counters: &Arc<StreamCounters>, leg: usize) {
        if !socket.is_member() {
            return;
        }
        let link = rt::interfaces().ok().and_then(|all| link_of(&all, socket.interface()));
        let look = Look { link, silent_since: self.clock.mono(), patience: SILENCE };
        let watched =
            Watched { socket: Arc::downgrade(socket), counters: Arc::downgrade(counters), leg, look };
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).watched.push(watched);
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() {
            let (clock, shared) = (Arc::clone(&self.clock), Arc::clone(&self.shared));
            let spawned =
                std::thread::Builder::new().name("audyn-links".into()).spawn(move || run(&*clock, &shared));
            match spawned {
                Ok(handle) => *thread = Some(handle),
                Err(error) => {
                    tracing::warn!(%error, "links are not watched: a group is not joined again when a link returns")
                }
            }
        }
    }
}

impl Drop for Links {
    fn drop(&mut self) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).stop = true;
        self.shared.changed.notify_all();
        if let Some(thread) = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

fn run(clock: &dyn Clock, shared: &Shared) {
    let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
    while !state.stop {
        let waited = shared.changed.wait_timeout(state, LOOK);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        let Ok(interfaces) = rt::interfaces() else { continue };
        let now = clock.mono();
        state.watched.retain_mut(|watched| {
            let (Some(socket), Some(counters)) = (watched.socket.upgrade(), watched.counters.upgrade())
            else {
                return false;
            };
            let last = counters.legs[watched.leg].last_arrival();
            let (look, join) = watched.look.next(link_of(&interfaces, socket.interface()), last, now);
            watched.look = look;
            if join {
                match socket.rejoin() {
                    Ok(()) => tracing::info!(leg = watched.leg, "joined the group again"),
                    Err(error) => {
                        tracing::warn!(leg = watched.leg, %error, "cannot join the group again yet")
                    }
                }
            }
            true
        });
    }
}

impl Look {
    /// What is known at `now`, and whether to join again.
    fn next(self, link: Option<(u32, bool)>, last: Option<Mono>, now: Mono) -> (Self, bool) {
        let carrier = |link: Option<(u32, bool)>| link.is_some_and(|(_, running)| running);
        let returned = carrier(link) && (!carrier(self.link) || self.link.map(|l| l.0) != link.map(|l| l.0));
        let silent_since = last.unwrap_or(self.silent_since).max(self.silent_since);
        let heard = silent_since != self.silent_since;
        let patience = if heard { SILENCE } else { self.patience };
        if returned {
            return (Self { link, silent_since: now, patience: SILENCE }, true);
        }
        if carrier(link) && now.since(silent_since) >= patience {
            return (Self { link, silent_since: now, patience: (patience * 2).min(PATIENCE) }, true);
        }
        (Self { link, silent_since, patience }, false)
    }
}

/// The interface's index and carrier. Without a named interface any one that is up stands for it.
fn link_of(all: &[Interface], name: Option<&str>) -> Option<(u32, bool)> {
    let found = match name {
        Some(name) => all
            .iter()
            .find(|i| i.name == name || name.parse().is_ok_and(|address| i.addresses.contains(&address))),
        None => all.iter().find(|i| i.running && !i.loopback).or_else(|| all.iter().find(|i| i.running)),
    };
    found.map(|i| (i.index, i.running))
}

#[cfg(test)]
mod tests {
    use super::super::Leg;
    use super::*;

    const S: i64 = 1_000_000_000;

    #[test]
    fn a_group_is_watched_over_and_a_unicast_address_is_not() {
        for (address, watched) in [([239, 69, 253, 1], 1), ([127, 0, 0, 1], 0)] {
            let port = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let leg = Leg { address: address.into(), port, interface: Some("lo".into()), source: None };
            let socket = Arc::new(LegSocket::open(&leg, 65_536).unwrap());
            let links = Links::new(Arc::new(rt::SystemClock));
            let counters = Arc::new(StreamCounters::new(1));
            links.watch(&socket, &counters, 0);
            assert_eq!(links.shared.state.lock().unwrap().watched.len(), watched, "{address:?}");
        }
    }

    #[test]
    fn a_group_is_joined_again_when_its_link_returns_or_stays_silent() {
        let mut look = Look { link: Some((2, true)), silent_since: Mono(0), patience: SILENCE };
        let mut check = |link, last: Option<i64>, now_s: i64, expected: bool| {
            let (next, join) = look.next(link, last.map(|s| Mono(s * S)), Mono(now_s * S));
            look = next;
            assert_eq!(join, expected, "at {now_s} s");
        };
        check(Some((2, true)), Some(1), 1, false);
        check(Some((2, true)), Some(2), 3, false);
        check(Some((2, false)), Some(2), 4, false);
        check(Some((2, false)), Some(2), 60, false);
        check(Some((2, true)), Some(2), 61, true); // the link is back
        check(Some((2, true)), Some(62), 62, false);
        check(Some((3, true)), Some(62), 63, true); // made anew
        check(None, Some(62), 64, false);
        check(Some((4, true)), Some(62), 65, true);
        check(Some((4, true)), Some(62), 69, false);
        check(Some((4, true)), Some(62), 70, true); // silent for 5 s
        check(Some((4, true)), Some(62), 79, false);
        check(Some((4, true)), Some(62), 80, true); // and for 10 more
        check(Some((4, true)), Some(81), 84, false);
        check(Some((4, true)), Some(81), 86, true); // patience begins anew once something came
    }
}
