//! The application as a whole: opened once, asked by every door, closed in order.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use audyn_engine::ptp::Watch;
use audyn_model::Clock;
use tokio::sync::{Semaphore, broadcast};

use crate::access::Gate;
use crate::api::wire::{AppEvent, Settings};
use crate::api::{ApiError, Caller, Code};
use crate::book::Shelf;
use crate::clock::{self, Timekeeper};
use crate::discovery::Finder;
use crate::disk_watch::{DiskWatch, Shares};
use crate::doctors::Doctors;
use crate::inner::{AT_ONCE, Inner};
use crate::jobs::Jobs;
use crate::levels::Levels;
use crate::notices::Notices;
use crate::options::{Options, defaults};
use crate::outbox::Outbox;
use crate::playback::Player;
use crate::recorder::{Options as RecorderOptions, Recorders};
use crate::secrets::Secrets;
use crate::station::Station;
use crate::station::supervisor::Supervisor;
use crate::store::{Opened, Store, StoreError};
use crate::{demo, metrics};

/// How long an operation may take before it is given up.
const LIMIT: Duration = Duration::from_secs(30);

/// Why the application cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The state database.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// A thread.
    #[error("cannot start a thread: {0}")]
    Thread(std::io::Error),
}

/// The application. Clones are the same one.
#[derive(Clone)]
pub struct Service {
    pub(crate) inner: Arc<Inner>,
    supervisor: Arc<Mutex<Option<Supervisor>>>,
    pub(crate) permits: Arc<Semaphore>,
}

impl Service {
    /// Opens the state database, connects every source and resumes what should be recording. Takes as long as that does.
    ///
    /// # Errors
    /// The state database cannot be used.
    pub fn open(options: Options, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let now = clock.utc();
        let (store, opened) = Store::open(&options.state_dir, &options.originator, now)?;
        let store = Arc::new(store);
        let shelf = Arc::new(Shelf::open(Arc::clone(&store), defaults(&options))?);
        let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        let access = Gate::open(Arc::clone(&store), Secrets::open(&options.state_dir, credentials))?;
        // From here on time is what is followed.
        let (watch, clock) =
            Watch::start(clock, clock::spec(&shelf.book().settings.clock)).map_err(OpenError::Thread)?;
        let watch = Arc::new(watch);
        let recorders = Arc::new(Recorders::new(
            Arc::clone(&clock),
            RecorderOptions { real_time: options.real_time, originator: options.originator.clone() },
        ));
        recorders.follow(Arc::clone(&watch));
        let outbox = Outbox::new();
        let told = outbox.clone();
        let jobs = Jobs::new(move |job| told.send(AppEvent::Job(job)));
        let told = outbox.clone();
        let doctors =
            Doctors::new(Arc::clone(&clock), Arc::clone(&watch), Arc::clone(&recorders), move |report| {
                told.send(AppEvent::Doctor(Box::new(report)));
            });
        let player = Player::start().map_err(OpenError::Thread)?;
        let root = PathBuf::from(&shelf.book().settings.archive_root);
        // Owner of neither: a disk that does not answer may keep this thread for ever, and the database with it.
        let (shelf_there, archives) = (Arc::downgrade(&shelf), Arc::downgrade(&recorders));
        let shares = move |dir: &Path| {
            let root = archives.upgrade().and_then(|archives| archives.open_archive(dir));
            let book = shelf_there.upgrade().map(|shelf| shelf.book());
            let Some((root, book)) = root.zip(book) else { return Shares::new() };
            let share = |row: &crate::store::RecorderRow| Some((row.uid, root.flac_ratio(row.uid).ok()??));
            book.recorders.iter().filter_map(share).collect()
        };
        let disk = DiskWatch::start(Arc::clone(&clock), root, shares).map_err(OpenError::Thread)?;
        let inner = Arc::new(Inner {
            finder: Finder::new(Arc::clone(&clock)),
            notices: Notices::new(Arc::clone(&store), Arc::clone(&clock), options.zone.clone()),
            clock: Timekeeper::new(watch),
            station: Station::new(clock, options.zone.clone(), shelf, recorders),
            options,
            started: now,
            store,
            outbox,
            player,
            playing: Mutex::default(),
            jobs,
            doctors,
            access,
            listener: Mutex::default(),
            disk,
        });
        inner.begin(&opened)?;
        let supervisor = Supervisor::start(Arc::clone(&inner)).map_err(OpenError::Thread)?;
        Ok(Self {
            inner,
            supervisor: Arc::new(Mutex::new(Some(supervisor))),
            permits: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// Facts from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<AppEvent> {
        self.inner.outbox.subscribe()
    }

    /// Levels, to be asked for as often as somebody can see them.
    #[must_use]
    pub fn levels(&self) -> Levels {
        Levels::new(Arc::clone(&self.inner), Caller::local())
    }

    /// The settings as they are now, for doors that need one before anybody asks.
    #[must_use]
    pub fn settings_now(&self) -> Settings {
        self.inner.station.shelf.book().settings.clone()
    }

    /// Every counter in the Prometheus text format, for doors that serve it as it is.
    #[must_use]
    pub fn prometheus(&self) -> String {
        metrics::prometheus(&self.inner)
    }

    /// How many recorders should be recording.
    #[must_use]
    pub fn wanted(&self) -> usize {
        self.inner.station.shelf.book().recorders.iter().filter(|row| row.wanted).count()
    }

    /// Finishes every file within `limit` and closes the database. What should be recording is resumed at the next start.
    pub fn close(&self, limit: Duration) {
        let supervisor = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut supervisor) = supervisor else { return };
        supervisor.stop();
        self.inner.player.stop();
        self.inner.jobs.close();
        self.inner.doctors.close();
        self.inner.finder.stop();
        self.inner.station.recorders.close(limit);
        self.inner.end();
    }

    /// Does work that may block, beside the doors' own threads, not too much at once, and not for ever.
    pub(crate) async fn work<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Arc<Inner>) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let inner = Arc::clone(&self.inner);
        let late = || {
            let message = "This took longer than 30 seconds and was given up. Recording goes on. Check the disk, then try again.";
            ApiError::new(Code::Timeout, message)
        };
        let turn = Arc::clone(&self.permits).acquire_owned();
        let turn =
            tokio::time::timeout(LIMIT, turn).await.map_err(|_| late())?.map_err(ApiError::internal)?;
        let work = tokio::task::spawn_blocking(move || {
            // The turn ends with the work, not with the waiting for it.
            let _turn = turn;
            act(&inner)
        });
        tokio::time::timeout(LIMIT, work).await.map_err(|_| late())?.map_err(ApiError::internal)?
    }
}

impl Inner {
    fn begin(&self, opened: &Opened) -> Result<(), StoreError> {
        let station = &self.station;
        self.notices.about_opening(opened);
        let book = station.shelf.book();
        if self.options.demo_if_empty
            && book.sources.is_empty()
            && book.recorders.is_empty()
            && book.studios.is_empty()
        {
            demo::make(self)?;
        }
        let day = station.day();
        for row in self.store.day(day)? {
            if let Some(recorder) = station.shelf.book().recorders.iter().find(|r| r.uid == row.recorder) {
                station.resume_day(recorder.number, day, &row);
            }
        }
        self.notices.note(None, "Audyn", "program", "Audyn was started.");
        if let Err(error) = station.root() {
            tracing::error!(%error, "the archive cannot be opened yet");
        }
        station.reconcile();
        self.finder.set(&station.shelf.book().settings.discovery);
        self.start_wanted();
        self.show_changes();
        Ok(())
    }

    fn end(&self) {
        let now = self.station.clock.utc();
        self.store_days();
        self.store_sessions();
        self.notices.note(None, "Audyn", "program", "Audyn was stopped in order.");
        if let Err(error) = self.store.close(now) {
            tracing::error!(%error, "the state database does not know that this was an orderly end");
        }
    }
}
