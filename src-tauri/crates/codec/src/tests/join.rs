use audyn_model::{Container, SampleFormat};

use crate::rig::*;
use crate::*;

/// Encodes one signal as files of uneven length, each with its neighbours' audio, and gives what each plays.
fn in_files(spec: &Spec, format: &AudioFormat, first: i64, lengths: &[usize]) -> Vec<Vec<i32>> {
    let channels = usize::from(format.channels);
    let Context { before, after } = context(spec, format);
    let total: usize = lengths.iter().sum();
    let signal = sines(format, first, total);
    let mut start = 0;
    lengths
        .iter()
        .map(|len| {
            let end = start + len;
            let about = about_at(first + start as i64, format);
            let lead = &signal[start.saturating_sub(before) * channels..start * channels];
            let mut recording = Recording::begin(spec, format, &about, lead).unwrap();
            for piece in signal[start * channels..end * channels].chunks(4_801 * channels) {
                recording.encode(piece);
                recording.checkpoint();
            }
            let tail = &signal[end * channels..(end + after).min(total) * channels];
            let file = recording.finish(tail);
            start = end;
            by_ffmpeg(spec.container, &file)
        })
        .collect()
}

fn check(spec: Spec, format: AudioFormat, out: u32) {
    let channels = usize::from(format.channels);
    let rate = format.rate.hz() as usize;
    // An odd start and odd lengths: no boundary lies on a packet, a block, or a sample of the other rate.
    let first = 84_000_000_123 * i64::from(format.rate.hz()) / 48_000 + 5;
    let lengths = [rate / 3 + 1, rate / 2 + 7, rate / 4 + 3, rate / 2];
    let files = in_files(&spec, &format, first, &lengths);
    let what = format!("{spec:?} {format:?}");
    let played: Vec<i32> = files.concat();
    // What lies on the output's own grid within the whole span, and not a sample more or less.
    let grid = |at: i64| -(i128::from(-at) * i128::from(out)).div_euclid(i128::from(format.rate.hz())) as i64;
    let (from, to) = (grid(first), grid(first + lengths.iter().sum::<usize>() as i64));
    assert_eq!(played.len() / channels, (to - from) as usize, "{what}");
    let wanted = sines(&crate::rig::format(out, format.channels, format.bits), from, (to - from) as usize);
    // The first file begins and the last ends with nothing beside it: their outer edges are not joins.
    let edge = out as usize / 25 * channels;
    let inner = edge..played.len() - edge;
    let mut ends = Vec::new();
    files.iter().fold(0, |at, file| {
        ends.push(at + file.len());
        at + file.len()
    });
    let at_joins: f64 = ends[..ends.len() - 1]
        .iter()
        .map(|end| difference(&played[end - 960..end + 960], &wanted[end - 960..end + 960]))
        .fold(0.0, f64::max);
    // The coder's own error, where no join is near.
    let elsewhere =
        difference(&played[ends[0] + 2_000..ends[0] + 6_000], &wanted[ends[0] + 2_000..ends[0] + 6_000]);
    let all = difference(&played[inner.clone()], &wanted[inner]);
    println!("{what}: joins {at_joins:.5}, elsewhere {elsewhere:.5}, all {all:.5}");
    assert!(all < 0.03, "{what}: {all}");
    assert!(at_joins <= 1.5 * elsewhere + 2e-3, "{what}: joins {at_joins}, elsewhere {elsewhere}");
}

#[test]
fn files_that_follow_each_other_join_without_click_or_drift() {
    let opus = spec(Container::Opus, SampleFormat::Int24);
    let mp3 = Spec { bitrate: 192_000, ..spec(Container::Mp3, SampleFormat::Int24) };
    check(opus.clone(), format(48_000, 2, 24), 48_000);
    check(Spec { vbr: true, ..opus.clone() }, format(48_000, 1, 24), 48_000);
    check(opus.clone(), format(96_000, 2, 24), 48_000);
    check(opus.clone(), format(44_100, 2, 24), 48_000);
    check(Spec { bitrate: 256_000, ..opus }, format(48_000, 4, 24), 48_000);
    check(mp3.clone(), format(48_000, 2, 24), 48_000);
    check(Spec { vbr: true, ..mp3.clone() }, format(44_100, 1, 24), 44_100);
    check(mp3.clone(), format(96_000, 2, 24), 48_000);
    check(mp3, format(88_200, 2, 24), 44_100);
    check(spec(Container::Wav, SampleFormat::Int24), format(48_000, 2, 24), 48_000);
    check(spec(Container::Flac, SampleFormat::Int24), format(48_000, 2, 24), 48_000);
}
