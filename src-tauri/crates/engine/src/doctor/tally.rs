//! What a series of datagrams is made of: pure, bounded, one look at each.

use std::net::Ipv4Addr;

use audyn_model::Mono;

use crate::rtp::packet::Packet;

/// Streams told apart at one address; packets of further ones are only counted.
const STREAMS: usize = 16;
/// Missing packets remembered for each stream, to tell late ones from lost ones.
const HOLES: usize = 1024;
/// Arrivals remembered for each stream, to compare two legs.
const RECENT: usize = 256;
/// A sequence number this far off is a sender that began anew (RFC 3550, A.1).
const JUMP: i64 = 3000;
/// A stream with fewer packets than this in a hundred of all is a stray, not a second sender.
const STRAY_PERCENT: u64 = 2;

/// Upper edges of the bins of [`Flow::jitter`], in microseconds; one more bin is for what is above.
pub const JITTER_EDGES_US: [u32; 11] = [50, 100, 250, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

/// What came.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Datagrams.
    pub packets: u64,
    /// Those that are not RTP.
    pub not_rtp: u64,
    /// Those of streams beyond the sixteenth.
    pub beyond: u64,
    /// What came, by sender, SSRC and payload type.
    pub flows: Vec<Flow>,
}

/// The packets of one sender with one SSRC and payload type.
#[derive(Clone, Debug)]
pub struct Flow {
    /// From where.
    pub sender: Ipv4Addr,
    /// RTP SSRC.
    pub ssrc: u32,
    /// RTP payload type.
    pub payload_type: u8,
    /// Bytes of payload in its last packet.
    pub payload_bytes: usize,
    /// Packets.
    pub packets: u64,
    /// The first arrival.
    pub first: Mono,
    /// The last arrival.
    pub last: Mono,
    /// Longest time between two packets, in nanoseconds.
    pub longest_ns: i64,
    /// Timestamps from one packet to the next: samples per packet.
    pub step: Option<u32>,
    /// Packets that came after a later one.
    pub reordered: u64,
    /// Packets that came twice.
    pub duplicates: u64,
    /// How late the latest of the reordered ones was, in nanoseconds.
    pub latest_ns: i64,
    /// Interarrival jitter in nanoseconds (RFC 3550 §6.4.1).
    pub jitter_ns: i64,
    /// How many packets' interarrival differences lie up to each edge of [`JITTER_EDGES_US`], and above the last.
    pub jitter: [u64; JITTER_EDGES_US.len() + 1],
    /// Sequence number of its first packet, and the highest, counted on over wraps.
    lowest: i64,
    highest: i64,
    holes: Vec<(i64, Mono)>,
    given_up: u64,
    transit: Option<(Mono, u32)>,
    recent: Vec<(u32, Mono)>,
}

impl Tally {
    /// Takes one datagram's payload into account. `hz` is the rate that timestamps count in.
    pub fn add(&mut self, sender: Ipv4Addr, bytes: &[u8], at: Mono, hz: u32) {
        self.packets += 1;
        let Ok(packet) = Packet::parse(bytes) else {
            self.not_rtp += 1;
            return;
        };
        let own = |flow: &Flow| {
            (flow.sender, flow.ssrc, flow.payload_type) == (sender, packet.ssrc, packet.payload_type)
        };
        match self.flows.iter().position(own) {
            Some(place) => self.flows[place].add(&packet, at, hz),
            None if self.flows.len() < STREAMS => self.flows.push(Flow::new(sender, &packet, at)),
            None => self.beyond += 1,
        }
    }

    /// The flow with most packets among those with this payload type.
    #[must_use]
    pub fn main(&self, payload_type: u8) -> Option<&Flow> {
        self.flows.iter().filter(|flow| flow.payload_type == payload_type).max_by_key(|flow| flow.packets)
    }

    /// The flow with most packets.
    #[must_use]
    pub fn largest(&self) -> Option<&Flow> {
        self.flows.iter().max_by_key(|flow| flow.packets)
    }

    /// Another flow of the same payload type that goes on at the same time as `main`, and is no mere stray.
    #[must_use]
    pub fn rival(&self, main: &Flow) -> Option<&Flow> {
        self.flows.iter().find(|flow| {
            (flow.sender, flow.ssrc) != (main.sender, main.ssrc)
                && flow.payload_type == main.payload_type
                && flow.packets * 100 > main.packets * STRAY_PERCENT
                && flow.last > main.first
                && main.last > flow.first
        })
    }
}

impl Flow {
    fn new(sender: Ipv4Addr, packet: &Packet<'_>, at: Mono) -> Self {
        Self {
            sender,
            ssrc: packet.ssrc,
            payload_type: packet.payload_type,
            payload_bytes: packet.payload.len(),
            packets: 1,
            first: at,
            last: at,
            longest_ns: 0,
            step: None,
            reordered: 0,
            duplicates: 0,
            latest_ns: 0,
            jitter_ns: 0,
            jitter: [0; JITTER_EDGES_US.len() + 1],
            lowest: i64::from(packet.sequence),
            highest: i64::from(packet.sequence),
            holes: Vec::new(),
            given_up: 0,
            transit: Some((at, packet.timestamp)),
            recent: Vec::new(),
        }
    }

    fn add(&mut self, packet: &Packet<'_>, at: Mono, hz: u32) {
        self.packets += 1;
        self.payload_bytes = packet.payload.len();
        self.longest_ns = self.longest_ns.max(at.0 - self.last.0);
        self.last = at;
        let distance = i64::from(packet.sequence.wrapping_sub(self.highest as u16).cast_signed());
        let number = self.highest + distance;
        if distance.abs() > JUMP {
            self.highest = i64::from(packet.sequence);
            self.lowest = self.highest;
            self.holes.clear();
            self.transit = None;
        } else if distance > 0 {
            for hole in self.highest + 1..number {
                if self.holes.len() == HOLES {
                    self.holes.remove(0);
                    self.given_up += 1;
                }
                self.holes.push((hole, at));
            }
            if let (1, Some((_, timestamp))) = (distance, self.transit) {
                self.step = Some(packet.timestamp.wrapping_sub(timestamp));
            }
            self.highest = number;
            self.note_jitter(packet.timestamp, at, hz);
        } else if let Some(hole) = self.holes.iter().position(|(hole, _)| *hole == number) {
            let (_, since) = self.holes.remove(hole);
            self.reordered += 1;
            self.latest_ns = self.latest_ns.max(at.0 - since.0);
        } else if number < self.lowest {
            // It belongs before the first one that was seen.
            self.reordered += 1;
        } else {
            self.duplicates += 1;
        }
        let place = self.packets as usize % RECENT;
        if self.recent.len() < RECENT {
            self.recent.push((packet.timestamp, at));
        } else {
            self.recent[place] = (packet.timestamp, at);
        }
    }

    fn note_jitter(&mut self, timestamp: u32, at: Mono, hz: u32) {
        if let Some((before, own)) = self.transit.replace((at, timestamp)) {
            let media = i64::from(timestamp.wrapping_sub(own).cast_signed()) * 1_000_000
                / i64::from(hz / 1000).max(1);
            let difference = (at.0 - before.0 - media).abs();
            self.jitter_ns += (difference - self.jitter_ns) / 16;
            let us = difference / 1000;
            let bin = JITTER_EDGES_US.iter().position(|edge| us <= i64::from(*edge));
            self.jitter[bin.unwrap_or(JITTER_EDGES_US.len())] += 1;
        }
    }

    /// Packets that had not come `window_ns` before the last one.
    #[must_use]
    pub fn lost(&self, window_ns: i64) -> u64 {
        let overdue = self.holes.iter().filter(|(_, since)| self.last.0 - since.0 > window_ns);
        self.given_up + overdue.count() as u64
    }

    /// The largest difference in arrival between this flow and its copy, in nanoseconds, over what both brought lately.
    #[must_use]
    pub fn skew_ns(&self, copy: &Self) -> Option<i64> {
        let pairs = self.recent.iter().filter_map(|(timestamp, at)| {
            let (_, other) = copy.recent.iter().find(|(other, _)| other == timestamp)?;
            Some((at.0 - other.0).abs())
        });
        pairs.max()
    }

    /// Packets in a second.
    #[must_use]
    pub fn rate(&self) -> f64 {
        let ns = self.last.0 - self.first.0;
        if ns > 0 { (self.packets - 1) as f64 * 1e9 / ns as f64 } else { 0.0 }
    }
}

#[cfg(test)]
pub(super) mod tests;
