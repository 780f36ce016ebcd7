use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::Fault;
use super::{
    RecorderRow, SourceRow, Store, StoreError, StudioRow, UserRow, documents, names, recorders, sources,
    studios, users,
};
use crate::api::wire::{AccessSettings, Settings, UserSource};
use crate::book::Book;

/// What a configuration says.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Every source.
    pub sources: &'a [SourceRow],
    /// Every recorder.
    pub recorders: &'a [RecorderRow],
    /// Every studio, in order.
    pub studios: &'a [StudioRow],
    /// Who may, and how the station is opened.
    pub doors: &'a Doors,
}

/// Who may sign in, and how the station is opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Doors {
    /// The settings.
    pub settings: AccessSettings,
    /// Every user, by address.
    pub users: Vec<UserRow>,
}

impl<'a> Rows<'a> {
    pub(crate) fn of(book: &'a Book, doors: &'a Doors) -> Self {
        Self { sources: &book.sources, recorders: &book.recorders, studios: &book.studios, doors }
    }
}

impl Store {
    /// The last number that a recorder was given.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn last_recorder_number(&self) -> Result<u32, StoreError> {
        self.read("read the last recorder's number", |tx| last_number(tx))
    }

    /// Who may, and how the station is opened.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn doors(&self, defaults: &AccessSettings) -> Result<Doors, StoreError> {
        self.read("read who may", |tx| doors(tx, defaults))
    }

    /// Makes the state what a configuration says: all of it, or nothing if the state is not as it was in `before`. Ids and
    /// numbers of `after` are kept; whether a recorder should be recording, and what screens show, stays.
    /// Returns whether it was done.
    ///
    /// # Errors
    /// The database refused.
    pub fn replace_configuration(
        &self,
        before: Rows<'_>,
        last_number_before: u32,
        after: Rows<'_>,
        settings: Option<&Settings>,
    ) -> Result<bool, StoreError> {
        self.write("take up a configuration", |tx| {
            let there = (usable(sources::rows(tx)?), usable(recorders::rows(tx)?), studios::rows(tx)?);
            let same = there.0 == before.sources && there.1 == before.recorders && there.2 == before.studios;
            let there = doors(tx, &before.doors.settings)?;
            let same = same && alike(&there, before.doors);
            if !same || last_number(tx)? != last_number_before {
                return Ok(false);
            }
            // Names may be swapped, and things refer to each other: in between neither rule holds.
            tx.pragma_update(None, "defer_foreign_keys", true)?;
            for table in ["sources", "recorders", "studios"] {
                tx.execute(&format!("UPDATE {table} SET name_key = char(1) || rowid || name_key"), [])?;
            }
            tx.execute("UPDATE studios SET recorder = NULL", [])?;
            put_recorders(tx, before.recorders, after.recorders)?;
            put_sources(tx, before.sources, after.sources)?;
            put_studios(tx, before.studios, after.studios)?;
            // What this program cannot read was left where it is, under its own name.
            for table in ["sources", "recorders", "studios"] {
                let sql = format!(
                    "UPDATE {table} SET name_key = substr(name_key, 2 + length(rowid)) WHERE substr(name_key, 1, 1) = char(1)"
                );
                tx.execute(&sql, [])?;
            }
            put_users(tx, &before.doors.users, &after.doors.users)?;
            if before.doors.settings != after.doors.settings {
                let sql = "INSERT INTO access (one, document) VALUES (1, ?1) \
                           ON CONFLICT (one) DO UPDATE SET document = excluded.document";
                tx.execute(sql, [documents::write(&after.doors.settings)?])?;
            }
            if let Some(settings) = settings {
                let sql = "INSERT INTO settings (one, document) VALUES (1, ?1) \
                           ON CONFLICT (one) DO UPDATE SET document = excluded.document";
                tx.execute(sql, [documents::write(settings)?])?;
            }
            Ok(true)
        })
    }
}

pub(super) fn usable<T>(rows: Vec<Result<T, String>>) -> Vec<T> {
    rows.into_iter().filter_map(Result::ok).collect()
}

pub(super) fn last_number(tx: &Connection) -> Result<u32, Fault> {
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = 'recorders'";
    Ok(tx.query_row(sql, [], |row| row.get(0)).optional()?.unwrap_or(0))
}

pub(super) fn doors(tx: &Connection, defaults: &AccessSettings) -> Result<Doors, Fault> {
    let stored: Option<String> =
        tx.query_row("SELECT document FROM access", [], |row| row.get(0)).optional()?;
    let settings = stored.map_or_else(|| defaults.clone(), |stored| documents::lay_over(defaults, &stored).0);
    Ok(Doors { settings, users: users::rows(tx)? })
}

/// The same, but for what changes by the way: passwords, and when somebody was there.
fn alike(one: &Doors, other: &Doors) -> bool {
    let settings = |doors: &Doors| {
        let mut settings = doors.settings.clone();
        // These follow from the breakglass password.
        (settings.breakglass.on, settings.breakglass.has_password) = (false, false);
        settings
    };
    let still = |row: &UserRow| UserRow { password: None, seen: None, ..row.clone() };
    settings(one) == settings(other) && one.users.iter().map(still).eq(other.users.iter().map(still))
}

fn put_users(tx: &Connection, before: &[UserRow], after: &[UserRow]) -> Result<(), Fault> {
    for row in before.iter().filter(|old| !after.iter().any(|new| new.id == old.id)) {
        tx.execute("DELETE FROM users WHERE id = ?1", [&row.id])?;
    }
    // A password and when they were there stay as they are.
    let sql = "INSERT INTO users (id, email, email_key, name, access, studio, source, subject, enabled, created_ns) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
               ON CONFLICT (id) DO UPDATE SET email = ?2, email_key = ?3, name = ?4, access = ?5, studio = ?6, \
               enabled = ?9";
    // Those of a provider are no part of it, and may have lost their studio by it.
    for row in after.iter().filter(|row| row.source == UserSource::Local) {
        let key = names::key(&row.email);
        let (access, source) = (row.access.as_str(), users::word(row.source));
        let created = row.created.0;
        tx.execute(
            sql,
            params![
                row.id,
                row.email,
                key,
                row.name,
                access,
                row.studio,
                source,
                row.subject,
                row.enabled,
                created
            ],
        )?;
    }
    Ok(())
}

fn put_sources(tx: &Connection, before: &[SourceRow], after: &[SourceRow]) -> Result<(), Fault> {
    for row in before.iter().filter(|old| !after.iter().any(|new| new.id == old.id)) {
        tx.execute("DELETE FROM sources WHERE id = ?1", [&row.id])?;
    }
    let sql = "INSERT INTO sources (id, name, name_key, config, demo) VALUES (?1, ?2, ?3, ?4, ?5) \
               ON CONFLICT (id) DO UPDATE SET name = ?2, name_key = ?3, config = ?4, demo = ?5";
    for row in after {
        let config = documents::write(&row.config)?;
        tx.execute(sql, params![row.id, row.name, names::key(&row.name), config, row.demo])?;
    }
    Ok(())
}

fn put_recorders(tx: &Connection, before: &[RecorderRow], after: &[RecorderRow]) -> Result<(), Fault> {
    for row in before.iter().filter(|old| !after.iter().any(|new| new.number == old.number)) {
        tx.execute("DELETE FROM recorders WHERE number = ?1", [row.number])?;
    }
    let sql = "INSERT INTO recorders (number, uid, name, name_key, description, source, config, wanted, demo) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
               ON CONFLICT (number) DO UPDATE SET name = ?3, name_key = ?4, description = ?5, source = ?6, config = ?7, \
               demo = ?9";
    for row in after {
        let (uid, config) = (row.uid.to_string(), documents::write(&row.config)?);
        let key = names::key(&row.name);
        tx.execute(
            sql,
            params![
                row.number,
                uid,
                row.name,
                key,
                row.description,
                row.source,
                config,
                row.wanted,
                row.demo
            ],
        )?;
    }
    Ok(())
}

fn put_studios(tx: &Connection, before: &[StudioRow], after: &[StudioRow]) -> Result<(), Fault> {
    for row in before.iter().filter(|old| !after.iter().any(|new| new.id == old.id)) {
        tx.execute("DELETE FROM studios WHERE id = ?1", [&row.id])?;
    }
    let sql = "INSERT INTO studios (id, name, name_key, description, color, enabled, position, recorder, demo) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
               ON CONFLICT (id) DO UPDATE SET name = ?2, name_key = ?3, description = ?4, color = ?5, enabled = ?6, \
               position = ?7, recorder = ?8, demo = ?9";
    for row in after {
        let key = names::key(&row.name);
        tx.execute(
            sql,
            params![
                row.id,
                row.name,
                key,
                row.description,
                row.color,
                row.enabled,
                row.position,
                row.recorder,
                row.demo
            ],
        )?;
    }
    Ok(())
}
