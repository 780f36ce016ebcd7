//! One reading of who may, and who a credential belongs to by it. Pure but for the reading.

use std::collections::HashMap;
use std::net::IpAddr;

use audyn_model::Utc;

use super::BREAKGLASS;
use crate::api::wire::{AccessSettings, UserSource, Way};
use crate::api::{Access, Caller, CredentialId, Door, Identity};
use crate::store::{BreakglassRow, SessionRow, Store, StoreError, TokenRow, UserRow};
use crate::terms::moment;

/// One reading of the database.
#[derive(Debug)]
pub(crate) struct Known {
    pub settings: AccessSettings,
    pub breakglass: BreakglassRow,
    pub users: Vec<UserRow>,
    pub sessions: HashMap<[u8; 32], SessionRow>,
    pub tokens: HashMap<[u8; 32], TokenRow>,
}

impl Known {
    pub fn read(store: &Store) -> Result<Self, StoreError> {
        let defaults = super::defaults();
        let mut settings = store.access_settings(&defaults)?.unwrap_or(defaults);
        let breakglass = store.breakglass()?;
        settings.breakglass.on = breakglass.enabled && breakglass.password.is_some();
        settings.breakglass.has_password = breakglass.password.is_some();
        Ok(Self {
            settings,
            breakglass,
            users: store.users()?,
            sessions: store.sessions()?.into_iter().map(|row| (row.digest, row)).collect(),
            tokens: store.tokens()?.into_iter().map(|row| (row.digest, row)).collect(),
        })
    }

    /// Whether a session or a token has this id.
    pub fn has(&self, id: &str) -> bool {
        self.sessions.values().any(|row| row.id == id) || self.tokens.values().any(|row| row.id == id)
    }

    pub fn user(&self, id: &str) -> Option<&UserRow> {
        self.users.iter().find(|row| row.id == id)
    }

    /// Whom a session belongs to; none if it has ended. `seen` is when it was used last.
    pub fn of_session(&self, row: &SessionRow, seen: Utc, now: Utc, from: IpAddr) -> Option<Caller> {
        let expires = expires(row, seen);
        if now >= expires {
            return None;
        }
        let credential = Some(CredentialId::Session(row.id.clone()));
        let door = Door::Lan { address: from };
        let expires = Some(moment(expires));
        match &row.user {
            None if self.settings.breakglass.on => Some(Caller {
                access: Access::Admin,
                studio_id: None,
                who: Identity {
                    id: BREAKGLASS.to_owned(),
                    email: "admin@local".to_owned(),
                    name: "Breakglass Admin".to_owned(),
                    way: Way::Breakglass,
                    door,
                    credential,
                    csrf: None,
                    expires,
                },
            }),
            None => None,
            Some(id) => {
                let user = self.user(id).filter(|user| user.enabled)?;
                // Once the provider is turned off, nobody vouches for its users.
                let way = match user.source {
                    UserSource::Local => Way::Local,
                    UserSource::Provider if self.settings.entra.on => Way::Provider,
                    UserSource::Provider => return None,
                };
                Some(Caller {
                    access: user.access,
                    studio_id: user.studio.clone(),
                    who: Identity {
                        id: user.id.clone(),
                        email: user.email.clone(),
                        name: user.name.clone(),
                        way,
                        door,
                        credential,
                        csrf: None,
                        expires,
                    },
                })
            }
        }
    }

    /// What a token's program may; none if the token has ended.
    pub fn of_token(row: &TokenRow, now: Utc, from: IpAddr) -> Option<Caller> {
        if row.ends.is_some_and(|ends| now >= ends) {
            return None;
        }
        Some(Caller {
            access: row.access,
            studio_id: row.studio.clone(),
            who: Identity {
                id: row.id.clone(),
                email: String::new(),
                name: row.name.clone(),
                way: Way::Token,
                door: Door::Lan { address: from },
                credential: Some(CredentialId::Token(row.id.clone())),
                csrf: None,
                expires: row.ends.map(moment),
            },
        })
    }
}

/// When a session ends unless it is used again.
pub(super) fn expires(row: &SessionRow, seen: Utc) -> Utc {
    Utc(seen.0.max(row.seen.0).saturating_add(row.idle_ns).min(row.ends.0))
}
