//! Sources, recorders and studios of a file against those of the station.

use std::collections::HashSet;

use audyn_model::RecorderId;
use uuid::Uuid;

use super::document::{RecorderPart, SourcePart, StudioPart};
use super::found::{Found, Names, Now, format_of};
use crate::api::ApiError;
use crate::api::wire::ConfigurationPart as Part;
use crate::book::Book;
use crate::store::{RecorderRow, SourceRow, StudioRow, fresh_studio_id, name_key};
use crate::terms;

/// Above this no file gives a number: numbers only grow, and the last one there is ends them.
const MOST_NUMBER: u32 = 1_000_000;

/// Lays the file's sources into `after`.
pub(super) fn sources(
    now: &Now<'_>,
    parts: Option<&[SourcePart]>,
    after: &mut Book,
    found: &mut Found,
) -> Result<(), ApiError> {
    let Some(parts) = parts else { return Ok(()) };
    let before = &now.book.sources;
    let (mut names, mut rows) = (Names::default(), Vec::<SourceRow>::new());
    for part in parts {
        let mut problems = Vec::new();
        let name = terms::name(&part.name, "source", &mut problems);
        names.take(&name, "source", &mut problems);
        let old = match &part.id {
            Some(id) => before.iter().find(|row| row.id == *id),
            None => before.iter().find(|row| name_key(&row.name) == name_key(&name)),
        };
        let id = match (old, &part.id) {
            (Some(old), _) => old.id.clone(),
            (None, Some(id)) => own_id(id, &mut problems),
            (None, None) => Uuid::now_v7().to_string(),
        };
        taken(found, &id, &mut problems);
        if old.is_none_or(|old| old.config != part.config) {
            let heard = terms::heard(&id, &part.config, after.settings.interface.as_deref());
            problems.extend(heard.err().unwrap_or_default());
            let takes = |row: &&RecorderRow| row.source.as_deref() == Some(id.as_str()) && (now.busy)(row);
            if let Some(recorder) = now.book.recorders.iter().find(takes) {
                problems.push(format!("{} is recording it. Stop that first; then change it.", recorder.name));
            }
        }
        let row = SourceRow { id, name, config: part.config.clone(), demo: part.demo };
        found.note(Part::Source, &row.name, old.map(source_part).as_ref(), &source_part(&row), &problems)?;
        rows.push(row);
    }
    for row in before.iter().filter(|old| !rows.iter().any(|new| new.id == old.id)) {
        found.removed(Part::Source, &row.name, &[]);
    }
    after.sources = rows;
    Ok(())
}

/// Lays the file's recorders into `after`, which has its sources already.
pub(super) fn recorders(
    now: &Now<'_>,
    parts: Option<&[RecorderPart]>,
    after: &mut Book,
    found: &mut Found,
) -> Result<(), ApiError> {
    let before = &now.book.recorders;
    let Some(parts) = parts else {
        // A recorder that stays needs its source.
        for row in before.iter().filter(|row| row.source.is_some() && after.source_of(row).is_none()) {
            let why = "Its source is not in the file. Give the file its recorders too, or keep the source.";
            found.note(Part::Recorder, &row.name, Some(&row.number), &row.number, &[why.to_owned()])?;
        }
        return Ok(());
    };
    let mut next = parts.iter().filter_map(|part| part.number).filter(|n| *n <= MOST_NUMBER).max();
    next = next.max(Some(now.last_number));
    let (mut names, mut numbers, mut rows) = (Names::default(), HashSet::new(), Vec::<RecorderRow>::new());
    for part in parts {
        let mut problems = Vec::new();
        let name = terms::name(&part.name, "recorder", &mut problems);
        names.take(&name, "recorder", &mut problems);
        let old = match (&part.uid, part.number) {
            (Some(uid), _) => before.iter().find(|row| row.uid.to_string() == *uid),
            (None, Some(number)) => before.iter().find(|row| row.number == number),
            (None, None) => before.iter().find(|row| name_key(&row.name) == name_key(&name)),
        };
        let uid = match (old, &part.uid) {
            (Some(old), _) => old.uid,
            (None, Some(uid)) => own_id(uid, &mut problems).parse().unwrap_or_else(|_| RecorderId::new()),
            (None, None) => RecorderId::new(),
        };
        taken(found, &uid.to_string(), &mut problems);
        let number = number(now, part, old, &mut next, &mut problems);
        if !numbers.insert(number) {
            problems.push(format!("The file has the number {number} twice. Leave one out."));
        }
        let named =
            |wanted: &String| after.sources.iter().find(|row| name_key(&row.name) == name_key(wanted));
        let source = match &part.source {
            None => None,
            Some(wanted) => {
                let row = named(wanted);
                if row.is_none() {
                    problems.push(format!("There is no source \"{wanted}\"; name one of the file's."));
                }
                row.map(|row| row.id.clone())
            }
        };
        if let Some(old) = old.filter(|old| (now.busy)(old) && old.source != source) {
            problems.push(format!("{} is recording. Stop it first; then choose another source.", old.name));
        }
        let description = terms::description(&part.description, &mut problems);
        if old.is_none_or(|old| old.config != part.config || old.source != source) {
            let writing = terms::effective(&part.config, &after.settings.writing);
            problems.extend(terms::writing_problems(&writing, format_of(after, source.as_deref()).as_ref()));
            problems.extend(part.config.vox.as_ref().map(terms::vox_problems).unwrap_or_default());
        }
        let row = RecorderRow {
            number,
            uid,
            name,
            description,
            source,
            config: part.config.clone(),
            wanted: old.is_some_and(|old| old.wanted),
            demo: part.demo,
        };
        let (old, new) = (old.map(|old| recorder_part(old, after)), recorder_part(&row, after));
        found.note(Part::Recorder, &row.name, old.as_ref(), &new, &problems)?;
        rows.push(row);
    }
    for row in before.iter().filter(|old| !rows.iter().any(|new| new.uid == old.uid)) {
        let why = (now.busy)(row).then(|| "It is recording. Stop it first; then delete it.".to_owned());
        found.removed(Part::Recorder, &row.name, &Vec::from_iter(why));
    }
    after.recorders = rows;
    // A studio that stays loses a recorder that is gone.
    for studio in &mut after.studios {
        let there = |number: &u32| after.recorders.iter().any(|row| row.number == *number);
        studio.recorder = studio.recorder.filter(there);
    }
    Ok(())
}

/// The number of a recorder of the file. `next` is the last one that is given.
fn number(
    now: &Now<'_>,
    part: &RecorderPart,
    old: Option<&RecorderRow>,
    next: &mut Option<u32>,
    problems: &mut Vec<String>,
) -> u32 {
    if let Some(old) = old {
        if part.number.is_some_and(|number| number != old.number) {
            problems.push(format!("Its number is {} and stays so. Leave it out.", old.number));
        }
        return old.number;
    }
    let Some(number) = part.number else {
        let number = next.unwrap_or(0).saturating_add(1);
        *next = Some(number);
        return number;
    };
    let again = "Leave number and uid out, and it is given new ones.";
    if let Some(other) = now.book.recorders.iter().find(|row| row.number == number) {
        problems.push(format!("The number {number} is that of {} here. {again}", other.name));
    } else if !(1..=MOST_NUMBER).contains(&number) {
        problems
            .push(format!("{number} is no number for a recorder: give 1 to {MOST_NUMBER}, or leave it out."));
    } else if part.uid.is_none() && number <= now.last_number {
        // Folders of the archive are named by it.
        problems.push(format!("The number {number} belonged to a recorder that is gone. {again}"));
    }
    number
}

/// Lays the file's studios into `after`, which has its recorders already.
pub(super) fn studios(
    now: &Now<'_>,
    parts: Option<&[StudioPart]>,
    after: &mut Book,
    found: &mut Found,
) -> Result<(), ApiError> {
    let Some(parts) = parts else { return Ok(()) };
    let before = &now.book.studios;
    let (mut names, mut rows) = (Names::default(), Vec::<StudioRow>::new());
    let (mut ids, mut recorders) = (HashSet::new(), HashSet::new());
    let mut refused = Vec::new();
    for part in parts {
        let mut problems = Vec::new();
        let name = terms::name(&part.name, "studio", &mut problems);
        names.take(&name, "studio", &mut problems);
        let old = match &part.id {
            Some(id) => before.iter().find(|row| row.id == *id),
            None => before.iter().find(|row| name_key(&row.name) == name_key(&name)),
        };
        let id = match (old, &part.id) {
            (Some(old), _) => old.id.clone(),
            (None, Some(id)) => {
                // It names a folder of the archive.
                let digits = id.strip_prefix("studio-").unwrap_or_default();
                if digits.len() != 8 || !digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                    problems.push(format!("\"{id}\" is no studio's id. Leave it out, and one is given."));
                }
                id.clone()
            }
            (None, None) => fresh_studio_id(),
        };
        if !ids.insert(id.clone()) {
            problems.push(format!("The file has the id {id} twice. Leave one out."));
        }
        let named =
            |wanted: &String| after.recorders.iter().find(|row| name_key(&row.name) == name_key(wanted));
        let recorder = match &part.recorder {
            None => None,
            Some(wanted) => {
                let row = named(wanted);
                if row.is_none() {
                    problems.push(format!("There is no recorder \"{wanted}\"; name one of the file's."));
                }
                row.map(|row| row.number)
            }
        };
        if recorder.is_some_and(|number| !recorders.insert(number)) {
            problems.push("Its recorder is that of another studio already. Give each its own.".to_owned());
        }
        let was = old.and_then(|old| old.recorder);
        if was != recorder {
            problems.extend([was, recorder].into_iter().filter_map(|number| idle(now, number?)));
        }
        let row = StudioRow {
            id,
            name,
            description: terms::description(&part.description, &mut problems),
            color: terms::color(&part.color, &mut problems),
            enabled: part.enabled,
            position: 0,
            recorder,
            demo: part.demo,
        };
        refused.push(problems);
        rows.push(row);
    }
    let in_order = place(before, &mut rows);
    for (row, problems) in rows.iter().zip(&refused) {
        let old = before.iter().find(|old| old.id == row.id);
        let old = old.map(|old| (studio_part(old, after), (!in_order).then_some(old.position)));
        let new = (studio_part(row, after), (!in_order).then_some(row.position));
        // The order counts only if it is another.
        let flat = |(part, place)| Placed { part, place };
        found.note(Part::Studio, &row.name, old.map(flat).as_ref(), &flat(new), problems)?;
    }
    for row in before.iter().filter(|old| !rows.iter().any(|new| new.id == old.id)) {
        let why = row.recorder.and_then(|number| idle(now, number));
        found.removed(Part::Studio, &row.name, &Vec::from_iter(why));
    }
    after.studios = rows;
    Ok(())
}

/// A studio and its place on screens.
#[derive(PartialEq, serde::Serialize)]
struct Placed {
    #[serde(flatten)]
    part: StudioPart,
    place: Option<u32>,
}

/// Gives the studios their places. Whether those that were there kept theirs.
fn place(before: &[StudioRow], rows: &mut [StudioRow]) -> bool {
    let kept: Vec<&StudioRow> = before.iter().filter(|old| rows.iter().any(|new| new.id == old.id)).collect();
    let same = rows.len() >= kept.len() && kept.iter().zip(rows.iter()).all(|(old, new)| old.id == new.id);
    if !same {
        for (place, row) in (0..).zip(rows) {
            row.position = place;
        }
        return false;
    }
    let mut next = before.iter().map(|row| row.position + 1).max().unwrap_or(0);
    for row in rows {
        match before.iter().find(|old| old.id == row.id) {
            Some(old) => row.position = old.position,
            None => {
                row.position = next;
                next += 1;
            }
        }
    }
    true
}

/// Why a recorder's studio cannot change now.
fn idle(now: &Now<'_>, number: u32) -> Option<String> {
    let row = now.book.recorder(number).ok().filter(|row| (now.busy)(row))?;
    Some(format!("{} is recording into its studio's folder. Stop it first; then assign it.", row.name))
}

/// An id of the file that the station does not have.
fn own_id(id: &str, problems: &mut Vec<String>) -> String {
    match id.parse::<Uuid>() {
        Ok(uuid) => uuid.to_string(),
        Err(_) => {
            problems.push(format!("\"{id}\" is no id. Leave it out, and one is given."));
            id.to_owned()
        }
    }
}

fn taken(found: &mut Found, id: &str, problems: &mut Vec<String>) {
    if !found.ids.insert(id.to_owned()) {
        problems.push(format!("The file has the id {id} twice. Leave one out."));
    }
}

fn source_part(row: &SourceRow) -> SourcePart {
    SourcePart {
        name: row.name.clone(),
        id: Some(row.id.clone()),
        demo: row.demo,
        config: row.config.clone(),
    }
}

/// The recorder in the words of the file; its source by the name it will have.
fn recorder_part(row: &RecorderRow, after: &Book) -> RecorderPart {
    let source = row.source.as_ref().map(|id| {
        after
            .source(id)
            .map_or_else(|_| "(one that is not in the file)".to_owned(), |source| source.name.clone())
    });
    RecorderPart {
        name: row.name.clone(),
        number: Some(row.number),
        uid: Some(row.uid.to_string()),
        description: row.description.clone(),
        source,
        demo: row.demo,
        config: row.config.clone(),
    }
}

/// The studio in the words of the file; its recorder by the name it will have.
fn studio_part(row: &StudioRow, after: &Book) -> StudioPart {
    let recorder = row.recorder.map(|number| {
        let found = after.recorder(number);
        found.map_or_else(|_| "(one that is not in the file)".to_owned(), |recorder| recorder.name.clone())
    });
    StudioPart {
        name: row.name.clone(),
        id: Some(row.id.clone()),
        description: row.description.clone(),
        color: row.color.clone(),
        enabled: row.enabled,
        recorder,
        demo: row.demo,
    }
}
