//! Stage 5, measure: peak, RMS and clip of each channel, published latest-wins without a lock.
//!
//! The real-time side adds what it unpacks and publishes an interval about every 20 ms. Any number of readers take the
//! intervals they have not seen at their own pace; one that is slow misses the oldest and still sees every peak of the
//! last 600 ms. Nothing here depends on a recording or on a disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use audyn_model::{AudioFormat, ChannelLevel};

/// Intervals kept for readers: 32 × 20 ms.
const KEPT: u64 = 32;
/// Consecutive full-scale samples that count as clipping.
const CLIP_RUN: u32 = 3;
/// From full-scale samples to 1.0.
const SCALE: f32 = 1.0 / 2_147_483_648.0;

/// The real-time end.
#[derive(Debug)]
pub struct Meter {
    shared: Arc<Shared>,
    channels: Vec<Sum>,
    frames: u32,
    interval: u32,
    full_scale: f32,
}

/// A reader's end. Clones read independently.
#[derive(Clone, Debug)]
pub struct MeterReader {
    shared: Arc<Shared>,
    seen: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    peak: f32,
    squares: f32,
    run: u32,
    clipped: bool,
}

/// A ring of published intervals. Slot `n % KEPT` belongs to interval `n`; `published` counts those that are whole.
#[derive(Debug)]
struct Shared {
    published: AtomicU64,
    /// `KEPT` × channels × (peak, mean square with the clip flag in the sign).
    values: Box<[[AtomicU32; 2]]>,
    /// Intervals with clipping, for each channel, since the beginning.
    clips: Box<[AtomicU32]>,
    channels: usize,
}

/// Makes a meter and its first reader for frames of `format`.
#[must_use]
pub fn meter(format: &AudioFormat) -> (Meter, MeterReader) {
    let channels = usize::from(format.channels);
    let values = (0..KEPT as usize * channels).map(|_| [AtomicU32::new(0), AtomicU32::new(0)]).collect();
    let clips = (0..channels).map(|_| AtomicU32::new(0)).collect();
    let shared = Arc::new(Shared { published: AtomicU64::new(0), values, clips, channels });
    let meter = Meter {
        shared: Arc::clone(&shared),
        channels: vec![Sum::default(); channels],
        frames: 0,
        interval: format.rate.samples_in_ms(20).max(1) as u32,
        full_scale: full_scale(format.bits),
    };
    (meter, MeterReader { shared, seen: 0 })
}

/// The largest sample of a word length; 32-bit words are looked at with the precision of 24.
fn full_scale(bits: u8) -> f32 {
    1.0 - 1.0 / (1_u64 << (bits.min(24) - 1)) as f32
}

impl Meter {
    /// Sets the word length that full scale is judged by.
    pub fn set_bits(&mut self, bits: u8) {
        self.full_scale = full_scale(bits);
    }

    /// Adds whole frames.
    pub fn add(&mut self, frames: &[i32]) {
        let channels = self.channels.len();
        match channels {
            1 => self.add_lanes::<1>(frames),
            2 => self.add_lanes::<2>(frames),
            4 => self.add_lanes::<4>(frames),
            8 => self.add_lanes::<8>(frames),
            _ => self.add_wide(frames),
        }
        self.frames += (frames.len() / channels) as u32;
        if self.frames >= self.interval {
            self.publish();
        }
    }

    /// Eight samples side by side, as the compiler can keep in registers; clip runs are counted only where a sample is
    /// at full scale at all.
    fn add_lanes<const CHANNELS: usize>(&mut self, frames: &[i32]) {
        let mut peaks = [0.0_f32; 8];
        let mut squares = [0.0_f32; 8];
        let (groups, rest) = frames.as_chunks::<8>();
        for group in groups {
            for lane in 0..8 {
                let x = group[lane] as f32;
                let a = x.abs();
                peaks[lane] = if a > peaks[lane] { a } else { peaks[lane] };
                squares[lane] += x * x;
            }
        }
        for (lane, sample) in rest.iter().enumerate() {
            let x = *sample as f32;
            peaks[lane] = peaks[lane].max(x.abs());
            squares[lane] += x * x;
        }
        for channel in 0..CHANNELS {
            let lanes = || (channel..8).step_by(CHANNELS);
            let peak = lanes().map(|lane| peaks[lane]).fold(0.0, f32::max);
            self.add_sums(channel, peak, lanes().map(|lane| squares[lane]).sum(), frames);
        }
    }

    /// Any number of channels: all channels of a frame side by side.
    fn add_wide(&mut self, frames: &[i32]) {
        let channels = self.channels.len();
        let mut peaks = [0.0_f32; AudioFormat::MAX_CHANNELS as usize];
        let mut squares = [0.0_f32; AudioFormat::MAX_CHANNELS as usize];
        for frame in frames.chunks_exact(channels) {
            for ((sample, peak), square) in frame.iter().zip(&mut peaks).zip(&mut squares) {
                let x = *sample as f32;
                let a = x.abs();
                *peak = if a > *peak { a } else { *peak };
                *square += x * x;
            }
        }
        for channel in 0..channels {
            self.add_sums(channel, peaks[channel], squares[channel], frames);
        }
    }

    /// Adds one channel's peak and squares, still on the scale of samples.
    fn add_sums(&mut self, channel: usize, peak: f32, squares: f32, frames: &[i32]) {
        let channels = self.channels.len();
        let sum = &mut self.channels[channel];
        sum.peak = sum.peak.max(peak * SCALE);
        sum.squares += squares * (SCALE * SCALE);
        if peak * SCALE < self.full_scale {
            sum.run = 0;
            return;
        }
        for sample in frames.iter().skip(channel).step_by(channels) {
            sum.count_run(*sample, self.full_scale);
        }
    }

    fn publish(&mut self) {
        let shared = &*self.shared;
        let number = shared.published.load(Ordering::Relaxed);
        let slot = (number % KEPT) as usize * shared.channels;
        for (sum, clips) in self.channels.iter().zip(&shared.clips) {
            clips.fetch_add(u32::from(sum.clipped), Ordering::Relaxed);
        }
        for (sum, [peak, square]) in self.channels.iter_mut().zip(&shared.values[slot..]) {
            let mean = sum.squares / self.frames as f32;
            peak.store(sum.peak.to_bits(), Ordering::Relaxed);
            square.store(if sum.clipped { -mean } else { mean }.to_bits(), Ordering::Relaxed);
            *sum = Sum { run: sum.run, ..Sum::default() };
        }
        shared.published.store(number + 1, Ordering::Release);
        self.frames = 0;
    }
}

impl Sum {
    fn count_run(&mut self, sample: i32, full_scale: f32) {
        let at_full_scale = (sample as f32 * SCALE).abs() >= full_scale;
        self.run = if at_full_scale { self.run + 1 } else { 0 };
        self.clipped |= self.run >= CLIP_RUN;
    }
}

impl MeterReader {
    /// Channels measured.
    #[must_use]
    pub fn channels(&self) -> usize {
        self.shared.channels
    }

    /// How many intervals of about 20 ms had three or more consecutive full-scale samples on a channel, since the meter was
    /// made. Wraps around.
    #[must_use]
    pub fn clips(&self, channel: usize) -> u32 {
        self.shared.clips.get(channel).map_or(0, |clips| clips.load(Ordering::Relaxed))
    }

    /// The levels of everything since the last call, one per channel into `levels`: highest peak, mean RMS, any clip.
    /// False, and `levels` untouched, if nothing new was published: there is no data, which is not silence.
    pub fn read(&mut self, levels: &mut Vec<ChannelLevel>) -> bool {
        let shared = &*self.shared;
        loop {
            let published = shared.published.load(Ordering::Acquire);
            if published == self.seen {
                return false;
            }
            let from = self.seen.max(published.saturating_sub(KEPT - 1));
            levels.clear();
            levels.resize(shared.channels, ChannelLevel::default());
            for number in from..published {
                let slot = (number % KEPT) as usize * shared.channels;
                for (level, [peak, square]) in levels.iter_mut().zip(&shared.values[slot..]) {
                    let square = f32::from_bits(square.load(Ordering::Relaxed));
                    level.peak = level.peak.max(f32::from_bits(peak.load(Ordering::Relaxed)));
                    level.rms += square.abs();
                    level.clipping |= square.is_sign_negative() && square != 0.0;
                }
            }
            std::sync::atomic::fence(Ordering::Acquire);
            // Intervals up to `now − KEPT` may have been written over while they were read: then read again.
            if shared.published.load(Ordering::Relaxed).saturating_sub(from) < KEPT {
                let count = (published - from) as f32;
                levels.iter_mut().for_each(|level| level.rms = (level.rms / count).sqrt());
                self.seen = published;
                return true;
            }
        }
    }
}

#[cfg(test)]
mod tests;
