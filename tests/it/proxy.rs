//! Behind a proxy: who asks from another host is no proxy of this machine's.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::Service;
use audyn_service::api::{Caller, dispatch};
use audyn_web::{Limits, Web};
use serde_json::{Value, json};

use crate::rig::{Rig, between_hosts, station_options};
use crate::sound::wait_for;

/// Tries to sign in, and says that it asks for somebody else.
fn attempt(to: &str) {
    let mut stream = TcpStream::connect(to).unwrap();
    let body = r#"{"email":"ann@station.example","password":"wrong password"}"#;
    write!(
        stream,
        "POST /api/auth/local HTTP/1.1\r\nHost: {to}\r\nX-Forwarded-For: 192.0.2.9\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 401 "), "{reply}");
}

/// As a child: somebody on another host.
#[test]
fn somebody_far_away() {
    if let Ok(to) = std::env::var("ASK") {
        attempt(&to);
    }
}

/// As a child: a station that was told that a proxy stands before it.
#[test]
fn station_behind_a_proxy() {
    let Ok(port) = std::env::var("BEHIND") else { return };
    let options = station_options(Path::new(""));
    let service = Service::open(options, Arc::new(SystemClock)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |operation: &str, request: Value| {
        runtime.block_on(dispatch(&service, &Caller::local(), operation, request)).unwrap()
    };
    let user =
        json!({ "email": "ann@station.example", "password": "correct horse battery", "access": "viewer" });
    ask("create_user", user);
    let port: u16 = port.parse().unwrap();
    let listener =
        json!({ "on": true, "interface": "here", "port": port, "tls": { "kind": "proxy" }, "hosts": [] });
    ask("change_access_settings", json!({ "listener": listener }));
    let web = Web::start(service.clone(), Arc::new(SystemClock), Limits::default()).unwrap();
    wait_for("the listener", || {
        ask("listener", json!({}))["addresses"].to_string().contains("10.77.0.1").then_some(())
    });
    let last = || {
        let log = ask("audit_log", json!({ "kind": "sign_in" }));
        log["entries"][0]["address"].as_str().map(str::to_owned)
    };
    println!("it listens");
    println!("from far: {}", wait_for("an attempt", last));
    // A proxy of this machine says the same.
    attempt(&format!("127.0.0.1:{port}"));
    println!("from here: {}", last().unwrap());
    web.close(Duration::from_secs(5));
    service.close(Duration::from_secs(5));
}

#[test]
fn a_machine_without_a_screen_is_put_behind_a_proxy_and_back() {
    let rig = Rig::new();
    let listen = |args: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_audyn"));
        let output = command.arg("listen").args(args).env("AUDYN_CONFIG_DIR", rig.path("state")).output();
        let output = output.unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let tls = || -> Value { serde_json::from_str(&listen(&["show", "--json"]).1).unwrap() };
    assert_eq!(listen(&["on", "--interface", "lo", "--proxy"]).0, Some(0));
    assert_eq!((&tls()["tls"], &tls()["interface"]), (&json!({ "kind": "proxy" }), &json!("lo")));
    // What is not said stays.
    assert_eq!(listen(&["on", "--port", "8443"]).0, Some(0));
    assert_eq!(tls()["tls"], json!({ "kind": "proxy" }));
    assert_eq!(listen(&["on", "--self-signed"]).0, Some(0));
    assert_eq!(tls()["tls"], json!({ "kind": "self_signed" }));
    assert_eq!(listen(&["on", "--self-signed", "--proxy"]).0, Some(2));
    assert_eq!(listen(&["on", "--proxy", "--certificate", "c", "--key", "k"]).0, Some(2));
}

#[test]
fn only_a_proxy_of_this_machine_says_who_asks() {
    let rig = Rig::new();
    let ran = between_hosts(
        &rig,
        "sleep infinity & sender=$!\n\
         BEHIND=$PORT $IT proxy::station_behind_a_proxy --exact --nocapture >log.txt 2>&1 & recorder=$!\n\
         until_log 'it listens'\n\
         ASK=10.77.0.1:$PORT ip netns exec far $IT proxy::somebody_far_away --exact >far.txt\n\
         until_log 'from here'",
    );
    let Some(log) = ran else { return };
    assert!(log.contains("from far: 10.77.0.2\n") && log.contains("from here: 192.0.2.9\n"), "{log}");
}
