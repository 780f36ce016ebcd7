//! The listener's side of signing in by a provider.

use audyn_service::access::{ProviderIdentity, SignIn};
use audyn_service::api::ApiError;
use audyn_service::{ENTRA_SECRET, Service};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use tokio::task::spawn_blocking;

use super::routes::Desk;
use super::{Known, Oidc, Settings};
use crate::door::Door;
use crate::guard::Came;
use crate::seat;

impl Desk for Door {
    fn oidc(&self) -> Result<&Oidc, ApiError> {
        Self::oidc(self)
    }

    async fn provider(&self, asked: &Parts) -> Result<Option<Settings>, ApiError> {
        provider_of(self.service(), &called(asked)?).await
    }

    fn secure(&self, asked: &Parts) -> bool {
        came(asked).is_ok_and(|came| came.entrance.secure)
    }

    async fn enter(&self, known: Known, asked: &Parts) -> Result<HeaderValue, ApiError> {
        let came = came(asked)?;
        let identity = ProviderIdentity::from(known);
        let agent =
            asked.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        let signed = self.service().sign_in(SignIn::Provider(identity), came.from, agent).await?;
        let secret = signed.secret.text().ok_or_else(|| ApiError::internal("a secret that is no text"))?;
        let cookie = HeaderValue::from_str(&seat::cookie(Some(secret), came.entrance.secure));
        let mut cookie = cookie.map_err(ApiError::internal)?;
        cookie.set_sensitive(true);
        Ok(cookie)
    }
}

/// The provider that this station has, if signing in by one is on. `called` is how the station is called by whoever signs
/// in: `https://audyn.example`.
///
/// # Errors
/// What is set for it cannot be used; its secret cannot be had.
pub async fn provider_of(service: &Service, called: &str) -> Result<Option<Settings>, ApiError> {
    let entra = service.access_settings_now().entra;
    if !entra.on {
        return Ok(None);
    }
    let secrets = service.secrets();
    // A keyring may take its time.
    let secret = spawn_blocking(move || secrets.get(ENTRA_SECRET)).await.map_err(ApiError::internal)?;
    let secret = secret.map_err(|error| {
        tracing::error!(%error, "the provider's client secret cannot be had");
        ApiError::unavailable("The keyring does not give the provider's client secret. Sign in with a local user or the breakglass password.")
    })?;
    if secret.is_none() && entra.has_secret {
        return Err(ApiError::unavailable(
            "The provider's client secret is gone from the keyring. Sign in with a local user or the breakglass password, and set it again.",
        ));
    }
    let secret = secret.and_then(|secret| secret.text().map(str::to_owned));
    let settings = Settings::of(&entra, secret, called);
    settings.map(Some).map_err(|problems| ApiError::conflict(problems.join(" ")))
}

impl From<Known> for ProviderIdentity {
    fn from(known: Known) -> Self {
        let Known { issuer, subject, email, name, groups, roles } = known;
        Self { issuer, subject, email, name, groups, roles }
    }
}

fn came(asked: &Parts) -> Result<Came, ApiError> {
    asked.extensions.get::<Came>().copied().ok_or_else(|| ApiError::internal("a request that was not let in"))
}

/// How the browser calls this station; the guard has seen to it that it is one of its names.
fn called(asked: &Parts) -> Result<String, ApiError> {
    let named = asked.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| asked.uri.authority().map(|authority| authority.as_str()));
    let host = host.ok_or_else(|| ApiError::internal("a request without a host"))?;
    let scheme = if came(asked)?.entrance.secure { "https" } else { "http" };
    Ok(format!("{scheme}://{host}"))
}
