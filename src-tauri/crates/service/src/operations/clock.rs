use crate::Service;
use crate::api::wire::*;
use crate::api::{ApiError, Caller};

impl Service {
    pub(crate) async fn clock(&self, _: &Caller, _: Empty) -> Result<ClockStatus, ApiError> {
        self.work(|inner| Ok(crate::clock::status(&inner.clock.view()))).await
    }
}
