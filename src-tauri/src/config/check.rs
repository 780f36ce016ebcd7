//! [`RawConfig`] → [`Config`], or every reason why not.

mod channels;
mod clock;
mod desk;
mod encoders;
mod local;
mod place;
mod source;
mod stream;
mod vox;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use audyn_engine::source::Source;

use super::checked::{Archive, Config, Place, Recorder, Timing};
use super::raw::{RawConfig, RawRecorder};
use super::{Key, Problem, Problems, ReadFile};
use desk::{Desk, Read};

/// Longest recorder name, in bytes; it is part of tags, log lines and perhaps folders.
const NAME_BYTES: usize = 100;

/// Checks everything that was typed. `read` fetches the SDP files it refers to; nothing else is opened and no network
/// is looked at.
///
/// # Errors
/// Every problem of every recorder.
pub fn check(raw: &RawConfig, read: &ReadFile<'_>) -> Result<Config, Problems> {
    let mut problems = raw.problems.clone();
    let mut config = Config::default();
    let mut names = BTreeMap::new();
    let mut timings = Vec::new();
    for typed in &raw.recorders {
        let filled = typed.filled(&raw.defaults);
        let mut desk = Desk::new(&filled);
        if let Some(timing) = clock::clock(&mut desk) {
            timings.push((filled.place.clone(), timing));
        }
        if let Some(recorder) = recorder(&mut desk, &raw.base, read) {
            config.recorders.push(recorder);
        }
        name_is_new(&filled, &mut names, &mut problems);
        let prefix = if raw.recorders.len() > 1 { format!("{}: ", filled.place) } else { String::new() };
        config.warnings.extend(desk.warnings.into_iter().map(|w| format!("{prefix}{w}")));
        problems.append(&mut desk.problems);
    }
    files_differ(raw, &mut problems);
    config.timing = one_clock(&timings, &mut problems);
    config.warnings.extend(mixed_folders(&config.recorders));
    // A bad default is met by every recorder that it fills.
    let mut seen = Vec::new();
    problems.retain(|problem| {
        !seen.contains(problem) && {
            seen.push(problem.clone());
            true
        }
    });
    if problems.is_empty() { Ok(config) } else { Err(Problems(problems)) }
}

fn recorder(desk: &mut Desk<'_>, base: &Path, read: &ReadFile<'_>) -> Option<Recorder> {
    let name = name(desk);
    let stream = stream::described(desk, base, read);
    let source = source::source(desk, stream.as_ref());
    let place = place::place(desk, base, name.as_deref());
    let clock = place::clock(desk);
    let outputs = encoders::outputs(desk, source.as_ref());
    let vox = vox::vox(desk);
    if !desk.problems.is_empty() {
        return None;
    }
    let source = source?;
    let name = name.unwrap_or_else(|| {
        let own = match &source {
            Source::Aes67(source) => source.legs.first().map(|leg| format!("{}:{}", leg.address, leg.port)),
            Source::PipeWire(source) => Some(source.node.clone()),
            Source::Card(source) => Some(source.device.clone()).filter(|id| !id.is_empty()),
        };
        let own = own.unwrap_or_else(|| "sound card".to_owned());
        stream.map(|s| s.session).filter(|s| !s.is_empty()).unwrap_or(own)
    });
    Some(Recorder { name, source, place: place?, clock, outputs: outputs?, vox })
}

/// The clock that all recorders follow.
fn one_clock(timings: &[(String, Timing)], problems: &mut Vec<Problem>) -> Timing {
    let Some((place, first)) = timings.first() else { return Timing::default() };
    if let Some((other, _)) = timings.iter().find(|(_, timing)| timing != first) {
        problems.push(Problem::new(
            other.clone(),
            format!("follows another clock than {place}"),
            "write the ptp_ keys below [defaults]: one program follows one clock",
        ));
    }
    first.clone()
}

/// The name as typed. Only a recorder from flags may go without.
fn name(desk: &mut Desk<'_>) -> Option<String> {
    const RIGHT: &str = "give 1 to 100 bytes of text without control characters";
    match desk.text(Key::Name, "a name") {
        Read::Is(name)
            if name.trim().is_empty() || name.len() > NAME_BYTES || name.contains(char::is_control) =>
        {
            desk.refuse::<()>(Key::Name, format!("{name:?} is not a name"), RIGHT);
            None
        }
        Read::Is(name) => Some(name),
        Read::Absent if !desk.raw.place.is_empty() => {
            desk.lacks("has no name", "write name = \"…\", unlike all others'");
            None
        }
        Read::Absent | Read::Refused => None,
    }
}

fn name_is_new(raw: &RawRecorder, names: &mut BTreeMap<String, String>, problems: &mut Vec<Problem>) {
    let Some((written, name)) = raw.get(Key::Name).and_then(|w| Some((w, w.value.as_text()?))) else {
        return;
    };
    if let Some(first) = names.get(name) {
        problems.push(Problem::new(
            written.key.clone(),
            format!("\"{name}\" is also the name of {first}"),
            "names must differ",
        ));
    } else {
        names.insert(name.to_owned(), raw.place.clone());
    }
}

/// No two recorders may write one file. Reported also where other things are wrong, so it looks at what was typed.
fn files_differ(raw: &RawConfig, problems: &mut Vec<Problem>) {
    let mut files: BTreeMap<PathBuf, &str> = BTreeMap::new();
    for recorder in &raw.recorders {
        let Some((written, path)) = recorder.get(Key::Output).and_then(|w| Some((w, w.value.as_text()?)))
        else {
            continue;
        };
        match files.entry(plain(&raw.base.join(path))) {
            std::collections::btree_map::Entry::Occupied(first) => problems.push(Problem::new(
                written.key.clone(),
                format!("\"{path}\" is also the file of {}", first.get()),
                "give each recorder a file of its own",
            )),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(&recorder.place);
            }
        }
    }
}

/// A path without `.` and, where that is certain, without `..`.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::ParentDir | Component::Normal(_) => {
                plain.push(component);
            }
        }
    }
    plain
}

/// Recorders whose files would lie mixed in one folder. They stay apart by the numbers that collisions get and by the
/// catalogue, but nobody can tell them by their names.
fn mixed_folders(recorders: &[Recorder]) -> Vec<String> {
    let mut seen: Vec<(&Archive, &str)> = Vec::new();
    let mut warnings = Vec::new();
    for recorder in recorders {
        let Place::Archive(archive) = &recorder.place else { continue };
        let alike = |other: &Archive| {
            plain(&other.root) == plain(&archive.root)
                && other.folder == archive.folder
                && other.layout == archive.layout
        };
        if let Some((_, first)) = seen.iter().find(|(other, _)| alike(other)) {
            warnings.push(format!(
                "recorders \"{first}\" and \"{}\" write into the same folders of {}: only the catalogue tells whose a file \
                 is; give each an archive_root of its own, or archive_folder = \"{{name}}\"",
                recorder.name,
                archive.root.display(),
            ));
        }
        seen.push((archive, &recorder.name));
    }
    warnings
}
