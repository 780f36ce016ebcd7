use std::io::Cursor;
use std::path::Path;

use audyn_codec::{About, Bytes, Civil, Spec, encoder, inspect};
use audyn_model::{
    Anchor, AudioFormat, Container, Drift, Gap, GapCause, Hold, HoldId, Mark, MarkId, MarkKind, Rate,
    RecorderId, SampleFormat, SampleIndex, SegmentId, Tai, TimeBasis, Utc,
};

use super::super::info::{Beside, as_json, as_text};

/// A finished WAV file of 480 stereo frames.
fn file(about: &About) -> Vec<u8> {
    let spec = Spec {
        container: Container::Wav,
        samples: SampleFormat::Int24,
        bitrate: 128_000,
        vbr: true,
        complexity: 5,
    };
    let format = AudioFormat::new(Rate::HZ_48000, 2, 24).unwrap();
    let (mut bytes, mut out) = (Vec::new(), Bytes::default());
    let mut encoder = encoder(&spec, &format, about, &[], &mut out).unwrap();
    encoder.encode(&[0; 960], &mut out).unwrap();
    encoder.finish(&[], &mut out).unwrap();
    bytes.append(&mut out.append);
    for patch in out.patches {
        let at = patch.at as usize;
        bytes[at..at + patch.bytes.len()].copy_from_slice(&patch.bytes);
    }
    bytes
}

#[test]
fn a_file_of_ours_tells_whose_it_is_and_what_is_missing() {
    let about = About {
        segment: SegmentId::new(),
        recorder: RecorderId::new(),
        recorder_name: "Studio 1".into(),
        first: SampleIndex(48_000),
        anchor: Anchor {
            at: SampleIndex(0),
            tai: Tai(0),
            rate: Rate::HZ_48000,
            basis: TimeBasis::MediaClock,
        },
        clock: None,
        civil: Civil {
            date: "2026-10-25".into(),
            time: "14:00:00".into(),
            samples_since_midnight: 5,
            zone: "+01:00".into(),
        },
        originator: "Audyn 0.1.0".into(),
    };
    let bytes = file(&about);
    let inspection = inspect(&mut Cursor::new(&bytes)).unwrap();
    let mark = |at, end, text: Option<&str>| Mark {
        id: MarkId::new(),
        at: SampleIndex(at),
        end,
        kind: MarkKind::Vox,
        text: text.map(str::to_owned),
    };
    let hold = |by: &str, until: Option<i64>| Hold {
        id: HoldId::new(),
        by: by.to_owned(),
        since: Utc(1_000_000_000),
        until: until.map(Utc),
        reason: "complaint 7".to_owned(),
    };
    let (by, reason) = ("Eve".to_owned(), "settled".to_owned());
    let lift = audyn_archive::holds::Lift { id: HoldId::new(), by, at: Utc(2_000_000_000), reason };
    let row = audyn_archive::SegmentRow {
        id: about.segment,
        recorder: about.recorder,
        recorder_name: about.recorder_name.clone(),
        open_id: None,
        path: "x.wav".into(),
        container: Container::Wav,
        channels: 2,
        stored: None,
        first: about.first,
        frames: Some(480),
        anchor: about.anchor,
        zone: about.civil.zone.clone(),
        clock: None,
        clock_sealed: None,
        drift: Some(Drift { ppb: -12_345, over_s: 600 }),
        state: audyn_archive::SegmentState::Sealed,
        end: None,
        note: None,
        bytes: None,
        hashes: None,
        created: None,
        sealed: None,
    };
    let beside = Beside {
        gaps: vec![Gap { at: SampleIndex(48_010), len: 48, cause: GapCause::Loss }],
        marks: vec![
            mark(48_100, Some(SampleIndex(48_200)), None),
            mark(48_300, None, Some("\u{1b}[31mNews")),
        ],
        holds: audyn_archive::holds::Listed {
            standing: vec![
                hold("\u{1b}[31mOtto", None),
                hold("Vera", Some(2_000_000_000)),
                hold("Ada", Some(3_000_000_000)),
            ],
            lifted: vec![(Some(hold("Max", None)), lift.clone()), (None, lift)],
            damaged: true,
        },
        now: Utc(2_000_000_000),
        row: Some(row),
    };
    let size = bytes.len() as u64;
    let text = as_text(Path::new("x.wav"), size, &inspection, &beside);
    for line in [
        "container     wav\n",
        "format        48000 Hz, 2 channels, 24 bits\n",
        "length        0:00:00.010 (480 frames)\n",
        "state         complete\n",
        "begins        2026-10-25 14:00:00 +01:00\n",
        "time basis    media-clock\n",
        "first sample  48000 at TAI 1000000000 ns\n",
        "gap           48 frames of silence at frame 10: loss\n",
        "device clock  12.3 ppm slower than this machine's, measured over 600 s\n",
        "mark          100 frames from frame 100: vox\n",
        "hold          by \\u{1b}[31mOtto since 1970-01-01T00:00:01Z, until it is lifted: complaint 7\n",
        "hold          by Vera since 1970-01-01T00:00:01Z, expired on 1970-01-01T00:00:02Z: complaint 7\n",
        "hold          by Ada since 1970-01-01T00:00:01Z, until 1970-01-01T00:00:03Z: complaint 7\n",
        "hold lifted   by Eve on 1970-01-01T00:00:02Z: settled (of Max: complaint 7)\n",
        "hold lifted   by Eve on 1970-01-01T00:00:02Z: settled\n",
        "hold          the list beside it has lines that cannot be read; the file counts as held\n",
        "mark          to the end of the file from frame 300: vox: \\u{1b}[31mNews\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    let json = as_json(Path::new("x.wav"), size, &inspection, &beside);
    assert_eq!(json["frames"], 480);
    assert_eq!(json["state"], "complete");
    assert_eq!(json["about"]["recorder_name"], "Studio 1");
    assert_eq!(json["about"]["first_tai_ns"], 1_000_000_000);
    assert_eq!(json["gaps"][0]["cause"], "loss");
    assert_eq!(json["about"]["drift"], serde_json::json!({ "ppb": -12_345, "over_s": 600 }));
    assert_eq!(
        (&json["marks"][0]["end"], &json["marks"][1]["end"]),
        (&48_200.into(), &serde_json::Value::Null)
    );
    let holds = &json["holds"];
    assert_eq!((&holds[0]["until"], &holds[0]["expired"]), (&serde_json::Value::Null, &false.into()));
    assert_eq!((&holds[1]["until"], &holds[1]["expired"]), (&"1970-01-01T00:00:02Z".into(), &true.into()));
    assert_eq!(json["holds_lifted"][0]["hold"]["by"], "Max");
    assert_eq!(
        (&json["holds_lifted"][1]["hold"], &json["holds_damaged"]),
        (&serde_json::Value::Null, &true.into())
    );
}
