//! When packets are due and what stands in their headers.

use audyn_model::{SampleIndex, Tai};
use proptest::prelude::*;

use super::*;
use crate::send::script::{Header, Schedule, Script};

const TO: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 9);

#[test]
fn two_senders_started_at_different_times_cut_the_same_packets() {
    let check = |rate: u32, samples_per_packet: u16| {
        let plan = Plan { rate: Rate::new(rate).unwrap(), samples_per_packet, ..plan(TO) };
        let tai = Utc(START).to_tai();
        let one = Schedule::new(&plan, tai, Mono(0));
        let two = Schedule::new(&plan, tai.plus(1_234_567_891), Mono(77));
        let apart = two.first.since(one.first);
        assert_eq!(one.first.0 % i64::from(samples_per_packet), 0);
        assert_eq!(apart % i64::from(samples_per_packet), 0);
        let packet = u64::try_from(apart / i64::from(samples_per_packet)).unwrap();
        // The same samples are due at the same instant, told by two different monotonic clocks.
        assert_eq!(one.due(packet + 5).0 - 1_234_567_891, two.due(5).0 - 77);
        let (one, two) = (Script::new(&plan, &one, 0), Script::new(&plan, &two, 0));
        assert_eq!(one.header(packet + 5), two.header(5));
    };
    check(48_000, 48);
    check(48_000, 6);
    check(44_100, 48);
    check(96_000, 12);
}

#[test]
fn a_packet_is_due_when_its_last_sample_has_been() {
    let schedule = Schedule::new(&plan(TO), Tai::from_seconds(1_000), Mono(9));
    // 10 ms on and a whole packet: sample 48 000 480, which is over one packet later.
    assert_eq!(schedule.first, SampleIndex(48_000_480));
    assert_eq!(schedule.due(0), Mono(9 + 11_000_000));
    assert_eq!(schedule.due(1), Mono(9 + 12_000_000));
    // No rounding builds up: a day later it is still exact.
    assert_eq!(schedule.due(86_400_000), Mono(9 + 86_400_011_000_000));
}

proptest! {
    #[test]
    fn the_packet_due_at_an_instant_is_the_first_not_due_before(
        rate in prop_oneof![Just(48_000_u32), Just(44_100), Just(96_000)],
        samples_per_packet in 1_u16..300,
        packet in 0_u64..1_000_000_000,
    ) {
        let plan = Plan { rate: Rate::new(rate).unwrap(), samples_per_packet, ..plan(TO) };
        let schedule = Schedule::new(&plan, Utc(START).to_tai(), Mono(5));
        let due = schedule.due(packet);
        prop_assert_eq!(schedule.packet_due_at(due), packet);
        prop_assert_eq!(schedule.packet_due_at(Mono(due.0 + 1)), packet + 1);
    }
}

#[test]
fn headers_follow_the_plan_through_every_incident() {
    let at = Duration::from_millis;
    let base = Plan { first_sequence: Some(65_534), timestamp: TimestampBase::Direct(u32::MAX), ..plan(TO) };
    let header = |incidents: &[(Duration, Incident)], packet: u64| {
        let changes = incidents.to_vec();
        let plan = Plan { incidents: Incidents { changes, outages: Vec::new() }, ..base.clone() };
        // The first sample is number 480.
        Script::new(&plan, &Schedule::new(&plan, Tai(0), Mono(0)), 0).header(packet)
    };
    let ssrc = 0x0102_0304;
    assert_eq!(header(&[], 0), Header { sequence: 65_534, timestamp: 479, ssrc });
    assert_eq!(header(&[], 1), Header { sequence: 65_535, timestamp: 527, ssrc });
    assert_eq!(header(&[], 2), Header { sequence: 0, timestamp: 575, ssrc });

    let jump = [(at(2), Incident::Jump(-480)), (at(5), Incident::Jump(4800))];
    assert_eq!(header(&jump, 1).timestamp, 527);
    assert_eq!(header(&jump, 2), Header { sequence: 0, timestamp: 95, ssrc });
    assert_eq!(header(&jump, 5).timestamp, 479 + 240 + 4320);

    let change = header(&[(at(2), Incident::NewSsrc)], 2);
    assert_eq!((change.sequence, change.timestamp), (0, 575));
    assert_ne!(change.ssrc, ssrc);

    // A direct media clock stays true through a restart; one of its own does not.
    let restart = header(&[(at(2), Incident::Restart)], 2);
    assert_eq!(restart.timestamp, 575);
    assert!(restart.ssrc != ssrc && restart.sequence != 0);
    let plan = Plan {
        timestamp: TimestampBase::Random,
        incidents: Incidents { changes: vec![(at(2), Incident::Restart)], outages: Vec::new() },
        ..base.clone()
    };
    let script = Script::new(&plan, &Schedule::new(&plan, Tai(0), Mono(0)), 0);
    let (before, after) = (script.header(1).timestamp, script.header(2).timestamp);
    assert_ne!(after, before.wrapping_add(48));
}

#[test]
fn without_a_sequence_start_the_time_of_day_numbers_the_packets() {
    let plan = plan(TO);
    let schedule = Schedule::new(&plan, Tai::from_seconds(100), Mono(0));
    // 100 s and 10 ms at 1 ms a packet.
    let number = u16::try_from(100_010 % 65_536).unwrap();
    assert_eq!(Script::new(&plan, &schedule, 0).header(0).sequence, number);
}

#[test]
fn streams_of_one_sender_have_an_ssrc_each() {
    let plan = Plan { count: 3, ssrc: None, ..plan(TO) };
    let schedule = Schedule::new(&plan, Tai(0), Mono(0));
    let ssrcs: Vec<_> = (0..3).map(|s| Script::new(&plan, &schedule, s).header(0).ssrc).collect();
    assert!(ssrcs[0] != ssrcs[1] && ssrcs[1] != ssrcs[2] && ssrcs[0] != ssrcs[2]);
    let given = Plan { ssrc: Some(u32::MAX), ..plan };
    assert_eq!(Script::new(&given, &schedule, 1).header(0).ssrc, 0);
}

#[test]
fn destinations_step_as_planned_and_never_wrap() {
    let check = |first: &str, step: Step, stream: u16, expected: Option<&str>| {
        let plan = Plan { step, ..plan(first.parse().unwrap()) };
        assert_eq!(
            plan.destination(0, stream),
            expected.map(|e| e.parse().unwrap()),
            "{first} {step:?} {stream}"
        );
    };
    check("239.1.1.255:5004", Step::Address, 0, Some("239.1.1.255:5004"));
    check("239.1.1.255:5004", Step::Address, 1, Some("239.1.2.0:5004"));
    check("239.1.1.255:5004", Step::Port, 3, Some("239.1.1.255:5010"));
    check("239.1.1.255:5004", Step::Both, 2, Some("239.1.2.1:5008"));
    check("255.255.255.255:5004", Step::Address, 1, None);
    check("239.1.1.1:65534", Step::Port, 1, None);
    check("239.1.1.1:1", Step::Port, 40_000, None);
}

#[test]
fn a_duration_is_whole_packets_rounded_up() {
    let check = |rate: u32, samples_per_packet: u16, time: Duration, expected: u64| {
        let plan = Plan { rate: Rate::new(rate).unwrap(), samples_per_packet, ..plan(TO) };
        assert_eq!(plan.packets_in(time), expected);
    };
    check(48_000, 48, Duration::ZERO, 0);
    check(48_000, 48, Duration::from_secs(1), 1000);
    check(48_000, 48, Duration::from_nanos(1_000_001), 2);
    check(44_100, 48, Duration::from_secs(1), 919);
}

#[test]
fn lateness_is_told_in_ranks() {
    let mut late = Lateness::default();
    assert_eq!((late.percentile(99.0), late.max()), (Duration::ZERO, Duration::ZERO));
    late.note(Duration::from_nanos(10_500), 98);
    late.note(Duration::from_millis(25), 1);
    late.note(Duration::from_secs(3), 1);
    late.note(Duration::from_secs(9), 0);
    assert_eq!(late.percentile(50.0), Duration::from_micros(11));
    assert_eq!(late.percentile(98.0), Duration::from_micros(11));
    assert_eq!(late.percentile(99.0), Duration::from_millis(26));
    assert_eq!(late.percentile(100.0), Duration::from_secs(1));
    assert_eq!((late.max(), late.count()), (Duration::from_secs(3), 100));
}
