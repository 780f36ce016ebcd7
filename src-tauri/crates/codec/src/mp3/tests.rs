use audyn_model::{Container, SampleFormat};

use crate::rig::{about_at, decoded, difference, format, record, sines, spec};
use crate::*;

#[test]
fn levels_are_kept_at_every_bitrate() {
    let format = format(48_000, 1, 24);
    let frames = sines(&format, 0, 48_000);
    for kbps in [64, 80, 96, 112, 128, 160, 192, 224, 256, 320] {
        for vbr in [false, true] {
            let spec = Spec { bitrate: kbps * 1000, vbr, ..spec(Container::Mp3, SampleFormat::Int24) };
            let played = decoded(&record(&spec, &format, &about_at(0, &format), &frames)).unwrap();
            let worst = difference(&played[4_000..40_000], &frames[4_000..40_000]);
            assert!(worst < 0.02, "{kbps} kb/s, vbr {vbr}: {worst}");
        }
    }
}

#[test]
fn the_tag_and_the_info_frame_are_laid_out_as_players_expect() {
    let format = format(48_000, 2, 24);
    let about = about_at(0, &format);
    let spec = spec(Container::Mp3, SampleFormat::Int24);
    let file = record(&spec, &format, &about, &sines(&format, 0, 10_000));
    assert_eq!(&file[..6], b"ID3\x04\0\0");
    let size = file[6..10].iter().fold(0, |all, byte| all << 7 | usize::from(*byte));
    assert_eq!(&file[10..25], b"TIT2\0\0\0\x2F\0\0\x03Stud");
    let frame = &file[10 + size..];
    assert_eq!(frame[..4], [0xFF, 0xFB, 0x94, 0x40], "128 kb/s, 48 kHz, joint stereo");
    assert_eq!(&frame[36..44], b"Info\0\0\0\x0F");
    let word = |at: usize| u32::from_be_bytes(*frame[at..].first_chunk().unwrap());
    let frames = (2_927_u32 + 10_000 + 529).div_ceil(1152);
    assert_eq!((word(44), word(48)), (frames, (file.len() - 10 - size) as u32), "frames and bytes");
    assert_eq!(&frame[156..165], b"LAME3.100");
    let trim = word(176) & 0xFF_FFFF;
    assert_eq!((trim >> 12, trim & 0xFFF), (2_927, frames * 1152 - 2_927 - 10_000), "delay and padding");
    let checksum = u16::from_be_bytes([frame[190], frame[191]]);
    assert_eq!(checksum, crate::crc::lame(0, &frame[..190]));
    assert_eq!(
        u16::from_be_bytes([frame[188], frame[189]]),
        crate::crc::lame(0, &frame[384..]),
        "of the music"
    );
}

#[test]
fn bitrates_are_those_that_were_asked_for() {
    let format = format(44_100, 2, 24);
    let frames = sines(&format, 0, 3 * 44_100);
    for (bitrate, expected) in [(32_000, 32), (100_000, 96), (128_000, 128), (320_000, 320)] {
        let spec = Spec { bitrate, ..spec(Container::Mp3, SampleFormat::Int24) };
        let file = record(&spec, &format, &about_at(0, &format), &frames);
        let told = inspect(&mut std::io::Cursor::new(&file)).unwrap();
        let kbps = (told.audio.end - told.audio.start) * 8 / 3 / 1000;
        assert!((expected..=expected + expected / 10 + 3).contains(&kbps), "{bitrate}: {kbps}");
    }
}

#[test]
fn a_variable_bitrate_is_less_where_less_is_needed_and_complexity_is_heard() {
    let format = format(48_000, 2, 24);
    let mut frames = sines(&format, 0, 48_000);
    frames.resize(4 * frames.len(), 0);
    // The same ids in every file, so that what differs is the audio.
    let about = about_at(0, &format);
    let made = |vbr: bool, complexity: u8| {
        let spec = Spec { vbr, complexity, ..spec(Container::Mp3, SampleFormat::Int24) };
        record(&spec, &format, &about, &frames)
    };
    let (constant, variable) = (made(false, 5), made(true, 5));
    assert!(variable.len() * 2 < constant.len(), "{} and {} bytes", variable.len(), constant.len());
    assert!(made(false, 0) != made(false, 10));
}
