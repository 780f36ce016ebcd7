//! The writer thread of one recorder: takes what the capture hands over, and sees to it that it is written while a
//! recording was ordered; otherwise it lets it go by.
//!
//! It looks five times a second. It may be slow, stall or wait for a disk: the capture does not notice until the ring is
//! full, and then says exactly what is missing.

mod tell;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use audyn_archive::{Fault, Recording};
use audyn_engine::ring::Item;
use audyn_engine::source::Capture;
use audyn_model::{Anchor, AudioFormat, Clock, Gap, Mono, SampleIndex};

use super::health::{Health, Look};
use super::relabel::Relabel;
use super::shared::{Job, Next, Shared};
use super::state::{Input, State};
use crate::events::{Event, Events};

/// Between two looks into the ring.
const LOOK: Duration = Duration::from_millis(200);
/// Between two tries after the disk refused.
const RETRY: Duration = Duration::from_millis(500);

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
}
