//! What is refused, on which line, and what is said.

use super::*;

fn check(text: &str, expected: &[(usize, &str)]) {
    let problems = parse(text).expect_err(text);
    let found: Vec<_> = problems.iter().map(|p| (p.line, p.message.as_str())).collect();
    assert_eq!(found.len(), expected.len(), "{text}\n{found:?}");
    for ((line, message), (expected_line, part)) in found.iter().zip(expected) {
        assert_eq!(line, expected_line, "{message}");
        assert!(message.contains(part), "{message}: expected \"{part}\"");
    }
}

#[test]
fn every_problem_names_its_line_and_all_are_named_at_once() {
    check("", &[(1, "no line v=0")]);
    check("HTTP/1.0 404 Not Found\r\n\r\n", &[(1, "no line v=0")]);
    check("v=0\n", &[(1, "m=audio is missing")]);
    check("v=1\nm=audio 5004 RTP/AVP 11\nc=IN IP4 239.1.1.1", &[(1, "only version 0")]);
    let media = |lines: &str, expected: &[(usize, &str)]| check(&with_media(lines), expected);
    media("m=ancillary 5004 RTP/AVP 100", &[(5, "no audio media in this SDP (found: ancillary)")]);
    media(
        "m=audio 5004 RTP/AVP 0\nc=IN IP4 239.1.1.1",
        &[(5, "no linear PCM audio (payload 0 is PCMU/8000)")],
    );
    media("m=audio 0 RTP/AVP 11\nc=IN IP4 239.1.1.1", &[(5, "switched off (port 0)")]);
    media("m=audio", &[(5, "m=audio 5004 RTP/AVP 98")]);
    media("m=audio 70000 RTP/AVP 11\nc=IN IP4 239.1.1.1", &[(5, "port \"70000\"")]);
    media("m=audio 5004 RTP/SAVP 11\nc=IN IP4 239.1.1.1", &[(5, "profile RTP/SAVP")]);
    media("m=audio 5004 RTP/AVP 11", &[(5, "no connection address")]);
    media(
        "m=audio 5004 RTP/AVP 97\nc=IN IP4 239.1.1.1\na=rtpmap:100 L24/48000/2",
        &[(5, "payload type 97 is dynamic and has no rtpmap")],
    );
    media(
        "m=audio 5004 RTP/AVP 35\nc=IN IP4 239.1.1.1",
        &[(5, "payload type 35 is static and has no rtpmap")],
    );
    media("m=audio 5004 RTP/AVP 300\nc=IN IP4 239.1.1.1", &[(5, "payload type \"300\"")]);
    media("m=audio 5004 RTP/AVP 11\nc=IN IP6 ff0e::1", &[(6, "IN IP6 is not supported")]);
    media("m=audio 5004 RTP/AVP 11\nc=IN IP4 0.0.0.0", &[(6, "nothing can be received from 0.0.0.0")]);
    media(
        "m=audio 5004 RTP/AVP 11\nc=IN IP4 studio1",
        &[(6, "connection address \"studio1\" is not an IP address (names are not resolved)")],
    );
    media(
        "m=audio 5004 RTP/AVP 97\nc=IN IP4 239.x.x.x/64\na=rtpmap:97 L24/48000/2\na=source-filter: incl IN IP4 239.x.x.x 10.x.x.236",
        &[
            (6, "connection address \"239.x.x.x\" is not an IPv4 address"),
            (8, "source address \"10.x.x.236\""),
        ],
    );
    media(
        "m=audio 99999 RTP/AVP 97\nc=IN IP4 nowhere\na=rtpmap:97 L24/7/99",
        &[(5, "port \"99999\""), (6, "connection address"), (7, "rate \"7\""), (7, "\"99\" channels")],
    );
    media(
        "m=audio 5004 RTP/AVP 96\nc=IN IP4 239.1.1.1\na=rtpmap:96 L24/48000/64\na=ptime:1",
        &[(5, "64 channels x 3 bytes x 48 samples = 9216 bytes does not fit one packet")],
    );
    check(
        "v=0\na=group:DUP a b\nc=IN IP4 239.1.1.1\nm=audio 1 RTP/AVP 10\na=mid:a\nm=audio 2 RTP/AVP 11\na=mid:b",
        &[(6, "the legs of a=group:DUP differ")],
    );
}

#[test]
fn am824_is_described_and_refused_by_name() {
    let stream = only_stream(&with_media(
        "m=audio 5004 RTP/AVP 97\nc=IN IP4 239.1.1.1\na=rtpmap:97 AM824/48000/16\na=ptime:0.125",
    ));
    assert_eq!((stream.encoding, stream.channels, stream.payload_bytes()), (Encoding::Am824, 16, 384));
    assert!(stream.format().unwrap_err().to_string().contains("AM824"));
}

#[test]
fn texts_beyond_the_bounds_are_refused_unread() {
    let media = "m=audio 5004 RTP/AVP 11\nc=IN IP4 239.1.1.1\n";
    assert!(parse(&with_media(&media.repeat(MAX_MEDIA))).is_ok());
    check(&with_media(&media.repeat(MAX_MEDIA + 1)), &[(5 + 2 * MAX_MEDIA, "more than 64 media")]);
    check(&with_media(&"\n".repeat(MAX_LINES)), &[(MAX_LINES + 1, "more than 4096 lines")]);
    check(&with_media(&"x".repeat(MAX_TEXT)), &[(1, "bytes; a description has at most")]);
}

#[test]
fn odd_things_are_warned_of() {
    let check = |lines: &str, part: &str| {
        let description = parse(&with_media(lines)).unwrap();
        assert!(description.warnings.iter().any(|w| w.contains(part)), "{lines}: {:?}", description.warnings);
    };
    let audio = "m=audio 5004 RTP/AVP 11\nc=IN IP4 239.1.1.1\n";
    check(audio, "no reference clock");
    check(audio, "no media clock");
    check(audio, "packet time is unknown");
    check(&format!("{audio}a=inactive"), "marked inactive");
    check(&format!("{audio}a=ptime:1000"), "mistaken unit");
    check(&format!("{audio}a=ptime:1\na=framecount:64-192"), "ptime is taken");
    check(&format!("{audio}a=source-filter: excl IN IP4 * 192.0.2.1"), "only incl");
    check(&format!("{audio}a=source-filter: incl IN IP4 239.9.9.9 192.0.2.1"), "not for 239.1.1.1");
    check(&format!("{audio}a=source-filter: incl IN IP4 * 192.0.2.1 192.0.2.2"), "192.0.2.1, the first");
    check(&format!("{audio}c=IN IP4 239.1.1.2"), "several connection addresses");
    check("m=audio 5004 RTP/AVP 11\nc=IN IP4 239.1.1.1/32/4", "a range of groups");
    check("m=audio 5004 RTP/AVP 11\nc=IN IP4 232.1.1.1/32", "source-specific group");
    check(
        "m=audio 5004 RTP/AVP 97\nc=IN IP4 239.1.1.1\na=rtpmap:97 L24/48000/16\na=ptime:1",
        "larger than the MTU",
    );
    check(&format!("{audio}a=ts-refclk:ptp=IEEE1588-2008:00-00-00-00-00-00-00-00:0"), "all zero");
    check(&format!("{audio}m=audio 5004 RTP/AVP 0\n"), "not linear PCM");
    check(&format!("{audio}a=ssrc-group:DUP 1 2"), "not merged");
    check(&format!("{audio}hello"), "1 lines are not of the form");
}
