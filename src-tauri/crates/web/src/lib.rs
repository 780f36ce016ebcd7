//! The LAN listener: REST, WebSocket, the page and the media, over the one contract.
//!
//! It adds no behaviour: who may do what is decided by the service; here is what HTTP needs. See the crate's README for what
//! it guarantees.

mod accept;
mod census;
mod documents;
mod door;
mod fields;
mod guard;
mod limits;
mod listener;
mod media;
mod names;
pub mod oidc;
mod page;
mod patient;
mod plan;
mod problem;
mod range;
mod rest;
mod routes;
mod rules;
mod seat;
mod sign_in;
mod socket;
mod tls;

pub use limits::Limits;
pub use listener::Web;
