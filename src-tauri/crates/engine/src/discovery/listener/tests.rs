//! On the loopback interface, with our own announcer and a device of the tests' own.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddrV4, TcpListener, UdpSocket};
use std::time::Instant;

use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};

use super::*;
use crate::discovery::dns::Name;
use crate::rt::SystemClock;
use crate::send::sap::{Announcement, Announcer, Kind, PORT, packet};

fn until<T>(discovery: &Discovery, what: &str, found: impl Fn(&Snapshot) -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        let snapshot = discovery.snapshot();
        if let Some(found) = found(&snapshot) {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{what} does not come: {snapshot:#?}");
        std::thread::yield_now();
    }
}

fn listen() -> Discovery {
    let discovery = Discovery::start(Arc::new(SystemClock), vec!["lo".into()]).unwrap();
    let lo =
        |s: &Snapshot| s.listening.iter().any(|l| l.interface == "lo" && l.problem.is_none()).then_some(());
    until(&discovery, "listening", lo);
    discovery
}

fn text(name: &str, group: &str) -> String {
    format!(
        "v=0\r\no=- {} 1 IN IP4 127.0.0.1\r\ns={name}\r\nc=IN IP4 {group}/32\r\nt=0 0\r\nm=audio 5004 RTP/AVP 98\r\n\
         a=rtpmap:98 L24/48000/2\r\n",
        std::process::id()
    )
}

fn find(name: &str) -> impl Fn(&Snapshot) -> Option<Session> + '_ {
    move |snapshot| snapshot.sessions.iter().find(|s| s.name == name).cloned()
}

#[test]
fn what_is_announced_on_each_group_is_heard_and_gone_when_it_is_taken_back() {
    let discovery = listen();
    let of = |n: u8| {
        [Ipv4Addr::new(224, 1, 1, 1), Ipv4Addr::new(239, 69, 1, 1), Ipv4Addr::new(239, 192, 1, 1)]
            [usize::from(n)]
    };
    let name = |n: u8| format!("group {n} {}", std::process::id());
    let announcement = |n: u8| Announcement {
        from: Ipv4Addr::LOCALHOST,
        of: of(n),
        text: text(&name(n), &of(n).to_string()).replace(" 1 IN", &format!("{n} 1 IN")),
    };
    let announcer = Announcer::start((0..3).map(announcement).collect()).unwrap();
    for n in 0..3 {
        let session = until(&discovery, &name(n), find(&name(n)));
        assert_eq!((session.by, session.interfaces.as_slice()), (By::Sap, ["lo".to_owned()].as_slice()));
        assert!(session.reading.is_ok() && !session.stale);
        assert_eq!(discovery.session(&session.id).unwrap().name, session.name);
    }
    announcer.finish();
    until(&discovery, "the end", |s| (0..3).all(|n| find(&name(n))(s).is_none()).then_some(()));
}

#[test]
fn what_cannot_be_read_is_counted() {
    let discovery = listen();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket2::SockRef::from(&socket).set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    let whole = packet(
        Kind::Announce,
        &Announcement { from: Ipv4Addr::LOCALHOST, of: Ipv4Addr::LOCALHOST, text: "v=0\r\n".into() },
    );
    for first in [0x22, 0x21, 0x40] {
        socket.send_to(&[&[first], &whole[1..]].concat(), (sap::GROUPS[1], PORT)).unwrap();
    }
    socket.send_to(&[0xFF; 60_000], (sap::GROUPS[1], PORT)).unwrap();
    until(&discovery, "rejects", |snapshot| {
        let by = |reject: sap::Reject| snapshot.counters.rejected[reject.index()];
        let all = by(sap::Reject::Encrypted) == 1
            && by(sap::Reject::Compressed) == 1
            && by(sap::Reject::Version) == 2;
        all.then_some(())
    });
}

/// Answers for a RAVENNA device on the loopback interface: registers by multicast DNS whenever it is asked, describes by
/// RTSP.
fn device(session: &'static str, description: Arc<Mutex<String>>, there: Arc<AtomicBool>) {
    let rtsp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = rtsp.local_addr().unwrap().port();
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&SocketAddrV4::new(*MDNS.ip(), MDNS.port()).into()).unwrap();
    let lo = rt::interfaces().unwrap().into_iter().find(|i| i.loopback).unwrap();
    socket.join_multicast_v4_n(MDNS.ip(), &InterfaceIndexOrAddress::Index(lo.index)).unwrap();
    socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    let socket: UdpSocket = socket.into();
    std::thread::spawn(move || {
        let mut asked = [0; 9000];
        while let Ok((length, _)) = socket.recv_from(&mut asked) {
            let question = asked[..length].windows(16).any(|w| w == b"_ravenna_session");
            if length > 12 && asked[2] & 0x80 == 0 && question && there.load(Ordering::Acquire) {
                socket.send_to(&answer(session, port, 4500), MDNS).unwrap();
            }
        }
    });
    std::thread::spawn(move || {
        for mut stream in rtsp.incoming().flatten() {
            let mut asked = [0; 2048];
            let _ = stream.read(&mut asked);
            let body = lock(&description).clone();
            let _ = write!(stream, "RTSP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        }
    });
}

/// PTR of the subtype and SRV of the instance, names written out.
fn answer(session: &str, port: u16, ttl: u32) -> Vec<u8> {
    let instance = Name([session, "_rtsp", "_tcp", "local"].map(str::to_owned).to_vec());
    let subtype = Name::plain("_ravenna_session._sub._rtsp._tcp.local");
    let mut out = dns::query(&[], &[(subtype, instance.clone(), ttl)]);
    out[2] = 0x84;
    let name = &dns::query(&[dns::Question::Where(instance)], &[])[12..];
    out[7] = 2;
    out.extend_from_slice(&name[..name.len() - 4]);
    out.extend_from_slice(&[0, 33, 0, 1, 0, 0, 0, 120, 0, 9, 0, 0, 0, 0]);
    out.extend_from_slice(&port.to_be_bytes());
    out.extend_from_slice(&[1, b'h', 0]);
    out
}

#[test]
fn a_ravenna_session_is_found_asked_for_and_gone_with_its_goodbye() {
    let description = Arc::new(Mutex::new(text("Bühne", "239.69.7.7")));
    let there = Arc::new(AtomicBool::new(true));
    device("Bühne 1/PGM", Arc::clone(&description), Arc::clone(&there));
    let discovery = listen();
    let session = until(&discovery, "the session", find("Bühne"));
    assert_eq!((session.by, session.senders.as_slice()), (By::Ravenna, [Ipv4Addr::LOCALHOST].as_slice()));
    assert!(session.reading.is_ok());
    assert!(discovery.snapshot().counters.described >= 1);
    there.store(false, Ordering::Release);
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, MDNS.port()).into()).unwrap();
    socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    socket.send_to(&answer("Bühne 1/PGM", 1, 0), &MDNS.into()).unwrap();
    until(&discovery, "the end", |s| find("Bühne")(s).is_none().then_some(()));
}
