//! MPEG-1 Layer III by LAME (`mp3lame-encoder`): an ID3v2.4 tag, an Info frame, then the coded frames.
//!
//! Only whole frames are written. The Info frame's counts are set at each checkpoint, its delay and padding exactly at
//! the end, so that a player that knows them (most do) plays exactly the file's frames.

pub(crate) mod frame;
mod id3;
pub(crate) mod read;

use std::num::NonZeroU32;

use audyn_model::{AudioFormat, Rate};
use mp3lame_encoder::{
    Bitrate, BuildError, FlushGap, FlushNoGap, InterleavedPcm, Mode, MonoPcm, Quality, VbrMode,
    max_required_buffer_size,
};

use crate::feed::{Feed, Ratio};
use crate::{About, Bytes, Context, Encoder, Error, Patch, Spec};
use frame::{Header, InfoTag};
pub(crate) use read::{decode, inspect, mend};

/// Samples in a frame.
const FRAME: usize = 1152;
/// Samples that LAME puts before the first one.
const CODER_DELAY: usize = 576;
/// Samples that every decoder puts before the first one.
pub(crate) const DECODER_DELAY: usize = 529;
/// Silent frames in front: some players need frames before they accept a file, and LAME gives its first ones late.
const SILENT: usize = 2;
/// What may precede a file, at the coder's rate. With the silent frames and LAME's own delay it has to fit 12 bits.
const BEFORE: usize = 960;
/// The most that 12 bits leave for what precedes a file, if players are to begin with a whole frame.
const MAX_BEFORE: usize = 4 * FRAME - FIXED_DELAY;
/// What always precedes a file in the decoder's output.
const FIXED_DELAY: usize = SILENT * FRAME + CODER_DELAY + DECODER_DELAY;
/// What may follow it: a frame of look-ahead, a frame to fill up, the decoder's delay.
const AFTER: usize = 3 * FRAME;
/// Samples given to LAME at once.
const PIECE: usize = 8 * FRAME;

/// The bitrates in kb/s. 56 is legal too, but the binding does not know it.
const BITRATES: [(u32, Bitrate); 13] = [
    (32, Bitrate::Kbps32),
    (40, Bitrate::Kbps40),
    (48, Bitrate::Kbps48),
    (64, Bitrate::Kbps64),
    (80, Bitrate::Kbps80),
    (96, Bitrate::Kbps96),
    (112, Bitrate::Kbps112),
    (128, Bitrate::Kbps128),
    (160, Bitrate::Kbps160),
    (192, Bitrate::Kbps192),
    (224, Bitrate::Kbps224),
    (256, Bitrate::Kbps256),
    (320, Bitrate::Kbps320),
];

/// LAME's steps of quality, by the stereo bitrate in kb/s that each typically gives.
const VBR_STEPS: [(u32, Quality); 10] = [
    (245, Quality::Best),
    (225, Quality::SecondBest),
    (190, Quality::NearBest),
    (175, Quality::VeryNice),
    (165, Quality::Nice),
    (130, Quality::Good),
    (115, Quality::Decent),
    (100, Quality::Ok),
    (85, Quality::SecondWorst),
    (65, Quality::Worst),
];

/// The neighbouring audio that settles the coder and carries its look-ahead.
pub(crate) fn context(format: &AudioFormat) -> Context {
    let ratio = Ratio::new(format.rate, coded_rate(format.rate));
    Context {
        before: (ratio.input_for(BEFORE) + ratio.reach()).min(ratio.input_for(MAX_BEFORE) - 1),
        after: ratio.input_for(AFTER) + ratio.reach() + 1,
    }
}

/// The rate a source is coded at: its own if MPEG-1 has it, else that of its family.
pub(crate) fn coded_rate(rate: Rate) -> Rate {
    const CD: Rate = match Rate::new(44_100) {
        Ok(rate) => rate,
        Err(_) => panic!("44100 Hz is a rate"),
    };
    match rate.hz() {
        32_000 => rate,
        hz if hz.is_multiple_of(11_025) => CD,
        _ => Rate::HZ_48000,
    }
}

pub(crate) struct Mp3Encoder {
    coder: mp3lame_encoder::Encoder,
    channels: usize,
    feed: Feed,
    tag: InfoTag,
    /// Where the Info frame begins.
    tag_at: u64,
    /// Undoes what LAME does to the level.
    gain: f32,
    /// Coded bytes that are not yet a whole frame.
    partial: Vec<u8>,
}

impl Mp3Encoder {
    pub(crate) fn new(
        spec: &Spec,
        format: &AudioFormat,
        about: &About,
        before: &[i32],
        out: &mut Bytes,
    ) -> Result<Self, Error> {
        let rate = coded_rate(format.rate);
        let coder = build(spec, rate, format.channels).map_err(|error| refused(&error))?;
        let mut feed =
            Feed::new(format.rate, rate, format.channels, about.first, before, context(format).after);
        // Players begin with a whole frame, since ffmpeg does not trim both ends of one.
        feed.fill_front((FIXED_DELAY + feed.before()).next_multiple_of(FRAME) - FIXED_DELAY);
        let delay = (FIXED_DELAY - DECODER_DELAY + feed.before()) as u16;
        let mut tag = InfoTag::new(rate, format.channels, spec, delay, &mp3lame_encoder::mp3lame_version());
        id3::write(about, &mut out.append);
        let tag_at = out.append.len() as u64;
        let silence = tag.silent_frame();
        for _ in 0..SILENT {
            tag.count(&silence);
        }
        out.append.extend(tag.to_frame());
        out.append.extend(silence.repeat(SILENT));
        let channels = usize::from(format.channels);
        let gain = if spec.vbr { 1.0 } else { 1.0 / level(nearest(spec.bitrate).0) };
        let mut this = Self { coder, channels, feed, tag, tag_at, gain, partial: Vec::new() };
        this.code(u64::MAX, out)?;
        Ok(this)
    }

    /// Codes everything that is ready, writes up to `most` frames in all.
    fn code(&mut self, most: u64, out: &mut Bytes) -> Result<(), Error> {
        let mut ready = std::mem::take(&mut self.feed.ready);
        if self.gain != 1.0 {
            ready.iter_mut().for_each(|sample| *sample *= self.gain);
        }
        for piece in ready.chunks(PIECE * self.channels) {
            self.partial.reserve(max_required_buffer_size(piece.len() / self.channels));
            let coded = if self.channels == 1 {
                self.coder.encode_to_vec(MonoPcm(piece), &mut self.partial)
            } else {
                self.coder.encode_to_vec(InterleavedPcm(piece), &mut self.partial)
            };
            coded.map_err(|error| refused(&error))?;
        }
        self.feed.ready = ready;
        self.feed.ready.clear();
        self.write_whole(most, out)
    }

    fn write_whole(&mut self, most: u64, out: &mut Bytes) -> Result<(), Error> {
        let mut done = 0;
        while self.tag.frames() < most {
            let rest = &self.partial[done..];
            let Some(head) = rest.first_chunk() else { break };
            let header = Header::parse(*head).ok_or_else(|| refused(&"frames that are none"))?;
            if rest.len() < header.len {
                break;
            }
            self.tag.count(&rest[..header.len]);
            done += header.len;
        }
        out.append.extend(&self.partial[..done]);
        self.partial.drain(..done);
        Ok(())
    }

    fn patch(&self, out: &mut Bytes) {
        out.patches.push(Patch { at: self.tag_at, bytes: self.tag.to_frame() });
    }
}

impl Encoder for Mp3Encoder {
    fn encode(&mut self, frames: &[i32], out: &mut Bytes) -> Result<(), Error> {
        self.feed.push(frames);
        self.code(u64::MAX, out)
    }

    fn checkpoint(&mut self, out: &mut Bytes) -> Result<(), Error> {
        // A frame's bytes are not whole before later frames have filled its reservoir: with low bitrates that takes long.
        // LAME can only be asked for them once it has begun a frame.
        if self.feed.frames_out() > 4 * FRAME as u64 {
            self.partial.reserve(max_required_buffer_size(PIECE));
            self.coder.flush_to_vec::<FlushNoGap>(&mut self.partial).map_err(|error| refused(&error))?;
            self.write_whole(u64::MAX, out)?;
        }
        self.patch(out);
        Ok(())
    }

    fn finish(&mut self, after: &[i32], out: &mut Bytes) -> Result<(), Error> {
        self.feed.end(after);
        let samples = u64::from(self.tag.delay) + self.feed.frames_out();
        let frames = (samples + DECODER_DELAY as u64).div_ceil(FRAME as u64);
        self.code(frames, out)?;
        self.partial.reserve(max_required_buffer_size(PIECE));
        self.coder.flush_to_vec::<FlushGap>(&mut self.partial).map_err(|error| refused(&error))?;
        self.write_whole(frames, out)?;
        self.tag.padding = (frames * FRAME as u64 - samples) as u16;
        self.patch(out);
        Ok(())
    }

    fn frames(&self) -> u64 {
        self.feed.frames()
    }
}

/// The bitrate in kb/s nearest to one in b/s.
fn nearest(bitrate: u32) -> (u32, Bitrate) {
    let by_distance = |(kbps, _): &(u32, Bitrate)| (kbps * 1000).abs_diff(bitrate);
    BITRATES.into_iter().min_by_key(by_distance).unwrap_or((128, Bitrate::Kbps128))
}

/// What LAME multiplies its input by at a constant bitrate in kb/s, so that fewer decoders clip. A recorder keeps levels.
fn level(kbps: u32) -> f32 {
    match kbps {
        ..192 => 0.95,
        192..224 => 0.97,
        224..256 => 0.98,
        256.. => 1.0,
    }
}

/// The step of VBR quality, best first, whose typical bitrate is nearest.
fn vbr_step(spec: &Spec, channels: u16) -> (u8, Quality) {
    let stereo = spec.bitrate / 1000 * if channels == 1 { 2 } else { 1 };
    let steps = (0..).zip(VBR_STEPS).min_by_key(|(_, (kbps, _))| kbps.abs_diff(stereo));
    steps.map_or((4, Quality::Nice), |(step, (_, quality))| (step, quality))
}

/// LAME's effort, best first.
fn noise_shaping(spec: &Spec) -> Quality {
    match spec.complexity {
        0 | 1 => Quality::Worst,
        2 => Quality::SecondWorst,
        3 => Quality::Ok,
        4 => Quality::Decent,
        5 => Quality::Good,
        6 => Quality::Nice,
        7 => Quality::VeryNice,
        8 => Quality::NearBest,
        9 => Quality::SecondBest,
        10.. => Quality::Best,
    }
}

fn build(spec: &Spec, rate: Rate, channels: u16) -> Result<mp3lame_encoder::Encoder, BuildError> {
    let mut builder = mp3lame_encoder::Builder::new().ok_or(BuildError::NoMem)?;
    builder.set_num_channels(channels as u8)?;
    builder.set_sample_rate(rate.hz())?;
    builder.set_output_sample_rate(NonZeroU32::new(rate.hz()))?;
    builder.set_mode(if channels == 1 { Mode::Mono } else { Mode::JointStereo })?;
    builder.set_quality(noise_shaping(spec))?;
    builder.set_to_write_vbr_tag(false)?;
    if spec.vbr {
        builder.set_vbr_mode(VbrMode::Mtrh)?;
        builder.set_vbr_quality(vbr_step(spec, channels).1)?;
    } else {
        builder.set_brate(nearest(spec.bitrate).1)?;
    }
    builder.build()
}

fn refused(error: &impl ToString) -> Error {
    Error::Encode { container: "MP3", message: error.to_string() }
}

#[cfg(test)]
mod tests;
