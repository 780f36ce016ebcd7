//! What encoding a second of stereo costs, and how much of that is ours: each lossy or packed coding is also run bare, on
//! samples that already have the form it wants. After the tables the ratios of the two are printed, by CPU time.

#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]

use std::time::Duration;

use audyn_codec::{About, Bytes, Civil, Spec, encoder};
use audyn_model::{
    Anchor, AudioFormat, Container, Rate, RecorderId, SampleFormat, SampleIndex, SegmentId, Tai, TimeBasis,
};
use divan::Bencher;
use divan::counter::ItemsCount;

/// Seconds of audio in one run.
const SECONDS: usize = 10;
const RATE: usize = 48_000;

fn main() {
    divan::main();
    for (name, ours, bare) in [
        ("opus 128k complexity 5", ours_opus as fn() -> usize, bare_opus as fn() -> usize),
        ("flac 24 bit", ours_flac, bare_flac),
        ("mp3 128k complexity 5", ours_mp3, bare_mp3),
    ] {
        // In turns, and the best of each, so that what else the machine does falls on both or on neither.
        let (mut best_ours, mut best_bare) = (Duration::MAX, Duration::MAX);
        for _ in 0..7 {
            best_ours = best_ours.min(cpu(ours));
            best_bare = best_bare.min(cpu(bare));
        }
        let ratio = best_ours.as_secs_f64() / best_bare.as_secs_f64();
        let each = |time: Duration| time.as_secs_f64() * 1000.0 / SECONDS as f64;
        let (ours, bare) = (each(best_ours), each(best_bare));
        println!("{name}: {ours:.3} ms of CPU a stream-second, bare {bare:.3}, ratio {ratio:.3}");
    }
}

/// CPU time of this thread's run of `act`, from the scheduler's own count.
fn cpu(act: fn() -> usize) -> Duration {
    let count = || {
        let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
        Duration::from_nanos(line.split(' ').next().unwrap().parse().unwrap())
    };
    let before = count();
    divan::black_box(act());
    count() - before
}

/// Something like programme: two detuned voices with overtones over soft noise, 24-bit, different on each side.
fn programme() -> &'static [i32] {
    static SAMPLES: std::sync::OnceLock<Vec<i32>> = std::sync::OnceLock::new();
    SAMPLES.get_or_init(|| {
        let mut seed = 1_u32;
        let mut noise = [0.0_f64; 2];
        (0..SECONDS * RATE)
            .flat_map(|at| {
                let t = at as f64 / RATE as f64 * std::f64::consts::TAU;
                let swell = 0.6 + 0.4 * (t * 0.7).sin();
                [0, 1].map(|side: usize| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    noise[side] = 0.9 * noise[side] + 0.1 * (f64::from(seed) / 2_147_483_648.0 - 1.0);
                    let base = 180.0 + 3.0 * side as f64;
                    let voice: f64 = (1..9).map(|k| (t * base * f64::from(k)).sin() / f64::from(k * k)).sum();
                    let sample = 0.35 * swell * voice + 0.08 * noise[side];
                    (sample * 2_147_483_647.0) as i32 & !0xFF
                })
            })
            .collect()
    })
}

fn floats() -> &'static [f32] {
    static SAMPLES: std::sync::OnceLock<Vec<f32>> = std::sync::OnceLock::new();
    SAMPLES.get_or_init(|| programme().iter().map(|sample| *sample as f32 / 2_147_483_648.0).collect())
}

fn words() -> &'static [i32] {
    static SAMPLES: std::sync::OnceLock<Vec<i32>> = std::sync::OnceLock::new();
    SAMPLES.get_or_init(|| programme().iter().map(|sample| sample >> 8).collect())
}

fn about() -> About {
    let anchor =
        Anchor { at: SampleIndex(0), tai: Tai(0), rate: Rate::HZ_48000, basis: TimeBasis::MediaClock };
    About {
        segment: SegmentId::new(),
        recorder: RecorderId::new(),
        recorder_name: "bench".to_owned(),
        first: SampleIndex(0),
        anchor,
        clock: None,
        civil: Civil {
            date: "2025-11-21".to_owned(),
            time: "00:00:00".to_owned(),
            samples_since_midnight: 0,
            zone: "UTC".to_owned(),
        },
        originator: "Audyn".to_owned(),
    }
}

/// Encodes the programme in pieces of 20 ms with a checkpoint each second, as a recorder does.
fn ours(container: Container, samples: SampleFormat) -> usize {
    let spec = Spec { container, samples, bitrate: 128_000, vbr: false, complexity: 5 };
    let format = AudioFormat::new(Rate::HZ_48000, 2, 24).unwrap();
    let mut bytes = Bytes::default();
    let mut encoder = encoder(&spec, &format, &about(), &[], &mut bytes).unwrap();
    let mut total = 0;
    for (at, piece) in programme().chunks(2 * RATE / 50).enumerate() {
        encoder.encode(piece, &mut bytes).unwrap();
        if at % 50 == 49 {
            encoder.checkpoint(&mut bytes).unwrap();
        }
        total += bytes.append.len();
        bytes.clear();
    }
    encoder.finish(&[], &mut bytes).unwrap();
    total + bytes.append.len()
}

fn ours_opus() -> usize {
    ours(Container::Opus, SampleFormat::Int24)
}

fn ours_flac() -> usize {
    ours(Container::Flac, SampleFormat::Int24)
}

fn ours_mp3() -> usize {
    ours(Container::Mp3, SampleFormat::Int24)
}

fn bare_opus() -> usize {
    let mut coder = opus::Encoder::new(48_000, opus::Channels::Stereo, opus::Application::Audio).unwrap();
    coder.set_bitrate(opus::Bitrate::Bits(128_000)).unwrap();
    coder.set_vbr(false).unwrap();
    coder.set_complexity(5).unwrap();
    coder.set_lsb_depth(24).unwrap();
    let mut packet = [0; 4000];
    floats().chunks_exact(1920).map(|piece| coder.encode_float(piece, &mut packet).unwrap()).sum()
}

fn bare_flac() -> usize {
    let mut out = Vec::new();
    let options = flac_codec::encode::Options::default().fast_channel_correlation(true);
    let mut coder = flac_codec::encode::FlacStreamWriter::new(&mut out, options);
    for block in words().chunks(2 * 4096) {
        coder.write(48_000, 2, 24, block).unwrap();
    }
    drop(coder);
    out.len()
}

fn bare_mp3() -> usize {
    use mp3lame_encoder::{Bitrate, Builder, FlushGap, InterleavedPcm, Mode, Quality};
    let mut coder = Builder::new().unwrap();
    coder.set_num_channels(2).unwrap();
    coder.set_sample_rate(48_000).unwrap();
    coder.set_mode(Mode::JointStereo).unwrap();
    coder.set_quality(Quality::Good).unwrap();
    coder.set_to_write_vbr_tag(false).unwrap();
    coder.set_brate(Bitrate::Kbps128).unwrap();
    let mut coder = coder.build().unwrap();
    let mut out = Vec::with_capacity(1 << 20);
    for piece in floats().chunks(2 * RATE / 50) {
        coder.encode_to_vec(InterleavedPcm(piece), &mut out).unwrap();
    }
    coder.flush_to_vec::<FlushGap>(&mut out).unwrap();
    out.len()
}

#[divan::bench(args = [SampleFormat::Int16, SampleFormat::Int24, SampleFormat::Float32], sample_count = 20)]
fn wav(bencher: Bencher<'_, '_>, samples: SampleFormat) {
    bencher.counter(ItemsCount::new(programme().len())).bench(|| ours(Container::Wav, samples));
}

#[divan::bench(args = [Container::Opus, Container::Flac, Container::Mp3], sample_count = 3)]
fn with_audyn(container: Container) -> usize {
    ours(container, SampleFormat::Int24)
}

#[divan::bench(args = [Container::Opus, Container::Flac, Container::Mp3], sample_count = 3)]
fn bare(container: Container) -> usize {
    match container {
        Container::Opus => bare_opus(),
        Container::Flac => bare_flac(),
        Container::Mp3 => bare_mp3(),
        Container::Wav => programme().len(),
    }
}
