//! Ogg pages as bytes (RFC 3533 section 6), for looking at the two ends of a file without reading what lies between.

use crate::crc;

/// A page's bytes before its lacing values.
const HEADER: usize = 27;
/// The longest page.
pub(crate) const MAX_PAGE: usize = HEADER + 255 + 255 * 255;

pub(crate) const FLAG_CONTINUED: u8 = 1;
pub(crate) const FLAG_EOS: u8 = 4;

/// One whole page with a true checksum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page<'a> {
    bytes: &'a [u8],
}

impl<'a> Page<'a> {
    /// The page at the start of `bytes`; none if it is not one, not whole, or damaged.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.starts_with(b"OggS\0") {
            return None;
        }
        let segments = usize::from(*bytes.get(26)?);
        let lacing = bytes.get(HEADER..HEADER + segments)?;
        let body: usize = lacing.iter().map(|len| usize::from(*len)).sum();
        let page = Self { bytes: bytes.get(..HEADER + segments + body)? };
        (page.checksum() == crc::ogg(&page.unsigned())).then_some(page)
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn flags(&self) -> u8 {
        self.bytes[5]
    }

    /// Position at the end of the last packet that ends here; −1 if none does.
    pub(crate) fn granule(&self) -> i64 {
        self.bytes[6..14].first_chunk().map_or(-1, |bytes| i64::from_le_bytes(*bytes))
    }

    pub(crate) fn serial(&self) -> u32 {
        self.number_at(14)
    }

    /// Lengths of the packets that end here, and of the one that goes on, if any.
    pub(crate) fn packets(&self) -> (Vec<&'a [u8]>, Option<&'a [u8]>) {
        let segments = usize::from(self.bytes[26]);
        let (lacing, mut body) = self.bytes[HEADER..].split_at(segments);
        let mut packets = Vec::new();
        let mut len = 0;
        for lace in lacing {
            len += usize::from(*lace);
            if *lace < 255 {
                let (packet, rest) = body.split_at(len);
                packets.push(packet);
                (body, len) = (rest, 0);
            }
        }
        (packets, (!body.is_empty()).then_some(body))
    }

    /// The header bytes 5 to 25 of this page as the last one of its stream, checksum included.
    pub(crate) fn ended(&self) -> Vec<u8> {
        let mut bytes = self.unsigned();
        bytes[5] |= FLAG_EOS;
        signed(bytes)[5..26].to_vec()
    }

    /// This page, one that holds `OpusHead` alone, with another pre-skip.
    pub(crate) fn skipping(&self, pre_skip: u16) -> Vec<u8> {
        let mut bytes = self.unsigned();
        let at = HEADER + 1 + 10;
        bytes[at..at + 2].copy_from_slice(&pre_skip.to_le_bytes());
        signed(bytes)
    }

    fn checksum(&self) -> u32 {
        self.number_at(22)
    }

    /// The page as it is when its checksum is made: with none.
    fn unsigned(&self) -> Vec<u8> {
        let mut bytes = self.bytes.to_vec();
        bytes[22..26].fill(0);
        bytes
    }

    fn number_at(&self, at: usize) -> u32 {
        self.bytes[at..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// A page with its checksum made.
fn signed(mut unsigned: Vec<u8>) -> Vec<u8> {
    let checksum = crc::ogg(&unsigned);
    unsigned[22..26].copy_from_slice(&checksum.to_le_bytes());
    unsigned
}
