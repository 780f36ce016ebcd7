//! What programs read: whether it lives, every counter, and what can be asked, for programs and for people.

mod openapi;
mod reference;

use audyn_service::api::{Access, ApiError, Caller, Code};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::routing::get;
use serde_json::json;

pub use openapi::document;

use crate::door::Door;
use crate::problem::{Problem, json as reply_json};
use crate::seat;

/// Prometheus' text exposition format.
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Their addresses.
pub fn routes() -> Router<Door> {
    Router::new()
        .route("/health", get(health))
        .route("/metrics", get(metrics))
        .route("/api/openapi.json", get(openapi))
        .route("/api/docs", get(reference))
        .route("/api/docs.css", get(style))
}

/// For everybody, so it says that much and no more.
async fn health() -> Response<Body> {
    reply_json(StatusCode::OK, &json!({ "status": "ok" }))
}

async fn metrics(State(door): State<Door>, request: Request) -> Result<Response<Body>, Problem> {
    let seat = seat::take(&door, &request, false)?;
    see_all(&seat.caller)?;
    let service = door.service().clone();
    let text = tokio::task::spawn_blocking(move || service.prometheus()).await.map_err(ApiError::internal)?;
    Ok(text_reply(PROMETHEUS, text))
}

/// Counters are about the whole station: whoever belongs to one studio sees that one's in the API.
fn see_all(caller: &Caller) -> Result<(), Problem> {
    if caller.access == Access::Studio {
        let message = "The counters are about the whole station. Ask with an account that sees all of it.";
        return Err(ApiError::new(Code::Forbidden, message).into());
    }
    Ok(())
}

async fn openapi(State(door): State<Door>, request: Request) -> Result<Response<Body>, Problem> {
    seat::take(&door, &request, false)?;
    Ok(reply_json(StatusCode::OK, document()))
}

async fn reference(State(door): State<Door>, request: Request) -> Result<Response<Body>, Problem> {
    seat::take(&door, &request, false)?;
    Ok(text_reply("text/html; charset=utf-8", reference::page(document())))
}

async fn style() -> Response<Body> {
    text_reply("text/css; charset=utf-8", reference::STYLE.to_owned())
}

fn text_reply(kind: &'static str, text: String) -> Response<Body> {
    let mut reply = Response::new(Body::from(text));
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}
