use super::*;

pub const MS: i64 = 1_000_000;
pub const HZ: u32 = 48_000;

/// An RTP packet of 48 samples per number, as a sender on its schedule makes it.
pub fn packet(payload_type: u8, ssrc: u32, number: u16, step: u32, bytes: usize) -> Vec<u8> {
    let mut packet = vec![0x80, payload_type];
    packet.extend(number.to_be_bytes());
    packet.extend((u32::from(number) * step).to_be_bytes());
    packet.extend(ssrc.to_be_bytes());
    packet.resize(12 + bytes, 0);
    packet
}

/// A tally of packets with these numbers, sent every millisecond: what is missing takes its time, what comes late a
/// millisecond more.
pub fn tally(payload_type: u8, numbers: impl IntoIterator<Item = u16>) -> Tally {
    let mut tally = Tally::default();
    let (mut ms, mut highest) = (0, 0);
    for number in numbers {
        ms += i64::from(number.saturating_sub(highest)).max(1);
        highest = number.max(highest);
        tally.add(SENDER, &packet(payload_type, 7, number, 48, 288), Mono(ms * MS), HZ);
    }
    tally
}

pub const SENDER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);

#[test]
fn loss_order_and_copies_are_told_apart() {
    let check = |numbers: &[u16], window_ms: i64, expected: (u64, u64, u64, i64)| {
        let tally = tally(96, numbers.iter().copied());
        let flow = tally.main(96).unwrap();
        let found = (flow.lost(window_ms * MS), flow.reordered, flow.duplicates, flow.latest_ns / MS);
        assert_eq!(found, expected, "{numbers:?}");
    };
    check(&[1, 2, 3, 4], 0, (0, 0, 0, 0));
    check(&[65_534, 65_535, 0, 1], 0, (0, 0, 0, 0));
    check(&[1, 3, 4, 5], 1, (1, 0, 0, 0));
    check(&[1, 3, 2, 4], 0, (0, 1, 0, 1));
    check(&[1, 3, 4, 5, 2], 0, (0, 1, 0, 3));
    check(&[1, 2, 2, 3], 0, (0, 0, 1, 0));
    check(&[5, 4, 6], 0, (0, 1, 0, 0));
    // Missed just now: it may still come.
    check(&[1, 2, 4], 100, (0, 0, 0, 0));
    // A sender that began anew has lost nothing.
    check(&[1, 2, 40_000, 40_001], 0, (0, 0, 0, 0));
}

#[test]
fn packets_are_sorted_by_sender_and_strangers_are_bounded() {
    let mut tally = Tally::default();
    for i in 0..100_u32 {
        tally.add(SENDER, &packet(96, i, 1, 48, 6), Mono(0), HZ);
    }
    tally.add(SENDER, b"not RTP", Mono(0), HZ);
    assert_eq!((tally.packets, tally.flows.len(), tally.beyond, tally.not_rtp), (101, STREAMS, 84, 1));
}

#[test]
fn a_second_sender_is_one_that_goes_on_at_the_same_time() {
    let sent = |tally: &mut Tally, ssrc, from: u16, to: u16| {
        for n in from..to {
            tally.add(SENDER, &packet(96, ssrc, n, 48, 6), Mono(i64::from(n) * MS), HZ);
        }
    };
    let mut restarted = Tally::default();
    sent(&mut restarted, 1, 0, 100);
    sent(&mut restarted, 2, 100, 150);
    assert!(restarted.rival(restarted.main(96).unwrap()).is_none());
    let mut both = Tally::default();
    sent(&mut both, 1, 0, 100);
    sent(&mut both, 2, 50, 90);
    assert_eq!(both.rival(both.main(96).unwrap()).map(|flow| flow.ssrc), Some(2));
}

#[test]
fn jitter_is_counted_by_how_far_packets_are_off_their_media_time() {
    let mut tally = Tally::default();
    for (number, at_us) in [(0, 0), (1, 1000), (2, 2000), (3, 6000), (4, 7000)] {
        tally.add(SENDER, &packet(96, 1, number, 48, 6), Mono(at_us * 1000), HZ);
    }
    let flow = tally.main(96).unwrap();
    let bin = |us: u32| flow.jitter[JITTER_EDGES_US.iter().position(|edge| *edge == us).unwrap()];
    assert_eq!((bin(50), bin(5000)), (3, 1));
    assert_eq!(flow.longest_ns, 4 * MS);
    assert_eq!(flow.step, Some(48));
}

#[test]
fn holes_without_end_stay_bounded() {
    let tally = tally(96, (0..60_000).step_by(100));
    let flow = tally.main(96).unwrap();
    assert!(flow.holes.len() <= HOLES);
    assert_eq!(flow.lost(i64::MIN), 599 * 99);
}
