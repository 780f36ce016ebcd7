use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why an operation was not done. Nothing was changed then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ApiError {
    /// To branch on.
    pub code: Code,
    /// For people: what is wrong, and what to do.
    pub message: String,
    /// Finds the request in the log.
    pub request_id: String,
    /// Where it was too often: seconds until it may be tried again, from 1. The message names them too; what crosses a door
    /// as JSON has them there only, and HTTP says them as `Retry-After`.
    #[serde(skip)]
    #[ts(skip)]
    pub retry_after: Option<u64>,
}

/// Kinds of refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request cannot be read, or a value in it is out of range.
    Invalid,
    /// There is no such thing.
    NotFound,
    /// It does not go with how things are now.
    Conflict,
    /// Nobody knows who asks: not signed in, or not any more.
    Unauthenticated,
    /// The caller may not.
    Forbidden,
    /// Too often: again after the seconds that the message names, and over HTTP `Retry-After`.
    TooMany,
    /// What is needed is not at hand: a disk, a device, the network.
    Unavailable,
    /// It took too long and was given up.
    Timeout,
    /// A fault of the program; the log knows more.
    Internal,
}

impl Code {
    /// The status of an HTTP reply.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Invalid => 422,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Timeout => 504,
            Self::Internal => 500,
        }
    }
}

impl ApiError {
    /// An error of this kind; its request's id is set where it crosses the door.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), request_id: String::new(), retry_after: None }
    }

    /// Something that was tried too often, or by too many at once. `why` is a sentence; when to try again is said after it.
    pub fn too_many(why: &str, seconds: u64) -> Self {
        let seconds = seconds.max(1);
        let unit = if seconds == 1 { "second" } else { "seconds" };
        let message = format!("{why} Try again in {seconds} {unit}.");
        Self { retry_after: Some(seconds), ..Self::new(Code::TooMany, message) }
    }

    /// A value that is out of range, or a request that cannot be read.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message)
    }

    /// Something that is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// Something that does not go with how things are.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::new(Code::Conflict, message)
    }

    /// Something that is needed and not at hand.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Code::Unavailable, message)
    }

    /// A fault of the program: it goes to the log, and nothing of it to the caller.
    pub fn internal(fault: impl fmt::Display) -> Self {
        tracing::error!(%fault, "an operation met a fault of the program");
        Self::new(Code::Internal, "Audyn met a fault of its own. Recording goes on. The log has the details.")
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_to_wait_is_told_how_long_beside_the_three_keys() {
        let one = ApiError::too_many("There were too many attempts.", 1);
        assert_eq!(one.message, "There were too many attempts. Try again in 1 second.");
        let none = ApiError::too_many("There were too many attempts.", 0);
        assert_eq!((none.retry_after, &none.message), (Some(1), &one.message));
        let many = ApiError::too_many("There were too many attempts.", 40);
        assert_eq!((many.code, many.retry_after), (Code::TooMany, Some(40)));
        assert_eq!(many.message, "There were too many attempts. Try again in 40 seconds.");
        let keys = |error: &ApiError| -> Vec<String> {
            serde_json::to_value(error).unwrap().as_object().unwrap().keys().cloned().collect()
        };
        assert_eq!(keys(&many), ["code", "message", "request_id"]);
    }
}
