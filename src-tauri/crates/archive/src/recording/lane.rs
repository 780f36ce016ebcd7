//! One output of a recording: the file being written, and those before it that are still being ended.

use std::io;
use std::path::PathBuf;

use audyn_codec::{About, Bytes, Context, Spec};
use audyn_model::{
    Anchor, AudioFormat, ClockQuality, Drift, Gap, GapCause, Mark, Mono, SampleIndex, SegmentId, Utc,
};

use super::ledger::{Entry, Ledger};
use super::{Common, GIVE_UP_AFTER, Noted, OutputStatus, Place, fault};
use crate::catalogue::{EndReason, SegmentRow, SegmentState};
use crate::error::{Fault, FaultKind};
use crate::layout::collision_names;
use crate::segment::{self, Candidates, Done, Segment};

pub(super) struct Lane {
    spec: Spec,
    pub context: Context,
    channels: usize,
    current: Option<Segment>,
    ending: Vec<Ending>,
    /// Files begun.
    pub begun: u64,
    /// Bytes of the files that are done.
    done_bytes: u64,
    /// Marks whose file was given up, for the next.
    owed_marks: Vec<Mark>,
}

/// A file past its boundary. It stays open until its encoder has heard enough of what follows.
struct Ending {
    segment: Segment,
    after: Vec<i32>,
    reason: EndReason,
}

impl Lane {
    pub fn new(spec: Spec, format: &AudioFormat) -> Self {
        let context = audyn_codec::context(&spec, format);
        let channels = usize::from(format.channels);
        Self {
            spec,
            context,
            channels,
            current: None,
            ending: Vec::new(),
            begun: 0,
            done_bytes: 0,
            owed_marks: Vec::new(),
        }
    }

    pub fn status(&self) -> Option<OutputStatus> {
        let segment = self.current.as_ref().or(self.ending.last().map(|ending| &ending.segment))?;
        Some(OutputStatus {
            container: segment.container,
            path: segment.path(),
            frames: segment.frames(),
            bytes: segment.bytes(),
        })
    }

    /// Bytes of all files since the beginning.
    pub fn bytes(&self) -> u64 {
        let open = self.current.iter().chain(self.ending.iter().map(|ending| &ending.segment));
        self.done_bytes + open.map(Segment::bytes).sum::<u64>()
    }

    /// Makes sure that there is a file to encode into; a new one begins at `at`, and has the marks that go on. Only in
    /// memory.
    pub fn begin_if_needed(
        &mut self,
        common: &Common,
        at: SampleIndex,
        anchor: &Anchor,
        now: &Noted,
        history: &[i32],
    ) -> Result<(), Fault> {
        if self.current.is_some() {
            return Ok(());
        }
        let civil = common.clock.read(anchor.tai_at(at));
        let about = About {
            segment: SegmentId::new(),
            recorder: common.recorder,
            recorder_name: common.name.clone(),
            first: at,
            anchor: *anchor,
            clock: now.clock,
            civil: civil.for_file(common.clock.clock, anchor, at),
            originator: common.originator.clone(),
        };
        let (base, names): (PathBuf, Candidates) = match &common.place {
            Place::Root { root, naming, .. } => {
                (root.dir().to_owned(), Box::new(naming.candidates(&civil, self.spec.container.suffix())))
            }
            Place::File { path, .. } => {
                let base = path.parent().map(PathBuf::from).unwrap_or_default();
                let text =
                    |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
                let stem = text(path.file_stem()).unwrap_or_default();
                let suffix = match text(path.extension()) {
                    Some(suffix) if common.outputs == 1 => suffix,
                    Some(_) | None => self.spec.container.suffix().to_owned(),
                };
                (base, Box::new(collision_names(stem, &civil, &suffix)))
            }
        };
        let wanted = (self.context.before * self.channels).min(history.len());
        let mut head = Bytes::default();
        let before = &history[history.len() - wanted..];
        let encoder = audyn_codec::encoder(&self.spec, &common.format, &about, before, &mut head)
            .map_err(|error| fault(base.clone(), io::Error::other(error)))?;
        let place = segment::Place { disk: std::sync::Arc::clone(&common.disk), base, names };
        let mut segment = Segment::new(place, self.spec.container, about, encoder, head);
        if let Some(watch) = &common.watch {
            segment.count_into(std::sync::Arc::clone(&watch.counts));
        }
        segment.drift = now.drift;
        let owed = std::mem::take(&mut self.owed_marks);
        now.going.iter().chain(&owed).for_each(|mark| segment.note_mark(mark));
        self.current = Some(segment);
        self.begun += 1;
        Ok(())
    }

    /// How good the clock is now: the current file's latest.
    pub fn note_clock(&mut self, clock: ClockQuality) {
        if let Some(segment) = &mut self.current {
            segment.clock = Some(clock);
        }
    }

    /// How fast the device's clock runs: the current file's latest.
    pub fn note_drift(&mut self, drift: Drift) {
        if let Some(segment) = &mut self.current {
            segment.drift = Some(drift);
        }
    }

    /// A mark, or what is new about one. It is the next file's if there is none now.
    pub fn note_mark(&mut self, mark: &Mark) {
        match &mut self.current {
            Some(segment) => segment.note_mark(mark),
            None => self.owed_marks.push(mark.clone()),
        }
    }

    /// The current file has all its frames. Only in memory.
    pub fn end(&mut self, reason: EndReason) {
        if let Some(segment) = self.current.take() {
            self.ending.push(Ending { segment, after: Vec::new(), reason });
        }
    }

    /// Encodes a piece that lies within one file. Only in memory. An encoder that refuses ends its file.
    pub fn encode(&mut self, at: SampleIndex, piece: &[i32], now: Mono, utc: Utc, ledger: &mut Ledger) {
        let wanted = self.context.after * self.channels;
        for ending in &mut self.ending {
            let take = wanted.saturating_sub(ending.after.len()).min(piece.len());
            ending.after.extend_from_slice(&piece[..take]);
        }
        self.finish(wanted, now, utc, ledger);
        let Some(segment) = &mut self.current else { return };
        if let Err(error) = segment.encode(piece) {
            let lost = Gap { at, len: (piece.len() / self.channels) as u64, cause: GapCause::WriteFailed };
            if let Some(segment) = self.current.take() {
                self.give_up(segment, Some(lost), &error.to_string(), now, utc, ledger);
            }
        }
    }

    pub fn note_gap(&mut self, gap: &Gap) {
        if let Some(segment) = &mut self.current {
            segment.note_gap(gap);
        }
    }

    /// Queues a checkpoint of the current file.
    pub fn checkpoint(&mut self, now: Mono, utc: Utc, ledger: &mut Ledger) {
        if let Some(Err(error)) = self.current.as_mut().map(Segment::checkpoint)
            && let Some(segment) = self.current.take()
        {
            self.give_up(segment, None, &error.to_string(), now, utc, ledger);
        }
    }

    /// Nothing will follow: what is ending ends with what it has heard.
    pub fn finish_without_more(&mut self, now: Mono, utc: Utc, ledger: &mut Ledger) {
        self.finish(0, now, utc, ledger);
    }

    fn finish(&mut self, wanted: usize, now: Mono, utc: Utc, ledger: &mut Ledger) {
        let mut at = 0;
        while let Some(ending) = self.ending.get_mut(at) {
            let due = !ending.segment.is_finished() && ending.after.len() >= wanted;
            let finished = if due { ending.segment.finish(&ending.after, ending.reason) } else { Ok(()) };
            match finished {
                Ok(()) => at += 1,
                Err(error) => {
                    let ending = self.ending.remove(at);
                    self.give_up(ending.segment, None, &error.to_string(), now, utc, ledger);
                }
            }
        }
    }

    /// Does what the current file has queued.
    pub fn carry_out_current(
        &mut self,
        common: &Common,
        now: Mono,
        ledger: &mut Ledger,
        utc: Utc,
    ) -> Result<(), Fault> {
        let Some(segment) = &mut self.current else { return Ok(()) };
        match drive(segment, common, &self.spec, now, ledger, utc) {
            Err(fault) if is_hopeless(segment, &fault, now) => {
                if let Some(segment) = self.current.take() {
                    self.give_up(segment, None, &fault.source.to_string(), now, utc, ledger);
                }
                Ok(())
            }
            driven => driven,
        }
    }

    /// Does what the files before it have queued, and lets go of those that are done.
    pub fn carry_out_ending(
        &mut self,
        common: &Common,
        now: Mono,
        ledger: &mut Ledger,
        utc: Utc,
    ) -> Result<(), Fault> {
        let mut first = Ok(());
        let mut at = 0;
        while let Some(ending) = self.ending.get_mut(at) {
            let segment = &mut ending.segment;
            match drive(segment, common, &self.spec, now, ledger, utc) {
                Ok(()) if segment.is_finished() && segment.is_idle() => {
                    let mut ending = self.ending.remove(at);
                    self.done_bytes += ending.segment.bytes();
                    ending.segment.release();
                }
                Err(fault) if is_hopeless(segment, &fault, now) => {
                    let ending = self.ending.remove(at);
                    self.give_up(ending.segment, None, &fault.source.to_string(), now, utc, ledger);
                }
                driven => {
                    first = first.and(driven);
                    at += 1;
                }
            }
        }
        first
    }

    /// Leaves a file as it is. Frames that were accepted for it and are not in it are lost, and known to be.
    fn give_up(
        &mut self,
        segment: Segment,
        refused: Option<Gap>,
        why: &str,
        now: Mono,
        utc: Utc,
        ledger: &mut Ledger,
    ) {
        let missing = segment.frames() - segment.written().min(segment.frames());
        let from = segment.first().plus(i64::try_from(segment.written()).unwrap_or(i64::MAX));
        let unwritten = Gap { at: from, len: missing, cause: GapCause::WriteFailed };
        let lost = match refused {
            Some(refused) => unwritten.joined(&refused),
            None => (missing > 0).then_some(unwritten),
        };
        tracing::error!(path = %segment.path().display(), why, ?lost, "file given up; the next frames go into a new one");
        self.done_bytes += segment.bytes();
        self.owed_marks.extend(segment.unlisted_marks());
        ledger.add(
            Entry::Abandoned {
                segment: segment.about.segment,
                container: segment.container,
                path: segment.path(),
                written: segment.written(),
                lost,
                why: why.to_owned(),
            },
            now,
            utc,
        );
    }
}

/// Full disks are waited for. A file that was never made is tried for ever: there is nothing to give up.
fn is_hopeless(segment: &Segment, fault: &Fault, now: Mono) -> bool {
    let too_long = segment.failing_since.is_some_and(|since| now.since(since) >= GIVE_UP_AFTER);
    let too_large = fault.source.kind() == io::ErrorKind::FileTooLarge;
    segment.is_created() && fault.kind == FaultKind::WriteFailed && (too_long || too_large || segment.unsound)
}

fn drive(
    segment: &mut Segment,
    common: &Common,
    spec: &Spec,
    now: Mono,
    ledger: &mut Ledger,
    utc: Utc,
) -> Result<(), Fault> {
    let mut achieved = Vec::new();
    let result = segment.carry_out(now, &mut achieved);
    for done in achieved {
        ledger.add(entry(segment, common, spec, done, utc), now, utc);
    }
    result.map_err(|source| fault(segment.path(), source))
}

fn entry(segment: &Segment, common: &Common, spec: &Spec, done: Done, utc: Utc) -> Entry {
    let (id, container, path) = (segment.about.segment, segment.container, segment.path());
    let first = segment.first();
    match done {
        Done::Opened => {
            let open_id = match &common.place {
                Place::Root { root, .. } => Some(root.open_id()),
                Place::File { .. } => None,
            };
            let lossless = matches!(container, audyn_model::Container::Wav | audyn_model::Container::Flac);
            let row = SegmentRow {
                id,
                recorder: segment.about.recorder,
                recorder_name: segment.about.recorder_name.clone(),
                open_id,
                path: segment.name().to_owned(),
                container,
                channels: common.format.channels,
                stored: lossless.then_some(spec.samples),
                first,
                frames: None,
                anchor: segment.about.anchor,
                zone: segment.about.civil.zone.clone(),
                clock: segment.about.clock,
                clock_sealed: None,
                drift: None,
                state: SegmentState::Open,
                end: None,
                note: None,
                bytes: None,
                hashes: None,
                created: Some(utc),
                sealed: None,
            };
            Entry::Opened { row: Box::new(row), path }
        }
        Done::Gaps(gaps) => Entry::Gaps { segment: id, gaps },
        Done::Marks(marks) => {
            Entry::Marks { recorder: segment.about.recorder, anchor: segment.about.anchor, marks }
        }
        Done::Sealed(sealed) => {
            Entry::Sealed { segment: id, container, path, first, sealed, gaps: segment.gaps() }
        }
    }
}
