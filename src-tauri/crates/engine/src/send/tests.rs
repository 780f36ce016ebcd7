use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use audyn_model::{Clock, Mono, Rate, Utc};
use socket2::{Domain, SockAddr, Socket, Type};

use super::*;
use crate::rtp::payload::Encoding;

mod announcements;
mod fate;
mod pacing;
mod sources;
mod wire;

/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000_000_000;

/// Silence on one leg: the smallest plan.
fn plan(to: SocketAddrV4) -> Plan {
    Plan {
        name: "test".into(),
        encoding: Encoding::L24,
        rate: Rate::HZ_48000,
        channels: 2,
        samples_per_packet: 48,
        payload_type: 96,
        ttl: 1,
        dscp: 34,
        legs: vec![LegPlan { to, by: Some(Local::Address(Ipv4Addr::LOCALHOST)) }],
        count: 1,
        step: Step::Port,
        signal: SignalPlan::Silence,
        timestamp: TimestampBase::Direct(0),
        first_sequence: None,
        ssrc: Some(0x0102_0304),
        reference_clock: None,
        duration: Some(Duration::from_millis(100)),
        header: HeaderExtras::default(),
        incidents: Incidents::default(),
        impairments: Impairments::default(),
        seed: 1,
    }
}

/// A clock that only moves when somebody sleeps.
struct Stage {
    mono: AtomicI64,
    /// Each sleep lasts longer by so much, once.
    stall_ns: AtomicI64,
}

impl Stage {
    fn new() -> Self {
        Self { mono: AtomicI64::new(5_000_000_000), stall_ns: AtomicI64::new(0) }
    }

    fn sleep_until(&self, at: Mono) {
        let stall = self.stall_ns.swap(0, Ordering::Relaxed);
        self.mono.fetch_max(at.0 + stall, Ordering::Relaxed);
    }
}

impl Clock for Stage {
    fn utc(&self) -> Utc {
        Utc(START + self.mono.load(Ordering::Relaxed) - 5_000_000_000)
    }

    fn mono(&self) -> Mono {
        Mono(self.mono.load(Ordering::Relaxed))
    }
}

/// Sends a plan to its end, in no time.
fn send(plan: Plan) -> Summary {
    let stage = Stage::new();
    let sender = Sender::open(plan, stage.utc()).unwrap_or_else(|e| panic!("{e:?}"));
    sender.run_on(&stage, |at| stage.sleep_until(at), &AtomicBool::new(false))
}

/// A socket that receives on loopback; joined, if it is given a group.
struct Ear(Socket, SocketAddrV4);

impl Ear {
    fn new(at: Ipv4Addr) -> Self {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        socket.set_recv_buffer_size(4 << 20).unwrap();
        socket.bind(&SockAddr::from(SocketAddrV4::new(at, 0))).unwrap();
        if at.is_multicast() {
            socket.join_multicast_v4(&at, &Ipv4Addr::LOCALHOST).unwrap();
        }
        socket.set_nonblocking(true).unwrap();
        let port = socket.local_addr().unwrap().as_socket_ipv4().unwrap().port();
        Self(socket, SocketAddrV4::new(at, port))
    }

    fn unicast() -> Self {
        Self::new(Ipv4Addr::LOCALHOST)
    }

    /// Everything that has arrived. What loopback has taken is there at once.
    fn drain(&self) -> Vec<Vec<u8>> {
        let mut all = Vec::new();
        let mut buffer = [0_u8; 16_384];
        while let Ok(length) = std::io::Read::read(&mut &self.0, &mut buffer) {
            all.push(buffer[..length].to_vec());
        }
        all
    }
}

fn sequence(datagram: &[u8]) -> u16 {
    u16::from_be_bytes([datagram[2], datagram[3]])
}

fn timestamp(datagram: &[u8]) -> u32 {
    u32::from_be_bytes(datagram[4..8].try_into().unwrap())
}

fn ssrc(datagram: &[u8]) -> u32 {
    u32::from_be_bytes(datagram[8..12].try_into().unwrap())
}
