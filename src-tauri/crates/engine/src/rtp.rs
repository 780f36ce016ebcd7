//! Packets and media time: RFC 3550 as AES67 and ST 2110-30 use it.

pub mod packet;
pub mod payload;
pub mod sequence;
pub mod timeline;

pub use payload::Encoding;
