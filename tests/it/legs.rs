//! Two legs (ST 2022-7): what one loses the other has; a dead one is told, not fatal.

use crate::rig::{Rig, decoded, first_by_bext, silent_frames};

#[test]
fn legs_that_lose_in_turn_give_the_file_that_no_loss_gives() {
    let rig = Rig::new();
    let second = format!("{}:{}@lo", rig.group_b, rig.port);
    let stats = rig.record_with(
        &["--redundant", &second, "--alternate-loss", "7", "--leg-skew", "20"],
        &["--redundant", &second, "-o", "out.wav", "--archive-clock", "utc", "--duration", "3"],
    );
    let samples = decoded(&rig.path("out.wav"));
    assert_eq!(samples.len(), 3 * 96_000);
    assert_eq!(silent_frames(&samples, first_by_bext(&rig.path("out.wav"))), 0);
    for leg in 0..2 {
        let counts = &stats["source"]["legs"][leg];
        assert!(counts["lost"].as_u64().unwrap() > 150, "leg {leg}: {counts}");
        assert!(counts["received"].as_u64().unwrap() > 2000, "leg {leg}: {counts}");
    }
}

#[test]
fn a_dead_leg_is_told_and_not_fatal() {
    let rig = Rig::new();
    let second = format!("{}:{}@lo", rig.group_b, rig.port);
    let mut recording =
        rig.record(&["--redundant", &second, "-o", "out.wav", "--duration", "4", "--stats", "s.json"]);
    let _sending = rig.send(&[]);
    recording.until("leg 2 of 2 is silent");
    recording.succeed();
    let stats = &rig.json("s.json")["recorders"][0];
    assert_eq!(stats["missing_frames"], 0);
    assert_eq!(stats["source"]["legs"][1]["received"], 0);
}
