use std::path::Path;

use audyn_model::Utc;
use rusqlite::Connection;

use super::demo::Removed;
use super::history::HistoryRow;
use super::notices::Raised;
use super::studios::Assigned;
use super::*;
use crate::api::Access;
use crate::api::wire::{
    Aes67Config, ArchiveClock, ClockReference, ClockSettings, DiscoverySettings, Format, Layout, Leg, Output,
    RecorderConfig, Settings, SourceConfig, Theme, ToneConfig, UserSource, Writing,
};

mod access;
mod assignment;
mod backups;
mod damage;
mod kill;
mod opening;
mod records;
mod rows;
mod upgrade;

/// 2026-10-25T14:15:30Z
const NOW: Utc = Utc(1_792_937_730_000_000_000);

const MINUTE: i64 = 60_000_000_000;

fn open(dir: &Path) -> (Store, Opened) {
    Store::open(dir, "audyn 0.1.0", NOW).unwrap()
}

/// A store in a folder that goes with it.
fn fresh() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let (store, opened) = open(dir.path());
    assert!(opened.previous.is_none());
    (dir, store)
}

fn tone(frequency_hz: u32) -> SourceConfig {
    SourceConfig::Tone(ToneConfig { frequency_hz, level_dbfs: -18.0, channels: Some(2) })
}

fn aes67() -> SourceConfig {
    let leg = |address: &str| Leg {
        address: address.into(),
        port: Some(5004),
        interface: Some("eth0".into()),
        source_ip: None,
    };
    SourceConfig::Aes67(Aes67Config {
        legs: vec![leg("239.69.1.1"), leg("239.69.2.1")],
        payload_type: Some(97),
        encoding: None,
        sample_rate: Some(48_000),
        stream_channels: Some(8),
        pick: vec![3, 4],
        labels: vec!["Links".into(), "Rechts".into()],
        samples_per_packet: Some(48),
        window_ms: None,
        receive_buffer: None,
        sdp: Some("v=0\r\n".into()),
        follows: None,
    })
}

fn source(store: &Store, name: &str) -> SourceRow {
    store.insert_source(NewSourceRow { name: name.into(), config: tone(440), demo: false }).unwrap()
}

fn recorder(store: &Store, name: &str) -> RecorderRow {
    store.insert_recorder(new_recorder(name, None)).unwrap()
}

fn new_recorder(name: &str, source: Option<&str>) -> NewRecorderRow {
    NewRecorderRow {
        name: name.into(),
        description: String::new(),
        source: source.map(str::to_owned),
        config: RecorderConfig::default(),
        demo: false,
    }
}

fn studio(store: &Store, name: &str) -> StudioRow {
    store.insert_studio(new_studio(name)).unwrap()
}

fn new_studio(name: &str) -> NewStudioRow {
    NewStudioRow { name: name.into(), description: "Upstairs".into(), color: "#2196F3".into(), demo: false }
}

fn writing() -> Writing {
    Writing {
        outputs: vec![Output {
            format: Format::Flac,
            bits: None,
            bitrate: None,
            vbr: None,
            complexity: None,
        }],
        layout: Layout::Accurate,
        custom_format: None,
        period_s: 3600,
        clock: ArchiveClock::Localtime,
    }
}

fn settings() -> Settings {
    Settings {
        station: "Radio Löwe".into(),
        archive_root: "/srv/archive".into(),
        archive_root_locked: None,
        writing: writing(),
        interface: Some("eth1".into()),
        discovery: DiscoverySettings { on: true, interfaces: vec!["eth1".into()] },
        clock: ClockSettings {
            reference: ClockReference::System,
            device: Some("/dev/ptp0".into()),
            interface: None,
            domain: None,
            interfaces: Vec::new(),
        },
        theme: Theme::Dark,
        reference_dbfs: -18,
        peak_hold_s: 2,
        shortcuts: true,
        engineering_contact: "4711".into(),
        kiosk: false,
        close_to_tray: true,
        pre_roll_s: 120,
        pre_roll_mib: None,
    }
}

/// As somebody else writes into the database, or the disk does.
fn meddle(dir: &Path, sql: &str) {
    Connection::open(dir.join(file::FILE)).unwrap().execute_batch(sql).unwrap();
}
