//! Signing in by an OpenID provider, above all Microsoft Entra ID (OpenID Connect Core 1.0; RFC 6749, 7636, 9207, 9700).
//!
//! The authorization-code flow with PKCE (S256), state and nonce. What belongs to a flow stays here, in a bounded table,
//! bound to the browser that began it by a short-lived cookie; it is used once. From the provider's answer only a verified
//! ID token counts: signature by a cached key, issuer, audience, times, nonce, tenant. Who that is goes to the service,
//! which decides about sessions.
//!
//! Where no browser can be sent there and back, on the station's own screen, a code leads through another device
//! (`device`).
//!
//! Every conversation with the provider has a limit in time and in bytes and follows no redirect. Without the provider a
//! sign-in ends in a sentence within ten seconds; sessions that there are do not notice.

mod claims;
mod desk;
mod device;
mod environment;
mod flows;
mod graph;
mod http;
mod provider;
pub mod routes;
mod settings;

use std::sync::Arc;
use std::time::Duration;

use audyn_model::Clock;
use openidconnect::{AuthorizationCode, Nonce, PkceCodeChallenge, PkceCodeVerifier};
use serde::Deserialize;
use tokio::time::timeout;

use self::flows::{Flow, Flows};
use self::http::Http;
use self::provider::Provider;

pub use self::desk::provider_of;
pub use self::device::{DeviceFlow, Pause, Shown};
pub use self::environment::take_environment;
pub use self::settings::Settings;

/// How long the provider may take to be found, and to answer for a code.
const CONVERSATION: Duration = Duration::from_secs(10);
/// How long reading all of somebody's groups may take.
const GROUPS: Duration = Duration::from_secs(12);
/// How long the end of a flow may take in all.
const END: Duration = Duration::from_secs(30);

/// Signing in by a provider: the flows that are going on, and what is known of the provider.
pub struct Oidc {
    clock: Arc<dyn Clock>,
    http: Http,
    provider: Provider,
    flows: Flows,
    pause: Pause,
}

/// A flow that was begun.
#[derive(Debug)]
pub struct Begun {
    /// Where the browser is sent.
    pub location: String,
    /// What it brings back in a cookie.
    pub cookie: String,
}

/// What the provider sends the browser back with.
#[derive(Debug, Default, Deserialize)]
pub struct Returned {
    /// To be exchanged for tokens.
    pub code: Option<String>,
    /// Which flow.
    pub state: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
}

/// Somebody whom the provider knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The provider.
    pub issuer: String,
    /// Who, for this provider, for ever: Entra's object id, else the subject.
    pub subject: String,
    /// An address to show; not proof of anything.
    pub email: String,
    /// A name to show.
    pub name: String,
    /// Ids of groups, if these were asked for.
    pub groups: Vec<String>,
    /// App roles.
    pub roles: Vec<String>,
}

/// A flow that came to its end.
#[derive(Debug)]
pub struct Finished {
    /// Who signed in.
    pub known: Known,
    /// The page they wanted.
    pub next: String,
}

/// Why nobody was signed in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The answer proves nothing.
    #[error("Authentication failed. {0}")]
    Unproven(String),
    /// The provider cannot be reached, or talks nonsense.
    #[error("{0} Try again later, or sign in with a local user or the breakglass password.")]
    Unavailable(String),
}

impl Oidc {
    /// Nothing is asked of the provider yet.
    ///
    /// # Errors
    /// The machine's certificates cannot be read; in a sentence.
    pub fn new(clock: Arc<dyn Clock>) -> Result<Self, String> {
        Self::pausing(clock, device::pause())
    }

    /// The same, with a pause of one's own between two questions about a code.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn pausing(clock: Arc<dyn Clock>, pause: Pause) -> Result<Self, String> {
        Ok(Self { clock, http: Http::new()?, provider: Provider::default(), flows: Flows::default(), pause })
    }

    /// Begins a flow.
    ///
    /// # Errors
    /// The provider cannot be reached, or is not who it should be.
    pub async fn begin(&self, settings: &Settings, next: Option<&str>) -> Result<Begun, Refusal> {
        let metadata = self.metadata(settings).await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (location, state, nonce) = provider::ask(&metadata, settings, challenge)?;
        let flow = Flow {
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            next: settings::next(next),
            issuer: settings.issuer.clone(),
            client_id: settings.client_id.clone(),
        };
        let cookie = self.flows.begin(state.into_secret(), flow, self.clock.mono());
        Ok(Begun { location: location.into(), cookie })
    }

    /// Ends a flow: from what the provider sent the browser back with to who that is.
    ///
    /// # Errors
    /// It proves nothing; they may not; the provider cannot be reached.
    pub async fn finish(
        &self,
        settings: &Settings,
        returned: Returned,
        cookie: Option<&str>,
    ) -> Result<Finished, Refusal> {
        timeout(END, self.end(settings, returned, cookie)).await.unwrap_or_else(|_| Err(silent(settings)))
    }

    async fn end(
        &self,
        settings: &Settings,
        returned: Returned,
        cookie: Option<&str>,
    ) -> Result<Finished, Refusal> {
        // Step 1: a flow that was begun here, by this browser, not long ago, and not used yet. It is used now.
        let stale = || {
            Refusal::Unproven(
                "This sign-in was not begun in this browser, took longer than ten minutes, or was used already. Sign in again."
                    .to_owned(),
            )
        };
        let state = returned.state.as_deref().ok_or_else(stale)?;
        let flow = self.flows.end(state, cookie.unwrap_or(""), self.clock.mono()).ok_or_else(stale)?;
        if flow.issuer != settings.issuer || flow.client_id != settings.client_id {
            return Err(stale());
        }
        // Step 2: it is the provider's answer, and a code.
        if returned.iss.as_ref().is_some_and(|iss| *iss != settings.issuer) {
            return Err(Refusal::Unproven("Another provider answered. Sign in again.".to_owned()));
        }
        if let Some(error) = returned.error {
            return Err(refused_by_provider(&error));
        }
        let code = returned.code.ok_or_else(stale)?;
        // Step 3: the code for tokens, and the ID token verified.
        let metadata = self.metadata(settings).await?;
        let verifier = PkceCodeVerifier::new(flow.verifier);
        let exchange =
            provider::exchange(&self.http, &metadata, settings, AuthorizationCode::new(code), verifier);
        let tokens = timeout(CONVERSATION, exchange).await.map_err(|_| silent(settings))??;
        // Step 4: their groups, if not all of them are in it.
        let known = self.known(settings, metadata, &tokens, Some(&Nonce::new(flow.nonce))).await?;
        Ok(Finished { known, next: flow.next })
    }

    async fn metadata(&self, settings: &Settings) -> Result<provider::Metadata, Refusal> {
        let known = timeout(CONVERSATION, self.provider.known(&self.http, settings, self.clock.mono()));
        known.await.map_err(|_| silent(settings))?
    }

    /// Who these tokens are about, after the ID token was verified.
    async fn known(
        &self,
        settings: &Settings,
        metadata: provider::Metadata,
        tokens: &provider::Tokens,
        nonce: Option<&Nonce>,
    ) -> Result<Known, Refusal> {
        let verify = self.provider.verify(&self.http, settings, metadata, tokens, nonce, self.clock.as_ref());
        let proven = timeout(CONVERSATION, verify).await.map_err(|_| silent(settings))??;
        let mut groups = proven.groups;
        if proven.groups_elsewhere && settings.wants_groups {
            let Some(graph) = &settings.graph else {
                return Err(Refusal::Unproven(
                    "You are in so many groups that the provider names none. Ask whoever runs the station to use app roles."
                        .to_owned(),
                ));
            };
            let read = graph::groups(&self.http, graph, provider::access_token(tokens));
            groups =
                timeout(GROUPS, read).await.map_err(|_| graph::unread("it did not answer in time"))??;
        }
        Ok(Known {
            issuer: settings.issuer.clone(),
            subject: proven.subject,
            email: proven.email,
            name: proven.name,
            groups,
            roles: proven.roles,
        })
    }
}

fn silent(settings: &Settings) -> Refusal {
    Refusal::Unavailable(format!("The sign-in provider at {} did not answer in time.", settings.host()))
}

/// The provider's word for why, if it is one of the protocol's: what it says beyond that is anybody's text.
fn refused_by_provider(error: &str) -> Refusal {
    let word = error.len() <= 40 && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let why = match (word, error) {
        (true, "access_denied") => "The sign-in was cancelled, or the provider does not allow it.".to_owned(),
        (true, word) => format!("The provider says {word}."),
        (false, _) => "The provider refuses, and does not say why.".to_owned(),
    };
    Refusal::Unproven(format!("{why} Sign in again, or ask whoever runs the station."))
}

#[cfg(test)]
mod tests;
