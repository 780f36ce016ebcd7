use std::os::unix::fs::PermissionsExt;

use audyn_model::{Container, GapCause};

use super::*;
use crate::browse::FileFilter;
use crate::rig::{OtherWriter, Rig, format};
use crate::{Depth, Naming, check, layout};

/// Two sealed files of different days below one recorder's folder, each with a list of gaps.
fn archive() -> (Rig, Vec<SegmentRow>) {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T21:59:59Z");
    let folder = layout::CustomFormat::parse("studio-1").unwrap();
    rig.naming = Naming { folder: Some(folder), ..rig.naming };
    let mut recording = rig.recording(&[Container::Wav], 3600);
    for _ in 0..2 {
        rig.record(&mut recording, 5_000, 500);
        rig.lose(&mut recording, 64, GapCause::Loss).unwrap();
        rig.record(&mut recording, 3_000, 500);
    }
    rig.stop(&mut recording);
    let rows = rig.root.segments().unwrap();
    assert_eq!(rows.len(), 2);
    (rig, rows)
}

fn files_of(rig: &Rig, row: &SegmentRow) -> [PathBuf; 2] {
    let path = rig.root_dir().join(&row.path);
    [path.clone(), gaps::beside(&path)]
}

/// What is left after the first file was deleted: the other one, whole, and nothing that anybody would complain about.
fn only_the_second_is_left(rig: &Rig, rows: &[SegmentRow]) {
    assert!(files_of(rig, &rows[0]).iter().all(|path| !path.exists()));
    assert!(files_of(rig, &rows[1]).iter().all(|path| path.exists()));
    assert_eq!(rig.root.segments().unwrap(), rows[1..]);
    assert_eq!(rig.root.gaps(rows[0].id).unwrap(), []);
    assert!(rig.root.catalogue().marked_deletions().unwrap().is_empty());
    let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
    assert_eq!(report.findings, []);
    let day = files_of(rig, &rows[0])[0].parent().unwrap().to_owned();
    assert!(
        !day.exists() && day.parent().unwrap().is_dir(),
        "the empty day goes, the recorder's folder stays"
    );
}

#[test]
fn a_deleted_file_leaves_nothing_behind() {
    let (mut rig, rows) = archive();
    let verdicts = rig.root.delete(&[rows[0].id, rows[0].id], rig.utc());
    assert!(matches!(verdicts.as_slice(), [(id, Ok(()))] if *id == rows[0].id), "{verdicts:?}");
    only_the_second_is_left(&rig, &rows);
    rig.reopen();
    only_the_second_is_left(&rig, &rows);
    let again = rig.root.delete(&[rows[0].id], rig.utc());
    assert!(again[0].1.as_ref().unwrap_err().to_string().contains("deleted already"), "{again:?}");
}

#[test]
fn a_crash_between_any_two_steps_is_finished_at_the_next_opening() {
    for cut in 0..5 {
        let (mut rig, rows) = archive();
        let [file, list] = files_of(&rig, &rows[0]);
        rig.root.catalogue().mark_deletions(&[rows[0].id], rig.utc()).unwrap();
        if cut >= 1 {
            fs::remove_file(&file).unwrap();
        }
        if cut >= 2 {
            fs::remove_file(&list).unwrap();
        }
        if cut >= 3 {
            fs::remove_dir(file.parent().unwrap()).unwrap();
        }
        if cut >= 4 {
            rig.root.catalogue().forget(&[rows[0].id]).unwrap();
        }
        let page = rig.root.page(&FileFilter::default(), None, 10).unwrap();
        assert_eq!(page.total, 1, "cut {cut}: what is marked is not shown");
        let recovery = rig.reopen();
        assert_eq!((recovery.missing.len(), recovery.unknown.len()), (0, 0), "cut {cut}");
        only_the_second_is_left(&rig, &rows);
    }
}

#[test]
fn what_is_being_written_or_used_stays() {
    let (mut rig, rows) = archive();
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 1_000, 500);
    let open = rig.root.catalogue().in_state(SegmentState::Open).unwrap().remove(0);
    let used = rig.root.open_file(&rows[0]).unwrap();
    let other = OtherWriter::of(&files_of(&rig, &rows[1])[0]);
    let before = rig.names();
    let verdicts = rig.root.delete(&[rows[0].id, rows[1].id, open.id, SegmentId::new()], rig.utc());
    let said: Vec<String> =
        verdicts.iter().map(|(_, verdict)| verdict.as_ref().unwrap_err().to_string()).collect();
    assert_eq!(said.iter().filter(|words| words.contains("written or copied")).count(), 2, "{said:?}");
    assert_eq!(said.iter().filter(|words| words.contains("still being written")).count(), 1, "{said:?}");
    assert_eq!(rig.names(), before);
    assert!(rig.root.catalogue().marked_deletions().unwrap().is_empty());
    drop((used, other));
    // A file that its recorder gave up may still be in its hands.
    rig.root.catalogue().fault(open.id, 0, "given up").unwrap();
    assert!(rig.root.delete(&[open.id], rig.utc())[0].1.is_err());
    rig.stop(&mut recording);
    let all: Vec<SegmentId> = rig.root.segments().unwrap().iter().map(|row| row.id).collect();
    assert!(rig.root.delete(&all, rig.utc()).iter().all(|(_, verdict)| verdict.is_ok()));
    assert_eq!(rig.names(), Vec::<String>::new());
}

#[test]
fn the_row_of_a_file_that_is_gone_can_be_deleted() {
    let (rig, rows) = archive();
    files_of(&rig, &rows[0]).iter().for_each(|path| fs::remove_file(path).unwrap());
    assert!(rig.root.delete(&[rows[0].id], rig.utc())[0].1.is_ok());
    only_the_second_is_left(&rig, &rows);
}

#[test]
fn a_catalogue_cannot_have_files_deleted_outside_its_root() {
    let (rig, rows) = archive();
    let outside = rig.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("victim.wav"), "audio").unwrap();
    std::os::unix::fs::symlink(&outside, rig.root_dir().join("link")).unwrap();
    for path in ["../outside/victim.wav", "link/victim.wav", outside.join("victim.wav").to_str().unwrap()] {
        let foreign = SegmentRow { id: SegmentId::new(), path: path.to_owned(), ..rows[0].clone() };
        rig.root.catalogue().insert(&foreign).unwrap();
        let verdicts = rig.root.delete(&[foreign.id], rig.utc());
        assert!(matches!(verdicts[0].1, Err(Error::Refused { .. })), "{path}: {verdicts:?}");
        rig.root.catalogue().mark_deletions(&[foreign.id], rig.utc()).unwrap();
        finish(&rig.root_dir(), &mut rig.root.catalogue(), rig.utc()).unwrap();
        assert!(outside.join("victim.wav").exists(), "{path}");
        rig.root.catalogue().forget(&[foreign.id]).unwrap();
    }
}

#[test]
fn a_folder_that_lets_nothing_go_keeps_its_files_listed() {
    let (mut rig, rows) = archive();
    let [file, _] = files_of(&rig, &rows[0]);
    let day = file.parent().unwrap().to_owned();
    fs::set_permissions(&day, fs::Permissions::from_mode(0o555)).unwrap();
    // An administrator may remove anything: for one a folder in the file's place does the same.
    let as_folder = rustix::process::geteuid().is_root();
    if as_folder {
        fs::rename(&file, rig.dir.path().join("aside")).unwrap();
        fs::create_dir(&file).unwrap();
    }
    rig.root.catalogue().mark_deletions(&[rows[0].id], rig.utc()).unwrap();
    rig.reopen();
    assert!(rig.root.catalogue().marked_deletions().unwrap().is_empty());
    let verdict = rig.root.delete(&[rows[0].id], rig.utc()).remove(0).1;
    assert!(verdict.unwrap_err().to_string().contains("cannot delete"));
    assert_eq!(rig.root.page(&FileFilter::default(), None, 10).unwrap().total, 2);
    fs::set_permissions(&day, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_catalogue_that_cannot_be_written_to_keeps_every_file() {
    let (rig, rows) = archive();
    rig.root.catalogue().refuse_writes(true);
    let verdicts = rig.root.delete(&[rows[0].id, rows[1].id], rig.utc());
    assert!(verdicts.iter().all(|(_, verdict)| verdict.is_err()));
    rig.root.catalogue().refuse_writes(false);
    assert_eq!(rig.names().len(), 2);
    assert_eq!(rig.root.segments().unwrap().len(), 2);
}
