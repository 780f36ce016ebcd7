//! What all requests share.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use audyn_model::Clock;
use audyn_service::Service;
use audyn_service::api::{ApiError, OPERATIONS, Operation};
use serde_json::{Map, Value};
use tokio::sync::Semaphore;

use crate::limits::Limits;
use crate::oidc::Oidc;
use crate::rules::Rules;
use crate::socket::event_hub::EventsHub;
use crate::socket::level_hub::LevelsHub;

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
    levels: LevelsHub,
    events: EventsHub,
    oidc: Result<Oidc, String>,
}

impl Door {
    /// A door to this service.
    pub fn new(service: Service, clock: Arc<dyn Clock>, limits: Limits) -> Self {
        Self(Arc::new(Inner {
            oidc: Oidc::new(Arc::clone(&clock)),
            fields: OPERATIONS.iter().map(|operation| (operation.name, operation.fields())).collect(),
            files: Arc::new(Semaphore::new(limits.files)),
            reads: Arc::new(Semaphore::new(limits.reads)),
            sockets: Arc::new(Semaphore::new(limits.sockets)),
            levels: LevelsHub::new(service.clone(), clock),
            events: EventsHub::new(service.clone()),
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

    pub(crate) fn levels(&self) -> &LevelsHub {
        &self.0.levels
    }

    pub(crate) fn events(&self) -> &EventsHub {
        &self.0.events
    }
}
