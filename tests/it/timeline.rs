//! Whatever network and sender do: the sample for media time *t* is at media time *t*, and what is missing is known.

use serde_json::Value;

use crate::rig::{Rig, decoded, first_by_bext, silent_frames};

/// Records `seconds` of an impaired index pattern; checks every sample's place. The statistics, and silent frames.
fn check(sender: &[&str], seconds: u32) -> (Value, usize) {
    let rig = Rig::new();
    let duration = seconds.to_string();
    let stats =
        rig.record_with(sender, &["-o", "out.wav", "--archive-clock", "utc", "--duration", &duration]);
    let file = rig.path("out.wav");
    let samples = decoded(&file);
    assert_eq!(samples.len(), seconds as usize * 96_000, "{sender:?}");
    let silent = silent_frames(&samples, first_by_bext(&file));
    assert_eq!(stats["missing_frames"], silent, "{sender:?}: what is silent is known to be missing");
    let listed: u64 = stats["gaps"].as_array().unwrap().iter().map(|g| g["len"].as_u64().unwrap()).sum();
    assert_eq!(listed, silent as u64, "{sender:?}");
    (stats, silent)
}

fn leg(stats: &Value, count: &str) -> u64 {
    stats["source"]["legs"][0][count].as_u64().unwrap()
}

#[test]
fn lost_packets_are_exactly_as_many_silent_samples() {
    let (stats, silent) = check(&["--loss", "2", "--seed", "7"], 3);
    assert!(silent > 0 && silent % 48 == 0, "{silent}");
    assert!(leg(&stats, "lost") >= silent as u64 / 48);
    let (_, silent) = check(&["--burst", "20@500"], 3);
    assert!(silent >= 5 * 960 && silent % 960 == 0, "{silent}");
}

#[test]
fn disorder_inside_the_window_costs_nothing() {
    let (stats, silent) = check(&["--reorder", "5:8", "--duplicate", "5", "--jitter", "10"], 3);
    assert_eq!(silent, 0);
    assert!(leg(&stats, "reordered") > 0 && leg(&stats, "duplicate") > 0);
}

#[test]
fn wraps_are_no_event() {
    // The sequence number wraps within a second, the timestamp within two.
    assert_eq!(check(&["--seq-start", "65000"], 2).1, 0);
    let tai = jiff::Timestamp::now().as_second() + 37;
    let to_wrap = 2_i64.pow(32) - ((tai + 3) * 48_000).rem_euclid(2_i64.pow(32));
    let rig = Rig::new();
    let offset = to_wrap.to_string();
    let stats = rig.path("stats.json");
    let _sending = rig.send(&["--ts-offset", &offset, "--sdp", "s.sdp"]);
    crate::rig::wait_for(&rig.path("s.sdp"));
    let args = ["record", "--sdp", "s.sdp", "--interface", "lo", "-o", "out.wav", "--duration", "5"];
    rig.start(&[&args[..], &["--archive-clock", "utc", "--stats", stats.to_str().unwrap()]].concat())
        .succeed();
    assert_eq!(silent_frames(&decoded(&rig.path("out.wav")), first_by_bext(&rig.path("out.wav"))), 0);
    assert_eq!(rig.json("stats.json")["recorders"][0]["source"]["restarts"], 0);
}

#[test]
fn a_restarted_sender_is_at_its_true_place() {
    let (stats, _) = check(&["--ssrc-change", "2"], 4);
    assert_eq!((&stats["missing_frames"], &stats["source"]["restarts"]), (&0.into(), &1.into()));
    let (stats, _) = check(&["--restart", "2"], 4);
    assert_eq!((&stats["missing_frames"], &stats["source"]["restarts"]), (&0.into(), &1.into()));
}

#[test]
fn a_twelve_second_outage_is_closed_to_the_sample() {
    let (stats, silent) = check(&["--outage", "2+12"], 16);
    assert_eq!(silent, 12 * 48_000);
    assert_eq!(stats["missing_by_cause"]["outage"], 12 * 48_000);
}

#[test]
fn a_sender_with_a_clock_of_its_own_keeps_its_length_over_a_restart() {
    let rig = Rig::new();
    let sender = ["--ts-offset", "random", "--outage", "1.5+1", "--restart", "2.5"];
    let stats = rig.record_with(&sender, &["-o", "out.wav", "--duration", "4"]);
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!(samples.len(), 4 * 96_000);
    assert_eq!(stats["source"]["time_basis"], "arrival");
    // The pattern counts true media time: after the restart it must go on as if nothing had been.
    let position = |frame: usize| crate::rig::position_mod(samples[2 * frame]);
    let error = position(180_000) - position(1000) - 179_000;
    assert!(error.abs() <= 480, "{error} samples off after a restart placed by arrival times");
}

#[test]
fn strangers_garbage_and_odd_headers_cost_nothing() {
    let (stats, silent) = check(&["--garbage", "20", "--other-ssrc"], 2);
    assert_eq!(silent, 0);
    assert!(leg(&stats, "foreign_ssrc") > 500);
    let refused = ["short", "version", "padding", "empty", "wrong_size", "oversize", "foreign_payload_type"];
    assert!(refused.iter().map(|reason| leg(&stats, reason)).sum::<u64>() > 100);
    assert_eq!(check(&["--csrc", "15", "--extension", "4", "--padding", "32"], 1).1, 0);
}
