//! The way into a lossy coder: full-scale integers at the source's rate become floats at the coder's rate, on an absolute
//! grid of output samples. Output sample *k* lies at *k* / output rate, wherever a file begins, so that files that follow
//! each other neither overlap nor leave a hole, and give the same samples that one long file would have given.

mod resample;

use audyn_model::{Rate, SampleIndex};

use crate::words::FULL_SCALE;
pub(crate) use resample::{Ratio, Resampler};

/// Turns a file's frames, and what lies before and after it, into a coder's input.
pub(crate) struct Feed {
    channels: usize,
    ratio: Ratio,
    resampler: Option<Resampler>,
    /// Position of the file's first frame, on the source's clock.
    first: SampleIndex,
    /// Frames of the file so far.
    frames: u64,
    /// Coder samples that precede the file's first one.
    before: usize,
    /// The last frames given, to be mirrored if the file ends with nothing after it.
    tail: Vec<i32>,
    /// How many frames `tail` keeps.
    keep: usize,
    /// Coder input not yet taken, interleaved.
    pub ready: Vec<f32>,
}

impl Feed {
    /// `before` are the frames that precede `first`; `reach` is how many frames after the end the coder may want.
    pub(crate) fn new(
        from: Rate,
        to: Rate,
        channels: u16,
        first: SampleIndex,
        before: &[i32],
        reach: usize,
    ) -> Self {
        let channels = usize::from(channels);
        let ratio = Ratio::new(from, to);
        let start = first.plus(-((before.len() / channels) as i64));
        let resampler = (!ratio.is_one()).then(|| Resampler::new(ratio, channels, start));
        let begin = resampler.as_ref().map_or(start.0, Resampler::next);
        let before_out = usize::try_from(ratio.ceil(first) - begin).unwrap_or(0);
        let mut feed = Self {
            channels,
            ratio,
            resampler,
            first,
            frames: 0,
            before: before_out,
            tail: Vec::new(),
            keep: reach,
            ready: Vec::new(),
        };
        let mut lead = before.to_vec();
        fade_in(&mut lead, channels);
        feed.take(&lead);
        feed
    }

    /// Puts silence in front of all, until at least `wanted` coder samples precede the file.
    pub(crate) fn fill_front(&mut self, wanted: usize) {
        let missing = wanted.saturating_sub(self.before);
        self.before += missing;
        self.ready.splice(..0, std::iter::repeat_n(0.0, missing * self.channels));
    }

    /// Coder samples in front of the file's first one.
    pub(crate) fn before(&self) -> usize {
        self.before
    }

    /// Frames of the file so far, at the source's rate.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Coder samples that belong to the file so far: those of the grid that lie within it.
    pub(crate) fn frames_out(&self) -> u64 {
        let end = self.first.plus(self.frames as i64);
        (self.ratio.ceil(end) - self.ratio.ceil(self.first)) as u64
    }

    /// Takes whole frames of the file.
    pub(crate) fn push(&mut self, frames: &[i32]) {
        self.frames += (frames.len() / self.channels) as u64;
        self.take(frames);
    }

    /// Ends the file with up to `reach` frames of what follows; where that is short, with a mirrored and faded image of
    /// what came last, so that the coder sees no edge.
    pub(crate) fn end(&mut self, after: &[i32]) {
        let after = &after[..after.len().min(self.keep * self.channels)];
        self.take(after);
        let missing = self.keep - after.len() / self.channels;
        let image: Vec<i32> = self
            .tail
            .chunks_exact(self.channels)
            .rev()
            .chain(std::iter::repeat(&[0; 64][..self.channels]))
            .take(missing)
            .enumerate()
            .flat_map(|(at, frame)| {
                let left = (missing - at) as i64;
                frame.iter().map(move |sample| (i64::from(*sample) * left / missing as i64) as i32)
            })
            .collect();
        self.take(&image);
    }

    fn take(&mut self, frames: &[i32]) {
        match &mut self.resampler {
            Some(resampler) => resampler.push(frames, &mut self.ready),
            None => self.ready.extend(frames.iter().map(|sample| *sample as f32 * FULL_SCALE)),
        }
        let keep = self.keep * self.channels;
        let news = &frames[frames.len().saturating_sub(keep)..];
        let old = (self.tail.len() + news.len()).saturating_sub(keep);
        self.tail.drain(..old.min(self.tail.len()));
        self.tail.extend(news);
    }
}

/// Lets the first half of what precedes a file rise from nothing: an edge there would be heard in the file.
fn fade_in(frames: &mut [i32], channels: usize) {
    let half = frames.len() / channels / 2;
    for (at, frame) in frames.chunks_exact_mut(channels).take(half).enumerate() {
        for sample in frame {
            *sample = (i64::from(*sample) * at as i64 / half as i64) as i32;
        }
    }
}

#[cfg(test)]
mod tests;
