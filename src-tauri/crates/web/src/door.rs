//! What all requests share, and the table of what can be asked.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use audyn_model::Clock;
use audyn_service::Service;
use audyn_service::api::{ApiError, Code, OPERATIONS, Operation};
use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::limits::Limits;
use crate::oidc::{self, Oidc};
use crate::problem::Problem;
use crate::rules::Rules;
use crate::{documents, guard, media, page, rest, sign_in, socket};

/// Texts below this many bytes are not worth compressing.
const WORTH_COMPRESSING: u16 = 1024;

/// What every request may use. Clones are the same one.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    service: Service,
    limits: Limits,
    rules: RwLock<Arc<Rules>>,
    fields: HashMap<&'static str, Map<String, Value>>,
    files: Arc<Semaphore>,
    reads: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
    levels: socket::LevelsHub,
    events: socket::EventsHub,
    oidc: Result<Oidc, String>,
}

impl Door {
    /// A door to this service.
    pub fn new(service: Service, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            oidc: Oidc::new(Arc::clone(&clock)),
            fields: OPERATIONS.iter().map(|operation| (operation.name, operation.fields())).collect(),
            files: Arc::new(Semaphore::new(limits.files)),
            reads: Arc::new(Semaphore::new(media::READS)),
            sockets: Arc::new(Semaphore::new(limits.sockets)),
            levels: socket::LevelsHub::new(service.clone(), clock),
            events: socket::EventsHub::new(service.clone()),
            rules: RwLock::default(),
            service,
            limits,
        }))
    }

    /// What is behind it.
    pub fn service(&self) -> &Service {
        &self.0.service
    }

    /// What it bears.
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// The rules that hold now.
    pub fn rules(&self) -> Arc<Rules> {
        Arc::clone(&self.0.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Other rules, from the next request on.
    pub fn change_rules(&self, rules: Rules) {
        *self.0.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }

    /// The schemas of an operation's fields.
    pub(crate) fn fields(&self, operation: &Operation) -> &Map<String, Value> {
        &self.0.fields[operation.name]
    }

    /// Who talks to the identity provider.
    pub(crate) fn oidc(&self) -> Result<&Oidc, ApiError> {
        self.0.oidc.as_ref().map_err(|why| ApiError::unavailable(why.clone()))
    }

    pub(crate) fn files(&self) -> &Arc<Semaphore> {
        &self.0.files
    }

    pub(crate) fn reads(&self) -> &Arc<Semaphore> {
        &self.0.reads
    }

    pub(crate) fn sockets(&self) -> &Arc<Semaphore> {
        &self.0.sockets
    }

    pub(crate) fn levels(&self) -> &socket::LevelsHub {
        &self.0.levels
    }

    pub(crate) fn events(&self) -> &socket::EventsHub {
        &self.0.events
    }
}

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
