use rusqlite::OptionalExtension as _;

use super::{Store, StoreError, documents};
use crate::api::wire::{AccessSettings, Settings};

impl Store {
    /// The station's settings; none if none were ever kept. What an older program did not know, or this one cannot
    /// read, is as in `defaults`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn settings(&self, defaults: &Settings) -> Result<Option<Settings>, StoreError> {
        let stored: Option<String> = self.read("read the settings", |tx| {
            Ok(tx.query_row("SELECT document FROM settings", [], |row| row.get(0)).optional()?)
        })?;
        Ok(stored.map(|stored| {
            let (settings, unread) = documents::lay_over(defaults, &stored);
            if !unread.is_empty() {
                tracing::warn!(?unread, "settings that cannot be read are as if never set");
            }
            settings
        }))
    }

    /// Keeps the station's settings.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn put_settings(&self, settings: &Settings) -> Result<(), StoreError> {
        let sql = "INSERT INTO settings (one, document) VALUES (1, ?1) \
                   ON CONFLICT (one) DO UPDATE SET document = excluded.document";
        self.write("keep the settings", |tx| Ok(tx.execute(sql, [documents::write(settings)?]).map(drop)?))
    }
}

impl Store {
    /// How the station is opened to others; none if that was never set. What this program cannot read is as in `defaults`.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn access_settings(&self, defaults: &AccessSettings) -> Result<Option<AccessSettings>, StoreError> {
        let stored: Option<String> = self.read("read the access settings", |tx| {
            Ok(tx.query_row("SELECT document FROM access", [], |row| row.get(0)).optional()?)
        })?;
        Ok(stored.map(|stored| {
            let (settings, unread) = documents::lay_over(defaults, &stored);
            if !unread.is_empty() {
                tracing::warn!(?unread, "access settings that cannot be read are as if never set");
            }
            settings
        }))
    }

    /// Keeps how the station is opened to others.
    ///
    /// # Errors
    /// The database cannot be written to.
    pub fn put_access_settings(&self, settings: &AccessSettings) -> Result<(), StoreError> {
        let sql = "INSERT INTO access (one, document) VALUES (1, ?1) \
                   ON CONFLICT (one) DO UPDATE SET document = excluded.document";
        self.write("keep the access settings", |tx| {
            Ok(tx.execute(sql, [documents::write(settings)?]).map(drop)?)
        })
    }
}
