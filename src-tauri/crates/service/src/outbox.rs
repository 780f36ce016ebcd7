//! Facts for the doors: what a window or a client on the LAN is told.
//!
//! **Full policy:** a door that is more than 1024 events behind loses the oldest, is told so, and loads everything again.

use tokio::sync::broadcast;

use crate::api::wire::AppEvent;

/// The sending end.
#[derive(Clone, Debug)]
pub(crate) struct Outbox(broadcast::Sender<AppEvent>);

impl Outbox {
    const KEPT: usize = 1024;

    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(Self::KEPT))
    }

    pub(crate) fn send(&self, event: AppEvent) {
        // Nobody listening is no fault.
        let _ = self.0.send(event);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<AppEvent> {
        self.0.subscribe()
    }
}
