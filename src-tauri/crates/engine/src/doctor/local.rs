//! The same for what this machine itself brings: PipeWire's nodes and sound cards.
//!
//! The device is listened to as a recorder does, beside the recorders: a device is opened once for all of a process.

mod diagnose;

use std::time::Duration;

use audyn_model::{ChannelLevel, Clock, Mono};

pub use diagnose::{diagnose, text};

use super::probe::Wish;
use crate::ring::Item;
use crate::rt;
use crate::source::{Capture, Source, card, pipewire};

/// Between two looks.
const LOOK: Duration = Duration::from_millis(20);
/// Between two tellings of what was found so far.
const TELL: Duration = Duration::from_millis(500);

/// Everything that was measured about a local source.
#[derive(Clone, Debug)]
pub struct Findings {
    /// What is expected: a node of PipeWire, or a sound card.
    pub source: Source,
    /// How long was listened so far, in seconds.
    pub seconds: f64,
    /// The measurement is over.
    pub done: bool,
    /// What there is to record; or why that cannot be told, as a clause.
    pub there: Result<Vec<Present>, String>,
    /// Why nothing comes from it now, as a sentence.
    pub trouble: Option<String>,
    /// Samples per channel that came.
    pub frames: u64,
    /// Samples per channel that are missing between them.
    pub missing: u64,
    /// Places where some are missing.
    pub gaps: u64,
    /// Largest sample of each channel, full scale 2³¹.
    pub peaks: Vec<u32>,
}

/// A node or a card that can be recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Present {
    /// What it is chosen by.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The system's default one.
    pub default: bool,
    /// Its channels; 0 if it does not say.
    pub channels: u16,
    /// Rates it runs at, in Hz; none if it does not say.
    pub rates: Vec<u32>,
}

/// Measures a local source for as long as is wished. `capture` opens it; of a network source nothing is measured.
pub fn examine(
    source: &Source,
    capture: impl FnOnce() -> Result<Capture, String>,
    clock: &dyn Clock,
    wish: &mut Wish<'_, Findings>,
) -> Findings {
    let began = clock.mono();
    let mut findings = Findings {
        source: source.clone(),
        seconds: 0.0,
        done: false,
        there: there(source, clock),
        trouble: None,
        frames: 0,
        missing: 0,
        gaps: 0,
        peaks: vec![0; source.channels().into()],
    };
    let mut capture = capture();
    // Listing may have taken its time; what was asked for is time of listening.
    let listening = clock.mono();
    let end = listening.after(wish.length);
    let (mut due, mut told) = (listening, began);
    loop {
        due = due.after(LOOK).max(clock.mono());
        rt::sleep_until(due);
        match &mut capture {
            Ok(capture) => listen(capture, &mut findings),
            Err(why) => findings.trouble = Some(why.clone()),
        }
        let now = clock.mono();
        let done = (wish.cancelled)() || now >= end;
        if done || now.since(told) >= TELL {
            told = now;
            (findings.seconds, findings.done) = (seconds(listening, now), done);
            if done && findings.frames == 0 {
                // It may have come or gone meanwhile.
                findings.there = there(source, clock);
            }
            (wish.tell)(&findings);
            if done {
                return findings;
            }
        }
    }
}

fn seconds(from: Mono, to: Mono) -> f64 {
    to.since(from).as_secs_f64()
}

fn listen(capture: &mut Capture, findings: &mut Findings) {
    while let Some(item) = capture.frames.take() {
        match item {
            Item::Frames { block, .. } => {
                let channels = findings.peaks.len().max(1);
                findings.frames += (block.samples().len() / channels) as u64;
                for frame in block.samples().chunks_exact(channels) {
                    for (peak, sample) in findings.peaks.iter_mut().zip(frame) {
                        *peak = (*peak).max(sample.unsigned_abs());
                    }
                }
                capture.frames.give_back(block);
            }
            Item::Gap(gap) => {
                findings.missing += gap.len;
                findings.gaps += 1;
            }
            Item::Start { .. } | Item::Anchor(_) => {}
        }
    }
    findings.trouble = capture.counters.trouble();
}

fn there(source: &Source, clock: &dyn Clock) -> Result<Vec<Present>, String> {
    match source {
        Source::Aes67(_) => Ok(Vec::new()),
        Source::PipeWire(_) => {
            let nodes = pipewire::nodes(clock).map_err(|error| error.to_string())?;
            let present = |node: pipewire::Node| Present {
                id: node.name,
                name: node.description,
                default: false,
                channels: node.channels.len() as u16,
                rates: node.rate.into_iter().collect(),
            };
            Ok(nodes.into_iter().map(present).collect())
        }
        Source::Card(_) => {
            let cards = card::cards().map_err(|error| error.to_string())?;
            let present = |card: card::Input| Present {
                id: card.id,
                name: card.name,
                default: card.default,
                channels: card.channels,
                rates: card.rates,
            };
            Ok(cards.into_iter().map(present).collect())
        }
    }
}

/// The largest sample of a channel in dBFS; none if there was nothing but zeros.
fn dbfs(peak: u32) -> Option<f32> {
    let level = ChannelLevel { peak: peak as f32 / 2_147_483_648.0, ..ChannelLevel::default() };
    (peak > 0).then(|| level.peak_db())
}
