use audyn_model::Mono;
use jiff::civil::date;

use super::*;

const S: i64 = 1_000_000_000;

fn writing() -> Writing {
    Writing {
        outputs: Vec::new(),
        layout: wire::Layout::Flat,
        custom_format: None,
        period_s: 0,
        clock: wire::ArchiveClock::Utc,
    }
}

#[test]
fn attempts_come_less_and_less_often_until_a_recording_has_settled() {
    let seat = Seat::default();
    let wait = |at_s: i64| {
        let failure = seat.failed("no".into(), Mono(at_s * S), Utc(at_s * S));
        (failure.retry_at.0 - at_s * S) / S
    };
    assert_eq!([0, 1, 2].map(wait), [1, 2, 4]);
    seat.began(Utc(200 * S), writing());
    assert_eq!(wait(300), 1, "it had run for more than a minute");
    seat.ended();
    assert_eq!(wait(301), 1, "somebody has stopped it");
}

#[test]
fn sums_are_of_one_day_and_stored_once() {
    let (seat, uid) = (Seat::default(), RecorderId::new());
    let (today, tomorrow) = (date(2026, 10, 25), date(2026, 10, 26));
    seat.resume(today, &DayRow { recorder: uid, wanted_ms: 1000, missing_ms: 10, gaps: 1 });
    assert_eq!(seat.unstored(uid), None, "the database has these");
    seat.wanted(500, today);
    seat.missed(20, today);
    let share = DayShare { recorder: uid, day: today, wanted_ms: 500, missing_ms: 20, gaps: 0 };
    assert_eq!(seat.unstored(uid), Some(share));
    assert_eq!(seat.unstored(uid), None);
    assert_eq!(seat.today(today).map(|sums| sums.wanted_ms), Some(1500));
    seat.wanted(7, tomorrow);
    assert_eq!(seat.today(today), None);
    assert_eq!(seat.today(tomorrow).map(|sums| sums.wanted_ms), Some(7));
}
