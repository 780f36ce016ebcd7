//! Who may, changed while the station does not run: for a machine without a screen, before anybody can sign in.
//!
//! The state database belongs to one process. While Audyn runs, this is refused, and the same is done in its window, or
//! by an admin over the network.

use std::path::Path;
use std::sync::Arc;

use audyn_model::Clock;

use super::{defaults, password};
use crate::api::wire::{AccessSettings, ListenerSettings, Password, UserSource};
use crate::api::{Access, ApiError};
use crate::operations;
use crate::store::{AuditNote, BreakglassRow, NewUserRow, Store, UserChange, UserRow, name_key};
use crate::terms;

/// The state database of a station that does not run.
pub struct Desk {
    store: Store,
    clock: Arc<dyn Clock>,
}

/// A user, as the command line names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they may do at most.
    pub access: Access,
    /// The studio they belong to.
    pub studio: Option<String>,
    /// They sign in by an identity provider, not by a password.
    pub by_provider: bool,
    /// May sign in.
    pub enabled: bool,
}

impl Desk {
    /// Opens the state database, making one if there is none.
    ///
    /// # Errors
    /// Audyn runs; it is damaged; a later program wrote it; it cannot be written to.
    pub fn open(state_dir: &Path, program: &str, clock: Arc<dyn Clock>) -> Result<Self, ApiError> {
        let store = Store::open_to_change(state_dir, program, clock.utc())?;
        Ok(Self { store, clock })
    }

    /// Everybody who may sign in, by address.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn users(&self) -> Result<Vec<Named>, ApiError> {
        Ok(self.store.users()?.into_iter().map(named).collect())
    }

    /// Makes a user with a password.
    ///
    /// # Errors
    /// In a sentence: what does not fit.
    pub fn add_user(
        &self,
        email: &str,
        name: Option<&str>,
        access: Access,
        studio: Option<&str>,
        typed: &Password,
    ) -> Result<(), ApiError> {
        let mut problems = Vec::new();
        let email = operations::address(email, &mut problems);
        let name = name.map_or_else(|| email.clone(), |name| terms::name(name, "user", &mut problems));
        let studios = self.store.studios()?;
        let of_name = |wish: &str| {
            studios
                .iter()
                .find(|row| row.id == wish || name_key(&row.name) == name_key(wish))
                .map(|row| row.id.clone())
        };
        let found = studio.and_then(of_name);
        if studio.is_some() && found.is_none() {
            problems.push("There is no such studio.".to_owned());
        }
        if access == Access::Studio && studio.is_none() {
            problems.push("Name the studio they belong to.".to_owned());
        }
        terms::refuse(&problems)?;
        password::check(typed)?;
        let new = NewUserRow {
            email: email.clone(),
            name,
            access,
            studio: found,
            source: UserSource::Local,
            subject: None,
            password: Some(password::hash(typed)?),
        };
        self.store.insert_user(new, self.clock.utc())?;
        self.note("create_user", &email, "Makes a user with a password.")
    }

    /// Gives a user another password, and ends their sessions.
    ///
    /// # Errors
    /// There is none with this address; the password does not fit.
    pub fn set_password(&self, email: &str, typed: &Password) -> Result<(), ApiError> {
        let row = self.local(email)?;
        password::check(typed)?;
        let change = UserChange { password: Some(password::hash(typed)?), ..UserChange::default() };
        self.store.update_user(&row.id, change)?;
        self.end_sessions(Some(&row.id))?;
        self.note("set_password", &row.email, "Gives a user another password, and ends their sessions.")
    }

    /// Removes a user. The last admin may go: whoever is at this machine can make another.
    ///
    /// # Errors
    /// There is none with this address.
    pub fn remove_user(&self, email: &str) -> Result<(), ApiError> {
        let row = self.local(email)?;
        self.store.delete_user(&row.id)?;
        self.note("delete_user", &row.email, "Removes a user, and ends their sessions.")
    }

    /// Gives breakglass a password and turns it on; without one it is turned off.
    ///
    /// # Errors
    /// The password does not fit.
    pub fn set_breakglass(&self, typed: Option<&Password>) -> Result<(), ApiError> {
        let before = self.store.breakglass()?;
        let row = match typed {
            Some(typed) => {
                password::check(typed)?;
                BreakglassRow { password: Some(password::hash(typed)?), enabled: true }
            }
            None => BreakglassRow { enabled: false, ..before },
        };
        self.store.put_breakglass(&row)?;
        self.end_sessions(None)?;
        let message = if row.enabled { "Turned on, with a new password." } else { "Turned off." };
        self.note("set_breakglass", "Breakglass", message)
    }

    /// Where Audyn listens.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn listener(&self) -> Result<ListenerSettings, ApiError> {
        Ok(self.settings()?.listener)
    }

    /// Lets Audyn listen so from its next start on.
    ///
    /// # Errors
    /// In a sentence: what does not fit.
    pub fn set_listener(&self, wish: ListenerSettings) -> Result<ListenerSettings, ApiError> {
        let mut problems = Vec::new();
        let listener = operations::listening(wish, &mut problems);
        terms::refuse(&problems)?;
        let settings = AccessSettings { listener: listener.clone(), ..self.settings()? };
        self.store.put_access_settings(&settings)?;
        let message = if listener.on { "Opened to the network." } else { "Closed to the network." };
        self.note("change_access_settings", "Listener", message)?;
        Ok(listener)
    }

    fn settings(&self) -> Result<AccessSettings, ApiError> {
        let defaults = defaults();
        Ok(self.store.access_settings(&defaults)?.unwrap_or(defaults))
    }

    fn local(&self, email: &str) -> Result<UserRow, ApiError> {
        let key = name_key(email);
        let found = self.store.users()?.into_iter().filter(|row| row.source == UserSource::Local);
        found
            .into_iter()
            .find(|row| name_key(&row.email) == key)
            .ok_or_else(|| ApiError::not_found("There is no user with a password and this address."))
    }

    fn end_sessions(&self, user: Option<&str>) -> Result<(), ApiError> {
        let all = self.store.sessions()?.into_iter();
        let ids: Vec<String> = all.filter(|row| row.user.as_deref() == user).map(|row| row.id).collect();
        Ok(self.store.end_sessions(&ids)?)
    }

    fn note(&self, kind: &str, subject: &str, message: &str) -> Result<(), ApiError> {
        Ok(self.store.audit(&[AuditNote {
            at: self.clock.utc(),
            who: "Command line".to_owned(),
            who_id: "local".to_owned(),
            address: None,
            kind: kind.to_owned(),
            done: true,
            subject: subject.to_owned(),
            message: message.to_owned(),
        }])?)
    }
}

fn named(row: UserRow) -> Named {
    Named {
        email: row.email,
        name: row.name,
        access: row.access,
        studio: row.studio,
        by_provider: row.source == UserSource::Provider,
        enabled: row.enabled,
    }
}

#[cfg(test)]
mod tests;
