//! Any configuration file is one that can be run, or a list of problems that each name a key and say what would be right.

#![no_main]

use std::io;
use std::path::Path;

use audyn::config::checked::{Config, Place};
use audyn::config::{check, parse};
use audyn_engine::source::Source;
use libfuzzer_sys::fuzz_target;

const SDP: &[u8] = include_bytes!("../../vectors/sdp/no-clock-no-packet-time.sdp");

fuzz_target!(|text: &str| {
    match check(&parse(text), &read) {
        Ok(config) => usable(&config),
        Err(problems) => {
            assert!(!problems.0.is_empty(), "refused without a reason");
            for problem in &problems.0 {
                assert!(!problem.key.is_empty() && !problem.wrong.is_empty(), "{problem:?}");
            }
            assert!(!problems.to_string().is_empty());
        }
    }
});

/// One SDP exists.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    if path.ends_with("a.sdp") { Ok(SDP.to_vec()) } else { Err(io::ErrorKind::NotFound.into()) }
}

fn usable(config: &Config) {
    assert!(!config.recorders.is_empty());
    for recorder in &config.recorders {
        assert!(!recorder.name.is_empty() && !recorder.outputs.is_empty());
        let Source::Aes67(source) = &recorder.source else { continue };
        assert!((1..=2).contains(&source.legs.len()) && (1..=64).contains(&source.stream_channels));
        assert!(source.pick.iter().all(|channel| *channel < source.stream_channels));
        assert!(source.payload_type < 128 && source.window_ms > 0 && source.samples_per_packet > 0);
        // What is not told from the packets is checked as far as it can be known.
        for bits in
            source.encoding.map_or([16, 24].as_slice(), |e| if e.bits() == 16 { &[16] } else { &[24] })
        {
            let mut format = source.format(audyn_engine::rtp::Encoding::L24);
            format.bits = *bits;
            for output in &recorder.outputs {
                assert!(audyn_codec::check(output, &format).is_ok(), "{output:?} of {format:?}");
            }
        }
        if let Place::File(_) = recorder.place {
            assert_eq!(recorder.outputs.len(), 1);
        }
    }
    for (n, recorder) in config.recorders.iter().enumerate() {
        assert!(
            config.recorders[..n].iter().all(|earlier| earlier.name != recorder.name),
            "{}",
            recorder.name
        );
    }
}
