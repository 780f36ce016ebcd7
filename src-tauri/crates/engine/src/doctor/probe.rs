//! Measuring: sockets like the recorder's, a tap at the cards where permitted, and what the kernel tells in `/proc`.
//!
//! One look every 10 ms, until the time is over or it is told to stop. Everything it keeps is bounded: 16 flows, 1024
//! missing packets of each, 16 ports, 16 queriers. While the source is heard nothing is changed on the network but that
//! its group is joined once more, which the kernel does not even tell. Only a silent group is joined on the other
//! interfaces too, for two seconds.

mod host;

use std::net::Ipv4Addr;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use audyn_model::{Clock, Mono, Utc};

use super::findings::{Findings, LegFindings, PtpFindings, Wire};
use super::tally::Tally;
use crate::ptp::ClockView;
use crate::rt::{self, Batch, Interface, Tap};
use crate::source::aes67::{Aes67, Leg, LegSocket, OpenError};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(10);
/// Between two tellings of what was found so far.
const TELL: Duration = Duration::from_millis(500);
/// How long the other interfaces are listened at when the right one is silent.
const ELSEWHERE: Duration = Duration::from_secs(2);
/// Interfaces, ports and queriers told apart.
const FEW: usize = 16;
/// Batches taken from a socket, and packets from the tap, in one look.
const ROUNDS: usize = 16;
const TAPPED: usize = 2048;

/// How to measure.
pub struct Wish<'a, F = Findings> {
    /// For how long: 1 to 600 s.
    pub length: Duration,
    /// How the clocks of the network are, where somebody listens to them.
    pub clocks: Option<&'a dyn Fn() -> Arc<ClockView>>,
    /// Asked often; true ends the measurement.
    pub cancelled: &'a dyn Fn() -> bool,
    /// Given what was found so far, twice a second and at the end.
    pub tell: &'a mut dyn FnMut(&F),
}

struct LegProbe {
    spec: Leg,
    socket: Option<LegSocket>,
    found: LegFindings,
    elsewhere: Vec<(String, LegSocket)>,
    rp_before: u64,
}

/// Measures a source for as long as is wished, and two seconds more if a leg is silent.
pub fn examine(source: &Aes67, clock: &dyn Clock, wish: &mut Wish<'_>) -> Findings {
    let there = rt::interfaces().unwrap_or_default();
    let mut legs: Vec<LegProbe> = source.legs.iter().map(|leg| LegProbe::open(leg, source, &there)).collect();
    let addresses: Vec<Ipv4Addr> = source.legs.iter().map(|leg| leg.address).collect();
    let (mut tap, tap_refused) = match Tap::open(&addresses) {
        Ok(tap) => (Some(tap), None),
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            (None, Some("it needs the right to listen at the cards (CAP_NET_RAW, as root has)".to_owned()))
        }
        Err(error) => (None, Some(format!("the cards cannot be listened at: {error}"))),
    };
    if tap.is_some() {
        legs.iter_mut().for_each(|leg| leg.found.wire = Some(Wire::default()));
    }
    let mut batch = Batch::new();
    let began = clock.mono();
    let mut end = began.after(wish.length);
    let (mut due, mut told) = (began, began);
    let mut looked_elsewhere = false;
    loop {
        due = due.after(LOOK).max(clock.mono());
        rt::sleep_until(due);
        let (now, utc) = (clock.mono(), clock.utc());
        for leg in &mut legs {
            leg.listen(source.rate.hz(), &mut batch, now, utc);
        }
        if let Some(tap) = &mut tap {
            take(tap, &mut legs, &there, source.rate.hz(), now, utc);
        }
        let stopped = (wish.cancelled)();
        let over = now >= end;
        if over && !stopped && !looked_elsewhere && legs.iter().any(LegProbe::is_silent) {
            looked_elsewhere = true;
            end = now.after(ELSEWHERE);
            legs.iter_mut().filter(|leg| leg.is_silent()).for_each(|leg| leg.look_elsewhere(source, &there));
            continue;
        }
        let done = stopped || over;
        if done || now.since(told) >= TELL {
            told = now;
            legs.iter_mut().for_each(LegProbe::ask_the_kernel);
            let findings = Findings {
                source: source.clone(),
                seconds: now.since(began).as_secs_f64(),
                done,
                legs: legs.iter().map(|leg| leg.found.clone()).collect(),
                tap_refused: tap_refused.clone(),
                ptp: source
                    .ptp
                    .zip(wish.clocks)
                    .map(|(declared, clocks)| PtpFindings::of(declared, &clocks(), now)),
            };
            (wish.tell)(&findings);
            if done {
                return findings;
            }
        }
    }
}

impl LegProbe {
    fn open(leg: &Leg, source: &Aes67, there: &[Interface]) -> Self {
        let multicast = leg.address.is_multicast();
        let interface = match leg.interface.as_deref() {
            Some(name) => {
                let address: Option<Ipv4Addr> = name.parse().ok();
                let named =
                    |i: &&Interface| i.name == name || address.is_some_and(|a| i.addresses.contains(&a));
                there.iter().find(named)
            }
            None => {
                host::routed(leg.address).and_then(|own| there.iter().find(|i| i.addresses.contains(&own)))
            }
        }
        .cloned();
        let mut found = LegFindings {
            others: there
                .iter()
                .filter(|i| {
                    i.up && !i.addresses.is_empty() && Some(&i.name) != interface.as_ref().map(|i| &i.name)
                })
                .map(|i| i.name.clone())
                .take(FEW)
                .collect(),
            there: there.iter().map(|i| i.name.clone()).take(FEW).collect(),
            interface,
            multicast,
            ..LegFindings::default()
        };
        let socket = match LegSocket::open(leg, source.receive_buffer) {
            Ok(socket) => {
                found.granted = socket.granted();
                Some(socket)
            }
            Err(OpenError::Bind { source, .. }) if source.kind() == std::io::ErrorKind::AddrInUse => {
                found.port_taken = true;
                None
            }
            Err(error) => {
                found.refused = Some(error.to_string());
                None
            }
        };
        Self { spec: leg.clone(), socket, found, elsewhere: Vec::new(), rp_before: host::rp_dropped() }
    }

    fn is_silent(&self) -> bool {
        self.found.heard.flows.is_empty() && !self.found.port_taken
    }

    fn listen(&mut self, hz: u32, batch: &mut Batch, now: Mono, utc: Utc) {
        if let Some(socket) = &self.socket {
            let only = socket.source();
            if let Some(dropped) = drain(socket, &mut self.found.heard, only, hz, batch, now, utc) {
                self.found.kernel_dropped = dropped;
            }
        }
        for ((_, socket), (_, tally)) in self.elsewhere.iter().zip(&mut self.found.elsewhere) {
            drain(socket, tally, None, hz, batch, now, utc);
        }
    }

    /// Joins a silent group on the other interfaces, and on its own for any sender.
    fn look_elsewhere(&mut self, source: &Aes67, there: &[Interface]) {
        if !self.found.multicast {
            return;
        }
        let own = self.found.interface.as_ref().map(|i| i.name.clone());
        let names = there.iter().filter(|i| i.up && !i.addresses.is_empty()).map(|i| i.name.clone());
        for name in names.filter(|name| Some(name) != own.as_ref() || self.spec.source.is_some()).take(FEW) {
            let leg = Leg { interface: Some(name.clone()), source: None, ..self.spec.clone() };
            // One that cannot be joined has nothing to tell.
            if let Ok(socket) = LegSocket::open(&leg, source.receive_buffer) {
                self.elsewhere.push((name.clone(), socket));
                self.found.elsewhere.push((name, Tally::default()));
            }
        }
    }

    fn ask_the_kernel(&mut self) {
        let Some(interface) = &self.found.interface else { return };
        let igmp = host::igmp(&interface.name);
        self.found.listed = igmp.as_ref().is_some_and(|igmp| igmp.groups.contains(&self.spec.address));
        self.found.old_querier = igmp.is_some_and(|igmp| igmp.old_querier);
        self.found.rp_filter = host::rp_filter(&interface.name);
        self.found.rp_dropped = host::rp_dropped().saturating_sub(self.rp_before);
    }
}

/// Takes what waits on a socket. Tells how many packets its buffer has dropped, once there were some.
fn drain(
    socket: &LegSocket,
    tally: &mut Tally,
    only: Option<Ipv4Addr>,
    hz: u32,
    batch: &mut Batch,
    now: Mono,
    utc: Utc,
) -> Option<u32> {
    let mut dropped = None;
    for _ in 0..ROUNDS {
        let Ok(taken) = batch.receive(socket.as_fd()) else { break };
        for i in 0..taken {
            let datagram = batch.datagram(i);
            dropped = datagram.dropped.or(dropped);
            if only.is_none_or(|only| only == datagram.source) {
                tally.add(datagram.source, datagram.bytes, arrived(datagram.arrival, now, utc), hz);
            }
        }
        if taken < batch.capacity() {
            break;
        }
    }
    dropped
}

/// Takes what waits at the tap.
fn take(tap: &mut Tap, legs: &mut [LegProbe], there: &[Interface], hz: u32, now: Mono, utc: Utc) {
    for _ in 0..TAPPED {
        let Ok(Some(tapped)) = tap.receive() else { return };
        let at = arrived(tapped.arrival, now, utc);
        let Some(packet) = host::ipv4(tapped.bytes) else { continue };
        for leg in &mut *legs {
            let here = leg.found.interface.as_ref().is_some_and(|i| i.index == tapped.interface);
            let Some(wire) = &mut leg.found.wire else { continue };
            match packet {
                host::Ipv4::IgmpQuery { from } if here => {
                    if wire.queriers.len() < FEW && !wire.queriers.contains(&from) {
                        wire.queriers.push(from);
                    }
                }
                host::Ipv4::Fragment { to, from } if here && [to, from].contains(&leg.spec.address) => {
                    wire.fragments += 1;
                }
                host::Ipv4::Udp { from, to, port, payload } => {
                    if ![to, from].contains(&leg.spec.address) {
                        continue;
                    }
                    if port != leg.spec.port {
                        if here {
                            count(&mut wire.ports, &port);
                        }
                    } else if here {
                        wire.here.add(from, payload, at, hz);
                    } else if let Some(interface) = there.iter().find(|i| i.index == tapped.interface) {
                        count(&mut wire.interfaces, &interface.name);
                    }
                }
                host::Ipv4::IgmpQuery { .. } | host::Ipv4::Fragment { .. } => {}
            }
        }
    }
}

fn count<T: Clone + PartialEq>(table: &mut Vec<(T, u64)>, key: &T) {
    match table.iter().position(|(own, _)| own == key) {
        Some(place) => table[place].1 += 1,
        None if table.len() < FEW => table.push((key.clone(), 1)),
        None => {}
    }
}

/// The kernel's arrival time on the clock that never steps. One in the future or long ago (the clock was set) is now.
fn arrived(kernel: Option<Utc>, now: Mono, utc: Utc) -> Mono {
    let age = kernel.map_or(0, |at| utc.0 - at.0);
    Mono(now.0 - if (0..2_000_000_000).contains(&age) { age } else { 0 })
}
