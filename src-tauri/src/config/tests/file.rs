use std::path::Path;

use audyn_archive::ArchiveClock;
use audyn_archive::layout::{CustomFormat, Layout};
use audyn_codec::Spec;
use audyn_engine::rtp::payload::Encoding;
use audyn_engine::source::Source;
use audyn_engine::source::aes67::{Aes67, Leg, MediaClock};
use audyn_model::{Container, Rate, SampleFormat};

use super::{lines, network, one, read, toml};
use crate::config::checked::{Archive, Place, Recorder};
use crate::config::parse;

const BARE: &str = "[[recorder]]\nname = \"a\"\noutput = \"a.wav\"\nmulticast_addr = \"239.1.1.1\"\n";

#[test]
fn every_key_reaches_its_field() {
    let text = r#"
        [[recorder]]
        name = "Ü 1"
        archive_root = "/srv/a"
        archive_folder = "x-{name}"
        archive_layout = "custom"
        archive_format = "%Y/%H%M%S"
        archive_period = 7
        archive_clock = "ptp"
        archive_suffix = ["flac", "opus"]
        bits = 16
        multicast_addr = "239.1.1.1"
        port = 6000
        interface = "eth0"
        source_ip = "192.0.2.1"
        redundant = "239.2.1.1:6002@eth1"
        payload_type = 100
        samples_per_packet = 6
        encoding = "L16"
        sample_rate = 96000
        channels = 2
        stream_channels = 8
        channel_offset = 3
        window_ms = 250
        rcvbuf = 1048576
        bitrate = 192000
        vbr = false
        complexity = 9
    "#;
    let spec = |container| Spec {
        container,
        samples: SampleFormat::Int16,
        bitrate: 192_000,
        vbr: false,
        complexity: 9,
    };
    let leg = |address: &str, port, interface: &str, source: Option<&str>| Leg {
        address: address.parse().unwrap(),
        port,
        interface: Some(interface.into()),
        source: source.map(|s| s.parse().unwrap()),
    };
    let expected = Recorder {
        name: "Ü 1".into(),
        source: Source::Aes67(Aes67 {
            legs: vec![
                leg("239.1.1.1", 6000, "eth0", Some("192.0.2.1")),
                leg("239.2.1.1", 6002, "eth1", None),
            ],
            payload_type: 100,
            encoding: Some(Encoding::L16),
            rate: Rate::new(96_000).unwrap(),
            stream_channels: 8,
            pick: vec![3, 4],
            samples_per_packet: 6,
            media_clock: MediaClock::Undeclared,
            ptp: None,
            window_ms: 250,
            receive_buffer: 1_048_576,
        }),
        place: Place::Archive(Archive {
            root: "/srv/a".into(),
            folder: Some(CustomFormat::parse("x-Ü 1").unwrap()),
            layout: Layout::Custom(CustomFormat::parse("%Y/%H%M%S").unwrap()),
            period_s: 7,
        }),
        clock: ArchiveClock::Tai,
        vox: None,
        outputs: vec![spec(Container::Flac), spec(Container::Opus)],
    };
    assert_eq!(one(toml(text)), expected);
}

fn check(text: &str, expected: &[&str]) {
    let problems = toml(text).expect_err(text);
    assert_eq!(lines(&problems), expected, "{text}");
}

/// A recorder with one more line in it.
fn with(line: &str) -> String {
    format!("{BARE}{line}\n")
}

#[test]
fn unknown_keys_are_refused_with_what_was_probably_meant() {
    check(&with("prot = 5004"), &["recorder[1].prot (line 5): is not a known key; did you mean port?"]);
    check(&with("pt = 97"), &["recorder[1].pt (line 5): is not a known key; did you mean payload_type?"]);
    check(
        &with("archive-period = 5"),
        &["recorder[1].archive-period (line 5): is not a known key; did you mean archive_period?"],
    );
    check(
        &with("rate = 48000"),
        &["recorder[1].rate (line 5): is not a known key; did you mean sample_rate?"],
    );
    check(
        &with("colour = 1"),
        &["recorder[1].colour (line 5): is not a known key; audyn.example.toml lists all of them"],
    );
    check(
        &format!("[default]\nport = 1\n{BARE}"),
        &["default (line 1): is not known here; did you mean [defaults]?"],
    );
    check(
        &format!("port = 1\n{BARE}"),
        &["port (line 1): is not known here; write port below [defaults] or a [[recorder]]"],
    );
    check(
        "[[recorders]]\nname = \"a\"\n",
        &["recorders (line 1): is not known here; did you mean [[recorder]]?"],
    );
}

#[test]
fn syntax_errors_are_told_with_their_line_and_do_not_hide_the_rest() {
    let problems =
        toml("[[recorder]]\nname = \"a\nport = 70000\nmulticast_addr = \"239.1.1.1\"\noutput = \"a.wav\"\n")
            .unwrap_err();
    let lines = lines(&problems);
    assert!(lines[0].starts_with("line 2: not TOML: "), "{lines:?}");
    assert!(lines[0].contains("in `name = \"a`; see audyn.example.toml for the form"), "{lines:?}");
    assert!(
        lines.iter().any(|l| l == "recorder[1].port (line 3): 70000 is out of range; give 1 to 65535"),
        "{lines:?}"
    );
}

#[test]
fn structure_is_checked() {
    let nothing = "recorder: the file has no recorder; write a [[recorder]] table for each, with name and archive_root or output";
    check("", &[nothing]);
    check("[defaults]\nport = 5\n", &[nothing]);
    check(
        "[recorder]\nname = \"a\"\n",
        &["recorder (line 1): is not a list of tables; write [[recorder]], with two brackets"],
    );
    check(
        &format!("defaults = 5\n{BARE}"),
        &["defaults (line 1): is not a table; write [defaults] and its keys below it"],
    );
    check(
        &format!("[defaults]\nname = \"x\"\noutput = \"x.wav\"\n{BARE}"),
        &[
            "defaults.name (line 2): cannot be the same for every recorder; write name in each [[recorder]]",
            "defaults.output (line 3): cannot be the same for every recorder; write output in each [[recorder]]",
        ],
    );
}

#[test]
fn values_of_the_wrong_kind_are_refused() {
    check(
        &with("port = \"5004\""),
        &[
            "recorder[1].port (line 5): \"5004\" is text, not a number (write it without quotes); give 1 to 65535",
        ],
    );
    check(
        &with("port = 5004.0"),
        &[
            "recorder[1].port (line 5): 5004.0 is a number with a fraction, not a whole number; give 1 to 65535",
        ],
    );
    check(
        &with("port = 99999999999999999999"),
        &[
            "recorder[1].port (line 5): 99999999999999999999 is a number beyond 64 bits, not a whole number; give 1 to 65535",
        ],
    );
    check(
        &with("vbr = \"yes\""),
        &["recorder[1].vbr (line 5): \"yes\" is not a switch; give true or false, without quotes"],
    );
    check(
        &with("interface = 5"),
        &[
            "recorder[1].interface (line 5): 5 is not text; give the name of a network interface, like eth0, or one of its addresses in quotes",
        ],
    );
    check(
        &with("sdp = [\"a\"]"),
        &["recorder[1].sdp (line 5): [\"a\"] is a list, not text; give the path of an SDP file in quotes"],
    );
    check(&with("bits = 20"), &["recorder[1].bits (line 5): 20 is not known; give 16, 24 or 32f"]);
    check(
        &with("archive_suffix = [1]"),
        &["recorder[1].archive_suffix (line 5): 1 is not a suffix; give wav, opus, flac or mp3"],
    );
}

#[test]
fn words_of_digits_may_go_with_or_without_quotes() {
    for line in ["bits = 16", "bits = \"16\""] {
        assert_eq!(one(toml(&with(line))).outputs[0].samples, SampleFormat::Int16, "{line}");
    }
}

#[test]
fn all_problems_of_all_recorders_are_told_at_once() {
    check(
        "[defaults]\nport = 0\n\
         [[recorder]]\nname = \"a\"\noutput = \"x.wav\"\nmulticast_addr = \"239.1.1.1\"\n\
         [[recorder]]\nname = \"a\"\noutput = \"./x.wav\"\nchannels = 65\nwindow_ms = 0\n\
         [[recorder]]\narchive_root = \"/r\"\nmulticast_addr = \"239.1.1\"\n",
        &[
            "defaults.port (line 2): 0 is out of range; give 1 to 65535",
            "recorder[2].name (line 8): \"a\" is also the name of recorder[1] (line 3); names must differ",
            "recorder[2] (line 7): has no source; give multicast_addr, sdp, pipewire or device",
            "recorder[2].channels (line 10): 65 is out of range; give 1 to 64",
            "recorder[2].window_ms (line 11): 0 is out of range; give 1 to 2000 milliseconds",
            "recorder[3] (line 12): has no name; write name = \"…\", unlike all others'",
            "recorder[3].multicast_addr (line 14): \"239.1.1\" is not an IPv4 address; \
             give a multicast group like 239.69.1.1, or a unicast address",
            "recorder[2].output (line 9): \"./x.wav\" is also the file of recorder[1] (line 3); \
             give each recorder a file of its own",
        ],
    );
}

#[test]
fn defaults_fill_what_is_left_out_and_give_way() {
    let defaults = "[defaults]\narchive_root = \"/srv\"\narchive_layout = \"custom\"\narchive_format = \"%H\"\narchive_suffix = \"opus\"\n\
        pick_channels = [1]\nstream_channels = 4\nport = 6000\n";
    let own = |lines: &str| {
        one(toml(&format!("{defaults}[[recorder]]\nname = \"a\"\nmulticast_addr = \"239.1.1.1\"\n{lines}\n")))
    };
    let filled = own("");
    assert_eq!(network(&filled.source).legs[0].port, 6000);
    assert_eq!(network(&filled.source).pick, [0]);
    assert_eq!(filled.outputs[0].container, Container::Opus);
    assert!(matches!(filled.place, Place::Archive(Archive { layout: Layout::Custom(_), .. })));
    assert_eq!(network(&own("port = 7000").source).legs[0].port, 7000);
    assert_eq!(network(&own("channel_offset = 1").source).pick, [1, 2]);
    assert!(matches!(
        own("archive_layout = \"flat\"").place,
        Place::Archive(Archive { layout: Layout::Flat, .. })
    ));
    let file = own("output = \"/x/a.wav\"");
    assert_eq!(file.place, Place::File("/x/a.wav".into()));
    assert_eq!(file.outputs[0].container, Container::Wav);
}

#[test]
fn relative_paths_count_from_the_folder_of_the_file() {
    let mut raw = parse(
        "[[recorder]]\nname = \"a\"\narchive_root = \"r\"\nsdp = \"stereo.sdp\"\n\
        [[recorder]]\nname = \"b\"\noutput = \"b.wav\"\nmulticast_addr = \"239.1.1.1\"\n",
    );
    raw.base = "/etc/audyn".into();
    let config = crate::config::check(&raw, &read).unwrap();
    assert!(matches!(&config.recorders[0].place, Place::Archive(a) if a.root == Path::new("/etc/audyn/r")));
    assert_eq!(config.recorders[1].place, Place::File("/etc/audyn/b.wav".into()));
}

#[test]
fn recorders_mixed_in_one_folder_are_warned_of() {
    let pair = |more: &str| {
        let table = |name| format!("[[recorder]]\nname = \"{name}\"\nmulticast_addr = \"239.1.1.1\"\n");
        toml(&format!("[defaults]\narchive_root = \"/srv/\"\n{more}\n{}{}", table("a"), table("b")))
            .unwrap()
            .warnings
    };
    assert_eq!(
        pair(""),
        [
            "recorders \"a\" and \"b\" write into the same folders of /srv/: only the catalogue tells whose a file is; \
          give each an archive_root of its own, or archive_folder = \"{name}\""
        ]
    );
    assert_eq!(pair("archive_folder = \"{name}\""), [""; 0]);
    let apart = "[[recorder]]\nname = \"a\"\narchive_root = \"/x\"\nmulticast_addr = \"239.1.1.1\"\n\
        [[recorder]]\nname = \"b\"\narchive_root = \"/y\"\nmulticast_addr = \"239.1.1.1\"\n";
    assert_eq!(toml(apart).unwrap().warnings, [""; 0]);
}

#[test]
fn a_name_becomes_a_safe_folder() {
    let folder = |name: &str| {
        let text = format!(
            "[[recorder]]\nname = '{name}'\narchive_root = \"/srv\"\narchive_folder = \"{{name}}\"\nmulticast_addr = \"239.1.1.1\"\n"
        );
        let Place::Archive(archive) = one(toml(&text)).place else { panic!("an archive was asked for") };
        archive.folder.unwrap().as_str().to_owned()
    };
    assert_eq!(folder("Studio 1"), "Studio 1");
    assert_eq!(folder("../../etc"), "_._.._etc");
    assert_eq!(folder("100% A/B: \"x\"."), "100%% A_B_ _x__");
}
