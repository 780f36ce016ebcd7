//! The page, as it was built into the program.

use audyn_service::api::Code;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Method, Response, StatusCode, header};
use axum::response::IntoResponse as _;

use crate::problem::Problem;

/// Its files by their names; none in a program that was built without it.
const FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));
const INDEX: &str = "index.html";

/// A file of the page, or a refusal: whatever no other route takes.
pub async fn serve(request: Request) -> Response<Body> {
    let path = request.uri().path();
    let name = path.trim_start_matches('/');
    let ours = path.starts_with("/api/") || path.starts_with("/ws/");
    if ours || !matches!(*request.method(), Method::GET | Method::HEAD) {
        return Problem::no_such_path().into_response();
    }
    let name = if name.is_empty() { INDEX } else { name };
    let Some(bytes) = find(name) else {
        if name == INDEX {
            let message =
                "This Audyn was built without its page. The API is here all the same: see /api/docs.";
            return Problem::new(StatusCode::NOT_FOUND, Code::NotFound, message).into_response();
        }
        return Problem::no_such_path().into_response();
    };
    // Names of what is below assets/ hold a hash of what is in them.
    let keep = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let reply = Response::builder()
        .header(header::CONTENT_TYPE, content_type(name))
        .header(header::CACHE_CONTROL, keep)
        .body(Body::from(bytes));
    reply.unwrap_or_else(|error| Problem::from(audyn_service::api::ApiError::internal(error)).into_response())
}

fn find(name: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(known, _)| *known == name).map(|(_, bytes)| *bytes)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, suffix)| suffix) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
