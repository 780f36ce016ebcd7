//! The real-time side of a stream: from the graph's cycles to portions of audio that are at their place.

use std::sync::Arc;

use audyn_model::{Clock, Mono};
use pipewire::stream::StreamRef;

use super::ticks::Ticks;
use crate::rt::{Cycle, StreamTime, stream_time};
use crate::source::local::{Intake, from_float};

/// What the real-time side keeps from cycle to cycle, for itself alone.
pub struct Cycles {
    intake: Intake,
    ticks: Ticks,
    now: Arc<Cycle>,
    clock: Arc<dyn Clock>,
    rate: u32,
    channels: u16,
    /// Cycles until the graph has settled.
    unsettled: u8,
}

/// Cycles for which the graph is not itself after one that somebody was late for: it may count whoever was late as done with
/// the next one, in which a sink then runs too early, and has nothing in the one after it.
const SETTLES: u8 = 2;

impl Cycles {
    /// Takes frames of so many channels at a rate into `intake`.
    pub fn new(intake: Intake, now: Arc<Cycle>, clock: Arc<dyn Clock>, rate: u32, channels: u16) -> Self {
        Self { intake, ticks: Ticks::default(), now, clock, rate, channels, unsettled: 0 }
    }

    /// On PipeWire's real-time thread: what one cycle of the graph brought. Allocates nothing, locks nothing, cannot panic.
    pub fn process(&mut self, stream: &StreamRef) {
        let time = stream_time(stream);
        let Some(mut buffer) = stream.dequeue_buffer() else { return };
        let Some(data) = buffer.datas_mut().first_mut() else { return };
        let (from, size) = (data.chunk().offset() as usize, data.chunk().size() as usize);
        let Some(bytes) = data.data().and_then(|all| all.get(from..from.checked_add(size)?)) else { return };
        let (floats, _) = bytes.as_chunks::<4>();
        match time {
            Some(time) => self.take(&time, floats),
            None => self.take_unclocked(floats),
        }
    }

    /// Takes the floats of a cycle. The graph does not wait for whoever is late: it writes the next cycle's over them. So what
    /// was not all read before the next cycle began is left out, and what comes before the graph has settled; the place of the
    /// next portion shows the gap, exactly.
    fn take(&mut self, time: &StreamTime, floats: &[[u8; 4]]) {
        let frames = (floats.len() / usize::from(self.channels.max(1))) as u32;
        let (position, missed) = self.ticks.place(time.ticks, time.rate, self.rate, frames);
        if missed {
            self.unsettled = SETTLES;
        }
        if self.unsettled > 0 {
            self.unsettled -= 1;
            return;
        }
        let taken = self.begun(Mono(time.now.0 - time.delay_ns), frames);
        let samples = floats.iter().map(|bytes| from_float(f32::from_le_bytes(*bytes)));
        let whole = || self.now.is_still(time.now) != Some(false);
        if !self.intake.push_if(frames, samples, taken, Some(position), whole) {
            self.unsettled = SETTLES;
        }
    }

    /// Takes the floats of a cycle whose driver tells no time: what is missing shows by this machine's clock.
    fn take_unclocked(&mut self, floats: &[[u8; 4]]) {
        let frames = (floats.len() / usize::from(self.channels.max(1))) as u32;
        let taken = self.begun(self.clock.mono(), frames);
        let samples = floats.iter().map(|bytes| from_float(f32::from_le_bytes(*bytes)));
        self.intake.push(frames, samples, taken, None);
    }

    /// When the first of so many frames was taken, of which the last was taken at `ended`.
    fn begun(&self, ended: Mono, frames: u32) -> Mono {
        Mono(ended.0 - i64::from(frames) * 1_000_000_000 / i64::from(self.rate.max(1)))
    }
}

#[cfg(test)]
mod tests {
    use audyn_model::Rate;

    use super::*;
    use crate::rt::SystemClock;
    use crate::source::local::intake;

    #[test]
    fn what_was_missed_or_read_too_late_is_left_out_and_its_place_shows() {
        let (intake, mut outlet) = intake(Rate::HZ_48000, 1);
        let now = Arc::new(Cycle::default());
        let clock = Arc::new(SystemClock);
        let mut cycles = Cycles::new(intake, Arc::clone(&now), clock, 48_000, 1);
        let mut took = |cycle: i64, graph_at: i64| {
            let time = StreamTime { now: Mono(cycle), ticks: cycle as u64 * 4, rate: 48_000, delay_ns: 0 };
            now.begins(Mono(graph_at));
            cycles.take(&time, &[0.5_f32.to_le_bytes(); 4]);
            let portion = outlet.portions.pop().ok().map(|portion| (portion.position, portion.frames));
            (portion, outlet.samples.slots())
        };
        assert_eq!(took(1, 1), (Some((Some(0), 4)), 4));
        assert_eq!(took(2, 2), (Some((Some(4), 4)), 8));
        // Held up while it reads: the graph is at the next cycle by then.
        assert_eq!(took(3, 4), (None, 8));
        assert_eq!((took(4, 4), took(5, 5)), ((None, 8), (None, 8)), "PipeWire has to settle");
        assert_eq!(took(6, 6), (Some((Some(20), 4)), 12), "exactly what was left out is missing");
        // Held up before it was called.
        assert_eq!((took(9, 9), took(10, 10)), ((None, 12), (None, 12)), "and again");
        assert_eq!(
            took(11, 11),
            (Some((Some(40), 4)), 16),
            "exactly what was missed and left out is missing"
        );
    }
}
