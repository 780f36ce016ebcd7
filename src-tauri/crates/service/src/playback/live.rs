//! A source on its way to an output while it is captured: late by as little as the machine allows, and never by more than a
//! bound.
//!
//! **Full policy:** what lies between the capture and the sound card is kept at [`DEPTH`]. If it becomes more than [`MOST`]
//! (the source is faster than the sound card, or the machine was slow), the oldest is skipped down to that depth and the
//! skip is counted; if it runs empty, there is silence until it is that deep again. The capture is one of its own: a
//! recording of the same source neither waits for it nor notices it.

use audyn_engine::play::{Feed, Format};
use audyn_engine::ring::{Block, Item};
use audyn_engine::source::Capture;

use super::convert::Convert;

/// What is held between capture and sound card, in milliseconds: some turns of both of their threads.
pub(super) const DEPTH_MS: u64 = 60;
/// What is held at most, in milliseconds.
pub(super) const MOST_MS: u64 = 140;
/// Of that in the sound card's ring: what is there can no longer be skipped.
const IN_RING_MS: u64 = 40;
/// A skip is a slide from one to the other of this length, so that it does not click.
const SLIDE_MS: u64 = 5;
/// Longer gaps are left out: what follows them is late already.
const GAP_MS: u64 = 100;

/// What is listened to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// The source.
    pub source: String,
    /// Its recorder, if it was asked for by that.
    pub recorder: Option<u32>,
    /// For people.
    pub name: String,
}

/// Where live frames come from.
pub trait Frames: Send {
    /// The next item, if there is one.
    fn take(&mut self) -> Option<Item>;
    /// Gives an emptied block back.
    fn give_back(&mut self, block: Block);
}

impl Frames for Capture {
    fn take(&mut self) -> Option<Item> {
        self.frames.take()
    }

    fn give_back(&mut self, block: Block) {
        self.frames.give_back(block);
    }
}

/// A source to be listened to.
pub struct Listen {
    /// What it is.
    pub heard: Heard,
    /// Where its frames come from; ends with the listening.
    pub frames: Box<dyn Frames>,
    /// Frames per second.
    pub rate: u32,
    /// Interleaved channels; the first two are heard left and right.
    pub channels: u16,
}

impl std::fmt::Debug for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listen").field("heard", &self.heard).finish_non_exhaustive()
    }
}

/// A source that is listened to.
pub(super) struct Live {
    listen: Listen,
    convert: Option<(Convert, Format)>,
    /// Converted and not yet in the output's ring.
    ready: Vec<f32>,
    /// Sound is let out; otherwise depth is being gathered.
    flows: bool,
    underruns: u64,
    pub skips: u64,
}

impl Live {
    pub fn new(listen: Listen) -> Self {
        Self { listen, convert: None, ready: Vec::new(), flows: false, underruns: 0, skips: 0 }
    }

    pub const fn heard(&self) -> &Heard {
        &self.listen.heard
    }

    pub const fn rate(&self) -> u32 {
        self.listen.rate
    }

    /// Goes to this output from now on, with what comes from now on.
    pub fn convert_to(&mut self, format: Format, feed: &Feed) -> Result<(), String> {
        let Listen { heard, rate, channels, .. } = &self.listen;
        let convert = Convert::new(*rate, *channels, None, format)
            .map_err(|error| format!("cannot play {} at {} Hz: {error}", heard.name, format.rate))?;
        self.convert = Some((convert, format));
        self.ready.clear();
        self.flows = false;
        self.underruns = feed.underruns();
        Ok(())
    }

    /// Takes what has come and fills the output's ring.
    pub fn fill(&mut self, feed: &mut Feed) -> Result<(), String> {
        self.take_all()?;
        let Some((_, format)) = &self.convert else { return Ok(()) };
        let channels = usize::from(format.channels.max(1));
        let frames = |ms: u64| (u64::from(format.rate) * ms / 1000) as usize;
        if feed.underruns() != self.underruns {
            self.underruns = feed.underruns();
            self.flows = false;
            feed.pause();
        }
        let depth = feed.waiting() + self.ready.len() / channels;
        if depth > frames(MOST_MS) {
            let excess = (depth - frames(DEPTH_MS)).min(self.ready.len() / channels);
            skip(&mut self.ready, excess, frames(SLIDE_MS), channels);
            self.skips += 1;
        }
        let room = frames(IN_RING_MS).saturating_sub(feed.waiting());
        let now = (room * channels).min(self.ready.len());
        let pushed = feed.push(&self.ready[..now]);
        self.ready.drain(..pushed * channels);
        if !self.flows && feed.waiting() + self.ready.len() / channels >= frames(DEPTH_MS) {
            self.flows = true;
            feed.play();
        }
        Ok(())
    }

    fn take_all(&mut self) -> Result<(), String> {
        let frames = &mut self.listen.frames;
        let longest = u64::from(self.listen.rate) * GAP_MS / 1000;
        while let Some(item) = frames.take() {
            let Some((convert, _)) = &mut self.convert else {
                if let Item::Frames { block, .. } = item {
                    frames.give_back(block);
                }
                continue;
            };
            let converted = match item {
                Item::Frames { block, .. } => {
                    let converted = convert.push(block.samples(), &mut self.ready);
                    frames.give_back(block);
                    converted
                }
                Item::Gap(gap) if gap.len <= longest => {
                    let silence = vec![0; gap.len as usize * usize::from(self.listen.channels)];
                    convert.push(&silence, &mut self.ready)
                }
                Item::Start { .. } | Item::Anchor(_) | Item::Gap(_) => Ok(()),
            };
            converted.map_err(|error| format!("cannot play {}: {error}", self.listen.heard.name))?;
        }
        Ok(())
    }
}

/// Takes `frames` frames off the front; what follows is slid into from them over `slide` frames.
fn skip(ready: &mut Vec<f32>, frames: usize, slide: usize, channels: usize) {
    let all = ready.len() / channels;
    let frames = frames.min(all);
    let slide = slide.min(frames).min(all - frames);
    for n in 0..slide {
        let part = (n + 1) as f32 / (slide + 1) as f32;
        for channel in 0..channels {
            let old = ready[n * channels + channel];
            let new = &mut ready[(frames + n) * channels + channel];
            *new = old.mul_add(1.0 - part, *new * part);
        }
    }
    ready.drain(..frames * channels);
}

#[cfg(test)]
mod tests;
