//! Levels for whoever looks: the latest, as often as asked, never queued.

use std::sync::Arc;

use audyn_engine::meter::MeterReader;
use audyn_model::{ChannelLevel, Mono};

use crate::access::Sight;
use crate::api::Caller;
use crate::inner::Inner;

/// Age of a meter that has never shown anything.
const NO_DATA: f32 = -1.0;

/// One viewer's levels. Each asks in its own time; one that is slow misses nothing of a peak within half a second.
pub struct Levels {
    inner: Arc<Inner>,
    caller: Caller,
    generation: u32,
    sequence: u32,
    meters: Vec<Meter>,
}

struct Meter {
    channels: usize,
    reader: Option<MeterReader>,
    levels: Vec<ChannelLevel>,
    at: Option<Mono>,
}

impl Levels {
    pub(crate) fn new(inner: Arc<Inner>, caller: Caller) -> Self {
        Self { inner, caller, generation: u32::MAX, sequence: 0, meters: Vec::new() }
    }

    /// The levels now, in the form that [`LevelLayout`](crate::api::wire::LevelLayout) describes.
    pub fn frame(&mut self, out: &mut Vec<f32>) {
        if self.inner.station.generation() != self.generation {
            self.follow();
        }
        let now = self.inner.station.clock.mono();
        self.sequence = (self.sequence + 1) % (1 << 24);
        out.clear();
        out.push(self.generation as f32);
        out.push(self.sequence as f32);
        for meter in &mut self.meters {
            meter.write(now, out);
        }
    }

    fn follow(&mut self) {
        let (layout, readers) = self.inner.station.meters();
        self.generation = layout.generation;
        let sight = Sight::of(&self.caller, &self.inner.station.shelf.book());
        self.meters = layout
            .meters
            .iter()
            .zip(readers)
            .filter(|(place, _)| sight.has_meter(&place.id))
            .map(|(place, reader)| Meter {
                channels: place.channels.len(),
                reader,
                levels: Vec::new(),
                at: None,
            })
            .collect();
    }
}

impl Meter {
    fn write(&mut self, now: Mono, out: &mut Vec<f32>) {
        if let Some(reader) = &mut self.reader
            && reader.read(&mut self.levels)
        {
            self.at = Some(now);
        }
        out.push(self.at.map_or(NO_DATA, |at| now.since(at).as_secs_f32() * 1000.0));
        for channel in 0..self.channels {
            let level = self.levels.get(channel).copied().unwrap_or_default();
            let clips = self.reader.as_ref().map_or(0, |reader| reader.clips(channel));
            out.extend([level.peak_db(), level.rms_db(), clips as f32]);
        }
    }
}
