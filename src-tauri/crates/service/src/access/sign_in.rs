//! Coming in.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use audyn_model::Utc;

use super::back_off::{BackOff, Turn, Who};
use super::{BREAKGLASS, Gate, credential, lock, mapping, password};
use crate::Service;
use crate::api::wire::{Me, NoticeLevel, Password, UserSource};
use crate::api::{ApiError, Caller, Code};
use crate::inner::Inner;
use crate::secrets::Secret;
use crate::store::{AuditNote, NewUserRow, PasswordHash, SessionRow, UserChange, UserRow};

/// How long a password waits for its turn.
const WAIT: Duration = Duration::from_secs(10);
/// Sessions of one user; the one that was used longest ago makes room.
const MOST_OWN: usize = 20;
/// Sessions in all.
const MOST: usize = 1000;
/// Users in all.
const MOST_USERS: usize = 10_000;
/// Characters of a program's own name that are kept.
const AGENT: usize = 200;
const MINUTE_NS: i64 = 60_000_000_000;

/// An attempt to come in.
#[derive(Clone, Debug)]
pub enum SignIn {
    /// By a password that Audyn keeps.
    Local {
        /// The user's address.
        email: String,
        /// Their password.
        password: Password,
    },
    /// By the breakglass password.
    Breakglass {
        /// It.
        password: Password,
    },
    /// Somebody an identity provider vouches for, after all it said was checked.
    Provider(ProviderIdentity),
}

/// Somebody an identity provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderIdentity {
    /// Who vouches: the issuer's URL.
    pub issuer: String,
    /// Whom the issuer means, never anybody else.
    pub subject: String,
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Groups they are in, by id.
    pub groups: Vec<String>,
    /// App roles they have, by value.
    pub roles: Vec<String>,
}

/// Somebody who is in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What lets them in from now on; told this once.
    pub secret: Secret,
    /// Who they are.
    pub caller: Caller,
}

impl SignedIn {
    /// Who they are, as the contract shows it.
    #[must_use]
    pub fn me(&self) -> Me {
        self.caller.me()
    }
}

/// From where, and by what program.
struct From<'a> {
    address: IpAddr,
    agent: &'a str,
}

impl Service {
    /// Lets somebody in, or does not. Takes as long for an account that does not exist as for a wrong password.
    ///
    /// # Errors
    /// Wrong (401), not offered (403), too often (429, the message names the seconds), too many at once.
    pub async fn sign_in(&self, attempt: SignIn, from: IpAddr, agent: &str) -> Result<SignedIn, ApiError> {
        let from = From { address: from, agent };
        match attempt {
            SignIn::Local { email, password } => self.by_password(&email, password, &from).await,
            SignIn::Breakglass { password } => self.by_breakglass(password, &from).await,
            SignIn::Provider(identity) => self.by_provider(identity, &from).await,
        }
    }

    async fn by_password(
        &self,
        email: &str,
        password: Password,
        from: &From<'_>,
    ) -> Result<SignedIn, ApiError> {
        let email: String = email.trim().chars().take(254).collect();
        let user = self.inner.access.known().local(&email).cloned();
        let account = match &user {
            Some(user) => Who::Account(user.id.clone()),
            None => Who::Nobody(email.to_lowercase()),
        };
        let tries = [account, Who::address(from.address)];
        let turn = self.turn(&tries, &email, from).await?;
        let kept = user.as_ref().filter(|user| user.enabled).and_then(|user| user.password.clone());
        if !self.is_right(password, kept).await? {
            let message = "The address or the password was wrong.";
            self.refuse("sign_in", &email, message, turn, from).await?;
            return Err(ApiError::new(Code::Unauthenticated, "The address or the password is wrong."));
        }
        lock(&self.inner.access.back_off).right(&tries);
        let user = user.ok_or_else(|| ApiError::internal("a right password of nobody"))?;
        self.begin(Some(user), from).await
    }

    async fn by_breakglass(&self, password: Password, from: &From<'_>) -> Result<SignedIn, ApiError> {
        let tries = [Who::Account(BREAKGLASS.to_owned()), Who::address(from.address)];
        let known = self.inner.access.known();
        if !known.settings.breakglass.on {
            self.turn(&tries[1..], "Breakglass", from).await?;
            self.refuse("breakglass", "Breakglass", "It is off.", Turn::Now, from).await?;
            return Err(ApiError::new(Code::Forbidden, "Breakglass disabled"));
        }
        let turn = self.turn(&tries, "Breakglass", from).await?;
        if !self.is_right(password, known.breakglass.password.clone()).await? {
            self.refuse("breakglass", "Breakglass", "The password was wrong.", turn, from).await?;
            let message = format!(
                "Somebody at {} tried to sign in by the breakglass password, and it was wrong. Find out who.",
                from.address
            );
            self.alarm(message).await?;
            return Err(ApiError::new(Code::Unauthenticated, "Invalid credentials"));
        }
        lock(&self.inner.access.back_off).right(&tries);
        let signed_in = self.begin(None, from).await?;
        let message = format!(
            "Somebody at {} signed in by the breakglass password and may do everything for {} minutes. Find out who and why.",
            from.address, known.settings.breakglass.minutes
        );
        self.alarm(message).await?;
        Ok(signed_in)
    }

    async fn by_provider(&self, identity: ProviderIdentity, from: &From<'_>) -> Result<SignedIn, ApiError> {
        let known = self.inner.access.known();
        let subject = format!("{} {}", identity.issuer, identity.subject);
        let found = known.users.iter().find(|row| row.subject.as_deref() == Some(subject.as_str())).cloned();
        let refuse = async |why: &'static str, told: &'static str| {
            self.refuse("sign_in", &identity.email, why, Turn::Now, from).await?;
            Err(ApiError::new(Code::Forbidden, told))
        };
        if !known.settings.entra.on {
            return refuse("The identity provider is off.", "Sign-in by the identity provider is off.").await;
        }
        if found.as_ref().is_some_and(|user| !user.enabled) {
            let told = "You may not sign in here any more. Ask whoever runs the station.";
            return refuse("The user may not sign in.", told).await;
        }
        let Some((access, studio)) =
            mapping::access_of(&known.settings.entra, &identity.groups, &identity.roles)
        else {
            let told = "The provider knows you, but none of your groups or roles has rights here. Ask whoever runs the station.";
            return refuse("None of their groups or roles has rights here.", told).await;
        };
        // A studio that is gone: they come in and see nothing of it, rather than of another.
        let book = self.inner.station.shelf.book();
        let studio = studio.filter(|id| book.studio(id).is_ok());
        let user = self
            .gate_work(move |inner| {
                let store = &inner.store;
                let email: String = identity.email.chars().take(254).collect();
                let name: String = identity.name.chars().take(80).collect();
                match found {
                    Some(user) => {
                        let change = UserChange {
                            email: Some(email),
                            name: Some(name),
                            access: Some(access),
                            studio: Some(studio),
                            ..UserChange::default()
                        };
                        Ok(store.update_user(&user.id, change)?)
                    }
                    None if inner.access.known().users.len() >= MOST_USERS => {
                        Err(ApiError::conflict(format!("There are {MOST_USERS} users. Delete some first.")))
                    }
                    None => {
                        let new = NewUserRow {
                            email,
                            name,
                            access,
                            studio,
                            source: UserSource::Provider,
                            subject: Some(subject),
                            password: None,
                        };
                        Ok(store.insert_user(new, inner.station.clock.utc())?)
                    }
                }
            })
            .await?;
        self.begin(Some(user), from).await
    }

    /// Counts an attempt at one's own password.
    pub(crate) async fn guard_own_password(&self, caller: &Caller) -> Result<(), ApiError> {
        let address = caller.address().unwrap_or(IpAddr::from([127, 0, 0, 1]));
        let account = [Who::Account(caller.who.id.clone())];
        self.turn(&account, &caller.who.email, &From { address, agent: "" }).await.map(drop)
    }

    /// It was right: the next attempt is the first again.
    pub(crate) fn own_password_was_right(&self, caller: &Caller) {
        lock(&self.inner.access.back_off).right(&[Who::Account(caller.who.id.clone())]);
    }

    /// Counts an attempt, unless it has to wait.
    async fn turn(&self, tries: &[Who], subject: &str, from: &From<'_>) -> Result<Turn, ApiError> {
        let turn = lock(&self.inner.access.back_off).attempt(tries, self.inner.station.clock.mono());
        let Turn::Wait(seconds) = turn else { return Ok(turn) };
        let message = format!("Too many attempts; the next one counts in {seconds} s.");
        self.refuse("sign_in", subject, &message, Turn::Now, from).await?;
        Err(ApiError::too_many("There were too many attempts.", seconds))
    }

    /// Writes down that somebody was not let in, and that they are locked out from now on if so.
    async fn refuse(
        &self,
        kind: &str,
        subject: &str,
        message: &str,
        turn: Turn,
        from: &From<'_>,
    ) -> Result<(), ApiError> {
        let note = AuditNote {
            at: self.inner.station.clock.utc(),
            who: String::new(),
            who_id: String::new(),
            address: Some(from.address.to_string()),
            kind: kind.to_owned(),
            done: false,
            subject: subject.to_owned(),
            message: message.to_owned(),
        };
        self.gate_work(move |inner| {
            let now = inner.station.clock.mono();
            inner.access.audit_anybody(&note, now);
            if turn == Turn::Last {
                let message = format!("Locked out for {} minutes.", BackOff::LOCKED_S / 60);
                inner.access.audit_anybody(&AuditNote { kind: "lock_out".to_owned(), message, ..note }, now);
            }
            Ok(())
        })
        .await
    }

    /// Whether a password is right: at most two are looked at at once.
    pub(crate) async fn is_right(
        &self,
        typed: Password,
        kept: Option<PasswordHash>,
    ) -> Result<bool, ApiError> {
        self.hashing(move || Ok(password::is_right(&typed, kept.as_ref()))).await
    }

    /// Does something with a password when its turn has come.
    pub(crate) async fn hashing<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        // Who waited in vain waited for as long.
        let busy = || ApiError::too_many("Too many people sign in at once.", WAIT.as_secs());
        let gate = &self.inner.access;
        let _place = Arc::clone(&gate.line).try_acquire_owned().map_err(|_| busy())?;
        let turn = Arc::clone(&gate.hashing).acquire_owned();
        let turn = tokio::time::timeout(WAIT, turn).await.map_err(|_| busy())?.map_err(ApiError::internal)?;
        let work = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            act()
        });
        work.await.map_err(ApiError::internal)?
    }

    /// Begins a session; of breakglass without a user.
    async fn begin(&self, user: Option<UserRow>, from: &From<'_>) -> Result<SignedIn, ApiError> {
        let address = from.address;
        let agent: String = from.agent.chars().filter(|c| !c.is_control()).take(AGENT).collect();
        self.gate_work(move |inner| {
            let gate = &inner.access;
            let secret = credential::session()?;
            let text = secret.text().unwrap_or_default().to_owned();
            let digest = credential::digest(&text).ok_or_else(|| ApiError::internal("no digest"))?;
            let now = inner.station.clock.utc();
            let settings = gate.known().settings.clone();
            let minutes = |minutes: u32| i64::from(minutes) * MINUTE_NS;
            let (idle_ns, lasts) = match &user {
                Some(_) => {
                    (minutes(settings.sessions.idle_hours * 60), minutes(settings.sessions.days * 1440))
                }
                None => (minutes(settings.breakglass.minutes), minutes(settings.breakglass.minutes)),
            };
            let row = SessionRow {
                id: uuid::Uuid::now_v7().to_string(),
                digest,
                user: user.as_ref().map(|user| user.id.clone()),
                created: now,
                seen: now,
                idle_ns,
                ends: Utc(now.0.saturating_add(lasts)),
                address: address.to_string(),
                agent,
            };
            inner.store.insert_session(&row, &too_many(gate, row.user.as_deref()))?;
            let known = gate.refresh()?;
            let mut caller = known
                .of_session(&row, now, now, address)
                .ok_or_else(|| ApiError::new(Code::Forbidden, "You may not sign in here any more."))?;
            caller.who.csrf = Some(credential::csrf(&text));
            let (kind, message) = match user {
                Some(_) => ("sign_in", "Signed in."),
                None => ("breakglass", "Signed in by the breakglass password."),
            };
            inner.audit(&caller, kind, true, "", message);
            inner.outbox.send(crate::api::wire::AppEvent::Access);
            Ok(SignedIn { secret, caller })
        })
        .await
    }

    /// Somebody should know. It stays until it is acknowledged.
    async fn alarm(&self, message: String) -> Result<(), ApiError> {
        self.gate_work(move |inner| {
            let key = format!("breakglass:{}", uuid::Uuid::now_v7());
            inner.notices.raise(&key, NoticeLevel::Warn, None, "Breakglass", &message, None);
            inner.notices.settle(&key);
            inner.tell_status();
            Ok(())
        })
        .await
    }
}

impl super::Known {
    /// The user with a password who has this address.
    fn local(&self, email: &str) -> Option<&UserRow> {
        let key = crate::store::name_key(email);
        self.users
            .iter()
            .find(|row| row.source == UserSource::Local && crate::store::name_key(&row.email) == key)
    }
}

/// Sessions that make room for one more of this user.
fn too_many(gate: &Gate, user: Option<&str>) -> Vec<String> {
    let known = gate.known();
    let mut all: Vec<&SessionRow> = known.sessions.values().collect();
    all.sort_by_key(|row| row.seen);
    let own: Vec<&&SessionRow> = all.iter().filter(|row| row.user.as_deref() == user).collect();
    let over_own = (own.len() + 1).saturating_sub(MOST_OWN);
    let over = (all.len() + 1).saturating_sub(MOST);
    let mut ids: Vec<String> = own.iter().take(over_own).map(|row| row.id.clone()).collect();
    if ids.len() < over {
        ids.extend(all.iter().take(over).map(|row| row.id.clone()));
    }
    ids
}

impl Inner {
    /// Writes down what somebody known did or was refused.
    pub(crate) fn audit(&self, caller: &Caller, kind: &str, done: bool, subject: &str, message: &str) {
        self.access.audit(&[self.audit_note(caller, kind, done, subject, message)]);
    }

    /// Writes down that somebody had no right to something: they can ask as often as they like.
    pub(crate) fn audit_refusal(&self, caller: &Caller, kind: &str, subject: &str, message: &str) {
        let note = self.audit_note(caller, kind, false, subject, message);
        self.access.audit_anybody(&note, self.station.clock.mono());
    }

    fn audit_note(&self, caller: &Caller, kind: &str, done: bool, subject: &str, message: &str) -> AuditNote {
        let (who, who_id, address) = super::who(caller);
        AuditNote {
            at: self.station.clock.utc(),
            who,
            who_id,
            address,
            kind: kind.to_owned(),
            done,
            subject: subject.to_owned(),
            message: message.to_owned(),
        }
    }
}
