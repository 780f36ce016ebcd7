//! What the system does not permit is a warning that says what would permit it; recording goes on.

use std::process::Command;

use crate::rig::{Rig, Running, decoded, first_by_bext, namespaces, silent_frames};

#[test]
fn refused_privileges_are_warnings_and_recording_goes_on() {
    if !namespaces() {
        return;
    }
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    // A user namespace holds no privilege over the machine's memory and scheduler; the limits permit nothing either.
    let script = format!(
        "ulimit -l 0 && ulimit -r 0 && exec unshare -Ur env DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent \
         {} record -m {} -p {} --interface lo -o out.wav --archive-clock utc --duration 1",
        env!("CARGO_BIN_EXE_audyn"),
        rig.group,
        rig.port
    );
    let said = Running::start(Command::new("bash").args(["-c", &script]).current_dir(rig.path(""))).succeed();
    for (refused, remedy) in [("mlockall", "LimitMEMLOCK"), ("SCHED_FIFO", "LimitRTPRIO")] {
        let line =
            said.lines().find(|line| line.contains(refused)).unwrap_or_else(|| panic!("{refused}: {said}"));
        assert!(line.contains("WARN") && line.contains(remedy), "{line}");
    }
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!((samples.len(), silent_frames(&samples, first_by_bext(&rig.path("out.wav")))), (96_000, 0));
}

#[test]
fn memory_is_locked_where_that_is_permitted() {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let mut recording = rig.record(&["-o", "out.wav", "--levels"]);
    recording.until("\"levels\"");
    let status = std::fs::read_to_string(format!("/proc/{}/status", recording.pid())).unwrap();
    let locked_kb: u64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmLck:")?.split_whitespace().next()?.parse().ok())
        .unwrap();
    recording.signal(libc::SIGTERM);
    let said = recording.succeed();
    assert!(locked_kb > 0 || said.contains("mlockall"), "neither locked nor refused: {said}");
}
