//! The one contract: what can be asked of Audyn, by whom, and in which words.
//!
//! Each operation is declared once, in [`OPERATIONS`]: name, access level, REST method and path, request and reply. From
//! that come the dispatch that every door uses, the [OpenAPI document](openapi) and the [TypeScript client's
//! types](typescript). Its body is an `async fn` of [`Service`](crate::Service).

mod caller;
mod contract;
mod error;
pub mod openapi;
pub mod typescript;
pub mod wire;

pub use caller::{Caller, CredentialId, CsrfToken, Door, Identity};
pub use contract::{Access, Method, OPERATIONS, Operation, dispatch};
pub use error::{ApiError, Code};
