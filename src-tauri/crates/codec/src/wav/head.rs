//! The bytes before the samples, and the few of them that change.

use audyn_model::{AudioFormat, SampleFormat};

use crate::about::{ascii, title, to_json};
use crate::{About, Patch};

/// 32-bit sizes go up to one below this; the value itself means "see `ds64`".
pub(super) const LIMIT_32: u64 = 0xFFFF_FFFF;
/// Payload of `JUNK`, and of a `ds64` without a table.
pub(super) const DS64_LEN: u32 = 28;
/// `bext` without its coding history.
const BEXT_LEN: usize = 602;
/// The fixed end of every sub-format GUID (…-0000-0010-8000-00AA00389B71), after the 16-bit format tag.
pub(super) const GUID_TAIL: [u8; 14] =
    [0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71];
pub(super) const TAG_PCM: u16 = 1;
pub(super) const TAG_FLOAT: u16 = 3;
pub(super) const TAG_EXTENSIBLE: u16 = 0xFFFE;

/// Where the fields lie that a checkpoint changes. `JUNK` always lies at byte 12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// The `fact` chunk's sample count, if there is one.
    pub fact_at: Option<u64>,
    /// The `data` chunk's size field.
    pub size_at: u64,
    /// The first sample.
    pub data_at: u64,
}

/// What the size fields have to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sizes {
    /// Bytes of samples.
    pub data: u64,
    /// Bytes of the whole file.
    pub file: u64,
    /// Samples per channel.
    pub frames: u64,
}

impl Sizes {
    /// A field would reach `limit` (normally [`LIMIT_32`]).
    pub(super) fn needs_64_bits(&self, limit: u64) -> bool {
        self.data >= limit || self.file - 8 >= limit
    }
}

impl Head {
    /// Writes the head of a file without samples.
    pub(super) fn write(
        samples: SampleFormat,
        format: &AudioFormat,
        about: &About,
        out: &mut Vec<u8>,
    ) -> Self {
        let start = out.len();
        out.extend(b"RIFF\0\0\0\0WAVE");
        chunk(b"JUNK", &[0; DS64_LEN as usize], out);
        chunk(b"bext", &bext(samples, format, about), out);
        chunk(b"fmt ", &fmt(samples, format), out);
        let fact_at = (samples == SampleFormat::Float32).then(|| {
            chunk(b"fact", &[0; 4], out);
            (out.len() - start - 4) as u64
        });
        chunk(b"audn", &even(to_json(about), b' '), out);
        out.extend(b"data\0\0\0\0");
        let data_at = (out.len() - start) as u64;
        out[start + 4..start + 8].copy_from_slice(&(data_at as u32 - 8).to_le_bytes());
        Self { fact_at, size_at: data_at - 4, data_at }
    }

    /// The patches that make the size fields right. Every state between two of them is a file that plays.
    pub(super) fn patches(&self, sizes: &Sizes, rf64: bool) -> Vec<Patch> {
        let narrow = |wide: u64| (if rf64 { u32::MAX } else { wide as u32 }).to_le_bytes().to_vec();
        // The samples' own size goes first: a head that tells of more than `data` does would mean chunks behind it.
        let mut patches = vec![Patch { at: self.size_at, bytes: narrow(sizes.data) }];
        let frames = u32::try_from(sizes.frames).unwrap_or(u32::MAX);
        patches.extend(self.fact_at.map(|at| Patch { at, bytes: frames.to_le_bytes().to_vec() }));
        if rf64 {
            let mut master = Vec::with_capacity(48);
            master.extend(b"RF64\xFF\xFF\xFF\xFFWAVEds64");
            master.extend(DS64_LEN.to_le_bytes());
            master.extend((sizes.file - 8).to_le_bytes());
            master.extend(sizes.data.to_le_bytes());
            master.extend(sizes.frames.to_le_bytes());
            master.extend(0_u32.to_le_bytes());
            patches.push(Patch { at: 0, bytes: master });
        } else {
            patches.push(Patch { at: 4, bytes: narrow(sizes.file - 8) });
        }
        patches
    }
}

/// Appends a chunk of even length: not every reader knows the pad byte behind an odd one.
fn chunk(id: &[u8; 4], payload: &[u8], out: &mut Vec<u8>) {
    debug_assert!(payload.len().is_multiple_of(2), "an even payload");
    out.extend(id);
    out.extend((payload.len() as u32).to_le_bytes());
    out.extend(payload);
}

/// `text` with one `fill` more if its length is odd.
fn even(mut text: Vec<u8>, fill: u8) -> Vec<u8> {
    text.extend(std::iter::repeat_n(fill, text.len() % 2));
    text
}

/// Broadcast extension, version 2 (EBU Tech 3285): loudness unset, no UMID.
fn bext(samples: SampleFormat, format: &AudioFormat, about: &About) -> Vec<u8> {
    let mut bext = vec![0; BEXT_LEN];
    let mut put = |at: usize, bytes: &[u8]| bext[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &ascii(&title(about), 256));
    put(256, &ascii(&about.originator, 32));
    // Exactly 32 characters, and no other file has the same.
    put(288, &ascii(&about.segment.0.simple(), 32));
    put(320, &ascii(&about.civil.date, 10));
    put(330, &ascii(&about.civil.time, 8));
    put(338, &about.civil.samples_since_midnight.to_le_bytes());
    put(346, &2_u16.to_le_bytes());
    for field in 0..5 {
        put(412 + 2 * field, &0x7FFF_u16.to_le_bytes());
    }
    let mode = match format.channels {
        1 => ",M=mono",
        2 => ",M=stereo",
        _ => "",
    };
    let word = samples.bytes() * 8;
    let history = format!("A=PCM,F={},W={word}{mode},T={}", format.rate.hz(), about.originator);
    bext.extend(ascii(&history, history.len()));
    bext.extend(b"\r\n");
    even(bext, 0)
}

fn fmt(samples: SampleFormat, format: &AudioFormat) -> Vec<u8> {
    let bytes = samples.bytes() as u16;
    let block = format.channels * bytes;
    let plain = format.channels <= 2 && samples == SampleFormat::Int16;
    let mut fmt = Vec::with_capacity(40);
    fmt.extend((if plain { TAG_PCM } else { TAG_EXTENSIBLE }).to_le_bytes());
    fmt.extend(format.channels.to_le_bytes());
    fmt.extend(format.rate.hz().to_le_bytes());
    fmt.extend((format.rate.hz() * u32::from(block)).to_le_bytes());
    fmt.extend(block.to_le_bytes());
    fmt.extend((bytes * 8).to_le_bytes());
    if plain {
        return fmt;
    }
    // Front centre, front left and right; more channels are just numbered, not loudspeakers.
    let mask: u32 = match format.channels {
        1 => 0x4,
        2 => 0x3,
        _ => 0,
    };
    let tag = match samples {
        SampleFormat::Int16 | SampleFormat::Int24 => TAG_PCM,
        SampleFormat::Float32 => TAG_FLOAT,
    };
    fmt.extend(22_u16.to_le_bytes());
    fmt.extend((bytes * 8).to_le_bytes());
    fmt.extend(mask.to_le_bytes());
    fmt.extend(tag.to_le_bytes());
    fmt.extend(GUID_TAIL);
    fmt
}
