//! One leg's sequence numbers (RFC 3550 A.1, A.3): how many packets were due, came, came twice, came out of order.

/// Sequence numbers remembered behind the highest, to tell a duplicate from a late one.
const REMEMBERED: u16 = 1024;

/// What a packet's sequence number says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The next one, or a later one: `missed` were skipped for now.
    Forward {
        /// Packets between the highest before and this one.
        missed: u16,
    },
    /// Came after a later one.
    Reordered,
    /// Came before.
    Duplicate,
    /// Too far from the others to be one of them: a new count begins here.
    Restart,
}

/// The sequence state of one leg.
#[derive(Debug, Default)]
pub struct Sequence {
    highest: Option<u16>,
    seen: [u64; REMEMBERED as usize / 64],
    expected: u64,
    received: u64,
}

impl Sequence {
    /// Takes note of a packet.
    pub fn note(&mut self, sequence: u16) -> Order {
        let Some(highest) = self.highest else {
            self.begin(sequence);
            return Order::Forward { missed: 0 };
        };
        let ahead = sequence.wrapping_sub(highest);
        let behind = highest.wrapping_sub(sequence);
        if ahead != 0 && ahead < 0x8000 {
            if ahead >= REMEMBERED {
                // Longer than is remembered: a long outage or another count. Nothing behind it is known any more.
                self.seen = [0; REMEMBERED as usize / 64];
            } else {
                (1..ahead).for_each(|step| self.forget(highest.wrapping_add(step)));
            }
            self.highest = Some(sequence);
            self.remember(sequence);
            self.expected += u64::from(ahead);
            self.received += 1;
            return Order::Forward { missed: ahead - 1 };
        }
        if behind >= REMEMBERED {
            self.begin(sequence);
            return Order::Restart;
        }
        let (word, bit) = place(sequence);
        if self.seen[word] & bit != 0 {
            return Order::Duplicate;
        }
        self.remember(sequence);
        self.received += 1;
        Order::Reordered
    }

    /// The sender has begun anew: the next number begins a new count. Totals stay.
    pub const fn expect_restart(&mut self) {
        self.highest = None;
    }

    fn begin(&mut self, sequence: u16) {
        self.seen = [0; REMEMBERED as usize / 64];
        self.highest = Some(sequence);
        self.remember(sequence);
        self.expected += 1;
        self.received += 1;
    }

    /// Packets that were due and did not come (yet).
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.expected.saturating_sub(self.received)
    }

    fn remember(&mut self, sequence: u16) {
        let (word, bit) = place(sequence);
        self.seen[word] |= bit;
    }

    fn forget(&mut self, sequence: u16) {
        let (word, bit) = place(sequence);
        self.seen[word] &= !bit;
    }
}

const fn place(sequence: u16) -> (usize, u64) {
    let slot = sequence % REMEMBERED;
    (slot as usize / 64, 1 << (slot % 64))
}

#[cfg(test)]
mod tests;
