use super::*;

const A: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 10);
const B: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 66);

fn at(seconds: i64) -> At {
    At { mono: Mono(seconds * 1_000_000_000), utc: Utc::from_seconds(1_700_000_000 + seconds) }
}

fn text(session: u32, version: u32, group: &str) -> String {
    format!(
        "v=0\r\no=- {session} {version} IN IP4 192.0.2.10\r\ns=Studio {session}\r\nc=IN IP4 {group}/32\r\nt=0 0\r\n\
         m=audio 5004 RTP/AVP 98\r\na=rtpmap:98 L24/48000/2\r\n"
    )
}

fn say(table: &mut Table, sender: Ipv4Addr, text: &str, when: i64) -> Outcome {
    table.hear(Hearing { by: By::Sap, sender, interface: "eth0", text }, at(when))
}

fn only(table: &Table) -> &Session {
    let mut all = table.sessions();
    let one = all.next().expect("a session");
    assert!(all.next().is_none());
    one
}

#[test]
fn a_session_is_one_however_often_it_is_heard_and_changed() {
    let mut table = Table::default();
    let (first, moved) = (text(1, 1, "239.69.1.1"), text(1, 2, "239.69.1.2"));
    assert_eq!(say(&mut table, A, &first, 0), Outcome::New);
    let (id, generation) = (only(&table).id.clone(), table.generation());
    assert_eq!(say(&mut table, A, &first, 30), Outcome::Same);
    assert_eq!(table.generation(), generation, "nothing to show");
    assert_eq!(say(&mut table, A, &moved, 60), Outcome::Changed);
    assert!(table.generation() > generation);
    let session = only(&table);
    assert_eq!((session.id.as_str(), session.version, session.changes), (id.as_str(), 2, 1));
    assert_eq!((session.first, session.last), (at(0).utc, at(60).utc));
    assert_eq!((session.name.as_str(), session.senders.as_slice()), ("Studio 1", [A].as_slice()));
    let leg = session.reading.as_ref().as_ref().unwrap().streams[0].legs[0];
    assert_eq!(leg.address, Ipv4Addr::new(239, 69, 1, 2));
    assert_eq!(table.session(&id), Some(session));
}

#[test]
fn a_session_is_stale_after_90_s_and_forgotten_after_an_hour_or_ten_intervals() {
    let mut table = Table::default();
    let text = text(1, 1, "239.69.1.1");
    say(&mut table, A, &text, 0);
    table.pass(at(89).mono);
    assert!(!only(&table).stale);
    table.pass(at(90).mono);
    assert!(only(&table).stale);
    let generation = table.generation();
    say(&mut table, A, &text, 600);
    assert!(!only(&table).stale && table.generation() > generation);
    // Ten intervals of 600 s are longer than the hour.
    table.pass(at(600 + 5999).mono);
    assert!(only(&table).stale);
    table.pass(at(600 + 6000).mono);
    assert_eq!((table.sessions().count(), table.counts().forgotten), (0, 1));
    say(&mut table, A, &text, 0);
    table.pass(at(3600).mono);
    assert_eq!(table.sessions().count(), 0);
}

#[test]
fn only_its_sender_takes_a_session_back() {
    let mut table = Table::default();
    say(&mut table, A, &text(1, 1, "239.69.1.1"), 0);
    assert!(!table.delete(By::Sap, B, "o=- 1 1 IN IP4 192.0.2.10\r\n"));
    assert!(!table.delete(By::Ravenna, A, "o=- 1 1 IN IP4 192.0.2.10\r\n"));
    assert!(!table.delete(By::Sap, A, "nothing"));
    assert!(table.delete(By::Sap, A, "o=- 1 9 IN IP4 192.0.2.10\r\n"), "the line is enough, the version any");
    let counts = table.counts();
    assert_eq!((table.sessions().count(), counts.deleted, counts.contradicted), (0, 1, 1));
}

#[test]
fn nobody_else_describes_a_session_anew_while_its_sender_is_heard() {
    let mut table = Table::default();
    let (own, forged) = (text(1, 1, "239.69.1.1"), text(1, 99, "239.66.6.6"));
    say(&mut table, A, &own, 0);
    assert_eq!(say(&mut table, B, &forged, 10), Outcome::Contradicted);
    assert_eq!(*only(&table).text, *own);
    // The same words from a second address are its sender's other network card.
    assert_eq!(say(&mut table, B, &own, 20), Outcome::Same);
    assert_eq!(only(&table).senders, [A, B]);
    // A device with a new address, after the old one fell silent.
    let c = Ipv4Addr::new(192, 0, 2, 77);
    assert_eq!(say(&mut table, c, &forged, 200), Outcome::Changed);
    assert_eq!(only(&table).senders, [c]);
}

#[test]
fn a_description_that_cannot_be_used_is_kept_with_its_reasons() {
    let mut table = Table::default();
    let wrong = text(1, 1, "239.69.1.1").replace("L24/48000/2", "L24");
    say(&mut table, A, &wrong, 0);
    let session = only(&table);
    let problems = session.reading.as_ref().as_ref().unwrap_err();
    assert_eq!(problems[0].line, 7);
    assert_eq!(session.name, "Studio 1");
    // Without an identity, what it says is what it is.
    say(&mut table, A, "v=0\r\ns=\u{7}bell\r\n", 1);
    say(&mut table, A, "v=0\r\ns=\u{7}bell\r\n", 2);
    let nameless: Vec<_> = table.sessions().filter(|s| s.identity.is_none()).collect();
    assert_eq!(nameless.len(), 1);
    assert_eq!(nameless[0].name, "\u{fffd}bell");
}

#[test]
fn a_sender_that_floods_fills_its_share_only() {
    let mut table = Table::default();
    for session in 0..SENDER as u32 + 100 {
        say(&mut table, B, &text(session, 1, "239.66.6.6"), 0);
    }
    assert_eq!((table.sessions().count(), table.counts().refused), (SENDER, 100));
    assert_eq!(say(&mut table, A, &text(1_000_000, 1, "239.69.1.1"), 1), Outcome::New);
}

#[test]
fn a_flood_from_many_addresses_never_pushes_out_what_goes_on_being_announced() {
    let mut table = Table::default();
    let own: Vec<String> = (0..100).map(|n| text(n, 1, "239.69.1.1")).collect();
    for round in 0..3 {
        own.iter().for_each(|text| _ = say(&mut table, A, text, round * 30));
    }
    for n in 0..5_000_u32 {
        let forged = Ipv4Addr::from(0x0A00_0000 + n);
        say(&mut table, forged, &text(1000 + n, 1, "239.66.6.6"), 61);
    }
    assert_eq!(table.sessions().count(), SESSIONS);
    assert_eq!(table.sessions().filter(|s| s.senders == [A]).count(), 100);
    assert_eq!(table.counts().evicted, 3_100);
    // A newcomer that means it gets in as well.
    assert_eq!(say(&mut table, A, &text(500, 1, "239.69.1.5"), 62), Outcome::New);
}

#[test]
fn descriptions_take_bounded_memory() {
    let mut table = Table::default();
    let filler = "a=x\r\n".repeat(12_000);
    for n in 0..400_u32 {
        let forged = Ipv4Addr::from(0x0A00_0000 + n / 100);
        say(&mut table, forged, &(text(n, 1, "239.66.6.6") + &filler), 0);
    }
    assert!(table.bytes <= BYTES);
    let held: usize = table.sessions().map(|s| s.text.len()).sum();
    assert_eq!(held, table.bytes);
}
