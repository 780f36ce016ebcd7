//! Metadata blocks (RFC 9639 section 8).

use audyn_model::Rate;

use crate::Error;

/// Bytes of STREAMINFO.
pub(crate) const LEN: usize = 34;
/// STREAMINFO counts samples in 36 bits.
const MAX_TOTAL: u64 = (1 << 36) - 1;

/// STREAMINFO.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Info {
    /// Fewest samples in a block but the last.
    pub min_block: u16,
    /// Most samples in a block.
    pub max_block: u16,
    /// Bytes of the shortest and the longest frame; 0 if unknown.
    pub frame_bytes: (u32, u32),
    pub rate: Rate,
    pub channels: u8,
    pub bits: u8,
    /// Samples per channel; 0 if unknown.
    pub total: u64,
    /// Of all samples; zeros if unknown.
    pub md5: [u8; 16],
}

impl Info {
    pub(crate) fn new(rate: Rate, channels: u8, bits: u8, block: u16) -> Self {
        let (frame_bytes, total, md5) = ((0, 0), 0, [0; 16]);
        Self { min_block: block, max_block: block, frame_bytes, rate, channels, bits, total, md5 }
    }

    /// Samples of all channels in a full block.
    pub(crate) fn block_samples(&self) -> usize {
        usize::from(self.max_block) * usize::from(self.channels)
    }

    /// No frame is longer: every sample stored as it is, one bit more for a side channel, headers.
    pub(crate) fn max_frame(&self) -> usize {
        self.block_samples() * (usize::from(self.bits) / 8 + 1) + 64
    }

    /// Counts a frame of `samples` per channel in `bytes`.
    pub(crate) fn count(&mut self, samples: usize, bytes: usize) {
        self.total += samples as u64;
        let (min, max) = self.frame_bytes;
        let bytes = bytes as u32;
        self.frame_bytes = (if min == 0 { bytes } else { min.min(bytes) }, max.max(bytes));
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LEN);
        bytes.extend(self.min_block.to_be_bytes());
        bytes.extend(self.max_block.to_be_bytes());
        bytes.extend(&self.frame_bytes.0.to_be_bytes()[1..]);
        bytes.extend(&self.frame_bytes.1.to_be_bytes()[1..]);
        // Beyond 36 bits (16 days at 48 kHz) the length is unknown.
        let total = if self.total > MAX_TOTAL { 0 } else { self.total };
        let packed = u64::from(self.rate.hz()) << 44
            | u64::from(self.channels - 1) << 41
            | u64::from(self.bits - 1) << 36
            | total;
        bytes.extend(packed.to_be_bytes());
        bytes.extend(self.md5);
        bytes
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let malformed =
            |what: String| Error::Malformed(format!("this FLAC file's STREAMINFO is wrong: {what}"));
        let Some((fixed, _)) = bytes.split_first_chunk::<LEN>() else {
            return Err(malformed(format!("{} bytes", bytes.len())));
        };
        let [a, b, c, d, e, f, g, h, i, j, p @ ..] = *fixed;
        let (packed, md5) = p.split_at(8);
        let packed = packed.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        let rate = Rate::new((packed >> 44) as u32).map_err(|error| malformed(error.to_string()))?;
        let info = Self {
            min_block: u16::from_be_bytes([a, b]),
            max_block: u16::from_be_bytes([c, d]),
            frame_bytes: (u32::from_be_bytes([0, e, f, g]), u32::from_be_bytes([0, h, i, j])),
            rate,
            channels: (packed >> 41 & 7) as u8 + 1,
            bits: (packed >> 36 & 31) as u8 + 1,
            total: packed & MAX_TOTAL,
            md5: md5.try_into().unwrap_or_default(),
        };
        if info.max_block < 16 || info.bits < 4 {
            return Err(malformed(format!("blocks of {} samples of {} bits", info.max_block, info.bits)));
        }
        Ok(info)
    }
}

/// Appends a metadata block.
pub(crate) fn block(kind: u8, last: bool, payload: &[u8], out: &mut Vec<u8>) {
    out.push(kind | if last { 0x80 } else { 0 });
    out.extend(&(payload.len() as u32).to_be_bytes()[1..]);
    out.extend(payload);
}
