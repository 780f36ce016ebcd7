use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt;

use audyn_model::{Container, GapCause};

use super::*;
use crate::catalogue::EndReason;
use crate::rig::{Rig, format};

fn archive() -> Rig {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav, Container::Flac], 1);
    rig.record(&mut recording, 12_000, 1_000);
    rig.lose(&mut recording, 10, GapCause::Loss).unwrap();
    rig.record(&mut recording, 12_000, 1_000);
    rig.stop(&mut recording);
    rig
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    OpenOptions::new().write(true).open(path).unwrap().write_all_at(bytes, at).unwrap();
}

#[test]
fn each_damage_is_found_at_its_depth() {
    use Depth::{Decode, Hash, Quick};
    let check = |name: &str, damage: &dyn Fn(&Path), quick: &str, decode: &str, hash: &str| {
        for (depth, expected) in [(Quick, quick), (Decode, decode), (Hash, hash)] {
            let rig = archive();
            let path = rig.root_dir().join("2026-07-01").join(name);
            damage(&path);
            let mut seen = Vec::new();
            let report = super::check(&rig.root_dir(), depth, &mut |done, of| seen.push((done, of))).unwrap();
            let of_file = report.findings.iter().filter(|finding| finding.path == path);
            let words: Vec<String> = of_file.map(|finding| finding.problem.to_string()).collect();
            let words = words.join("; ");
            assert!(
                words.is_empty() == expected.is_empty() && words.contains(expected),
                "{depth:?}: {words}"
            );
            // A list of gaps whose file is gone is left over too.
            let elsewhere = |finding: &Finding| finding.path != path && finding.path != gaps::beside(&path);
            assert!(!report.findings.iter().any(elsewhere), "{:?}", report.findings);
            assert_eq!(seen.last(), Some(&(report.segments, report.segments)));
        }
    };
    let (wav, flac) = ("2026-07-01-14_140001.wav", "2026-07-01-14_140001.flac");
    check(wav, &|_| (), "", "", "");
    check(wav, &|path| fs::remove_file(path).unwrap(), "missing", "missing", "missing");
    let cut = |path: &Path| OpenOptions::new().write(true).open(path).unwrap().set_len(5_000).unwrap();
    check(wav, &cut, "5000 bytes", "unfinished", "audio differs");
    check(flac, &cut, "5000 bytes", "5000 bytes", "audio differs");
    check(wav, &|path| overwrite(path, 0, b"X"), "", "bad header", "header differs");
    check(wav, &|path| overwrite(path, 8_000, b"\x55"), "", "", "the audio differs");
    check(
        flac,
        &|path| overwrite(path, 8_000, b"\x55\x55\x55"),
        "",
        "cannot be decoded",
        "the audio differs",
    );
    check(
        wav,
        &|path| fs::remove_file(gaps::beside(path)).unwrap(),
        "list of gaps",
        "list of gaps",
        "list of gaps",
    );
    check(
        wav,
        &|path| {
            let id = audyn_model::MarkId::new();
            let line = format!("{{\"id\":\"{id}\",\"at\":-5,\"end\":5,\"kind\":\"vox\"}}\n");
            fs::write(crate::marks::beside(path), line).unwrap();
        },
        "list of marks",
        "list of marks",
        "list of marks",
    );
    check(
        "new.wav",
        &|path| fs::write(path, "x").unwrap(),
        "not in the cat",
        "not in the cat",
        "not in the cat",
    );
    let swap = |path: &Path| {
        fs::copy(path.with_file_name("2026-07-01-14.wav"), path).unwrap();
    };
    check(wav, &swap, "", "belongs to segment", "belongs to segment");
}

#[test]
fn a_folder_without_catalogue_is_no_archive() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(check(dir.path(), Depth::Quick, &mut |_, _| ()), Err(Error::NoCatalogue { .. })));
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "looking makes nothing");
    assert!(matches!(check(&dir.path().join("x"), Depth::Quick, &mut |_, _| ()), Err(Error::Root { .. })));
}

#[test]
fn holes_and_overlaps_between_segments() {
    let rig = archive();
    let template = rig.root.segments().unwrap().remove(0);
    // (first, frames, start of program, why it ended)
    type Row = (i64, u64, i64, EndReason);
    let check = |rows: &[Row], expected: &[&str]| {
        let rows: Vec<SegmentRow> = rows
            .iter()
            .map(|(first, frames, open, end)| SegmentRow {
                first: SampleIndex(*first),
                frames: Some(*frames),
                open_id: Some(*open),
                end: Some(*end),
                path: format!("{first}.wav"),
                ..template.clone()
            })
            .collect();
        let found: Vec<String> = sequence::check(Path::new("/r"), &rows)
            .iter()
            .map(|finding| format!("{} {}", finding.path.file_name().unwrap().display(), finding.problem))
            .collect();
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(found.iter().zip(expected).all(|(found, expected)| found.contains(expected)), "{found:?}");
    };
    use EndReason::{Fault, Recovered, Rotation, Stop};
    check(&[(0, 10, 1, Rotation), (10, 10, 1, Rotation), (20, 5, 1, Stop)], &[]);
    check(&[(0, 10, 1, Rotation), (15, 10, 1, Stop)], &["15.wav begins 5 samples after /r/0.wav"]);
    check(&[(0, 10, 1, Rotation), (7, 10, 1, Stop)], &["7.wav begins 3 samples before /r/0.wav"]);
    check(&[(0, 10, 1, Stop), (15, 10, 1, Stop)], &[]);
    check(&[(0, 10, 1, Recovered), (15, 10, 1, Stop)], &[]);
    check(&[(0, 10, 1, Fault), (15, 10, 1, Stop)], &[]);
    // Another start of the program explains a hole, and on arrival time an overlap.
    check(&[(0, 10, 1, Rotation), (15, 10, 2, Stop)], &[]);
    check(&[(0, 10, 1, Rotation), (7, 10, 2, Stop)], &[]);
    // Two outputs of one kind run side by side.
    check(&[(0, 10, 1, Rotation), (0, 10, 1, Rotation), (10, 5, 1, Stop), (10, 5, 1, Stop)], &[]);
    check(
        &[(0, 10, 1, Rotation), (0, 10, 1, Rotation), (10, 5, 1, Stop), (12, 5, 1, Stop)],
        &["12.wav begins 2"],
    );
}
