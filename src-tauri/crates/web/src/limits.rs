//! What the listener bears at most. Everything from outside is bounded in size, number and time.

use std::time::Duration;

/// Bounds of the listener. [`Limits::default`] is what a station runs with; the load bench raises the connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all; more are closed as they come.
    pub connections: usize,
    /// Connections of one address (of an IPv6 network of 64 bits).
    pub connections_of_one: usize,
    /// Bytes of a request's body.
    pub body: usize,
    /// Bytes of a request's line and header fields together.
    pub header_bytes: usize,
    /// Header fields.
    pub header_fields: usize,
    /// Bytes of a request's target.
    pub target: usize,
    /// A TLS handshake.
    pub handshake: Duration,
    /// From the beginning of a request until its header is whole.
    pub header: Duration,
    /// From a request's header until its reply begins. A service's operation ends by itself after 30 s.
    pub request: Duration,
    /// A connection on which nothing moves in either direction.
    pub idle: Duration,
    /// A client that takes nothing of what it is sent.
    pub stall: Duration,
    /// A block of 64 KiB of a file: a client that takes longer is cut off.
    pub block: Duration,
    /// Requests at once on one HTTP/2 connection.
    pub streams: u32,
    /// Files being sent at once.
    pub files: usize,
    /// Blocks of files being read at once, beside the threads that answer. A disk that hangs keeps its turn: at most so
    /// many threads wait for it.
    pub reads: usize,
    /// WebSockets in all.
    pub sockets: usize,
    /// How often a WebSocket's right to be there is looked at.
    pub recheck: Duration,
    /// How long a client may say nothing before it is told that the line lives.
    pub keepalive: Duration,
    /// One message on its way to a WebSocket's client: one that takes none of it for so long is closed.
    pub message: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        let s = Duration::from_secs;
        Self {
            connections: 1024,
            connections_of_one: 32,
            body: 1 << 20,
            header_bytes: 16 << 10,
            header_fields: 64,
            target: 8 << 10,
            handshake: s(10),
            header: s(10),
            request: s(35),
            idle: s(75),
            stall: s(30),
            block: s(60),
            streams: 32,
            files: 64,
            reads: 8,
            sockets: 640,
            recheck: s(3),
            keepalive: s(30),
            message: s(10),
        }
    }
}
