use super::*;

fn entrance(address: &str, secure: bool) -> Entrance {
    Entrance { address: address.parse().unwrap(), port: 8666, secure, proxied: false }
}

fn check(host: &str, allowed: bool) {
    let names = Names::new(["recorder", "Recorder.Station.example."]);
    assert_eq!(names.allow(host, entrance("192.0.2.7", true)), allowed, "{host}");
}

#[test]
fn a_host_is_allowed_exactly_if_it_is_ours() {
    check("192.0.2.7:8666", true);
    check("recorder:8666", true);
    check("RECORDER.station.example:8666", true);
    check("recorder.station.example.:8666", true);
    // Another address of ours, another port, a port that is left away: not what was asked.
    check("192.0.2.8:8666", false);
    check("192.0.2.7:443", false);
    check("192.0.2.7", false);
    check("recorder:99999", false);
    check("recorder:", false);
    // What a page elsewhere could make its own name look like.
    check("evil.example:8666", false);
    check("recorder.evil.example:8666", false);
    check("recorder:8666@evil.example", false);
    check("evil@recorder:8666", false);
    check("localhost:8666", false);
    check("127.0.0.1:8666", false);
    check("", false);
    check("recorder:8666/path", false);
}

#[test]
fn the_machine_itself_may_say_localhost() {
    let names = Names::default();
    for host in ["localhost:8666", "127.0.0.1:8666"] {
        assert!(names.allow(host, entrance("127.0.0.1", false)), "{host}");
    }
    assert!(names.allow("[::1]:8666", entrance("::1", false)));
    assert!(names.allow("192.0.2.7:8666", entrance("::ffff:192.0.2.7", false)));
}

#[test]
fn a_port_may_be_left_away_only_where_browsers_do() {
    let names = Names::new(["recorder"]);
    let on = |port, secure| Entrance { port, ..entrance("192.0.2.7", secure) };
    assert!(names.allow("recorder", on(443, true)));
    assert!(names.allow("recorder", on(80, false)));
    assert!(!names.allow("recorder", on(80, true)));
    // A proxy's port is its own affair.
    assert!(names.allow("recorder:8443", Entrance { proxied: true, ..on(8666, true) }));
}

#[test]
fn an_origin_is_the_listener_itself_or_nothing() {
    let names = Names::new(["recorder", "other"]);
    let same = |origin| names.same_origin(origin, "recorder:8666", entrance("192.0.2.7", true));
    assert!(same("https://recorder:8666"));
    for origin in [
        "http://recorder:8666",
        "https://recorder",
        "https://other:8666",
        "https://evil.example",
        "https://recorder:8666.evil.example",
        "null",
        "*",
        "",
    ] {
        assert!(!same(origin), "{origin}");
    }
}

#[test]
fn only_names_of_hosts_are_taken() {
    let names = Names::new(["*", "a b", "-x", "ok-1.example", "", "x..y", "192.0.2.9"]);
    assert_eq!(names.iter().collect::<Vec<_>>(), ["192.0.2.9", "ok-1.example"]);
}
