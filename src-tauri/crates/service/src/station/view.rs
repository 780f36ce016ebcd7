//! Recorders and sources as the contract shows them.

use audyn_engine::ptp::{ClockView, Standing, standing};
use audyn_engine::source::Source;
use audyn_model::{ClockLock, RecorderId};
use jiff::civil::Date;

use super::{Connected, Station, lock};
use crate::api::wire::{self, Light, LightLevel, RecorderState};
use crate::book::Book;
use crate::recorder::{RecorderStats, State, declared};
use crate::store::{RecorderRow, SourceRow, StudioRow};
use crate::terms::{self, light, moment};

impl Station {
    /// A recorder as it is now. `disk` is how the archive's disk is.
    pub(crate) fn view(&self, book: &Book, row: &RecorderRow, disk: &Light) -> wire::Recorder {
        let seat = self.seat(row.number);
        let line = lock(&self.lines).get(&row.uid).cloned();
        let stats = self.recorders.stats_of(row.uid);
        let (state, reason) = self.state_of(row, line.as_ref());
        let recording = is_recording(state);
        let effective = book.writing(row);
        let (last, growing) = seat.last_gap(self.clock.mono());
        let rate = line.as_ref().map(|line| line.heard.source.rate().hz());
        let began = stats.as_ref().filter(|_| recording).and_then(|stats| stats.began);
        let since = began.or_else(|| seat.since());
        let missing = stats.as_ref().filter(|_| recording).map_or(0, |stats| stats.missing_frames);
        wire::Recorder {
            id: row.number,
            uid: row.uid.to_string(),
            name: row.name.clone(),
            description: row.description.clone(),
            state,
            reason,
            wanted: row.wanted,
            since: since.filter(|_| state != RecorderState::Armed).map(moment),
            retry_at: seat.failure().filter(|_| row.wanted).map(|failure| moment(failure.retry_utc)),
            source: book.source_of(row).map(source_ref),
            studio: book.studio_of(row.number).map(studio_ref),
            meter: line.as_ref().map(|_| row.uid.to_string()),
            pre_roll_s: self.pre_roll_s(row.uid, book.settings.pre_roll_s),
            channels: line.as_ref().map(|line| line.heard.channels.clone()).unwrap_or_default(),
            sample_rate: rate,
            config: row.config.clone(),
            pending: recording && seat.writing().is_some_and(|running| running != effective),
            folder: book.folder(row.number),
            files: if recording { files(stats.as_ref(), book, &effective) } else { Vec::new() },
            effective,
            loss: wire::Loss {
                today_s: seat.today(self.day()).map_or(0.0, |today| today.missing_ms / 1000.0),
                recording_s: rate.map_or(0.0, |rate| missing as f64 / f64::from(rate)),
                growing: growing && recording,
                last: last.filter(|_| recording),
            },
            network: self.network(row.uid, line.as_ref()),
            clock: clock(
                stats.as_ref(),
                self.recorders.watch().map(|watch| watch.view()).as_deref(),
                line.as_ref().map(|line| &line.heard.source),
            ),
            disk: disk.clone(),
            demo: row.demo,
        }
    }

    /// A source as it is now.
    pub(crate) fn view_source(&self, book: &Book, row: &SourceRow) -> wire::Source {
        let takers: Vec<&RecorderRow> =
            book.recorders.iter().filter(|r| r.source.as_deref() == Some(row.id.as_str())).collect();
        let own = row.id.parse().unwrap_or(RecorderId(uuid::Uuid::nil()));
        let id = takers.first().map_or(own, |taker| taker.uid);
        let line = lock(&self.lines).get(&id).cloned();
        let heard = book.heard(row);
        let signal = match (&heard, &line) {
            (Err(problems), _) => light(LightLevel::Fault, problems.join(" ")),
            (Ok(_), line) => self.network(id, line.as_ref()),
        };
        wire::Source {
            id: row.id.clone(),
            name: row.name.clone(),
            kind: kind(row),
            summary: terms::summary(&row.config),
            sample_rate: heard.as_ref().map_or(0, |heard| heard.source.rate().hz()),
            channels: heard.map(|heard| heard.channels).unwrap_or_default(),
            config: row.config.clone(),
            meter: id.to_string(),
            signal,
            follow: lock(&self.follows).get(&row.id).cloned(),
            recorders: takers.iter().map(|taker| taker.number).collect(),
            demo: row.demo,
        }
    }

    /// What a recorder is doing, as far as anybody outside needs to know.
    pub(super) fn state_of(
        &self,
        row: &RecorderRow,
        line: Option<&Connected>,
    ) -> (RecorderState, Option<String>) {
        let state = self.recorders.state(row.uid).unwrap_or(State::Stopped);
        let (shown, reason) = terms::state(&state);
        if self.is_busy(row.uid) {
            return (shown, reason);
        }
        if !row.wanted {
            return (RecorderState::Stopped, None);
        }
        let failed = self.seat(row.number).failure().map(|failure| failure.reason);
        let ended = reason.filter(|_| shown == RecorderState::Error);
        match failed.or(ended).or_else(|| line.and_then(|line| line.failed.clone())) {
            Some(why) => (RecorderState::Error, Some(why)),
            None => (RecorderState::Starting, None),
        }
    }

    /// Whole seconds that are kept; in steps of five while they grow, so that not every second has another view.
    fn pre_roll_s(&self, id: RecorderId, wished: u32) -> u32 {
        let kept = self.recorders.kept(id).unwrap_or_default().as_secs();
        let kept = u32::try_from(kept).unwrap_or(u32::MAX);
        if kept >= wished { wished } else { kept / 5 * 5 }
    }

    /// Today on the station's clock.
    pub(crate) fn day(&self) -> Date {
        moment(self.clock.utc()).0.to_zoned(self.zone.clone()).date()
    }

    fn network(&self, id: RecorderId, line: Option<&Connected>) -> Light {
        let Some(line) = line else { return light(LightLevel::Unknown, "No source") };
        if let Some(why) = &line.failed {
            return light(LightLevel::Fault, why.clone());
        }
        let Some(heard) = self.recorders.legs_heard(id) else {
            return light(LightLevel::Unknown, "Not connected");
        };
        if let Some(trouble) = self.recorders.trouble(id) {
            return light(LightLevel::Fault, trouble);
        }
        match (heard.iter().filter(|heard| **heard).count(), heard.len()) {
            (0, _) => light(LightLevel::Fault, "No signal"),
            (1, 1) => light(LightLevel::Ok, "Signal"),
            (n, all) if n < all => light(LightLevel::Warn, "One line"),
            _ => light(LightLevel::Ok, "Both lines"),
        }
    }
}

/// Whether files are being written, or should be.
pub(super) const fn is_recording(state: RecorderState) -> bool {
    match state {
        RecorderState::Starting
        | RecorderState::Recording
        | RecorderState::Degraded
        | RecorderState::Stopping
        | RecorderState::Error => true,
        RecorderState::Stopped | RecorderState::Armed => false,
    }
}

fn source_ref(row: &SourceRow) -> wire::SourceRef {
    wire::SourceRef {
        id: row.id.clone(),
        name: row.name.clone(),
        kind: kind(row),
        summary: terms::summary(&row.config),
    }
}

fn studio_ref(row: &StudioRow) -> wire::StudioRef {
    wire::StudioRef { id: row.id.clone(), name: row.name.clone(), color: row.color.clone() }
}

const fn kind(row: &SourceRow) -> wire::SourceKind {
    match row.config {
        wire::SourceConfig::Aes67(_) => wire::SourceKind::Aes67,
        wire::SourceConfig::Tone(_) => wire::SourceKind::Tone,
        wire::SourceConfig::PipeWire(_) => wire::SourceKind::PipeWire,
        wire::SourceConfig::Card(_) => wire::SourceKind::Card,
    }
}

/// The files being written: the newest of each output.
fn files(stats: Option<&RecorderStats>, book: &Book, writing: &wire::Writing) -> Vec<wire::CurrentFile> {
    let root = std::path::Path::new(&book.settings.archive_root);
    let current = |output: &wire::Output| {
        let suffix = terms::container(output.format).suffix();
        let files = &stats?.files;
        let path = files.iter().rev().find(|path| path.extension().is_some_and(|own| own == suffix))?;
        Some(wire::CurrentFile {
            name: path.file_name()?.to_string_lossy().into_owned(),
            path: path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned(),
            format: output.format,
        })
    };
    writing.outputs.iter().filter_map(current).collect()
}

/// How a recording's times are known, and whether that can be relied on.
fn clock(stats: Option<&RecorderStats>, watch: Option<&ClockView>, source: Option<&Source>) -> Light {
    let Some(basis) = stats.and_then(|stats| stats.source.time_basis) else {
        return light(LightLevel::Unknown, "No signal");
    };
    if stats.and_then(|stats| stats.source.lag_us).is_some_and(|us| us.abs() > 1_000_000) {
        return light(LightLevel::Warn, "Clocks apart");
    }
    if !matches!(basis, "media-clock" | "assumed-media-clock") {
        return match watch.map(|view| view.following.lock) {
            _ if basis == "device" => light(LightLevel::Ok, "Device clock"),
            Some(ClockLock::Locked) => light(LightLevel::Ok, "PTP, by arrival"),
            Some(ClockLock::Holdover) => light(LightLevel::Warn, "PTP held over"),
            Some(ClockLock::Free | ClockLock::System) | None => light(LightLevel::Ok, "By arrival"),
        };
    }
    let declared = source.and_then(declared);
    match watch.map(|view| standing(&view.domains, declared).0) {
        Some(Standing::Heard) => light(LightLevel::Ok, "PTP locked"),
        Some(Standing::Gone) => light(LightLevel::Warn, "Clock free"),
        Some(Standing::Other(_)) => light(LightLevel::Warn, "Other grandmaster"),
        Some(Standing::Insane) => light(LightLevel::Warn, "PTP time wrong"),
        Some(Standing::Unheard | Standing::Unsaid) | None => light(LightLevel::Ok, "Media clock"),
    }
}
