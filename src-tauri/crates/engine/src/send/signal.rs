//! Media position → payload bytes. One packet's audio serves all streams and legs.

use audyn_model::SampleIndex;

use super::Error;
use super::plan::{Plan, SignalPlan};
use super::wav::{Feed, Filled};

/// A source of payloads.
pub(super) struct Signal {
    channels: usize,
    /// Bytes of a sample.
    width: usize,
    kind: Kind,
}

enum Kind {
    Silence,
    Index,
    /// One whole period, a sample per entry, as the wire has it.
    Tone(Vec<u8>),
    Wav(Feed),
}

impl Signal {
    pub fn open(plan: &Plan) -> Result<Self, Error> {
        let width = plan.encoding.bytes();
        let kind = match &plan.signal {
            SignalPlan::Silence => Kind::Silence,
            SignalPlan::Index => Kind::Index,
            SignalPlan::Tone { hz, level_db } => Kind::Tone(period(plan.rate.hz(), *hz, *level_db, width)),
            SignalPlan::Wav { path, looped } => Kind::Wav(Feed::start(plan, path, *looped)?),
        };
        Ok(Self { channels: plan.channels.into(), width, kind })
    }

    /// Fills a payload with the samples from `at` on. A WAV file has no position: it goes on from packet to packet.
    pub fn fill(&mut self, at: SampleIndex, payload: &mut [u8]) -> Filled {
        let width = self.width;
        let frames = payload.chunks_exact_mut(width * self.channels);
        match &mut self.kind {
            Kind::Silence => payload.fill(0),
            Kind::Index => {
                for (frame, n) in frames.zip(at.0..) {
                    for (sample, channel) in frame.chunks_exact_mut(width).zip(0..) {
                        let word = n.wrapping_add(channel * 65_537).to_be_bytes();
                        sample.copy_from_slice(&word[8 - width..]);
                    }
                }
            }
            Kind::Tone(period) => {
                let length = (period.len() / width) as i64;
                let mut next = at.0.rem_euclid(length) as usize * width;
                for frame in frames {
                    let sample = &period[next..next + width];
                    frame.chunks_exact_mut(width).for_each(|place| place.copy_from_slice(sample));
                    next = if next + width == period.len() { 0 } else { next + width };
                }
            }
            Kind::Wav(feed) => return feed.fill(payload),
        }
        Filled::Whole
    }
}

/// The shortest whole number of periods of a sine, rounded to the word.
fn period(rate: u32, hz: u32, level_db: f64, width: usize) -> Vec<u8> {
    let length = rate / gcd(rate, hz);
    let full = f64::from((1_i32 << (8 * width - 1)) - 1);
    let peak = full * 10_f64.powf(level_db / 20.0);
    let step = std::f64::consts::TAU * f64::from(hz) / f64::from(rate);
    let mut bytes = Vec::with_capacity(length as usize * width);
    for n in 0..length {
        let word = (peak * (step * f64::from(n)).sin()).round() as i32;
        bytes.extend_from_slice(&word.to_be_bytes()[4 - width..]);
    }
    bytes
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
