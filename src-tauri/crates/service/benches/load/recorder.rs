//! The recorder as it runs in earnest: real-time priority if permitted, meters read 30 times a second, an archive each.

use std::sync::Arc;
use std::time::Duration;

use audyn_archive::{CivilClock, Layout, Naming};
use audyn_engine::rt::SystemClock;
use audyn_engine::source::Source;
use audyn_engine::source::aes67::{Aes67, Leg, MediaClock};
use audyn_model::{Container, Rate, RecorderId, SampleFormat};
use audyn_service::recorder::{Options, Place, RecorderSpec, Recorders};

use crate::parts::{Load, address, answer_marks};

pub fn run(load: &Load) {
    let dir = tempfile::tempdir().expect("a folder");
    let container = Container::from_suffix(&load.suffix).expect("a known suffix");
    let recorders = Arc::new(Recorders::new(
        Arc::new(SystemClock),
        Options { real_time: true, originator: "load".into() },
    ));
    let begun = std::time::Instant::now();
    for i in 0..load.counts[0] {
        let to = address(i);
        let leg = Leg { address: *to.ip(), port: to.port(), interface: Some("lo".into()), source: None };
        let spec = RecorderSpec {
            id: RecorderId::new(),
            name: format!("r{i}"),
            source: Source::Aes67(Aes67 {
                legs: vec![leg],
                payload_type: 96,
                encoding: None,
                rate: Rate::HZ_48000,
                stream_channels: 2,
                pick: vec![],
                samples_per_packet: 48,
                media_clock: MediaClock::Undeclared,
                ptp: None,
                window_ms: Aes67::WINDOW_MS,
                receive_buffer: Aes67::RECEIVE_BUFFER,
            }),
            outputs: vec![audyn_codec::Spec {
                container,
                samples: SampleFormat::Int24,
                bitrate: 128_000,
                vbr: true,
                complexity: 5,
            }],
            place: Place::Archive {
                dir: dir.path().join(format!("r{i}")),
                naming: Naming { layout: Layout::DailyDir, clock: CivilClock::utc(), folder: None },
                period_s: 3600,
            },
            checkpoint: RecorderSpec::CHECKPOINT,
            ring_ms: RecorderSpec::RING_MS,
            duration: None,
            vox: None,
        };
        recorders.start(spec).expect("the recorder starts");
    }
    let start_ms = begun.elapsed().as_millis() as u64;
    let mut levels = recorders.levels();
    std::thread::spawn(move || {
        let mut found = Vec::new();
        loop {
            std::thread::sleep(Duration::from_millis(33));
            for (_, reader) in &mut levels {
                std::hint::black_box(reader.read(&mut found));
            }
        }
    });
    answer_marks(start_ms, || recorders.stats().iter().map(|s| s.missing_frames).sum());
}
