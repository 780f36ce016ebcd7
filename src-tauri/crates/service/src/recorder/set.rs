//! The recorders of a process: started and stopped each by itself, none in the way of another.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_archive::Root;
use audyn_engine::meter::MeterReader;
use audyn_engine::ptp::Watch;
use audyn_engine::source::{Capture, Inputs, OpenError, Source};
use audyn_model::{Clock, Mono, RecorderId};

use super::line::Line;
use super::preroll::{Limits, Memory};
use super::shared::{Begin, Job, Rewrite, Shared};
use super::spec::Place;
use super::state::State;
use super::stats::RecorderStats;
use super::timing::Timing;
use super::writer::Writer;
use super::{RecorderSpec, StartError, report};
use crate::events::Events;

/// What holds for all recorders of a process.
#[derive(Clone, Debug)]
pub struct Options {
    /// Ask for real-time priority and locked memory.
    pub real_time: bool,
    /// Program and version, as files and catalogues name their maker.
    pub originator: String,
}

/// The recorders.
pub struct Recorders {
    clock: Arc<dyn Clock>,
    options: Options,
    inputs: Inputs,
    events: Events,
    roots: Mutex<HashMap<PathBuf, Arc<Root>>>,
    running: Mutex<Vec<Running>>,
    /// Why receive threads run without real-time priority.
    refused: Mutex<Option<String>>,
    memory: Arc<Memory>,
    /// Who watches over time, once somebody does.
    watch: OnceLock<Arc<Watch>>,
}

/// A recorder whose place and source are open, and which has not begun.
pub struct Prepared {
    spec: RecorderSpec,
    place: audyn_archive::Place,
    capture: Capture,
}

struct Running {
    shared: Arc<Shared>,
    levels: MeterReader,
    thread: JoinHandle<()>,
}

impl Recorders {
    /// None yet.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, options: Options) -> Self {
        if options.real_time
            && let Err(refusal) = audyn_engine::rt::lock_memory()
        {
            tracing::warn!("{refusal}");
        }
        Self {
            inputs: Inputs::new(Arc::clone(&clock), options.real_time),
            clock,
            options,
            events: Events::default(),
            roots: Mutex::default(),
            running: Mutex::default(),
            refused: Mutex::default(),
            watch: OnceLock::new(),
            memory: Arc::new(Memory::new(Limits { length_ms: 0, bytes: Limits::usual_bytes() })),
        }
    }

    /// How much is kept of what passes by while nothing is recorded; nothing unless this is called. It holds from each
    /// writer's next look on.
    pub fn keep(&self, limits: Limits) {
        self.memory.set(limits);
        let running = lock(&self.running);
        running.iter().for_each(|r| r.thread.thread().unpark());
    }

    /// Bytes held of what passed by, and bytes that may be held.
    #[must_use]
    pub fn memory(&self) -> (u64, u64) {
        (self.memory.held(), self.memory.bytes())
    }

    /// How long back a recording of a connected recorder could begin now.
    #[must_use]
    pub fn kept(&self, id: RecorderId) -> Option<Duration> {
        let shared = self.find(id)?;
        let kept = shared.kept.load(std::sync::atomic::Ordering::Relaxed);
        Some(Duration::from_nanos(shared.line.source.rate().ns_of(kept)))
    }

    /// Lets the recorders that are connected from now on say how good their clock is.
    pub fn follow(&self, watch: Arc<Watch>) {
        // A second watch over one clock would say nothing else.
        let _ = self.watch.set(watch);
    }

    /// Who watches over time.
    pub(crate) fn watch(&self) -> Option<&Arc<Watch>> {
        self.watch.get()
    }

    /// Connects a recorder to its source: it is heard and measured, and nothing is written until [`Self::record`]. One that
    /// is connected already is connected anew.
    ///
    /// # Errors
    /// It is recording, or its source cannot be received.
    pub fn connect(&self, line: Line, ring_ms: u64) -> Result<(), StartError> {
        let known = self.find(line.id);
        if known.as_ref().is_some_and(|shared| shared.is_busy()) {
            return Err(StartError::AlreadyRunning(line.name));
        }
        self.disconnect(line.id, FAREWELL);
        let capture = self.capture(&line, ring_ms)?;
        self.seat(line, capture, None)
    }

    /// Connects a recorder that is to record when it is told to: its place is opened now, so that what is wrong with it is
    /// known, then [`Self::connect`].
    ///
    /// # Errors
    /// Its place or its source cannot be opened.
    pub fn arm(&self, spec: &RecorderSpec) -> Result<(), StartError> {
        self.open(spec)?;
        self.connect(line(spec), spec.ring_ms)
    }

    /// Ends a connection, and a recording with it, within `limit`.
    pub fn disconnect(&self, id: RecorderId, limit: Duration) {
        self.stop_where(limit, |line| line.id == id);
    }

    /// Lets a connected recorder record, beginning where it is said. One that records already goes on.
    ///
    /// # Errors
    /// It is not connected, or its place cannot be opened.
    pub fn record(&self, spec: &RecorderSpec, begin: Begin) -> Result<(), StartError> {
        let name = &spec.name;
        let shared = self.find(spec.id).ok_or_else(|| StartError::NotConnected(name.clone()))?;
        if shared.is_busy() {
            return Ok(());
        }
        let place = self.open(spec)?;
        if shared.order(job(spec, place, begin)) {
            self.wake(spec.id);
        }
        Ok(())
    }

    /// Lets a recorder that records write its next file, and those after it, as the specification says. Nothing happens if
    /// it records nothing; without rotation, nothing until its next recording.
    ///
    /// # Errors
    /// The place cannot be opened.
    pub fn rewrite(&self, spec: &RecorderSpec) -> Result<(), StartError> {
        let Some(shared) = self.find(spec.id) else { return Ok(()) };
        shared.order_rewrite(Rewrite { outputs: spec.outputs.clone(), place: self.open(spec)? });
        Ok(())
    }

    /// Ends a connected recorder's recording within `limit`; it stays connected. Returns what it has done, and none if it is
    /// not connected.
    pub fn end(&self, id: RecorderId, limit: Duration) -> Option<RecorderStats> {
        let shared = self.find(id)?;
        let deadline = self.clock.mono().after(limit);
        shared.ask_to_stop(Mono(deadline.0 - MARGIN_NS));
        self.wake(id);
        if !shared.wait(limit) {
            tracing::error!(
                recorder = shared.line.name,
                "did not finish in time; its files are mended at the next start"
            );
        }
        Some(shared.stats())
    }

    /// Ends all recordings at once, as [`Self::end`]; all stay connected.
    pub fn end_all(&self, limit: Duration) {
        let deadline = self.clock.mono().after(limit);
        let ending: Vec<Arc<Shared>> = {
            let running = lock(&self.running);
            for r in running.iter() {
                r.shared.ask_to_stop(Mono(deadline.0 - MARGIN_NS));
                r.thread.thread().unpark();
            }
            running.iter().map(|r| Arc::clone(&r.shared)).collect()
        };
        for shared in ending {
            if !shared.wait(deadline.since(self.clock.mono())) {
                let recorder = &shared.line.name;
                tracing::error!(recorder, "did not finish in time; its files are mended at the next start");
            }
        }
    }

    /// Whether a connected recorder records or is about to.
    #[must_use]
    pub fn is_busy(&self, id: RecorderId) -> bool {
        self.find(id).is_some_and(|shared| shared.is_busy())
    }

    /// Captures a source once more, for whoever wants to listen to it; recordings of it do not notice.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn hear(&self, source: &Source) -> Result<Capture, OpenError> {
        self.inputs.capture(source, LISTEN_MS)
    }

    /// Which legs of a connected recorder's source are heard: silent ones since a second ago or longer.
    #[must_use]
    pub fn legs_heard(&self, id: RecorderId) -> Option<Vec<bool>> {
        let shared = self.find(id)?;
        let now = self.clock.mono();
        let heard = |at: Option<Mono>| at.is_some_and(|at| now.since(at) < Duration::from_secs(1));
        Some(shared.counters.heard().into_iter().map(heard).collect())
    }

    /// Why nothing comes from a connected recorder's local device, in a sentence.
    #[must_use]
    pub fn trouble(&self, id: RecorderId) -> Option<String> {
        self.find(id)?.counters.trouble()
    }

    /// How the receive threads run: with real-time priority, or why not.
    #[must_use]
    pub fn real_time(&self) -> String {
        if !self.options.real_time {
            return "Not asked for.".to_owned();
        }
        let refused = lock(&self.refused).clone();
        refused.unwrap_or_else(|| "The receive threads run with real-time priority.".to_owned())
    }

    /// What a recorder is doing; none if it is not connected.
    #[must_use]
    pub fn state(&self, id: RecorderId) -> Option<State> {
        self.find(id).map(|shared| shared.state())
    }

    /// What a recorder's running or last recording has done; none if it is not connected.
    #[must_use]
    pub fn stats_of(&self, id: RecorderId) -> Option<RecorderStats> {
        self.find(id).map(|shared| shared.stats())
    }

    /// A reader of a connected recorder's levels.
    #[must_use]
    pub fn levels_of(&self, id: RecorderId) -> Option<MeterReader> {
        lock(&self.running).iter().find(|r| r.shared.line.id == id).map(|r| r.levels.clone())
    }

    /// The open archive of a folder, opened if it is not yet.
    ///
    /// # Errors
    /// It cannot be made, read or written to.
    pub fn archive(&self, dir: &Path) -> Result<Arc<Root>, audyn_archive::Error> {
        self.root(dir)
    }

    /// The archive of a folder, if it is open.
    #[must_use]
    pub fn open_archive(&self, dir: &Path) -> Option<Arc<Root>> {
        let dir = dir.canonicalize().ok()?;
        lock(&self.roots).get(&dir).cloned()
    }

    /// Starts a recorder: [`Self::prepare`], then [`Self::launch`].
    ///
    /// # Errors
    /// As for both. No other recorder is affected.
    pub fn start(&self, spec: RecorderSpec) -> Result<(), StartError> {
        self.launch(self.prepare(spec)?)
    }

    /// Opens all that a recorder needs. Its archive comes first, and what an unclean stop left there is mended; then its
    /// source, which is received from now on. Nothing is written until it is launched; dropped, it was never there.
    ///
    /// # Errors
    /// It runs already, or its place or source cannot be opened.
    pub fn prepare(&self, spec: RecorderSpec) -> Result<Prepared, StartError> {
        let name = spec.name.clone();
        let is_running = |r: &Running| r.shared.line.name == name && r.shared.is_busy();
        if lock(&self.running).iter().any(is_running) {
            return Err(StartError::AlreadyRunning(name));
        }
        let place = self.open(&spec)?;
        let capture = self.capture(&line(&spec), spec.ring_ms)?;
        Ok(Prepared { spec, place, capture })
    }

    /// Lets a prepared recorder write. Its connection ends with its recording.
    ///
    /// # Errors
    /// No thread could be made.
    pub fn launch(&self, prepared: Prepared) -> Result<(), StartError> {
        let Prepared { spec, place, capture } = prepared;
        let job = job(&spec, place, Begin::Now);
        self.seat(line(&spec), capture, Some(job))
    }

    /// Stops the recorders with these names, all at once, and waits up to `limit` for their files to be finished. Those
    /// that do not run are passed over. Returns what each has done.
    pub fn stop(&self, names: &[&str], limit: Duration) -> Vec<RecorderStats> {
        self.stop_where(limit, |line| names.contains(&line.name.as_str()))
    }

    /// Stops all recorders, as [`Self::stop`].
    pub fn stop_all(&self, limit: Duration) -> Vec<RecorderStats> {
        self.stop_where(limit, |_| true)
    }

    /// Stops all recorders, as [`Self::stop`], and notes in each open catalogue that this is an orderly end.
    pub fn close(&self, limit: Duration) {
        self.stop_all(limit);
        for (_, root) in lock(&self.roots).drain() {
            if let Err(error) = root.close("stop", self.clock.utc()) {
                tracing::warn!(%error, "the catalogue does not know that this was an orderly end");
            }
        }
    }

    /// What each recorder has done so far.
    #[must_use]
    pub fn stats(&self) -> Vec<RecorderStats> {
        let shared: Vec<_> = lock(&self.running).iter().map(|r| Arc::clone(&r.shared)).collect();
        shared.iter().map(|s| s.stats()).collect()
    }

    /// A reader of each recorder's levels, with its name.
    #[must_use]
    pub fn levels(&self) -> Vec<(String, MeterReader)> {
        lock(&self.running).iter().map(|r| (r.shared.line.name.clone(), r.levels.clone())).collect()
    }

    /// Whether every recorder has ended.
    #[must_use]
    pub fn all_done(&self) -> bool {
        lock(&self.running).iter().all(|r| !r.shared.is_busy())
    }

    /// Waits until every recorder has ended or `limit` has passed; whether all have.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> bool {
        let until = self.clock.mono().after(limit);
        let shared: Vec<_> = lock(&self.running).iter().map(|r| Arc::clone(&r.shared)).collect();
        shared.iter().all(|s| s.wait(until.since(self.clock.mono())))
    }

    /// Facts from now on.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.events
    }

    fn stop_where(&self, limit: Duration, chosen: impl Fn(&Line) -> bool) -> Vec<RecorderStats> {
        let deadline = self.clock.mono().after(limit);
        let mut running = lock(&self.running);
        let (leaving, staying) = running.drain(..).partition(|r: &Running| chosen(&r.shared.line));
        *running = staying;
        drop(running);
        let leaving: Vec<Running> = leaving;
        for r in &leaving {
            r.shared.ask_to_leave();
            r.shared.ask_to_stop(Mono(deadline.0 - MARGIN_NS));
            r.thread.thread().unpark();
        }
        leaving
            .into_iter()
            .map(|r| {
                if r.shared.wait_gone(deadline.since(self.clock.mono())) {
                    let _ = r.thread.join();
                } else {
                    tracing::error!(
                        recorder = r.shared.line.name,
                        "did not finish in time; its files are mended at the next start"
                    );
                }
                r.shared.stats()
            })
            .collect()
    }

    fn find(&self, id: RecorderId) -> Option<Arc<Shared>> {
        lock(&self.running)
            .iter()
            .find(|r| r.shared.line.id == id && !r.shared.is_gone())
            .map(|r| Arc::clone(&r.shared))
    }

    fn wake(&self, id: RecorderId) {
        if let Some(r) = lock(&self.running).iter().find(|r| r.shared.line.id == id) {
            r.thread.thread().unpark();
        }
    }

    fn open(&self, spec: &RecorderSpec) -> Result<audyn_archive::Place, StartError> {
        let failed = |e| StartError::Archive { name: spec.name.clone(), source: Box::new(e) };
        self.open_place(spec).map_err(failed)
    }

    fn capture(&self, line: &Line, ring_ms: u64) -> Result<Capture, StartError> {
        let capture = self
            .inputs
            .capture(&line.source, ring_ms)
            .map_err(|source| StartError::Source { name: line.name.clone(), source })?;
        if let Some(refusal) = self.inputs.refusal() {
            tracing::warn!("{refusal}");
            *lock(&self.refused) = Some(refusal.to_string());
        }
        report::buffers(line, &capture.counters);
        Ok(capture)
    }

    /// Gives a capture its thread. With a job, the thread ends after it.
    fn seat(&self, line: Line, capture: Capture, job: Option<Job>) -> Result<(), StartError> {
        let (id, name) = (line.id, line.name.clone());
        let levels = capture.levels.clone();
        let shared = Arc::new(Shared::new(line, Arc::clone(&capture.counters)));
        if let Some(job) = job {
            shared.order(job);
            shared.ask_to_leave();
        }
        let originator = self.options.originator.clone();
        let (clock, events) = (Arc::clone(&self.clock), self.events.clone());
        let memory = Arc::clone(&self.memory);
        let writer = Writer::new(Arc::clone(&shared), capture, originator, clock, events, memory);
        let writer = writer.timed_by(Timing::new(self.watch.get().cloned()));
        let thread = std::thread::Builder::new()
            .name("audyn-writer".into())
            .stack_size(512 * 1024)
            .spawn(move || writer.run())
            .map_err(|source| StartError::Thread { name: name.clone(), source })?;
        let mut running = lock(&self.running);
        running.retain(|r| r.shared.line.id != id && r.shared.line.name != name);
        running.push(Running { shared, levels, thread });
        Ok(())
    }

    /// The recorder's place, its archive opened. Recorders that share a root share its catalogue.
    fn open_place(&self, spec: &RecorderSpec) -> Result<audyn_archive::Place, audyn_archive::Error> {
        match &spec.place {
            Place::File { path, clock } => {
                let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
                audyn_archive::check_folder(folder)?;
                Ok(audyn_archive::Place::File { path: path.clone(), clock: clock.clone() })
            }
            Place::Archive { dir, naming, period_s } => {
                let root = self.root(dir)?;
                Ok(audyn_archive::Place::Root { root, naming: naming.clone(), period_s: *period_s })
            }
        }
    }

    fn root(&self, dir: &Path) -> Result<Arc<Root>, audyn_archive::Error> {
        let mut roots = lock(&self.roots);
        let known = dir.canonicalize().ok().and_then(|path| roots.get(&path).cloned());
        if let Some(root) = known {
            return Ok(root);
        }
        let (root, recovery) = Root::open(dir, &self.options.originator, self.clock.utc())?;
        report::recovery(dir, &recovery);
        let root = Arc::new(root);
        if let Ok(path) = dir.canonicalize() {
            roots.insert(path, Arc::clone(&root));
        }
        Ok(root)
    }
}

fn line(spec: &RecorderSpec) -> Line {
    Line { id: spec.id, name: spec.name.clone(), source: spec.source.clone() }
}

fn job(spec: &RecorderSpec, place: audyn_archive::Place, begin: Begin) -> Job {
    let RecorderSpec { outputs, checkpoint, duration, vox, .. } = spec.clone();
    Job { outputs, place, checkpoint, duration, begin, vox }
}

/// What is held for a listener who is late, in milliseconds.
const LISTEN_MS: u64 = 500;
/// How long a connection that records nothing may take to end.
const FAREWELL: Duration = Duration::from_secs(3);
/// Kept back of a stop's limit, so that giving up is told in time.
const MARGIN_NS: i64 = 300_000_000;

impl Drop for Recorders {
    fn drop(&mut self) {
        self.close(Duration::from_secs(5));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
