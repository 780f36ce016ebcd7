//! The clients.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tokio::net::TcpStream;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::Load;

pub fn run(load: &Load) {
    // Nothing here speaks TLS; the client wants to know all the same by whom it would be done.
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Runtime::new().expect("a runtime").block_on(talk(load));
}

async fn talk(load: &Load) {
    let gaps = Arc::new(Mutex::new(Vec::new()));
    let mut stalled = Vec::new();
    let mut healthy = Vec::new();
    for client in 0..load.clients {
        // Those that stall come first: of the healthy ones, as many as are left read JSON.
        let json = client >= load.clients.saturating_sub(load.json);
        let socket = open(load, json).await;
        if client < load.stalled {
            stalled.push(socket);
        } else {
            let (gaps, seconds) = (Arc::clone(&gaps), load.seconds);
            healthy.push(tokio::spawn(listen(socket, seconds, gaps)));
        }
    }
    let requests = ask(load).await;
    let mut ended = 0;
    for task in healthy {
        ended += usize::from(!task.await.expect("a client ends"));
    }
    let mut gaps = std::mem::take(&mut *gaps.lock().expect("nobody panicked"));
    gaps.sort_unstable();
    let (p50, p99, worst) = (percentile(&gaps, 0.5), percentile(&gaps, 0.99), percentile(&gaps, 1.0));
    println!(
        "  healthy clients: {} frames, between frames p50 {p50:.1} ms, p99 {p99:.1} ms, worst {worst:.1} ms; {ended} ended",
        gaps.len()
    );
    let gone = stalled.into_iter().map(closed);
    let gone = futures_util::future::join_all(gone).await.into_iter().filter(|gone| *gone).count();
    println!("  stalled clients: {gone} of {} were closed", load.stalled);
    println!("{requests}");
}

/// A client of the binary form, or of JSON.
async fn open(load: &Load, json: bool) -> WebSocketStream<TcpStream> {
    let mut request =
        format!("ws://127.0.0.1:{}/ws/levels", load.port).into_client_request().expect("a request");
    let fields = request.headers_mut();
    fields.insert("authorization", format!("Bearer {}", load.token).parse().expect("a field"));
    if !json {
        fields.insert("sec-websocket-protocol", "audyn.levels.v1".parse().expect("a field"));
    }
    let stream = TcpStream::connect(("127.0.0.1", load.port)).await.expect("a connection");
    client_async(request, stream).await.expect("a WebSocket").0
}

/// Notes the time between frames; whether it went on until the end.
async fn listen(
    mut socket: WebSocketStream<TcpStream>,
    seconds: u64,
    gaps: Arc<Mutex<Vec<Duration>>>,
) -> bool {
    let begun = Instant::now();
    let mut own = Vec::new();
    let mut last: Option<Instant> = None;
    let went_on = loop {
        if begun.elapsed().as_secs() >= seconds {
            break true;
        }
        match socket.next().await {
            Some(Ok(Message::Binary(_) | Message::Text(_))) => {
                let now = Instant::now();
                own.extend(last.map(|last| now - last));
                last = Some(now);
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => break false,
        }
    };
    gaps.lock().expect("nobody panicked").extend(own);
    went_on
}

/// Whether the listener had closed it.
async fn closed(mut socket: WebSocketStream<TcpStream>) -> bool {
    let rest = async { while let Some(Ok(_)) = socket.next().await {} };
    timeout(Duration::from_secs(1), rest).await.is_ok()
}

async fn ask(load: &Load) -> String {
    let client = reqwest::Client::new();
    let times = Arc::new(Mutex::new((Vec::new(), 0_u32)));
    let mut beat = interval(Duration::from_secs_f64(1.0 / load.requests.max(1) as f64));
    beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let begun = Instant::now();
    let paths = ["/api/recorders/", "/api/control/status", "/api/assets/?limit=50", "/api/recorders/1"];
    for path in paths.iter().cycle() {
        if begun.elapsed().as_secs() >= load.seconds {
            break;
        }
        beat.tick().await;
        let request = client.get(format!("http://127.0.0.1:{}{path}", load.port)).bearer_auth(&load.token);
        let times = Arc::clone(&times);
        tokio::spawn(async move {
            let begun = Instant::now();
            let reply = request.send().await;
            let good = match reply {
                Ok(reply) => reply.status().is_success() && reply.bytes().await.is_ok(),
                Err(_) => false,
            };
            let mut times = times.lock().expect("nobody panicked");
            if good { times.0.push(begun.elapsed()) } else { times.1 += 1 }
        });
    }
    sleep(Duration::from_secs(1)).await;
    let mut times = times.lock().expect("nobody panicked");
    times.0.sort_unstable();
    let failed = times.1;
    let (p50, p99) = (percentile(&times.0, 0.5), percentile(&times.0, 0.99));
    format!("  requests: {} answered, {failed} failed, p50 {p50:.1} ms, p99 {p99:.1} ms", times.0.len())
}

fn percentile(sorted: &[Duration], share: f64) -> f64 {
    let at = (sorted.len().saturating_sub(1)) as f64 * share;
    sorted.get(at as usize).map_or(f64::NAN, |gap| gap.as_secs_f64() * 1000.0)
}
