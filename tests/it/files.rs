//! What is written is what was sent, in every format, with every sample at its time.

use crate::rig::{Rig, decoded, first_by_bext, probe, silent_frames, tool};

#[test]
fn one_file_holds_every_sample_at_its_media_time() {
    let rig = Rig::new();
    let stats = rig.record_with(&[], &["-o", "out.wav", "--duration", "2", "--archive-clock", "utc"]);
    let file = rig.path("out.wav");
    let samples = decoded(&file);
    assert_eq!(samples.len(), 2 * 96_000);
    assert_eq!(silent_frames(&samples, first_by_bext(&file)), 0);
    assert_eq!(stats["first_sample"], first_by_bext(&file));
    assert_eq!((&stats["missing_frames"], &stats["source"]["bits"]), (&0.into(), &24.into()));
    let format = probe(&file, "stream=codec_name,channels,sample_rate");
    assert_eq!(format, "codec_name=pcm_s24le\nsample_rate=48000\nchannels=2\n");
}

#[test]
fn word_lengths_are_as_asked_for_and_float_is_exact() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    for (bits, codec) in [("16", "pcm_s16le"), ("24", "pcm_s24le"), ("32f", "pcm_f32le")] {
        let name = format!("{bits}.wav");
        rig.record(&["-o", &name, "--bits", bits, "--duration", "0.5", "--archive-clock", "utc"]).succeed();
        assert!(probe(&rig.path(&name), "stream=codec_name").contains(codec), "{bits}");
        let samples = decoded(&rig.path(&name));
        assert_eq!(samples.len(), 48_000);
        if bits != "16" {
            assert_eq!(silent_frames(&samples, first_by_bext(&rig.path(&name))), 0, "{bits}");
        }
    }
}

#[test]
fn sixteen_bit_streams_stay_bit_exact_in_sixteen_bits() {
    let rig = Rig::new();
    rig.record_with(&["--encoding", "L16"], &["-o", "out.wav", "--bits", "16", "--duration", "1"]);
    let samples = decoded(&rig.path("out.wav"));
    let first = i64::from(samples[0].cast_unsigned() >> 16);
    for (i, frame) in samples.chunks_exact(2).enumerate() {
        let word = (first + i as i64).rem_euclid(1 << 16);
        assert_eq!(i64::from(frame[0].cast_unsigned() >> 16), word, "frame {i}");
    }
}

#[test]
fn four_formats_come_from_one_capture_with_equal_length() {
    let rig = Rig::new();
    let suffixes = ["wav", "opus", "flac", "mp3"];
    let mut args =
        vec!["--archive-root", "a", "--archive-clock", "utc", "--archive-period", "2", "--duration", "5"];
    for suffix in suffixes {
        args.extend(["--archive-suffix", suffix]);
    }
    rig.record_with(&["--tone", "997"], &args);
    let lengths = |suffix: &str| -> Vec<usize> {
        rig.files("a", suffix).iter().map(|file| decoded(file).len() / 2).collect()
    };
    let expected = lengths("wav");
    assert_eq!(expected.iter().sum::<usize>(), 5 * 48_000);
    for suffix in suffixes {
        assert_eq!(lengths(suffix), expected, "{suffix}");
    }
    for file in rig.files("a", "opus") {
        tool("opusinfo", &[file.to_str().unwrap()]);
    }
    for file in rig.files("a", "flac") {
        tool("flac", &["--test", "--silent", file.to_str().unwrap()]);
    }
    for file in rig.files("a", "wav") {
        tool("soxi", &[file.to_str().unwrap()]);
    }
    assert_eq!(rig.run(&["check", "a", "--hash"]).0, 0);
}

#[test]
fn channels_are_picked_out_of_a_wide_stream() {
    let rig = Rig::new();
    let _sending = rig.send(&["-c", "8"]);
    let wide = ["--stream-channels", "8", "--archive-clock", "utc", "--duration", "0.5"];
    rig.record(&[&["-o", "pick.wav", "--pick-channels", "6,3"], &wide[..]].concat()).succeed();
    rig.record(&[&["-o", "offset.wav", "--channel-offset", "4", "-c", "2"], &wide[..]].concat()).succeed();
    for (name, channels) in [("pick.wav", [5, 2]), ("offset.wav", [4, 5])] {
        let file = rig.path(name);
        let first = first_by_bext(&file);
        for (i, frame) in decoded(&file).chunks_exact(2).enumerate() {
            for (sample, channel) in frame.iter().zip(channels) {
                let expected = crate::rig::word(first + i as i64, channel);
                assert_eq!(crate::rig::position_mod(*sample), expected, "{name}: frame {i}");
            }
        }
    }
}

#[test]
fn an_sdp_says_everything() {
    let rig = Rig::new();
    let _sending = rig.send(&["--sdp", "stream.sdp", "-c", "4", "--spp", "6", "--ts-offset", "12345"]);
    let sdp = rig.path("stream.sdp");
    crate::rig::wait_for(&sdp);
    let args = ["record", "--sdp", "stream.sdp", "--interface", "lo", "-o", "out.wav", "--duration", "1"];
    let stats = ["--stats", "stats.json", "--archive-clock", "utc"];
    rig.start(&[&args[..], &stats[..]].concat()).succeed();
    let stats = rig.json("stats.json");
    assert_eq!(stats["recorders"][0]["source"]["channels"], 4);
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!(samples.len(), 4 * 48_000);
    let first = first_by_bext(&rig.path("out.wav"));
    assert_eq!(
        crate::rig::position_mod(samples[0]),
        crate::rig::word(first, 0),
        "the offset is not in the media time"
    );
}

#[test]
fn a_file_plays_at_every_moment_of_its_life() {
    let rig = Rig::new();
    let _sending = rig.send(&["--tone", "440"]);
    let mut args = vec!["--archive-root", "a", "--archive-clock", "utc", "--archive-period", "0", "--levels"];
    for suffix in ["wav", "opus", "flac", "mp3"] {
        args.extend(["--archive-suffix", suffix]);
    }
    let mut recording = rig.record(&args);
    recording.until("file begun");
    let mut before = 0;
    // A look about every second for four seconds; levels come 30 a second.
    for look in 0..4 {
        (0..30).for_each(|_| {
            recording.until("\"levels\"");
        });
        let mut total = 0;
        for suffix in ["wav", "opus", "flac", "mp3"] {
            for file in rig.files("a", suffix) {
                total += decoded(&file).len();
                probe(&file, "format=format_name");
            }
        }
        assert!(total >= before, "look {look}: {total} samples play after {before}");
        before = total;
    }
    assert!(before > 4 * 96_000, "files play up to about the present");
    recording.signal(libc::SIGTERM);
    recording.succeed();
}
