//! Stage 4, align: packets in any order, from one leg or two → contiguous frames and `Gap`s.
//!
//! What comes in order goes straight through. What comes early waits on the shelf until the hole before it is filled or
//! the window has passed; then the hole becomes a gap of exactly its length. Copies are dropped, late ones counted.
//!
//! **Full policy:** when the shelf is full, the first hole is given up early; if what comes belongs inside it, then only as
//! far as to there, and it goes straight through.

use std::collections::VecDeque;

use audyn_model::{Gap, GapCause, Mono, SampleIndex};

mod shelf;
pub use shelf::{Place as ShelfPlace, Shelf};

/// Where aligned audio goes.
pub trait Sink {
    /// `frames` frames of `payload`, after leaving out the first `skip`.
    fn frames(&mut self, payload: &[u8], skip: usize, frames: usize);
    /// `len` samples are missing.
    fn gap(&mut self, len: u64, cause: GapCause);
}

/// What became of a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It went out, with all that had waited for it.
    Through,
    /// It waits for earlier ones.
    Waiting,
    /// Its samples are there already.
    Duplicate,
    /// Its place was given up before; its samples are lost.
    Late,
}

/// Gaps remembered to tell a late packet from a copy.
const REMEMBERED: usize = 64;

/// The reorder window of one stream.
#[derive(Debug)]
pub struct Align {
    next: SampleIndex,
    frame_bytes: usize,
    window_frames: i64,
    window_ns: i64,
    /// Packets ahead of `next`, in order of position.
    waiting: VecDeque<Waiting>,
    shelf: Shelf,
    /// Recent gaps, newest last.
    gaps: VecDeque<Gap>,
    /// Why the next gap is one, if not for loss.
    cause: Option<GapCause>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    at: SampleIndex,
    frames: i64,
    since: Mono,
    place: shelf::Place,
}

impl Align {
    /// A window that begins at `next`. `frame_bytes` is the length of one frame on the wire; `packets` bounds how many
    /// packets can wait.
    #[must_use]
    pub fn new(
        next: SampleIndex,
        frame_bytes: usize,
        window_frames: u64,
        window_ns: i64,
        packets: usize,
    ) -> Self {
        Self {
            next,
            frame_bytes,
            window_frames: window_frames as i64,
            window_ns,
            waiting: VecDeque::with_capacity(packets.max(1)),
            shelf: Shelf::new(packets.max(1)),
            gaps: VecDeque::with_capacity(REMEMBERED),
            cause: None,
        }
    }

    /// The first position not given out yet.
    #[must_use]
    pub const fn next(&self) -> SampleIndex {
        self.next
    }

    /// Packets that wait for earlier ones.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Moves the window to where a new stream begins. Nothing may be waiting.
    pub fn begin(&mut self, at: SampleIndex, frame_bytes: usize) {
        debug_assert!(self.waiting.is_empty());
        self.next = at;
        self.frame_bytes = frame_bytes;
    }

    /// Says why the next gap is one.
    pub const fn expect_gap(&mut self, cause: GapCause) {
        self.cause = Some(cause);
    }

    /// Takes a packet whose first sample is `at`.
    pub fn offer(&mut self, at: SampleIndex, payload: &[u8], now: Mono, sink: &mut impl Sink) -> Placed {
        let frames = (payload.len() / self.frame_bytes) as i64;
        let end = at.plus(frames);
        if end <= self.next {
            return if self.was_given_up(at, end) { Placed::Late } else { Placed::Duplicate };
        }
        if at > self.next {
            return self.put_by(Waiting { at, frames, since: now, place: shelf::Place::NONE }, payload, sink);
        }
        self.through(at, end, payload, sink);
        self.cause = None;
        self.take_down(sink);
        Placed::Through
    }

    /// Time has passed: gives up holes whose packets behind have waited for the whole window.
    pub fn tick(&mut self, now: Mono, sink: &mut impl Sink) {
        while let Some(first) = self.waiting.front()
            && now.0 - first.since.0 > self.window_ns
        {
            self.give_up_hole(SampleIndex(i64::MAX), sink);
        }
    }

    /// Nothing is coming: everything up to `to` that is not there is a gap.
    pub fn advance(&mut self, to: SampleIndex, cause: GapCause, sink: &mut impl Sink) {
        while !self.waiting.is_empty() {
            self.give_up_hole(SampleIndex(i64::MAX), sink);
        }
        self.gap_until(to, cause, sink);
    }

    fn through(&mut self, at: SampleIndex, end: SampleIndex, payload: &[u8], sink: &mut impl Sink) {
        let skip = self.next.since(at) as usize;
        sink.frames(payload, skip, end.since(self.next) as usize);
        self.next = end;
    }

    fn put_by(&mut self, mut packet: Waiting, payload: &[u8], sink: &mut impl Sink) -> Placed {
        let position = self.waiting.partition_point(|w| w.at < packet.at);
        if self.waiting.get(position).is_some_and(|w| w.at == packet.at) {
            return Placed::Duplicate;
        }
        if self.waiting.len() == self.waiting.capacity() || self.shelf.is_full() {
            self.give_up_hole(packet.at, sink);
            return self.offer(packet.at, payload, packet.since, sink);
        }
        packet.place = self.shelf.put(payload);
        self.waiting.insert(position, packet);
        // Media time alone closes a hole too: what is this far behind the newest has had its chance.
        while let Some((first, newest)) = self.waiting.front().zip(self.waiting.back())
            && newest.at.plus(newest.frames).since(self.next) > self.window_frames + first.frames
        {
            self.give_up_hole(SampleIndex(i64::MAX), sink);
        }
        Placed::Waiting
    }

    /// What is missing before the first packet that waits becomes a gap, but not beyond `most`.
    fn give_up_hole(&mut self, most: SampleIndex, sink: &mut impl Sink) {
        let Some(first) = self.waiting.front() else { return };
        let to = first.at.min(most);
        let cause = self.cause.take().unwrap_or(GapCause::Loss);
        self.gap_until(to, cause, sink);
        self.take_down(sink);
    }

    fn gap_until(&mut self, to: SampleIndex, cause: GapCause, sink: &mut impl Sink) {
        let Ok(len @ 1..) = u64::try_from(to.since(self.next)) else { return };
        let gap = Gap { at: self.next, len, cause };
        match self.gaps.back().and_then(|last| last.joined(&gap)) {
            Some(joined) => {
                self.gaps.pop_back();
                self.gaps.push_back(joined);
            }
            None => {
                if self.gaps.len() == REMEMBERED {
                    self.gaps.pop_front();
                }
                self.gaps.push_back(gap);
            }
        }
        sink.gap(len, cause);
        self.next = to;
    }

    /// Lets out what has waited and is due.
    fn take_down(&mut self, sink: &mut impl Sink) {
        while let Some(packet) = self.waiting.front().copied()
            && packet.at <= self.next
        {
            self.waiting.pop_front();
            let end = packet.at.plus(packet.frames);
            if end > self.next {
                let skip = self.next.since(packet.at) as usize;
                sink.frames(self.shelf.payload(packet.place), skip, end.since(self.next) as usize);
                self.next = end;
            }
            self.shelf.take(packet.place);
        }
    }

    fn was_given_up(&self, at: SampleIndex, end: SampleIndex) -> bool {
        self.gaps.iter().rev().any(|gap| gap.within(at, end).is_some())
    }
}

#[cfg(test)]
mod tests;
