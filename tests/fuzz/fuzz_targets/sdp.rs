//! Any text is a description that a receiver can use and that survives being written and read, or a list of problems.

#![no_main]

use audyn_engine::sdp::{Description, JUMBO_PAYLOAD, decode, parse, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = decode(bytes);
    match parse(&text) {
        Ok(description) => check(&description),
        Err(problems) => assert!(!problems.is_empty(), "refused without a reason"),
    }
});

fn check(description: &Description) {
    assert!(!description.streams.is_empty());
    for stream in &description.streams {
        assert!(!stream.legs.is_empty());
        assert!((1..=64).contains(&stream.channels) && stream.payload_type < 128);
        assert!(stream.samples_per_packet.is_none_or(|n| n > 0 && stream.payload_bytes() <= JUMBO_PAYLOAD));
        assert!(stream.legs.iter().all(|leg| leg.port > 0 && !leg.address.is_unspecified()));
        assert!(stream.samples_per_packet_or_default() > 0);
        let names = stream.channel_names();
        assert!(names.is_empty() || names.len() == usize::from(stream.channels));
    }
    let text = write(description);
    match parse(&text) {
        Ok(again) => assert_eq!(again.streams.len(), description.streams.len(), "{text}"),
        Err(problems) => panic!("accepted once, and not again: {problems:?}\n{text}"),
    }
}
