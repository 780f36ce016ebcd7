use proptest::prelude::*;
use proptest::sample::Index;

use super::*;

/// Frames of one byte per frame whose value is the low byte of their position.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tape {
    from: i64,
    /// Sample or missing.
    samples: Vec<Option<u8>>,
    gaps: Vec<(i64, u64, GapCause)>,
}

impl Sink for Tape {
    fn frames(&mut self, payload: &[u8], skip: usize, frames: usize) {
        assert_eq!(payload.len(), skip + frames);
        self.samples.extend(payload[skip..].iter().copied().map(Some));
    }

    fn gap(&mut self, len: u64, cause: GapCause) {
        self.gaps.push((self.from + self.samples.len() as i64, len, cause));
        self.samples.extend(std::iter::repeat_n(None, len as usize));
    }
}

const FRAMES: i64 = 4;
const WINDOW: i64 = 40;
const MS: i64 = 1_000_000;

fn payload(at: i64, frames: i64) -> Vec<u8> {
    (at..at + frames).map(|n| n as u8).collect()
}

fn align() -> (Align, Tape) {
    (Align::new(SampleIndex(0), 1, WINDOW as u64, 10 * MS, 64), Tape::default())
}

/// Offers packets by number (each of 4 frames), four a millisecond; then time passes. Returns what became of each.
fn run(numbers: &[i64]) -> (Vec<Placed>, Tape) {
    let (mut align, mut tape) = align();
    let placed = numbers
        .iter()
        .enumerate()
        .map(|(i, n)| {
            let now = Mono(i as i64 * MS / 4);
            align.tick(now, &mut tape);
            align.offer(SampleIndex(n * FRAMES), &payload(n * FRAMES, FRAMES), now, &mut tape)
        })
        .collect();
    align.tick(Mono(1000 * MS), &mut tape);
    assert_eq!(align.waiting(), 0);
    (placed, tape)
}

fn check(numbers: &[i64], gaps: &[(i64, u64)]) {
    let (_, tape) = run(numbers);
    let found: Vec<_> = tape.gaps.iter().map(|(at, len, _)| (*at, *len)).collect();
    assert_eq!(found, gaps, "{numbers:?}");
    for (n, sample) in tape.samples.iter().enumerate() {
        assert!(sample.is_none_or(|s| s == n as u8), "{numbers:?}: frame {n} is {sample:?}");
    }
}

#[test]
fn order_is_restored_and_holes_are_exact_gaps() {
    check(&[0, 1, 2], &[]);
    check(&[0, 2, 1, 3], &[]);
    check(&[3, 2, 1, 0], &[]);
    check(&[0, 1, 1, 0, 2], &[]);
    check(&[0, 2, 3], &[(4, 4)]);
    check(&[0, 3, 5, 6], &[(4, 8), (16, 4)]);
    check(&[0, 1000], &[(4, 3996)]);
}

#[test]
fn copies_and_late_packets_are_told_apart() {
    let (placed, _) = run(&[0, 1, 1, 3, 3, 2, 20, 4]);
    use Placed::{Duplicate, Late, Through, Waiting};
    assert_eq!(placed, [Through, Through, Duplicate, Waiting, Duplicate, Through, Waiting, Late]);
}

#[test]
fn a_hole_is_waited_for_exactly_as_long_as_the_window() {
    for (after_ms, gaps) in [(10, 0), (11, 1)] {
        let (mut align, mut tape) = align();
        align.offer(SampleIndex(0), &payload(0, 4), Mono(0), &mut tape);
        align.offer(SampleIndex(8), &payload(8, 4), Mono(MS), &mut tape);
        align.tick(Mono((1 + after_ms) * MS), &mut tape);
        assert_eq!(tape.gaps.len(), gaps, "{after_ms} ms");
    }
}

#[test]
fn a_packet_that_overlaps_what_is_there_gives_its_new_part() {
    let (mut align, mut tape) = align();
    for (at, frames) in [(0, 4), (2, 4), (9, 4), (4, 7)] {
        align.offer(SampleIndex(at), &payload(at, frames), Mono(0), &mut tape);
    }
    assert_eq!(tape.samples, payload(0, 13).into_iter().map(Some).collect::<Vec<_>>());
}

#[test]
fn a_full_shelf_gives_up_the_first_hole_and_nothing_else() {
    let mut align = Align::new(SampleIndex(0), 1, 1_000_000, 1000 * MS, 8);
    let mut tape = Tape::default();
    for n in 1..=20 {
        align.offer(SampleIndex(n * FRAMES), &payload(n * FRAMES, FRAMES), Mono(0), &mut tape);
    }
    assert_eq!(tape.gaps, [(0, 4, GapCause::Loss)]);
    assert_eq!(tape.samples.len(), 84);
}

#[test]
fn a_full_shelf_loses_neither_what_belongs_in_its_first_hole_nor_a_copys_worth() {
    let mut align = Align::new(SampleIndex(0), 1, 1_000_000, 1000 * MS, 8);
    let mut tape = Tape::default();
    let offer = |align: &mut Align, tape: &mut Tape, n: i64| {
        align.offer(SampleIndex(n * FRAMES), &payload(n * FRAMES, FRAMES), Mono(0), tape)
    };
    for n in 10..18 {
        assert_eq!(offer(&mut align, &mut tape, n), Placed::Waiting);
    }
    assert_eq!(offer(&mut align, &mut tape, 12), Placed::Duplicate);
    assert_eq!((tape.gaps.len(), align.next()), (0, SampleIndex(0)), "a copy needs no place");
    assert_eq!(offer(&mut align, &mut tape, 3), Placed::Through);
    assert_eq!(tape.gaps, [(0, 3 * FRAMES as u64, GapCause::Loss)]);
    assert_eq!((align.next(), align.waiting()), (SampleIndex(4 * FRAMES), 8));
    for n in 4..10 {
        assert_eq!(offer(&mut align, &mut tape, n), Placed::Through);
    }
    assert_eq!((tape.gaps.len(), align.next()), (1, SampleIndex(18 * FRAMES)));
}

#[test]
fn an_outage_is_one_cause_until_audio_is_back() {
    let (mut align, mut tape) = align();
    align.offer(SampleIndex(0), &payload(0, 4), Mono(0), &mut tape);
    align.advance(SampleIndex(100), GapCause::Outage, &mut tape);
    align.expect_gap(GapCause::Outage);
    align.offer(SampleIndex(200), &payload(200, 4), Mono(0), &mut tape);
    align.tick(Mono(100 * MS), &mut tape);
    align.offer(SampleIndex(212), &payload(212, 4), Mono(100 * MS), &mut tape);
    align.tick(Mono(200 * MS), &mut tape);
    let causes: Vec<_> = tape.gaps.iter().map(|g| g.2).collect();
    assert_eq!(causes, [GapCause::Outage, GapCause::Outage, GapCause::Loss]);
    assert_eq!(tape.samples.len(), 216);
}

/// Packets 0..count in an order in which none is more than `most` places from its own, some left out, some twice.
fn impaired() -> impl Strategy<Value = (Vec<i64>, Vec<i64>)> {
    (2_usize..120, proptest::collection::vec((any::<bool>(), 0_u8..8, 0_i64..8, any::<Index>()), 120))
        .prop_map(|(count, fates)| {
            let mut keyed = Vec::new();
            let mut lost = Vec::new();
            for n in 0..count as i64 {
                let (twice, fate, shift, _) = fates[n as usize];
                // The first packet sets the start and the last shows every hole.
                if fate == 0 && n != 0 && n != count as i64 - 1 {
                    lost.push(n);
                    continue;
                }
                keyed.push((n + if n == 0 { 0 } else { shift }, n));
                if twice {
                    keyed.push((n + 7, n));
                }
            }
            keyed.sort_by_key(|(key, _)| *key);
            (keyed.into_iter().map(|(_, n)| n).collect(), lost)
        })
}

proptest! {
    #[test]
    fn any_order_inside_the_window_gives_the_true_timeline((order, lost) in impaired()) {
        let (_, tape) = run(&order);
        let last = *order.iter().max().unwrap();
        prop_assert_eq!(tape.samples.len() as i64, (last + 1) * FRAMES);
        for (n, sample) in tape.samples.iter().enumerate() {
            let expected = if lost.contains(&(n as i64 / FRAMES)) { None } else { Some(n as u8) };
            prop_assert_eq!(*sample, expected, "frame {}", n);
        }
        prop_assert!(tape.gaps.iter().all(|g| g.2 == GapCause::Loss));
    }

    #[test]
    fn anything_at_all_gives_a_contiguous_timeline(
        offers in proptest::collection::vec((0_i64..300, 1_i64..20, 0_i64..30), 1..200)
    ) {
        let (mut align, mut tape) = align();
        let mut now = 0;
        for (at, frames, pause) in offers {
            now += pause * MS;
            align.tick(Mono(now), &mut tape);
            align.offer(SampleIndex(at), &payload(at, frames), Mono(now), &mut tape);
            prop_assert!(align.waiting() <= 64);
        }
        align.advance(SampleIndex(400), GapCause::Outage, &mut tape);
        prop_assert_eq!(tape.samples.len(), 400);
        for (n, sample) in tape.samples.iter().enumerate() {
            prop_assert!(sample.is_none_or(|s| s == n as u8));
        }
    }
}
