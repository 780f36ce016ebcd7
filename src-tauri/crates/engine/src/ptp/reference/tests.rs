use audyn_model::{Mono, Utc};

use super::*;
use crate::ptp::message::tests::announce_bytes;
use crate::ptp::monitor::{Monitor, PtpState};

const NS: i64 = 1_000_000_000;
const UTC: Utc = Utc(1_795_262_400 * NS);

fn now() -> Stamp {
    Stamp { mono: Mono(0), utc: UTC }
}

fn ptp(state: PtpState, offset_ns: Option<i64>) -> DomainView {
    let mut monitor = Monitor::default();
    monitor.hear(1, &announce_bytes(0, 1, 1, &Default::default()), now());
    DomainView { state, offset_ns, ..monitor.look(now()).remove(0) }
}

fn kernel(tai_offset_s: i64, synchronised: bool) -> Option<KernelClock> {
    Some(KernelClock { tai_offset_s, synchronised, max_error_ns: 5_000 })
}

/// A hardware clock that is `ahead_ns` of TAI.
fn phc(ahead_ns: i64) -> Reading {
    let reading = PhcReading { phc_ns: UTC.to_tai().0 + ahead_ns, utc: UTC, uncertainty_ns: 40 };
    Reading { kernel: kernel(37, true), hardware: Some(Ok(reading)) }
}

#[test]
fn a_hardware_clock_is_followed_while_it_can_be_right() {
    let mut follower = Follower::default();
    let device = Reference::Device("/dev/ptp0".into());
    let mut check =
        |reading: &Reading, ptp: Option<&DomainView>, lock: ClockLock, ahead: i64, says: Option<&str>| {
            let following = follower.take(&device, reading, ptp, now());
            assert_eq!((following.lock, following.ahead_ns), (lock, ahead), "{following:?}");
            match (says, &following.problem) {
                (None, None) => {}
                (Some(part), Some(problem)) => assert!(problem.contains(part), "{problem}"),
                (expected, found) => panic!("{expected:?}, {found:?}"),
            }
        };
    let good = ptp(PtpState::Locked, Some(4_900));
    let gone = ptp(PtpState::Lost, None);
    // Insane from the beginning: never followed.
    check(&phc(-UTC.to_tai().0 + 500 * NS), None, ClockLock::System, 0, Some("switch-on"));
    check(&phc(-37 * NS), None, ClockLock::System, 0, Some("UTC"));
    check(&phc(5_000), None, ClockLock::Free, 5_000, None);
    check(&phc(5_000), Some(&good), ClockLock::Locked, 5_000, None);
    check(&phc(5_100), Some(&gone), ClockLock::Holdover, 5_100, None);
    // Not to be believed any more, or gone: time stays where it was and never steps back.
    check(&phc(-37 * NS), Some(&good), ClockLock::Holdover, 5_100, Some("UTC"));
    let silent = Reading { kernel: kernel(37, true), hardware: Some(Err("the card is gone".into())) };
    check(&silent, Some(&good), ClockLock::Holdover, 5_100, Some("not followed: the card is gone."));
    check(&phc(40_000_000), Some(&good), ClockLock::Free, 40_000_000, Some("39 ms apart"));
}

#[test]
fn software_mode_wants_a_kernel_that_knows_tai() {
    let mut follower = Follower::default();
    let mut check =
        |kernel: Option<KernelClock>, ptp: Option<&DomainView>, lock: ClockLock, says: Option<&str>| {
            let reading = Reading { kernel, hardware: None };
            let following = follower.take(&Reference::Software, &reading, ptp, now());
            assert_eq!((following.lock, following.ahead_ns), (lock, 0));
            assert_eq!(says.is_some(), following.problem.is_some(), "{following:?}");
            if let (Some(part), Some(problem)) = (says, following.problem) {
                assert!(problem.contains(part), "{problem}");
            }
        };
    let near = ptp(PtpState::Locked, Some(-80_000));
    check(None, Some(&near), ClockLock::System, Some("does not say"));
    check(kernel(0, true), Some(&near), ClockLock::System, Some("is 0, so its TAI is UTC"));
    check(kernel(36, true), Some(&near), ClockLock::System, Some("is 36 s and should be 37 s"));
    check(kernel(37, true), None, ClockLock::Free, None);
    check(kernel(37, true), Some(&near), ClockLock::Locked, None);
    check(kernel(37, true), None, ClockLock::Holdover, None);
    check(
        kernel(37, true),
        Some(&ptp(PtpState::Changed, Some(3 * NS / 10))),
        ClockLock::Free,
        Some("300 ms apart"),
    );
    check(kernel(37, true), Some(&ptp(PtpState::Insane, Some(0))), ClockLock::Free, None);
}

#[test]
fn the_machines_clock_is_as_good_as_the_kernel_says() {
    let take = |kernel| {
        Follower::default().take(&Reference::System, &Reading { kernel, hardware: None }, None, now())
    };
    assert_eq!(take(kernel(0, true)).uncertainty_ns, Some(5_000));
    assert_eq!(take(kernel(0, false)).uncertainty_ns, None);
    assert_eq!(take(kernel(37, true)).lock, ClockLock::System);
}
