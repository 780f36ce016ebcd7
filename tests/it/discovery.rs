//! What is announced: by another host over a cable, by a sender that knows no manners, by a RAVENNA device.

use std::net::{Ipv4Addr, UdpSocket};

use serde_json::Value;

use crate::rig::{Rig, between_hosts};

const GROUP: (Ipv4Addr, u16) = (Ipv4Addr::new(239, 255, 255, 255), 9875);

fn streams(found: &Value) -> Vec<String> {
    let sessions = found["sessions"].as_array().unwrap().iter();
    sessions
        .map(|s| format!("{} {}", s["name"].as_str().unwrap(), s["streams"][0]["legs"][0]["address"]))
        .collect()
}

#[test]
fn what_another_host_announces_is_listed_until_it_is_taken_back() {
    let rig = Rig::new();
    let ran = between_hosts(
        &rig,
        "$AUDYN discover -v --json --seconds 600 --interface here >found.json 2>log.txt & first=$!\n\
         until_log '0 sessions'; send --sap --count 3 --name Far; until_log '3 sessions'\n\
         kill -TERM $first; wait $first\n\
         $AUDYN discover -v --json --seconds 600 --interface here >gone.json 2>log.txt & recorder=$!\n\
         until_log '0 sessions'; $AUDYN discover -v --json --seconds 600 --interface lo >lo.json 2>lo.txt & deaf=$!\n\
         kill -TERM $sender; wait $sender; send --sap --name Again; until_log '1 sessions'; kill -TERM $deaf $recorder; wait $deaf",
    );
    if ran.is_none() {
        return;
    }
    let found = rig.json("found.json");
    let group: Vec<u8> = rig.group.parse::<Ipv4Addr>().unwrap().octets().to_vec();
    let expected: Vec<String> = (0..3)
        .map(|n| {
            let name = format!("Far {}", n + 1);
            let address = Ipv4Addr::new(group[0], group[1], group[2], group[3] + n);
            format!("{name} \"{address}\"")
        })
        .collect();
    assert_eq!(streams(&found), expected);
    assert_eq!(found["sessions"][0]["senders"], serde_json::json!(["10.77.0.2"]));
    assert_eq!(found["sessions"][0]["interfaces"], serde_json::json!(["here"]));
    assert_eq!(streams(&rig.json("lo.json")).len(), 0, "nothing of it is on another interface");
    assert_eq!(streams(&rig.json("gone.json")).len(), 1, "what was taken back is not listed");
}

#[test]
fn hostile_announcements_are_counted_and_shown_without_their_escapes() {
    let rig = Rig::new();
    let mut listening = rig.start(&["discover", "-v", "--seconds", "600", "--interface", "lo"]);
    listening.until("sessions are announced");
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket2::SockRef::from(&socket).set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    for length in [0, 1, 7, 8, 1000, 60_000] {
        socket.send_to(&vec![0x20; length], GROUP).unwrap();
    }
    let text = format!(
        "v=0\r\no=- 66{} 1 IN IP4 127.0.0.1\r\ns=\u{1b}[2J\u{7}Evil\r\nc=IN IP4 239.66.6.6\r\nt=0 0\r\n\
         m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 L24/\u{1b}[31m\r\n",
        std::process::id()
    );
    socket
        .send_to(
            &[b"\x20\0\x01\x02\x7f\0\0\x01application/sdp\0".as_slice(), text.as_bytes()].concat(),
            GROUP,
        )
        .unwrap();
    listening.until("1 sessions are announced");
    listening.signal(libc::SIGTERM);
    let said = listening.succeed();
    assert!(said.contains("\u{fffd}[2J\u{fffd}Evil") && said.contains("not usable: line 7"), "{said}");
    assert!(said.contains("6 refused"), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains('\u{7}'), "{said:?}");
}

#[test]
fn an_interface_that_is_not_there_is_refused() {
    let rig = Rig::new();
    let (code, _) = rig.run(&["discover", "--interface", "nowhere0"]);
    assert_eq!(code, 2);
}
