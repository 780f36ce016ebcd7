//! Whatever is typed is either a configuration or a list of problems.

use audyn_engine::source::Source;
use audyn_engine::source::aes67::Aes67;
use audyn_model::AudioFormat;
use proptest::prelude::*;

use super::{read, toml};
use crate::config::checked::{Config, Place};
use crate::config::raw::{RawConfig, RawRecorder, Value, Written};
use crate::config::{Key, Problems, check};

const EXAMPLE: &str = include_str!("../../../audyn.example.toml");

/// What everything behind the checker relies on.
fn check_invariants(outcome: &Result<Config, Problems>) {
    match outcome {
        Err(problems) => {
            assert!(!problems.0.is_empty());
            for problem in &problems.0 {
                assert!(!problem.key.is_empty() && !problem.wrong.is_empty(), "{problem:?}");
            }
        }
        Ok(config) => {
            for recorder in &config.recorders {
                assert!(!recorder.name.is_empty());
                assert!((1..=AudioFormat::MAX_CHANNELS).contains(&recorder.source.channels()));
                if let Source::Aes67(source) = &recorder.source {
                    check_network(source);
                }
                assert!(!recorder.outputs.is_empty());
                assert!(recorder.outputs.len() == 1 || matches!(recorder.place, Place::Archive(_)));
            }
        }
    }
}

fn check_network(source: &Aes67) {
    assert!((1..=2).contains(&source.legs.len()));
    assert!(source.legs.iter().all(|leg| leg.port > 0));
    assert!((1..=AudioFormat::MAX_CHANNELS).contains(&source.stream_channels));
    assert!(source.pick.iter().all(|c| *c < source.stream_channels));
    let bytes = source.encoding.map_or(2, |e| e.bytes());
    let payload = usize::from(source.samples_per_packet) * usize::from(source.stream_channels) * bytes;
    assert!((1..=1460).contains(&payload));
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "-?[0-9]{1,20}",
        "(239|192|0|255)\\.[0-9]{1,3}\\.1\\.1",
        "[0-9]{1,2}(,[0-9]{1,2}){0,3}",
        "(239\\.2\\.1\\.1)?(:[0-9]{1,5})?@[a-z0-9]{0,5}",
        prop::sample::select(vec![
            "wav",
            "opus",
            "flac",
            "mp3",
            "a.wav",
            "a.mp3",
            "/srv",
            "L16",
            "L24",
            "32f",
            "16",
            "custom",
            "flat",
            "utc",
            "%Y/%H",
            "../%H",
            "{name}",
            "stereo.sdp",
            "eight.sdp",
            "pair.sdp",
            "two.sdp",
            "bad.sdp",
            "239.1.1.1",
        ])
        .prop_map(str::to_owned),
    ]
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => words().prop_map(Value::Flag),
        1 => words().prop_map(Value::Text),
        2 => (-2_i64..100).prop_map(Value::Integer),
        1 => any::<i64>().prop_map(Value::Integer),
        1 => any::<bool>().prop_map(Value::Bool),
        1 => prop::collection::vec(words().prop_map(Value::Flag), 0..4).prop_map(Value::List),
        1 => prop::collection::vec((0_i64..70).prop_map(Value::Integer), 0..4).prop_map(Value::List),
    ]
}

proptest! {
    #[test]
    fn any_values_of_any_options(
        typed in prop::collection::btree_map(prop::sample::select(Key::all().collect::<Vec<_>>()), values(), 0..8),
        sane in any::<bool>(),
    ) {
        let base = [(Key::Output, "a.wav"), (Key::MulticastAddr, "239.1.1.1")];
        let base = base.iter().filter(|_| sane).map(|(key, text)| (*key, Value::Flag((*text).to_owned())));
        let options = base.chain(typed).map(|(key, value)| (key, Written { key: key.flag().to_owned(), value }));
        let recorder = RawRecorder { place: String::new(), options: options.collect() };
        let raw = RawConfig { recorders: vec![recorder], ..RawConfig::default() };
        check_invariants(&check(&raw, &read));
    }

    /// Options that have to agree with each other, mostly within their ranges.
    #[test]
    fn any_channels_and_packets(
        typed in prop::collection::btree_map(
            prop::sample::select(vec![
                Key::Channels, Key::StreamChannels, Key::ChannelOffset, Key::PickChannels, Key::SamplesPerPacket, Key::Sdp,
            ]),
            (1_i64..64).prop_map(Value::Integer),
            1..5,
        ),
        sdp in prop::sample::select(vec!["stereo.sdp", "eight.sdp", "pair.sdp"]),
    ) {
        let base = [(Key::Output, "a.wav"), (Key::MulticastAddr, "239.1.1.1")];
        let base = base.iter().map(|(key, text)| (*key, Value::Flag((*text).to_owned())));
        let sdp = |(key, value)| if key == Key::Sdp { (key, Value::Flag(sdp.to_owned())) } else { (key, value) };
        let options = base.chain(typed.into_iter().map(sdp));
        let options = options.map(|(key, value)| (key, Written { key: key.flag().to_owned(), value }));
        let recorder = RawRecorder { place: String::new(), options: options.collect() };
        check_invariants(&check(&RawConfig { recorders: vec![recorder], ..RawConfig::default() }, &read));
    }

    #[test]
    fn any_text_as_a_file(text in any::<String>()) {
        check_invariants(&toml(&text));
    }

    #[test]
    fn the_example_with_something_cut_and_something_put_in(
        from in 0..EXAMPLE.len(), len in 0_usize..200, put in "[\\PC\n\"=\\[\\]0-9a-z_]{0,20}",
    ) {
        let from = (0..=from).rev().find(|at| EXAMPLE.is_char_boundary(*at)).unwrap_or(0);
        let to = (from + len..EXAMPLE.len()).find(|at| EXAMPLE.is_char_boundary(*at)).unwrap_or(EXAMPLE.len());
        check_invariants(&toml(&[&EXAMPLE[..from], &put, &EXAMPLE[to..]].concat()));
    }
}
