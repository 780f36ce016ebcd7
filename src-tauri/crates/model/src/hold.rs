//! Holds: why a recording must not be deleted.

use crate::{HoldId, Utc};

/// A reason to keep a file, whoever wishes to delete it. A file may have several: it is held as long as one of them holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its identity. Files that were held together have one.
    pub id: HoldId,
    /// Who set it, for people.
    pub by: String,
    /// When it was set.
    pub since: Utc,
    /// When it ends by itself; none: not before somebody lifts it.
    pub until: Option<Utc>,
    /// Why.
    pub reason: String,
}

impl Hold {
    /// Whether it still holds at this time. One that has expired does not.
    #[must_use]
    pub fn holds_at(&self, now: Utc) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

#[cfg(test)]
mod tests;
