//! How the station is opened to others, and what they did.

use std::fmt::Write as _;

use super::access::taken_up;
use crate::Service;
use crate::access;
use crate::api::wire::*;
use crate::api::{Access, ApiError, Caller};
use crate::book::Book;
use crate::secrets::Secret;
use crate::store::{AuditRow, AuditWanted, BreakglassRow};
use crate::terms::{self, moment};

/// Name of the provider's client secret among the secrets.
pub const ENTRA_SECRET: &str = "entra-client-secret";
/// Entries of the audit log on a page unless told otherwise, and at most.
const PAGE: (u32, u32) = (200, 1000);
/// Entries of an export at most.
const EXPORT: u32 = 10_000;
/// Hosts, and groups of a kind.
const MOST_LISTED: usize = 64;
/// Longest text of a setting, in characters.
const MOST_TEXT: usize = 500;

impl Service {
    pub(crate) async fn access_settings(&self, _: &Caller, _: Empty) -> Result<AccessSettings, ApiError> {
        Ok(self.access_settings_now())
    }

    pub(crate) async fn change_access_settings(
        &self,
        _: &Caller,
        change: ChangeAccessSettings,
    ) -> Result<AccessSettings, ApiError> {
        self.gate_work(move |inner| {
            let before = inner.access.known().settings.clone();
            let mut settings = before.clone();
            let mut problems = Vec::new();
            if let Some(listener) = change.listener {
                settings.listener = listening(listener, &mut problems);
            }
            if let Some(sessions) = change.sessions {
                session_lengths(&sessions, &mut problems);
                settings.sessions = sessions;
            }
            if let Some(entra) = change.entra {
                settings.entra = EntraSettings {
                    has_secret: before.entra.has_secret,
                    ..provider(&inner.station.shelf.book(), entra, &mut problems)
                };
            }
            terms::refuse(&problems)?;
            if let Some(secret) = &change.entra_secret {
                let kept = match secret.0.trim() {
                    "" => inner.access.secrets.remove(ENTRA_SECRET),
                    text => inner.access.secrets.put(ENTRA_SECRET, &Secret::new(text)),
                };
                kept.map_err(|error| ApiError::unavailable(terms::sentence(&error.to_string())))?;
                settings.entra.has_secret = !secret.0.trim().is_empty();
            }
            inner.store.put_access_settings(&settings)?;
            taken_up(inner)?;
            Ok(inner.access.known().settings.clone())
        })
        .await
    }

    pub(crate) async fn set_breakglass(
        &self,
        _: &Caller,
        wish: SetBreakglass,
    ) -> Result<AccessSettings, ApiError> {
        if let Some(password) = &wish.password {
            access::check_password(password)?;
        }
        let mut problems = Vec::new();
        if let Some(minutes) = wish.minutes {
            breakglass_minutes(minutes, &mut problems);
        }
        terms::refuse(&problems)?;
        let hash = match wish.password {
            Some(password) => Some(self.hashing(move || access::hash_password(&password)).await?),
            None => None,
        };
        self.gate_work(move |inner| {
            let before = inner.store.breakglass()?;
            let changed = hash.is_some();
            let row = BreakglassRow {
                password: hash.or(before.password),
                enabled: wish.on.unwrap_or(before.enabled),
            };
            if row.enabled && row.password.is_none() {
                return Err(ApiError::conflict("Breakglass has no password. Set one when you turn it on."));
            }
            inner.store.put_breakglass(&row)?;
            if let Some(minutes) = wish.minutes {
                let mut settings = inner.access.known().settings.clone();
                settings.breakglass.minutes = minutes;
                inner.store.put_access_settings(&settings)?;
            }
            if changed || !row.enabled {
                let known = inner.access.known();
                let ids: Vec<String> = known
                    .sessions
                    .values()
                    .filter(|row| row.user.is_none())
                    .map(|row| row.id.clone())
                    .collect();
                inner.store.end_sessions(&ids)?;
            }
            taken_up(inner)?;
            Ok(inner.access.known().settings.clone())
        })
        .await
    }

    pub(crate) async fn audit_log(&self, _: &Caller, query: AuditQuery) -> Result<AuditLog, ApiError> {
        let limit = query.limit.unwrap_or(PAGE.0);
        if !(1..=PAGE.1).contains(&limit) {
            return Err(ApiError::invalid(format!("{limit} on a page; ask for 1 to {}.", PAGE.1)));
        }
        let wanted = wanted(query, limit)?;
        self.gate_work(move |inner| {
            let page = inner.store.audit_log(&wanted)?;
            Ok(AuditLog { entries: page.rows.into_iter().map(entry).collect(), more: page.more })
        })
        .await
    }

    pub(crate) async fn export_audit(&self, _: &Caller, query: AuditQuery) -> Result<AuditExport, ApiError> {
        let limit = query.limit.unwrap_or(EXPORT);
        if !(1..=EXPORT).contains(&limit) {
            return Err(ApiError::invalid(format!("{limit} in one part; ask for 1 to {EXPORT}.")));
        }
        let wanted = wanted(query, limit)?;
        self.gate_work(move |inner| {
            let page = inner.store.audit_log(&wanted)?;
            let next = page.rows.last().map(|row| row.id).filter(|_| page.more);
            let entries = u32::try_from(page.rows.len()).unwrap_or(u32::MAX);
            let mut lines = String::new();
            for row in page.rows {
                let line = serde_json::to_string(&entry(row)).map_err(ApiError::internal)?;
                _ = writeln!(lines, "{line}");
            }
            Ok(AuditExport { lines, entries, next })
        })
        .await
    }
}

fn wanted(query: AuditQuery, limit: u32) -> Result<AuditWanted, ApiError> {
    let search = query.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if search.as_ref().is_some_and(|text| text.chars().count() > 200) {
        return Err(ApiError::invalid("A search may have 200 characters; this one has more."));
    }
    Ok(AuditWanted {
        kind: query.kind.filter(|kind| !kind.is_empty()),
        done: query.result.map(|result| result == AuditResult::Done),
        search,
        from: query.from.map(terms::utc),
        until: query.until.map(terms::utc),
        before: query.before,
        limit,
    })
}

fn entry(row: AuditRow) -> AuditEntry {
    AuditEntry {
        id: row.id,
        at: moment(row.note.at),
        who: row.note.who,
        who_id: row.note.who_id,
        address: row.note.address,
        kind: row.note.kind,
        result: if row.note.done { AuditResult::Done } else { AuditResult::Refused },
        subject: row.note.subject,
        message: row.note.message,
    }
}

/// Where it listens, checked.
pub(crate) fn listening(mut wish: ListenerSettings, problems: &mut Vec<String>) -> ListenerSettings {
    if wish.port == 0 {
        problems.push("A port is a number from 1 to 65535.".to_owned());
    }
    wish.interface = wish.interface.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if let Some(name) = &wish.interface {
        terms::interface(name, problems);
    }
    wish.hosts = wish.hosts.iter().map(|host| host.trim().to_lowercase()).filter(|h| !h.is_empty()).collect();
    if wish.hosts.len() > MOST_LISTED {
        problems.push(format!("{} names; give at most {MOST_LISTED}.", wish.hosts.len()));
    }
    let is_name = |host: &String| {
        host.len() <= 253
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b':' | b'[' | b']'))
    };
    for host in wish.hosts.iter().filter(|host| !is_name(host)) {
        let shown: String = host.chars().take(60).collect();
        problems.push(format!("\"{shown}\" is no name or address by which browsers can call a machine."));
    }
    if let TlsSettings::Files { certificate, key } = &wish.tls {
        for path in [certificate, key] {
            if !std::path::Path::new(path).is_absolute() {
                problems.push(format!("\"{path}\" is no whole path; begin it with /."));
            }
        }
    }
    wish
}

/// How long one stays signed in, checked.
pub(crate) fn session_lengths(sessions: &SessionSettings, problems: &mut Vec<String>) {
    if !(1..=168).contains(&sessions.idle_hours) || !(1..=90).contains(&sessions.days) {
        problems.push("A session ends after 1 to 168 hours without use, and after 1 to 90 days.".to_owned());
    }
}

/// How long breakglass opens, checked.
pub(crate) fn breakglass_minutes(minutes: u32, problems: &mut Vec<String>) {
    if !(5..=60).contains(&minutes) {
        problems.push("Breakglass opens for 5 to 60 minutes.".to_owned());
    }
}

/// The identity provider, checked against the studios that there are.
pub(crate) fn provider(book: &Book, mut wish: EntraSettings, problems: &mut Vec<String>) -> EntraSettings {
    wish.tenant = wish.tenant.trim().to_owned();
    wish.client_id = wish.client_id.trim().to_owned();
    for url in [&mut wish.redirect, &mut wish.issuer, &mut wish.graph] {
        *url = url.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    }
    let texts = [&wish.tenant, &wish.client_id].into_iter();
    let texts = texts.chain([&wish.redirect, &wish.issuer, &wish.graph].into_iter().flatten());
    let groups = wish.admins.iter().chain(&wish.operators).chain(&wish.viewers);
    let groups = groups.chain(wish.studios.iter().map(|studio| &studio.group));
    if texts
        .chain(groups.clone())
        .any(|text| text.chars().count() > MOST_TEXT || text.chars().any(char::is_control))
    {
        problems
            .push(format!("A text of the identity provider has up to {MOST_TEXT} characters, on one line."));
    }
    if groups.clone().any(|group| group.trim().is_empty()) {
        problems.push("A group or role has an empty name.".to_owned());
    }
    if [wish.admins.len(), wish.operators.len(), wish.viewers.len(), wish.studios.len()]
        .iter()
        .any(|count| *count > MOST_LISTED)
    {
        problems.push(format!("There are more than {MOST_LISTED} groups or roles of one kind."));
    }
    for url in [&wish.redirect, &wish.issuer, &wish.graph].into_iter().flatten() {
        let plain = url.strip_prefix("http://localhost").or_else(|| url.strip_prefix("http://127.0.0.1"));
        let here = plain.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']));
        if !url.starts_with("https://") && !here {
            problems.push(format!("\"{url}\" is no address of a provider; begin it with https://."));
        }
    }
    let guid =
        |text: &str| text.len() == 36 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if wish.on && wish.issuer.is_none() && !guid(&wish.tenant) {
        problems.push("The directory's id is written like 00000000-0000-0000-0000-000000000000.".to_owned());
    }
    if wish.on && wish.client_id.is_empty() {
        problems.push("Give the application's id.".to_owned());
    }
    if wish.others == Some(Access::Studio) {
        problems.push("Everybody else cannot belong to a studio; name a group for each.".to_owned());
    }
    if wish.studios.iter().any(|studio| book.studio(&studio.studio_id).is_err()) {
        problems.push("A group is given a studio that does not exist.".to_owned());
    }
    wish
}
