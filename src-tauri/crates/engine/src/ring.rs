//! Stage 6, hand over: from the real-time side to one writer, without a lock, an allocation or a wait.
//!
//! Audio travels in blocks from a fixed pool. The writer gives emptied blocks back and the real-time side takes the
//! one returned last, so in the steady state a few blocks are touched over and over, and the memory that absorbs a
//! stall stays untouched until there is one.
//!
//! **Full policy:** when every block is out, the newest frames are dropped and counted; when a block comes back, a
//! `Gap(Overrun)` of exactly their number goes ahead of it. Other gaps that come meanwhile keep their own cause and length;
//! up to 64 wait for a place, and beyond that what comes is added to the last, as an overrun.

#![allow(unsafe_code)]

use std::collections::VecDeque;

use audyn_model::{Anchor, AudioFormat, Gap, GapCause, SampleIndex};
use rtrb::{Consumer, Producer, RingBuffer};

mod slab;
pub use slab::Block;

/// What the writer finds in the ring, in the order of the timeline.
#[derive(Debug)]
pub enum Item {
    /// The source's format and its first position. Comes once, first.
    Start {
        /// Format of all frames that follow.
        format: AudioFormat,
        /// Ties positions to TAI until the next `Anchor`.
        anchor: Anchor,
    },
    /// Frames from `at` on, interleaved. Give the block back when done.
    Frames {
        /// Position of the first frame.
        at: SampleIndex,
        /// The samples.
        block: Block,
    },
    /// Samples that are missing. The writer puts as many silent ones.
    Gap(Gap),
    /// A better anchor for what follows.
    Anchor(Anchor),
}

/// The real-time end.
pub struct FrameWriter {
    items: Producer<Item>,
    returned: Consumer<Block>,
    free: Vec<Block>,
    open: Option<(SampleIndex, Block)>,
    channels: usize,
    next: SampleIndex,
    /// Gaps not yet told, in order and touching; the last ends at `next`. Never grows beyond [`WAITING`].
    waiting: VecDeque<Gap>,
    anchor: Option<Anchor>,
    /// Where frames go that are measured and dropped.
    scratch: Box<[i32]>,
    overrun_frames: u64,
}

/// The writer's end.
pub struct FrameReader {
    items: Consumer<Item>,
    returned: Producer<Block>,
}

/// Gaps of different causes that may wait for a place in the ring.
const WAITING: usize = 64;

/// Frames one block holds: 20 ms.
fn block_frames(format: &AudioFormat) -> usize {
    format.rate.samples_in_ms(20).max(1) as usize
}

/// Makes a ring that holds `ms` milliseconds of audio in `format`. Allocates; its two ends do not.
#[must_use]
pub fn frame_ring(format: &AudioFormat, ms: u64) -> (FrameWriter, FrameReader) {
    let channels = usize::from(format.channels);
    let frames = block_frames(format);
    // Beyond what was asked for, one block is being filled and one may be with the writer.
    let blocks = (format.rate.samples_in_ms(ms) as usize).div_ceil(frames) + 2;
    // Between two blocks there may be a gap and an anchor.
    let (items, taken) = RingBuffer::new(3 * blocks + 8);
    let (returning, returned) = RingBuffer::new(blocks);
    let writer = FrameWriter {
        items,
        returned,
        free: slab::blocks(blocks, frames * channels),
        open: None,
        channels,
        next: SampleIndex(0),
        waiting: VecDeque::with_capacity(WAITING),
        anchor: None,
        scratch: vec![0; frames * channels].into_boxed_slice(),
        overrun_frames: 0,
    };
    (writer, FrameReader { items: taken, returned: returning })
}

impl FrameWriter {
    /// Begins the timeline at `at`. Called once, before anything else.
    pub fn start(&mut self, at: SampleIndex, format: AudioFormat, anchor: Anchor) {
        self.next = at;
        let pushed = self.items.push(Item::Start { format, anchor });
        debug_assert!(pushed.is_ok(), "a new ring is empty");
    }

    /// The position of the next frame.
    #[must_use]
    pub const fn next(&self) -> SampleIndex {
        self.next
    }

    /// Frames dropped so far because the ring was full.
    #[must_use]
    pub const fn overrun_frames(&self) -> u64 {
        self.overrun_frames
    }

    /// Frames that [`Self::fill`] takes at once: what is left of the open block, or a whole one.
    #[must_use]
    pub fn fits(&self) -> usize {
        match &self.open {
            Some((_, block)) if block.room() > 0 => block.room() / self.channels,
            Some(_) | None => self.scratch.len() / self.channels,
        }
    }

    /// Lets `write` put `frames` frames at the next position, and returns what it returned. The frames are dropped and
    /// counted if no block is free; `write` runs all the same, so that what it measures does not depend on the writer.
    pub fn fill<R>(&mut self, frames: usize, write: impl FnOnce(&mut [i32]) -> R) -> R {
        let samples = frames * self.channels;
        if !self.has_room_for(samples) {
            self.drop_frames(self.next, frames as u64);
            self.next = self.next.plus(frames as i64);
            return write(&mut self.scratch[..samples]);
        }
        let next = self.next;
        let (_, block) = self.open.as_mut().expect("has_room_for opened a block");
        let result = write(block.spare(samples));
        block.keep(samples);
        self.next = next.plus(frames as i64);
        result
    }

    /// Notes that the `len` samples from the next position on are missing.
    pub fn gap(&mut self, len: u64, cause: GapCause) {
        self.hand_over();
        let gap = Gap { at: self.next, len, cause };
        self.next = gap.end();
        self.wait(gap);
        self.settle();
    }

    /// Tells the writer of a better anchor. Only the newest is kept while the ring is full.
    pub fn anchor(&mut self, anchor: Anchor) {
        self.anchor = Some(anchor);
    }

    /// Hands the open block over although it is not full, if its first frame is `frames` or more behind the next.
    pub fn flush(&mut self, frames: u64) {
        if self.open.as_ref().is_some_and(|(at, _)| self.next.since(*at) >= frames as i64) {
            self.hand_over();
        }
        self.settle();
    }

    fn has_room_for(&mut self, samples: usize) -> bool {
        if let Some((_, block)) = &self.open {
            if block.room() >= samples {
                return true;
            }
            self.hand_over();
        }
        while let Ok(mut block) = self.returned.pop() {
            block.clear();
            self.free.push(block);
        }
        self.settle();
        if !self.waiting.is_empty() || self.items.slots() < 2 {
            return false;
        }
        match self.free.pop() {
            Some(block) if block.room() >= samples => {
                self.open = Some((self.next, block));
                true
            }
            Some(block) => {
                self.free.push(block);
                false
            }
            None => false,
        }
    }

    fn hand_over(&mut self) {
        let Some((at, block)) = self.open.take() else { return };
        if let Err(rtrb::PushError::Full(Item::Frames { mut block, .. })) =
            self.items.push(Item::Frames { at, block })
        {
            // `has_room_for` keeps a place, so this does not happen; if it did, the frames would be counted.
            let frames = (block.samples().len() / self.channels) as u64;
            block.clear();
            self.free.push(block);
            self.drop_frames(at, frames);
        }
    }

    /// Counts frames that found no room.
    fn drop_frames(&mut self, at: SampleIndex, frames: u64) {
        self.overrun_frames += frames;
        self.wait(Gap { at, len: frames, cause: GapCause::Overrun });
    }

    /// Lets a gap wait for a place, behind those that do already.
    fn wait(&mut self, gap: Gap) {
        let room = self.waiting.len() < WAITING;
        match self.waiting.back_mut() {
            Some(last) if last.cause == gap.cause => last.len += gap.len,
            // What cannot be told apart any more is lost together.
            Some(last) if !room => *last = Gap { len: last.len + gap.len, cause: GapCause::Overrun, ..*last },
            Some(_) | None => self.waiting.push_back(gap),
        }
    }

    /// Puts what waits for a place into the ring: gaps in their order, then an anchor.
    fn settle(&mut self) {
        while let Some(gap) = self.waiting.front() {
            // An overrun that may go on becomes a gap only once there is a block again, so that a long stall makes one
            // gap, not many.
            let goes_on = gap.cause == GapCause::Overrun && self.waiting.len() == 1 && self.free.is_empty();
            if goes_on || self.items.slots() < 2 || self.items.push(Item::Gap(*gap)).is_err() {
                break;
            }
            self.waiting.pop_front();
        }
        if let Some(anchor) = self.anchor
            && self.open.is_none()
            && self.items.slots() > 1
            && self.items.push(Item::Anchor(anchor)).is_ok()
        {
            self.anchor = None;
        }
    }
}

impl FrameReader {
    /// The next item, if there is one.
    pub fn take(&mut self) -> Option<Item> {
        self.items.pop().ok()
    }

    /// Gives an emptied block back.
    pub fn give_back(&mut self, block: Block) {
        // There is a place for every block that exists; a block of another ring would simply be freed.
        let _ = self.returned.push(block);
    }

    /// Whether the real-time end is gone and nothing more will come.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.items.is_abandoned() && self.items.is_empty()
    }
}

#[cfg(test)]
mod tests;
