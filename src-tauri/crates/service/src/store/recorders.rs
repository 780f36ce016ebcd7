use audyn_model::RecorderId;
use rusqlite::{Connection, Row, params};

use super::error::Fault;
use super::{Store, StoreError, documents, names, one};
use crate::api::wire::RecorderConfig;

/// A recorder.
#[derive(Clone, Debug, PartialEq)]
pub struct RecorderRow {
    /// For people and for folders; never used twice.
    pub number: u32,
    /// In catalogues and files.
    pub uid: RecorderId,
    /// Unique among recorders.
    pub name: String,
    /// A line about it.
    pub description: String,
    /// Its source's id.
    pub source: Option<String>,
    /// What was set for it.
    pub config: RecorderConfig,
    /// It should be recording, whatever it does now.
    pub wanted: bool,
    /// Belongs to the demonstration.
    pub demo: bool,
}

/// A recorder to be. Nobody has told it to record yet.
#[derive(Clone, Debug)]
pub struct NewRecorderRow {
    /// Unique among recorders.
    pub name: String,
    /// A line about it.
    pub description: String,
    /// Its source's id.
    pub source: Option<String>,
    /// What is set for it.
    pub config: RecorderConfig,
    /// Belongs to the demonstration.
    pub demo: bool,
}

/// What changes about a recorder.
#[derive(Clone, Debug, Default)]
pub struct RecorderChange {
    /// Its new name.
    pub name: Option<String>,
    /// Its new line.
    pub description: Option<String>,
    /// Its new source's id, or that it has none.
    pub source: Option<Option<String>>,
    /// What is set for it from now on.
    pub config: Option<RecorderConfig>,
}

const SELECT: &str = "SELECT number, uid, name, description, source, config, wanted, demo FROM recorders";

impl Store {
    /// Every recorder, by number. One that cannot be read is left out; [`super::Opened::unusable`] names it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn recorders(&self) -> Result<Vec<RecorderRow>, StoreError> {
        let rows = self.read("read the recorders", |tx| rows(tx))?;
        Ok(rows.into_iter().filter_map(Result::ok).collect())
    }

    /// Keeps a new recorder and gives it its number.
    ///
    /// # Errors
    /// Its name is taken; there is no such source.
    pub fn insert_recorder(&self, new: NewRecorderRow) -> Result<RecorderRow, StoreError> {
        let uid = RecorderId::new();
        let number = self.write("keep a recorder", |tx| {
            free(tx, &new.name, 0)?;
            exists(tx, new.source.as_deref())?;
            let sql = "INSERT INTO recorders (uid, name, name_key, description, source, config, wanted, demo) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7) RETURNING number";
            let values = params![
                uid.to_string(),
                new.name,
                names::key(&new.name),
                new.description,
                new.source,
                documents::write(&new.config)?,
                new.demo,
            ];
            Ok(tx.query_row(sql, values, |row| row.get(0))?)
        })?;
        let NewRecorderRow { name, description, source, config, demo } = new;
        Ok(RecorderRow { number, uid, name, description, source, config, wanted: false, demo })
    }

    /// Changes a recorder.
    ///
    /// # Errors
    /// There is none with this number; its new name is taken; there is no such source.
    pub fn update_recorder(&self, number: u32, change: RecorderChange) -> Result<RecorderRow, StoreError> {
        self.write("change a recorder", |tx| {
            let set = |sql: &str, value: &dyn rusqlite::ToSql| -> Result<(), Fault> {
                one(tx.execute(sql, params![number, value])?, "recorder", number)
            };
            if let Some(name) = &change.name {
                free(tx, name, number)?;
                set("UPDATE recorders SET name = ?2 WHERE number = ?1", name)?;
                set("UPDATE recorders SET name_key = ?2 WHERE number = ?1", &names::key(name))?;
            }
            if let Some(description) = &change.description {
                set("UPDATE recorders SET description = ?2 WHERE number = ?1", description)?;
            }
            if let Some(source) = &change.source {
                exists(tx, source.as_deref())?;
                set("UPDATE recorders SET source = ?2 WHERE number = ?1", source)?;
            }
            if let Some(config) = &change.config {
                set("UPDATE recorders SET config = ?2 WHERE number = ?1", &documents::write(config)?)?;
            }
            let mut found = tx.prepare_cached(&format!("{SELECT} WHERE number = ?1"))?;
            let row = found.query_map([number], read)?.next().transpose()?.and_then(Result::ok);
            Ok(row.ok_or_else(|| StoreError::NotFound { what: "recorder", id: number.to_string() })?)
        })
    }

    /// Whether recorders should be recording: all of them, or none if one of them is not there.
    ///
    /// # Errors
    /// One of them is not there.
    pub fn set_wanted(&self, numbers: &[u32], wanted: bool) -> Result<(), StoreError> {
        self.write("note what should be recording", |tx| {
            let mut set = tx.prepare_cached("UPDATE recorders SET wanted = ?2 WHERE number = ?1")?;
            for number in numbers {
                one(set.execute(params![number, wanted])?, "recorder", number)?;
            }
            Ok(())
        })
    }

    /// Forgets a recorder. Its studio has none then; its number is not given again.
    ///
    /// # Errors
    /// There is none with this number.
    pub fn delete_recorder(&self, number: u32) -> Result<(), StoreError> {
        self.write("delete a recorder", |tx| {
            one(tx.execute("DELETE FROM recorders WHERE number = ?1", [number])?, "recorder", number)
        })
    }
}

fn exists(tx: &Connection, source: Option<&str>) -> Result<(), Fault> {
    let Some(id) = source else {
        return Ok(());
    };
    let found = tx.prepare_cached("SELECT 1 FROM sources WHERE id = ?1")?.exists([id])?;
    one(usize::from(found), "source", id)
}

fn free(tx: &Connection, name: &str, except: u32) -> Result<(), Fault> {
    let sql = "SELECT name FROM recorders WHERE name_key = ?1 AND number <> ?2";
    let mut found = tx.prepare_cached(sql)?;
    let taken: Option<String> =
        found.query_map(params![names::key(name), except], |row| row.get(0))?.next().transpose()?;
    taken.map_or(Ok(()), |name| Err(StoreError::NameTaken { what: "recorder", name }.into()))
}

pub(super) fn rows(tx: &Connection) -> Result<Vec<Result<RecorderRow, String>>, Fault> {
    let mut found = tx.prepare_cached(&format!("{SELECT} ORDER BY number"))?;
    let rows = found.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// The row, or a sentence about why it cannot be used.
fn read(row: &Row<'_>) -> rusqlite::Result<Result<RecorderRow, String>> {
    let (uid, name, config): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(5)?);
    let Ok(uid) = uid.parse() else {
        return Ok(Err(format!("recorder {name:?} cannot be used: its id {uid:?} is not one")));
    };
    let number = row.get(0)?;
    let (config, unread) = documents::lay_over(&RecorderConfig::default(), &config);
    if !unread.is_empty() {
        tracing::warn!(
            recorder = number,
            ?unread,
            "settings of a recorder that cannot be read follow the station's"
        );
    }
    Ok(Ok(RecorderRow {
        number,
        uid,
        name,
        description: row.get(3)?,
        source: row.get(4)?,
        config,
        wanted: row.get(6)?,
        demo: row.get(7)?,
    }))
}
