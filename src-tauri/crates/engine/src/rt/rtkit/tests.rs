use super::*;

const UNLIMITED: RunTime = RunTime { soft: u64::MAX, hard: u64::MAX };
/// What the service permits unless its administrator says otherwise.
const USUAL: Offer = Offer { priority: 20, run_time_us: 200_000 };

#[test]
fn what_is_asked_for_keeps_to_what_is_permitted() {
    #[track_caller]
    fn check(wanted: i32, offer: Offer, now: RunTime, expected: (u32, u64, u64)) {
        let (priority, soft, hard) = expected;
        assert_eq!(
            request(wanted, offer, now).unwrap(),
            Request { priority, run_time: RunTime { soft, hard } }
        );
    }
    check(50, USUAL, UNLIMITED, (20, 100_000, 200_000));
    check(10, USUAL, UNLIMITED, (10, 100_000, 200_000));
    check(20, USUAL, UNLIMITED, (20, 100_000, 200_000));
    check(1, Offer { priority: 99, ..USUAL }, UNLIMITED, (1, 100_000, 200_000));
    // A limit that is lower already stays: only a privileged process could raise it.
    check(50, USUAL, RunTime { soft: 1, hard: 50_000 }, (20, 25_000, 50_000));
    // A soft limit that the kernel has moved on is put back.
    check(50, USUAL, RunTime { soft: 1_100_000, hard: 200_000 }, (20, 100_000, 200_000));
    check(
        50,
        Offer { run_time_us: i64::MAX, ..USUAL },
        UNLIMITED,
        (20, i64::MAX as u64 / 2, i64::MAX as u64),
    );
    check(50, Offer { run_time_us: 20_000, ..USUAL }, UNLIMITED, (20, 10_000, 20_000));
}

#[test]
fn what_would_be_of_no_use_or_end_the_process_is_not_asked_for() {
    #[track_caller]
    fn check(offer: Offer, now: RunTime, expected: &str) {
        assert_eq!(request(50, offer, now).unwrap_err().to_string(), expected);
    }
    check(Offer { priority: 0, ..USUAL }, UNLIMITED, "its highest priority is 0, which is none");
    check(Offer { priority: -1, ..USUAL }, UNLIMITED, "its highest priority is -1, which is none");
    let too_short = |us| {
        format!(
            "only {us} µs of computing without a pause are permitted, and a burst of packets takes longer"
        )
    };
    check(Offer { run_time_us: 19_999, ..USUAL }, UNLIMITED, &too_short(19_999));
    check(Offer { run_time_us: 0, ..USUAL }, UNLIMITED, &too_short(0));
    check(Offer { run_time_us: -1, ..USUAL }, UNLIMITED, &too_short(0));
    check(USUAL, RunTime { soft: 0, hard: 0 }, &too_short(0));
}
