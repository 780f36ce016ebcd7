use audyn_model::Utc;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use super::error::Fault;
use super::{Store, StoreError, transact};

/// Starts that are remembered.
const KEPT: i64 = 10_000;

/// A start of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PreviousRun {
    /// When it was started.
    pub started: Utc,
    /// When it was last known to run.
    pub last_seen: Utc,
    /// When it ended in good order; none if it was killed or the power failed.
    pub ended: Option<Utc>,
}

impl Store {
    /// The program runs. How often this is said is how exactly the moment of a crash is known.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn heartbeat(&self, now: Utc) -> Result<(), StoreError> {
        let mut held = self.held();
        let run = held.run;
        let sql = "UPDATE runs SET last_seen_ns = ?2 WHERE id = ?1";
        let done =
            transact(&mut held.db, TransactionBehavior::Immediate, |tx| Ok(tx.execute(sql, [run, now.0])?));
        done.map(drop).map_err(|fault| super::told(&self.dir, "note that the program runs", fault))
    }

    /// The program ends in good order.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn close(&self, now: Utc) -> Result<(), StoreError> {
        let mut held = self.held();
        let run = held.run;
        let sql = "UPDATE runs SET last_seen_ns = ?2, ended_ns = ?2 WHERE id = ?1";
        let done =
            transact(&mut held.db, TransactionBehavior::Immediate, |tx| Ok(tx.execute(sql, [run, now.0])?));
        done.map(drop).map_err(|fault| super::told(&self.dir, "note the end", fault))
    }
}

/// Notes a start. Its row and the run before it are returned.
pub(super) fn begin(
    db: &mut Connection,
    program: &str,
    now: Utc,
) -> Result<(i64, Option<PreviousRun>), Fault> {
    transact(db, TransactionBehavior::Immediate, |tx| {
        let previous = last(tx)?;
        let sql = "INSERT INTO runs (program, started_ns, last_seen_ns) VALUES (?1, ?2, ?2)";
        tx.execute(sql, params![program, now.0])?;
        let run = tx.last_insert_rowid();
        tx.execute("DELETE FROM runs WHERE id <= ?1", [run - KEPT])?;
        Ok((run, previous))
    })
}

/// Notes this start in a database that comes to replace the one it is noted in.
pub(super) fn carry(live: &Connection, image: &Connection, run: i64) -> Result<i64, Fault> {
    let sql = "SELECT program, started_ns, last_seen_ns FROM runs WHERE id = ?1";
    let (program, started, last_seen): (String, i64, i64) =
        live.query_row(sql, [run], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let sql = "INSERT INTO runs (program, started_ns, last_seen_ns) VALUES (?1, ?2, ?3)";
    image.execute(sql, params![program, started, last_seen])?;
    Ok(image.last_insert_rowid())
}

fn last(tx: &Transaction<'_>) -> rusqlite::Result<Option<PreviousRun>> {
    let sql = "SELECT started_ns, last_seen_ns, ended_ns FROM runs ORDER BY id DESC LIMIT 1";
    tx.query_row(sql, [], |row| {
        let ended: Option<i64> = row.get(2)?;
        Ok(PreviousRun { started: Utc(row.get(0)?), last_seen: Utc(row.get(1)?), ended: ended.map(Utc) })
    })
    .optional()
}
