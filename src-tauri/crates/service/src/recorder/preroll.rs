//! What passed by while nothing was recorded: the newest samples of a source, packed, so that a recording can begin in the
//! past with exactly those.
//!
//! It is also the queue of a recording that has begun in the past: what comes while the past is being written waits behind
//! it.
//!
//! **Full policy:** what is kept is bounded by a length and by the [`Memory`] that all sources of a process share; beyond
//! either, the oldest samples go. While a recording is catching up nothing may go: [`PreRoll::is_full`] then says that no
//! more is to be taken from the ring, whose own policy holds from there on.

mod memory;
mod packed;

use std::collections::VecDeque;
use std::sync::Arc;

use audyn_engine::rt;
use audyn_model::{Anchor, AudioFormat, Gap, SampleIndex};

use memory::Share;
pub use memory::{Limits, Memory};
use packed::Packed;

/// Chunks a second: what goes at a time.
const CHUNKS: u32 = 5;
/// Freed memory is given back to the system when it is this much.
const GIVE_BACK: u64 = 8 << 20;

/// The pre-roll of one source. Owned by its writer thread.
pub struct PreRoll {
    memory: Arc<Memory>,
    share: Option<Share>,
    pieces: VecDeque<Piece>,
    /// Holds at the first sample kept.
    anchor: Option<Anchor>,
    /// After the last sample that came, kept or not.
    end: Option<SampleIndex>,
    /// An emptied chunk, to be filled again.
    spare: Option<Packed>,
    /// Kept at least this long, whatever the station's length is.
    need_ms: u64,
    /// Freed since memory was given back last.
    freed: u64,
}

enum Piece {
    Frames(Packed),
    Gap(Gap),
    Anchor(Anchor),
}

/// What comes out, in the order of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Frames from here on; they are in the buffer that was given.
    Frames(SampleIndex),
    /// Samples that are missing.
    Gap(Gap),
    /// A better anchor for what follows.
    Anchor(Anchor),
}

impl PreRoll {
    /// Keeps nothing yet.
    pub fn new(memory: Arc<Memory>) -> Self {
        Self {
            memory,
            share: None,
            pieces: VecDeque::new(),
            anchor: None,
            end: None,
            spare: None,
            need_ms: 0,
            freed: 0,
        }
    }

    /// The source's format, and the anchor of its first sample. Comes once, first.
    pub fn start(&mut self, format: AudioFormat, anchor: Anchor) {
        self.share = Some(Share::new(&self.memory, &format));
        self.anchor = Some(anchor);
    }

    /// Keeps at least `ms` milliseconds, whatever the station's length is; the memory's bound goes before it.
    pub const fn need(&mut self, ms: u64) {
        self.need_ms = ms;
    }

    /// The anchor that holds at the first sample kept, or for the next one.
    pub const fn anchor(&self) -> Option<Anchor> {
        self.anchor
    }

    /// The anchor that holds for what comes next.
    pub fn newest_anchor(&self) -> Option<Anchor> {
        let newest = self.pieces.iter().rev().find_map(|piece| match piece {
            Piece::Anchor(anchor) => Some(*anchor),
            Piece::Frames(_) | Piece::Gap(_) => None,
        });
        newest.or(self.anchor)
    }

    /// After the last sample that came.
    pub const fn end(&self) -> Option<SampleIndex> {
        self.end
    }

    /// The first sample kept; none if there is none.
    pub fn first(&self) -> Option<SampleIndex> {
        self.pieces.iter().find_map(|piece| match piece {
            Piece::Frames(packed) => Some(packed.at()),
            Piece::Gap(gap) => Some(gap.at),
            Piece::Anchor(_) => None,
        })
    }

    /// Samples kept.
    pub fn kept(&self) -> u64 {
        match (self.first(), self.end) {
            (Some(first), Some(end)) => u64::try_from(end.since(first)).unwrap_or(0),
            (None, _) | (_, None) => 0,
        }
    }

    /// Nothing waits here: no samples, and nothing to be known about the next ones.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// No more may be taken in without letting something go.
    pub fn is_full(&self) -> bool {
        self.share.as_ref().is_some_and(|share| share.held() >= share.allowed())
    }

    /// Takes interleaved frames in.
    pub fn frames(&mut self, at: SampleIndex, samples: &[i32]) {
        let Some(share) = &mut self.share else { return };
        let channels = share.channels();
        self.end = Some(at.plus((samples.len() / channels) as i64));
        let (mut at, mut rest) = (at, samples);
        while !rest.is_empty() {
            let open = match self.pieces.back_mut() {
                Some(Piece::Frames(packed)) if packed.end() == at && packed.room() > 0 => packed,
                Some(_) | None => {
                    let chunk = self.spare.take().or_else(|| share.chunk());
                    let Some(mut chunk) = chunk else { return self.forget() };
                    chunk.begin(at);
                    self.pieces.push_back(Piece::Frames(chunk));
                    share.hold(size_of::<Piece>() as u64);
                    continue;
                }
            };
            let taken = open.push(rest);
            (at, rest) = (at.plus((taken / channels) as i64), &rest[taken..]);
        }
    }

    /// Takes a gap in.
    pub fn gap(&mut self, gap: Gap) {
        let Some(share) = &mut self.share else { return };
        self.end = Some(gap.end());
        if let Some(Piece::Gap(last)) = self.pieces.back_mut()
            && let Some(joined) = last.joined(&gap)
        {
            *last = joined;
            return;
        }
        // Where much is lost, chunks that are hardly filled must not take the memory of whole ones.
        if let Some(Piece::Frames(packed)) = self.pieces.back_mut() {
            share.release(packed.close());
        }
        share.hold(size_of::<Piece>() as u64);
        self.pieces.push_back(Piece::Gap(gap));
    }

    /// Takes a better anchor in.
    pub fn better_anchor(&mut self, anchor: Anchor) {
        let Some(share) = &mut self.share else { return };
        match self.pieces.back_mut() {
            None => self.anchor = Some(anchor),
            Some(Piece::Anchor(last)) => *last = anchor,
            Some(Piece::Frames(_) | Piece::Gap(_)) => {
                share.hold(size_of::<Piece>() as u64);
                self.pieces.push_back(Piece::Anchor(anchor));
            }
        }
    }

    /// Lets go what is older than what may be kept.
    pub fn trim(&mut self) {
        let Some(share) = &self.share else { return };
        let keep = share.keep(self.need_ms);
        let Some(end) = self.end else { return };
        let from = end.plus(-i64::try_from(keep).unwrap_or(i64::MAX));
        // What goes by length goes in whole chunks, so that the wished length is there.
        while let Some(piece) = self.pieces.front() {
            let over = self.share.as_ref().is_some_and(|share| share.held() > share.allowed());
            if !over && !piece.ends_by(from) {
                break;
            }
            self.drop_first();
        }
        // Gaps have joined to any length.
        if let Some(Piece::Gap(gap)) = self.pieces.front_mut()
            && let Some(rest) = gap.within(from, gap.end())
        {
            *gap = rest;
        }
        self.give_back();
    }

    /// Lets go what is before `at`.
    pub fn skip_to(&mut self, at: SampleIndex) {
        while self.pieces.front().is_some_and(|piece| piece.ends_by(at)) {
            self.drop_first();
        }
        match self.pieces.front_mut() {
            Some(Piece::Frames(packed)) => packed.skip_to(at),
            Some(Piece::Gap(gap)) => {
                if let Some(rest) = gap.within(at, gap.end()) {
                    *gap = rest;
                }
            }
            Some(Piece::Anchor(_)) | None => {}
        }
        self.give_back();
    }

    /// Lets everything go.
    pub fn clear(&mut self) {
        while !self.pieces.is_empty() {
            self.drop_first();
        }
        self.give_back();
    }

    /// The next piece, up to `until`; none if nothing before it is here. Frames are unpacked into `samples`.
    pub fn take(&mut self, until: SampleIndex, samples: &mut Vec<i32>) -> Option<Kept> {
        samples.clear();
        match self.pieces.front_mut()? {
            Piece::Anchor(anchor) => {
                let anchor = *anchor;
                self.drop_first();
                Some(Kept::Anchor(anchor))
            }
            Piece::Gap(gap) => {
                let whole = *gap;
                let now = whole.within(whole.at, until)?;
                match whole.within(now.end(), whole.end()) {
                    Some(rest) => *gap = rest,
                    None => self.drop_first(),
                }
                Some(Kept::Gap(now))
            }
            Piece::Frames(packed) => {
                let at = packed.at();
                if at >= until {
                    return None;
                }
                packed.take(until, samples);
                if packed.is_empty() {
                    self.drop_first();
                }
                Some(Kept::Frames(at))
            }
        }
    }

    /// Gives freed memory back to the system if it is worth it.
    pub fn give_back(&mut self) {
        if self.freed >= GIVE_BACK {
            self.freed = 0;
            rt::give_memory_back();
        }
    }

    fn drop_first(&mut self) {
        let Some(piece) = self.pieces.pop_front() else { return };
        let Some(share) = &mut self.share else { return };
        share.release(size_of::<Piece>() as u64);
        match piece {
            Piece::Anchor(anchor) => self.anchor = Some(anchor),
            Piece::Gap(_) => {}
            Piece::Frames(chunk) if self.spare.is_none() && chunk.is_whole() => self.spare = Some(chunk),
            Piece::Frames(chunk) => {
                self.freed += chunk.bytes();
                share.release(chunk.bytes());
            }
        }
    }

    /// The system has no memory for another chunk: what was kept goes, and keeping begins anew with the next frames.
    fn forget(&mut self) {
        tracing::warn!("there is no memory for the pre-roll; what was kept of it is given up");
        self.clear();
    }
}

impl Piece {
    /// Nothing of it is at `at` or later. An anchor holds for what follows it, so it goes with what is before.
    fn ends_by(&self, at: SampleIndex) -> bool {
        match self {
            Self::Frames(packed) => packed.end() <= at,
            Self::Gap(gap) => gap.end() <= at,
            Self::Anchor(_) => true,
        }
    }
}

#[cfg(test)]
mod tests;
