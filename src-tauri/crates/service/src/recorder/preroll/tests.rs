use audyn_model::{GapCause, Rate, Tai, TimeBasis};
use proptest::prelude::*;

use super::*;

/// 1000 frames a second of one channel: a chunk is 200 frames.
fn format(bits: u8) -> AudioFormat {
    let rate = Rate::new(8_000).unwrap();
    AudioFormat { rate, channels: 1, bits }
}

fn anchor(n: i64) -> Anchor {
    Anchor { tai: Tai(n), ..Anchor::direct(Rate::new(8_000).unwrap(), TimeBasis::Arrival) }
}

fn keeping(length_ms: u64, bytes: u64) -> (Arc<Memory>, PreRoll) {
    let memory = Arc::new(Memory::new(Limits { length_ms, bytes }));
    let mut kept = PreRoll::new(Arc::clone(&memory));
    kept.start(format(24), anchor(0));
    (memory, kept)
}

/// The 24-bit word that stands at a position.
fn word(at: i64) -> i32 {
    ((at as i32).wrapping_mul(2_654_435) & 0x00FF_FFFF) << 8
}

fn words(at: i64, len: u64) -> Vec<i32> {
    (at..at + len as i64).map(word).collect()
}

/// Everything that is kept, each sample by its position; none where it is missing.
fn drain(kept: &mut PreRoll) -> Vec<(i64, Option<i32>)> {
    let (mut all, mut samples) = (Vec::new(), Vec::new());
    while let Some(piece) = kept.take(SampleIndex(i64::MAX), &mut samples) {
        match piece {
            Kept::Frames(at) => all.extend((at.0..).zip(samples.iter().copied().map(Some))),
            Kept::Gap(gap) => all.extend((gap.at.0..gap.end().0).map(|at| (at, None))),
            Kept::Anchor(_) => {}
        }
    }
    all
}

#[test]
fn the_wished_length_is_there_and_hardly_more() {
    let (_, mut kept) = keeping(2_000, 1 << 20);
    for n in 0..1000 {
        kept.frames(SampleIndex(n * 160), &words(n * 160, 160));
        kept.trim();
    }
    assert_eq!(kept.end(), Some(SampleIndex(160_000)));
    let frames = kept.kept();
    assert!((16_000..16_000 + 1_600 + 160).contains(&frames), "{frames}");
    kept.skip_to(SampleIndex(144_000));
    assert_eq!(kept.kept(), 16_000, "exactly what was asked for");
    assert_eq!(drain(&mut kept), (144_000..160_000).map(|at| (at, Some(word(at)))).collect::<Vec<_>>());
    assert_eq!(kept.kept(), 0);
}

#[test]
fn words_of_every_length_pass_unchanged() {
    for (bits, low) in [(16, 16), (24, 8), (32, 0)] {
        let mut kept = PreRoll::new(Arc::new(Memory::new(Limits { length_ms: 1_000, bytes: 1 << 20 })));
        kept.start(format(bits), anchor(0));
        let samples: Vec<i32> =
            [0, 1, -1, i32::MAX, i32::MIN, 0x1234_5678].iter().map(|n| n >> low << low).collect();
        kept.frames(SampleIndex(5), &samples);
        let mut out = Vec::new();
        assert_eq!(kept.take(SampleIndex(i64::MAX), &mut out), Some(Kept::Frames(SampleIndex(5))));
        assert_eq!(out, samples, "{bits} bits");
    }
}

#[test]
fn the_memory_of_all_is_shared_so_that_each_is_kept_equally_long() {
    let memory = Arc::new(Memory::new(Limits { length_ms: 60_000, bytes: 300_000 }));
    let mut lines: Vec<(PreRoll, u16)> = [1, 4]
        .map(|channels| {
            let mut kept = PreRoll::new(Arc::clone(&memory));
            kept.start(AudioFormat { channels, ..format(24) }, anchor(0));
            (kept, channels)
        })
        .into();
    for n in 0..500 {
        for (kept, channels) in &mut lines {
            kept.frames(SampleIndex(n * 160), &vec![0; 160 * usize::from(*channels)]);
            kept.trim();
        }
        assert!(memory.held() <= 310_000, "{}", memory.held());
    }
    // 300 000 bytes at 120 000 bytes a second: 2.5 s; in chunks of 200 ms, one of which is a spare.
    let seconds = |kept: &PreRoll| kept.kept() as f64 / 8_000.0;
    let [one, four] = [seconds(&lines[0].0), seconds(&lines[1].0)];
    assert!((one - four).abs() <= 0.2 && (2.0..=2.5).contains(&one), "{one} {four}");
    memory.set(Limits { length_ms: 500, bytes: 300_000 });
    lines.iter_mut().for_each(|(kept, _)| kept.trim());
    assert!(memory.held() < 120_000, "memory is given back when settings shrink: {}", memory.held());
    memory.set(Limits { length_ms: 500, bytes: 0 });
    lines.iter_mut().for_each(|(kept, _)| kept.trim());
    assert!(lines.iter().all(|(kept, _)| kept.kept() == 0));
    drop(lines);
    assert_eq!((memory.held(), memory.rate_now()), (0, 0));
}

#[test]
fn what_is_lost_often_does_not_take_the_memory_of_whole_chunks() {
    let (memory, mut kept) = keeping(10_000, 1 << 30);
    for n in 0..1_000 {
        kept.frames(SampleIndex(n * 80), &words(n * 80, 40));
        kept.gap(Gap { at: SampleIndex(n * 80 + 40), len: 40, cause: GapCause::Loss });
    }
    assert!(memory.held() < 1_000 * 40 * 3 * 3, "{}", memory.held());
}

#[test]
fn the_anchor_is_the_one_that_holds_at_the_first_sample_kept() {
    let (_, mut kept) = keeping(10_000, 1 << 20);
    kept.frames(SampleIndex(0), &words(0, 1_600));
    kept.better_anchor(anchor(1));
    kept.frames(SampleIndex(1_600), &words(1_600, 1_600));
    kept.better_anchor(anchor(2));
    assert_eq!(kept.anchor(), Some(anchor(0)));
    kept.skip_to(SampleIndex(1_600));
    assert_eq!(kept.anchor(), Some(anchor(1)));
    kept.skip_to(SampleIndex(1_601));
    assert_eq!(kept.anchor(), Some(anchor(1)));
    kept.clear();
    assert_eq!(kept.anchor(), Some(anchor(2)));
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Frames(u64),
    Gap(u64),
    Anchor,
    Trim,
    /// Takes what is before so many samples before the end.
    Take(u64),
    /// Lets go what is before so many samples before the end.
    Skip(u64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (1..700_u64).prop_map(Act::Frames),
        1 => (1..2_000_u64).prop_map(Act::Gap),
        1 => Just(Act::Anchor),
        2 => Just(Act::Trim),
        1 => (0..3_000_u64).prop_map(Act::Take),
        1 => (0..3_000_u64).prop_map(Act::Skip),
    ];
    prop::collection::vec(act, 1..80)
}

proptest! {
    /// Whatever happens to it: what comes out is what went in, in order, without a hole, up to the last sample.
    #[test]
    fn samples_out_are_samples_in(acts in acts()) {
        let (memory, mut kept) = keeping(300, 9_000);
        let (mut model, mut end) = (std::collections::VecDeque::new(), 0_i64);
        let mut samples = Vec::new();
        for act in acts {
            match act {
                Act::Frames(len) => {
                    kept.frames(SampleIndex(end), &words(end, len));
                    model.extend((end..end + len as i64).map(|at| (at, Some(word(at)))));
                    end += len as i64;
                }
                Act::Gap(len) => {
                    kept.gap(Gap { at: SampleIndex(end), len, cause: GapCause::Loss });
                    model.extend((end..end + len as i64).map(|at| (at, None)));
                    end += len as i64;
                }
                Act::Anchor => kept.better_anchor(anchor(end)),
                Act::Trim => {
                    kept.trim();
                    let keep = usize::try_from(kept.kept()).unwrap();
                    prop_assert!(keep <= model.len());
                    model.drain(..model.len() - keep);
                    prop_assert!(keep <= 2_400 + 1_600 + 2_000);
                    prop_assert!(memory.held() <= 9_000 + 4_800);
                }
                Act::Take(back) => {
                    let until = SampleIndex(end - back as i64);
                    while let Some(piece) = kept.take(until, &mut samples) {
                        let found: Vec<Option<i32>> = match piece {
                            Kept::Frames(at) => {
                                prop_assert_eq!(model.front().map(|(at, _)| *at), Some(at.0));
                                samples.iter().copied().map(Some).collect()
                            }
                            Kept::Gap(gap) => vec![None; gap.len as usize],
                            Kept::Anchor(_) => Vec::new(),
                        };
                        for sample in found {
                            let (at, expected) = model.pop_front().unwrap();
                            prop_assert!(at < until.0);
                            prop_assert_eq!(sample, expected);
                        }
                    }
                }
                Act::Skip(back) => {
                    let at = end - back as i64;
                    kept.skip_to(SampleIndex(at));
                    model.retain(|(position, _)| *position >= at);
                }
            }
        }
        prop_assert_eq!(drain(&mut kept), Vec::from(model));
    }
}
