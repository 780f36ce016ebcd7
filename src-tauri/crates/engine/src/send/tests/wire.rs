//! Packets as they arrive, byte for byte.

use super::*;
use crate::send::socket::Outlet;

#[test]
fn packets_are_rtp_to_the_last_byte() {
    let ear = Ear::unicast();
    let plan = Plan {
        encoding: Encoding::L16,
        samples_per_packet: 2,
        channels: 2,
        signal: SignalPlan::Index,
        timestamp: TimestampBase::Direct(0x1000),
        first_sequence: Some(0xFFFF),
        duration: Some(Duration::from_nanos(80_000)),
        ..plan(ear.1)
    };
    let summary = send(plan);
    // The first sample since the TAI epoch after 10 ms.
    let first = (START / 1_000_000_000 + 37) * 48_000 + 480;
    assert_eq!(summary.first.0, first);
    let n = u16::try_from(first & 0xFFFF).unwrap();
    let packet = |sequence: u16, at: u16| {
        let timestamp = u32::try_from((first + i64::from(at) + 0x1000) & 0xFFFF_FFFF).unwrap();
        let samples = [n + at, n + at + 1, n + at + 1, n + at + 2];
        let head =
            [&[0x80, 96][..], &sequence.to_be_bytes(), &timestamp.to_be_bytes(), &[1, 2, 3, 4]].concat();
        [head, samples.iter().flat_map(|s| s.to_be_bytes()).collect()].concat()
    };
    assert_eq!(ear.drain(), [packet(0xFFFF, 0), packet(0, 2)]);
}

#[test]
fn header_extras_stand_where_receivers_must_skip_them() {
    let ear = Ear::unicast();
    let plan = Plan {
        header: HeaderExtras { csrc: 2, extension_words: Some(1), padding: 3 },
        samples_per_packet: 1,
        channels: 1,
        duration: Some(Duration::from_nanos(1)),
        signal: SignalPlan::Index,
        ..plan(ear.1)
    };
    send(plan);
    let datagram = ear.drain().remove(0);
    assert_eq!(datagram[..2], [0x80 | 0x20 | 0x10 | 2, 96]);
    let rest = &datagram[12..];
    assert_eq!(rest[..8], [0xC5, 0xC5, 0, 0, 0xC5, 0xC5, 0, 1]);
    assert_eq!(rest[8..16], [0xA0, 0x67, 0, 1, 0x55, 0xAA, 0x55, 0xAA]);
    assert_eq!((rest[16..].len(), &rest[19..]), (6, &[0, 0, 3][..]));
    // Our own receiver finds the sample behind all of it.
    let packet = crate::rtp::packet::Packet::parse(&datagram).unwrap();
    assert_eq!(packet.payload, &rest[16..19]);
}

#[test]
fn every_stream_has_its_own_group_and_ssrc() {
    let ears: Vec<Ear> = vec![Ear::new(Ipv4Addr::new(239, 255, 70, 1))];
    let port = ears[0].1.port();
    let second = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    let group = Ipv4Addr::new(239, 255, 70, 2);
    second.bind(&SockAddr::from(SocketAddrV4::new(group, port))).unwrap();
    second.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST).unwrap();
    second.set_nonblocking(true).unwrap();
    let second = Ear(second, SocketAddrV4::new(group, port));
    let summary = send(Plan { count: 2, step: Step::Address, ..plan(ears[0].1) });
    assert_eq!(summary.streams[1].name, "test 2");
    let (one, two) = (ears[0].drain(), second.drain());
    assert_eq!((one.len(), two.len()), (100, 100));
    assert_eq!((ssrc(&one[0]), ssrc(&two[0])), (0x0102_0304, 0x0102_0305));
    assert_eq!(one[7][12..], two[7][12..]);
}

#[test]
fn a_stalled_machine_leaves_packets_out_and_stays_in_time() {
    let ear = Ear::unicast();
    let check = |impairments: Impairments| {
        let stage = Stage::new();
        let plan = Plan { duration: Some(Duration::from_secs(4)), impairments, ..plan(ear.1) };
        let sender = Sender::open(plan, stage.utc()).unwrap();
        stage.stall_ns.store(2_000_000_000, Ordering::Relaxed);
        let summary = sender.run_on(&stage, |at| stage.sleep_until(at), &AtomicBool::new(false));
        assert_eq!((summary.packet_times, summary.skipped), (4000, 1999));
        assert_eq!(summary.lateness.max(), Duration::from_secs(2));
        let heard = ear.drain();
        assert_eq!(heard.len(), 2001);
        assert_eq!(timestamp(&heard[1]).wrapping_sub(timestamp(&heard[0])), 2000 * 48);
        assert_eq!(sequence(&heard[1]).wrapping_sub(sequence(&heard[0])), 2000);
    };
    check(Impairments::default());
    check(Impairments { other_ssrc: false, leg_skew_ns: 1, ..Impairments::default() });
}

#[test]
fn what_the_kernel_refuses_is_counted_and_nothing_else() {
    for impairments in [Impairments::default(), Impairments { leg_skew_ns: 1, ..Impairments::default() }] {
        // A broadcast address needs a permission that the socket does not have.
        let summary = send(Plan { impairments, ..plan("255.255.255.255:9".parse().unwrap()) });
        let leg = summary.streams[0].legs[0];
        assert_eq!((leg.sent, leg.refused, summary.lateness.count()), (0, 100, 0));
    }
}

#[test]
fn a_short_stall_is_caught_up_with() {
    let ear = Ear::unicast();
    let stage = Stage::new();
    let sender = Sender::open(plan(ear.1), stage.utc()).unwrap();
    stage.stall_ns.store(50_000_000, Ordering::Relaxed);
    let summary = sender.run_on(&stage, |at| stage.sleep_until(at), &AtomicBool::new(false));
    assert_eq!((summary.skipped, ear.drain().len()), (0, 100));
}

#[test]
fn a_sender_stops_when_it_is_told_to() {
    for impairments in [Impairments::default(), Impairments { loss_ppm: 1_000_000, ..Impairments::default() }]
    {
        let ear = Ear::unicast();
        let stage = Stage::new();
        let sender = Sender::open(Plan { duration: None, impairments, ..plan(ear.1) }, stage.utc()).unwrap();
        let stop = AtomicBool::new(false);
        let mut naps = 0;
        let nap = |at| {
            stage.sleep_until(at);
            naps += 1;
            stop.store(naps == 10, Ordering::Relaxed);
        };
        assert_eq!(sender.run_on(&stage, nap, &stop).packet_times, 10);
    }
}

#[test]
fn the_machines_own_clock_drives_a_sender_too() {
    let ear = Ear::unicast();
    let plan = Plan { duration: Some(Duration::from_millis(5)), ..plan(ear.1) };
    let summary = Sender::open(plan, Utc(START)).unwrap().run(&AtomicBool::new(false));
    assert_eq!((summary.lateness.count(), summary.total(|l| l.sent)), (5, 5));
    assert_eq!(ear.drain().len(), 5);
}

#[test]
fn sockets_carry_the_service_class_and_the_time_to_live() {
    let by = Some(Local::Name("lo".into()));
    let multicast = LegPlan { to: "239.255.70.9:5004".parse().unwrap(), by: by.clone() };
    let outlet = Outlet::open(&multicast, 17, 34).unwrap();
    assert_eq!(outlet.socket.tos_v4().unwrap(), 0x88);
    assert_eq!(outlet.socket.multicast_ttl_v4().unwrap(), 17);
    assert_eq!(outlet.socket.multicast_if_v4().unwrap(), Ipv4Addr::LOCALHOST);
    let unicast = Outlet::open(&LegPlan { to: "127.0.0.1:5004".parse().unwrap(), by }, 18, 46).unwrap();
    assert_eq!((unicast.socket.ttl_v4().unwrap(), unicast.socket.tos_v4().unwrap()), (18, 0xB8));
}

#[test]
fn all_that_stands_in_the_way_is_told_at_once() {
    let mut plan = plan("239.255.70.9:5004".parse().unwrap());
    plan.legs[0].by = Some(Local::Name("nowhere0".into()));
    plan.legs.push(LegPlan { to: plan.legs[0].to, by: Some(Local::Address(Ipv4Addr::new(192, 0, 2, 250))) });
    plan.signal = SignalPlan::Wav { path: "/nowhere.wav".into(), looped: false };
    let errors: Vec<String> =
        Sender::open(plan, Utc(START)).err().unwrap().iter().map(ToString::to_string).collect();
    let expected = ["interface nowhere0: there is none", "192.0.2.250: no interface has", "/nowhere.wav"];
    assert_eq!(errors.len(), 3, "{errors:?}");
    for (error, part) in errors.iter().zip(expected) {
        assert!(error.contains(part), "{error}");
    }
    assert!(errors[0].contains("lo ["), "{}", errors[0]);
}
