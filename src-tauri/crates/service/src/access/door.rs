//! What the doors ask of who may.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use audyn_model::Utc;
use tokio::sync::watch;

use super::known::expires;
use super::{Credential, Gate, Use, credential, lock};
use crate::Service;
use crate::api::wire::{AccessSettings, AppEvent, Me, WaysIn};
use crate::api::{ApiError, Caller, Code, CredentialId, Door};
use crate::inner::Inner;
use crate::secrets::{Secret, Secrets};
use crate::store::{AuditNote, SessionRow};

/// How long a piece of work may take.
const LIMIT: Duration = Duration::from_secs(30);

/// From where somebody at this machine's own window signs in.
pub const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Something that a door has to say for the audit log.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    /// Who; nobody if nobody is known.
    pub caller: Option<Caller>,
    /// From where; of nobody who is known.
    pub address: Option<IpAddr>,
    /// A word: `refused`, `certificate`, …
    pub kind: String,
    /// It was done; otherwise it was refused.
    pub done: bool,
    /// To what.
    pub subject: String,
    /// In a sentence.
    pub message: String,
}

impl Service {
    /// What is offered at the door, to anybody.
    #[must_use]
    pub fn ways_in(&self) -> WaysIn {
        let known = self.inner.access.known();
        WaysIn {
            station: self.inner.station.shelf.book().settings.station.clone(),
            local: known.users.iter().any(|user| user.enabled && user.password.is_some()),
            breakglass: known.settings.breakglass.on,
            provider: known.settings.entra.on,
        }
    }

    /// Who came with this. Takes no disk; ask it at every request.
    ///
    /// # Errors
    /// Nobody, or nobody any more (401).
    pub fn caller(&self, credential: Credential<'_>, from: IpAddr) -> Result<Caller, ApiError> {
        let now = self.inner.station.clock.utc();
        self.inner.access.admit(credential, from, now).ok_or_else(|| {
            let message = match credential {
                Credential::Session(_) => "You are not signed in any more. Sign in again.",
                Credential::Token(_) => "Invalid token",
            };
            ApiError::new(Code::Unauthenticated, message)
        })
    }

    /// Who signed in at this machine's own window, by the secret of their session. They may what they may anywhere, and are at
    /// this machine.
    ///
    /// # Errors
    /// Nobody any more (401).
    pub fn caller_here(&self, secret: &Secret) -> Result<Caller, ApiError> {
        let mut caller = self.caller(Credential::Session(secret.text().unwrap_or_default()), HERE)?;
        caller.who.door = Door::Here;
        // No page of a browser has this session.
        caller.who.csrf = None;
        Ok(caller)
    }

    /// Whether they are who they were, and may what they might. Takes no disk; ask it every few seconds for as long as
    /// a connection stays open. Who looks on uses their session, though they ask for nothing: a wall display is not put out
    /// for want of being touched. In the end it ends anyhow.
    #[must_use]
    pub fn still_valid(&self, caller: &Caller) -> bool {
        self.inner.access.still(caller, self.inner.station.clock.utc())
    }

    /// Ends the session that somebody came in by. A token stays.
    ///
    /// # Errors
    /// The state database cannot be written to.
    pub async fn sign_out(&self, caller: &Caller) -> Result<(), ApiError> {
        let caller = caller.clone();
        self.gate_work(move |inner| match &caller.who.credential {
            Some(CredentialId::Session(id)) => {
                inner.store.end_sessions(std::slice::from_ref(id))?;
                inner.access.refresh()?;
                inner.audit(&caller, "sign_out", true, "", "Signed out.");
                inner.outbox.send(AppEvent::Access);
                Ok(())
            }
            Some(CredentialId::Token(_)) | None => Ok(()),
        })
        .await
    }

    /// How the station is opened to others.
    #[must_use]
    pub fn access_settings_now(&self) -> AccessSettings {
        self.inner.access.known().settings.clone()
    }

    /// The same, and every change of it.
    #[must_use]
    pub fn follow_access_settings(&self) -> watch::Receiver<AccessSettings> {
        self.inner.access.settings.subscribe()
    }

    /// Where secrets are kept.
    #[must_use]
    pub fn secrets(&self) -> Arc<Secrets> {
        Arc::clone(&self.inner.access.secrets)
    }

    /// From now on secrets go to the session's keyring, if one answers; else to an encrypted file.
    pub fn use_keyring(&self) {
        self.inner.access.secrets.use_session();
    }

    /// Writes something down. Of what nobody known has caused, so much a minute and then how much more it was.
    ///
    /// # Errors
    /// It took too long.
    pub async fn audit(&self, entry: AuditEntry) -> Result<(), ApiError> {
        self.gate_work(move |inner| {
            let AuditEntry { caller, address, kind, done, subject, message } = entry;
            match caller {
                Some(caller) => inner.audit(&caller, &kind, done, &subject, &message),
                None => {
                    let note = AuditNote {
                        at: inner.station.clock.utc(),
                        who: String::new(),
                        who_id: String::new(),
                        address: address.map(|address| address.to_string()),
                        kind,
                        done,
                        subject,
                        message,
                    };
                    inner.access.audit_anybody(&note, inner.station.clock.mono());
                }
            }
            Ok(())
        })
        .await
    }

    /// Writes an operation down that was done, or that somebody had no right to.
    pub(crate) async fn note_operation(
        &self,
        caller: &Caller,
        name: &str,
        subject: String,
        refused: Option<&ApiError>,
    ) {
        let message = match refused {
            Some(error) if error.code == Code::Forbidden => error.message.clone(),
            // What was wrong or did not fit has changed nothing.
            Some(_) => return,
            None => crate::api::OPERATIONS
                .iter()
                .find(|own| own.name == name)
                .map_or_else(String::new, |own| own.doc.trim().to_owned()),
        };
        let (caller, name, done) = (caller.clone(), name.to_owned(), refused.is_none());
        let written = self.gate_work(move |inner| {
            if done {
                inner.audit(&caller, &name, true, &subject, &message);
            } else {
                inner.audit_refusal(&caller, &name, &subject, &message);
            }
            Ok(())
        });
        if let Err(error) = written.await {
            tracing::error!(%error, "the audit log was not written");
        }
    }

    /// Work that may block, with turns of its own: a disk that holds up the operations does not keep anybody out.
    pub(crate) async fn gate_work<T: Send + 'static>(
        &self,
        act: impl FnOnce(&Arc<Inner>) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let late =
            || ApiError::new(Code::Timeout, "This took longer than 30 seconds and was given up. Try again.");
        let inner = Arc::clone(&self.inner);
        let turn = Arc::clone(&inner.access.turns).acquire_owned();
        let turn =
            tokio::time::timeout(LIMIT, turn).await.map_err(|_| late())?.map_err(ApiError::internal)?;
        let work = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            act(&inner)
        });
        tokio::time::timeout(LIMIT, work).await.map_err(|_| late())?.map_err(ApiError::internal)?
    }
}

impl Caller {
    /// As the contract shows them to themselves.
    #[must_use]
    pub fn me(&self) -> Me {
        Me {
            user: self.person(),
            csrf: self.who.csrf.as_ref().map(|csrf| csrf.as_str().to_owned()),
            expires: self.who.expires,
            way: self.who.way,
        }
    }
}

impl Gate {
    fn admit(&self, credential: Credential<'_>, from: IpAddr, now: Utc) -> Option<Caller> {
        let (secret, by_token) = match credential {
            Credential::Session(secret) => (secret, false),
            Credential::Token(secret) => (secret, true),
        };
        let digest = credential::digest(secret)?;
        let known = self.known();
        let caller = match known.sessions.get(&digest) {
            Some(row) => {
                let mut caller = known.of_session(row, self.seen(row), now, from)?;
                caller.who.csrf = Some(credential::csrf(secret));
                // It is used now: what it is told to expect counts from here.
                caller.who.expires = Some(crate::terms::moment(expires(row, now)));
                caller
            }
            None if by_token => super::Known::of_token(known.tokens.get(&digest)?, now, from)?,
            None => return None,
        };
        self.use_now(caller.who.credential.as_ref()?, from, now);
        Some(caller)
    }

    fn still(&self, caller: &Caller, now: Utc) -> bool {
        let known = self.known();
        let (Some(credential), Some(from)) = (&caller.who.credential, caller.address()) else { return true };
        let again = match credential {
            CredentialId::Session(id) => {
                let row = known.sessions.values().find(|row| row.id == *id);
                row.and_then(|row| known.of_session(row, self.seen(row), now, from))
            }
            CredentialId::Token(id) => {
                let row = known.tokens.values().find(|row| row.id == *id);
                row.and_then(|row| super::Known::of_token(row, now, from))
            }
        };
        let still =
            again.is_some_and(|again| again.access == caller.access && again.studio_id == caller.studio_id);
        if still {
            self.use_now(credential, from, now);
        }
        still
    }

    fn use_now(&self, credential: &CredentialId, from: IpAddr, now: Utc) {
        let (CredentialId::Session(id) | CredentialId::Token(id)) = credential;
        lock(&self.used).by_id.insert(id.clone(), Use { at: now, address: from.to_string(), stored: false });
    }

    /// When a session was used last, stored or not.
    pub(crate) fn seen(&self, row: &SessionRow) -> Utc {
        lock(&self.used).by_id.get(&row.id).map_or(row.seen, |used| used.at.max(row.seen))
    }
}

impl Inner {
    /// Every ten seconds: sessions that are over end, and it is stored which were used.
    pub(crate) fn look_after_sessions(&self) {
        let now = self.station.clock.utc();
        self.access.store_used(now, false);
        let known = self.access.known();
        let over = known.sessions.values().filter(|row| now >= expires(row, self.access.seen(row)));
        let over: Vec<String> = over.map(|row| row.id.clone()).collect();
        if over.is_empty() {
            return;
        }
        if let Err(error) = self.store.end_sessions(&over).and_then(|()| self.access.refresh()) {
            tracing::error!(%error, "sessions that are over are not deleted");
        }
        self.outbox.send(AppEvent::Access);
    }

    /// Before the end: stores which sessions were used.
    pub(crate) fn store_sessions(&self) {
        self.access.store_used(self.station.clock.utc(), true);
    }
}
