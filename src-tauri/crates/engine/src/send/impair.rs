//! What the network does to a packet, on request: a pure function of the rules, the packet's number and a seeded
//! generator.

use super::random::Random;

/// Rules for all packets. The default leaves every packet alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impairments {
    /// Packets lost at random, in parts per million; each leg loses its own.
    pub loss_ppm: u32,
    /// Loss of leg A and B in place of `loss_ppm`, in parts per million.
    pub leg_loss_ppm: [Option<u32>; 2],
    /// The last `length` of every `every` packets are lost, on all legs.
    pub burst: Option<Burst>,
    /// Every so many packets one is lost, on leg A and leg B by turns; 0 is never.
    pub alternate_loss: u64,
    /// Packets held back, in parts per million …
    pub reorder_ppm: u32,
    /// … until so many later ones have passed.
    pub reorder_depth: u16,
    /// Packets sent twice, in parts per million.
    pub duplicate_ppm: u32,
    /// Every packet is late by this many nanoseconds …
    pub delay_ns: u64,
    /// … and by up to this many more, without overtaking.
    pub jitter_ns: u64,
    /// Leg B is late by this many nanoseconds.
    pub leg_skew_ns: u64,
    /// Malformed packets sent beside the others, in parts per million.
    pub garbage_ppm: u32,
    /// A second sender with another SSRC is on the same group at once.
    pub other_ssrc: bool,
}

/// Loss in stretches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// Packets lost together, at least 1.
    pub length: u64,
    /// The stretch's period in packets, more than `length`.
    pub every: u64,
}

/// One datagram that leaves because of a packet, or one that does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action {
    /// 0 is A, 1 is B.
    pub leg: usize,
    /// What leaves.
    pub what: What,
    /// How late, in nanoseconds.
    pub delay_ns: u64,
}

/// What leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The packet itself, in its place among the others.
    Packet,
    /// The packet itself, held back behind later ones.
    Late,
    /// The packet once more.
    Duplicate,
    /// Nothing: the packet is lost.
    Lost,
    /// A malformed packet.
    Garbage(Garbage),
    /// A packet of another sender.
    Other,
}

/// How a packet is malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Garbage {
    /// No bytes at all.
    Empty,
    /// Less than a header.
    Short,
    /// RTP version 1.
    Version,
    /// More padding than there is payload.
    Padding,
    /// A list of contributing sources that ends beyond the packet.
    Sources,
    /// A header extension that ends beyond the packet.
    Extension,
    /// A payload that is not a whole number of samples.
    Cut,
}

impl Garbage {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Empty, Self::Short, Self::Version, Self::Padding, Self::Sources, Self::Extension, Self::Cut];
}

impl Impairments {
    /// Nothing happens to any packet.
    #[must_use]
    pub fn are_none(&self) -> bool {
        *self == Self { reorder_depth: self.reorder_depth, ..Self::default() }
    }
}

/// What becomes of packet `number` on `legs` legs, where a packet lasts `packet_ns`. Appends to `actions`.
pub fn impair(
    rules: &Impairments,
    number: u64,
    packet_ns: u64,
    legs: usize,
    random: &mut Random,
    actions: &mut Vec<Action>,
) {
    for leg in 0..legs {
        let skew = if leg == 1 { rules.leg_skew_ns } else { 0 };
        let delay_ns = rules.delay_ns + skew + random.below(rules.jitter_ns);
        if is_lost(rules, number, leg, random) {
            actions.push(Action { leg, what: What::Lost, delay_ns: 0 });
        } else if random.chance(rules.reorder_ppm) {
            // Half a packet more than the packets it waits for, so that it falls between two.
            let behind = u64::from(rules.reorder_depth.max(1)) * packet_ns + packet_ns / 2;
            actions.push(Action { leg, what: What::Late, delay_ns: delay_ns + behind });
        } else {
            actions.push(Action { leg, what: What::Packet, delay_ns });
            if random.chance(rules.duplicate_ppm) {
                actions.push(Action { leg, what: What::Duplicate, delay_ns });
            }
        }
        if random.chance(rules.garbage_ppm) {
            let kind = Garbage::ALL[random.below(Garbage::ALL.len() as u64) as usize];
            actions.push(Action { leg, what: What::Garbage(kind), delay_ns });
        }
        if rules.other_ssrc {
            actions.push(Action { leg, what: What::Other, delay_ns });
        }
    }
}

fn is_lost(rules: &Impairments, number: u64, leg: usize, random: &mut Random) -> bool {
    let own = rules.leg_loss_ppm.get(leg).copied().flatten();
    let at_random = random.chance(own.unwrap_or(rules.loss_ppm));
    let in_burst = rules.burst.is_some_and(|b| number % b.every >= b.every - b.length);
    let by_turns = rules.alternate_loss > 0
        && number.is_multiple_of(rules.alternate_loss)
        && (number / rules.alternate_loss) % 2 == leg as u64;
    at_random || in_burst || by_turns
}
