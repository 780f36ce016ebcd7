use super::*;

const A: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
const B: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 66);

const fn s(seconds: i64) -> Mono {
    Mono(seconds * 1_000_000_000)
}

fn instance(label: &str) -> Name {
    Name([label, "_rtsp", "_tcp", "local"].map(str::to_owned).to_vec())
}

fn ptr(label: &str, ttl: u32) -> Record {
    let name = Name::plain("_ravenna_session._sub._rtsp._tcp.local");
    Record { name, ttl, data: Data::Ptr(instance(label)) }
}

fn srv(label: &str, port: u16) -> Record {
    Record { name: instance(label), ttl: 120, data: Data::Srv { port } }
}

fn at(browser: &Browser) -> Vec<String> {
    browser.endpoints().map(|e| format!("{} {} {}", e.name, e.at, e.interface)).collect()
}

#[test]
fn a_session_is_asked_for_where_its_answer_came_from() {
    let mut browser = Browser::default();
    browser.hear(&[ptr("PGM 1", 4500), srv("PGM 1", 8554)], A, "eth0", s(0));
    assert_eq!(at(&browser), ["PGM 1 192.0.2.10:8554 eth0"]);
    // Records of other services, and of instances nobody named, are nothing to us.
    let http = Record { name: Name::plain("_http._tcp.local"), ..ptr("web", 4500) };
    browser.hear(&[http, srv("web", 80), srv("other", 1)], A, "eth0", s(0));
    assert_eq!(at(&browser).len(), 1);
    // Nobody else moves it, and nobody else takes it back.
    browser.hear(&[ptr("PGM 1", 0), srv("PGM 1", 666)], B, "eth0", s(1));
    assert_eq!(at(&browser), ["PGM 1 192.0.2.10:8554 eth0"]);
    browser.hear(&[ptr("PGM 1", 4500), srv("PGM 1", 554)], A, "eth0", s(2));
    assert_eq!(at(&browser), ["PGM 1 192.0.2.10:554 eth0"]);
    browser.hear(&[ptr("PGM 1", 0)], A, "eth0", s(3));
    assert!(at(&browser).is_empty());
}

#[test]
fn what_is_missing_is_asked_for_with_growing_patience() {
    let mut browser = Browser::default();
    assert_eq!(browser.questions(true, s(0)).len(), 1);
    browser.hear(&[ptr("x", 4500)], A, "eth0", s(0));
    let asked = |browser: &mut Browser, at| browser.questions(false, s(at)).len();
    let answers: Vec<usize> = (0..8).map(|at| asked(&mut browser, at)).collect();
    assert_eq!(answers, [1, 1, 0, 1, 0, 0, 0, 1]);
    browser.hear(&[srv("x", 554)], A, "eth0", s(8));
    assert_eq!(asked(&mut browser, 100), 0);
}

#[test]
fn what_is_not_renewed_is_forgotten_after_it_was_asked_for() {
    let mut browser = Browser::default();
    browser.hear(&[ptr("x", 100), srv("x", 554)], A, "eth0", s(0));
    assert_eq!(browser.known(s(49)).len(), 1);
    assert_eq!(browser.known(s(51)).len(), 0);
    assert!(browser.questions(false, s(79)).is_empty());
    assert_eq!(browser.questions(false, s(80)).len(), 1);
    browser.pass(s(99));
    assert_eq!(at(&browser).len(), 1);
    browser.pass(s(100));
    assert!(at(&browser).is_empty());
}

#[test]
fn one_sender_fills_its_share_only() {
    let mut browser = Browser::default();
    for n in 0..SENDER + 10 {
        browser.hear(&[ptr(&n.to_string(), 4500)], B, "eth0", s(0));
    }
    assert_eq!((browser.instances.len(), browser.refused()), (SENDER, 10));
    browser.hear(&[ptr("own", 4500), srv("own", 554)], A, "eth0", s(0));
    assert_eq!(at(&browser).len(), 1);
}
