//! One stream on its receive thread: stages 1 to 6 in a row, from its sockets to its ring and its meter.

use std::collections::VecDeque;
use std::os::fd::AsFd;
use std::sync::Arc;

use audyn_model::{Clock, GapCause, Mono, SampleIndex, Tai, Utc};

use super::Aes67;
use super::socket::{Destination, LegSocket, OpenError};
use crate::align::{Align, Placed, Shelf, Sink};
use crate::meter::{Meter, MeterReader, meter};
use crate::ring::{FrameReader, FrameWriter, frame_ring};
use crate::rt::{Batch, Datagram};
use crate::rtp::packet::{Packet, Reject};
use crate::rtp::payload::{Encoding, Pick, unpack};
use crate::rtp::sequence::{Order, Sequence};
use crate::rtp::timeline::{Arrival, Head, Timeline, Verdict};
use crate::source::{LegCount, Stray, StreamCount, StreamCounters};

/// Batches taken from one socket in one wake, so that a flood on it cannot starve the others.
const ROUNDS: usize = 64;
/// Nothing for this long is an outage, whatever the window.
const OUTAGE_MS: u64 = 200;
/// During an outage the timeline follows this far behind the clock, so that the sender's true place is never passed.
const OUTAGE_MARGIN_MS: u64 = 500;
/// Packets that can be held while it is decided whether a stream begins: 50 ms at 8000 a second on two legs, and more.
const HELD: usize = 1024;

/// The time of one wake-up: the same for all packets it takes.
#[derive(Clone, Copy, Debug)]
pub struct Wake {
    mono: Mono,
    utc: Utc,
    tai: Tai,
}

/// Everything a receive thread knows of one stream.
pub struct Stream {
    spec: Aes67,
    legs: Vec<LegState>,
    pick: Pick,
    encoding: Option<Encoding>,
    frame_bytes: usize,
    timeline: Timeline,
    align: Align,
    held: VecDeque<HeldPacket>,
    shelf: Shelf,
    out: Output,
    started: bool,
    anchor_told: Option<audyn_model::Anchor>,
    counters: Arc<StreamCounters>,
}

struct LegState {
    socket: Arc<LegSocket>,
    sequence: Sequence,
    counts: [u64; LegCount::ALL.len()],
    stray: Stray,
    last_arrival: Option<Mono>,
    transit: Option<(i64, u32)>,
    jitter_ns: i64,
}

/// Stages 5 and 6, as stage 4 sees them.
struct Output {
    ring: FrameWriter,
    meter: Meter,
    pick: Pick,
    encoding: Encoding,
    frame_bytes: usize,
    counts: [u64; StreamCount::ALL.len()],
}

#[derive(Clone, Copy)]
struct HeldPacket {
    leg: u8,
    head: Head,
    since: Mono,
    place: crate::align::ShelfPlace,
}

/// A stream and the ends that others hold.
pub struct Opened {
    /// For the receive thread.
    pub stream: Stream,
    /// Where its frames come out.
    pub frames: FrameReader,
    /// Its levels.
    pub levels: MeterReader,
    /// Its counters.
    pub counters: Arc<StreamCounters>,
    /// Its sockets, to be joined again when need be.
    pub sockets: Vec<Arc<LegSocket>>,
}

/// Opens a stream: its sockets, its ring of `ring_ms` milliseconds, its meter. Allocates all that it will ever need.
///
/// # Errors
/// A leg cannot be opened.
pub fn open(spec: &Aes67, ring_ms: u64) -> Result<Opened, OpenError> {
    let sockets = spec
        .legs
        .iter()
        .map(|leg| LegSocket::open(leg, spec.receive_buffer).map(Arc::new))
        .collect::<Result<Vec<_>, _>>()?;
    let counters = Arc::new(StreamCounters::new(sockets.len()));
    for (leg, socket) in counters.legs.iter().zip(&sockets) {
        leg.grant(socket.granted() as u64);
    }
    // Only the word length can still change: the ring and the meter do not depend on it until the first frame.
    let format = spec.format(spec.encoding.unwrap_or(Encoding::L24));
    let (ring, frames) = frame_ring(&format, ring_ms);
    let (meter, levels) = meter(&format);
    let window_ms = u64::from(spec.window_ms);
    // 8000 packets a second are the most in use (125 µs), and both legs' copies never wait together.
    let packets = (window_ms as usize * 8 + 64).min(16_384);
    let pick = spec.picked();
    let mut stream = Stream {
        legs: sockets.iter().map(|socket| LegState::new(Arc::clone(socket))).collect(),
        encoding: spec.encoding,
        frame_bytes: 0,
        timeline: Timeline::new(spec.rate, spec.media_clock),
        align: Align::new(
            SampleIndex(0),
            1,
            spec.rate.samples_in_ms(window_ms),
            window_ms as i64 * 1_000_000,
            packets,
        ),
        held: VecDeque::with_capacity(HELD),
        shelf: Shelf::new(HELD),
        out: Output {
            ring,
            meter,
            pick: pick.clone(),
            encoding: Encoding::L24,
            frame_bytes: 1,
            counts: [0; StreamCount::ALL.len()],
        },
        pick,
        started: false,
        anchor_told: None,
        counters: Arc::clone(&counters),
        spec: spec.clone(),
    };
    if let Some(encoding) = spec.encoding {
        stream.settle_encoding(encoding);
    }
    Ok(Opened { stream, frames, levels, counters, sockets })
}

impl Wake {
    /// The time of a wake-up, read once by the thread.
    #[must_use]
    pub fn new(mono: Mono, utc: Utc) -> Self {
        Self { mono, utc, tai: utc.to_tai() }
    }

    /// Now, in TAI as the clock that is followed has it.
    #[must_use]
    pub fn now(clock: &dyn Clock) -> Self {
        let wake = Self::new(clock.mono(), clock.utc());
        Self { tai: wake.tai.plus(clock.ahead_ns()), ..wake }
    }

    /// When a packet arrived. An arrival time in the future or long ago (the clock was set between) counts as now.
    fn arrival(&self, kernel: Option<Utc>) -> Arrival {
        let age = kernel.map_or(0, |at| self.utc.0 - at.0);
        let age = if (0..2_000_000_000).contains(&age) { age } else { 0 };
        Arrival { mono: Mono(self.mono.0 - age), tai: self.tai.plus(-age) }
    }
}

impl Stream {
    /// Takes all that waits on the sockets, then lets time pass. Never blocks, allocates, locks or logs.
    pub fn wake(&mut self, batch: &mut Batch, wake: &Wake) {
        for leg in 0..self.legs.len() {
            for _ in 0..ROUNDS {
                let taken = match batch.receive(self.legs[leg].socket.as_fd()) {
                    Ok(taken) => taken,
                    Err(_) => {
                        self.legs[leg].count(LegCount::SocketErrors);
                        break;
                    }
                };
                for i in 0..taken {
                    self.receive(leg, &batch.datagram(i), wake);
                }
                if taken < batch.capacity() {
                    break;
                }
            }
        }
        self.pass_time(wake);
    }

    /// Ends the stream: what waits goes out, with the holes before it as gaps.
    pub fn finish(&mut self) {
        let next = self.align.next();
        self.align.advance(next, GapCause::Loss, &mut self.out);
        self.out.ring.flush(0);
        self.publish();
    }

    fn receive(&mut self, leg: usize, datagram: &Datagram<'_>, wake: &Wake) {
        let state = &mut self.legs[leg];
        state.count(LegCount::Received);
        state.counts[LegCount::Bytes as usize] += datagram.bytes.len() as u64;
        if let Some(dropped) = datagram.dropped {
            state.counts[LegCount::KernelDropped as usize] = dropped.into();
        }
        let parsed = if datagram.cut { Err(Reject::Oversize) } else { Packet::parse(datagram.bytes) };
        let packet = match parsed {
            Ok(packet) => packet,
            Err(reject) => return state.count(reject_count(reject)),
        };
        if state.socket.source.is_some_and(|only| only != datagram.source) {
            state.stray.sender = Some(datagram.source);
            return state.count(LegCount::ForeignSource);
        }
        if state.socket.destination == Destination::AnyUnicast
            && datagram.destination.is_some_and(|to| to.is_multicast() || to.is_broadcast())
        {
            return state.count(LegCount::ForeignDestination);
        }
        if packet.payload_type != self.spec.payload_type {
            state.stray.payload_type = Some(packet.payload_type);
            return state.count(LegCount::ForeignPayloadType);
        }
        if self.encoding.is_none() {
            let expected = usize::from(self.spec.samples_per_packet);
            match Encoding::infer(packet.payload.len(), self.pick.stream_channels(), expected) {
                Some(encoding) => self.settle_encoding(encoding),
                None => return state.count_wrong_size(packet.payload),
            }
        }
        if !packet.payload.len().is_multiple_of(self.frame_bytes) {
            return self.legs[leg].count_wrong_size(packet.payload);
        }
        let arrival = wake.arrival(datagram.arrival);
        self.place(leg, &packet, arrival);
    }

    fn settle_encoding(&mut self, encoding: Encoding) {
        self.encoding = Some(encoding);
        self.frame_bytes = self.pick.stream_channels() * encoding.bytes();
        self.out.encoding = encoding;
        self.out.frame_bytes = self.frame_bytes;
        self.out.meter.set_bits(encoding.bits());
    }

    fn place(&mut self, leg: usize, packet: &Packet<'_>, arrival: Arrival) {
        let frames = (packet.payload.len() / self.frame_bytes) as u32;
        let head = Head { ssrc: packet.ssrc, sequence: packet.sequence, timestamp: packet.timestamp, frames };
        let silent_ns = self.timeline.last_heard().map_or(0, |last| arrival.mono.0 - last.0);
        let verdict = self.timeline.place(&head, arrival, self.align.next());
        match verdict {
            // Until the first wake is over nothing goes out: a later socket may bring what belongs before it.
            Verdict::At(_) | Verdict::AtAlone(_) | Verdict::Adopted if !self.started => {
                self.hold(leg, head, packet.payload, arrival.mono);
            }
            Verdict::At(index) | Verdict::AtAlone(index) => {
                if matches!(verdict, Verdict::AtAlone(_)) {
                    self.drop_held();
                }
                if silent_ns > self.outage_ns() {
                    self.align.expect_gap(GapCause::Outage);
                }
                self.legs[leg].note(packet, arrival, self.spec.rate.hz());
                self.offer(leg, index, packet.payload, arrival.mono);
            }
            Verdict::Hold => self.hold(leg, head, packet.payload, arrival.mono),
            Verdict::Adopted => {
                self.hold(leg, head, packet.payload, arrival.mono);
                self.legs.iter_mut().for_each(|leg| leg.sequence.expect_restart());
                self.take_up(silent_ns);
            }
        }
    }

    /// A stream begins or begins anew: what was held goes where it belongs.
    fn take_up(&mut self, silent_ns: i64) {
        if self.started {
            self.align.expect_gap(if silent_ns > self.outage_ns() {
                GapCause::Outage
            } else {
                GapCause::Restart
            });
        } else if let (Some(encoding), Some(first)) =
            (self.encoding, self.own_held().map(|h| self.timeline.index_of(h.head.timestamp)).min())
        {
            self.align.begin(first, self.frame_bytes);
            self.out.ring.start(first, self.spec.format(encoding), self.timeline.anchor());
            self.anchor_told = Some(self.timeline.anchor());
            self.started = true;
        }
        let legs = self.spec.legs.len();
        while let Some(held) = self.held.pop_front() {
            let leg = &mut self.legs[usize::from(held.leg)];
            if self.timeline.belongs(&held.head) {
                let index = self.timeline.index_of(held.head.timestamp);
                leg.note_order(held.head.sequence);
                leg.last_arrival = Some(held.since);
                let payload = self.shelf.payload(held.place);
                leg.count_placed(self.align.offer(index, payload, held.since, &mut self.out), legs);
            } else {
                leg.count(LegCount::ForeignSsrc);
            }
            self.shelf.take(held.place);
        }
    }

    fn own_held(&self) -> impl Iterator<Item = &HeldPacket> {
        self.held.iter().filter(|held| self.timeline.belongs(&held.head))
    }

    fn offer(&mut self, leg: usize, index: SampleIndex, payload: &[u8], now: Mono) {
        let placed = self.align.offer(index, payload, now, &mut self.out);
        self.legs[leg].count_placed(placed, self.spec.legs.len());
    }

    fn hold(&mut self, leg: usize, head: Head, payload: &[u8], since: Mono) {
        if self.held.len() == HELD && !self.started && self.timeline.last_heard().is_some() {
            self.take_up(0);
        }
        if self.held.len() == HELD
            && let Some(oldest) = self.held.pop_front()
        {
            self.shelf.take(oldest.place);
            self.legs[usize::from(oldest.leg)].count(LegCount::ForeignSsrc);
        }
        let place = self.shelf.put(payload);
        self.held.push_back(HeldPacket { leg: leg as u8, head, since, place });
    }

    fn drop_held(&mut self) {
        while let Some(held) = self.held.pop_front() {
            self.shelf.take(held.place);
            self.legs[usize::from(held.leg)].count(LegCount::ForeignSsrc);
        }
    }

    fn pass_time(&mut self, wake: &Wake) {
        if !self.started && self.timeline.last_heard().is_some() {
            self.take_up(0);
        }
        if self.started {
            self.align.tick(wake.mono, &mut self.out);
            self.follow_outage(wake.mono);
            let anchor = self.timeline.anchor();
            if self.anchor_told != Some(anchor) {
                self.anchor_told = Some(anchor);
                self.out.ring.anchor(anchor);
            }
            self.out.ring.flush(self.spec.rate.samples_in_ms(100));
        }
        self.publish();
    }

    /// While nothing comes the timeline goes on by the clock, so that files grow and are cut as they would be.
    fn follow_outage(&mut self, now: Mono) {
        let (Some(heard), Some(expected)) = (self.timeline.last_heard(), self.timeline.expected(now)) else {
            return;
        };
        let silent_ns = now.0 - heard.0;
        if silent_ns <= self.outage_ns() {
            return;
        }
        let rate = self.spec.rate;
        // The sender's clock and ours may differ by 200 parts per million.
        let margin =
            rate.samples_in_ms(OUTAGE_MARGIN_MS) + rate.samples_in_ms(silent_ns as u64 / 1_000_000) / 5000;
        let to = expected.plus(-(margin as i64));
        if to.since(self.align.next()) >= i64::from(rate.hz()) {
            self.align.advance(to, GapCause::Outage, &mut self.out);
            self.align.expect_gap(GapCause::Outage);
        }
    }

    fn outage_ns(&self) -> i64 {
        u64::from(self.spec.window_ms).max(OUTAGE_MS) as i64 * 1_000_000
    }

    fn publish(&mut self) {
        for (leg, shown) in self.legs.iter_mut().zip(&self.counters.legs) {
            leg.counts[LegCount::Lost as usize] = leg.sequence.lost();
            shown.publish(&leg.counts, leg.jitter_ns.unsigned_abs(), leg.last_arrival);
            shown.publish_stray(&leg.stray);
        }
        let counts = &mut self.out.counts;
        counts[StreamCount::OverrunFrames as usize] = self.out.ring.overrun_frames();
        counts[StreamCount::Restarts as usize] = self.timeline.restarts();
        counts[StreamCount::Waiting as usize] = self.align.waiting() as u64;
        self.counters.publish(counts, self.timeline.arrival_lag_ns());
    }
}

impl LegState {
    fn new(socket: Arc<LegSocket>) -> Self {
        Self {
            socket,
            sequence: Sequence::default(),
            counts: [0; LegCount::ALL.len()],
            stray: Stray::default(),
            last_arrival: None,
            transit: None,
            jitter_ns: 0,
        }
    }

    const fn count(&mut self, count: LegCount) {
        self.counts[count as usize] += 1;
    }

    const fn count_wrong_size(&mut self, payload: &[u8]) {
        self.stray.payload_bytes = Some(payload.len() as u16);
        self.count(LegCount::WrongSize);
    }

    const fn count_placed(&mut self, placed: Placed, legs: usize) {
        match placed {
            Placed::Through | Placed::Waiting => self.count(LegCount::Used),
            Placed::Duplicate if legs > 1 => self.count(LegCount::Redundant),
            // On one leg the sequence number has already told.
            Placed::Duplicate => {}
            Placed::Late => self.count(LegCount::Late),
        }
    }

    fn note_order(&mut self, sequence: u16) {
        match self.sequence.note(sequence) {
            Order::Forward { .. } | Order::Restart => {}
            Order::Reordered => self.count(LegCount::Reordered),
            Order::Duplicate => self.count(LegCount::Duplicate),
        }
    }

    /// Order and jitter of a packet of the stream (RFC 3550 §6.4.1, A.8).
    fn note(&mut self, packet: &Packet<'_>, arrival: Arrival, hz: u32) {
        self.note_order(packet.sequence);
        self.last_arrival = Some(arrival.mono);
        if let Some((before, timestamp)) = self.transit {
            let media = i64::from(packet.timestamp.wrapping_sub(timestamp).cast_signed()) * 1_000_000
                / i64::from(hz / 1000).max(1);
            let difference = (arrival.mono.0 - before - media).abs();
            // A jump of a second is a restart or an outage, not jitter.
            if difference < 1_000_000_000 {
                self.jitter_ns += (difference - self.jitter_ns) / 16;
            }
        }
        self.transit = Some((arrival.mono.0, packet.timestamp));
    }
}

impl Sink for Output {
    fn frames(&mut self, payload: &[u8], skip: usize, frames: usize) {
        let (mut from, mut left) = (skip, frames);
        while left > 0 {
            let count = left.min(self.ring.fits());
            let bytes = &payload[from * self.frame_bytes..(from + count) * self.frame_bytes];
            let Self { ring, meter, pick, encoding, .. } = self;
            ring.fill(count, |room| {
                unpack(bytes, *encoding, pick, room);
                meter.add(room);
            });
            from += count;
            left -= count;
        }
        self.counts[StreamCount::Frames as usize] += frames as u64;
    }

    fn gap(&mut self, len: u64, cause: GapCause) {
        let count = match cause {
            GapCause::Loss => StreamCount::LossFrames,
            GapCause::Outage => StreamCount::OutageFrames,
            GapCause::Restart => StreamCount::RestartFrames,
            // Those after the overrun come about behind the ring.
            GapCause::Overrun | GapCause::DiskFull | GapCause::WriteFailed | GapCause::SourceChanged => {
                StreamCount::OverrunFrames
            }
        };
        self.counts[count as usize] += len;
        self.counts[StreamCount::Gaps as usize] += 1;
        self.ring.gap(len, cause);
    }
}

const fn reject_count(reject: Reject) -> LegCount {
    match reject {
        Reject::Short => LegCount::Short,
        Reject::Version => LegCount::Version,
        Reject::Padding => LegCount::Padding,
        Reject::Empty => LegCount::Empty,
        Reject::Oversize => LegCount::Oversize,
    }
}

#[cfg(test)]
mod tests;
