//! How late packets left, counted in a fixed table.

use std::time::Duration;

const FINE: usize = 10_000;
const COARSE: usize = 1000;

/// Counts of packets by lateness: microseconds up to 10 ms, milliseconds up to a second.
#[derive(Clone, Debug)]
pub struct Lateness {
    fine: Box<[u64]>,
    coarse: Box<[u64]>,
    count: u64,
    max_ns: u64,
}

impl Default for Lateness {
    fn default() -> Self {
        Self { fine: vec![0; FINE].into(), coarse: vec![0; COARSE].into(), count: 0, max_ns: 0 }
    }
}

impl Lateness {
    /// Counts packets that left so late.
    pub fn note(&mut self, late: Duration, packets: usize) {
        let ns = u64::try_from(late.as_nanos()).unwrap_or(u64::MAX);
        let packets = packets as u64;
        match (ns / 1000) as usize {
            us if us < FINE => self.fine[us] += packets,
            us => self.coarse[(us / 1000).min(COARSE - 1)] += packets,
        }
        self.count += packets;
        self.max_ns = self.max_ns.max(if packets > 0 { ns } else { 0 });
    }

    /// The lateness that `percent` of the packets did not exceed, rounded up to the table's step. Zero without packets.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Duration {
        let rank = (self.count as f64 * percent / 100.0).ceil() as u64;
        let mut seen = 0;
        let steps = (1..=FINE as u64).chain((1..=COARSE as u64).map(|ms| ms * 1000));
        for (count, us) in self.fine.iter().chain(&self.coarse).zip(steps) {
            seen += count;
            if seen >= rank && seen > 0 {
                return Duration::from_micros(us).min(self.max());
            }
        }
        self.max()
    }

    /// The greatest lateness.
    #[must_use]
    pub const fn max(&self) -> Duration {
        Duration::from_nanos(self.max_ns)
    }

    /// Packets counted.
    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }
}
