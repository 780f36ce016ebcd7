//! What every operation may use: the station's parts, and what is done with several of them at once.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use audyn_model::Utc;

use crate::access::Gate;
use crate::api::ApiError;
use crate::api::wire::{self, AppEvent};
use crate::clock::Timekeeper;
use crate::discovery::Finder;
use crate::disk_watch::DiskWatch;
use crate::doctors::Doctors;
use crate::jobs::Jobs;
use crate::notices::Notices;
use crate::options::Options;
use crate::outbox::Outbox;
use crate::playback::Player;
use crate::recorder::Begin;
use crate::station::Station;
use crate::store::Store;

mod status;

/// Operations at work at once, and recorders that are started at once; others wait for their turn.
pub(crate) const AT_ONCE: usize = 8;

/// What every operation may use.
pub(crate) struct Inner {
    pub options: Options,
    pub started: Utc,
    pub store: Arc<Store>,
    pub notices: Notices,
    pub station: Station,
    pub outbox: Outbox,
    pub player: Player,
    /// Name of the file that is played.
    pub playing: Mutex<Option<String>>,
    pub jobs: Jobs,
    pub finder: Finder,
    pub doctors: Doctors,
    pub clock: Timekeeper,
    pub access: Gate,
    /// How the LAN listener is.
    pub listener: Mutex<wire::ListenerStatus>,
    pub disk: DiskWatch,
}

impl Inner {
    /// Starts what should be recording, several at a time: one that is slow does not hold up the others.
    pub(crate) fn start_wanted(&self) -> Vec<(u32, Result<(), String>)> {
        let book = self.station.shelf.book();
        let rows: Vec<_> = book.recorders.iter().filter(|row| row.wanted).collect();
        let each = rows.len().div_ceil(AT_ONCE).max(1);
        std::thread::scope(|scope| {
            let threads: Vec<_> = rows
                .chunks(each)
                .map(|rows| {
                    scope.spawn(move || {
                        rows.iter().map(|row| (row.number, self.start(row, Begin::Now))).collect::<Vec<_>>()
                    })
                })
                .collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        })
    }

    /// Starts one; if it cannot, that is tried again by itself.
    pub(crate) fn start(&self, row: &crate::store::RecorderRow, begin: Begin) -> Result<(), String> {
        let seat = self.station.seat(row.number);
        let _gate = seat.gate.lock().unwrap_or_else(PoisonError::into_inner);
        // While it waited its turn it may have been stopped: what should be recording now counts.
        let book = self.station.shelf.book();
        let Some(row) = book.wanted(row.uid) else { return Ok(()) };
        let begun = self.station.begin(row, begin);
        if let Err(reason) = &begun {
            seat.failed(reason.clone(), self.station.clock.mono(), self.station.clock.utc());
        }
        begun
    }

    /// Acts while none of these recorders is being started or stopped: what was looked at stays so until it is done.
    pub(crate) fn hold<T>(&self, recorders: impl IntoIterator<Item = u32>, act: impl FnOnce() -> T) -> T {
        // In order of their numbers: two that want the same ones never wait for each other.
        let numbers: BTreeSet<u32> = recorders.into_iter().collect();
        let seats: Vec<_> = numbers.into_iter().map(|number| self.station.seat(number)).collect();
        let _gates: Vec<_> =
            seats.iter().map(|seat| seat.gate.lock().unwrap_or_else(PoisonError::into_inner)).collect();
        act()
    }

    /// Every ten seconds.
    pub(crate) fn beat(&self) {
        let now = self.station.clock.utc();
        self.store_days();
        if let Err(error) = self.store.heartbeat(now) {
            tracing::error!(%error, "the state database cannot be written to");
        }
        let daily = self
            .store
            .due(now)
            .and_then(|due| if due { self.store.daily_backup(now).map(Some) } else { Ok(None) });
        if let Err(error) = daily {
            tracing::error!(%error, "the daily backup of the state database was not made");
        }
        self.look_after_sessions();
        self.outbox.send(AppEvent::Status(self.status()));
    }

    pub(crate) fn store_days(&self) {
        let shares = self.station.unstored_days();
        if !shares.is_empty()
            && let Err(error) = self.store.add_days(&shares)
        {
            tracing::error!(%error, "the sums of the day cannot be stored");
        }
    }

    /// Tells the doors which recorders, sources and sums are not as they were shown last.
    pub(crate) fn show_changes(&self) {
        let book = self.station.shelf.book();
        let disk = self.disk();
        let mut states_changed = false;
        for row in &book.recorders {
            let view = self.station.view(&book, row, &disk.light);
            if let Some(before) = self.station.show(&view) {
                if before
                    .as_ref()
                    .is_none_or(|before| (before.state, &before.reason) != (view.state, &view.reason))
                {
                    states_changed = true;
                    self.notices.about_state(before.as_ref(), &view);
                }
                self.outbox.send(AppEvent::Recorder(Box::new(view)));
            }
        }
        for row in &book.sources {
            let view = self.station.view_source(&book, row);
            if self.station.show_source(&view) {
                self.outbox.send(AppEvent::Source(Box::new(view)));
            }
        }
        if let Some(layout) = self.station.layout_to_show() {
            self.outbox.send(AppEvent::Levels(layout));
        }
        if states_changed {
            self.outbox.send(AppEvent::Status(self.status()));
        }
    }

    /// The name of a recorder that records, if one does.
    pub(crate) fn busy_recorder(&self) -> Option<String> {
        let book = self.station.shelf.book();
        book.recorders.iter().find(|row| self.station.is_busy(row.uid)).map(|row| row.name.clone())
    }

    /// A recorder as it is now.
    pub(crate) fn recorder(&self, id: u32) -> Result<wire::Recorder, ApiError> {
        let book = self.station.shelf.book();
        Ok(self.station.view(&book, book.recorder(id)?, &self.disk().light))
    }

    /// Tells the doors how the station is, if that has changed since they were told.
    pub(crate) fn tell_status(&self) {
        self.outbox.send(AppEvent::Status(self.status()));
    }

    /// Takes up what was changed in the database: connections, views, levels.
    pub(crate) fn changed(&self) -> Result<(), ApiError> {
        let book = self.station.shelf.refresh()?;
        // Users and tokens belong to studios, and a backup brings its own.
        self.access.refresh()?;
        self.finder.set(&book.settings.discovery);
        self.clock.set(&book.settings.clock);
        self.station.reconcile();
        self.station.rewrite();
        self.show_changes();
        Ok(())
    }
}
