//! Datagrams: everything that stays is written once, everything that changes is written in place.

use super::impair::Garbage;
use super::plan::Plan;
use super::script::Header;

/// Bytes of the fixed RTP header (RFC 3550 §5.1).
const FIXED: usize = 12;

/// The form of a plan's packets: a head that only changes in sequence, timestamp and SSRC, the audio, the padding.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    head: Vec<u8>,
    payload: usize,
    padding: u8,
}

impl Layout {
    pub fn new(plan: &Plan) -> Self {
        let extras = plan.header;
        let mut first = 0x80 | extras.csrc;
        first |= if extras.extension_words.is_some() { 0x10 } else { 0 };
        first |= if extras.padding > 0 { 0x20 } else { 0 };
        let mut head = vec![first, plan.payload_type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for source in 0..extras.csrc {
            head.extend_from_slice(&[0xC5, 0xC5, 0, source]);
        }
        if let Some(words) = extras.extension_words {
            // A profile number that RFC 8285 does not use, and contents that are heard if they are not skipped.
            head.extend_from_slice(&[0xA0, 0x67]);
            head.extend_from_slice(&words.to_be_bytes());
            head.extend(std::iter::repeat_n([0x55, 0xAA, 0x55, 0xAA], words.into()).flatten());
        }
        Self { head, payload: plan.payload_bytes(), padding: extras.padding }
    }

    /// Bytes of one datagram.
    pub const fn length(&self) -> usize {
        self.head.len() + self.payload + self.padding as usize
    }

    /// A whole datagram with nothing in its changing places.
    pub fn blank(&self) -> Vec<u8> {
        let mut bytes = self.head.clone();
        bytes.resize(self.length(), 0);
        if self.padding > 0 {
            bytes[self.length() - 1] = self.padding;
        }
        bytes
    }

    /// Writes what changes from packet to packet.
    pub fn stamp(&self, datagram: &mut [u8], header: Header, payload: &[u8]) {
        datagram[2..4].copy_from_slice(&header.sequence.to_be_bytes());
        datagram[4..8].copy_from_slice(&header.timestamp.to_be_bytes());
        datagram[8..12].copy_from_slice(&header.ssrc.to_be_bytes());
        datagram[self.head.len()..][..self.payload].copy_from_slice(payload);
    }

    /// A datagram that another sender could have sent at the same time: its own SSRC, counters and sound.
    pub fn foreign(&self, datagram: &[u8], header: Header) -> Vec<u8> {
        let mut bytes = datagram.to_vec();
        let other = Header {
            sequence: header.sequence.wrapping_add(0x4000),
            timestamp: header.timestamp.wrapping_add(1_000_003),
            ssrc: !header.ssrc,
        };
        self.stamp(&mut bytes, other, &vec![0x2A; self.payload]);
        bytes
    }
}

/// A datagram spoilt in one way. The result is never a packet that a receiver should accept.
pub(super) fn spoil(kind: Garbage, datagram: &[u8]) -> Vec<u8> {
    let mut bytes = datagram.to_vec();
    match kind {
        Garbage::Empty => bytes.clear(),
        Garbage::Short => bytes.truncate(FIXED - 1),
        Garbage::Version => bytes[0] = bytes[0] & 0x3F | 0x40,
        Garbage::Padding => {
            bytes.resize(FIXED + 20, 0);
            bytes[0] = 0xA0;
            bytes[FIXED + 19] = 0xFF;
        }
        Garbage::Sources => {
            bytes.resize(FIXED + 8, 0);
            bytes[0] = 0x8F;
        }
        Garbage::Extension => {
            bytes.resize(FIXED + 8, 0);
            bytes[0] = 0x90;
            bytes[FIXED..FIXED + 4].copy_from_slice(&[0xBE, 0xDE, 0xFF, 0xFF]);
        }
        // Five bytes are a whole number of samples in no format, and nothing says that some of them are padding.
        Garbage::Cut => {
            bytes.resize(FIXED + 5, 0);
            bytes[0] = 0x80;
        }
    }
    bytes
}
