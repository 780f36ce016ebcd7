use std::sync::atomic::AtomicI64;

use audyn_model::{Container, Utc};

use super::*;
use crate::rig::{EIO, Rig, format};

/// Each look at it is a millisecond later.
#[derive(Default)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn utc(&self) -> Utc {
        Utc(0)
    }

    fn mono(&self) -> Mono {
        Mono(self.0.fetch_add(1_000_000, Ordering::Relaxed))
    }
}

#[test]
fn each_stage_is_counted_where_it_happens() {
    let mut rig = Rig::new(format(8_000, 2), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav, Container::Flac], 1);
    let counts = Arc::new(Counts::default());
    recording.count_into(Arc::clone(&counts), Arc::new(Ticking::default()));
    rig.record(&mut recording, 20_000, 1_000);
    rig.stop(&mut recording);
    let get = |stage| counts.get(stage);

    assert_eq!(get(Stage::EncodedFrames), 40_000, "each output on its own");
    assert_eq!(
        get(Stage::EncodingNs),
        20 * 1_000_000,
        "a thousand frames are one piece, unless a file begins in it"
    );
    assert_eq!(get(Stage::DiskFiles), 6);
    let files: u64 = rig.root.segments().unwrap().iter().map(|row| row.bytes.unwrap()).sum();
    assert_eq!(get(Stage::EncodedBytes), files);
    assert!(get(Stage::DiskBytes) > files, "heads are written again as files grow");
    assert_eq!(get(Stage::DiskWritingNs), get(Stage::DiskWrites) * 1_000_000);
    assert!(get(Stage::DiskSyncs) >= 6 * 3, "{} syncs", get(Stage::DiskSyncs));
    assert_eq!(get(Stage::DiskSyncingNs), get(Stage::DiskSyncs) * 1_000_000);
    assert_eq!(get(Stage::DiskSlowestNs), 1_000_000);
    assert_eq!(get(Stage::CatalogueEntries), 6 * 2, "begun and sealed");
    for none in [Stage::DiskFaults, Stage::DiskRetries, Stage::CatalogueFailures, Stage::CatalogueOwed] {
        assert_eq!(get(none), 0, "{}", none.as_str());
    }
}

#[test]
fn refusals_and_new_tries_are_counted() {
    let mut rig = Rig::new(format(8_000, 2), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav], 0);
    let counts = Arc::new(Counts::default());
    recording.count_into(Arc::clone(&counts), Arc::new(Ticking::default()));
    rig.record(&mut recording, 4_000, 1_000);
    rig.disk.set(|t| t.write = Some(EIO));
    rig.try_record(&mut recording, 8_000).unwrap_err();
    recording.retry(rig.mono(), rig.utc()).unwrap_err();
    rig.disk.heal();
    recording.retry(rig.mono(), rig.utc()).unwrap();
    rig.stop(&mut recording);
    assert_eq!((counts.get(Stage::DiskFaults), counts.get(Stage::DiskRetries)), (2, 2));
    let file: u64 = rig.root.segments().unwrap().iter().map(|row| row.bytes.unwrap()).sum();
    assert_eq!(counts.get(Stage::EncodedBytes), file, "what is written again is not encoded again");
}

#[test]
fn a_catalogue_out_of_reach_is_owed_and_paid() {
    let mut rig = Rig::new(format(8_000, 2), "2026-07-01T12:00:00Z");
    let mut recording = rig.recording(&[Container::Wav], 0);
    let counts = Arc::new(Counts::default());
    recording.count_into(Arc::clone(&counts), Arc::new(Ticking::default()));
    rig.root.catalogue().refuse_writes(true);
    rig.record(&mut recording, 1_000, 1_000);
    assert_eq!((counts.get(Stage::CatalogueFailures), counts.get(Stage::CatalogueOwed)), (1, 1));
    rig.root.catalogue().refuse_writes(false);
    rig.stop(&mut recording);
    assert_eq!((counts.get(Stage::CatalogueEntries), counts.get(Stage::CatalogueOwed)), (2, 0));
}
