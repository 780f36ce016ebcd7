//! The archive's files.

use audyn_archive::{ArchiveClock, CivilClock, Cursor, PlacedGap, SegmentRow};
use audyn_model::SegmentId;

use crate::Service;
use crate::access::Sight;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};
use crate::files::{self, Scope};
use crate::inner::Inner;
use crate::jobs::{CopyFile, CopyTo, Refusal};
use crate::{naming, terms};

/// Marks that a file's details list.
const MOST_MARKS: usize = 1000;
/// Files that one request may act on.
const AT_MOST: usize = 10_000;
/// Files that one entry of the audit log names.
pub(super) const TOLD: usize = 50;

impl Service {
    pub(crate) async fn list_files(&self, caller: &Caller, query: FileQuery) -> Result<FilePage, ApiError> {
        let scope = Scope::of(caller)?;
        self.work(move |inner| {
            let (book, now) = (inner.station.shelf.book(), inner.station.clock.utc());
            let filter = files::filter(&query, &scope, &book, &inner.station.zone, now)?;
            let limit = files::limit(query.limit)?;
            let cursor = query.cursor.as_deref().map(str::parse::<Cursor>).transpose();
            let cursor = cursor.map_err(|_| {
                ApiError::invalid("This page is not known any more. Begin with the first one.")
            })?;
            let page = inner.station.root()?.page(&filter, cursor, limit).map_err(files::refusal)?;
            Ok(FilePage {
                files: page.files.iter().map(|file| files::file_entry(file, &book, now)).collect(),
                next: page.next.map(|next| next.to_string()),
                total: page.total,
                total_bytes: page.total_bytes,
            })
        })
        .await
    }

    pub(crate) async fn file_tree(&self, caller: &Caller, _: Empty) -> Result<FileTree, ApiError> {
        let scope = Scope::of(caller)?;
        self.work(move |inner| {
            let clock = CivilClock { clock: ArchiveClock::Local, zone: inner.station.zone.clone() };
            let branches = inner.station.root()?.tree(&clock).map_err(files::refusal)?;
            Ok(files::tree(branches, &scope, &inner.station.shelf.book()))
        })
        .await
    }

    pub(crate) async fn file(&self, caller: &Caller, pick: FileId) -> Result<FileDetails, ApiError> {
        let scope = Scope::of(caller)?;
        self.work(move |inner| {
            let file = files::find(inner, &pick.id, &scope)?;
            let gaps = inner.station.root()?.gaps(file.row.id).map_err(files::refusal)?;
            let path = &file.row.path;
            let (marks, in_all) =
                inner.station.root()?.marks(&file.row, MOST_MARKS).map_err(files::refusal)?;
            let marks: Vec<Mark> = marks.iter().filter_map(|mark| files::mark(mark, &file.row)).collect();
            Ok(FileDetails {
                more_marks: in_all.saturating_sub(marks.len() as u32),
                marks,
                drift: file.row.drift.map(files::drift),
                gaps: gaps.iter().map(|gap| terms::gap(gap, &file.row.anchor, Some(path.clone()))).collect(),
                time_basis: file.row.anchor.basis.as_str().to_owned(),
                clock: file.row.clock.as_ref().map(crate::clock::quality),
                clock_sealed: file.row.clock_sealed.as_ref().map(crate::clock::quality),
                hash: file.row.hashes.as_ref().map(|hashes| hex(&hashes.body)),
                file: files::file_entry(&file, &inner.station.shelf.book(), inner.station.clock.utc()),
            })
        })
        .await
    }

    pub(crate) async fn delete_files(&self, caller: &Caller, pick: FileIds) -> Result<FilesDone, ApiError> {
        let scope = Scope::of(caller)?;
        let caller = caller.clone();
        self.work(move |inner| {
            let mut refused = Vec::new();
            let mut rows = Vec::new();
            for id in &some(&pick.ids)? {
                match files::find(inner, id, &scope) {
                    Ok(file) => rows.push(file.row),
                    Err(error) => refused.push(FileRefused { id: id.clone(), message: error.message }),
                }
            }
            let ids: Vec<SegmentId> = rows.iter().map(|row| row.id).collect();
            let (mut done, mut held) = (Vec::new(), Vec::new());
            for (id, verdict) in inner.station.root()?.delete(&ids, inner.station.clock.utc()) {
                match verdict {
                    Ok(()) => done.push(id.to_string()),
                    Err(error) => {
                        if let audyn_archive::Error::Held { path, .. } = &error {
                            held.push(path.clone());
                        }
                        let message = files::refusal(error).message;
                        refused.push(FileRefused { id: id.to_string(), message });
                    }
                }
            }
            tell_deleted(inner, &caller, &rows, &done);
            tell_held(inner, &caller, &held);
            Ok(FilesDone { done, refused })
        })
        .await
    }

    pub(crate) async fn copy_files(&self, caller: &Caller, wish: CopyFiles) -> Result<Job, ApiError> {
        let scope = Scope::of(caller)?;
        self.work(move |inner| {
            let root = inner.station.root()?;
            let mut rows = Vec::new();
            for id in some(&wish.ids)? {
                let row = files::find(inner, &id, &scope)?.row;
                // Looked at again when its turn has come; said now, while somebody waits for the answer.
                drop(root.open_file(&row).map_err(files::refusal)?);
                rows.push(row);
            }
            let names = files::copy_names(&rows);
            let copies = rows.into_iter().zip(names).map(|(row, name)| {
                let root = std::sync::Arc::clone(&root);
                let bytes = row.bytes.unwrap_or(0);
                CopyFile {
                    name,
                    bytes,
                    open: Box::new(move || root.open_file(&row).map_err(|error| error.to_string())),
                }
            });
            let to = CopyTo { folder: wish.folder.into(), archive: root.dir().to_owned() };
            inner.jobs.copy(copies.collect(), &to).map_err(job_refused)
        })
        .await
    }

    pub(crate) async fn list_jobs(&self, _: &Caller, _: Empty) -> Result<Jobs, ApiError> {
        Ok(Jobs { jobs: self.inner.jobs.list() })
    }

    pub(crate) async fn cancel_job(&self, _: &Caller, pick: JobId) -> Result<Job, ApiError> {
        self.inner.jobs.cancel(&pick.id).ok_or_else(|| ApiError::not_found("There is no such job."))
    }

    pub(crate) async fn recorder_gaps(&self, caller: &Caller, query: GapQuery) -> Result<Gaps, ApiError> {
        let caller = caller.clone();
        self.work(move |inner| {
            let book = inner.station.shelf.book();
            Sight::of(&caller, &book).need_recorder(query.id)?;
            let recorder = book.recorder(query.id)?.uid;
            let limit = files::limit(query.limit)?;
            let before = query.before.map(|before| terms::utc(before).to_tai());
            // One more than asked for tells whether there are more.
            let root = inner.station.root()?;
            let mut found = root.gaps_of_recorder(recorder, before, limit + 1).map_err(files::refusal)?;
            let more = found.len() > limit;
            found.truncate(limit);
            let gap = |placed: &PlacedGap| terms::gap(&placed.gap, &placed.anchor, Some(placed.path.clone()));
            Ok(Gaps { gaps: found.iter().map(gap).collect(), more })
        })
        .await
    }

    pub(crate) async fn preview_names(&self, _: &Caller, query: NameQuery) -> Result<Names, ApiError> {
        self.work(move |inner| {
            let count = match query.count.unwrap_or(5) {
                count @ 1..=50 => count as usize,
                other => return Err(ApiError::invalid(format!("{other} boundaries; ask for 1 to 50."))),
            };
            let book = inner.station.shelf.book();
            let row = query.recorder_id.map(|id| book.recorder(id)).transpose()?;
            let heard = row.and_then(|row| book.source_of(row)).and_then(|source| book.heard(source).ok());
            let format = heard.map(|heard| heard.source.format());
            let from = query.from.map_or_else(|| inner.station.clock.utc(), terms::utc);
            let folder = row.map_or_else(|| "recorder1".to_owned(), |row| book.folder(row.number));
            let zone = &inner.station.zone;
            Ok(naming::preview(&query.writing, &folder, format.as_ref(), zone, from, count))
        })
        .await
    }
}

/// The ids of a request, each once.
pub(super) fn some(ids: &[String]) -> Result<Vec<String>, ApiError> {
    if ids.is_empty() || ids.len() > AT_MOST {
        return Err(ApiError::invalid(format!("{} files; choose 1 to {AT_MOST}.", ids.len())));
    }
    let mut seen = std::collections::HashSet::new();
    Ok(ids.iter().filter(|id| seen.insert(id.as_str())).cloned().collect())
}

fn job_refused(refusal: Refusal) -> ApiError {
    let message = format!("{refusal}.");
    match refusal {
        Refusal::Folder(_) => ApiError::invalid(message),
        Refusal::Space(_) | Refusal::Full => ApiError::conflict(message),
        Refusal::Thread(_) => ApiError::unavailable(message),
    }
}

fn tell_deleted(inner: &Inner, caller: &Caller, rows: &[SegmentRow], done: &[String]) {
    if done.is_empty() {
        return;
    }
    let gone = |row: &&SegmentRow| done.contains(&row.id.to_string());
    let book = inner.station.shelf.book();
    for row in rows.iter().filter(gone) {
        let recorder =
            book.recorders.iter().find(|known| known.uid == row.recorder).map(|known| known.number);
        inner.notices.note(
            recorder,
            &row.recorder_name,
            "deleted",
            &format!("The file {} was deleted.", row.path),
        );
    }
    let paths: Vec<&str> = rows.iter().filter(gone).map(|row| row.path.as_str()).collect();
    for some in paths.chunks(TOLD) {
        let subject = format!("{} files", some.len());
        inner.audit(caller, "delete_files", true, &subject, &format!("Deleted: {}.", some.join(", ")));
    }
    inner.outbox.send(AppEvent::FilesRemoved(done.to_vec()));
}

/// That somebody wished to delete what is held belongs to what a hold is for.
fn tell_held(inner: &Inner, caller: &Caller, paths: &[String]) {
    for some in paths.chunks(TOLD) {
        let subject = format!("{} files", some.len());
        let message = format!("Held, and not deleted: {}.", some.join(", "));
        inner.audit_refusal(caller, "delete_files", &subject, &message);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
pub(super) mod tests;
