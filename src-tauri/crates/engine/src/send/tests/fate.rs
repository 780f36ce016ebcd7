//! What impairments do to packets, and what a receiver sees of it.

use std::collections::BTreeSet;

use super::*;
use crate::send::impair::{Action, Burst, Garbage, What, impair};
use crate::send::random::Random;

const MS: u64 = 1_000_000;

/// The fates of packets 0 to `packets`, in order.
fn fates(rules: &Impairments, packets: u64, legs: usize) -> Vec<(u64, Action)> {
    let mut random = Random::new(7, 1);
    let mut all = Vec::new();
    for number in 0..packets {
        let mut actions = Vec::new();
        impair(rules, number, MS, legs, &mut random, &mut actions);
        all.extend(actions.into_iter().map(|action| (number, action)));
    }
    all
}

fn lost(rules: &Impairments, packets: u64, leg: usize) -> Vec<u64> {
    let lost = |(_, a): &&(u64, Action)| a.what == What::Lost && a.leg == leg;
    fates(rules, packets, 2).iter().filter(lost).map(|(n, _)| *n).collect()
}

#[test]
fn without_rules_every_packet_leaves_once_on_each_leg_and_on_time() {
    assert!(Impairments::default().are_none());
    let expected: Vec<_> = (0..50)
        .flat_map(|n| [0, 1].map(|leg| (n, Action { leg, what: What::Packet, delay_ns: 0 })))
        .collect();
    assert_eq!(fates(&Impairments::default(), 50, 2), expected);
}

#[test]
fn losses_fall_where_the_rules_say() {
    let none = Impairments::default();
    let burst = Impairments { burst: Some(Burst { length: 2, every: 10 }), ..none.clone() };
    assert_eq!(lost(&burst, 25, 0), [8, 9, 18, 19]);
    assert_eq!(lost(&burst, 25, 1), [8, 9, 18, 19]);
    let turns = Impairments { alternate_loss: 3, ..none.clone() };
    assert_eq!(lost(&turns, 20, 0), [0, 6, 12, 18]);
    assert_eq!(lost(&turns, 20, 1), [3, 9, 15]);
    let every = Impairments { alternate_loss: 1, ..none.clone() };
    assert_eq!((lost(&every, 4, 0), lost(&every, 4, 1)), (vec![0, 2], vec![1, 3]));
    let own = Impairments { loss_ppm: 1_000_000, leg_loss_ppm: [Some(0), None], ..none.clone() };
    assert_eq!((lost(&own, 9, 0).len(), lost(&own, 9, 1).len()), (0, 9));
    for rules in [burst, turns, every, own] {
        assert!(!rules.are_none());
    }
}

#[test]
fn shares_are_met_and_a_seed_repeats_them() {
    let share = |rules: Impairments, what: fn(&What) -> bool| {
        let all = fates(&rules, 100_000, 1);
        assert_eq!(all, fates(&rules, 100_000, 1));
        all.iter().filter(|(_, a)| what(&a.what)).count()
    };
    let none = Impairments::default();
    let about = |count: usize| assert!((9_600..10_400).contains(&count), "{count} of 100000, expected 10 %");
    about(share(Impairments { loss_ppm: 100_000, ..none.clone() }, |w| *w == What::Lost));
    about(share(Impairments { reorder_ppm: 100_000, ..none.clone() }, |w| *w == What::Late));
    about(share(Impairments { duplicate_ppm: 100_000, ..none.clone() }, |w| *w == What::Duplicate));
    about(share(Impairments { garbage_ppm: 100_000, ..none }, |w| matches!(w, What::Garbage(_))));
}

#[test]
fn legs_lose_independently() {
    let rules = Impairments { loss_ppm: 100_000, ..Impairments::default() };
    let (a, b): (BTreeSet<_>, BTreeSet<_>) =
        (lost(&rules, 10_000, 0).into_iter().collect(), lost(&rules, 10_000, 1).into_iter().collect());
    assert!((50..150).contains(&a.intersection(&b).count()), "1 % is lost on both");
}

#[test]
fn delays_add_up_and_a_late_packet_falls_between_two_others() {
    let rules = Impairments {
        delay_ns: 5 * MS,
        leg_skew_ns: 3 * MS,
        reorder_ppm: 1_000_000,
        reorder_depth: 2,
        ..Impairments::default()
    };
    let all = fates(&rules, 1, 2);
    let late = |leg, delay_ns| (0, Action { leg, what: What::Late, delay_ns });
    assert_eq!(all, [late(0, 7 * MS + MS / 2), late(1, 10 * MS + MS / 2)]);
    let jitter = Impairments { jitter_ns: 4 * MS, ..Impairments::default() };
    let delays: Vec<_> = fates(&jitter, 1000, 1).iter().map(|(_, a)| a.delay_ns).collect();
    assert!(
        delays.iter().all(|d| *d < 4 * MS)
            && delays.iter().any(|d| *d > 3 * MS)
            && delays.iter().any(|d| *d < MS)
    );
}

/// What an ear hears of an impaired plan.
fn hear(change: impl FnOnce(&mut Plan)) -> (Vec<Vec<u8>>, Summary) {
    let ear = Ear::unicast();
    let mut plan = Plan { first_sequence: Some(0), duration: Some(Duration::from_secs(1)), ..plan(ear.1) };
    change(&mut plan);
    let summary = send(plan);
    (ear.drain(), summary)
}

fn sequences(heard: &[Vec<u8>]) -> Vec<u16> {
    heard.iter().map(|d| sequence(d)).collect()
}

#[test]
fn jitter_never_overtakes_and_loses_nothing() {
    let (heard, summary) = hear(|plan| plan.impairments.jitter_ns = 20 * MS);
    assert_eq!(sequences(&heard), (0..1000).collect::<Vec<_>>());
    assert_eq!(summary.total(|leg| leg.sent), 1000);
}

#[test]
fn a_reordered_packet_arrives_behind_as_many_as_asked() {
    let (heard, summary) = hear(|plan| {
        plan.impairments.reorder_ppm = 10_000;
        plan.impairments.reorder_depth = 3;
    });
    let order = sequences(&heard);
    let moved: Vec<usize> =
        (0..1000).filter(|i| order[*i] < order[..*i].iter().copied().max().unwrap_or(0)).collect();
    assert!(!moved.is_empty());
    assert_eq!(summary.total(|leg| leg.reordered), moved.len() as u64);
    // Alone in its neighbourhood, a packet is three places late.
    let alone = moved.iter().find(|i| !moved.iter().any(|j| j != *i && j.abs_diff(**i) < 8)).unwrap();
    let number = order[*alone];
    assert_eq!(order[alone - 3..=*alone], [number + 1, number + 2, number + 3, number]);
    let mut sorted = order;
    sorted.sort_unstable();
    assert_eq!(sorted, (0..1000).collect::<Vec<_>>());
}

#[test]
fn what_is_heard_and_what_is_counted_agree() {
    let (heard, summary) = hear(|plan| {
        plan.impairments = Impairments {
            loss_ppm: 50_000,
            duplicate_ppm: 50_000,
            garbage_ppm: 50_000,
            other_ssrc: true,
            ..Impairments::default()
        };
        plan.incidents.outages = vec![(Duration::from_millis(100), Duration::from_millis(50))];
    });
    let leg = summary.streams[0].legs[0];
    assert_eq!(leg.silenced, 50);
    assert_eq!(leg.sent + leg.lost, 950);
    assert_eq!(leg.others, 950);
    assert!(leg.lost > 0 && leg.duplicates > 0 && leg.garbage > 0);
    assert_eq!(heard.len() as u64, leg.sent + leg.duplicates + leg.garbage + leg.others);
    let whole = |d: &&Vec<u8>| d.len() == 300 && d[..2] == [0x80, 96];
    let own: Vec<_> = heard.iter().filter(whole).filter(|d| ssrc(d) == 0x0102_0304).collect();
    assert_eq!(own.len() as u64, leg.sent + leg.duplicates);
    assert_eq!(heard.iter().filter(whole).filter(|d| ssrc(d) == !0x0102_0304).count() as u64, leg.others);
    // The outage, and time going on behind it.
    let of_own: Vec<_> = own.iter().map(|d| sequence(d)).collect();
    assert!(of_own.contains(&99) || of_own.contains(&98));
    assert!(!of_own.iter().any(|n| (100..150).contains(n)));
}

#[test]
fn garbage_is_never_a_packet() {
    let whole = {
        let (heard, _) = hear(|plan| plan.duration = Some(Duration::from_millis(1)));
        heard.into_iter().next().unwrap()
    };
    for kind in Garbage::ALL {
        let spoilt = crate::send::packet::spoil(kind, &whole);
        let accepted =
            crate::rtp::packet::Packet::parse(&spoilt).is_ok_and(|p| p.payload.len().is_multiple_of(6));
        assert!(!accepted, "{kind:?}");
    }
}

#[test]
fn legs_carry_the_same_bytes() {
    let (a, b) = (Ear::unicast(), Ear::new(Ipv4Addr::new(239, 255, 71, 2)));
    let mut plan = plan(a.1);
    plan.legs.push(LegPlan { to: b.1, by: Some(Local::Name("lo".into())) });
    plan.signal = SignalPlan::Index;
    assert_eq!(send(plan.clone()).total(|leg| leg.sent), 200);
    let (of_a, of_b) = (a.drain(), b.drain());
    assert_eq!(of_a.len(), 100);
    assert_eq!(of_a, of_b);
    // Whatever A loses by turns, B has, and the reverse.
    plan.impairments.alternate_loss = 2;
    let summary = send(plan);
    assert_eq!(summary.total(|leg| leg.lost), 50);
    let (of_a, of_b) = (a.drain(), b.drain());
    let both: BTreeSet<_> = of_a.iter().chain(&of_b).map(|d| sequence(d)).collect();
    assert_eq!((of_a.len(), of_b.len(), both.len()), (75, 75, 100));
}
