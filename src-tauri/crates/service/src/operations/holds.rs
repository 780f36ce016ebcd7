//! Holds on files: setting and lifting them. What they keep from happening is the archive's to refuse.

use audyn_archive::{Root, SegmentRow};
use audyn_model::{Hold, HoldId, SegmentId};

use super::files::{TOLD, some};
use crate::Service;
use crate::access::who;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};
use crate::files::{self, Scope};
use crate::inner::Inner;
use crate::store::HistoryNote;
use crate::terms::{self, moment};

/// Longest reason.
const MOST_REASON: usize = 500;
/// Longest name of who sets a hold, as it is written beside files.
const MOST_NAME: usize = 200;
/// Lifted holds that one entry of the audit log names.
const MOST_NAMED: usize = 5;
/// Files that are told one by one; of more, everybody loads again.
const TOLD_SINGLY: usize = 100;

impl Service {
    pub(crate) async fn hold_files(&self, caller: &Caller, wish: HoldFiles) -> Result<FilesDone, ApiError> {
        let scope = Scope::of(caller)?;
        let caller = caller.clone();
        self.work(move |inner| {
            let now = inner.station.clock.utc();
            let reason = reason(&wish.reason)?;
            let until = wish.until.map(terms::utc);
            if until.is_some_and(|until| until <= now) {
                return Err(ApiError::invalid("A hold ends in the future; choose a later day, or none."));
            }
            let hold = Hold { id: HoldId::new(), by: name(&caller), since: now, until, reason };
            let root = inner.station.root()?;
            let mut work = Work::on(inner, &some(&wish.ids)?, &scope);
            for (id, verdict) in root.hold(&work.ids(), &hold) {
                work.note(id, verdict);
            }
            let end = hold.until.map_or_else(
                || "until it is lifted".to_owned(),
                |until| format!("until {}", moment(until).0),
            );
            let words = format!("Held {end}: \"{}\"", hold.reason);
            Ok(work.tell(inner, &root, &caller, "hold_files", "held", &words))
        })
        .await
    }

    pub(crate) async fn lift_holds(&self, caller: &Caller, wish: LiftHolds) -> Result<FilesDone, ApiError> {
        let scope = Scope::of(caller)?;
        let caller = caller.clone();
        self.work(move |inner| {
            let now = inner.station.clock.utc();
            let reason = reason(&wish.reason)?;
            let unknown = |_| ApiError::not_found("There is no such hold. It may have been lifted.");
            let which = wish.hold_id.as_deref().map(str::parse::<HoldId>).transpose().map_err(unknown)?;
            let root = inner.station.root()?;
            let mut work = Work::on(inner, &some(&wish.ids)?, &scope);
            let mut lifted: Vec<String> = Vec::new();
            for (id, verdict) in root.lift(&work.ids(), which, &name(&caller), &reason, now) {
                let said = |hold: &Hold| format!("\"{}\" of {}", hold.reason, hold.by);
                let new: Vec<String> = verdict.iter().flatten().map(said).collect();
                lifted.extend(new.into_iter().filter(|words| !lifted.contains(words)).collect::<Vec<_>>());
                work.note(id, verdict.map(drop));
            }
            let more = lifted.len().saturating_sub(MOST_NAMED);
            lifted.truncate(MOST_NAMED);
            let more = if more > 0 { format!(" and {more} more holds") } else { String::new() };
            let words = format!("Lifted {}{more}, because \"{reason}\"", lifted.join(", "));
            Ok(work.tell(inner, &root, &caller, "lift_holds", "released", &words))
        })
        .await
    }
}

/// Files that are worked on, and what became of them.
struct Work {
    rows: Vec<SegmentRow>,
    done: Vec<SegmentId>,
    refused: Vec<FileRefused>,
}

impl Work {
    fn on(inner: &Inner, ids: &[String], scope: &Scope) -> Self {
        let mut work = Self { rows: Vec::new(), done: Vec::new(), refused: Vec::new() };
        for id in ids {
            match files::find(inner, id, scope) {
                Ok(file) => work.rows.push(file.row),
                Err(error) => work.refused.push(FileRefused { id: id.clone(), message: error.message }),
            }
        }
        work
    }

    fn ids(&self) -> Vec<SegmentId> {
        self.rows.iter().map(|row| row.id).collect()
    }

    fn note(&mut self, id: SegmentId, verdict: Result<(), audyn_archive::Error>) {
        match verdict {
            Ok(()) => self.done.push(id),
            Err(error) => {
                let message = files::refusal(error).message;
                self.refused.push(FileRefused { id: id.to_string(), message });
            }
        }
    }

    /// Writes down what was done and tells the doors.
    fn tell(
        self,
        inner: &Inner,
        root: &Root,
        caller: &Caller,
        name: &str,
        kind: &str,
        words: &str,
    ) -> FilesDone {
        let book = inner.station.shelf.book();
        let at = inner.station.clock.utc();
        let done = std::collections::HashSet::<SegmentId>::from_iter(self.done.iter().copied());
        let rows: Vec<&SegmentRow> = self.rows.iter().filter(|row| done.contains(&row.id)).collect();
        for rows in rows.chunks(TOLD) {
            let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
            let subject = format!("{} files", rows.len());
            inner.audit(caller, name, true, &subject, &format!("{words}: {}.", paths.join(", ")));
            let note = |row: &&SegmentRow| HistoryNote {
                at,
                recorder: book.recorders.iter().find(|own| own.uid == row.recorder).map(|own| own.number),
                subject: row.recorder_name.clone(),
                kind: kind.to_owned(),
                message: format!("{words}: the file {}.", row.path),
            };
            let notes: Vec<HistoryNote> = rows.iter().map(note).collect();
            if let Err(error) = inner.store.note(&notes) {
                tracing::error!(%error, "the history cannot be written");
            }
        }
        if self.done.len() > TOLD_SINGLY {
            inner.outbox.send(AppEvent::Resync);
        } else {
            for id in &self.done {
                if let Ok(Some(file)) = root.listed_file(*id) {
                    inner.outbox.send(AppEvent::File(files::file_entry(&file, &book, at)));
                }
            }
        }
        FilesDone { done: self.done.iter().map(ToString::to_string).collect(), refused: self.refused }
    }
}

/// A reason as it may stand in a list, a log and a sentence.
fn reason(text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 {
        return Err(ApiError::invalid("Say why: somebody else will want to know."));
    }
    if length > MOST_REASON {
        let message = format!("A reason may have {MOST_REASON} characters; this one has {length}.");
        return Err(ApiError::invalid(message));
    }
    Ok(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
}

/// Who asks, as the audit log has them.
fn name(caller: &Caller) -> String {
    who(caller).0.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST_NAME).collect()
}

#[cfg(test)]
mod tests;
