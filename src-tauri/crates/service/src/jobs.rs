//! Jobs: what takes its time and is done beside everything else. Today that is copying files out of the archive.
//!
//! One thread, `audyn-jobs`, does one job after the other. It is started with the first job and ends when [`Jobs`] is
//! closed or dropped; then it gives up what it is at.
//! **Full policy:** 100 jobs may wait; the next one is refused with that reason. Of those that are over, the last 200 are
//! remembered.
//!
//! A copy is written as `name.part`, in a file that did not exist, synced, and only then given its name, under which there
//! was nothing either. What a job was at when it ended early goes away; what it had finished stays.

mod copy;

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_model::{Clock, Mono};
use uuid::Uuid;

use crate::api::wire::{Job, JobKind, JobState};
use copy::{Ended, Step};

/// Jobs that may wait.
const WAITING: usize = 100;
/// Jobs that are remembered after their end.
const REMEMBERED: usize = 200;
/// Between two tellings of one job's progress.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Opens a file of the archive when its turn has come.
pub(crate) type Open = Box<dyn FnOnce() -> Result<File, String> + Send>;

/// One file to copy.
pub(crate) struct CopyFile {
    /// What the copy is called if that name is free.
    pub name: String,
    /// Its length, for progress and for the space that is needed.
    pub bytes: u64,
    /// How to come by its contents.
    pub open: Open,
}

/// Where a copy goes.
pub(crate) struct CopyTo {
    /// A folder of this machine, absolute; it exists.
    pub folder: PathBuf,
    /// The archive's root, which no copy may go into.
    pub archive: PathBuf,
}

/// Why a job was not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The folder cannot take it.
    #[error("{0}")]
    Folder(String),
    /// It would not fit.
    #[error("{0}")]
    Space(String),
    /// Too many wait.
    #[error("{WAITING} jobs are waiting already; try again when some are done")]
    Full,
    /// Nobody is there to do it.
    #[error("the job cannot be started: {0}")]
    Thread(String),
}

/// The queue of jobs, and its thread.
pub(crate) struct Jobs {
    shared: Arc<Shared>,
    worker: Mutex<Option<Worker>>,
}

struct Worker {
    queue: SyncSender<Order>,
    thread: JoinHandle<()>,
}

struct Shared {
    clock: Arc<dyn Clock>,
    tell: Box<dyn Fn(Job) + Send + Sync>,
    stop: AtomicBool,
    jobs: Mutex<VecDeque<Known>>,
}

/// A job as the list has it, newest first.
struct Known {
    job: Job,
    cancel: Arc<AtomicBool>,
    told: Option<Mono>,
}

struct Order {
    id: String,
    cancel: Arc<AtomicBool>,
    files: Vec<CopyFile>,
    folder: PathBuf,
}

impl Jobs {
    /// No jobs yet. `tell` is given each job when it is queued, at most ten times a second while it goes on, and when it
    /// is over; it must not wait long.
    pub(crate) fn new(tell: impl Fn(Job) + Send + Sync + 'static) -> Self {
        Self::on(Arc::new(SystemClock), tell)
    }

    fn on(clock: Arc<dyn Clock>, tell: impl Fn(Job) + Send + Sync + 'static) -> Self {
        let (stop, jobs) = (AtomicBool::new(false), Mutex::default());
        Self {
            shared: Arc::new(Shared { clock, tell: Box::new(tell), stop, jobs }),
            worker: Mutex::default(),
        }
    }

    /// Queues the copying of files.
    ///
    /// # Errors
    /// The folder is none, is in the archive, has too little room; too many jobs wait.
    pub(crate) fn copy(&self, files: Vec<CopyFile>, to: &CopyTo) -> Result<Job, Refusal> {
        let total = files.iter().map(|file| file.bytes).sum();
        let folder = copy::check_folder(&to.folder, &to.archive, total)?;
        let job = Job {
            id: Uuid::now_v7().to_string(),
            kind: JobKind::Copy,
            state: JobState::Running,
            done: 0,
            total,
            message: format!("Waiting to copy {}", copy::count(files.len())),
        };
        let cancel = Arc::new(AtomicBool::new(false));
        let known = Known { job: job.clone(), cancel: Arc::clone(&cancel), told: None };
        // It is in the list, and told, before its thread can be.
        self.shared.jobs().push_front(known);
        (self.shared.tell)(job.clone());
        let taken = self.give(Order { id: job.id.clone(), cancel, files, folder });
        if let Err(refusal) = &taken {
            self.shared.ended(&job.id, Ended::Failed { why: refusal.to_string() });
        }
        taken.map(|()| job)
    }

    fn give(&self, order: Order) -> Result<(), Refusal> {
        let mut worker = lock(&self.worker);
        if self.shared.stop.load(Ordering::Acquire) {
            return Err(Refusal::Thread("Audyn is being closed".to_owned()));
        }
        let worker = match &mut *worker {
            Some(worker) => worker,
            none => {
                none.insert(Worker::start(&self.shared).map_err(|error| Refusal::Thread(error.to_string()))?)
            }
        };
        worker.queue.try_send(order).map_err(|refused| match refused {
            TrySendError::Full(_) => Refusal::Full,
            TrySendError::Disconnected(_) => {
                Refusal::Thread("its thread is gone; start Audyn again".to_owned())
            }
        })
    }

    /// Every job that is remembered, newest first.
    pub(crate) fn list(&self) -> Vec<Job> {
        self.shared.jobs().iter().map(|known| known.job.clone()).collect()
    }

    /// Ends a job: one that waits at once, one that is at work within a block. One that is over stays as it is. None if
    /// there is no such job.
    pub(crate) fn cancel(&self, id: &str) -> Option<Job> {
        let cancelled = {
            let mut jobs = self.shared.jobs();
            let known = jobs.iter_mut().find(|known| known.job.id == id)?;
            if known.job.state != JobState::Running {
                return Some(known.job.clone());
            }
            known.cancel.store(true, Ordering::Release);
            known.job.state = JobState::Cancelled;
            known.job.message = "Cancelled".to_owned();
            known.job.clone()
        };
        (self.shared.tell)(cancelled.clone());
        Some(cancelled)
    }

    /// Gives up every job, and waits until nothing of the one at work is left but what it had finished.
    pub(crate) fn close(&self) {
        self.shared.stop.store(true, Ordering::Release);
        let worker = lock(&self.worker).take();
        if let Some(Worker { queue, thread }) = worker {
            drop(queue);
            if thread.join().is_err() {
                tracing::error!("the thread of jobs had panicked");
            }
        }
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.close();
    }
}

impl Worker {
    fn start(shared: &Arc<Shared>) -> io::Result<Self> {
        let (queue, orders) = sync_channel(WAITING);
        let work = Arc::clone(shared);
        let thread =
            std::thread::Builder::new().name("audyn-jobs".to_owned()).spawn(move || work.run(&orders))?;
        Ok(Self { queue, thread })
    }
}

impl Shared {
    fn run(&self, orders: &Receiver<Order>) {
        while let Ok(order) = orders.recv() {
            let Order { id, cancel, files, folder } = order;
            let stopped = || self.stop.load(Ordering::Acquire) || cancel.load(Ordering::Acquire);
            let ended = copy::copy_all(files, &folder, &stopped, &mut |step| self.went_on(&id, &step));
            self.ended(&id, ended);
        }
    }

    fn went_on(&self, id: &str, step: &Step<'_>) {
        let now = self.clock.mono();
        let due = {
            let mut jobs = self.jobs();
            let Some(known) = jobs.iter_mut().find(|known| known.job.id == id) else { return };
            if known.job.state != JobState::Running {
                return;
            }
            known.job.done = step.done;
            known.job.message = format!("Copying {}, {} of {}", step.name, step.file, step.files);
            let due = known.told.is_none_or(|told| now.since(told) >= TELL_EVERY);
            due.then(|| {
                known.told = Some(now);
                known.job.clone()
            })
        };
        if let Some(job) = due {
            (self.tell)(job);
        }
    }

    fn ended(&self, id: &str, ended: Ended) {
        let over = {
            let mut jobs = self.jobs();
            let Some(known) = jobs.iter_mut().find(|known| known.job.id == id) else { return };
            let (state, message) = match ended {
                Ended::Done { message } => {
                    known.job.done = known.job.total;
                    (JobState::Done, message)
                }
                Ended::Stopped { files } => {
                    (JobState::Cancelled, format!("Cancelled; {} had been copied", copy::count(files)))
                }
                Ended::Failed { why } => (JobState::Failed, why),
            };
            (known.job.state, known.job.message) = (state, message);
            let job = known.job.clone();
            while jobs.len() > REMEMBERED && jobs.back().is_some_and(|old| old.job.state != JobState::Running)
            {
                jobs.pop_back();
            }
            job
        };
        (self.tell)(over);
    }

    fn jobs(&self) -> MutexGuard<'_, VecDeque<Known>> {
        lock(&self.jobs)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
