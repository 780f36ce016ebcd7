//! Connections: from the socket through TLS to a request.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::census::Census;
use crate::limits::Limits;
use crate::patient::Patient;

/// What waits in the kernel until it is accepted.
const BACKLOG: i32 = 256;
/// What may wait for one client in the kernel: it bounds both memory and how old levels can get on their way.
const SEND_BUFFER: usize = 256 << 10;
/// How long connections may go on with what they are doing once the listener ends.
pub const FINISH: Duration = Duration::from_secs(2);

/// The ends of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who.
    pub from: IpAddr,
    /// The address that was asked.
    pub to: SocketAddr,
    /// By TLS.
    pub tls: bool,
}

/// What every connection of one listener shares.
pub struct Hall {
    /// What answers.
    pub router: Router,
    /// None for plain HTTP.
    pub tls: Option<TlsAcceptor>,
    /// Its bounds.
    pub limits: Limits,
    /// Who is there.
    pub census: Census,
}

/// Tells whatever goes on with a connection that it should end.
#[derive(Clone)]
pub struct Stop(pub watch::Receiver<bool>);

/// Waits until it is told, or whoever would tell is gone.
pub async fn told(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Binds. An IPv6 address means just that, never IPv4 as well.
///
/// # Errors
/// The system's.
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM.nonblocking(), Some(Protocol::TCP))?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.set_reuse_address(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Accepts until it is told to stop; then connections have [`FINISH`] for what they are doing.
pub async fn accept(listener: TcpListener, hall: Arc<Hall>, mut stop: watch::Receiver<bool>) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told(&mut stop) => return,
        };
        match accepted {
            Ok((stream, from)) => {
                let Some(place) = hall.census.enter(from.ip(), &hall.limits) else { continue };
                tokio::spawn(serve(stream, from.ip().to_canonical(), Arc::clone(&hall), place, stop.clone()));
            }
            Err(error) => {
                // Out of file descriptors or memory: whoever leaves makes room.
                tracing::debug!("a connection was not accepted: {error}");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn serve(
    stream: TcpStream,
    from: IpAddr,
    hall: Arc<Hall>,
    place: crate::census::Place,
    stop: watch::Receiver<bool>,
) {
    let Ok(to) = stream.local_addr() else { return };
    let _ = stream.set_nodelay(true);
    let line = Line { from, to, tls: hall.tls.is_some() };
    // The place is held by the stream itself: a WebSocket goes on after its connection has become it.
    let stream = Patient::new(stream, hall.limits.idle, hall.limits.stall, place);
    match &hall.tls {
        None => talk(stream, line, false, &hall, stop).await,
        Some(tls) => {
            let Ok(Ok(stream)) = timeout(hall.limits.handshake, tls.accept(stream)).await else { return };
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            talk(stream, line, http2, &hall, stop).await;
        }
    }
}

async fn talk<S>(stream: S, line: Line, http2: bool, hall: &Hall, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let carried = Stop(stop.clone());
    let service = hall.router.clone().map_request(move |request: Request<_>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(line);
        request.extensions_mut().insert(carried.clone());
        request
    });
    let builder = builder(http2, &hall.limits);
    let connection =
        builder.serve_connection_with_upgrades(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = told(&mut stop) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = timeout(FINISH, connection).await;
}

fn builder(http2: bool, limits: &Limits) -> Builder<TokioExecutor> {
    let builder = Builder::new(TokioExecutor::new());
    let mut builder = if http2 { builder.http2_only() } else { builder.http1_only() };
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_headers(limits.header_fields)
        .max_buf_size(limits.header_bytes);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(u32::try_from(limits.header_bytes).unwrap_or(u32::MAX))
        .max_send_buf_size(64 << 10);
    builder
}
