//! Values as they were typed, before anything is known about them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Key, Problem};

/// A value as typed.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text after a flag. A number is text here as well.
    Flag(String),
    /// A string in a file.
    Text(String),
    /// A whole number in a file.
    Integer(i64),
    /// A switch: a flag without value, or `true` and `false` in a file.
    Bool(bool),
    /// Several values: a repeated flag, or a list in a file.
    List(Vec<Self>),
    /// Something else in a file, which no option takes.
    Other {
        /// What it is: `a table`.
        what: &'static str,
        /// As typed, shortened.
        text: String,
    },
}

/// A value and where it was typed.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// By what name problems call it: `--archive-period`, or `recorder[2].archive_period (line 14)`.
    pub key: String,
    /// The value.
    pub value: Value,
}

/// One recorder as typed: any option may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawRecorder {
    /// How problems that belong to no single option call it: `recorder[2] (line 12)`; empty for flags.
    pub place: String,
    /// Its options.
    pub options: BTreeMap<Key, Written>,
}

/// Everything that was typed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawConfig {
    /// Fills what recorders leave out.
    pub defaults: BTreeMap<Key, Written>,
    /// The recorders, in order.
    pub recorders: Vec<RawRecorder>,
    /// Relative paths count from here. Empty: the working folder.
    pub base: PathBuf,
    /// What was already found wrong while reading: unknown keys, wrong syntax.
    pub problems: Vec<Problem>,
}

/// Writing the first in a recorder silences the others in the defaults: they belong to something else.
const SILENCES: [(Key, &[Key]); 4] = [
    (
        Key::Output,
        &[
            Key::ArchiveRoot,
            Key::ArchiveFolder,
            Key::ArchiveLayout,
            Key::ArchiveFormat,
            Key::ArchivePeriod,
            Key::ArchiveSuffix,
        ],
    ),
    (Key::ArchiveRoot, &[Key::Output]),
    (Key::ChannelOffset, &[Key::PickChannels]),
    (Key::PickChannels, &[Key::ChannelOffset]),
];

impl Value {
    /// What it is, in words.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self {
            Self::Flag(_) | Self::Text(_) => "text",
            Self::Integer(_) => "a number",
            Self::Bool(_) => "a switch",
            Self::List(_) => "a list",
            Self::Other { what, .. } => what,
        }
    }

    /// As typed.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Flag(text) => format!("\"{text}\""),
            Self::Text(text) => format!("\"{text}\""),
            Self::Integer(number) => number.to_string(),
            Self::Bool(on) => on.to_string(),
            Self::List(values) => {
                format!("[{}]", values.iter().map(Self::shown).collect::<Vec<_>>().join(", "))
            }
            Self::Other { text, .. } => text.clone(),
        }
    }
}

impl RawRecorder {
    /// An option, if it was typed.
    #[must_use]
    pub fn get(&self, key: Key) -> Option<&Written> {
        self.options.get(&key)
    }

    /// This recorder with what it leaves out filled from `defaults`.
    #[must_use]
    pub fn filled(&self, defaults: &BTreeMap<Key, Written>) -> Self {
        let own = |key: Key| self.options.get(&key);
        let by_table = |key: &Key| SILENCES.iter().any(|(by, keys)| keys.contains(key) && own(*by).is_some());
        let another_layout = own(Key::ArchiveLayout).is_some_and(|l| l.value != Value::Text("custom".into()));
        let silenced = |key: &Key| by_table(key) || (another_layout && *key == Key::ArchiveFormat);
        let mut options = self.options.clone();
        for (key, written) in defaults {
            if !silenced(key) {
                options.entry(*key).or_insert_with(|| written.clone());
            }
        }
        Self { place: self.place.clone(), options }
    }
}
