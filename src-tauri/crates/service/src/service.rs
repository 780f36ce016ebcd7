//! The application as a whole: opened once, asked by every door, closed in order.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use audyn_engine::ptp::Watch;
use audyn_model::{Clock, Utc};
use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, broadcast};

use crate::access::Gate;
use crate::api::wire::{self, AppEvent, NoticeAction, NoticeLevel, Settings, Writing};
use crate::api::{ApiError, Caller, Code};
use crate::book::Shelf;
use crate::clock::Timekeeper;
use crate::discovery::Finder;
use crate::disk_watch::{DiskWatch, Shares};
use crate::doctors::Doctors;
use crate::jobs::Jobs;
use crate::levels::Levels;
use crate::outbox::Outbox;
use crate::playback::Player;
use crate::recorder::{Begin, Options as RecorderOptions, Recorders};
use crate::secrets::Secrets;
use crate::station::Station;
use crate::station::supervisor::Supervisor;
use crate::store::{HistoryNote, Opened, Store, StoreError};
use crate::{demo, files, metrics, notices};

mod status;

/// Operations at work at once; others wait for their turn.
const AT_ONCE: usize = 8;
/// How long an operation may take before it is given up.
const LIMIT: Duration = Duration::from_secs(30);

/// How the application is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the state database.
    pub state_dir: PathBuf,
    /// Where recordings go, if that was given to the program; it cannot be changed by a person then.
    pub archive_root: Option<PathBuf>,
    /// Where recordings go unless that was set.
    pub default_archive_root: PathBuf,
    /// Program and version, as files and catalogues name their maker.
    pub originator: String,
    /// Ask for real-time priority and locked memory.
    pub real_time: bool,
    /// Begin with a demonstration if there is nothing yet.
    pub demo_if_empty: bool,
    /// The station's civil time.
    pub zone: TimeZone,
}

impl Options {
    /// As the environment says: `AUDYN_CONFIG_DIR` is the folder of the state database, else `audyn` in the user's
    /// configuration folder; `AUDYN_ARCHIVE_ROOT` where recordings go, else `audyn/archive` in the user's data folder, or
    /// `/var/lib/audyn/archive` without a home.
    #[must_use]
    pub fn from_environment(originator: &str, demo_if_empty: bool) -> Self {
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = folder("HOME");
        let below_home = |rest: &str| home.as_ref().map(|home| home.join(rest));
        let config = folder("XDG_CONFIG_HOME").or_else(|| below_home(".config"));
        let data = folder("XDG_DATA_HOME").or_else(|| below_home(".local/share"));
        let state_dir = folder("AUDYN_CONFIG_DIR")
            .or_else(|| config.map(|config| config.join("audyn")))
            .unwrap_or_else(|| PathBuf::from("/var/lib/audyn"));
        Self {
            state_dir,
            archive_root: folder("AUDYN_ARCHIVE_ROOT"),
            default_archive_root: data
                .map_or_else(|| PathBuf::from("/var/lib/audyn/archive"), |data| data.join("audyn/archive")),
            originator: originator.to_owned(),
            real_time: true,
            demo_if_empty,
            zone: TimeZone::system(),
        }
    }
}

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

/// What every operation may use.
pub(crate) struct Inner {
    pub options: Options,
    pub started: Utc,
    pub store: Arc<Store>,
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
    disk: DiskWatch,
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
        let (watch, clock) = Watch::start(clock, crate::clock::spec(&shelf.book().settings.clock))
            .map_err(OpenError::Thread)?;
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
    fn begin(self: &Arc<Self>, opened: &Opened) -> Result<(), StoreError> {
        let station = &self.station;
        notices::about_opening(self, opened);
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
        self.note(None, "Audyn", "program", "Audyn was started.");
        if let Err(error) = station.root() {
            tracing::error!(%error, "the archive cannot be opened yet");
        }
        station.reconcile();
        self.finder.set(&station.shelf.book().settings.discovery);
        self.start_wanted();
        self.show_changes();
        Ok(())
    }

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

    fn end(&self) {
        let now = self.station.clock.utc();
        self.store_days();
        self.store_sessions();
        self.note(None, "Audyn", "program", "Audyn was stopped in order.");
        if let Err(error) = self.store.close(now) {
            tracing::error!(%error, "the state database does not know that this was an orderly end");
        }
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

    fn store_days(&self) {
        let shares = self.station.unstored_days();
        if !shares.is_empty()
            && let Err(error) = self.store.add_days(&shares)
        {
            tracing::error!(%error, "the sums of the day cannot be stored");
        }
    }

    /// Notes what has happened.
    pub(crate) fn note(&self, recorder: Option<u32>, subject: &str, kind: &str, message: &str) {
        let at = self.station.clock.utc();
        let (subject, kind, message) = (subject.to_owned(), kind.to_owned(), message.to_owned());
        if let Err(error) = self.store.note(&[HistoryNote { at, recorder, subject, kind, message }]) {
            tracing::error!(%error, "the history cannot be written");
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
                    notices::about_state(self, before.as_ref(), &view);
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

    /// Tells the doors of a file that was begun or finished.
    pub(crate) fn tell_file(&self, path: &Path) {
        if let Some(entry) = files::entry_at(self, path) {
            self.outbox.send(AppEvent::File(entry));
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
        notices::raise(self, key, level, recorder, subject, message, action);
        self.tell_status();
    }
}

/// The settings of a new station.
pub(crate) fn defaults(options: &Options) -> Settings {
    let root = options.archive_root.as_ref().unwrap_or(&options.default_archive_root);
    Settings {
        station: "Audyn".to_owned(),
        archive_root: root.to_string_lossy().into_owned(),
        archive_root_locked: options
            .archive_root
            .is_some()
            .then(|| "Set by AUDYN_ARCHIVE_ROOT when Audyn was started.".to_owned()),
        writing: Writing {
            outputs: vec![wire::Output {
                format: wire::Format::Wav,
                bits: Some(wire::Bits::Int24),
                bitrate: None,
                vbr: None,
                complexity: None,
            }],
            layout: wire::Layout::Dailydir,
            custom_format: None,
            period_s: 3600,
            clock: wire::ArchiveClock::Localtime,
        },
        interface: None,
        discovery: wire::DiscoverySettings { on: true, interfaces: Vec::new() },
        clock: wire::ClockSettings {
            reference: wire::ClockReference::System,
            device: None,
            interface: None,
            domain: None,
            interfaces: Vec::new(),
        },
        theme: wire::Theme::System,
        reference_dbfs: -18,
        peak_hold_s: 2,
        shortcuts: true,
        engineering_contact: String::new(),
        kiosk: false,
        close_to_tray: false,
        pre_roll_s: 120,
        pre_roll_mib: None,
    }
}
