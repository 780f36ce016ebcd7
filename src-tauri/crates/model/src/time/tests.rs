use super::*;

#[test]
fn tai_is_37_seconds_ahead_since_2017() {
    let utc = Utc::from_seconds(1_483_228_800);
    assert_eq!(utc.to_tai(), Tai::from_seconds(1_483_228_837));
    assert_eq!(Utc(utc.0 - 1).to_tai(), Tai(1_483_228_836 * NS - 1));
}

#[test]
fn both_ways_agree_over_every_leap() {
    for (from, _) in LEAPS {
        for shift in [-3600, -2, -1, 0, 1, 2, 3600] {
            let utc = Utc::from_seconds((from + shift).max(LEAPS[0].0));
            assert_eq!(utc.to_tai().to_utc(), utc, "at {from}{shift:+}");
        }
    }
}

#[test]
fn mono_since_never_goes_negative() {
    assert_eq!(Mono(5).since(Mono(9)), Duration::ZERO);
    assert_eq!(Mono(9).since(Mono(5)), Duration::from_nanos(4));
}
