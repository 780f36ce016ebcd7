//! Real-time priority and locked memory. Both are asked for where the system permits; a refusal is a warning with what
//! would permit it, never an error: capture works without.

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::rtkit;

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
    match schedule_fifo(priority) {
        Ok(()) => Ok(Granted::Kernel { priority }),
        Err(kernel) => rtkit::make_this_thread_real_time(priority, PATIENCE)
            .map(|priority| Granted::RealtimeKit { priority })
            .map_err(|rtkit| Refusal::Priority { kernel, rtkit }),
    }
}

/// Whether a thread gave its real-time priority up since this was last asked (see [`Refusal::GivenUp`]).
#[must_use]
pub fn priority_given_up() -> Option<Refusal> {
    GIVEN_UP.swap(false, Ordering::Relaxed).then_some(Refusal::GivenUp)
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

/// How long threads with real-time priority may compute without a pause, in microseconds (`RLIMIT_RTTIME`). At `soft`
/// the kernel sends `SIGXCPU`, at `hard` it ends the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunTime {
    pub soft: u64,
    pub hard: u64,
}

static GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// The limit this process has now.
pub(super) fn run_time() -> io::Result<RunTime> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: `limit` is valid to write to.
    done(unsafe { libc::getrlimit(libc::RLIMIT_RTTIME, &raw mut limit) })?;
    Ok(RunTime { soft: limit.rlim_cur, hard: limit.rlim_max })
}

/// Sets the limit. Only a privileged process can raise `hard` again.
pub(super) fn set_run_time(to: RunTime) -> io::Result<()> {
    let limit = libc::rlimit { rlim_cur: to.soft, rlim_max: to.hard };
    // SAFETY: `limit` is valid to read.
    done(unsafe { libc::setrlimit(libc::RLIMIT_RTTIME, &raw const limit) })
}

/// Makes `SIGXCPU`, which would end the process, make the thread that ran too long an ordinary one instead. A handler
/// that is there already is left alone.
pub(super) fn give_up_priority_at_soft_limit() -> io::Result<()> {
    // SAFETY: all-zero bytes are a valid sigaction: the default, an empty mask, no flags.
    let mut before: libc::sigaction = unsafe { std::mem::zeroed() };
    // SAFETY: `before` is valid to write to; nothing is changed.
    done(unsafe { libc::sigaction(libc::SIGXCPU, std::ptr::null(), &raw mut before) })?;
    if before.sa_sigaction != libc::SIG_DFL {
        return Ok(());
    }
    // SAFETY: as above.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = give_up_priority as *const () as libc::sighandler_t;
    action.sa_flags = libc::SA_RESTART;
    // SAFETY: the handler makes only system calls that may be made in one, and keeps errno.
    done(unsafe { libc::sigaction(libc::SIGXCPU, &raw const action, std::ptr::null_mut()) })
}

/// Marks a thread of this process so that threads and processes it starts are ordinary ones (`SCHED_RESET_ON_FORK`).
pub(super) fn reset_on_fork(thread: libc::pid_t) -> io::Result<()> {
    let mut param = libc::sched_param { sched_priority: 0 };
    // SAFETY: changes nothing but the flag; `param` is valid to write to, then to read.
    unsafe {
        let policy = libc::sched_getscheduler(thread);
        done(policy.min(0))?;
        done(libc::sched_getparam(thread, &raw mut param))?;
        done(libc::sched_setscheduler(thread, policy | libc::SCHED_RESET_ON_FORK, &raw const param))
    }
}

/// The kernel's number of the calling thread.
pub(super) fn this_thread() -> libc::pid_t {
    // SAFETY: always succeeds.
    unsafe { libc::gettid() }
}

fn schedule_fifo(priority: i32) -> io::Result<()> {
    let wanted = libc::sched_param { sched_priority: priority };
    // SAFETY: `wanted` is a valid sched_param; thread 0 is the calling thread.
    done(unsafe {
        libc::sched_setscheduler(0, libc::SCHED_FIFO | libc::SCHED_RESET_ON_FORK, &raw const wanted)
    })
}

/// The kernel sends `SIGXCPU` to the thread whose time it is, if it can take it, and then moves the soft limit on by a
/// second, past the hard one: it is put back for the other threads.
extern "C" fn give_up_priority(_signal: libc::c_int) {
    let ordinary = libc::sched_param { sched_priority: 0 };
    // SAFETY: system calls on the calling thread and its process, with valid arguments; errno is put back.
    unsafe {
        let errno = libc::__errno_location();
        let before = *errno;
        // Without the flag this would need a privilege.
        libc::sched_setscheduler(0, libc::SCHED_OTHER | libc::SCHED_RESET_ON_FORK, &raw const ordinary);
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        if libc::getrlimit(libc::RLIMIT_RTTIME, &raw mut limit) == 0 {
            limit.rlim_cur = limit.rlim_max / 2;
            libc::setrlimit(libc::RLIMIT_RTTIME, &raw const limit);
        }
        *errno = before;
    }
    GIVEN_UP.store(true, Ordering::Relaxed);
}

fn done(result: libc::c_int) -> io::Result<()> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
