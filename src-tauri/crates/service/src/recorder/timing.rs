//! How good the clock is that a recorder's times come from.

use std::sync::Arc;

use audyn_engine::ptp::{self, Declared, Standing, Watch};
use audyn_engine::source::Source;
use audyn_model::{Anchor, ClockQuality, TimeBasis};

/// What a writer asks the watch over time.
#[derive(Clone, Default)]
pub(super) struct Timing(Option<Arc<Watch>>);

impl Timing {
    pub fn new(watch: Option<Arc<Watch>>) -> Self {
        Self(watch)
    }

    /// The clock's quality now; none if nobody watches.
    pub fn quality(&self, anchor: &Anchor, source: &Source) -> Option<ClockQuality> {
        let watch = self.0.as_ref()?;
        Some(ptp::quality(&watch.view(), anchor.basis, declared(source)))
    }

    /// What is wrong with the clock that times come from, if audio is to be doubted for it.
    pub fn trouble(&self, anchor: &Anchor, source: &Source) -> Option<String> {
        match anchor.basis {
            TimeBasis::Arrival | TimeBasis::Device => return None,
            TimeBasis::MediaClock | TimeBasis::AssumedMediaClock => {}
        }
        let view = self.0.as_ref()?.view();
        match ptp::standing(&view.domains, declared(source)).0 {
            Standing::Gone => Some(
                "the PTP grandmaster of its clock is gone: audio is complete, times may drift until it returns".into(),
            ),
            // Another one after an election, or none that could be heard from here, says nothing against the audio.
            Standing::Heard | Standing::Other(_) | Standing::Insane | Standing::Unheard | Standing::Unsaid => None,
        }
    }
}

/// The PTP clock that a source's description names.
pub(crate) fn declared(source: &Source) -> Option<&Declared> {
    match source {
        Source::Aes67(source) => source.ptp.as_ref(),
        Source::PipeWire(_) | Source::Card(_) => None,
    }
}
