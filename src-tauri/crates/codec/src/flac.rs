//! Native FLAC (RFC 9639) by `flac-codec`: one frame for each block, all in the streamable subset, STREAMINFO kept true.
//!
//! STREAMINFO's total is that of the whole frames written, set at each checkpoint; frame sizes and the MD5 are set at the
//! end. The coder is asked for single frames, so that the file is ours to write.

pub(crate) mod frame;
pub(crate) mod info;
pub(crate) mod read;

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use audyn_model::{AudioFormat, Rate, SampleFormat, SampleIndex};
use flac_codec::encode::{FlacStreamWriter, Options};

use crate::words::{Place, justify};
use crate::{About, Bytes, Encoder, Error, Patch, Spec, about, vorbis};
use info::Info;
pub(crate) use read::{decode, inspect, mend};

/// STREAMINFO begins here.
const INFO_AT: u64 = 8;

/// A rate that a frame header of the streamable subset can hold (RFC 9639 section 9.1.2 and 7).
pub(crate) fn has_rate(rate: Rate) -> bool {
    rate.hz() <= 65_535 || rate.hz().is_multiple_of(10)
}

pub(crate) struct FlacEncoder {
    coder: FlacStreamWriter<Sink>,
    sink: Sink,
    info: Info,
    /// The source's word length.
    bits: u8,
    first: SampleIndex,
    frames: u64,
    /// Right-justified samples of the block that is being filled.
    block: Vec<i32>,
    md5: md5::Context,
    /// The same samples as bytes, for the MD5.
    bytes: Vec<u8>,
}

/// What the coder writes to. It keeps one end, we keep the other; never both at once, so the lock is always free.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl FlacEncoder {
    pub(crate) fn new(spec: &Spec, format: &AudioFormat, about: &About, out: &mut Bytes) -> Self {
        let bits = if spec.samples == SampleFormat::Int16 { 16 } else { 24 };
        let info = Info::new(format.rate, format.channels as u8, bits, block_len(format.rate));
        out.append.extend(b"fLaC");
        info::block(0, false, &info.to_bytes(), &mut out.append);
        let mut comment = Vec::new();
        vorbis::write("flac-codec", &about::tags(about), &mut comment);
        info::block(4, true, &comment, &mut out.append);
        let sink = Sink::default();
        // About the effort of `flac -5`: predictors up to order 8, partitions up to order 5, mid-side by a quick look.
        let options = Options::default().fast_channel_correlation(true);
        Self {
            coder: FlacStreamWriter::new(sink.clone(), options),
            sink,
            bits: format.bits,
            first: about.first,
            frames: 0,
            block: Vec::with_capacity(info.block_samples()),
            md5: md5::Context::new(),
            bytes: Vec::new(),
            info,
        }
    }

    /// Codes what `block` holds as one frame.
    fn code(&mut self, out: &mut Bytes) -> Result<(), Error> {
        let Info { rate, channels, bits, .. } = self.info;
        let refused =
            |error: flac_codec::Error| Error::Encode { container: "FLAC", message: error.to_string() };
        self.coder.write(rate.hz(), channels, bits.into(), &self.block).map_err(refused)?;
        self.bytes.clear();
        if bits == 16 {
            self.bytes.extend(self.block.iter().flat_map(|sample| (*sample as i16).to_le_bytes()));
        } else {
            self.bytes.extend(self.block.iter().flat_map(|sample| {
                let [a, b, c, _] = sample.to_le_bytes();
                [a, b, c]
            }));
        }
        self.md5.consume(&self.bytes);
        let mut coded = self.sink.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.info.count(self.block.len() / usize::from(channels), coded.len());
        out.append.append(&mut coded);
        self.block.clear();
        Ok(())
    }

    fn patch(&self, out: &mut Bytes) {
        out.patches.push(Patch { at: INFO_AT, bytes: self.info.to_bytes() });
    }
}

impl Encoder for FlacEncoder {
    fn encode(&mut self, frames: &[i32], out: &mut Bytes) -> Result<(), Error> {
        let channels = usize::from(self.info.channels);
        let mut rest = frames;
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(self.info.block_samples() - self.block.len()));
            let place = Place { first: self.first.plus(self.frames as i64), channels: channels as u16 };
            justify(piece, self.info.bits, self.bits, place, &mut self.block);
            self.frames += (piece.len() / channels) as u64;
            if self.block.len() == self.info.block_samples() {
                self.code(out)?;
            }
            rest = after;
        }
        Ok(())
    }

    fn checkpoint(&mut self, out: &mut Bytes) -> Result<(), Error> {
        self.patch(out);
        Ok(())
    }

    fn finish(&mut self, _after: &[i32], out: &mut Bytes) -> Result<(), Error> {
        if !self.block.is_empty() {
            self.code(out)?;
        }
        self.info.md5 = self.md5.clone().finalize().0;
        self.patch(out);
        Ok(())
    }

    fn frames(&self) -> u64 {
        self.frames
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Samples in a block: the usual 4096, less at low rates, so that a block never holds back 100 ms.
const fn block_len(rate: Rate) -> u16 {
    match rate.hz() {
        ..12_000 => 576,
        12_000..43_000 => 1152,
        _ => 4096,
    }
}

#[cfg(test)]
mod tests;
