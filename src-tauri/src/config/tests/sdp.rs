use audyn_engine::rtp::payload::Encoding;
use audyn_engine::source::aes67::{Aes67, MediaClock};

use super::{flags, lines, network, one};

fn source(line: &str) -> Aes67 {
    network(&one(flags(&format!("-o a.wav {line}"))).source).clone()
}

fn check(line: &str, expected: &str) {
    let problems = flags(&format!("-o a.wav {line}")).expect_err(line);
    assert_eq!(lines(&problems), [expected], "{line}");
}

#[test]
fn an_sdp_gives_everything_about_the_stream() {
    let recorder = one(flags("-o a.wav --sdp stereo.sdp --interface eth0"));
    assert_eq!(recorder.name, "Studio 1 PGM");
    let source = network(&recorder.source);
    let leg = &source.legs[0];
    assert_eq!((leg.address.to_string().as_str(), leg.port), ("239.69.10.1", 5006));
    assert_eq!(leg.source, Some([192, 0, 2, 10].into()));
    assert_eq!(leg.interface.as_deref(), Some("eth0"));
    assert_eq!((source.payload_type, source.encoding, source.rate.hz()), (98, Some(Encoding::L24), 48_000));
    assert_eq!((source.stream_channels, source.samples_per_packet), (2, 48));
    assert_eq!(source.media_clock, MediaClock::Direct { offset: 17 });

    let eight = one(flags("-o a.wav --sdp eight.sdp"));
    assert_eq!(eight.name, "239.69.10.2:5004");
    assert_eq!(
        (network(&eight.source).encoding, network(&eight.source).rate.hz()),
        (Some(Encoding::L16), 96_000)
    );
    assert_eq!((network(&eight.source).stream_channels, network(&eight.source).samples_per_packet), (8, 12));
    assert_eq!(
        network(&eight.source).media_clock,
        MediaClock::Direct { offset: 0 },
        "believed only if it agrees with TAI"
    );
}

#[test]
fn a_pair_gives_two_legs() {
    let legs = source("--sdp pair.sdp --interface red").legs;
    assert_eq!(legs.len(), 2);
    assert_eq!((legs[1].address.to_string().as_str(), legs[1].port), ("239.70.20.1", 5008));
    assert_eq!(legs[1].interface, None);
    let legs = source("--sdp pair.sdp --interface red --redundant @blue").legs;
    assert_eq!((legs[1].address.to_string().as_str(), legs[1].port), ("239.70.20.1", 5008));
    assert_eq!((legs[1].interface.as_deref(), legs[1].source), (Some("blue"), Some([192, 0, 2, 13].into())));
}

#[test]
fn flags_prevail_over_the_sdp() {
    let taken = source("--sdp stereo.sdp -m 239.9.9.9 -p 7000 --pt 99 -r 44100 --spp 6");
    assert_eq!((taken.legs[0].address.to_string().as_str(), taken.legs[0].port), ("239.9.9.9", 7000));
    assert_eq!(taken.legs[0].source, None, "the filter was for the other group");
    assert_eq!((taken.payload_type, taken.rate.hz(), taken.samples_per_packet), (99, 44_100, 6));
    assert_eq!(
        source("--sdp stereo.sdp --source-ip 192.0.2.99").legs[0].source,
        Some([192, 0, 2, 99].into())
    );
    assert_eq!(source("--sdp eight.sdp -c 2 --channel-offset 6").pick, [6, 7]);
    assert_eq!(source("--sdp eight.sdp --pick-channels 8").pick, [7]);
    assert!(source("--sdp eight.sdp -c 8").pick.is_empty());
}

#[test]
fn contradictions_about_width_are_problems() {
    check(
        "--sdp eight.sdp -c 2",
        "-c/--channels: 2 is not what the SDP says (8 channels); leave it out, or choose with --channel-offset or --pick-channels",
    );
    check(
        "--sdp eight.sdp --stream-channels 4",
        "--stream-channels: 4 is not what the SDP says (8 channels); leave it out",
    );
    check("--sdp stereo.sdp --encoding L16", "--encoding: L16 is not what the SDP says (L24); leave it out");
}

#[test]
fn an_sdp_that_cannot_be_used_says_why() {
    let missing = lines(&flags("-o a.wav --sdp none.sdp").unwrap_err());
    assert!(missing[0].starts_with("--sdp: cannot read none.sdp: "), "{missing:?}");
    assert_eq!(missing.len(), 1, "that there is no address then is no second problem");
    let bad = lines(&flags("-o a.wav --sdp bad.sdp").unwrap_err());
    assert!(!bad.is_empty() && bad.iter().all(|l| l.starts_with("--sdp: bad.sdp line ")), "{bad:?}");
    check(
        "--sdp noise.sdp",
        "--sdp: noise.sdp has 200000 bytes; a description has at most 65536; give a file that holds a session description",
    );
    let am824 = lines(&flags("-o a.wav --sdp am824.sdp").unwrap_err());
    assert!(am824[0].contains("AM824"), "{am824:?}");
}

#[test]
fn of_several_streams_the_address_chooses() {
    let config = flags("-o a.wav --sdp two.sdp -m 239.69.30.2").unwrap();
    assert_eq!(network(&config.recorders[0].source).legs[0].address.to_string(), "239.69.30.2");
    assert_eq!(network(&config.recorders[0].source).payload_type, 97);
    assert_eq!(config.warnings, [""; 0]);
    let config = flags("-o a.wav --sdp two.sdp").unwrap();
    assert_eq!(network(&config.recorders[0].source).legs[0].address.to_string(), "239.69.30.1");
    assert_eq!(
        config.warnings,
        ["two.sdp describes 2 streams; the first is recorded (239.69.30.1), choose with -m/--multicast-addr"]
    );
}
