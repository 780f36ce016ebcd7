//! When a recorder that has ended by itself is started again.

use std::time::Duration;

/// Waits between attempts, in seconds; the last one holds from then on.
const WAITS_S: [u64; 7] = [1, 2, 4, 8, 15, 30, 60];
/// A recording that has lasted this long begins a new count of attempts.
const SETTLED: Duration = Duration::from_secs(60);

/// Attempts, less and less often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackOff {
    attempts: usize,
}

impl BackOff {
    /// How long to wait after a failure. `ran` is how long the recording had lasted; zero if it had not begun.
    pub fn after(&mut self, ran: Duration) -> Duration {
        if ran > SETTLED {
            self.attempts = 0;
        }
        let wait = Duration::from_secs(WAITS_S[self.attempts.min(WAITS_S.len() - 1)]);
        self.attempts += 1;
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_come_less_and_less_often_until_a_recording_has_settled() {
        let mut back_off = BackOff::default();
        let waits = [0; 8].map(|_| back_off.after(Duration::ZERO).as_secs());
        assert_eq!(waits, [1, 2, 4, 8, 15, 30, 60, 60]);
        assert_eq!(back_off.after(Duration::from_secs(10)).as_secs(), 60, "it fell again at once");
        assert_eq!(
            back_off.after(Duration::from_secs(100)).as_secs(),
            1,
            "it had run for more than a minute"
        );
    }
}
