//! The application. Here engine and archive, which do not know each other, are introduced: a recorder takes a source's
//! frames and writes an archive's segments.

pub mod events;
pub mod recorder;
