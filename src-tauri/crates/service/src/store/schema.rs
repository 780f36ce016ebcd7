//! The schema's steps, and what a database of each version holds.

use std::collections::BTreeSet;
use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

use super::StoreError;
use super::error::{Fault, shows_damage};

/// The steps, oldest first; `user_version` says how many a database has taken. A new one is a file and a line here. One
/// that was released is never edited: databases out there have taken it.
pub(super) const STEPS: Steps = Steps(&[include_str!("schema/0001.sql"), include_str!("schema/0002.sql")]);

/// `application_id`: "Audy".
const AUDYN: i64 = 0x4175_6479;

/// More steps than there will ever be; a version beyond is damage, not a later program.
const UNLIKELY: i64 = 10_000;

/// A chain of steps from nothing to the newest schema.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps(pub &'static [&'static str]);

impl Steps {
    /// The version after all steps.
    pub fn newest(self) -> i64 {
        self.0.len() as i64
    }

    /// The version of a database that is sound, ours, not of a later program, and has everything its version has.
    pub fn examine(self, db: &Connection, path: &Path) -> Result<i64, StoreError> {
        let damaged = |why: String| StoreError::Damaged { path: path.to_owned(), why };
        let failed = |source: rusqlite::Error| match shows_damage(&source) {
            true => damaged(source.to_string()),
            false => StoreError::Sql { act: "look for damage", source },
        };
        let verdict: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(failed)?;
        if verdict != "ok" {
            return Err(damaged(verdict));
        }
        let application = pragma(db, "application_id").map_err(failed)?;
        let version = pragma(db, "user_version").map_err(failed)?;
        if application != AUDYN || !(1..UNLIKELY).contains(&version) {
            return Err(damaged(format!("its head names program {application:#x} and version {version}")));
        }
        let known = self.newest();
        if let Some(table) = garbled(db).map_err(failed)? {
            return Err(damaged(format!("a text in {table} is not text")));
        }
        if version > known {
            return Err(StoreError::Newer { path: path.to_owned(), version, known });
        }
        let due = self.shape_of(version).map_err(failed)?;
        if let Some(missing) = due.difference(&shape(db).map_err(failed)?).next() {
            return Err(damaged(format!("{missing} is missing from version {version}")));
        }
        Ok(version)
    }

    /// Takes the steps that are still to take, all of them or none.
    pub fn upgrade(self, db: &mut Connection) -> Result<(), Fault> {
        // A step may make a table anew under its old name, which rows of other tables refer to.
        db.pragma_update(None, "foreign_keys", false)?;
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version = pragma(&tx, "user_version")?;
        let given = given(&tx)?;
        for step in self.0.iter().skip(usize::try_from(version).unwrap_or(0)) {
            tx.execute_batch(step)?;
        }
        // A table that was made anew counts from its highest row on.
        keep_given(&tx, &given)?;
        if let Some(table) = astray(&tx)? {
            let why = format!("a row of {table} refers to a row that is not there");
            return Err(StoreError::Damaged { path: db_path(&tx), why }.into());
        }
        tx.pragma_update(None, "application_id", AUDYN)?;
        tx.pragma_update(None, "user_version", self.newest())?;
        tx.commit()?;
        Ok(db.pragma_update(None, "foreign_keys", true)?)
    }

    fn shape_of(self, version: i64) -> rusqlite::Result<BTreeSet<String>> {
        let fresh = Connection::open_in_memory()?;
        for step in self.0.iter().take(usize::try_from(version).unwrap_or(0)) {
            fresh.execute_batch(step)?;
        }
        shape(&fresh)
    }
}

/// A number that SQLite keeps about a database.
pub(super) fn pragma(db: &Connection, name: &str) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, name, |row| row.get(0))
}

/// The last number that each table of AUTOINCREMENT has given.
pub(super) fn given(db: &Connection) -> rusqlite::Result<Vec<(String, i64)>> {
    if !db.table_exists(None, "sqlite_sequence")? {
        return Ok(Vec::new());
    }
    let mut found = db.prepare("SELECT name, seq FROM sqlite_sequence")?;
    found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Numbers that were given are not given again. Tables that are gone are passed over.
pub(super) fn keep_given(db: &Connection, given: &[(String, i64)]) -> rusqlite::Result<()> {
    for (table, last) in given {
        let sql = "UPDATE sqlite_sequence SET seq = max(seq, ?2) WHERE name = ?1";
        if db.execute(sql, params![table, last])? == 0 && db.table_exists(None, table.as_str())? {
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)", params![table, last])?;
        }
    }
    Ok(())
}

/// A table with a text that is not UTF-8: SQLite does not look into texts.
fn garbled(db: &Connection) -> rusqlite::Result<Option<String>> {
    let sql = "SELECT name FROM sqlite_schema WHERE type = 'table'";
    let tables: Vec<String> = db.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for table in tables {
        let mut all = db.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")))?;
        let columns = all.column_count();
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                if matches!(row.get_ref(column)?, ValueRef::Text(bytes) if std::str::from_utf8(bytes).is_err())
                {
                    return Ok(Some(table));
                }
            }
        }
    }
    Ok(None)
}

/// Columns and indices, each in words. Not the text of the schema: SQLite writes that anew when a table is altered, and
/// not always in the same way.
fn shape(db: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let sql = "SELECT 'column ' || t.name || '.' || c.name || ' ' || c.type || iif(c.\"notnull\", ' not null', '') \
                   || iif(c.pk, ' key', '') \
                 FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE t.type = 'table' \
               UNION ALL SELECT type || ' ' || name || ' of ' || tbl_name FROM sqlite_schema WHERE type <> 'table'";
    db.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// The table of a row that refers to a row that is not there.
fn astray(db: &Connection) -> rusqlite::Result<Option<String>> {
    db.query_row("SELECT \"table\" FROM pragma_foreign_key_check LIMIT 1", [], |row| row.get(0)).optional()
}

fn db_path(db: &Connection) -> std::path::PathBuf {
    db.path().unwrap_or_default().into()
}
