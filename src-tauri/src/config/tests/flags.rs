use audyn_archive::ArchiveClock;
use audyn_archive::layout::Layout;
use audyn_engine::rtp::payload::Encoding;
use audyn_engine::source::aes67::Aes67;
use audyn_model::{Container, SampleFormat};

use super::{flags, lines, network, one};
use crate::config::checked::{Archive, Place, Recorder};

const FILE: &str = "-o a.wav -m 239.1.1.1";
const ARCHIVE: &str = "--archive-root /srv -m 239.1.1.1";

/// The exact problems of flags.
fn check(line: &str, expected: &[&str]) {
    let problems = flags(line).expect_err(line);
    assert_eq!(lines(&problems), expected, "{line}");
}

fn archive(recorder: Recorder) -> Archive {
    match recorder.place {
        Place::Archive(archive) => archive,
        Place::File(path) => panic!("{} is a file", path.display()),
    }
}

#[test]
fn nothing_but_place_and_group_gives_the_defaults() {
    let recorder = one(flags(ARCHIVE));
    assert_eq!(recorder.name, "239.1.1.1:5004");
    assert_eq!(recorder.clock, ArchiveClock::Local);
    let source = network(&recorder.source);
    assert_eq!((source.payload_type, source.encoding, source.rate.hz()), (96, None, 48_000));
    assert_eq!(
        (source.stream_channels, source.pick.as_slice(), source.samples_per_packet),
        (2, [].as_slice(), 48)
    );
    assert_eq!((source.window_ms, source.receive_buffer), (100, 2 * 1024 * 1024));
    assert_eq!(source.legs.len(), 1);
    let [spec] = recorder.outputs.as_slice() else { panic!("one output") };
    assert_eq!((spec.container, spec.samples), (Container::Wav, SampleFormat::Int24));
    assert_eq!((spec.bitrate, spec.vbr, spec.complexity), (128_000, true, 5));
    let archive = archive(recorder);
    assert_eq!((archive.layout, archive.period_s, archive.folder), (Layout::DailyDir, 3600, None));
}

#[test]
fn the_earlier_systems_controller_is_understood() {
    let recorder = one(flags(
        "--archive-root /var/lib/audyn/archive/studio1 --archive-layout hourlydir --archive-period 3600 \
         --archive-clock utc --archive-suffix opus -m 239.69.1.1 -p 5004 --pt 98 --spp 48 --interface eth0 \
         -r 48000 -c 2 --bitrate 128000 --levels",
    ));
    assert_eq!(recorder.clock, ArchiveClock::Utc);
    assert_eq!(recorder.outputs[0].container, Container::Opus);
    assert_eq!(network(&recorder.source).payload_type, 98);
    assert_eq!(network(&recorder.source).legs[0].interface.as_deref(), Some("eth0"));
    assert_eq!(archive(recorder).layout, Layout::HourlyDir);
}

#[test]
fn words_and_numbers_reach_their_fields() {
    let source = |line: &str| -> Aes67 { network(&one(flags(&format!("{FILE} {line}"))).source).clone() };
    assert_eq!(source("--encoding l16").encoding, Some(Encoding::L16));
    assert_eq!(source("--rate 44100").rate.hz(), 44_100);
    assert_eq!(source("--sample-rate 8000").rate.hz(), 8000);
    assert_eq!(source("--payload-type 0").payload_type, 0);
    assert_eq!(source("--source-ip 192.0.2.7").legs[0].source, Some([192, 0, 2, 7].into()));
    assert_eq!(source("--interface 192.0.2.8").legs[0].interface.as_deref(), Some("192.0.2.8"));
    assert_eq!(source("--redundant 239.2.1.1@eth1").legs[1].port, 5004);
    assert_eq!(source("-p 6000 --redundant 239.2.1.1@eth1").legs[1].port, 6000);
    assert_eq!(source("--rcvbuf 4096 --window-ms 2000").window_ms, 2000);
    // The usual millisecond does not fit, and nothing else was said.
    assert_eq!(source("-c 64 --encoding L24").samples_per_packet, 6);
    assert_eq!(source("-c 16").samples_per_packet, 16);
    let outputs = |line: &str| -> Vec<&str> {
        one(flags(&format!("{ARCHIVE} {line}"))).outputs.iter().map(|o| o.container.suffix()).collect()
    };
    assert_eq!(
        outputs("--archive-suffix wav --archive-suffix opus --archive-suffix mp3"),
        ["wav", "opus", "mp3"]
    );
    assert_eq!(outputs("--archive-suffix .FLAC"), ["flac"]);
    assert_eq!(outputs("--archive-suffix wav,flac"), ["wav", "flac"]);
    let spec = |line: &str| one(flags(&format!("{FILE} {line}"))).outputs.remove(0);
    assert_eq!(spec("--bits 32f").samples, SampleFormat::Float32);
    assert!(!spec("--cbr").vbr && spec("--vbr").vbr);
    let place = |line: &str| archive(one(flags(&format!("{ARCHIVE} {line}"))));
    assert_eq!(place("--archive-period 0").period_s, 0);
    assert_eq!(place("--archive-period 31536000").period_s, 31_536_000);
    assert_eq!(place("--archive-layout accurate").layout, Layout::Accurate);
    assert_eq!(place("--archive-layout custom --archive-format %H").layout.to_string(), "custom");
    assert_eq!(place("--archive-format %H").layout.to_string(), "custom");
    for clock in ["ptp", "tai"] {
        assert_eq!(one(flags(&format!("{ARCHIVE} --archive-clock {clock}"))).clock, ArchiveClock::Tai);
    }
    assert_eq!(
        one(flags("-o take --archive-suffix flac -m 239.1.1.1")).outputs[0].container,
        Container::Flac
    );
}

#[test]
fn every_range_is_kept() {
    let rows = [
        ("--port -1", "-p/--port: -1 is out of range; give 1 to 65535"),
        ("--port 65536", "-p/--port: 65536 is out of range; give 1 to 65535"),
        ("--port x", "-p/--port: \"x\" is not a whole number; give 1 to 65535"),
        ("--pt 128", "--pt: 128 is out of range; give 0 to 127"),
        ("-r 7999", "-r/--sample-rate: 7999 is out of range; give 8000 to 384000 Hz"),
        ("-r 384001", "-r/--sample-rate: 384001 is out of range; give 8000 to 384000 Hz"),
        ("-c 0", "-c/--channels: 0 is out of range; give 1 to 64"),
        ("-c 65", "-c/--channels: 65 is out of range; give 1 to 64"),
        ("--spp 0", "--spp: 0 is out of range; give 1 to 1440"),
        ("--spp 1441", "--spp: 1441 is out of range; give 1 to 1440"),
        ("--window-ms 0", "--window-ms: 0 is out of range; give 1 to 2000 milliseconds"),
        ("--window-ms 2001", "--window-ms: 2001 is out of range; give 1 to 2000 milliseconds"),
        ("--rcvbuf 4095", "--rcvbuf: 4095 is out of range; give 4096 to 1073741824 bytes"),
        ("--rcvbuf 1073741825", "--rcvbuf: 1073741825 is out of range; give 4096 to 1073741824 bytes"),
        ("--complexity 11", "--complexity: 11 is out of range; give 0 (least effort) to 10"),
        ("--bits 20", "--bits: \"20\" is not known; give 16, 24 or 32f"),
        ("--encoding L20", "--encoding: \"L20\" is not known; give L16 or L24"),
        (
            "--bitrate 128",
            "--bitrate: 128 is out of range; give bits per second, 6000 to 510000 for Opus (128 kb/s is 128000)",
        ),
        (
            "--source-ip 239.1.1.1",
            "--source-ip: 239.1.1.1 cannot be used here; give the unicast address of the sender",
        ),
        (
            "--interface a/b",
            "--interface: \"a/b\" cannot be an interface; give the name of a network interface, like eth0, or one of its addresses",
        ),
        (
            "--redundant 239.2.1.1",
            "--redundant: \"239.2.1.1\" names no interface; give ADDR@IF or ADDR:PORT@IF, like 239.70.1.1:5004@eth1",
        ),
        (
            "--redundant 239.2.1.1:0@e",
            "--redundant: \"239.2.1.1:0\" is not an address with a port; give ADDR@IF or ADDR:PORT@IF, like 239.70.1.1:5004@eth1",
        ),
        (
            "--redundant @eth1",
            "--redundant: \"\" is not an address with a port; give ADDR@IF or ADDR:PORT@IF, like 239.70.1.1:5004@eth1",
        ),
        (
            "--interface e --redundant 239.1.1.1@e",
            "--redundant: 239.1.1.1:5004 on that interface is the first leg; give the other network's address or interface",
        ),
    ];
    for (line, expected) in rows {
        check(&format!("{FILE} {line}"), &[expected]);
    }
    for (line, expected) in [
        (
            "--archive-period -5",
            "--archive-period: -5 is out of range; give 0 (no rotation) or 1 to 31536000 seconds",
        ),
        (
            "--archive-period 1.5",
            "--archive-period: \"1.5\" is not a whole number; give 0 (no rotation) or 1 to 31536000 seconds",
        ),
        ("--archive-clock gmt", "--archive-clock: \"gmt\" is not known; give localtime, utc, ptp or tai"),
        (
            "--archive-layout daily",
            "--archive-layout: \"daily\" is not known; give flat, hierarchy, combo, dailydir, hourlydir, accurate or custom",
        ),
        (
            "--archive-layout custom",
            "--archive-layout: \"custom\" needs a format; give --archive-format as well",
        ),
        (
            "--archive-layout flat --archive-format %H",
            "--archive-format: contradicts the layout flat; leave it out, or give --archive-layout custom",
        ),
        (
            "--archive-format ../%H",
            "--archive-format: the format contains a component ..; it may not leave the archive root",
        ),
        (
            "--archive-format %Y.wav",
            "--archive-format: ends in .wav; leave the suffix out: it is added for each output",
        ),
        ("--archive-folder {name}", "--archive-folder: {name} stands for a name; give --name as well"),
        ("--archive-suffix aac", "--archive-suffix: \"aac\" is not known; give wav, opus, flac or mp3"),
        (
            "--archive-suffix wav --archive-suffix wav",
            "--archive-suffix: wav is named twice; name each format once",
        ),
        (
            "--archive-suffix mp3 --bitrate 400000",
            "--bitrate: 400000 is out of range; give bits per second, 32000 to 320000 for MP3 (128 kb/s is 128000)",
        ),
        (
            "--archive-suffix opus --archive-suffix mp3 --bitrate 16000",
            "--bitrate: 16000 is out of range; give bits per second, 32000 to 320000 for Opus and MP3 (128 kb/s is 128000)",
        ),
    ] {
        check(&format!("{ARCHIVE} {line}"), &[expected]);
    }
}

#[test]
fn place_and_source_must_be_given_once() {
    check(
        "",
        &[
            "record: has no source; give -m/--multicast-addr, --sdp, --pipewire or --device",
            "record: has no place to write to; give -o/--output or --archive-root",
        ],
    );
    check(
        "-o a.wav --archive-root /srv -m 239.1.1.1",
        &["-o/--output: contradicts --archive-root; give one of them"],
    );
    check(
        &format!("{FILE} --archive-period 5"),
        &["--archive-period: has no meaning for a single file; leave it out, or give --archive-root"],
    );
    check(
        "-o /srv/ -m 239.1.1.1",
        &[
            "-o/--output: \"/srv/\" is a folder; give a file, or --archive-root for an archive",
            "-o/--output: the file has no suffix to tell its format; end it in .wav, .opus, .flac or .mp3, or name the format with --archive-suffix",
        ],
    );
    check(&format!("{FILE} --vbr --cbr"), &["--vbr: contradicts --cbr; give one of them"]);
    for address in ["0.0.0.0", "255.255.255.255", "240.0.0.1"] {
        check(
            &format!("-o a.wav -m {address}"),
            &[&format!(
                "-m/--multicast-addr: {address} cannot be used here; give a multicast group like 239.69.1.1, or a unicast address"
            )],
        );
    }
}

#[test]
fn a_files_suffix_says_its_format() {
    for (file, expected) in [
        (
            "a.aac",
            "-o/--output: .aac is not a format that can be written; end it in .wav, .opus, .flac or .mp3",
        ),
        (
            "a.xyz",
            "-o/--output: the suffix .xyz tells no format; end it in .wav, .opus, .flac or .mp3, or name the format with --archive-suffix",
        ),
        (
            "a",
            "-o/--output: the file has no suffix to tell its format; end it in .wav, .opus, .flac or .mp3, or name the format with --archive-suffix",
        ),
        (
            "a.wav --archive-suffix opus",
            "--archive-suffix: opus contradicts the file's suffix .wav; leave it out",
        ),
        (
            "a.aac --archive-suffix wav",
            "-o/--output: .aac is not a format that can be written; end it in .wav, .opus, .flac or .mp3",
        ),
        (
            "a.wav --archive-suffix wav --archive-suffix mp3",
            "--archive-suffix: names several formats for one file; name one, or give --archive-root",
        ),
    ] {
        check(&format!("-o {file} -m 239.1.1.1"), &[expected]);
    }
    assert_eq!(one(flags("-o A.MP3 -m 239.1.1.1")).outputs[0].container, Container::Mp3);
}

#[test]
fn packets_that_cannot_be_are_refused_with_the_sum() {
    check(
        &format!("{FILE} -c 64 --spp 48 --encoding L24"),
        &["--spp: 64 channels x 3 bytes x 48 samples = 9216 bytes does not fit one packet; \
           1460 bytes do, so have at most 7 samples sent in each"],
    );
    // L24 would not fit either, but may not be what comes.
    assert_eq!(network(&one(flags(&format!("{FILE} -c 15 --spp 48"))).source).samples_per_packet, 48);
    check(
        &format!("{FILE} -c 16 --spp 48"),
        &["--spp: 16 channels x 2 bytes x 48 samples = 1536 bytes does not fit one packet; \
           1460 bytes do, so have at most 45 samples sent in each"],
    );
}

#[test]
fn what_an_encoder_cannot_do_is_refused() {
    for (line, key) in [
        ("-o a.flac -m 239.1.1.1 --bits 32f", "--bits: "),
        ("-o a.flac -m 239.1.1.1 -c 9", "-o/--output: "),
        ("-o a.mp3 -m 239.1.1.1 -c 3", "-o/--output: "),
        (
            "--archive-root /srv --archive-suffix wav --archive-suffix mp3 -m 239.1.1.1 -c 8",
            "--archive-suffix: ",
        ),
    ] {
        let problems = flags(line).expect_err(line);
        let [only] = lines(&problems).try_into().expect(line);
        let only: String = only;
        assert!(only.starts_with(key), "{line}: {only}");
    }
}
