//! Recording on sound, into an archive.

use super::rig::{Rig, decoded, first_by_bext, tool};

/// Frames in so many milliseconds.
const fn ms(ms: usize) -> usize {
    ms * 48
}

#[test]
fn each_burst_is_a_file_that_begins_before_it_and_ends_after_it() {
    let rig = Rig::new();
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
        let loud = |sample: &i32| sample.unsigned_abs() > 1 << 28;
        let (first, last) = (samples.iter().position(loud).unwrap(), samples.iter().rposition(loud).unwrap());
        // Turns lie on pieces of 10 ms; the sound began somewhere in the piece that told of it.
        assert!((ms(300)..ms(311)).contains(&first), "{first}");
        assert_eq!(last + 1 - first, ms(700), "the burst is whole");
        let after = samples.len() - last - 1;
        assert!((ms(489)..=ms(510)).contains(&after), "{after}");
        assert!(samples[..first].iter().all(|sample| *sample == 0));
        bursts.push(first_by_bext(file) + first as i64);
    }
    // Quiet, click and quiet are between the ends of the bursts and their times.
    assert_eq!(bursts[1] - bursts[0], ms(700 + 2_000 + 50 + 2_000) as i64, "each sample has its time");
}
