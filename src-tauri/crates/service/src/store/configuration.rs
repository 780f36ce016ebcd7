use rusqlite::{Connection, OptionalExtension as _, params};

use super::error::Fault;
use super::{
    RecorderRow, SourceRow, Store, StoreError, StudioRow, documents, names, recorders, sources, studios,
};
use crate::api::wire::Settings;
use crate::book::Book;

/// Sources, recorders and studios.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// Every source.
    pub sources: &'a [SourceRow],
    /// Every recorder.
    pub recorders: &'a [RecorderRow],
    /// Every studio, in order.
    pub studios: &'a [StudioRow],
}

impl<'a> Rows<'a> {
    pub(crate) fn of(book: &'a Book) -> Self {
        Self { sources: &book.sources, recorders: &book.recorders, studios: &book.studios }
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
