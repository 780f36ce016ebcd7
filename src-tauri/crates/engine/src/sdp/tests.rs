use super::*;

mod properties;
mod refusals;
mod vectors;

/// A description with one stream around the given media lines.
fn with_media(lines: &str) -> String {
    format!("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=x\nt=0 0\n{lines}")
}

fn only_stream(text: &str) -> Stream {
    let description = parse(text).unwrap_or_else(|p| panic!("{text}: {p:?}"));
    assert_eq!(description.streams.len(), 1, "{text}");
    description.streams.into_iter().next().unwrap()
}

#[test]
fn packet_time_is_the_legal_count_it_was_rounded_from() {
    let check = |rate: u32, attributes: &str, expected: Option<u16>| {
        let text = with_media(&format!(
            "m=audio 5004 RTP/AVP 98\nc=IN IP4 239.1.1.1\na=rtpmap:98 L16/{rate}/1\n{attributes}"
        ));
        assert_eq!(only_stream(&text).samples_per_packet, expected, "{rate} Hz, {attributes}");
    };
    check(48_000, "", None);
    check(48_000, "a=ptime:1", Some(48));
    check(48_000, "a=ptime:1.000", Some(48));
    check(48_000, "a=ptime:0.12", Some(6));
    check(48_000, "a=ptime:0.125", Some(6));
    check(48_000, "a=ptime:0.1", Some(6));
    check(48_000, "a=ptime:0.25", Some(12));
    check(48_000, "a=ptime:0.33", Some(16));
    check(48_000, "a=ptime:0.333333", Some(16));
    check(48_000, "a=ptime:4", Some(192));
    check(48_000, "a=ptime:5", Some(240));
    check(48_000, "a=ptime:1.33", Some(64));
    check(48_000, "a=ptime:2", Some(96));
    check(44_100, "a=ptime:1", Some(48));
    check(44_100, "a=ptime:1.09", Some(48));
    check(44_100, "a=ptime:1.08843537415", Some(48));
    check(44_100, "a=ptime:0.136", Some(6));
    check(96_000, "a=ptime:1", Some(96));
    check(96_000, "a=ptime:0.125", Some(12));
    check(32_000, "a=ptime:1", Some(32));
    // The exact count is taken where the decimal allows it, and only there.
    check(48_000, "a=framecount:80", Some(80));
    check(48_000, "a=ptime:1.67\na=framecount:80", Some(80));
    check(48_000, "a=ptime:1\na=framecount:64", Some(48));
    check(48_000, "a=ptime:1\na=framecount:64-192", Some(48));
    check(48_000, "a=framecount:64-192", None);
    // Units mistaken, and nonsense: the packets decide.
    check(48_000, "a=ptime:1000", None);
    check(48_000, "a=ptime:125\na=framecount:6", Some(6));
    check(48_000, "a=ptime:0", None);
    check(48_000, "a=ptime:-1", None);
    check(48_000, "a=ptime:1e0", None);
    check(48_000, "a=ptime:", None);
}

#[test]
fn a_packet_time_that_was_cut_does_not_contradict_the_count() {
    let check = |attributes: &str, warned: bool| {
        let media = "m=audio 5004 RTP/AVP 98\nc=IN IP4 239.1.1.1\na=rtpmap:98 L16/48000/1\n";
        let warnings = parse(&with_media(&format!("{media}{attributes}"))).unwrap().warnings;
        assert_eq!(warnings.iter().any(|w| w.contains("disagrees")), warned, "{attributes}: {warnings:?}");
    };
    check("a=ptime:1.6666\na=framecount:80", false);
    check("a=ptime:1.6666\na=framecount:81", true);
    check("a=ptime:1\na=framecount:48", false);
    check("a=ptime:1\na=framecount:64", true);
}

#[test]
fn without_a_packet_time_one_millisecond_is_assumed() {
    let check = |rate: u32, expected: u16| {
        let text =
            with_media(&format!("m=audio 5004 RTP/AVP 98\nc=IN IP4 239.1.1.1\na=rtpmap:98 L16/{rate}/1"));
        assert_eq!(only_stream(&text).samples_per_packet_or_default(), expected, "{rate}");
    };
    check(48_000, 48);
    check(44_100, 48);
    check(96_000, 96);
    check(192_000, 192);
    check(32_000, 32);
}

#[test]
fn reference_clocks_are_read_as_devices_write_them() {
    let ptp = |version, leader, domain| ReferenceClock::Ptp { version, leader, domain };
    let id = Leader::Identity([0x39, 0xA7, 0x94, 0xFF, 0xFE, 0x07, 0xCB, 0xD0]);
    let check = |value: &str, expected: Result<ReferenceClock, &str>| match (
        ReferenceClock::parse(value),
        expected,
    ) {
        (Ok((clock, _)), Ok(expected)) => assert_eq!(clock, expected, "{value}"),
        (Err(message), Err(part)) => assert!(message.contains(part), "{value}: {message}"),
        (got, expected) => panic!("{value}: {got:?}, expected {expected:?}"),
    };
    check("ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:0", Ok(ptp(PtpVersion::V2008, id.clone(), Some(0))));
    check("ptp=IEEE1588-2008:39-a7-94-ff-fe-07-cb-d0", Ok(ptp(PtpVersion::V2008, id.clone(), None)));
    check("ptp=ieee1588-2019:39A794FFFE07CBD0:127", Ok(ptp(PtpVersion::V2019, id.clone(), Some(127))));
    check(
        "ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:domain-nmbr=3",
        Ok(ptp(PtpVersion::V2008, id.clone(), Some(3))),
    );
    check("ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:128", Ok(ptp(PtpVersion::V2008, id.clone(), None)));
    check("ptp=IEEE802.1AS-2011:39-A7-94-FF-FE-07-CB-D0", Ok(ptp(PtpVersion::Avb2011, id.clone(), None)));
    check("ptp=39-A7-94-FF-FE-07-CB-D0", Ok(ptp(PtpVersion::Unstated, id, None)));
    check("ptp=IEEE1588-2008:traceable", Ok(ptp(PtpVersion::V2008, Leader::Traceable, None)));
    check("ptp=traceable", Ok(ptp(PtpVersion::Unstated, Leader::Traceable, None)));
    let six = Leader::Unusable("00-1B-21-AC-B5-4F".into());
    check("ptp=IEEE1588-2008:00-1B-21-AC-B5-4F:0", Ok(ptp(PtpVersion::V2008, six, Some(0))));
    check("localmac=40-a3-6b-a0-2b-d2", Ok(ReferenceClock::LocalMac([0x40, 0xA3, 0x6B, 0xA0, 0x2B, 0xD2])));
    check("localmac=40-a3", Err("MAC address of 6 bytes"));
    check("local", Ok(ReferenceClock::Local));
    check("ntp=203.0.113.10", Ok(ReferenceClock::Ntp("203.0.113.10".into())));
    check("ntp=/traceable/", Ok(ReferenceClock::Ntp("/traceable/".into())));
    check("gps", Ok(ReferenceClock::Gps));
    check("gal", Ok(ReferenceClock::Galileo));
    check("glonass", Ok(ReferenceClock::Glonass));
    check("private", Ok(ReferenceClock::Private { traceable: false }));
    check("private:traceable", Ok(ReferenceClock::Private { traceable: true }));
    check("ptp=", Err("without a grandmaster"));
    check("sundial", Err("not known"));
}

#[test]
fn media_clocks_are_read_as_devices_write_them() {
    let check =
        |value: &str, expected: MediaClock| assert_eq!(MediaClock::parse(value).0, expected, "{value}");
    check("direct=0", MediaClock::Direct { offset: 0 });
    check("direct=4294967295 rate=48000/1", MediaClock::Direct { offset: u32::MAX });
    check("id=MDA6NjA= sender", MediaClock::Sender);
    check("sender", MediaClock::Sender);
    check("IEEE1722=38-D6-6D-8E-D2-78-13-2F", MediaClock::Ieee1722("38-D6-6D-8E-D2-78-13-2F".into()));
    // No offset is not offset 0 (RFC 7273 §5.2), and neither is one that does not fit.
    check("direct", MediaClock::None);
    check("direct=4294967296", MediaClock::None);
    check("direct=-1", MediaClock::None);
    check("moon", MediaClock::None);
}

#[test]
fn channel_names_are_taken_only_if_there_is_one_for_each_channel() {
    let check = |channels: u16, info: &str, expected: &[&str]| {
        let text = with_media(&format!(
            "m=audio 5004 RTP/AVP 98\ni={info}\nc=IN IP4 239.1.1.1\na=rtpmap:98 L24/48000/{channels}"
        ));
        assert_eq!(only_stream(&text).channel_names(), expected, "{info}");
    };
    check(2, "2 channels: Left, Right", &["Left", "Right"]);
    check(1, "1 channels: 02", &["02"]);
    check(2, "2 channels: Left Right", &[]);
    check(2, "2 channels: Left,", &[]);
    check(2, "Left, Right", &[]);
    check(8, "Channels 1-8", &[]);
}

#[test]
fn text_that_is_not_utf8_is_latin_1() {
    assert_eq!(decode(b"s=Stra\xDFe"), "s=Stra\u{df}e");
    assert_eq!(decode("s=Straße".as_bytes()), "s=Straße");
}

#[test]
fn control_characters_never_reach_people() {
    let text = "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=a\u{1b}[2Jb\nt=0 0\nm=audio 5004 RTP/AVP 98\nc=IN IP4 239.1.1.1\na=rtpmap:98 L24/48000/2";
    assert_eq!(parse(text).unwrap().name, "a\u{fffd}[2Jb");
}
