use super::*;

fn settings(
    reference: wire::ClockReference,
    device: Option<&str>,
    interface: Option<&str>,
) -> wire::ClockSettings {
    wire::ClockSettings {
        reference,
        device: device.map(str::to_owned),
        interface: interface.map(str::to_owned),
        domain: None,
        interfaces: Vec::new(),
    }
}

#[test]
fn settings_that_make_no_clock_are_refused_with_what_to_do() {
    use wire::ClockReference::{Hardware, Software, System};
    let check = |reference, device, interface, expected: Option<&str>| {
        let mut problems = Vec::new();
        checked(settings(reference, device, interface), &mut problems);
        assert_eq!(problems.is_empty(), expected.is_none(), "{problems:?}");
        assert!(expected.is_none_or(|part| problems[0].contains(part)), "{problems:?}");
    };
    check(System, None, None, None);
    check(Software, None, None, None);
    check(Hardware, Some(" /dev/ptp0 "), None, None);
    check(Hardware, None, Some("eth0"), None);
    check(Hardware, None, Some("  "), Some("needs its path"));
    check(Hardware, Some("/dev/ptp0"), Some("eth0"), Some("not both"));
    check(Hardware, Some("/etc/passwd"), None, Some("is no clock"));
    check(Hardware, None, Some("no such/interface"), Some("cannot be an interface"));
    assert_eq!(spec(&settings(Hardware, None, Some("eth0"))).reference, Reference::Interface("eth0".into()));
    assert_eq!(spec(&settings(Hardware, None, None)).reference, Reference::System);
}

#[test]
fn only_what_stays_so_is_told() {
    let story = |state| Story { state, sanity: Sanity::Sane, place: None, grandmaster: None, problem: None };
    let (locked, lost) = (story(Some(PtpState::Locked)), story(Some(PtpState::Lost)));
    let mut told = Told::default();
    let at = |told: &mut Told, s: i64, story: &Story| steady(told, story.clone(), Mono(s * 1_000_000_000));
    assert_eq!(at(&mut told, 0, &locked), None);
    assert_eq!(at(&mut told, 3, &locked), Some((None, locked.clone())));
    assert_eq!(at(&mut told, 4, &lost), None);
    assert_eq!(at(&mut told, 5, &locked), None, "it was back before anybody had to know");
    assert_eq!(at(&mut told, 6, &lost), None);
    assert_eq!(at(&mut told, 8, &lost), None, "counted anew");
    assert_eq!(at(&mut told, 9, &lost), Some((Some(locked), lost)));
}

#[test]
fn an_event_is_not_sent_for_numbers_that_never_stand_still() {
    let still = status(&ClockView::default());
    let moved = wire::ClockStatus { messages: 5, ahead_ns: 9, max_error_ns: Some(3), ..still.clone() };
    assert_eq!(gist(&still), gist(&moved));
    let other = wire::ClockStatus { lock: wire::ClockLock::Holdover, ..still.clone() };
    assert_ne!(gist(&still), gist(&other));
    assert_eq!(still.light.text, "PTP not listened to");
}
