//! Real-time priority for ordinary users, from `RealtimeKit` (`org.freedesktop.RealtimeKit1` on the system bus).
//!
//! It gives a thread real-time scheduling if the process has bound how long such threads compute without a pause
//! (`RLIMIT_RTTIME`), if what they start is ordinary again (`SCHED_RESET_ON_FORK`), and up to its own limits.
//!
//! The conversation runs on a thread of its own, `audyn-rtkit`, which ends with it: nothing of the bus stays.

use std::io;
use std::time::Duration;

use zbus::fdo;
use zbus::{Connection, Message, Variant};

use super::sched::{self, RunTime};

/// Why `RealtimeKit` did not make a thread real-time. Reads on after "by RealtimeKit".
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The thread for the conversation or its timer cannot be had.
    #[error("cannot begin to ask: {0}")]
    Begin(#[source] io::Error),
    /// One step failed.
    #[error("{step}: {source}")]
    Failed {
        /// What was being done.
        step: Step,
        /// What the bus or the service said.
        source: zbus::Error,
    },
    /// One step took too long.
    #[error("{step}: no answer within {} ms", patience.as_millis())]
    Silent {
        /// What was being done.
        step: Step,
        /// How long it was waited for.
        patience: Duration,
    },
    /// It gives real-time priority to nobody.
    #[error("its highest priority is {0}, which is none")]
    NoPriority(i32),
    /// The process, or the service, permits so little that an ordinary burst of packets would end the process.
    #[error("only {0} µs of computing without a pause are permitted, and a burst of packets takes longer")]
    RunTimeTooShort(u64),
    /// What it requires cannot be set.
    #[error("cannot set {what} as it requires: {source}")]
    Require {
        /// What.
        what: &'static str,
        /// Why not.
        source: io::Error,
    },
}

/// The steps of the conversation, each of which may fail or take too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Connecting to the system bus.
    Connect,
    /// Reading the highest priority.
    ReadPriority,
    /// Reading how long a thread may compute without a pause.
    ReadRunTime,
    /// The request, with the number of the process: behind a proxy or in a sandbox the bus knows another.
    Ask,
    /// The request as services before 0.12 know it.
    AskWithoutProcess,
}

const SERVICE: &str = "org.freedesktop.RealtimeKit1";
const PATH: &str = "/org/freedesktop/RealtimeKit1";

/// The shortest run time accepted, in microseconds: several times what a wake-up takes after a stall of one.
const SHORTEST: u64 = 20_000;

/// Asks `RealtimeKit` to make the calling thread real-time at `priority` (1 to 99), or at the highest it gives if that is
/// less; returns which. Waits for each of up to five answers for `patience` at most.
///
/// From then on a thread of the process that has real-time priority and computes for half the time permitted without a
/// pause becomes an ordinary one; [`priority_given_up`](super::priority_given_up) tells.
///
/// # Errors
/// There is no system bus, no service on it, no permission, no answer; or it permits too little to be of use.
pub fn make_this_thread_real_time(priority: i32, patience: Duration) -> Result<u32, Error> {
    let thread = sched::this_thread();
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("audyn-rtkit".into())
            .spawn_scoped(scope, || zbus::block_on(converse(thread, priority, patience)))
            .map_err(Error::Begin)?
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// What `RealtimeKit` says it permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Offer {
    /// `MaxRealtimePriority`.
    priority: i32,
    /// `RTTimeUSecMax`.
    run_time_us: i64,
}

/// What is set and asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Request {
    priority: u32,
    run_time: RunTime,
}

/// What to ask for, when `wanted` is the priority that would be best and `now` the limit the process has.
fn request(wanted: i32, offer: Offer, now: RunTime) -> Result<Request, Error> {
    let priority = u32::try_from(wanted.min(offer.priority))
        .ok()
        .filter(|p| *p > 0)
        .ok_or(Error::NoPriority(offer.priority))?;
    let hard = now.hard.min(u64::try_from(offer.run_time_us).unwrap_or(0));
    if hard < SHORTEST {
        return Err(Error::RunTimeTooShort(hard));
    }
    // At the soft limit the priority is given up; the rest is for doing so.
    Ok(Request { priority, run_time: RunTime { soft: hard / 2, hard } })
}

async fn converse(thread: libc::pid_t, wanted: i32, patience: Duration) -> Result<u32, Error> {
    let bus = within(patience, Step::Connect, Connection::system()).await?;
    let offer = Offer {
        priority: read(&bus, patience, Step::ReadPriority, "MaxRealtimePriority").await?,
        run_time_us: read(&bus, patience, Step::ReadRunTime, "RTTimeUSecMax").await?,
    };
    let limit = |source| Error::Require { what: "RLIMIT_RTTIME", source };
    let Request { priority, run_time } = request(wanted, offer, sched::run_time().map_err(limit)?)?;
    // The handler comes first: from the limit on, the signal may come.
    sched::give_up_priority_at_soft_limit()
        .map_err(|source| Error::Require { what: "a handler for SIGXCPU", source })?;
    sched::set_run_time(run_time).map_err(limit)?;
    sched::reset_on_fork(thread).map_err(|source| Error::Require { what: "SCHED_RESET_ON_FORK", source })?;
    ask(&bus, patience, thread.unsigned_abs().into(), priority).await?;
    Ok(priority)
}

async fn ask(bus: &Connection, patience: Duration, thread: u64, priority: u32) -> Result<(), Error> {
    let process = u64::from(std::process::id());
    let with_process = call(SERVICE, "MakeThreadRealtimeWithPID", bus, (process, thread, priority));
    match within(patience, Step::Ask, with_process).await {
        Err(Error::Failed { source: zbus::Error::FDO(error), .. })
            if matches!(*error, fdo::Error::UnknownMethod(_)) => {}
        answer => return answer.map(drop),
    }
    let without = call(SERVICE, "MakeThreadRealtime", bus, (thread, priority));
    within(patience, Step::AskWithoutProcess, without).await.map(drop)
}

/// Reads one property. The service knows no call that reads all.
async fn read<T>(bus: &Connection, patience: Duration, step: Step, property: &str) -> Result<T, Error>
where
    T: for<'a> TryFrom<&'a Variant<'a>, Error = zbus::Error>,
{
    let get = call("org.freedesktop.DBus.Properties", "Get", bus, (SERVICE, property));
    let message = within(patience, step, get).await?;
    value(&message).map_err(|source| Error::Failed { step, source })
}

async fn call<B>(interface: &str, method: &str, bus: &Connection, arguments: B) -> zbus::Result<Message>
where
    B: serde::Serialize + zbus::DynamicType,
{
    bus.call_method(Some(SERVICE), PATH, Some(interface), method, &arguments).await
}

fn value<T>(message: &Message) -> zbus::Result<T>
where
    T: for<'a> TryFrom<&'a Variant<'a>, Error = zbus::Error>,
{
    let body = message.body();
    let variant: Variant<'_> = body.deserialize()?;
    T::try_from(&variant)
}

async fn within<T>(
    patience: Duration,
    step: Step,
    act: impl Future<Output = zbus::Result<T>>,
) -> Result<T, Error> {
    let runtime = zruntime::SharedRuntime::current().map_err(Error::Begin)?;
    match runtime.timeout(patience, act).await {
        Ok(answer) => answer.map_err(|source| Error::Failed { step, source }),
        Err(zruntime::TimedOut { .. }) => Err(Error::Silent { step, patience }),
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting to the system bus",
            Self::ReadPriority => "reading MaxRealtimePriority",
            Self::ReadRunTime => "reading RTTimeUSecMax",
            Self::Ask => "MakeThreadRealtimeWithPID",
            Self::AskWithoutProcess => "MakeThreadRealtime",
        })
    }
}

#[cfg(test)]
mod tests;
