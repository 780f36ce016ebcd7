//! What a recorder has done, as `--stats` writes it and status pages show it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use audyn_archive::{Counts, Stage};
use audyn_engine::source::{LegCount, Source, StreamCount, StreamCounters};
use audyn_model::{Anchor, AudioFormat, Gap, GapCause, RecorderId, SampleIndex, Tai, Utc};
use serde::Serialize;

use super::State;
use super::line::Line;

/// Gaps listed; beyond that only their sums grow.
const LISTED: usize = 10_000;

/// One recorder.
#[derive(Clone, Debug, Serialize)]
pub struct RecorderStats {
    /// Its identity.
    pub id: RecorderId,
    /// Its name for people.
    pub name: String,
    /// What it is doing.
    #[serde(flatten)]
    pub state: State,
    /// Nothing is being recorded any more.
    #[serde(skip)]
    pub ended: bool,
    /// Position of the first sample recorded.
    pub first_sample: Option<i64>,
    /// When the first sample of the recording that goes on was taken.
    #[serde(skip)]
    pub began: Option<Utc>,
    /// When the last sample recorded so far ended.
    #[serde(skip)]
    pub until: Option<Tai>,
    /// Samples per channel recorded, gaps included.
    pub frames: u64,
    /// Samples per channel that stand for missing audio, in all and by cause.
    pub missing_frames: u64,
    /// The same by cause.
    pub missing_by_cause: BTreeMap<&'static str, u64>,
    /// Where audio is missing: the first 10 000 places.
    pub gaps: Vec<GapStats>,
    /// Files finished and being written, newest last: the last 10 000.
    pub files: Vec<PathBuf>,
    /// What encoders, disk and catalogue have done since the source was connected, by [`Stage::as_str`].
    pub stages: BTreeMap<&'static str, u64>,
    /// Its source.
    pub source: SourceStats,
}

/// One gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct GapStats {
    /// First missing sample.
    pub at: i64,
    /// Samples missing.
    pub len: u64,
    /// Why.
    pub cause: GapCause,
    /// When, in nanoseconds of TAI.
    pub tai_ns: i64,
}

/// A source.
#[derive(Clone, Debug, Serialize)]
pub struct SourceStats {
    /// Rate in Hz.
    pub sample_rate: u32,
    /// Channels recorded.
    pub channels: u16,
    /// Word length on the wire, once known.
    pub bits: Option<u8>,
    /// How positions are tied to TAI, once known.
    pub time_basis: Option<&'static str>,
    /// How much later than their media time packets arrive, in microseconds.
    pub lag_us: Option<i64>,
    /// How much faster a local device's clock runs than this machine's, in parts per 10⁹, once known.
    pub drift_ppb: Option<i64>,
    /// Why nothing comes from a local device, in a sentence.
    pub trouble: Option<String>,
    /// The stream's counters.
    #[serde(flatten)]
    pub counts: BTreeMap<&'static str, u64>,
    /// Its legs.
    pub legs: Vec<LegStats>,
}

/// One leg.
#[derive(Clone, Debug, Serialize)]
pub struct LegStats {
    /// Address and port.
    pub address: String,
    /// Interface asked for.
    pub interface: Option<String>,
    /// Receive buffer granted, in bytes.
    pub granted_rcvbuf: u64,
    /// Interarrival jitter (RFC 3550), in microseconds.
    pub jitter_us: u64,
    /// Its counters, in packets unless named otherwise.
    #[serde(flatten)]
    pub counts: BTreeMap<&'static str, u64>,
}

/// What the writer thread tells about its recording.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    pub format: Option<AudioFormat>,
    pub anchor: Option<Anchor>,
    pub first: Option<SampleIndex>,
    /// After the last sample recorded.
    pub end: Option<SampleIndex>,
    /// When the first sample of the recording that goes on was taken.
    pub began: Option<Utc>,
    pub frames: u64,
    pub missing: BTreeMap<&'static str, u64>,
    pub gaps: Vec<Gap>,
    pub files: Vec<PathBuf>,
}

impl Told {
    pub(super) fn gap(&mut self, gap: Gap) {
        *self.missing.entry(gap.cause.as_str()).or_default() += gap.len;
        match self.gaps.last().and_then(|last| last.joined(&gap)) {
            Some(joined) => {
                self.gaps.pop();
                self.gaps.push(joined);
            }
            None if self.gaps.len() < LISTED => self.gaps.push(gap),
            None => {}
        }
    }

    pub(super) fn file(&mut self, path: PathBuf) {
        if self.files.len() == LISTED {
            self.files.remove(0);
        }
        self.files.push(path);
    }
}

pub(super) fn gather(
    line: &Line,
    state: State,
    ended: bool,
    told: &Told,
    counters: &StreamCounters,
    stages: &Counts,
) -> RecorderStats {
    let gap = |gap: &Gap| GapStats {
        at: gap.at.0,
        len: gap.len,
        cause: gap.cause,
        tai_ns: told.anchor.map_or(0, |anchor| anchor.tai_at(gap.at).0),
    };
    RecorderStats {
        id: line.id,
        name: line.name.clone(),
        state,
        ended,
        first_sample: told.first.map(|first| first.0),
        began: told.began,
        until: told.anchor.zip(told.end).map(|(anchor, end)| anchor.tai_at(end)),
        frames: told.frames,
        missing_frames: told.missing.values().sum(),
        missing_by_cause: told.missing.clone(),
        gaps: told.gaps.iter().map(gap).collect(),
        files: told.files.clone(),
        stages: Stage::ALL.iter().map(|stage| (stage.as_str(), stages.get(*stage))).collect(),
        source: source_stats(told, &line.source, counters),
    }
}

fn source_stats(told: &Told, source: &Source, counters: &StreamCounters) -> SourceStats {
    let legs = match source {
        Source::Aes67(source) => source.legs.as_slice(),
        Source::PipeWire(_) | Source::Card(_) => &[],
    };
    let legs = legs.iter().zip(&counters.legs).map(|(leg, counters)| LegStats {
        address: format!("{}:{}", leg.address, leg.port),
        interface: leg.interface.clone(),
        granted_rcvbuf: counters.granted_buffer(),
        jitter_us: counters.jitter_ns() / 1000,
        counts: LegCount::ALL.iter().map(|c| (c.as_str(), counters.get(*c))).collect(),
    });
    SourceStats {
        sample_rate: source.rate().hz(),
        channels: source.channels(),
        bits: told.format.map(|f| f.bits),
        time_basis: told.anchor.map(|a| a.basis.as_str()),
        lag_us: counters.lag_ns().map(|ns| ns / 1000),
        drift_ppb: counters.drift_ppb(),
        trouble: counters.trouble(),
        counts: StreamCount::ALL.iter().map(|c| (c.as_str(), counters.get(*c))).collect(),
        legs: legs.collect(),
    }
}
