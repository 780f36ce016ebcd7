//! Any bytes are an announcement inside them, or a reject that has a counter; any announcements leave the table whole.

#![no_main]

use std::net::Ipv4Addr;

use audyn_engine::discovery::By;
use audyn_engine::discovery::sap::{Kind, Packet, Reject};
use audyn_engine::discovery::table::{At, BYTES, Hearing, SESSIONS, Table};
use audyn_engine::sdp;
use audyn_model::{Mono, Utc};
use libfuzzer_sys::fuzz_target;

// One datagram, or several cut at 0xFF 0xFF; the byte after the cut is sender and time.
fuzz_target!(|bytes: &[u8]| {
    let mut table = Table::default();
    let mut now = 0_i64;
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|two| two == [0xFF, 0xFF]).unwrap_or(rest.len());
        let (datagram, after) = rest.split_at(end);
        let who = after.get(2).copied().unwrap_or(0);
        rest = after.get(3..).unwrap_or_default();
        now += i64::from(who >> 3) * 60_000_000_000;
        match Packet::parse(datagram) {
            Ok(packet) => hear(&mut table, &packet, Ipv4Addr::new(192, 0, 2, who & 7), now),
            Err(reject) => assert_eq!(Reject::ALL[reject.index()], reject),
        }
        table.pass(Mono(now));
    }
    let mut ids: Vec<&str> = table.sessions().map(|session| session.id.as_str()).collect();
    let (count, held) = (ids.len(), table.sessions().map(|session| session.text.len()).sum::<usize>());
    assert!(count <= SESSIONS && held <= BYTES);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "two sessions with one id");
    for session in table.sessions() {
        assert!(!session.senders.is_empty() && !session.interfaces.is_empty());
        assert!(!session.name.contains(char::is_control));
    }
});

fn hear(table: &mut Table, packet: &Packet<'_>, sender: Ipv4Addr, now: i64) {
    assert!(!packet.text.is_empty());
    let text = sdp::decode(packet.text);
    let at = At { mono: Mono(now), utc: Utc(now) };
    match packet.kind {
        Kind::Announce => _ = table.hear(Hearing { by: By::Sap, sender, interface: "eth0", text: &text }, at),
        Kind::Delete => _ = table.delete(By::Sap, sender, &text),
    }
}
