//! What packet *n* of a stream carries and when it is due: pure functions of the plan and the start.

use audyn_model::{Anchor, Mono, SampleIndex, Tai, TimeBasis};

use super::plan::{Incident, Plan, TimestampBase};
use super::random::Random;

/// When packets are due. Packet *n* carries the samples from `first + n · samples_per_packet` and leaves when the last of
/// them has been: a real device cannot send what it has not yet heard.
#[derive(Clone, Copy, Debug)]
pub struct Schedule {
    /// Media position of the first packet: a whole number of packets since the TAI epoch, so that two senders that are
    /// started at different times cut the same packets.
    pub first: SampleIndex,
    anchor: Anchor,
    samples_per_packet: i64,
    tai: Tai,
    mono: Mono,
}

/// What stands in one packet's header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Sequence number.
    pub sequence: u16,
    /// RTP timestamp of the first sample.
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

/// A stretch of packets with one identity.
#[derive(Clone, Copy, Debug)]
struct Epoch {
    from: u64,
    ssrc: u32,
    sequence_base: u16,
    timestamp_base: u32,
    jumped: i64,
}

/// All that a stream will ever put into its headers.
#[derive(Clone, Debug)]
pub struct Script {
    epochs: Vec<Epoch>,
    first: SampleIndex,
    samples_per_packet: i64,
}

impl Schedule {
    /// The schedule of a plan that is started at an instant, given on both clocks. The first packet is due within 10 ms
    /// and two packet times.
    #[must_use]
    pub fn new(plan: &Plan, tai: Tai, mono: Mono) -> Self {
        let anchor = Anchor::direct(plan.rate, TimeBasis::MediaClock);
        let samples_per_packet = i64::from(plan.samples_per_packet);
        let soon = anchor.index_at(tai.plus(10_000_000)).0;
        let first =
            SampleIndex((soon + samples_per_packet - 1).div_euclid(samples_per_packet) * samples_per_packet);
        Self { first, anchor, samples_per_packet, tai, mono }
    }

    /// When a packet is due.
    #[must_use]
    pub fn due(&self, packet: u64) -> Mono {
        let next = i64::try_from(packet).unwrap_or(i64::MAX).saturating_add(1);
        let end = self.first.plus(next.saturating_mul(self.samples_per_packet));
        Mono(self.mono.0.saturating_add(self.anchor.tai_at(end).since(self.tai)))
    }

    /// The first packet that is not due before an instant.
    #[must_use]
    pub fn packet_due_at(&self, at: Mono) -> u64 {
        let position = self.anchor.index_at(Tai(self.tai.0 + (at.0 - self.mono.0)));
        let samples = position.since(self.first) - self.samples_per_packet;
        let packets = -(-samples).div_euclid(self.samples_per_packet);
        u64::try_from(packets).unwrap_or(0)
    }
}

impl Script {
    /// The script of one stream.
    #[must_use]
    pub fn new(plan: &Plan, schedule: &Schedule, stream: u16) -> Self {
        let mut random = Random::new(plan.seed, u64::from(stream) << 8);
        let drawn = random.next_u32();
        let number = schedule.first.0.div_euclid(i64::from(plan.samples_per_packet));
        let counted = number as u16;
        let mut now = Epoch {
            from: 0,
            ssrc: plan.ssrc.map_or(drawn, |ssrc| ssrc.wrapping_add(stream.into())),
            sequence_base: plan.first_sequence.unwrap_or(counted),
            timestamp_base: match plan.timestamp {
                TimestampBase::Direct(offset) => offset,
                TimestampBase::Random => random.next_u32(),
            },
            jumped: 0,
        };
        let mut epochs = vec![now];
        let mut changes = plan.incidents.changes.clone();
        changes.sort_by_key(|(at, _)| *at);
        for (at, incident) in changes {
            now.from = plan.packets_in(at);
            match incident {
                Incident::NewSsrc => now.ssrc = random.next_u32(),
                Incident::Jump(samples) => now.jumped += samples,
                Incident::Restart => {
                    now.ssrc = random.next_u32();
                    now.sequence_base = random.next_u16();
                    if plan.timestamp == TimestampBase::Random {
                        now.timestamp_base = random.next_u32();
                    }
                }
            }
            epochs.push(now);
        }
        Self { epochs, first: schedule.first, samples_per_packet: plan.samples_per_packet.into() }
    }

    /// The header of a packet.
    #[must_use]
    pub fn header(&self, packet: u64) -> Header {
        let epoch = self.epoch(packet);
        Header {
            sequence: epoch.sequence_base.wrapping_add(packet as u16),
            timestamp: (self.position(packet).0 as u32).wrapping_add(epoch.timestamp_base),
            ssrc: epoch.ssrc,
        }
    }

    /// The media position of a packet's first sample, jumps included.
    #[must_use]
    pub fn position(&self, packet: u64) -> SampleIndex {
        let packets = i64::try_from(packet).unwrap_or(i64::MAX);
        self.first.plus(packets.saturating_mul(self.samples_per_packet)).plus(self.epoch(packet).jumped)
    }

    /// Of several changes in one packet the last counts, which holds the earlier ones.
    fn epoch(&self, packet: u64) -> &Epoch {
        let after = self.epochs.partition_point(|e| e.from <= packet);
        &self.epochs[after.saturating_sub(1)]
    }
}

/// The packets for which a plan's outages keep the sender silent.
#[must_use]
pub fn is_outage(plan: &Plan, packet: u64) -> bool {
    plan.incidents.outages.iter().any(|(at, length)| {
        let from = plan.packets_in(*at);
        packet >= from && packet < from.saturating_add(plan.packets_in(*length))
    })
}
