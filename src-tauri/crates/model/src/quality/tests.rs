use super::*;

#[test]
fn a_quality_comes_back_as_it_was_written() {
    let full = ClockQuality {
        reference: ClockReference::Hardware,
        lock: ClockLock::Locked,
        grandmaster: Some(ClockIdentity([0, 0x11, 0x22, 0xFF, 0xFE, 0x33, 0x44, 0x55])),
        domain: Some(127),
        offset_ns: Some(-120),
        uncertainty_ns: Some(900),
    };
    let text =
        "hardware locked grandmaster=00-11-22-FF-FE-33-44-55 domain=127 offset_ns=-120 uncertainty_ns=900";
    assert_eq!(full.to_string(), text);
    for quality in [full, ClockQuality::default(), ClockQuality { lock: ClockLock::Free, ..full }] {
        assert_eq!(quality.to_string().parse(), Ok(quality));
    }
    assert_eq!("system system later=1".parse(), Ok(ClockQuality::default()));
}

#[test]
fn what_is_no_clock_is_refused() {
    for text in [
        "",
        "system",
        "atomic locked",
        "system locked x",
        "system free domain=300",
        "system free grandmaster=0",
    ] {
        assert_eq!(text.parse::<ClockQuality>(), Err(NotAClock), "{text:?}");
    }
    for text in
        ["", "00-11", "00-11-22-FF-FE-33-44-55-66", "00-11-22-FF-FE-33-44-+5", "0011-22-FF-FE-33-44-55"]
    {
        assert_eq!(text.parse::<ClockIdentity>(), Err(NotAClock), "{text:?}");
    }
}
