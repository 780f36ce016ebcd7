//! Holds in the catalogue: rows of their files, and the rule that nothing held is marked for deletion.

use audyn_model::{Hold, HoldId, SegmentId, Utc};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::row::parsed;
use super::{Catalogue, failed};
use crate::Error;

/// The condition that a row of `segments` is held at the time that stands for its `?`.
pub(crate) const HELD: &str = "EXISTS (SELECT 1 FROM holds WHERE segment = segments.id \
     AND (until_utc_ns IS NULL OR until_utc_ns > ?))";

/// What became of one file of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is in the catalogue.
    Yes,
    /// There is no such segment, or it is being deleted.
    Gone,
}

/// The holds of a file, oldest first; those that have expired too.
pub(crate) fn of_file(db: &Connection, segment: SegmentId) -> rusqlite::Result<Vec<Hold>> {
    let mut select = db.prepare_cached(
        "SELECT id, by, since_utc_ns, until_utc_ns, reason FROM holds WHERE segment = ?1 ORDER BY since_utc_ns, id",
    )?;
    let found = select.query_map([segment.to_string()], |row| {
        Ok(Hold {
            id: parsed(row, 0)?,
            by: row.get(1)?,
            since: Utc(row.get(2)?),
            until: row.get::<_, Option<i64>>(3)?.map(Utc),
            reason: row.get(4)?,
        })
    })?;
    found.collect()
}

fn put(db: &Connection, segment: SegmentId, hold: &Hold) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO holds (segment, id, by, since_utc_ns, until_utc_ns, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
         ON CONFLICT (segment, id) DO NOTHING",
    )?;
    let until = hold.until.map(|until| until.0);
    insert
        .execute(params![segment.to_string(), hold.id.to_string(), hold.by, hold.since.0, until, hold.reason])
        .map(drop)
}

fn is_there(db: &Connection, segment: SegmentId) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM segments WHERE id = ?1 AND id NOT IN (SELECT segment FROM deletions)";
    Ok(db.prepare_cached(sql)?.query_row([segment.to_string()], |_| Ok(())).optional()?.is_some())
}

impl Catalogue {
    /// The holds of a file, oldest first; those that have expired too.
    pub fn holds(&self, segment: SegmentId) -> Result<Vec<Hold>, Error> {
        of_file(&self.db, segment).map_err(self.act("read"))
    }

    /// Takes in holds, all or none. A file that is being deleted takes none any more.
    pub fn add_holds(&mut self, holds: &[(SegmentId, Hold)]) -> Result<Vec<Taken>, Error> {
        self.change(|db| {
            let take = |(segment, hold): &(SegmentId, Hold)| {
                if !is_there(db, *segment)? {
                    return Ok(Taken::Gone);
                }
                put(db, *segment, hold).map(|()| Taken::Yes)
            };
            holds.iter().map(take).collect()
        })
    }

    /// Takes holds off, all or none.
    pub fn remove_holds(&mut self, holds: &[(SegmentId, HoldId)]) -> Result<(), Error> {
        self.change(|db| {
            let mut delete = db.prepare_cached("DELETE FROM holds WHERE segment = ?1 AND id = ?2")?;
            holds.iter().try_for_each(|(segment, hold)| {
                delete.execute(params![segment.to_string(), hold.to_string()]).map(drop)
            })
        })
    }

    /// Notes that these segments are to be deleted, but not those that are held now: they are given back. All in one
    /// transaction, so that a hold is either seen here, or is told that the file is going.
    pub fn mark_deletions(
        &mut self,
        segments: &[SegmentId],
        now: Utc,
    ) -> Result<Vec<(SegmentId, Vec<Hold>)>, Error> {
        self.change(|db| {
            let mut held = Vec::new();
            for segment in segments {
                let mut holds = of_file(db, *segment)?;
                holds.retain(|hold| hold.holds_at(now));
                if !holds.is_empty() {
                    held.push((*segment, holds));
                    continue;
                }
                let sql = "INSERT INTO deletions VALUES (?1, ?2) ON CONFLICT (segment) DO NOTHING";
                db.prepare_cached(sql)?.execute(params![segment.to_string(), now.0])?;
            }
            Ok(held)
        })
    }

    /// The segment of a path relative to the root.
    pub fn id_of_path(&self, path: &str) -> Result<Option<SegmentId>, Error> {
        let find = || {
            let mut find = self.db.prepare_cached("SELECT id FROM segments WHERE path = ?1")?;
            find.query_row([path], |row| parsed(row, 0)).optional()
        };
        find().map_err(self.act("read"))
    }

    fn change<T>(&mut self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        let path = self.path.clone();
        let act = |source| failed("write to", &path, source);
        let tx = self.db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(act)?;
        let done = work(&tx).map_err(act)?;
        tx.commit().map_err(act)?;
        Ok(done)
    }
}
