//! What somebody sees: who belongs to a studio has its recorder, that recorder's source and its files; everybody else
//! has all.

use super::Gate;
use crate::Service;
use crate::api::wire::{AppEvent, LevelLayout, Listening, Playback, PlaybackState, StateCount, Status};
use crate::api::{Access, ApiError, Caller, Code};
use crate::book::Book;
use crate::files::Scope;
use crate::inner::Inner;
use crate::levels::Levels;

/// What somebody sees, by the book as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// All.
    Everything,
    /// What is a studio's. Nothing of it if the studio is not known or has no recorder.
    Studio {
        /// The studio.
        studio: Option<String>,
        /// Its recorder's number.
        recorder: Option<u32>,
        /// The same by which meters are named.
        meter: Option<String>,
        /// Its recorder's source.
        source: Option<String>,
    },
}

impl Sight {
    /// What a caller sees now.
    pub(crate) fn of(caller: &Caller, book: &Book) -> Self {
        match caller.access {
            Access::Viewer | Access::Operator | Access::Admin => Self::Everything,
            Access::Studio => {
                let studio = caller.studio_id.as_deref().and_then(|id| book.studio(id).ok());
                let row = studio.and_then(|row| row.recorder).and_then(|id| book.recorder(id).ok());
                Self::Studio {
                    studio: studio.map(|row| row.id.clone()),
                    recorder: row.map(|row| row.number),
                    meter: row.map(|row| row.uid.to_string()),
                    source: row.and_then(|row| row.source.clone()),
                }
            }
        }
    }

    pub(crate) fn has_recorder(&self, id: u32) -> bool {
        match self {
            Self::Everything => true,
            Self::Studio { recorder, .. } => *recorder == Some(id),
        }
    }

    pub(crate) fn has_source(&self, id: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Studio { source, .. } => source.as_deref() == Some(id),
        }
    }

    pub(crate) fn has_studio(&self, id: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Studio { studio, .. } => studio.as_deref() == Some(id),
        }
    }

    pub(crate) fn has_meter(&self, id: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Studio { meter, .. } => meter.as_deref() == Some(id),
        }
    }

    /// Refuses what is another studio's.
    pub(crate) fn need_recorder(&self, id: u32) -> Result<(), ApiError> {
        need(self.has_recorder(id), "This recorder belongs to another studio.")
    }

    /// Refuses what is another studio's.
    pub(crate) fn need_source(&self, id: &str) -> Result<(), ApiError> {
        need(self.has_source(id), "This source belongs to another studio.")
    }

    /// Refuses what is another studio's.
    pub(crate) fn need_studio(&self, id: &str) -> Result<(), ApiError> {
        need(self.has_studio(id), "This is another studio.")
    }

    /// Refuses what is for those who see the whole station.
    pub(crate) fn need_everything(&self) -> Result<(), ApiError> {
        need(*self == Self::Everything, "This is about the whole station, and you belong to one studio.")
    }

    /// The layout of levels, of the meters that are seen.
    pub(crate) fn layout(&self, mut layout: LevelLayout) -> LevelLayout {
        layout.meters.retain(|meter| self.has_meter(&meter.id));
        layout
    }
}

fn need(holds: bool, message: &str) -> Result<(), ApiError> {
    if holds { Ok(()) } else { Err(ApiError::new(Code::Forbidden, message)) }
}

impl Service {
    /// What of an event somebody may hear; none: not of it.
    #[must_use]
    pub fn sees(&self, caller: &Caller, event: AppEvent) -> Option<AppEvent> {
        self.inner.sees(caller, event)
    }

    /// The levels of the meters that somebody may see.
    #[must_use]
    pub fn levels_for(&self, caller: &Caller) -> Levels {
        Levels::new(std::sync::Arc::clone(&self.inner), caller.clone())
    }
}

impl Inner {
    fn sees(&self, caller: &Caller, event: AppEvent) -> Option<AppEvent> {
        let book = self.station.shelf.book();
        let sight = Sight::of(caller, &book);
        let seen = match &event {
            AppEvent::Recorder(view) => sight.has_recorder(view.id),
            AppEvent::Source(view) => sight.has_source(&view.id),
            AppEvent::Studio(view) => sight.has_studio(&view.id),
            AppEvent::File(view) => Scope::of(caller).is_ok_and(|scope| scope.holds(&view.path)),
            AppEvent::Doctor(report) => sight.has_source(&report.source_id),
            AppEvent::Announced(_) => sight == Sight::Everything,
            AppEvent::Job(_) => caller.access >= Access::Operator,
            AppEvent::Access => caller.access >= Access::Admin,
            // Numbers and ids of what is gone say nothing about it.
            AppEvent::RecorderRemoved(_)
            | AppEvent::SourceRemoved(_)
            | AppEvent::StudioRemoved(_)
            | AppEvent::FilesRemoved(_)
            | AppEvent::Settings(_)
            | AppEvent::Clock(_)
            | AppEvent::Resync
            | AppEvent::Status(_)
            | AppEvent::Playback(_)
            | AppEvent::Levels(_) => true,
        };
        if !seen || sight == Sight::Everything {
            return seen.then_some(event);
        }
        Some(match event {
            AppEvent::Status(status) => AppEvent::Status(self.status_for(&sight, status)),
            AppEvent::Playback(playback) => AppEvent::Playback(self.playback_for(caller, playback)),
            AppEvent::Levels(layout) => AppEvent::Levels(sight.layout(layout)),
            event @ (AppEvent::Recorder(_)
            | AppEvent::RecorderRemoved(_)
            | AppEvent::Source(_)
            | AppEvent::SourceRemoved(_)
            | AppEvent::Studio(_)
            | AppEvent::StudioRemoved(_)
            | AppEvent::Settings(_)
            | AppEvent::Clock(_)
            | AppEvent::File(_)
            | AppEvent::FilesRemoved(_)
            | AppEvent::Job(_)
            | AppEvent::Doctor(_)
            | AppEvent::Announced(_)
            | AppEvent::Access
            | AppEvent::Resync) => event,
        })
    }

    /// How the station is, as far as it is a studio's: its own recorder in the counts, its own notices.
    pub(crate) fn status_for(&self, sight: &Sight, mut status: Status) -> Status {
        let Sight::Studio { recorder, .. } = sight else { return status };
        let own = recorder.and_then(|id| self.recorder(id).ok());
        let (wanted_ms, missing_ms) = recorder.map_or((0, 0.0), |id| self.station.sums_today(id));
        let count = |count: StateCount| StateCount {
            count: u32::from(own.as_ref().is_some_and(|own| own.state == count.state)),
            ..count
        };
        status.counts = status.counts.into_iter().map(count).collect();
        status.notices.retain(|notice| notice.recorder_id.is_some() && notice.recorder_id == *recorder);
        status.missing_today_s = missing_ms / 1000.0;
        status.recorders_missing = u32::from(missing_ms > 0.0);
        status.complete = (wanted_ms > 0).then(|| (1.0 - missing_ms / wanted_ms as f64).clamp(0.0, 1.0));
        status
    }

    /// Whether what this machine plays is something that somebody may hear; nothing counts as that.
    pub(crate) fn may_hear(&self, caller: &Caller, playback: &Playback) -> bool {
        let book = self.station.shelf.book();
        let sight = Sight::of(caller, &book);
        if sight == Sight::Everything {
            return true;
        }
        match (&playback.listening, &playback.file_id) {
            (Some(Listening { recorder_id: Some(id), .. }), _) => sight.has_recorder(*id),
            (Some(Listening { source_id, recorder_id: None, .. }), _) => sight.has_source(source_id),
            (None, Some(file)) => crate::files::entry(self, caller, file).is_ok(),
            (None, None) => true,
        }
    }

    /// What this machine plays, without what of it is another studio's.
    pub(crate) fn playback_for(&self, caller: &Caller, playback: Playback) -> Playback {
        if self.may_hear(caller, &playback) {
            return playback;
        }
        Playback {
            state: PlaybackState::Stopped,
            listening: None,
            file_id: None,
            name: None,
            position_s: 0.0,
            duration_s: 0.0,
            growing: false,
            message: Some("This machine plays something of another studio.".to_owned()),
            ..playback
        }
    }
}

impl Gate {
    /// Whether somebody may still sign in as this user after such a change: an admin must be left.
    pub(crate) fn leaves_an_admin(&self, id: &str) -> bool {
        let known = self.known();
        let admins = |id: Option<&str>| {
            let admin = |user: &&crate::store::UserRow| user.access == Access::Admin && user.enabled;
            known.users.iter().filter(admin).filter(|user| Some(user.id.as_str()) != id).count()
        };
        admins(Some(id)) > 0 || admins(None) == 0
    }
}
