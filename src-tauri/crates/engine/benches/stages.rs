//! What each stage costs a packet, and the whole path from the kernel's socket to the ring, with one leg and with two.
//!
//! ```text
//! cargo bench -p audyn-engine --bench stages
//! ```
//!
//! Unless it says otherwise a packet is 1 ms of stereo L24 at 48 kHz: 48 frames, 288 bytes of payload.

#![allow(missing_docs, clippy::unwrap_used)]

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsFd;

use audyn_engine::align::{Align, Sink};
use audyn_engine::meter::meter;
use audyn_engine::ring::{FrameReader, Item};
use audyn_engine::rt::{Batch, SystemClock, grow_receive_buffer, receive_options};
use audyn_engine::rtp::packet::Packet;
use audyn_engine::rtp::payload::{Encoding, Pick, unpack};
use audyn_engine::rtp::timeline::{Arrival, Head, Timeline};
use audyn_engine::source::StreamCount;
use audyn_engine::source::aes67::{Aes67, Leg, MediaClock, Opened, Wake, open};
use audyn_model::{AudioFormat, Clock, GapCause, Mono, Rate, SampleIndex, Tai};
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use socket2::{Domain, Socket, Type};

/// Frames of one packet.
const FRAMES: usize = 48;
/// Packets the window is offered in one run.
const PACKETS: usize = 160;
/// Packets of one wake-up: what comes in 10 ms, and what has come after a stall.
const WAKES: [usize; 2] = [10, 160];

fn main() {
    divan::main();
}

/// Stage 2: bytes to a view of the packet.
#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let packet = packet(7, 2, Encoding::L24);
    bencher
        .counter(ItemsCount::new(1_usize))
        .bench_local(|| Packet::parse(black_box(&packet)).unwrap().payload.len());
}

/// Stage 3: media time to a position.
#[divan::bench]
fn place(bencher: Bencher<'_, '_>) {
    let mut timeline = Timeline::new(Rate::HZ_48000, MediaClock::Free);
    let mut number = 0_u32;
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        number = number.wrapping_add(1);
        let head = Head {
            ssrc: 1,
            sequence: number as u16,
            timestamp: number.wrapping_mul(FRAMES as u32),
            frames: FRAMES as u32,
        };
        let ns = i64::from(number) * 1_000_000;
        timeline.place(&head, Arrival { mono: Mono(ns), tai: Tai(ns) }, SampleIndex(0))
    });
}

/// Between stages 4 and 5: payload to samples.
#[divan::bench_group]
mod unpacked {
    use super::*;

    #[divan::bench]
    fn l24(bencher: Bencher<'_, '_>) {
        run(bencher, Encoding::L24, &Pick::all(2));
    }

    #[divan::bench]
    fn l16(bencher: Bencher<'_, '_>) {
        run(bencher, Encoding::L16, &Pick::all(2));
    }

    #[divan::bench]
    fn l24_two_of_eight(bencher: Bencher<'_, '_>) {
        run(bencher, Encoding::L24, &Pick::channels(8, &[4, 5]));
    }

    fn run(bencher: Bencher<'_, '_>, encoding: Encoding, pick: &Pick) {
        let packet = packet(7, pick.stream_channels(), encoding);
        let payload = Packet::parse(&packet).unwrap().payload;
        let mut samples = vec![0; FRAMES * pick.stored_channels()];
        bencher
            .counter(ItemsCount::new(1_usize))
            .counter(BytesCount::new(payload.len()))
            .bench_local(|| unpack(black_box(payload), encoding, pick, black_box(&mut samples)));
    }
}

/// Stage 5, of 48 frames; an interval in 20 is published.
#[divan::bench(args = [1, 2, 8, 64])]
fn measure(bencher: Bencher<'_, '_>, channels: u16) {
    let (mut meter, _reader) = meter(&AudioFormat { rate: Rate::HZ_48000, channels, bits: 24 });
    let samples: Vec<i32> =
        (0..FRAMES * usize::from(channels)).map(|n| (n as i32).wrapping_mul(0x0765_4300)).collect();
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| meter.add(black_box(&samples)));
}

/// Stage 4, of [`PACKETS`] packets, into a sink that only counts.
#[divan::bench_group]
mod align {
    use super::*;

    #[divan::bench]
    fn in_order(bencher: Bencher<'_, '_>) {
        run(bencher, |_| true, |n| n);
    }

    /// Each pair comes the wrong way round.
    #[divan::bench]
    fn swapped(bencher: Bencher<'_, '_>) {
        run(bencher, |_| true, |n| n ^ 1);
    }

    /// One packet of ten is lost; the 9 behind each hole wait for the window to close it.
    #[divan::bench]
    fn with_loss(bencher: Bencher<'_, '_>) {
        run(bencher, |n| n % 10 != 9, |n| n);
    }

    /// As two legs bring it: each packet twice, in order.
    #[divan::bench]
    fn with_copies(bencher: Bencher<'_, '_>) {
        let (mut align, mut sink, payload) = window();
        let mut next = 0;
        bencher.counter(ItemsCount::new(2 * PACKETS)).bench_local(|| {
            for n in next..next + PACKETS {
                for _ in 0..2 {
                    align.offer(position(n), &payload, arrival(n), &mut sink);
                }
            }
            next += PACKETS;
            sink.0
        });
    }

    fn run(bencher: Bencher<'_, '_>, comes: fn(usize) -> bool, order: fn(usize) -> usize) {
        let (mut align, mut sink, payload) = window();
        let mut next = 0;
        bencher.counter(ItemsCount::new(PACKETS)).bench_local(|| {
            for n in (next..next + PACKETS).filter(|n| comes(*n)).map(order) {
                align.offer(position(n), &payload, arrival(n), &mut sink);
                if n.is_multiple_of(10) {
                    align.tick(arrival(n), &mut sink);
                }
            }
            next += PACKETS;
            sink.0
        });
    }

    /// A window of 20 ms.
    fn window() -> (Align, Count, Vec<u8>) {
        let align = Align::new(SampleIndex(0), 6, 960, 20_000_000, 224);
        (align, Count(0), vec![0x5A; FRAMES * 6])
    }

    fn position(n: usize) -> SampleIndex {
        SampleIndex((n * FRAMES) as i64)
    }

    fn arrival(n: usize) -> Mono {
        Mono(n as i64 * 1_000_000)
    }

    struct Count(u64);

    impl Sink for Count {
        fn frames(&mut self, payload: &[u8], _skip: usize, frames: usize) {
            black_box(payload);
            self.0 += frames as u64;
        }

        fn gap(&mut self, len: u64, _cause: GapCause) {
            self.0 += len;
        }
    }
}

/// Stages 1 to 6 in one wake-up: sockets on loopback drained, into the ring, levels and counters published. The first
/// group only takes the same packets from the same kind of socket: the difference is ours.
#[divan::bench_group(sample_size = 1, sample_count = 400)]
mod wake {
    use super::*;

    #[divan::bench(args = WAKES)]
    fn bare_drain(bencher: Bencher<'_, '_>, packets: usize) {
        let (sockets, to) = groups(1);
        let from = sender();
        let mut batch = Batch::new();
        let mut next = 0;
        bencher
            .counter(ItemsCount::new(packets))
            .with_inputs(|| send(&from, &to, &mut next, packets, |_, _| true))
            .bench_local_values(|()| {
                let mut bytes = 0;
                loop {
                    let taken = batch.receive(sockets[0].as_fd()).unwrap();
                    bytes += (0..taken).map(|i| batch.datagram(i).bytes.len()).sum::<usize>();
                    if taken < batch.capacity() {
                        break bytes;
                    }
                }
            });
    }

    #[divan::bench(args = WAKES)]
    fn one_leg(bencher: Bencher<'_, '_>, packets: usize) {
        run(bencher, 1, packets, |_, _| true);
    }

    /// One packet of ten is lost.
    #[divan::bench(args = WAKES)]
    fn one_leg_with_loss(bencher: Bencher<'_, '_>, packets: usize) {
        run(bencher, 1, packets, |_, n| n % 10 != 9);
    }

    #[divan::bench(args = WAKES)]
    fn two_legs(bencher: Bencher<'_, '_>, packets: usize) {
        run(bencher, 2, packets, |_, _| true);
    }

    /// Each leg loses one packet of ten, never the same.
    #[divan::bench(args = WAKES)]
    fn two_legs_with_loss(bencher: Bencher<'_, '_>, packets: usize) {
        run(bencher, 2, packets, |leg, n| n % 10 != 4 + leg);
    }

    /// Items are packets of media time: those of two legs count once.
    fn run(bencher: Bencher<'_, '_>, legs: usize, packets: usize, comes: fn(usize, usize) -> bool) {
        let to = addresses(legs);
        let spec = Aes67 {
            legs: to.iter().map(leg).collect(),
            payload_type: 96,
            encoding: Some(Encoding::L24),
            rate: Rate::HZ_48000,
            stream_channels: 2,
            pick: vec![],
            samples_per_packet: FRAMES as u16,
            media_clock: MediaClock::Free,
            ptp: None,
            window_ms: 100,
            receive_buffer: Aes67::RECEIVE_BUFFER,
        };
        let Opened { mut stream, mut frames, counters, .. } = open(&spec, 1000).unwrap();
        let (from, mut batch, clock) = (sender(), Batch::new(), SystemClock);
        let mut next = 0;
        bencher
            .counter(ItemsCount::new(packets))
            .with_inputs(|| {
                empty(&mut frames);
                send(&from, &to, &mut next, packets, comes);
            })
            .bench_local_values(|()| stream.wake(&mut batch, &Wake::new(clock.mono(), clock.utc())));
        stream.finish();
        // Of a path that drops what it is given the cost would mean nothing.
        let out = counters.get(StreamCount::Frames) + counters.get(StreamCount::LossFrames);
        assert_eq!(counters.get(StreamCount::OverrunFrames), 0);
        assert!(
            out + 2 * FRAMES as u64 >= (next * FRAMES) as u64,
            "{out} of {} frames came out",
            next * FRAMES
        );
    }

    fn empty(frames: &mut FrameReader) {
        while let Some(item) = frames.take() {
            if let Item::Frames { block, .. } = item {
                frames.give_back(block);
            }
        }
    }

    fn send(
        from: &Socket,
        to: &[SocketAddrV4],
        next: &mut usize,
        packets: usize,
        comes: impl Fn(usize, usize) -> bool,
    ) {
        for n in *next..*next + packets {
            let packet = packet(n, 2, Encoding::L24);
            for (leg, address) in to.iter().enumerate().filter(|(leg, _)| comes(*leg, n)) {
                assert_eq!(from.send_to(&packet, &(*address).into()).unwrap(), packet.len(), "leg {leg}");
            }
        }
        *next += packets;
    }

    fn sender() -> Socket {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
        socket
    }

    fn addresses(legs: usize) -> Vec<SocketAddrV4> {
        let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        (0..legs).map(|i| SocketAddrV4::new([239, 69, 253, 1 + i as u8].into(), port)).collect()
    }

    fn leg(address: &SocketAddrV4) -> Leg {
        Leg { address: *address.ip(), port: address.port(), interface: Some("lo".into()), source: None }
    }

    /// Sockets that take the same packets with the same options as a stream's.
    fn groups(legs: usize) -> (Vec<Socket>, Vec<SocketAddrV4>) {
        let to = addresses(legs);
        let sockets = to
            .iter()
            .map(|address| {
                let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
                socket.bind(&(*address).into()).unwrap();
                socket.join_multicast_v4(address.ip(), &Ipv4Addr::LOCALHOST).unwrap();
                receive_options(socket.as_fd(), false).unwrap();
                grow_receive_buffer(socket.as_fd(), Aes67::RECEIVE_BUFFER).unwrap();
                socket
            })
            .collect();
        (sockets, to)
    }
}

/// Packet `number` of a stream, its samples full of changing bits.
fn packet(number: usize, channels: usize, encoding: Encoding) -> Vec<u8> {
    let mut bytes = vec![0x80, 96];
    bytes.extend((number as u16).to_be_bytes());
    bytes.extend(((number * FRAMES) as u32).to_be_bytes());
    bytes.extend(1_u32.to_be_bytes());
    for n in 0..FRAMES * channels * encoding.bytes() {
        bytes.push((n * 37 + number) as u8);
    }
    bytes
}
