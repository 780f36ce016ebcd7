//! Looking at a state that another process may hold: read only, without its lock.

use std::path::Path;

use audyn_engine::source::Source;
use rusqlite::OptionalExtension as _;

use super::error::Fault;
use super::{Doors, configuration, documents, file, names, recorders, sources, studios};
use crate::api::wire::{AccessSettings, Settings};
use crate::book::Book;
use crate::terms;

/// The source of this name in the state folder, as the station would receive it.
///
/// # Errors
/// There is no state, no such source, or it cannot be used; in sentences.
pub fn source_named(dir: &Path, name: &str) -> Result<Source, String> {
    let path = dir.join(file::FILE);
    if !path.exists() {
        return Err(format!(
            "there is no station in {} to take the source {name:?} from; set AUDYN_CONFIG_DIR to its state folder, or give the source by flags as `audyn record` takes them",
            dir.display()
        ));
    }
    let cannot = |why: &dyn std::fmt::Display| {
        format!("cannot read the station's sources in {}: {why}", dir.display())
    };
    let db = file::open_to_look(&path).map_err(|error| cannot(&error))?;
    let rows = sources::rows(&db).map_err(|_| cannot(&"the database is damaged or in use"))?;
    let sql = "SELECT document FROM settings";
    let settings: Option<String> =
        db.query_row(sql, [], |row| row.get(0)).optional().map_err(|error| cannot(&error))?;
    let settings: serde_json::Value =
        settings.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let interface = settings.get("interface").and_then(serde_json::Value::as_str);
    let mut rows: Vec<_> = rows.into_iter().filter_map(Result::ok).collect();
    let Some(found) = rows.iter().position(|row| names::key(&row.name) == names::key(name)) else {
        let there: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        let there =
            if there.is_empty() { "it has none".to_owned() } else { format!("it has {}", there.join(", ")) };
        return Err(format!("the station has no source {name:?}; {there}"));
    };
    let row = rows.swap_remove(found);
    let heard = terms::heard(&row.id, &row.config, interface).map_err(|problems| problems.join(" "))?;
    Ok(heard.source)
}

/// What is set in the state folder, who may, and the last number a recorder was given.
///
/// # Errors
/// There is no state, or it cannot be read; in sentences.
pub fn book(dir: &Path, defaults: &Settings, access: &AccessSettings) -> Result<(Book, Doors, u32), String> {
    let path = dir.join(file::FILE);
    if !path.exists() {
        return Err(format!(
            "there is no station in {}; set AUDYN_CONFIG_DIR to its state folder",
            dir.display()
        ));
    }
    let cannot = |why: &dyn std::fmt::Display| format!("cannot read the station in {}: {why}", dir.display());
    let mut db = file::open_to_look(&path).map_err(|error| cannot(&error))?;
    // One transaction: a station that runs may be changing it.
    let tx = db.transaction().map_err(|error| cannot(&error))?;
    let read = || -> Result<(Book, Doors, u32), Fault> {
        let sql = "SELECT document FROM settings";
        let stored: Option<String> = tx.query_row(sql, [], |row| row.get(0)).optional()?;
        let mut settings =
            stored.map_or_else(|| defaults.clone(), |stored| documents::lay_over(defaults, &stored).0);
        crate::book::lock(&mut settings, defaults);
        let book = Book {
            settings,
            sources: configuration::usable(sources::rows(&tx)?),
            recorders: configuration::usable(recorders::rows(&tx)?),
            studios: studios::rows(&tx)?,
        };
        // A state that an earlier program left has no such table.
        let there = tx.table_exists(None, "access")?;
        let none = || Doors { settings: access.clone(), users: Vec::new() };
        let doors = if there { configuration::doors(&tx, access)? } else { none() };
        Ok((book, doors, configuration::last_number(&tx)?))
    };
    read().map_err(|fault| match fault {
        Fault::Refused(error) => cannot(&error),
        Fault::Sql(error) => cannot(&error),
    })
}
