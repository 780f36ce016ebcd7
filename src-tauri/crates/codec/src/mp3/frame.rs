//! Frame headers (ISO/IEC 11172-3 section 2.4.1.3) and the Info frame that describes a file, with LAME's extension.

use audyn_model::Rate;

use super::{DECODER_DELAY, FRAME, nearest, noise_shaping, vbr_step};
use crate::{Spec, crc};

/// Bytes of the Xing tag and of LAME's extension.
const XING_LEN: usize = 120;
const LAME_LEN: usize = 36;
/// Places in the file kept for the table of contents, before every second one is dropped.
const MAX_PLACES: usize = 512;

/// kb/s by index: MPEG-1, then MPEG-2 and 2.5.
const KBPS: [[u32; 16]; 2] = [
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
];

/// The four bytes in front of each frame, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub rate: Rate,
    pub channels: u16,
    /// Samples per channel: 1152, at MPEG-2 rates 576.
    pub samples: u16,
    /// Bytes of the whole frame.
    pub len: usize,
    /// Bytes of side information behind the header.
    side: usize,
}

impl Header {
    /// None if it is not a Layer III frame of a known length.
    pub(crate) fn parse(bytes: [u8; 4]) -> Option<Self> {
        let [0xFF, kind, sizes, mode] = bytes else { return None };
        // Eleven ones, a version that is not reserved, Layer III.
        if kind & 0xE6 != 0xE2 || kind & 0x18 == 0x08 {
            return None;
        }
        let (halved, first) = match kind & 0x18 {
            0x18 => (0, true),
            0x10 => (1, false),
            _ => (2, false),
        };
        let hz = [44_100, 48_000, 32_000].get(usize::from(sizes >> 2 & 3))? >> halved;
        let kbps = KBPS[usize::from(!first)][usize::from(sizes >> 4)];
        if kbps == 0 {
            return None;
        }
        let samples = if first { 1152 } else { 576 };
        let channels = if mode >> 6 == 3 { 1 } else { 2 };
        let side = match (first, channels) {
            (true, 1) | (false, 2) => 17,
            (true, _) => 32,
            (false, _) => 9,
        };
        // A checksum, if there is one, lies before the side information.
        let side = side + if kind & 1 == 0 { 2 } else { 0 };
        let len = samples / 8 * kbps * 1000 / hz + u32::from(sizes >> 1 & 1);
        Some(Self { rate: Rate::new(hz).ok()?, channels, samples: samples as u16, len: len as usize, side })
    }

    /// Frames of one stream agree in these.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (self.rate, self.channels, self.samples) == (other.rate, other.channels, other.samples)
    }

    /// Where a Xing or Info tag lies in a frame.
    pub(crate) fn tag_at(&self) -> usize {
        4 + self.side
    }
}

/// What the Info frame says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InfoTag {
    header: [u8; 4],
    vbr: bool,
    kbps: u8,
    /// 100 is best.
    quality: u8,
    version: [u8; 9],
    /// Samples before the first one that count as the coder's.
    pub delay: u16,
    /// Samples after the last one.
    pub padding: u16,
    /// Coded frames, without this one.
    frames: u64,
    /// Bytes of them and this one.
    bytes: u64,
    /// Checksum of the coded frames.
    music: u16,
    /// Offset of every `stride`-th frame.
    places: Vec<u64>,
    stride: u64,
}

/// What could be read of an Info frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    pub frames: Option<u32>,
    pub bytes: Option<u32>,
    /// Delay and padding, where LAME's extension gives them.
    pub trim: Option<(u16, u16)>,
    /// Offset of LAME's extension in the frame.
    lame_at: Option<usize>,
}

impl InfoTag {
    pub(crate) fn new(rate: Rate, channels: u16, spec: &Spec, delay: u16, version: &str) -> Self {
        // The tag needs 192 bytes, which frames of low bitrates do not have.
        let kbps = nearest(spec.bitrate).0;
        let roomy = if !spec.vbr && kbps >= 64 { kbps } else { 128 };
        let bitrate = KBPS[0].iter().position(|k| *k == roomy).unwrap_or(9) as u8;
        let hz = match rate.hz() {
            44_100 => 0,
            48_000 => 1,
            _ => 2,
        };
        let header = [0xFF, 0xFB, bitrate << 4 | hz << 2, if channels == 1 { 0xC0 } else { 0x40 }];
        let mut name = [0; 9];
        for (to, from) in name.iter_mut().zip(format!("LAME{version}").bytes()) {
            *to = from;
        }
        let mut tag = Self {
            header,
            vbr: spec.vbr,
            kbps: kbps.min(255) as u8,
            quality: quality(spec, channels),
            version: name,
            delay,
            padding: DECODER_DELAY as u16,
            frames: 0,
            bytes: 0,
            music: 0,
            places: Vec::new(),
            stride: 1,
        };
        tag.bytes = tag.to_frame().len() as u64;
        tag
    }

    /// Coded frames counted so far.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Counts a coded frame.
    pub(crate) fn count(&mut self, frame: &[u8]) {
        if self.frames.is_multiple_of(self.stride) {
            self.places.push(self.bytes);
        }
        if self.places.len() > MAX_PLACES {
            let mut keep = false;
            self.places.retain(|_| {
                keep = !keep;
                keep
            });
            self.stride *= 2;
        }
        self.frames += 1;
        self.bytes += frame.len() as u64;
        self.music = crc::lame(self.music, frame);
    }

    /// A frame of silence: one without any bits for its sound.
    pub(crate) fn silent_frame(&self) -> Vec<u8> {
        let mut frame = vec![0; Header::parse(self.header).map_or(0, |header| header.len)];
        frame[..4].copy_from_slice(&self.header);
        frame
    }

    pub(crate) fn to_frame(&self) -> Vec<u8> {
        let Some(header) = Header::parse(self.header) else { return Vec::new() };
        let mut frame = vec![0; header.len];
        frame[..4].copy_from_slice(&self.header);
        let at = header.tag_at();
        let mut put = |at: usize, bytes: &[u8]| frame[at..at + bytes.len()].copy_from_slice(bytes);
        put(at, if self.vbr { b"Xing" } else { b"Info" });
        put(at + 4, &15_u32.to_be_bytes());
        put(at + 8, &narrow(self.frames).to_be_bytes());
        put(at + 12, &narrow(self.bytes).to_be_bytes());
        put(at + 16, &self.contents());
        put(at + 116, &u32::from(self.quality).to_be_bytes());
        let at = at + XING_LEN;
        put(at, &self.version);
        put(at + 9, &[if self.vbr { 4 } else { 1 }]);
        // LAME's psychoacoustics with its fourth threshold curve. No zero, also because ffmpeg takes a short file with
        // zeros before a bitrate of 128 for video.
        put(at + 19, &[0x14, self.kbps]);
        let trim = u32::from(self.delay & 0xFFF) << 12 | u32::from(self.padding & 0xFFF);
        put(at + 21, &trim.to_be_bytes()[1..]);
        put(at + 28, &narrow(self.bytes).to_be_bytes());
        put(at + 32, &self.music.to_be_bytes());
        let checksum = crc::lame(0, &frame[..at + LAME_LEN - 2]);
        frame[at + LAME_LEN - 2..at + LAME_LEN].copy_from_slice(&checksum.to_be_bytes());
        frame
    }

    /// For each percent of the time the 256th of the bytes that lie before it.
    fn contents(&self) -> [u8; 100] {
        std::array::from_fn(|percent| {
            let place = self.frames * percent as u64 / 100 / self.stride;
            let at = self.places.get(place as usize).copied().unwrap_or(0);
            (at * 256 / self.bytes.max(1)).min(255) as u8
        })
    }
}

impl Told {
    /// What the frame says of the file, if it is an Info frame.
    pub(crate) fn read(frame: &[u8], header: &Header) -> Option<Self> {
        let at = header.tag_at();
        if !matches!(frame.get(at..at + 4)?, b"Xing" | b"Info") {
            return None;
        }
        let word =
            |at: usize| frame.get(at..at + 4).and_then(<[u8]>::first_chunk).map(|b| u32::from_be_bytes(*b));
        let flags = word(at + 4)?;
        let mut told = Self::default();
        let mut next = at + 8;
        if flags & 1 != 0 {
            told.frames = word(next);
            next += 4;
        }
        if flags & 2 != 0 {
            told.bytes = word(next);
            next += 4;
        }
        next += if flags & 4 != 0 { 100 } else { 0 } + if flags & 8 != 0 { 4 } else { 0 };
        if let Some(name @ [b'L', b'A', b'M', b'E' | b'3', ..] | name @ [b'L', b'a', b'v', b'c' | b'f', ..]) =
            frame.get(next..next + LAME_LEN)
        {
            let trim = u32::from_be_bytes([0, name[21], name[22], name[23]]);
            told.trim = Some(((trim >> 12) as u16, (trim & 0xFFF) as u16));
            told.lame_at = Some(next);
        }
        Some(told)
    }

    /// The frame, one of ours, told anew: so many frames and bytes, and this trim.
    pub(crate) fn retell(&self, frame: &mut [u8], header: &Header, frames: u64, bytes: u64) {
        let (Some(lame), at) = (self.lame_at, header.tag_at()) else { return };
        let Some((delay, padding)) = self.trim else { return };
        let trim = u32::from(delay) << 12 | u32::from(padding);
        frame[at + 8..at + 12].copy_from_slice(&narrow(frames).to_be_bytes());
        frame[at + 12..at + 16].copy_from_slice(&narrow(bytes).to_be_bytes());
        frame[lame + 21..lame + 24].copy_from_slice(&trim.to_be_bytes()[1..]);
        frame[lame + 28..lame + 32].copy_from_slice(&narrow(bytes).to_be_bytes());
        // Nobody summed what lies behind the last checkpoint.
        frame[lame + 32..lame + 34].fill(0);
        let checksum = crc::lame(0, &frame[..lame + LAME_LEN - 2]);
        frame[lame + LAME_LEN - 2..lame + LAME_LEN].copy_from_slice(&checksum.to_be_bytes());
    }

    /// This, of a file that was not ended: nothing but the decoder's delay is trimmed behind its last sample.
    pub(crate) fn unended(self) -> Self {
        Self { trim: self.trim.map(|(delay, _)| (delay, DECODER_DELAY as u16)), ..self }
    }

    /// Samples that play out of `frames` coded frames of `samples`.
    pub(crate) fn playing(&self, frames: u64, samples: u16) -> u64 {
        let trimmed = self.trim.map_or(0, |(delay, padding)| u64::from(delay) + u64::from(padding));
        (frames * u64::from(samples)).saturating_sub(trimmed)
    }
}

/// As LAME tells it: 100 less ten for each step of VBR quality and one for each of noise shaping.
fn quality(spec: &Spec, channels: u16) -> u8 {
    let step = if spec.vbr { vbr_step(spec, channels).0 } else { 0 };
    100 - 10 * step - noise_shaping(spec) as u8
}

fn narrow(wide: u64) -> u32 {
    u32::try_from(wide).unwrap_or(u32::MAX)
}

const _: () = assert!(FRAME == 1152);
