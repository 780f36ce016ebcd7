//! Whole descriptions: our own in `tests/vectors/sdp`, and those of real devices where `AUDYN_SDP_VECTORS` names their
//! folder.
//!
//! An expectation reads like the description it is of:
//! `address:port PT encoding/rate/channels samples clock offset source`, one `address:port source` more for each
//! further leg, `-` for what is not there.

use std::path::Path;

use super::*;

/// What a file must give.
enum Right {
    /// The stream's summary, and words that must stand in the information or among the warnings.
    Stream(&'static str, &'static [&'static str]),
    /// Every problem, in order: line and part of the message.
    Problems(&'static [(usize, &'static str)]),
}
use Right::{Problems, Stream as Is};

const OURS: &[(&str, Right)] = &[
    (
        "group-at-session.sdp",
        Is(
            "239.69.10.1:5004 97 L24/48000/2 48 ptp=IEEE1588-2008:00-11-22-FF-FE-33-44-55:0 2911906980 -",
            &["On Air L"],
        ),
    ),
    (
        "mono-crlf-no-last-line-end.sdp",
        Is("239.69.10.2:5004 96 L24/48000/1 48 - - -", &["1 channels: 07", "no reference clock"]),
    ),
    (
        "no-clock-no-packet-time.sdp",
        Is("239.192.0.7:5004 97 L24/48000/2 - - - -", &["packet time is unknown"]),
    ),
    (
        "both-levels-media-wins.sdp",
        Is(
            "239.1.1.2:5006 98 L16/48000/2 6 ptp=IEEE1588-2008:00-00-5E-FF-FE-00-00-02:5 4294967295 192.0.2.13",
            &[],
        ),
    ),
    (
        "two-legs-one-group.sdp",
        Is(
            "239.1.0.1:5006 98 L24/48000/2 48 ptp=IEEE1588-2008:traceable 0 192.0.2.18 239.1.0.1:5004 192.0.2.17",
            &[],
        ),
    ),
    (
        "rate-44100-traceable.sdp",
        Is("239.1.0.1:5004 98 L16/44100/2 48 ptp=traceable:0 0 -", &["framecount 64-192"]),
    ),
    (
        "wide-96k-localmac.sdp",
        Is("232.1.1.1:2000 97 L24/96000/32 12 localmac=40-A3-6B-A0-2B-D2 0 192.0.2.21", &[]),
    ),
    (
        "am824.sdp",
        Is("239.4.31.1:20000 97 AM824/48000/16 6 ptp=IEEE1588-2008:08-00-11-FF-FE-22-B6-CE:0 0 -", &[]),
    ),
    (
        "video-and-audio.sdp",
        Is(
            "239.4.1.3:5004 98 L16/48000/1 192 ntp=/traceable/ sender -",
            &["PCMU/8000", "inactive", "98, the first"],
        ),
    ),
];

const DEVICES: &[(&str, Right)] = &[
    (
        "dante-avio-usb-media-i.sdp",
        Is(
            "239.69.251.175:5004 97 L24/48000/2 48 ptp=IEEE1588-2008:00-1D-C1-FF-FE-50-36-33:0 2911906980 -",
            &["2 channels: Left Right"],
        ),
    ),
    (
        "dante-avio-usbc-names.sdp",
        Is(
            "239.69.165.50:5004 97 L24/48000/2 48 ptp=IEEE1588-2008:00-1D-C1-FF-FE-52-28-80:0 1266592257 -",
            &["<Left|Right>"],
        ),
    ),
    (
        "dante-glensound-aoip44-noclock-crlf.sdp",
        Is(
            "239.65.125.63:5004 97 L24/48000/2 48 - - -",
            &["<TxChan 0|TxChan 1>", "no reference clock", "offset of 0 is assumed"],
        ),
    ),
    (
        "dante-yamaha-rio-mono-crlf.sdp",
        Is(
            "239.69.205.203:5004 96 L24/48000/1 48 ptp=IEEE1588-2008:00-1D-C1-FF-FE-14-E6-22:0 750129611 -",
            &["<02>"],
        ),
    ),
    (
        "dante-audioway-bridge.sdp",
        Is(
            "239.69.207.194:5004 97 L24/48000/2 48 ptp=IEEE1588-2008:00-1D-C1-FF-FE-0D-A9-88:0 1057709823 -",
            &["<03|04>"],
        ),
    ),
    (
        "dante-xcel1201-newer-order-crlf.sdp",
        Is(
            "239.69.224.56:5004 97 L24/48000/2 48 ptp=IEEE1588-2008:2C-CF-67-FF-FE-75-93-93:0 0 -",
            &["<DANTE TX 01|DANTE TX 02>"],
        ),
    ),
    (
        "dante-ddm-sample-4ch-media-c.sdp",
        Is("239.69.11.44:5004 98 L24/48000/4 48 ptp=IEEE1588-2008:00-11-22-FF-FE-33-44-55:0 0 -", &[]),
    ),
    (
        "merging-anubis-l16-both-levels.sdp",
        Is(
            "239.1.16.51:5004 98 L16/48000/2 48 ptp=IEEE1588-2008:30-D6-59-FF-FE-01-DB-72:0 0 192.168.16.51",
            &[],
        ),
    ),
    (
        "merging-anubis-125us.sdp",
        Is(
            "239.1.178.124:5004 98 L24/48000/2 6 ptp=IEEE1588-2008:2C-CF-67-FF-FE-75-93-93:0 0 192.168.178.124",
            &[],
        ),
    ),
    (
        "merging-anubis-session-source-filter-crlf.sdp",
        Is(
            "239.1.15.52:5004 98 L16/48000/2 48 ptp=IEEE1588-2008:00-1D-C1-FF-FE-51-9E-F7:0 0 192.168.15.52",
            &[],
        ),
    ),
    (
        "lawo-mic8-session-clock-crlf.sdp",
        Is(
            "239.15.55.1:5004 98 L24/48000/2 48 ptp=IEEE1588-2008:00-0B-72-FF-FE-07-DB-E6:0 0 192.168.15.55",
            &[],
        ),
    ),
    (
        "dolby-cp950-port-6518.sdp",
        Is("239.69.83.67:6518 96 L24/48000/8 48 ptp=IEEE1588-2008:00-60-DB-FF-FE-01-02-CA:0 0 -", &[]),
    ),
    ("aes67-linux-daemon-441-traceable.sdp", Is("239.1.0.1:5004 98 L16/44100/2 48 ptp=traceable:0 0 -", &[])),
    (
        "aes67-linux-daemon-framecount-range.sdp",
        Is(
            "239.2.0.12:6004 98 L16/44100/2 48 ptp=IEEE1588-2008:00-0C-29-FF-FE-0E-90-C8:0 0 -",
            &["framecount 64-192"],
        ),
    ),
    (
        "aes67-linux-daemon-2022-7-two-ports.sdp",
        Is(
            "239.1.0.1:5004 98 L24/48000/2 48 ptp=IEEE1588-2008:00-1D-C1-FF-FE-50-36-33:0 0 192.168.1.17 239.1.0.1:5006 192.168.1.18",
            &[],
        ),
    ),
    (
        "fpp-pi-yamaha-leader-sendonly.sdp",
        Is("239.69.0.1:5004 96 L24/48000/2 48 ptp=IEEE1588-2008:00-1D-C1-FF-FE-14-9B-4A:0 0 -", &[]),
    ),
    (
        "fpp-user-minimal-c-before-s.sdp",
        Is("239.0.0.1:5004 96 L24/48000/2 - - - -", &["packet time is unknown", "no reference clock"]),
    ),
    (
        "axia-telos-docs-no-ttl.sdp",
        Is("239.30.22.1:5004 96 L24/48000/2 48 ptp=IEEE1588-2008:01-23-45-67-89-AB-CD-EF:127 0 -", &[]),
    ),
    (
        "axia-livewire-type-multicast-a-before-c.sdp",
        Is("239.192.0.1:5004 97 L24/48000/2 - - - -", &["packet time is unknown", "no reference clock"]),
    ),
    (
        "embrionix-l24-8ch-mediaclk-rate-crlf.sdp",
        Is(
            "239.4.30.1:20000 97 L24/48000/8 48 ptp=IEEE1588-2008:08-00-11-FF-FE-22-B6-CE:0 0 192.168.10.4",
            &[],
        ),
    ),
    (
        "embrionix-am824-16ch-125us-crlf.sdp",
        Is(
            "239.4.31.1:20000 97 AM824/48000/16 6 ptp=IEEE1588-2008:08-00-11-FF-FE-22-B6-CE:0 0 192.168.10.4",
            &[],
        ),
    ),
    (
        "ebu-list-l24-lowercase-leader.sdp",
        Is(
            "239.1.1.1:20000 97 L24/48000/2 48 ptp=IEEE1588-2008:04-5C-6C-FF-FE-0A-53-70:127 0 10.1.1.236",
            &[],
        ),
    ),
    (
        "ebu-list-16ch-svip-order.sdp",
        Is(
            "239.30.112.2:50030 97 L24/48000/16 48 ptp=IEEE1588-2008:28-99-3A-FF-FF-D3-5F-6E:42 0 192.168.8.38",
            &["2304 bytes", "larger than the MTU"],
        ),
    ),
    (
        "nvidia-rivermax-96k-125us-localmac-crlf.sdp",
        Is("224.1.1.1:2000 97 L24/96000/2 12 localmac=40-A3-6B-A0-2B-D2 0 192.168.1.2", &[]),
    ),
    (
        "nvidia-rivermax-empty-fmtp-traceable-crlf.sdp",
        Is("239.168.1.1:5004 97 L24/48000/2 48 ptp=IEEE1588-2008:traceable 0 -", &[]),
    ),
    (
        "nvidia-rivermax-payload-mismatch-crlf.sdp",
        Problems(&[(5, "payload type 97 is dynamic and has no rtpmap")]),
    ),
    (
        "sts-l16-8ch-measured-rate.sdp",
        Is(
            "239.0.0.1:5004 98 L16/48000/8 6 ptp=IEEE1588-2008:2C-DD-E9-FF-FF-40-5C-33:0 0 10.1.255.252",
            &["rtcp 5005"],
        ),
    ),
    (
        "sdpoker-st2110-30-ssm.sdp",
        Is(
            "232.130.55.188:46848 102 L24/48000/2 48 ptp=IEEE1588-2008:EC-46-70-FF-FE-00-CE-DE:0 0 172.29.80.65",
            &[],
        ),
    ),
    (
        "rfc7273-mediaclk-ieee1722.sdp",
        Is(
            "233.252.0.1:5004 96 L24/48000/2 - ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:0 IEEE1722=38-D6-6D-8E-D2-78-13-2F -",
            &["no known offset to PTP"],
        ),
    ),
    (
        "rfc7273-mediaclk-id-sender.sdp",
        Is("233.252.0.1:5004 96 L24/48000/2 - ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:0 sender -", &[]),
    ),
    (
        "rfc7273-ts-refclk-local-ntp-pcmu.sdp",
        Problems(&[(11, "no linear PCM audio (payload 0 is PCMU/8000)")]),
    ),
    (
        "tschiemer-u-e-p-after-c-two-clocks.sdp",
        Is(
            "192.168.1.1:5004 96 L24/48000/8 12 ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:0 2216659908 -",
            &["other ptp=IEEE802.1AS-2011:08-07-06-05-04-03-02-01"],
        ),
    ),
    (
        "tschiemer-host-name-address-crlf.sdp",
        Problems(&[(4, "connection address \"ipaddr2\" is not an IP address (names are not resolved)")]),
    ),
    (
        "aws-elemental-docs-redacted.sdp",
        Problems(&[
            (6, "connection address \"239.x.x.x\" is not an IPv4 address"),
            (7, "source address \"10.xx.xxx.236\""),
        ]),
    ),
    (
        "aes67-standard-example-8ch-offset.sdp",
        Is("239.0.0.1:5004 96 L24/48000/8 48 ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:0 963214424 -", &[]),
    ),
    ("ebu-list-exported-m-ancillary.sdp", Problems(&[(7, "no audio media in this SDP (found: ancillary)")])),
    (
        "riedel-artist-domain-nmbr-mac48.sdp",
        Is(
            "239.69.83.171:5004 96 L24/48000/8 48 ptp=IEEE1588-2008:00-1B-21-AC-B5-4F:0 0 192.168.1.100",
            &["grandmaster \"00-1B-21-AC-B5-4F\" is not a clock identity of 8 bytes"],
        ),
    ),
    (
        "macos-driver-64ch-1ms-9216-bytes.sdp",
        Problems(&[(5, "64 channels x 3 bytes x 48 samples = 9216 bytes does not fit one packet")]),
    ),
];

fn check(folder: &Path, rows: &[(&str, Right)]) {
    for (file, right) in rows {
        let bytes = std::fs::read(folder.join(file))
            .unwrap_or_else(|e| panic!("{file} in {}: {e}", folder.display()));
        match (parse(&decode(&bytes)), right) {
            (Ok(description), Is(summary, words)) => {
                let [stream] = &description.streams[..] else { panic!("{file}: {:?}", description.streams) };
                assert_eq!(summarise(stream), *summary, "{file}");
                let said = everything_else(&description, stream);
                for word in *words {
                    assert!(said.contains(word), "{file}: \"{word}\" is not in {said}");
                }
            }
            (Err(problems), Problems(expected)) => {
                let found: Vec<_> = problems.iter().map(ToString::to_string).collect();
                assert_eq!(problems.len(), expected.len(), "{file}: {found:?}");
                for (problem, (line, part)) in problems.iter().zip(*expected) {
                    assert!(
                        problem.line == *line && problem.message.contains(part),
                        "{file}: {problem}, not {part}"
                    );
                }
            }
            (Ok(description), Problems(_)) => panic!("{file} must be refused: {description:?}"),
            (Err(problems), Is(..)) => panic!("{file} must be accepted: {problems:?}"),
        }
    }
}

fn summarise(stream: &Stream) -> String {
    let or = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    let samples = stream.samples_per_packet.map_or_else(String::new, |n| n.to_string());
    let clock = or(stream.reference_clock.to_string());
    let media = match stream.media_clock {
        MediaClock::Direct { offset } => offset.to_string(),
        MediaClock::None | MediaClock::Sender | MediaClock::Ieee1722(_) => or(stream.media_clock.to_string()),
    };
    let first = &stream.legs[0];
    let source = |leg: &Leg| or(leg.source.map_or_else(String::new, |s| s.to_string()));
    let mut text = format!(
        "{}:{} {} {}/{}/{} {} {clock} {media} {}",
        first.address,
        first.port,
        stream.payload_type,
        stream.encoding.as_str(),
        stream.rate.hz(),
        stream.channels,
        or(samples),
        source(first),
    );
    for leg in &stream.legs[1..] {
        text += &format!(" {}:{} {}", leg.address, leg.port, source(leg));
    }
    text
}

fn everything_else(description: &Description, stream: &Stream) -> String {
    let rtcp = stream.legs[0].rtcp_port.map_or_else(String::new, |p| format!("rtcp {p}"));
    let others: Vec<_> = stream.other_clocks.iter().map(|c| format!("other {c}")).collect();
    let names = format!("<{}>", stream.channel_names().join("|"));
    format!("{:?} {names} {rtcp} {others:?} {}", stream.info, description.warnings.join(" "))
}

#[test]
fn our_own_vectors_read_as_their_quirks_mean() {
    check(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/vectors/sdp"), OURS);
}

#[test]
fn the_ids_of_a_session_are_kept_as_written() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../tests/vectors/sdp/mono-crlf-no-last-line-end.sdp");
    let origin = parse(&std::fs::read_to_string(path).unwrap()).unwrap().origin;
    let address = "192.0.2.11".to_owned();
    let expected =
        Origin { user: "-".into(), session_id: "90011223344".into(), version: 90_011_223_350, address };
    assert_eq!(origin, expected);
}

#[test]
fn descriptions_of_real_devices_read_as_their_makers_meant() {
    let Some(folder) = std::env::var_os("AUDYN_SDP_VECTORS") else {
        println!("skipped: AUDYN_SDP_VECTORS does not name a folder of real descriptions");
        return;
    };
    let folder = Path::new(&folder);
    check(folder, DEVICES);
    // Nothing in the folder goes unchecked.
    for entry in std::fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let known = DEVICES.iter().any(|(file, _)| *file == name);
        assert!(known || !name.ends_with(".sdp"), "{name} has no row");
    }
}
