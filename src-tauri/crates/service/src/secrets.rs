//! Secrets: what the program must know and nobody else may read. They are kept by the session's Secret Service where one
//! answers, else in an encrypted file in the state folder; never in the state database, and so in no backup of it.
//!
//! **Guarantees.** A keyring that is locked, absent or silent holds nobody up for longer than its limit (`session.rs`). What is
//! in the file is looked at first, so that a secret that went there because the keyring did not answer is the one that
//! counts. No secret is in a log line, in a message or in a `Debug` output.
//!
//! Every method but [`Secrets::kept`] may block for as long: not for an executor's thread.

mod file;
mod session;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use file::SealedFile;
use session::Session;

/// Longest secret in bytes: a private key with its chain fits.
const MOST_BYTES: usize = 64 * 1024;
/// Longest name.
const MOST_NAME: usize = 64;

/// A secret. It shows itself only to whoever asks by [`Secret::reveal`].
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Wraps bytes.
    #[must_use]
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes themselves.
    #[must_use]
    pub fn reveal(&self) -> &[u8] {
        &self.0
    }

    /// The same as text; none if it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Why a secret could not be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The Secret Service.
    #[error("the keyring of this session cannot be used: {0}; unlock it, then try again")]
    Session(String),
    /// There is no Secret Service, so nothing went there.
    #[error("this session has no keyring: {0}; start one, then try again")]
    NoSession(String),
    /// The file or its folder.
    #[error("cannot {act} {}: {source}; give this user the right to read and write there", .path.display())]
    File {
        /// What was being done.
        act: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The file does not open with the key that is at hand.
    #[error("the secrets in {} cannot be opened: {why}", .path.display())]
    Sealed {
        /// The file.
        path: PathBuf,
        /// Why not, and what to do.
        why: &'static str,
    },
    /// A fault of the caller: too long, or a name that is none.
    #[error("no secret is called {0:?} or is that long")]
    Unfit(String),
}

impl SecretError {
    fn file(act: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { act, path, source }
    }
}

/// Where secrets are kept.
#[derive(Debug)]
pub struct Secrets {
    file: SealedFile,
    session: OnceLock<Session>,
    /// Reading and writing again is one act.
    turn: Mutex<()>,
}

impl Secrets {
    /// Those of a state folder. Nothing is read yet. `credentials` is the folder in which systemd hands over
    /// credentials.
    pub(crate) fn open(state_dir: &Path, credentials: Option<PathBuf>) -> Self {
        let file = SealedFile::new(state_dir.join("secrets"), credentials, "/etc/machine-id".into());
        Self { file, session: OnceLock::new(), turn: Mutex::default() }
    }

    /// From now on secrets go to the session's Secret Service, if one answers.
    pub(crate) fn use_session(&self) {
        if self.session.get().is_some() {
            return;
        }
        match Session::start() {
            Ok(session) => _ = self.session.set(session),
            Err(error) => tracing::error!(%error, "the keyring is not used: no thread could be started"),
        }
    }

    /// A secret; none if it was never put.
    ///
    /// # Errors
    /// It may be there, and cannot be had now.
    pub fn get(&self, name: &str) -> Result<Option<Secret>, SecretError> {
        fit(name, &[])?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = self.file.read()?.remove(name) {
            return Ok(Some(Secret(found)));
        }
        if !self.file.elsewhere()?.contains(name) {
            return Ok(None);
        }
        self.keyring()?.get(name).map(|found| found.map(Secret))
    }

    /// Keeps a secret; it replaces the one of the same name.
    ///
    /// # Errors
    /// It could be kept nowhere.
    pub fn put(&self, name: &str, secret: &Secret) -> Result<(), SecretError> {
        fit(name, &secret.0)?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(session) = self.session.get() {
            // Where it is to be looked for is noted first: one that cannot be had is not taken for one that never was.
            let was_there = self.file.elsewhere()?.contains(name);
            self.file.note_elsewhere(name, true)?;
            match session.put(name, &secret.0) {
                Ok(()) => return self.file.forget(name),
                Err(SecretError::NoSession(_)) if !was_there => self.file.note_elsewhere(name, false)?,
                Err(error) => {
                    tracing::warn!(%error, name, "a secret goes to the file instead of the keyring")
                }
            }
        }
        self.file.keep(name, &secret.0)
    }

    /// Forgets a secret. One that is not there is no fault.
    ///
    /// # Errors
    /// It may still be there.
    pub fn remove(&self, name: &str) -> Result<(), SecretError> {
        fit(name, &[])?;
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.file.forget(name)?;
        if !self.file.elsewhere()?.contains(name) {
            return Ok(());
        }
        self.keyring()?.remove(name)?;
        self.file.note_elsewhere(name, false)
    }

    fn keyring(&self) -> Result<&Session, SecretError> {
        let without = || SecretError::Session("this program does not use it".to_owned());
        self.session.get().ok_or_else(without)
    }

    /// Where secrets are kept now, and against what that protects them, in sentences.
    #[must_use]
    pub fn kept(&self) -> String {
        let file = self.file.kept();
        match self.session.get().map(Session::state) {
            Some(session::State::Answers) => {
                "Secrets are kept by this session's keyring (Secret Service): whoever takes the disk or the state \
                 folder away cannot read them."
                    .to_owned()
            }
            Some(session::State::Silent(why)) => format!("The keyring of this session is not used: {why}. {file}"),
            Some(session::State::Unknown) | None => file.to_owned(),
        }
    }
}

fn fit(name: &str, value: &[u8]) -> Result<(), SecretError> {
    let named = (1..=MOST_NAME).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if named && value.len() <= MOST_BYTES { Ok(()) } else { Err(SecretError::Unfit(name.to_owned())) }
}

#[cfg(test)]
mod tests;
