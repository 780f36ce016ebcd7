//! The LAN listener.
