//! One process at a time: two that follow the same intents would record everything twice.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use audyn_model::Utc;

use super::{StoreError, stamp};

/// The lock file's name in the state folder. It stays there; only the lock on it counts, and the system takes that back
/// from a process that is killed.
const FILE: &str = "audyn.lock";

/// Held as long as the state is open.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock and writes into the file who has it.
    pub fn take(dir: &Path, program: &str, now: Utc) -> Result<Self, StoreError> {
        let path = dir.join(FILE);
        let failed = |source| StoreError::file("lock", &path)(source);
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { dir: dir.to_owned(), holder: holder(&mut file) });
            }
            // Some network file systems know no locks. SQLite's own still keep the database whole.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                tracing::warn!(path = %path.display(), "the file system knows no locks; a second Audyn is not noticed");
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        let who = format!("{program} (process {}, since {})\n", std::process::id(), stamp::people(now));
        file.set_len(0).and_then(|()| file.write_all(who.as_bytes())).map_err(failed)?;
        Ok(Self(file))
    }
}

impl Drop for Lock {
    /// An orderly end leaves nobody's name behind; the lock goes with the file.
    fn drop(&mut self) {
        let _ = self.0.set_len(0);
    }
}

/// What the holder wrote; it may be just about to.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(500).read_to_string(&mut text));
    match (read, text.trim()) {
        (Ok(_), who) if !who.is_empty() => who.to_owned(),
        (Ok(_) | Err(_), _) => "another process".to_owned(),
    }
}
