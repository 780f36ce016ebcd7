//! Any text, any description.

use proptest::prelude::*;

use super::*;

fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9äß:,.()/-]([a-zA-Z0-9 äß:,.()/-]{0,30}[a-zA-Z0-9äß:,.()/-])?"
}

fn address() -> impl Strategy<Value = Ipv4Addr> {
    (1_u8..240, any::<[u8; 3]>()).prop_map(|(a, [b, c, d])| Ipv4Addr::new(a, b, c, d))
}

fn leg() -> impl Strategy<Value = Leg> {
    let options = (any::<Option<u8>>(), proptest::option::of(address()), proptest::option::of(1_u16..));
    (address(), 1_u16.., options).prop_map(|(address, port, (ttl, source, rtcp_port))| Leg {
        address,
        port,
        ttl,
        source,
        rtcp_port,
    })
}

fn reference_clock() -> impl Strategy<Value = ReferenceClock> {
    let version = prop_oneof![
        Just(PtpVersion::V2002),
        Just(PtpVersion::V2008),
        Just(PtpVersion::V2019),
        Just(PtpVersion::Avb2011),
        Just(PtpVersion::Unstated)
    ];
    let leader = prop_oneof![
        any::<[u8; 8]>().prop_map(Leader::Identity),
        Just(Leader::Traceable),
        "[g-s][g-s0-9-]{0,10}".prop_map(Leader::Unusable)
    ];
    prop_oneof![
        (version, leader, proptest::option::of(0_u8..128))
            .prop_map(|(version, leader, domain)| ReferenceClock::Ptp { version, leader, domain }),
        any::<[u8; 6]>().prop_map(ReferenceClock::LocalMac),
        Just(ReferenceClock::Local),
        "[a-z0-9./]{1,20}".prop_map(ReferenceClock::Ntp),
        Just(ReferenceClock::Gps),
        Just(ReferenceClock::Galileo),
        Just(ReferenceClock::Glonass),
        any::<bool>().prop_map(|traceable| ReferenceClock::Private { traceable }),
    ]
}

fn media_clock() -> impl Strategy<Value = MediaClock> {
    prop_oneof![
        Just(MediaClock::None),
        any::<u32>().prop_map(|offset| MediaClock::Direct { offset }),
        Just(MediaClock::Sender),
        "([0-9A-F]{2}-){7}[0-9A-F]{2}".prop_map(MediaClock::Ieee1722),
    ]
}

prop_compose! {
    fn stream()(
        legs in proptest::collection::vec(leg(), 1..4),
        payload_type in 0_u8..128,
        encoding in prop_oneof![Just(Encoding::L16), Just(Encoding::L24), Just(Encoding::Am824)],
        rate in prop_oneof![Just(48_000_u32), Just(44_100), Just(96_000), 8_000_u32..=384_000],
        channels in 1_u16..=64,
        channel_order in proptest::option::of("SMPTE2110\\.\\((ST|M|51|U08)(,M)?\\)"),
        samples in proptest::option::of(1_u16..200),
        info in proptest::option::of(text()),
        reference_clock in reference_clock(),
        media_clock in media_clock(),
    ) -> Stream {
        let rate = Rate::new(rate).unwrap();
        let frame = usize::from(channels) * encoding.bytes();
        // Within a packet, and within the 10 ms that are believed.
        let most = (JUMBO_PAYLOAD / frame).min(rate.samples_in_ms(10) as usize) as u16;
        let samples_per_packet = samples.map(|n| n.min(most).max(1));
        let other_clocks = Vec::new();
        Stream { info, legs, payload_type, encoding, rate, channels, channel_order, samples_per_packet,
            reference_clock, other_clocks, media_clock }
    }
}

prop_compose! {
    fn description()(
        name in prop_oneof![Just(String::new()), text()],
        user in "[a-z-]{1,8}", id in "[0-9]{1,20}", version in any::<u64>(), origin in address(),
        info in proptest::option::of(text()),
        mut streams in proptest::collection::vec(stream(), 1..5),
    ) -> Description {
        for stream in &mut streams {
            // A media without information of its own has the session's.
            stream.info = stream.info.take().or_else(|| info.clone());
        }
        let origin = Origin { user, session_id: id, version, address: origin.to_string() };
        Description { name, origin, info, streams, warnings: Vec::new() }
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back_the_same(description in description()) {
        let text = write(&description);
        let read = parse(&text).unwrap_or_else(|p| panic!("{text}\n{p:?}"));
        prop_assert_eq!(Description { warnings: Vec::new(), ..read }, description, "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused_without_panic(text in "\\PC{0,400}|([a-z]=.{0,40}\r?\n){0,40}") {
        check_invariants(&text);
    }

    #[test]
    fn a_damaged_description_is_read_or_refused_without_panic(
        description in description(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<char>(), 0_usize..9), 1..12),
    ) {
        let mut text: Vec<char> = write(&description).chars().collect();
        for (at, new, cut) in edits {
            let at = at.index(text.len().max(1)).min(text.len());
            let end = (at + cut).min(text.len());
            text.splice(at..end, [new]);
        }
        check_invariants(&text.into_iter().collect::<String>());
    }
}

/// Whatever was accepted is usable, and survives being written and read.
fn check_invariants(text: &str) {
    let Ok(description) = parse(text) else { return };
    assert!(!description.streams.is_empty());
    for stream in &description.streams {
        assert!(!stream.legs.is_empty() && (1..=64).contains(&stream.channels) && stream.payload_type < 128);
        assert!(stream.samples_per_packet.is_none_or(|n| n > 0 && stream.payload_bytes() <= JUMBO_PAYLOAD));
        assert!(stream.legs.iter().all(|l| l.port > 0 && !l.address.is_unspecified()));
    }
    assert!(
        parse(&write(&description)).is_ok(),
        "{text:?} was accepted, and not again:\n{}",
        write(&description)
    );
}
