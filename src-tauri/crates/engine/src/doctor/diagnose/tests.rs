use std::net::Ipv4Addr;

use audyn_model::{Mono, Rate};

use super::*;
use crate::doctor::findings::{LegFindings, Wire};
use crate::doctor::tally::Tally;
use crate::doctor::tally::tests::{HZ, MS, SENDER, packet, tally};
use crate::rt::Interface;
use crate::rtp::payload::Encoding;
use crate::source::aes67::{Aes67, Leg, MediaClock};

fn interface(name: &str) -> Interface {
    Interface {
        name: name.to_owned(),
        index: 2,
        addresses: vec![Ipv4Addr::new(10, 77, 0, 1)],
        up: true,
        running: true,
        loopback: false,
    }
}

/// A source with so many legs, all of which hear a whole stream; the cards hear the same, and a querier.
pub(super) fn sound(legs: usize) -> Findings {
    let leg = Leg {
        address: Ipv4Addr::new(239, 69, 10, 1),
        port: 5004,
        interface: Some("eth0".to_owned()),
        source: None,
    };
    let found = LegFindings {
        interface: Some(interface("eth0")),
        others: vec!["eth1".to_owned()],
        there: vec!["lo".to_owned(), "eth0".to_owned(), "eth1".to_owned()],
        multicast: true,
        listed: true,
        granted: 2_000_000,
        heard: tally(96, 0..5000),
        wire: Some(Wire {
            here: tally(96, 0..5000),
            queriers: vec![Ipv4Addr::new(10, 77, 0, 254)],
            ..Wire::default()
        }),
        ..LegFindings::default()
    };
    let source = Aes67 {
        legs: vec![leg; legs],
        payload_type: 96,
        encoding: Some(Encoding::L24),
        rate: Rate::HZ_48000,
        stream_channels: 2,
        pick: Vec::new(),
        samples_per_packet: 48,
        media_clock: MediaClock::Undeclared,
        ptp: None,
        window_ms: 100,
        receive_buffer: 2_000_000,
    };
    Findings { source, seconds: 5.0, done: true, legs: vec![found; legs], tap_refused: None, ptp: None }
}

/// Nothing reaches the program, and nothing the card.
fn silent(leg: &mut LegFindings) {
    leg.heard = Tally::default();
    if let Some(wire) = &mut leg.wire {
        wire.here = Tally::default();
    }
}

/// The first leg hears this, and its card too.
fn hears(findings: &mut Findings, heard: Tally) {
    let leg = &mut findings.legs[0];
    leg.wire.as_mut().unwrap().here = heard.clone();
    leg.heard = heard;
}

pub(super) fn check(legs: usize, spoil: impl FnOnce(&mut Findings), id: &str, verdict: Verdict, words: &str) {
    let mut findings = sound(legs);
    spoil(&mut findings);
    let report = diagnose(&findings);
    assert_eq!((report.id, report.verdict), (id, verdict), "{report:#?}");
    assert!(report.sentence.contains(words), "{:?} has no {words:?}", report.sentence);
    assert!(report.sentence.ends_with('.'), "{:?}", report.sentence);
}

fn fault(spoil: impl FnOnce(&mut Findings), id: &str, words: &str) {
    check(1, spoil, id, Verdict::Fault, words);
}

#[test]
fn a_sound_source_is_called_so() {
    check(1, |_| {}, "healthy", Verdict::Ok, "1000 packets a second from 10.77.0.2, none lost in 5 s");
    check(2, |_| {}, "healthy", Verdict::Ok, "on each leg");
}

#[test]
fn each_fault_of_this_machine_has_its_name() {
    fault(
        |f| {
            f.legs[0].interface = None;
            f.legs[0].refused = Some("no interface eth0".into());
            silent(&mut f.legs[0]);
        },
        "no-interface",
        "no interface eth0 on this machine; choose one of these: lo, eth0, eth1",
    );
    fault(
        |f| {
            f.source.legs[0].interface = None;
            f.legs[0].interface = None;
            silent(&mut f.legs[0]);
        },
        "no-route",
        "choose the interface",
    );
    let spoil_interface = |spoil: fn(&mut Interface)| {
        move |f: &mut Findings| {
            spoil(f.legs[0].interface.as_mut().unwrap());
            silent(&mut f.legs[0]);
        }
    };
    fault(spoil_interface(|i| (i.up, i.running) = (false, false)), "interface-down", "ip link set eth0 up");
    fault(spoil_interface(|i| i.running = false), "no-link", "cable");
    fault(spoil_interface(|i| i.addresses.clear()), "no-address", "has no IPv4 address");
    fault(
        |f| {
            f.legs[0].refused = Some("cannot join 239.69.10.1 on eth0: no buffer space".into());
            silent(&mut f.legs[0]);
        },
        "not-joined",
        "Cannot join",
    );
    fault(|f| f.legs[0].listed = false, "not-joined", "does not list it");
    fault(
        |f| {
            f.legs[0].heard = Tally::default();
            (f.legs[0].rp_filter, f.legs[0].rp_dropped) = (1, 4000);
        },
        "rp-filter",
        "net.ipv4.conf.eth0.rp_filter=0",
    );
    fault(
        |f| {
            silent(&mut f.legs[0]);
            f.legs[0].wire = None;
            (f.legs[0].rp_filter, f.legs[0].rp_dropped) = (2, 4000);
        },
        "rp-filter",
        "rp_filter=2",
    );
    fault(|f| f.legs[0].heard = Tally::default(), "firewall", "none came through");
    fault(|f| f.legs[0].heard = tally(96, (0..5000).filter(|n| n % 10 > 0)), "firewall", "the card had them");
    fault(|f| f.legs[0].kernel_dropped = 3, "receive-buffer", "net.core.rmem_max=2000000");
    check(1, |f| f.legs[0].granted = 212_992, "receive-buffer", Verdict::Warn, "212992 bytes was granted");
}

#[test]
fn each_fault_on_the_way_has_its_name() {
    fault(
        |f| silent(&mut f.legs[0]),
        "no-packets",
        "on eth0, nor on any other interface; see that the sender",
    );
    fault(
        |f| {
            silent(&mut f.legs[0]);
            f.legs[0].elsewhere = vec![("eth1".into(), tally(96, 0..2000))];
        },
        "wrong-interface",
        "arrives on eth1 (2000 packets), not on eth0",
    );
    fault(
        |f| {
            silent(&mut f.legs[0]);
            f.legs[0].wire.as_mut().unwrap().interfaces = vec![("eth1".into(), 9)];
        },
        "wrong-interface",
        "choose eth1",
    );
    fault(
        |f| {
            silent(&mut f.legs[0]);
            f.legs[0].wire.as_mut().unwrap().ports = vec![(5005, 3), (5006, 5000)];
        },
        "wrong-port",
        "5000 packets to port 5006",
    );
    // A few packets on the next port are RTCP.
    fault(
        |f| {
            silent(&mut f.legs[0]);
            f.legs[0].wire.as_mut().unwrap().ports = vec![(5005, 3)];
        },
        "no-packets",
        "Nothing arrives",
    );
    let stranger = Ipv4Addr::new(10, 77, 0, 9);
    fault(
        |f| {
            f.source.legs[0].source = Some(stranger);
            f.legs[0].heard = Tally::default();
        },
        "sender-filter",
        "5000 packets come from 10.77.0.2, and only 10.77.0.9 is accepted",
    );
    fault(
        |f| {
            f.source.legs[0].source = Some(stranger);
            silent(&mut f.legs[0]);
            f.legs[0].wire = None;
            f.legs[0].elsewhere = vec![("eth0".into(), tally(96, 0..20))];
        },
        "sender-filter",
        "20 packets",
    );
    fault(
        |f| {
            silent(&mut f.legs[0]);
            f.legs[0].wire.as_mut().unwrap().queriers.clear();
            f.seconds = 130.0;
        },
        "no-igmp-querier",
        "about four minutes after",
    );
    check(
        1,
        |f| {
            f.legs[0].wire.as_mut().unwrap().queriers.clear();
            f.seconds = 130.0;
        },
        "no-igmp-querier",
        Verdict::Warn,
        "switch on the querier",
    );
    // Five seconds without a query say nothing.
    check(
        1,
        |f| f.legs[0].wire.as_mut().unwrap().queriers.clear(),
        "healthy",
        Verdict::Ok,
        "Nothing is wrong",
    );
    fault(|f| hears(f, tally(96, (0..5000).filter(|n| n % 10 > 0))), "loss", "449 of 4949 packets were lost");
}

#[test]
fn each_fault_of_the_sender_has_its_name() {
    let stream = |payload_type: u8, step: u32, bytes: usize, per_ms: i64| {
        let mut tally = Tally::default();
        for n in 0..5000_u16 {
            let at = Mono(i64::from(n) * MS / per_ms);
            tally.add(SENDER, &packet(payload_type, 7, n, step, bytes), at, HZ);
        }
        tally
    };
    fault(|f| hears(f, stream(98, 48, 288, 1)), "foreign-payload-type", "set payload type 98");
    fault(|f| hears(f, stream(96, 48, 192, 1)), "wrong-size", "set encoding L16");
    fault(|f| hears(f, stream(96, 48, 1152, 1)), "wrong-size", "set 8 channels of L24");
    fault(|f| hears(f, stream(96, 48, 289, 1)), "wrong-size", "description (SDP)");
    check(1, |f| hears(f, stream(96, 6, 36, 8)), "wrong-packet-time", Verdict::Warn, "6 samples (0.125 ms)");
    fault(|f| hears(f, stream(96, 48, 288, 2)), "wrong-rate", "About 96000 samples");
    fault(
        |f| {
            let mut heard = tally(96, 0..5000);
            for n in 0..5000_u16 {
                let other = Ipv4Addr::new(10, 77, 0, 3);
                heard.add(other, &packet(96, 8, n, 48, 288), Mono(i64::from(n) * MS), HZ);
            }
            hears(f, heard);
        },
        "two-senders",
        "Two senders use this address at once: 10.77.0.",
    );
    fault(
        |f| {
            let mut numbers: Vec<u16> = (0..4000).collect();
            let moved = numbers.remove(200);
            numbers.insert(500, moved);
            hears(f, tally(96, numbers));
        },
        "reorder-beyond-window",
        "the reorder window is 100 ms",
    );
    fault(
        |f| {
            let mut heard = Tally::default();
            for n in 0..2000_u16 {
                let pause = if n >= 1000 { 1500 * MS } else { 0 };
                heard.add(SENDER, &packet(96, 7, n, 48, 288), Mono(i64::from(n) * MS + pause), HZ);
            }
            hears(f, heard);
        },
        "pauses",
        "paused for 1.5 s",
    );
    fault(
        |f| {
            let mut heard = Tally::default();
            (0..10).for_each(|_| heard.add(SENDER, b"no", Mono(0), HZ));
            hears(f, heard);
        },
        "not-rtp",
        "none of them RTP",
    );
    check(
        1,
        |f| {
            let mut heard = Tally::default();
            for n in 0..3000_u16 {
                let late = if n % 2 == 0 { 0 } else { 30 * MS };
                heard.add(SENDER, &packet(96, 7, n, 48, 288), Mono(i64::from(n) * MS + late), HZ);
            }
            hears(f, heard);
        },
        "jitter",
        Verdict::Warn,
        "arrive unevenly",
    );
}

#[test]
fn each_fault_of_a_pair_has_its_name() {
    check(
        2,
        |f| silent(&mut f.legs[1]),
        "one-leg",
        Verdict::Fault,
        "Leg 2 of 2 brings nothing: nothing arrives",
    );
    check(2, |f| silent(&mut f.legs[0]), "one-leg", Verdict::Fault, "Leg 1 of 2 brings nothing");
    // What one leg lost, the other brought.
    check(2, |f| hears(f, tally(96, (0..5000).filter(|n| n % 10 > 0))), "loss", Verdict::Warn, "were lost");
    check(
        2,
        |f| {
            let mut heard = Tally::default();
            for n in 0..5000_u16 {
                heard.add(SENDER, &packet(96, 8, n, 48, 288), Mono(i64::from(n) * MS), HZ);
            }
            hears(f, heard);
        },
        "legs-differ",
        Verdict::Fault,
        "different streams",
    );
    check(
        2,
        |f| {
            let mut heard = Tally::default();
            for n in 0..5000_u16 {
                heard.add(SENDER, &packet(96, 7, n, 48, 288), Mono(i64::from(n) * MS + 150 * MS), HZ);
            }
            hears(f, heard);
        },
        "leg-skew",
        Verdict::Fault,
        "reorder window is 100 ms",
    );
}

#[test]
fn what_could_not_be_heard_is_not_judged() {
    check(
        1,
        |f| {
            silent(&mut f.legs[0]);
            (f.legs[0].wire, f.legs[0].port_taken) = (None, true);
            f.legs[0].multicast = false;
            f.tap_refused = Some("it needs CAP_NET_RAW".into());
        },
        "unknown",
        Verdict::Unknown,
        "it needs CAP_NET_RAW",
    );
    check(
        1,
        |f| {
            silent(&mut f.legs[0]);
            f.done = false;
        },
        "unknown",
        Verdict::Pending,
        "Listening",
    );
}
