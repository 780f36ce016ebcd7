//! A small repeatable generator (SplitMix64): the same seed gives the same impairments on every machine.

/// The generator's state.
#[derive(Clone, Copy, Debug)]
pub struct Random(u64);

impl Random {
    /// A generator for one use of a seed: streams and legs of one seed draw independently.
    #[must_use]
    pub const fn new(seed: u64, lane: u64) -> Self {
        let mut lanes = Self(lane);
        let lane = lanes.next();
        Self(seed ^ lane)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The next 32 bits.
    pub const fn next_u32(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }

    /// The next 16 bits.
    pub const fn next_u16(&mut self) -> u16 {
        (self.next() >> 48) as u16
    }

    /// True in `parts_per_million` of a million draws.
    pub const fn chance(&mut self, parts_per_million: u32) -> bool {
        // Draws only where it matters: a rule that is off does not move the others.
        parts_per_million > 0 && self.below(1_000_000) < parts_per_million as u64
    }

    /// A number below `end`; 0 if `end` is 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        ((self.next() as u128 * end as u128) >> 64) as u64
    }
}
