//! Disks that fail: nothing accepted is lost silently.

use std::process::Command;

use proptest::prelude::*;

use super::*;
use crate::rig::{EIO, ENOSPC};

fn rig() -> Rig {
    Rig::new(format(8_000, 2), "2026-07-01T12:00:00.500Z")
}

#[test]
fn a_full_disk_is_waited_for_and_resumed_in_place() {
    for container in [Container::Wav, Container::Flac] {
        for space in [0, 1, 700, 1_000, 5_001, 30_000] {
            let mut rig = rig();
            let first = rig.at;
            rig.disk.set(|t| t.space = Some(space));
            let mut recording = rig.recording(&[container], 1);
            // One call over several boundaries: all of it is pending at the fault.
            let fault = rig.try_record(&mut recording, 30_000).unwrap_err();
            assert_eq!((fault.kind, fault.source.raw_os_error()), (FaultKind::DiskFull, Some(ENOSPC)));
            assert!(fault.to_string().contains("2026-07-01-14"), "{fault}");
            // Far longer than any other fault is tolerated.
            for _ in 0..20 {
                rig.waited += Duration::from_secs(60);
                assert_eq!(recording.retry(rig.mono(), rig.utc()).unwrap_err().kind, FaultKind::DiskFull);
                assert_eq!(recording.tick(rig.mono(), rig.utc()).unwrap_err().kind, FaultKind::DiskFull);
            }
            rig.disk.heal();
            recording.retry(rig.mono(), rig.utc()).unwrap();
            rig.record(&mut recording, 5_000, 1_000);
            rig.stop(&mut recording);
            check_exact_by(&rig, |path| decoded(fs::File::open(path).unwrap()));
            check_complete(&rig, first, 1);
            assert_eq!(rig.root.segments().unwrap().len(), 5);
        }
    }
}

#[test]
fn a_short_disturbance_leaves_no_trace() {
    let mut rig = rig();
    let first = rig.at;
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 4_000, 1_000);
    rig.disk.set(|t| t.write = Some(EIO));
    let fault = rig.try_record(&mut recording, 8_000).unwrap_err();
    assert_eq!(fault.kind, FaultKind::WriteFailed);
    rig.waited += Duration::from_millis(4_900);
    recording.retry(rig.mono(), rig.utc()).unwrap_err();
    rig.disk.heal();
    recording.retry(rig.mono(), rig.utc()).unwrap();
    rig.record(&mut recording, 1_000, 1_000);
    rig.stop(&mut recording);
    check_exact_by(&rig, |path| decoded(fs::File::open(path).unwrap()));
    check_complete(&rig, first, 1);
    assert_eq!(rig.names().len(), 1);
}

#[test]
fn a_file_that_stays_broken_is_given_up_for_a_new_one() {
    let mut rig = rig();
    let mut recording = rig.recording(&[Container::Wav, Container::Flac], 0);
    rig.record(&mut recording, 10_000, 1_000);
    rig.disk.set(|t| {
        t.write = Some(EIO);
        t.only = Some("14.wav".into());
    });
    let mut faults = 0;
    while rig.try_record(&mut recording, 1_000).is_ok() {
        assert!(faults < 100);
        faults += 1;
    }
    rig.waited += Duration::from_secs(5);
    recording.retry(rig.mono(), rig.utc()).unwrap();
    rig.record(&mut recording, 8_000, 1_000);
    rig.stop(&mut recording);

    let lost = recording
        .events()
        .find_map(|event| match event {
            ArchiveEvent::Abandoned { lost, container: Container::Wav, .. } => lost,
            ArchiveEvent::Abandoned { .. } | ArchiveEvent::Opened { .. } | ArchiveEvent::Sealed { .. } => {
                None
            }
        })
        .expect("frames were lost, and said to be");
    let rows = rig.root.segments().unwrap();
    let [flac, faulted, after] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((faulted.state, faulted.end), (SegmentState::Faulted, Some(EndReason::Fault)));
    // Together they account for every sample, and the gap is in the catalogue.
    assert_eq!(faulted.end_index(), Some(lost.at));
    assert_eq!(lost.end(), after.first);
    assert_eq!(rig.root.gaps(faulted.id).unwrap(), [lost]);
    assert_eq!(flac.end_index(), after.end_index());
    assert!(after.path.contains("14_1400"), "{}", after.path);
    // The other output never noticed.
    assert_eq!(flac.frames, Some(rig.at.since(flac.first) as u64));
    // What was checkpointed before the trouble plays.
    assert!(ffmpeg(&rig.root_dir().join(&faulted.path)).len() >= 8_000 * 2);
    let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
}

#[test]
fn a_failed_sync_is_not_believed_a_second_time() {
    let mut rig = rig();
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 4_000, 1_000);
    rig.disk.set(|t| {
        t.sync = Some(EIO);
        t.only = Some("14.wav".into());
    });
    rig.record(&mut recording, 12_000, 1_000);
    rig.stop(&mut recording);
    let rows = rig.root.segments().unwrap();
    assert_eq!(
        rows.iter().map(|row| row.state).collect::<Vec<_>>(),
        [SegmentState::Faulted, SegmentState::Sealed]
    );
    assert_eq!(
        rows[0].end_index(),
        Some(rows[1].first),
        "nothing was lost: the writes themselves went through"
    );
}

#[test]
fn a_folder_that_takes_no_files_is_tried_for_ever() {
    let mut rig = rig();
    let first = rig.at;
    rig.disk.set(|t| t.create = Some(EIO));
    let mut recording = rig.recording(&[Container::Wav], 0);
    assert_eq!(rig.try_record(&mut recording, 1_000).unwrap_err().kind, FaultKind::WriteFailed);
    for _ in 0..10 {
        rig.waited += Duration::from_secs(60);
        recording.retry(rig.mono(), rig.utc()).unwrap_err();
    }
    rig.disk.heal();
    recording.retry(rig.mono(), rig.utc()).unwrap();
    rig.stop(&mut recording);
    check_exact_by(&rig, |path| decoded(fs::File::open(path).unwrap()));
    check_complete(&rig, first, 1);
}

#[test]
fn stop_may_be_repeated() {
    let mut rig = rig();
    let first = rig.at;
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 2_000, 1_000);
    rig.disk.set(|t| t.space = Some(0));
    assert_eq!(recording.stop(rig.mono(), rig.utc()).unwrap_err().kind, FaultKind::DiskFull);
    rig.disk.heal();
    rig.stop(&mut recording);
    rig.stop(&mut recording);
    check_exact_by(&rig, |path| decoded(fs::File::open(path).unwrap()));
    check_complete(&rig, first, 1);
    assert_eq!(recording.events().count(), 2);
}

#[test]
fn a_catalogue_out_of_reach_does_not_hold_up_the_audio() {
    let mut rig = rig();
    let first = rig.at;
    let mut recording = rig.recording(&[Container::Wav], 1);
    rig.record(&mut recording, 1_000, 1_000);
    rig.root.catalogue().refuse_writes(true);
    rig.record(&mut recording, 16_000, 1_000);
    assert!(recording.status().owed_entries > 0);
    let fault = recording.stop(rig.mono(), rig.utc()).unwrap_err();
    assert!(fault.path.ends_with("catalogue.db"), "{fault}");
    assert_eq!(rig.names().len(), 3, "the files are there all the same");
    rig.root.catalogue().refuse_writes(false);
    rig.stop(&mut recording);
    check_exact_by(&rig, |path| decoded(fs::File::open(path).unwrap()));
    check_complete(&rig, first, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_interruption_at_any_operation_leaves_no_trace(
        every in 2_u32..9,
        skip in 0_u32..9,
        piece in 100_usize..9_000,
        flac: bool,
    ) {
        let mut rig = rig();
        let first = rig.at;
        rig.disk.set(|t| { t.every = Some(every); t.operations = skip; });
        let container = if flac { Container::Flac } else { Container::Wav };
        let mut recording = rig.recording(&[container], 1);
        let settle = |recording: &mut Recording, rig: &Rig, mut result: Result<(), Fault>| {
            let mut tries = 0;
            while result.is_err() {
                tries += 1;
                assert!(tries < 1000);
                result = recording.retry(rig.mono(), rig.utc());
            }
        };
        let mut left = 20_000;
        while left > 0 {
            let frames = piece.min(left);
            let result = if left % 3 == 0 {
                rig.lose(&mut recording, frames as u64, GapCause::Loss)
            } else {
                rig.try_record(&mut recording, frames)
            };
            settle(&mut recording, &rig, result);
            left -= frames;
        }
        let mut tries = 0;
        while recording.stop(rig.mono(), rig.utc()).is_err() {
            tries += 1;
            prop_assert!(tries < 1000);
        }
        rig.disk.heal();
        check_exact_by(&rig, |path| decoded(fs::File::open(path).unwrap()));
        check_complete(&rig, first, 1);
    }
}

/// On a real file system of 1 MiB, in a mount namespace of its own.
#[test]
fn a_real_full_disk_resumes_when_space_returns() {
    const INSIDE: &str = "AUDYN_TEST_TMPFS";
    if let Some(dir) = std::env::var_os(INSIDE) {
        return fill_and_resume(PathBuf::from(dir));
    }
    let dir = tempfile::tempdir().unwrap();
    let script =
        format!("mount -t tmpfs -o size=1m none {0} && exec \"$0\" --exact \"$1\"", dir.path().display());
    let output = Command::new("unshare")
        .args(["-Urm", "sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .arg("recording::tests::faults::a_real_full_disk_resumes_when_space_returns")
        .env(INSIDE, dir.path())
        .output()
        .expect("cannot run unshare; apt-get install util-linux");
    let words = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    if words.contains("unshare:") || words.contains("mount:") {
        println!("not run: this system permits no unprivileged mount namespaces ({words})");
        return;
    }
    assert!(output.status.success() && words.contains("1 passed"), "{words}");
}

fn fill_and_resume(dir: PathBuf) {
    let mut rig = rig();
    let ballast = dir.join("ballast");
    fs::write(&ballast, vec![0; 700 * 1024]).unwrap();
    let place = Place::File { path: dir.join("take.wav"), clock: rig.naming.clock.clone() };
    let first = rig.at;
    let mut recording = rig.recording_to(place, vec![spec(Container::Wav)]);
    let fault = loop {
        assert!(rig.at.since(first) < 100_000, "the disk never was full");
        if let Err(fault) = rig.try_record(&mut recording, 2_000) {
            break fault;
        }
    };
    assert_eq!(fault.kind, FaultKind::DiskFull);
    assert_eq!(recording.retry(rig.mono(), rig.utc()).unwrap_err().kind, FaultKind::DiskFull);
    fs::remove_file(&ballast).unwrap();
    recording.retry(rig.mono(), rig.utc()).unwrap();
    rig.record(&mut recording, 2_000, 2_000);
    rig.stop(&mut recording);
    let frames = rig.at.since(first) as usize;
    assert!(ffmpeg(&dir.join("take.wav")) == samples(rig.signal, first.0, frames, 2));
}
