//! Loss as data: where audio is missing, how much, and why.

use serde::{Deserialize, Serialize};

use crate::SampleIndex;

/// Why samples are missing. The audio itself holds exactly as many silent samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapCause {
    /// Packets that never came, or came after the reorder window.
    Loss,
    /// Nothing came at all for longer than the reorder window: sender, network or device was away.
    Outage,
    /// The sender started anew (other SSRC or timestamps) and its new place in time lies further on.
    Restart,
    /// The hand-over ring was full because the writer was too slow or stalled.
    Overrun,
    /// The disk had no space.
    DiskFull,
    /// The disk refused writes for another reason.
    WriteFailed,
    /// The source moved: between the last sample by the old way and the first by the new nothing was heard.
    SourceChanged,
}

impl GapCause {
    /// Every cause.
    pub const ALL: [Self; 7] = [
        Self::Loss,
        Self::Outage,
        Self::Restart,
        Self::Overrun,
        Self::DiskFull,
        Self::WriteFailed,
        Self::SourceChanged,
    ];

    /// The word used in files, the catalogue and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Loss => "loss",
            Self::Outage => "outage",
            Self::Restart => "restart",
            Self::Overrun => "overrun",
            Self::DiskFull => "disk-full",
            Self::WriteFailed => "write-failed",
            Self::SourceChanged => "source-changed",
        }
    }

    /// The cause a word stands for.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.as_str() == word)
    }
}

/// A stretch of silent samples that stands for missing audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// First missing sample.
    pub at: SampleIndex,
    /// How many samples (per channel) are missing; at least 1.
    pub len: u64,
    /// Why.
    pub cause: GapCause,
}

impl Gap {
    /// The first sample after the gap.
    #[must_use]
    pub const fn end(&self) -> SampleIndex {
        self.at.plus(self.len as i64)
    }

    /// The part of this gap inside `[from, to)`, if any.
    #[must_use]
    pub fn within(&self, from: SampleIndex, to: SampleIndex) -> Option<Self> {
        let at = self.at.max(from);
        let end = self.end().min(to);
        let len = u64::try_from(end.since(at)).ok().filter(|len| *len > 0)?;
        Some(Self { at, len, cause: self.cause })
    }

    /// This gap followed by `next` as one, if they touch and have the same cause.
    #[must_use]
    pub fn joined(&self, next: &Self) -> Option<Self> {
        (self.end() == next.at && self.cause == next.cause).then_some(Self {
            at: self.at,
            len: self.len + next.len,
            cause: self.cause,
        })
    }
}

#[cfg(test)]
mod tests;
