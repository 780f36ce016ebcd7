//! Refusals as HTTP: always `{code, message, request_id}`, whatever refused.

use audyn_service::api::{ApiError, Code};
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;

/// A request that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    error: ApiError,
}

impl Problem {
    /// With this status, where the code's own is not the right one.
    pub fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, error: ApiError::new(code, message) }
    }

    /// No such path.
    pub fn no_such_path() -> Self {
        let message = "There is nothing at this address. What there is stands in /api/docs.";
        Self::new(StatusCode::NOT_FOUND, Code::NotFound, message)
    }

    /// Nobody who may ask.
    pub fn not_signed_in(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated, message)
    }
}

impl From<ApiError> for Problem {
    fn from(error: ApiError) -> Self {
        let status =
            StatusCode::from_u16(error.code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, error }
    }
}

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response<Body> {
        if self.error.request_id.is_empty() {
            self.error.request_id = uuid::Uuid::now_v7().to_string();
        }
        if self.status.is_client_error() {
            tracing::debug!(
                status = self.status.as_u16(),
                request_id = self.error.request_id,
                "{}",
                self.error
            );
        }
        let mut reply = json(self.status, &self.error);
        if self.status == StatusCode::UNAUTHORIZED {
            reply.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = self.error.retry_after {
            reply.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        reply
    }
}

/// A reply in JSON that nobody keeps.
pub fn json(status: StatusCode, value: &impl serde::Serialize) -> Response<Body> {
    let text = serde_json::to_vec(value).unwrap_or_default();
    let mut reply = Response::new(Body::from(text));
    *reply.status_mut() = status;
    let fields = reply.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    reply
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_to_wait_is_told_how_long() {
        let told = |error: ApiError| {
            let reply = Problem::from(error).into_response();
            reply.headers().get(header::RETRY_AFTER).map(|field| field.to_str().unwrap().to_owned())
        };
        assert_eq!(told(ApiError::too_many("Too many attempts.", 40)).as_deref(), Some("40"));
        // A number in a sentence is none.
        assert_eq!(told(ApiError::new(Code::TooMany, "There are 40.")), None);
        assert_eq!(told(ApiError::conflict("There are 40.")), None);
    }
}
