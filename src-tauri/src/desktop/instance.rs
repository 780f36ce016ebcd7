//! One window for one station: a second start brings the first window to the front and ends.
//!
//! A lock on a file in the state folder says who is first, a socket beside it carries the word. Neither needs a session
//! bus, and two stations in two state folders do not meet. The lock goes with the process, however that ends; a socket
//! that a crash left behind is replaced by the next first. A first window that is on its way out does not answer: the
//! second start waits until it is gone and takes its place.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_model::Clock as _;

/// What is asked and answered.
const SHOW: &[u8] = b"show\n";
const SHOWN: &[u8] = b"shown\n";
/// How long the first has for an answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// How long it may take to be there or to be gone: every file is finished first.
const CHANGE: Duration = Duration::from_secs(8);
const PAUSE: Duration = Duration::from_millis(50);

/// Which start this is.
#[derive(Debug)]
pub enum Claim {
    /// The first.
    First(First),
    /// A later one; the first one's window is in front now.
    Shown,
}

/// The right to be the only window of a station.
#[derive(Debug)]
pub struct First {
    lock: File,
    listener: UnixListener,
}

/// Why it cannot be told which start this is.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The state folder cannot be used.
    #[error("cannot use the state folder {folder}: {source}; AUDYN_CONFIG_DIR names another")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The first one does not answer.
    #[error(
        "Audyn runs already with the state folder {folder}, and does not answer: {source}; \
         end it, or set AUDYN_CONFIG_DIR for another station"
    )]
    Mute {
        /// The folder.
        folder: PathBuf,
        /// What happened instead.
        source: io::Error,
    },
}

/// Claims a station's window.
///
/// # Errors
/// The folder cannot be used, or the window that is open does not answer.
pub fn claim(folder: &Path) -> Result<Claim, Error> {
    claim_within(folder, CHANGE)
}

fn claim_within(folder: &Path, change: Duration) -> Result<Claim, Error> {
    let unusable = |source| Error::Folder { folder: folder.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
    let place = File::open(folder).map_err(unusable)?;
    let lock = File::create(folder.join("window.lock")).map_err(unusable)?;
    let until = SystemClock.mono().after(change);
    loop {
        match lock.try_lock() {
            Ok(()) => {
                return Ok(Claim::First(First { lock, listener: bind(folder, &place).map_err(unusable)? }));
            }
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        match ask(&place) {
            Ok(()) => return Ok(Claim::Shown),
            // It has the lock, and its socket in a moment; or it is on its way out.
            Err(_) if SystemClock.mono() < until => std::thread::sleep(PAUSE),
            Err(source) => return Err(Error::Mute { folder: folder.to_owned(), source }),
        }
    }
}

impl First {
    /// Calls `show` for every later start, on the thread `instance`, which ends with the program. It says whether the
    /// window is shown; one that is on its way out is not.
    ///
    /// # Errors
    /// The thread cannot be made.
    pub fn listen(self, show: impl Fn() -> bool + Send + 'static) -> io::Result<()> {
        std::thread::Builder::new().name("instance".into()).spawn(move || {
            let Self { lock, listener } = self;
            for stream in listener.incoming() {
                if let Err(error) = stream.and_then(|stream| answer(stream, &show)) {
                    tracing::debug!("a second start was not answered: {error}");
                    // Out of descriptors, for one: not in a tight circle.
                    std::thread::sleep(PAUSE);
                }
            }
            drop(lock);
        })?;
        Ok(())
    }
}

/// A socket's address holds 107 bytes, a path may have more: it is named by the folder that is open.
fn address(place: &File) -> PathBuf {
    PathBuf::from(format!("/proc/self/fd/{}/window.sock", place.as_raw_fd()))
}

fn bind(folder: &Path, place: &File) -> io::Result<UnixListener> {
    match fs::remove_file(folder.join("window.sock")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    UnixListener::bind(address(place))
}

fn ask(place: &File) -> io::Result<()> {
    let mut stream = UnixStream::connect(address(place))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(SHOW)?;
    let mut answer = [0; SHOWN.len()];
    stream.read_exact(&mut answer)?;
    if answer == SHOWN { Ok(()) } else { Err(io::Error::other("its answer is not understood")) }
}

fn answer(mut stream: UnixStream, show: &impl Fn() -> bool) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut asked = [0; SHOW.len()];
    stream.read_exact(&mut asked)?;
    if asked == SHOW && show() {
        stream.write_all(SHOWN)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
