//! Asks RAVENNA devices for descriptions: each session when it appears, then every 30 s, which is also how a change and a
//! silence are noticed. Those that do not answer are asked less and less often.
//!
//! Two threads ask, each one device at a time and five seconds at most, so one that hangs delays the others little. They
//! start with the first session and end by themselves within five seconds of the last owner.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use audyn_model::{Clock, Mono};

use super::browser::Endpoint;
use super::rtsp;

/// Between two questions to a device that answers.
const PERIOD: Duration = Duration::from_secs(30);
/// The longest time between two to one that does not.
const LONGEST: Duration = Duration::from_secs(600);
/// Devices asked at once.
const THREADS: usize = 2;
/// Between two looks at whether anything is due.
const LOOK: Duration = Duration::from_millis(500);

/// A session that nobody describes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Its name, without control characters.
    pub name: String,
    /// Whom it was asked of.
    pub at: std::net::SocketAddrV4,
    /// The interface by which it was heard of.
    pub interface: String,
    /// Why there is no description.
    pub why: String,
}

/// What became of a question, for whoever keeps the sessions.
pub(super) trait Told: Send + Sync + 'static {
    fn described(&self, endpoint: &Endpoint, text: &str);
    fn failed(&self);
}

/// The desk.
pub(super) struct Desk {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    tasks: BTreeMap<String, Task>,
    threads: usize,
    stop: bool,
}

struct Task {
    endpoint: Endpoint,
    due: Mono,
    asking: bool,
    failures: u32,
    why: Option<String>,
    /// The last description.
    text: Option<Arc<str>>,
}

impl Desk {
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Asks for exactly these sessions from now on. Returns those that are gone, with their last description.
    pub fn follow<T: Told>(
        self: &Arc<Self>,
        endpoints: Vec<Endpoint>,
        told: &Arc<T>,
    ) -> Vec<(Endpoint, Arc<str>)> {
        let now = self.clock.mono();
        let mut state = self.state();
        let mut gone = Vec::new();
        state.tasks.retain(|name, task| {
            let stays = endpoints.iter().any(|endpoint| endpoint.name == *name);
            if !stays && let Some(text) = &task.text {
                gone.push((task.endpoint.clone(), Arc::clone(text)));
            }
            stays
        });
        for endpoint in endpoints {
            if state.tasks.get(&endpoint.name).is_some_and(|task| task.endpoint == endpoint) {
                continue;
            }
            let (due, asking, failures, why) = (now, false, 0, None);
            let text = state.tasks.get(&endpoint.name).and_then(|task| task.text.clone());
            let task = Task { endpoint, due, asking, failures, why, text };
            state.tasks.insert(task.endpoint.name.clone(), task);
            self.changed.notify_one();
        }
        while !state.tasks.is_empty() && state.threads < THREADS {
            let (desk, told) = (Arc::clone(self), Arc::downgrade(told));
            let name = format!("audyn-rtsp-{}", state.threads);
            match std::thread::Builder::new().name(name).stack_size(256 * 1024).spawn(move || desk.ask(&told))
            {
                Ok(_) => state.threads += 1,
                Err(error) => {
                    tracing::error!(%error, "RAVENNA sessions are not described: no thread could be started");
                    break;
                }
            }
        }
        gone
    }

    /// Sessions without a description, by name.
    pub fn troubles(&self) -> Vec<Trouble> {
        let state = self.state();
        let trouble = |task: &Task| {
            let Endpoint { name, at, interface } = &task.endpoint;
            let name = crate::sdp::clean(name);
            Some(Trouble { name, at: *at, interface: interface.clone(), why: task.why.clone()? })
        };
        state.tasks.values().filter_map(trouble).collect()
    }

    /// Lets the threads end.
    pub fn stop(&self) {
        self.state().stop = true;
        self.changed.notify_all();
    }

    fn ask<T: Told>(&self, told: &Weak<T>) {
        let mut state = self.state();
        while !state.stop {
            let now = self.clock.mono();
            let due = state.tasks.values_mut().filter(|task| !task.asking && task.due <= now);
            let Some(task) = due.min_by_key(|task| task.due) else {
                state = self.changed.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
                continue;
            };
            task.asking = true;
            let endpoint = task.endpoint.clone();
            drop(state);
            let answer = rtsp::describe(endpoint.at, &endpoint.name, &*self.clock);
            let Some(told) = told.upgrade() else { return };
            match &answer {
                Ok(text) => told.described(&endpoint, text),
                Err(error) => {
                    tracing::debug!(session = %crate::sdp::clean(&endpoint.name), at = %endpoint.at, %error, "no description");
                    told.failed();
                }
            }
            state = self.state();
            if let Some(task) = state.tasks.get_mut(&endpoint.name)
                && task.endpoint == endpoint
            {
                task.heard(answer, self.clock.mono());
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Task {
    fn heard(&mut self, answer: Result<String, rtsp::Error>, now: Mono) {
        self.asking = false;
        match answer {
            Ok(text) => {
                (self.failures, self.why, self.text) = (0, None, Some(text.into()));
                self.due = now.after(PERIOD);
            }
            Err(error) => {
                self.due = now.after((PERIOD * 2_u32.pow(self.failures.min(6))).min(LONGEST));
                self.failures += 1;
                self.why = Some(error.to_string());
            }
        }
    }
}
