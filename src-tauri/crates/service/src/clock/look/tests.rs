use super::*;

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
