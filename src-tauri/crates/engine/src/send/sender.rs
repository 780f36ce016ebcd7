//! The sending loop. One thread, owned by whoever calls [`Sender::run`]; it ends with the plan's duration, with the
//! source, or within one packet time of `stop`.

use std::net::SocketAddrV4;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

use audyn_model::{Clock, Mono, SampleIndex, Utc};

use super::packet::Layout;
use super::plan::{Plan, TimestampBase};
use super::queue::{Queue, Sort, Waiting};
use super::sap::Announcement;
use super::script::{Schedule, Script, is_outage};
use super::signal::Signal;
use super::socket::Outlet;
use super::summary::{LegSummary, StreamSummary, Summary};
use super::wav::Filled;
use super::{Error, Lateness};
use crate::rt::{Outbox, SystemClock, sleep_until, thread_cpu_time};
use crate::sdp::{Description, Encoding, Leg, MediaClock, Origin, ReferenceClock, Stream, write};

/// A sender further behind than this leaves out what is overdue, and counts it, instead of flooding the network.
const FLOOD_NS: i64 = 500_000_000;
/// Slots of an outbox for datagrams that are not one per stream.
const SLOTS_AT_LEAST: usize = 64;
/// Longest malformed datagram that is not cut out of a packet.
const GARBAGE_AT_MOST: usize = 32;

/// A sender that is ready: sockets open, source open, nothing sent.
pub struct Sender {
    plan: Plan,
    layout: Layout,
    signal: Signal,
    lanes: Vec<Lane>,
    opened: Utc,
}

/// One leg: its socket, the streams' destinations, and what waits to be sent.
struct Lane {
    outlet: Outlet,
    to: Vec<SocketAddrV4>,
    outbox: Outbox,
}

/// What a run keeps count of.
struct Run {
    schedule: Schedule,
    scripts: Vec<Script>,
    /// By stream, then by leg.
    counts: Vec<Vec<LegSummary>>,
    lateness: Lateness,
    total: u64,
    next: u64,
    skipped: u64,
    source_late: u64,
}

impl Sender {
    /// Opens sockets and source of a plan. Nothing is sent yet.
    ///
    /// # Errors
    /// Everything that stands in the way, all at once.
    pub fn open(plan: Plan, opened: Utc) -> Result<Self, Vec<Error>> {
        let layout = Layout::new(&plan);
        let mut errors = Vec::new();
        let mut lanes = Vec::new();
        for (leg, leg_plan) in plan.legs.iter().enumerate() {
            let to: Vec<_> = (0..plan.count).filter_map(|stream| plan.destination(leg, stream)).collect();
            match Outlet::open(leg_plan, plan.ttl, plan.dscp) {
                Ok(outlet) => {
                    let slots = to.len().max(SLOTS_AT_LEAST);
                    lanes.push(Lane {
                        outlet,
                        outbox: Outbox::new(slots, layout.length().max(GARBAGE_AT_MOST)),
                        to,
                    });
                }
                Err(error) => errors.push(error),
            }
        }
        match Signal::open(&plan) {
            Ok(signal) if errors.is_empty() => Ok(Self { plan, layout, signal, lanes, opened }),
            Ok(_) => Err(errors),
            Err(error) => {
                errors.push(error);
                Err(errors)
            }
        }
    }

    /// The plan.
    #[must_use]
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What each stream's description says.
    #[must_use]
    pub fn descriptions(&self) -> Vec<Description> {
        (0..self.plan.count).map(|stream| self.describe(stream)).collect()
    }

    /// What to announce, and from where: every stream on every leg's network.
    #[must_use]
    pub fn announcements(&self) -> Vec<Announcement> {
        let texts: Vec<String> = self.descriptions().iter().map(write).collect();
        let on_lane = |lane: &Lane| {
            let from = lane.outlet.address;
            lane.to
                .iter()
                .zip(&texts)
                .map(move |(to, text)| Announcement { from, of: *to.ip(), text: text.clone() })
                .collect::<Vec<_>>()
        };
        self.lanes.iter().flat_map(on_lane).collect()
    }

    fn describe(&self, stream: u16) -> Description {
        let plan = &self.plan;
        let index = usize::from(stream);
        let first = &self.lanes[0];
        let legs = self.lanes.iter().map(|lane| Leg {
            address: *lane.to[index].ip(),
            port: lane.to[index].port(),
            ttl: lane.to[index].ip().is_multicast().then_some(plan.ttl),
            source: lane.to[index].ip().is_multicast().then_some(lane.outlet.address),
            rtcp_port: None,
        });
        let own_clock = ReferenceClock::LocalMac(first.outlet.mac);
        let reference_clock = plan.reference_clock.clone().unwrap_or(own_clock);
        let media_clock = match plan.timestamp {
            TimestampBase::Direct(offset) => MediaClock::Direct { offset },
            TimestampBase::Random => MediaClock::Sender,
        };
        let encoding = match plan.encoding {
            crate::rtp::payload::Encoding::L16 => Encoding::L16,
            crate::rtp::payload::Encoding::L24 => Encoding::L24,
        };
        let audio = Stream {
            info: None,
            legs: legs.collect(),
            payload_type: plan.payload_type,
            encoding,
            rate: plan.rate,
            channels: plan.channels,
            channel_order: None,
            samples_per_packet: Some(plan.samples_per_packet),
            reference_clock,
            other_clocks: Vec::new(),
            media_clock,
        };
        // The same stream keeps its id from one start to the next; the version tells them apart (RFC 8866 §5.2).
        let session_id =
            u64::from(u32::from(*first.to[index].ip())) << 16 | u64::from(first.to[index].port());
        let origin = Origin {
            user: "-".to_owned(),
            session_id: session_id.to_string(),
            version: u64::try_from(self.opened.0 / 1_000_000_000).unwrap_or(0),
            address: first.outlet.address.to_string(),
        };
        Description {
            name: plan.stream_name(stream),
            origin,
            info: None,
            streams: vec![audio],
            warnings: Vec::new(),
        }
    }

    /// Sends until the plan's duration is over, the source has ended, or `stop` is set.
    #[must_use]
    pub fn run(self, stop: &AtomicBool) -> Summary {
        self.run_on(&SystemClock, sleep_until, stop)
    }

    /// Sends by a given clock.
    pub(super) fn run_on(
        mut self,
        clock: &dyn Clock,
        mut sleep: impl FnMut(Mono),
        stop: &AtomicBool,
    ) -> Summary {
        let cpu = thread_cpu_time();
        let schedule = Schedule::new(&self.plan, clock.utc().to_tai(), clock.mono());
        let scripts: Vec<_> = (0..self.plan.count).map(|s| Script::new(&self.plan, &schedule, s)).collect();
        let counts = (0..usize::from(self.plan.count))
            .map(|s| self.lanes.iter().map(|lane| LegSummary::new(lane.to[s])).collect())
            .collect();
        let total = self.plan.duration.map_or(u64::MAX, |d| self.plan.packets_in(d));
        let lateness = Lateness::default();
        let mut run = Run { schedule, scripts, counts, lateness, total, next: 0, skipped: 0, source_late: 0 };
        if self.plan.impairments.are_none() && self.plan.incidents.outages.is_empty() {
            self.run_plain(&mut run, clock, &mut sleep, stop);
        } else {
            self.run_impaired(&mut run, clock, &mut sleep, stop);
        }
        let streams = run.counts.into_iter().zip(&run.scripts).zip(0..);
        Summary {
            streams: streams
                .map(|((legs, script), stream)| {
                    let first = script.header(0);
                    let name = self.plan.stream_name(stream);
                    StreamSummary {
                        name,
                        ssrc: first.ssrc,
                        first_timestamp: first.timestamp,
                        first_sequence: first.sequence,
                        legs,
                    }
                })
                .collect(),
            first: run.schedule.first,
            packet_times: run.next,
            skipped: run.skipped,
            source_late: run.source_late,
            lateness: run.lateness,
            cpu: thread_cpu_time().saturating_sub(cpu),
        }
    }

    /// All packets that are due together stand ready in the outboxes before their time, and leave by one call a leg.
    fn run_plain(
        &mut self,
        run: &mut Run,
        clock: &dyn Clock,
        sleep: &mut impl FnMut(Mono),
        stop: &AtomicBool,
    ) {
        let blank = self.layout.blank();
        for lane in &mut self.lanes {
            for (slot, to) in lane.to.iter().enumerate() {
                lane.outbox.load(slot, *to, &blank);
            }
        }
        let mut payload = vec![0; self.plan.payload_bytes()];
        while run.next < run.total && !stop.load(Ordering::Relaxed) {
            if !self.fill(run, run.next, &mut payload) {
                break;
            }
            for lane in &mut self.lanes {
                for (slot, script) in run.scripts.iter().enumerate() {
                    self.layout.stamp(lane.outbox.bytes_mut(slot), script.header(run.next), &payload);
                }
            }
            let due = run.schedule.due(run.next);
            sleep(due);
            for (leg, lane) in self.lanes.iter_mut().enumerate() {
                let sent = lane.outbox.send(lane.outlet.socket.as_fd(), 0..lane.to.len());
                run.counts.iter_mut().for_each(|legs| legs[leg].sent += 1);
                for slot in sent.refused {
                    let count = &mut run.counts[slot][leg];
                    count.sent -= 1;
                    count.refused += 1;
                }
                run.lateness.note(clock.mono().since(due), sent.taken);
            }
            run.next += 1;
            self.catch_up(run, clock.mono(), &mut payload);
        }
    }

    /// Packets go into a queue by their time, each with its own fate.
    fn run_impaired(
        &mut self,
        run: &mut Run,
        clock: &dyn Clock,
        sleep: &mut impl FnMut(Mono),
        stop: &AtomicBool,
    ) {
        let mut payload = vec![0; self.plan.payload_bytes()];
        let mut datagram = self.layout.blank();
        let mut queue = Queue::new(&self.plan);
        let mut ended = false;
        while !stop.load(Ordering::Relaxed) {
            ended |= run.next >= run.total;
            let tick = (!ended).then(|| run.schedule.due(run.next));
            let Some(wake) = tick.into_iter().chain(queue.first_due()).min() else { break };
            if tick == Some(wake) {
                ended = !self.fill(run, run.next, &mut payload);
                if ended {
                    continue;
                }
                if is_outage(&self.plan, run.next) {
                    run.counts.iter_mut().flatten().for_each(|count| count.silenced += 1);
                } else {
                    for (stream, script) in run.scripts.iter().enumerate() {
                        let header = script.header(run.next);
                        self.layout.stamp(&mut datagram, header, &payload);
                        let foreign = || self.layout.foreign(&datagram, header);
                        queue.put(
                            &self.plan,
                            run.next,
                            wake,
                            stream,
                            &datagram,
                            foreign,
                            &mut run.counts[stream],
                        );
                    }
                }
                run.next += 1;
            }
            sleep(wake);
            self.send_due(&mut queue, wake, run, clock);
            self.catch_up(run, clock.mono(), &mut payload);
        }
    }

    /// Sends what is due, a leg's share by one call where it fits.
    fn send_due(&mut self, queue: &mut Queue, now: Mono, run: &mut Run, clock: &dyn Clock) {
        while queue.first_due().is_some_and(|due| due <= now) {
            for (leg, lane) in self.lanes.iter_mut().enumerate() {
                let mut batch: Vec<Waiting> = Vec::new();
                while batch.len() < lane.outbox.slots() {
                    let Some(waiting) = queue.take(leg, now) else { break };
                    lane.outbox.load(batch.len(), lane.to[waiting.stream], &waiting.bytes);
                    batch.push(waiting);
                }
                let sent = lane.outbox.send(lane.outlet.socket.as_fd(), 0..batch.len());
                let after = clock.mono();
                for (slot, waiting) in batch.iter().enumerate() {
                    let count = &mut run.counts[waiting.stream][leg];
                    if sent.refused.contains(&slot) {
                        count.refused += 1;
                        continue;
                    }
                    run.lateness.note(after.since(waiting.due), 1);
                    match waiting.sort {
                        Sort::Packet => count.sent += 1,
                        Sort::Late => (count.sent, count.reordered) = (count.sent + 1, count.reordered + 1),
                        Sort::Duplicate => count.duplicates += 1,
                        Sort::Garbage => count.garbage += 1,
                        Sort::Other => count.others += 1,
                    }
                }
            }
        }
    }

    /// The audio of a packet time; false at the source's end.
    fn fill(&mut self, run: &mut Run, packet: u64, payload: &mut [u8]) -> bool {
        let at = run.scripts.first().map_or(SampleIndex(0), |script| script.position(packet));
        match self.signal.fill(at, payload) {
            Filled::Whole => true,
            Filled::Late => {
                run.source_late += 1;
                true
            }
            Filled::Ended => false,
        }
    }

    /// Leaves out what is overdue by far. The source goes on with time all the same.
    fn catch_up(&mut self, run: &mut Run, now: Mono, payload: &mut [u8]) {
        if now.0 - run.schedule.due(run.next).0 <= FLOOD_NS {
            return;
        }
        let resume = run.schedule.packet_due_at(now).min(run.total);
        while run.next < resume && self.fill(run, run.next, payload) {
            run.next += 1;
            run.skipped += 1;
        }
    }
}
