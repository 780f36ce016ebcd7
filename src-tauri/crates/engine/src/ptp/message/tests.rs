use proptest::prelude::*;

use super::*;

/// A header with this kind, domain, clock and sequence number, and `body` bytes after it.
pub(crate) fn raw(kind: u8, domain: u8, clock: u8, sequence: u16, flags: [u8; 2], body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    bytes[0] = kind;
    bytes[1] = 2;
    bytes[2..4].copy_from_slice(&u16::try_from(HEADER + body.len()).unwrap().to_be_bytes());
    bytes[4] = domain;
    bytes[6..8].copy_from_slice(&flags);
    bytes[20..28].copy_from_slice(&[0, 0x11, 0x22, 0xFF, 0xFE, 0, 0, clock]);
    bytes[29] = 1;
    bytes[30..32].copy_from_slice(&sequence.to_be_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// A timestamp as it is sent.
pub(crate) fn stamp(ns: i64) -> Vec<u8> {
    let seconds = (ns / 1_000_000_000).to_be_bytes();
    let rest = u32::try_from(ns % 1_000_000_000).unwrap().to_be_bytes();
    [&seconds[2..], &rest[..]].concat()
}

/// An Announce message of a clock that is its own grandmaster.
pub(crate) fn announce_bytes(domain: u8, clock: u8, sequence: u16, what: &Announce) -> Vec<u8> {
    let mut body = stamp(0);
    body.extend_from_slice(&what.utc_offset.to_be_bytes());
    body.extend_from_slice(&[0, what.priority1, what.class, what.accuracy]);
    body.extend_from_slice(&what.variance.to_be_bytes());
    body.push(what.priority2);
    body.extend_from_slice(&what.grandmaster.0);
    body.extend_from_slice(&what.steps_removed.to_be_bytes());
    body.push(what.time_source);
    let flags = u8::from(what.utc_offset_valid) << 2
        | u8::from(what.ptp_timescale) << 3
        | u8::from(what.time_traceable) << 4;
    raw(0x0B, domain, clock, sequence, [0, flags], &body)
}

#[test]
fn an_announce_of_ptp4l_is_read() {
    // Received on a veth pair from linuxptp 3.1.1: `ptp4l -S -4 --priority1=10 --free_running 1`.
    let bytes = [
        0x0B, 0x02, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x1E, 0xE4, 0xDA, 0xFF, 0xFE, 0x49, 0xD1, 0x16, 0x00, 0x01, 0x00, 0x01, 0x05, 0x01,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x25, 0x00, 0x0A, 0xF8, 0xFE, 0xFF,
        0xFF, 0x80, 0x1E, 0xE4, 0xDA, 0xFF, 0xFE, 0x49, 0xD1, 0x16, 0x00, 0x00, 0xA0,
    ];
    let message = Message::parse(&bytes).unwrap();
    let clock = "1E-E4-DA-FF-FE-49-D1-16".parse().unwrap();
    assert_eq!((message.domain, message.sequence, message.log_interval), (0, 1, 1));
    assert_eq!(message.port, PortIdentity { clock, number: 1 });
    let expected = Announce {
        grandmaster: clock,
        priority1: 10,
        class: 248,
        accuracy: 0xFE,
        variance: 0xFFFF,
        priority2: 128,
        time_source: 0xA0,
        utc_offset: 37,
        ..Announce::default()
    };
    assert_eq!(message.body, Body::Announce(expected));
    assert_eq!((expected.class_words(), expected.accuracy_ns()), ("runs free", None));
}

#[test]
fn each_kind_is_told_apart() {
    let at = stamp(1_700_000_037_123_456_789);
    let origin_ns = 1_700_000_037_123_456_789;
    let check = |kind: u8, flags: [u8; 2], body: &[u8], expected: Result<Body, Reject>| {
        let found = Message::parse(&raw(kind, 5, 1, 9, flags, body)).map(|message| message.body);
        assert_eq!(found, expected, "{kind:#x}");
    };
    check(0x0, [2, 0], &at, Ok(Body::Sync { two_step: true, origin_ns }));
    check(0x10, [0, 0], &at, Ok(Body::Sync { two_step: false, origin_ns })); // transportSpecific is 802.1AS's
    check(0x8, [0, 0], &at, Ok(Body::FollowUp { origin_ns }));
    check(0x1, [0, 0], &at, Ok(Body::Delay));
    check(0x9, [0, 0], &at, Ok(Body::Delay));
    check(0x2, [0, 0], &at, Ok(Body::PeerDelay));
    check(0xD, [0, 0], &[], Ok(Body::Other));
    check(0x4, [0, 0], &at, Err(Reject::Kind));
    check(0x0, [0, 0], &at[..9], Err(Reject::Short));
    check(0xB, [0, 0], &at, Err(Reject::Short));
    check(0x0, [0, 0], &[0, 0, 0, 0, 0, 0, 0x3B, 0x9A, 0xCA, 0x00], Err(Reject::Time));
    check(0x0, [0, 0], &[0xFF; 10], Err(Reject::Time));
}

#[test]
fn lengths_and_versions_that_lie_are_refused() {
    let good = raw(0x0, 0, 1, 1, [0, 0], &stamp(5));
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        Message::parse(&bytes).map(|_| ())
    };
    assert_eq!(with(1, 2), Ok(()));
    assert_eq!(with(1, 0x12), Ok(()), "version 2.1 of IEEE 1588-2019");
    assert_eq!(with(1, 1), Err(Reject::Version));
    assert_eq!(with(3, 255), Err(Reject::Short));
    assert_eq!(with(3, 33), Err(Reject::Short));
    assert_eq!(Message::parse(&[]), Err(Reject::Short));
    let padded = [&good[..], &[0; 20]].concat();
    assert_eq!(Message::parse(&padded), Message::parse(&good));
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_a_reject(bytes in proptest::collection::vec(any::<u8>(), 0..120), v2: bool) {
        let mut bytes = bytes;
        if v2 && bytes.len() > 3 {
            bytes[1] = 2;
            bytes[2] = 0;
        }
        if let Ok(message) = Message::parse(&bytes) {
            prop_assert!(bytes.len() >= HEADER);
            if let Body::Sync { origin_ns, .. } | Body::FollowUp { origin_ns } = message.body {
                prop_assert!(origin_ns >= 0);
            }
        }
    }
}
