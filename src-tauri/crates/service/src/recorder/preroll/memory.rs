//! How much all pre-rolls of a process may hold, and each one's share of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use audyn_model::{AudioFormat, Rate};

use super::CHUNKS;
use super::packed::Packed;

/// Held at most unless told otherwise, however much the machine has.
const MOST: u64 = 1 << 30;

/// What may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of every source, in milliseconds.
    pub length_ms: u64,
    /// Of all sources together, in bytes.
    pub bytes: u64,
}

impl Limits {
    /// A quarter of the memory that is free now, at most 1 GiB.
    #[must_use]
    pub fn usual_bytes() -> u64 {
        let told = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let available = told.lines().find_map(|line| {
            let kib = line.strip_prefix("MemAvailable:")?.trim().strip_suffix("kB")?;
            kib.trim().parse::<u64>().ok()
        });
        available.map_or(MOST, |kib| kib * 1024 / 4).min(MOST)
    }
}

/// The memory of all pre-rolls of a process. If it does not suffice for the length that is wished, every source is kept
/// equally long.
#[derive(Debug)]
pub struct Memory {
    length_ms: AtomicU64,
    bytes: AtomicU64,
    /// Bytes a second of all that keep.
    rate: AtomicU64,
    held: AtomicU64,
}

impl Memory {
    pub fn new(limits: Limits) -> Self {
        Self {
            length_ms: limits.length_ms.into(),
            bytes: limits.bytes.into(),
            rate: AtomicU64::new(0),
            held: AtomicU64::new(0),
        }
    }

    /// Other limits. They hold from each writer's next look on.
    pub fn set(&self, limits: Limits) {
        self.length_ms.store(limits.length_ms, Ordering::Relaxed);
        self.bytes.store(limits.bytes, Ordering::Relaxed);
    }

    /// Bytes held now.
    pub fn held(&self) -> u64 {
        self.held.load(Ordering::Relaxed)
    }

    /// Bytes that may be held.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    #[cfg(test)]
    pub(super) fn rate_now(&self) -> u64 {
        self.rate.load(Ordering::Relaxed)
    }
}

/// One source's share of a [`Memory`]; given back when it is dropped.
pub(super) struct Share {
    memory: Arc<Memory>,
    rate: Rate,
    channels: usize,
    /// Bytes of a sample.
    width: usize,
    held: u64,
}

impl Share {
    pub fn new(memory: &Arc<Memory>, format: &AudioFormat) -> Self {
        let share = Self {
            memory: Arc::clone(memory),
            rate: format.rate,
            channels: format.channels.into(),
            width: usize::from(format.bits.clamp(8, 32).div_ceil(8)),
            held: 0,
        };
        memory.rate.fetch_add(share.bytes_per_second(), Ordering::Relaxed);
        share
    }

    pub const fn channels(&self) -> usize {
        self.channels
    }

    /// Bytes held.
    pub const fn held(&self) -> u64 {
        self.held
    }

    /// Bytes that may be held.
    pub fn allowed(&self) -> u64 {
        let all = self.memory.rate.load(Ordering::Relaxed).max(1);
        (u128::from(self.memory.bytes()) * u128::from(self.bytes_per_second()) / u128::from(all)) as u64
    }

    /// Samples to be kept, as far as there is memory.
    pub fn keep(&self, need_ms: u64) -> u64 {
        self.rate.samples_in_ms(self.memory.length_ms.load(Ordering::Relaxed).max(need_ms))
    }

    /// An empty chunk; none if the system has no memory for it.
    pub fn chunk(&mut self) -> Option<Packed> {
        let frames = (self.rate.hz() / CHUNKS).max(1) as usize;
        let chunk = Packed::new(frames, self.channels, self.width)?;
        self.hold(chunk.bytes());
        Some(chunk)
    }

    pub fn hold(&mut self, bytes: u64) {
        self.held += bytes;
        self.memory.held.fetch_add(bytes, Ordering::Relaxed);
    }

    pub fn release(&mut self, bytes: u64) {
        let bytes = bytes.min(self.held);
        self.held -= bytes;
        self.memory.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn bytes_per_second(&self) -> u64 {
        u64::from(self.rate.hz()) * (self.channels * self.width) as u64
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.memory.rate.fetch_sub(self.bytes_per_second(), Ordering::Relaxed);
        self.release(self.held);
    }
}
