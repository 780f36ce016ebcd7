//! Signing in by a code on another device (OAuth 2.0 Device Authorization Grant, RFC 8628).
//!
//! For a screen that has no browser to send to the provider: it shows a code and an address, and somebody types the one at
//! the other, on a telephone. Meanwhile the provider is asked whether that has happened, never more often than it says.
//!
//! What comes then is verified as that of the other flow is, but for two things that this flow does not have. There is no
//! nonce, so a token with one was made for another sign-in. And no browser comes back: whoever shows the code to somebody
//! else is signed in as them (section 5.4). So only the machine's own window begins this flow, where whoever types the code
//! stands before the screen; the listener does not offer it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use openidconnect::core::{CoreDeviceAuthorizationResponse, CoreErrorResponseType};
use openidconnect::{DeviceCodeErrorResponse, RequestTokenError, StandardErrorResponse};
use serde::Serialize;
use tokio::time::{sleep, timeout};

use super::http::HttpFault;
use super::provider::{NOT_ACCEPTED, client, scopes, unreached, unread};
use super::settings::safe;
use super::{CONVERSATION, END, Known, Oidc, Refusal, Settings, refused_by_provider, silent};

/// How long a code may be used, whatever the provider says.
const LONGEST: Duration = Duration::from_secs(900);
/// How often the provider is asked at most, whatever it says.
const SHORTEST: Duration = Duration::from_secs(1);
/// Letters of a code: it is read from a screen.
const LETTERS: usize = 40;

/// Waits between two questions.
pub type Pause = Arc<dyn Fn(Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// For as long as the provider says.
pub(super) fn pause() -> Pause {
    Arc::new(|asked| Box::pin(sleep(asked)))
}

/// What is shown to whoever signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shown {
    /// To be typed.
    pub code: String,
    /// There.
    pub address: String,
    /// The same address with the code in it, for another device's camera; not every provider has one.
    pub link: Option<String>,
    /// Seconds until the code is worth nothing.
    pub lasts_s: u64,
}

/// A code that was given.
#[derive(Debug)]
pub struct DeviceFlow {
    settings: Settings,
    given: CoreDeviceAuthorizationResponse,
    shown: Shown,
}

impl DeviceFlow {
    /// What is shown.
    #[must_use]
    pub fn shown(&self) -> &Shown {
        &self.shown
    }
}

impl Oidc {
    /// Asks the provider for a code.
    ///
    /// # Errors
    /// It cannot be reached, or gives none.
    pub async fn begin_by_device(&self, settings: Settings) -> Result<DeviceFlow, Refusal> {
        let metadata = self.metadata(&settings).await?;
        let Some(endpoint) = metadata.additional_metadata().device_authorization_endpoint.clone() else {
            return Err(Refusal::Unproven(NO_CODES.to_owned()));
        };
        let client = client(&metadata, &settings)?.set_device_authorization_url(endpoint);
        let request = client.exchange_device_code().add_scopes(scopes(&settings)).request_async(&self.http);
        let given: CoreDeviceAuthorizationResponse = timeout(CONVERSATION, request)
            .await
            .map_err(|_| silent(&settings))?
            .map_err(|error| ungiven(&settings, &error))?;
        let shown = shown(&given).ok_or_else(|| unread(&settings))?;
        Ok(DeviceFlow { settings, given, shown })
    }

    /// Waits until somebody has used the code, and says who. Dropped, it asks no more.
    ///
    /// # Errors
    /// They refused, or took too long; what came proves nothing; the provider cannot be reached.
    pub async fn finish_by_device(&self, flow: &DeviceFlow) -> Result<Known, Refusal> {
        let settings = &flow.settings;
        let metadata = self.metadata(settings).await?;
        let client = client(&metadata, settings)?;
        let clock = Arc::clone(&self.clock);
        let lasts = Duration::from_secs(flow.shown.lasts_s);
        let asking = client
            .exchange_device_access_token(&flow.given)
            .map_err(|_| unread(settings))?
            .set_time_fn(move || DateTime::from_timestamp_nanos(clock.utc().0))
            .request_async(&self.http, |asked: Duration| (self.pause)(asked.max(SHORTEST)), Some(lasts));
        // The clock of the flow may be set; this one cannot.
        let tokens = timeout(lasts + CONVERSATION, asking)
            .await
            .map_err(|_| Refusal::Unproven(EXPIRED.to_owned()))?
            .map_err(|error| unproven(settings, &error))?;
        timeout(END, self.known(settings, metadata, &tokens, None)).await.map_err(|_| silent(settings))?
    }
}

const NO_CODES: &str =
    "The provider does not sign people in by a code on another device. Tell whoever runs the station.";
const EXPIRED: &str = "The code was not used in time. Begin again.";

/// What of an answer can be shown; none if it is no answer.
fn shown(given: &CoreDeviceAuthorizationResponse) -> Option<Shown> {
    let code = given.user_code().secret().trim();
    let fits =
        (1..=LETTERS).contains(&code.len()) && code.bytes().all(|letter| matches!(letter, b' '..=b'~'));
    // A person types a password there, or a camera leads to it.
    let address = safe(given.verification_uri().as_str()).ok().filter(|_| fits)?;
    let link = given.verification_uri_complete().and_then(|link| safe(link.secret()).ok());
    Some(Shown {
        code: code.to_owned(),
        address: address.into(),
        link: link.map(String::from),
        lasts_s: given.expires_in().min(LONGEST).as_secs(),
    })
}

fn ungiven(
    settings: &Settings,
    error: &RequestTokenError<HttpFault, StandardErrorResponse<CoreErrorResponseType>>,
) -> Refusal {
    match error {
        RequestTokenError::ServerResponse(said) => {
            tracing::warn!(error = ?said.error(), said = ?said.error_description(), "the provider gave no code");
            let ours = *said.error() == CoreErrorResponseType::InvalidClient;
            Refusal::Unproven(if ours { NOT_ACCEPTED } else { NO_CODES }.to_owned())
        }
        RequestTokenError::Request(why) => unreached(settings, why),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => unread(settings),
    }
}

fn unproven(settings: &Settings, error: &RequestTokenError<HttpFault, DeviceCodeErrorResponse>) -> Refusal {
    match error {
        RequestTokenError::ServerResponse(said) => {
            tracing::warn!(error = ?said.error(), said = ?said.error_description(), "the provider gave no token for a code");
            match said.error().as_ref() {
                "expired_token" => Refusal::Unproven(EXPIRED.to_owned()),
                "invalid_client" | "unauthorized_client" => Refusal::Unproven(NOT_ACCEPTED.to_owned()),
                other => refused_by_provider(other),
            }
        }
        RequestTokenError::Request(why) => unreached(settings, why),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => unread(settings),
    }
}

#[cfg(test)]
mod tests;
