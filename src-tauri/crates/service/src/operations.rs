//! The bodies of the contract's operations.

mod clock;
mod control;
mod discovery;
mod doctor;
mod files;
mod playback;
mod recorders;
mod sources;
mod studios;

pub(crate) use control::resident_memory;

use crate::api::{Access, ApiError, Caller, Code};
use crate::service::Inner;
use crate::store::StoreError;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NotFound { .. } => Code::NotFound,
            StoreError::NameTaken { .. } | StoreError::InUse { .. } => Code::Conflict,
            StoreError::Damaged { .. }
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

/// A caller who belongs to a studio may act on its recorder only.
fn own_recorder(inner: &Inner, caller: &Caller, id: u32) -> Result<(), ApiError> {
    if caller.access != Access::Studio {
        return Ok(());
    }
    let book = inner.station.shelf.book();
    let own = book.studio_of(id).is_some_and(|studio| Some(&studio.id) == caller.studio_id.as_ref());
    if own { Ok(()) } else { Err(ApiError::new(Code::Forbidden, "This recorder belongs to another studio.")) }
}
