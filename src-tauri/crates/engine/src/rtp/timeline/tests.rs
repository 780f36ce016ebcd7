use super::*;

const RATE: Rate = Rate::HZ_48000;
const FRAMES: u32 = 48;
/// 2026-01-01T00:00:00 UTC in TAI seconds.
const START: i64 = 1_767_225_637;

/// A sender on an exact clock, seen through a network with a delay of 1 ms.
struct Plant {
    timeline: Timeline,
    /// Nanoseconds since START on a clock that never steps.
    now_ns: i64,
    /// What the host's civil clock is off by.
    host_step_ns: i64,
    head: Head,
    next: SampleIndex,
    held: Vec<Head>,
    out: Vec<SampleIndex>,
}

impl Plant {
    fn new(clock: MediaClock, timestamp: u32) -> Self {
        Self {
            timeline: Timeline::new(RATE, clock),
            now_ns: 0,
            host_step_ns: 0,
            head: Head { ssrc: 1, sequence: 65_530, timestamp, frames: FRAMES },
            next: SampleIndex(i64::MIN),
            held: Vec::new(),
            out: Vec::new(),
        }
    }

    /// A sender whose timestamps are TAI samples plus an offset.
    fn direct(offset: u32) -> Self {
        Self::new(MediaClock::Direct { offset }, (START * 48_000) as u32).with_offset(offset)
    }

    fn with_offset(mut self, offset: u32) -> Self {
        self.head.timestamp = self.head.timestamp.wrapping_add(offset);
        self
    }

    /// One packet leaves and arrives; time moves on by its length.
    fn send(&mut self) -> Verdict {
        let verdict = self.offer(self.head);
        self.pass(1);
        verdict
    }

    /// One packet time passes in which nothing is sent, `count` times.
    fn pass(&mut self, count: u32) {
        for _ in 0..count {
            self.now_ns += 1_000_000;
            self.head.sequence = self.head.sequence.wrapping_add(1);
            self.head.timestamp = self.head.timestamp.wrapping_add(FRAMES);
        }
    }

    fn offer(&mut self, head: Head) -> Verdict {
        let ns = self.now_ns + 2_000_000;
        let arrival = Arrival { mono: Mono(ns), tai: Tai::from_seconds(START).plus(ns + self.host_step_ns) };
        let verdict = self.timeline.place(&head, arrival, self.next);
        match verdict {
            Verdict::At(index) => self.give(index),
            Verdict::AtAlone(index) => {
                self.held.clear();
                self.give(index);
            }
            Verdict::Hold => self.held.push(head),
            Verdict::Adopted => {
                self.held.push(head);
                for held in std::mem::take(&mut self.held) {
                    if self.timeline.belongs(&held) {
                        self.give(self.timeline.index_of(held.timestamp));
                    }
                }
            }
        }
        verdict
    }

    fn give(&mut self, index: SampleIndex) {
        self.next = self.next.max(index.plus(i64::from(FRAMES)));
        self.out.push(index);
    }

    /// Where the packet sent `packets` ago truly belongs.
    fn truth(&self, packets: i64) -> SampleIndex {
        SampleIndex(START * 48_000 + self.now_ns / 1_000_000 * 48 - packets * 48)
    }

    fn run(&mut self, packets: u32) {
        (0..packets).for_each(|_| {
            self.send();
        });
    }
}

#[test]
fn a_media_clock_gives_absolute_positions_with_any_offset() {
    for offset in [0, 1, 2_911_906_980, u32::MAX] {
        let mut plant = Plant::direct(offset);
        plant.run(5);
        assert_eq!(
            plant.out,
            (1..=5).rev().map(|ago| plant.truth(ago)).collect::<Vec<_>>(),
            "offset {offset}"
        );
        assert_eq!(plant.timeline.anchor(), Anchor::direct(RATE, TimeBasis::MediaClock));
    }
}

#[test]
fn undeclared_timestamps_that_agree_with_tai_are_taken_as_a_media_clock() {
    let mut plant = Plant::new(MediaClock::Undeclared, (START * 48_000) as u32);
    plant.run(2);
    assert_eq!(plant.timeline.anchor().basis, TimeBasis::AssumedMediaClock);
    assert_eq!(plant.out[0], plant.truth(2));
}

#[test]
fn an_epoch_that_is_off_is_not_believed() {
    for off_s in [-37, 2, 3600, 40_000] {
        let mut plant = Plant::new(MediaClock::Direct { offset: 0 }, ((START + off_s) * 48_000) as u32);
        plant.run(2);
        assert_eq!(plant.timeline.anchor().basis, TimeBasis::Arrival, "{off_s} s off");
        let error = plant.out[0].since(plant.truth(2));
        assert!((0..=96).contains(&error), "off by {error} samples: the network's delay at most");
    }
}

#[test]
fn timestamp_and_sequence_wraps_are_no_event() {
    // The timestamp wraps after 10 packets, the sequence number after 6.
    let mut plant = Plant::new(MediaClock::Free, u32::MAX - 480);
    plant.run(200_000);
    let first = plant.out[0];
    assert!(plant.out.iter().enumerate().all(|(i, index)| index.since(first) == i as i64 * 48));
    assert_eq!(plant.timeline.restarts(), 0);
}

#[test]
fn an_outage_of_any_length_is_closed_exactly() {
    for (clock, seconds) in [
        (MediaClock::Direct { offset: 0 }, 12),
        (MediaClock::Direct { offset: 0 }, 3600),
        (MediaClock::Free, 12),
        (MediaClock::Free, 3 * 3600),
        (MediaClock::Free, 30 * 3600), // more than a whole wrap of the timestamp
    ] {
        let mut plant = Plant::new(clock, (START * 48_000) as u32);
        plant.run(100);
        let before = plant.out[99];
        plant.pass(seconds * 1000);
        plant.run(10);
        assert_eq!(
            plant.out[100].since(before),
            i64::from(seconds * 1000 + 1) * 48,
            "{clock:?}, {seconds} s"
        );
        assert_eq!(plant.timeline.restarts(), 0);
    }
}

#[test]
fn a_reordered_packet_keeps_its_place() {
    let mut plant = Plant::direct(0);
    plant.run(10);
    let early = plant.head;
    plant.pass(1);
    plant.send();
    assert_eq!(plant.offer(early), Verdict::At(plant.truth(2)));
}

#[test]
fn a_stray_packet_with_wild_numbers_moves_nothing() {
    let mut plant = Plant::direct(0);
    plant.run(10);
    let stray = Head {
        timestamp: plant.head.timestamp ^ 0x4000_0000,
        sequence: plant.head.sequence ^ 0x3000,
        ..plant.head
    };
    assert_eq!(plant.offer(stray), Verdict::Hold);
    assert_eq!(plant.send(), Verdict::AtAlone(plant.truth(1)));
    assert!(plant.held.is_empty());
}

#[test]
fn a_restarted_sender_with_a_media_clock_is_at_its_true_place_from_its_first_packet() {
    let mut plant = Plant::direct(0);
    plant.run(100);
    plant.pass(3000);
    plant.head.ssrc = 2;
    plant.head.sequence = 77;
    plant.run(10);
    assert_eq!(plant.out[100], plant.truth(10));
    assert_eq!((plant.out.len(), plant.timeline.restarts()), (110, 1));
}

#[test]
fn a_restarted_sender_with_other_timestamps_is_placed_by_the_clock() {
    for ssrc in [1, 2] {
        let mut plant = Plant::new(MediaClock::Free, 5);
        plant.run(5000);
        let offset = plant.out[0].since(SampleIndex(START * 48_000));
        plant.pass(12_000);
        plant.head = Head { ssrc, sequence: 77, timestamp: 0xDEAD_BEEF, frames: FRAMES };
        plant.run(10);
        let error = plant.out[5000].since(plant.truth(10)) - offset;
        assert!(error.abs() <= 48, "ssrc {ssrc}: off by {error} samples after 12 s");
        assert_eq!(plant.timeline.restarts(), 1);
    }
}

#[test]
fn a_sender_that_changes_only_its_id_loses_no_packet_and_no_place() {
    let mut plant = Plant::new(MediaClock::Free, 5);
    plant.run(1000);
    plant.head.ssrc = 2;
    plant.run(200);
    let first = plant.out[0];
    assert_eq!(plant.out.len(), 1200);
    assert!(plant.out.iter().enumerate().all(|(i, index)| index.since(first) == i as i64 * 48));
}

#[test]
fn of_two_senders_at_once_the_first_is_kept() {
    let mut plant = Plant::direct(0);
    plant.run(10);
    for _ in 0..1000 {
        let other = Head { ssrc: 9, ..plant.head };
        plant.offer(other);
        assert!(matches!(plant.send(), Verdict::At(_) | Verdict::AtAlone(_)));
        assert!(plant.held.len() < 60, "what is held is bounded");
    }
    assert_eq!((plant.out.len(), plant.timeline.restarts()), (1010, 0));
}

#[test]
fn of_two_senders_from_the_start_one_is_taken_whole() {
    let mut plant = Plant::direct(0);
    for _ in 0..100 {
        plant.offer(Head { ssrc: 9, sequence: plant.head.sequence ^ 0x5555, ..plant.head });
        plant.send();
    }
    let ssrcs = plant.timeline.sender.map(|s| s.ssrc);
    assert!(ssrcs.is_some());
    assert_eq!(plant.out.len(), 100);
    assert_eq!(plant.out[0], plant.truth(100));
}

#[test]
fn a_step_of_the_hosts_clock_moves_no_sample() {
    for clock in [MediaClock::Free, MediaClock::Direct { offset: 0 }] {
        let mut plant = Plant::new(clock, (START * 48_000) as u32);
        plant.run(1000);
        plant.host_step_ns = 3_600_000_000_000;
        plant.run(20_000);
        let first = plant.out[0];
        assert!(plant.out.iter().enumerate().all(|(i, index)| index.since(first) == i as i64 * 48));
        let anchor = plant.timeline.anchor();
        if anchor.basis == TimeBasis::Arrival {
            let civil = anchor.tai_at(plant.truth(0)).since(Tai::from_seconds(START).plus(plant.now_ns));
            assert!((civil - 3_600_000_000_000).abs() < 10_000_000, "the anchor follows the host's clock");
        }
    }
}

#[test]
fn arrival_anchors_follow_drift_without_moving_samples() {
    // The sender is 100 ppm fast: 1 packet more in 10 000.
    let mut plant = Plant::new(MediaClock::Free, 5);
    for _ in 0..120 {
        for _ in 0..1000 {
            plant.send();
            plant.now_ns -= 100;
        }
    }
    let newest = *plant.out.last().unwrap();
    let arrived = Tai::from_seconds(START).plus(plant.now_ns + 1_000_000);
    let error = plant.timeline.anchor().tai_at(newest.plus(48)).since(arrived);
    assert!(error.abs() < 2_000_000, "{error} ns after 12 ms of drift");
}

#[test]
fn a_change_of_packet_size_is_no_jump() {
    let mut plant = Plant::direct(0);
    plant.run(10);
    let mut head = Head { frames: 6, ..plant.head };
    let index = plant.truth(0);
    for i in 0..8 {
        assert_eq!(plant.offer(head), Verdict::At(index.plus(i * 6)));
        head.sequence = head.sequence.wrapping_add(1);
        head.timestamp = head.timestamp.wrapping_add(6);
    }
}
