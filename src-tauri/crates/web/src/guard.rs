//! What every request passes before anything looks at it, and what every reply carries.

use std::panic::AssertUnwindSafe;

use audyn_service::api::{ApiError, Code};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::Next;
use axum::response::IntoResponse as _;
use futures_util::FutureExt as _;
use tokio::time::timeout;

use crate::accept::Line;
use crate::door::Door;
use crate::names::Entrance;
use crate::problem::Problem;

/// Only what comes from here, nothing inline, nobody's frame. A page that shows something else shows nothing.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; \
    connect-src 'self'; media-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
    frame-ancestors 'none'; object-src 'none'";
/// What the page never asks a browser for.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
    magnetometer=(), microphone=(), midi=(), payment=(), usb=()";
const HTTPS_A_YEAR: &str = "max-age=31536000";

/// Where a request came in, for what looks at it further in.
#[derive(Clone, Copy, Debug)]
pub struct Came {
    /// From here.
    pub from: std::net::IpAddr,
    /// To here.
    pub entrance: Entrance,
}

/// Lets a request in, or not; dresses every reply.
pub async fn guard(State(door): State<Door>, mut request: Request, next: Next) -> Response<Body> {
    let Some(line) = request.extensions().get::<Line>().copied() else {
        return Problem::from(ApiError::internal("a request without a connection")).into_response();
    };
    let rules = door.rules();
    let from = rules.sender(line.from, request.headers());
    let secure = line.tls || rules.secure_before(request.headers());
    let proxied = rules.proxy;
    let entrance = Entrance { address: line.to.ip(), port: line.to.port(), secure, proxied };
    request.extensions_mut().insert(Came { from, entrance });
    let mut reply = match may_enter(&door, &request, entrance) {
        Err(problem) => problem.into_response(),
        Ok(()) => answer(&door, request, next).await,
    };
    dress(reply.headers_mut(), secure);
    reply
}

/// The reply, within its time; a fault of ours is a reply, too.
async fn answer(door: &Door, request: Request, next: Next) -> Response<Body> {
    let limit = door.limits().request;
    let path = request.uri().path().to_owned();
    match timeout(limit, AssertUnwindSafe(next.run(request)).catch_unwind()).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(_)) => {
            Problem::from(ApiError::internal(format!("a panic while answering {path}"))).into_response()
        }
        Err(_) => {
            let message = "This took too long and was given up. Recording goes on. Try again.";
            Problem::from(ApiError::new(Code::Timeout, message)).into_response()
        }
    }
}

/// Its size, and by which name and from which page it asks.
fn may_enter(door: &Door, request: &Request, entrance: Entrance) -> Result<(), Problem> {
    let limits = door.limits();
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > limits.target {
        let message =
            format!("The address of a request may have {} bytes; this one has more.", limits.target);
        return Err(Problem::new(StatusCode::URI_TOO_LONG, Code::Invalid, message));
    }
    if request.headers().len() > limits.header_fields {
        let message =
            format!("A request may have {} header fields; this one has more.", limits.header_fields);
        return Err(Problem::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, Code::Invalid, message));
    }
    let rules = door.rules();
    let host = host(request);
    if !host.as_deref().is_some_and(|host| rules.names.allow(host, entrance)) {
        let message = "This recorder does not answer to the name in this address. Use its own address, or let an \
            administrator add the name in Settings, Network access.";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, Code::Forbidden, message));
    }
    // A browser tells where a page is from for everything that is not a plain look. Whoever tells must be ours.
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    let (origin, more) = (origins.next(), origins.next());
    let foreign = origin.is_some_and(|origin| {
        let same =
            |origin: &str| rules.names.same_origin(origin, host.as_deref().unwrap_or_default(), entrance);
        more.is_some() || !origin.to_str().is_ok_and(same)
    });
    let site = request.headers().get("sec-fetch-site").and_then(|site| site.to_str().ok());
    let cross = matches!(site, Some("cross-site" | "same-site")) && !is_look(request);
    if foreign || cross {
        let message = "Another page than this recorder's own asked for this. It was not done.";
        return Err(Problem::new(StatusCode::FORBIDDEN, Code::Forbidden, message));
    }
    Ok(())
}

/// Following a link from elsewhere is no harm: the page loads, and its cookie stays at home (SameSite).
fn is_look(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
        && !request.headers().contains_key(header::UPGRADE)
}

/// By which name it asks: once, and the same in both places if there are two.
fn host(request: &Request) -> Option<String> {
    let mut fields = request.headers().get_all(header::HOST).iter();
    let (field, more) = (fields.next(), fields.next());
    let in_target = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let field = match field {
        None => None,
        Some(field) => Some(field.to_str().ok()?.to_owned()),
    };
    match (field, in_target, more) {
        (Some(field), None, None) => Some(field),
        (None, Some(target), None) => Some(target),
        (Some(field), Some(target), None) if field.eq_ignore_ascii_case(&target) => Some(field),
        _ => None,
    }
}

fn dress(fields: &mut HeaderMap, secure: bool) {
    let mut put = |name: HeaderName, value: &'static str| {
        fields.insert(name, HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, CSP);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "no-referrer");
    put(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    put(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    if secure {
        put(header::STRICT_TRANSPORT_SECURITY, HTTPS_A_YEAR);
    }
    fields.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
