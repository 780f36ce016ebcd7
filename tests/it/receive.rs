//! Where packets come from and how they are laid out: groups, addresses, interfaces, widths, rates, windows.

use serde_json::Value;

use crate::rig::{Rig, between_hosts, decoded, first_by_bext, position_mod, silent_frames, word};

fn leg<'a>(stats: &'a Value, count: &str) -> &'a Value {
    &stats["source"]["legs"][0][count]
}

#[test]
fn a_unicast_stream_is_received_at_its_address_from_its_sender_only() {
    let rig = Rig::new();
    let _sending = rig.start(&["send", "-m", "127.0.0.1", "-p", &rig.port, "--signal", "index"]);
    let record = |name: &str, source: &str| {
        let args = ["record", "-m", "127.0.0.1", "-p", &rig.port, "-o", name, "--archive-clock", "utc"];
        rig.start(&[&args[..], &["--source-ip", source, "--duration", "1", "--stats", "s.json"]].concat())
    };
    record("out.wav", "127.0.0.1").succeed();
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!((samples.len(), silent_frames(&samples, first_by_bext(&rig.path("out.wav")))), (96_000, 0));
    let other = record("other.wav", "127.0.0.2");
    // Until another recorder has recorded a second.
    let _elsewhere = rig.send(&[]);
    rig.record(&["-o", "clock.wav", "--duration", "1"]).succeed();
    other.signal(libc::SIGTERM);
    other.succeed();
    assert!(!rig.path("other.wav").exists(), "nothing came, so nothing is recorded");
    let stats = &rig.json("s.json")["recorders"][0];
    assert!(leg(stats, "foreign_source").as_u64().unwrap() > 100, "{stats}");
}

#[test]
fn what_a_named_sender_sends_to_others_is_counted_and_not_recorded() {
    let rig = Rig::new();
    // `-m` names the sender. It sends to this machine, and on the same port to a group that somebody else here has joined.
    let ran = between_hosts(
        &rig,
        "ip netns exec far $AUDYN send -q -m 10.77.0.1 -p $PORT --interface there --signal index & sender=$!\n\
         ip netns exec far $AUDYN send -q -m $GROUP -p $PORT --interface there --tone 440 &\n\
         $AUDYN record -q -m $GROUP -p $((PORT + 2)) --interface here -o other.wav &\n\
         $AUDYN record -m 10.77.0.2 -p $PORT -o out.wav --archive-clock utc --stats s.json --duration 2 2>log.txt &\n\
         recorder=$!",
    );
    if ran.is_none() {
        return;
    }
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!((samples.len(), silent_frames(&samples, first_by_bext(&rig.path("out.wav")))), (192_000, 0));
    let stats = &rig.json("s.json")["recorders"][0];
    assert!(leg(stats, "foreign_destination").as_u64().unwrap() > 500, "{stats}");
    assert_eq!(leg(stats, "foreign_ssrc"), 0, "{stats}");
}

#[test]
fn a_group_is_received_on_its_interface_only() {
    let rig = Rig::new();
    // The same group on the cable and on the loopback interface, each with a recorder.
    let ran = between_hosts(
        &rig,
        "send\n\
         $AUDYN send -q -m $GROUP -p $PORT --interface lo --tone 440 &\n\
         $AUDYN record -q -m $GROUP -p $PORT --interface lo -o lo.wav --duration 3 & second=$!\n\
         record --duration 2; wait $second",
    );
    if ran.is_none() {
        return;
    }
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!((samples.len(), silent_frames(&samples, first_by_bext(&rig.path("out.wav")))), (192_000, 0));
    let stats = &rig.json("s.json")["recorders"][0];
    assert_eq!(
        leg(stats, "foreign_ssrc"),
        0,
        "the other interface's stream did not even reach the socket: {stats}"
    );
}

#[test]
fn the_widest_and_the_fastest_streams_are_recorded_exactly() {
    for (sender, seconds, channels, hz) in [
        // ST 2110-30 level C, CX, and the shortest packets of AES67 in 44.1 kHz.
        (&["-c", "64", "--spp", "6"][..], 1, 64, 48_000),
        (&["-c", "32", "-r", "96000", "--spp", "12"][..], 1, 32, 96_000),
        (&["-c", "1", "-r", "44100", "--spp", "6"][..], 1, 1, 44_100),
    ] {
        let rig = Rig::new();
        let format = sender.iter().filter(|a| **a != "--spp" && a.parse() != Ok(6) && a.parse() != Ok(12));
        let mut recorder: Vec<&str> = format.copied().collect();
        recorder.extend(["-o", "out.wav", "--archive-clock", "utc", "--duration", "1"]);
        let stats = rig.record_with(sender, &recorder);
        assert_eq!(stats["missing_frames"], 0, "{sender:?}");
        let samples = decoded(&rig.path("out.wav"));
        assert_eq!(samples.len(), seconds * hz * channels, "{sender:?}");
        let first = stats["first_sample"].as_i64().unwrap();
        for (i, frame) in samples.chunks_exact(channels).enumerate() {
            for (c, sample) in frame.iter().enumerate() {
                assert_eq!(
                    position_mod(*sample),
                    word(first + i as i64, c),
                    "{sender:?}: frame {i}, channel {c}"
                );
            }
        }
    }
}

#[test]
fn the_window_decides_what_is_late() {
    for (window, late) in [("5", true), ("100", false)] {
        let rig = Rig::new();
        let sender = ["--reorder", "2:40", "--seed", "5"];
        let stats = rig.record_with(&sender, &["-o", "out.wav", "--duration", "2", "--window-ms", window]);
        assert_eq!(stats["missing_frames"].as_u64() > Some(0), late, "{window} ms: {stats}");
        assert_eq!(leg(&stats, "late").as_u64() > Some(0), late, "{window} ms: {stats}");
    }
}

#[test]
fn the_granted_socket_buffer_is_told() {
    let rig = Rig::new();
    let stats = rig.record_with(&[], &["-o", "out.wav", "--duration", "0.2", "--rcvbuf", "300000"]);
    assert_eq!(leg(&stats, "granted_rcvbuf"), 300_000);
    let recording = rig.record(&["-o", "more.wav", "--duration", "0.2", "--rcvbuf", "1000000000"]);
    let _sending = rig.send(&[]);
    let said = recording.succeed();
    assert!(said.contains("of 1000000000 bytes") || said.contains("granted=1000000000"), "{said}");
}
