use audyn_engine::source::Source;
use audyn_engine::source::aes67::Aes67;

use super::*;
use crate::api::wire::{Aes67Config, Leg, SourceConfig, ToneConfig};

fn leg(address: &str) -> Leg {
    Leg { address: address.to_owned(), port: None, interface: None, source_ip: None }
}

fn network(change: impl FnOnce(&mut Aes67Config)) -> SourceConfig {
    let mut config = Aes67Config {
        legs: vec![leg("239.69.1.1")],
        payload_type: None,
        encoding: None,
        sample_rate: None,
        stream_channels: None,
        pick: Vec::new(),
        labels: Vec::new(),
        samples_per_packet: None,
        window_ms: None,
        receive_buffer: None,
        sdp: None,
        follows: None,
    };
    change(&mut config);
    SourceConfig::Aes67(config)
}

fn aes67(heard: &Heard) -> &Aes67 {
    let Source::Aes67(aes67) = &heard.source else { panic!("another kind") };
    aes67
}

fn refusal(config: &SourceConfig) -> String {
    heard("id", config, None).expect_err("it is refused").join(" ")
}

#[test]
fn what_is_not_given_is_as_the_field_expects() {
    let heard = heard("id", &network(|_| ()), Some("eth1")).unwrap();
    let aes67 = aes67(&heard);
    assert_eq!((aes67.payload_type, aes67.rate.hz(), aes67.stream_channels), (96, 48_000, 2));
    assert_eq!((aes67.samples_per_packet, aes67.window_ms, aes67.receive_buffer), (48, 100, 2 * 1024 * 1024));
    assert_eq!((aes67.legs[0].port, aes67.legs[0].interface.as_deref()), (5004, Some("eth1")));
    assert_eq!(heard.channels, ["L", "R"]);
}

#[test]
fn everything_that_is_wrong_with_a_source_is_told_at_once() {
    let config = network(|c| {
        c.legs = vec![leg("studio"), leg("239.1.1.1"), leg("239.1.1.2")];
        c.payload_type = Some(200);
        c.stream_channels = Some(65);
        c.pick = vec![0, 99];
    });
    let told = refusal(&config);
    for part in [
        "\"studio\" is no address",
        "3 legs",
        "Payload type 200",
        "channel count of 65",
        "no channel 0",
        "no channel 99",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}

#[test]
fn sources_that_cannot_be_received_are_refused_with_what_would_be_right() {
    let check = |change: fn(&mut Aes67Config), expected: &str| {
        let told = refusal(&network(change));
        assert!(told.contains(expected), "{expected}: {told}");
    };
    check(|c| c.legs[0].address = "0.0.0.0".into(), "is no address");
    check(|c| c.legs[0].port = Some(0), "Port 0");
    check(|c| c.legs[0].interface = Some("a name that is too long".into()), "cannot be an interface");
    check(|c| c.legs[0].source_ip = Some("239.1.1.1".into()), "is no sender");
    check(|c| c.legs.push(c.legs[0].clone()), "Both legs are the same");
    check(|c| c.legs.clear(), "0 legs");
    check(|c| c.sample_rate = Some(1), "Sample rate 1");
    check(|c| c.pick = vec![1, 1], "picked twice");
    check(
        |c| {
            c.stream_channels = Some(64);
            c.samples_per_packet = Some(48);
        },
        "do not fit one packet",
    );
    check(|c| c.sdp = Some("v=0".into()), "description cannot be used");
}

#[test]
fn channels_have_the_names_people_know() {
    let names = |change: fn(&mut Aes67Config)| heard("id", &network(change), None).unwrap().channels;
    assert_eq!(names(|c| c.stream_channels = Some(1)), ["M"]);
    assert_eq!(names(|c| c.stream_channels = Some(4)), ["1", "2", "3", "4"]);
    assert_eq!(
        names(|c| {
            c.stream_channels = Some(8);
            c.pick = vec![7, 3];
        }),
        ["L", "R"]
    );
    assert_eq!(
        names(|c| {
            c.stream_channels = Some(4);
            c.labels = ["Pult", "", "Gast", " "].map(str::to_owned).into();
            c.pick = vec![3, 4, 2];
        }),
        ["Gast", "4", "2"]
    );
}

#[test]
fn each_test_tone_has_a_group_of_its_own_on_the_loopback_interface() {
    let tone = SourceConfig::Tone(ToneConfig { frequency_hz: 440, level_dbfs: -18.0, channels: None });
    let first = heard("0190-a", &tone, Some("eth0")).unwrap();
    let again = heard("0190-a", &tone, None).unwrap();
    let other = heard("0190-b", &tone, None).unwrap();
    assert_eq!(first, again);
    assert_ne!(aes67(&first).legs[0].address, aes67(&other).legs[0].address);
    assert_eq!(aes67(&first).legs[0].interface.as_deref(), Some("lo"));
    assert_eq!(first.tone.as_ref().unwrap().group, aes67(&first).legs[0].address);
    let loud = SourceConfig::Tone(ToneConfig { frequency_hz: 1, level_dbfs: 3.0, channels: Some(9) });
    let told = refusal(&loud);
    assert!(["1 Hz", "3 dBFS", "9 channels"].iter().all(|part| told.contains(part)), "{told}");
}

const PAIR: &str = "v=0\r\no=- 1 1 IN IP4 192.168.1.5\r\ns=Desk\r\nt=0 0\r\na=group:DUP a b\r\n\
    m=audio 5004 RTP/AVP 97\r\nc=IN IP4 239.1.1.1/32\r\na=rtpmap:97 L24/48000/4\r\na=ptime:1\r\n\
    i=4 channels: A, B, C, D\r\na=ts-refclk:ptp=IEEE1588-2008:00-11-22-FF-FE-33-44-55:3\r\na=mediaclk:direct=7\r\na=mid:a\r\n\
    m=audio 5004 RTP/AVP 97\r\nc=IN IP4 239.2.1.1/32\r\na=rtpmap:97 L24/48000/4\r\na=ptime:1\r\n\
    a=ts-refclk:ptp=IEEE1588-2008:00-11-22-FF-FE-33-44-55:3\r\na=mediaclk:direct=7\r\na=mid:b\r\n";

#[test]
fn a_description_becomes_a_source_that_keeps_its_clock() {
    let reading = read_sdp(PAIR);
    assert_eq!((reading.name.as_str(), reading.problems.len()), ("Desk", 0), "{reading:?}");
    let stream = &reading.streams[0];
    assert_eq!(stream.clock, "PTP domain 3");
    assert_eq!(
        stream.config.legs.iter().map(|leg| leg.address.as_str()).collect::<Vec<_>>(),
        ["239.1.1.1", "239.2.1.1"]
    );
    let heard = heard("id", &SourceConfig::Aes67(stream.config.clone()), None).unwrap();
    assert_eq!(aes67(&heard).media_clock, audyn_engine::source::aes67::MediaClock::Direct { offset: 7 });
    assert_eq!(aes67(&heard).payload_type, 97);
}

#[test]
fn a_description_that_cannot_be_used_says_which_line() {
    let reading = read_sdp(&PAIR.replace("L24/48000/4", "L24"));
    assert!(reading.streams.is_empty());
    let problem =
        reading.problems.iter().find(|problem| problem.message.contains("rate")).expect("it says what lacks");
    assert!(problem.line.is_some());
}

#[test]
fn names_descriptions_and_colours_are_checked() {
    let mut problems = Vec::new();
    assert_eq!(name("  Studio 1 ", "studio", &mut problems), "Studio 1");
    assert_eq!(color("#2196f3", &mut problems), "#2196F3");
    assert_eq!(problems, Vec::<String>::new());
    name("", "studio", &mut problems);
    name(&"x".repeat(81), "studio", &mut problems);
    name("a\u{7}b", "studio", &mut problems);
    description(&"x".repeat(201), &mut problems);
    color("blue", &mut problems);
    color("#12345g", &mut problems);
    assert_eq!(problems.len(), 6, "{problems:?}");
}
