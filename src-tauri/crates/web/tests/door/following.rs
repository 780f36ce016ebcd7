//! The listener follows its settings while the program runs.

use std::net::TcpListener;

use audyn_service::api::wire::AppEvent;
use audyn_web::Limits;
use reqwest::{Method, Version};
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::rig::{Rig, refusal};

fn other_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_tls_it_shows_its_certificate_and_speaks_http_2() {
    let mut rig = Rig::with(Limits::default(), json!({ "on": true, "interface": "lo" })).await;
    let status = rig.until("TLS", |status| !status["fingerprint"].is_null()).await;
    assert_eq!(
        (&status["open"], &status["self_signed"], &status["problem"]),
        (&json!(false), &json!(true), &Value::Null)
    );
    assert_eq!(status["fingerprint"].as_str().unwrap().len(), 95);
    let url = format!("https://127.0.0.1:{}/health", rig.port);
    let reply = rig.client().get(&url).send().await.unwrap();
    assert_eq!((reply.status().as_u16(), reply.version()), (200, Version::HTTP_2));
    assert_eq!(reply.headers()["strict-transport-security"], "max-age=31536000");
    // The cookie by TLS stays by TLS.
    rig.user("ann@station.example", "viewer", None).await;
    let url = format!("https://127.0.0.1:{}/api/auth/local", rig.port);
    let body = json!({ "email": "ann@station.example", "password": super::rig::PASSWORD });
    let reply = rig.client().post(&url).json(&body).send().await.unwrap();
    let cookie = reply.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-audyn=") && cookie.contains("Secure"), "{cookie}");
    // Who talks plainly to it gets nothing.
    assert_eq!(rig.raw(b"GET /health HTTP/1.1\r\n\r\n").await.find("HTTP/1.1 200"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_certificate_is_shown_after_a_restart() {
    let mut rig = Rig::with(Limits::default(), json!({ "on": true, "interface": "lo" })).await;
    let first = rig.until("TLS", |status| !status["fingerprint"].is_null()).await["fingerprint"].clone();
    drop(rig.web.take());
    let clock = std::sync::Arc::new(audyn_engine::rt::SystemClock);
    rig.web = Some(audyn_web::Web::start(rig.service.clone(), clock, Limits::default()).unwrap());
    let url = format!("https://127.0.0.1:{}/health", rig.port);
    // It tells how it is only where that has changed: its port says that it is back.
    while rig.client().get(&url).send().await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(rig.ask("listener", json!({})).await["fingerprint"], first);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_port_is_taken_without_a_restart() {
    let mut rig = Rig::open().await;
    let (before, after) = (rig.port, other_port());
    rig.listen(json!({ "port": after })).await;
    rig.until("the other port", |status| status["addresses"].to_string().contains(&after.to_string())).await;
    assert!(TcpStream::connect(("127.0.0.1", before)).await.is_err());
    rig.port = after;
    assert_eq!(rig.request(Method::GET, "/health").send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_names_hold_from_the_next_request_on() {
    let rig = Rig::open().await;
    let host = format!("studio.example:{}", rig.port);
    let ask = async || rig.request(Method::GET, "/health").header("host", &host).send().await.unwrap();
    refusal(ask().await, 421, "forbidden").await;
    rig.listen(json!({ "hosts": ["studio.example"] })).await;
    // Nothing tells when it has taken effect but the thing itself.
    while ask().await.status() != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_taken_is_a_notice_until_it_is_free() {
    let mut rig = Rig::open().await;
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    rig.listen(json!({ "on": true, "interface": "lo", "port": port })).await;
    let status = rig.until("a problem", |status| !status["problem"].is_null()).await;
    let problem = status["problem"].as_str().unwrap().to_owned();
    assert!(problem.contains(&port.to_string()) && problem.ends_with('.'), "{problem}");
    let about = |event: &AppEvent, open: bool| {
        matches!(event, AppEvent::Status(status) if open
            == status.notices.iter().any(|notice| notice.message == problem && notice.until.is_none()))
    };
    let status = rig.ask("status", json!({})).await;
    assert!(status["notices"].to_string().contains(&port.to_string()), "{status}");
    drop(taken);
    rig.until("it is there", |status| status["problem"].is_null() && !status["fingerprint"].is_null()).await;
    rig.until_event("the notice is over", |event| about(event, false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_of_the_station_is_checked_and_taken() {
    let mut rig = Rig::open().await;
    let folder = rig.dir.path().join("certificate");
    std::fs::create_dir(&folder).unwrap();
    let [certificate, key] =
        ["own.pem", "own.key"].map(|name| folder.join(name).to_string_lossy().into_owned());
    let write = || {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    };
    write();
    // The key of another certificate.
    std::fs::write(&key, rcgen::KeyPair::generate().unwrap().serialize_pem()).unwrap();
    let files = json!({ "kind": "files", "certificate": certificate, "key": key });
    rig.listen(json!({ "on": true, "interface": "lo", "tls": files })).await;
    let status = rig.until("a problem", |status| !status["problem"].is_null()).await;
    assert!(status["problem"].as_str().unwrap().contains("does not belong"), "{status}");
    write();
    let status = rig.until("it is taken", |status| !status["fingerprint"].is_null()).await;
    assert_eq!(status["self_signed"], false);
    let first = status["fingerprint"].clone();
    // Renewed on disk: taken without a restart, while connections go on.
    write();
    rig.until("the renewed one", |status| !status["fingerprint"].is_null() && status["fingerprint"] != first)
        .await;
}
