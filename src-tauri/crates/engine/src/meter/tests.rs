use audyn_model::Rate;

use super::*;

fn format(channels: u16, bits: u8) -> AudioFormat {
    AudioFormat::new(Rate::HZ_48000, channels, bits).unwrap()
}

/// 20 ms of frames, sample `i` of channel `c` by `value(i, c)`.
fn frames(channels: usize, value: impl Fn(usize, usize) -> i32) -> Vec<i32> {
    (0..960 * channels).map(|i| value(i / channels, i % channels)).collect()
}

fn levels(channels: u16, bits: u8, value: impl Fn(usize, usize) -> i32) -> Vec<ChannelLevel> {
    let (mut meter, mut reader) = meter(&format(channels, bits));
    // In packets of an odd length, so that every remainder path runs.
    for packet in frames(channels.into(), value).chunks(7 * usize::from(channels)) {
        meter.add(packet);
    }
    let mut levels = Vec::new();
    assert!(reader.read(&mut levels));
    levels
}

#[test]
fn a_sine_reads_its_level_on_every_channel_count() {
    let sine = |i: usize, amplitude: f64| {
        ((i as f64 * std::f64::consts::TAU / 48.0).sin() * amplitude * 2_147_483_647.0) as i32
    };
    for channels in [1, 2, 3, 8, 64] {
        let found = levels(channels, 24, |i, c| sine(i, if c == 0 { 0.5 } else { 0.1 }));
        for (c, level) in found.iter().enumerate() {
            let amplitude = if c == 0 { 0.5 } else { 0.1 };
            assert!((level.peak - amplitude).abs() < 1e-4, "{channels} channels: {level:?}");
            assert!(
                (level.rms - amplitude * std::f32::consts::FRAC_1_SQRT_2).abs() < 1e-3,
                "{channels}: {level:?}"
            );
            assert!(!level.clipping);
        }
    }
}

#[test]
fn clipping_is_three_full_scale_samples_in_a_row_on_that_channel() {
    let full = 0x7FFF_FF00;
    for channels in [1_u16, 2, 5] {
        let last = usize::from(channels) - 1;
        let clipped = |run: usize| {
            levels(channels, 24, |i, c| if c == last && (100..100 + run).contains(&i) { full } else { 0 })
        };
        assert!(!clipped(2)[last].clipping, "{channels} channels");
        let three = clipped(3);
        assert!(three[last].clipping, "{channels} channels");
        assert!(channels == 1 || !three[0].clipping);
    }
    assert!(levels(1, 16, |i, _| if i < 3 { 0x7FFF_0000 } else { 0 })[0].clipping);
    assert!(levels(1, 24, |i, _| if i < 3 { i32::MIN } else { 0 })[0].clipping);
}

#[test]
fn a_clip_run_goes_on_over_packet_and_interval_borders() {
    let (mut meter, mut reader) = meter(&format(2, 24));
    let mut found = Vec::new();
    let mut clipped = false;
    let mut all = vec![0; 958 * 2];
    all.extend([i32::MIN, 0].repeat(3));
    all.extend(vec![0; 960 * 2]);
    for packet in all.chunks(2) {
        meter.add(packet);
        if reader.read(&mut found) {
            clipped |= found[0].clipping;
        }
    }
    assert!(clipped);
}

#[test]
fn a_slow_reader_sees_the_peaks_of_the_last_half_second_and_no_news_is_no_data() {
    let (mut meter, mut reader) = meter(&format(1, 24));
    let mut levels = vec![];
    assert!(!reader.read(&mut levels));
    for interval in 0..100 {
        meter.add(&frames(1, |_, _| if interval == 75 { 1 << 30 } else { 0 }));
    }
    let mut second = reader.clone();
    assert!(reader.read(&mut levels));
    assert_eq!(levels[0].peak, 0.5);
    assert!(!reader.read(&mut levels));
    assert!(second.read(&mut levels));
}

#[test]
fn readers_never_see_a_torn_interval() {
    // Every interval has the same value on all channels; a mixture of two would show.
    let (mut meter, mut reader) = meter(&format(2, 24));
    std::thread::scope(|scope| {
        let writer = scope.spawn(move || {
            for n in 0..20_000_i32 {
                meter.add(&[n << 8; 960 * 2]);
            }
        });
        let mut levels = Vec::new();
        while !writer.is_finished() {
            if reader.read(&mut levels) {
                assert_eq!(levels[0].peak, levels[1].peak);
            }
        }
    });
}
