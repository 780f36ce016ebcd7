use std::fs;
use std::sync::Arc;

use audyn_model::Container;

use super::*;
use crate::browse::FileFilter;
use crate::check::Problem;
use crate::rig::{Rig, format};
use crate::{Depth, SegmentState, check, rebuild};

const LATER: i64 = 1_000_000_000;

/// Two sealed files.
fn archive() -> (Rig, Vec<SegmentRow>) {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav], 1);
    rig.record(&mut recording, 16_000, 1_000);
    rig.stop(&mut recording);
    let rows = rig.root.segments().unwrap();
    assert_eq!(rows.len(), 2);
    (rig, rows)
}

fn hold(rig: &Rig, by: &str, until: Option<Utc>) -> Hold {
    let reason = "complaint 7".to_owned();
    Hold { id: HoldId::new(), by: by.to_owned(), since: rig.utc(), until, reason }
}

fn file_of(rig: &Rig, row: &SegmentRow) -> PathBuf {
    rig.root_dir().join(&row.path)
}

fn set(rig: &Rig, row: &SegmentRow, hold: &Hold) {
    let verdicts = rig.root.hold(&[row.id], hold);
    assert!(matches!(verdicts.as_slice(), [(id, Ok(()))] if *id == row.id), "{verdicts:?}");
}

fn delete(rig: &Rig, row: &SegmentRow) -> Result<(), Error> {
    rig.root.delete(&[row.id], rig.utc()).remove(0).1
}

fn is_held(rig: &Rig, row: &SegmentRow) -> bool {
    let refused = matches!(delete(rig, row), Err(Error::Held { .. }));
    assert_eq!(refused, file_of(rig, row).exists(), "what is not held is deleted");
    refused
}

fn findings(rig: &Rig) -> Vec<Problem> {
    let report = check(&rig.root_dir(), Depth::Quick, &mut |_, _| ()).unwrap();
    report.findings.into_iter().map(|finding| finding.problem).collect()
}

#[test]
fn what_is_held_is_not_deleted_and_the_rest_is() {
    let (rig, rows) = archive();
    let ids = [rows[0].id, rows[1].id];
    let (first, second) = (hold(&rig, "Otto", None), hold(&rig, "Vera", None));
    set(&rig, &rows[0], &first);
    set(&rig, &rows[0], &second);
    assert_eq!(rig.root.holds(rows[0].id).unwrap(), [first.clone(), second.clone()]);
    assert_eq!(findings(&rig), []);
    let verdicts = rig.root.delete(&ids, rig.utc());
    let said =
        |id| verdicts.iter().find(|(own, _)| *own == id).unwrap().1.as_ref().map_err(ToString::to_string);
    assert_eq!(said(rows[1].id), Ok(&()));
    let words = said(rows[0].id).unwrap_err();
    assert!(
        words.contains(&rows[0].path) && words.contains("Otto holds it (complaint 7), and 1 more"),
        "{words}"
    );
    assert!(file_of(&rig, &rows[0]).exists() && !file_of(&rig, &rows[1]).exists());
    // One hold after the other: it is held until the last of them is gone.
    let lift = |which| rig.root.lift(&[rows[0].id], which, "Ada", "settled", rig.utc()).remove(0).1;
    assert_eq!(lift(Some(first.id)).unwrap(), std::slice::from_ref(&first));
    assert!(lift(Some(first.id)).unwrap_err().to_string().contains("does not have this hold"));
    assert!(is_held(&rig, &rows[0]));
    assert_eq!(lift(None).unwrap(), std::slice::from_ref(&second));
    assert!(lift(None).unwrap_err().to_string().contains("is not held"));
    let listed = read(&file_of(&rig, &rows[0])).unwrap();
    let who: Vec<(&str, &str)> =
        listed.lifted.iter().map(|(_, lift)| (lift.by.as_str(), lift.reason.as_str())).collect();
    assert_eq!(who, [("Ada", "settled"); 2], "who lifted it, and why, stays beside the file");
    assert_eq!(findings(&rig), []);
    assert!(!is_held(&rig, &rows[0]));
    assert_eq!(rig.names(), Vec::<String>::new(), "its list goes with it");
}

#[test]
fn an_expired_hold_holds_no_longer() {
    let (rig, rows) = archive();
    let until = rig.utc().plus(LATER);
    let one = hold(&rig, "Otto", Some(until));
    set(&rig, &rows[0], &one);
    let held_at = |now: Utc| {
        let filter = FileFilter { held_at: Some(now), ..FileFilter::default() };
        rig.root.page(&filter, None, 10).unwrap().total
    };
    assert_eq!((held_at(rig.utc()), held_at(Utc(until.0 - 1)), held_at(until)), (1, 1, 0));
    assert!(is_held(&rig, &rows[0]));
    let shown = rig.root.listed_file(rows[0].id).unwrap().unwrap().holds;
    assert_eq!(shown, [one], "it is shown whether it holds or not");
    let verdict = rig.root.delete(&[rows[0].id], Utc(until.0 - 1)).remove(0).1;
    assert!(matches!(verdict, Err(Error::Held { .. })));
    assert!(rig.root.delete(&[rows[0].id], until).remove(0).1.is_ok());
}

#[test]
fn a_hold_travels_with_the_files_and_outlives_the_catalogue() {
    let (mut rig, rows) = archive();
    let (first, gone) = (hold(&rig, "Otto", Some(rig.utc().plus(LATER))), hold(&rig, "Vera", None));
    set(&rig, &rows[0], &first);
    set(&rig, &rows[0], &gone);
    set(&rig, &rows[1], &gone);
    rig.root.lift(&[rows[0].id, rows[1].id], Some(gone.id), "Ada", "settled", rig.utc());
    rebuild(&rig.root_dir(), rig.utc()).unwrap();
    rig.reopen();
    assert_eq!(rig.root.holds(rows[0].id).unwrap(), std::slice::from_ref(&first));
    assert_eq!(rig.root.holds(rows[1].id).unwrap(), []);
    assert!(is_held(&rig, &rows[0]) && !is_held(&rig, &rows[1]));
    // Damaged, it is made anew when it is opened.
    fs::write(rig.root_dir().join("catalogue.db"), "no database").unwrap();
    for part in ["-wal", "-shm"] {
        let _ = fs::remove_file(rig.root_dir().join(format!("catalogue.db{part}")));
    }
    rig.reopen();
    assert!(is_held(&rig, &rows[0]));
    assert_eq!(findings(&rig), []);
}

#[test]
fn a_crash_between_list_and_catalogue_leaves_it_held() {
    // Set: the list has it, the catalogue not yet (or a power cut took the row).
    let (mut rig, rows) = archive();
    let one = hold(&rig, "Otto", None);
    append(&file_of(&rig, &rows[0]), &[Line::from(&one)]).unwrap();
    assert!(is_held(&rig, &rows[0]), "before the archive was opened again");
    assert_eq!(findings(&rig), [Problem::Holds]);
    rig.reopen();
    assert_eq!(rig.root.holds(rows[0].id).unwrap(), std::slice::from_ref(&one));
    assert!(is_held(&rig, &rows[0]));
    // Lifted: the catalogue has it no more, the list still does.
    rig.root.catalogue().remove_holds(&[(rows[0].id, one.id)]).unwrap();
    assert!(is_held(&rig, &rows[0]), "before the archive was opened again");
    rig.reopen();
    assert!(is_held(&rig, &rows[0]));
    assert_eq!((rig.root.holds(rows[0].id).unwrap().len(), findings(&rig)), (1, vec![]));
    // The list is gone, by whatever hand: the catalogue holds.
    fs::remove_file(beside(&file_of(&rig, &rows[0]))).unwrap();
    assert_eq!(findings(&rig), [Problem::Holds]);
    rig.reopen();
    assert!(is_held(&rig, &rows[0]));
    // Lifted, and told so; then a power cut brings the row back.
    assert!(rig.root.lift(&[rows[0].id], None, "Ada", "settled", rig.utc())[0].1.is_ok());
    rig.root.catalogue().add_holds(&[(rows[0].id, one)]).unwrap();
    rig.reopen();
    assert!(!is_held(&rig, &rows[0]), "what was lifted stays so");
}

#[test]
fn a_deletion_that_was_begun_does_not_get_past_a_hold() {
    let (mut rig, rows) = archive();
    for row in &rows {
        assert_eq!(rig.root.catalogue().mark_deletions(&[row.id], rig.utc()).unwrap(), []);
    }
    // Held after the mark: refused, and the list says so all the same.
    let verdict = rig.root.hold(&[rows[0].id], &hold(&rig, "Otto", None)).remove(0).1;
    assert!(verdict.unwrap_err().to_string().contains("being deleted"));
    rig.reopen();
    let there: Vec<bool> = rows.iter().map(|row| file_of(&rig, row).exists()).collect();
    assert_eq!(there, [true, false], "what is held stays, the rest is finished");
    assert!(rig.root.catalogue().marked_deletions().unwrap().is_empty());
    assert_eq!(rig.root.page(&FileFilter::default(), None, 10).unwrap().total, 1, "it is shown again");
    assert!(is_held(&rig, &rows[0]));
    // Held before the mark, unseen by the list: the transaction that marks sees it.
    fs::remove_file(beside(&file_of(&rig, &rows[0]))).unwrap();
    let held = rig.root.catalogue().mark_deletions(&[rows[0].id], rig.utc()).unwrap();
    assert_eq!((held.len(), held[0].0, held[0].1[0].by.as_str()), (1, rows[0].id, "Otto"));
    assert!(rig.root.catalogue().marked_deletions().unwrap().is_empty());
}

#[test]
fn of_a_hold_and_a_deletion_at_once_only_one_succeeds() {
    for _ in 0..50 {
        let (rig, rows) = archive();
        let one = hold(&rig, "Otto", None);
        let (root, id, now) = (Arc::clone(&rig.root), rows[0].id, rig.utc());
        let start = Arc::new(std::sync::Barrier::new(2));
        let other = Arc::clone(&start);
        let deletion = std::thread::spawn(move || {
            other.wait();
            root.delete(&[id], now).remove(0).1
        });
        start.wait();
        let held = rig.root.hold(&[id], &one).remove(0).1;
        let deleted = deletion.join().unwrap();
        assert!(held.is_err() || deleted.is_err(), "{held:?} {deleted:?}");
        assert_eq!(file_of(&rig, &rows[0]).exists(), deleted.is_err());
        if held.is_ok() {
            assert!(is_held(&rig, &rows[0]));
        }
    }
}

#[test]
fn a_file_is_held_while_it_is_written() {
    let (mut rig, _) = archive();
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 4_000, 500);
    let row = rig.root.catalogue().in_state(SegmentState::Open).unwrap().remove(0);
    set(&rig, &row, &hold(&rig, "Otto", None));
    rig.record(&mut recording, 4_000, 500);
    rig.stop(&mut recording);
    assert_eq!(findings(&rig), []);
    assert!(is_held(&rig, &row));
}

#[test]
fn a_list_that_cannot_be_read_holds_its_file() {
    let (mut rig, rows) = archive();
    let file = file_of(&rig, &rows[0]);
    fs::write(beside(&file), "{\"did\":\"something new\"}\n").unwrap();
    assert_eq!(findings(&rig), [Problem::HoldsDamaged]);
    for _ in 0..2 {
        let words = delete(&rig, &rows[0]).unwrap_err().to_string();
        assert!(words.contains("cannot be read"), "{words}");
        rig.root.catalogue().mark_deletions(&[rows[0].id], rig.utc()).unwrap();
        rig.reopen();
        assert!(file.exists(), "not by way of a deletion that was begun either");
    }
    fs::remove_file(beside(&file)).unwrap();
    assert!(!is_held(&rig, &rows[0]));
}

#[test]
fn what_cannot_be_written_is_not_called_done() {
    let (mut rig, rows) = archive();
    let one = hold(&rig, "Otto", None);
    // The catalogue: the list counts.
    rig.root.catalogue().refuse_writes(true);
    let words = rig.root.hold(&[rows[0].id], &one).remove(0).1.unwrap_err().to_string();
    assert!(words.contains("counts all the same"), "{words}");
    rig.root.catalogue().refuse_writes(false);
    assert!(is_held(&rig, &rows[0]));
    rig.reopen();
    assert_eq!(rig.root.holds(rows[0].id).unwrap(), std::slice::from_ref(&one));
    // When it is lifted, the list comes last: it says nothing yet.
    rig.root.catalogue().refuse_writes(true);
    assert!(rig.root.lift(&[rows[0].id], None, "Ada", "settled", rig.utc())[0].1.is_err());
    rig.root.catalogue().refuse_writes(false);
    let listed = read(&file_of(&rig, &rows[0])).unwrap();
    assert_eq!((listed.standing.len(), listed.lifted.len()), (1, 0));
    // The list, when a hold is set: nothing is held. When it is lifted: it still is.
    let full = vec![b'\n'; 1 << 20];
    fs::write(beside(&file_of(&rig, &rows[1])), &full).unwrap();
    assert!(rig.root.hold(&[rows[1].id], &one)[0].1.is_err());
    assert_eq!(rig.root.holds(rows[1].id).unwrap(), []);
    let list = fs::read(beside(&file_of(&rig, &rows[0]))).unwrap();
    fs::write(beside(&file_of(&rig, &rows[0])), [list, full].concat()).unwrap();
    assert!(rig.root.lift(&[rows[0].id], None, "Ada", "settled", rig.utc())[0].1.is_err());
    assert_eq!(rig.root.holds(rows[0].id).unwrap(), [one]);
    assert!(is_held(&rig, &rows[0]));
}

#[test]
fn a_missing_file_is_held_by_the_catalogue_until_that_is_lifted() {
    let (mut rig, rows) = archive();
    let one = hold(&rig, "Otto", None);
    set(&rig, &rows[0], &one);
    fs::remove_dir_all(file_of(&rig, &rows[0]).parent().unwrap()).unwrap();
    assert_eq!(findings(&rig), [Problem::HeldMissing("Otto".into()), Problem::Missing, Problem::Missing]);
    rig.reopen();
    assert!(matches!(delete(&rig, &rows[0]), Err(Error::Held { .. })));
    assert!(rig.root.hold(&[rows[1].id], &one)[0].1.as_ref().unwrap_err().to_string().contains("is missing"));
    assert!(rig.root.hold(&[SegmentId::new()], &one)[0].1.is_err());
    assert!(rig.root.lift(&[rows[0].id], None, "Ada", "lost", rig.utc())[0].1.is_ok());
    assert!(delete(&rig, &rows[0]).is_ok());
}

#[test]
fn a_list_without_its_file_is_told_and_no_new_file_takes_it_for_its_own() {
    let (rig, rows) = archive();
    set(&rig, &rows[0], &hold(&rig, "Otto", None));
    fs::remove_file(file_of(&rig, &rows[0])).unwrap();
    assert!(findings(&rig).contains(&Problem::Unknown));
    let mut again = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let left = again.root_dir().join(&rows[0].path);
    fs::create_dir_all(left.parent().unwrap()).unwrap();
    fs::copy(beside(&file_of(&rig, &rows[0])), beside(&left)).unwrap();
    let mut recording = again.recording(&[Container::Wav], 0);
    again.record(&mut recording, 1_000, 500);
    again.stop(&mut recording);
    assert_ne!(again.root.segments().unwrap()[0].path, rows[0].path);
}

#[test]
fn a_file_has_a_hundred_holds_at_most() {
    let (rig, rows) = archive();
    for _ in 0..MOST_OF_A_FILE {
        set(&rig, &rows[0], &hold(&rig, "Otto", None));
    }
    let words = rig.root.hold(&[rows[0].id], &hold(&rig, "Otto", None)).remove(0).1.unwrap_err().to_string();
    assert!(words.contains("a hundred holds"), "{words}");
}

#[test]
fn a_catalogue_cannot_have_lists_written_outside_its_root() {
    let (rig, rows) = archive();
    let outside = rig.dir.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("x.wav"), "audio").unwrap();
    std::os::unix::fs::symlink(&outside, rig.root_dir().join("link")).unwrap();
    for path in ["../outside/x.wav", "link/x.wav"] {
        let foreign = SegmentRow { id: SegmentId::new(), path: path.to_owned(), ..rows[0].clone() };
        rig.root.catalogue().insert(&foreign).unwrap();
        let verdict = rig.root.hold(&[foreign.id], &hold(&rig, "Otto", None)).remove(0).1;
        assert!(verdict.unwrap_err().to_string().contains("not below"), "{path}");
    }
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}
