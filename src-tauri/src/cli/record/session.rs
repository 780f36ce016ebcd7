//! The recorders of one run: started, changed, stopped.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_model::{Clock as _, Mono, RecorderId};
use audyn_service::recorder::{
    BackOff, Begin, Limits, RecorderSpec, RecorderStats, Recorders, StartError, State,
};
use jiff::tz::TimeZone;
use serde_json::json;

use super::meters::Board;
use crate::compose;
use crate::config::change::{Change, changes};
use crate::config::checked::{Place, Recorder};
use crate::exit::Exit;
use crate::shutdown::FINISH_DEADLINE;

/// Recorders by name, and what became of those that are gone.
pub(super) struct Session {
    recorders: Arc<Recorders>,
    duration: Option<Duration>,
    /// Recorders are connected and wait to be told; a recording begins so long before that.
    armed: Option<Duration>,
    zone: TimeZone,
    /// As described when they were started.
    started: Vec<Recorder>,
    /// A name keeps its id as long as the program runs.
    ids: HashMap<String, RecorderId>,
    /// Could not be started, and why. A later start takes them off.
    failed: HashMap<String, String>,
    /// Ended because the configuration changed, or by themselves and were started again.
    earlier: Vec<RecorderStats>,
    /// What is to be started again, and when.
    again: HashMap<String, Again>,
    /// Something was started again since that was asked.
    revived: bool,
}

/// One that could not be started, or has ended by itself.
struct Again {
    recorder: Recorder,
    back_off: BackOff,
    at: Mono,
    /// When it began to run.
    since: Mono,
    /// It waits for its time.
    waits: bool,
}

impl Session {
    pub fn new(recorders: Arc<Recorders>, duration: Option<Duration>, armed: Option<Duration>) -> Self {
        if let Some(length) = armed {
            let length_ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
            recorders.keep(Limits { length_ms, bytes: Limits::usual_bytes() });
        }
        Self {
            recorders,
            duration,
            armed,
            zone: TimeZone::system(),
            started: Vec::new(),
            ids: HashMap::new(),
            failed: HashMap::new(),
            earlier: Vec::new(),
            again: HashMap::new(),
            revived: false,
        }
    }

    /// Starts each; says why those that could not be started were not. All are prepared before one begins to write, and
    /// with `strict` none does unless all can.
    pub fn start_all(&mut self, recorders: &[Recorder], strict: bool) -> Vec<(Recorder, StartError)> {
        let mut failures = Vec::new();
        if self.armed.is_some() {
            for recorder in recorders {
                if let Err(error) = self.start(recorder) {
                    failures.push((recorder.clone(), error));
                }
            }
            return failures;
        }
        let mut ready = Vec::new();
        for recorder in recorders {
            let spec = self.spec(recorder);
            match self.recorders.prepare(spec) {
                Ok(prepared) => ready.push((recorder, prepared)),
                Err(error) => failures.push((recorder.clone(), self.note_failure(recorder, error))),
            }
        }
        if strict && !failures.is_empty() {
            return failures;
        }
        for (recorder, prepared) in ready {
            match self.recorders.launch(prepared) {
                Ok(()) => self.started.push(recorder.clone()),
                Err(error) => failures.push((recorder.clone(), self.note_failure(recorder, error))),
            }
        }
        failures
    }

    /// Begins a recording of all that are armed, with what came before `asked`; ends it if any of them records.
    pub fn trigger(&mut self, asked: Mono) {
        let Some(length) = self.armed else {
            tracing::info!("SIGUSR1 means something with --armed only");
            return;
        };
        let stats = self.recorders.stats();
        if stats.iter().any(|stats| !stats.ended) {
            self.recorders.end_all(FINISH_DEADLINE);
            tracing::info!("armed again: SIGUSR1 begins to record");
            return;
        }
        self.earlier.extend(stats.into_iter().filter(|stats| stats.frames > 0));
        for recorder in self.started.clone() {
            let spec = self.spec(&recorder);
            let kept = self.recorders.kept(spec.id).unwrap_or_default();
            if kept < length {
                let (kept_s, wished_s) = (kept.as_secs_f64(), length.as_secs_f64());
                tracing::warn!(
                    recorder = recorder.name,
                    kept_s,
                    wished_s,
                    "less was heard than the pre-roll"
                );
            }
            if let Err(error) = self.recorders.record(&spec, Begin::Ago { length, asked }) {
                tracing::error!("{error}");
                self.plan(&recorder, &error.to_string(), SystemClock.mono());
            }
        }
    }

    /// Stops all at once and says what they have done.
    pub fn stop_all(&mut self, limit: Duration) -> Vec<RecorderStats> {
        self.recorders.stop_all(limit)
    }

    /// Does what has changed: first everything that ends, all at once, then what begins. The others go on untouched.
    pub fn change_to(&mut self, wanted: &[Recorder]) {
        let running = self.running();
        let changes = changes(&running, wanted);
        let ending: Vec<&str> = changes
            .iter()
            .filter_map(|change| match change {
                Change::Stop { name } => Some(name.as_str()),
                Change::Restart(recorder) => Some(recorder.name.as_str()),
                Change::Start(_) => None,
            })
            .collect();
        self.earlier.extend(self.recorders.stop(&ending, FINISH_DEADLINE));
        self.failed.retain(|name, _| wanted.iter().any(|r| r.name == *name));
        self.again.retain(|_, again| wanted.contains(&again.recorder));
        for change in &changes {
            match change {
                Change::Stop { name } => {
                    tracing::info!(recorder = name, "gone from the configuration: stopped")
                }
                Change::Restart(recorder) => {
                    tracing::info!(recorder = recorder.name, "changed in the configuration: started anew");
                    self.start_or_report(recorder);
                }
                Change::Start(recorder) => {
                    tracing::info!(recorder = recorder.name, "new in the configuration");
                    self.start_or_report(recorder);
                }
            }
        }
        if changes.is_empty() {
            tracing::info!("the configuration says the same as before");
        }
    }

    /// Nothing records any more, and nothing that has recorded is about to again.
    pub fn all_done(&self) -> bool {
        if self.armed.is_some() {
            return false;
        }
        let waits = |recorder: &Recorder| self.again.get(&recorder.name).is_some_and(|again| again.waits);
        self.recorders.all_done() && !self.started.iter().any(waits)
    }

    /// Starts again what could not be started or has ended by itself, each in its time. Only recorders of archives: a
    /// single file is made once.
    pub fn revive(&mut self, now: Mono) {
        for stats in self.recorders.stats().into_iter().filter(|stats| stats.ended) {
            let State::Error(reason) = &stats.state else { continue };
            let Some(recorder) = self.started.iter().find(|r| r.name == stats.name) else { continue };
            if self.again.get(&stats.name).is_some_and(|again| again.waits) {
                continue;
            }
            let (recorder, reason) = (recorder.clone(), reason.clone());
            self.plan(&recorder, &reason, now);
            self.earlier.push(stats);
        }
        let due: Vec<Recorder> = self
            .again
            .values()
            .filter(|again| again.waits && now >= again.at)
            .map(|again| again.recorder.clone())
            .collect();
        for recorder in due {
            match self.start(&recorder) {
                Ok(()) => {
                    self.revived = true;
                    tracing::info!(recorder = recorder.name, "started again");
                    if let Some(again) = self.again.get_mut(&recorder.name) {
                        (again.since, again.waits) = (now, false);
                    }
                }
                Err(error) => self.plan(&recorder, &error.to_string(), now),
            }
        }
    }

    /// Whether something was started again since this was asked last.
    pub fn has_revived(&mut self) -> bool {
        std::mem::take(&mut self.revived)
    }

    /// Plans another attempt.
    pub fn plan(&mut self, recorder: &Recorder, reason: &str, now: Mono) {
        if matches!(recorder.place, Place::File(_)) {
            return;
        }
        let again = self.again.entry(recorder.name.clone()).or_insert_with(|| Again {
            recorder: recorder.clone(),
            back_off: BackOff::default(),
            at: now,
            since: now,
            waits: false,
        });
        let ran = if again.waits { Duration::ZERO } else { now.since(again.since) };
        let wait = again.back_off.after(ran);
        (again.at, again.waits) = (now.after(wait), true);
        tracing::warn!(recorder = recorder.name, "{reason}; tried again in {} s", wait.as_secs());
    }

    /// Each recorder's meter with its name.
    pub fn levels(&self) -> Board {
        self.recorders.levels()
    }

    pub fn wait(&self, limit: Duration) -> bool {
        self.recorders.wait(limit) && self.armed.is_none()
    }

    /// How many recorders could not be started and still do not run.
    pub fn never_started(&self) -> usize {
        self.failed.len()
    }

    /// What `--stats` writes.
    pub fn report(&self, ended: &[RecorderStats]) -> serde_json::Value {
        let failed: Vec<_> =
            self.failed.iter().map(|(name, reason)| json!({ "name": name, "reason": reason })).collect();
        let recorders: Vec<_> = self.earlier.iter().chain(ended).collect();
        json!({ "program": crate::cli::ORIGINATOR, "recorders": recorders, "not_started": failed })
    }

    fn start_or_report(&mut self, recorder: &Recorder) {
        if let Err(error) = self.start(recorder) {
            tracing::error!("{error}");
        }
    }

    fn start(&mut self, recorder: &Recorder) -> Result<(), StartError> {
        self.started.retain(|r| r.name != recorder.name);
        let spec = self.spec(recorder);
        let started = match self.armed {
            None => self.recorders.start(spec),
            Some(_) => self.recorders.arm(&spec),
        };
        started.map_err(|error| self.note_failure(recorder, error))?;
        if self.armed.is_some() {
            tracing::info!(recorder = recorder.name, "armed: SIGUSR1 begins to record");
        }
        self.failed.remove(&recorder.name);
        self.started.push(recorder.clone());
        Ok(())
    }

    fn spec(&mut self, recorder: &Recorder) -> RecorderSpec {
        let id = *self.ids.entry(recorder.name.clone()).or_insert_with(RecorderId::new);
        compose::recorder_spec(recorder, id, self.duration, &self.zone)
    }

    fn note_failure(&mut self, recorder: &Recorder, error: StartError) -> StartError {
        self.failed.insert(recorder.name.clone(), error.to_string());
        error
    }

    /// Those that run, as they were described. One that has ended by itself is started again if it is still wanted.
    fn running(&self) -> Vec<Recorder> {
        let alive: Vec<String> = self
            .recorders
            .stats()
            .into_iter()
            .filter(|s| s.state != State::Stopped)
            .map(|s| s.name)
            .collect();
        self.started.iter().filter(|r| alive.contains(&r.name)).cloned().collect()
    }
}

/// The exit code: how the recorders ended, and how many never began.
pub(super) fn verdict(ended: &[RecorderStats], never_started: usize) -> Exit {
    let states: Vec<&State> = ended.iter().map(|stats| &stats.state).collect();
    judge(&states, never_started)
}

fn judge(ended: &[&State], never_started: usize) -> Exit {
    let unfinished = ended.iter().any(|state| match state {
        State::Stopping | State::Starting | State::Armed | State::Recording | State::Degraded(_) => true,
        State::Stopped | State::Error(_) => false,
    });
    let failed = ended.iter().any(|state| match state {
        State::Error(_) => true,
        State::Stopped
        | State::Stopping
        | State::Starting
        | State::Armed
        | State::Recording
        | State::Degraded(_) => false,
    });
    match (unfinished, failed, never_started) {
        (true, _, _) => Exit::Unfinished,
        (false, true, _) => Exit::Failed,
        (false, false, 0) => Exit::Done,
        (false, false, _) => Exit::Partly,
    }
}

#[cfg(test)]
mod tests;
