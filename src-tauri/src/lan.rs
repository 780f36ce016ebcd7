//! The LAN listener, beside the service whose settings it follows.

use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::Service;
use audyn_web::{Limits, Web};

/// How long whoever is connected may take to finish.
pub const DEADLINE: Duration = Duration::from_millis(2500);

/// Starts it. Without it everything else goes on.
pub fn start(service: &Service) -> Option<Web> {
    match Web::start(service.clone(), Arc::new(SystemClock), Limits::default()) {
        Ok(web) => Some(web),
        Err(error) => {
            tracing::error!("there is no LAN listener: {error}");
            None
        }
    }
}
