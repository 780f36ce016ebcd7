//! What encoders, disk and catalogue of one recorder have done, counted where it happens: on the writer's thread, by
//! atomics that anybody may read.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use audyn_model::{Clock, Mono};

use crate::disk::{Disk, DiskFile};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Stage {
    /// Samples per channel given to encoders; each output counts on its own.
    EncodedFrames,
    /// Bytes that encoders gave.
    EncodedBytes,
    /// Nanoseconds spent encoding.
    EncodingNs,
    /// Files made, lists of gaps among them.
    DiskFiles,
    /// Writes.
    DiskWrites,
    /// Bytes written.
    DiskBytes,
    /// Nanoseconds spent writing.
    DiskWritingNs,
    /// Files and folders synced.
    DiskSyncs,
    /// Nanoseconds spent syncing.
    DiskSyncingNs,
    /// Nanoseconds of the slowest single write or sync.
    DiskSlowestNs,
    /// Operations that the disk refused.
    DiskFaults,
    /// Times that was tried again.
    DiskRetries,
    /// Entries that the catalogue took.
    CatalogueEntries,
    /// Times the catalogue refused, or was out of reach.
    CatalogueFailures,
    /// Entries that wait for it now.
    CatalogueOwed,
}

/// The counts, since they were made.
#[derive(Debug, Default)]
pub struct Counts([AtomicU64; Stage::ALL.len()]);

impl Stage {
    /// All, in order.
    pub const ALL: [Self; 15] = [
        Self::EncodedFrames,
        Self::EncodedBytes,
        Self::EncodingNs,
        Self::DiskFiles,
        Self::DiskWrites,
        Self::DiskBytes,
        Self::DiskWritingNs,
        Self::DiskSyncs,
        Self::DiskSyncingNs,
        Self::DiskSlowestNs,
        Self::DiskFaults,
        Self::DiskRetries,
        Self::CatalogueEntries,
        Self::CatalogueFailures,
        Self::CatalogueOwed,
    ];

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EncodedFrames => "encoded_frames",
            Self::EncodedBytes => "encoded_bytes",
            Self::EncodingNs => "encoding_ns",
            Self::DiskFiles => "disk_files",
            Self::DiskWrites => "disk_writes",
            Self::DiskBytes => "disk_bytes",
            Self::DiskWritingNs => "disk_writing_ns",
            Self::DiskSyncs => "disk_syncs",
            Self::DiskSyncingNs => "disk_syncing_ns",
            Self::DiskSlowestNs => "disk_slowest_ns",
            Self::DiskFaults => "disk_faults",
            Self::DiskRetries => "disk_retries",
            Self::CatalogueEntries => "catalogue_entries",
            Self::CatalogueFailures => "catalogue_failures",
            Self::CatalogueOwed => "catalogue_owed",
        }
    }
}

impl Counts {
    /// One of them.
    #[must_use]
    pub fn get(&self, stage: Stage) -> u64 {
        self.0[stage as usize].load(Ordering::Relaxed)
    }

    pub(crate) fn add(&self, stage: Stage, more: u64) {
        self.0[stage as usize].fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn set(&self, stage: Stage, value: u64) {
        self.0[stage as usize].store(value, Ordering::Relaxed);
    }

    fn most(&self, stage: Stage, value: u64) {
        self.0[stage as usize].fetch_max(value, Ordering::Relaxed);
    }
}

/// Counts, and the clock that says how long something took.
#[derive(Clone)]
pub(crate) struct Stopwatch {
    pub counts: Arc<Counts>,
    clock: Arc<dyn Clock>,
}

impl Stopwatch {
    pub fn new(counts: Arc<Counts>, clock: Arc<dyn Clock>) -> Self {
        Self { counts, clock }
    }

    pub fn start(&self) -> Mono {
        self.clock.mono()
    }

    /// Adds the time since `from`, in nanoseconds, which is returned.
    pub fn stop(&self, stage: Stage, from: Mono) -> u64 {
        let ns = u64::try_from(self.clock.mono().0 - from.0).unwrap_or(0);
        self.counts.add(stage, ns);
        ns
    }

    /// Has the disk do something that takes time.
    fn time<T>(&self, stage: Stage, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let from = self.start();
        let result = act();
        let ns = self.stop(stage, from);
        self.counts.most(Stage::DiskSlowestNs, ns);
        self.judged(result)
    }

    fn judged<T>(&self, result: io::Result<T>) -> io::Result<T> {
        if result.as_ref().is_err_and(|error| error.kind() != io::ErrorKind::AlreadyExists) {
            self.counts.add(Stage::DiskFaults, 1);
        }
        result
    }
}

impl std::fmt::Debug for Stopwatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stopwatch").field("counts", &self.counts).finish_non_exhaustive()
    }
}

/// A disk whose work is counted.
#[derive(Debug)]
pub(crate) struct CountedDisk {
    disk: Arc<dyn Disk>,
    watch: Stopwatch,
}

impl CountedDisk {
    pub fn new(disk: Arc<dyn Disk>, watch: Stopwatch) -> Self {
        Self { disk, watch }
    }
}

impl Disk for CountedDisk {
    fn create_folders(&self, dir: &Path) -> io::Result<()> {
        self.watch.judged(self.disk.create_folders(dir))
    }

    fn create_new(&self, path: &Path, head: &[u8]) -> io::Result<Box<dyn DiskFile>> {
        self.watch.counts.add(Stage::DiskWrites, 1);
        let file = self.watch.time(Stage::DiskWritingNs, || self.disk.create_new(path, head))?;
        self.watch.counts.add(Stage::DiskFiles, 1);
        self.watch.counts.add(Stage::DiskBytes, head.len() as u64);
        Ok(Box::new(CountedFile { file, watch: self.watch.clone() }))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.watch.judged(self.disk.exists(path))
    }

    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        self.watch.counts.add(Stage::DiskSyncs, 1);
        self.watch.time(Stage::DiskSyncingNs, || self.disk.sync_folder(dir))
    }
}

struct CountedFile {
    file: Box<dyn DiskFile>,
    watch: Stopwatch,
}

impl DiskFile for CountedFile {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let Self { file, watch } = self;
        watch.counts.add(Stage::DiskWrites, 1);
        let written = watch.time(Stage::DiskWritingNs, || file.write_at(bytes, at))?;
        watch.counts.add(Stage::DiskBytes, written as u64);
        Ok(written)
    }

    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        self.watch.judged(self.file.read_exact_at(bytes, at))
    }

    fn sync_data(&mut self) -> io::Result<()> {
        let Self { file, watch } = self;
        watch.counts.add(Stage::DiskSyncs, 1);
        watch.time(Stage::DiskSyncingNs, || file.sync_data())
    }

    fn sync_all(&mut self) -> io::Result<()> {
        let Self { file, watch } = self;
        watch.counts.add(Stage::DiskSyncs, 1);
        watch.time(Stage::DiskSyncingNs, || file.sync_all())
    }
}

#[cfg(test)]
mod tests;
