use std::fmt;

use audyn_model::Utc;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};
use uuid::Uuid;

use super::error::Fault;
use super::{Store, StoreError, names, one};
use crate::api::Access;
use crate::api::wire::UserSource;

/// A password as it is kept: a PHC string. It does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// UUIDv7.
    pub id: String,
    /// Unique among those of one source.
    pub email: String,
    /// For people.
    pub name: String,
    /// What they may do at most.
    pub access: Access,
    /// The studio they belong to.
    pub studio: Option<String>,
    /// Who vouches for them.
    pub source: UserSource,
    /// Issuer and subject, for those of a provider.
    pub subject: Option<String>,
    /// None: cannot sign in by password.
    pub password: Option<PasswordHash>,
    /// May sign in.
    pub enabled: bool,
    /// When they were made.
    pub created: Utc,
    /// When they signed in last.
    pub seen: Option<Utc>,
}

/// Somebody who may sign in from now on.
#[derive(Clone, Debug)]
pub struct NewUserRow {
    /// Unique among those of one source.
    pub email: String,
    /// For people.
    pub name: String,
    /// What they may do at most.
    pub access: Access,
    /// The studio they belong to.
    pub studio: Option<String>,
    /// Who vouches for them.
    pub source: UserSource,
    /// Issuer and subject, for those of a provider.
    pub subject: Option<String>,
    /// None: cannot sign in by password.
    pub password: Option<PasswordHash>,
}

/// What changes about a user.
#[derive(Clone, Debug, Default)]
pub struct UserChange {
    /// Another address.
    pub email: Option<String>,
    /// Another name.
    pub name: Option<String>,
    /// Another role.
    pub access: Option<Access>,
    /// Another studio, or none.
    pub studio: Option<Option<String>>,
    /// Another password.
    pub password: Option<PasswordHash>,
    /// May sign in, or may not.
    pub enabled: Option<bool>,
    /// They signed in.
    pub seen: Option<Utc>,
}

/// The password that opens when nothing else does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BreakglassRow {
    /// None was set yet.
    pub password: Option<PasswordHash>,
    /// It opens.
    pub enabled: bool,
}

const SELECT: &str = "SELECT id, email, name, access, studio, source, subject, password, enabled, created_ns, \
                      seen_ns FROM users";

impl Store {
    /// Every user, by address.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        self.read("read the users", |tx| rows(tx))
    }

    /// Keeps a new user.
    ///
    /// # Errors
    /// The address is taken; there is no such studio.
    pub fn insert_user(&self, new: NewUserRow, now: Utc) -> Result<UserRow, StoreError> {
        let NewUserRow { email, name, access, studio, source, subject, password } = new;
        let id = Uuid::now_v7().to_string();
        let row = UserRow {
            id,
            email,
            name,
            access,
            studio,
            source,
            subject,
            password,
            enabled: true,
            created: now,
            seen: None,
        };
        self.write("keep a user", |tx| {
            let sql = "INSERT INTO users (id, email, email_key, name, access, studio, source, subject, password, \
                       enabled, created_ns) VALUES (?1, ?2, '', '', 'viewer', NULL, ?3, ?4, NULL, 1, ?5)";
            tx.execute(sql, params![row.id, row.id, word(row.source), row.subject, now.0])?;
            put(tx, &row)
        })?;
        Ok(row)
    }

    /// Changes a user.
    ///
    /// # Errors
    /// There is none with this id; the address is taken; there is no such studio.
    pub fn update_user(&self, id: &str, change: UserChange) -> Result<UserRow, StoreError> {
        self.write("change a user", |tx| {
            let found = tx.query_row(&format!("{SELECT} WHERE id = ?1"), [id], read).optional()?;
            let row = found.ok_or_else(|| StoreError::NotFound { what: "user", id: id.into() })?;
            let row = UserRow {
                email: change.email.unwrap_or(row.email),
                name: change.name.unwrap_or(row.name),
                access: change.access.unwrap_or(row.access),
                studio: change.studio.unwrap_or(row.studio),
                password: change.password.or(row.password),
                enabled: change.enabled.unwrap_or(row.enabled),
                seen: change.seen.or(row.seen),
                ..row
            };
            put(tx, &row)?;
            Ok(row)
        })
    }

    /// Forgets a user, and their sessions.
    ///
    /// # Errors
    /// There is none with this id.
    pub fn delete_user(&self, id: &str) -> Result<(), StoreError> {
        self.write("delete a user", |tx| {
            one(tx.execute("DELETE FROM users WHERE id = ?1", [id])?, "user", id)
        })
    }

    /// The breakglass password; off and without one if it was never set.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn breakglass(&self) -> Result<BreakglassRow, StoreError> {
        self.read("read the breakglass password", |tx| {
            let sql = "SELECT password, enabled FROM breakglass";
            let row = tx.query_row(sql, [], |row| {
                let password: Option<String> = row.get(0)?;
                Ok(BreakglassRow { password: password.map(PasswordHash), enabled: row.get(1)? })
            });
            Ok(row.optional()?.unwrap_or_default())
        })
    }

    /// Keeps the breakglass password.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn put_breakglass(&self, row: &BreakglassRow) -> Result<(), StoreError> {
        self.write("keep the breakglass password", |tx| {
            let sql = "INSERT INTO breakglass (one, password, enabled) VALUES (1, ?1, ?2) \
                       ON CONFLICT (one) DO UPDATE SET password = excluded.password, enabled = excluded.enabled";
            let password = row.password.as_ref().map(|hash| hash.0.as_str());
            Ok(tx.execute(sql, params![password, row.enabled]).map(drop)?)
        })
    }
}

/// Every user, by address.
pub(super) fn rows(tx: &Connection) -> Result<Vec<UserRow>, Fault> {
    let mut found = tx.prepare_cached(&format!("{SELECT} ORDER BY email_key, source"))?;
    Ok(found.query_map([], read)?.collect::<Result<_, _>>()?)
}

/// Writes everything that may change about a user.
fn put(tx: &Transaction<'_>, row: &UserRow) -> Result<(), Fault> {
    let key = names::key(&row.email);
    let sql = "SELECT email FROM users WHERE email_key = ?1 AND source = ?2 AND id <> ?3";
    if let Some(name) =
        tx.query_row(sql, params![key, word(row.source), row.id], |found| found.get(0)).optional()?
    {
        return Err(StoreError::NameTaken { what: "user", name }.into());
    }
    if let Some(studio) = &row.studio {
        let known = tx.prepare_cached("SELECT 1 FROM studios WHERE id = ?1")?.exists([studio])?;
        one(usize::from(known), "studio", studio)?;
    }
    let sql = "UPDATE users SET email = ?2, email_key = ?3, name = ?4, access = ?5, studio = ?6, password = ?7, \
               enabled = ?8, seen_ns = ?9 WHERE id = ?1";
    let password = row.password.as_ref().map(|hash| hash.0.as_str());
    let values = params![
        row.id,
        row.email,
        key,
        row.name,
        row.access.as_str(),
        row.studio,
        password,
        row.enabled,
        row.seen.map(|at| at.0)
    ];
    one(tx.execute(sql, values)?, "user", &row.id)
}

fn read(row: &Row<'_>) -> rusqlite::Result<UserRow> {
    let source: String = row.get(5)?;
    let source = match source.as_str() {
        "local" => UserSource::Local,
        "provider" => UserSource::Provider,
        _ => return Err(rusqlite::Error::InvalidColumnType(5, source, Type::Text)),
    };
    let password: Option<String> = row.get(7)?;
    let seen: Option<i64> = row.get(10)?;
    Ok(UserRow {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        access: access(row, 3)?,
        studio: row.get(4)?,
        source,
        subject: row.get(6)?,
        password: password.map(PasswordHash),
        enabled: row.get(8)?,
        created: Utc(row.get(9)?),
        seen: seen.map(Utc),
    })
}

/// A column with the word of an access level.
pub(super) fn access(row: &Row<'_>, column: usize) -> rusqlite::Result<Access> {
    let text: String = row.get(column)?;
    Access::read(&text).ok_or(rusqlite::Error::InvalidColumnType(column, text, Type::Text))
}

pub(super) const fn word(source: UserSource) -> &'static str {
    match source {
        UserSource::Local => "local",
        UserSource::Provider => "provider",
    }
}
