//! `GET /api/auth/login` and `GET /api/auth/callback`.
//!
//! The browser comes back from the provider's site. It brings a cookie with `SameSite=Lax` on such a way, and none with
//! `Strict`: so the flow's cookie is `Lax`, lives ten minutes and is worth nothing without the state. The session's stays
//! `Strict`: the callback answers with a page of this station that goes on by itself, and what that asks for brings it.

use std::future::Future;

use audyn_service::api::{ApiError, Code};
use axum::extract::{Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;

use super::flows::LIFE;
use super::{Known, Oidc, Refusal, Returned, Settings};

/// What these routes need of the listener.
pub trait Desk: Clone + Send + Sync + 'static {
    /// Who talks to the provider.
    ///
    /// # Errors
    /// This machine lacks what it takes.
    fn oidc(&self) -> Result<&Oidc, ApiError>;
    /// The provider, if signing in by one is on.
    ///
    /// # Errors
    /// What is set for it cannot be used.
    fn provider(&self, asked: &Parts) -> impl Future<Output = Result<Option<Settings>, ApiError>> + Send;
    /// Whether this request came by TLS: cookies are for TLS only then.
    fn secure(&self, asked: &Parts) -> bool;
    /// Makes a session of somebody whom the provider knows; gives the session's cookie.
    ///
    /// # Errors
    /// They have no business here.
    fn enter(
        &self,
        known: Known,
        asked: &Parts,
    ) -> impl Future<Output = Result<HeaderValue, ApiError>> + Send;
}

/// The two routes.
pub fn routes<D: Desk>() -> Router<D> {
    Router::new().route("/api/auth/login", get(login::<D>)).route("/api/auth/callback", get(callback::<D>))
}

#[derive(Deserialize)]
struct Login {
    /// The page to go on with.
    next: Option<String>,
}

async fn login<D: Desk>(State(desk): State<D>, asked: Parts) -> Response {
    let wish = Query::<Login>::try_from_uri(&asked.uri).ok().and_then(|Query(login)| login.next);
    let settings = match desk.provider(&asked).await {
        Ok(Some(settings)) => settings,
        Ok(None) => return told(&asked, &off()),
        Err(error) => return told(&asked, &error),
    };
    let begun = match desk.oidc() {
        Ok(oidc) => oidc.begin(&settings, wish.as_deref()).await.map_err(ApiError::from),
        Err(error) => Err(error),
    };
    match begun {
        Err(error) => told(&asked, &error),
        Ok(begun) => {
            let cookie = flow_cookie(desk.secure(&asked), &begun.cookie, LIFE.as_secs());
            let reply = [(header::LOCATION, begun.location), (header::SET_COOKIE, cookie)];
            plain((StatusCode::FOUND, reply).into_response())
        }
    }
}

async fn callback<D: Desk>(State(desk): State<D>, asked: Parts) -> Response {
    let secure = desk.secure(&asked);
    let mut reply = match come_back(&desk, &asked, secure).await {
        Err(error) => told(&asked, &error),
        Ok((session, next)) => {
            let mut page = (StatusCode::OK, page_on(&next)).into_response();
            page.headers_mut().append(header::SET_COOKIE, session);
            plain(page)
        }
    };
    // It is worth nothing any more.
    if let Ok(gone) = HeaderValue::from_str(&flow_cookie(secure, "", 0)) {
        reply.headers_mut().append(header::SET_COOKIE, gone);
    }
    reply
}

async fn come_back<D: Desk>(
    desk: &D,
    asked: &Parts,
    secure: bool,
) -> Result<(HeaderValue, String), ApiError> {
    let settings = desk.provider(asked).await?.ok_or_else(off)?;
    // What cannot be read has no state, and so belongs to no flow.
    let returned = Query::<Returned>::try_from_uri(&asked.uri).map(|Query(all)| all).unwrap_or_default();
    let finished = desk.oidc()?.finish(&settings, returned, flow_of(&asked.headers, secure)).await?;
    Ok((desk.enter(finished.known, asked).await?, finished.next))
}

/// Name of the flow's cookie. With TLS no other host and no plain page can set it (RFC 6265bis, 4.1.3.2).
const fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-audyn-sign-in" } else { "audyn-sign-in" }
}

fn flow_cookie(secure: bool, value: &str, seconds: u64) -> String {
    let name = cookie_name(secure);
    let tls = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{tls}")
}

fn flow_of(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = pairs.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == cookie_name(secure)).map(|(_, value)| value)
}

fn off() -> ApiError {
    ApiError::conflict(
        "Signing in by a provider is not set up here. Sign in with a local user, or ask whoever runs the station.",
    )
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Unproven(_) => Code::Unauthenticated,
            Refusal::Unavailable(_) => Code::Unavailable,
        };
        Self::new(code, refusal.to_string())
    }
}

/// A page for people, JSON for programs.
fn told(asked: &Parts, error: &ApiError) -> Response {
    let status = StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let accept = asked.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let request_id = uuid::Uuid::now_v7().to_string();
    tracing::info!(%status, request_id, message = error.message, "nobody was signed in");
    let reply = if accept.contains("text/html") {
        (status, page_told(&error.message)).into_response()
    } else {
        (status, Json(ApiError { request_id, ..error.clone() })).into_response()
    };
    plain(reply)
}

/// Never kept, never framed, never told on; nothing runs in it.
fn plain(mut reply: Response) -> Response {
    let rules = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("content-security-policy"), "default-src 'none'; frame-ancestors 'none'"),
    ];
    for (name, value) in rules {
        reply.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    reply
}

fn page_on(next: &str) -> impl IntoResponse {
    let next = escaped(next);
    page(&format!(
        "<meta http-equiv=\"refresh\" content=\"0;url={next}\"><p>You are signed in. <a href=\"{next}\">Go on</a></p>"
    ))
}

fn page_told(message: &str) -> impl IntoResponse {
    page(&format!("<p>{}</p><p><a href=\"/\">Back</a></p>", escaped(message)))
}

fn page(body: &str) -> axum::response::Html<String> {
    axum::response::Html(format!("<!doctype html><html lang=\"en\"><title>Audyn</title>{body}</html>"))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}
