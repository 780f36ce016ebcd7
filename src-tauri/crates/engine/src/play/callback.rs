//! The sound card's end: fills its buffer from the ring. Allocates nothing, locks nothing, calls nothing.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use rtrb::Consumer;

use super::Format;
use super::shared::{Alarm, Shared};

/// Sound comes and goes within this part of a second: 5 ms.
const RAMP_PER_SECOND: u32 = 200;

/// Plays what a [`super::Feed`] pushes.
pub struct Callback {
    samples: Consumer<f32>,
    shared: Arc<Shared>,
    channels: usize,
    /// Frames of a whole fade.
    ramp: u32,
    /// 0 is silent, `ramp` is all there.
    fade: u32,
    volume: f32,
    discards: u32,
    /// Frames taken from the ring since the last discard.
    taken: u64,
    /// Of those, frames that have left the loudspeaker.
    heard: u64,
    /// Frames of silence since the last one that was taken.
    silent: u64,
    /// Something was played since the last discard: an empty ring before that is not late, but not filled yet.
    begun: bool,
    /// The ring has run empty and that was counted.
    dry: bool,
}

impl Callback {
    pub(super) fn new(samples: Consumer<f32>, shared: Arc<Shared>, format: Format) -> Self {
        let ramp = (format.rate / RAMP_PER_SECOND).max(1);
        let channels = usize::from(format.channels.max(1));
        let volume = f32::from_bits(shared.volume.load(Ordering::Relaxed));
        Self {
            samples,
            shared,
            channels,
            ramp,
            fade: 0,
            volume,
            discards: 0,
            taken: 0,
            heard: 0,
            silent: 0,
            begun: false,
            dry: false,
        }
    }

    /// For whoever hears of the sound card's troubles.
    #[must_use]
    pub fn alarm(&self) -> Alarm {
        Alarm(self.shared.clone())
    }

    /// Fills whole frames. `latency` frames were handed to the sound card before and are not heard yet.
    pub fn fill(&mut self, out: &mut [f32], latency: u64) {
        let frames = (out.len() / self.channels) as u64;
        let volume = f32::from_bits(self.shared.volume.load(Ordering::Relaxed));
        let wanted = self.shared.discard.load(Ordering::Acquire);
        let open = self.shared.open.load(Ordering::Relaxed);
        let audible = open && wanted == self.discards;
        for frame in out.chunks_exact_mut(self.channels) {
            if audible || self.fade > 0 {
                self.play(frame, audible, volume);
            } else {
                self.rest(frame);
                self.volume = volume;
            }
        }
        let on_the_way = (latency + frames).saturating_sub(self.silent);
        // The sound card's word for its latency jumps about; nobody un-hears anything.
        self.heard = self.heard.max(self.taken.saturating_sub(on_the_way));
        self.shared.heard.store(self.heard, Ordering::Relaxed);
        if wanted != self.discards && self.fade == 0 {
            self.discard(wanted);
        }
    }

    fn play(&mut self, frame: &mut [f32], audible: bool, volume: f32) {
        if self.samples.slots() < self.channels {
            self.rest(frame);
            // What comes next fades in: there was a hole.
            self.fade = 0;
            if audible && self.begun && self.shared.more.load(Ordering::Relaxed) {
                self.shared.missing.fetch_add(1, Ordering::Relaxed);
                if !self.dry {
                    self.shared.underruns.fetch_add(1, Ordering::Relaxed);
                }
                self.dry = true;
            }
            return;
        }
        (self.begun, self.dry) = (true, false);
        self.fade = if audible { (self.fade + 1).min(self.ramp) } else { self.fade - 1 };
        let step = 1.0 / self.ramp as f32;
        self.volume += (volume - self.volume).clamp(-step, step);
        let gain = self.volume * (self.fade as f32 / self.ramp as f32);
        for sample in frame {
            *sample = self.samples.pop().unwrap_or(0.0) * gain;
        }
        self.taken += 1;
        self.silent = 0;
    }

    /// Drops what is in the ring. Nothing was pushed since the feeder asked for it.
    fn discard(&mut self, wanted: u32) {
        if let Ok(all) = self.samples.read_chunk(self.samples.slots()) {
            all.commit_all();
        }
        self.discards = wanted;
        (self.taken, self.heard) = (0, 0);
        self.begun = false;
        self.shared.heard.store(0, Ordering::Relaxed);
        // Last, so that the feeder sees counts of the new time only.
        self.shared.discarded.store(wanted, Ordering::Release);
    }

    fn rest(&mut self, frame: &mut [f32]) {
        frame.fill(0.0);
        self.silent = self.silent.saturating_add(1);
    }
}
