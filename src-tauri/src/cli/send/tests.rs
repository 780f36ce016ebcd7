use std::net::Ipv4Addr;
use std::time::Duration;

use audyn_engine::rtp::payload::Encoding;
use audyn_engine::sdp::ReferenceClock;
use audyn_engine::send::impair::Burst;
use audyn_engine::send::{Incident, LegPlan, Local, Plan, SignalPlan, Step, TimestampBase};
use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Line {
    #[command(flatten)]
    send: SendArgs,
}

fn args(line: &str) -> SendArgs {
    let words = std::iter::once("send").chain(line.split_ascii_whitespace());
    Line::try_parse_from(words).unwrap_or_else(|e| panic!("{line}: {e}")).send
}

/// The plan of a group and a silent signal with more flags.
fn plan(more: &str) -> Plan {
    let line = format!("-m 239.69.1.1 --signal silence {more}");
    checked::plan(&args(&line), 5).unwrap_or_else(|e| panic!("{line}: {e:?}")).0
}

/// Checks that a line is refused with exactly these problems.
fn check_refused(line: &str, expected: &[&str]) {
    let problems = checked::plan(&args(line), 5).expect_err(line);
    assert_eq!(problems.len(), expected.len(), "{line}: {problems:?}");
    for (problem, part) in problems.iter().zip(expected) {
        assert!(problem.contains(part), "{line}: {problem}, expected {part}");
    }
}

#[test]
fn what_is_not_said_is_aes67() {
    let plan = plan("");
    let leg = LegPlan { to: "239.69.1.1:5004".parse().unwrap(), by: None };
    assert_eq!(plan.legs, [leg]);
    assert_eq!((plan.encoding, plan.rate.hz(), plan.channels), (Encoding::L24, 48_000, 2));
    assert_eq!((plan.samples_per_packet, plan.payload_type, plan.ttl, plan.dscp), (48, 96, 32, 34));
    assert_eq!((plan.count, plan.step, plan.duration), (1, Step::Address, None));
    assert_eq!(plan.timestamp, TimestampBase::Direct(0));
    assert_eq!((plan.first_sequence, plan.ssrc, plan.seed), (None, None, 5));
    assert!(
        plan.impairments.are_none() && plan.incidents.changes.is_empty() && plan.incidents.outages.is_empty()
    );
    assert_eq!(plan.header, audyn_engine::send::HeaderExtras::default());
}

#[test]
fn every_flag_reaches_the_plan() {
    let all = plan(
        "-p 6000 --interface eth0 --redundant 239.69.2.1:7000@10.0.0.1 --count 3 --step both --name Studio \
         --encoding l16 -r 96000 -c 8 --spp 12 --pt 100 --ttl 5 --dscp 46 --ts-offset 9 --seq-start 7 --ssrc 0xFF \
         --refclk gps --duration 1.5 --seed 11 --loss 0.5 --burst 5@1000 --reorder 1:3 --duplicate 2 --delay 20 \
         --jitter 5 --outage 5+12 --outage 30+0.5 --restart 3 --ssrc-change 4 --ts-jump 6:-480 --garbage 1 \
         --leg-loss B:3 --alternate-loss 9 --leg-skew 7 --other-ssrc --csrc 2 --extension 4 --padding 8",
    );
    let legs = [
        LegPlan { to: "239.69.1.1:6000".parse().unwrap(), by: Some(Local::Name("eth0".into())) },
        LegPlan {
            to: "239.69.2.1:7000".parse().unwrap(),
            by: Some(Local::Address(Ipv4Addr::new(10, 0, 0, 1))),
        },
    ];
    assert_eq!(all.legs, legs);
    assert_eq!((all.count, all.step, all.name.as_str()), (3, Step::Both, "Studio"));
    assert_eq!(
        (all.encoding, all.rate.hz(), all.channels, all.samples_per_packet),
        (Encoding::L16, 96_000, 8, 12)
    );
    assert_eq!((all.payload_type, all.ttl, all.dscp), (100, 5, 46));
    assert_eq!(all.timestamp, TimestampBase::Direct(9));
    assert_eq!((all.first_sequence, all.ssrc, all.seed), (Some(7), Some(255), 11));
    assert_eq!(all.reference_clock, Some(ReferenceClock::Gps));
    assert_eq!(all.duration, Some(Duration::from_millis(1500)));
    assert_eq!((all.header.csrc, all.header.extension_words, all.header.padding), (2, Some(4), 8));
    let seconds = Duration::from_secs;
    let changes = [
        (seconds(3), Incident::Restart),
        (seconds(4), Incident::NewSsrc),
        (seconds(6), Incident::Jump(-480)),
    ];
    assert_eq!(all.incidents.changes, changes);
    assert_eq!(all.incidents.outages, [(seconds(5), seconds(12)), (seconds(30), Duration::from_millis(500))]);
    let rules = all.impairments;
    assert_eq!((rules.loss_ppm, rules.duplicate_ppm, rules.garbage_ppm), (5000, 20_000, 10_000));
    assert_eq!(rules.burst, Some(Burst { length: 5, every: 1000 }));
    assert_eq!((rules.reorder_ppm, rules.reorder_depth), (10_000, 3));
    assert_eq!((rules.delay_ns, rules.jitter_ns, rules.leg_skew_ns), (20_000_000, 5_000_000, 7_000_000));
    assert_eq!((rules.leg_loss_ppm, rules.alternate_loss, rules.other_ssrc), ([None, Some(30_000)], 9, true));
}

#[test]
fn small_things_are_read_as_meant() {
    assert_eq!(plan("--ts-offset random").timestamp, TimestampBase::Random);
    assert_eq!(plan("--reorder 2.5").impairments.reorder_depth, 1);
    assert_eq!(plan("--redundant 239.69.2.1@lo -p 5010").legs[1].to, "239.69.2.1:5010".parse().unwrap());
    assert_eq!(plan("-r 44100").samples_per_packet, 48);
    assert_eq!(plan("-r 96000").samples_per_packet, 96);
    assert_eq!(
        plan("--leg-loss A:1,B:2 --redundant 239.1.1.1@lo").impairments.leg_loss_ppm,
        [Some(10_000), Some(20_000)]
    );
    let unicast = checked::plan(&args("-m 127.0.0.1 --tone 1000 --level -6.5 --count 2"), 5).unwrap().0;
    assert_eq!((unicast.step, unicast.name.as_str()), (Step::Port, "Test tone 1000 Hz -6.5 dBFS"));
    assert_eq!(unicast.signal, SignalPlan::Tone { hz: 1000, level_db: -6.5 });
}

#[test]
fn every_wrong_value_is_refused_and_all_are_told_at_once() {
    let one =
        |more: &str, part: &str| check_refused(&format!("-m 239.69.1.1 --signal silence {more}"), &[part]);
    check_refused("", &["-m is missing", "one of --wav FILE, --tone HZ and --signal"]);
    check_refused(
        "-m nowhere --signal silence",
        &["-m \"nowhere\" is wrong; it takes an IPv4 group or address"],
    );
    check_refused("-m 239.1.1.1 --signal hum", &["--signal \"hum\" is wrong; it takes index or silence"]);
    check_refused("-m 239.1.1.1 --tone 1000 --signal index", &["only one"]);
    check_refused(
        "-m 239.1.1.1 --tone 24000",
        &["--tone 24000 is wrong; at 48000 Hz it takes less than 24000"],
    );
    check_refused("-m 239.1.1.1 --tone 440.5", &["--tone \"440.5\""]);
    check_refused("-m 239.1.1.1 --tone 440 --level 3", &["--level \"3\" is wrong; it takes -120 to 0 dBFS"]);
    check_refused("-m 239.1.1.1 --wav /nowhere.wav", &["--wav is wrong: cannot send /nowhere.wav"]);
    one("--level -18", "--level is wrong without --tone HZ");
    one("--loop", "--loop is wrong without --wav FILE");
    one("-p 0", "--port \"0\" is wrong; it takes 1 to 65535");
    one("-r 7999", "--sample-rate \"7999\"");
    one("-c 65", "--channels \"65\" is wrong; it takes 1 to 64");
    one(
        "-c 64",
        "64 channels x 3 bytes x 48 samples = 9216 bytes a packet, more than 8960; at most 7 samples",
    );
    one("--spp 0", "--spp \"0\"");
    one("--pt 128", "--pt \"128\"");
    one("--ttl 256", "--ttl \"256\"");
    one("--dscp 64", "--dscp \"64\"");
    one("--encoding AM824", "--encoding \"AM824\" is wrong; it takes L16 or L24");
    one("--count 0", "--count \"0\" is wrong; it takes 1 to 1024");
    one("--step group", "--step \"group\" is wrong; it takes address, port or both");
    one(
        "-p 65000 --count 1000 --step port",
        "--count 1000 goes beyond the addresses or ports after 239.69.1.1:65000",
    );
    one("--ts-offset 4294967296", "--ts-offset");
    one("--seq-start 65536", "--seq-start");
    one("--ssrc 0xG", "--ssrc \"0xG\"");
    one("--refclk sundial", "--refclk \"sundial\"");
    one("--duration 0", "--duration \"0\" is wrong; it takes seconds, more than 0");
    one("--duration inf", "--duration \"inf\"");
    one("--loss NaN", "--loss \"NaN\" is wrong; it takes 0 to 100 percent");
    one("--loss 101", "--loss \"101\"");
    one("--burst 5@5", "--burst \"5@5\" is wrong; it takes LEN@EVERY");
    one("--burst 0@5", "--burst \"0@5\"");
    one("--reorder 1:0", "--reorder \"1:0\"");
    one("--delay 10001", "--delay \"10001\"");
    one("--outage 5", "--outage \"5\" is wrong; it takes AT+LEN in seconds");
    one("--restart soon", "--restart \"soon\"");
    one("--ts-jump 5", "--ts-jump \"5\" is wrong; it takes AT:SAMPLES");
    one("--leg-loss A:1", "--leg-loss is wrong without a second leg");
    one("--leg-loss A:1,A:2 --redundant 239.1.1.1@lo", "--leg-loss \"A:1,A:2\"");
    one("--leg-loss C:1 --redundant 239.1.1.1@lo", "--leg-loss \"C:1\"");
    one("--alternate-loss 5", "--alternate-loss is wrong without a second leg");
    one("--leg-skew 5", "--leg-skew is wrong without a second leg");
    one("--redundant 239.1.1.1", "--redundant \"239.1.1.1\" is wrong; it takes ADDR[:PORT]@IF");
    one("--redundant 239.69.1.1@lo --interface lo", "both legs have the same address");
    one("--csrc 16", "--csrc \"16\"");
    one("--extension -", "--extension \"-\"");
    one("--padding 256", "--padding \"256\"");
    one("--seed x", "--seed \"x\"");
    check_refused(
        "-m 239.69.1.1 --signal silence --pt 200 --loss x --ttl y",
        &["--pt \"200\"", "--ttl \"y\"", "--loss \"x\""],
    );
}

#[test]
fn a_packet_beyond_the_mtu_is_warned_of() {
    let warnings = checked::plan(&args("-m 239.69.1.1 --signal index -c 16"), 5).unwrap().1;
    assert!(warnings[0].contains("2304 bytes a packet, more than the 1440"), "{warnings:?}");
}

#[test]
fn a_wav_file_gives_rate_and_channels() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("take 1.wav");
    // A header and one frame: 3 channels of 16 bits at 44.1 kHz.
    let mut bytes =
        b"RIFF\x2A\0\0\0WAVEfmt \x10\0\0\0\x01\0\x03\0\x44\xAC\0\0\x98\x09\x04\0\x06\0\x10\0data\x06\0\0\0"
            .to_vec();
    bytes.extend([0; 6]);
    std::fs::write(&path, bytes).unwrap();
    let given = SendArgs { address: Some("239.1.1.1".into()), wav: Some(path), ..SendArgs::default() };
    let plan = checked::plan(&given, 5).unwrap().0;
    assert_eq!((plan.rate.hz(), plan.channels, plan.samples_per_packet), (44_100, 3, 48));
    assert_eq!(plan.name, "take 1");
}

#[test]
fn a_whole_run_leaves_description_and_statistics() {
    let folder = tempfile::tempdir().unwrap();
    let (sdp, stats) = (folder.path().join("out.sdp"), folder.path().join("out.json"));
    let mut given = args("-m 127.0.0.1 -p 9 --signal index --duration 0.01 --count 2 --loss 100");
    (given.sdp, given.stats) = (Some(sdp), Some(stats.clone()));
    let code = run(&given, &Arc::new(AtomicBool::new(false))).unwrap();
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::SUCCESS));
    for (file, port) in [("out-1.sdp", 9), ("out-2.sdp", 11)] {
        let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
        assert_eq!(audyn_engine::sdp::parse(&text).unwrap().streams[0].legs[0].port, port);
    }
    let stats: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(stats).unwrap()).unwrap();
    assert_eq!(
        (&stats["packet_times"], &stats["packets_sent"], &stats["packets_lost"]),
        (&10.into(), &0.into(), &20.into())
    );
    assert_eq!(stats["streams"][1]["legs"][0]["to"], "127.0.0.1:11");
}

#[test]
fn a_refusal_sends_nothing_and_says_so_by_its_exit_code() {
    let code = run(&args("-m 239.1.1.1 --tone 1000 --interface nowhere0"), &Arc::new(AtomicBool::new(false)))
        .unwrap();
    assert_eq!(format!("{code:?}"), format!("{:?}", ExitCode::from(2)));
}
