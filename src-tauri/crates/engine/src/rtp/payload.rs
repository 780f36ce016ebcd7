//! Payload bytes → interleaved full-scale samples, the wanted channels only (RFC 3551 §4.5.11 L16, RFC 3190 L24).

use serde::{Deserialize, Serialize};

/// How samples are coded on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Encoding {
    /// Signed 16-bit, big-endian.
    L16,
    /// Signed 24-bit, big-endian, packed.
    L24,
}

impl Encoding {
    /// Bytes of one sample.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::L16 => 2,
            Self::L24 => 3,
        }
    }

    /// Significant bits of one sample.
    #[must_use]
    pub const fn bits(self) -> u8 {
        match self {
            Self::L16 => 16,
            Self::L24 => 24,
        }
    }

    /// The name in SDP.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::L16 => "L16",
            Self::L24 => "L24",
        }
    }

    /// The encoding a name (any case) stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::L16, Self::L24].into_iter().find(|e| e.as_str().eq_ignore_ascii_case(word))
    }

    /// The encoding of a payload of `length` bytes with `channels` channels, when `expected` samples per packet were
    /// announced: the one that gives that count, else the only one that gives a count in use (ST 2110-30, AES67 §7.2,
    /// Livewire). None if both do or neither.
    #[must_use]
    pub fn infer(length: usize, channels: usize, expected: usize) -> Option<Self> {
        const COUNTS: [usize; 12] = [6, 12, 16, 24, 32, 48, 64, 80, 96, 192, 240, 256];
        let count = |encoding: Self| {
            let frame = channels * encoding.bytes();
            length.is_multiple_of(frame).then_some(length / frame)
        };
        let [wide, narrow] = [Self::L24, Self::L16].map(|e| (e, count(e)));
        let only = |fits: &dyn Fn(usize) -> bool| match (wide.1.is_some_and(fits), narrow.1.is_some_and(fits))
        {
            (true, false) => Some(wide.0),
            (false, true) => Some(narrow.0),
            (true, true) | (false, false) => None,
        };
        only(&|n| n == expected).or_else(|| only(&|n| COUNTS.contains(&n)))
    }
}

/// Which channels of a stream are recorded, in the order they are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    stream_channels: usize,
    /// None: all of them as they come.
    chosen: Option<Box<[u16]>>,
}

impl Pick {
    /// All channels.
    #[must_use]
    pub const fn all(stream_channels: u16) -> Self {
        Self { stream_channels: stream_channels as usize, chosen: None }
    }

    /// The channels with these zero-based numbers. Numbers beyond the stream are the caller's to refuse.
    ///
    /// # Panics
    /// If a number is beyond the stream, or there is none.
    #[must_use]
    pub fn channels(stream_channels: u16, chosen: &[u16]) -> Self {
        assert!(!chosen.is_empty() && chosen.iter().all(|c| *c < stream_channels), "checked by the caller");
        if chosen.len() == usize::from(stream_channels)
            && chosen.iter().enumerate().all(|(i, c)| i == usize::from(*c))
        {
            return Self::all(stream_channels);
        }
        Self { stream_channels: stream_channels.into(), chosen: Some(chosen.into()) }
    }

    /// Channels in the stream.
    #[must_use]
    pub const fn stream_channels(&self) -> usize {
        self.stream_channels
    }

    /// Channels stored.
    #[must_use]
    pub fn stored_channels(&self) -> usize {
        self.chosen.as_ref().map_or(self.stream_channels, |c| c.len())
    }
}

/// Unpacks whole frames. `out` is as long as the frames of `payload` times the stored channels.
pub fn unpack(payload: &[u8], encoding: Encoding, pick: &Pick, out: &mut [i32]) {
    match (&pick.chosen, encoding) {
        (None, Encoding::L24) => unpack_l24(payload, out),
        (None, Encoding::L16) => {
            for (sample, bytes) in out.iter_mut().zip(payload.as_chunks::<2>().0) {
                *sample = i32::from(i16::from_be_bytes(*bytes)) << 16;
            }
        }
        (Some(chosen), encoding) => {
            let width = encoding.bytes();
            let frames = payload.chunks_exact(pick.stream_channels * width);
            for (frame, stored) in frames.zip(out.chunks_exact_mut(chosen.len())) {
                for (sample, channel) in stored.iter_mut().zip(chosen) {
                    let bytes = &frame[usize::from(*channel) * width..][..width];
                    *sample =
                        i32::from_be_bytes([bytes[0], bytes[1], if width == 3 { bytes[2] } else { 0 }, 0]);
                }
            }
        }
    }
}

/// Four samples from three words at a time: the loads are aligned to nothing, but there are a quarter as many.
fn unpack_l24(payload: &[u8], out: &mut [i32]) {
    let (groups, rest) = payload.as_chunks::<12>();
    let (quads, last) = out.as_chunks_mut::<4>();
    for (samples, b) in quads.iter_mut().zip(groups) {
        let word = |i: usize| u32::from_be_bytes([b[i], b[i + 1], b[i + 2], b[i + 3]]);
        let (a, m, z) = (word(0), word(4), word(8));
        samples[0] = (a & 0xFFFF_FF00) as i32;
        samples[1] = ((a << 24) | ((m >> 8) & 0x00FF_FF00)) as i32;
        samples[2] = ((m << 16) | ((z >> 16) & 0x0000_FF00)) as i32;
        samples[3] = (z << 8) as i32;
    }
    for (sample, b) in last.iter_mut().zip(rest.as_chunks::<3>().0) {
        *sample = i32::from_be_bytes([b[0], b[1], b[2], 0]);
    }
}

#[cfg(test)]
mod tests;
