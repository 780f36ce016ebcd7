//! A disk that stalls, fills up, and comes back: capture does not notice, and what is missing is known.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::rig::{Rig, Running, decoded, first_by_bext, namespaces, silent_frames};

/// One thread of another process, held by ptrace: it stands still as on a disk that does not answer.
pub struct Held(i32);

impl Held {
    #[expect(unsafe_code, reason = "there is no other way to stop one thread of a process")]
    pub fn writer_of(pid: i32) -> Self {
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().flatten();
        let tid: i32 = tasks
            .map(|task| task.path())
            .find(|task| std::fs::read_to_string(task.join("comm")).is_ok_and(|c| c.trim() == "audyn-writer"))
            .and_then(|task| task.file_name()?.to_str()?.parse().ok())
            .expect("a recording has a writer thread");
        // SAFETY: plain ptrace requests on a thread of a child process; no memory of ours is involved.
        unsafe {
            assert_eq!(libc::ptrace(libc::PTRACE_SEIZE, tid, 0, 0), 0, "{}", std::io::Error::last_os_error());
            assert_eq!(libc::ptrace(libc::PTRACE_INTERRUPT, tid, 0, 0), 0);
            assert_eq!(libc::waitpid(tid, std::ptr::null_mut(), libc::__WALL), tid);
        }
        Self(tid)
    }
}

impl Held {
    /// Waits for the thread's end, which is its process's: as long as whoever holds it has not seen it, the process stays.
    #[expect(unsafe_code, reason = "as above")]
    pub fn wait_for_its_end(self) {
        // SAFETY: as above.
        unsafe { assert_eq!(libc::waitpid(self.0, std::ptr::null_mut(), libc::__WALL), self.0) };
    }
}

impl Drop for Held {
    #[expect(unsafe_code, reason = "as above")]
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { libc::ptrace(libc::PTRACE_DETACH, self.0, 0, 0) };
    }
}

/// Reads level lines for so long; how many came.
fn levels_for(recording: &mut Running, time: Duration) -> usize {
    let start = Instant::now();
    let mut lines = 0;
    while start.elapsed() < time {
        recording.until("\"levels\"");
        lines += 1;
    }
    lines
}

fn stalled_for(stall: Duration) -> (Rig, Value) {
    let rig = Rig::new();
    let _sending = rig.send(&[]);
    let mut recording = rig.record(&[
        "--archive-root",
        "a",
        "--archive-clock",
        "utc",
        "--archive-period",
        "2",
        "--levels",
        "--stats",
        "s.json",
    ]);
    levels_for(&mut recording, Duration::from_secs(1));
    let held = Held::writer_of(recording.pid());
    let lines = levels_for(&mut recording, stall);
    assert!(lines as u64 > stall.as_secs() * 20, "meters go on while the disk does not: {lines} lines");
    drop(held);
    levels_for(&mut recording, Duration::from_secs(2));
    recording.signal(libc::SIGTERM);
    recording.succeed();
    let stats = rig.json("s.json")["recorders"][0].clone();
    let mut next = None;
    let mut silent = 0;
    for file in rig.files("a", "wav") {
        let (first, samples) = (first_by_bext(&file), decoded(&file));
        assert_eq!(*next.get_or_insert(first), first, "{}", file.display());
        silent += silent_frames(&samples, first);
        next = Some(first + samples.len() as i64 / 2);
    }
    assert_eq!(stats["missing_frames"], silent);
    assert_eq!(rig.run(&["check", "a", "--hash"]).0, 0);
    (rig, stats)
}

#[test]
fn a_writer_that_stalls_for_ten_seconds_loses_nothing() {
    let (_rig, stats) = stalled_for(Duration::from_secs(10));
    assert_eq!(stats["missing_frames"], 0, "{stats}");
}

#[test]
fn beyond_that_the_loss_is_one_known_gap() {
    let (_rig, stats) = stalled_for(Duration::from_secs(13));
    let gaps = stats["gaps"].as_array().unwrap();
    assert_eq!(gaps.len(), 1, "{gaps:?}");
    assert_eq!(gaps[0]["cause"], "overrun");
    assert!(gaps[0]["len"].as_u64().unwrap() > 48_000);
}

#[test]
fn a_full_disk_is_told_and_recording_resumes_when_space_returns() {
    if !namespaces() {
        return;
    }
    let rig = Rig::new();
    let script = format!(
        "mkdir disk && mount -t tmpfs -o size=24m tmpfs disk && head -c 23000000 /dev/zero > disk/ballast || exit 77\n\
         {} record -m {} -p {} --interface lo --archive-root disk/a --archive-clock utc --levels --stats s.json &\n\
         echo \"recorder $!\"; wait $!; code=$?; cp -r disk/a kept; exit $code\n",
        env!("CARGO_BIN_EXE_audyn"),
        rig.group,
        rig.port
    );
    let _sending = rig.send(&[]);
    let mut shell = Running::start(
        Command::new("unshare").args(["-Urm", "bash", "-c", &script]).current_dir(rig.path("")),
    );
    let told = shell.until("recorder ");
    let pid: i32 = told.rsplit(' ').next().unwrap().parse().unwrap();
    let said = shell.until("cannot write");
    assert!(said.contains("No space left"), "{said}");
    let lines = levels_for(&mut shell, Duration::from_secs(13));
    assert!(lines > 13 * 20, "meters go on: {lines} lines");
    std::fs::remove_file(format!("/proc/{pid}/root{}/disk/ballast", rig.path("").display())).unwrap();
    shell.until("the disk accepts again");
    levels_for(&mut shell, Duration::from_secs(2));
    assert!(Command::new("kill").arg(pid.to_string()).status().unwrap().success());
    shell.succeed();
    let stats = &rig.json("s.json")["recorders"][0];
    let missing = stats["missing_frames"].as_u64().unwrap();
    assert_eq!(stats["missing_by_cause"]["disk-full"], missing, "{stats}");
    assert!(missing > 24_000, "{missing}");
    let mut silent = 0;
    for file in rig.files("kept", "wav") {
        silent += silent_frames(&decoded(&file), first_by_bext(&file));
    }
    assert_eq!(silent as u64, missing);
    assert_eq!(rig.run(&["check", "kept", "--hash"]).0, 0);
}
