//! Marks: stretches of a recorder's audio that somebody or something pointed out.

use serde::{Deserialize, Serialize};

use crate::{MarkId, SampleIndex};

/// What made a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkKind {
    /// Sound, as recording on sound hears it.
    Vox,
}

impl MarkKind {
    /// Every kind.
    pub const ALL: [Self; 1] = [Self::Vox];

    /// The word used in files, the catalogue and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vox => "vox",
        }
    }

    /// The kind a word stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A stretch of a recorder's audio. It may lie in several files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its identity.
    pub id: MarkId,
    /// First sample.
    pub at: SampleIndex,
    /// The sample after its last; none while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<SampleIndex>,
    /// What made it.
    pub kind: MarkKind,
    /// What was said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Mark {
    /// The part of it inside `[from, to)`, if any: first sample and the one after the last, `to` if it goes on beyond.
    #[must_use]
    pub fn within(&self, from: SampleIndex, to: SampleIndex) -> Option<(SampleIndex, SampleIndex)> {
        let at = self.at.max(from);
        let end = self.end.map_or(to, |end| end.min(to));
        (at < end).then_some((at, end))
    }
}

#[cfg(test)]
mod tests;
