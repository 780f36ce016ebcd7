//! Any bytes are an answer inside them, a part of one, or none; what comes later changes nothing that was told.

#![no_main]

use audyn_engine::discovery::rtsp::{Answer, parse, request};
use audyn_engine::sdp::MAX_TEXT;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let whole = parse(bytes);
    if let Ok(Some(Answer { body, .. })) = whole {
        assert!(body.len() <= MAX_TEXT);
        let end = bytes.len() - (bytes.as_ptr_range().end as usize - body.as_ptr_range().end as usize);
        assert_eq!(parse(&bytes[..end]), whole, "more than was told had to come");
        if end > 0 {
            assert_eq!(parse(&bytes[..end - 1]), Ok(None), "told before all of it had come");
        }
    }
    let name = String::from_utf8_lossy(bytes);
    let text = request("192.0.2.1:554".parse().expect("an address"), &name);
    assert_eq!(text.matches("\r\n").count(), 5, "a name breaks out of its line");
});
