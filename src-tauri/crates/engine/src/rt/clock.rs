//! The only type that reads the system's clocks.

use std::time::Duration;

use audyn_model::{Clock, Mono, Utc};

/// The machine's own clocks: `CLOCK_REALTIME` for civil time, `CLOCK_MONOTONIC` for everything else.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn utc(&self) -> Utc {
        Utc(read(libc::CLOCK_REALTIME))
    }

    fn mono(&self) -> Mono {
        Mono(read(libc::CLOCK_MONOTONIC))
    }
}

fn read(clock: libc::clockid_t) -> i64 {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `now` is a valid timespec to write to; the clock ids used here exist on every Linux.
    unsafe { libc::clock_gettime(clock, &raw mut now) };
    now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// Sleeps until a monotonic instant; returns at once if it has passed. Signals do not end the sleep.
pub fn sleep_until(at: Mono) {
    let when =
        libc::timespec { tv_sec: at.0.div_euclid(1_000_000_000), tv_nsec: at.0.rem_euclid(1_000_000_000) };
    // SAFETY: `when` is a valid timespec; no remainder is asked for with TIMER_ABSTIME.
    while unsafe {
        libc::clock_nanosleep(
            libc::CLOCK_MONOTONIC,
            libc::TIMER_ABSTIME,
            &raw const when,
            std::ptr::null_mut(),
        )
    } == libc::EINTR
    {}
}

/// CPU time that this process has used.
#[must_use]
pub fn process_cpu_time() -> Duration {
    Duration::from_nanos(u64::try_from(read(libc::CLOCK_PROCESS_CPUTIME_ID)).unwrap_or(0))
}

/// CPU time that the calling thread has used.
#[must_use]
pub fn thread_cpu_time() -> Duration {
    Duration::from_nanos(u64::try_from(read(libc::CLOCK_THREAD_CPUTIME_ID)).unwrap_or(0))
}
