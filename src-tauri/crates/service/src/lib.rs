//! The application. Here engine and archive, which do not know each other, are introduced: a recorder takes a source's
//! frames and writes an archive's segments. [`Service`] is the whole of it: what every door asks, by the one contract
//! in [`api`].

pub mod access;
pub mod api;
pub mod backups;
mod book;
mod clock;
pub mod configuration;
mod demo;
mod discovery;
mod disk_watch;
mod doctors;
pub mod events;
mod files;
mod forecast;
mod inner;
mod jobs;
mod levels;
mod listening;
mod metrics;
mod naming;
mod notices;
mod operations;
mod options;
mod outbox;
pub mod playback;
pub mod recorder;
pub mod secrets;
mod service;
mod station;
mod store;
mod terms;

pub use levels::Levels;
pub use operations::ENTRA_SECRET;
pub use options::Options;
pub use service::{OpenError, Service};
pub use store::source_named;
