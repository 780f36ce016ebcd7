use super::*;

#[test]
fn what_nobody_known_causes_is_bounded_and_counted() {
    let mut flood = Flood::default();
    let minute = |n: i64| Mono(n * MINUTE_NS);
    let written = (0..1000).filter(|_| flood.admit(minute(0)).is_some()).count();
    assert_eq!(written, A_MINUTE as usize);
    assert_eq!(flood.admit(Mono(MINUTE_NS - 1)), None);
    assert_eq!(flood.admit(minute(1)), Some(1001 - A_MINUTE));
    assert_eq!(flood.admit(minute(1)), Some(0));
}

#[test]
fn texts_from_outside_fit_and_stand_on_one_line() {
    let note = AuditNote {
        at: audyn_model::Utc(0),
        who: "x".repeat(10_000),
        who_id: String::new(),
        address: None,
        kind: "sign_in".into(),
        done: false,
        subject: "a\nb\u{1b}[31m".into(),
        message: "m".into(),
    };
    let fit = bounded(note);
    assert_eq!((fit.who.len(), fit.subject.as_str()), (MOST, "a b [31m"));
}
