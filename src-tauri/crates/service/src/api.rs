//! The one contract: what can be asked of Audyn, by whom, and in which words.
//!
//! Each operation is declared once, in [`OPERATIONS`]: name, access level, REST method and path, request and reply. From
//! that come the dispatch that every door uses, the [OpenAPI document](openapi) and the [TypeScript client's
//! types](typescript). Its body is an `async fn` of [`Service`](crate::Service).

mod contract;
mod error;
pub mod openapi;
pub mod typescript;
pub mod wire;

pub use contract::{Access, Method, OPERATIONS, Operation, dispatch};
pub use error::{ApiError, Code};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// What the caller may do at most.
    pub access: Access,
    /// The studio a caller with [`Access::Studio`] belongs to.
    pub studio_id: Option<String>,
}

impl Caller {
    /// The person at this machine's own screen.
    #[must_use]
    pub const fn local() -> Self {
        Self { access: Access::Admin, studio_id: None }
    }
}
