//! Behind a proxy that does TLS. Who is not on this machine is no proxy of ours: see the program's own tests.

use audyn_web::Limits;
use reqwest::Method;
use serde_json::{Value, json};

use super::rig::{PASSWORD, Rig};

/// Tries to sign in as a browser does through a proxy, which adds what it knows at the end.
async fn attempt(rig: &Rig, password: &str) -> reqwest::Response {
    rig.request(Method::POST, "/api/auth/local")
        .header("x-forwarded-for", "198.51.100.1, 192.0.2.9")
        .header("x-forwarded-proto", "https")
        .json(&json!({ "email": "ann@station.example", "password": password }))
        .send()
        .await
        .unwrap()
}

/// From where the last attempt came, as the audit log has it.
async fn last_address(rig: &Rig) -> Value {
    let log = rig.ask("audit_log", json!({ "limit": 1, "kind": "sign_in" })).await;
    log["entries"][0]["address"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_on_this_machine_says_who_asks_and_that_it_is_by_tls() {
    let proxied = json!({ "on": true, "interface": "lo", "tls": { "kind": "proxy" } });
    let rig = Rig::with(Limits::default(), proxied).await;
    rig.user("ann@station.example", "viewer", None).await;
    assert_eq!(attempt(&rig, "wrong password").await.status(), 401);
    assert_eq!(last_address(&rig).await, "192.0.2.9");
    let reply = attempt(&rig, PASSWORD).await;
    assert_eq!(reply.status(), 200);
    let cookie = reply.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-audyn=") && cookie.contains("Secure"), "{cookie}");
    assert_eq!(reply.headers()["strict-transport-security"], "max-age=31536000");
    assert_eq!(last_address(&rig).await, "192.0.2.9");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_setting_nobody_is_believed_to_be_a_proxy() {
    let rig = Rig::open().await;
    rig.user("ann@station.example", "viewer", None).await;
    assert_eq!(attempt(&rig, "wrong password").await.status(), 401);
    assert_eq!(last_address(&rig).await, "127.0.0.1");
    let reply = attempt(&rig, PASSWORD).await;
    let cookie = reply.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("audyn=") && !cookie.contains("Secure"), "{cookie}");
    assert!(!reply.headers().contains_key("strict-transport-security"));
    assert_eq!(last_address(&rig).await, "127.0.0.1");
}
