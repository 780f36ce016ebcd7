//! Stage 2, validate: bytes → a `Packet` view, or a `Copy` reject. Never panics, never allocates.

/// A view of one RTP packet (RFC 3550 §5.1), its header extension, contributing sources and padding taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// Sequence number.
    pub sequence: u16,
    /// Media time of the first sample, counted in samples modulo 2³².
    pub timestamp: u32,
    /// Who sends.
    pub ssrc: u32,
    /// The samples.
    pub payload: &'a [u8],
}

/// Why bytes are not an RTP packet for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reject {
    /// Shorter than its header, its contributing sources or its extension say.
    Short,
    /// Not version 2.
    Version,
    /// The padding count is zero or larger than what is left.
    Padding,
    /// Nothing left after the header.
    Empty,
    /// Longer than any packet of this kind: the end was cut off on receipt.
    Oversize,
}

impl Reject {
    /// Every reason, in the order of [`Self::index`].
    pub const ALL: [Self; 5] = [Self::Short, Self::Version, Self::Padding, Self::Empty, Self::Oversize];

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
            Self::Padding => "padding",
            Self::Empty => "empty",
            Self::Oversize => "oversize",
        }
    }
}

const HEADER: usize = 12;

impl<'a> Packet<'a> {
    /// Reads one packet.
    ///
    /// # Errors
    /// The bytes break RFC 3550 §5.1; the reject says how.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Reject> {
        let Some((header, mut rest)) = bytes.split_first_chunk::<HEADER>() else { return Err(Reject::Short) };
        if header[0] >> 6 != 2 {
            return Err(Reject::Version);
        }
        let csrc = usize::from(header[0] & 0x0F) * 4;
        rest = rest.get(csrc..).ok_or(Reject::Short)?;
        if header[0] & 0x10 != 0 {
            let (extension, after) = rest.split_first_chunk::<4>().ok_or(Reject::Short)?;
            let words = usize::from(u16::from_be_bytes([extension[2], extension[3]]));
            rest = after.get(words * 4..).ok_or(Reject::Short)?;
        }
        if header[0] & 0x20 != 0 {
            let padding = usize::from(*rest.last().ok_or(Reject::Padding)?);
            if padding == 0 || padding > rest.len() {
                return Err(Reject::Padding);
            }
            rest = &rest[..rest.len() - padding];
        }
        if rest.is_empty() {
            return Err(Reject::Empty);
        }
        Ok(Self {
            payload_type: header[1] & 0x7F,
            sequence: u16::from_be_bytes([header[2], header[3]]),
            timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
            ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
            payload: rest,
        })
    }

    /// What must hold of every parsed packet; for fuzzing.
    pub fn check_invariants(&self, bytes: &[u8]) {
        assert!(self.payload_type < 128);
        assert!(!self.payload.is_empty() && self.payload.len() + HEADER <= bytes.len());
        let range = bytes.as_ptr_range();
        assert!(range.contains(&self.payload.as_ptr()));
    }
}

#[cfg(test)]
mod tests;
