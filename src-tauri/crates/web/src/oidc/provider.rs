//! The provider: what it says about itself, its keys, its tokens.

use std::collections::VecDeque;
use std::sync::{Mutex as StdMutex, PoisonError};
use std::time::Duration;

use audyn_model::{Clock, Mono};
use chrono::DateTime;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod,
    CoreErrorResponseType, CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJsonWebKeySet,
    CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm,
    CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AccessToken, AdditionalProviderMetadata, AuthType, AuthenticationFlow, AuthorizationCode,
    ClaimsVerificationError, ClientId, ClientSecret, CsrfToken, DeviceAuthorizationUrl, DiscoveryError,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, Nonce,
    NonceVerifier as _, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, ProviderMetadata,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _,
};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use url::Url;

use super::claims::{self, Claims, Extra, Proven};
use super::http::{Http, HttpFault};
use super::{Refusal, Settings};

/// How long what the provider says about itself holds.
const FRESH: Duration = Duration::from_secs(24 * 3600);
/// Times that keys are fetched for an unknown one within [`WINDOW`]: anybody can send a token with a key of his own.
const MOST_FETCHES: usize = 6;
const WINDOW: Duration = Duration::from_secs(60);
/// How much the provider's clock and ours may differ.
const SKEW_S: i64 = 60;
pub(super) const NOT_ACCEPTED: &str = "The provider does not accept this station: its client id or secret is wrong or has expired. Tell whoever runs the station.";

type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// What a provider says about itself beyond OpenID Connect Discovery (RFC 8628, section 4).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Beyond {
    /// Where codes for other devices are given.
    #[serde(default)]
    pub device_authorization_endpoint: Option<DeviceAuthorizationUrl>,
}

impl AdditionalProviderMetadata for Beyond {}

/// What a provider says about itself.
pub(super) type Metadata = ProviderMetadata<
    Beyond,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// What a code is exchanged for.
pub(super) type Tokens = StandardTokenResponse<Fields, CoreTokenType>;

type Client = openidconnect::Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What is known of the provider.
#[derive(Default)]
pub(super) struct Provider {
    /// Held while it is asked: many who sign in at once ask once.
    known: Mutex<Option<Cached>>,
    /// When keys were fetched for an unknown one.
    fetches: StdMutex<VecDeque<Mono>>,
}

struct Cached {
    metadata: Metadata,
    at: Mono,
}

impl Provider {
    /// What the provider says about itself, with its keys.
    pub async fn known(&self, http: &Http, settings: &Settings, now: Mono) -> Result<Metadata, Refusal> {
        let mut known = self.known.lock().await;
        if let Some(cached) = known.as_ref()
            && cached.metadata.issuer().as_str() == settings.issuer
            && now.since(cached.at) < FRESH
        {
            return Ok(cached.metadata.clone());
        }
        let issuer = IssuerUrl::new(settings.issuer.clone())
            .map_err(|_| Refusal::Unavailable("The provider's address is no address.".to_owned()))?;
        let metadata =
            Metadata::discover_async(issuer, http).await.map_err(|error| undiscovered(settings, &error))?;
        *known = Some(Cached { metadata: metadata.clone(), at: now });
        Ok(metadata)
    }

    /// Verifies the ID token. Its key may be newer than those that are known: they are fetched again then, once. Without a
    /// nonce in what was asked, there is none in the token.
    pub async fn verify(
        &self,
        http: &Http,
        settings: &Settings,
        metadata: Metadata,
        tokens: &Tokens,
        nonce: Option<&Nonce>,
        clock: &dyn Clock,
    ) -> Result<Proven, Refusal> {
        let unknown = |error: &ClaimsVerificationError| {
            matches!(
                error,
                ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)
            )
        };
        match verified(&metadata, settings, tokens, nonce, clock) {
            Err(Unverified::Claims(error)) if unknown(&error) && self.may_fetch(clock.mono()) => {
                let keys = CoreJsonWebKeySet::fetch_async(metadata.jwks_uri(), http)
                    .await
                    .map_err(|error| undiscovered(settings, &error))?;
                let metadata = metadata.set_jwks(keys);
                let proven = verified(&metadata, settings, tokens, nonce, clock).map_err(Unverified::told)?;
                // Only keys that have proven something replace those that did before.
                *self.known.lock().await = Some(Cached { metadata, at: clock.mono() });
                Ok(proven)
            }
            done => done.map_err(Unverified::told),
        }
    }

    fn may_fetch(&self, now: Mono) -> bool {
        let mut fetches = self.fetches.lock().unwrap_or_else(PoisonError::into_inner);
        fetches.retain(|at| now.since(*at) < WINDOW);
        let may = fetches.len() < MOST_FETCHES;
        if may {
            fetches.push_back(now);
        }
        may
    }
}

/// Where the browser is sent, with the state and the nonce that must come back.
pub(super) fn ask(
    metadata: &Metadata,
    settings: &Settings,
    challenge: PkceCodeChallenge,
) -> Result<(Url, CsrfToken, Nonce), Refusal> {
    let client = client(metadata, settings)?;
    let request = client
        .authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            || CsrfToken::new_random_len(32),
            || Nonce::new_random_len(32),
        )
        .add_scopes(scopes(settings))
        .set_pkce_challenge(challenge);
    Ok(request.url())
}

/// What is asked for besides `openid`.
pub(super) fn scopes(settings: &Settings) -> impl Iterator<Item = Scope> {
    let graph = settings.graph.is_some().then_some("User.Read");
    ["profile", "email"].into_iter().chain(graph).map(|scope| Scope::new(scope.to_owned()))
}

/// The code for tokens.
pub(super) async fn exchange(
    http: &Http,
    metadata: &Metadata,
    settings: &Settings,
    code: AuthorizationCode,
    verifier: PkceCodeVerifier,
) -> Result<Tokens, Refusal> {
    let client = client(metadata, settings)?;
    let request = client
        .exchange_code(code)
        .map_err(|_| Refusal::Unavailable("The provider does not say where it gives tokens.".to_owned()))?
        .set_pkce_verifier(verifier);
    request.request_async(http).await.map_err(|error| unexchanged(settings, &error))
}

/// What Graph is asked with.
pub(super) fn access_token(tokens: &Tokens) -> &AccessToken {
    tokens.access_token()
}

pub(super) fn client(metadata: &Metadata, settings: &Settings) -> Result<Client, Refusal> {
    let redirect = RedirectUrl::new(settings.redirect.clone())
        .map_err(|_| Refusal::Unavailable("The redirect address is no address.".to_owned()))?;
    let secret = settings.client_secret.clone().map(ClientSecret::new);
    let methods = metadata.token_endpoint_auth_methods_supported();
    // In a header unless the provider knows only the other way.
    let in_body = methods.is_some_and(|methods| {
        methods.contains(&CoreClientAuthMethod::ClientSecretPost)
            && !methods.contains(&CoreClientAuthMethod::ClientSecretBasic)
    });
    let client_id = ClientId::new(settings.client_id.clone());
    let client = Client::from_provider_metadata(metadata.clone(), client_id, secret);
    let how = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
    Ok(client.set_auth_type(how).set_redirect_uri(redirect))
}

/// Why a token proves nothing.
enum Unverified {
    Missing,
    Claims(ClaimsVerificationError),
    Ours(&'static str),
}

impl Unverified {
    /// For the one who signs in; the log has the details.
    fn told(self) -> Refusal {
        let why = match self {
            Self::Missing => "no ID token came",
            Self::Ours(why) => why,
            Self::Claims(error) => {
                tracing::warn!(%error, "an ID token was refused");
                match error {
                    ClaimsVerificationError::Expired(_) => "it has expired, or is not valid yet",
                    ClaimsVerificationError::InvalidAudience(_) => "it was made for another application",
                    ClaimsVerificationError::InvalidIssuer(_) => "another provider made it",
                    ClaimsVerificationError::InvalidNonce(_) => "it was made for another sign-in",
                    ClaimsVerificationError::SignatureVerification(why) => match why {
                        SignatureVerificationError::NoSignature => "it is not signed",
                        SignatureVerificationError::NoMatchingKey => {
                            "it is signed with a key that the provider does not have"
                        }
                        SignatureVerificationError::CryptoError(_)
                        | SignatureVerificationError::AmbiguousKeyId(_)
                        | SignatureVerificationError::DisallowedAlg(_)
                        | SignatureVerificationError::InvalidKey(_)
                        | SignatureVerificationError::UnsupportedAlg(_)
                        | SignatureVerificationError::Other(_)
                        | _ => "its signature is wrong",
                    },
                    ClaimsVerificationError::InvalidAuthContext(_)
                    | ClaimsVerificationError::InvalidAuthTime(_)
                    | ClaimsVerificationError::InvalidSubject(_)
                    | ClaimsVerificationError::Other(_)
                    | ClaimsVerificationError::Unsupported(_)
                    | _ => "it is not what it should be",
                }
            }
        };
        Refusal::Unproven(format!("The provider's ID token cannot be trusted: {why}. Sign in again."))
    }
}

fn verified(
    metadata: &Metadata,
    settings: &Settings,
    tokens: &Tokens,
    nonce: Option<&Nonce>,
    clock: &dyn Clock,
) -> Result<Proven, Unverified> {
    let client = client(metadata, settings).map_err(|_| Unverified::Missing)?;
    let now = clock.utc().0.div_euclid(1_000_000_000);
    let verifier = client
        .id_token_verifier()
        // Only what the provider alone can sign: never the shared secret, never nothing.
        .set_allowed_algs([
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
            CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
            CoreJwsSigningAlgorithm::RsaSsaPssSha256,
            CoreJwsSigningAlgorithm::EcdsaP256Sha256,
            CoreJwsSigningAlgorithm::EcdsaP384Sha384,
        ])
        .set_time_fn(move || {
            DateTime::from_timestamp(now - SKEW_S, 0).unwrap_or(DateTime::<chrono::Utc>::MAX_UTC)
        })
        .set_issue_time_verifier_fn(move |issued| {
            if issued.timestamp() > now + SKEW_S {
                Err("it was issued in the future".to_owned())
            } else {
                Ok(())
            }
        });
    let token = tokens.id_token().ok_or(Unverified::Missing)?;
    let right = |came: Option<&Nonce>| match (nonce, came) {
        (Some(nonce), came) => nonce.verify(came),
        (None, None) => Ok(()),
        (None, Some(_)) => Err("a nonce, and none was asked for".to_owned()),
    };
    let claims: &Claims = token.claims(&verifier, right).map_err(Unverified::Claims)?;
    // What the crate leaves to its users.
    if claims.authorized_party().is_some_and(|party| party.as_str() != settings.client_id) {
        return Err(Unverified::Ours("it was made for another application"));
    }
    let extra = claims.additional_claims();
    if extra.nbf.as_f64().is_some_and(|from| from > (now + SKEW_S) as f64) {
        return Err(Unverified::Ours("it has expired, or is not valid yet"));
    }
    if let Some(tenant) = &settings.tenant
        && !extra.tid.as_str().is_some_and(|tid| tid.eq_ignore_ascii_case(tenant))
    {
        return Err(Unverified::Ours("it was made for another organisation"));
    }
    Ok(claims::proven(claims))
}

fn undiscovered(settings: &Settings, error: &DiscoveryError<HttpFault>) -> Refusal {
    let host = settings.host();
    tracing::warn!(%host, error = %chain(error), "the sign-in provider cannot be used");
    Refusal::Unavailable(match error {
        DiscoveryError::Request(_) => format!("The sign-in provider at {host} cannot be reached."),
        DiscoveryError::Validation(_) => {
            format!("What answers at {host} says that it is another provider than the one that is set.")
        }
        DiscoveryError::Other(_)
        | DiscoveryError::Parse(_)
        | DiscoveryError::Response(..)
        | DiscoveryError::UrlParse(_)
        | _ => format!("What answers at {host} is no sign-in provider."),
    })
}

fn unexchanged(
    settings: &Settings,
    error: &RequestTokenError<HttpFault, StandardErrorResponse<CoreErrorResponseType>>,
) -> Refusal {
    let host = settings.host();
    match error {
        RequestTokenError::ServerResponse(said) => {
            tracing::warn!(%host, error = ?said.error(), said = ?said.error_description(), "the provider gave no token");
            let ours = matches!(
                said.error(),
                CoreErrorResponseType::InvalidClient | CoreErrorResponseType::UnauthorizedClient
            );
            let why =
                if ours { NOT_ACCEPTED } else { "The provider did not accept its own code. Sign in again." };
            Refusal::Unproven(why.to_owned())
        }
        RequestTokenError::Request(why) => unreached(settings, why),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => unread(settings),
    }
}

/// Nobody answers.
pub(super) fn unreached(settings: &Settings, why: &HttpFault) -> Refusal {
    let host = settings.host();
    tracing::warn!(%host, error = %chain(why), "the sign-in provider cannot be reached");
    Refusal::Unavailable(format!("The sign-in provider at {host} cannot be reached."))
}

/// Not what was to be read: a token may be in it.
pub(super) fn unread(settings: &Settings) -> Refusal {
    tracing::warn!(host = %settings.host(), "the provider's answer cannot be read");
    Refusal::Unproven("The provider's answer cannot be read. Sign in again.".to_owned())
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut at = error.source();
    while let Some(cause) = at {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        at = cause.source();
    }
    text
}
