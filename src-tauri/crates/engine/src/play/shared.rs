//! What the feeder and the sound card's callback both see.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};

use super::Lost;

/// What both ends see. Written by the feeder: `open`, `more`, `volume`, `discard`. The rest is the callback's.
pub(super) struct Shared {
    /// Sound is wanted.
    pub(super) open: AtomicBool,
    /// An empty ring is a fault.
    pub(super) more: AtomicBool,
    /// Bits of a float.
    pub(super) volume: AtomicU32,
    /// Discards asked for, and done.
    pub(super) discard: AtomicU32,
    pub(super) discarded: AtomicU32,
    /// Frames that have left the loudspeaker since the last discard.
    pub(super) heard: AtomicU64,
    /// Times that the ring ran empty, and frames of silence that took their place.
    pub(super) underruns: AtomicU64,
    pub(super) missing: AtomicU64,
    /// Times that the callback came too late for the sound card.
    pub(super) late: AtomicU64,
    pub(super) lost: AtomicU8,
}

/// Tells a [`super::Feed`] of troubles, from whatever thread learns of them. Like the callback it neither allocates nor locks.
pub struct Alarm(pub(super) Arc<Shared>);

impl Shared {
    pub(super) const GONE: u8 = 1;
    pub(super) const FAILED: u8 = 2;

    /// Silent, at full volume.
    pub(super) const fn new() -> Self {
        Self {
            open: AtomicBool::new(false),
            more: AtomicBool::new(true),
            volume: AtomicU32::new(1.0_f32.to_bits()),
            discard: AtomicU32::new(0),
            discarded: AtomicU32::new(0),
            heard: AtomicU64::new(0),
            underruns: AtomicU64::new(0),
            missing: AtomicU64::new(0),
            late: AtomicU64::new(0),
            lost: AtomicU8::new(0),
        }
    }
}

impl Alarm {
    /// The sound card is no longer there. The first reason given is the true one.
    pub fn lost(&self, why: Lost) {
        let why = match why {
            Lost::Gone => Shared::GONE,
            Lost::Failed => Shared::FAILED,
        };
        let _ = self.0.lost.compare_exchange(0, why, Ordering::Relaxed, Ordering::Relaxed);
    }

    /// The sound card was not served in time.
    pub fn late(&self) {
        self.0.late.fetch_add(1, Ordering::Relaxed);
    }
}
