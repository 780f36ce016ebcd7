//! PTP messages (IEEE 1588-2008 clause 13): bytes → a view of what a listener needs, or a `Copy` reject. Never panics,
//! never allocates.

use audyn_model::ClockIdentity;

/// Bytes of the common header (§13.3).
const HEADER: usize = 34;
/// Bytes of a timestamp (§5.3.3): 48 bits of seconds, 32 of nanoseconds.
const TIMESTAMP: usize = 10;
/// Bytes of an Announce message without its TLVs (§13.5).
const ANNOUNCE: usize = 64;

/// A message of PTP version 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// PTP domain, 0 to 255.
    pub domain: u8,
    /// Who sends: a port of a clock.
    pub port: PortIdentity,
    /// Counts the messages of one kind from one port.
    pub sequence: u16,
    /// Time spent in switches, nanoseconds (§13.3.2.7; fractions cut).
    pub correction_ns: i64,
    /// Base-2 logarithm of the seconds between two messages of this kind; 127 if it is not said.
    pub log_interval: i8,
    /// What it is.
    pub body: Body,
}

/// One port of a clock (§5.3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortIdentity {
    /// The clock.
    pub clock: ClockIdentity,
    /// Its port, from 1.
    pub number: u16,
}

/// The kinds of messages, with what a listener needs of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// The master's clock; its time follows in a Follow_Up where `two_step`.
    Sync {
        /// The precise time comes in a Follow_Up.
        two_step: bool,
        /// When it was sent, nanoseconds since the PTP epoch; an estimate where `two_step`.
        origin_ns: i64,
    },
    /// When the Sync of the same sequence number was sent, nanoseconds since the PTP epoch.
    FollowUp {
        /// Nanoseconds since the PTP epoch.
        origin_ns: i64,
    },
    /// Who the grandmaster is and how good.
    Announce(Announce),
    /// A clock measures the delay to its master, end to end.
    Delay,
    /// A clock measures the delay to its neighbour.
    PeerDelay,
    /// Signalling and management: nothing to hear here.
    Other,
}

/// What an Announce message says of its grandmaster (§13.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Announce {
    /// The grandmaster.
    pub grandmaster: ClockIdentity,
    /// The first rank in the election: less wins.
    pub priority1: u8,
    /// How its time is known (§7.6.2.4): 6 follows a primary reference, 7 holds it, 248 runs free.
    pub class: u8,
    /// How exact it is (§7.6.2.5): 0x20 within 25 ns, 0x31 worse than 10 s, 0xFE unknown.
    pub accuracy: u8,
    /// How stable it is (§7.6.3), offset scaled log variance.
    pub variance: u16,
    /// The second rank in the election.
    pub priority2: u8,
    /// Boundary clocks between here and the grandmaster.
    pub steps_removed: u16,
    /// Where its time comes from (§7.6.2.6): 0x20 GPS, 0x40 PTP, 0x50 NTP, 0xA0 its own oscillator.
    pub time_source: u8,
    /// TAI − UTC in seconds, as the grandmaster believes.
    pub utc_offset: i16,
    /// … and says that it is right.
    pub utc_offset_valid: bool,
    /// It counts TAI from 1970; otherwise from an epoch of its own.
    pub ptp_timescale: bool,
    /// Its time is traceable to a primary reference.
    pub time_traceable: bool,
}

/// Why bytes are not a PTP message for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reject {
    /// Shorter than its header or its kind says.
    Short,
    /// Not version 2: PTPv1, or something else on this port.
    Version,
    /// A time that no clock shows: nanoseconds of a second or more, or a year beyond 2262.
    Time,
    /// A kind of message that the standard does not know.
    Kind,
}

impl Reject {
    /// Every reason, in the order of [`Self::index`].
    pub const ALL: [Self; 4] = [Self::Short, Self::Version, Self::Time, Self::Kind];

    /// Position in [`Self::ALL`], for counters.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The word used in statistics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Version => "version",
            Self::Time => "time",
            Self::Kind => "kind",
        }
    }
}

impl Message {
    /// Reads one message; what follows its fixed part (TLVs, padding) is skipped.
    ///
    /// # Errors
    /// Why it is none.
    pub fn parse(bytes: &[u8]) -> Result<Self, Reject> {
        // PTPv1 has its version number in the same nibble (IEEE 1588-2002 §8.2.2), and shorter messages.
        if bytes.len() < 2 {
            return Err(Reject::Short);
        }
        if bytes[1] & 0x0F != 2 {
            return Err(Reject::Version);
        }
        if bytes.len() < HEADER {
            return Err(Reject::Short);
        }
        let length = usize::from(u16_at(bytes, 2));
        if length < HEADER || length > bytes.len() {
            return Err(Reject::Short);
        }
        let bytes = &bytes[..length];
        let body = match bytes[0] & 0x0F {
            0x0 => Body::Sync { two_step: bytes[6] & 0x02 != 0, origin_ns: timestamp(bytes)? },
            0x8 => Body::FollowUp { origin_ns: timestamp(bytes)? },
            0xB => Body::Announce(announce(bytes)?),
            0x1 | 0x9 => Body::Delay,
            0x2 | 0x3 | 0xA => Body::PeerDelay,
            0xC | 0xD => Body::Other,
            _ => return Err(Reject::Kind),
        };
        let mut correction = [0; 8];
        correction.copy_from_slice(&bytes[8..16]);
        Ok(Self {
            domain: bytes[4],
            port: PortIdentity { clock: identity(bytes, 20), number: u16_at(bytes, 28) },
            sequence: u16_at(bytes, 30),
            correction_ns: i64::from_be_bytes(correction) >> 16,
            log_interval: bytes[33].cast_signed(),
            body,
        })
    }
}

impl Announce {
    /// Its rank in the election (§9.3.4): what compares less wins.
    #[must_use]
    pub fn rank(&self) -> (u8, u8, u8, u16, u8, ClockIdentity, u16) {
        let Self { priority1, class, accuracy, variance, priority2, grandmaster, steps_removed, .. } = *self;
        (priority1, class, accuracy, variance, priority2, grandmaster, steps_removed)
    }

    /// What its class says (§7.6.2.4), for people.
    #[must_use]
    pub const fn class_words(&self) -> &'static str {
        match self.class {
            6 => "follows a primary reference",
            7 => "holds a primary reference",
            13 => "follows an application's time",
            14 => "holds an application's time",
            52 | 187 => "has lost its primary reference",
            58 | 193 => "has lost its application's time",
            248 => "runs free",
            255 => "only follows others",
            _ => "of a class of its profile's own",
        }
    }

    /// Where its time comes from (§7.6.2.6), for people.
    #[must_use]
    pub const fn source_words(&self) -> &'static str {
        match self.time_source {
            0x10 => "atomic clock",
            0x20 => "GPS",
            0x30 => "radio",
            0x39 => "serial time code",
            0x40 => "PTP",
            0x50 => "NTP",
            0x60 => "set by hand",
            0x90 => "other",
            0xA0 => "its own oscillator",
            _ => "not known",
        }
    }

    /// How exact it claims to be (§7.6.2.5), in nanoseconds; none if it does not say or is worse than 10 s.
    #[must_use]
    pub const fn accuracy_ns(&self) -> Option<u64> {
        const STEPS: [u64; 17] = [
            25,
            100,
            250,
            1_000,
            2_500,
            10_000,
            25_000,
            100_000,
            250_000,
            1_000_000,
            2_500_000,
            10_000_000,
            25_000_000,
            100_000_000,
            250_000_000,
            1_000_000_000,
            10_000_000_000,
        ];
        match self.accuracy {
            0x20..=0x30 => Some(STEPS[self.accuracy as usize - 0x20]),
            _ => None,
        }
    }
}

fn announce(bytes: &[u8]) -> Result<Announce, Reject> {
    if bytes.len() < ANNOUNCE {
        return Err(Reject::Short);
    }
    let flags = bytes[7];
    Ok(Announce {
        grandmaster: identity(bytes, 53),
        priority1: bytes[47],
        class: bytes[48],
        accuracy: bytes[49],
        variance: u16_at(bytes, 50),
        priority2: bytes[52],
        steps_removed: u16_at(bytes, 61),
        time_source: bytes[63],
        utc_offset: u16_at(bytes, 44).cast_signed(),
        utc_offset_valid: flags & 0x04 != 0,
        ptp_timescale: flags & 0x08 != 0,
        time_traceable: flags & 0x10 != 0,
    })
}

/// The timestamp after the header, in nanoseconds since the epoch.
fn timestamp(bytes: &[u8]) -> Result<i64, Reject> {
    let at = bytes.get(HEADER..HEADER + TIMESTAMP).ok_or(Reject::Short)?;
    let seconds = at[..6].iter().fold(0_i64, |sum, byte| sum << 8 | i64::from(*byte));
    let ns = i64::from(u32::from_be_bytes([at[6], at[7], at[8], at[9]]));
    if ns >= 1_000_000_000 {
        return Err(Reject::Time);
    }
    seconds.checked_mul(1_000_000_000).and_then(|s| s.checked_add(ns)).ok_or(Reject::Time)
}

fn identity(bytes: &[u8], at: usize) -> ClockIdentity {
    let mut id = [0; 8];
    id.copy_from_slice(&bytes[at..at + 8]);
    ClockIdentity(id)
}

const fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

#[cfg(test)]
pub(crate) mod tests;
