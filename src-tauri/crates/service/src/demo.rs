//! The demonstration of a first start: two studios, each with a recorder, each hearing a test tone that is sent as real
//! network audio. It is labelled everywhere, and removed in one step.

use crate::api::wire::{RecorderConfig, SourceConfig, ToneConfig};
use crate::inner::Inner;
use crate::store::{NewRecorderRow, NewSourceRow, NewStudioRow, StoreError, StudioChange};

/// Name, colour, frequency and level of each studio.
const STUDIOS: [(&str, &str, u32, f64); 2] =
    [("Studio 1", "#2196F3", 440, -18.0), ("Studio 2", "#26A69A", 1000, -12.0)];

/// Makes it.
pub(crate) fn make(inner: &Inner) -> Result<(), StoreError> {
    let store = &inner.store;
    for (name, color, frequency_hz, level_dbfs) in STUDIOS {
        let source = store.insert_source(NewSourceRow {
            name: format!("{name} test tone"),
            config: SourceConfig::Tone(ToneConfig { frequency_hz, level_dbfs, channels: None }),
            demo: true,
        })?;
        let recorder = store.insert_recorder(NewRecorderRow {
            name: name.to_owned(),
            description: format!("Test tone of {frequency_hz} Hz"),
            source: Some(source.id),
            config: RecorderConfig::default(),
            demo: true,
        })?;
        let studio = store.insert_studio(NewStudioRow {
            name: name.to_owned(),
            description: "Demonstration".to_owned(),
            color: color.to_owned(),
            demo: true,
        })?;
        store.assign(&studio.id, Some(recorder.number))?;
        store.update_studio(&studio.id, StudioChange { enabled: Some(true), ..StudioChange::default() })?;
    }
    inner.station.shelf.refresh()?;
    Ok(())
}
