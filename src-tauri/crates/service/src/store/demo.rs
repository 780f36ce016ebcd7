use rusqlite::Transaction;
use rusqlite::types::FromSql;

use super::{Store, StoreError, sources};

/// What belonged to the demonstration and is gone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Numbers.
    pub recorders: Vec<u32>,
    /// Ids.
    pub sources: Vec<String>,
    /// Ids.
    pub studios: Vec<String>,
}

impl Store {
    /// Forgets the demonstration: all of it, or nothing if a recorder of one's own has one of its sources.
    ///
    /// # Errors
    /// A recorder that does not belong to the demonstration has one of its sources.
    pub fn remove_demo(&self) -> Result<Removed, StoreError> {
        self.write("remove the demonstration", |tx| {
            let studios = gone(tx, "DELETE FROM studios WHERE demo RETURNING id")?;
            let recorders = gone(tx, "DELETE FROM recorders WHERE demo RETURNING number")?;
            let ids: Vec<String> = gone(tx, "SELECT id FROM sources WHERE demo")?;
            for id in &ids {
                sources::unused(tx, id)?;
            }
            let sources = gone(tx, "DELETE FROM sources WHERE demo RETURNING id")?;
            Ok(Removed { recorders, sources, studios })
        })
    }
}

fn gone<T: FromSql>(tx: &Transaction<'_>, sql: &str) -> rusqlite::Result<Vec<T>> {
    tx.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}
