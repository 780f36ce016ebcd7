use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use audyn_model::{Container, GapCause};

use super::*;
use crate::rig::{Rig, format, sine, utc};
use crate::{Depth, SegmentState, check};

#[test]
fn a_missing_folder_is_made_and_an_unusable_one_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("a/b/c");
    let now = utc("2026-07-01T12:00:00Z");
    let (root, recovery) = Root::open(&deep, "audyn", now).unwrap();
    assert!(deep.join("catalogue.db").is_file() && root.dir() == deep.canonicalize().unwrap());
    assert_eq!((recovery.sealed.len(), recovery.unknown.len()), (0, 0));
    fs::write(dir.path().join("file"), "x").unwrap();
    let message = Root::open(&dir.path().join("file/root"), "audyn", now).unwrap_err().to_string();
    assert!(message.contains("file/root") && message.contains("not a directory"), "{message}");
    let locked = dir.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    // Root may write anywhere, so this half only says something for others.
    if let Err(error) = Root::open(&locked, "audyn", now) {
        let message = error.to_string();
        assert!(message.contains("locked") && message.contains("right to write"), "{message}");
    }
}

/// An archive of all formats, with gaps, a restart and a rotation.
fn archive() -> Rig {
    let mut rig = Rig::new(format(48_000, 2), "2026-07-01T12:59:59Z");
    rig.signal = sine;
    for _ in 0..2 {
        let mut recording = rig.recording(&Container::ALL, 3600);
        rig.record(&mut recording, 40_000, 10_000);
        rig.lose(&mut recording, 20_000, GapCause::Loss).unwrap();
        rig.record(&mut recording, 3_000, 1_000);
        rig.stop(&mut recording);
    }
    rig
}

/// What a catalogue says of its files, but for what files cannot know: which start made them, why and when they ended.
/// Hashes may divide a file elsewhere; that they are right is for `check` to say.
fn essence(root: &Root) -> Vec<(SegmentRow, Vec<Gap>)> {
    let rows = root.segments().unwrap();
    rows.into_iter()
        .map(|row| {
            let gaps = root.gaps(row.id).unwrap();
            (SegmentRow { open_id: None, end: None, hashes: None, created: None, sealed: None, ..row }, gaps)
        })
        .collect()
}

#[test]
fn a_rebuilt_catalogue_says_the_same() {
    let mut rig = archive();
    let (before, id) = (essence(&rig.root), rig.root.id());
    assert_eq!(before.len(), 12);
    assert!(before.iter().any(|(_, gaps)| !gaps.is_empty()));
    let recovery = rebuild(&rig.root_dir(), rig.utc()).unwrap();
    assert_eq!((recovery.adopted, recovery.sealed.len(), recovery.faulted.len()), (12, 0, 0));
    assert!(recovery.set_aside.unwrap().is_file());
    rig.reopen();
    assert!(essence(&rig.root) == before);
    assert_eq!(rig.root.id(), id, "the root keeps its id");
    let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
    assert_eq!((report.findings, report.unhashed), (vec![], 0));
}

#[test]
fn a_damaged_catalogue_is_set_aside_and_rebuilt() {
    for damage in [b"not a database at all".as_slice(), &[0; 5000]] {
        let mut rig = archive();
        let before = essence(&rig.root);
        let dir = rig.root_dir();
        // Let go of the database first, as a crash does.
        let elsewhere = rig.dir.path().join("elsewhere");
        rig.root = Arc::new(Root::open(&elsewhere, "audyn", rig.utc()).unwrap().0);
        fs::write(dir.join("catalogue.db"), damage).unwrap();
        assert!(matches!(check(&dir, Depth::Quick, &mut |_, _| ()), Err(Error::CatalogueDamaged { .. })));
        let (root, recovery) = Root::open(&dir, "audyn", rig.utc()).unwrap();
        let aside = recovery.set_aside.unwrap();
        assert_eq!(aside.file_name().unwrap(), "catalogue.db.20260701T130001Z");
        assert_eq!(fs::read(&aside).unwrap(), damage);
        assert_eq!(recovery.unknown, [""; 0].map(PathBuf::from), "what was set aside is known");
        assert_eq!(recovery.adopted, 12);
        assert!(essence(&root) == before);
    }
}

#[test]
fn a_copy_of_a_file_is_not_a_second_segment() {
    let rig = archive();
    let name = rig.names()[0].clone();
    let copy = rig.root_dir().join(&name).with_file_name("zz-copy.flac");
    fs::copy(rig.root_dir().join(&name), &copy).unwrap();
    let recovery = rebuild(&rig.root_dir(), rig.utc()).unwrap();
    assert_eq!((recovery.adopted, recovery.unknown), (12, vec![copy]));
}

#[test]
fn threads_and_processes_share_a_root() {
    let rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let dir = rig.root_dir();
    std::thread::scope(|scope| {
        for own in [false, true, true, false] {
            let (root, dir, at, anchor) = (rig.root.clone(), &dir, rig.at, rig.anchor);
            let naming = rig.naming.clone();
            scope.spawn(move || {
                let utc = utc("2026-07-01T12:00:00Z");
                let root = if own { Arc::new(Root::open(dir, "audyn", utc).unwrap().0) } else { root };
                let mut recording = crate::Recording::new(crate::RecordingSpec {
                    recorder: audyn_model::RecorderId::new(),
                    name: "x".into(),
                    format: format(8_000, 1),
                    outputs: vec![crate::rig::spec(Container::Wav)],
                    place: crate::Place::Root { root, naming, period_s: 1 },
                    checkpoint: std::time::Duration::from_secs(1),
                    originator: "x".into(),
                })
                .unwrap();
                let mono = audyn_model::Mono(0);
                for second in 0..10 {
                    recording.frames(at.plus(second * 8_000), &[77 << 8; 8_000], &anchor, mono, utc).unwrap();
                }
                recording.stop(mono, utc).unwrap();
            });
        }
    });
    let report = check(&dir, Depth::Hash, &mut |_, _| ()).unwrap();
    assert_eq!((report.segments, report.findings), (40, vec![]));
    assert!(rig.root.segments().unwrap().iter().all(|row| row.state == SegmentState::Sealed));
}

/// This test, started again as another process, recovers the folder it is given.
#[test]
fn another_process_leaves_a_living_recording_alone() {
    const DIR: &str = "AUDYN_TEST_ROOT";
    if let Some(dir) = std::env::var_os(DIR) {
        let (_, recovery) = Root::open(Path::new(&dir), "other", utc("2026-07-01T12:00:10Z")).unwrap();
        assert_eq!((recovery.busy.len(), recovery.sealed.len(), recovery.unknown.len()), (1, 0, 0));
        return;
    }
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 20_000, 1_000);
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "root::tests::another_process_leaves_a_living_recording_alone"])
        .env(DIR, rig.root_dir())
        .output()
        .unwrap();
    assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
    rig.record(&mut recording, 20_000, 1_000);
    rig.stop(&mut recording);
    let rows = rig.root.segments().unwrap();
    assert_eq!((rows[0].frames, rows[0].end), (Some(40_000), Some(crate::EndReason::Stop)));
    let starts = rig.root.catalogue().opens().unwrap();
    assert_eq!(starts, ["audyn test", "other"]);
    rig.root.close("stopped", rig.utc()).unwrap();
}
