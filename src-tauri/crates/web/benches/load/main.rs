//! The listener under load while the station records: does recording notice, and do clients that read get their levels in
//! time although others do not read.
//!
//! One process is the station: test tones by RTP over the loopback interface, all of them recorded, and the listener.
//! Another one is its clients: WebSockets with levels at 30 a second, some of which never read, and REST requests. First the
//! station records alone, then with its clients, so that both can be compared on any machine.
//!
//! `cargo bench -p audyn-web --bench load -- [--seconds S] [--streams N] [--clients N] [--stalled N] [--requests N]
//! [--json N]`; with the last, so many of the clients read levels as JSON instead of binary.

#![allow(clippy::print_stdout, missing_docs)]

mod clients;

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::api::{Caller, dispatch};
use audyn_service::{Options, Service};
use audyn_web::{Limits, Web};
use serde_json::{Value, json};

const ROLE: &str = "AUDYN_LOAD_ROLE";

/// What to run.
#[derive(Clone, Debug)]
pub struct Load {
    pub seconds: u64,
    pub streams: usize,
    pub clients: usize,
    pub stalled: usize,
    pub requests: u64,
    pub json: usize,
    pub port: u16,
    pub token: String,
}

impl Load {
    fn from_args() -> Self {
        let mut load = Self {
            seconds: 20,
            streams: 32,
            clients: 500,
            stalled: 50,
            requests: 200,
            json: 0,
            port: 0,
            token: String::new(),
        };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            let mut number = || args.next().and_then(|text| text.parse::<u64>().ok()).expect("a number");
            match arg.as_str() {
                "--seconds" => load.seconds = number(),
                "--streams" => load.streams = number() as usize,
                "--clients" => load.clients = number() as usize,
                "--stalled" => load.stalled = number() as usize,
                "--requests" => load.requests = number(),
                "--json" => load.json = number() as usize,
                "--port" => load.port = number() as u16,
                "--token" => load.token = args.next().expect("a token"),
                _ => {}
            }
        }
        load
    }
}

fn main() {
    let load = Load::from_args();
    match std::env::var(ROLE).as_deref() {
        Ok("clients") => clients::run(&load),
        Ok(_) | Err(_) => station(load),
    }
}

fn station(mut load: Load) {
    let dir = tempfile::tempdir().expect("a folder");
    let options = Options {
        state_dir: dir.path().join("state"),
        archive_root: Some(dir.path().join("archive")),
        default_archive_root: dir.path().join("archive"),
        originator: "load".to_owned(),
        real_time: true,
        demo_if_empty: false,
        zone: jiff::tz::TimeZone::UTC,
    };
    let service = Service::open(options, Arc::new(SystemClock)).expect("the station opens");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let ask = |operation: &str, request: Value| {
        runtime
            .block_on(dispatch(&service, &Caller::local(), operation, request))
            .unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    };
    for stream in 0..load.streams {
        let config = json!({ "kind": "tone", "frequency_hz": 440, "level_dbfs": -20.0 });
        let source = ask("create_source", json!({ "name": format!("Tone {stream}"), "config": config }));
        let recorder =
            ask("create_recorder", json!({ "name": format!("R{stream}"), "source_id": source["id"] }));
        ask("start_recorder", json!({ "id": recorder["id"] }));
    }
    load.port =
        TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a port").port();
    let listener = json!({
        "on": false, "interface": null, "port": load.port, "tls": { "kind": "self_signed" }, "hosts": [],
    });
    ask("change_access_settings", json!({ "listener": listener }));
    let made = ask("create_token", json!({ "name": "load", "access": "viewer" }));
    load.token = made["secret"].as_str().expect("a secret").to_owned();
    let limits = Limits {
        connections: load.clients * 2 + 100,
        connections_of_one: load.clients * 2 + 100,
        sockets: load.clients,
        ..Limits::default()
    };
    let web = Web::start(service.clone(), Arc::new(SystemClock), limits).expect("the listener starts");
    while ask("listener", json!({}))["addresses"].as_array().is_none_or(Vec::is_empty) {
        std::thread::sleep(Duration::from_millis(20));
    }
    println!(
        "{} streams record; {} clients at 30/s, {} of them stalled, {} requests/s; {} s each",
        load.streams, load.clients, load.stalled, load.requests, load.seconds
    );
    // The start is not what is measured.
    std::thread::sleep(Duration::from_secs(3));
    let lost = || -> f64 {
        let recorders = ask("list_recorders", json!({}));
        recorders["recorders"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["loss"]["today_s"].as_f64().unwrap_or(0.0))
            .sum()
    };
    let measure = |what: &str, act: &dyn Fn() -> String| {
        let (lost_before, cpu_before) = (lost(), cpu_s());
        let begun = std::time::Instant::now();
        let told = act();
        let elapsed = begun.elapsed().as_secs_f64();
        let (share, missing_s) = ((cpu_s() - cpu_before) / elapsed, lost() - lost_before);
        // Of tones that their own senders were too late with, too: alone it should be none.
        let part = missing_s / (elapsed * load.streams as f64);
        let samples = (missing_s * 48_000.0).round();
        println!(
            "{what}: missing samples {samples} ({part:.6} of all), {share:.2} processors, {:.0} MB",
            rss_mb()
        );
        if !told.is_empty() {
            println!("{told}");
        }
    };
    measure("alone", &|| {
        std::thread::sleep(Duration::from_secs(load.seconds));
        String::new()
    });
    measure("with clients", &|| {
        let mut child = Command::new(std::env::current_exe().expect("a running program has a path"))
            .args(["--seconds", &load.seconds.to_string(), "--clients", &load.clients.to_string()])
            .args(["--stalled", &load.stalled.to_string(), "--requests", &load.requests.to_string()])
            .args(["--json", &load.json.to_string()])
            .args(["--port", &load.port.to_string(), "--token", &load.token])
            .env(ROLE, "clients")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the bench can start itself");
        let mut told = String::new();
        child.stdout.take().expect("piped").read_to_string(&mut told).expect("clients tell");
        let _ = child.wait();
        told.trim_end().to_owned()
    });
    web.close(Duration::from_secs(5));
    service.close(Duration::from_secs(5));
}

fn rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let rss = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or("0 kB");
    rss.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0) / 1024.0
}

fn cpu_s() -> f64 {
    audyn_engine::rt::process_cpu_time().as_secs_f64()
}
