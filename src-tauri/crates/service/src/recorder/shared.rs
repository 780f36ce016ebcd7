//! What a recorder's thread and everybody else share: orders one way, what is so the other.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_engine::source::StreamCounters;
use audyn_model::{Mono, Tai};

use super::line::Line;
use super::state::{Input, State};
use super::stats;
use super::stats::Told;
use super::vox::Vox;

/// Where a recording begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Begin {
    /// With what comes now.
    #[default]
    Now,
    /// With what came so long before it was asked for; with the oldest that is kept, if that is younger.
    Ago {
        /// How long before.
        length: Duration,
        /// When it was asked for.
        asked: Mono,
    },
    /// With all that comes from now on, and before it a gap since an earlier recording of what is the same source, which
    /// comes by another way now.
    Following {
        /// When that one's last sample ended.
        ended: Tai,
    },
}

/// One recording to be made, its place open.
pub(super) struct Job {
    pub outputs: Vec<audyn_codec::Spec>,
    pub place: audyn_archive::Place,
    pub checkpoint: Duration,
    /// Media time after which it ends by itself.
    pub duration: Option<Duration>,
    pub begin: Begin,
    /// Only while there is sound, each time a recording of its own; or all, and sound is marked.
    pub vox: Option<Vox>,
}

/// How a recording is written from its next file on.
pub(super) struct Rewrite {
    pub outputs: Vec<audyn_codec::Spec>,
    pub place: audyn_archive::Place,
}

/// What others see of a recorder, and how they tell it what to do.
pub(super) struct Shared {
    pub line: Line,
    pub counters: Arc<StreamCounters>,
    /// What encoders, disk and catalogue have done since the source was connected.
    pub stages: Arc<audyn_archive::Counts>,
    /// Samples kept of what passed by.
    pub kept: AtomicU64,
    live: Mutex<Live>,
    /// A recording has ended, or the thread has.
    pub changed: Condvar,
    pub stop: AtomicBool,
    /// When a stop has to be over, on the clock that never steps.
    pub deadline: AtomicI64,
}

pub(super) struct Live {
    pub state: State,
    pub told: Told,
    /// Ordered, and not begun.
    ordered: Option<Job>,
    /// Holds from the next file of what is going on.
    rewrite: Option<Rewrite>,
    /// Ordered or going on.
    pub busy: bool,
    /// The thread ends after what it is doing.
    leave: bool,
    /// The thread has ended.
    pub gone: bool,
}

/// What the thread does next.
pub(super) enum Next {
    Record(Job),
    StandBy,
    Leave,
}
impl Shared {
    pub(super) fn new(line: Line, counters: Arc<StreamCounters>) -> Self {
        let (told, ordered, rewrite, busy, leave, gone) = Default::default();
        let live = Live { state: State::Stopped, told, ordered, rewrite, busy, leave, gone };
        Self {
            line,
            counters,
            stages: Arc::default(),
            kept: AtomicU64::new(0),
            live: Mutex::new(live),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
            deadline: AtomicI64::new(i64::MAX),
        }
    }

    /// Orders a recording. False, and nothing is changed, if one goes on. The caller wakes the thread.
    pub(super) fn order(&self, job: Job) -> bool {
        let mut live = self.live();
        if live.busy || live.leave {
            return false;
        }
        self.stop.store(false, Ordering::Release);
        self.deadline.store(i64::MAX, Ordering::Relaxed);
        live.told = Told::default();
        live.state = live.state.step(Input::Start);
        live.ordered = Some(job);
        live.rewrite = None;
        live.busy = true;
        true
    }

    /// Orders another way of writing, for the next file on. Nothing happens if nothing is recorded.
    pub(super) fn order_rewrite(&self, rewrite: Rewrite) {
        let mut live = self.live();
        if live.busy {
            live.rewrite = Some(rewrite);
        }
    }

    pub(super) fn rewrite_is_ordered(&self) -> bool {
        self.live().rewrite.is_some()
    }

    pub(super) fn take_rewrite(&self) -> Option<Rewrite> {
        self.live().rewrite.take()
    }

    /// Asks for an orderly end of what is being recorded by `deadline`. The caller wakes the thread.
    pub(super) fn ask_to_stop(&self, deadline: Mono) {
        self.deadline.fetch_min(deadline.0, Ordering::Relaxed);
        self.stop.store(true, Ordering::Release);
    }

    /// Asks the thread to end after what it is doing. The caller wakes it.
    pub(super) fn ask_to_leave(&self) {
        self.live().leave = true;
    }

    pub(super) fn is_busy(&self) -> bool {
        self.live().busy
    }

    pub(super) fn is_gone(&self) -> bool {
        self.live().gone
    }

    /// Waits until nothing is recorded any more or `limit` has passed; whether that is so.
    pub(super) fn wait(&self, limit: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.live(), limit, |live| live.busy);
        !waited.unwrap_or_else(PoisonError::into_inner).0.busy
    }

    /// Waits until the thread has ended or `limit` has passed; whether it has.
    pub(super) fn wait_gone(&self, limit: Duration) -> bool {
        let waited = self.changed.wait_timeout_while(self.live(), limit, |live| !live.gone);
        waited.unwrap_or_else(PoisonError::into_inner).0.gone
    }

    pub(super) fn state(&self) -> State {
        self.live().state.clone()
    }

    pub(super) fn stats(&self) -> stats::RecorderStats {
        let live = self.live();
        let (state, ended, told) = (live.state.clone(), !live.busy, live.told.clone());
        drop(live);
        stats::gather(&self.line, state, ended, &told, &self.counters, &self.stages)
    }

    pub(super) fn next(&self) -> Next {
        let mut live = self.live();
        match (live.ordered.take(), live.leave) {
            (Some(job), _) => Next::Record(job),
            (None, true) => Next::Leave,
            (None, false) => Next::StandBy,
        }
    }

    pub(super) fn leaves(&self) -> bool {
        self.live().leave
    }

    pub(super) fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
