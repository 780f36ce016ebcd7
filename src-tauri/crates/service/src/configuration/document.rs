//! The file: written in a stable order, read strictly.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::ApiError;
use crate::api::wire::{ChangeSettings, RecorderConfig, Settings, SourceConfig};
use crate::book::Book;
use crate::store::Doors;

use super::doors::{AccessPart, UserPart, access_part, user_parts};

/// The version of the format that this program writes and reads.
pub(super) const FORMAT: u32 = 1;
/// Bytes of a file that is read.
const MOST_BYTES: usize = 1 << 20;
/// Sources, recorders and studios in a file, each.
const MOST_THINGS: usize = 1000;

const HEAD: &str = "\
# The configuration of an Audyn station. Check it before it is taken up: Settings, Backup, or `audyn config check`.
# A part that is left out stays as it is; one that is here says all of it.
# Passwords, keys and recordings are not in it: a user whom it brings has no password yet.

";

/// A configuration as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// [`FORMAT`].
    pub audyn_configuration: u32,
    /// Those settings that are given.
    pub settings: Option<ChangeSettings>,
    /// All of them.
    pub sources: Option<Vec<SourcePart>>,
    /// All of them.
    pub recorders: Option<Vec<RecorderPart>>,
    /// All of them, in the order of screens.
    pub studios: Option<Vec<StudioPart>>,
    /// Those that are given.
    pub access: Option<AccessPart>,
    /// All of them with a password of the station's.
    pub users: Option<Vec<UserPart>>,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourcePart {
    pub name: String,
    /// UUID; found by name, or made anew, if not given.
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    pub config: SourceConfig,
}

/// A recorder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RecorderPart {
    pub name: String,
    /// Found by uid or name, or the next free one, if not given.
    pub number: Option<u32>,
    /// UUID in catalogues and files.
    pub uid: Option<String>,
    #[serde(default)]
    pub description: String,
    /// The name of its source.
    pub source: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
    #[serde(default)]
    pub config: RecorderConfig,
}

/// A studio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StudioPart {
    pub name: String,
    /// `studio-` and eight hexadecimal digits; found by name, or made anew, if not given.
    pub id: Option<String>,
    #[serde(default)]
    pub description: String,
    #[serde(default = "color")]
    pub color: String,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The name of its recorder.
    pub recorder: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demo: bool,
}

fn yes() -> bool {
    true
}

fn color() -> String {
    "#2196F3".to_owned()
}

/// The station as a file.
///
/// # Errors
/// A fault of the program.
pub(crate) fn export(book: &Book, doors: &Doors) -> Result<String, ApiError> {
    let text = toml::to_string_pretty(&document(book, doors)?).map_err(ApiError::internal)?;
    Ok(format!("{HEAD}{text}"))
}

/// A name for the file, from the station's.
pub(crate) fn file_name(book: &Book) -> String {
    let mut name = "audyn".to_owned();
    for word in book.settings.station.split(|c: char| !c.is_ascii_alphanumeric()) {
        if !word.is_empty() && !word.eq_ignore_ascii_case("audyn") {
            name.push('-');
            name.push_str(&word.to_ascii_lowercase());
        }
    }
    format!("{name}.toml")
}

/// What the station's file holds.
pub(super) fn document(book: &Book, doors: &Doors) -> Result<Document, ApiError> {
    let source_name = |id: &str| book.source(id).ok().map(|row| row.name.clone());
    let recorder_name = |number| book.recorder(number).ok().map(|row| row.name.clone());
    Ok(Document {
        audyn_configuration: FORMAT,
        settings: Some(given(&book.settings)?),
        sources: Some(
            book.sources
                .iter()
                .map(|row| SourcePart {
                    name: row.name.clone(),
                    id: Some(row.id.clone()),
                    demo: row.demo,
                    config: row.config.clone(),
                })
                .collect(),
        ),
        recorders: Some(
            book.recorders
                .iter()
                .map(|row| RecorderPart {
                    name: row.name.clone(),
                    number: Some(row.number),
                    uid: Some(row.uid.to_string()),
                    description: row.description.clone(),
                    source: row.source.as_deref().and_then(source_name),
                    demo: row.demo,
                    config: row.config.clone(),
                })
                .collect(),
        ),
        studios: Some(
            book.studios
                .iter()
                .map(|row| StudioPart {
                    name: row.name.clone(),
                    id: Some(row.id.clone()),
                    description: row.description.clone(),
                    color: row.color.clone(),
                    enabled: row.enabled,
                    recorder: row.recorder.and_then(recorder_name),
                    demo: row.demo,
                })
                .collect(),
        ),
        access: Some(access_part(&doors.settings, book)),
        users: Some(user_parts(&doors.users, book)),
    })
}

/// The settings as a change that gives them all: what is not set is given in the words that a change has for it.
pub(super) fn given(settings: &Settings) -> Result<ChangeSettings, ApiError> {
    let mut value = serde_json::to_value(settings).map_err(ApiError::internal)?;
    if let Value::Object(fields) = &mut value {
        // Follows from how the program was started.
        fields.remove("archive_root_locked");
        for (name, none) in [("interface", Value::from("")), ("pre_roll_mib", Value::from(0))] {
            fields.entry(name).and_modify(|field| {
                if field.is_null() {
                    *field = none;
                }
            });
        }
    }
    serde_json::from_value(value).map_err(ApiError::internal)
}

/// Reads a file.
///
/// # Errors
/// In a sentence: it is too large, is no TOML, is of another version, or holds what is not known.
pub(super) fn read(text: &str) -> Result<Document, ApiError> {
    let refuse =
        |why: String| Err(ApiError::invalid(format!("This is no configuration that can be used. {why}")));
    if text.len() > MOST_BYTES {
        let mib = text.len() as f64 / f64::from(1 << 20);
        return refuse(format!("It has {mib:.1} MiB; a configuration has at most 1 MiB."));
    }
    let table: toml::Table = match toml::from_str(text) {
        Ok(table) => table,
        Err(error) => return refuse(said(text, &error)),
    };
    match table.get("audyn_configuration").and_then(toml::Value::as_integer) {
        Some(version) if version == i64::from(FORMAT) => {}
        Some(version) => {
            return refuse(format!(
                "Its format is version {version}, and this program knows version {FORMAT}. Export it again with this version of Audyn."
            ));
        }
        None => {
            return refuse(format!(
                "It does not say audyn_configuration = {FORMAT}, as every export does in its first line."
            ));
        }
    }
    let document: Document = match toml::from_str(text) {
        Ok(document) => document,
        Err(error) => return refuse(said(text, &error)),
    };
    let typed = serde_json::to_value(&document).map_err(ApiError::internal)?;
    let written = serde_json::to_value(&table).map_err(ApiError::internal)?;
    if let Some(path) = unknown("", &written, &typed) {
        return refuse(format!("\"{path}\" is not known here. Check its spelling, or leave it out."));
    }
    let counts = [
        ("sources", document.sources.as_ref().map(Vec::len)),
        ("recorders", document.recorders.as_ref().map(Vec::len)),
        ("studios", document.studios.as_ref().map(Vec::len)),
        ("users", document.users.as_ref().map(Vec::len)),
    ];
    for (what, count) in counts {
        if let Some(count) = count.filter(|count| *count > MOST_THINGS) {
            return refuse(format!("It has {count} {what}; at most {MOST_THINGS} can be taken up."));
        }
    }
    Ok(document)
}

/// The parser's words with the line that they are about.
fn said(text: &str, error: &toml::de::Error) -> String {
    let why = error.message().trim().trim_end_matches('.').replace('`', "\"");
    let line =
        error.span().and_then(|span| text.get(..span.start)).map(|head| head.matches('\n').count() + 1);
    match line {
        Some(line) => format!("Line {line}: {why}."),
        None => format!("{why}."),
    }
}

/// The first place in what was written that what was read knows nothing of: a misspelt key would otherwise be passed over.
fn unknown(at: &str, written: &Value, read: &Value) -> Option<String> {
    match (written, read) {
        (Value::Object(written), Value::Object(read)) => written.iter().find_map(|(name, value)| {
            let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            match read.get(name) {
                Some(known) => unknown(&path, value, known),
                // Left out when it says what holds anyway.
                None if name == "demo" && *value == Value::Bool(false) => None,
                None => Some(path),
            }
        }),
        (Value::Array(written), Value::Array(read)) => written
            .iter()
            .zip(read)
            .enumerate()
            .find_map(|(index, (value, known))| unknown(&format!("{at}[{index}]"), value, known)),
        _ => None,
    }
}
