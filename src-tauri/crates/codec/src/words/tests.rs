use super::*;

fn packed(frames: &[i32], samples: SampleFormat, bits: u8, first: i64) -> Vec<u8> {
    let mut out = vec![9];
    pack(frames, samples, bits, Place { first: SampleIndex(first), channels: 2 }, &mut out);
    assert_eq!(out.remove(0), 9, "appended");
    out
}

#[test]
fn words_as_long_as_the_source_or_longer_are_exact() {
    let frames = [0x1234_0000, -0x1234_0000, i32::MIN, 0x7FFF_0000];
    assert_eq!(packed(&frames, SampleFormat::Int16, 16, 0), b"\x34\x12\xCC\xED\0\x80\xFF\x7F");
    assert_eq!(packed(&frames[..2], SampleFormat::Int24, 16, 0), b"\0\x34\x12\0\xCC\xED");
    let frames = [0x1234_5600, -0x100];
    assert_eq!(packed(&frames, SampleFormat::Int24, 24, 0), b"\x56\x34\x12\xFF\xFF\xFF");
    let ten: Vec<i32> = (0..10).map(|i| 0x0102_0300 * i).collect();
    let bytes: Vec<u8> = ten.iter().flat_map(|sample| sample.to_le_bytes()[1..].to_vec()).collect();
    assert_eq!(packed(&ten, SampleFormat::Int24, 24, 0), bytes, "fours and what is left");
    assert_eq!(packed(&[1 << 30, i32::MIN], SampleFormat::Float32, 24, 0), b"\0\0\0\x3F\0\0\x80\xBF");
}

#[test]
fn dither_depends_on_position_and_channel_alone() {
    let frames: Vec<i32> = (1..=4_000).map(|i| i * 12_345).collect();
    let whole = packed(&frames, SampleFormat::Int16, 24, 1_000);
    let halves = [
        packed(&frames[..2_000], SampleFormat::Int16, 24, 1_000),
        packed(&frames[2_000..], SampleFormat::Int16, 24, 2_000),
    ];
    assert_eq!(whole, halves.concat(), "the same however the frames are given");
    assert_ne!(whole, packed(&frames, SampleFormat::Int16, 24, 1_001), "another at another place");
    let mut justified = Vec::new();
    justify(&frames, 16, 24, Place { first: SampleIndex(1_000), channels: 2 }, &mut justified);
    let words: Vec<i32> = whole.as_chunks().0.iter().map(|b| i16::from_le_bytes(*b).into()).collect();
    assert_eq!(words, justified, "WAV and FLAC hold the same");
    assert_ne!(dithered(100, 16, SampleIndex(5), 0), dithered(1 << 30, 16, SampleIndex(5), 0));
}

/// Triangular dither of ±1 LSB: the mean error is none and its variance a quarter LSB², whatever the sample.
#[test]
fn dither_is_triangular() {
    for sample in [1, 0x4000, 0x8000, 0x1234_5678, -0x7FFF] {
        let errors: Vec<f64> = (0..100_000)
            .map(|at| f64::from(dithered(sample, 16, SampleIndex(at), 1)) - f64::from(sample) / 65_536.0)
            .collect();
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        let variance = errors.iter().map(|e| (e - mean) * (e - mean)).sum::<f64>() / errors.len() as f64;
        let worst = errors.iter().fold(0.0_f64, |worst, e| worst.max(e.abs()));
        assert!(
            mean.abs() < 0.01 && (variance - 0.25).abs() < 0.01 && worst <= 1.5,
            "{sample}: {mean} {variance} {worst}"
        );
    }
}

#[test]
fn dither_keeps_silence_and_saturates() {
    for at in 0..1_000 {
        assert_eq!(dithered(0, 16, SampleIndex(at), 0), 0);
        assert!((32_766..=32_767).contains(&dithered(i32::MAX, 16, SampleIndex(at), 0)));
        assert!((-32_768..=-32_767).contains(&dithered(i32::MIN, 16, SampleIndex(at), 0)));
        assert!((8_388_606..=8_388_607).contains(&dithered(i32::MAX, 24, SampleIndex(at), 0)));
    }
}
