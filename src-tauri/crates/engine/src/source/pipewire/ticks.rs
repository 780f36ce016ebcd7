//! From the graph's count of samples to the stream's own: pure.
//!
//! The graph counts on while a stream misses a cycle. So a step of that count beyond what the last portion held is audio
//! that is missing, exactly as much.

/// A step so long is another count: another driver, or one that began anew.
const ANOTHER: u64 = 1 << 40;

/// Counts frames of a stream, and those that it missed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ticks {
    last: Option<(u64, u32)>,
    position: u64,
}

impl Ticks {
    /// A portion of `frames` at `rate`, at the beginning of which the graph's count (`tick_rate` a second) was `ticks`.
    /// Returns its place on the stream's count, and whether something is missing before it.
    pub fn place(&mut self, ticks: u64, tick_rate: u32, rate: u32, frames: u32) -> (u64, bool) {
        let mut missing = false;
        if let Some((before, held)) = self.last {
            let step = ticks.wrapping_sub(before).cast_signed();
            let step = i128::from(step) * i128::from(rate) / i128::from(tick_rate.max(1));
            let missed = step - i128::from(held);
            // Between different rates a portion is a few frames longer or shorter than its cycle.
            let tolerance = if rate == tick_rate { 0 } else { i128::from(held / 2) };
            match u64::try_from(missed) {
                Ok(missed) if i128::from(missed) > tolerance => {
                    missing = true;
                    self.position = self.position.wrapping_add(missed);
                }
                Ok(_) => {}
                Err(_) if -missed <= tolerance => {}
                Err(_) => self.position = self.position.wrapping_add(ANOTHER),
            }
        }
        self.last = Some((ticks, frames));
        let at = self.position;
        self.position = at.wrapping_add(frames.into());
        (at, missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missed_cycle_is_exactly_as_long_as_it_was() {
        let mut ticks = Ticks::default();
        let places = [(0, 1024), (1024, 1024), (4096, 512), (4608, 1024)]
            .map(|(at, n)| ticks.place(at, 48_000, 48_000, n));
        assert_eq!(places, [(0, false), (1024, false), (4096, true), (4608, false)]);
    }

    #[test]
    fn between_rates_only_a_whole_cycle_counts() {
        let mut ticks = Ticks::default();
        let cycles = [(0, 940), (1024, 941), (2048, 941), (4096, 941)];
        assert_eq!(
            cycles.map(|(at, n)| ticks.place(at, 48_000, 44_100, n)),
            [(0, false), (940, false), (1881, false), (1881 + 941 + 940, true)]
        );
    }

    #[test]
    fn another_count_is_no_gap() {
        let mut ticks = Ticks::default();
        ticks.place(1_000_000, 48_000, 48_000, 1024);
        let (place, missing) = ticks.place(0, 48_000, 48_000, 1024);
        assert!(place >= ANOTHER && !missing);
    }
}
