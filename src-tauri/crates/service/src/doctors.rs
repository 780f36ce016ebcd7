//! The doctor's rounds: one thread, `audyn-doctor`, for each source it is asked about, at most two at a time.
//!
//! **Full policy:** a third is refused with that reason. A source that is being examined is not examined twice: whoever
//! asks gets the one that runs. The latest report about each source is kept, of 256 sources.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_engine::doctor::probe::{Wish, examine};
use audyn_engine::doctor::{
    Check, Findings, JITTER_EDGES_US, LegFindings, Report, Verdict, diagnose, local, text,
};
use audyn_engine::ptp::Watch;
use audyn_engine::source::Source;
use audyn_engine::source::aes67::Leg;
use audyn_model::Clock;

use crate::api::wire::{DoctorCheck, DoctorLeg, DoctorReport, DoctorSender, DoctorState, DoctorVerdict};
use crate::recorder::Recorders;
use crate::terms;

/// Sources examined at a time.
const AT_ONCE: usize = 2;
/// Reports kept.
const KEPT: usize = 256;

/// Why a source is not examined.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// Too many at once.
    #[error("The doctor is looking at {AT_ONCE} sources already. Ask again when one is done.")]
    Full,
    /// Audyn is being closed.
    #[error("Audyn is being closed.")]
    Closed,
    /// No thread.
    #[error("The doctor cannot be started: {0}. Close other programs, then ask again.")]
    Thread(String),
}

/// What is examined, and what was found.
pub(crate) struct Doctors {
    shared: Arc<Shared>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    watch: Arc<Watch>,
    recorders: Arc<Recorders>,
    tell: Box<dyn Fn(DoctorReport) + Send + Sync>,
    stop: AtomicBool,
    rounds: Mutex<Rounds>,
}

#[derive(Default)]
struct Rounds {
    reports: HashMap<String, DoctorReport>,
    running: HashMap<String, (Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Doctors {
    /// No rounds yet. `tell` is given each report as it grows, about twice a second; it must not wait long.
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        watch: Arc<Watch>,
        recorders: Arc<Recorders>,
        tell: impl Fn(DoctorReport) + Send + Sync + 'static,
    ) -> Self {
        let (stop, rounds) = (AtomicBool::new(false), Mutex::default());
        Self { shared: Arc::new(Shared { clock, watch, recorders, tell: Box::new(tell), stop, rounds }) }
    }

    /// Begins to examine a source, or gives the report that is being made.
    ///
    /// # Errors
    /// Two others are being examined; Audyn is being closed; there is no thread.
    pub(crate) fn ask(
        &self,
        id: &str,
        name: &str,
        source: Source,
        seconds: u32,
    ) -> Result<DoctorReport, Refusal> {
        let mut rounds = self.shared.rounds();
        if self.shared.stop.load(Ordering::Acquire) {
            return Err(Refusal::Closed);
        }
        if rounds.running.contains_key(id)
            && let Some(report) = rounds.reports.get(id)
        {
            return Ok(report.clone());
        }
        if rounds.running.len() >= AT_ONCE {
            return Err(Refusal::Full);
        }
        let report = DoctorReport {
            source_id: id.to_owned(),
            source: name.to_owned(),
            state: DoctorState::Running,
            at: terms::moment(self.shared.clock.utc()),
            seconds,
            elapsed_s: 0.0,
            diagnosis: "unknown".to_owned(),
            verdict: DoctorVerdict::Pending,
            sentence: "Listening to what comes.".to_owned(),
            checks: Vec::new(),
            legs: Vec::new(),
            jitter_edges_us: JITTER_EDGES_US.to_vec(),
            text: String::new(),
        };
        if rounds.reports.len() >= KEPT && !rounds.reports.contains_key(id) {
            let oldest =
                rounds.reports.values().min_by_key(|report| report.at.0).map(|r| r.source_id.clone());
            oldest.map(|oldest| rounds.reports.remove(&oldest));
        }
        let cancel = Arc::new(AtomicBool::new(false));
        let round =
            Round { shared: Arc::clone(&self.shared), report: report.clone(), cancel: Arc::clone(&cancel) };
        let thread = std::thread::Builder::new()
            .name("audyn-doctor".to_owned())
            .spawn(move || round.go(&source, seconds))
            .map_err(|error| Refusal::Thread(error.to_string()))?;
        rounds.running.insert(id.to_owned(), (cancel, thread));
        rounds.reports.insert(id.to_owned(), report.clone());
        drop(rounds);
        (self.shared.tell)(report.clone());
        Ok(report)
    }

    /// Ends an examination within a moment. None if nothing is known about the source.
    pub(crate) fn cancel(&self, id: &str) -> Option<DoctorReport> {
        let rounds = self.shared.rounds();
        if let Some((cancel, _)) = rounds.running.get(id) {
            cancel.store(true, Ordering::Release);
        }
        rounds.reports.get(id).cloned()
    }

    /// The latest report about each source.
    pub(crate) fn reports(&self) -> Vec<DoctorReport> {
        self.shared.rounds().reports.values().cloned().collect()
    }

    /// Forgets a source that is gone.
    pub(crate) fn forget(&self, id: &str) {
        self.cancel(id);
        self.shared.rounds().reports.remove(id);
    }

    /// Ends every examination and waits for it.
    pub(crate) fn close(&self) {
        self.shared.stop.store(true, Ordering::Release);
        let threads: Vec<_> = self.shared.rounds().running.drain().map(|(_, (_, thread))| thread).collect();
        for thread in threads {
            if thread.join().is_err() {
                tracing::error!("a thread of the doctor had panicked");
            }
        }
    }
}

impl Drop for Doctors {
    fn drop(&mut self) {
        self.close();
    }
}

/// One examination, on its thread.
struct Round {
    shared: Arc<Shared>,
    report: DoctorReport,
    cancel: Arc<AtomicBool>,
}

impl Round {
    fn go(mut self, source: &Source, seconds: u32) {
        let shared = Arc::clone(&self.shared);
        let cancel = Arc::clone(&self.cancel);
        let cancelled = || cancel.load(Ordering::Acquire) || shared.stop.load(Ordering::Acquire);
        let length = Duration::from_secs(seconds.into());
        let clocks = || shared.watch.view();
        match source {
            Source::Aes67(source) => {
                let tell = &mut |findings: &Findings| {
                    let said = diagnose(findings);
                    let legs = findings.source.legs.iter().zip(&findings.legs);
                    self.report.legs = legs.map(|(spec, found)| leg(spec, found, findings)).collect();
                    self.report.text = text(findings, &said);
                    self.told(findings.seconds, findings.done, &said);
                };
                let mut wish = Wish { length, clocks: Some(&clocks), cancelled: &cancelled, tell };
                examine(source, &*shared.clock, &mut wish);
            }
            Source::PipeWire(_) | Source::Card(_) => {
                let tell = &mut |findings: &local::Findings| {
                    let said = local::diagnose(findings);
                    self.report.text = local::text(findings, &said);
                    self.told(findings.seconds, findings.done, &said);
                };
                let mut wish = Wish { length, clocks: None, cancelled: &cancelled, tell };
                // As a recorder takes it: a card can be opened once only.
                let capture =
                    || shared.recorders.hear(source).map_err(|error| terms::sentence(&error.to_string()));
                local::examine(source, capture, &*shared.clock, &mut wish);
            }
        }
    }

    fn told(&mut self, seconds: f64, done: bool, said: &Report) {
        let report = &mut self.report;
        report.state = match (done, self.cancel.load(Ordering::Acquire)) {
            (false, _) => DoctorState::Running,
            (true, false) => DoctorState::Done,
            (true, true) => DoctorState::Cancelled,
        };
        report.elapsed_s = seconds;
        report.diagnosis = said.id.to_owned();
        report.verdict = verdict(said.verdict);
        report.sentence.clone_from(&said.sentence);
        report.checks = said.checks.iter().map(check).collect();
        {
            let mut rounds = self.shared.rounds();
            if let Some(kept) = rounds.reports.get_mut(&self.report.source_id) {
                kept.clone_from(&self.report);
            }
            // Whoever hears that it is done may ask again at once.
            if done {
                rounds.running.remove(&self.report.source_id);
            }
        }
        (self.shared.tell)(self.report.clone());
    }
}

impl Shared {
    fn rounds(&self) -> MutexGuard<'_, Rounds> {
        // Rounds are whole between any two statements; a panicking holder changes nothing about that.
        self.rounds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check(check: &Check) -> DoctorCheck {
    DoctorCheck {
        name: check.name.to_owned(),
        leg: check.leg.map(|leg| leg as u32 + 1),
        verdict: verdict(check.verdict),
        words: check.words.clone(),
        remedy: check.remedy.clone(),
    }
}

fn leg(spec: &Leg, found: &LegFindings, findings: &Findings) -> DoctorLeg {
    let heard = found.best();
    DoctorLeg {
        address: format!("{}:{}", spec.address, spec.port),
        interface: found.interface.as_ref().map(|interface| interface.name.clone()),
        packets: heard.packets,
        senders: heard
            .flows
            .iter()
            .map(|flow| DoctorSender {
                address: flow.sender.to_string(),
                ssrc: format!("{:08x}", flow.ssrc),
                payload_type: flow.payload_type,
                bytes: flow.payload_bytes as u32,
                packets: flow.packets,
                lost: flow.lost(findings.overdue_ns()),
            })
            .collect(),
        jitter: heard.main(findings.source.payload_type).map(|flow| flow.jitter.to_vec()).unwrap_or_default(),
    }
}

const fn verdict(verdict: Verdict) -> DoctorVerdict {
    match verdict {
        Verdict::Ok => DoctorVerdict::Ok,
        Verdict::Warn => DoctorVerdict::Warn,
        Verdict::Fault => DoctorVerdict::Fault,
        Verdict::Unknown => DoctorVerdict::Unknown,
        Verdict::Pending => DoctorVerdict::Pending,
    }
}
