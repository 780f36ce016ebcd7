//! How long a start takes after a power cut: 1000 unfinished files. Run with `cargo bench -p audyn-archive`.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use audyn_archive::{CivilClock, Layout, Naming, Place, Recording, RecordingSpec, Root, recover};
use audyn_codec::Spec;
use audyn_model::{Anchor, AudioFormat, Container, Mono, Rate, RecorderId, SampleFormat, TimeBasis, Utc};

const FILES: usize = 1000;

fn main() {
    divan::main();
}

/// Opening the root: 1000 open rows, 100 kB each.
#[divan::bench(args = [Container::Wav, Container::Flac], sample_count = 3, sample_size = 1)]
fn open_after_a_crash(bencher: divan::Bencher<'_, '_>, container: Container) {
    bencher.with_inputs(|| crashed(container)).bench_values(|dir| {
        let (_, recovery) = Root::open(dir.path(), "bench", now()).expect("the root opens");
        assert_eq!((recovery.sealed.len(), recovery.faulted.len()), (FILES, 0));
        dir
    });
}

/// The same folder without its catalogue.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn recover_loose_files(bencher: divan::Bencher<'_, '_>) {
    let crashed_without_catalogue = || {
        let dir = crashed(Container::Wav);
        std::fs::remove_file(dir.path().join("catalogue.db")).expect("it was there");
        dir
    };
    bencher.with_inputs(crashed_without_catalogue).bench_values(|dir| {
        let recovery = recover(dir.path(), now()).expect("the folder can be read");
        assert_eq!(recovery.sealed.len(), FILES);
        dir
    });
}

fn now() -> Utc {
    Utc::from_seconds(1_800_000_000)
}

fn crashed(container: Container) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    fill(dir.path(), container);
    dir
}

/// Recordings that are dropped without being stopped, as by `kill -9`.
fn fill(dir: &Path, container: Container) {
    let (root, _) = Root::open(dir, "bench", now()).expect("the root opens");
    let root = Arc::new(root);
    let format = AudioFormat::new(Rate::HZ_48000, 2, 24).expect("a legal format");
    let anchor = Anchor::direct(format.rate, TimeBasis::MediaClock);
    let frames: Vec<i32> = (0..32_000_i32).map(|n| n.wrapping_mul(0x0123_4567) >> 4 << 8).collect();
    for n in 0..FILES {
        let mut recording = Recording::new(RecordingSpec {
            recorder: RecorderId::new(),
            name: format!("recorder {n}"),
            format,
            outputs: vec![Spec {
                container,
                samples: SampleFormat::Int24,
                bitrate: 128_000,
                vbr: false,
                complexity: 5,
            }],
            place: Place::Root {
                root: Arc::clone(&root),
                naming: Naming { layout: Layout::Flat, clock: CivilClock::utc(), folder: None },
                period_s: 3600,
            },
            checkpoint: Duration::from_secs(1),
            originator: "bench".to_owned(),
        })
        .expect("a legal specification");
        let at = anchor.index_at(now().to_tai()).plus(n as i64 * 48_000);
        recording.frames(at, &frames, &anchor, Mono(0), now()).expect("the disk takes it");
    }
}
