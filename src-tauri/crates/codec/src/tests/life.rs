use std::io::Cursor;

use audyn_model::{Container, Rate, SampleFormat};

use crate::rig::*;
use crate::*;

/// Frames that a coder may hold back at a checkpoint.
fn held_back(spec: &Spec, format: &AudioFormat) -> usize {
    match spec.container {
        Container::Wav => 0,
        Container::Opus | Container::Flac | Container::Mp3 => format.rate.hz() as usize / 10,
    }
}

/// The rate a file plays at, for frames of a source.
fn played(spec: &Spec, format: &AudioFormat, frames: usize) -> usize {
    let rate = match spec.container {
        Container::Wav | Container::Flac => format.rate,
        Container::Opus => Rate::HZ_48000,
        Container::Mp3 => mp3::coded_rate(format.rate),
    };
    frames * rate.hz() as usize / format.rate.hz() as usize
}

/// A tool that is made for the container has nothing to complain of.
fn by_its_own_tool(container: Container, file: &[u8]) {
    match container {
        Container::Wav => _ = by_sox(container, file),
        Container::Opus => {
            quiet("opusdec", container, file, |path| {
                ["--quiet", "--force-wav", path, "/dev/null"].map(str::to_owned).into()
            });
        }
        Container::Flac => {
            quiet("flac", container, file, |path| ["-t", "-s", path].map(str::to_owned).into());
        }
        Container::Mp3 => _ = by_sox(container, file),
    }
}

#[test]
fn every_file_plays_at_every_moment_of_its_life() {
    let format = format(48_000, 2, 24);
    let about = about_at(84_000_000_123, &format);
    let frames = sines(&format, about.first.0, 3 * 48_000);
    for spec in all_specs() {
        let container = spec.container;
        let plays = |recording: &Recording, moment: &str, at_least: usize, at_most: usize| {
            let file = &recording.file.0;
            let told = inspect(&mut Cursor::new(file)).unwrap();
            assert_eq!(told.about.as_ref(), Some(&about), "{spec:?} {moment}");
            let samples = growing_by_ffmpeg(container, file);
            let len = samples.len() / 2;
            assert!(
                (at_least..=at_most).contains(&len),
                "{spec:?} {moment}: {len} of {at_least} to {at_most} frames"
            );
            // opusfile takes nothing that is shorter than its pre-skip: the first packets have to be there.
            if container != Container::Opus || at_least > 0 {
                by_its_own_tool(container, file);
            }
        };
        let mut recording = Recording::begin(&spec, &format, &about, &[]).unwrap();
        plays(&recording, "after the head", 0, 0);
        recording.encode(&frames[..2 * 10_000]);
        plays(&recording, "before the first checkpoint", 0, 10_000);
        recording.checkpoint();
        plays(&recording, "after a checkpoint", 10_000 - held_back(&spec, &format), 10_000);
        recording.encode(&frames[2 * 10_000..2 * 100_001]);
        plays(&recording, "between checkpoints", 10_000 - held_back(&spec, &format), 100_001);
        recording.checkpoint();
        plays(&recording, "after another checkpoint", 100_001 - held_back(&spec, &format), 100_001);
        recording.encode(&frames[2 * 100_001..]);
        assert_eq!(recording.encoder.frames(), 144_000);
        let file = recording.finish(&[]);
        assert_eq!(inspect(&mut Cursor::new(&file)).unwrap().state, State::Complete);
        assert_eq!(by_ffmpeg(container, &file).len(), frames.len(), "{spec:?} at its end");
        by_its_own_tool(container, &file);
        if container == Container::Opus {
            by_opusinfo(&file);
        }
    }
}

#[test]
fn files_hold_exactly_their_frames_whatever_their_length() {
    let format = format(48_000, 2, 24);
    let about = about_at(1_234_567, &format);
    let all = sines(&format, about.first.0, 6_000);
    for spec in all_specs() {
        for len in
            [0, 1, 2, 311, 312, 313, 575, 576, 577, 648, 959, 960, 1151, 1152, 1153, 4095, 4096, 4097, 5999]
        {
            let frames = &all[..2 * len];
            let file = record(&spec, &format, &about, frames);
            let told = inspect(&mut Cursor::new(&file)).unwrap();
            assert_eq!((told.frames, told.state), (len as u64, State::Complete), "{spec:?} of {len} frames");
            assert_eq!(decoded(&file).unwrap().len(), 2 * len, "{spec:?} of {len} frames by us");
            assert_eq!(by_ffmpeg(spec.container, &file).len(), 2 * len, "{spec:?} of {len} frames by ffmpeg");
        }
    }
}

#[test]
fn what_is_read_back_is_what_was_given() {
    let check = |spec: Spec, format: AudioFormat, exact: bool| {
        let about = about_at(84_000_000_123, &format);
        let len = format.rate.hz() as usize / 2 + 7;
        let frames = sines(&format, about.first.0, len);
        let file = record(&spec, &format, &about, &frames);
        let what = format!("{spec:?} {format:?}");
        let told = inspect(&mut Cursor::new(&file)).unwrap();
        assert_eq!(told.state, State::Complete, "{what}");
        assert_eq!(told.channels, format.channels, "{what}");
        let ours = decoded(&file).unwrap();
        assert_eq!(ours.len() as u64, told.frames * u64::from(format.channels), "{what}");
        let theirs = by_ffmpeg(spec.container, &file);
        assert_eq!(theirs.len(), ours.len(), "{what}");
        assert!(
            difference(&ours, &theirs) < 1e-3,
            "{what}: we and ffmpeg differ by {}",
            difference(&ours, &theirs)
        );
        if exact {
            assert_eq!(ours, frames, "{what}");
        } else {
            let wanted = played(&spec, &format, len);
            assert!(told.frames.abs_diff(wanted as u64) <= 1, "{what}: {} of {wanted} frames", told.frames);
        }
    };
    let wav = |samples| spec(Container::Wav, samples);
    check(wav(SampleFormat::Int16), format(48_000, 1, 16), true);
    check(wav(SampleFormat::Int16), format(44_100, 2, 16), true);
    check(wav(SampleFormat::Int16), format(48_000, 5, 16), true);
    check(wav(SampleFormat::Int24), format(48_000, 1, 16), true);
    check(wav(SampleFormat::Int24), format(96_000, 3, 24), true);
    check(wav(SampleFormat::Int24), format(48_000, 64, 24), true);
    check(wav(SampleFormat::Float32), format(48_000, 1, 24), true);
    check(wav(SampleFormat::Float32), format(192_000, 8, 24), true);
    check(wav(SampleFormat::Int16), format(48_000, 2, 24), false);
    check(wav(SampleFormat::Int24), format(48_000, 2, 32), false);
    let flac = |samples| spec(Container::Flac, samples);
    check(flac(SampleFormat::Int16), format(8_000, 1, 16), true);
    check(flac(SampleFormat::Int16), format(32_000, 2, 16), true);
    check(flac(SampleFormat::Int24), format(48_000, 2, 24), true);
    check(flac(SampleFormat::Int24), format(96_000, 8, 24), true);
    check(flac(SampleFormat::Int24), format(384_000, 1, 16), true);
    let opus = Spec { bitrate: 256_000, ..spec(Container::Opus, SampleFormat::Int24) };
    for (hz, channels) in
        [(48_000, 1), (48_000, 2), (96_000, 2), (44_100, 2), (32_000, 1), (48_000, 3), (48_000, 8)]
    {
        check(opus.clone(), format(hz, channels, 24), false);
    }
    let mp3 = spec(Container::Mp3, SampleFormat::Int24);
    for (hz, channels) in
        [(48_000, 1), (48_000, 2), (44_100, 2), (32_000, 2), (96_000, 2), (88_200, 1), (16_000, 1)]
    {
        check(mp3.clone(), format(hz, channels, 24), false);
        check(Spec { vbr: true, bitrate: 190_000, ..mp3.clone() }, format(hz, channels, 24), false);
    }
    for bitrate in [32_000, 64_000, 320_000] {
        check(Spec { bitrate, ..mp3.clone() }, format(48_000, 2, 24), false);
    }
}

#[test]
fn digital_silence_stays_silent() {
    let format = format(48_000, 2, 24);
    for spec in all_specs() {
        let file = record(&spec, &format, &about_at(0, &format), &[0; 20_000]);
        let loudest = by_ffmpeg(spec.container, &file).iter().map(|s| s.unsigned_abs()).max();
        assert!(loudest.unwrap() <= 1 << 8, "{spec:?}: {loudest:?}");
    }
}
