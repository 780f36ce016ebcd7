//! The room on the archive's disk, and what FLAC makes of WAV there, measured beside everything else: a disk that does not
//! answer holds nobody up.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_archive::space::{Space, space};
use audyn_model::{Clock, Mono, RecorderId};

/// Between two measurements.
const EVERY: Duration = Duration::from_secs(5);
/// A measurement that takes longer than this says that the disk does not answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// What each recorder's latest FLAC files took of WAV, 0 to 1, for those that have any.
pub(crate) type Shares = HashMap<RecorderId, f64>;

/// The watch. Its thread ends when it is dropped, unless a disk holds it; then it is left behind.
pub(crate) struct DiskWatch {
    clock: Arc<dyn Clock>,
    shared: Arc<Shared>,
}

struct Shared {
    now: Mutex<Now>,
    wake: Condvar,
}

struct Now {
    dir: PathBuf,
    found: Option<(PathBuf, Result<Space, String>)>,
    shares: Arc<Shares>,
    at: Mono,
    over: bool,
}

impl DiskWatch {
    /// Measures from now on. `shares` reads what FLAC takes from the archive in this folder; it may take its time.
    pub(crate) fn start(
        clock: Arc<dyn Clock>,
        dir: PathBuf,
        shares: impl Fn(&Path) -> Shares + Send + 'static,
    ) -> std::io::Result<Self> {
        let at = clock.mono();
        let found = Some((dir.clone(), measure(&dir)));
        let now = Now { found, shares: Arc::default(), dir, at, over: false };
        let shared = Arc::new(Shared { now: Mutex::new(now), wake: Condvar::new() });
        let (own, time) = (Arc::clone(&shared), Arc::clone(&clock));
        std::thread::Builder::new().name("audyn-disk".into()).spawn(move || own.run(&*time, shares))?;
        Ok(Self { clock, shared })
    }

    /// What FLAC took of WAV, as far as it is known.
    pub(crate) fn shares(&self) -> Arc<Shares> {
        Arc::clone(&self.shared.now().shares)
    }

    /// What was found last for this folder, or in a sentence why it is not known.
    pub(crate) fn space(&self, dir: &Path) -> Result<Space, String> {
        let mut now = self.shared.now();
        if now.dir != dir {
            now.dir = dir.to_owned();
            now.found = None;
            self.shared.wake.notify_all();
        }
        let late = self.clock.mono().since(now.at) > EVERY + PATIENCE;
        match &now.found {
            Some((measured, found)) if measured == dir && !late => found.clone(),
            Some(_) | None if late => Err("The disk does not answer".to_owned()),
            Some(_) | None => Err("Not measured yet".to_owned()),
        }
    }
}

impl Drop for DiskWatch {
    fn drop(&mut self) {
        self.shared.now().over = true;
        self.shared.wake.notify_all();
    }
}

impl Shared {
    fn run(&self, clock: &dyn Clock, shares: impl Fn(&Path) -> Shares) {
        loop {
            let dir = {
                let now = self.now();
                if now.over {
                    return;
                }
                now.dir.clone()
            };
            let found = measure(&dir);
            let taken = Arc::new(shares(&dir));
            let mut now = self.now();
            now.at = clock.mono();
            now.found = Some((dir, found));
            now.shares = taken;
            let unchanged = |now: &mut Now| {
                !now.over && now.found.as_ref().is_some_and(|(measured, _)| *measured == now.dir)
            };
            drop(self.wake.wait_timeout_while(now, EVERY, unchanged));
        }
    }

    fn now(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn measure(dir: &Path) -> Result<Space, String> {
    space(dir).map_err(|error| {
        tracing::debug!(%error, "the archive's disk cannot be measured");
        "The archive folder cannot be reached".to_owned()
    })
}
