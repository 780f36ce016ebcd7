//! The scheduler's system calls: what a thread may ask of the kernel itself, and what must be set before `RealtimeKit` asks
//! it for more.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

/// How long threads with real-time priority may compute without a pause, in microseconds (`RLIMIT_RTTIME`). At `soft`
/// the kernel sends `SIGXCPU`, at `hard` it ends the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RunTime {
    pub soft: u64,
    pub hard: u64,
}

static GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// Whether a thread became an ordinary one since this was last asked.
pub(super) fn priority_given_up() -> bool {
    GIVEN_UP.swap(false, Ordering::Relaxed)
}

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

/// Puts the calling thread under `SCHED_FIFO`, and what it starts not.
pub(super) fn fifo(priority: i32) -> io::Result<()> {
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
