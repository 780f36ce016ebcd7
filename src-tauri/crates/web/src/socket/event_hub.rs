//! Facts for WebSockets: each encoded once for all who may see the same.
//!
//! **Full policy:** a client that is more than 256 facts behind loses the oldest and is told `resync`.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use audyn_service::Service;
use audyn_service::api::wire::AppEvent;
use audyn_service::api::{Access, Caller};
use axum::extract::ws::Utf8Bytes;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{self, Receiver, Sender};

/// Facts that a client may be behind.
const KEPT: usize = 256;

/// What a caller may see is told by these two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope(Access, Option<String>);

impl Scope {
    pub fn of(caller: &Caller) -> Self {
        Self(caller.access, caller.studio_id.clone())
    }
}

/// The hub. Its task runs while there is a client.
#[derive(Clone)]
pub struct EventsHub(Arc<Hub>);

struct Hub {
    service: Service,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    running: bool,
    lines: Vec<Line>,
}

struct Line {
    scope: Scope,
    caller: Caller,
    sender: Sender<Utf8Bytes>,
}

impl EventsHub {
    /// A hub without clients.
    pub fn new(service: Service) -> Self {
        Self(Arc::new(Hub { service, lines: Mutex::default() }))
    }

    /// What this caller may see, from now on.
    pub fn join(&self, caller: &Caller) -> Receiver<Utf8Bytes> {
        let mut lines = self.0.lines();
        let scope = Scope::of(caller);
        let receiver = match lines.lines.iter().find(|line| line.scope == scope) {
            Some(line) => line.sender.subscribe(),
            None => {
                let (sender, receiver) = broadcast::channel(KEPT);
                lines.lines.push(Line { scope, caller: caller.clone(), sender });
                receiver
            }
        };
        if !lines.running {
            lines.running = true;
            tokio::spawn(run(Arc::clone(&self.0), self.0.service.events()));
        }
        receiver
    }
}

impl Hub {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sends to every line that somebody listens to; false when there is none left.
    fn tell(&self, event: &AppEvent) -> bool {
        let mut lines = self.lines();
        lines.lines.retain(|line| line.sender.receiver_count() > 0);
        for line in &lines.lines {
            if let Some(text) = self.service.sees(&line.caller, event.clone()).as_ref().and_then(encode) {
                let _ = line.sender.send(text);
            }
        }
        lines.running = !lines.lines.is_empty();
        lines.running
    }
}

async fn run(hub: Arc<Hub>, mut events: Receiver<AppEvent>) {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(_)) => AppEvent::Resync,
            Err(RecvError::Closed) => {
                hub.lines().running = false;
                return;
            }
        };
        if !hub.tell(&event) {
            return;
        }
    }
}

/// A fact as JSON.
pub fn encode(event: &AppEvent) -> Option<Utf8Bytes> {
    match serde_json::to_string(event) {
        Ok(text) => Some(text.into()),
        Err(error) => {
            tracing::error!("a fact cannot be told: {error}");
            None
        }
    }
}
