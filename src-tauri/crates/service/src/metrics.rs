//! Every counter as Prometheus reads it: text exposition format, version 0.0.4.
//!
//! Names, units and labels are stable: `audyn_` for what is ours, `_total` for what only grows, base units (seconds,
//! bytes). What follows a line – one recorder at its source, or a source that nobody records – has the labels `source`
//! and `recorder`, the latter empty where nobody records.

mod page;

use audyn_archive::Stage;
use audyn_model::RecorderId;

use crate::api::wire::{LightLevel, NoticeLevel, RecorderState};
use crate::inner::Inner;
use crate::recorder::RecorderStats;
use page::{Kind, Page};

/// Everything there is now.
pub(crate) fn prometheus(inner: &Inner) -> String {
    let mut page = Page::default();
    let status = inner.status();
    page.add("audyn_info", Kind::Gauge, "This program; always 1.", &[("version", &status.version)], 1.0);
    let levels = [
        (LightLevel::Ok, "ok"),
        (LightLevel::Warn, "warn"),
        (LightLevel::Fault, "fault"),
        (LightLevel::Unknown, "unknown"),
    ];
    for (level, word) in levels {
        let on = |own: LightLevel| f64::from(u8::from(own == level));
        let help = "How the clock that times recordings is: 1 for the level that holds.";
        page.add("audyn_clock_status", Kind::Gauge, help, &[("level", word)], on(status.clock.level));
        let help = "How the archive's disk is: 1 for the level that holds.";
        page.add("audyn_disk_status", Kind::Gauge, help, &[("level", word)], on(status.disk.light.level));
    }
    let mut bytes = |name, help, value: Option<u64>| {
        if let Some(value) = value {
            page.add(name, Kind::Gauge, help, &[], value as f64);
        }
    };
    bytes("audyn_disk_free_bytes", "Free for recordings on the archive's disk.", status.disk.free_bytes);
    bytes("audyn_disk_size_bytes", "Size of the archive's disk.", status.disk.total_bytes);
    let help = "Bytes a second that recorders write now.";
    page.add("audyn_disk_write_bytes_per_second", Kind::Gauge, help, &[], status.disk.rate_bytes_s);
    let help = "Audio missing today, over all recorders.";
    page.add("audyn_missing_today_seconds", Kind::Gauge, help, &[], status.missing_today_s);
    let help = "Notices that go on, by their level.";
    for (level, word) in
        [(NoticeLevel::Info, "info"), (NoticeLevel::Warn, "warn"), (NoticeLevel::Fault, "fault")]
    {
        let open = status.notices.iter().filter(|notice| notice.level == level && notice.until.is_none());
        page.add("audyn_notices", Kind::Gauge, help, &[("level", word)], open.count() as f64);
    }
    recorders(inner, &mut page);
    sources(inner, &mut page);
    process(&mut page, inner.started.0 as f64 / 1e9);
    page.text()
}

fn recorders(inner: &Inner, page: &mut Page) {
    let book = inner.station.shelf.book();
    let disk = inner.disk();
    for row in &book.recorders {
        let view = inner.station.view(&book, row, &disk.light);
        let number = row.number.to_string();
        let own = [("recorder", number.as_str()), ("name", row.name.as_str())];
        for state in STATES {
            let help = "What a recorder is doing: 1 for the state that holds.";
            let labels = [own[0], own[1], ("state", word(*state))];
            page.add(
                "audyn_recorder_state",
                Kind::Gauge,
                help,
                &labels,
                f64::from(u8::from(view.state == *state)),
            );
        }
        let help = "Whether a recorder should be recording.";
        page.add("audyn_recorder_wanted", Kind::Gauge, help, &own, f64::from(u8::from(view.wanted)));
        let help = "Audio missing today.";
        page.add("audyn_recorder_missing_today_seconds", Kind::Gauge, help, &own, view.loss.today_s);
        let Some(stats) = inner.station.recorders.stats_of(row.uid) else { continue };
        let help = "Samples per channel written since the source was connected, gaps included.";
        page.add("audyn_recorder_frames_total", Kind::Counter, help, &own, stats.frames as f64);
        stages(page, &own, &stats);
        for (cause, frames) in &stats.missing_by_cause {
            let help = "Samples per channel that stand for missing audio, by cause.";
            let labels = [own[0], own[1], ("cause", *cause)];
            page.add("audyn_recorder_missing_frames_total", Kind::Counter, help, &labels, *frames as f64);
        }
    }
}

/// What encoders, disk and catalogue of a recorder have done.
fn stages(page: &mut Page, own: &[(&str, &str)], stats: &RecorderStats) {
    for stage in Stage::ALL {
        let Some(value) = stats.stages.get(stage.as_str()) else { continue };
        let value = *value as f64;
        let (name, kind, help, unit) = match stage {
            Stage::EncodedFrames => (
                "audyn_encoder_frames_total",
                Kind::Counter,
                "Samples per channel given to encoders, each output on its own.",
                1.0,
            ),
            Stage::EncodedBytes => {
                ("audyn_encoder_bytes_total", Kind::Counter, "Bytes that encoders gave.", 1.0)
            }
            Stage::EncodingNs => {
                ("audyn_encoder_busy_seconds_total", Kind::Counter, "Time spent encoding.", 1e9)
            }
            Stage::DiskFiles => ("audyn_disk_files_total", Kind::Counter, "Files made.", 1.0),
            Stage::DiskWrites => ("audyn_disk_writes_total", Kind::Counter, "Writes.", 1.0),
            Stage::DiskBytes => ("audyn_disk_written_bytes_total", Kind::Counter, "Bytes written.", 1.0),
            Stage::DiskWritingNs => {
                ("audyn_disk_writing_seconds_total", Kind::Counter, "Time spent writing.", 1e9)
            }
            Stage::DiskSyncs => ("audyn_disk_syncs_total", Kind::Counter, "Files and folders synced.", 1.0),
            Stage::DiskSyncingNs => {
                ("audyn_disk_syncing_seconds_total", Kind::Counter, "Time spent syncing.", 1e9)
            }
            Stage::DiskSlowestNs => (
                "audyn_disk_slowest_seconds",
                Kind::Gauge,
                "The slowest single write or sync since the source was connected.",
                1e9,
            ),
            Stage::DiskFaults => {
                ("audyn_disk_faults_total", Kind::Counter, "Operations that the disk refused.", 1.0)
            }
            Stage::DiskRetries => {
                ("audyn_disk_retries_total", Kind::Counter, "Times that was tried again.", 1.0)
            }
            Stage::CatalogueEntries => {
                ("audyn_catalogue_entries_total", Kind::Counter, "Entries that the catalogue took.", 1.0)
            }
            Stage::CatalogueFailures => (
                "audyn_catalogue_failures_total",
                Kind::Counter,
                "Times the catalogue refused, or was out of reach.",
                1.0,
            ),
            Stage::CatalogueOwed => {
                ("audyn_catalogue_owed_entries", Kind::Gauge, "Entries that wait for the catalogue now.", 1.0)
            }
        };
        page.add(name, kind, help, own, value / unit);
    }
}

fn sources(inner: &Inner, page: &mut Page) {
    let book = inner.station.shelf.book();
    for row in &book.sources {
        let takers: Vec<_> =
            book.recorders.iter().filter(|taker| taker.source.as_deref() == Some(row.id.as_str())).collect();
        for taker in &takers {
            let number = taker.number.to_string();
            if let Some(stats) = inner.station.recorders.stats_of(taker.uid) {
                line(page, &row.name, &number, &stats);
            }
        }
        let own = row.id.parse().ok().filter(|_| takers.is_empty());
        if let Some(stats) = own.and_then(|id: RecorderId| inner.station.recorders.stats_of(id)) {
            line(page, &row.name, "", &stats);
        }
    }
}

fn line(page: &mut Page, source: &str, recorder: &str, stats: &RecorderStats) {
    let own = [("source", source), ("recorder", recorder)];
    for (count, value) in &stats.source.counts {
        let value = *value as f64;
        if *count == "waiting" {
            let help = "Packets that wait in the reorder window now.";
            page.add("audyn_source_waiting_packets", Kind::Gauge, help, &own, value);
        } else {
            let name = format!("audyn_source_{count}_total");
            let help = "Of a source since it was connected; frames are samples per channel.";
            page.add(&name, Kind::Counter, help, &own, value);
        }
    }
    if let Some(us) = stats.source.lag_us {
        let help = "How much later than their media time packets arrive.";
        page.add("audyn_source_lag_seconds", Kind::Gauge, help, &own, us as f64 / 1e6);
    }
    for (number, leg) in stats.source.legs.iter().enumerate() {
        let number = (number + 1).to_string();
        let interface = leg.interface.as_deref().unwrap_or_default();
        let labels = [own[0], own[1], ("leg", &number), ("address", &leg.address), ("interface", interface)];
        for (count, value) in &leg.counts {
            let (name, help) = match *count {
                "bytes" => {
                    ("audyn_leg_received_bytes_total".to_owned(), "Bytes of UDP payload that came in.")
                }
                "socket_errors" => {
                    ("audyn_leg_socket_errors_total".to_owned(), "Times the socket reported an error.")
                }
                _ => (
                    format!("audyn_leg_{count}_packets_total"),
                    "Packets of a leg since the source was connected, by what became of them.",
                ),
            };
            page.add(&name, Kind::Counter, help, &labels, *value as f64);
        }
        let help = "Interarrival jitter (RFC 3550).";
        page.add("audyn_leg_jitter_seconds", Kind::Gauge, help, &labels, leg.jitter_us as f64 / 1e6);
        let help = "Receive buffer that the kernel granted.";
        page.add("audyn_leg_receive_buffer_bytes", Kind::Gauge, help, &labels, leg.granted_rcvbuf as f64);
    }
}

/// What Prometheus' own clients say of their process.
fn process(page: &mut Page, started: f64) {
    page.add("process_start_time_seconds", Kind::Gauge, "When the program was started.", &[], started);
    let resident = crate::operations::resident_memory() as f64;
    page.add("process_resident_memory_bytes", Kind::Gauge, "Memory in use.", &[], resident);
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        page.add("process_open_fds", Kind::Gauge, "Open files and sockets.", &[], open.count() as f64);
    }
    let seconds = audyn_engine::rt::process_cpu_time().as_secs_f64();
    page.add("process_cpu_seconds_total", Kind::Counter, "Processor time used.", &[], seconds);
}

const STATES: &[RecorderState] = &[
    RecorderState::Stopped,
    RecorderState::Armed,
    RecorderState::Starting,
    RecorderState::Recording,
    RecorderState::Degraded,
    RecorderState::Stopping,
    RecorderState::Error,
];

const fn word(state: RecorderState) -> &'static str {
    match state {
        RecorderState::Stopped => "stopped",
        RecorderState::Armed => "armed",
        RecorderState::Starting => "starting",
        RecorderState::Recording => "recording",
        RecorderState::Degraded => "degraded",
        RecorderState::Stopping => "stopping",
        RecorderState::Error => "error",
    }
}

#[cfg(test)]
mod tests;
