//! What it costs to record: one stereo 24-bit stream at 48 kHz, given in calls of 10 ms. Run with `cargo bench -p audyn-archive`.
//!
//! Divide by the seconds of audio for the cost of a stream-second; syncs of the disk are in it.

use std::sync::Arc;
use std::time::Duration;

use audyn_archive::{CivilClock, Layout, Naming, Place, Recording, RecordingSpec, Root};
use audyn_codec::Spec;
use audyn_model::{Anchor, AudioFormat, Container, Mono, Rate, RecorderId, SampleFormat, TimeBasis, Utc};

const SECONDS: i64 = 60;

fn main() {
    divan::main();
}

/// A minute of audio, one file.
#[divan::bench(args = [Container::Wav, Container::Flac], sample_count = 5, sample_size = 1)]
fn a_minute_in_one_file(bencher: divan::Bencher<'_, '_>, container: Container) {
    bencher.with_inputs(root).bench_values(|(dir, root)| record(dir, root, container, 0));
}

/// A minute of audio, a file each second.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_minute_in_sixty_files(bencher: divan::Bencher<'_, '_>) {
    bencher.with_inputs(root).bench_values(|(dir, root)| record(dir, root, Container::Wav, 1));
}

fn now() -> Utc {
    Utc::from_seconds(1_800_000_000)
}

fn root() -> (tempfile::TempDir, Arc<Root>) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (root, _) = Root::open(dir.path(), "bench", now()).expect("the root opens");
    (dir, Arc::new(root))
}

fn record(dir: tempfile::TempDir, root: Arc<Root>, container: Container, period_s: u32) -> tempfile::TempDir {
    let format = AudioFormat::new(Rate::HZ_48000, 2, 24).expect("a legal format");
    let anchor = Anchor::direct(format.rate, TimeBasis::MediaClock);
    let naming = Naming { layout: Layout::DailyDir, clock: CivilClock::utc(), folder: None };
    let mut recording = Recording::new(RecordingSpec {
        recorder: RecorderId::new(),
        name: "bench".to_owned(),
        format,
        outputs: vec![Spec {
            container,
            samples: SampleFormat::Int24,
            bitrate: 128_000,
            vbr: false,
            complexity: 5,
        }],
        place: Place::Root { root, naming, period_s },
        checkpoint: Duration::from_secs(1),
        originator: "bench".to_owned(),
    })
    .expect("a legal specification");
    let first = anchor.index_at(now().to_tai());
    let frames: Vec<i32> = (0..960_i32).map(|n| n.wrapping_mul(0x0123_4567) >> 4 << 8).collect();
    for call in 0..SECONDS * 100 {
        let mono = Mono(call * 10_000_000);
        recording
            .frames(first.plus(call * 480), &frames, &anchor, mono, now().plus(mono.0))
            .expect("the disk takes it");
    }
    recording
        .stop(Mono(SECONDS * 1_000_000_000), now().plus(SECONDS * 1_000_000_000))
        .expect("the disk takes it");
    dir
}
