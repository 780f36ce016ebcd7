//! A file's frames as an output wants them: two of its channels, as floats, at the output's rate, on the output's channels.

use audyn_engine::play::Format;
use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler};

/// Frames resampled at once.
const PIECE: usize = 1024;
/// 2^-31: a full-scale `i32` in ±1.0.
const FULL_SCALE: f32 = 1.0 / 2_147_483_648.0;

pub(super) struct Convert {
    channels: usize,
    /// Heard left and right.
    pair: [usize; 2],
    rates: (u32, u32),
    to_channels: usize,
    /// None if the rates are the same: samples then pass unchanged.
    resample: Option<Fft<f32>>,
    /// Stereo frames that are not yet a piece.
    stereo: Vec<f32>,
    /// Frames that went in, and that came out, since the last reset.
    taken: u64,
    given: u64,
    /// Of the frames that came out first, those that were there before any audio.
    delay: usize,
}

impl Convert {
    /// From a file of `channels` at `rate` to an output. A channel of `pair` that the file does not have is its last one.
    pub(super) fn new(
        rate: u32,
        channels: u16,
        pair: Option<[u16; 2]>,
        to: Format,
    ) -> Result<Self, rubato::ResamplerConstructionError> {
        let pair = pair.unwrap_or([0, 1]).map(|channel| usize::from(channel.min(channels.saturating_sub(1))));
        let resample = if rate == to.rate {
            None
        } else {
            Some(Fft::new(rate as usize, to.rate as usize, PIECE, 2, FixedSync::Input)?)
        };
        let delay = resample.as_ref().map_or(0, Resampler::output_delay);
        Ok(Self {
            channels: channels.max(1).into(),
            pair,
            rates: (rate, to.rate),
            to_channels: to.channels.max(1).into(),
            resample,
            stereo: Vec::new(),
            taken: 0,
            given: 0,
            delay,
        })
    }

    /// Forgets what was given: what follows comes from elsewhere.
    pub(super) fn reset(&mut self) {
        if let Some(resample) = &mut self.resample {
            resample.reset();
            self.delay = resample.output_delay();
        }
        self.stereo.clear();
        (self.taken, self.given) = (0, 0);
    }

    /// Appends what these frames (interleaved, full scale) become; some of it comes with later ones.
    pub(super) fn push(&mut self, frames: &[i32], out: &mut Vec<f32>) -> Result<(), rubato::ResampleError> {
        let [left, right] = self.pair;
        let heard = |frame: &[i32]| [left, right].map(|channel| frame[channel] as f32 * FULL_SCALE);
        self.taken += (frames.len() / self.channels) as u64;
        self.stereo.extend(frames.chunks_exact(self.channels).flat_map(heard));
        let mut done = 0;
        if let Some(piece) = self.resample.as_ref().map(|resample| 2 * resample.input_frames_next()) {
            while self.stereo.len() - done >= piece {
                self.resample_piece(done, piece / 2, out)?;
                done += piece;
            }
        } else {
            spread(&self.stereo, self.to_channels, out);
            done = self.stereo.len();
        }
        self.stereo.drain(..done);
        Ok(())
    }

    /// Appends what is still to come when no frames follow.
    pub(super) fn end(&mut self, out: &mut Vec<f32>) -> Result<(), rubato::ResampleError> {
        let (from, to) = self.rates;
        let wanted = (u128::from(self.taken) * u128::from(to)).div_ceil(u128::from(from)) as u64;
        while self.resample.is_some() && self.given < wanted {
            let before = out.len();
            let frames = self.stereo.len() / 2;
            self.resample_piece(0, frames, out)?;
            self.stereo.clear();
            // The last piece is filled up with silence that is no part of the file.
            let excess = self.given.saturating_sub(wanted) as usize;
            out.truncate((out.len() - excess * self.to_channels).max(before));
            self.given = self.given.min(wanted);
        }
        Ok(())
    }

    /// Resamples `frames` of `stereo` from sample `at` on; what a whole piece lacks is silence.
    fn resample_piece(
        &mut self,
        at: usize,
        frames: usize,
        out: &mut Vec<f32>,
    ) -> Result<(), rubato::ResampleError> {
        let Some(resample) = &mut self.resample else { return Ok(()) };
        let whole = resample.input_frames_next();
        let mut piece = vec![0.0; 2 * whole];
        piece[..2 * frames].copy_from_slice(&self.stereo[at..at + 2 * frames]);
        let partial = Indexing::new().partial_len(frames);
        let indexing = (frames < whole).then_some(&partial);
        let Ok(input) = InterleavedSlice::new(&piece[..], 2, whole) else { return Ok(()) };
        let resampled = resample.process(&input, indexing)?.take_data();
        let skipped = self.delay.min(resampled.len() / 2);
        self.delay -= skipped;
        self.given += (resampled.len() / 2 - skipped) as u64;
        spread(&resampled[2 * skipped..], self.to_channels, out);
        Ok(())
    }
}

/// Stereo frames on so many channels: the pair first and silence behind it, or both together on one.
fn spread(stereo: &[f32], channels: usize, out: &mut Vec<f32>) {
    match channels {
        2 => out.extend_from_slice(stereo),
        1 => out.extend(stereo.as_chunks::<2>().0.iter().map(|[left, right]| (left + right) / 2.0)),
        more => {
            for pair in stereo.as_chunks::<2>().0 {
                out.extend_from_slice(pair);
                out.extend(std::iter::repeat_n(0.0, more - 2));
            }
        }
    }
}

#[cfg(test)]
mod tests;
