//! When PipeWire's graph brought a portion of audio. The crate has no safe way to ask.

use audyn_model::Mono;
use pipewire::stream::StreamRef;
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
