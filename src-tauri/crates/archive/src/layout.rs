//! What files are called. Pure: a civil reading goes in, relative paths come out.
//!
//! The names of one folder, sorted by bytes, are in order of time. Whatever must be told apart beyond the layout's own
//! fields is appended so that this stays true: `_TAI` or the offset of a repeated hour, then the time of day of the
//! first sample, then a number. All of these begin with `_`, which sorts after `-` and the suffix's `.`.

use std::fmt;

use crate::civil::{ArchiveClock, CivilClock, CivilTime};

mod custom;

pub use custom::{CustomFormat, FormatProblem};

/// How files are arranged below the archive root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// `2026-10-25-14.wav`
    Flat,
    /// `2026/10/25/14/archive.wav`
    Hierarchy,
    /// `2026/10/25/14/2026-10-25-14.wav`
    Combo,
    /// `2026-10-25/2026-10-25-14.wav`
    #[default]
    DailyDir,
    /// `2026-10-25-14/2026-10-25-14-30-00.wav`: a folder for each hour.
    HourlyDir,
    /// `2026-10-25/2026-10-25-14-30-00-00.wav`, down to the centisecond of the first sample.
    Accurate,
    /// A format of the user's own.
    Custom(CustomFormat),
}

impl Layout {
    /// The layout a word names; `custom` is not among them, it needs a format: [`CustomFormat::parse`].
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "flat" => Some(Self::Flat),
            "hierarchy" => Some(Self::Hierarchy),
            "combo" => Some(Self::Combo),
            "dailydir" => Some(Self::DailyDir),
            "hourlydir" => Some(Self::HourlyDir),
            "accurate" => Some(Self::Accurate),
            _ => None,
        }
    }

    /// As typed on the command line.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Flat => "flat",
            Self::Hierarchy => "hierarchy",
            Self::Combo => "combo",
            Self::DailyDir => "dailydir",
            Self::HourlyDir => "hourlydir",
            Self::Accurate => "accurate",
            Self::Custom(_) => "custom",
        }
    }

    /// The layout's format, in the directives of [`CustomFormat`] and `%f` for centiseconds.
    #[must_use]
    pub fn format(&self) -> &str {
        match self {
            Self::Flat => "%Y-%m-%d-%H",
            Self::Hierarchy => "%Y/%m/%d/%H/archive",
            Self::Combo => "%Y/%m/%d/%H/%Y-%m-%d-%H",
            Self::DailyDir => "%Y-%m-%d/%Y-%m-%d-%H",
            Self::HourlyDir => "%Y-%m-%d-%H/%Y-%m-%d-%H-%M-%S",
            Self::Accurate => "%Y-%m-%d/%Y-%m-%d-%H-%M-%S-%f",
            Self::Custom(format) => format.as_str(),
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Everything that decides a file's name but its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    /// The arrangement.
    pub layout: Layout,
    /// The clock of names and boundaries.
    pub clock: CivilClock,
    /// Folders below the root in front of the layout's own, so that recorders can share a root.
    pub folder: Option<CustomFormat>,
}

impl Naming {
    /// The paths (relative to the root, `/` between components) that a file beginning at `time` may have, in order of
    /// preference: each is taken only if everything before it exists already.
    pub fn candidates(&self, time: &CivilTime, suffix: &str) -> impl Iterator<Item = String> + use<> {
        let marker = self.marker(time);
        let mut stem = self
            .folder
            .as_ref()
            .map(|folder| custom::render(folder.as_str(), time, None) + "/")
            .unwrap_or_default();
        stem += &custom::render(self.layout.format(), time, marker.as_deref());
        collision_names(stem, time, suffix)
    }

    /// What tells this reading from an equal one on another clock or on the hour's first pass.
    fn marker(&self, time: &CivilTime) -> Option<String> {
        match self.clock.clock {
            ArchiveClock::Tai => Some("_TAI".to_owned()),
            ArchiveClock::Utc | ArchiveClock::Local => {
                let said_already = self.layout.format().contains("%z");
                (time.repeated && !said_already)
                    .then(|| time.offset_compact().map(|offset| format!("_UTC{offset}")))
                    .flatten()
            }
        }
    }
}

/// `stem.wav`, `stem_143005.wav`, `stem_143005_02.wav`, `stem_143005_03.wav` and so on without end.
pub(crate) fn collision_names(
    stem: String,
    time: &CivilTime,
    suffix: &str,
) -> impl Iterator<Item = String> + use<> {
    let r = time.reading;
    let at = format!("_{:02}{:02}{:02}", r.hour(), r.minute(), r.second());
    let suffix = if suffix.is_empty() { String::new() } else { format!(".{suffix}") };
    (0_u32..).map(move |n| match n {
        0 => format!("{stem}{suffix}"),
        1 => format!("{stem}{at}{suffix}"),
        n => format!("{stem}{at}_{n:02}{suffix}"),
    })
}

#[cfg(test)]
mod tests;
