use proptest::prelude::*;

use super::*;

/// 12 bytes of header with the first byte given, sequence 0x0102, timestamp 0x03040506, SSRC 0x0708090A, type 97 with
/// the marker set, then `rest`.
fn packet(first: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first, 0x80 | 97, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    bytes.extend_from_slice(rest);
    bytes
}

fn check(first: u8, rest: &[u8], expected: Result<&[u8], Reject>) {
    let bytes = packet(first, rest);
    let found = Packet::parse(&bytes);
    assert_eq!(found.map(|p| p.payload), expected, "first byte {first:#04x}, rest {rest:?}");
    if let Ok(p) = found {
        assert_eq!((p.payload_type, p.sequence, p.timestamp, p.ssrc), (97, 0x0102, 0x0304_0506, 0x0708_090A));
    }
}

#[test]
fn header_variations_are_read_and_broken_ones_named() {
    check(0x80, &[1, 2, 3], Ok(&[1, 2, 3]));
    check(0x80, &[], Err(Reject::Empty));
    check(0x00, &[1], Err(Reject::Version));
    check(0x40, &[1], Err(Reject::Version));
    check(0xC0, &[1], Err(Reject::Version));
    // two contributing sources
    check(0x82, &[0, 0, 0, 1, 0, 0, 0, 2, 9], Ok(&[9]));
    check(0x82, &[0, 0, 0, 1, 0, 0, 0], Err(Reject::Short));
    check(0x82, &[0, 0, 0, 1, 0, 0, 0, 2], Err(Reject::Empty));
    // an extension of one word, of none, and one that is longer than the packet
    check(0x90, &[0xBE, 0xDE, 0, 1, 1, 2, 3, 4, 9], Ok(&[9]));
    check(0x90, &[0xBE, 0xDE, 0, 0, 9], Ok(&[9]));
    check(0x90, &[0xBE, 0xDE, 0, 2, 1, 2, 3, 4, 9], Err(Reject::Short));
    check(0x90, &[0xBE, 0xDE, 0], Err(Reject::Short));
    // padding: the last byte counts itself
    check(0xA0, &[9, 8, 0, 2], Ok(&[9, 8]));
    check(0xA0, &[9, 8, 0, 0], Err(Reject::Padding));
    check(0xA0, &[9, 8, 0, 5], Err(Reject::Padding));
    check(0xA0, &[0, 0, 0, 4], Err(Reject::Empty));
    check(0xA0, &[], Err(Reject::Padding));
    // all at once
    check(0xB1, &[0, 0, 0, 1, 0, 0, 0, 1, 7, 7, 7, 7, 5, 6, 1], Ok(&[5, 6]));
}

#[test]
fn a_cut_header_is_short() {
    for length in 0..12 {
        assert_eq!(Packet::parse(&packet(0x80, &[])[..length]), Err(Reject::Short));
    }
}

#[test]
fn reasons_are_counted_in_their_own_place() {
    for (i, reason) in Reject::ALL.into_iter().enumerate() {
        assert_eq!(reason.index(), i);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(packet) = Packet::parse(&bytes) {
            packet.check_invariants(&bytes);
        }
    }

    #[test]
    fn any_bytes_of_version_two_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 1..200)) {
        bytes[0] = 0x80 | bytes[0] & 0x3F;
        if let Ok(packet) = Packet::parse(&bytes) {
            packet.check_invariants(&bytes);
        }
    }
}
