use super::*;
use crate::rig::{format, spec};

#[test]
fn every_problem_is_told_at_once_with_what_would_be_right() {
    let check = |spec: Spec, format: AudioFormat, expected: &[&str]| {
        let told: Vec<String> =
            check(&spec, &format).err().unwrap_or_default().iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), expected.len(), "{spec:?} {format:?}: {told:?}");
        for (told, expected) in told.iter().zip(expected) {
            assert!(told.contains(expected), "{told:?} does not say {expected:?}");
        }
    };
    let of = |container| spec(container, SampleFormat::Int24);
    check(of(Container::Wav), format(384_000, 64, 32), &[]);
    check(of(Container::Flac), format(384_000, 8, 24), &[]);
    check(of(Container::Opus), format(44_100, 2, 24), &[]);
    check(of(Container::Mp3), format(8_000, 1, 16), &[]);
    let float = Spec { samples: SampleFormat::Float32, ..of(Container::Flac) };
    check(float, format(192_001, 9, 24), &["at most 8 channels", "16 or 24 bits", "192001 Hz"]);
    let opus = Spec { bitrate: 510_001, complexity: 11, ..of(Container::Opus) };
    check(opus, format(44_101, 2, 24), &["12000 to 510000", "0 to 10", "44101 Hz"]);
    check(Spec { bitrate: 47_999, ..of(Container::Opus) }, format(48_000, 8, 24), &["48000 to 510000"]);
    let mp3 = Spec { bitrate: 31_999, complexity: 12, ..of(Container::Mp3) };
    check(mp3, format(48_001, 3, 24), &["at most 2 channels", "32000 to 320000", "0 to 10", "48001 Hz"]);
}

#[test]
fn context_covers_what_the_coders_look_at() {
    let check = |container, hz, expected: (usize, usize)| {
        let Context { before, after } = context(&spec(container, SampleFormat::Int24), &format(hz, 2, 24));
        assert!(before >= expected.0 && after >= expected.1, "{container:?} {hz}: {before} {after}");
        assert!(
            before <= hz as usize / 4 && after <= hz as usize / 4,
            "{container:?} {hz}: {before} {after}"
        );
    };
    assert_eq!(
        context(&spec(Container::Wav, SampleFormat::Int24), &format(48_000, 2, 24)),
        Context::default()
    );
    check(Container::Opus, 48_000, (3_840, 312 + 960));
    check(Container::Opus, 96_000, (7_680, 2 * (312 + 960)));
    check(Container::Opus, 44_100, (3_528, 1_169));
    check(Container::Mp3, 48_000, (960, 1_152 + 529));
    check(Container::Mp3, 96_000, (1_920, 2 * (1_152 + 529)));
}
