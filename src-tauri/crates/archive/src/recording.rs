//! One recorder's running sequence of segments, in all its outputs.
//!
//! Frames come in, are cut at the boundaries, encoded once for each output, and written. What could not be written
//! waits: a [`Fault`] means that everything given was accepted and is pending. At most one call's frames, one write
//! buffer and one checkpoint of encoded bytes wait for each output, so memory is bounded whatever the disk does.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use audyn_model::{
    Anchor, AudioFormat, Clock, ClockQuality, Drift, Gap, GapCause, Mark, Mono, RecorderId, SampleIndex, Utc,
};

use crate::catalogue::EndReason;
use crate::civil::CivilClock;
use crate::counts::{CountedDisk, Counts, Stage, Stopwatch};
use crate::disk::{Disk, SystemDisk};
use crate::error::{Error, Fault, FaultKind};
use crate::rotation::{Schedule, split};

mod lane;
mod ledger;
mod values;

use lane::Lane;
use ledger::Ledger;

pub use values::{ArchiveEvent, OutputStatus, Place, RecordingSpec, RecordingStatus};

/// How long a file that refuses writes (for any reason but a full disk) is tried before a new one is begun.
pub const GIVE_UP_AFTER: Duration = Duration::from_secs(5);

/// Frames encoded at a time: bounds memory for long gaps and long calls.
const PIECE: usize = 4096;

/// A running recording. Owned by one writer thread; blocks on the disk and, for at most 5 s, on the catalogue.
pub struct Recording {
    common: Common,
    lanes: Vec<Lane>,
    schedule: Option<Schedule>,
    position: Option<SampleIndex>,
    pending: VecDeque<Pending>,
    ledger: Ledger,
    frames: u64,
    /// The tail of what was encoded, for encoders that want to hear what precedes their file.
    history: Vec<i32>,
    history_frames: usize,
    anchor: Option<Anchor>,
    noted: Noted,
    checkpointed: Option<Mono>,
    silence: Vec<i32>,
}

/// What is known besides the audio, as far as somebody has said, for files that begin.
#[derive(Default)]
pub(crate) struct Noted {
    /// How good the clock is.
    pub clock: Option<ClockQuality>,
    /// How fast the device's clock runs.
    pub drift: Option<Drift>,
    /// Marks that go on.
    pub going: Vec<Mark>,
}

/// What all outputs share.
pub(crate) struct Common {
    recorder: RecorderId,
    name: String,
    format: AudioFormat,
    place: Place,
    clock: CivilClock,
    period_s: u32,
    checkpoint: Duration,
    originator: String,
    disk: Arc<dyn Disk>,
    outputs: usize,
    /// Where what is done is counted, if somebody wants to know.
    watch: Option<Stopwatch>,
}

/// Accepted, not yet encoded.
enum Pending {
    Frames { at: SampleIndex, frames: Vec<i32> },
    Gap(Gap),
}

impl Recording {
    /// Checks everything that can be checked before there is audio. Makes no file.
    ///
    /// # Errors
    /// [`Error::Unsuitable`] with every problem.
    pub fn new(spec: RecordingSpec) -> Result<Self, Error> {
        let disk: Arc<dyn Disk> = match &spec.place {
            Place::Root { root, .. } => Arc::clone(&root.disk),
            Place::File { .. } => Arc::new(SystemDisk),
        };
        Self::on(disk, spec)
    }

    pub(crate) fn on(disk: Arc<dyn Disk>, spec: RecordingSpec) -> Result<Self, Error> {
        let problems = values::problems(&spec);
        if !problems.is_empty() {
            return Err(Error::Unsuitable(problems));
        }
        let RecordingSpec { recorder, name, format, outputs, place, checkpoint, originator } = spec;
        let (root, clock, period_s) = match &place {
            Place::Root { root, naming, period_s } => {
                (Some(Arc::clone(root)), naming.clock.clone(), *period_s)
            }
            Place::File { clock, .. } => (None, clock.clone(), 0),
        };
        let common = Common {
            recorder,
            name,
            format,
            place,
            clock,
            period_s,
            checkpoint,
            originator,
            disk,
            outputs: outputs.len(),
            watch: None,
        };
        let lanes: Vec<Lane> = outputs.into_iter().map(|spec| Lane::new(spec, &format)).collect();
        let history_frames = lanes.iter().map(|lane| lane.context.before).max().unwrap_or(0);
        Ok(Self {
            common,
            lanes,
            schedule: None,
            position: None,
            pending: VecDeque::new(),
            ledger: Ledger::new(root),
            frames: 0,
            history: Vec::new(),
            history_frames,
            anchor: None,
            noted: Noted::default(),
            checkpointed: None,
            silence: Vec::new(),
        })
    }

    /// Has what encoders, disk and catalogue do counted from now on; `clock` says how long it takes.
    pub fn count_into(&mut self, counts: Arc<Counts>, clock: Arc<dyn Clock>) {
        let watch = Stopwatch::new(counts, clock);
        self.common.disk = Arc::new(CountedDisk::new(Arc::clone(&self.common.disk), watch.clone()));
        self.ledger.count_into(Arc::clone(&watch.counts));
        self.common.watch = Some(watch);
    }

    /// Notes how good the clock is that times come from now: it goes into files begun from now on, and into the catalogue
    /// when a file is sealed.
    pub fn note_clock(&mut self, clock: ClockQuality) {
        self.noted.clock = Some(clock);
        for lane in &mut self.lanes {
            lane.note_clock(clock);
        }
    }

    /// Notes how fast the device's clock runs: it goes into the catalogue when a file is sealed.
    pub fn note_drift(&mut self, drift: Drift) {
        self.noted.drift = Some(drift);
        for lane in &mut self.lanes {
            lane.note_drift(drift);
        }
    }

    /// Notes a mark, or what is new about one: first while it goes on, then with its end. It goes into the list beside the
    /// file that is being written, then into the catalogue, with the next checkpoint; while it goes on, into the lists of
    /// the files that follow too. One that begins in a file that has ended already is in the list of the file that had
    /// begun when it was noted, which is enough: marks belong to a recorder, and a file has those that touch it.
    pub fn mark(&mut self, mark: &Mark) {
        self.noted.going.retain(|going| going.id != mark.id);
        if mark.end.is_none() {
            self.noted.going.push(mark.clone());
        }
        for lane in &mut self.lanes {
            lane.note_mark(mark);
        }
    }

    /// Takes interleaved frames, the first at position `at`, which is where the last call ended. (A hole is the caller's
    /// mistake: it becomes a gap; frames that were given before are left out.)
    ///
    /// # Errors
    /// A [`Fault`]: the frames are accepted and pending; only [`Recording::retry`], `tick` and `stop` may be called next.
    pub fn frames(
        &mut self,
        at: SampleIndex,
        frames: &[i32],
        anchor: &Anchor,
        now: Mono,
        utc: Utc,
    ) -> Result<(), Fault> {
        self.follow(anchor, at);
        self.close_hole(at);
        let channels = usize::from(self.common.format.channels);
        let given_before = self.position.map_or(0, |position| position.since(at).max(0));
        let skip =
            usize::try_from(given_before).unwrap_or(usize::MAX).saturating_mul(channels).min(frames.len());
        debug_assert!(skip == 0, "frames at {at:?} were given before");
        let (at, frames) = (at.plus(i64::try_from(skip / channels).unwrap_or(0)), &frames[skip..]);
        if let Err(fault) = self.drain(now, utc) {
            self.pending.push_back(Pending::Frames { at, frames: frames.to_vec() });
            return Err(fault);
        }
        self.consume(at, frames, now, utc)?;
        self.tick(now, utc)
    }

    /// Takes a gap: exactly `gap.len` silent frames are written and recorded as missing.
    ///
    /// # Errors
    /// As for [`Recording::frames`].
    pub fn gap(&mut self, gap: Gap, anchor: &Anchor, now: Mono, utc: Utc) -> Result<(), Fault> {
        self.follow(anchor, gap.at);
        self.close_hole(gap.at);
        let from = self.position.unwrap_or(gap.at).max(gap.at);
        self.pending.extend(gap.within(from, gap.end()).map(Pending::Gap));
        self.drain(now, utc)?;
        self.tick(now, utc)
    }

    /// Makes a checkpoint if one is due, and pays what is owed to the catalogue.
    ///
    /// # Errors
    /// As for [`Recording::frames`].
    pub fn tick(&mut self, now: Mono, utc: Utc) -> Result<(), Fault> {
        self.drain(now, utc)?;
        let since = *self.checkpointed.get_or_insert(now);
        if now.since(since) >= self.common.checkpoint {
            self.checkpointed = Some(now);
            for lane in &mut self.lanes {
                lane.checkpoint(now, utc, &mut self.ledger);
            }
            self.carry_out(now, utc)?;
        }
        Ok(())
    }

    /// The sample that will begin the next file; none if there is no rotation, or nothing was written yet.
    #[must_use]
    pub fn cut(&self) -> Option<SampleIndex> {
        self.schedule.as_ref().and_then(Schedule::cut)
    }

    /// Carries on after a [`Fault`], exactly where it stopped.
    ///
    /// # Errors
    /// Still a fault.
    pub fn retry(&mut self, now: Mono, utc: Utc) -> Result<(), Fault> {
        if let Some(watch) = &self.common.watch {
            watch.counts.add(Stage::DiskRetries, 1);
        }
        self.drain(now, utc)
    }

    /// Ends and seals all files. May be repeated until it succeeds; does nothing then.
    ///
    /// # Errors
    /// As for [`Recording::frames`]; also if the catalogue cannot be told that the files are sealed.
    pub fn stop(&mut self, now: Mono, utc: Utc) -> Result<(), Fault> {
        let drained = self.drain(now, utc);
        if self.pending.is_empty() {
            for lane in &mut self.lanes {
                lane.end(EndReason::Stop);
                lane.finish_without_more(now, utc, &mut self.ledger);
            }
        }
        drained?;
        self.carry_out(now, utc)?;
        self.ledger.pay_all(now)
    }

    /// What has become durable since the last call.
    pub fn events(&mut self) -> impl Iterator<Item = ArchiveEvent> {
        self.ledger.events.drain(..)
    }

    /// Where it is now.
    #[must_use]
    pub fn status(&self) -> RecordingStatus {
        RecordingStatus {
            outputs: self.lanes.iter().filter_map(Lane::status).collect(),
            position: self.position,
            frames: self.frames,
            bytes: self.lanes.iter().map(Lane::bytes).sum(),
            last_boundary: self.schedule.as_ref().map(Schedule::begun),
            next_cut: self.schedule.as_ref().and_then(Schedule::cut),
            files: self.lanes.iter().map(|lane| lane.begun).sum(),
            owed_entries: self.ledger.owed(),
        }
    }

    fn follow(&mut self, anchor: &Anchor, at: SampleIndex) {
        if self.anchor.as_ref() != Some(anchor) {
            self.anchor = Some(*anchor);
            if let Some(schedule) = &mut self.schedule {
                schedule.follow(at, anchor);
            }
        }
    }

    fn close_hole(&mut self, at: SampleIndex) {
        let Some(position) = self.position else { return };
        let hole = u64::try_from(at.since(position)).unwrap_or(0);
        debug_assert!(hole == 0, "{hole} frames are missing before {at:?} and no gap was given");
        if hole > 0 {
            self.pending.push_back(Pending::Gap(Gap { at: position, len: hole, cause: GapCause::Overrun }));
        }
    }

    /// Disk first, then what was accepted.
    fn drain(&mut self, now: Mono, utc: Utc) -> Result<(), Fault> {
        self.carry_out(now, utc)?;
        while let Some(pending) = self.pending.pop_front() {
            match pending {
                Pending::Frames { at, frames } => self.consume(at, &frames, now, utc)?,
                Pending::Gap(gap) => self.consume_gap(gap, now, utc)?,
            }
        }
        Ok(())
    }

    /// Encodes and writes; what a fault leaves over is kept, in front.
    fn consume(&mut self, at: SampleIndex, frames: &[i32], now: Mono, utc: Utc) -> Result<(), Fault> {
        let channels = usize::from(self.common.format.channels);
        let (mut at, mut rest) = (at, frames);
        while !rest.is_empty() {
            let taken = self.step(at, rest, rest.len() / channels, now, utc).and_then(|taken| {
                (at, rest) = (at.plus(taken as i64), &rest[taken * channels..]);
                self.carry_out(now, utc)
            });
            if let Err(fault) = taken {
                if !rest.is_empty() {
                    self.pending.push_front(Pending::Frames { at, frames: rest.to_vec() });
                }
                return Err(fault);
            }
        }
        Ok(())
    }

    fn consume_gap(&mut self, gap: Gap, now: Mono, utc: Utc) -> Result<(), Fault> {
        let channels = usize::from(self.common.format.channels);
        let mut silence = std::mem::take(&mut self.silence);
        silence.resize(PIECE * channels, 0);
        let mut rest = Some(gap);
        let mut result = Ok(());
        while let (Some(gap), Ok(())) = (rest, &result) {
            let frames = usize::try_from(gap.len).unwrap_or(usize::MAX).min(PIECE);
            result = self.step(gap.at, &silence, frames, now, utc).and_then(|taken| {
                let part = Gap { len: taken as u64, ..gap };
                self.lanes.iter_mut().for_each(|lane| lane.note_gap(&part));
                rest = gap.within(part.end(), gap.end());
                self.carry_out(now, utc)
            });
        }
        self.silence = silence;
        if let (Some(gap), Err(_)) = (rest, &result) {
            self.pending.push_front(Pending::Gap(gap));
        }
        result
    }

    /// Encodes the next piece, at most up to the next boundary; how many frames that were is returned. Touches no disk.
    fn step(
        &mut self,
        at: SampleIndex,
        frames: &[i32],
        len: usize,
        now: Mono,
        utc: Utc,
    ) -> Result<usize, Fault> {
        let anchor = self.anchor.expect("every way in takes an anchor first");
        let schedule = self.schedule.get_or_insert_with(|| {
            Schedule::begin(self.common.period_s, self.common.clock.clone(), at, &anchor)
        });
        if schedule.cut().is_some_and(|cut| cut <= at) {
            schedule.turn(at);
            for lane in &mut self.lanes {
                lane.end(EndReason::Rotation);
            }
        }
        let until_cut = schedule.cut().map_or(len, |cut| split(at, len, cut).0);
        let len = until_cut.min(PIECE);
        let channels = usize::from(self.common.format.channels);
        let piece = &frames[..len * channels];
        for lane in &mut self.lanes {
            lane.begin_if_needed(&self.common, at, &anchor, &self.noted, &self.history)?;
        }
        let watch = self.common.watch.as_ref().map(|watch| (watch, watch.start()));
        for lane in &mut self.lanes {
            lane.encode(at, piece, now, utc, &mut self.ledger);
        }
        if let Some((watch, from)) = watch {
            watch.stop(Stage::EncodingNs, from);
            watch.counts.add(Stage::EncodedFrames, (len * self.lanes.len()) as u64);
        }
        self.remember(piece, channels);
        self.position = Some(at.plus(len as i64));
        self.frames += len as u64;
        Ok(len)
    }

    fn remember(&mut self, piece: &[i32], channels: usize) {
        let keep = self.history_frames * channels;
        if keep == 0 {
            return;
        }
        let from_piece = piece.len().min(keep);
        let stay = (keep - from_piece).min(self.history.len());
        self.history.drain(..self.history.len() - stay);
        self.history.extend_from_slice(&piece[piece.len() - from_piece..]);
    }

    /// All queued work of all outputs: the current files first, so that ending the old ones does not delay them. Every
    /// output gets its turn even if one fails; the first fault is returned.
    fn carry_out(&mut self, now: Mono, utc: Utc) -> Result<(), Fault> {
        let mut first = None;
        for lane in &mut self.lanes {
            first = first.or(lane.carry_out_current(&self.common, now, &mut self.ledger, utc).err());
        }
        for lane in &mut self.lanes {
            first = first.or(lane.carry_out_ending(&self.common, now, &mut self.ledger, utc).err());
        }
        self.ledger.pay(now);
        first.map_or(Ok(()), Err)
    }
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording").field("name", &self.common.name).field("status", &self.status()).finish()
    }
}

pub(crate) fn fault(path: PathBuf, source: io::Error) -> Fault {
    Fault { kind: FaultKind::of(&source), path, source }
}

#[cfg(test)]
mod tests;
