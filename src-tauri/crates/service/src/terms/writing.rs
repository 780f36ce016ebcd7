//! How recordings are written: what was wished, as codec and archive mean it.

use audyn_archive::{ArchiveClock, CivilClock, CustomFormat, Layout, Naming};
use audyn_codec::Spec;
use audyn_model::{AudioFormat, Container, SampleFormat};
use jiff::tz::TimeZone;

use super::sentence;
use crate::api::wire;

/// Bits per second of Opus unless told otherwise.
const OPUS_BITRATE: u32 = 128_000;
/// Bits per second of MP3 unless told otherwise.
const MP3_BITRATE: u32 = 192_000;
/// Encoder effort unless told otherwise.
const COMPLEXITY: u8 = 5;

/// What holds for a recorder: its own settings, and the station's for the rest.
pub(crate) fn effective(own: &wire::RecorderConfig, station: &wire::Writing) -> wire::Writing {
    let layout = own.layout.unwrap_or(station.layout);
    wire::Writing {
        outputs: own.outputs.clone().unwrap_or_else(|| station.outputs.clone()),
        custom_format: match own.layout {
            Some(_) => own.custom_format.clone(),
            None => station.custom_format.clone(),
        },
        layout,
        period_s: own.period_s.unwrap_or(station.period_s),
        clock: own.clock.unwrap_or(station.clock),
    }
}

/// Everything that is wrong with it. With `format`, also what only the combination with a source shows.
pub(crate) fn writing_problems(writing: &wire::Writing, format: Option<&AudioFormat>) -> Vec<String> {
    let mut problems = Vec::new();
    if writing.outputs.is_empty() {
        problems.push("Nothing would be written; choose at least one format.".to_owned());
    }
    for (at, output) in writing.outputs.iter().enumerate() {
        if writing.outputs[..at].iter().any(|earlier| earlier.format == output.format) {
            problems.push(format!(
                "{} is chosen twice; choose each format once.",
                container(output.format).suffix()
            ));
        }
    }
    if writing.period_s > 86_400 {
        problems
            .push(format!("{} seconds between files; give at most 86400, or 0 for none.", writing.period_s));
    }
    if let Err(found) = layout(writing) {
        problems.extend(found);
    }
    let usual = AudioFormat { rate: audyn_model::Rate::HZ_48000, channels: 2, bits: 24 };
    for spec in outputs(writing) {
        let found = audyn_codec::check(&spec, format.unwrap_or(&usual)).err();
        problems.extend(found.into_iter().flatten().map(|problem| sentence(&problem.to_string())));
    }
    problems
}

/// One specification for each output.
pub(crate) fn outputs(writing: &wire::Writing) -> Vec<Spec> {
    let spec = |output: &wire::Output| {
        let usual = match output.format {
            wire::Format::Mp3 => (MP3_BITRATE, false),
            wire::Format::Wav | wire::Format::Opus | wire::Format::Flac => (OPUS_BITRATE, true),
        };
        Spec {
            container: container(output.format),
            samples: match output.bits {
                Some(wire::Bits::Int16) => SampleFormat::Int16,
                Some(wire::Bits::Int24) | None => SampleFormat::Int24,
                Some(wire::Bits::Float32) => SampleFormat::Float32,
            },
            bitrate: output.bitrate.unwrap_or(usual.0),
            vbr: output.vbr.unwrap_or(usual.1),
            complexity: output.complexity.unwrap_or(COMPLEXITY),
        }
    };
    writing.outputs.iter().map(spec).collect()
}

/// How files are named in a recorder's `folder` below the root. `zone` is the station's.
///
/// # Errors
/// Everything that is wrong with the custom format or the folder.
pub(crate) fn naming(writing: &wire::Writing, folder: &str, zone: &TimeZone) -> Result<Naming, Vec<String>> {
    let folder = CustomFormat::parse(&folder.replace('%', "%%")).map_err(|found| sentences(&found))?;
    Ok(Naming {
        layout: layout(writing)?,
        clock: CivilClock { clock: archive_clock(writing.clock), zone: zone.clone() },
        folder: Some(folder),
    })
}

/// The archive's clock.
const fn archive_clock(clock: wire::ArchiveClock) -> ArchiveClock {
    match clock {
        wire::ArchiveClock::Localtime => ArchiveClock::Local,
        wire::ArchiveClock::Utc => ArchiveClock::Utc,
        wire::ArchiveClock::Tai => ArchiveClock::Tai,
    }
}

fn layout(writing: &wire::Writing) -> Result<Layout, Vec<String>> {
    Ok(match writing.layout {
        wire::Layout::Flat => Layout::Flat,
        wire::Layout::Hierarchy => Layout::Hierarchy,
        wire::Layout::Combo => Layout::Combo,
        wire::Layout::Dailydir => Layout::DailyDir,
        wire::Layout::Hourlydir => Layout::HourlyDir,
        wire::Layout::Accurate => Layout::Accurate,
        wire::Layout::Custom => {
            let Some(format) = writing.custom_format.as_deref().filter(|text| !text.is_empty()) else {
                return Err(vec!["A layout of your own needs a format, like %Y-%m-%d/%H-%M.".to_owned()]);
            };
            Layout::Custom(CustomFormat::parse(format).map_err(|found| sentences(&found))?)
        }
    })
}

/// The container of a format.
pub(crate) const fn container(format: wire::Format) -> Container {
    match format {
        wire::Format::Wav => Container::Wav,
        wire::Format::Opus => Container::Opus,
        wire::Format::Flac => Container::Flac,
        wire::Format::Mp3 => Container::Mp3,
    }
}

fn sentences<P: ToString>(problems: &[P]) -> Vec<String> {
    problems.iter().map(|problem| sentence(&problem.to_string())).collect()
}
