//! Recording on sound: a pure machine over the very samples, in pieces of 10 ms, so that every turn has a sample to its
//! name. IDLE → DETECTING → ACTIVE → HANGOVER.
//!
//! Pieces lie on multiples of 10 ms of the media clock: two machines that hear the same stream make the same turns.

use audyn_model::{AudioFormat, SampleIndex};

/// When sound counts, and what becomes of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Vox {
    /// What an activation becomes.
    pub mode: VoxMode,
    /// From this level on it counts, in dBFS: −60 to −5.
    pub threshold_db: f64,
    /// Below this level it no longer does, in dBFS; not above the threshold.
    pub release_db: f64,
    /// How long the level has to hold before that is an activation, in milliseconds: 10 to 5000.
    pub detection_ms: u32,
    /// How long it goes on after the sound has ended, in milliseconds: 100 to 30 000.
    pub hangover_ms: u32,
    /// How much before the sound its file, or its mark, begins, in milliseconds: 0 to 5000.
    pub pre_roll_ms: u32,
    /// Which level.
    pub level: VoxLevel,
}

/// What an activation becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VoxMode {
    /// A recording of its own; between activations nothing is written.
    #[default]
    Activation,
    /// A mark; all is recorded.
    Marks,
}

/// Which level counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum VoxLevel {
    /// RMS of all channels together.
    #[default]
    Rms,
    /// The highest sample of any channel.
    Peak,
    /// RMS of the loudest channel: any of them suffices.
    Any,
}

impl Default for Vox {
    fn default() -> Self {
        Self {
            mode: VoxMode::default(),
            threshold_db: -30.0,
            release_db: -35.0,
            detection_ms: 100,
            hangover_ms: 2_000,
            pre_roll_ms: 500,
            level: VoxLevel::default(),
        }
    }
}

impl Vox {
    /// How far the release lies below the threshold unless told otherwise, in dB.
    pub const RELEASE_BELOW_DB: f64 = 5.0;

    /// How far back the beginning of a file may lie when it is decided on, in milliseconds.
    pub(super) fn reach_ms(&self) -> u64 {
        u64::from(self.pre_roll_ms) + u64::from(self.detection_ms) + 20
    }
}

/// A turn, known at the latest with the piece in which it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Sound that has now been detected began here.
    Began(SampleIndex),
    /// The hangover of sound that has ended ends here.
    Ended(SampleIndex),
}

/// Listens to one source.
#[derive(Debug)]
pub struct Detector {
    vox: Vox,
    channels: usize,
    /// Samples of a piece.
    piece: u64,
    detection: u64,
    hangover: u64,
    phase: Phase,
    next: Option<SampleIndex>,
    heard: Heard,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Idle,
    /// Loud since here.
    Detecting(SampleIndex),
    Active,
    /// Quiet since here.
    Hangover(SampleIndex),
}

/// The piece that is being listened to.
#[derive(Debug)]
struct Heard {
    samples: u64,
    peak: u32,
    /// Sums of squares, one a channel; full scale is 1.
    squares: Box<[f64]>,
}

impl Detector {
    pub fn new(vox: Vox, format: &AudioFormat) -> Self {
        let samples = |ms: u32| format.rate.samples_in_ms(ms.into()).max(1);
        let channels = usize::from(format.channels);
        Self {
            vox,
            channels,
            piece: samples(10),
            detection: samples(vox.detection_ms),
            hangover: samples(vox.hangover_ms),
            phase: Phase::Idle,
            next: None,
            heard: Heard { samples: 0, peak: 0, squares: vec![0.0; channels].into() },
        }
    }

    /// Listens to interleaved frames.
    pub fn frames(&mut self, at: SampleIndex, samples: &[i32], turns: &mut Vec<Turn>) {
        self.close_hole(at, turns);
        let mut rest = samples;
        while !rest.is_empty() {
            let here = (self.left() as usize * self.channels).min(rest.len());
            let (now, later) = rest.split_at(here);
            self.heard.add(now, self.channels);
            self.forward((here / self.channels) as u64, turns);
            rest = later;
        }
    }

    /// Listens to samples that are missing: silence.
    pub fn gap(&mut self, at: SampleIndex, len: u64, turns: &mut Vec<Turn>) {
        self.close_hole(at, turns);
        let mut rest = len;
        while rest > 0 {
            let here = self.left().min(rest);
            self.forward(here, turns);
            rest -= here;
        }
    }

    fn close_hole(&mut self, at: SampleIndex, turns: &mut Vec<Turn>) {
        let next = *self.next.get_or_insert(at);
        let hole = u64::try_from(at.since(next)).unwrap_or(0);
        if hole > 0 {
            self.gap(next, hole, turns);
        }
    }

    /// Samples until the end of the piece.
    fn left(&self) -> u64 {
        let into = self.next.map_or(0, |next| next.0.rem_euclid(self.piece as i64) as u64);
        self.piece - into
    }

    fn forward(&mut self, samples: u64, turns: &mut Vec<Turn>) {
        let Some(next) = self.next else { return };
        let ends = samples == self.left();
        let end = next.plus(samples as i64);
        self.heard.samples += samples;
        self.next = Some(end);
        if ends {
            let begin = end.plus(-(self.heard.samples as i64));
            let level = self.heard.level_db(self.vox.level);
            let (phase, turn) = self.step(level, begin, end);
            self.phase = phase;
            turns.extend(turn);
            self.heard.clear();
        }
    }

    /// What a piece from `begin` to `end` of this level leads to.
    fn step(&self, level_db: f64, begin: SampleIndex, end: SampleIndex) -> (Phase, Option<Turn>) {
        let (loud, quiet) = (level_db >= self.vox.threshold_db, level_db < self.vox.release_db);
        let detect = |since: SampleIndex| {
            if end.since(since) as u64 >= self.detection {
                (Phase::Active, Some(Turn::Began(since)))
            } else {
                (Phase::Detecting(since), None)
            }
        };
        let hang = |since: SampleIndex| {
            if end.since(since) as u64 >= self.hangover {
                (Phase::Idle, Some(Turn::Ended(end)))
            } else {
                (Phase::Hangover(since), None)
            }
        };
        match self.phase {
            Phase::Idle if loud => detect(begin),
            Phase::Idle => (Phase::Idle, None),
            Phase::Detecting(_) if quiet => (Phase::Idle, None),
            Phase::Detecting(since) => detect(since),
            Phase::Active if quiet => hang(begin),
            Phase::Active => (Phase::Active, None),
            Phase::Hangover(_) if loud => (Phase::Active, None),
            Phase::Hangover(since) => hang(since),
        }
    }
}

impl Heard {
    fn add(&mut self, samples: &[i32], channels: usize) {
        const FULL_SCALE: f64 = 1.0 / 2_147_483_648.0;
        for frame in samples.chunks_exact(channels) {
            for (sum, sample) in self.squares.iter_mut().zip(frame) {
                self.peak = self.peak.max(sample.unsigned_abs());
                let sample = f64::from(*sample) * FULL_SCALE;
                *sum += sample * sample;
            }
        }
    }

    fn level_db(&self, which: VoxLevel) -> f64 {
        let samples = self.samples.max(1) as f64;
        let power = match which {
            VoxLevel::Rms => self.squares.iter().sum::<f64>() / (samples * self.squares.len() as f64),
            VoxLevel::Any => self.squares.iter().copied().fold(0.0, f64::max) / samples,
            VoxLevel::Peak => (f64::from(self.peak) / 2_147_483_648.0).powi(2),
        };
        10.0 * power.log10()
    }

    fn clear(&mut self) {
        (self.samples, self.peak) = (0, 0);
        self.squares.fill(0.0);
    }
}

#[cfg(test)]
mod tests;
