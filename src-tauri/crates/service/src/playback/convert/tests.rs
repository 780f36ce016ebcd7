use std::f64::consts::TAU;

use super::*;

fn converted(from: (u32, u16), pair: Option<[u16; 2]>, to: (u32, u16), frames: &[i32]) -> Vec<f32> {
    let to = Format { rate: to.0, channels: to.1 };
    let mut convert = Convert::new(from.0, from.1, pair, to).unwrap();
    let mut out = Vec::new();
    for piece in frames.chunks(777 * usize::from(from.1)) {
        convert.push(piece, &mut out).unwrap();
    }
    convert.end(&mut out).unwrap();
    out
}

#[test]
fn the_pair_goes_where_it_is_heard() {
    let half = 1 << 30;
    let check = |channels: u16, pair: Option<[u16; 2]>, to: u16, frame: &[i32], wanted: &[f32]| {
        assert_eq!(
            converted((48_000, channels), pair, (48_000, to), frame),
            wanted,
            "{channels} {pair:?} → {to}"
        );
    };
    check(1, None, 2, &[half], &[0.5, 0.5]);
    check(2, None, 2, &[half, -half], &[0.5, -0.5]);
    check(2, None, 1, &[half, 0], &[0.25]);
    check(2, None, 4, &[half, -half], &[0.5, -0.5, 0.0, 0.0]);
    check(4, None, 2, &[1, 2, half, -half], &[1.0 * FULL_SCALE, 2.0 * FULL_SCALE]);
    check(4, Some([2, 3]), 2, &[1, 2, half, -half], &[0.5, -0.5]);
    check(4, Some([3, 3]), 2, &[1, 2, half, -half], &[-0.5, -0.5]);
    // What is not there is the last one that is.
    check(4, Some([2, 9]), 2, &[1, 2, half, -half], &[0.5, -0.5]);
    check(2, None, 2, &[i32::MIN, i32::MAX], &[-1.0, 1.0]);
}

#[test]
fn words_of_24_bits_pass_unchanged() {
    let words: Vec<i32> = (0..20_000).map(|n: i32| n.wrapping_mul(715_827_883) & !0xFF).collect();
    let floats = converted((48_000, 2), None, (48_000, 2), &words);
    let back: Vec<i32> = floats.iter().map(|float| (f64::from(*float) * 2_147_483_648.0) as i32).collect();
    assert_eq!(back, words);
}

#[test]
fn another_rate_is_the_same_sound_at_the_same_time() {
    let check = |from: u32, to: u32, len: usize| {
        let sine = |hz: u32, n: usize| (TAU * 997.0 * n as f64 / f64::from(hz)).sin() * 0.5;
        let frames: Vec<i32> = (0..len)
            .flat_map(|n| {
                let sample = (sine(from, n) * 2_147_483_648.0) as i32;
                [sample, -sample]
            })
            .collect();
        let got = converted((from, 2), None, (to, 2), &frames);
        let wanted = (len as u64 * u64::from(to)).div_ceil(u64::from(from)) as usize;
        assert_eq!(got.len(), 2 * wanted, "{from} → {to}");
        // Both ends ring: the tone begins and stops there.
        for n in 600..wanted.saturating_sub(600) {
            let ideal = sine(to, n);
            let off = (f64::from(got[2 * n]) - ideal).abs().max((f64::from(got[2 * n + 1]) + ideal).abs());
            assert!(off < 1e-3, "{from} → {to} at {n}: {off}");
        }
    };
    check(44_100, 48_000, 50_000);
    check(48_000, 44_100, 50_001);
    check(96_000, 48_000, 30_000);
    check(8_000, 48_000, 5_000);
    check(32_000, 44_100, 1);
    check(44_100, 48_000, 0);
}

#[test]
fn after_a_reset_nothing_of_before_is_heard() {
    let to = Format { rate: 48_000, channels: 2 };
    let mut convert = Convert::new(44_100, 2, None, to).unwrap();
    let mut out = Vec::new();
    convert.push(&[1 << 30; 10_001 * 2], &mut out).unwrap();
    convert.reset();
    out.clear();
    convert.push(&[0; 3_000 * 2], &mut out).unwrap();
    convert.end(&mut out).unwrap();
    assert_eq!(out.len(), (3_000_usize * 48_000).div_ceil(44_100) * 2);
    assert!(out.iter().all(|sample| sample.abs() < 1e-6));
}
