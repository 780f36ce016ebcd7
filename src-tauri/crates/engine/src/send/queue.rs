//! Datagrams that wait for their time, because of what the network is to do to them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use audyn_model::Mono;

use super::impair::{Action, What, impair};
use super::packet::spoil;
use super::plan::Plan;
use super::random::Random;
use super::summary::LegSummary;

/// What a waiting datagram counts as.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Packet,
    Late,
    Duplicate,
    Garbage,
    Other,
}

/// A datagram that waits for its time.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiting {
    pub due: Mono,
    /// First come, first sent.
    order: u64,
    pub stream: usize,
    pub sort: Sort,
    pub bytes: Vec<u8>,
}

/// Datagrams by their time, for each leg. Grows with the longest delay; nothing else puts datagrams in.
pub(super) struct Queue {
    legs: Vec<BinaryHeap<Reverse<Waiting>>>,
    /// By stream, then by leg: nothing in order is due before this.
    last: Vec<Vec<Mono>>,
    random: Vec<Random>,
    order: u64,
    actions: Vec<Action>,
}

impl Queue {
    pub fn new(plan: &Plan) -> Self {
        let legs = plan.legs.len();
        Self {
            legs: (0..legs).map(|_| BinaryHeap::new()).collect(),
            last: vec![vec![Mono(i64::MIN); legs]; plan.count.into()],
            random: (0..plan.count)
                .map(|stream| Random::new(plan.seed, u64::from(stream) << 8 | 1))
                .collect(),
            order: 0,
            actions: Vec::new(),
        }
    }

    /// When the next datagram of any leg is due.
    pub fn first_due(&self) -> Option<Mono> {
        self.legs.iter().filter_map(|leg| leg.peek()).map(|Reverse(waiting)| waiting.due).min()
    }

    /// The next datagram of a leg that is due by now.
    pub fn take(&mut self, leg: usize, now: Mono) -> Option<Waiting> {
        let due = self.legs[leg].peek().is_some_and(|Reverse(waiting)| waiting.due <= now);
        if due { self.legs[leg].pop().map(|Reverse(waiting)| waiting) } else { None }
    }

    /// Decides a packet's fate and puts what will leave into the queue.
    #[expect(clippy::too_many_arguments, reason = "a packet and all that its fate depends on")]
    pub fn put(
        &mut self,
        plan: &Plan,
        number: u64,
        tick: Mono,
        stream: usize,
        datagram: &[u8],
        foreign: impl Fn() -> Vec<u8>,
        counts: &mut [LegSummary],
    ) {
        let packet_ns = plan.rate.ns_of(plan.samples_per_packet.into());
        let legs = plan.legs.len();
        self.actions.clear();
        impair(&plan.impairments, number, packet_ns, legs, &mut self.random[stream], &mut self.actions);
        for Action { leg, what, delay_ns } in &self.actions {
            let mut due = Mono(tick.0 + i64::try_from(*delay_ns).unwrap_or(i64::MAX / 2));
            if *what != What::Late {
                due = due.max(self.last[stream][*leg]);
                self.last[stream][*leg] = due;
            }
            let (sort, bytes) = match what {
                What::Lost => {
                    counts[*leg].lost += 1;
                    continue;
                }
                What::Packet => (Sort::Packet, datagram.to_vec()),
                What::Late => (Sort::Late, datagram.to_vec()),
                What::Duplicate => (Sort::Duplicate, datagram.to_vec()),
                What::Garbage(kind) => (Sort::Garbage, spoil(*kind, datagram)),
                What::Other => (Sort::Other, foreign()),
            };
            self.order += 1;
            self.legs[*leg].push(Reverse(Waiting { due, order: self.order, stream, sort, bytes }));
        }
    }
}
