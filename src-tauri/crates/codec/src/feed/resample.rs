//! Rational resampling by a windowed sinc: each output sample is a function of its own neighbourhood only.

use audyn_model::{Rate, SampleIndex};

/// Zero crossings of the sinc on each side, at the lower of the two rates.
const LOBES: usize = 64;
/// Kaiser window for about 100 dB; with [`LOBES`] the transition is 5 % of the lower rate wide.
const KAISER: f64 = 10.06;
/// Middle of the transition, as a part of the lower Nyquist frequency: 20 kHz pass and nothing folds back.
const CUTOFF: f64 = 0.955;

/// Output samples per input sample, in lowest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ratio {
    up: i64,
    down: i64,
}

impl Ratio {
    pub(crate) const fn new(from: Rate, to: Rate) -> Self {
        let (mut a, mut b) = (from.hz(), to.hz());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        Self { up: (to.hz() / a) as i64, down: (from.hz() / a) as i64 }
    }

    pub(crate) const fn is_one(self) -> bool {
        self.up == self.down
    }

    /// Filter phases, which is what a ratio costs in memory.
    pub(crate) const fn phases(self) -> i64 {
        self.up
    }

    /// The first output sample that does not lie before an input sample.
    pub(crate) fn ceil(self, input: SampleIndex) -> i64 {
        let exact = i128::from(input.0) * i128::from(self.up);
        -((-exact).div_euclid(i128::from(self.down))) as i64
    }

    /// The input sample at or before an output sample, and how far that lies beyond it in phases.
    fn place(self, output: i64) -> (i64, usize) {
        let exact = i128::from(output) * i128::from(self.down);
        let up = i128::from(self.up);
        (exact.div_euclid(up) as i64, exact.rem_euclid(up) as usize)
    }

    /// Input frames that cover `output` samples, rounded up.
    pub(crate) fn input_for(self, output: usize) -> usize {
        (output * self.down as usize).div_ceil(self.up as usize)
    }

    /// Input frames on each side that an output sample depends on; none without resampling.
    pub(crate) fn reach(self) -> usize {
        if self.is_one() {
            0
        } else {
            (LOBES as i64 * self.down.max(self.up)).div_euclid(self.up) as usize + 1
        }
    }
}

/// The state between two pieces of input.
pub(crate) struct Resampler {
    ratio: Ratio,
    channels: usize,
    /// Half the taps.
    half: usize,
    /// `ratio.up` rows of `2 * half` taps.
    taps: Vec<f32>,
    /// Input not yet used up, one list for each channel.
    history: Vec<Vec<f32>>,
    /// Input position of each list's first sample.
    from: i64,
    /// The next output sample.
    next: i64,
}

impl Resampler {
    /// Expects input from `start` on, and silence before it. Gives only what depends on real input, or what lies at or
    /// after `start` if there is too little of that.
    pub(crate) fn new(ratio: Ratio, channels: usize, start: SampleIndex) -> Self {
        let half = ratio.reach();
        let from = start.0 - half as i64 + 1;
        Self {
            ratio,
            channels,
            half,
            taps: taps(ratio, half),
            history: vec![vec![0.0; half - 1]; channels],
            from,
            next: ratio.ceil(start),
        }
    }

    /// The next output sample's position.
    pub(crate) fn next(&self) -> i64 {
        self.next
    }

    /// Takes interleaved full-scale frames, appends every output frame that can be computed now.
    pub(crate) fn push(&mut self, frames: &[i32], out: &mut Vec<f32>) {
        for (channel, history) in self.history.iter_mut().enumerate() {
            let samples = frames.iter().skip(channel).step_by(self.channels);
            history.extend(samples.map(|sample| *sample as f32 * crate::words::FULL_SCALE));
        }
        let end = self.from + self.history[0].len() as i64;
        loop {
            let (at, phase) = self.ratio.place(self.next);
            if at + self.half as i64 >= end {
                break;
            }
            let first = (at - self.from) as usize + 1 - self.half;
            let taps = &self.taps[phase * 2 * self.half..][..2 * self.half];
            out.extend(self.history.iter().map(|history| dot(&history[first..first + 2 * self.half], taps)));
            self.next += 1;
        }
        let (at, _) = self.ratio.place(self.next);
        let used =
            usize::try_from(at + 1 - self.half as i64 - self.from).unwrap_or(0).min(self.history[0].len());
        // Moving the rest to the front costs more than a piece of audio is worth if it is done every time.
        if used >= 4096 {
            self.history.iter_mut().for_each(|history| drop(history.drain(..used)));
            self.from += used as i64;
        }
    }
}

/// Sum of products, in eight lanes so that the compiler may use vectors.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (a, a_rest) = a.as_chunks::<8>();
    let (b, b_rest) = b.as_chunks::<8>();
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            lanes[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    lanes.iter().sum::<f32>() + rest
}

/// One row of taps for each phase, each with a sum of one so that silence and DC pass without ripple.
fn taps(ratio: Ratio, half: usize) -> Vec<f32> {
    let lower = (ratio.up as f64 / ratio.down as f64).min(1.0);
    let cutoff = lower * CUTOFF;
    let width = LOBES as f64 / lower;
    let mut taps = Vec::with_capacity(ratio.up as usize * 2 * half);
    for phase in 0..ratio.up {
        let offset = phase as f64 / ratio.up as f64;
        let row: Vec<f64> = (0..2 * half)
            .map(|tap| {
                let t = tap as f64 - (half as f64 - 1.0) - offset;
                let x = t / width;
                if x.abs() >= 1.0 { 0.0 } else { sinc(t * cutoff) * bessel(KAISER * (1.0 - x * x).sqrt()) }
            })
            .collect();
        let sum: f64 = row.iter().sum();
        taps.extend(row.iter().map(|tap| (tap / sum) as f32));
    }
    taps
}

fn sinc(x: f64) -> f64 {
    let x = x * std::f64::consts::PI;
    if x.abs() < 1e-9 { 1.0 } else { x.sin() / x }
}

/// Modified Bessel function of the first kind, order 0, by its power series.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let mut term = 1.0;
    let mut sum = 1.0;
    for k in 1..64 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}
