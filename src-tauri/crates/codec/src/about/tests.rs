use audyn_model::{Anchor, Rate, RecorderId, SampleIndex, SegmentId, Tai, TimeBasis};

use super::*;

/// A file that begins at an odd sample of a source anchored by arrival, recorded by a name that is not ASCII.
pub(crate) fn example() -> About {
    About {
        segment: SegmentId::new(),
        recorder: RecorderId::new(),
        recorder_name: "Studio 1 Grün \"Ü\"".to_owned(),
        first: SampleIndex(84_672_000_000_123),
        anchor: Anchor {
            at: SampleIndex(-7),
            tai: Tai(1_764_000_000_123_456_789),
            rate: Rate::HZ_48000,
            basis: TimeBasis::Arrival,
        },
        clock: None,
        civil: Civil {
            date: "2025-11-21".to_owned(),
            time: "13:59:58".to_owned(),
            samples_since_midnight: 5_000_000_000,
            zone: "+01:00".to_owned(),
        },
        originator: "Audyn 0.1.0".to_owned(),
    }
}

#[test]
fn about_survives_json_and_tags() {
    let about = example();
    assert_eq!(from_json(&to_json(&about)), Some(about.clone()));
    let shouted: Vec<_> = tags(&about).into_iter().map(|(n, v)| (n.to_lowercase(), v)).collect();
    assert_eq!(from_tags(&shouted), Some(about));
}

#[test]
fn a_clocks_quality_is_kept_and_one_that_is_not_understood_is_left_out() {
    let clock =
        "hardware locked grandmaster=00-11-22-FF-FE-33-44-55 domain=0 offset_ns=-120 uncertainty_ns=40";
    let about = About { clock: Some(clock.parse().unwrap()), ..example() };
    let kept = from_json(&to_json(&about)).unwrap();
    assert_eq!((kept.clock.map(|clock| clock.to_string()).as_deref(), kept == about), (Some(clock), true));
    let mut later = tags(&about);
    later.iter_mut().find(|(name, _)| name == "AUDYN_CLOCK").unwrap().1 = "quantum entangled".to_owned();
    assert_eq!(from_tags(&later), Some(About { clock: None, ..about }));
}

#[test]
fn about_with_a_field_missing_or_wrong_is_none() {
    let about = example();
    let all = tags(&about);
    for skip in 3..all.len() {
        let mut fewer = all.clone();
        fewer.remove(skip);
        assert_eq!(from_tags(&fewer), None, "without {}", all[skip].0);
    }
    let check = |name: &str, value: &str| {
        let mut wrong = all.clone();
        wrong.iter_mut().find(|(n, _)| n == name).unwrap().1 = value.to_owned();
        assert_eq!(from_tags(&wrong), None, "{name}={value}");
    };
    check("AUDYN_SEGMENT", "not an id");
    check("AUDYN_RATE", "7999");
    check("AUDYN_TIME_BASIS", "guess");
    check("AUDYN_FIRST_SAMPLE", "9223372036854775808");
    assert_eq!(from_json(b"[]"), None);
    assert_eq!(from_json(b"{\"segment\":1}"), None);
}

#[test]
fn ascii_replaces_what_it_cannot_say_and_keeps_the_length() {
    let check = |text: &str, len: usize, expected: &[u8]| assert_eq!(ascii(&text, len), expected, "{text}");
    check("Grün", 32, b"Gr?n");
    check("a\r\nb", 32, b"a??b");
    check("ÄÖÜ", 2, b"??");
    check("", 4, b"");
}
