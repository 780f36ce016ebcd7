use std::fs;

use audyn_codec::Spec;
use audyn_model::{Container, SampleFormat};

use super::*;
use crate::layout::Layout;
use crate::rig::{Rig, ffmpeg, format, samples, sine, spec, verify};
use crate::{ArchiveClock, Depth, SegmentRow, SegmentState, check};

mod faults;
mod marks;

const ALL: [Container; 4] = Container::ALL;

fn seconds(events: &[ArchiveEvent]) -> Vec<(SampleIndex, u64)> {
    let sealed = |event: &ArchiveEvent| match event {
        ArchiveEvent::Sealed { first, frames, .. } => Some((*first, *frames)),
        ArchiveEvent::Opened { .. } | ArchiveEvent::Abandoned { .. } => None,
    };
    events.iter().filter_map(sealed).collect()
}

/// Every file of the catalogue holds exactly its part of the source, read by ffmpeg and its own usual tool.
fn check_exact(rig: &Rig) {
    check_exact_by(rig, |path| {
        verify(path);
        ffmpeg(path)
    });
}

fn check_exact_by(rig: &Rig, read: impl Fn(&std::path::Path) -> Vec<i32>) {
    for row in rig.root.segments().unwrap() {
        let path = rig.root_dir().join(&row.path);
        let frames = usize::try_from(row.frames.unwrap()).unwrap();
        let mut expected = samples(rig.signal, row.first.0, frames, usize::from(rig.format.channels));
        for gap in rig.root.gaps(row.id).unwrap() {
            let from = usize::try_from(gap.at.since(row.first)).unwrap() * usize::from(rig.format.channels);
            expected[from..from + gap.len as usize * usize::from(rig.format.channels)].fill(0);
        }
        let found = read(&path);
        assert_eq!(found.len(), expected.len(), "{}", row.path);
        assert!(found == expected, "{}: samples differ", row.path);
    }
}

/// The archive is in order, and the segments of each output cover everything from the first to the last sample.
fn check_complete(rig: &Rig, first: SampleIndex, outputs: usize) {
    let report = check(&rig.root_dir(), Depth::Hash, &mut |_, _| ()).unwrap();
    assert_eq!((report.findings.as_slice(), report.unhashed), ([].as_slice(), 0));
    let rows = rig.root.segments().unwrap();
    let total: u64 = rows.iter().map(|row| row.frames.unwrap()).sum();
    assert_eq!(total, outputs as u64 * rig.at.since(first) as u64);
    assert!(rows.iter().all(|row| row.state == SegmentState::Sealed));
}

#[test]
fn every_second_a_file_and_every_sample_in_one() {
    for (hz, channels, container) in [
        (44_100, 1, Container::Wav),
        (48_000, 2, Container::Wav),
        (44_100, 2, Container::Flac),
        (96_000, 3, Container::Flac),
    ] {
        let mut rig = Rig::new(format(hz, channels), "2026-07-01T12:59:57.300Z");
        let first = rig.at;
        let mut recording = rig.recording(&[container], 1);
        rig.record(&mut recording, hz as usize * 5, 977);
        rig.stop(&mut recording);
        let events: Vec<_> = recording.events().collect();
        let lengths: Vec<u64> = seconds(&events).iter().map(|(_, frames)| *frames).collect();
        let hz = u64::from(hz);
        let head = hz * 7 / 10;
        assert_eq!(lengths, [head, hz, hz, hz, hz, hz - head]);
        // Each but the first begins on the first sample of its second.
        let second = rig.anchor.index_at(rig.anchor.tai_at(first).plus(700_000_000));
        assert_eq!(seconds(&events)[1].0, second);
        let suffix = container.suffix();
        assert_eq!(
            rig.names(),
            ["14", "14_145958", "14_145959", "15", "15_150001", "15_150002"]
                .map(|hour| format!("2026-07-01/2026-07-01-{hour}.{suffix}"))
        );
        check_exact(&rig);
        check_complete(&rig, first, 1);
        let reasons: Vec<_> = rig.root.segments().unwrap().iter().map(|row| row.end).collect();
        assert_eq!(reasons.last(), Some(&Some(EndReason::Stop)));
        assert!(reasons[..5].iter().all(|reason| *reason == Some(EndReason::Rotation)));
    }
}

#[test]
fn all_formats_at_once_join_without_losing_a_sample() {
    let mut rig = Rig::new(format(48_000, 2), "2026-07-01T12:59:58.500Z");
    rig.signal = sine;
    let first = rig.at;
    let mut recording = rig.recording(&ALL, 1);
    rig.record(&mut recording, 48_000 * 3 + 17, 480);
    let open: Vec<_> = recording.status().outputs.iter().map(|output| output.container).collect();
    assert_eq!(open, ALL);
    rig.stop(&mut recording);
    check_complete(&rig, first, 4);
    for container in ALL {
        let mut heard = Vec::new();
        for row in rig.root.segments().unwrap().iter().filter(|row| row.container == container) {
            let path = rig.root_dir().join(&row.path);
            verify(&path);
            let found = ffmpeg(&path);
            assert_eq!(found.len() as u64, row.frames.unwrap() * 2, "{}", row.path);
            heard.extend(found);
        }
        let expected = samples(sine, first.0, 48_000 * 3 + 17, 2);
        let worst = heard.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
        // Lossless ones are equal; the others stay within −30 dBFS everywhere, so also at the joins.
        let lossy = matches!(container, Container::Opus | Container::Mp3);
        assert!(worst <= if lossy { 1 << 26 } else { 0 }, "{container:?}: {worst}");
    }
}

/// What our own decoder makes of a file: same samples in, same samples out.
fn decoded(mut file: impl std::io::Read + std::io::Seek) -> Vec<i32> {
    let mut samples = Vec::new();
    audyn_codec::decode(&mut file, &mut |piece| samples.extend_from_slice(piece)).unwrap();
    samples
}

/// A segment encoded in one go, with all the neighbouring audio of the source, or as if there were none.
fn encoded_alone(rig: &Rig, row: &SegmentRow, before: usize, after: usize) -> Vec<i32> {
    let path = rig.root_dir().join(&row.path);
    let about = audyn_codec::inspect(&mut fs::File::open(&path).unwrap()).unwrap().about.unwrap();
    let frames = row.frames.unwrap() as usize;
    let all = samples(rig.signal, row.first.0 - before as i64, before + frames + after, 2);
    let mut bytes = audyn_codec::Bytes::default();
    let mut encoder =
        audyn_codec::encoder(&spec(row.container), &rig.format, &about, &all[..before * 2], &mut bytes)
            .unwrap();
    encoder.encode(&all[before * 2..(before + frames) * 2], &mut bytes).unwrap();
    encoder.finish(&all[(before + frames) * 2..], &mut bytes).unwrap();
    let mut file = bytes.append;
    for patch in bytes.patches {
        file[patch.at as usize..][..patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
    decoded(std::io::Cursor::new(file))
}

#[test]
fn encoders_hear_what_precedes_and_follows_their_file() {
    let mut rig = Rig::new(format(48_000, 2), "2026-07-01T12:59:58.990Z");
    rig.signal = sine;
    let mut recording = rig.recording(&[Container::Opus], 1);
    // Up to 5 ms into the third file: the second still waits for audio behind its end.
    rig.record(&mut recording, 48_720, 240);
    let rows = rig.root.segments().unwrap();
    let states: Vec<_> = rows.iter().map(|row| row.state).collect();
    assert_eq!(states, [SegmentState::Sealed, SegmentState::Open, SegmentState::Open]);
    assert_eq!(recording.status().outputs.len(), 1);
    rig.stop(&mut recording);
    let context = audyn_codec::context(&spec(Container::Opus), &rig.format);
    // What there was to hear: before the second file 10 ms, after the third nothing.
    for (row, before, after) in
        [(&rows[0], 0, context.after), (&rows[1], 480, 240), (&rows[2], context.before, 0)]
    {
        let now = rig.root.segment(row.id).unwrap().unwrap();
        let found = decoded(fs::File::open(rig.root_dir().join(&row.path)).unwrap());
        assert!(found == encoded_alone(&rig, &now, before, after), "{}", row.path);
        assert!(found != encoded_alone(&rig, &now, 0, 0), "{}: it makes a difference", row.path);
    }
    check_complete(&rig, rows[0].first, 1);
}

#[test]
fn a_left_over_list_of_gaps_is_not_taken_for_another_files() {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let old = rig.root_dir().join("2026-07-01/2026-07-01-14.wav.gaps");
    fs::create_dir(old.parent().unwrap()).unwrap();
    fs::write(&old, "old").unwrap();
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.lose(&mut recording, 100, GapCause::Loss).unwrap();
    rig.stop(&mut recording);
    assert_eq!(fs::read(&old).unwrap(), b"old");
    assert_eq!(rig.root.segments().unwrap()[0].path, "2026-07-01/2026-07-01-14_140000.wav");
}

#[test]
fn gaps_become_silence_and_are_listed() {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00.500Z");
    let first = rig.at;
    let mut recording = rig.recording(&[Container::Wav], 1);
    rig.record(&mut recording, 3_000, 500);
    let short = rig.at;
    rig.lose(&mut recording, 100, GapCause::Loss).unwrap();
    rig.lose(&mut recording, 50, GapCause::Loss).unwrap();
    rig.record(&mut recording, 350, 350);
    let long = rig.at;
    rig.lose(&mut recording, 20_000, GapCause::Outage).unwrap();
    rig.record(&mut recording, 4_000, 1_000);
    rig.stop(&mut recording);
    check_exact(&rig);
    check_complete(&rig, first, 1);
    let rows = rig.root.segments().unwrap();
    let gaps: Vec<Vec<Gap>> = rows.iter().map(|row| rig.root.gaps(row.id).unwrap()).collect();
    let outage = Gap { at: long, len: 20_000, cause: GapCause::Outage };
    for (row, gaps) in rows.iter().zip(&gaps) {
        let expected: Vec<Gap> = [Gap { at: short, len: 150, cause: GapCause::Loss }, outage]
            .iter()
            .filter_map(|gap| gap.within(row.first, row.end_index().unwrap()))
            .collect();
        assert_eq!(*gaps, expected, "{}", row.path);
        let listed = crate::gaps::beside(&rig.root_dir().join(&row.path));
        assert_eq!(listed.exists(), !expected.is_empty(), "{}", row.path);
    }
    assert_eq!(gaps.iter().flatten().map(|gap| gap.len).sum::<u64>(), 20_150);
    let sealed: Vec<u64> = recording
        .events()
        .filter_map(|event| match event {
            ArchiveEvent::Sealed { gaps, .. } => Some(gaps),
            ArchiveEvent::Opened { .. } | ArchiveEvent::Abandoned { .. } => None,
        })
        .collect();
    assert_eq!(sealed, [2, 1, 1, 1]);
}

#[test]
fn a_hole_in_what_is_given_becomes_an_overrun() {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 1_000, 1_000);
    let hole = Gap { at: rig.at, len: 77, cause: GapCause::Overrun };
    rig.at = hole.end();
    recording.position = Some(hole.at);
    let result =
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| rig.record(&mut recording, 10, 10)));
    assert_eq!(result.is_err(), cfg!(debug_assertions), "told loudly to its author in debug builds");
    if result.is_ok() {
        rig.stop(&mut recording);
        let row = rig.root.segments().unwrap().remove(0);
        assert_eq!(rig.root.gaps(row.id).unwrap(), [hole]);
    }
}

#[test]
fn restart_inside_the_hour_keeps_what_was_there() {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:05:00Z");
    for container in [Container::Wav, Container::Opus, Container::Flac, Container::Mp3] {
        let mut recording = rig.recording(&[container], 3600);
        rig.record(&mut recording, 8_000, 1_000);
        rig.stop(&mut recording);
        let first = rig
            .root_dir()
            .join(rig.names().into_iter().find(|name| name.ends_with(container.suffix())).unwrap());
        let before = fs::read(&first).unwrap();
        let mut again = rig.recording(&[container], 3600);
        rig.record(&mut again, 8_000, 1_000);
        rig.stop(&mut again);
        assert_eq!(fs::read(&first).unwrap(), before);
    }
    let expected = [
        "14.flac",
        "14.mp3",
        "14.opus",
        "14.wav",
        "14_140501.wav",
        "14_140503.opus",
        "14_140505.flac",
        "14_140507.mp3",
    ];
    assert_eq!(rig.names(), expected.map(|name| format!("2026-07-01/2026-07-01-{name}")));
}

#[test]
fn both_passes_of_the_repeated_hour_are_kept() {
    let mut rig = Rig::new(format(8_000, 1), "2026-10-25T00:59:58Z");
    let mut recording = rig.recording(&[Container::Wav], 3600);
    rig.record(&mut recording, 4 * 8_000, 800);
    rig.stop(&mut recording);
    // An hour later the second pass ends.
    rig.at = rig.at.plus(3_596 * 8_000);
    let mut recording = rig.recording(&[Container::Wav], 3600);
    rig.record(&mut recording, 4 * 8_000, 800);
    rig.stop(&mut recording);
    assert_eq!(
        rig.names(),
        ["02", "02_UTC+0100", "02_UTC+0100_025958", "03"]
            .map(|hour| format!("2026-10-25/2026-10-25-{hour}.wav"))
    );
    let rows = rig.root.segments().unwrap();
    assert_eq!(
        rows.iter().map(|row| row.zone.as_str()).collect::<Vec<_>>(),
        ["+02:00", "+01:00", "+01:00", "+01:00"]
    );
    assert!(rows.iter().all(|row| row.frames == Some(16_000)));
    // TimeReference counts elapsed samples: 03:00 of that day is four hours after midnight.
    let mut file = fs::File::open(rig.root_dir().join(&rows[3].path)).unwrap();
    let about = audyn_codec::inspect(&mut file).unwrap().about.unwrap();
    assert_eq!(about.civil.samples_since_midnight, 4 * 3600 * 8_000);
    check_exact(&rig);
}

#[test]
fn a_row_says_sealed_only_after_everything_is_durable() {
    let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav], 0);
    rig.record(&mut recording, 4_000, 4_000);
    rig.lose(&mut recording, 10, GapCause::Loss).unwrap();
    assert_eq!(rig.root.segments().unwrap()[0].state, SegmentState::Open);
    rig.record(&mut recording, 8_000, 4_000);
    rig.stop(&mut recording);
    let log = rig.disk.trouble.lock().unwrap().log.clone();
    let name = "2026-07-01-14.wav";
    let find = |what: &str| {
        log.iter().rposition(|line| line.ends_with(what)).unwrap_or_else(|| panic!("no {what}: {log:?}"))
    };
    let (write, sync) = (find(&format!("write {name}")), find(&format!("sync all {name}")));
    assert!(write < sync && sync < log.len() - 1, "{log:?}");
    assert_eq!(log.last().unwrap(), "sync folder");
    assert!(find(&format!("sync data {name}")) < sync, "a checkpoint each second");
    let kinds: Vec<_> =
        recording.events().map(|event| matches!(event, ArchiveEvent::Sealed { .. })).collect();
    assert_eq!(kinds, [false, true]);
}

#[test]
fn a_file_plays_up_to_the_checkpoint_at_any_moment() {
    for container in ALL {
        let mut rig = Rig::new(format(48_000, 2), "2026-07-01T12:00:00Z");
        rig.signal = sine;
        let mut recording = rig.recording(&[container], 0);
        for tenths in 1..=25 {
            rig.record(&mut recording, 4_800, 480);
            let path = recording.status().outputs[0].path.clone();
            let bytes = fs::metadata(&path).unwrap().len();
            assert!(bytes > 0, "the head is there from the first frame");
            if matches!(tenths, 1 | 15 | 25) {
                let copy = rig.dir.path().join(format!("copy.{}", container.suffix()));
                fs::copy(&path, &copy).unwrap();
                let frames = ffmpeg_lenient(&copy);
                // A second after a checkpoint at most, and what a coder holds back.
                let checkpointed = tenths / 10 * 48_000;
                assert!(frames + 4_800 >= checkpointed, "{container:?} after {tenths}: {frames}");
            }
        }
        rig.stop(&mut recording);
    }
}

/// Frames that ffmpeg plays of an unfinished file; it may remark on the missing end.
fn ffmpeg_lenient(path: &std::path::Path) -> usize {
    let mut command = std::process::Command::new("ffmpeg");
    command.args(["-v", "quiet", "-i"]).arg(path).args(["-f", "s16le", "-ac", "1", "-"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", path.display());
    output.stdout.len() / 2
}

#[test]
fn single_files_never_touch_what_exists() {
    let rig = &mut Rig::new(format(8_000, 1), "2026-07-01T12:05:06Z");
    let dir = rig.dir.path().join("takes");
    let place = |name: &str| Place::File { path: dir.join(name), clock: rig.naming.clock.clone() };
    let (take, multi) = (place("take.wav"), place("all"));
    let one = |rig: &mut Rig, place: &Place, outputs: &[Container]| {
        let mut recording = rig.recording_to(place.clone(), outputs.iter().map(|c| spec(*c)).collect());
        rig.record(&mut recording, 8_000, 100);
        rig.stop(&mut recording);
        recording.events().count()
    };
    assert_eq!(one(rig, &take, &[Container::Wav]), 2);
    let before = fs::read(dir.join("take.wav")).unwrap();
    one(rig, &take, &[Container::Wav]);
    one(rig, &multi, &[Container::Wav, Container::Flac]);
    let mut names: Vec<_> =
        fs::read_dir(&dir).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, ["all.flac", "all.wav", "take.wav", "take_140507.wav"]);
    assert_eq!(fs::read(dir.join("take.wav")).unwrap(), before);
    assert_eq!(rig.names(), [""; 0], "nothing in the archive");
}

#[test]
fn wrong_specifications_are_refused_with_all_problems() {
    let rig = Rig::new(format(8_000, 1), "2026-07-01T12:00:00Z");
    let check = |place: Place, outputs: Vec<Spec>, checkpoint_ms: u64, words: &[&str]| {
        let spec = RecordingSpec {
            recorder: rig.recorder,
            name: "x".into(),
            format: rig.format,
            outputs,
            place,
            checkpoint: Duration::from_millis(checkpoint_ms),
            originator: "x".into(),
        };
        let message = Recording::new(spec).unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "{word}: {message}");
        }
    };
    let file = |path: &str| Place::File { path: path.into(), clock: rig.naming.clock.clone() };
    let archive = |period_s| Place::Root { root: rig.root.clone(), naming: rig.naming.clone(), period_s };
    let float_flac = Spec { samples: SampleFormat::Float32, ..spec(Container::Flac) };
    check(archive(40_000_000), vec![], 0, &["no output", "longer than a year", "checkpoint"]);
    check(file("a.mp3"), vec![spec(Container::Wav)], 1000, &["a.mp3 would hold wav"]);
    check(file(".."), vec![float_flac], 1000, &["not a file name", "flac"]);
}

#[test]
fn clocks_decide_names_and_boundaries() {
    let check = |clock, layout, expected: &[&str]| {
        let mut rig = Rig::new(format(8_000, 1), "2026-07-01T12:59:59Z");
        rig.naming.clock.clock = clock;
        rig.naming.layout = layout;
        let mut recording = rig.recording(&[Container::Wav], 3600);
        rig.record(&mut recording, 16_000, 4_000);
        rig.stop(&mut recording);
        assert_eq!(rig.names(), expected);
        check_exact(&rig);
    };
    check(ArchiveClock::Utc, Layout::Flat, &["2026-07-01-12.wav", "2026-07-01-13.wav"]);
    check(ArchiveClock::Tai, Layout::Flat, &["2026-07-01-13_TAI.wav"]);
    check(
        ArchiveClock::Local,
        Layout::Hierarchy,
        &["2026/07/01/14/archive.wav", "2026/07/01/15/archive.wav"],
    );
    check(
        ArchiveClock::Utc,
        Layout::Accurate,
        &["2026-07-01/2026-07-01-12-59-59-00.wav", "2026-07-01/2026-07-01-13-00-00-00.wav"],
    );
}
