use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use audyn_model::{Gap, Rate};
use socket2::{Domain, Socket, Type};

use super::super::{Leg, MediaClock};
use super::*;
use crate::ring::Item;

/// A stream on loopback, woken by hand, and the sockets that feed its legs.
struct Rig {
    stream: Stream,
    frames: FrameReader,
    counters: Arc<StreamCounters>,
    from: Socket,
    to: Vec<SocketAddrV4>,
    batch: Batch,
    now: Mono,
    _rest: (MeterReader, Vec<Arc<LegSocket>>),
}

const START_S: i64 = 1_767_225_600;

fn rig(legs: usize, change: impl FnOnce(&mut Aes67)) -> Rig {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let to: Vec<_> = (0..legs).map(|i| SocketAddrV4::new([239, 69, 251, 1 + i as u8].into(), port)).collect();
    let mut spec = Aes67 {
        legs: to
            .iter()
            .map(|a| Leg { address: *a.ip(), port, interface: Some("lo".into()), source: None })
            .collect(),
        payload_type: 96,
        encoding: None,
        rate: Rate::HZ_48000,
        stream_channels: 2,
        pick: vec![],
        samples_per_packet: 48,
        media_clock: MediaClock::Direct { offset: 0 },
        ptp: None,
        window_ms: 100,
        receive_buffer: Aes67::RECEIVE_BUFFER,
    };
    change(&mut spec);
    let Opened { stream, frames, levels, counters, sockets } = open(&spec, 1000).unwrap();
    let from = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    from.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    Rig { stream, frames, counters, from, to, batch: Batch::new(), now: Mono(0), _rest: (levels, sockets) }
}

/// The sample of channel `c` at position `n`: 24 bits that tell both.
fn sample(n: i64, c: usize) -> i32 {
    (((n + c as i64 * 65_537) as u32) << 8).cast_signed()
}

/// Packet `number` of 48 stereo L24 frames since the start.
fn packet(number: i64) -> Vec<u8> {
    packet_of(number, 2, 1)
}

fn packet_of(number: i64, channels: usize, ssrc: u32) -> Vec<u8> {
    let at = first() + number * 48;
    let mut bytes = vec![0x80, 96];
    bytes.extend((number as u16).to_be_bytes());
    bytes.extend((at as u32).to_be_bytes());
    bytes.extend(ssrc.to_be_bytes());
    for n in at..at + 48 {
        for c in 0..channels {
            bytes.extend(&sample(n, c).to_be_bytes()[..3]);
        }
    }
    bytes
}

fn first() -> i64 {
    Utc::from_seconds(START_S).to_tai().0 / 1_000_000_000 * 48_000
}

impl Rig {
    fn send(&self, leg: usize, bytes: &[u8]) {
        self.from.send_to(bytes, &self.to[leg].into()).unwrap();
    }

    /// The thread's wake at `ms` after the start. Kernel arrival times are of another year and count as now.
    fn wake(&mut self, ms: i64) {
        self.now = Mono(ms * 1_000_000);
        let wake = Wake::new(self.now, Utc::from_seconds(START_S).plus(self.now.0));
        self.stream.wake(&mut self.batch, &wake);
    }

    /// Takes all frames; checks every sample against its position; returns the range and the gaps.
    fn take(&mut self, channels: &[usize]) -> (i64, i64, Vec<Gap>) {
        let (mut from, mut next, mut gaps) = (None, 0, vec![]);
        while let Some(item) = self.frames.take() {
            match item {
                Item::Start { .. } | Item::Anchor(_) => {}
                Item::Gap(gap) => {
                    assert_eq!(gap.at.0, next);
                    next = gap.end().0;
                    gaps.push(gap);
                }
                Item::Frames { at, block } => {
                    next = if from.is_none() { at.0 } else { next };
                    from.get_or_insert(at.0);
                    assert_eq!(at.0, next);
                    for frame in block.samples().chunks(channels.len()) {
                        for (sample_found, c) in frame.iter().zip(channels) {
                            assert_eq!(*sample_found, sample(next, *c), "channel {c} at {next}");
                        }
                        next += 1;
                    }
                    self.frames.give_back(block);
                }
            }
        }
        (from.unwrap_or(0) - first(), next - first(), gaps)
    }

    fn leg(&self, leg: usize, count: LegCount) -> u64 {
        self.counters.legs[leg].get(count)
    }
}

#[test]
fn packets_become_frames_at_their_media_time() {
    let mut rig = rig(1, |_| {});
    for n in 0..100 {
        rig.send(0, &packet(n));
        if n % 10 == 9 {
            rig.wake(n + 1);
        }
    }
    rig.stream.finish();
    assert_eq!(rig.take(&[0, 1]), (0, 4800, vec![]));
    assert_eq!(
        (rig.leg(0, LegCount::Received), rig.leg(0, LegCount::Used), rig.leg(0, LegCount::Lost)),
        (100, 100, 0)
    );
    assert_eq!(rig.counters.get(StreamCount::Frames), 4800);
}

#[test]
fn picked_channels_of_a_wide_stream_are_stored() {
    let mut rig = rig(1, |spec| {
        spec.stream_channels = 8;
        spec.pick = vec![5, 2];
    });
    for n in 0..20 {
        rig.send(0, &packet_of(n, 8, 1));
    }
    rig.wake(20);
    rig.stream.finish();
    assert_eq!(rig.take(&[5, 2]), (0, 960, vec![]));
}

#[test]
fn loss_is_a_gap_of_exact_length_and_reorder_is_none() {
    let mut rig = rig(1, |_| {});
    for n in (0..200).filter(|n| ![50, 51, 90].contains(n)) {
        let number = match n {
            100 => 103,
            103 => 100,
            n => n,
        };
        rig.send(0, &packet(number));
    }
    rig.wake(200);
    rig.wake(400);
    rig.stream.finish();
    let gap = |n: i64, len| Gap { at: SampleIndex(first() + n * 48), len, cause: GapCause::Loss };
    assert_eq!(rig.take(&[0, 1]), (0, 9600, vec![gap(50, 96), gap(90, 48)]));
    assert_eq!((rig.leg(0, LegCount::Lost), rig.leg(0, LegCount::Reordered)), (3, 3));
}

#[test]
fn two_legs_that_lose_in_turn_lose_nothing() {
    let mut rig = rig(2, |_| {});
    for n in 0..200 {
        for leg in 0..2 {
            if n % 10 != 5 * leg as i64 {
                rig.send(leg, &packet(n));
            }
        }
        if n % 10 == 9 {
            rig.wake(n + 1);
        }
    }
    rig.stream.finish();
    let (from, to, gaps) = rig.take(&[0, 1]);
    assert_eq!((from, to, gaps.len()), (0, 9600, 0));
    assert_eq!((rig.leg(0, LegCount::Lost), rig.leg(1, LegCount::Lost)), (19, 20));
}

#[test]
fn a_dead_leg_is_counted_and_not_fatal() {
    let mut rig = rig(2, |_| {});
    for n in 0..100 {
        rig.send(0, &packet(n));
        if n < 50 {
            rig.send(1, &packet(n));
        }
        if n % 10 == 9 {
            rig.wake(n + 1);
        }
    }
    rig.stream.finish();
    assert_eq!(rig.take(&[0, 1]), (0, 4800, vec![]));
    assert_eq!(rig.leg(1, LegCount::Received), 50);
    assert_eq!(rig.counters.legs[1].last_arrival(), Some(Mono(50_000_000)));
}

#[test]
fn strangers_and_garbage_are_counted_by_reason_and_cost_nothing() {
    let mut rig = rig(1, |_| {});
    for n in 0..50 {
        rig.send(0, &packet(n));
        rig.send(0, &packet_of(n, 2, 77)); // another sender at once
        let mut other_type = packet(n);
        other_type[1] = 97;
        rig.send(0, &other_type);
        rig.send(0, &packet(n)[..200]); // not whole frames
        rig.send(0, b"short");
        rig.send(0, &[0; 300]);
        rig.send(0, &vec![0x80; 3000]);
        rig.wake(n + 1);
    }
    rig.stream.finish();
    let (from, to, gaps) = rig.take(&[0, 1]);
    assert_eq!((from, to, gaps.len()), (0, 2400, 0));
    use LegCount::{ForeignPayloadType, Oversize, Short, Version, WrongSize};
    for count in [ForeignPayloadType, Oversize, Short, Version, WrongSize] {
        assert_eq!(rig.leg(0, count), 50, "{}", count.as_str());
    }
}

#[test]
fn an_outage_is_followed_by_the_clock_and_closed_exactly() {
    let mut rig = rig(1, |_| {});
    for n in 0..100 {
        rig.send(0, &packet(n));
    }
    rig.wake(100);
    let mut gaps = vec![];
    for ms in 101..12_100 {
        rig.wake(ms);
    }
    let (_, reached, early) = rig.take(&[0, 1]);
    assert!(
        reached > 10 * 48_000 && reached < 12 * 48_000,
        "the file grows during the outage, behind the clock"
    );
    gaps.extend(early);
    for n in 12_100..12_200 {
        rig.send(0, &packet(n));
    }
    rig.wake(12_200);
    rig.wake(12_400);
    rig.stream.finish();
    while let Some(item) = rig.frames.take() {
        match item {
            Item::Gap(gap) => gaps.push(gap),
            Item::Frames { at, block } => {
                assert_eq!(block.samples()[0], sample(at.0, 0));
                assert!(at.0 >= first() + 12_100 * 48);
            }
            Item::Start { .. } | Item::Anchor(_) => {}
        }
    }
    assert!(gaps.iter().all(|g| g.cause == GapCause::Outage));
    assert_eq!(gaps.iter().map(|g| g.len).sum::<u64>(), 12_000 * 48);
}

#[test]
fn the_encoding_is_told_from_the_payload() {
    let mut rig = rig(1, |_| {});
    let mut bytes = packet(0)[..12].to_vec();
    bytes.extend([0x12, 0x34].repeat(96));
    for n in 0..3_u16 {
        bytes[2..4].copy_from_slice(&n.to_be_bytes());
        bytes[4..8].copy_from_slice(&((first() + i64::from(n) * 48) as u32).to_be_bytes());
        rig.send(0, &bytes);
    }
    rig.wake(3);
    rig.stream.finish();
    let Some(Item::Start { format, .. }) = rig.frames.take() else {
        panic!("a stream begins with its format")
    };
    assert_eq!((format.bits, format.channels), (16, 2));
    let Some(Item::Frames { block, .. }) = rig.frames.take() else { panic!("frames follow") };
    assert_eq!(block.samples()[0], 0x1234_0000);
}
