//! How files are encoded.

use std::path::Path;

use audyn_codec::Spec;
use audyn_engine::source::Source;
use audyn_model::{AudioFormat, Container, SampleFormat};

use super::desk::{Desk, Read};
use crate::config::Key;
use crate::config::checked::{BITRATE, COMPLEXITY};
use crate::config::raw::Value;

const SUFFIXES: &str = "give wav, opus, flac or mp3";
/// Suffixes that say a format which is none of ours.
const OTHERS: [&str; 12] =
    ["aac", "ac3", "aif", "aiff", "alac", "au", "caf", "m4a", "mka", "mp2", "mp4", "wma"];

/// One specification for each output.
pub(super) fn outputs(desk: &mut Desk<'_>, source: Option<&Source>) -> Option<Vec<Spec>> {
    let before = desk.problems.len();
    let containers = match desk.typed(Key::Output).and_then(|w| w.value.as_text()) {
        Some(file) if desk.typed(Key::ArchiveRoot).is_none() => {
            of_file(desk, Path::new(file)).map(|c| vec![c])
        }
        Some(_) | None => of_archive(desk),
    };
    let samples = desk.word(Key::Bits, "16, 24 or 32f", SampleFormat::from_word).or(SampleFormat::default());
    let (least, most, what) = bitrates(containers.as_deref().unwrap_or_default());
    let bitrate = desk.whole(Key::Bitrate, least..=most, &what).map(|n| n as u32).or(BITRATE);
    let vbr = desk.switch(Key::Vbr).or(true);
    let complexity =
        desk.whole(Key::Complexity, 0..=10, "0 (least effort) to 10").map(|n| n as u8).or(COMPLEXITY);
    if desk.problems.len() > before {
        return None;
    }
    let specs: Vec<Spec> = containers?
        .into_iter()
        .map(|container| Spec { container, samples, bitrate, vbr, complexity })
        .collect();
    if let Some(source) = source {
        combinations(desk, &specs, source);
    }
    Some(specs)
}

/// What only the combination of output and source shows: FLAC of 12 channels, MP3 of 5.
fn combinations(desk: &mut Desk<'_>, specs: &[Spec], source: &Source) {
    let format: AudioFormat = source.format();
    for spec in specs {
        for problem in audyn_codec::check(spec, &format).err().into_iter().flatten() {
            let key = match spec.container {
                Container::Wav | Container::Flac if spec.samples == SampleFormat::Float32 => Key::Bits,
                Container::Wav | Container::Opus | Container::Flac | Container::Mp3 => {
                    if desk.typed(Key::ArchiveSuffix).is_some() { Key::ArchiveSuffix } else { Key::Output }
                }
            };
            desk.refuse::<()>(key, problem.to_string(), "");
        }
    }
}

fn of_archive(desk: &mut Desk<'_>) -> Option<Vec<Container>> {
    match suffixes(desk) {
        Read::Is(containers) => Some(containers),
        Read::Absent => Some(vec![Container::Wav]),
        Read::Refused => None,
    }
}

/// A file's format: what its suffix says. `--archive-suffix` can say it for a suffix that says nothing.
fn of_file(desk: &mut Desk<'_>, file: &Path) -> Option<Container> {
    let suffix = file.extension().and_then(|s| s.to_str()).unwrap_or_default().to_ascii_lowercase();
    let said = match suffixes(desk) {
        Read::Is(containers) => containers,
        Read::Absent => Vec::new(),
        Read::Refused => return None,
    };
    let named = desk.spelt(Key::ArchiveSuffix);
    match (Container::from_suffix(&suffix), said.as_slice()) {
        (_, [_, _, ..]) => {
            let root = desk.spelt(Key::ArchiveRoot);
            desk.refuse::<()>(
                Key::ArchiveSuffix,
                "names several formats for one file",
                format!("name one, or give {root}"),
            );
            None
        }
        (Some(own), []) => Some(own),
        (Some(own), [said]) if own == *said => Some(own),
        (Some(own), [said]) => {
            let wrong = format!("{} contradicts the file's suffix .{}", said.suffix(), own.suffix());
            desk.refuse::<()>(Key::ArchiveSuffix, wrong, "leave it out");
            None
        }
        (None, _) if OTHERS.contains(&suffix.as_str()) => {
            let wrong = format!(".{suffix} is not a format that can be written");
            desk.refuse::<()>(Key::Output, wrong, "end it in .wav, .opus, .flac or .mp3");
            None
        }
        (None, [said]) => Some(*said),
        (None, []) => {
            let wrong = match suffix.as_str() {
                "" => "the file has no suffix to tell its format".to_owned(),
                suffix => format!("the suffix .{suffix} tells no format"),
            };
            let right = format!("end it in .wav, .opus, .flac or .mp3, or name the format with {named}");
            desk.refuse::<()>(Key::Output, wrong, right);
            None
        }
    }
}

fn suffixes(desk: &mut Desk<'_>) -> Read<Vec<Container>> {
    let Some(values) = desk.list(Key::ArchiveSuffix) else { return Read::Absent };
    let mut containers = Vec::new();
    for value in &values {
        let words = match value {
            Value::Flag(text) | Value::Text(text) => text.split(',').map(str::trim),
            Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other { .. } => {
                return desk.refuse(
                    Key::ArchiveSuffix,
                    format!("{} is not a suffix", value.shown()),
                    SUFFIXES,
                );
            }
        };
        for word in words {
            let Some(container) = Container::from_suffix(word.trim_start_matches('.')) else {
                return desk.refuse(Key::ArchiveSuffix, format!("\"{word}\" is not known"), SUFFIXES);
            };
            if containers.contains(&container) {
                return desk.refuse(
                    Key::ArchiveSuffix,
                    format!("{word} is named twice"),
                    "name each format once",
                );
            }
            containers.push(container);
        }
    }
    if containers.is_empty() {
        desk.refuse(Key::ArchiveSuffix, "is empty", SUFFIXES)
    } else {
        Read::Is(containers)
    }
}

/// The bit rates that suit every one of the formats.
fn bitrates(containers: &[Container]) -> (i64, i64, String) {
    let (opus, mp3) = (containers.contains(&Container::Opus), containers.contains(&Container::Mp3));
    let (least, most, by) = match (opus, mp3) {
        (_, false) => (6_000, 510_000, "Opus"),
        (false, true) => (32_000, 320_000, "MP3"),
        (true, true) => (32_000, 320_000, "Opus and MP3"),
    };
    (least, most, format!("bits per second, {least} to {most} for {by} (128 kb/s is 128000)"))
}
