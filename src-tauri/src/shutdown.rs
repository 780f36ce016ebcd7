//! Signals → ordered stop with a deadline.
//!
//! SIGINT and SIGTERM ask the program to stop; it has [`STOP_DEADLINE`] to finish every file. A second one, or the
//! deadline, ends it at once with [`Exit::Unfinished`]: files play all the same, and the next start mends them. SIGHUP
//! asks it to open its log anew and to read its configuration again; SIGUSR1 to begin a recording, or to end it.
//!
//! The thread `signals` owns all of this, so that the promise holds whatever the rest of the program is waiting for.

use std::io;
use std::pin::Pin;
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_model::{Clock as _, Mono};
use tokio::runtime;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Sleep;

use crate::exit::Exit;
use crate::logging::Logging;

/// Longest time between the first signal and the end of the program: a controller that kills after five seconds never
/// has to.
pub const STOP_DEADLINE: Duration = Duration::from_millis(4900);
/// Left to recorders for finishing their files: the deadline less the time that the rest of the way out takes.
pub const FINISH_DEADLINE: Duration = Duration::from_millis(4500);

/// What the outside asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Stop, in order.
    Stop,
    /// Open logs anew and read the configuration again.
    Reload,
    /// Begin to record, or end that. Asked at this moment.
    Trigger(Mono),
}

/// Where the program is, as far as signals are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Doing its work.
    Running,
    /// Told to stop.
    Stopping,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// SIGINT or SIGTERM.
    StopSignal,
    /// SIGHUP.
    HangUp,
    /// SIGUSR1, at this moment.
    Trigger(Mono),
    /// The time for stopping is over.
    Deadline,
}

/// What is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Nothing,
    /// Tell the program.
    Tell(Asked),
    /// End it now.
    Leave(Exit),
}

/// The rule. Pure.
#[must_use]
pub const fn step(phase: Phase, input: Input) -> (Phase, Act) {
    match (phase, input) {
        (Phase::Running, Input::StopSignal) => (Phase::Stopping, Act::Tell(Asked::Stop)),
        (Phase::Running, Input::HangUp) => (Phase::Running, Act::Tell(Asked::Reload)),
        (Phase::Running, Input::Trigger(at)) => (Phase::Running, Act::Tell(Asked::Trigger(at))),
        (Phase::Running, Input::Deadline) => (Phase::Running, Act::Nothing),
        (Phase::Stopping, Input::StopSignal | Input::Deadline) => {
            (Phase::Stopping, Act::Leave(Exit::Unfinished))
        }
        // Whoever rotates logs while we stop gets the old file; there is nothing to reload for, and nothing is begun.
        (Phase::Stopping, Input::HangUp | Input::Trigger(_)) => (Phase::Stopping, Act::Nothing),
    }
}

/// Watches for signals from now on. What they ask for comes out of the receiver.
///
/// # Errors
/// The handlers or their thread cannot be made.
pub fn watch(logging: &Logging) -> io::Result<Receiver<Asked>> {
    let (tell, asked) = channel();
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let handlers = runtime.block_on(async { Handlers::install() })?;
    let logging = logging.clone();
    thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(handlers.run(&tell, &logging));
    })?;
    Ok(asked)
}

/// Watches for signals from now on, for work that has nothing to reload. The flag is set when it has to stop.
///
/// # Errors
/// As for [`watch`].
pub fn stop_flag(logging: &Logging) -> io::Result<Arc<AtomicBool>> {
    let asked = watch(logging)?;
    let flag = Arc::new(AtomicBool::new(false));
    let set = Arc::clone(&flag);
    thread::Builder::new().name("stop".into()).spawn(move || {
        while let Ok(asked) = asked.recv() {
            if asked == Asked::Stop {
                set.store(true, Ordering::Release);
            }
        }
    })?;
    Ok(flag)
}

struct Handlers {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    trigger: Signal,
}

impl Handlers {
    fn install() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            trigger: signal(SignalKind::user_defined1())?,
        })
    }

    async fn run(mut self, tell: &Sender<Asked>, logging: &Logging) {
        let mut phase = Phase::Running;
        let mut deadline: Option<Pin<Box<Sleep>>> = None;
        loop {
            let time_is_over = async {
                match &mut deadline {
                    Some(deadline) => deadline.await,
                    None => std::future::pending().await,
                }
            };
            let input = tokio::select! {
                _ = self.interrupt.recv() => Input::StopSignal,
                _ = self.terminate.recv() => Input::StopSignal,
                _ = self.hang_up.recv() => Input::HangUp,
                _ = self.trigger.recv() => Input::Trigger(SystemClock.mono()),
                () = time_is_over => Input::Deadline,
            };
            let (next, act) = step(phase, input);
            if (phase, next) == (Phase::Running, Phase::Stopping) {
                deadline = Some(Box::pin(tokio::time::sleep(STOP_DEADLINE)));
            }
            phase = next;
            match act {
                Act::Nothing => {}
                Act::Tell(asked) => {
                    // Nobody listening any more: the program is on its way out already.
                    let _ = tell.send(asked);
                }
                Act::Leave(exit) => {
                    tracing::error!(
                        "ended before every file was finished; they play, and the next start mends them"
                    );
                    logging.finish();
                    process::exit(exit.code().into());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
