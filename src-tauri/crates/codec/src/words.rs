//! Full-scale `i32` samples ↔ stored words.
//!
//! A shorter stored word is made with triangular dither of ±1 LSB that depends on nothing but the sample's position and
//! channel: two recorders of the same samples write the same file. Digital silence stays digital silence.

use audyn_model::{SampleFormat, SampleIndex};

/// 2^-31: a full-scale `i32` in ±1.0.
pub(crate) const FULL_SCALE: f32 = 1.0 / 2_147_483_648.0;

/// Where interleaved frames belong, for the dither.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Position of the first frame.
    pub first: SampleIndex,
    /// Channels in a frame.
    pub channels: u16,
}

/// Appends `frames` as stored words, little-endian. `bits` is the source's word length.
pub(crate) fn pack(frames: &[i32], samples: SampleFormat, bits: u8, place: Place, out: &mut Vec<u8>) {
    let start = out.len();
    out.resize(start + frames.len() * samples.bytes(), 0);
    let bytes = &mut out[start..];
    match samples {
        SampleFormat::Int16 if bits > 16 => {
            each_dithered(frames, 16, place, bytes.as_chunks_mut::<2>().0, |word, to| {
                *to = (word as i16).to_le_bytes();
            });
        }
        SampleFormat::Int16 => {
            for (to, sample) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(frames) {
                *to = ((sample >> 16) as i16).to_le_bytes();
            }
        }
        SampleFormat::Int24 if bits > 24 => {
            each_dithered(frames, 24, place, bytes.as_chunks_mut::<3>().0, |word, to| {
                let [a, b, c, _] = word.to_le_bytes();
                *to = [a, b, c];
            });
        }
        SampleFormat::Int24 => {
            // Four samples are three words: that is how a compiler can do it without going byte by byte.
            let (fours, last) = frames.as_chunks::<4>();
            let (twelves, rest) = bytes.as_chunks_mut::<12>();
            for (to, samples) in twelves.iter_mut().zip(fours) {
                let [a, b, c, d] = samples.map(|sample| sample.cast_unsigned() >> 8);
                let words = [a | b << 24, b >> 8 | c << 16, c >> 16 | d << 8];
                *to = bytemuck::cast(words.map(u32::to_le));
            }
            for (to, sample) in rest.as_chunks_mut::<3>().0.iter_mut().zip(last) {
                let [_, a, b, c] = sample.to_le_bytes();
                *to = [a, b, c];
            }
        }
        SampleFormat::Float32 => {
            for (to, sample) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(frames) {
                *to = (*sample as f32 * FULL_SCALE).to_le_bytes();
            }
        }
    }
}

/// Appends `frames` as right-justified integers of `to_bits`, as integer coders take them.
pub(crate) fn justify(frames: &[i32], to_bits: u8, bits: u8, place: Place, out: &mut Vec<i32>) {
    let start = out.len();
    out.resize(start + frames.len(), 0);
    if bits > to_bits {
        each_dithered(frames, to_bits, place, &mut out[start..], |word, to| *to = word);
    } else {
        for (to, sample) in out[start..].iter_mut().zip(frames) {
            *to = sample >> (32 - to_bits);
        }
    }
}

/// A sample shortened to `to_bits` (below 32), right-justified.
pub(crate) fn dithered(sample: i32, to_bits: u8, at: SampleIndex, channel: u16) -> i32 {
    if sample == 0 {
        return 0;
    }
    let drop = 32 - u32::from(to_bits);
    let random = mixed((at.0 as u64).wrapping_mul(64).wrapping_add(u64::from(channel)));
    let mask = (1_u64 << drop) - 1;
    // Two uniform numbers of one LSB each; their sum less one LSB is the triangle, the half LSB is for rounding.
    let triangle = ((random & mask) + ((random >> 32) & mask)) as i64 - (1 << drop) + (1 << (drop - 1));
    let limit = (1_i64 << (to_bits - 1)) - 1;
    ((i64::from(sample) + triangle) >> drop).clamp(-limit - 1, limit) as i32
}

fn each_dithered<T>(frames: &[i32], to_bits: u8, place: Place, out: &mut [T], store: impl Fn(i32, &mut T)) {
    let channels = usize::from(place.channels);
    let rows = frames.chunks_exact(channels).zip(out.chunks_exact_mut(channels));
    for (at, (frame, row)) in (place.first.0..).zip(rows) {
        for ((channel, sample), to) in (0..).zip(frame).zip(row) {
            store(dithered(*sample, to_bits, SampleIndex(at), channel), to);
        }
    }
}

/// The finaliser of SplitMix64: every input bit reaches every output bit.
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A float sample (±1.0) as a full-scale `i32`, saturated.
pub(crate) fn from_float(sample: f32) -> i32 {
    (f64::from(sample) * 2_147_483_648.0) as i32
}

#[cfg(test)]
mod tests;
