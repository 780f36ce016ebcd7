//! Real-time priority and locked memory. Both are asked for where the system permits; a refusal is a warning with what
//! would permit it, never an error: capture works without.

use std::io;

/// The system did not grant something, and what would make it.
#[derive(Debug, thiserror::Error)]
#[error("{what} was refused ({source}); capture continues without it. {remedy}")]
pub struct Refusal {
    what: &'static str,
    remedy: &'static str,
    source: io::Error,
}

/// Puts the calling thread under `SCHED_FIFO` at `priority` (1 to 99).
///
/// # Errors
/// Not permitted: no `CAP_SYS_NICE` and no rtprio limit.
pub fn make_this_thread_real_time(priority: i32) -> Result<(), Refusal> {
    let wanted = libc::sched_param { sched_priority: priority };
    // SAFETY: `wanted` is a valid sched_param; thread 0 is the calling thread.
    match unsafe {
        libc::sched_setscheduler(0, libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, &raw const wanted)
    } {
        0 => Ok(()),
        _ => Err(Refusal {
            what: "real-time priority (SCHED_FIFO)",
            remedy: "Give the service LimitRTPRIO=60, or the user an rtprio limit in /etc/security/limits.d",
            source: io::Error::last_os_error(),
        }),
    }
}

/// Locks the process's memory, now and later, page by page as it is first touched (`MCL_ONFAULT`): memory held ready
/// for a stall costs nothing until the stall.
///
/// # Errors
/// Not permitted: no `CAP_IPC_LOCK` and too small a memlock limit.
pub fn lock_memory() -> Result<(), Refusal> {
    // SAFETY: changes only how the kernel keeps this process's pages.
    match unsafe { libc::mlockall(libc::MCL_CURRENT | libc::MCL_FUTURE | libc::MCL_ONFAULT) } {
        0 => Ok(()),
        _ => Err(Refusal {
            what: "locking memory (mlockall)",
            remedy: "Give the service LimitMEMLOCK=infinity, or the user a memlock limit in /etc/security/limits.d",
            source: io::Error::last_os_error(),
        }),
    }
}
