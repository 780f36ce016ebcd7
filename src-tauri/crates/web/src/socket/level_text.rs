//! Levels as JSON: one message about all recorders that the caller may see.
//!
//! ```json
//! {"type":"all_levels","timestamp":1793491200.033,"sequence":7,"recorders":[{"recorder_id":1,"recorder_name":"Studio 1",
//!  "studio_id":null,"state":"recording","age_ms":12,"channels":[{"name":"L","level_db":-18.1,"level_linear":0.1245,
//!  "peak_db":-12.0,"clipping":false}]}]}
//! ```
//!
//! Without an input that has ever been heard, `age_ms` is null and `channels` is empty: there is no level that was not
//! measured.

use std::sync::{Arc, Mutex, PoisonError};

use audyn_model::Utc;
use audyn_service::Service;
use audyn_service::api::wire::{LevelLayout, Recorders};
use audyn_service::api::{Caller, dispatch};
use serde::Serialize;
use serde_json::{Value, json};

/// Frames for which a clip is shown: a second.
const CLIP_SHOWN: u32 = 30;
/// What stands in a frame before its meters.
const HEAD: usize = 2;
/// What a frame says of each channel.
const PER_CHANNEL: usize = 3;

/// Which meter is whose, and what it is called.
#[derive(Debug, Default)]
pub struct Sheet {
    /// The layout that it is about.
    generation: Option<u32>,
    filling: bool,
    recorders: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    id: u32,
    name: String,
    studio: Option<String>,
    state: Value,
    /// Where its meter begins in a frame, and its channels' names; none without a source.
    meter: Option<(usize, Vec<String>)>,
}

impl Sheet {
    /// Whether it has to be filled anew for this frame. It is asked for once at a time.
    pub fn wants(&mut self, frame: &[f32], renamed: bool) -> bool {
        let other = frame.first().is_some_and(|generation| self.generation != Some(*generation as u32));
        let wants = (other || renamed) && !self.filling;
        self.filling |= wants;
        wants
    }

    /// Asks for everything that it says. A disk that hangs may let that take long: levels go on meanwhile.
    pub async fn fill(sheet: Arc<Mutex<Self>>, service: Service, caller: Caller) {
        let found = Self::ask(&service, &caller).await;
        let mut sheet = sheet.lock().unwrap_or_else(PoisonError::into_inner);
        sheet.filling = false;
        match found {
            Ok((generation, recorders)) => {
                sheet.generation = Some(generation);
                sheet.recorders = recorders;
            }
            Err(why) => tracing::debug!("levels keep their names: {why}"),
        }
    }

    async fn ask(service: &Service, caller: &Caller) -> Result<(u32, Vec<Row>), String> {
        let ask =
            async |name| dispatch(service, caller, name, json!({})).await.map_err(|error| error.message);
        let layout: LevelLayout =
            serde_json::from_value(ask("level_layout").await?).map_err(|error| error.to_string())?;
        let recorders: Recorders =
            serde_json::from_value(ask("list_recorders").await?).map_err(|error| error.to_string())?;
        Ok((layout.generation, rows(&layout, recorders)))
    }
}

fn rows(layout: &LevelLayout, recorders: Recorders) -> Vec<Row> {
    let mut at = HEAD;
    let mut places = std::collections::HashMap::new();
    for meter in &layout.meters {
        places.insert(meter.id.as_str(), (at, &meter.channels));
        at += 1 + meter.channels.len() * PER_CHANNEL;
    }
    let row = |recorder: audyn_service::api::wire::Recorder| Row {
        id: recorder.id,
        studio: recorder.studio.map(|studio| studio.id),
        state: serde_json::to_value(recorder.state).unwrap_or_default(),
        meter: recorder
            .meter
            .and_then(|id| places.get(id.as_str()).copied())
            .map(|(at, channels)| (at, channels.clone())),
        name: recorder.name,
    };
    recorders.recorders.into_iter().map(row).collect()
}

#[derive(Serialize)]
struct Told<'a> {
    r#type: &'static str,
    timestamp: f64,
    sequence: u32,
    recorders: Vec<ToldRecorder<'a>>,
}

#[derive(Serialize)]
struct ToldRecorder<'a> {
    recorder_id: u32,
    recorder_name: &'a str,
    studio_id: Option<&'a str>,
    state: &'a Value,
    age_ms: Option<u32>,
    channels: Vec<ToldChannel<'a>>,
}

#[derive(Serialize)]
struct ToldChannel<'a> {
    name: &'a str,
    level_db: f32,
    level_linear: f32,
    peak_db: f32,
    clipping: bool,
}

/// Writes frames, and remembers when a channel clipped last.
#[derive(Debug, Default)]
pub struct Writer {
    sequence: u32,
    /// By place in the frame: clips counted last, and for how many frames more they are shown.
    clips: Vec<(f32, u32)>,
}

impl Writer {
    /// A frame in words; none while the sheet is about another layout.
    pub fn write(&mut self, sheet: &Sheet, frame: &[f32], now: Utc) -> Option<String> {
        let generation = *frame.first()? as u32;
        if sheet.generation != Some(generation) {
            return None;
        }
        self.clips.resize(frame.len(), (0.0, 0));
        self.sequence = self.sequence.wrapping_add(1);
        let clips = &mut self.clips;
        let told = Told {
            r#type: "all_levels",
            timestamp: (now.0 / 1_000_000) as f64 / 1000.0,
            sequence: self.sequence,
            recorders: sheet.recorders.iter().map(|row| recorder(row, frame, clips)).collect(),
        };
        serde_json::to_string(&told).ok()
    }
}

fn recorder<'a>(row: &'a Row, frame: &[f32], clips: &mut [(f32, u32)]) -> ToldRecorder<'a> {
    let meter = row.meter.as_ref().and_then(|(at, names)| {
        let levels = frame.get(*at..*at + 1 + names.len() * PER_CHANNEL)?;
        (levels[0] >= 0.0).then_some((*at, levels, names))
    });
    let channels = meter.map_or_else(Vec::new, |(at, levels, names)| {
        let channel = |(i, name): (usize, &'a String)| {
            let place = 1 + i * PER_CHANNEL;
            let [peak_db, level_db, count] = [0, 1, 2].map(|value| levels[place + value]);
            let (before, shown) = &mut clips[at + place];
            // A count that is lower than before is that of a new connection.
            *shown = if count > *before { CLIP_SHOWN } else { shown.saturating_sub(1) };
            *before = count;
            let level_linear = 10f32.powf(level_db / 20.0);
            ToldChannel { name, level_db, level_linear, peak_db, clipping: *shown > 0 }
        };
        names.iter().enumerate().map(channel).collect()
    });
    ToldRecorder {
        recorder_id: row.id,
        recorder_name: &row.name,
        studio_id: row.studio.as_deref(),
        state: &row.state,
        age_ms: meter.map(|(_, levels, _)| levels[0] as u32),
        channels,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let row =
            |id, meter| Row { id, name: "Studio".into(), studio: None, state: json!("recording"), meter };
        let recorders = vec![row(1, Some((2, vec!["L".to_owned()]))), row(2, None)];
        Sheet { generation: Some(5), filling: false, recorders }
    }

    fn write(writer: &mut Writer, frame: &[f32]) -> Value {
        serde_json::from_str(&writer.write(&sheet(), frame, Utc(1_500_000_000)).unwrap()).unwrap()
    }

    #[test]
    fn a_frame_becomes_one_message_about_every_recorder() {
        let told = write(&mut Writer::default(), &[5.0, 1.0, 12.0, -6.0, -20.0, 0.0]);
        assert_eq!(told["type"], "all_levels");
        assert_eq!(told["timestamp"], 1.5);
        let first = &told["recorders"][0];
        assert_eq!((&first["recorder_id"], &first["age_ms"]), (&json!(1), &json!(12)));
        let channel = &first["channels"][0];
        assert_eq!(channel["name"], "L");
        assert_eq!((channel["peak_db"].as_f64(), channel["level_db"].as_f64()), (Some(-6.0), Some(-20.0)));
        assert!((channel["level_linear"].as_f64().unwrap() - 0.1).abs() < 1e-6);
    }

    #[test]
    fn what_was_never_heard_has_no_level() {
        let told = write(&mut Writer::default(), &[5.0, 1.0, -1.0, -60.0, -60.0, 0.0]);
        for recorder in told["recorders"].as_array().unwrap() {
            assert_eq!((&recorder["age_ms"], &recorder["channels"]), (&Value::Null, &json!([])));
        }
    }

    #[test]
    fn a_clip_is_shown_for_a_second() {
        let mut writer = Writer::default();
        let mut clipping = |count| {
            write(&mut writer, &[5.0, 1.0, 1.0, 0.0, 0.0, count])["recorders"][0]["channels"][0]["clipping"]
                .as_bool()
                .unwrap()
        };
        assert!(!clipping(0.0));
        assert!(clipping(3.0));
        assert_eq!((0..100).filter(|_| clipping(3.0)).count(), CLIP_SHOWN as usize - 1);
        assert!(!clipping(0.0));
    }

    #[test]
    fn a_frame_of_another_layout_waits_for_its_names() {
        let mut sheet = sheet();
        let frame = [6.0, 1.0];
        assert!(Writer::default().write(&sheet, &frame, Utc(0)).is_none());
        assert!(sheet.wants(&frame, false));
        // Asked for already.
        assert!(!sheet.wants(&frame, true));
    }
}
