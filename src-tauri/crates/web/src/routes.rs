//! The table of what can be asked.

use audyn_service::api::Code;
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::door::Door;
use crate::problem::Problem;
use crate::{documents, guard, media, oidc, page, rest, sign_in, socket};

/// Texts below this many bytes are not worth compressing.
const WORTH_COMPRESSING: u16 = 1024;

/// Everything that can be asked. A path that is there twice is a fault that shows when the program starts, and in a test.
pub fn router(door: Door) -> Router {
    rest::routes()
        .merge(sign_in::routes())
        .merge(oidc::routes::routes())
        .merge(documents::routes())
        .route("/api/assets/{id}/content", get(media::content))
        .route("/ws/levels", get(socket::levels))
        .route("/ws/events", get(socket::events))
        .fallback(page::serve)
        .method_not_allowed_fallback(no_such_method)
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(compressed()))
        .layer(from_fn_with_state(door.clone(), guard::guard))
        .with_state(door)
}

/// Text, as far as it is worth it. Recordings are not text.
fn compressed() -> impl Predicate {
    SizeAbove::new(WORTH_COMPRESSING)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("audio/"))
        .and(NotForContentType::const_new("font/"))
        .and(NotForContentType::const_new("application/octet-stream"))
}

async fn no_such_method() -> Problem {
    let message = "This cannot be asked in this way (another HTTP method is needed). See /api/docs.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, Code::Invalid, message)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use audyn_service::api::OPERATIONS;

    use super::*;

    #[test]
    fn no_two_operations_have_one_route() {
        let mut routes = BTreeSet::new();
        for operation in OPERATIONS {
            // Two names for one place in a path would be one route.
            let shape: Vec<&str> = operation
                .path
                .split('/')
                .map(|part| if part.starts_with('{') { "{}" } else { part })
                .collect();
            assert!(routes.insert((operation.method.as_str(), shape)), "{}", operation.name);
        }
        // And the router itself refuses what overlaps.
        let _ = rest::routes().merge(sign_in::routes()).merge(documents::routes());
    }
}
