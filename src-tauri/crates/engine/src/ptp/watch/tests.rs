use super::*;
use crate::rt::SystemClock;

fn domain(slot: u32, number: u8, state: PtpState) -> DomainView {
    let mut monitor = Monitor::default();
    let bytes = crate::ptp::message::tests::announce_bytes(number, 1, 1, &Default::default());
    let now = Stamp::default();
    monitor.hear(slot, &bytes, now);
    DomainView { state, ..monitor.look(now).remove(0) }
}

#[test]
fn the_domain_that_counts_is_good_before_it_is_low() {
    use PtpState::{Insane, Listening, Locked, Lost};
    let all = [
        domain(1, 0, Lost),
        domain(1, 5, Insane),
        domain(2, 9, Locked),
        domain(1, 127, Locked),
        domain(1, 200, Listening),
    ];
    assert_eq!(chosen(&all, None), Some(2));
    assert_eq!(chosen(&all[..2], None), Some(1));
    assert_eq!(chosen(&all, Some(0)), Some(0));
    assert_eq!(chosen(&all, Some(1)), None);
    assert_eq!(chosen(&[], None), None);
}

#[test]
fn interfaces_are_those_named_or_all_that_can_hear() {
    let interface = |name: &str, index, up, loopback| Interface {
        name: name.into(),
        index,
        addresses: vec![[10, 0, 0, 1].into()],
        up,
        running: up,
        loopback,
    };
    let there = [
        interface("lo", 1, true, true),
        interface("eth0", 2, true, false),
        interface("eth1", 3, false, false),
    ];
    let check = |names: &[&str], expected: &[Result<u32, &str>]| {
        let spec =
            WatchSpec { interfaces: names.iter().map(|&n| n.to_owned()).collect(), ..WatchSpec::default() };
        let found: Vec<_> = wanted(&spec, &there).into_iter().map(|i| i.map(|i| i.index)).collect();
        let expected: Vec<_> = expected.iter().map(|e| e.map_err(str::to_owned)).collect();
        assert_eq!(found, expected);
    };
    check(&[], &[Ok(2)]);
    check(&["lo", "eth1", "eth7"], &[Ok(1), Ok(3), Err("eth7")]);
}

#[test]
fn the_first_view_is_there_at_once_and_says_what_is_wrong() {
    let spec = WatchSpec {
        interfaces: vec!["none0".into()],
        domain: None,
        reference: Reference::Device("/dev/ptp-none".into()),
    };
    let (watch, clock) = Watch::start(Arc::new(SystemClock), spec).unwrap();
    let view = watch.view();
    assert!(
        view.interfaces[0]
            .problem
            .as_ref()
            .unwrap()
            .starts_with("There is no interface none0; this machine has lo")
    );
    let problem = view.following.problem.as_ref().unwrap();
    assert!(
        problem.starts_with("The PTP hardware clock is not followed: there is no /dev/ptp-none"),
        "{problem}"
    );
    assert_eq!((view.quality().lock, clock.ahead_ns()), (ClockLock::System, 0));
}
