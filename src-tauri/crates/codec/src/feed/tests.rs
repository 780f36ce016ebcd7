use super::*;
use crate::rig::{difference, format, sines};

/// All output of a feed that was given the signal in uneven pieces.
fn fed(from: u32, to: u32, first: i64, frames: usize, piece: usize) -> (Vec<i32>, i64, u64) {
    let source = format(from, 2, 32);
    let to = Rate::new(to).unwrap();
    let ratio = Ratio::new(source.rate, to);
    let reach = 2 * ratio.reach() + 10;
    let signal = sines(&source, first - reach as i64, frames + 2 * reach);
    let mut feed = Feed::new(source.rate, to, 2, SampleIndex(first), &signal[..2 * reach], reach);
    let inner = &signal[2 * reach..2 * (reach + frames)];
    for piece in inner.chunks(2 * piece) {
        feed.push(piece);
    }
    feed.end(&signal[2 * (reach + frames)..]);
    let out = feed.frames_out();
    let played = &feed.ready[2 * feed.before()..2 * (feed.before() + out as usize)];
    let samples = played.iter().map(|sample| crate::words::from_float(*sample)).collect();
    (samples, ratio.ceil(SampleIndex(first)), out)
}

#[test]
fn resampled_frames_lie_on_the_grid_of_their_rate() {
    for (from, to) in [
        (48_000, 48_000),
        (96_000, 48_000),
        (44_100, 48_000),
        (192_000, 48_000),
        (88_200, 44_100),
        (8_000, 48_000),
        (32_000, 48_000),
    ] {
        for first in [0, 1, 77_777_777_777, -5] {
            let (samples, at, out) = fed(from, to, first, 5_000, 333);
            let wanted = sines(&format(to, 2, 32), at, out as usize);
            let worst = difference(&samples, &wanted);
            assert!(worst < 3e-5, "{from} to {to} from {first}: {worst}");
        }
    }
}
