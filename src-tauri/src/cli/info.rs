//! `audyn info FILE`

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use audyn_archive::{SegmentRow, holds};
use audyn_codec::{Inspection, State, Words};
use audyn_engine::rt::SystemClock;
use audyn_model::{Clock as _, Drift, Gap, Hold, Mark, SampleIndex, Utc};
use serde_json::json;

use super::output;
use crate::exit::Exit;

/// Arguments of `audyn info`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Shows container, format, length and whether the file was finished; for our own files also whose they are, the exact
time of their first sample and how it is known, the gaps, marks and holds noted beside them, and what the archive's
catalogue knows of the clock at their end.

Examples:
  audyn info /srv/archive/studio-1/2026-10-25/2026-10-25-14.wav
  audyn info --json take.opus")]
pub struct InfoArgs {
    /// A WAV, Opus, FLAC or MP3 file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Show as JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &InfoArgs) -> anyhow::Result<Exit> {
    let file = File::open(&args.file).with_context(|| format!("cannot open {}", args.file.display()))?;
    let bytes = file.metadata().with_context(|| format!("cannot read {}", args.file.display()))?.len();
    let inspection = audyn_codec::inspect(&mut BufReader::new(file))
        .with_context(|| format!("cannot tell what {} is", args.file.display()))?;
    let gaps = match &inspection.about {
        Some(about) => audyn_archive::gaps::read(&args.file, about.first, SampleIndex(i64::MAX))
            .with_context(|| format!("cannot read the gaps noted beside {}", args.file.display()))?,
        None => Vec::new(),
    };
    let marks = match &inspection.about {
        Some(_) => audyn_archive::marks::read(&args.file, SampleIndex(i64::MAX))
            .with_context(|| format!("cannot read the marks noted beside {}", args.file.display()))?,
        None => Vec::new(),
    };
    let holds = holds::read(&args.file)
        .with_context(|| format!("cannot read the holds noted beside {}", args.file.display()))?;
    let row = inspection
        .about
        .as_ref()
        .and_then(|about| audyn_archive::catalogue::row_of_file(&args.file, about.segment));
    let beside = Beside { gaps, marks, holds, row, now: SystemClock.utc() };
    if args.json {
        output::json(&as_json(&args.file, bytes, &inspection, &beside))?;
    } else {
        output::result(&as_text(&args.file, bytes, &inspection, &beside))?;
    }
    Ok(Exit::Done)
}

/// What is known of a file besides what it says itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Beside {
    pub gaps: Vec<Gap>,
    pub marks: Vec<Mark>,
    pub holds: holds::Listed,
    /// When that was looked at.
    pub now: Utc,
    /// Its row in the catalogue of the archive it lies in, if there is one.
    pub row: Option<SegmentRow>,
}

pub(super) fn as_text(file: &Path, bytes: u64, inspection: &Inspection, beside: &Beside) -> String {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, value: String| rows.push((name.to_owned(), value));
    row("file", file.display().to_string());
    row("size", format!("{} ({bytes} bytes)", output::size(bytes)));
    row("container", inspection.container.suffix().to_owned());
    row(
        "format",
        format!(
            "{} Hz, {}, {}",
            inspection.rate.hz(),
            output::count(inspection.channels.into(), "channel"),
            words(inspection.words)
        ),
    );
    row(
        "length",
        format!("{} ({} frames)", output::length(inspection.frames, inspection.rate.hz()), inspection.frames),
    );
    row(
        "state",
        match &inspection.state {
            State::Complete => "complete".to_owned(),
            State::Unfinished { why } => {
                format!("unfinished: {why}; `audyn recover` mends it once nobody writes it")
            }
        },
    );
    if let Some(about) = &inspection.about {
        let civil = &about.civil;
        row("recorder", format!("{} ({})", about.recorder_name, about.recorder));
        row("segment", about.segment.to_string());
        row("begins", format!("{} {} {}", civil.date, civil.time, civil.zone));
        row("time basis", about.anchor.basis.as_str().to_owned());
        if let Some(clock) = &about.clock {
            row("clock", clock.to_string());
        }
        let known = beside.row.as_ref();
        if let Some(clock) = known.and_then(|known| known.clock_sealed) {
            row("clock at end", clock.to_string());
        }
        if let Some(drift) = known.and_then(|known| known.drift) {
            row("device clock", drift_text(drift));
        }
        row("first sample", format!("{} at TAI {} ns", about.first.0, about.anchor.tai_at(about.first).0));
        row("made by", about.originator.clone());
        for gap in &beside.gaps {
            let at = gap.at.since(about.first);
            row("gap", format!("{} frames of silence at frame {at}: {}", gap.len, gap.cause.as_str()));
        }
        for mark in &beside.marks {
            let at = mark.at.since(about.first);
            let length = match mark.end {
                Some(end) => format!("{} frames", end.since(mark.at)),
                None => "to the end of the file".to_owned(),
            };
            let text =
                mark.text.as_ref().map_or_else(String::new, |text| format!(": {}", text.escape_debug()));
            row("mark", format!("{length} from frame {at}: {}{text}", mark.kind.as_str()));
        }
    }
    for hold in &beside.holds.standing {
        rows.push(("hold".to_owned(), hold_text(hold, beside.now)));
    }
    for (hold, lift) in &beside.holds.lifted {
        let of = hold.as_ref().map_or_else(String::new, |hold| format!(" (of {}: {})", hold.by, hold.reason));
        let text = format!("by {} on {}: {}{of}", lift.by, moment(lift.at), lift.reason);
        rows.push(("hold lifted".to_owned(), text.escape_debug().to_string()));
    }
    if beside.holds.damaged {
        let text = "the list beside it has lines that cannot be read; the file counts as held";
        rows.push(("hold".to_owned(), text.to_owned()));
    }
    output::columns(&rows)
}

pub(super) fn as_json(
    file: &Path,
    bytes: u64,
    inspection: &Inspection,
    beside: &Beside,
) -> serde_json::Value {
    let known = beside.row.as_ref();
    let (state, why) = match &inspection.state {
        State::Complete => ("complete", None),
        State::Unfinished { why } => ("unfinished", Some(why)),
    };
    let about = inspection.about.as_ref().map(|about| {
        json!({
            "segment": about.segment.to_string(),
            "recorder": about.recorder.to_string(),
            "recorder_name": about.recorder_name,
            "first_sample": about.first.0,
            "first_tai_ns": about.anchor.tai_at(about.first).0,
            "time_basis": about.anchor.basis.as_str(),
            "clock": about.clock.map(|clock| clock.to_string()),
            "clock_sealed": known.and_then(|known| known.clock_sealed).map(|clock| clock.to_string()),
            "drift": known.and_then(|known| known.drift).map(|Drift { ppb, over_s }| json!({ "ppb": ppb, "over_s": over_s })),
            "source_rate": about.anchor.rate.hz(),
            "date": about.civil.date,
            "time": about.civil.time,
            "zone": about.civil.zone,
            "samples_since_midnight": about.civil.samples_since_midnight,
            "originator": about.originator,
        })
    });
    let gaps: Vec<_> = beside
        .gaps
        .iter()
        .map(|gap| json!({ "at": gap.at.0, "len": gap.len, "cause": gap.cause.as_str() }))
        .collect();
    let as_said = |hold: &Hold| {
        json!({
            "id": hold.id,
            "by": hold.by,
            "since": moment(hold.since),
            "until": hold.until.map(moment),
            "reason": hold.reason,
        })
    };
    let holds: Vec<_> = beside
        .holds
        .standing
        .iter()
        .map(|hold| {
            let mut said = as_said(hold);
            said["expired"] = (!hold.holds_at(beside.now)).into();
            said
        })
        .collect();
    let lifted: Vec<_> = beside
        .holds
        .lifted
        .iter()
        .map(|(hold, lift)| {
            json!({
                "id": lift.id,
                "by": lift.by,
                "at": moment(lift.at),
                "reason": lift.reason,
                "hold": hold.as_ref().map(as_said),
            })
        })
        .collect();
    json!({
        "file": file,
        "bytes": bytes,
        "container": inspection.container.suffix(),
        "sample_rate": inspection.rate.hz(),
        "channels": inspection.channels,
        "words": words(inspection.words),
        "frames": inspection.frames,
        "state": state,
        "why": why,
        "about": about,
        "gaps": gaps,
        "marks": beside.marks,
        "holds": holds,
        "holds_lifted": lifted,
        "holds_damaged": beside.holds.damaged,
    })
}

fn drift_text(drift: Drift) -> String {
    let way = if drift.ppb < 0 { "slower" } else { "faster" };
    let ppm = drift.ppb.unsigned_abs() as f64 / 1000.0;
    format!("{ppm:.1} ppm {way} than this machine's, measured over {} s", drift.over_s)
}

fn hold_text(hold: &Hold, now: Utc) -> String {
    let until = match hold.until {
        None => "until it is lifted".to_owned(),
        Some(until) if hold.holds_at(now) => format!("until {}", moment(until)),
        Some(until) => format!("expired on {}", moment(until)),
    };
    let text = format!("by {} since {}, {until}: {}", hold.by, moment(hold.since), hold.reason);
    // They came from a list that anybody may have written.
    text.escape_debug().to_string()
}

/// `2026-10-25T14:00:00Z`
fn moment(utc: Utc) -> String {
    jiff::Timestamp::from_nanosecond(i128::from(utc.0)).unwrap_or_default().to_string()
}

fn words(words: Words) -> String {
    match words {
        Words::Int(bits) => format!("{bits} bits"),
        Words::Float(bits) => format!("{bits} bits floating point"),
        Words::Lossy => "lossy".to_owned(),
    }
}
