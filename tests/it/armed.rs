//! Recorders that wait for a signal and begin before it.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::rig::{Rig, Running, decoded, first_by_bext, silent_frames};

/// The position of now on the sender's clock, which counts from the PTP epoch.
fn now() -> i64 {
    let utc = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    (utc.as_nanos() as i64 / 1_000 + 37_000_000) * 48 / 1_000
}

fn hear(recording: &mut Running, levels: usize) {
    (0..levels).for_each(|_| {
        recording.until("\"recorder\":\"two\"");
    });
}

#[test]
fn a_signal_begins_with_what_came_before_it_and_another_ends_it() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let recorder = |name: &str| {
        format!(
            "[[recorder]]\nname = \"{name}\"\narchive_root = \"{name}\"\narchive_clock = \"utc\"\narchive_period = 0\n\
             multicast_addr = \"{}\"\nport = {}\ninterface = \"lo\"\n",
            rig.group, rig.port
        )
    };
    rig.write("c.toml", &[recorder("one"), recorder("two")].concat());
    let mut recording = rig.start(&[
        "record",
        "--config",
        "c.toml",
        "--armed",
        "--pre-roll",
        "3",
        "--levels",
        "--levels-interval",
        "100",
        "--stats",
        "s.json",
    ]);
    recording.until("armed: SIGUSR1 begins to record");
    // More than the pre-roll has been heard, and nothing is written.
    hear(&mut recording, 60);
    assert!(rig.files("one", "wav").is_empty() && rig.files("two", "wav").is_empty());
    let asked = now();
    recording.signal(libc::SIGUSR1);
    recording.until("file begun");
    recording.until("file begun");
    hear(&mut recording, 10);
    recording.signal(libc::SIGUSR1);
    recording.until("armed again");
    for name in ["one", "two"] {
        let files = rig.files(name, "wav");
        let first = first_by_bext(&files[0]);
        // The signal takes a moment; the file begins three seconds before that.
        assert!((asked - 6 * 48_000..asked).contains(&first), "{name}: {} before", asked - first);
        let samples = decoded(&files[0]);
        assert_eq!(silent_frames(&samples, first), 0, "exactly what came, from the first sample on");
        assert!(samples.len() / 2 > 3 * 48_000, "{name}: {} frames", samples.len() / 2);
    }
    // Once more: what is in the first recording is not in the second. It is stopped while it goes on.
    recording.signal(libc::SIGUSR1);
    recording.until("file begun");
    recording.until("file begun");
    recording.signal(libc::SIGTERM);
    recording.succeed();
    for name in ["one", "two"] {
        let files = rig.files(name, "wav");
        assert_eq!(files.len(), 2, "{files:?}");
        let mut parts: Vec<(i64, Vec<i32>)> =
            files.iter().map(|file| (first_by_bext(file), decoded(file))).collect();
        parts.sort();
        assert_eq!(silent_frames(&parts[1].1, parts[1].0), 0);
        assert!(parts[1].0 >= parts[0].0 + parts[0].1.len() as i64 / 2, "{name}: a sample is in both");
        assert_eq!(rig.run(&["check", name]).0, 0);
    }
    let told = rig.json("s.json");
    let recorders = told["recorders"].as_array().unwrap();
    assert_eq!(recorders.len(), 4, "each of both recordings of both: {told}");
    assert!(recorders.iter().all(|recorder| recorder["missing_frames"] == 0), "{told}");
}
