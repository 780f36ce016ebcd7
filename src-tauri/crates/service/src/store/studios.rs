use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use super::error::Fault;
use super::{Store, StoreError, names, one};

/// Screens whose choice is remembered; those who chose longest ago are forgotten first.
const SCREENS: i64 = 1000;

/// A studio.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudioRow {
    /// `studio-` and eight hexadecimal digits.
    pub id: String,
    /// Unique among studios.
    pub name: String,
    /// A line about it.
    pub description: String,
    /// `#rrggbb`
    pub color: String,
    /// Shown in the picker.
    pub enabled: bool,
    /// Order on screens.
    pub position: u32,
    /// Its recorder's number. No two studios have the same one.
    pub recorder: Option<u32>,
    /// Belongs to the demonstration.
    pub demo: bool,
}

/// A studio to be: enabled, after the others, without a recorder.
#[derive(Clone, Debug)]
pub struct NewStudioRow {
    /// Unique among studios.
    pub name: String,
    /// A line about it.
    pub description: String,
    /// `#rrggbb`
    pub color: String,
    /// Belongs to the demonstration.
    pub demo: bool,
}

/// What changes about a studio.
#[derive(Clone, Debug, Default)]
pub struct StudioChange {
    /// Its new name.
    pub name: Option<String>,
    /// Its new line.
    pub description: Option<String>,
    /// Its new colour.
    pub color: Option<String>,
    /// Whether it is shown in the picker.
    pub enabled: Option<bool>,
    /// Its new place in the order.
    pub position: Option<u32>,
}

/// What an assignment took away elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assigned {
    /// The studio that had the recorder before.
    pub released_studio: Option<String>,
    /// The recorder that the studio had before.
    pub released_recorder: Option<u32>,
}

const SELECT: &str = "SELECT id, name, description, color, enabled, position, recorder, demo FROM studios";

impl Store {
    /// Every studio, in order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn studios(&self) -> Result<Vec<StudioRow>, StoreError> {
        self.read("read the studios", |tx| Ok(rows(tx)?))
    }

    /// Keeps a new studio.
    ///
    /// # Errors
    /// Its name is taken.
    pub fn insert_studio(&self, new: NewStudioRow) -> Result<StudioRow, StoreError> {
        self.write("keep a studio", |tx| {
            free(tx, &new.name, "")?;
            let mut id = fresh_id();
            while by_id(tx, &id)?.is_some() {
                id = fresh_id();
            }
            let sql = "INSERT INTO studios (id, name, name_key, description, color, enabled, position, demo) \
                       VALUES (?1, ?2, ?3, ?4, ?5, 1, (SELECT coalesce(max(position) + 1, 0) FROM studios), ?6)";
            let key = names::key(&new.name);
            tx.execute(sql, params![id, new.name, key, new.description, new.color, new.demo])?;
            found(tx, &id)
        })
    }

    /// Changes a studio.
    ///
    /// # Errors
    /// There is none with this id; its new name is taken.
    pub fn update_studio(&self, id: &str, change: StudioChange) -> Result<StudioRow, StoreError> {
        self.write("change a studio", |tx| {
            let old = found(tx, id)?;
            let name = change.name.unwrap_or(old.name);
            free(tx, &name, id)?;
            let sql = "UPDATE studios SET name = ?2, name_key = ?3, description = ?4, color = ?5, enabled = ?6, \
                       position = ?7 WHERE id = ?1";
            let values = params![
                id,
                name,
                names::key(&name),
                change.description.unwrap_or(old.description),
                change.color.unwrap_or(old.color),
                change.enabled.unwrap_or(old.enabled),
                change.position.unwrap_or(old.position),
            ];
            tx.execute(sql, values)?;
            found(tx, id)
        })
    }

    /// Forgets a studio, and which screens showed it.
    ///
    /// # Errors
    /// There is none with this id.
    pub fn delete_studio(&self, id: &str) -> Result<(), StoreError> {
        self.write("delete a studio", |tx| {
            one(tx.execute("DELETE FROM studios WHERE id = ?1", [id])?, "studio", id)
        })
    }

    /// Gives a studio its recorder, or none, and releases both from whatever they were linked to before.
    ///
    /// # Errors
    /// There is no such studio or recorder.
    pub fn assign(&self, studio: &str, recorder: Option<u32>) -> Result<Assigned, StoreError> {
        self.write("assign a recorder", |tx| {
            let before = found(tx, studio)?.recorder;
            if let Some(number) = recorder {
                let known =
                    tx.prepare_cached("SELECT 1 FROM recorders WHERE number = ?1")?.exists([number])?;
                one(usize::from(known), "recorder", number)?;
            }
            let sql = "UPDATE studios SET recorder = NULL WHERE recorder = ?1 AND id <> ?2 RETURNING id";
            let released_studio =
                tx.query_row(sql, params![recorder, studio], |row| row.get(0)).optional()?;
            tx.execute("UPDATE studios SET recorder = ?2 WHERE id = ?1", params![studio, recorder])?;
            let released_recorder = before.filter(|before| recorder != Some(*before));
            Ok(Assigned { released_studio, released_recorder })
        })
    }

    /// The studio that a screen shows.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn selection(&self, screen: &str) -> Result<Option<String>, StoreError> {
        self.read("read what a screen shows", |tx| {
            let sql = "SELECT studio FROM selections WHERE screen = ?1";
            Ok(tx.query_row(sql, [screen], |row| row.get(0)).optional()?)
        })
    }

    /// Remembers the studio that a screen shows.
    ///
    /// # Errors
    /// There is no such studio.
    pub fn put_selection(&self, screen: &str, studio: &str) -> Result<(), StoreError> {
        self.write("remember what a screen shows", |tx| {
            found(tx, studio)?;
            let sql = "INSERT OR REPLACE INTO selections (seq, screen, studio) \
                       VALUES ((SELECT coalesce(max(seq) + 1, 1) FROM selections), ?1, ?2)";
            tx.execute(sql, [screen, studio])?;
            let sql = "DELETE FROM selections WHERE seq <= \
                       (SELECT seq FROM selections ORDER BY seq DESC LIMIT 1 OFFSET ?1)";
            Ok(tx.execute(sql, [SCREENS]).map(drop)?)
        })
    }
}

pub(super) fn rows(tx: &Connection) -> rusqlite::Result<Vec<StudioRow>> {
    let mut found = tx.prepare_cached(&format!("{SELECT} ORDER BY position, rowid"))?;
    found.query_map([], read)?.collect()
}

pub(crate) fn fresh_id() -> String {
    // The last half of a UUIDv7 is random.
    let [.., a, b, c, d] = Uuid::now_v7().into_bytes();
    format!("studio-{a:02x}{b:02x}{c:02x}{d:02x}")
}

fn found(tx: &Connection, id: &str) -> Result<StudioRow, Fault> {
    Ok(by_id(tx, id)?.ok_or_else(|| StoreError::NotFound { what: "studio", id: id.into() })?)
}

fn by_id(tx: &Connection, id: &str) -> rusqlite::Result<Option<StudioRow>> {
    tx.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?.query_row([id], read).optional()
}

fn free(tx: &Connection, name: &str, except: &str) -> Result<(), Fault> {
    let sql = "SELECT name FROM studios WHERE name_key = ?1 AND id <> ?2";
    let mut found = tx.prepare_cached(sql)?;
    let taken: Option<String> = found.query_row([&names::key(name), except], |row| row.get(0)).optional()?;
    taken.map_or(Ok(()), |name| Err(StoreError::NameTaken { what: "studio", name }.into()))
}

fn read(row: &Row<'_>) -> rusqlite::Result<StudioRow> {
    Ok(StudioRow {
        id: row.get(0)?,
        name: row.get(1)?,
        description: row.get(2)?,
        color: row.get(3)?,
        enabled: row.get(4)?,
        position: row.get(5)?,
        recorder: row.get(6)?,
        demo: row.get(7)?,
    })
}
