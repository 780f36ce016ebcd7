//! RIFF/RF64 WAVE with `bext`: a `JUNK` chunk kept free for `ds64`, then `bext`, `fmt `, `fact` (float only), our own
//! `audn`, and `data` last (EBU Tech 3285 v2, 3306 v2). The two size fields are right at each checkpoint; until the first one
//! they say that there is no audio yet. A file whose size no longer fits 32 bits becomes RF64 at that checkpoint.

pub(crate) mod head;
pub(crate) mod read;

use audyn_model::{AudioFormat, SampleFormat, SampleIndex};

use crate::words::{Place, pack};
use crate::{About, Bytes, Encoder, Error, Spec};
use head::{Head, Sizes};
pub(crate) use read::{decode, inspect, mend};

pub(crate) struct WavEncoder {
    format: AudioFormat,
    samples: SampleFormat,
    first: SampleIndex,
    head: Head,
    frames: u64,
    rf64: bool,
    /// A size at or above this needs 64 bits; lower in tests.
    limit: u64,
}

impl WavEncoder {
    pub(crate) fn new(spec: &Spec, format: &AudioFormat, about: &About, out: &mut Bytes) -> Self {
        let head = Head::write(spec.samples, format, about, &mut out.append);
        Self {
            format: *format,
            samples: spec.samples,
            first: about.first,
            head,
            frames: 0,
            rf64: false,
            limit: head::LIMIT_32,
        }
    }

    fn patch_sizes(&mut self, pad: u64, out: &mut Bytes) {
        let data = self.frames * u64::from(self.format.channels) * self.samples.bytes() as u64;
        let sizes = Sizes { data, file: self.head.data_at + data + pad, frames: self.frames };
        self.rf64 |= sizes.needs_64_bits(self.limit);
        out.patches.extend(self.head.patches(&sizes, self.rf64));
    }
}

impl Encoder for WavEncoder {
    fn encode(&mut self, frames: &[i32], out: &mut Bytes) -> Result<(), Error> {
        let place = Place { first: self.first.plus(self.frames as i64), channels: self.format.channels };
        pack(frames, self.samples, self.format.bits, place, &mut out.append);
        self.frames += (frames.len() / usize::from(self.format.channels)) as u64;
        Ok(())
    }

    fn checkpoint(&mut self, out: &mut Bytes) -> Result<(), Error> {
        self.patch_sizes(0, out);
        Ok(())
    }

    fn finish(&mut self, _after: &[i32], out: &mut Bytes) -> Result<(), Error> {
        let data = self.frames * u64::from(self.format.channels) * self.samples.bytes() as u64;
        let pad = data % 2;
        out.append.extend(std::iter::repeat_n(0, pad as usize));
        self.patch_sizes(pad, out);
        Ok(())
    }

    fn frames(&self) -> u64 {
        self.frames
    }
}

#[cfg(test)]
mod tests;
