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
    /// Too often: again after the seconds that the message names.
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
        Self { code, message: message.into(), request_id: String::new() }
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
