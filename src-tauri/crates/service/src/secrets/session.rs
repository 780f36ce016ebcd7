//! The session's Secret Service, asked by a thread of its own: a locked keyring waits for a person, and D-Bus for whoever
//! does not answer.
//!
//! **Full policy:** one errand at a time and [`WAITING`] that wait; one more is refused at once, as is one that is not
//! answered within [`LIMIT`].

use std::io;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use zbus_secret_service_keyring_store::Store;

use super::SecretError;

/// How long an answer is waited for.
pub(super) const LIMIT: Duration = Duration::from_secs(5);
/// Errands that wait for the one at work.
const WAITING: usize = 4;
/// What our items are filed under.
const SERVICE: &str = "Audyn";

/// How it goes with the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody has asked it yet.
    Unknown,
    /// It has answered.
    Answers,
    /// It has not, and why.
    Silent(String),
}

/// The thread that asks. It ends when this is dropped and its last errand is done.
#[derive(Debug)]
pub(super) struct Session {
    errands: SyncSender<Errand>,
    state: Arc<Mutex<State>>,
}

enum Ask {
    Reach,
    Get(String),
    Put(String, Vec<u8>),
    Remove(String),
}

struct Errand {
    ask: Ask,
    /// Whoever waits may have given up.
    reply: SyncSender<Result<Option<Vec<u8>>, Refusal>>,
}

/// Why an errand was not done.
enum Refusal {
    /// Nobody was reached.
    Absent(String),
    /// The service would not, or could not.
    Refused(String),
}

impl From<Refusal> for SecretError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Absent(why) => Self::NoSession(why),
            Refusal::Refused(why) => Self::Session(why),
        }
    }
}

impl Session {
    pub fn start() -> io::Result<Self> {
        let (errands, work) = mpsc::sync_channel(WAITING);
        let state = Arc::new(Mutex::new(State::Unknown));
        let session = Self { errands, state: Arc::clone(&state) };
        std::thread::Builder::new().name("keyring".to_owned()).spawn(move || run(&work, &state))?;
        // Whether there is one is known before somebody asks. Nobody waits for it here.
        let (reply, _) = mpsc::sync_channel(1);
        _ = session.errands.try_send(Errand { ask: Ask::Reach, reply });
        Ok(session)
    }

    pub fn get(&self, name: &str) -> Result<Option<Vec<u8>>, SecretError> {
        self.ask(Ask::Get(name.to_owned()))
    }

    pub fn put(&self, name: &str, value: &[u8]) -> Result<(), SecretError> {
        self.ask(Ask::Put(name.to_owned(), value.to_vec())).map(drop)
    }

    pub fn remove(&self, name: &str) -> Result<(), SecretError> {
        self.ask(Ask::Remove(name.to_owned())).map(drop)
    }

    pub fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn ask(&self, ask: Ask) -> Result<Option<Vec<u8>>, SecretError> {
        let (reply, answer) = mpsc::sync_channel(1);
        let silent = |why: &str| {
            *self.state.lock().unwrap_or_else(PoisonError::into_inner) = State::Silent(why.to_owned());
            SecretError::Session(why.to_owned())
        };
        let errand = Errand { ask, reply };
        if self.errands.try_send(errand).is_err() {
            return Err(silent("it is still asked for something else; it may be locked"));
        }
        match answer.recv_timeout(LIMIT) {
            Ok(answered) => answered.map_err(SecretError::from),
            Err(_) => Err(silent("it does not answer; it may be locked")),
        }
    }
}

fn run(work: &Receiver<Errand>, state: &Mutex<State>) {
    let mut store: Option<Arc<Store>> = None;
    while let Ok(Errand { ask, reply }) = work.recv() {
        let done = match store.take().map_or_else(Store::new, Ok) {
            Ok(reached) => act(&reached, ask)
                .inspect(|_| store = Some(reached))
                .map_err(|error| Refusal::Refused(plain(&error))),
            Err(error) => Err(Refusal::Absent(plain(&error))),
        };
        *state.lock().unwrap_or_else(PoisonError::into_inner) = match &done {
            Ok(_) => State::Answers,
            Err(Refusal::Absent(why) | Refusal::Refused(why)) => State::Silent(why.clone()),
        };
        _ = reply.send(done);
    }
}

fn act(store: &Store, ask: Ask) -> Result<Option<Vec<u8>>, Error> {
    let entry = |name: &str| -> Result<Entry, Error> { store.build(SERVICE, name, None) };
    match ask {
        Ask::Reach => Ok(None),
        Ask::Get(name) => match entry(&name)?.get_secret() {
            // KDE's wallet keeps texts only.
            Ok(text) => Ok(Some(BASE64.decode(&text).map_err(|_| Error::BadEncoding(Vec::new()))?)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        },
        Ask::Put(name, value) => entry(&name)?.set_secret(BASE64.encode(value).as_bytes()).map(|()| None),
        Ask::Remove(name) => match entry(&name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        },
    }
}

/// Why not, in words that may name paths of D-Bus, and without what the error may carry of the secret.
fn plain(error: &Error) -> String {
    if let Error::PlatformFailure(why) | Error::NoStorageAccess(why) = error {
        return why.to_string();
    }
    if matches!(error, Error::BadEncoding(_) | Error::BadDataFormat(..)) {
        return "what is kept there is not ours".to_owned();
    }
    if matches!(error, Error::Ambiguous(_)) {
        return "there are several entries of Audyn with this name; delete them".to_owned();
    }
    error.to_string()
}
