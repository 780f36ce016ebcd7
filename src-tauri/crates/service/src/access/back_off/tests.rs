use std::net::IpAddr;

use super::*;

const fn at(seconds: i64) -> Mono {
    Mono(seconds * SECOND)
}

fn account(id: &str) -> Who {
    Who::Account(id.to_owned())
}

fn address(text: &str) -> Who {
    Who::address(text.parse::<IpAddr>().unwrap())
}

/// Tries without end, each attempt as soon as it may be; the waits in between, until the first lock-out.
fn waits(who: &Who) -> Vec<u64> {
    let (mut back_off, mut now, mut waits) = (BackOff::default(), at(0), Vec::new());
    loop {
        match back_off.attempt(std::slice::from_ref(who), now) {
            Turn::Now => waits.push(0),
            Turn::Last => return waits,
            Turn::Wait(seconds) => {
                *waits.last_mut().unwrap() = seconds;
                now = Mono(now.0 + seconds as i64 * SECOND);
            }
        }
    }
}

#[test]
fn waits_grow_until_the_lock_out() {
    assert_eq!(waits(&account("ann")), [0, 0, 0, 1, 2, 4, 8, 16, 32]);
    assert_eq!(
        waits(&Who::Nobody("x".into())),
        waits(&account("ann")),
        "a name that nobody has looks the same"
    );
    assert_eq!(waits(&account(crate::access::BREAKGLASS)), [0, 1, 2, 4]);
    assert_eq!(waits(&address("192.0.2.1"))[..12], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
}

#[test]
fn a_lock_out_holds_for_all_of_its_time_and_the_right_password_does_not_end_it_early() {
    let mut back_off = BackOff::default();
    let ann = [account("ann")];
    let mut now = at(0);
    while back_off.attempt(&ann, now) != Turn::Last {
        now = Mono(now.0 + 60 * SECOND);
    }
    assert_eq!(back_off.attempt(&ann, now), Turn::Wait(900));
    assert_eq!(back_off.attempt(&ann, Mono(now.0 + 899 * SECOND + 1)), Turn::Wait(1));
    assert_eq!(back_off.attempt(&ann, Mono(now.0 + 900 * SECOND)), Turn::Now);
    back_off.right(&ann);
    assert_eq!(back_off.attempt(&ann, Mono(now.0 + 900 * SECOND)), Turn::Now);
}

#[test]
fn one_account_does_not_hold_up_another_and_an_address_is_not_cleared_by_signing_in() {
    let mut back_off = BackOff::default();
    let here = address("192.0.2.1");
    for n in 0..10 {
        assert_eq!(back_off.attempt(&[account(&format!("a{n}")), here.clone()], at(0)), Turn::Now);
    }
    // Right once in a while: the address goes on counting what was wrong.
    assert_eq!(back_off.attempt(&[account("own"), here.clone()], at(0)), Turn::Now);
    back_off.right(&[account("own"), here.clone()]);
    assert_eq!(back_off.attempt(&[account("own"), here.clone()], at(0)), Turn::Now);
    assert_eq!(back_off.attempt(&[account("own"), here], at(0)), Turn::Wait(1));
    assert_eq!(back_off.attempt(&[account("own"), address("192.0.2.2")], at(0)), Turn::Now);
}

#[test]
fn an_ipv6_network_is_one_address_and_a_mapped_address_is_what_it_maps() {
    assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:1"));
    assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
    assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
}

#[test]
fn what_is_remembered_is_bounded_and_accounts_are_not_pushed_out() {
    let mut back_off = BackOff::default();
    for _ in 0..4 {
        back_off.attempt(&[account("ann")], at(0));
    }
    for n in 0..3 * MOST as u32 {
        let from = IpAddr::from(n.to_be_bytes());
        back_off.attempt(&[Who::Nobody(n.to_string()), Who::Address(from)], at(0));
    }
    assert!(back_off.tries.len() <= 2 * MOST + 1, "{}", back_off.tries.len());
    assert_eq!(back_off.attempt(&[account("ann")], at(0)), Turn::Wait(1));
}
