//! What the listener does not bear.

use std::time::Duration;

use audyn_web::Limits;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::rig::{PATIENCE, Rig, refusal};

#[tokio::test(flavor = "multi_thread")]
async fn another_name_for_this_machine_is_not_answered() {
    let rig = Rig::with(Limits::default(), json!({ "hosts": ["studio.example"] })).await;
    let ask =
        async |host: &str| rig.request(Method::GET, "/health").header("host", host).send().await.unwrap();
    for own in [
        format!("127.0.0.1:{}", rig.port),
        format!("localhost:{}", rig.port),
        format!("studio.example:{}", rig.port),
    ] {
        assert_eq!(ask(&own).await.status(), 200, "{own}");
    }
    for foreign in ["evil.example", "192.0.2.1", "127.0.0.1", "localhost:1", "studio.example.evil.example"] {
        let foreign = format!("{foreign}:{}", if foreign.contains(':') { "x" } else { "1" });
        let reply = rig
            .raw(format!("GET /health HTTP/1.1\r\nHost: {foreign}\r\nConnection: close\r\n\r\n").as_bytes())
            .await;
        assert!(reply.starts_with("HTTP/1.1 421 ") && reply.contains("\"request_id\""), "{foreign}: {reply}");
    }
    let with_port = format!("evil.example:{}", rig.port);
    refusal(ask(&with_port).await, 421, "forbidden").await;
    let none = rig.raw(b"GET /health HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert!(none.starts_with("HTTP/1.1 421 ") || none.starts_with("HTTP/1.1 400 "), "{none}");
    let two = format!(
        "GET /health HTTP/1.1\r\nHost: 127.0.0.1:{0}\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        rig.port
    );
    assert!(rig.raw(two.as_bytes()).await.starts_with("HTTP/1.1 421 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_from_elsewhere_does_nothing_here() {
    let rig = Rig::open().await;
    let page = rig.admin().await;
    let start = |origin: &str| {
        rig.request(Method::POST, "/api/control/start-all")
            .header("cookie", &page.cookie)
            .header("x-audyn-csrf", &page.csrf)
            .header("origin", origin)
    };
    for foreign in
        ["https://evil.example", "null", "http://localhost", &rig.origin().replace("http", "https")]
    {
        let reply = start(foreign).send().await.unwrap();
        assert!(!reply.headers().contains_key("access-control-allow-origin"), "{foreign}");
        refusal(reply, 403, "forbidden").await;
    }
    let own = start(&rig.origin()).header("sec-fetch-site", "cross-site").send().await.unwrap();
    refusal(own, 403, "forbidden").await;
    let own = start(&rig.origin()).header("sec-fetch-site", "same-origin").send().await.unwrap();
    assert_eq!(own.status(), 200);
    assert!(!own.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_reply_is_dressed() {
    let rig = Rig::open().await;
    for path in ["/", "/health", "/api/nothing", "/api/auth/me"] {
        let reply = rig.request(Method::GET, path).send().await.unwrap();
        let field = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
        let policy = field("content-security-policy");
        for part in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http"), "{policy}");
        assert_eq!(field("x-content-type-options"), "nosniff");
        assert_eq!(field("referrer-policy"), "no-referrer");
        assert!(field("permissions-policy").contains("microphone=()"));
        // Without TLS it would lock the browser out.
        assert!(!reply.headers().contains_key("strict-transport-security"));
        assert!(!reply.headers().contains_key("server"));
        let text = reply.text().await.unwrap();
        assert!(!text.contains(env!("CARGO_PKG_VERSION")) && !text.contains("/home/"), "{path}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_look_the_same_whatever_refuses() {
    let rig = Rig::open().await;
    let page = rig.admin().await;
    let send = async |method: Method, path: &str, kind: &str, body: String| {
        let request =
            rig.request(method, path).header("cookie", &page.cookie).header("x-audyn-csrf", &page.csrf);
        request.header("content-type", kind).body(body).send().await.unwrap()
    };
    let json = "application/json";
    let studios = "/api/studios/";
    refusal(rig.get(&page, "/api/nothing").await, 404, "not_found").await;
    refusal(rig.get(&page, "/nothing").await, 404, "not_found").await;
    refusal(rig.get(&page, "/..%2f..%2fetc%2fpasswd").await, 404, "not_found").await;
    refusal(send(Method::PATCH, studios, json, "{}".into()).await, 405, "invalid").await;
    refusal(send(Method::POST, studios, json, "{".into()).await, 400, "invalid").await;
    refusal(send(Method::POST, studios, json, "[]".into()).await, 400, "invalid").await;
    refusal(send(Method::POST, studios, json, "\u{0}".into()).await, 400, "invalid").await;
    refusal(send(Method::POST, studios, "text/plain", "{}".into()).await, 415, "invalid").await;
    refusal(send(Method::POST, studios, json, "{}".into()).await, 422, "invalid").await;
    refusal(
        send(Method::POST, studios, json, format!("{{\"name\":\"{}\"}}", "x".repeat(1 << 20))).await,
        413,
        "invalid",
    )
    .await;
    refusal(rig.get(&page, &format!("/api/assets/?search={}", "x".repeat(9000))).await, 414, "invalid").await;
    refusal(rig.get(&page, "/api/assets/?serach=x").await, 422, "invalid").await;
    refusal(rig.get(&page, "/api/recorders/one").await, 422, "invalid").await;
    refusal(rig.get(&page, "/api/recorders/99").await, 404, "not_found").await;
    let wrong_way = rig.get(&page, "/ws/events").await;
    refusal(wrong_way, 403, "forbidden").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn long_headers_are_refused() {
    let rig = Rig::open().await;
    let head = format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n", rig.port);
    let long = format!("{head}X-Long: {}\r\n\r\n", "x".repeat(20 << 10));
    assert!(rig.raw(long.as_bytes()).await.starts_with("HTTP/1.1 431 "));
    let many: String = (0..70).map(|i| format!("X-{i}: 1\r\n")).collect();
    assert!(rig.raw(format!("{head}{many}\r\n").as_bytes()).await.starts_with("HTTP/1.1 431 "));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_take_every_connection() {
    let limits = Limits { connections_of_one: 3, ..Limits::default() };
    let rig = Rig::with(limits, json!({})).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(("127.0.0.1", rig.port)).await.unwrap();
        let ask = format!("GET /health HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", rig.port);
        stream.write_all(ask.as_bytes()).await.unwrap();
        // Answered: it has its place.
        let mut some = [0; 12];
        timeout(PATIENCE, stream.read_exact(&mut some)).await.unwrap().unwrap();
        assert_eq!(&some, b"HTTP/1.1 200");
        held.push(stream);
    }
    assert_eq!(rig.raw(b"GET /health HTTP/1.1\r\n\r\n").await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_finish_asking_is_cut_off() {
    let short = Duration::from_millis(200);
    let limits = Limits { header: short, idle: short, request: short, ..Limits::default() };
    let rig = Rig::with(limits, json!({})).await;
    // Each of these would wait for ever.
    assert_eq!(rig.raw(b"").await, "");
    let half = rig.raw(b"GET /health HTTP/1.1\r\nHost: ").await;
    assert!(half.is_empty() || half.starts_with("HTTP/1.1 408"), "{half}");
    let body = format!(
        "POST /api/auth/local HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{{",
        rig.port
    );
    let half = rig.raw(body.as_bytes()).await;
    assert!(
        half.is_empty() || half.starts_with("HTTP/1.1 504") || half.starts_with("HTTP/1.1 400"),
        "{half}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_goes_no_further_is_ended() {
    // The other limits are longer than a test's patience.
    let limits = Limits { handshake: Duration::from_millis(300), ..Limits::default() };
    let mut rig = Rig::with(limits, json!({ "on": true, "interface": "lo" })).await;
    rig.until("TLS", |status| !status["fingerprint"].is_null()).await;
    // Nothing at all, and the beginning of a ClientHello.
    for begun in [&b""[..], b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"] {
        assert_eq!(rig.raw(begun).await, "");
    }
    let url = format!("https://127.0.0.1:{}/health", rig.port);
    assert_eq!(rig.client().get(&url).send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_does_no_harm() {
    let rig = Rig::open().await;
    for nonsense in
        [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"\r\n\r\n", b"GET\r\n\r\n", &[0xff; 4096]]
    {
        let reply = rig.raw(&[nonsense, b"\r\n\r\n"].concat()).await;
        assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 400 "), "{reply}");
    }
    let health: Value = rig.request(Method::GET, "/health").send().await.unwrap().json().await.unwrap();
    assert_eq!(health["status"], "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_a_lot_holds_up_nobody_else() {
    let limits = Limits { connections_of_one: 100, ..Limits::default() };
    let mut rig = Rig::with(limits, json!({})).await;
    let token = rig.token("viewer").await;
    let ask = |path: &'static str| {
        let request = rig.request(Method::GET, path).bearer_auth(&token);
        async move { request.send().await.map(|reply| reply.status().as_u16()) }
    };
    // More at once than the service works on: they wait for their turn on none of the threads that answer.
    let many = futures_util::future::join_all((0..64).map(|_| ask("/api/assets/?limit=1000")));
    let alive = async {
        for _ in 0..20 {
            assert_eq!(ask("/health").await.unwrap(), 200);
        }
    };
    let (many, ()) = timeout(PATIENCE, async { tokio::join!(many, alive) }).await.unwrap();
    assert!(many.into_iter().all(|status| matches!(status, Ok(200))));
    // And the station beats on.
    rig.until_event("a beat", |event| matches!(event, audyn_service::api::wire::AppEvent::Status(_))).await;
}
