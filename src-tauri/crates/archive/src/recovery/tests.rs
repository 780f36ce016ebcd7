use std::collections::BTreeMap;
use std::fs;

use audyn_model::{Anchor, Container, GapCause, Rate, SegmentId, TimeBasis};

use super::*;
use crate::rig::{OtherWriter, Rig, ffmpeg, format, sine, verify};
use crate::{Depth, catalogue, check, recover};

fn contents(rig: &Rig) -> BTreeMap<String, Vec<u8>> {
    rig.names().into_iter().map(|name| (name.clone(), fs::read(rig.root_dir().join(name)).unwrap())).collect()
}

/// A finished file, then one whose writer dies after `frames` frames. The second one's path is returned.
fn crashed(container: Container, frames: usize) -> (Rig, PathBuf) {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    if matches!(container, Container::Opus | Container::Mp3) {
        rig = Rig::new(format(48_000, 1), "2026-07-01T12:00:00Z");
        rig.signal = sine;
    }
    let mut sealed = rig.recording(&[container], 0);
    rig.record(&mut sealed, 3_000, 500);
    rig.stop(&mut sealed);
    let mut dying = rig.recording(&[container], 0);
    let half = frames / 2;
    rig.record(&mut dying, half / 2, 500);
    rig.lose(&mut dying, 64, GapCause::Loss).unwrap();
    rig.record(&mut dying, half - half / 2, 500);
    rig.waited += std::time::Duration::from_secs(2);
    dying.tick(rig.mono(), rig.utc()).unwrap();
    rig.record(&mut dying, frames - half - 64, 500);
    let path = dying.status().outputs[0].path.clone();
    drop(dying);
    (rig, path)
}

#[test]
fn a_cut_at_any_byte_is_ended_and_nothing_else_is_touched() {
    for container in Container::ALL {
        let (mut rig, path) = crashed(container, if container == Container::Wav { 700 } else { 9_000 });
        let whole = fs::read(&path).unwrap();
        let list = fs::read(gaps::beside(&path)).unwrap();
        let others = contents(&rig);
        let name = paths::relative(&rig.root_dir(), &path).unwrap();
        let row = rig.root.segments().unwrap().into_iter().find(|row| row.path == name).unwrap();
        // Every byte of the head and the end, and a sample of those between.
        let step = (whole.len() / 150).max(1);
        let cuts = (0..=whole.len()).filter(|cut| *cut < 60 || cut % step == 0 || whole.len() - cut < 30);
        let (mut sealed, mut faulted, mut longest) = (0, 0, 0);
        for cut in cuts {
            fs::write(&path, &whole[..cut]).unwrap();
            fs::write(gaps::beside(&path), &list[..cut.min(list.len())]).unwrap();
            rig.root.catalogue().reopen_segment(row.id);
            let recovery = rig.reopen();
            let now = rig.root.segment(row.id).unwrap().unwrap();
            match now.state {
                SegmentState::Sealed => {
                    sealed += 1;
                    assert_eq!(now.end, Some(EndReason::Recovered));
                    assert_eq!(recovery.sealed.len(), 1);
                    let frames = now.frames.unwrap();
                    assert!(
                        frames >= longest && frames <= 9_000,
                        "{container:?} cut at {cut}: {frames} < {longest}"
                    );
                    longest = frames;
                    if cut % (step * 10) == 0 && frames > 0 {
                        verify(&path);
                        assert_eq!(ffmpeg(&path).len() as u64, frames, "{container:?} cut at {cut}");
                    }
                    let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
                    assert_eq!(report.findings, [], "{container:?} cut at {cut}");
                }
                SegmentState::Faulted => {
                    faulted += 1;
                    assert_eq!(longest, 0, "{container:?} cut at {cut}: shorter cuts could be ended");
                    assert_eq!(recovery.faulted.len(), 1, "{container:?} cut at {cut}");
                    assert_eq!(fs::read(&path).unwrap(), &whole[..cut], "left as it is");
                }
                SegmentState::Open => panic!("{container:?} cut at {cut}: {recovery:?}"),
            }
            let mut now = contents(&rig);
            now.remove(&name);
            assert!(
                now.iter().all(|(name, bytes)| others.get(name) == Some(bytes)),
                "{container:?} cut at {cut}"
            );
        }
        assert!(sealed > 20 && faulted > 20 && longest > 0, "{container:?}: {sealed} {faulted} {longest}");
    }
}

#[test]
fn a_file_whose_writer_died_before_its_row_is_taken_in() {
    for container in Container::ALL {
        let mut rig = Rig::new(format(48_000, 1), "2026-07-01T12:00:00Z");
        let mut dying = rig.recording(&[container], 0);
        rig.record(&mut dying, 1, 1);
        let path = dying.status().outputs[0].path.clone();
        drop(dying);
        let [row] = rig.root.segments().unwrap().try_into().unwrap();
        rig.root.catalogue().forget(&[row.id]).unwrap();
        let recovery = rig.reopen();
        let told = (recovery.adopted, recovery.unknown, recovery.faulted);
        assert_eq!(told, (1, vec![], vec![]), "{container:?}");
        let now = rig.root.segment(row.id).unwrap().unwrap();
        assert_eq!((now.state, now.frames), (SegmentState::Sealed, Some(0)), "{container:?}");
        verify(&path);
        let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
        assert_eq!(report.findings, [], "{container:?}");
    }
}

#[test]
fn audio_older_than_the_checkpoint_survives_a_crash() {
    for container in Container::ALL {
        let (mut rig, path) = crashed(container, 30_000);
        let recovery = rig.reopen();
        assert!(matches!(recovery.sealed.as_slice(), [mended] if mended.path == path), "{recovery:?}");
        // Half was checkpointed; coders hold back less than 100 ms.
        assert!(recovery.sealed[0].frames + 4_800 >= 15_064, "{container:?}: {:?}", recovery.sealed);
        let name = paths::relative(&rig.root_dir(), &path).unwrap();
        let row = rig.root.segments().unwrap().into_iter().find(|row| row.path == name).unwrap();
        assert_eq!(rig.root.gaps(row.id).unwrap().len(), 1, "{container:?}");
        // Once is enough.
        let again = rig.reopen();
        assert_eq!((again.sealed.len(), again.busy.len(), again.faulted.len()), (0, 0, 0));
    }
}

#[test]
fn living_writers_in_other_processes_are_left_alone() {
    let (mut rig, path) = crashed(Container::Wav, 10_000);
    let before = fs::read(&path).unwrap();
    {
        let _writer = OtherWriter::of(&path);
        let recovery = rig.reopen();
        assert_eq!((recovery.busy, recovery.sealed.len()), (vec![path.clone()], 0));
        assert_eq!(fs::read(&path).unwrap(), before);
        let report = check(&rig.root_dir(), Depth::Decode, &mut |_, _| ()).unwrap();
        assert_eq!((report.busy, report.findings), (vec![path.clone()], vec![]));
        let report = rebuilt(&rig);
        assert_eq!((report.busy, report.sealed.len()), (vec![path.clone()], 0));
        assert_eq!(fs::read(&path).unwrap(), before);
    }
    assert_eq!(rig.reopen().sealed.len(), 1);
}

fn rebuilt(rig: &Rig) -> Recovery {
    crate::rebuild(&rig.root_dir(), rig.utc()).unwrap()
}

#[test]
fn a_lock_goes_with_its_owner_even_if_a_child_has_a_copy() {
    let (_rig, path) = crashed(Container::Wav, 700);
    let owned = files::open_unowned(&path).unwrap().unwrap();
    let copy = owned.try_clone().unwrap();
    assert!(files::open_unowned(&path).unwrap().is_none());
    drop(owned);
    assert!(files::open_unowned(&path).unwrap().is_some());
    drop(copy);
}

#[test]
fn strangers_are_reported_and_left_alone() {
    let (mut rig, path) = crashed(Container::Wav, 10_000);
    let dir = rig.root_dir();
    let strangers = ["2026-07-01/notes.txt", "2026-07-01/other.wav", "2026-07-01/zero.flac"];
    fs::write(dir.join(strangers[0]), "note").unwrap();
    fs::copy(&path, dir.join(strangers[1])).unwrap();
    fs::write(dir.join(strangers[2]), "").unwrap();
    let before = contents(&rig);
    let recovery = rig.reopen();
    assert_eq!(recovery.unknown, strangers.map(|name| dir.join(name)));
    let after = contents(&rig);
    assert!(strangers.iter().all(|name| before[*name] == after[*name]));
    assert_eq!(recover(&dir, rig.utc()).unwrap().unknown, strangers.map(|name| dir.join(name)));
}

#[test]
fn a_file_of_ours_whose_row_was_never_written_is_taken_in() {
    for container in Container::ALL {
        let (mut rig, path) = crashed(container, 10_000);
        let name = paths::relative(&rig.root_dir(), &path).unwrap();
        let id = rig.root.segments().unwrap().into_iter().find(|row| row.path == name).unwrap().id;
        let catalogue = rusqlite::Connection::open(rig.root_dir().join(catalogue::FILE)).unwrap();
        catalogue.execute("DELETE FROM gaps", []).unwrap();
        assert_eq!(catalogue.execute("DELETE FROM segments WHERE path = ?", [&name]).unwrap(), 1);
        drop(catalogue);
        let recovery = rig.reopen();
        assert_eq!((recovery.adopted, recovery.unknown.len()), (1, 0), "{container:?}");
        let row = rig.root.segment(id).unwrap().unwrap();
        assert_eq!(row.state, SegmentState::Sealed);
        assert_eq!(rig.root.gaps(id).unwrap().len(), 1, "its gaps come from the list beside it");
        assert!(check(&rig.root_dir(), Depth::Hash, &mut |_, _| {}).unwrap().findings.is_empty());
    }
}

#[test]
fn a_file_that_is_gone_is_marked() {
    let (mut rig, path) = crashed(Container::Wav, 10_000);
    fs::remove_file(&path).unwrap();
    assert_eq!(rig.reopen().missing, [path]);
    assert!(rig.reopen().missing.is_empty(), "once");
}

#[test]
fn loose_files_are_ended_if_they_are_ours_and_unfinished() {
    for container in Container::ALL {
        let (rig, path) = crashed(container, 30_000);
        let dir = tempfile::tempdir().unwrap();
        let loose = dir.path().join(path.file_name().unwrap());
        fs::copy(&path, &loose).unwrap();
        let torn = fs::OpenOptions::new().write(true).open(&loose).unwrap();
        torn.set_len(torn.metadata().unwrap().len() - 3).unwrap();
        let finished = dir.path().join(format!("finished.{}", container.suffix()));
        fs::copy(rig.root_dir().join(&rig.names()[0]), &finished).unwrap();
        let foreign = dir.path().join("foreign.wav");
        // A foreign WAV whose data size is larger than the file: not ours to judge.
        let mut wav = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\xff\xff\0\0".to_vec();
        wav.extend([1, 2, 3, 4]);
        fs::write(&foreign, &wav).unwrap();
        let before = fs::read(&finished).unwrap();
        let recovery = recover(dir.path(), rig.utc()).unwrap();
        let ended: Vec<_> = recovery.sealed.iter().map(|mended| mended.path.clone()).collect();
        assert_eq!(ended, [loose.canonicalize().unwrap()], "{container:?}");
        verify(&loose);
        assert_eq!((fs::read(&finished).unwrap(), fs::read(&foreign).unwrap()), (before, wav));
        assert!(recover(dir.path(), rig.utc()).unwrap().sealed.is_empty());
    }
}

#[test]
fn a_file_that_cannot_be_opened_today_is_ended_tomorrow() {
    let (mut rig, path) = crashed(Container::Wav, 10_000);
    let aside = path.with_extension("aside");
    fs::rename(&path, &aside).unwrap();
    // Opening a folder for writing is refused, whoever asks.
    fs::create_dir(&path).unwrap();
    let recovery = rig.reopen();
    assert_eq!(
        (recovery.faulted.len(), recovery.missing.len(), recovery.sealed.len()),
        (1, 0, 0),
        "{recovery:?}"
    );
    fs::remove_dir(&path).unwrap();
    fs::rename(&aside, &path).unwrap();
    assert_eq!(rig.reopen().sealed.len(), 1);
}

#[test]
fn plans_follow_from_what_is_found() {
    let row = |id| SegmentRow {
        id,
        recorder: audyn_model::RecorderId::new(),
        recorder_name: String::new(),
        open_id: None,
        path: "x.wav".into(),
        container: Container::Opus,
        channels: 1,
        stored: None,
        first: SampleIndex(0),
        frames: None,
        anchor: Anchor::direct(Rate::new(44_100).unwrap(), TimeBasis::MediaClock),
        zone: "UTC".into(),
        clock: None,
        clock_sealed: None,
        drift: None,
        state: SegmentState::Open,
        end: None,
        note: None,
        bytes: None,
        hashes: None,
        created: None,
        sealed: None,
    };
    let (rig, path) = crashed(Container::Opus, 9_000);
    let own = rig.root.segments().unwrap().into_iter().find(|row| path.ends_with(&row.path)).unwrap().id;
    let found = || look(&path).0;
    let (mend, plays) = match found() {
        Found::Readable(_, mend) => (mend.clone(), mend.frames),
        Found::Missing | Found::Busy | Found::Refused(_) | Found::Unreadable(_) => panic!("it is there"),
    };
    assert_eq!(plan(&row(own), Found::Missing), Act::MarkMissing);
    assert_eq!(plan(&row(own), Found::Busy), Act::LeaveAlone);
    assert_eq!(plan(&row(own), Found::Refused("x".into())), Act::Postpone("x".into()));
    assert_eq!(plan(&row(own), Found::Unreadable("x".into())), Act::MarkFaulted("x".into()));
    assert!(
        matches!(plan(&row(SegmentId::new()), found()), Act::MarkFaulted(why) if why.contains(&own.to_string()))
    );
    // A source of 44.1 kHz in a file of 48 kHz.
    let frames = (plays * 44_100 + 24_000) / 48_000;
    assert_eq!(plan(&row(own), found()), Act::Seal { mend, frames });
}

#[test]
fn large_files_are_hashed_later() {
    let (mut rig, path) = crashed(Container::Wav, 10_000);
    let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    // Zeros, as a preallocating file system leaves them; they read as silence.
    file.set_len(HASH_AT_ONCE + 10_000).unwrap();
    drop(file);
    assert_eq!(rig.reopen().sealed.len(), 1);
    let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
    assert_eq!((report.findings, report.unhashed), (vec![], 1));
    assert_eq!((rig.root.hash_unhashed().unwrap(), rig.root.hash_unhashed().unwrap()), (1, 0));
    let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
    assert_eq!((report.findings, report.unhashed), (vec![], 0));
}
