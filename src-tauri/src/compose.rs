//! The one place where concrete things meet: what was meant becomes what runs.

use std::time::Duration;

use audyn_archive::{ArchiveClock, CivilClock, Naming};
use audyn_model::RecorderId;
use audyn_service::recorder::{Place, RecorderSpec};
use jiff::tz::TimeZone;

use crate::config::checked;

/// The specification of a running recorder. `zone` is what `localtime` means; `duration` is the media time after which
/// it stops by itself.
#[must_use]
pub fn recorder_spec(
    checked: &checked::Recorder,
    id: RecorderId,
    duration: Option<Duration>,
    zone: &TimeZone,
) -> RecorderSpec {
    RecorderSpec {
        id,
        name: checked.name.clone(),
        source: checked.source.clone(),
        outputs: checked.outputs.clone(),
        place: place(&checked.place, checked.clock, zone),
        checkpoint: RecorderSpec::CHECKPOINT,
        ring_ms: RecorderSpec::RING_MS,
        duration,
        vox: checked.vox,
    }
}

fn place(place: &checked::Place, clock: ArchiveClock, zone: &TimeZone) -> Place {
    let clock = CivilClock { clock, zone: zone.clone() };
    match place {
        checked::Place::File(path) => Place::File { path: path.clone(), clock },
        checked::Place::Archive(archive) => Place::Archive {
            dir: archive.root.clone(),
            naming: Naming { layout: archive.layout.clone(), clock, folder: archive.folder.clone() },
            period_s: archive.period_s,
        },
    }
}

#[cfg(test)]
mod tests;
