//! Who may: users, sessions, tokens, breakglass, and what each of them sees.
//!
//! **Guarantees.** Nobody is let in by what the state database holds: passwords are argon2id hashes, and of sessions and
//! tokens there is the SHA-256 only. What is ended is out at once: who may is looked up in memory at every request, and
//! memory is read anew after each change. Who guesses waits, each account and each address by itself. Every sign-in,
//! refusal and change is in the audit log before it is answered.
//!
//! Looking somebody up takes no disk and no lock that is held over one. Everything else blocks, and is done beside the
//! executor's threads: at most two passwords are looked at at once, and `IN_LINE` wait.

mod audit;
mod back_off;
mod credential;
mod desk;
mod door;
mod known;
mod mapping;
mod media;
mod password;
mod sight;
mod sign_in;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use audyn_model::Utc;
use tokio::sync::{Semaphore, watch};

pub use credential::Credential;
pub use desk::{Desk, Named};
pub use door::{AuditEntry, HERE};
pub use media::Media;
pub use sign_in::{ProviderIdentity, SignIn, SignedIn};

pub(crate) use audit::who;
pub(crate) use password::{check as check_password, hash as hash_password};
pub(crate) use sight::Sight;

use crate::api::ApiError;
use crate::api::wire::{
    AccessSettings, BreakglassSettings, EntraSettings, ListenerSettings, SessionSettings, TlsSettings,
};
use crate::secrets::{Secret, Secrets};
use crate::store::{Store, StoreError};
use audit::Flood;
use back_off::BackOff;
use known::Known;

/// The id of whoever broke the glass.
pub(crate) const BREAKGLASS: &str = "breakglass";
/// The port unless another was set.
const PORT: u16 = 8000;
/// Passwords that are looked at at once: each takes 19 MiB and a processor.
const HASHING: usize = 2;
/// Passwords that may wait for that.
const IN_LINE: usize = 32;
/// Pieces of other work at once.
const AT_ONCE: usize = 4;
/// How often it is stored when sessions and tokens were used last.
const STORE_USED_NS: i64 = 60_000_000_000;

/// What is known of who may.
pub(crate) struct Gate {
    store: Arc<Store>,
    known: RwLock<Arc<Known>>,
    /// Held while the database is read: a slow reading must not take the place of one that began later.
    reading: Mutex<()>,
    /// When sessions and tokens were used last, by their ids.
    used: Mutex<Used>,
    back_off: Mutex<BackOff>,
    flood: Mutex<Flood>,
    hashing: Arc<Semaphore>,
    line: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    settings: watch::Sender<AccessSettings>,
    pub secrets: Arc<Secrets>,
}

#[derive(Default)]
struct Used {
    by_id: HashMap<String, Use>,
    stored: Option<Utc>,
}

struct Use {
    at: Utc,
    address: String,
    stored: bool,
}

impl Gate {
    /// Reads who is known.
    pub(crate) fn open(store: Arc<Store>, secrets: Secrets) -> Result<Self, StoreError> {
        let known = Known::read(&store)?;
        Ok(Self {
            settings: watch::Sender::new(known.settings.clone()),
            store,
            known: RwLock::new(Arc::new(known)),
            reading: Mutex::default(),
            used: Mutex::default(),
            back_off: Mutex::default(),
            flood: Mutex::default(),
            hashing: Arc::new(Semaphore::new(HASHING)),
            line: Arc::new(Semaphore::new(HASHING + IN_LINE)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            secrets: Arc::new(secrets),
        })
    }

    pub(crate) fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the database again, and tells whoever follows the settings.
    pub(crate) fn refresh(&self) -> Result<Arc<Known>, StoreError> {
        let _reading = lock(&self.reading);
        let known = Arc::new(Known::read(&self.store)?);
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&known);
        self.settings.send_if_modified(|settings| {
            let other = *settings != known.settings;
            settings.clone_from(&known.settings);
            other
        });
        Ok(known)
    }

    /// When a token was used last in this run of the program, and from where.
    pub(crate) fn token_used(&self, id: &str) -> Option<(Utc, String)> {
        lock(&self.used).by_id.get(id).map(|used| (used.at, used.address.clone()))
    }

    /// Stores what was used, now and then or at once.
    fn store_used(&self, now: Utc, at_once: bool) {
        let unstored: Vec<(String, Utc, String)> = {
            let mut used = lock(&self.used);
            if !at_once && used.stored.is_some_and(|stored| now.0 - stored.0 < STORE_USED_NS) {
                return;
            }
            used.stored = Some(now);
            let known = self.known();
            used.by_id.retain(|id, _| known.has(id));
            let unstored = used.by_id.iter_mut().filter(|(_, used)| !used.stored);
            unstored
                .map(|(id, used)| {
                    used.stored = true;
                    (id.clone(), used.at, used.address.clone())
                })
                .collect()
        };
        if !unstored.is_empty()
            && let Err(error) = self.store.seen(&unstored)
        {
            tracing::error!(%error, "it is not stored which sessions were used");
        }
    }
}

/// A new token's secret, and what the state database knows it by.
pub(crate) fn new_token() -> Result<(Secret, [u8; 32]), ApiError> {
    let secret = credential::token()?;
    let digest = secret.text().and_then(credential::digest);
    Ok((secret, digest.ok_or_else(|| ApiError::internal("a token without a digest"))?))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How a new station is opened: not at all.
pub(crate) fn defaults() -> AccessSettings {
    AccessSettings {
        listener: ListenerSettings {
            on: false,
            interface: None,
            port: PORT,
            tls: TlsSettings::SelfSigned,
            hosts: Vec::new(),
        },
        sessions: SessionSettings { idle_hours: 12, days: 7 },
        breakglass: BreakglassSettings { on: false, has_password: false, minutes: 30 },
        entra: EntraSettings {
            on: false,
            tenant: String::new(),
            client_id: String::new(),
            has_secret: false,
            redirect: None,
            issuer: None,
            graph: None,
            admins: Vec::new(),
            operators: Vec::new(),
            studios: Vec::new(),
            viewers: Vec::new(),
            others: None,
        },
    }
}
