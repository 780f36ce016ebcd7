//! Where files go.

use std::path::Path;

use audyn_archive::civil::ArchiveClock;
use audyn_archive::layout::{CustomFormat, Layout};
use audyn_model::Container;

use super::desk::{Desk, Read};
use crate::config::Key;
use crate::config::checked::{Archive, PERIOD_S, Place};

const LAYOUTS: &str = "flat, hierarchy, combo, dailydir, hourlydir, accurate or custom";

/// The file or the archive; exactly one of the two must have been typed. `name` is the recorder's.
pub(super) fn place(desk: &mut Desk<'_>, base: &Path, name: Option<&str>) -> Option<Place> {
    let file = desk.text(Key::Output, "the path of a file");
    let root = desk.text(Key::ArchiveRoot, "the path of a folder");
    let [file_key, root_key] = [Key::Output, Key::ArchiveRoot].map(|key| desk.spelt(key));
    match (file, root) {
        (Read::Is(file), Read::Absent) => {
            only_with_archive(desk);
            if file.ends_with('/') || Path::new(&file).file_name().is_none() {
                let wrong = format!("\"{file}\" is a folder");
                desk.refuse::<()>(Key::Output, wrong, format!("give a file, or {root_key} for an archive"));
                return None;
            }
            Some(Place::File(base.join(file)))
        }
        (Read::Absent, Read::Is(root)) => archive(desk, base, &root, name),
        (Read::Is(_) | Read::Refused, Read::Is(_) | Read::Refused) => {
            desk.refuse::<()>(Key::Output, format!("contradicts {root_key}"), "give one of them");
            None
        }
        (Read::Absent, Read::Absent) => {
            desk.lacks("has no place to write to", format!("give {file_key} or {root_key}"));
            None
        }
        (Read::Absent, Read::Refused) | (Read::Refused, Read::Absent) => None,
    }
}

/// The clock of names and boundaries.
pub(super) fn clock(desk: &mut Desk<'_>) -> ArchiveClock {
    desk.word(Key::ArchiveClock, "localtime, utc, ptp or tai", ArchiveClock::from_word)
        .or(ArchiveClock::default())
}

fn archive(desk: &mut Desk<'_>, base: &Path, root: &str, name: Option<&str>) -> Option<Place> {
    let layout = layout(desk);
    let folder = folder(desk, name);
    let period = desk
        .whole(Key::ArchivePeriod, 0..=31_536_000, "0 (no rotation) or 1 to 31536000 seconds")
        .map(|n| n as u32);
    let (Read::Is(layout), false) = (layout, folder.refused()) else { return None };
    Some(Place::Archive(Archive {
        root: base.join(root),
        folder: folder.is(),
        layout,
        period_s: period.or(PERIOD_S),
    }))
}

fn layout(desk: &mut Desk<'_>) -> Read<Layout> {
    let layout = desk.word(Key::ArchiveLayout, LAYOUTS, |word| match word {
        "custom" => Some(None),
        known => Layout::from_word(known).map(Some),
    });
    let format = format(desk, Key::ArchiveFormat, |text| text.to_owned());
    let [layout_key, format_key] = [Key::ArchiveLayout, Key::ArchiveFormat].map(|key| desk.spelt(key));
    match (layout, format) {
        (Read::Is(Some(layout)), Read::Absent) => Read::Is(layout),
        (Read::Absent, Read::Absent) => Read::Is(Layout::default()),
        (Read::Is(None) | Read::Absent, Read::Is(format)) => Read::Is(Layout::Custom(format)),
        (Read::Is(None), Read::Absent) => {
            desk.refuse(Key::ArchiveLayout, "\"custom\" needs a format", format!("give {format_key} as well"))
        }
        (Read::Is(Some(layout)), Read::Is(_)) => {
            let wrong = format!("contradicts the layout {layout}");
            desk.refuse(Key::ArchiveFormat, wrong, format!("leave it out, or give {layout_key} custom"))
        }
        (Read::Refused, _) | (_, Read::Refused) => Read::Refused,
    }
}

/// The recorder's own folder below the root. `{name}` stands for its name.
fn folder(desk: &mut Desk<'_>, name: Option<&str>) -> Read<CustomFormat> {
    let unnamed = name.is_none()
        && desk
            .typed(Key::ArchiveFolder)
            .is_some_and(|w| w.value.as_text().is_some_and(|text| text.contains("{name}")));
    if unnamed {
        let key = desk.spelt(Key::Name);
        return desk.refuse(Key::ArchiveFolder, "{name} stands for a name", format!("give {key} as well"));
    }
    let name = name.map(in_a_path).unwrap_or_default();
    format(desk, Key::ArchiveFolder, |text| text.replace("{name}", &name))
}

/// A format, with everything that is wrong with it.
fn format(desk: &mut Desk<'_>, key: Key, fill: impl Fn(&str) -> String) -> Read<CustomFormat> {
    let text = match desk.text(key, "a format like %Y-%m-%d/%H%M%S") {
        Read::Is(text) => fill(&text),
        Read::Absent => return Read::Absent,
        Read::Refused => return Read::Refused,
    };
    if let Some((_, suffix)) =
        text.rsplit_once('.').filter(|(_, suffix)| Container::from_suffix(suffix).is_some())
    {
        return desk.refuse(
            key,
            format!("ends in .{suffix}"),
            "leave the suffix out: it is added for each output",
        );
    }
    match CustomFormat::parse(&text) {
        Ok(format) => Read::Is(format),
        Err(problems) => {
            for problem in problems {
                let message = problem.to_string();
                let (wrong, right) = message.split_once("; ").unwrap_or((&message, ""));
                desk.refuse::<()>(key, wrong, right);
            }
            Read::Refused
        }
    }
}

/// A name as part of a path: what file systems dislike becomes `_`, `%` is no directive.
fn in_a_path(name: &str) -> String {
    let mut text: String =
        name.chars().map(|c| if c.is_control() || "<>:\"|?*\\/".contains(c) { '_' } else { c }).collect();
    if text.starts_with('.') {
        text.replace_range(..1, "_");
    }
    if text.ends_with(['.', ' ']) {
        text.replace_range(text.len() - 1.., "_");
    }
    text.replace('%', "%%")
}

fn only_with_archive(desk: &mut Desk<'_>) {
    let root = desk.spelt(Key::ArchiveRoot);
    for key in [Key::ArchiveLayout, Key::ArchiveFormat, Key::ArchiveFolder, Key::ArchivePeriod] {
        if desk.typed(key).is_some() {
            desk.refuse::<()>(
                key,
                "has no meaning for a single file",
                format!("leave it out, or give {root}"),
            );
        }
    }
}
