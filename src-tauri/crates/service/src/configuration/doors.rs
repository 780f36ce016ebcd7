//! How the station is opened and who may sign in: the file's against the station's.

use audyn_model::Utc;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::difference;
use super::found::{Found, Names, Now};
use crate::api::wire::{
    AccessSettings, ConfigurationChangeKind as Kind, ConfigurationPart as Part, EntraSettings, FieldChange,
    ListenerSettings, SessionSettings, StudioGroup, UserSource,
};
use crate::api::{Access, ApiError};
use crate::book::Book;
use crate::operations;
use crate::store::{Doors, UserRow, name_key};
use crate::terms;

/// How the station is opened. What is secret of it is not in a file: passwords, the provider's client secret, keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessPart {
    pub breakglass_minutes: Option<u32>,
    pub listener: Option<ListenerSettings>,
    pub sessions: Option<SessionSettings>,
    pub provider: Option<ProviderPart>,
}

/// The identity provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderPart {
    pub on: bool,
    #[serde(default)]
    pub tenant: String,
    #[serde(default)]
    pub client_id: String,
    pub redirect: Option<String>,
    pub issuer: Option<String>,
    pub graph: Option<String>,
    pub others: Option<Access>,
    #[serde(default)]
    pub admins: Vec<String>,
    #[serde(default)]
    pub operators: Vec<String>,
    #[serde(default)]
    pub viewers: Vec<String>,
    #[serde(default)]
    pub studios: Vec<GroupPart>,
}

/// Members of a group belong to a studio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupPart {
    pub group: String,
    /// The studio's name.
    pub studio: String,
}

/// A user with a password of the station's. Those of a provider come by it, with the rights that it gives them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UserPart {
    /// By which they are found again.
    pub email: String,
    #[serde(default)]
    pub name: String,
    pub access: Access,
    /// The name of their studio.
    pub studio: Option<String>,
    #[serde(default = "yes")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

/// The settings in the words of the file.
pub(super) fn access_part(settings: &AccessSettings, book: &Book) -> AccessPart {
    let entra = &settings.entra;
    let group = |group: &StudioGroup| GroupPart {
        group: group.group.clone(),
        studio: book
            .studio(&group.studio_id)
            .map_or_else(|_| group.studio_id.clone(), |studio| studio.name.clone()),
    };
    AccessPart {
        breakglass_minutes: Some(settings.breakglass.minutes),
        listener: Some(settings.listener.clone()),
        sessions: Some(settings.sessions.clone()),
        provider: Some(ProviderPart {
            on: entra.on,
            tenant: entra.tenant.clone(),
            client_id: entra.client_id.clone(),
            redirect: entra.redirect.clone(),
            issuer: entra.issuer.clone(),
            graph: entra.graph.clone(),
            others: entra.others,
            admins: entra.admins.clone(),
            operators: entra.operators.clone(),
            viewers: entra.viewers.clone(),
            studios: entra.studios.iter().map(group).collect(),
        }),
    }
}

/// The users in the words of the file.
pub(super) fn user_parts(users: &[UserRow], book: &Book) -> Vec<UserPart> {
    users.iter().filter(|row| row.source == UserSource::Local).map(|row| user_part(row, book)).collect()
}

fn user_part(row: &UserRow, book: &Book) -> UserPart {
    let studio = row.studio.as_deref().and_then(|id| book.studio(id).ok());
    UserPart {
        email: row.email.clone(),
        name: row.name.clone(),
        access: row.access,
        studio: studio.map(|studio| studio.name.clone()),
        enabled: row.enabled,
    }
}

/// Lays the file's access settings and users over the station's. `after` has its studios already.
pub(super) fn doors(
    now: &Now<'_>,
    part: Option<&AccessPart>,
    parts: Option<&[UserPart]>,
    after: &Book,
    found: &mut Found,
) -> Result<Doors, ApiError> {
    Ok(Doors { settings: access(now, part, after, found)?, users: users(now, parts, after, found)? })
}

fn access(
    now: &Now<'_>,
    part: Option<&AccessPart>,
    after: &Book,
    found: &mut Found,
) -> Result<AccessSettings, ApiError> {
    let before = &now.doors.settings;
    let mut settings = before.clone();
    let Some(part) = part else { return Ok(settings) };
    let mut problems = Vec::new();
    if let Some(listener) = &part.listener {
        settings.listener = operations::listening(listener.clone(), &mut problems);
    }
    if let Some(sessions) = &part.sessions {
        operations::session_lengths(sessions, &mut problems);
        settings.sessions = sessions.clone();
    }
    if let Some(minutes) = part.breakglass_minutes {
        operations::breakglass_minutes(minutes, &mut problems);
        settings.breakglass.minutes = minutes;
    }
    if let Some(provider) = &part.provider {
        let wish = entra(provider, before.entra.has_secret, after, &mut problems);
        settings.entra = operations::provider(after, wish, &mut problems);
    }
    let mut fields =
        difference::fields(Some(&access_part(before, now.book)), &access_part(&settings, after))?;
    if fields.is_empty() && problems.is_empty() {
        return Ok(settings);
    }
    if settings.entra.on && !settings.entra.has_secret && settings.entra != before.entra {
        // Not a difference, and yet to be known before it is taken up.
        fields.push(told(
            "provider.client_secret",
            "(none: give it under Settings, Network access, unless the application is a public client)",
        ));
    }
    found.push(Kind::Changed, Part::Access, "access", fields, &problems);
    Ok(settings)
}

fn entra(part: &ProviderPart, has_secret: bool, after: &Book, problems: &mut Vec<String>) -> EntraSettings {
    let mut studios = Vec::new();
    for GroupPart { group, studio } in &part.studios {
        match named(after, studio, problems) {
            Some(studio_id) => studios.push(StudioGroup { group: group.clone(), studio_id }),
            None => continue,
        }
    }
    EntraSettings {
        on: part.on,
        tenant: part.tenant.clone(),
        client_id: part.client_id.clone(),
        has_secret,
        redirect: part.redirect.clone(),
        issuer: part.issuer.clone(),
        graph: part.graph.clone(),
        admins: part.admins.clone(),
        operators: part.operators.clone(),
        studios,
        viewers: part.viewers.clone(),
        others: part.others,
    }
}

fn named(after: &Book, studio: &str, problems: &mut Vec<String>) -> Option<String> {
    let row = after.studios.iter().find(|row| name_key(&row.name) == name_key(studio));
    if row.is_none() {
        problems.push(format!("There is no studio \"{studio}\"; name one of the file's."));
    }
    row.map(|row| row.id.clone())
}

fn users(
    now: &Now<'_>,
    parts: Option<&[UserPart]>,
    after: &Book,
    found: &mut Found,
) -> Result<Vec<UserRow>, ApiError> {
    let before = &now.doors.users;
    let Some(parts) = parts else { return Ok(before.clone()) };
    let (local, mut rows): (Vec<_>, Vec<_>) =
        before.iter().cloned().partition(|row| row.source == UserSource::Local);
    let mut names = Names::default();
    let mut laid = Vec::new();
    for part in parts {
        let mut problems = Vec::new();
        let email = operations::address(&part.email, &mut problems);
        names.take(&email, "user", &mut problems);
        let name = match part.name.trim() {
            "" => email.clone(),
            name => terms::name(name, "user", &mut problems),
        };
        let studio = part.studio.as_deref().and_then(|studio| named(after, studio, &mut problems));
        if part.access == Access::Studio && part.studio.is_none() {
            problems.push("Name the studio they belong to.".to_owned());
        }
        let old = local.iter().find(|row| name_key(&row.email) == name_key(&email));
        let row = UserRow {
            id: old.map_or_else(|| Uuid::now_v7().to_string(), |old| old.id.clone()),
            email,
            name,
            access: part.access,
            studio,
            source: UserSource::Local,
            subject: None,
            // Never from a file.
            password: old.and_then(|old| old.password.clone()),
            enabled: part.enabled,
            created: old.map_or(now.at, |old| old.created),
            seen: old.and_then(|old| old.seen),
        };
        rows.push(row.clone());
        laid.push((row, old, problems));
    }
    // Somebody who can administer the station over the network stays, if there was somebody.
    let lost = any_admin(before) && !any_admin(&rows);
    let last = |row: &UserRow| {
        (lost && is_admin(row)).then(|| {
            "Nobody would be left who can sign in as an administrator. Keep one with a password.".to_owned()
        })
    };
    for (row, old, mut problems) in laid {
        problems.extend(old.and_then(last));
        let part = user_part(&row, after);
        let mut fields = difference::fields(old.map(|old| user_part(old, now.book)).as_ref(), &part)?;
        if fields.is_empty() && problems.is_empty() {
            found.unchanged += 1;
            continue;
        }
        if row.password.is_none() {
            fields
                .push(told("password", "(none: they cannot sign in until an administrator gives them one)"));
        }
        let kind = if old.is_some() { Kind::Changed } else { Kind::Added };
        found.push(kind, Part::User, &row.email, fields, &problems);
    }
    for row in local.iter().filter(|old| !rows.iter().any(|new| new.id == old.id)) {
        found.removed(Part::User, &row.email, &Vec::from_iter(last(row)));
    }
    rows.sort_by_key(|row| name_key(&row.email));
    Ok(rows)
}

fn is_admin(row: &UserRow) -> bool {
    let can = row.password.is_some() || row.source == UserSource::Provider;
    row.access == Access::Admin && row.enabled && can
}

fn any_admin(rows: &[UserRow]) -> bool {
    rows.iter().any(is_admin)
}

fn told(field: &str, what: &str) -> FieldChange {
    FieldChange { field: field.to_owned(), before: None, after: Some(what.to_owned()) }
}

/// When nothing is made by it.
pub(super) const NEVER: Utc = Utc(0);
