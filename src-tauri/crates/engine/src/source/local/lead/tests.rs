use super::*;

const RATE: Rate = Rate::HZ_48000;
const S: i64 = 1_000_000_000;

/// A device that runs at `hz`, told in portions of 480 frames, each `late` nanoseconds after it was taken.
fn run(lead: &mut Lead, from: i64, seconds: i64, hz: f64, mut late: impl FnMut(i64) -> i64) -> Vec<u64> {
    let mut missing = Vec::new();
    for portion in from * 100..(from + seconds) * 100 {
        let end = (portion + 1) * 480;
        let taken = (end as f64 * S as f64 / hz) as i64;
        missing.extend(lead.note(SampleIndex(end), Mono(taken + late(portion))));
    }
    missing
}

#[test]
fn drift_is_measured_through_the_jitter_of_its_thread() {
    let mut lead = Lead::new(RATE, SampleIndex(0), Mono(0));
    // 50 parts per million fast; every portion but one in seven is up to 20 ms late.
    let missing = run(&mut lead, 0, 120, 48_002.4, |n| (n % 7) * 3_000_000);
    assert_eq!(missing, []);
    let drift = lead.drift().expect("two minutes tell").ppb;
    assert!((drift - 50_000).abs() < 500, "{drift}");
    let end = SampleIndex(120 * 48_000);
    let truly = (end.0 as f64 * S as f64 / 48_002.4) as i64;
    let off = lead.anchor(0).tai_at(end).0 - truly;
    assert!(off.abs() < 1_000_000, "{off}");
}

#[test]
fn what_nobody_told_of_is_missing_all_the_same() {
    let mut lead = Lead::new(RATE, SampleIndex(0), Mono(0));
    assert_eq!(run(&mut lead, 0, 30, 48_000.0, |_| 0), []);
    let missing = run(&mut lead, 30, 1, 48_000.0, |_| S / 10);
    assert_eq!(missing, [4_800]);
}

#[test]
fn drift_is_not_told_before_it_is_known() {
    let mut lead = Lead::new(RATE, SampleIndex(0), Mono(0));
    run(&mut lead, 0, 15, 48_000.0, |_| 0);
    assert_eq!(lead.drift(), None);
}

#[test]
fn civil_time_is_added_and_is_no_drift() {
    let mut lead = Lead::new(RATE, SampleIndex(0), Mono(0));
    run(&mut lead, 0, 5, 48_000.0, |_| 0);
    let [a, b] = [0, 37 * S].map(|civil| lead.anchor(civil));
    assert_eq!(b.tai.since(a.tai), 37 * S);
    assert_eq!((a.at, a.basis), (b.at, TimeBasis::Device));
}
