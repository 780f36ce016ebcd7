//! Flows that are going on.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use audyn_model::Mono;
use openidconnect::CsrfToken;
use sha2::{Digest as _, Sha256};

/// Flows at once. When there are more, the oldest is given up: its browser is told to sign in again.
const MOST: usize = 256;
/// How long somebody may take at the provider.
pub(super) const LIFE: Duration = Duration::from_secs(600);

/// What belongs to a flow and must come back, or be sent on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flow {
    pub nonce: String,
    pub verifier: String,
    /// The page to go on with.
    pub next: String,
    /// The settings may change in between.
    pub issuer: String,
    pub client_id: String,
}

/// Flows by state. Each ends at most once.
#[derive(Default)]
pub(super) struct Flows {
    table: Mutex<HashMap<String, Waiting>>,
}

struct Waiting {
    flow: Flow,
    /// Of the cookie of the browser that began it.
    browser: [u8; 32],
    until: Mono,
}

impl Flows {
    /// Keeps a flow, and gives what its browser keeps.
    pub fn begin(&self, state: String, flow: Flow, now: Mono) -> String {
        let cookie = CsrfToken::new_random_len(32).into_secret();
        let waiting = Waiting { flow, browser: hash(&cookie), until: now.after(LIFE) };
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        table.retain(|_, waiting| waiting.until > now);
        if table.len() >= MOST {
            let oldest =
                table.iter().min_by_key(|(_, waiting)| waiting.until).map(|(state, _)| state.clone());
            oldest.and_then(|state| table.remove(&state));
        }
        table.insert(state, waiting);
        cookie
    }

    /// The flow with this state, if this browser began it not long ago. It is gone then, and also if the browser is another:
    /// a state that somebody else has seen is worth nothing any more.
    pub fn end(&self, state: &str, cookie: &str, now: Mono) -> Option<Flow> {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let waiting = table.remove(state)?;
        // Hashes: how far they agree tells nothing about the cookie.
        (waiting.until > now && waiting.browser == hash(cookie)).then_some(waiting.flow)
    }
}

fn hash(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}
