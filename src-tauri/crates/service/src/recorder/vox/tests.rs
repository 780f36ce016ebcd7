use audyn_model::Rate;
use proptest::prelude::*;

use super::*;

/// 8 frames a millisecond, 80 a piece.
fn format(channels: u16) -> AudioFormat {
    AudioFormat { rate: Rate::new(8_000).unwrap(), channels, bits: 24 }
}

/// A level in dBFS as a sample that is held.
fn held(db: f64) -> i32 {
    (10_f64.powf(db / 20.0) * 2_147_483_648.0) as i32
}

/// Turns of one channel with these levels, each for so many milliseconds.
fn turns(vox: Vox, levels: &[(f64, u32)]) -> Vec<Turn> {
    let (mut detector, mut turns, mut at) = (Detector::new(vox, &format(1)), Vec::new(), SampleIndex(0));
    for (db, ms) in levels {
        let frames = vec![held(*db); *ms as usize * 8];
        detector.frames(at, &frames, &mut turns);
        at = at.plus(frames.len() as i64);
    }
    turns
}

fn ms(ms: i64) -> SampleIndex {
    SampleIndex(ms * 8)
}

fn vox() -> Vox {
    Vox { detection_ms: 100, hangover_ms: 500, ..Vox::default() }
}

#[test]
fn sound_is_told_from_where_it_began_and_ends_after_the_hangover() {
    let check =
        |levels: &[(f64, u32)], expected: &[Turn]| assert_eq!(turns(vox(), levels), expected, "{levels:?}");
    check(&[(-90.0, 1_000), (-20.0, 300), (-90.0, 2_000)], &[Turn::Began(ms(1_000)), Turn::Ended(ms(1_800))]);
    // Too short to count.
    check(&[(-90.0, 1_000), (-20.0, 90), (-90.0, 2_000)], &[]);
    // Between release and threshold nothing begins, and nothing ends.
    check(&[(-32.0, 2_000)], &[]);
    check(&[(-20.0, 200), (-32.0, 5_000)], &[Turn::Began(ms(0))]);
    // Detection goes on where the level dips, but not below the release.
    check(&[(-20.0, 50), (-32.0, 60), (-90.0, 10)], &[Turn::Began(ms(0))]);
    check(&[(-20.0, 50), (-36.0, 10), (-20.0, 90)], &[]);
    // A pause shorter than the hangover is part of it; the hangover counts anew.
    check(
        &[(-20.0, 200), (-90.0, 490), (-20.0, 10), (-90.0, 600)],
        &[Turn::Began(ms(0)), Turn::Ended(ms(1_200))],
    );
    // What only rises to the release does not hold it.
    check(&[(-20.0, 200), (-90.0, 100), (-32.0, 500)], &[Turn::Began(ms(0)), Turn::Ended(ms(700))]);
}

#[test]
fn the_level_is_the_one_that_was_chosen() {
    // Left −20 dBFS, right silent: −23 dB together.
    let check = |level: VoxLevel, threshold_db: f64, expected: bool| {
        let vox = Vox { level, threshold_db, release_db: -60.0, ..vox() };
        let (mut detector, mut turns) = (Detector::new(vox, &format(2)), Vec::new());
        detector.frames(SampleIndex(0), &[held(-20.0), 0].repeat(1_600), &mut turns);
        assert_eq!(!turns.is_empty(), expected, "{level:?} {threshold_db}");
    };
    check(VoxLevel::Rms, -23.1, true);
    check(VoxLevel::Rms, -22.9, false);
    check(VoxLevel::Any, -20.1, true);
    check(VoxLevel::Any, -19.9, false);
    check(VoxLevel::Peak, -20.1, true);
    check(VoxLevel::Peak, -19.9, false);
    // A single high sample in each piece is heard by its peak alone.
    for (level, expected) in [(VoxLevel::Peak, true), (VoxLevel::Any, false), (VoxLevel::Rms, false)] {
        let vox = Vox { level, ..vox() };
        let (mut detector, mut turns) = (Detector::new(vox, &format(1)), Vec::new());
        let click: Vec<i32> = (0..1_600).map(|n| if n % 80 == 0 { held(-20.0) } else { 0 }).collect();
        detector.frames(SampleIndex(0), &click, &mut turns);
        assert_eq!(!turns.is_empty(), expected, "{level:?}");
    }
}

#[test]
fn what_is_missing_is_silence_and_takes_its_time() {
    let (mut detector, mut turns) = (Detector::new(vox(), &format(1)), Vec::new());
    detector.frames(SampleIndex(0), &[held(-20.0); 1_600], &mut turns);
    detector.gap(SampleIndex(1_600), 8_000, &mut turns);
    // A hole that nobody told of is one, too.
    detector.frames(SampleIndex(16_000), &[held(-20.0); 1_600], &mut turns);
    assert_eq!(turns, [Turn::Began(ms(0)), Turn::Ended(ms(700)), Turn::Began(ms(2_000))]);
}

proptest! {
    /// Turns do not depend on how the samples come, only on the samples; began and ended take turns, in order, each
    /// activation at least as long as the hangover.
    #[test]
    fn turns_depend_on_the_samples_alone(
        levels in prop::collection::vec((-60.0..0.0_f64, 1..900_u32), 1..12),
        cuts in prop::collection::vec(1..700_usize, 1..50),
        start in 0..1_000_i64,
    ) {
        let all: Vec<i32> =
            levels.iter().flat_map(|(db, ms)| std::iter::repeat_n(held(*db), *ms as usize * 8)).collect();
        let mut whole = Vec::new();
        Detector::new(vox(), &format(1)).frames(SampleIndex(start), &all, &mut whole);
        let (mut pieces, mut at) = (Vec::new(), 0);
        let mut detector = Detector::new(vox(), &format(1));
        for cut in cuts.iter().cycle() {
            let end = (at + cut).min(all.len());
            detector.frames(SampleIndex(start + at as i64), &all[at..end], &mut pieces);
            at = end;
            if at == all.len() {
                break;
            }
        }
        prop_assert_eq!(&pieces, &whole);
        let mut last = SampleIndex(i64::MIN);
        for (n, turn) in whole.iter().enumerate() {
            let at = match turn {
                Turn::Began(at) => { prop_assert!(n % 2 == 0); *at }
                Turn::Ended(at) => { prop_assert!(n % 2 == 1 && at.since(last) >= 500 * 8); *at }
            };
            prop_assert!(at >= last);
            last = at;
        }
    }
}
