//! Frames as bytes (RFC 9639 section 9): where the last whole one ends, found from the end of the file by decoding no more
//! than that one.

use std::io::{Read, Seek};

use flac_codec::decode::FlacStreamReader;

use super::info::Info;
use crate::Error;
use crate::crc;
use crate::foreign::foreign;
use crate::read::read_at;

/// The longest frame header.
const MAX_HEADER: usize = 16;
/// A window needs no more headers than these; more are the work of someone who wants us to be slow.
const MAX_HEADERS: usize = 64;
/// A header may be taken for one inside a frame, but hardly ever several times.
const MAX_FALSE: usize = 4;

/// The start of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// Frame number.
    pub number: u64,
    /// Samples per channel.
    pub block: u32,
}

/// The end of the audio that can be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tail {
    /// Offset behind the last whole frame.
    pub end: u64,
    /// Samples per channel up to there.
    pub frames: u64,
}

/// Finds the last whole frame of a file of ours, whose blocks are all of one length but the last.
pub(crate) fn tail<R: Read + Seek>(
    reader: &mut R,
    info: &Info,
    audio_at: u64,
    len: u64,
) -> Result<Tail, Error> {
    // A window holds several frames of the longest kind; the next one lies before it and overlaps by two of them.
    let frame = info.max_frame() as u64;
    let mut upto = len;
    loop {
        let start = upto.saturating_sub(4 * frame).max(audio_at);
        let bytes = read_at(reader, start, (upto - start) as usize)?;
        if let Some(tail) = tail_in(&bytes, info, start, start == audio_at) {
            return Ok(tail);
        }
        if start == audio_at {
            return Ok(Tail { end: audio_at, frames: 0 });
        }
        upto = start + 2 * frame;
    }
}

fn tail_in(bytes: &[u8], info: &Info, start: u64, from_first: bool) -> Option<Tail> {
    let mut headers: Vec<(usize, Header)> = (0..bytes.len())
        .rev()
        .filter_map(|at| Some((at, Header::parse(&bytes[at..], info)?)))
        .take(MAX_HEADERS)
        .collect();
    if from_first && let Some(first) = Header::parse(bytes, info).filter(|header| header.number == 0) {
        headers.push((0, first));
    }
    for (i, (at, header)) in headers.iter().enumerate() {
        let proven = (*at == 0 && from_first && header.number == 0)
            || headers[i + 1..].iter().take(MAX_FALSE).any(|(before, previous)| {
                previous.number + 1 == header.number
                    && at - before <= info.max_frame()
                    && bytes[*before..*at].iter().fold(0, |crc, b| crc::flac16(crc, *b)) == 0
            });
        if proven {
            let begun = header.number * u64::from(info.max_block);
            return Some(match end_of(&bytes[*at..], header, info) {
                Some(end) => Tail { end: start + (at + end) as u64, frames: begun + u64::from(header.block) },
                None => Tail { end: start + *at as u64, frames: begun },
            });
        }
    }
    None
}

/// Length of the whole frame that starts `bytes`, by the decoder: a checksum alone comes out right before the end by
/// chance, and always does one byte early where its own last byte is zero.
fn end_of(bytes: &[u8], header: &Header, info: &Info) -> Option<usize> {
    let bytes = &bytes[..bytes.len().min(info.max_frame())];
    let mut crc = 0;
    let may_end = bytes.iter().any(|byte| {
        crc = crc::flac16(crc, *byte);
        crc == 0
    });
    if !may_end {
        return None;
    }
    let mut rest = bytes;
    let samples = foreign("FLAC", || {
        let mut coder = FlacStreamReader::new(&mut rest);
        coder.read().map_or(0, |frame| frame.samples.len())
    });
    let whole = samples.is_ok_and(|samples| samples == header.block as usize * usize::from(info.channels));
    whole.then(|| bytes.len() - rest.len())
}

impl Header {
    /// The header at the start of `bytes`, if it is one with a true checksum that belongs to this stream.
    pub(crate) fn parse(bytes: &[u8], info: &Info) -> Option<Self> {
        let bytes = &bytes[..bytes.len().min(MAX_HEADER)];
        let [0xFF, 0xF8, sizes, kinds, number @ ..] = bytes else { return None };
        let channels = match kinds >> 4 {
            assignment @ 0..8 => assignment + 1,
            8..11 => 2,
            _ => return None,
        };
        let bits = match kinds >> 1 & 7 {
            0 => info.bits,
            1 => 8,
            2 => 12,
            4 => 16,
            5 => 20,
            6 => 24,
            7 => 32,
            _ => return None,
        };
        if channels != info.channels || bits != info.bits || kinds & 1 != 0 {
            return None;
        }
        let (number, mut rest) = coded_number(number)?;
        let mut take = |len: usize| {
            let (taken, after) = rest.split_at_checked(len)?;
            rest = after;
            Some(taken.iter().fold(0_u32, |all, byte| all << 8 | u32::from(*byte)))
        };
        let block = match sizes >> 4 {
            1 => 192,
            code @ 2..6 => 576 << (code - 2),
            6 => take(1)? + 1,
            7 => take(2)? + 1,
            code @ 8..16 => 256 << (code - 8),
            _ => return None,
        };
        match sizes & 15 {
            12 => _ = take(1)?,
            13 | 14 => _ = take(2)?,
            0..12 => {}
            _ => return None,
        }
        let len = bytes.len() - rest.len() + 1;
        let fits = block <= u32::from(info.max_block);
        (fits && crc::flac8(bytes.get(..len)?) == 0).then_some(Self { number, block })
    }
}

/// A number in the extended UTF-8 form of frame headers.
fn coded_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let more = match first.leading_ones() as usize {
        0 => 0,
        ones @ 2..=7 => ones - 1,
        _ => return None,
    };
    let (continued, rest) = rest.split_at_checked(more)?;
    let mask = if more == 0 { 0x7F } else { (0x3F_u32 >> more) as u8 };
    continued
        .iter()
        .try_fold(u64::from(first & mask), |all, byte| {
            (byte & 0xC0 == 0x80).then(|| all << 6 | u64::from(byte & 0x3F))
        })
        .map(|number| (number, rest))
}
