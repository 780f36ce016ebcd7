use proptest::prelude::*;

use super::*;
use crate::ptp::message::tests::{announce_bytes, raw, stamp};

/// 2026-11-21T12:00:00Z.
const UTC: i64 = 1_795_262_400 * NS;
const LEAP: i64 = 37 * NS;

fn at(ns: i64) -> Stamp {
    Stamp { mono: Mono(ns), utc: Utc(UTC + ns) }
}

fn id(clock: u8) -> ClockIdentity {
    ClockIdentity([0, 0x11, 0x22, 0xFF, 0xFE, 0, 0, clock])
}

fn grandmaster(clock: u8, priority1: u8) -> Announce {
    Announce {
        grandmaster: id(clock),
        priority1,
        class: 6,
        accuracy: 0x21,
        priority2: 128,
        time_source: 0x20,
        utc_offset: 37,
        utc_offset_valid: true,
        ptp_timescale: true,
        time_traceable: true,
        ..Announce::default()
    }
}

/// Masters on a network, and who listens.
#[derive(Default)]
struct Plant {
    monitor: Monitor,
    now: i64,
    sequence: u16,
}

impl Plant {
    /// A second goes by in which these masters (domain, announce, seconds their clock is ahead of TAI) announce themselves
    /// once and send their time twice, two-step, with half a millisecond of delay.
    fn second(&mut self, masters: &[(u8, Announce, i64)]) {
        self.sequence = self.sequence.wrapping_add(1);
        for (domain, announce, ahead) in masters {
            let clock = announce.grandmaster.0[7];
            let mut bytes = announce_bytes(*domain, clock, self.sequence, announce);
            bytes[33] = 0;
            self.monitor.hear(1, &bytes, at(self.now));
            for half in 0..2_i64 {
                let sent = self.now + half * NS / 2;
                let (number, shown) = (self.sequence * 2 + half as u16, UTC + LEAP + sent + ahead * NS);
                let sync = raw(0x0, *domain, clock, number, [2, 0], &stamp(0));
                let follow_up = raw(0x8, *domain, clock, number, [0, 0], &stamp(shown));
                self.monitor.hear(1, &sync, at(sent + 500_000 + half * 1000));
                self.monitor.hear(1, &follow_up, at(sent + 600_000));
            }
        }
        self.now += NS;
    }

    fn look(&mut self) -> Vec<DomainView> {
        self.monitor.look(at(self.now))
    }

    fn only(&mut self) -> DomainView {
        let views = self.look();
        assert_eq!(views.len(), 1);
        views.into_iter().next().unwrap()
    }
}

#[test]
fn a_grandmaster_is_believed_followed_and_missed() {
    let mut plant = Plant::default();
    let master = [(0, grandmaster(1, 128), 0)];
    plant.second(&master);
    assert_eq!(plant.only().state, PtpState::Listening, "one announcement may be anybody's");
    plant.second(&master);
    plant.second(&master);
    let view = plant.only();
    assert_eq!(
        (view.state, view.grandmaster(), view.masters, view.changes),
        (PtpState::Locked, Some(id(1)), 1, 0)
    );
    assert_eq!(view.since, Some(Utc(UTC + 2 * NS + NS)), "from the look that found it");
    // Half a millisecond of delay makes PTP look late by that much; the least delayed counts.
    assert_eq!((view.offset_ns, view.uncertainty_ns), (Some(-500_000), Some(500)));
    let master = view.master.unwrap();
    assert_eq!((master.interval_ns, master.announced, master.missed, master.times), (NS, 3, 0, 6));
    // Three intervals and a little: gone.
    plant.now += 3 * NS;
    assert_eq!(plant.only().state, PtpState::Lost);
    let view = plant.only();
    assert_eq!((view.masters, view.offset_ns, view.sanity), (0, None, Sanity::Unknown));
    assert_eq!(view.master.unwrap().announce.grandmaster, id(1), "who it was is still known");
}

#[test]
fn lost_announcements_are_counted_and_it_comes_back_as_itself() {
    let mut plant = Plant::default();
    let master = [(0, grandmaster(1, 128), 0)];
    for _ in 0..3 {
        plant.second(&master);
    }
    plant.sequence += 2;
    plant.now += NS;
    plant.second(&master);
    let view = plant.only();
    assert_eq!((view.state, view.master.unwrap().missed), (PtpState::Locked, 2));
    plant.now += 10 * NS;
    assert_eq!(plant.only().state, PtpState::Lost);
    for _ in 0..2 {
        plant.second(&master);
    }
    let view = plant.only();
    assert_eq!((view.state, view.changes), (PtpState::Locked, 0), "the same one is no change");
    assert_eq!(view.since, Some(Utc(UTC + plant.now)));
}

#[test]
fn a_better_grandmaster_takes_over_and_that_is_news_for_a_minute() {
    let mut plant = Plant::default();
    let (old, new) = ((0, grandmaster(1, 128), 0), (0, grandmaster(2, 100), 0));
    for _ in 0..3 {
        plant.second(&[old]);
        plant.look();
    }
    for _ in 0..2 {
        plant.second(&[old, new]);
    }
    let view = plant.only();
    assert_eq!((view.state, view.masters, view.changes), (PtpState::Changed, 2, 1));
    assert_eq!((view.grandmaster(), view.previous), (Some(id(2)), Some(id(1))));
    for _ in 0..60 {
        plant.second(&[new]);
    }
    let view = plant.only();
    assert_eq!((view.state, view.masters, view.changes), (PtpState::Locked, 1, 1));
}

#[test]
fn domains_are_kept_apart() {
    let mut plant = Plant::default();
    for _ in 0..3 {
        plant.second(&[(0, grandmaster(1, 128), 0), (127, grandmaster(2, 1), -3)]);
    }
    let views = plant.look();
    let found: Vec<_> = views.iter().map(|v| (v.domain, v.state, v.grandmaster().unwrap())).collect();
    assert_eq!(found, [(0, PtpState::Locked, id(1)), (127, PtpState::Insane, id(2))]);
    plant.monitor.forget(1);
    assert!(plant.look().is_empty());
}

#[test]
fn a_time_that_cannot_be_right_is_named() {
    let check = |ahead: i64, announce: Announce, expected: Sanity, state: PtpState| {
        let mut plant = Plant::default();
        for _ in 0..3 {
            plant.second(&[(0, announce, ahead)]);
        }
        let view = plant.only();
        assert_eq!((view.sanity, view.state), (expected, state), "{ahead} s ahead");
        assert_eq!(view.sanity.sentence().is_some(), view.sanity.is_insane());
        view
    };
    let good = grandmaster(1, 128);
    check(0, good, Sanity::Sane, PtpState::Locked);
    check(-(UTC / NS + 37) + 500, good, Sanity::Epoch1970, PtpState::Insane);
    check(-37, good, Sanity::Utc, PtpState::Insane);
    check(37, good, Sanity::Twice, PtpState::Insane);
    check(-7200, good, Sanity::Off(-7200), PtpState::Insane);
    check(86_400, good, Sanity::Off(86_400), PtpState::Insane);
    // ptp4l without a hardware clock: UTC, and it says that this is no PTP timescale.
    let own = Announce { ptp_timescale: false, ..good };
    let view = check(-37, own, Sanity::Sane, PtpState::Locked);
    assert_eq!((view.counts_utc, view.offset_ns), (true, Some(-500_000)));
    check(-(UTC / NS + 37) + 500, own, Sanity::Epoch1970, PtpState::Insane);
    let view = check(0, Announce { utc_offset: 36, ..good }, Sanity::Sane, PtpState::Locked);
    assert_eq!(view.wrong_utc_offset, Some(36));
    let view =
        check(0, Announce { utc_offset: 0, utc_offset_valid: false, ..good }, Sanity::Sane, PtpState::Locked);
    assert_eq!(view.wrong_utc_offset, None, "it does not say that this is right");
}

#[test]
fn without_a_time_a_master_is_not_locked() {
    let mut plant = Plant::default();
    for n in 0..5 {
        plant.monitor.hear(1, &announce_bytes(0, 1, n, &grandmaster(1, 128)), at(plant.now));
        plant.now += NS;
    }
    assert_eq!((plant.only().state, plant.only().masters), (PtpState::Listening, 1));
}

#[test]
fn a_step_of_the_machines_clock_does_not_mix_two_truths() {
    let mut plant = Plant::default();
    for _ in 0..20 {
        plant.second(&[(0, grandmaster(1, 128), 0)]);
    }
    for _ in 0..2 {
        plant.second(&[(0, grandmaster(1, 128), -100)]);
    }
    let view = plant.only();
    assert_eq!((view.sanity, view.uncertainty_ns), (Sanity::Off(-100), Some(500)));
}

#[test]
fn a_flood_of_masters_neither_grows_the_tables_nor_hides_the_best() {
    let mut plant = Plant::default();
    let master = [(0, grandmaster(1, 1), 0)];
    for round in 0..50_u16 {
        for clock in 2..=255 {
            let sequence = round * 2;
            for n in 0..2 {
                let bytes = announce_bytes(0, clock, sequence + n, &grandmaster(clock, 200));
                plant.monitor.hear(1, &bytes, at(plant.now));
            }
            plant.monitor.hear(
                1,
                &announce_bytes(clock, clock, sequence, &grandmaster(clock, 200)),
                at(plant.now),
            );
        }
        plant.second(&master);
    }
    let views = plant.look();
    assert!(views.len() <= DOMAINS, "{}", views.len());
    let domain = views.iter().find(|view| view.domain == 0).unwrap();
    assert_eq!((domain.grandmaster(), domain.masters <= PORTS as u32), (Some(id(1)), true));
    assert!(plant.monitor.counts().crowded > 1000);
}

proptest! {
    #[test]
    fn whatever_neighbours_send_the_tables_keep_their_size(
        messages in proptest::collection::vec((0_u32..3, proptest::collection::vec(any::<u8>(), 0..80), -5..200_000_000_000_i64), 0..200)
    ) {
        let mut monitor = Monitor::default();
        for (slot, mut bytes, ns) in messages {
            if bytes.len() > 44 {
                let length = bytes.len() as u8;
                bytes[0] &= 0x0B;
                bytes[1..4].copy_from_slice(&[2, 0, length]);
            }
            monitor.hear(slot, &bytes, at(ns));
            let views = monitor.look(at(ns));
            prop_assert!(views.len() <= DOMAINS);
            prop_assert!(views.iter().all(|view| view.masters as usize <= PORTS));
        }
    }
}
