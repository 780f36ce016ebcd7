//! The recorders, sources and meters of the station: what should run, and what does.
//!
//! Every recorder with a source is connected to it, so that its meter lives; a source that no recorder takes is connected
//! by itself. What should be recording is intent and lies in the database; what does is here, and the
//! [supervisor](supervisor) brings the two together.

mod seat;
pub(crate) mod supervisor;
mod tones;
mod view;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_archive::Root;
use audyn_engine::meter::MeterReader;
use audyn_model::{Clock, RecorderId};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::api::ApiError;
use crate::api::wire::{self, LevelLayout, MeterPlace};
use crate::book::{Book, Shelf};
use crate::recorder::{Begin, Limits, Line, Place, RecorderSpec, Recorders, StartError, VoxMode};
use crate::store::{DayRow, DayShare, RecorderRow, SourceRow};
use crate::terms::{self, Heard};

pub(crate) use seat::Seat;

/// How long a recording may take to finish its files.
pub(crate) const FINISH: Duration = Duration::from_secs(5);

/// What runs.
pub(crate) struct Station {
    pub clock: Arc<dyn Clock>,
    pub zone: TimeZone,
    pub shelf: Arc<Shelf>,
    pub recorders: Arc<Recorders>,
    seats: Mutex<BTreeMap<u32, Arc<Seat>>>,
    /// What is connected, by recorder or, for a source of its own, by source.
    lines: Mutex<BTreeMap<RecorderId, Connected>>,
    tones: Mutex<tones::Tones>,
    /// Memory for what passes by, unless that was set.
    usual_bytes: u64,
    generation: AtomicU32,
    shown_generation: AtomicU32,
    shown_sources: Mutex<BTreeMap<String, wire::Source>>,
    /// How it goes with the announcements that sources follow, by source.
    follows: Mutex<BTreeMap<String, wire::Light>>,
}

/// A line that is wished for, and how it went.
#[derive(Clone, Debug)]
struct Connected {
    source_id: String,
    name: String,
    heard: Heard,
    /// Why it is not connected.
    failed: Option<String>,
}

impl Station {
    pub(crate) fn new(
        clock: Arc<dyn Clock>,
        zone: TimeZone,
        shelf: Arc<Shelf>,
        recorders: Arc<Recorders>,
    ) -> Self {
        Self {
            clock,
            zone,
            shelf,
            recorders,
            seats: Mutex::default(),
            lines: Mutex::default(),
            tones: Mutex::default(),
            usual_bytes: Limits::usual_bytes(),
            generation: AtomicU32::new(1),
            shown_generation: AtomicU32::new(0),
            shown_sources: Mutex::default(),
            follows: Mutex::default(),
        }
    }

    /// A recorder's seat, made when it is first asked for.
    pub(crate) fn seat(&self, id: u32) -> Arc<Seat> {
        Arc::clone(lock(&self.seats).entry(id).or_default())
    }

    pub(crate) fn forget(&self, id: u32) {
        lock(&self.seats).remove(&id);
    }

    /// Connects what is to be connected and is not, and disconnects what is no longer. A line that records stays.
    pub(crate) fn reconcile(&self) {
        let book = self.shelf.book();
        self.recorders.keep(Limits {
            length_ms: u64::from(book.settings.pre_roll_s) * 1000,
            bytes: book.settings.pre_roll_mib.map_or(self.usual_bytes, |mib| u64::from(mib) << 20),
        });
        let mut wanted = wanted(&book);
        let mut lines = lock(&self.lines);
        let tones: Vec<_> = wanted
            .values()
            .filter_map(|line| Some((line.source_id.clone(), line.name.clone(), line.heard.tone.clone()?)))
            .collect();
        for (source, why) in lock(&self.tones).follow(&tones, self.clock.utc()) {
            tracing::error!(source, why, "the test tone cannot be sent");
        }
        let mut changed = false;
        lines.retain(|id, old| {
            let same = wanted.get(id).is_some_and(|new| {
                new.heard == old.heard
                    && new.source_id == old.source_id
                    && new.name == old.name
                    && old.failed.is_none()
            });
            let keep = same || self.is_busy(*id);
            if !keep {
                self.recorders.disconnect(*id, FINISH);
                changed = true;
            }
            keep
        });
        for (id, mut line) in std::mem::take(&mut wanted) {
            if lines.contains_key(&id) {
                continue;
            }
            let connected = Line { id, name: line.name.clone(), source: line.heard.source.clone() };
            if let Err(error) = self.recorders.connect(connected, RecorderSpec::RING_MS) {
                let why = reason(&error);
                tracing::warn!(line = line.name, why, "a source is not connected");
                line.failed = Some(why);
            }
            lines.insert(id, line);
            changed = true;
        }
        if changed {
            self.generation.fetch_add(1, Ordering::Release);
        }
    }

    /// Tries again what could not be connected.
    pub(crate) fn retry_lines(&self) {
        if lock(&self.lines).values().any(|line| line.failed.is_some()) {
            self.reconcile();
        }
    }

    /// Recorders that record what no longer comes, while their source comes by another way now.
    pub(crate) fn left_behind(&self, book: &Book) -> Vec<RecorderRow> {
        let lines = lock(&self.lines);
        let moved = |row: &&RecorderRow| {
            let (Some(line), Some(source)) = (lines.get(&row.uid), book.source_of(row)) else { return false };
            let Ok(heard) = book.heard(source) else { return false };
            heard.source != line.heard.source
                && self.is_busy(row.uid)
                && self.recorders.legs_heard(row.uid).is_some_and(|legs| !legs.contains(&true))
        };
        book.recorders.iter().filter(moved).cloned().collect()
    }

    /// Ends a recording and begins the next where the source comes now. What was lost between the two is a gap at the
    /// beginning of the second.
    ///
    /// # Errors
    /// In a sentence: why it cannot record now.
    pub(crate) fn go_over(&self, row: &RecorderRow) -> Result<(), String> {
        let ended = self.recorders.end(row.uid, FINISH).and_then(|stats| stats.until);
        self.reconcile();
        // Between activations nothing is written, so nothing was lost.
        let on_sound = row.config.vox.as_ref().is_some_and(|vox| terms::vox(vox).mode == VoxMode::Activation);
        let begin = ended.filter(|_| !on_sound).map_or(Begin::Now, |ended| Begin::Following { ended });
        self.begin(row, begin)
    }

    /// How it goes with the announcements that sources follow, from now on.
    pub(crate) fn set_follows(&self, follows: BTreeMap<String, wire::Light>) {
        *lock(&self.follows) = follows;
    }

    /// Begins a recorder's recording. One that records goes on.
    ///
    /// # Errors
    /// In a sentence: why it cannot record now.
    pub(crate) fn begin(&self, row: &RecorderRow, begin: Begin) -> Result<(), String> {
        let book = self.shelf.book();
        let Some(source) = book.source_of(row) else {
            return Err("This recorder has no source. Choose one first.".to_owned());
        };
        if self.is_busy(row.uid) {
            return Ok(());
        }
        if lock(&self.lines).get(&row.uid).is_none_or(|line| line.failed.is_some()) {
            self.reconcile();
        }
        if let Some(why) = lock(&self.lines).get(&row.uid).and_then(|line| line.failed.clone()) {
            return Err(why);
        }
        let spec = self.spec(&book, row, source).map_err(|found| found.join(" "))?;
        self.recorders.record(&spec, begin).map_err(|error| reason(&error))?;
        self.seat(row.number).began(self.clock.utc(), book.writing(row));
        Ok(())
    }

    /// Lets those that record write their next files as is set now.
    pub(crate) fn rewrite(&self) {
        let book = self.shelf.book();
        for row in book.recorders.iter().filter(|row| self.is_busy(row.uid)) {
            let Some(source) = book.source_of(row) else { continue };
            let Ok(spec) = self.spec(&book, row, source) else { continue };
            if self.seat(row.number).will_write(&book.writing(row))
                && let Err(error) = self.recorders.rewrite(&spec)
            {
                tracing::warn!(recorder = row.name, %error, "its next file is written as the last one");
            }
        }
    }

    /// Ends a recorder's recording; every file is finished first.
    pub(crate) fn end(&self, row: &RecorderRow) {
        self.recorders.end(row.uid, FINISH);
        self.seat(row.number).ended();
    }

    /// Whether it records, or is about to.
    pub(crate) fn is_busy(&self, uid: RecorderId) -> bool {
        self.recorders.is_busy(uid)
    }

    /// The archive's root, opened.
    ///
    /// # Errors
    /// It cannot be reached or written to.
    pub(crate) fn root(&self) -> Result<Arc<Root>, ApiError> {
        let dir = self.shelf.book().settings.archive_root.clone();
        self.recorders.archive(Path::new(&dir)).map_err(|error| {
            ApiError::unavailable(format!(
                "The archive cannot be used: {error}. Check the disk, or choose another folder."
            ))
        })
    }

    /// Which meters there are, in order, with a reader each.
    pub(crate) fn meters(&self) -> (LevelLayout, Vec<Option<MeterReader>>) {
        let lines = lock(&self.lines);
        let generation = self.generation.load(Ordering::Acquire) % (1 << 24);
        let place = |(id, line): (&RecorderId, &Connected)| {
            let place = MeterPlace { id: id.to_string(), channels: line.heard.channels.clone() };
            (place, self.recorders.levels_of(*id))
        };
        let (meters, readers) = lines.iter().map(place).unzip();
        (LevelLayout { generation, meters }, readers)
    }

    /// Whoever shows levels asks anew which meters there are.
    pub(crate) fn layout_changed(&self) {
        self.generation.fetch_add(1, Ordering::Release);
    }

    pub(crate) fn generation(&self) -> u32 {
        self.generation.load(Ordering::Acquire) % (1 << 24)
    }

    /// Takes up a day's sums where an earlier run of the program left them.
    pub(crate) fn resume_day(&self, id: u32, day: Date, row: &DayRow) {
        self.seat(id).resume(day, row);
    }

    /// What of the recorders' days the database has not got yet.
    pub(crate) fn unstored_days(&self) -> Vec<DayShare> {
        let book = self.shelf.book();
        book.recorders.iter().filter_map(|row| self.seat(row.number).unstored(row.uid)).collect()
    }

    /// Milliseconds that were wanted and that are missing today.
    pub(crate) fn sums_today(&self, id: u32) -> (u64, f64) {
        self.seat(id).today(self.day()).map_or((0, 0.0), |today| (today.wanted_ms, today.missing_ms))
    }

    /// Notes that a recorder is shown like this from now on; what was shown before, if this is another.
    pub(crate) fn show(&self, view: &wire::Recorder) -> Option<Option<wire::Recorder>> {
        self.seat(view.id).show(view)
    }

    /// Notes that a source is shown like this from now on; whether that is another view of it.
    pub(crate) fn show_source(&self, view: &wire::Source) -> bool {
        lock(&self.shown_sources).insert(view.id.clone(), view.clone()).as_ref() != Some(view)
    }

    /// The layout of levels, if it is another than was told last.
    pub(crate) fn layout_to_show(&self) -> Option<LevelLayout> {
        let generation = self.generation();
        (self.shown_generation.swap(generation, Ordering::AcqRel) != generation).then(|| self.meters().0)
    }

    fn spec(&self, book: &Book, row: &RecorderRow, source: &SourceRow) -> Result<RecorderSpec, Vec<String>> {
        let writing = book.writing(row);
        let heard = book.heard(source)?;
        Ok(RecorderSpec {
            id: row.uid,
            name: row.name.clone(),
            outputs: terms::outputs(&writing),
            place: Place::Archive {
                dir: book.settings.archive_root.clone().into(),
                naming: terms::naming(&writing, &book.folder(row.number), &self.zone)?,
                period_s: writing.period_s,
            },
            source: heard.source,
            checkpoint: RecorderSpec::CHECKPOINT,
            ring_ms: RecorderSpec::RING_MS,
            duration: None,
            vox: row.config.vox.as_ref().map(terms::vox),
        })
    }
}

/// What is to be connected: every recorder with a usable source, and every source that has no recorder.
fn wanted(book: &Book) -> BTreeMap<RecorderId, Connected> {
    let mut wanted = BTreeMap::new();
    for source in &book.sources {
        let Ok(heard) = book.heard(source) else { continue };
        let takers: Vec<&RecorderRow> =
            book.recorders.iter().filter(|row| row.source.as_deref() == Some(source.id.as_str())).collect();
        let line = |recorder: Option<&RecorderRow>| Connected {
            source_id: source.id.clone(),
            name: recorder.map_or(&source.name, |row| &row.name).clone(),
            heard: heard.clone(),
            failed: None,
        };
        for row in &takers {
            wanted.insert(row.uid, line(Some(row)));
        }
        if takers.is_empty()
            && let Ok(id) = source.id.parse()
        {
            wanted.insert(id, line(None));
        }
    }
    wanted
}

/// Why something did not start, as a sentence.
fn reason(error: &StartError) -> String {
    let text = match error {
        StartError::Source { source, .. } => source.to_string(),
        StartError::Archive { source, .. } => source.to_string(),
        StartError::Thread { source, .. } => format!("no thread could be started: {source}"),
        StartError::AlreadyRunning(_) | StartError::NotConnected(_) => error.to_string(),
    };
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
