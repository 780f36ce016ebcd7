//! As a system service: what the unit promises systemd, the program keeps.

use std::fs;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_service::Service;
use audyn_service::api::{Caller, dispatch};
use serde_json::{Value, json};

use crate::rig::{Rig, Running, station_options};

const UNIT: &str = include_str!("../../src-tauri/packaging/audyn.service");
/// The longest a test waits for a word.
const PATIENCE: Duration = Duration::from_secs(90);

/// The last value that the unit gives to a key.
fn told(key: &str) -> &'static str {
    let lines = UNIT.lines().filter_map(|line| line.split_once('='));
    lines.filter(|(name, _)| *name == key).map(|(_, value)| value).next_back().unwrap()
}

/// The program as the unit starts it, with the supervisor's socket `words`.
fn serve(rig: &Rig, words: &Path) -> Command {
    let mut line = told("ExecStart").split(' ');
    assert_eq!(line.next(), Some("/usr/bin/audyn"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_audyn"));
    command
        .args(line)
        .env("NOTIFY_SOCKET", words)
        .env("AUDYN_CONFIG_DIR", rig.path("state"))
        .env("AUDYN_ARCHIVE_ROOT", rig.path("archive"))
        // A service has no session, and no keyring of one.
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .env_remove("WATCHDOG_PID")
        .current_dir(rig.path(""));
    command
}

fn supervisor(rig: &Rig) -> UnixDatagram {
    let words = UnixDatagram::bind(rig.path("words")).unwrap();
    words.set_read_timeout(Some(PATIENCE)).unwrap();
    words
}

/// Waits for a word.
fn hear(words: &UnixDatagram, word: &str) -> String {
    let mut bytes = [0; 4096];
    loop {
        let length = words.recv(&mut bytes).unwrap_or_else(|error| panic!("no {word}: {error}"));
        let said = String::from_utf8_lossy(&bytes[..length]).into_owned();
        if said.lines().any(|line| line == word) {
            return said;
        }
    }
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    let rig = Rig::new();
    // The program need not be installed for this.
    let here = UNIT.replace("/usr/bin/audyn", env!("CARGO_BIN_EXE_audyn"));
    let path = rig.write("audyn.service", &here);
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no", "--recursive-errors=no", path.to_str().unwrap()])
        .output()
        .unwrap_or_else(|e| {
            panic!("cannot run systemd-analyze: {e}; `bash tests/run.sh` installs what the tests need")
        });
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{}: {said}", output.status);
}

#[test]
fn the_supervisor_is_told_of_the_start_that_it_lives_and_of_the_stop() {
    let rig = Rig::new();
    let options = station_options(&rig.path(""));
    let service = Service::open(options, Arc::new(SystemClock)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |operation: &str, request: Value| {
        runtime.block_on(dispatch(&service, &Caller::local(), operation, request)).unwrap()
    };
    let tone = json!({ "kind": "tone", "frequency_hz": 1000, "level_dbfs": -18.0 });
    let source = ask("create_source", json!({ "name": "Tone", "config": tone }));
    let recorder = ask("create_recorder", json!({ "name": "All day", "source_id": source["id"] }));
    ask("start_recorder", json!({ "id": recorder["id"] }));
    let port: u16 = rig.port.parse().unwrap();
    let listener = json!({ "on": false, "interface": null, "port": port, "tls": { "kind": "self_signed" }, "hosts": [] });
    ask("change_access_settings", json!({ "listener": listener }));
    service.close(Duration::from_secs(5));
    drop(service);

    assert_eq!((told("Type"), told("NotifyAccess")), ("notify", "main"));
    let words = supervisor(&rig);
    let (every, micro) = (told("WatchdogSec").parse::<u32>().unwrap(), 1_000_000);
    assert!(every >= 10, "a machine that is busy for a while is not started anew");
    // Five hundred times as often as the unit has it, so that nothing is waited for.
    let watchdog = (every * micro / 500).to_string();
    let mut running = Running::start(serve(&rig, &rig.path("words")).env("WATCHDOG_USEC", watchdog));
    hear(&words, "READY=1");
    let said = hear(&words, "WATCHDOG=1");
    assert!(said.contains("STATUS=1 recorders should be recording"), "{said}");
    running.until(&format!("listening on http://127.0.0.1:{port}"));
    // A reload is no stop.
    assert_eq!(told("ExecReload"), "/bin/kill -HUP $MAINPID");
    running.signal(libc::SIGHUP);
    hear(&words, "WATCHDOG=1");
    while rig.files("archive", "wav").is_empty() {
        hear(&words, "WATCHDOG=1");
    }
    // The unit names no signal: systemd's own is SIGTERM.
    assert!(!UNIT.contains("KillSignal"));
    running.signal(libc::SIGTERM);
    hear(&words, "STOPPING=1");
    running.succeed();
    assert_eq!(rig.run(&["check", "archive"]).0, 0, "every file is finished");
    assert_eq!(rig.files("archive", "wav").len(), 2, "one of either run");
}

#[test]
fn a_credential_of_systemd_is_the_key_of_the_secrets() {
    let rig = Rig::new();
    let words = supervisor(&rig);
    let key = |name: &str, byte: &str| {
        fs::create_dir(rig.path(name)).unwrap();
        rig.write(&format!("{name}/audyn-key"), &byte.repeat(32));
    };
    key("credentials", "k");
    key("others", "x");
    let state = rig.path("state");
    let opened = Command::new(env!("CARGO_BIN_EXE_audyn"))
        .args(["listen", "on", "--interface", "lo", "--port", &rig.port])
        .env("AUDYN_CONFIG_DIR", &state)
        .output()
        .unwrap();
    assert!(opened.status.success(), "{opened:?}");
    // The certificate's key is a secret: the same certificate again means that it was read.
    let run = |credentials: &str, says: &str| {
        let mut command = serve(&rig, &rig.path("words"));
        let mut running = Running::start(command.env("CREDENTIALS_DIRECTORY", rig.path(credentials)));
        hear(&words, "READY=1");
        let line = running.until(says);
        running.signal(libc::SIGTERM);
        hear(&words, "STOPPING=1");
        running.succeed();
        line
    };
    let fingerprint = |line: &str| line.split("SHA-256 ").nth(1).unwrap().to_owned();
    let first = fingerprint(&run("credentials", "listening on https://"));
    let sealed = fs::read(state.join("secrets/sealed")).unwrap();
    assert_eq!(&sealed[..16], b"AUDYN-SECRETS-1c", "sealed by the credential");
    assert!(!state.join("secrets/key").exists(), "no key lies beside it");
    assert_eq!(fingerprint(&run("credentials", "listening on https://")), first);
    // Another key opens nothing, and destroys nothing.
    run("others", "it was sealed on another machine or was changed");
    assert!(fs::read(state.join("secrets/sealed")).unwrap() == sealed);
}
