//! How the LAN listener is, as the door that has it tells.

use std::sync::PoisonError;

use crate::Service;
use crate::api::wire::{AppEvent, Empty, ListenerStatus, NoticeLevel};
use crate::api::{ApiError, Caller};

/// The notice about a listener that is not as it was set.
const NOTICE: &str = "listener";

impl Service {
    /// Takes note of how the listener is. What keeps it from being as it was set is a notice until it is over. May block for
    /// the state database.
    pub fn tell_listener(&self, status: ListenerStatus) {
        let inner = &self.inner;
        let before = {
            let mut listener = inner.listener.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *listener, status.clone())
        };
        if before.problem != status.problem {
            // Another problem is another notice.
            inner.notices.settle(NOTICE);
            if let Some(problem) = &status.problem {
                tracing::warn!("{problem}");
                inner.notices.raise(NOTICE, NoticeLevel::Warn, None, "Network access", problem, None);
            }
        }
        let counted =
            |status: &ListenerStatus| ListenerStatus { connections: 0, refused: 0, ..status.clone() };
        if counted(&before) != counted(&status) {
            inner.outbox.send(AppEvent::Access);
            inner.tell_status();
        }
    }

    pub(crate) async fn listener(&self, _: &Caller, _: Empty) -> Result<ListenerStatus, ApiError> {
        Ok(self.inner.listener.lock().unwrap_or_else(PoisonError::into_inner).clone())
    }
}
