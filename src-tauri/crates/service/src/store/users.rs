use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use super::{Store, StoreError, names, one};

/// Somebody who may sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// UUIDv7.
    pub id: String,
    /// Unique among users.
    pub email: String,
    /// For people.
    pub name: String,
    /// May change what the station is.
    pub is_admin: bool,
    /// The studio they belong to.
    pub studio: Option<String>,
}

/// Somebody who may sign in from now on.
#[derive(Clone, Debug)]
pub struct NewUserRow {
    /// Unique among users.
    pub email: String,
    /// For people.
    pub name: String,
    /// May change what the station is.
    pub is_admin: bool,
    /// The studio they belong to.
    pub studio: Option<String>,
}

impl Store {
    /// Every user, by address.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        self.read("read the users", |tx| {
            let sql = "SELECT id, email, name, is_admin, studio FROM users ORDER BY email_key";
            let mut found = tx.prepare_cached(sql)?;
            let rows = found.query_map([], |row| {
                Ok(UserRow {
                    id: row.get(0)?,
                    email: row.get(1)?,
                    name: row.get(2)?,
                    is_admin: row.get(3)?,
                    studio: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Keeps a new user.
    ///
    /// # Errors
    /// The address is taken; there is no such studio.
    pub fn insert_user(&self, new: NewUserRow) -> Result<UserRow, StoreError> {
        let NewUserRow { email, name, is_admin, studio } = new;
        let row = UserRow { id: Uuid::now_v7().to_string(), email, name, is_admin, studio };
        self.write("keep a user", |tx| {
            let key = names::key(&row.email);
            let sql = "SELECT email FROM users WHERE email_key = ?1";
            if let Some(name) = tx.query_row(sql, [&key], |row| row.get(0)).optional()? {
                return Err(StoreError::NameTaken { what: "user", name }.into());
            }
            if let Some(studio) = &row.studio {
                let known = tx.prepare_cached("SELECT 1 FROM studios WHERE id = ?1")?.exists([studio])?;
                one(usize::from(known), "studio", studio)?;
            }
            let sql = "INSERT INTO users (id, email, email_key, name, is_admin, studio) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
            tx.execute(sql, params![row.id, row.email, key, row.name, row.is_admin, row.studio])?;
            Ok(())
        })?;
        Ok(row)
    }

    /// Forgets a user.
    ///
    /// # Errors
    /// There is none with this id.
    pub fn delete_user(&self, id: &str) -> Result<(), StoreError> {
        self.write("delete a user", |tx| {
            one(tx.execute("DELETE FROM users WHERE id = ?1", [id])?, "user", id)
        })
    }
}
