//! The writer thread of one recorder: takes what the capture hands over, and sees to it that it is written while a
//! recording was ordered; otherwise it lets it go by.
//!
//! It looks five times a second. It may be slow, stall or wait for a disk: the capture does not notice until the ring is
//! full, and then says exactly what is missing.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_archive::{ArchiveEvent, Fault, Recording};
use audyn_engine::ring::Item;
use audyn_engine::source::{Capture, Source, StreamCounters};
use audyn_model::{Anchor, AudioFormat, Clock, Gap, Mono, RecorderId, SampleIndex};

use super::health::{Found, Health, Look};
use super::relabel::Relabel;
use super::state::{Input, State};
use super::stats;
use super::stats::Told;
use crate::events::{Event, Events};

/// Between two looks into the ring.
const LOOK: Duration = Duration::from_millis(200);
/// Between two tries after the disk refused.
const RETRY: Duration = Duration::from_millis(500);
/// Between two looks at the source's health.
const HEALTH: Duration = Duration::from_secs(1);
/// How long a recording waits for its first audio before that is an error.
const GRACE: Duration = Duration::from_secs(5);

/// A recorder's place at a source: who it is, and what it hears.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its identity in catalogues and files.
    pub id: RecorderId,
    /// Its name for people; unique in a process.
    pub name: String,
    /// Where the audio comes from.
    pub source: Source,
}

/// One recording to be made, its place open.
pub(super) struct Job {
    pub outputs: Vec<audyn_codec::Spec>,
    pub place: audyn_archive::Place,
    pub checkpoint: Duration,
    /// Media time after which it ends by itself.
    pub duration: Option<Duration>,
}

/// What others see of a recorder, and how they tell it what to do.
pub(super) struct Shared {
    pub line: Line,
    pub counters: Arc<StreamCounters>,
    live: Mutex<Live>,
    /// A recording has ended, or the thread has.
    changed: Condvar,
    stop: AtomicBool,
    /// When a stop has to be over, on the clock that never steps.
    deadline: AtomicI64,
}

struct Live {
    state: State,
    told: Told,
    /// Ordered, and not begun.
    ordered: Option<Job>,
    /// Ordered or going on.
    busy: bool,
    /// The thread ends after what it is doing.
    leave: bool,
    /// The thread has ended.
    gone: bool,
}

/// What the thread does next.
enum Next {
    Record(Job),
    StandBy,
    Leave,
}

/// The thread's own.
pub(super) struct Writer {
    shared: Arc<Shared>,
    capture: Capture,
    originator: String,
    clock: Arc<dyn Clock>,
    events: Events,
    format: Option<AudioFormat>,
    anchor: Option<Anchor>,
    /// The recording that goes on; made when its first audio, or the lack of it, comes.
    job: Option<Job>,
    recording: Option<Recording>,
    /// Frames still wanted; none means all.
    wanted: Option<u64>,
    /// Audio has come into this recording.
    heard: bool,
    health: Health,
    began: Mono,
    looked: Mono,
    relabel: Relabel,
    idle: u32,
}

impl Shared {
    pub(super) fn new(line: Line, counters: Arc<StreamCounters>) -> Self {
        let (told, ordered, busy, leave, gone) = Default::default();
        let live = Live { state: State::Stopped, told, ordered, busy, leave, gone };
        Self {
            line,
            counters,
            live: Mutex::new(live),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
            deadline: AtomicI64::new(i64::MAX),
        }
    }

    /// Orders a recording. False, and nothing is changed, if one goes on. The caller wakes the thread.
    pub(super) fn order(&self, job: Job) -> bool {
        let mut live = self.live();
        if live.busy || live.leave {
            return false;
        }
        self.stop.store(false, Ordering::Release);
        self.deadline.store(i64::MAX, Ordering::Relaxed);
        live.told = Told::default();
        live.state = live.state.step(Input::Start);
        live.ordered = Some(job);
        live.busy = true;
        true
    }

    /// Asks for an orderly end of what is being recorded by `deadline`. The caller wakes the thread.
    pub(super) fn ask_to_stop(&self, deadline: Mono) {
        self.deadline.fetch_min(deadline.0, Ordering::Relaxed);
        self.stop.store(true, Ordering::Release);
    }

    /// Asks the thread to end after what it is doing. The caller wakes it.
    pub(super) fn ask_to_leave(&self) {
        self.live().leave = true;
    }

    pub(super) fn is_busy(&self) -> bool {
        self.live().busy
    }

    pub(super) fn is_gone(&self) -> bool {
        self.live().gone
    }

    /// Waits until nothing is recorded any more or `limit` has passed; whether that is so.
    pub(super) fn wait(&self, limit: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.live(), limit, |live| live.busy);
        !waited.unwrap_or_else(PoisonError::into_inner).0.busy
    }

    /// Waits until the thread has ended or `limit` has passed; whether it has.
    pub(super) fn wait_gone(&self, limit: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.live(), limit, |live| !live.gone);
        waited.unwrap_or_else(PoisonError::into_inner).0.gone
    }

    pub(super) fn state(&self) -> State {
        self.live().state.clone()
    }

    pub(super) fn stats(&self) -> stats::RecorderStats {
        let live = self.live();
        let (state, ended, told) = (live.state.clone(), !live.busy, live.told.clone());
        drop(live);
        stats::gather(&self.line, state, ended, &told, &self.counters)
    }

    fn next(&self) -> Next {
        let mut live = self.live();
        match (live.ordered.take(), live.leave) {
            (Some(job), _) => Next::Record(job),
            (None, true) => Next::Leave,
            (None, false) => Next::StandBy,
        }
    }

    fn leaves(&self) -> bool {
        self.live().leave
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        capture: Capture,
        originator: String,
        clock: Arc<dyn Clock>,
        events: Events,
    ) -> Self {
        let now = clock.mono();
        Self {
            shared,
            capture,
            originator,
            clock,
            events,
            format: None,
            anchor: None,
            job: None,
            recording: None,
            wanted: None,
            heard: false,
            health: Health::default(),
            began: now,
            looked: now,
            relabel: Relabel::default(),
            idle: 0,
        }
    }

    /// The thread's whole life: recordings, and between them a source that is heard and not written.
    pub(super) fn run(mut self) {
        loop {
            match self.shared.next() {
                Next::Record(job) => self.make(job),
                Next::StandBy => {
                    self.pass_by();
                    std::thread::park_timeout(LOOK);
                }
                Next::Leave => break,
            }
        }
        self.capture.finish();
        let mut live = self.shared.live();
        live.gone = true;
        self.shared.changed.notify_all();
    }

    /// Makes one recording, from its order to its sealed files.
    fn make(&mut self, job: Job) {
        let rate = u128::from(self.shared.line.source.rate().hz());
        self.wanted = job.duration.map(|d| (d.as_nanos() * rate / 1_000_000_000) as u64);
        self.job = Some(job);
        self.began = self.clock.mono();
        self.looked = self.began;
        self.health = Health::since(Look::at(&self.shared.counters, self.began));
        self.relabel = Relabel::default();
        self.idle = 0;
        self.heard = false;
        {
            let mut live = self.shared.live();
            live.told.format = self.format;
            live.told.anchor = self.anchor;
        }
        self.tell(State::Starting);
        let ended = self.record();
        if let Err(reason) = &ended {
            tracing::error!(recorder = self.shared.line.name, "{reason}");
        }
        self.job = None;
        self.recording = None;
        self.step(match ended {
            Ok(()) => Input::Finished,
            Err(reason) => Input::Failed(reason),
        });
        self.shared.live().busy = false;
        self.shared.changed.notify_all();
    }

    fn record(&mut self) -> Result<(), String> {
        while !self.shared.stop.load(Ordering::Acquire) && self.wanted != Some(0) {
            self.take_all()?;
            self.look_at_health();
            std::thread::park_timeout(LOOK);
        }
        self.step(Input::Stop);
        // Step 1: if the capture ends, what was in the reorder window is in the ring.
        if self.shared.leaves() {
            self.capture.finish();
        }
        // Step 2: all of it is written.
        self.take_all()?;
        // Step 3: files are finished.
        if let Some(recording) = &mut self.recording {
            let stopped = recording.stop(self.clock.mono(), self.clock.utc());
            self.settle(stopped)?;
        }
        self.tell_events();
        Ok(())
    }

    /// Lets go by what nobody records, and keeps what a recording will need to know.
    fn pass_by(&mut self) {
        while let Some(item) = self.capture.frames.take() {
            match item {
                Item::Start { format, anchor } => {
                    self.format = Some(format);
                    self.anchor = Some(anchor);
                }
                Item::Anchor(anchor) => self.anchor = Some(anchor),
                Item::Gap(_) => {}
                Item::Frames { block, .. } => self.capture.frames.give_back(block),
            }
        }
    }

    /// Takes everything there is, and lets the recording make durable what is due.
    fn take_all(&mut self) -> Result<(), String> {
        let mut any = false;
        while let Some(item) = self.capture.frames.take() {
            any = true;
            self.take(item)?;
        }
        // An overrun reaches the ring a wake after there is room again: only a second empty look says it is over.
        self.idle = if any { 0 } else { self.idle + 1 };
        if self.idle > 1 {
            self.relabel.caught_up();
        }
        if let Some(recording) = &mut self.recording {
            let ticked = recording.tick(self.clock.mono(), self.clock.utc());
            self.settle(ticked)?;
        }
        self.tell_events();
        Ok(())
    }

    fn take(&mut self, item: Item) -> Result<(), String> {
        match item {
            Item::Start { format, anchor } => {
                self.format = Some(format);
                self.anchor = Some(anchor);
                let mut live = self.shared.live();
                live.told.format = Some(format);
                live.told.anchor = Some(anchor);
            }
            Item::Anchor(anchor) => {
                self.anchor = Some(anchor);
                self.shared.live().told.anchor = Some(anchor);
            }
            Item::Gap(gap) => {
                let gap = self.relabel.gap(gap);
                let len = self.want(gap.len);
                if len > 0 {
                    self.gap(Gap { len, ..gap })?;
                }
            }
            Item::Frames { at, block } => {
                let channels = usize::from(self.capture.levels.channels() as u16);
                let frames = self.want((block.samples().len() / channels) as u64) as usize;
                if frames > 0 {
                    self.frames(at, &block.samples()[..frames * channels], frames as u64)?;
                }
                self.capture.frames.give_back(block);
            }
        }
        Ok(())
    }

    /// Sees to it that there is a recording to write into.
    fn begin(&mut self) -> Result<(), String> {
        if self.recording.is_some() {
            return Ok(());
        }
        let (Some(job), Some(format)) = (&self.job, self.format) else {
            return Err("audio came before the stream's start".into());
        };
        let line = &self.shared.line;
        let recording = Recording::new(audyn_archive::RecordingSpec {
            recorder: line.id,
            name: line.name.clone(),
            format,
            outputs: job.outputs.clone(),
            place: job.place.clone(),
            checkpoint: job.checkpoint,
            originator: self.originator.clone(),
        })
        .map_err(|e| e.to_string())?;
        self.recording = Some(recording);
        Ok(())
    }

    /// How many of `frames` are still wanted.
    fn want(&mut self, frames: u64) -> u64 {
        let Some(wanted) = &mut self.wanted else { return frames };
        let taken = frames.min(*wanted);
        *wanted -= taken;
        taken
    }

    fn frames(&mut self, at: SampleIndex, samples: &[i32], frames: u64) -> Result<(), String> {
        self.begin()?;
        let (Some(recording), Some(anchor)) = (&mut self.recording, &self.anchor) else {
            return Err("frames came before the stream's start".into());
        };
        let written = recording.frames(at, samples, anchor, self.clock.mono(), self.clock.utc());
        self.count(at, frames);
        self.heard = true;
        self.step(Input::Audio);
        self.settle(written)
    }

    fn gap(&mut self, gap: Gap) -> Result<(), String> {
        self.begin()?;
        let (Some(recording), Some(anchor)) = (&mut self.recording, &self.anchor) else {
            return Err("a gap came before the stream's start".into());
        };
        let written = recording.gap(gap, anchor, self.clock.mono(), self.clock.utc());
        self.shared.live().told.gap(gap);
        self.count(gap.at, gap.len);
        let line = &self.shared.line;
        self.events.send(Event::Gap { recorder: line.id, name: line.name.clone(), gap, anchor: *anchor });
        tracing::debug!(
            recorder = line.name,
            at = gap.at.0,
            len = gap.len,
            cause = gap.cause.as_str(),
            "gap"
        );
        self.settle(written)
    }

    fn count(&self, at: SampleIndex, frames: u64) {
        let mut live = self.shared.live();
        live.told.first.get_or_insert(at);
        live.told.frames += frames;
    }

    /// After a refusal of the disk: tries until it accepts. Meanwhile the ring takes what comes.
    fn settle(&mut self, mut result: Result<(), Fault>) -> Result<(), String> {
        let mut refused = false;
        while let Err(fault) = result {
            self.relabel.fault(fault.kind);
            if !refused {
                tracing::error!(recorder = self.shared.line.name, "{fault}");
            }
            refused = true;
            self.step(Input::DiskRefuses(fault.to_string()));
            if self.clock.mono().0 >= self.shared.deadline.load(Ordering::Relaxed) {
                return Err(format!("stopped although {fault}; what was written before is whole"));
            }
            std::thread::park_timeout(RETRY);
            let Some(recording) = &mut self.recording else { return Ok(()) };
            result = recording.retry(self.clock.mono(), self.clock.utc());
        }
        if refused {
            tracing::info!(recorder = self.shared.line.name, "the disk accepts again; recording goes on");
            self.idle = 0;
            self.step(Input::DiskAccepts);
        }
        Ok(())
    }

    fn look_at_health(&mut self) {
        let now = self.clock.mono();
        if now.since(self.looked) < HEALTH {
            return;
        }
        self.looked = now;
        match self.health.assess(Look::at(&self.shared.counters, now)) {
            Found::Well => self.step(Input::Health(None)),
            Found::Worse(reason) => self.step(Input::Health(Some(reason))),
            // A source that was connected just now has time to be heard.
            Found::Silent if self.heard || now.since(self.began) >= GRACE => {
                self.step(Input::Silent("nothing is received".into()));
            }
            Found::Silent => {}
        }
    }

    fn step(&self, input: Input) {
        let mut live = self.shared.live();
        let next = live.state.step(input);
        if next == live.state {
            return;
        }
        live.state = next.clone();
        drop(live);
        self.tell(next);
    }

    fn tell(&self, state: State) {
        let line = &self.shared.line;
        match &state {
            State::Degraded(reason) => tracing::warn!(recorder = line.name, "recording, but {reason}"),
            State::Error(reason) => tracing::error!(recorder = line.name, "not recording: {reason}"),
            State::Stopped | State::Starting | State::Recording | State::Stopping => {
                tracing::info!(recorder = line.name, "{}", state.as_str());
            }
        }
        self.events.send(Event::State { recorder: line.id, name: line.name.clone(), state });
    }

    fn tell_events(&mut self) {
        let Some(recording) = &mut self.recording else { return };
        let line = &self.shared.line;
        let (recorder, name) = (line.id, &line.name);
        for event in recording.events() {
            let name = name.clone();
            self.events.send(match event {
                ArchiveEvent::Opened { path, .. } => {
                    tracing::info!(recorder = name, file = %path.display(), "file begun");
                    self.shared.live().told.file(path.clone());
                    Event::SegmentOpened { recorder, name, path }
                }
                ArchiveEvent::Sealed { path, frames, .. } => {
                    tracing::info!(recorder = name, file = %path.display(), frames, "file complete");
                    Event::SegmentSealed { recorder, name, path, frames }
                }
                ArchiveEvent::Abandoned { path, why: reason, .. } => {
                    tracing::error!(recorder = name, file = %path.display(), reason, "file given up; a new one is begun");
                    Event::SegmentAbandoned { recorder, name, path, reason }
                }
            });
        }
    }
}
