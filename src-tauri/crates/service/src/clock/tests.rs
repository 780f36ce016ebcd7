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
