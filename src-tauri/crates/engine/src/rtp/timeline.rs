//! Stage 3, place: 32-bit media time → 64-bit `SampleIndex`.
//!
//! One timeline follows one stream through everything a sender does: it elects who is listened to (RFC 3550 A.1),
//! unwraps timestamps over wraps and outages, and finds the place of a sender that came back with other numbers. A jump
//! is a value here, not an error. Time comes in with every packet; nothing is read, nothing allocated.

use audyn_model::{Anchor, Mono, Rate, SampleIndex, Tai, TimeBasis};

use crate::source::aes67::MediaClock;

mod discipline;
use discipline::Discipline;

/// When a packet arrived, on the clock that never steps and in TAI.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// For how long ago something was.
    pub mono: Mono,
    /// For what time it was.
    pub tai: Tai,
}

/// What the timeline needs of a packet.
#[derive(Clone, Copy, Debug)]
pub struct Head {
    /// Who sends.
    pub ssrc: u32,
    /// Sequence number.
    pub sequence: u16,
    /// Media time of the first sample.
    pub timestamp: u32,
    /// Samples per channel in the packet, at least 1.
    pub frames: u32,
}

/// Where a packet belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Its first sample has this position.
    At(SampleIndex),
    /// Keep it: the next ones will tell whether a stream begins here.
    Hold,
    /// A stream begins. Of those kept and this one, those that [`Timeline::belongs`] go to [`Timeline::index_of`].
    Adopted,
    /// It is the current sender's, and what was kept of another is to be dropped: both send at once.
    AtAlone(SampleIndex),
}

/// A sender that is silent for this long may be replaced by another at once, without losing a packet of the new one.
const HANDOVER_NS: i64 = 50_000_000;
/// A media clock that is this far from TAI counts from another epoch (or its host's clock is wrong).
const SANE_NS: i64 = 1_000_000_000;
/// Packets that must fit each other before a stream is believed (RFC 3550 A.1, MIN_SEQUENTIAL).
const MIN_SEQUENTIAL: u32 = 2;
/// Packets between two that may still belong to one stream (RFC 3550 A.1, MAX_DROPOUT).
const MAX_DROPOUT: i64 = 3000;

/// The timeline of one stream.
#[derive(Debug)]
pub struct Timeline {
    rate: Rate,
    clock: MediaClock,
    sender: Option<Sender>,
    /// Streams on trial: two, so that neither a stray packet nor a second sender keeps a true one out.
    candidates: [Option<Candidate>; 2],
    discipline: Discipline,
    restarts: u64,
}

#[derive(Clone, Copy, Debug)]
struct Sender {
    ssrc: u32,
    /// The packet furthest on so far.
    last: Head,
    index: SampleIndex,
    arrival: Mono,
}

#[derive(Clone, Copy, Debug)]
struct Candidate {
    first: Head,
    since: Arrival,
    last: Head,
    fitting: u32,
}

impl Timeline {
    /// The timeline of a stream nothing has come of yet.
    #[must_use]
    pub const fn new(rate: Rate, clock: MediaClock) -> Self {
        Self {
            rate,
            clock,
            sender: None,
            candidates: [None; 2],
            discipline: Discipline::new(rate),
            restarts: 0,
        }
    }

    /// Places a packet. `next` is the first position not yet given out: a stream found anew is never put before it.
    pub fn place(&mut self, head: &Head, arrival: Arrival, next: SampleIndex) -> Verdict {
        if let Some(sender) = self.sender
            && sender.ssrc == head.ssrc
            && let Some(index) = self.plausible(&sender, head, arrival)
        {
            self.follow(head, index, arrival);
            // A candidate with the same source id was a stray packet; one that has gone on beside the sender is another.
            let over = self
                .candidates
                .iter()
                .flatten()
                .any(|c| c.first.ssrc == head.ssrc || arrival.mono.0 - c.since.mono.0 > HANDOVER_NS);
            if over {
                self.candidates = [None; 2];
                return Verdict::AtAlone(index);
            }
            return Verdict::At(index);
        }
        let candidate = self.try_out(head, arrival);
        let silent = self.sender.is_none_or(|sender| {
            sender.ssrc == head.ssrc || arrival.mono.0 - sender.arrival.0 >= HANDOVER_NS
        });
        if candidate.fitting < MIN_SEQUENTIAL || !silent {
            return Verdict::Hold;
        }
        self.adopt(&candidate, arrival, next);
        Verdict::Adopted
    }

    /// Whether a packet that was kept is one of the stream now adopted.
    #[must_use]
    pub fn belongs(&self, head: &Head) -> bool {
        self.sender.as_ref().is_some_and(|s| s.ssrc == head.ssrc && in_step(&s.last, head))
    }

    /// The place of a timestamp in the current stream, near its newest packet.
    ///
    /// # Panics
    /// Before a stream was adopted.
    #[must_use]
    pub fn index_of(&self, timestamp: u32) -> SampleIndex {
        let sender = self.sender.as_ref().expect("asked only after an adoption");
        sender.index.plus(i64::from(timestamp.wrapping_sub(sender.last.timestamp).cast_signed()))
    }

    /// Where the stream would be now, had it gone on: the end of its newest packet, moved on by the time since.
    #[must_use]
    pub fn expected(&self, now: Mono) -> Option<SampleIndex> {
        let sender = self.sender.as_ref()?;
        let end = sender.index.plus(i64::from(sender.last.frames));
        Some(end.plus(self.samples(now.0 - sender.arrival.0)))
    }

    /// When the current sender was last heard.
    #[must_use]
    pub fn last_heard(&self) -> Option<Mono> {
        self.sender.as_ref().map(|sender| sender.arrival)
    }

    /// Ties positions to TAI, as well as is known now.
    #[must_use]
    pub const fn anchor(&self) -> Anchor {
        self.discipline.anchor()
    }

    /// Times a sender was found anew after the first.
    #[must_use]
    pub const fn restarts(&self) -> u64 {
        self.restarts
    }

    /// How much later packets arrive than their media time says, in nanoseconds: the smallest of the last second. With
    /// a media clock this is network delay plus the difference of the two clocks; beyond a second the epoch is wrong.
    #[must_use]
    pub const fn arrival_lag_ns(&self) -> Option<i64> {
        self.discipline.lag_ns()
    }

    /// The place of a packet of the current sender, unless it makes no sense.
    fn plausible(&self, sender: &Sender, head: &Head, arrival: Arrival) -> Option<SampleIndex> {
        // Unwrapped around where the stream should be by now, so that an outage may last up to half a wrap of 2³².
        let elapsed = self.samples(arrival.mono.0 - sender.arrival.0);
        let advance = head.timestamp.wrapping_sub(sender.last.timestamp);
        let drift = i64::from(advance.wrapping_sub(elapsed as u32).cast_signed());
        let index = sender.index.plus(elapsed + drift);
        let packets = ahead(sender.last.sequence, head.sequence);
        let steps = i64::from(advance.cast_signed());
        // In step with the sequence numbers: the stream itself says how much is missing, whatever the clocks do.
        if packets.abs() <= MAX_DROPOUT && steps == packets * i64::from(sender.last.frames) {
            return Some(sender.index.plus(steps));
        }
        let tolerance_ms = match self.discipline.anchor().basis {
            TimeBasis::MediaClock | TimeBasis::AssumedMediaClock => 500,
            TimeBasis::Arrival | TimeBasis::Device => 40,
        };
        let tolerance = self.rate.samples_in_ms(tolerance_ms) as i64 + elapsed / 1000;
        (drift.abs() <= tolerance).then_some(index)
    }

    /// Puts a packet to the candidate it fits, or makes it a new one in place of the less promising.
    fn try_out(&mut self, head: &Head, arrival: Arrival) -> Candidate {
        let fitting = self.candidates.iter().position(|c| c.is_some_and(|c| c.fits(head)));
        let promise = |c: &Option<Candidate>| c.map_or((0, 0), |c| (c.fitting, c.since.mono.0));
        let worse = usize::from(promise(&self.candidates[1]) < promise(&self.candidates[0]));
        let place = &mut self.candidates[fitting.unwrap_or(worse)];
        let mut candidate = match (fitting, *place) {
            (Some(_), Some(known)) => known,
            (None, _) | (Some(_), None) => {
                Candidate { first: *head, since: arrival, last: *head, fitting: 1 }
            }
        };
        if head.sequence != candidate.first.sequence && head.sequence != candidate.last.sequence {
            candidate.fitting += 1;
        }
        if ahead(candidate.last.sequence, head.sequence) > 0 {
            candidate.last = *head;
        }
        *place = Some(candidate);
        candidate
    }

    fn follow(&mut self, head: &Head, index: SampleIndex, arrival: Arrival) {
        let Some(sender) = &mut self.sender else { return };
        sender.arrival = sender.arrival.max(arrival.mono);
        if index > sender.index {
            sender.index = index;
            sender.last = *head;
        }
        self.discipline.note(index.plus(i64::from(head.frames)), arrival.tai);
    }

    fn adopt(&mut self, candidate: &Candidate, arrival: Arrival, next: SampleIndex) {
        let first = &candidate.first;
        let (index, basis) = self.find_place(first, candidate.since, next);
        let span = i64::from(candidate.last.timestamp.wrapping_sub(first.timestamp).cast_signed());
        self.restarts += u64::from(self.sender.is_some());
        self.discipline.begin(
            basis,
            index.plus(i64::from(first.frames)),
            candidate.since.tai,
            self.sender.is_none(),
        );
        self.sender = Some(Sender {
            ssrc: first.ssrc,
            last: candidate.last,
            index: index.plus(span),
            arrival: arrival.mono,
        });
        self.candidates = [None; 2];
    }

    /// The place of a new stream's first packet, and how it is known.
    fn find_place(&self, first: &Head, since: Arrival, next: SampleIndex) -> (SampleIndex, TimeBasis) {
        let frames = i64::from(first.frames);
        let (offset, basis) = match self.clock {
            MediaClock::Direct { offset } => (Some(offset), TimeBasis::MediaClock),
            MediaClock::Undeclared => (Some(0), TimeBasis::AssumedMediaClock),
            MediaClock::Free => (None, TimeBasis::Arrival),
        };
        let was = self.sender.is_some().then(|| self.discipline.anchor().basis);
        if let Some(offset) = offset {
            let now = Anchor::direct(self.rate, basis).index_at(since.tai);
            let wanted = first.timestamp.wrapping_sub(offset);
            let index = now.plus(i64::from(wanted.wrapping_sub(now.0 as u32).cast_signed()));
            let lag = now.since(index.plus(frames));
            // Once positions come from arrival times they go on so, unless nothing would be written twice.
            let fits = was != Some(TimeBasis::Arrival) || index >= next;
            if lag.abs() < self.samples(SANE_NS) && fits {
                return (index, basis);
            }
        }
        let Some(sender) = &self.sender else {
            let now = Anchor::direct(self.rate, TimeBasis::Arrival).index_at(since.tai);
            return (now.plus(-frames), TimeBasis::Arrival);
        };
        // Only the source id is new if the old count of timestamps still fits; otherwise the clock has to tell.
        let elapsed = self.samples(since.mono.0 - sender.arrival.0);
        let end = sender.index.plus(i64::from(sender.last.frames) + elapsed);
        let continued = self.index_of(first.timestamp);
        if continued.plus(frames).since(end).abs() <= self.rate.samples_in_ms(100) as i64 {
            return (continued, self.discipline.anchor().basis);
        }
        (end.plus(-frames).max(next), TimeBasis::Arrival)
    }

    fn samples(&self, ns: i64) -> i64 {
        (i128::from(ns) * i128::from(self.rate.hz()) / 1_000_000_000) as i64
    }
}

impl Candidate {
    /// Whether a packet continues this candidate: same sender, same count of timestamps per sequence number.
    fn fits(&self, head: &Head) -> bool {
        self.first.ssrc == head.ssrc && in_step(&self.first, head)
    }
}

/// Whether two packets of one sender are as far apart in media time as in sequence numbers.
const fn in_step(one: &Head, other: &Head) -> bool {
    let packets = ahead(one.sequence, other.sequence);
    let advance = other.timestamp.wrapping_sub(one.timestamp).cast_signed() as i64;
    packets.abs() <= MAX_DROPOUT && advance == packets * one.frames as i64
}

/// Packets from sequence number `from` on to `to`; negative if `to` is earlier.
const fn ahead(from: u16, to: u16) -> i64 {
    to.wrapping_sub(from).cast_signed() as i64
}

#[cfg(test)]
mod tests;
