use super::*;

#[test]
fn a_hold_ends_at_its_time_and_not_before() {
    let check = |until: Option<i64>, now, expected| {
        let hold = Hold {
            id: HoldId::new(),
            by: "Otto".into(),
            since: Utc(0),
            until: until.map(Utc),
            reason: "complaint".into(),
        };
        assert_eq!(hold.holds_at(Utc(now)), expected, "{until:?} at {now}");
    };
    check(None, i64::MAX, true);
    check(Some(10), 9, true);
    check(Some(10), 10, false);
    check(Some(10), 11, false);
}
