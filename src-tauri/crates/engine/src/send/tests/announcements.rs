//! Descriptions and SAP.

use super::*;
use crate::sdp;
use crate::send::sap::{Announcement, Announcer, Kind, PORT, group, packet};

fn sender(change: impl FnOnce(&mut Plan)) -> Sender {
    let mut plan = plan("239.255.72.1:5004".parse().unwrap());
    change(&mut plan);
    Sender::open(plan, Utc(START)).unwrap()
}

#[test]
fn a_description_says_what_is_sent() {
    let [description] = &sender(|plan| {
        plan.timestamp = TimestampBase::Direct(77);
        plan.encoding = Encoding::L16;
        plan.samples_per_packet = 6;
        plan.legs.push(LegPlan { to: "239.255.72.2:5006".parse().unwrap(), ..plan.legs[0].clone() });
    })
    .descriptions()[..] else {
        panic!("one stream")
    };
    let text = sdp::write(description);
    assert_eq!(sdp::parse(&text).unwrap(), *description, "{text}");
    let lines = [
        "o=- 263879703729036 1767225600 IN IP4 127.0.0.1",
        "s=test",
        "a=group:DUP s0l0 s0l1",
        "m=audio 5004 RTP/AVP 96",
        "c=IN IP4 239.255.72.1/1",
        "a=rtpmap:96 L16/48000/2",
        "a=ptime:0.125",
        "a=framecount:6",
        "a=source-filter: incl IN IP4 239.255.72.2 127.0.0.1",
        "a=ts-refclk:localmac=00-00-00-00-00-00",
        "a=mediaclk:direct=77",
        "m=audio 5006 RTP/AVP 96",
        "c=IN IP4 239.255.72.2/1",
    ];
    for line in lines {
        assert!(text.contains(&format!("{line}\r\n")), "{line} is not in\n{text}");
    }
}

#[test]
fn a_clock_of_its_own_is_never_announced_as_direct() {
    let text = sdp::write(&sender(|plan| plan.timestamp = TimestampBase::Random).descriptions()[0]);
    assert!(text.contains("a=mediaclk:sender\r\n"), "{text}");
}

#[test]
fn the_scope_of_an_address_chooses_the_group() {
    let check = |of: [u8; 4], expected: [u8; 4]| assert_eq!(group(of.into()), Ipv4Addr::from(expected));
    check([239, 69, 1, 1], [239, 255, 255, 255]);
    check([239, 191, 255, 255], [239, 255, 255, 255]);
    check([239, 192, 0, 1], [239, 195, 255, 255]);
    check([239, 195, 255, 254], [239, 195, 255, 255]);
    check([239, 196, 0, 1], [239, 255, 255, 255]);
    check([224, 1, 1, 1], [224, 2, 127, 254]);
    check([192, 0, 2, 1], [224, 2, 127, 254]);
}

#[test]
fn an_announcement_reads_as_rfc_2974_lays_it_out() {
    let from = Ipv4Addr::new(192, 0, 2, 1);
    let announcement = Announcement { from, of: Ipv4Addr::new(239, 69, 1, 1), text: "v=0\r\n".into() };
    let (there, gone) = (packet(Kind::Announce, &announcement), packet(Kind::Delete, &announcement));
    assert_eq!((there[0], gone[0]), (0x20, 0x24));
    // No authentication, a hash, the origin.
    assert!(there[1] == 0 && there[2..4] != [0, 0] && there[4..8] == from.octets());
    assert_eq!(there[8..], *b"application/sdp\0v=0\r\n");
    assert_eq!(there[1..], gone[1..]);
    let changed = packet(Kind::Announce, &Announcement { text: "v=0\r\ns=x\r\n".into(), ..announcement });
    assert_ne!(changed[2..4], there[2..4]);
}

#[test]
fn streams_are_announced_at_once_and_deleted_at_the_end() {
    let group = Ipv4Addr::new(239, 255, 255, 255);
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&SockAddr::from(SocketAddrV4::new(group, PORT))).unwrap();
    socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST).unwrap();
    socket.set_nonblocking(true).unwrap();
    let ear = Ear(socket, SocketAddrV4::new(group, PORT));
    let sender = sender(|plan| {
        plan.count = 2;
        plan.step = Step::Address;
        plan.name = format!("announcements {}", std::process::id());
    });
    let name = sender.plan().name.clone();
    Announcer::start(sender.announcements()).unwrap().finish();
    let heard = ear.drain();
    let ours: Vec<(u8, String)> = heard
        .iter()
        .map(|bytes| (bytes[0], String::from_utf8_lossy(&bytes[24..]).into_owned()))
        .filter(|(_, text)| text.contains(&name))
        .collect();
    let kinds: Vec<u8> = ours.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [0x20, 0x20, 0x24, 0x24]);
    let parsed = sdp::parse(&ours[1].1).unwrap();
    assert_eq!(parsed, sender.descriptions()[1]);
}
