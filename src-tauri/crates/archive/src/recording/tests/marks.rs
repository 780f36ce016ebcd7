//! Marks: in every file they touch, whatever happens.

use audyn_model::{Mark, MarkId, MarkKind};

use super::*;
use crate::rig::EIO;
use crate::{marks, rebuild};

/// 8 frames a millisecond; the first boundary comes after 4000 frames, then one every 8000.
fn rig() -> Rig {
    Rig::new(format(8_000, 1), "2026-07-01T12:00:00.500Z")
}

fn mark(at: SampleIndex) -> Mark {
    Mark { id: MarkId::new(), at, end: None, kind: MarkKind::Vox, text: None }
}

fn ended(mark: &Mark, end: SampleIndex) -> Mark {
    Mark { end: Some(end), ..mark.clone() }
}

/// The marks of each file, in order of output and time.
fn by_file(rig: &Rig) -> Vec<Vec<Mark>> {
    let rows = rig.root.segments().unwrap();
    rows.iter().map(|row| rig.root.marks(row, 100).unwrap().0).collect()
}

/// Two outputs of three files; one mark over the first border, another that was noted after the second, behind which it lies
/// in part.
fn archive() -> (Rig, Mark, Mark) {
    let mut rig = rig();
    let first = rig.at;
    let mut recording = rig.recording(&[Container::Wav, Container::Flac], 1);
    rig.record(&mut recording, 1_500, 500);
    let over = mark(first.plus(1_000));
    recording.mark(&over);
    rig.record(&mut recording, 5_500, 500);
    let over = ended(&over, first.plus(6_000));
    recording.mark(&over);
    rig.record(&mut recording, 5_100, 100);
    let late = mark(first.plus(11_500));
    recording.mark(&late);
    rig.record(&mut recording, 900, 100);
    let late = ended(&late, first.plus(12_500));
    recording.mark(&late);
    rig.stop(&mut recording);
    (rig, over, late)
}

#[test]
fn a_mark_is_in_every_file_that_it_touches() {
    let (mut rig, over, late) = archive();
    let one = [vec![over.clone()], vec![over.clone(), late.clone()], vec![late.clone()]];
    let expected = [one.clone(), one].concat();
    assert_eq!(by_file(&rig), expected);
    let rows = rig.root.segments().unwrap();
    assert_eq!(
        rig.root.marks(&rows[1], 1).unwrap(),
        (vec![over.clone()], 2),
        "so many, and how many there are"
    );
    let listed: Vec<Vec<Mark>> = rows[..3]
        .iter()
        .map(|row| marks::read(&rig.root_dir().join(&row.path), SampleIndex(i64::MAX)).unwrap())
        .collect();
    let open = Mark { end: None, ..over.clone() };
    assert_eq!(listed, [vec![open], vec![over.clone()], vec![late.clone()]]);
    check_complete(&rig, rows[0].first, 2);

    // All of it can be made again from the files, and from any of the outputs alone.
    for gone in ["", ".wav", ".flac"] {
        for row in rows.iter().filter(|row| !gone.is_empty() && row.path.ends_with(gone)) {
            let list = marks::beside(&rig.root_dir().join(&row.path));
            std::fs::rename(&list, list.with_extension("away")).unwrap();
        }
        rebuild(&rig.root_dir(), rig.utc()).unwrap();
        rig.reopen();
        assert_eq!(by_file(&rig), expected, "without lists of {gone:?}");
        for row in &rows {
            let list = marks::beside(&rig.root_dir().join(&row.path));
            if list.with_extension("away").exists() {
                std::fs::rename(list.with_extension("away"), list).unwrap();
            }
        }
    }
}

#[test]
fn marks_go_with_the_last_file_that_has_them() {
    let (rig, over, late) = archive();
    let rows = rig.root.segments().unwrap();
    let delete = |at: &[usize]| {
        let ids: Vec<_> = at.iter().map(|n| rows[*n].id).collect();
        assert!(rig.root.delete(&ids, rig.utc()).iter().all(|(_, verdict)| verdict.is_ok()));
        for n in at {
            assert!(!marks::beside(&rig.root_dir().join(&rows[*n].path)).exists());
        }
    };
    let known = |mark: &Mark| rig.root.catalogue().mark(mark.id).unwrap();
    delete(&[0, 1, 2]);
    assert_eq!((known(&over), known(&late)), (Some(over.clone()), Some(late.clone())), "the other output");
    delete(&[3]);
    assert_eq!(by_file(&rig), [vec![over.clone(), late.clone()], vec![late.clone()]]);
    delete(&[4]);
    assert_eq!((known(&over), known(&late)), (None, Some(late.clone())));
    delete(&[5]);
    assert_eq!(known(&late), None);
}

#[test]
fn a_mark_that_a_crash_left_open_ends_with_the_audio() {
    // Noted so long before the crash: long enough for a checkpoint, or not.
    for (after, checkpointed) in [(9_000, true), (100, false)] {
        let mut rig = rig();
        let first = rig.at;
        let mut recording = rig.recording(&[Container::Wav], 0);
        rig.record(&mut recording, 9_000, 500);
        let open = mark(first.plus(8_000));
        recording.mark(&open);
        rig.record(&mut recording, after, 100);
        drop(recording);
        let recovery = rig.reopen();
        assert_eq!(recovery.sealed.len(), 1);
        let rows = rig.root.segments().unwrap();
        let expected = checkpointed.then(|| ended(&open, rows[0].end_index().unwrap()));
        assert_eq!(by_file(&rig), [expected.into_iter().collect::<Vec<_>>()], "after {after}");
        let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
        assert_eq!(report.findings, []);
    }
}

#[test]
fn a_mark_left_open_does_not_go_on_in_the_next_recording() {
    let mut rig = rig();
    let mut recording = rig.recording(&[Container::Wav], 1);
    rig.record(&mut recording, 1_000, 500);
    let open = mark(rig.at);
    recording.mark(&open);
    // The first file is complete and the second has just begun: its list does not exist yet.
    rig.record(&mut recording, 3_100, 100);
    drop(recording);
    rig.reopen();
    let rows = rig.root.segments().unwrap();
    let end = rows.iter().filter_map(SegmentRow::end_index).max().unwrap();
    assert_eq!(rig.root.catalogue().mark(open.id).unwrap(), Some(ended(&open, end)));
    rig.at = rig.at.plus(100_000);
    let mut again = rig.recording(&[Container::Wav], 1);
    rig.record(&mut again, 2_000, 500);
    rig.stop(&mut again);
    assert_eq!(by_file(&rig).last().unwrap(), &[]);
}

#[test]
fn a_mark_outlives_a_file_that_is_given_up() {
    let mut rig = rig();
    let first = rig.at;
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 10_000, 1_000);
    rig.disk.set(|t| {
        t.write = Some(EIO);
        t.only = Some("14.wav".into());
    });
    let open = mark(first.plus(9_000));
    recording.mark(&open);
    while rig.try_record(&mut recording, 1_000).is_ok() {}
    let ended = ended(&open, rig.at);
    recording.mark(&ended);
    rig.waited += Duration::from_secs(5);
    recording.retry(rig.mono(), rig.utc()).unwrap();
    rig.record(&mut recording, 8_000, 1_000);
    rig.stop(&mut recording);
    let rows = rig.root.segments().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rig.root.catalogue().mark(open.id).unwrap(), Some(ended.clone()));
    let listed = marks::read(&rig.root_dir().join(&rows[1].path), SampleIndex(i64::MAX)).unwrap();
    assert_eq!(listed, [ended]);
}

#[test]
fn a_left_over_list_of_marks_is_not_taken_for_another_files() {
    let mut rig = rig();
    let old = rig.root_dir().join("2026-07-01/2026-07-01-14.wav.marks");
    fs::create_dir(old.parent().unwrap()).unwrap();
    fs::write(&old, "old").unwrap();
    let mut recording = rig.recording(&[Container::Wav], 0);
    recording.mark(&ended(&mark(rig.at), rig.at.plus(10)));
    rig.record(&mut recording, 100, 100);
    rig.stop(&mut recording);
    assert_eq!(fs::read(&old).unwrap(), b"old");
    assert_eq!(rig.root.segments().unwrap()[0].path, "2026-07-01/2026-07-01-14_140000.wav");
}
