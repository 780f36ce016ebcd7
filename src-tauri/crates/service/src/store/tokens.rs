use audyn_model::Utc;
use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError, names, one, users};
use crate::api::Access;

/// A program may ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRow {
    /// UUIDv7.
    pub id: String,
    /// SHA-256 of the secret that the program has.
    pub digest: [u8; 32],
    /// Unique among tokens.
    pub name: String,
    /// What it may do at most.
    pub access: Access,
    /// The studio it belongs to.
    pub studio: Option<String>,
    /// When it was made.
    pub created: Utc,
    /// Who made it.
    pub created_by: String,
    /// When it ends; none if it does not.
    pub ends: Option<Utc>,
    /// When it was used last.
    pub seen: Option<Utc>,
    /// Where it was used from last.
    pub address: Option<String>,
}

impl Store {
    /// Every token, by name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn tokens(&self) -> Result<Vec<TokenRow>, StoreError> {
        self.read("read the tokens", |tx| {
            let sql = "SELECT id, digest, name, access, studio, created_ns, created_by, ends_ns, seen_ns, address \
                       FROM tokens ORDER BY name_key";
            let mut found = tx.prepare_cached(sql)?;
            let rows = found.query_map([], read)?.collect::<Result<_, _>>()?;
            Ok(rows)
        })
    }

    /// Keeps a new token.
    ///
    /// # Errors
    /// The name is taken; there is no such studio.
    pub fn insert_token(&self, row: &TokenRow) -> Result<(), StoreError> {
        self.write("keep a token", |tx| {
            let key = names::key(&row.name);
            let sql = "SELECT name FROM tokens WHERE name_key = ?1";
            if let Some(name) = tx.query_row(sql, [&key], |found| found.get(0)).optional()? {
                return Err(StoreError::NameTaken { what: "token", name }.into());
            }
            if let Some(studio) = &row.studio {
                let known = tx.prepare_cached("SELECT 1 FROM studios WHERE id = ?1")?.exists([studio])?;
                one(usize::from(known), "studio", studio)?;
            }
            let sql = "INSERT INTO tokens (id, digest, name, name_key, access, studio, created_ns, created_by, ends_ns) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let ends = row.ends.map(|at| at.0);
            tx.execute(
                sql,
                params![
                    row.id,
                    row.digest,
                    row.name,
                    key,
                    row.access.as_str(),
                    row.studio,
                    row.created.0,
                    row.created_by,
                    ends
                ],
            )?;
            Ok(())
        })
    }

    /// Forgets a token.
    ///
    /// # Errors
    /// There is none with this id.
    pub fn delete_token(&self, id: &str) -> Result<(), StoreError> {
        self.write("delete a token", |tx| {
            one(tx.execute("DELETE FROM tokens WHERE id = ?1", [id])?, "token", id)
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<TokenRow> {
    let (ends, seen): (Option<i64>, Option<i64>) = (row.get(7)?, row.get(8)?);
    Ok(TokenRow {
        id: row.get(0)?,
        digest: row.get(1)?,
        name: row.get(2)?,
        access: users::access(row, 3)?,
        studio: row.get(4)?,
        created: Utc(row.get(5)?),
        created_by: row.get(6)?,
        ends: ends.map(Utc),
        seen: seen.map(Utc),
        address: row.get(9)?,
    })
}
