//! States and gaps as the contract writes them.

use audyn_model::{Anchor, Gap, GapCause};

use super::moment;
use crate::api::wire::{self, Light, LightLevel};
use crate::recorder::State;

/// A light.
pub(crate) fn light(level: LightLevel, text: impl Into<String>) -> Light {
    Light { level, text: text.into() }
}

/// A state and its reason.
pub(crate) fn state(state: &State) -> (wire::RecorderState, Option<String>) {
    use wire::RecorderState as W;
    let word = match state {
        State::Stopped => W::Stopped,
        State::Starting => W::Starting,
        State::Armed => W::Armed,
        State::Recording => W::Recording,
        State::Degraded(_) => W::Degraded,
        State::Stopping => W::Stopping,
        State::Error(_) => W::Error,
    };
    (word, state.reason().map(str::to_owned))
}

/// A gap, its place given by the anchor that held there.
pub(crate) fn gap(gap: &Gap, anchor: &Anchor, file: Option<String>) -> wire::Gap {
    wire::Gap {
        at: moment(anchor.tai_at(gap.at).to_utc()),
        length_s: gap.len as f64 / f64::from(anchor.rate.hz()),
        samples: gap.len,
        cause: cause(gap.cause),
        file,
    }
}

const fn cause(cause: GapCause) -> wire::GapCause {
    match cause {
        GapCause::Loss => wire::GapCause::Loss,
        GapCause::Outage => wire::GapCause::Outage,
        GapCause::Restart => wire::GapCause::Restart,
        GapCause::Overrun => wire::GapCause::Overrun,
        GapCause::DiskFull => wire::GapCause::DiskFull,
        GapCause::WriteFailed => wire::GapCause::WriteFailed,
        GapCause::SourceChanged => wire::GapCause::SourceChanged,
    }
}
