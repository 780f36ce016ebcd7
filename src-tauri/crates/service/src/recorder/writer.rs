//! The writer thread of one recorder: takes what the capture hands over, and sees to it that it is written.
//!
//! It looks five times a second. It may be slow, stall or wait for a disk: the capture does not notice until the ring is
//! full, and then says exactly what is missing.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_archive::{ArchiveEvent, Fault, Recording};
use audyn_engine::ring::Item;
use audyn_engine::source::aes67::{Capture, StreamCounters};
use audyn_model::{Anchor, Clock, Gap, Mono, SampleIndex};

use super::health::{Health, Look};
use super::relabel::Relabel;
use super::state::{Input, State};
use super::stats::Told;
use super::{RecorderSpec, stats};
use crate::events::{Event, Events};

/// Between two looks into the ring.
const LOOK: Duration = Duration::from_millis(200);
/// Between two tries after the disk refused.
const RETRY: Duration = Duration::from_millis(500);
/// Between two looks at the source's health.
const HEALTH: Duration = Duration::from_secs(1);

/// What others see of a recorder, and how they stop it.
pub(super) struct Shared {
    pub spec: RecorderSpec,
    pub counters: Arc<StreamCounters>,
    live: Mutex<Live>,
    finished: Condvar,
    stop: AtomicBool,
    /// When a stop has to be over, on the clock that never steps.
    deadline: AtomicI64,
}

struct Live {
    state: State,
    told: Told,
    done: bool,
}

/// The thread's own.
pub(super) struct Writer {
    shared: Arc<Shared>,
    capture: Capture,
    place: audyn_archive::Place,
    originator: String,
    clock: Arc<dyn Clock>,
    events: Events,
    recording: Option<Recording>,
    anchor: Option<Anchor>,
    /// Frames still wanted; none means all.
    wanted: Option<u64>,
    health: Health,
    looked: Mono,
    relabel: Relabel,
    idle: u32,
}

impl Shared {
    pub(super) fn new(spec: RecorderSpec, counters: Arc<StreamCounters>) -> Self {
        let live = Live { state: State::Starting, told: Told::default(), done: false };
        Self {
            spec,
            counters,
            live: Mutex::new(live),
            finished: Condvar::new(),
            stop: AtomicBool::new(false),
            deadline: AtomicI64::new(i64::MAX),
        }
    }

    /// Asks for an orderly end by `deadline`. The caller wakes the thread.
    pub(super) fn ask_to_stop(&self, deadline: Mono) {
        self.deadline.fetch_min(deadline.0, Ordering::Relaxed);
        self.stop.store(true, Ordering::Release);
    }

    pub(super) fn is_done(&self) -> bool {
        self.live().done
    }

    /// Waits until the recorder has ended or `limit` has passed; whether it has ended.
    pub(super) fn wait(&self, limit: Duration) -> bool {
        let waited = self.finished.wait_timeout_while(self.live(), limit, |live| !live.done);
        waited.unwrap_or_else(PoisonError::into_inner).0.done
    }

    pub(super) fn stats(&self) -> stats::RecorderStats {
        let live = self.live();
        let (state, told) = (live.state.clone(), live.told.clone());
        drop(live);
        stats::gather(self.spec.id, &self.spec.name, state, &told, &self.spec.source, &self.counters)
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        capture: Capture,
        place: audyn_archive::Place,
        originator: String,
        clock: Arc<dyn Clock>,
        events: Events,
    ) -> Self {
        let rate = u128::from(shared.spec.source.rate.hz());
        let wanted = shared.spec.duration.map(|d| (d.as_nanos() * rate / 1_000_000_000) as u64);
        let looked = clock.mono();
        Self {
            shared,
            capture,
            place,
            originator,
            clock,
            events,
            recording: None,
            anchor: None,
            wanted,
            health: Health::default(),
            looked,
            relabel: Relabel::default(),
            idle: 0,
        }
    }

    /// The thread's whole life.
    pub(super) fn run(mut self) {
        self.tell(State::Starting);
        let ended = self.record();
        if let Err(reason) = &ended {
            tracing::error!(recorder = self.shared.spec.name, "{reason}");
        }
        self.step(match ended {
            Ok(()) => Input::Finished,
            Err(reason) => Input::Failed(reason),
        });
        self.shared.live().done = true;
        self.shared.finished.notify_all();
    }

    fn record(&mut self) -> Result<(), String> {
        while !self.shared.stop.load(Ordering::Acquire) && self.wanted != Some(0) {
            self.take_all()?;
            self.look_at_health();
            std::thread::park_timeout(LOOK);
        }
        self.step(Input::Stop);
        // Step 1: the capture ends; what was in the reorder window is in the ring.
        self.capture.finish();
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
                self.anchor = Some(anchor);
                let spec = &self.shared.spec;
                let recording = Recording::new(audyn_archive::RecordingSpec {
                    recorder: spec.id,
                    name: spec.name.clone(),
                    format,
                    outputs: spec.outputs.clone(),
                    place: self.place.clone(),
                    checkpoint: spec.checkpoint,
                    originator: self.originator.clone(),
                })
                .map_err(|e| e.to_string())?;
                self.recording = Some(recording);
                let mut live = self.shared.live();
                live.told.format = Some(format);
                live.told.anchor = Some(anchor);
                drop(live);
                self.step(Input::Audio);
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

    /// How many of `frames` are still wanted.
    fn want(&mut self, frames: u64) -> u64 {
        let Some(wanted) = &mut self.wanted else { return frames };
        let taken = frames.min(*wanted);
        *wanted -= taken;
        taken
    }

    fn frames(&mut self, at: SampleIndex, samples: &[i32], frames: u64) -> Result<(), String> {
        let (Some(recording), Some(anchor)) = (&mut self.recording, &self.anchor) else {
            return Err("frames came before the stream's start".into());
        };
        let written = recording.frames(at, samples, anchor, self.clock.mono(), self.clock.utc());
        self.count(at, frames);
        self.settle(written)
    }

    fn gap(&mut self, gap: Gap) -> Result<(), String> {
        let (Some(recording), Some(anchor)) = (&mut self.recording, &self.anchor) else {
            return Err("a gap came before the stream's start".into());
        };
        let written = recording.gap(gap, anchor, self.clock.mono(), self.clock.utc());
        self.shared.live().told.gap(gap);
        self.count(gap.at, gap.len);
        let spec = &self.shared.spec;
        self.events.send(Event::Gap { recorder: spec.id, name: spec.name.clone(), gap });
        tracing::debug!(
            recorder = spec.name,
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
                tracing::error!(recorder = self.shared.spec.name, "{fault}");
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
            tracing::info!(recorder = self.shared.spec.name, "the disk accepts again; recording goes on");
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
        let found = self.health.assess(Look::at(&self.shared.counters, now));
        self.step(Input::Health(found));
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
        let spec = &self.shared.spec;
        match &state {
            State::Degraded(reason) => tracing::warn!(recorder = spec.name, "recording, but {reason}"),
            State::Error(reason) => tracing::error!(recorder = spec.name, "not recording: {reason}"),
            State::Stopped | State::Starting | State::Recording | State::Stopping => {
                tracing::info!(recorder = spec.name, "{}", state.as_str());
            }
        }
        self.events.send(Event::State { recorder: spec.id, name: spec.name.clone(), state });
    }

    fn tell_events(&mut self) {
        let Some(recording) = &mut self.recording else { return };
        let spec = &self.shared.spec;
        let (recorder, name) = (spec.id, &spec.name);
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
