//! Where audio comes from.

pub mod aes67;
