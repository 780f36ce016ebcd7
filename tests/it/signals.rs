//! Orderly ends, and a configuration that changes while recorders run.

use crate::disk::Held;
use crate::rig::{Rig, decoded, first_by_bext, silent_frames};

#[test]
fn interrupt_and_terminate_finish_every_file() {
    for signal in [libc::SIGINT, libc::SIGTERM] {
        let rig = Rig::new();
        let _sending = rig.send(&[]);
        let mut recording =
            rig.record(&["--archive-root", "a", "--archive-clock", "utc", "--levels", "--log-json"]);
        (0..40).for_each(|_| {
            recording.until("\"levels\"");
        });
        recording.signal(signal);
        recording.succeed();
        let file = rig.files("a", "wav").pop().unwrap();
        let info = rig.run(&["info", "--json", file.to_str().unwrap()]).1;
        assert!(info.contains("complete"), "{info}");
        assert_eq!(silent_frames(&decoded(&file), first_by_bext(&file)), 0);
        assert_eq!(rig.run(&["check", "a"]).0, 0);
    }
}

#[test]
fn a_hangup_reads_the_configuration_again_and_touches_only_what_changed() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let recorder = |name: &str| {
        format!(
            "[[recorder]]\nname = \"{name}\"\narchive_root = \"{name}\"\nmulticast_addr = \"{}\"\nport = {}\ninterface = \"lo\"\n",
            rig.group, rig.port
        )
    };
    rig.write("c.toml", &[recorder("stays"), recorder("goes")].concat());
    let mut recording = rig.start(&[
        "record",
        "--config",
        "c.toml",
        "--stats",
        "s.json",
        "--log-file",
        "log.txt",
        "--levels",
    ]);
    recording.until("\"recorder\":\"goes\"");
    std::fs::rename(rig.path("log.txt"), rig.path("log.1.txt")).unwrap();
    rig.write("c.toml", &[recorder("stays"), recorder("comes")].concat());
    recording.signal(libc::SIGHUP);
    recording.until("\"recorder\":\"comes\"");
    // A wrong file changes nothing.
    rig.write("c.toml", "[[recorder]]\nname = 5\n");
    recording.signal(libc::SIGHUP);
    (0..20).for_each(|_| {
        recording.until("\"recorder\":\"stays\"");
    });
    recording.signal(libc::SIGTERM);
    recording.succeed();
    for name in ["stays", "goes", "comes"] {
        assert_eq!(rig.files(name, "wav").len(), 1, "{name} has one file: it was not begun twice");
        assert_eq!(rig.run(&["check", name]).0, 0, "{name}");
    }
    assert!(std::fs::metadata(rig.path("log.txt")).unwrap().len() > 0, "the log was opened anew");
}

#[test]
fn a_disk_that_does_not_answer_holds_the_end_up_until_its_deadline_only() {
    for signals in [1, 2] {
        let rig = Rig::new();
        let _sending = rig.send(&[]);
        let mut recording = rig.record(&["--archive-root", "a", "--archive-clock", "utc", "--levels"]);
        (0..40).for_each(|_| {
            recording.until("\"levels\"");
        });
        let held = Held::writer_of(recording.pid());
        recording.signal(libc::SIGTERM);
        recording.until("stopping: every file");
        if signals == 2 {
            recording.signal(libc::SIGTERM);
            recording.until("ended before every file was finished");
        }
        held.wait_for_its_end();
        let (status, said) = recording.end();
        assert_eq!(status.code(), Some(5), "{signals} signals: {said}");
        // It plays as it is, and the next start or `recover` ends it.
        assert!(decoded(&rig.files("a", "wav")[0]).len() > 24_000, "{signals} signals");
        assert_eq!(rig.run(&["check", "a"]).0, 3, "{signals} signals: left unfinished");
        assert_eq!(rig.run(&["recover", "a"]).0, 0, "{signals} signals");
        assert_eq!(rig.run(&["check", "a", "--hash"]).0, 0, "{signals} signals");
    }
}
