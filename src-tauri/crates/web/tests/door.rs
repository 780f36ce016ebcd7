//! The listener through its own door: real sockets, real TLS, a real service with test tones behind it.

#![allow(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "a test that cannot go on has failed"
)]

#[path = "door/defence.rs"]
mod defence;
#[path = "door/following.rs"]
mod following;
#[path = "door/http2.rs"]
mod http2;
#[path = "door/media.rs"]
mod media;
#[path = "door/proxy.rs"]
mod proxy;
#[path = "door/rest.rs"]
mod rest;
#[path = "door/rig.rs"]
mod rig;
#[path = "door/signing_in.rs"]
mod signing_in;
#[path = "door/sockets.rs"]
mod sockets;
