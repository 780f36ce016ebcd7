//! What goes into the audit log, and how much of what anybody can make happen.

use audyn_model::Mono;

use super::{Gate, lock};
use crate::api::Caller;
use crate::store::AuditNote;

/// Entries a minute that nobody who is known has caused.
const A_MINUTE: u32 = 60;
const MINUTE_NS: i64 = 60_000_000_000;
/// Longest texts, in characters.
const MOST: usize = 500;

/// How many entries of this minute were caused by nobody who is known.
#[derive(Debug, Default)]
pub(super) struct Flood {
    since: Option<Mono>,
    written: u32,
    left_out: u32,
}

impl Flood {
    /// Whether another one is written, and how many were left out before it.
    fn admit(&mut self, now: Mono) -> Option<u32> {
        let over = self.since.is_none_or(|since| now.0 - since.0 >= MINUTE_NS);
        if over {
            let left_out = self.left_out;
            *self = Self { since: Some(now), written: 1, left_out: 0 };
            return Some(left_out);
        }
        if self.written >= A_MINUTE {
            self.left_out = self.left_out.saturating_add(1);
            return None;
        }
        self.written += 1;
        Some(0)
    }
}

impl Gate {
    /// Writes entries that somebody known has caused. What cannot be written is in the log at least.
    pub(crate) fn audit(&self, notes: &[AuditNote]) {
        let notes: Vec<AuditNote> = notes.iter().cloned().map(bounded).collect();
        if let Err(error) = self.store.audit(&notes) {
            tracing::error!(%error, ?notes, "the audit log cannot be written");
        }
    }

    /// Writes an entry that anybody can cause as often as they like.
    pub(crate) fn audit_anybody(&self, note: &AuditNote, now: Mono) {
        let Some(left_out) = lock(&self.flood).admit(now) else { return };
        let mut notes = Vec::with_capacity(2);
        if left_out > 0 {
            notes.push(AuditNote {
                message: format!("{left_out} more refusals were not written down one by one."),
                kind: "refused".to_owned(),
                subject: "Audit log".to_owned(),
                who: "Audyn".to_owned(),
                who_id: String::new(),
                address: None,
                ..note.clone()
            });
        }
        notes.push(note.clone());
        self.audit(&notes);
    }
}

/// Who did it, as the audit log has them: name, id, and address if they came by the network.
pub(crate) fn who(caller: &Caller) -> (String, String, Option<String>) {
    let name = match caller.who.email.as_str() {
        "" => caller.who.name.clone(),
        email => format!("{} <{email}>", caller.who.name),
    };
    (name, caller.who.id.clone(), caller.address().map(|address| address.to_string()))
}

/// Texts that came from outside fit, and stand on one line.
fn bounded(note: AuditNote) -> AuditNote {
    let fit = |text: String| -> String {
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MOST).collect()
    };
    // Names of many files may be long; they are written by us.
    let message =
        note.message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(20 * MOST).collect();
    AuditNote {
        who: fit(note.who),
        who_id: fit(note.who_id),
        address: note.address.map(fit),
        kind: fit(note.kind),
        subject: fit(note.subject),
        message,
        ..note
    }
}

#[cfg(test)]
mod tests;
