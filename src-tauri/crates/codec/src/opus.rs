//! Opus in Ogg (RFC 7845): 20 ms packets at 48 kHz in pages of at most a second.
//!
//! The head alone on page 0, the tags on pages of their own, granules that count every decodable sample and never run
//! backwards. Pre-skip covers the coder's look-ahead and whatever came before the file; the last page's granule trims
//! the file to its frames.

pub(crate) mod head;
pub(crate) mod page;
pub(crate) mod read;

use audyn_model::{AudioFormat, Rate};
use ogg::{PacketWriteEndInfo, PacketWriter};

use crate::feed::{Feed, Ratio};
use crate::{About, Bytes, Context, Encoder, Error, Spec};
use head::Head;
pub(crate) use read::{decode, inspect, mend};

/// The rate of every Opus decoder.
pub(crate) const RATE: Rate = Rate::HZ_48000;
/// 20 ms.
const PACKET: usize = 960;
/// Convergence of a decoder, 80 ms (RFC 7845 section 4.6).
pub(crate) const CONVERGENCE: usize = 3840;
/// No Opus coder looks further ahead than this (6.5 ms; more only in modes not used here).
const MAX_LOOKAHEAD: usize = 480;
/// Pages end after this many packets even without a checkpoint.
const PACKETS_IN_PAGE: usize = 50;
/// A page has room for this many lacing values.
const SEGMENTS_IN_PAGE: usize = 255;
/// The longest packet of one stream (RFC 6716 section 3.2.1: 1275 bytes, and framing).
const MAX_PACKET: usize = 1280;

/// The neighbouring audio that settles the coder and carries its look-ahead.
pub(crate) fn context(format: &AudioFormat) -> Context {
    let ratio = Ratio::new(format.rate, RATE);
    Context {
        before: ratio.input_for(CONVERGENCE) + ratio.reach(),
        after: ratio.input_for(MAX_LOOKAHEAD + PACKET) + ratio.reach() + 1,
    }
}

pub(crate) struct OpusEncoder {
    coder: Coder,
    channels: usize,
    feed: Feed,
    pages: PacketWriter<'static, Vec<u8>>,
    serial: u32,
    /// Samples a player skips.
    pre_skip: u64,
    /// Packets coded.
    packets: u64,
    /// The latest packet, kept back because only the next act says whether its page ends with it.
    held: Option<Vec<u8>>,
    /// Packets and lacing values on the page that is being filled.
    on_page: (usize, usize),
    /// Room for one packet.
    room: Vec<u8>,
}

enum Coder {
    /// Mono or stereo: mapping family 0.
    Plain(opus::Encoder),
    /// Independent channels: mapping family 255.
    Discrete(opus::MSEncoder),
}

impl OpusEncoder {
    pub(crate) fn new(
        spec: &Spec,
        format: &AudioFormat,
        about: &About,
        before: &[i32],
        out: &mut Bytes,
    ) -> Result<Self, Error> {
        let mut coder = Coder::new(spec, format).map_err(refused)?;
        let lookahead = coder.lookahead().map_err(refused)?;
        let mut feed =
            Feed::new(format.rate, RATE, format.channels, about.first, before, context(format).after);
        // What is missing in front is silence: so a file has packets from its first byte on, which some players need. The
        // pre-skip is whole packets, since ffmpeg does not trim both ends of one.
        feed.fill_front((lookahead + CONVERGENCE.max(feed.before())).next_multiple_of(PACKET) - lookahead);
        let pre_skip = lookahead + feed.before();
        let head =
            Head { channels: format.channels, pre_skip: pre_skip as u16, rate: format.rate.hz(), gain: 0 };
        // The last four bytes of a UUIDv7 are random.
        let id = about.segment.0.into_bytes();
        let serial = u32::from_le_bytes([id[12], id[13], id[14], id[15]]);
        let mut pages = PacketWriter::new(Vec::new());
        pages.write_packet(head.to_bytes(), serial, PacketWriteEndInfo::EndPage, 0)?;
        pages.write_packet(head::tags(about), serial, PacketWriteEndInfo::EndPage, 0)?;
        let channels = usize::from(format.channels);
        let mut this = Self {
            coder,
            channels,
            feed,
            pages,
            serial,
            pre_skip: pre_skip as u64,
            packets: 0,
            held: None,
            on_page: (0, 0),
            room: vec![0; (MAX_PACKET * channels).min(255 * (SEGMENTS_IN_PAGE - 1))],
        };
        this.code()?;
        this.release(PacketWriteEndInfo::EndPage, 0)?;
        this.give(out);
        Ok(this)
    }

    /// Codes every whole packet that is ready.
    fn code(&mut self) -> Result<(), Error> {
        let step = PACKET * self.channels;
        let mut done = 0;
        while self.feed.ready.len() - done >= step {
            let len =
                self.coder.encode(&self.feed.ready[done..done + step], &mut self.room).map_err(refused)?;
            done += step;
            self.release(PacketWriteEndInfo::NormalPacket, len)?;
            self.held = Some(self.room[..len].to_vec());
            self.packets += 1;
        }
        self.feed.ready.drain(..done);
        Ok(())
    }

    /// Puts the packet kept back on its page, where one of `next` bytes follows.
    fn release(&mut self, end: PacketWriteEndInfo, next: usize) -> Result<(), Error> {
        let Some(packet) = self.held.take() else { return Ok(()) };
        let (packets, segments) = (self.on_page.0 + 1, self.on_page.1 + packet.len() / 255 + 1);
        // No packet continues on another page, so that a file cut between two pages holds whole packets only.
        let full = packets >= PACKETS_IN_PAGE || segments + next / 255 + 1 > SEGMENTS_IN_PAGE;
        let end =
            if full && end == PacketWriteEndInfo::NormalPacket { PacketWriteEndInfo::EndPage } else { end };
        let granule = match end {
            PacketWriteEndInfo::EndStream => self.pre_skip + self.feed.frames_out(),
            PacketWriteEndInfo::NormalPacket | PacketWriteEndInfo::EndPage => self.packets * PACKET as u64,
        };
        self.on_page = if end == PacketWriteEndInfo::NormalPacket { (packets, segments) } else { (0, 0) };
        self.pages.write_packet(packet, self.serial, end, granule)?;
        Ok(())
    }

    fn give(&mut self, out: &mut Bytes) {
        out.append.append(self.pages.inner_mut());
    }
}

impl Encoder for OpusEncoder {
    fn encode(&mut self, frames: &[i32], out: &mut Bytes) -> Result<(), Error> {
        self.feed.push(frames);
        self.code()?;
        self.give(out);
        Ok(())
    }

    fn checkpoint(&mut self, out: &mut Bytes) -> Result<(), Error> {
        self.release(PacketWriteEndInfo::EndPage, 0)?;
        self.give(out);
        Ok(())
    }

    fn finish(&mut self, after: &[i32], out: &mut Bytes) -> Result<(), Error> {
        self.feed.end(after);
        let total = self.pre_skip + self.feed.frames_out();
        let packets = total.div_ceil(PACKET as u64) - self.packets;
        // The look-ahead is part of the pre-skip, so there is always at least one packet left to end the stream with.
        self.feed.ready.resize(packets as usize * PACKET * self.channels, 0.0);
        self.code()?;
        self.release(PacketWriteEndInfo::EndStream, 0)?;
        self.give(out);
        Ok(())
    }

    fn frames(&self) -> u64 {
        self.feed.frames()
    }
}

impl Coder {
    fn new(spec: &Spec, format: &AudioFormat) -> Result<Self, opus::Error> {
        let bitrate = opus::Bitrate::Bits(spec.bitrate.cast_signed());
        let complexity = i32::from(spec.complexity);
        let depth = i32::from(format.bits.min(24));
        let application = opus::Application::Audio;
        if format.channels > 2 {
            let mapping: Vec<u8> = (0..format.channels as u8).collect();
            let mut coder = opus::MSEncoder::new(RATE.hz(), format.channels as u8, 0, &mapping, application)?;
            coder.set_bitrate(bitrate)?;
            coder.set_vbr(spec.vbr)?;
            coder.set_complexity(complexity)?;
            coder.set_lsb_depth(depth)?;
            return Ok(Self::Discrete(coder));
        }
        let channels = if format.channels == 1 { opus::Channels::Mono } else { opus::Channels::Stereo };
        let mut coder = opus::Encoder::new(RATE.hz(), channels, application)?;
        coder.set_bitrate(bitrate)?;
        coder.set_vbr(spec.vbr)?;
        coder.set_complexity(complexity)?;
        coder.set_lsb_depth(depth)?;
        Ok(Self::Plain(coder))
    }

    fn lookahead(&mut self) -> Result<usize, opus::Error> {
        let samples = match self {
            Self::Plain(coder) => coder.get_lookahead()?,
            Self::Discrete(coder) => coder.get_lookahead()?,
        };
        Ok(usize::try_from(samples).unwrap_or(0))
    }

    fn encode(&mut self, frames: &[f32], packet: &mut [u8]) -> Result<usize, opus::Error> {
        match self {
            Self::Plain(coder) => coder.encode_float(frames, packet),
            Self::Discrete(coder) => coder.encode_float(frames, packet),
        }
    }
}

fn refused(error: opus::Error) -> Error {
    Error::Encode { container: "Opus", message: error.to_string() }
}

#[cfg(test)]
mod tests;
