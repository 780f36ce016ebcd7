use audyn_model::Container;

use super::*;
use crate::rig::{Recording, about_at, format, record, sines, spec};

fn flac(samples: SampleFormat) -> Spec {
    spec(Container::Flac, samples)
}

#[test]
fn stream_info_is_laid_out_as_rfc_9639_says() {
    let mut info = Info::new(Rate::HZ_48000, 2, 24, 4096);
    info.total = 0x8_1234_5678;
    info.frame_bytes = (0x0102, 0x03_0405);
    info.md5 = [7; 16];
    let expected = [
        &b"\x10\0\x10\0\0\x01\x02\x03\x04\x05"[..],
        // 20 bits of rate, 3 of channels less one, 5 of bits less one, 36 of samples.
        &[0x0B, 0xB8, 0x03, 0x78, 0x12, 0x34, 0x56, 0x78],
        &[7; 16],
    ];
    assert_eq!(info.to_bytes(), expected.concat());
    assert_eq!(Info::parse(&info.to_bytes()).unwrap(), info);
    assert!(Info::parse(&info.to_bytes()[..33]).is_err());
    assert!(Info::parse(&[0; 34]).is_err());
}

#[test]
fn stream_info_is_true_at_the_end() {
    let format = format(48_000, 2, 24);
    let frames = sines(&format, 0, 10_000);
    let file = record(&flac(SampleFormat::Int24), &format, &about_at(0, &format), &frames);
    let info = Info::parse(&file[8..42]).unwrap();
    assert_eq!((info.total, info.min_block, info.max_block), (10_000, 4096, 4096));
    let bytes: Vec<u8> = frames.iter().flat_map(|sample| sample.to_le_bytes()[1..].to_vec()).collect();
    assert_eq!(info.md5, md5::compute(&bytes).0);
    let audio = file.len() as u32 - info.frame_bytes.0;
    assert!(info.frame_bytes.0 > 0 && info.frame_bytes.1 >= info.frame_bytes.0 && info.frame_bytes.1 < audio);
}

#[test]
fn checkpoints_tell_of_whole_blocks() {
    let format = format(48_000, 1, 16);
    let mut recording =
        Recording::begin(&flac(SampleFormat::Int16), &format, &about_at(0, &format), &[]).unwrap();
    let check = |recording: &Recording, total: u64| {
        assert_eq!(Info::parse(&recording.file.0[8..42]).unwrap().total, total);
    };
    check(&recording, 0);
    recording.encode(&sines(&format, 0, 10_000));
    check(&recording, 0);
    recording.checkpoint();
    check(&recording, 8_192);
}

#[test]
fn blocks_are_short_enough_at_every_rate() {
    for hz in [8_000, 11_025, 12_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 384_000] {
        let rate = Rate::new(hz).unwrap();
        assert!(u64::from(block_len(rate)) <= rate.samples_in_ms(100), "{hz}");
    }
}

/// A checksum alone does not tell where a frame ends: it comes out right within one by chance, and always one byte early
/// where its own last byte is zero. Both once cut bytes off whole files.
#[test]
fn a_last_frame_ends_where_its_decoder_ends() {
    let format = format(48_000, 1, 16);
    let mut kinds = [0; 2];
    for start in 0..600 {
        // Quiet constant levels make frames of a few bytes, one for each level.
        let frames = vec![start << 16; 4096];
        let mut recording =
            Recording::begin(&flac(SampleFormat::Int16), &format, &about_at(0, &format), &[]).unwrap();
        recording.encode(&frames);
        recording.checkpoint();
        let file = &recording.file.0;
        let zeros = file.iter().rev().take_while(|byte| **byte == 0).count();
        kinds[usize::from(zeros > 0)] += 1;
        for behind in [&[][..], &[0xFF], &[0xFF, 0xF8, 0xCA], b"TAG"] {
            let torn = [file, behind].concat();
            let mend = mend(&mut std::io::Cursor::new(&torn)).unwrap();
            assert_eq!((mend.keep, mend.frames), (file.len() as u64, 4096), "{start} with {behind:?}");
        }
    }
    assert!(kinds[0] > 0 && kinds[1] > 0, "{kinds:?}: no checksum that ends with zero");
}
