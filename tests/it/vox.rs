//! Recording on sound, into an archive.

use std::path::PathBuf;

use serde_json::Value;

use super::rig::{Rig, decoded, first_by_bext, tool};

/// Frames in so many milliseconds.
const fn ms(ms: usize) -> usize {
    ms * 48
}

/// Quiet, a burst of 700 ms, quiet, a click, quiet, another burst, quiet.
fn bursts(rig: &Rig) -> PathBuf {
    let wav = rig.path("bursts.wav");
    let part = |name: &str, effect: &str| {
        let path = rig.path(name);
        let mut args = vec!["-D", "-n", "-r", "48000", "-c", "2", "-b", "24", path.to_str().unwrap()];
        args.extend(effect.split(' '));
        tool("sox", &args);
        path.to_str().unwrap().to_owned()
    };
    let quiet = part("quiet.wav", "trim 0 2");
    // A square wave: its very first sample is loud.
    let burst = part("burst.wav", "synth 0.7 square 500 vol 0.3");
    // Loud enough, but too short to count.
    let click = part("click.wav", "synth 0.05 square 500 vol 0.3");
    tool(
        "sox",
        &["-D", &quiet, &burst, &quiet, &click, &quiet, &burst, &quiet, &quiet, wav.to_str().unwrap()],
    );
    wav
}

fn is_loud(sample: &i32) -> bool {
    sample.unsigned_abs() > 1 << 28
}

/// Where a burst begins in these samples of one channel that should hold it with 300 ms before it and 500 ms after it.
fn burst_in(samples: &[i32]) -> usize {
    let (first, last) =
        (samples.iter().position(is_loud).unwrap(), samples.iter().rposition(is_loud).unwrap());
    // Turns lie on pieces of 10 ms; the sound began somewhere in the piece that told of it.
    assert!((ms(300)..ms(311)).contains(&first), "{first}");
    assert_eq!(last + 1 - first, ms(700), "the burst is whole");
    let after = samples.len() - last - 1;
    assert!((ms(489)..=ms(510)).contains(&after), "{after}");
    assert!(samples[..first].iter().all(|sample| *sample == 0));
    first
}

#[test]
fn each_burst_is_a_file_that_begins_before_it_and_ends_after_it() {
    let rig = Rig::new();
    let wav = bursts(&rig);
    let mut recording = rig.record(&[
        "--archive-root",
        "archive",
        "--archive-clock",
        "utc",
        "--vox",
        "--vox-threshold",
        "-25",
        "--vox-hangover",
        "500",
        "--vox-preroll",
        "300",
    ]);
    recording.until("armed");
    let _sending = rig.send(&["--wav", wav.to_str().unwrap()]);
    recording.until("file complete");
    recording.until("armed");
    recording.until("file complete");
    recording.until("armed");
    recording.signal(libc::SIGTERM);
    recording.succeed();

    let files = rig.files("archive", "wav");
    assert_eq!(files.len(), 2, "{files:?}");
    let mut bursts = Vec::new();
    for file in &files {
        let samples: Vec<i32> = decoded(file).into_iter().step_by(2).collect();
        let first = burst_in(&samples);
        bursts.push(first_by_bext(file) + first as i64);
    }
    // Quiet, click and quiet are between the ends of the bursts and their times.
    assert_eq!(bursts[1] - bursts[0], ms(700 + 2_000 + 50 + 2_000) as i64, "each sample has its time");
}

#[test]
fn each_burst_is_a_mark_in_a_file_that_goes_on() {
    let rig = Rig::new();
    // Then sound that goes on until the recording is stopped.
    let (wav, long) = (rig.path("long.wav"), rig.path("burst-long.wav"));
    let of = |path: &PathBuf| path.to_str().unwrap().to_owned();
    let synth = "-r 48000 -c 2 -b 24".split(' ').chain([long.to_str().unwrap()]);
    let tone = "synth 60 square 500 vol 0.3".split(' ');
    tool("sox", &["-D", "-n"].into_iter().chain(synth).chain(tone).collect::<Vec<_>>());
    tool("sox", &["-D", &of(&bursts(&rig)), &of(&long), &of(&wav)]);
    let sound = ["--vox", "--vox-threshold", "-25", "--vox-hangover", "500", "--vox-preroll", "300"];
    let place = [
        "--vox-mode",
        "marks",
        "--archive-root",
        "archive",
        "--archive-clock",
        "utc",
        "--archive-period",
        "0",
    ];
    let mut recording = rig.record(
        &[place.as_slice(), sound.as_slice(), &["--archive-suffix", "wav", "--archive-suffix", "flac"]]
            .concat(),
    );
    recording.until("starting");
    let _sending = rig.send(&["--wav", wav.to_str().unwrap()]);
    recording.until("file begun");
    recording.until("sound marked");
    recording.until("sound marked");
    // A third one has begun when it is stopped: its mark ends with the file.
    recording.until("sound recorder");
    recording.signal(libc::SIGTERM);
    recording.succeed();

    let mut all = Vec::new();
    for suffix in ["wav", "flac"] {
        let files = rig.files("archive", suffix);
        assert_eq!(files.len(), 1, "one file that goes on: {files:?}");
        let samples: Vec<i32> = decoded(&files[0]).into_iter().step_by(2).collect();
        let told: Value =
            serde_json::from_str(&rig.run(&["info", "--json", files[0].to_str().unwrap()]).1).unwrap();
        let first = told["about"]["first_sample"].as_i64().unwrap();
        let marks = told["marks"].as_array().unwrap();
        assert_eq!(marks.len(), 3, "{told}");
        let place = |mark: &Value| {
            let position = |key: &str| (mark[key].as_i64().unwrap() - first) as usize;
            (position("at"), position("end"))
        };
        let mut bursts = Vec::new();
        for mark in &marks[..2] {
            let (at, end) = place(mark);
            bursts.push(at + burst_in(&samples[at..end]));
        }
        assert_eq!(bursts[1] - bursts[0], ms(700 + 2_000 + 50 + 2_000));
        assert_eq!(place(&marks[2]).1, samples.len());
        // Between the two there is the click, and no mark.
        assert!(samples[place(&marks[0]).1..place(&marks[1]).0].iter().any(is_loud));
        all.push(marks.clone());
        let path = files[0].to_str().unwrap();
        if suffix == "wav" {
            assert_eq!(first, first_by_bext(&files[0]));
        }
        let text = rig.run(&["info", path]).1;
        assert_eq!(text.lines().filter(|line| line.starts_with("mark ")).count(), 3, "{text}");
    }
    assert_eq!(all[0], all[1], "the same marks, with the same ids, beside both");
    assert_eq!(rig.run(&["check", "archive"]).0, 0);
    // The catalogue is made again from the files, and says the same.
    assert_eq!(rig.run(&["recover", "--rebuild", "archive"]).0, 0);
    assert_eq!(rig.run(&["check", "archive"]).0, 0);
}
