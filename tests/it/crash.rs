//! Killed at any moment: at most the checkpoint interval is lost, everything plays, and the next start mends the rest.

use crate::rig::{Rig, decoded, first_by_bext, silent_frames};

/// Kills a recorder `kills` times at moments spread over its second, each time on the same archive.
fn kill_often(kills: u32) {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let args = [
        "--archive-root",
        "a",
        "--archive-clock",
        "utc",
        "--archive-period",
        "2",
        "--archive-layout",
        "accurate",
        "--archive-suffix",
        "wav",
        "--archive-suffix",
        "opus",
        "--archive-suffix",
        "flac",
        "--archive-suffix",
        "mp3",
        "--levels",
        "--levels-interval",
        "10",
    ];
    let mut sealed: Vec<(std::path::PathBuf, Vec<u8>)> = Vec::new();
    let mut worst = 0;
    for kill in 0..kills {
        let mut recording = rig.record(&args);
        recording.until("file begun");
        // One more level line than last time: the kill wanders over files' heads, middles and boundaries.
        (0..20 + kill * 7 % 140).for_each(|_| {
            recording.until("\"levels\"");
        });
        let now = jiff::Timestamp::now();
        recording.kill();
        let newest = rig.files("a", "wav").pop().expect("a file was begun");
        let there = i64::try_from((now.as_nanosecond() + 37_000_000_000) * 48_000 / 1_000_000_000).unwrap();
        let missing_ms = |samples: &[i32]| (there - first_by_bext(&newest) - samples.len() as i64 / 2) / 48;
        // As it lies there, the newest file plays up to its last checkpoint.
        let unplayed_ms = missing_ms(&decoded(&newest));
        assert!(unplayed_ms < 1900, "kill {kill}: {unplayed_ms} ms do not play yet");
        for (path, before) in &sealed {
            assert_eq!(&std::fs::read(path).unwrap(), before, "kill {kill} changed {}", path.display());
        }
        let (code, said) = rig.run(&["recover", "a"]);
        assert_eq!(code, 0, "kill {kill}: {said}");
        let (code, said) = rig.run(&["check", "a", "--hash"]);
        assert_eq!(code, 0, "kill {kill}: {said}");
        let suffixes = ["wav", "opus", "flac", "mp3"];
        let all: Vec<_> = suffixes.iter().flat_map(|suffix| rig.files("a", suffix)).collect();
        sealed = all.into_iter().map(|path| (path.clone(), std::fs::read(&path).unwrap())).collect();
        for suffix in suffixes {
            let file = newest.with_extension(suffix);
            // The kill may have come between the formats of one boundary.
            if file.exists() && rig.files("a", suffix).last() == Some(&file) {
                let whole = decoded(&file);
                assert!(suffix != "wav" || silent_frames(&whole, first_by_bext(&newest)) == 0);
                worst = worst.max(missing_ms(&whole));
                assert!(
                    missing_ms(&whole) < 1000,
                    "kill {kill}: {} ms of {suffix} are lost",
                    missing_ms(&whole)
                );
            }
        }
        if kill % 20 == 19 {
            println!("{} kills so far: at most {worst} ms before a kill were lost", kill + 1);
        }
        if sealed.len() > 64 {
            // Keep the folder small on long runs: what is older has been compared often enough.
            std::fs::remove_dir_all(rig.path("a")).unwrap();
            sealed.clear();
        }
    }
    println!("{kills} kills: at most {worst} ms before a kill were lost");
}

#[test]
fn kills_at_any_moment_lose_less_than_the_checkpoint_interval() {
    let (archives, kills) = if std::env::var_os("RUN_SLOW_TESTS").is_some() { (5, 200) } else { (1, 12) };
    std::thread::scope(|scope| {
        (0..archives).for_each(|_| {
            scope.spawn(|| kill_often(kills));
        });
    });
}

#[test]
fn the_next_start_mends_and_goes_on() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let args = ["--archive-root", "a", "--archive-clock", "utc", "--archive-layout", "flat"];
    let mut recording = rig.record(&[&args[..], &["--levels"]].concat());
    (0..60).for_each(|_| {
        recording.until("\"levels\"");
    });
    recording.kill();
    std::fs::write(rig.path("a/letter.txt"), "not ours").unwrap();
    let said = rig.record(&[&args[..], &["--duration", "1"]].concat()).succeed();
    assert!(said.contains("an unclean stop left"), "{said}");
    assert_eq!(std::fs::read_to_string(rig.path("a/letter.txt")).unwrap(), "not ours");
    assert_eq!(rig.files("a", "wav").len(), 2);
    let (code, said) = rig.run(&["check", "a", "--hash"]);
    assert!(said.contains("letter.txt"), "an unknown file is reported: {said}");
    assert!(code == 0 || code == 3);
}

#[test]
fn the_catalogue_is_made_anew_from_the_files() {
    let rig = Rig::new();
    let args = ["--archive-root", "a", "--archive-clock", "utc", "--archive-period", "1", "--duration", "3"];
    rig.record_with(&["--loss", "3", "--seed", "3"], &args);
    for damaged in ["catalogue.db", "catalogue.db-wal", "catalogue.db-shm"] {
        if rig.path("a").join(damaged).exists() {
            std::fs::write(rig.path("a").join(damaged), "this is no database, and was never one").unwrap();
        }
    }
    let (code, said) = rig.run(&["recover", "a"]);
    assert_eq!(code, 0, "{said}");
    let (code, said) = rig.run(&["check", "a", "--hash"]);
    assert_eq!(code, 0, "{said}");
}
