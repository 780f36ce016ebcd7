//! Real-time priority and locked memory. Both are asked for where the system permits; a refusal is a warning with what
//! would permit it, never an error: capture works without.

use std::fmt;
use std::io;
use std::time::Duration;

use super::{rtkit, sched};

/// How long each step with `RealtimeKit` may take. It and the bus answer in milliseconds, even when it has to be started.
const PATIENCE: Duration = Duration::from_secs(2);

/// The priority a thread was given, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// `SCHED_FIFO` at the priority asked for: the user or the service may.
    Kernel {
        /// 1 to 99.
        priority: i32,
    },
    /// Real-time scheduling (`SCHED_RR` unless its administrator chose `SCHED_FIFO`) at the most `RealtimeKit` gives.
    RealtimeKit {
        /// 1 to 99, at most what was asked for.
        priority: u32,
    },
}

/// The system did not grant something or took it back, and what would make it.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A thread runs without real-time priority.
    #[error(
        "real-time priority was refused, by the kernel (SCHED_FIFO: {kernel}) and by RealtimeKit ({rtkit}); capture \
         continues without it. Give the service LimitRTPRIO=60, or the user an rtprio limit in \
         /etc/security/limits.d, or have RealtimeKit run (Debian package rtkit)"
    )]
    Priority {
        /// Why the thread could not do it itself.
        kernel: io::Error,
        /// Why `RealtimeKit` did not do it for the thread.
        rtkit: rtkit::Error,
    },
    /// A thread had real-time priority and lost it.
    #[error(
        "real-time priority was given up: a thread computed without a pause for half of what RealtimeKit permits, \
         beyond which the kernel would have ended the process; capture continues without it. Give the service \
         LimitRTPRIO=60, or the user an rtprio limit in /etc/security/limits.d: neither has this bound"
    )]
    GivenUp,
    /// Memory may be swapped out.
    #[error(
        "locking memory (mlockall) was refused ({0}); capture continues without it. Give the service \
         LimitMEMLOCK=infinity, or the user a memlock limit in /etc/security/limits.d"
    )]
    Memory(#[source] io::Error),
}

/// Puts the calling thread under `SCHED_FIFO` at `priority` (1 to 99); where that is not permitted, asks `RealtimeKit`
/// for as much as it gives. Allocates, and waits up to two seconds for each of five answers: for the start of a thread.
///
/// # Errors
/// Neither is permitted. The refusal says why for both.
pub fn make_this_thread_real_time(priority: i32) -> Result<Granted, Refusal> {
    match sched::fifo(priority) {
        Ok(()) => Ok(Granted::Kernel { priority }),
        Err(kernel) => rtkit::make_this_thread_real_time(priority, PATIENCE)
            .map(|priority| Granted::RealtimeKit { priority })
            .map_err(|rtkit| Refusal::Priority { kernel, rtkit }),
    }
}

/// Whether a thread gave its real-time priority up since this was last asked (see [`Refusal::GivenUp`]).
#[must_use]
pub fn priority_given_up() -> Option<Refusal> {
    sched::priority_given_up().then_some(Refusal::GivenUp)
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
        _ => Err(Refusal::Memory(io::Error::last_os_error())),
    }
}

impl fmt::Display for Granted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kernel { priority } => write!(f, "real-time priority {priority} (SCHED_FIFO)"),
            Self::RealtimeKit { priority } => write!(f, "real-time priority {priority} (by RealtimeKit)"),
        }
    }
}
