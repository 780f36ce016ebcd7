use super::*;

fn heard(socket: &UnixDatagram) -> String {
    let mut bytes = [0; 200];
    let length = socket.recv(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes[..length]).into_owned()
}

#[test]
fn a_supervisor_hears_when_the_station_is_ready_alive_and_stopping() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let supervisor = UnixDatagram::bind(&path).unwrap();
    let notify = Notify { socket: Some(Notify::to(path.into()).unwrap()), watchdog: None };
    let rows = [
        (Word::Ready, "READY=1"),
        (Word::Alive { recording: 3 }, "WATCHDOG=1"),
        (Word::Stopping, "STOPPING=1"),
    ];
    for (word, expected) in rows {
        notify.say(word);
        assert_eq!(heard(&supervisor).lines().next(), Some(expected));
    }
}

#[test]
fn a_supervisor_may_have_a_name_without_a_file() {
    let name = format!("audyn-test-{}", std::process::id());
    let supervisor = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
    let notify = Notify { socket: Some(Notify::to(format!("@{name}").into()).unwrap()), watchdog: None };
    notify.say(Word::Ready);
    assert!(heard(&supervisor).starts_with("READY=1"));
}

#[test]
fn a_supervisor_that_hears_nothing_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let supervisor = UnixDatagram::bind(&path).unwrap();
    let socket = Notify::to(path.into()).unwrap();
    // Until there is no room for more.
    socket.set_nonblocking(true).unwrap();
    while socket.send(b"WATCHDOG=1").is_ok() {}
    socket.set_nonblocking(false).unwrap();
    let notify = Notify { socket: Some(socket), watchdog: None };
    notify.say(Word::Stopping);
    assert_eq!(heard(&supervisor), "WATCHDOG=1");
}

#[test]
fn without_a_supervisor_nothing_happens() {
    Notify::default().say(Word::Ready);
    assert!(Notify::to("/nowhere/at/all".into()).is_err());
}

#[test]
fn a_watchdog_is_fed_twice_in_its_time() {
    let rows = [
        (Some("30000000"), None, Some(Duration::from_secs(15))),
        (Some("30000000"), Some("42"), Some(Duration::from_secs(15))),
        // It is about another process.
        (Some("30000000"), Some("43"), None),
        (Some("30000000"), Some("me"), None),
        (Some("0"), None, None),
        (Some("soon"), None, None),
        (None, Some("42"), None),
    ];
    for (microseconds, process, expected) in rows {
        assert_eq!(watchdog(microseconds, process, 42), expected, "{microseconds:?} {process:?}");
    }
}
