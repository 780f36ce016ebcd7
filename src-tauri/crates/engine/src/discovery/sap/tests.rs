use super::*;
use crate::send::sap::{Announcement, packet};

const TEXT: &str = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=x\r\n";

fn plain(first: u8, words: u8, rest: &[u8]) -> Vec<u8> {
    [&[first, words, 0x12, 0x34], rest].concat()
}

#[test]
fn what_our_sender_announces_is_read() {
    let from = Ipv4Addr::new(192, 0, 2, 1);
    let announcement = Announcement { from, of: Ipv4Addr::new(239, 69, 1, 1), text: TEXT.into() };
    for kind in [Kind::Announce, Kind::Delete] {
        let bytes = packet(kind, &announcement);
        let read = Packet::parse(&bytes).unwrap();
        assert_eq!((read.kind, read.origin, read.text), (kind, IpAddr::V4(from), TEXT.as_bytes()));
        assert_ne!(read.hash, 0);
    }
}

#[test]
fn every_form_of_the_header_is_read() {
    let v4 = [192, 0, 2, 1];
    let check = |bytes: Vec<u8>| {
        let read = Packet::parse(&bytes).unwrap();
        assert_eq!((read.hash, read.text), (0x1234, TEXT.as_bytes()), "{bytes:?}");
        read.origin
    };
    let text = TEXT.as_bytes();
    check(plain(0x20, 0, &[&v4, text].concat())); // no type
    check(plain(0x28, 0, &[&v4, text].concat())); // the reserved bit is ignored
    check(plain(0x20, 0, &[&v4, b"\0".as_slice(), text].concat())); // an empty type
    check(plain(0x20, 0, &[&v4, b"Application/SDP\0".as_slice(), text].concat()));
    check(plain(0x20, 0, &[&v4, b"application/sdp\0".as_slice(), text, &[0, 0, 0]].concat())); // padded
    check(plain(0x20, 2, &[&v4, [7; 8].as_slice(), b"application/sdp\0", text].concat())); // signed
    let v6 = check(plain(0x30, 0, &[&[0xFD; 16], text].concat()));
    assert_eq!(v6, IpAddr::V6(Ipv6Addr::from([0xFD; 16])));
}

#[test]
fn what_is_no_announcement_for_us_has_a_reason() {
    let check = |bytes: &[u8], expected| assert_eq!(Packet::parse(bytes), Err(expected), "{bytes:?}");
    let v4 = [192, 0, 2, 1];
    check(&[], Reject::Short);
    check(&[0x20, 0, 1], Reject::Short);
    check(&[0x20, 0, 1, 1, 192, 0, 2], Reject::Short);
    check(&plain(0x30, 0, &v4), Reject::Short);
    check(&plain(0x20, 255, &[&v4, TEXT.as_bytes()].concat()), Reject::Short);
    check(&plain(0x20, 0, &[&v4, b"application/sdp\0".as_slice()].concat()), Reject::Short);
    check(&plain(0x00, 0, &[&v4, TEXT.as_bytes()].concat()), Reject::Version);
    check(&plain(0x40, 0, &[&v4, TEXT.as_bytes()].concat()), Reject::Version);
    check(&plain(0x22, 0, &[&v4, TEXT.as_bytes()].concat()), Reject::Encrypted);
    check(&plain(0x21, 0, &[&v4, TEXT.as_bytes()].concat()), Reject::Compressed);
    check(&plain(0x20, 0, &[&v4, b"text/plain\0".as_slice(), TEXT.as_bytes()].concat()), Reject::Type);
    check(&plain(0x20, 0, &[&v4, [b'x'; 200].as_slice()].concat()), Reject::Type);
}

#[test]
fn a_packet_cut_anywhere_is_read_or_rejected() {
    let whole =
        plain(0x20, 1, &[&[1, 2, 3, 4], [9; 4].as_slice(), b"application/sdp\0", TEXT.as_bytes()].concat());
    for end in 0..whole.len() {
        if let Ok(read) = Packet::parse(&whole[..end]) {
            assert!(TEXT.as_bytes().starts_with(read.text) && !read.text.is_empty());
        }
    }
    for (index, reject) in Reject::ALL.iter().enumerate() {
        assert_eq!(reject.index(), index);
    }
}
