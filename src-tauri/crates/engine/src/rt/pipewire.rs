//! When PipeWire's graph brought a portion of audio, and whether it is at that cycle still. The crate has no safe way to
//! ask.

use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering, fence};

use audyn_model::Mono;
use pipewire::spa::sys::{SPA_IO_Position, spa_io_position};
use pipewire::stream::{ListenerLocalBuilder, StreamRef};
use pipewire::sys;

/// What a stream knows of the present cycle of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamTime {
    /// When the cycle began, on the monotonic clock.
    pub now: Mono,
    /// The graph's own count of samples at `now`.
    pub ticks: u64,
    /// Its samples per second.
    pub rate: u32,
    /// How long ago the last sample of this cycle was taken, in nanoseconds.
    pub delay_ns: i64,
}

/// Asks for the time of the present cycle (`pw_stream_get_time_n`). None before the first one.
#[must_use]
pub fn stream_time(stream: &StreamRef) -> Option<StreamTime> {
    // SAFETY: the structure is plain numbers, for which zeros are values.
    let mut time: sys::pw_time = unsafe { std::mem::zeroed() };
    // SAFETY: the stream is alive as long as its reference, and `time` is as large as is said.
    let result =
        unsafe { sys::pw_stream_get_time_n(stream.as_raw_ptr(), &raw mut time, size_of::<sys::pw_time>()) };
    if result < 0 || time.now <= 0 || time.rate.num == 0 || time.rate.denom == 0 {
        return None;
    }
    let rate = time.rate.denom / time.rate.num;
    let delay = i128::from(time.delay) * 1_000_000_000 / i128::from(rate.max(1));
    // A delay of more than ten seconds is none.
    let delay_ns = i64::try_from(delay).ok().filter(|ns| (0..10_000_000_000).contains(ns)).unwrap_or(0);
    Some(StreamTime { now: Mono(time.now), ticks: time.ticks, rate, delay_ns })
}

/// The graph's own record of its present cycle, in memory that it shares with every stream. The driver writes it as a cycle
/// begins, whether or not all streams are done with the one before.
#[derive(Debug, Default)]
pub struct Cycle {
    area: AtomicPtr<spa_io_position>,
    reads: AtomicBool,
}

impl Cycle {
    /// Learns from a stream's listener where the graph keeps it.
    pub fn follow<D>(self: Arc<Self>, listener: ListenerLocalBuilder<'_, D>) -> ListenerLocalBuilder<'_, D> {
        listener.io_changed(move |_, _, id, area, size| {
            let whole = size as usize >= size_of::<spa_io_position>();
            if id == SPA_IO_Position {
                self.lies_at(if whole { area.cast() } else { null_mut() });
            }
        })
    }

    /// It lies there from now on, or nowhere. When this returns nobody reads the one before, whose memory may go.
    fn lies_at(&self, area: *mut spa_io_position) {
        self.area.store(area, Ordering::SeqCst);
        // A read takes some nanoseconds; the one who reads never waits.
        while self.reads.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
    }

    /// As the driver does when a cycle begins.
    #[cfg(test)]
    pub fn begins(&self, now: Mono) {
        // SAFETY: the structure is plain numbers, for which zeros are values.
        let mut position: spa_io_position = unsafe { std::mem::zeroed() };
        position.clock.nsec = now.0.cast_unsigned();
        // It stays as long as the test.
        self.lies_at(Box::leak(Box::new(position)));
    }

    /// Whether the graph is still at the cycle that began at `now`, so that whatever of it was read before this call was
    /// not overwritten meanwhile. None if that is not told. For one thread, the stream's real-time one.
    #[must_use]
    pub fn is_still(&self, now: Mono) -> Option<bool> {
        // What was read before this is read before the cycle is.
        fence(Ordering::Acquire);
        self.reads.store(true, Ordering::SeqCst);
        let area = self.area.load(Ordering::SeqCst);
        // SAFETY: not null, it is PipeWire's area, aligned as that is. It stays until another is told, or the stream's
        // callbacks have ended, and not before `reads` is false (`lies_at`). Other processes write it: volatile.
        let began = (!area.is_null()).then(|| unsafe { (&raw const (*area).clock.nsec).read_volatile() });
        self.reads.store(false, Ordering::Release);
        began.map(|began| began == now.0.cast_unsigned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cycle_is_over_as_soon_as_the_next_one_begins() {
        let cycle = Cycle::default();
        assert_eq!(cycle.is_still(Mono(7)), None, "nobody told yet");
        cycle.begins(Mono(7));
        assert_eq!(cycle.is_still(Mono(7)), Some(true));
        cycle.begins(Mono(8));
        assert_eq!((cycle.is_still(Mono(7)), cycle.is_still(Mono(8))), (Some(false), Some(true)));
        cycle.lies_at(null_mut());
        assert_eq!(cycle.is_still(Mono(8)), None, "nobody tells any more");
    }
}
