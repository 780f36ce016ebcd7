use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::error::Fault;
use super::{Store, StoreError, documents, names, one};
use crate::api::wire::SourceConfig;

/// A source.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceRow {
    /// UUIDv7.
    pub id: String,
    /// Unique among sources.
    pub name: String,
    /// What it is.
    pub config: SourceConfig,
    /// Belongs to the demonstration.
    pub demo: bool,
}

/// A source to be.
#[derive(Clone, Debug)]
pub struct NewSourceRow {
    /// Unique among sources.
    pub name: String,
    /// What it is.
    pub config: SourceConfig,
    /// Belongs to the demonstration.
    pub demo: bool,
}

/// What changes about a source.
#[derive(Clone, Debug, Default)]
pub struct SourceChange {
    /// Its new name.
    pub name: Option<String>,
    /// What it is from now on.
    pub config: Option<SourceConfig>,
}

const SELECT: &str = "SELECT id, name, config, demo FROM sources";

impl Store {
    /// Every source, by name. One whose configuration cannot be read is left out; [`super::Opened::unusable`] names it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn sources(&self) -> Result<Vec<SourceRow>, StoreError> {
        let rows = self.read("read the sources", |tx| rows(tx))?;
        Ok(rows.into_iter().filter_map(Result::ok).collect())
    }

    /// Keeps a new source.
    ///
    /// # Errors
    /// Its name is taken.
    pub fn insert_source(&self, new: NewSourceRow) -> Result<SourceRow, StoreError> {
        let NewSourceRow { name, config, demo } = new;
        let row = SourceRow { id: Uuid::now_v7().to_string(), name, config, demo };
        self.write("keep a source", |tx| {
            free(tx, &row.name, "")?;
            let sql = "INSERT INTO sources (id, name, name_key, config, demo) VALUES (?1, ?2, ?3, ?4, ?5)";
            let config = documents::write(&row.config)?;
            tx.execute(sql, params![row.id, row.name, names::key(&row.name), config, row.demo])?;
            Ok(())
        })?;
        Ok(row)
    }

    /// Changes a source.
    ///
    /// # Errors
    /// There is none with this id; its new name is taken.
    pub fn update_source(&self, id: &str, change: SourceChange) -> Result<SourceRow, StoreError> {
        self.write("change a source", |tx| {
            if let Some(name) = &change.name {
                free(tx, name, id)?;
                let sql = "UPDATE sources SET name = ?2, name_key = ?3 WHERE id = ?1";
                one(tx.execute(sql, params![id, name, names::key(name)])?, "source", id)?;
            }
            if let Some(config) = &change.config {
                let sql = "UPDATE sources SET config = ?2 WHERE id = ?1";
                one(tx.execute(sql, params![id, documents::write(config)?])?, "source", id)?;
            }
            let mut found = tx.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
            let row = found.query_map([id], read)?.next().transpose()?.and_then(Result::ok);
            Ok(row.ok_or_else(|| StoreError::NotFound { what: "source", id: id.into() })?)
        })
    }

    /// Forgets a source.
    ///
    /// # Errors
    /// There is none with this id; recorders have it.
    pub fn delete_source(&self, id: &str) -> Result<(), StoreError> {
        self.write("delete a source", |tx| {
            unused(tx, id)?;
            one(tx.execute("DELETE FROM sources WHERE id = ?1", [id])?, "source", id)
        })
    }
}

/// Refused while a recorder has it.
pub(super) fn unused(tx: &Connection, id: &str) -> Result<(), Fault> {
    let sql = "SELECT s.name, r.name FROM recorders r JOIN sources s ON s.id = r.source WHERE s.id = ?1 ORDER BY r.number";
    let mut found = tx.prepare(sql)?;
    let pairs = found.query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let pairs: Vec<(String, String)> = pairs.collect::<Result<_, _>>()?;
    let Some((name, _)) = pairs.first().cloned() else {
        return Ok(());
    };
    let by = pairs.into_iter().map(|(_, recorder)| recorder).collect();
    Err(StoreError::InUse { what: "source", name, by }.into())
}

fn free(tx: &Connection, name: &str, except: &str) -> Result<(), Fault> {
    let sql = "SELECT name FROM sources WHERE name_key = ?1 AND id <> ?2";
    let taken: Option<String> = tx
        .prepare_cached(sql)?
        .query_map([&names::key(name), except], |row| row.get(0))?
        .next()
        .transpose()?;
    taken.map_or(Ok(()), |name| Err(StoreError::NameTaken { what: "source", name }.into()))
}

pub(super) fn rows(tx: &Connection) -> Result<Vec<Result<SourceRow, String>>, Fault> {
    let mut found = tx.prepare_cached(&format!("{SELECT} ORDER BY name_key"))?;
    let rows = found.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// The row, or a sentence about why it cannot be used.
fn read(row: &Row<'_>) -> rusqlite::Result<Result<SourceRow, String>> {
    let (name, config): (String, String) = (row.get(1)?, row.get(2)?);
    match serde_json::from_str(&config) {
        Ok(config) => Ok(Ok(SourceRow { id: row.get(0)?, name, config, demo: row.get(3)? })),
        Err(error) => {
            Ok(Err(format!("source {name:?} cannot be used: this program cannot read what it is ({error})")))
        }
    }
}
