use audyn_model::Utc;
use rusqlite::{Row, params};

use super::{Store, StoreError};

/// Somebody is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// UUIDv7.
    pub id: String,
    /// SHA-256 of the secret that the client has.
    pub digest: [u8; 32],
    /// Who; none for breakglass.
    pub user: Option<String>,
    /// Since when.
    pub created: Utc,
    /// When it was used last.
    pub seen: Utc,
    /// Nanoseconds; unused for longer it ends.
    pub idle_ns: i64,
    /// When it ends, whatever it does.
    pub ends: Utc,
    /// Where it was begun from.
    pub address: String,
    /// What program it was begun by, as that said.
    pub agent: String,
}

impl Store {
    /// Every session, newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn sessions(&self) -> Result<Vec<SessionRow>, StoreError> {
        self.read("read the sessions", |tx| {
            let sql = "SELECT id, digest, user, created_ns, seen_ns, idle_ns, ends_ns, address, agent FROM sessions \
                       ORDER BY created_ns DESC, id DESC";
            let mut found = tx.prepare_cached(sql)?;
            let rows = found.query_map([], read)?.collect::<Result<_, _>>()?;
            Ok(rows)
        })
    }

    /// Keeps a new session, and notes that its user signed in. Those with the ids in `instead` end.
    ///
    /// # Errors
    /// Its user is gone; the database cannot be written to.
    pub fn insert_session(&self, row: &SessionRow, instead: &[String]) -> Result<(), StoreError> {
        self.write("keep a session", |tx| {
            for id in instead {
                tx.prepare_cached("DELETE FROM sessions WHERE id = ?1")?.execute([id])?;
            }
            if let Some(user) = &row.user {
                let sql = "UPDATE users SET seen_ns = ?2 WHERE id = ?1";
                super::one(tx.execute(sql, params![user, row.created.0])?, "user", user)?;
            }
            let sql = "INSERT INTO sessions (id, digest, user, created_ns, seen_ns, idle_ns, ends_ns, address, agent) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            tx.execute(
                sql,
                params![
                    row.id,
                    row.digest,
                    row.user,
                    row.created.0,
                    row.seen.0,
                    row.idle_ns,
                    row.ends.0,
                    row.address,
                    row.agent
                ],
            )?;
            Ok(())
        })
    }

    /// Ends sessions. One that is gone is no fault.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn end_sessions(&self, ids: &[String]) -> Result<(), StoreError> {
        self.write("end sessions", |tx| {
            let mut end = tx.prepare_cached("DELETE FROM sessions WHERE id = ?1")?;
            for id in ids {
                end.execute([id])?;
            }
            Ok(())
        })
    }

    /// Notes when sessions and tokens were used last, and tokens from where. Those that are gone are passed over.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn seen(&self, used: &[(String, Utc, String)]) -> Result<(), StoreError> {
        self.write("note what was used", |tx| {
            for (id, at, address) in used {
                let sql = "UPDATE sessions SET seen_ns = max(seen_ns, ?2) WHERE id = ?1";
                if tx.prepare_cached(sql)?.execute(params![id, at.0])? == 0 {
                    let sql = "UPDATE tokens SET seen_ns = ?2, address = ?3 WHERE id = ?1";
                    tx.prepare_cached(sql)?.execute(params![id, at.0, address])?;
                }
            }
            Ok(())
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<SessionRow> {
    Ok(SessionRow {
        id: row.get(0)?,
        digest: row.get(1)?,
        user: row.get(2)?,
        created: Utc(row.get(3)?),
        seen: Utc(row.get(4)?),
        idle_ns: row.get(5)?,
        ends: Utc(row.get(6)?),
        address: row.get(7)?,
        agent: row.get(8)?,
    })
}
