//! Any offers, ticks and advances, in any order, give a contiguous timeline: every position once, with the samples that
//! belong there, or as part of a gap; and nothing that was accepted is ever in a gap.

#![no_main]

use std::collections::BTreeSet;

use audyn_engine::align::{Align, Placed, Sink};
use audyn_model::{GapCause, Mono, SampleIndex};
use libfuzzer_sys::fuzz_target;

/// A frame on the wire is two bytes that tell its position.
const FRAME_BYTES: usize = 2;

struct Tape {
    next: i64,
    /// Packets that can wait.
    places: usize,
    /// Positions accepted and not yet given out.
    accepted: BTreeSet<i64>,
}

impl Sink for Tape {
    fn frames(&mut self, payload: &[u8], skip: usize, frames: usize) {
        assert!(frames > 0 && payload.len() == (skip + frames) * FRAME_BYTES);
        for frame in payload[skip * FRAME_BYTES..].chunks_exact(FRAME_BYTES) {
            assert_eq!(frame, (self.next as u16).to_be_bytes(), "at {}", self.next);
            self.accepted.remove(&self.next);
            self.next += 1;
        }
    }

    fn gap(&mut self, len: u64, _cause: GapCause) {
        assert!(len > 0);
        let end = self.next + len as i64;
        let swallowed = self.accepted.range(self.next..end).next();
        assert_eq!(swallowed, None, "was accepted and became a gap");
        self.next = end;
    }
}

fuzz_target!(|bytes: &[u8]| {
    let [a, b, c, d, operations @ ..] = bytes else { return };
    let begin = i64::from(u16::from_be_bytes([*a, *b])) * 65_521;
    let window_frames = 1 + u64::from(*c) * 4;
    let packets = 1 + usize::from(*d % 64);
    let mut align = Align::new(SampleIndex(begin), FRAME_BYTES, window_frames, 10_000_000, packets);
    let mut tape = Tape { next: begin, places: packets, accepted: BTreeSet::new() };
    let mut now = Mono(0);
    for operation in operations.as_chunks::<4>().0 {
        let [what, x, y, z] = *operation;
        match what % 8 {
            0..=4 => offer(&mut align, &mut tape, [x, y, z], now),
            5 => {
                now.0 += i64::from(u16::from_be_bytes([x, y])) * 1_000;
                align.tick(now, &mut tape);
            }
            6 => {
                let to = align.next().plus(i64::from(i16::from_be_bytes([x, y])));
                align.advance(to, GapCause::Outage, &mut tape);
                assert_eq!(align.waiting(), 0);
            }
            _ => align.expect_gap(GapCause::Restart),
        }
        assert_eq!(align.next().0, tape.next, "the sink knows of everything");
        assert!(align.waiting() <= packets, "the window is bounded");
    }
    let next = align.next();
    align.advance(next, GapCause::Loss, &mut tape);
    assert_eq!(align.waiting(), 0);
    assert_eq!(tape.accepted.first(), None, "was accepted and never came out");
});

/// A packet of 1 to 256 frames, up to 512 behind the next position or up to 3583 before it.
fn offer(align: &mut Align, tape: &mut Tape, [x, y, z]: [u8; 3], now: Mono) {
    let frames = i64::from(z) + 1;
    let from_next = i64::from(u16::from_be_bytes([x, y]) % 4096) - 512;
    let at = align.next().0 + from_next;
    let payload: Vec<u8> = (at..at + frames).flat_map(|position| (position as u16).to_be_bytes()).collect();
    let positions = at.max(align.next().0)..at + frames;
    // A full window gives up its first hole for the packet in hand, and with it what that packet has of the hole.
    let is_full = align.waiting() >= tape.places;
    // Whoever is accepted may come out within this call: it has to be known before.
    let due: Vec<i64> = positions.clone().filter(|n| !is_full && tape.accepted.insert(*n)).collect();
    match align.offer(SampleIndex(at), &payload, now, tape) {
        Placed::Through => {}
        Placed::Waiting => tape.accepted.extend(positions.filter(|n| *n >= tape.next)),
        Placed::Duplicate | Placed::Late => due.iter().for_each(|n| _ = tape.accepted.remove(n)),
    }
}
