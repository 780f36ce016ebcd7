//! Facts, sent after they are durable, to whoever listens.
//!
//! **Full policy:** a listener that is more than 1024 events behind loses the oldest and is told how many.

use std::path::PathBuf;

use audyn_model::{Anchor, Gap, RecorderId};
use serde::Serialize;
use tokio::sync::broadcast;

use crate::recorder::State;

/// What has happened.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A recorder changed its state.
    State {
        /// Whose.
        recorder: RecorderId,
        /// Its name for people.
        name: String,
        /// The new state, with its reason where there is one.
        #[serde(flatten)]
        state: State,
    },
    /// A file was begun.
    SegmentOpened {
        /// Whose.
        recorder: RecorderId,
        /// Its name for people.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// A file is complete, on disk and in the catalogue.
    SegmentSealed {
        /// Whose.
        recorder: RecorderId,
        /// Its name for people.
        name: String,
        /// The file.
        path: PathBuf,
        /// Samples per channel in it.
        frames: u64,
    },
    /// A file was given up because the disk refused it; another was begun.
    SegmentAbandoned {
        /// Whose.
        recorder: RecorderId,
        /// Its name for people.
        name: String,
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: String,
    },
    /// From its next file on a recorder writes in another way, as was ordered.
    Rewritten {
        /// Whose.
        recorder: RecorderId,
        /// Its name for people.
        name: String,
    },
    /// Audio is missing.
    Gap {
        /// Whose.
        recorder: RecorderId,
        /// Its name for people.
        name: String,
        /// Where, how much, why.
        gap: Gap,
        /// Ties its place to TAI.
        anchor: Anchor,
    },
}

/// The sending end that all recorders share.
#[derive(Clone, Debug)]
pub struct Events(broadcast::Sender<Event>);

impl Events {
    const KEPT: usize = 1024;

    pub(crate) fn send(&self, event: Event) {
        // Nobody listening is no fault.
        let _ = self.0.send(event);
    }

    /// Listens from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.0.subscribe()
    }
}

impl Default for Events {
    fn default() -> Self {
        Self(broadcast::Sender::new(Self::KEPT))
    }
}
