//! Any bytes are a packet that holds what it promises, or a reject that has a counter.

#![no_main]

use audyn_engine::rtp::packet::{Packet, Reject};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    match Packet::parse(bytes) {
        Ok(packet) => packet.check_invariants(bytes),
        Err(reject) => assert_eq!(Reject::ALL[reject.index()], reject),
    }
});
