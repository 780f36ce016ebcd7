use audyn_model::{ClockReference, Mono, Utc};

use super::*;
use crate::ptp::message::Announce;
use crate::ptp::message::tests::announce_bytes;
use crate::ptp::monitor::{MasterView, Monitor, Stamp};

fn id(clock: u8) -> ClockIdentity {
    ClockIdentity([0, 0x11, 0x22, 0xFF, 0xFE, 0, 0, clock])
}

fn domain(number: u8, clock: u8, state: PtpState) -> DomainView {
    let mut monitor = Monitor::default();
    let now = Stamp { mono: Mono(0), utc: Utc(0) };
    let announce = Announce { grandmaster: id(clock), time_traceable: clock == 1, ..Announce::default() };
    monitor.hear(1, &announce_bytes(number, clock, 1, &announce), now);
    let master = MasterView {
        port: Default::default(),
        announce,
        interval_ns: 1_000_000_000,
        announced: 2,
        missed: 0,
        times: 2,
    };
    let offset_ns = state.is_good().then_some(-700);
    DomainView {
        state,
        master: Some(master),
        offset_ns,
        uncertainty_ns: Some(90),
        ..monitor.look(now).remove(0)
    }
}

#[test]
fn a_streams_clock_is_found_among_those_heard() {
    use PtpState::{Changed, Insane, Locked, Lost};
    let check = |views: &[DomainView], grandmaster: Option<u8>, domain: Option<u8>, expected: Standing| {
        let declared = Declared { grandmaster: grandmaster.map(id), domain };
        assert_eq!(standing(views, Some(&declared)).0, expected);
    };
    let here = [domain(0, 1, Locked), domain(7, 2, Changed)];
    check(&here, Some(1), Some(0), Standing::Heard);
    check(&here, Some(1), None, Standing::Heard);
    check(&here, Some(2), Some(7), Standing::Heard);
    check(&here, None, Some(0), Standing::Heard);
    check(&here, None, Some(7), Standing::Other(id(2)));
    check(&here, Some(2), Some(0), Standing::Other(id(1)));
    check(&here, Some(1), Some(3), Standing::Unheard);
    check(&[], Some(1), Some(0), Standing::Unheard);
    check(&[domain(0, 1, Lost)], Some(1), Some(0), Standing::Gone);
    check(&[domain(0, 2, Lost)], Some(1), Some(0), Standing::Unheard);
    check(&[domain(0, 1, Insane)], Some(1), Some(0), Standing::Insane);
    assert_eq!(standing(&here, None).0, Standing::Unsaid);
}

#[test]
fn what_is_stored_says_where_the_times_come_from() {
    let view =
        ClockView { domains: vec![domain(0, 1, PtpState::Locked)], chosen: Some(0), ..ClockView::default() };
    let declared = Declared { grandmaster: Some(id(1)), domain: Some(0) };
    let locked = quality(&view, TimeBasis::MediaClock, Some(&declared));
    let expected =
        "system locked grandmaster=00-11-22-FF-FE-00-00-01 domain=0 offset_ns=-700 uncertainty_ns=90";
    assert_eq!(locked.to_string(), expected);
    let other = Declared { grandmaster: Some(id(9)), ..declared };
    let free = quality(&view, TimeBasis::MediaClock, Some(&other));
    assert_eq!(free.to_string(), "system free grandmaster=00-11-22-FF-FE-00-00-09 domain=0");
    let arrival = quality(&view, TimeBasis::Arrival, Some(&declared));
    assert_eq!((arrival.lock, arrival.reference), (ClockLock::System, ClockReference::System));
    assert_eq!((arrival.grandmaster, arrival.offset_ns), (Some(id(1)), Some(-700)));
}

#[test]
fn only_ptp_clocks_are_taken_from_a_description() {
    let of = |text: &str| Declared::of(&ReferenceClock::parse(text).unwrap().0);
    let named = Declared { grandmaster: Some(id(1)), domain: Some(3) };
    assert_eq!(of("ptp=IEEE1588-2008:00-11-22-FF-FE-00-00-01:3"), Some(named));
    assert_eq!(of("ptp=traceable"), Some(Declared::default()));
    assert_eq!(of("ptp=IEEE1588-2008:00-00-00-00-00-00-00-00:0"), None);
    assert_eq!(of("ntp=10.0.0.1"), None);
    assert_eq!(of("localmac=00-11-22-33-44-55"), None);
}

#[test]
fn spans_are_short() {
    for (ns, expected) in
        [(320, "320 ns"), (-1_540, "1.5 µs"), (12_400_000, "12 ms"), (3_200_000_000, "3.2 s"), (0, "0 ns")]
    {
        assert_eq!(span(ns), expected);
    }
}
