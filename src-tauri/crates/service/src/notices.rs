//! What somebody should know, in whole sentences: what happened, what it means for the audio, what to do.

use std::sync::Arc;

use audyn_model::Clock;
use jiff::tz::TimeZone;

use crate::api::wire::{Notice, NoticeAction, NoticeLevel, Recorder, RecorderState};
use crate::store::{HistoryNote, NewNotice, NoticeRow, Opened, Store};
use crate::terms::moment;

/// Notices that the doors show.
const SHOWN: u32 = 100;
/// A program that was not seen for longer than this between two starts was missed.
const MISSED_NS: i64 = 1_000_000_000;

/// Keeps them.
pub(crate) struct Notices {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
    zone: TimeZone,
}

impl Notices {
    pub(crate) const fn new(store: Arc<Store>, clock: Arc<dyn Clock>, zone: TimeZone) -> Self {
        Self { store, clock, zone }
    }

    /// Notes what has happened.
    pub(crate) fn note(&self, recorder: Option<u32>, subject: &str, kind: &str, message: &str) {
        let at = self.clock.utc();
        let (subject, kind, message) = (subject.to_owned(), kind.to_owned(), message.to_owned());
        if let Err(error) = self.store.note(&[HistoryNote { at, recorder, subject, kind, message }]) {
            tracing::error!(%error, "the history cannot be written");
        }
    }

    /// Raises a notice, if none with this key is open.
    pub(crate) fn raise(
        &self,
        key: &str,
        level: NoticeLevel,
        recorder: Option<u32>,
        subject: &str,
        message: &str,
        action: Option<NoticeAction>,
    ) {
        let at = self.clock.utc();
        let (subject, message) = (subject.to_owned(), message.to_owned());
        if let Err(error) = self.store.raise(key, NewNotice { level, at, recorder, subject, message, action })
        {
            tracing::error!(%error, key, "a notice cannot be kept");
        }
    }

    /// Those that go on or were not seen yet, newest first.
    pub(crate) fn all(&self) -> Vec<Notice> {
        let rows = self.store.notices(SHOWN).unwrap_or_else(|error| {
            tracing::error!(%error, "the notices cannot be read");
            Vec::new()
        });
        rows.into_iter().filter(|row| row.until.is_none() || !row.acknowledged).map(notice).collect()
    }

    /// What the opening of the state has found.
    pub(crate) fn about_opening(&self, opened: &Opened) {
        if let Some(aside) = &opened.set_aside {
            let offered = match opened.backups.first() {
                Some(backup) => {
                    format!("A backup of {} can be restored.", civil(backup.made, &self.zone))
                }
                None => "There is no backup; set the station up again, or bring a backup from elsewhere."
                    .to_owned(),
            };
            let message = format!(
                "The state database was damaged and is kept as {}. Recordings are not affected, but recorders, sources and \
                 studios are not known any more. {offered}",
                aside.display()
            );
            self.raise(
                "state:damaged",
                NoticeLevel::Fault,
                None,
                "State",
                &message,
                Some(NoticeAction::RestoreBackup),
            );
        }
        for (at, sentence) in opened.unusable.iter().enumerate() {
            self.raise(&format!("state:unusable:{at}"), NoticeLevel::Fault, None, "State", sentence, None);
        }
        let Some(previous) = opened.previous.as_ref().filter(|previous| previous.ended.is_none()) else {
            return;
        };
        let now = self.clock.utc();
        let zone = &self.zone;
        let away = (now.0 - previous.last_seen.0).max(0);
        if away >= MISSED_NS {
            let message = format!(
                "Audyn did not stop in order; it was last alive at {} and was started again at {}. What was recorded until then \
                 is kept, and recorders that should record go on. What is missing in between is marked as not recorded.",
                civil(previous.last_seen, zone),
                civil(now, zone)
            );
            self.raise(
                &format!("restart:{}", now.0),
                NoticeLevel::Warn,
                None,
                "Restart",
                &message,
                Some(NoticeAction::ShowGaps),
            );
        }
    }

    /// What the change of a recorder's state means.
    pub(crate) fn about_state(&self, before: Option<&Recorder>, now: &Recorder) {
        let [degraded, error] = ["degraded", "error"].map(|word| format!("{word}:{}", now.id));
        let reason = now.reason.as_deref().map(sentence).unwrap_or_default();
        match now.state {
            RecorderState::Degraded => {
                self.settle(&error);
                let message = format!(
                    "{reason} Recording goes on; what is missing is marked. Have the line looked at."
                );
                self.raise(
                    &degraded,
                    NoticeLevel::Warn,
                    Some(now.id),
                    &now.name,
                    &message,
                    Some(NoticeAction::ShowGaps),
                );
            }
            RecorderState::Error => {
                self.settle(&degraded);
                let message = format!(
                    "{reason} Audio is not being recorded; what was recorded before is safe. Audyn keeps trying."
                );
                self.raise(&error, NoticeLevel::Fault, Some(now.id), &now.name, &message, None);
            }
            RecorderState::Recording | RecorderState::Armed | RecorderState::Stopped => {
                self.settle(&degraded);
                self.settle(&error);
            }
            RecorderState::Starting | RecorderState::Stopping => {}
        }
        let passing = matches!(now.state, RecorderState::Starting | RecorderState::Stopping);
        let same = before.is_some_and(|before| before.state == now.state);
        // A recorder that is stopped when the program starts is no news.
        let news = before.is_some() || now.state != RecorderState::Stopped;
        if news && !passing && !same {
            let word = match now.state {
                RecorderState::Recording => "Recording.".to_owned(),
                RecorderState::Armed => "Armed: waiting for sound.".to_owned(),
                RecorderState::Degraded => format!("Recording, but degraded. {reason}"),
                RecorderState::Error => format!("Not recording. {reason}"),
                RecorderState::Stopped => "Stopped.".to_owned(),
                RecorderState::Starting | RecorderState::Stopping => String::new(),
            };
            self.note(Some(now.id), &now.name, "state", &word);
        }
    }

    /// Notes that what a notice was about is over.
    pub(crate) fn settle(&self, key: &str) {
        if let Err(error) = self.store.settle(key, self.clock.utc()) {
            tracing::error!(%error, key, "a notice cannot be settled");
        }
    }
}

fn notice(row: NoticeRow) -> Notice {
    Notice {
        id: row.id,
        level: row.level,
        at: moment(row.at),
        until: row.until.map(moment),
        recorder_id: row.recorder,
        subject: row.subject,
        message: row.message,
        action: row.action,
        acknowledged: row.acknowledged,
    }
}

/// A reason as a sentence of its own.
fn sentence(reason: &str) -> String {
    let mut letters = reason.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn civil(utc: audyn_model::Utc, zone: &TimeZone) -> String {
    moment(utc).0.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
