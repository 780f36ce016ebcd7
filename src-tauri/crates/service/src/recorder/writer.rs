//! The writer thread of one recorder: takes what the capture hands over, and sees to it that it is written while a
//! recording was ordered; otherwise it keeps the newest of it and lets the rest go by.
//!
//! It looks five times a second. It may be slow, stall or wait for a disk: the capture does not notice until the ring is
//! full, and then says exactly what is missing.

mod marking;
mod tell;
mod watch;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use audyn_archive::{Fault, Recording};
use audyn_engine::ring::Item;
use audyn_engine::source::Capture;
use audyn_model::{Anchor, AudioFormat, Clock, Gap, GapCause, Mono, SampleIndex, Tai};

use super::health::{Health, Look};
use super::preroll::{Kept, Memory, PreRoll};
use super::relabel::Relabel;
use super::shared::{Begin, Job, Next, Shared};
use super::state::{Input, State};
use super::timing::Timing;
use super::vox::VoxMode;
use crate::events::{Event, Events};
use marking::Marking;

/// Between two looks into the ring.
const LOOK: Duration = Duration::from_millis(200);
/// The longest stretch between two ways of a source that is written as a gap. A longer one says that their clocks have
/// nothing to do with each other.
const BRIDGE: Duration = Duration::from_secs(3600);
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
    /// What passed by, and what waits while a recording that begins with it catches up.
    kept: PreRoll,
    /// Frames on their way from there to the recording.
    unpacked: Vec<i32>,
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
    timing: Timing,
    /// Marks sound, if that was ordered.
    marking: Option<Marking>,
    /// When the recording ended that this one follows, until its first sample comes.
    follows: Option<Tai>,
}

impl Writer {
    pub(super) fn new(
        shared: Arc<Shared>,
        capture: Capture,
        originator: String,
        clock: Arc<dyn Clock>,
        events: Events,
        memory: Arc<Memory>,
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
            kept: PreRoll::new(memory),
            unpacked: Vec::new(),
            job: None,
            recording: None,
            wanted: None,
            heard: false,
            health: Health::default(),
            began: now,
            looked: now,
            relabel: Relabel::default(),
            idle: 0,
            timing: Timing::default(),
            marking: None,
            follows: None,
        }
    }

    /// With somebody who knows how good the clock is.
    pub(super) fn timed_by(self, timing: Timing) -> Self {
        Self { timing, ..self }
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
        self.rewind(job.begin);
        let vox = job.vox;
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
        let ended = match vox.map(|vox| (vox.mode, vox)) {
            Some((VoxMode::Activation, vox)) => self.watch(vox),
            Some((VoxMode::Marks, vox)) => {
                self.marking = Some(Marking::new(vox));
                self.record()
            }
            None => self.record(),
        };
        if let Err(reason) = &ended {
            tracing::error!(recorder = self.shared.line.name, "{reason}");
        }
        self.job = None;
        self.recording = None;
        self.marking = None;
        self.follows = None;
        self.step(match ended {
            Ok(()) => Input::Finished,
            Err(reason) => Input::Failed(reason),
        });
        self.shared.live().busy = false;
        self.shared.changed.notify_all();
    }

    fn record(&mut self) -> Result<(), String> {
        while self.goes_on() {
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
        // Step 3: files are finished, and so is a mark that was going on.
        self.end_mark();
        self.close()
    }

    fn goes_on(&self) -> bool {
        !self.shared.stop.load(Ordering::Acquire) && self.wanted != Some(0)
    }

    /// It records on sound, and there is none.
    fn waits_for_sound(&self) -> bool {
        let on_sound = |job: &Job| job.vox.is_some_and(|vox| vox.mode == VoxMode::Activation);
        self.recording.is_none() && self.job.as_ref().is_some_and(on_sound)
    }

    /// Finishes the files of the recording, if there is one.
    fn close(&mut self) -> Result<(), String> {
        if let Some(recording) = &mut self.recording {
            let stopped = recording.stop(self.clock.mono(), self.clock.utc());
            self.settle(stopped)?;
        }
        self.tell_events();
        self.recording = None;
        Ok(())
    }

    /// Keeps what nobody records for a while, and then lets it go.
    fn pass_by(&mut self) {
        while let Some(item) = self.capture.frames.take() {
            self.keep(item);
            self.kept.trim();
        }
        self.kept.trim();
        self.anchor = self.kept.newest_anchor().or(self.anchor);
        self.shared.kept.store(self.kept.kept(), Ordering::Relaxed);
    }

    fn keep(&mut self, item: Item) {
        match item {
            Item::Start { format, anchor } => self.start(format, anchor),
            Item::Anchor(anchor) => self.kept.better_anchor(anchor),
            Item::Gap(gap) => self.kept.gap(gap),
            Item::Frames { at, block } => {
                self.kept.frames(at, block.samples());
                self.capture.frames.give_back(block);
            }
        }
    }

    fn start(&mut self, format: AudioFormat, anchor: Anchor) {
        self.format = Some(format);
        self.anchor = Some(anchor);
        self.kept.start(format, anchor);
        let mut live = self.shared.live();
        live.told.format = Some(format);
        live.told.anchor = Some(anchor);
    }

    /// Goes back to where a recording begins.
    fn rewind(&mut self, begin: Begin) {
        match begin {
            Begin::Now => self.kept.clear(),
            Begin::Following { ended } => self.follows = Some(ended),
            Begin::Ago { length, asked } => {
                // What has come since then is to be looked at, too.
                while let Some(item) = self.capture.frames.take() {
                    self.keep(item);
                }
                let back = length + self.clock.mono().since(asked);
                let frames =
                    back.as_nanos() * u128::from(self.shared.line.source.rate().hz()) / 1_000_000_000;
                if let Some(end) = self.kept.end() {
                    self.kept.skip_to(end.plus(-i64::try_from(frames).unwrap_or(i64::MAX)));
                }
            }
        }
        self.anchor = self.kept.anchor().or(self.anchor);
    }

    /// Takes everything there is, and lets the recording make durable what is due.
    fn take_all(&mut self) -> Result<(), String> {
        self.note_clock();
        let mut any = false;
        loop {
            // What was kept goes first; what comes meanwhile waits behind it.
            while !self.kept.is_empty() && self.wanted != Some(0) {
                any = true;
                while !self.kept.is_full()
                    && let Some(item) = self.capture.frames.take()
                {
                    self.keep(item);
                }
                self.write_kept(SampleIndex(i64::MAX))?;
            }
            let Some(item) = self.capture.frames.take() else { break };
            any = true;
            self.take(item)?;
        }
        self.kept.give_back();
        self.shared.kept.store(self.kept.kept(), Ordering::Relaxed);
        self.look_back(any)
    }

    /// After a look into the ring: makes durable what is due, and tells what has happened.
    fn look_back(&mut self, any: bool) -> Result<(), String> {
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

    /// Writes the next piece of what was kept, up to `until`; whether there was one.
    fn write_kept(&mut self, until: SampleIndex) -> Result<bool, String> {
        let mut unpacked = std::mem::take(&mut self.unpacked);
        let piece = self.kept.take(until, &mut unpacked);
        let written = match piece {
            Some(Kept::Frames(at)) => self.write(at, &unpacked),
            Some(Kept::Gap(gap)) => self.write_gap(gap),
            Some(Kept::Anchor(anchor)) => {
                self.follow(anchor);
                Ok(())
            }
            None => Ok(()),
        };
        self.unpacked = unpacked;
        written.map(|()| piece.is_some())
    }

    fn take(&mut self, item: Item) -> Result<(), String> {
        match item {
            Item::Start { format, anchor } => self.start(format, anchor),
            Item::Anchor(anchor) => {
                self.kept.better_anchor(anchor);
                self.follow(anchor);
            }
            Item::Gap(gap) => self.write_gap(gap)?,
            Item::Frames { at, block } => {
                let written = self.write(at, block.samples());
                self.capture.frames.give_back(block);
                written?;
            }
        }
        Ok(())
    }

    fn follow(&mut self, anchor: Anchor) {
        self.anchor = Some(anchor);
        self.shared.live().told.anchor = Some(anchor);
    }

    /// Writes frames, as far as they are still wanted.
    fn write(&mut self, at: SampleIndex, samples: &[i32]) -> Result<(), String> {
        self.bridge(at)?;
        let channels = usize::from(self.capture.levels.channels() as u16);
        let frames = self.want((samples.len() / channels) as u64) as usize;
        if frames == 0 {
            return Ok(());
        }
        let old = self.before_turn(at, frames as u64) as usize;
        if old > 0 {
            self.frames(at, &samples[..old * channels], old as u64)?;
        }
        if old < frames {
            self.next_way()?;
            let (at, rest) = (at.plus(old as i64), &samples[old * channels..frames * channels]);
            self.frames(at, rest, (frames - old) as u64)?;
        }
        Ok(())
    }

    /// Writes a gap, as far as it is still wanted.
    fn write_gap(&mut self, gap: Gap) -> Result<(), String> {
        self.bridge(gap.at)?;
        let gap = self.relabel.gap(gap);
        self.write_known_gap(gap)
    }

    /// What was lost between the recording that this one follows and its own first sample, at `at`.
    fn bridge(&mut self, at: SampleIndex) -> Result<(), String> {
        let (Some(ended), Some(anchor)) = (self.follows.take(), self.anchor) else { return Ok(()) };
        let from = anchor.index_at(ended);
        let len = u64::try_from(at.since(from)).unwrap_or(0);
        if anchor.rate.ns_of(len) > BRIDGE.as_nanos() as u64 {
            let name = &self.shared.line.name;
            tracing::warn!(
                recorder = name,
                len,
                "its source came by another clock; what was lost between is not known"
            );
            return Ok(());
        }
        self.write_known_gap(Gap { at: from, len, cause: GapCause::SourceChanged })
    }

    fn write_known_gap(&mut self, gap: Gap) -> Result<(), String> {
        match self.want(gap.len) {
            0 => Ok(()),
            len => {
                let old = self.before_turn(gap.at, len);
                if old > 0 {
                    self.gap(Gap { len: old, ..gap })?;
                }
                if old < len {
                    self.next_way()?;
                    self.gap(Gap { at: gap.at.plus(old as i64), len: len - old, ..gap })?;
                }
                Ok(())
            }
        }
    }

    /// Of `len` samples from `at` on, how many are still written as before: all, unless another way of writing was ordered
    /// and a file begins among them.
    fn before_turn(&self, at: SampleIndex, len: u64) -> u64 {
        if !self.shared.rewrite_is_ordered() {
            return len;
        }
        match &self.recording {
            None => 0,
            Some(recording) => {
                recording.cut().map_or(len, |cut| len.min(u64::try_from(cut.since(at)).unwrap_or(0)))
            }
        }
    }

    /// A file ends here, and the next is written as was ordered meanwhile.
    fn next_way(&mut self) -> Result<(), String> {
        self.close()?;
        if let (Some(rewrite), Some(job)) = (self.shared.take_rewrite(), &mut self.job) {
            job.outputs = rewrite.outputs;
            job.place = rewrite.place;
            let line = &self.shared.line;
            self.events.send(Event::Rewritten { recorder: line.id, name: line.name.clone() });
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
        let mut recording = Recording::new(audyn_archive::RecordingSpec {
            recorder: line.id,
            name: line.name.clone(),
            format,
            outputs: job.outputs.clone(),
            place: job.place.clone(),
            checkpoint: job.checkpoint,
            originator: self.originator.clone(),
        })
        .map_err(|e| e.to_string())?;
        recording.count_into(Arc::clone(&self.shared.stages), Arc::clone(&self.clock));
        self.recording = Some(recording);
        self.note_clock();
        self.carry_mark();
        Ok(())
    }

    /// Tells the recording how good its clock is, and how fast its device runs.
    fn note_clock(&mut self) {
        let (Some(recording), Some(anchor)) = (&mut self.recording, &self.anchor) else { return };
        if let Some(drift) = self.shared.counters.drift() {
            recording.note_drift(drift);
        }
        if let Some(quality) = self.timing.quality(anchor, &self.shared.line.source) {
            recording.note_clock(quality);
        }
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
        self.settle(written)?;
        self.mark_frames(at, samples);
        Ok(())
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
        self.settle(written)?;
        self.mark_gap(gap);
        Ok(())
    }

    fn count(&self, at: SampleIndex, frames: u64) {
        let mut live = self.shared.live();
        live.told.first.get_or_insert(at);
        live.told.end = Some(at.plus(i64::try_from(frames).unwrap_or(i64::MAX)));
        live.told.frames += frames;
        if live.told.began.is_none() {
            live.told.began = self.anchor.map(|anchor| anchor.tai_at(at).to_utc());
        }
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
