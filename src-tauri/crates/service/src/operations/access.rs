//! Users, sessions and tokens.

use audyn_model::Utc;

use crate::Service;
use crate::access;
use crate::api::wire::*;
use crate::api::{Access, ApiError, Caller, Code, CredentialId};
use crate::inner::Inner;
use crate::store::{NewUserRow, SessionRow, TokenRow, UserChange, UserRow};
use crate::terms::{self, moment};

/// Tokens in all.
const MOST_TOKENS: usize = 200;
/// Users that are made by hand.
const MOST_USERS: usize = 10_000;
const DAY_NS: i64 = 86_400_000_000_000;

impl Service {
    pub(crate) async fn me(&self, caller: &Caller, _: Empty) -> Result<Me, ApiError> {
        Ok(caller.me())
    }

    pub(crate) async fn change_own_password(
        &self,
        caller: &Caller,
        wish: ChangeOwnPassword,
    ) -> Result<Empty, ApiError> {
        let known = self.inner.access.known();
        let user = known.user(&caller.who.id).filter(|_| caller.who.way == Way::Local).cloned();
        let Some(user) = user else {
            return Err(ApiError::conflict("You have no password here; it is changed where you got it."));
        };
        access::check_password(&wish.new)?;
        self.guard_own_password(caller).await?;
        if !self.is_right(wish.current, user.password.clone()).await? {
            return Err(ApiError::new(Code::Forbidden, "The password until now is wrong."));
        }
        self.own_password_was_right(caller);
        let hash = self.hashing(move || access::hash_password(&wish.new)).await?;
        let caller = caller.clone();
        self.gate_work(move |inner| {
            let change = UserChange { password: Some(hash), ..UserChange::default() };
            inner.store.update_user(&user.id, change)?;
            // Whoever knew the old one is out; this session goes on.
            let own = caller.who.credential.as_ref();
            end_sessions_of(inner, &user.id, |row| own != Some(&CredentialId::Session(row.id.clone())))?;
            Ok(Empty {})
        })
        .await
    }

    pub(crate) async fn list_users(&self, _: &Caller, _: Empty) -> Result<Users, ApiError> {
        Ok(Users { users: self.inner.access.known().users.iter().map(user).collect() })
    }

    pub(crate) async fn create_user(&self, _: &Caller, new: NewUser) -> Result<User, ApiError> {
        let mut problems = Vec::new();
        let email = address(&new.email, &mut problems);
        let name = new.name.filter(|name| !name.trim().is_empty());
        let name = name.map_or_else(|| email.clone(), |name| terms::name(&name, "user", &mut problems));
        let studio = belongs(&self.inner, new.access, new.studio_id, &mut problems);
        terms::refuse(&problems)?;
        access::check_password(&new.password)?;
        let hash = self.hashing(move || access::hash_password(&new.password)).await?;
        self.gate_work(move |inner| {
            if inner.access.known().users.len() >= MOST_USERS {
                return Err(ApiError::conflict(format!("There are {MOST_USERS} users. Delete some first.")));
            }
            let new = NewUserRow {
                email,
                name: name.chars().take(80).collect(),
                access: new.access,
                studio,
                source: UserSource::Local,
                subject: None,
                password: Some(hash),
            };
            let row = inner.store.insert_user(new, inner.station.clock.utc())?;
            taken_up(inner)?;
            Ok(user(&row))
        })
        .await
    }

    pub(crate) async fn change_user(&self, _: &Caller, new: ChangeUser) -> Result<User, ApiError> {
        self.gate_work(move |inner| {
            let known = inner.access.known();
            let row = known.user(&new.id).ok_or_else(unknown)?;
            let mut problems = Vec::new();
            let access = new.access.unwrap_or(row.access);
            let studio = match new.studio_id {
                None => row.studio.clone(),
                Some(id) => Some(id).filter(|id| !id.is_empty()),
            };
            if row.source == UserSource::Provider
                && (new.email.is_some() || new.name.is_some() || new.access.is_some())
            {
                problems.push(
                    "Address, name and rights of this user come from the identity provider; change them there.".to_owned(),
                );
            }
            let change = UserChange {
                email: new.email.map(|email| address(&email, &mut problems)),
                name: new.name.map(|name| terms::name(&name, "user", &mut problems)),
                access: new.access,
                studio: Some(belongs(inner, access, studio, &mut problems)),
                enabled: new.enabled,
                ..UserChange::default()
            };
            terms::refuse(&problems)?;
            let was_admin = row.access == Access::Admin && row.enabled;
            if was_admin && (access != Access::Admin || new.enabled == Some(false)) {
                another_admin(inner, &row.id)?;
            }
            let row = inner.store.update_user(&new.id, change)?;
            if !row.enabled {
                end_sessions_of(inner, &row.id, |_| true)?;
            }
            taken_up(inner)?;
            Ok(user(&row))
        })
        .await
    }

    pub(crate) async fn delete_user(&self, caller: &Caller, pick: UserId) -> Result<Empty, ApiError> {
        if caller.who.id == pick.id {
            return Err(ApiError::conflict("This is you. Let another admin delete you."));
        }
        self.gate_work(move |inner| {
            let known = inner.access.known();
            let row = known.user(&pick.id).ok_or_else(unknown)?;
            if row.access == Access::Admin && row.enabled {
                another_admin(inner, &row.id)?;
            }
            inner.store.delete_user(&pick.id)?;
            taken_up(inner)?;
            Ok(Empty {})
        })
        .await
    }

    pub(crate) async fn set_password(&self, _: &Caller, wish: SetPassword) -> Result<Empty, ApiError> {
        access::check_password(&wish.password)?;
        let known = self.inner.access.known();
        let row = known.user(&wish.id).ok_or_else(unknown)?;
        if row.source == UserSource::Provider {
            return Err(ApiError::conflict(
                "This user signs in by the identity provider and has no password here.",
            ));
        }
        let hash = self.hashing(move || access::hash_password(&wish.password)).await?;
        self.gate_work(move |inner| {
            let change = UserChange { password: Some(hash), ..UserChange::default() };
            inner.store.update_user(&wish.id, change)?;
            end_sessions_of(inner, &wish.id, |_| true)?;
            Ok(Empty {})
        })
        .await
    }

    pub(crate) async fn list_sessions(&self, caller: &Caller, _: Empty) -> Result<Sessions, ApiError> {
        let known = self.inner.access.known();
        let now = self.inner.station.clock.utc();
        let here = std::net::IpAddr::from([0, 0, 0, 0]);
        let session = |row: &SessionRow| {
            let seen = self.inner.access.seen(row);
            let whose = known.of_session(row, seen, now, here)?;
            let own = caller.who.credential == whose.who.credential;
            Some(Session {
                id: row.id.clone(),
                user: whose.person(),
                way: whose.who.way,
                since: moment(row.created),
                seen: moment(seen),
                expires: whose.who.expires?,
                address: row.address.clone(),
                agent: row.agent.clone(),
                own,
            })
        };
        let mut sessions: Vec<Session> = known.sessions.values().filter_map(session).collect();
        sessions.sort_by(|a, b| (b.since, &b.id).cmp(&(a.since, &a.id)));
        Ok(Sessions { sessions })
    }

    pub(crate) async fn end_session(&self, _: &Caller, pick: SessionPick) -> Result<Empty, ApiError> {
        self.gate_work(move |inner| {
            if !inner.access.known().sessions.values().any(|row| row.id == pick.id) {
                return Err(ApiError::not_found("There is no such session. It may have ended."));
            }
            inner.store.end_sessions(&[pick.id])?;
            taken_up(inner)?;
            Ok(Empty {})
        })
        .await
    }

    pub(crate) async fn list_tokens(&self, _: &Caller, _: Empty) -> Result<Tokens, ApiError> {
        let known = self.inner.access.known();
        let mut tokens: Vec<Token> = known.tokens.values().map(|row| token(&self.inner, row)).collect();
        tokens.sort_by_key(|token| token.name.to_lowercase());
        Ok(Tokens { tokens })
    }

    pub(crate) async fn create_token(&self, caller: &Caller, new: NewToken) -> Result<MadeToken, ApiError> {
        let caller = caller.clone();
        self.gate_work(move |inner| {
            let mut problems = Vec::new();
            let name = terms::name(&new.name, "token", &mut problems);
            let studio = belongs(inner, new.access, new.studio_id, &mut problems);
            if new.days.is_some_and(|days| !(1..=3650).contains(&days)) {
                problems.push("A token ends after 1 to 3650 days, or give none.".to_owned());
            }
            terms::refuse(&problems)?;
            if inner.access.known().tokens.len() >= MOST_TOKENS {
                return Err(ApiError::conflict(format!(
                    "There are {MOST_TOKENS} tokens. Revoke some first."
                )));
            }
            let (secret, digest) = access::new_token()?;
            let now = inner.station.clock.utc();
            let row = TokenRow {
                id: uuid::Uuid::now_v7().to_string(),
                digest,
                name,
                access: new.access,
                studio,
                created: now,
                created_by: access::who(&caller).0,
                ends: new.days.map(|days| Utc(now.0.saturating_add(i64::from(days) * DAY_NS))),
                seen: None,
                address: None,
            };
            inner.store.insert_token(&row)?;
            taken_up(inner)?;
            let secret = secret.text().unwrap_or_default().to_owned();
            Ok(MadeToken { token: token(inner, &row), secret })
        })
        .await
    }

    pub(crate) async fn revoke_token(&self, _: &Caller, pick: TokenId) -> Result<Empty, ApiError> {
        self.gate_work(move |inner| {
            inner.store.delete_token(&pick.id)?;
            taken_up(inner)?;
            Ok(Empty {})
        })
        .await
    }
}

/// What was changed about who may holds from now on.
pub(super) fn taken_up(inner: &Inner) -> Result<(), ApiError> {
    inner.access.refresh()?;
    inner.outbox.send(AppEvent::Access);
    Ok(())
}

fn end_sessions_of(inner: &Inner, user: &str, ends: impl Fn(&SessionRow) -> bool) -> Result<(), ApiError> {
    let known = inner.access.known();
    let of_user = known.sessions.values().filter(|row| row.user.as_deref() == Some(user) && ends(row));
    let ids: Vec<String> = of_user.map(|row| row.id.clone()).collect();
    inner.store.end_sessions(&ids)?;
    taken_up(inner)
}

fn another_admin(inner: &Inner, id: &str) -> Result<(), ApiError> {
    if inner.access.leaves_an_admin(id) {
        return Ok(());
    }
    Err(ApiError::conflict("This is the last admin. Make another one first."))
}

fn unknown() -> ApiError {
    ApiError::not_found("There is no such user.")
}

/// The studio somebody with this access belongs to. Who acts for a studio needs one; everybody else sees all.
fn belongs(
    inner: &Inner,
    access: Access,
    studio: Option<String>,
    problems: &mut Vec<String>,
) -> Option<String> {
    let studio = studio.filter(|id| !id.is_empty());
    let book = inner.station.shelf.book();
    match (&studio, access) {
        (None, Access::Studio) => problems.push("Choose the studio they belong to.".to_owned()),
        (Some(id), _) if book.studio(id).is_err() => problems.push("There is no such studio.".to_owned()),
        (Some(_) | None, _) => {}
    }
    studio
}

/// An address as it is typed: one @, no spaces, up to 254 characters (RFC 5321, 4.5.3.1).
pub(crate) fn address(typed: &str, problems: &mut Vec<String>) -> String {
    let email = typed.trim();
    let parts: Vec<&str> = email.split('@').collect();
    let fits = email.chars().count() <= 254
        && !email.chars().any(|c| c.is_control() || c.is_whitespace())
        && matches!(parts[..], [name, host] if !name.is_empty() && !host.is_empty());
    if !fits {
        problems.push("An address is written like ann@example.org and has up to 254 characters.".to_owned());
    }
    email.to_owned()
}

fn user(row: &UserRow) -> User {
    User {
        id: row.id.clone(),
        email: row.email.clone(),
        name: row.name.clone(),
        is_admin: row.access == Access::Admin,
        access: row.access,
        studio_id: row.studio.clone(),
        source: row.source,
        enabled: row.enabled,
        has_password: row.password.is_some(),
        seen: row.seen.map(moment),
    }
}

fn token(inner: &Inner, row: &TokenRow) -> Token {
    let (seen, address) = match inner.access.token_used(&row.id) {
        Some((at, address)) => (Some(at), Some(address)),
        None => (row.seen, row.address.clone()),
    };
    Token {
        id: row.id.clone(),
        name: row.name.clone(),
        access: row.access,
        studio_id: row.studio.clone(),
        created: moment(row.created),
        created_by: row.created_by.clone(),
        expires: row.ends.map(moment),
        seen: seen.map(moment),
        address,
    }
}
