//! Brings together what should be and what is: one thread that listens to the recorders, starts again what has ended by
//! itself, and tells the doors what has changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_model::Mono;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::sync::watch;

use crate::api::wire::{AppEvent, NoticeLevel};
use crate::events::Event;
use crate::files;
use crate::inner::Inner;
use crate::playback::PlaybackStatus;
use crate::recorder::{Begin, State};

/// Between two looks at what the recorders tell.
const LOOK: Duration = Duration::from_millis(100);
/// Between two looks at everything.
const ROUND: Duration = Duration::from_secs(1);
/// Between two notes that the program is alive, and two words on how the station is.
const BEAT: Duration = Duration::from_secs(10);

/// The thread.
pub(crate) struct Supervisor {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Run {
    inner: Arc<Inner>,
    facts: Receiver<Event>,
    playing: watch::Receiver<PlaybackStatus>,
    rounds: Mono,
    beats: Mono,
}

impl Supervisor {
    pub(crate) fn start(inner: Arc<Inner>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let facts = inner.station.recorders.events().subscribe();
        let playing = inner.player.subscribe();
        let now = inner.station.clock.mono();
        let thread = std::thread::Builder::new().name("audyn-station".into()).spawn(move || {
            let mut run = Run { inner, facts, playing, rounds: now, beats: now };
            while !flag.load(Ordering::Acquire) {
                run.look();
                std::thread::park_timeout(LOOK);
            }
            run.look();
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }

    /// Ends it; what was told until now has been passed on.
    pub(crate) fn stop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

impl Run {
    fn look(&mut self) {
        let told = self.listen();
        let now = self.inner.station.clock.mono();
        let round = now.since(self.rounds) >= ROUND;
        if round {
            let passed = now.since(self.rounds);
            self.rounds = now;
            self.count(passed);
            self.inner.station.retry_lines();
            self.start_again(now);
            crate::clock::look::look(&self.inner, now);
            self.go_over(now);
        }
        crate::discovery::following::look(&self.inner);
        if told || round {
            self.inner.show_changes();
        }
        if self.playing.has_changed().unwrap_or(false) {
            self.playing.mark_unchanged();
            self.inner.outbox.send(AppEvent::Playback(self.inner.playback()));
        }
        if now.since(self.beats) >= BEAT {
            self.beats = now;
            self.inner.beat();
        }
    }

    /// Takes what the recorders have told. True if there was anything.
    fn listen(&mut self) -> bool {
        let mut any = false;
        loop {
            match self.facts.try_recv() {
                Ok(fact) => self.hear(&fact),
                // The views are made from what is so, not from what was told: a missed fact is seen all the same.
                Err(TryRecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "recorders told more than could be followed");
                    self.inner.outbox.send(AppEvent::Resync);
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return any,
            }
            any = true;
        }
    }

    fn hear(&self, fact: &Event) {
        let inner = &self.inner;
        let book = inner.station.shelf.book();
        let row = |id| book.recorders.iter().find(|row| row.uid == id);
        match fact {
            Event::State { .. } => {}
            Event::Gap { recorder, gap, anchor, .. } => {
                if let Some(row) = row(*recorder) {
                    let (day, now) = (inner.station.day(), inner.station.clock.mono());
                    inner.station.seat(row.number).gap(gap, anchor, day, now);
                }
            }
            Event::Rewritten { recorder, .. } => {
                if let Some(row) = row(*recorder) {
                    inner.station.seat(row.number).rewritten();
                }
            }
            Event::SegmentOpened { path, .. } | Event::SegmentSealed { path, .. } => files::tell(inner, path),
            Event::SegmentAbandoned { recorder, name, path, reason } => {
                files::tell(inner, path);
                inner.notices.raise(
                    &format!("abandoned:{}", path.display()),
                    NoticeLevel::Warn,
                    row(*recorder).map(|row| row.number),
                    name,
                    &format!(
                        "The disk refused a file ({reason}). What was written of it is kept, and recording goes on in a new \
                         file; the gap between them is marked. Check the disk."
                    ),
                    None,
                );
                inner.tell_status();
            }
        }
    }

    /// Counts the time in which each recorder should have recorded.
    fn count(&self, passed: Duration) {
        let station = &self.inner.station;
        let day = station.day();
        let ms = passed.as_millis() as u64;
        for row in station.shelf.book().recorders.iter().filter(|row| row.wanted) {
            let seat = station.seat(row.number);
            seat.wanted(ms, day);
            if !station.is_busy(row.uid) {
                seat.missed(ms, day);
            }
        }
    }

    /// Lets recorders follow a source that comes by another way now, once nothing comes by the old one.
    fn go_over(&self, now: Mono) {
        let station = &self.inner.station;
        for row in station.left_behind(&station.shelf.book()) {
            let seat = station.seat(row.number);
            let Ok(_gate) = seat.gate.try_lock() else { continue };
            // It may have been stopped while others were started.
            let book = station.shelf.book();
            let Some(row) = book.wanted(row.uid) else { continue };
            tracing::warn!(
                recorder = row.name,
                "its source comes by another way now; the recording goes on there"
            );
            let note = "Its source comes by another way now. The recording goes on there, in a new file.";
            self.inner.notices.note(Some(row.number), &row.name, "state", note);
            if let Err(reason) = station.go_over(row) {
                tracing::warn!(recorder = row.name, reason, "a recorder cannot be started yet");
                seat.failed(reason, now, station.clock.utc());
            }
        }
    }

    /// Starts what should be recording and is not, when its time has come.
    fn start_again(&self, now: Mono) {
        let station = &self.inner.station;
        for row in station.shelf.book().recorders.iter().filter(|row| row.wanted && !station.is_busy(row.uid))
        {
            let seat = station.seat(row.number);
            // Somebody is starting or stopping it just now.
            let Ok(_gate) = seat.gate.try_lock() else { continue };
            // It may have been stopped while others were started.
            let book = station.shelf.book();
            let Some(row) = book.wanted(row.uid) else { continue };
            match seat.failure() {
                Some(failure) if now < failure.retry_at => continue,
                Some(_) => {}
                None => {
                    if let Some(State::Error(reason)) = station.recorders.state(row.uid) {
                        seat.failed(reason, now, station.clock.utc());
                        continue;
                    }
                }
            }
            // What came since it ended by itself is kept, as far as that goes back.
            let begin = seat
                .failure()
                .map_or(Begin::Now, |failure| Begin::Ago { length: ROUND, asked: failure.since });
            if let Err(reason) = station.begin(row, begin) {
                tracing::warn!(recorder = row.name, reason, "a recorder cannot be started yet");
                seat.failed(reason, now, station.clock.utc());
            }
        }
    }
}
