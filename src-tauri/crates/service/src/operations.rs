//! The bodies of the contract's operations.

mod access;
mod clock;
mod configuration;
mod control;
mod discovery;
mod doctor;
mod files;
mod holds;
mod opening;
mod playback;
mod recorders;
mod sources;
mod studios;

pub(crate) use self::access::address;
pub(crate) use control::{changed as changed_settings, resident_memory};
pub use opening::ENTRA_SECRET;
pub(crate) use opening::{breakglass_minutes, listening, provider, session_lengths};

use crate::api::{ApiError, Code};
use crate::store::StoreError;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NotFound { .. } => Code::NotFound,
            StoreError::NameTaken { .. } | StoreError::InUse { .. } => Code::Conflict,
            StoreError::BadBackup { .. }
            | StoreError::Damaged { .. }
            | StoreError::Newer { .. }
            | StoreError::Locked { .. }
            | StoreError::File { .. } => Code::Unavailable,
            StoreError::Sql { .. } => return Self::internal(error),
        };
        let text = error.to_string();
        let mut letters = text.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        Self::new(code, format!("{first}{}.", letters.as_str().trim_end_matches('.')))
    }
}
