//! What is announced: by another host over a cable, by a sender that knows no manners, by a RAVENNA device.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, UdpSocket};
use std::path::Path;
use std::sync::Arc;

use audyn_engine::rt::SystemClock;
use audyn_service::Service;
use audyn_service::api::{Caller, dispatch};
use serde_json::{Value, json};
use socket2::{Domain, Protocol, Socket, Type};

use crate::rig::{Rig, between_hosts, station_options};
use crate::sound::wait_for;

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

/// As a child: a RAVENNA device at the address in `DEVICE`, which registers the session that the file `pair.sdp`
/// describes, by multicast DNS, and describes it by RTSP.
#[test]
fn ravenna_device() {
    let Ok(own) = std::env::var("DEVICE") else { return };
    let own: Ipv4Addr = own.parse().unwrap();
    let description = std::fs::read_to_string("pair.sdp").unwrap();
    let rtsp = TcpListener::bind((own, 0)).unwrap();
    let port = rtsp.local_addr().unwrap().port();
    let mdns = SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 251), 5353);
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, mdns.port()).into()).unwrap();
    socket.join_multicast_v4(mdns.ip(), &own).unwrap();
    socket.set_multicast_if_v4(&own).unwrap();
    let socket: UdpSocket = socket.into();
    std::thread::spawn(move || {
        for mut stream in rtsp.incoming().flatten() {
            let mut asked = [0; 2048];
            let _ = stream.read(&mut asked);
            let length = description.len();
            let _ = write!(stream, "RTSP/1.0 200 OK\r\nContent-Length: {length}\r\n\r\n{description}");
        }
    });
    let mut asked = [0; 9000];
    while let Ok((length, _)) = socket.recv_from(&mut asked) {
        let question = asked[..length].windows(16).any(|part| part == b"_ravenna_session");
        if length > 12 && asked[2] & 0x80 == 0 && question {
            socket.send_to(&registration("Far pair", port), mdns).unwrap();
        }
    }
}

/// An answer of multicast DNS (RFC 6762, 6763) with a session of RAVENNA: PTR of the subtype, SRV of the instance.
fn registration(session: &str, port: u16) -> Vec<u8> {
    let name = |labels: &[&str]| -> Vec<u8> {
        let mut bytes: Vec<u8> =
            labels.iter().flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat()).collect();
        bytes.push(0);
        bytes
    };
    let instance = name(&[session, "_rtsp", "_tcp", "local"]);
    let record = |owner: &[u8], kind: u8, data: &[u8]| {
        let fixed = [0, kind, 0, 1, 0, 0, 0x11, 0x94];
        [owner, fixed.as_slice(), &(data.len() as u16).to_be_bytes(), data].concat()
    };
    let subtype = name(&["_ravenna_session", "_sub", "_rtsp", "_tcp", "local"]);
    let place = [[0, 0, 0, 0].as_slice(), &port.to_be_bytes(), &name(&["far", "local"])].concat();
    let header = [0, 0, 0x84, 0, 0, 0, 0, 2, 0, 0, 0, 0];
    [header.as_slice(), &record(&subtype, 12, &instance), &record(&instance, 33, &place)].concat()
}

/// As a child: a station that takes the announced pair as a source, records it, and loses one of its legs.
#[test]
fn ravenna_station() {
    let Ok(dir) = std::env::var("STATION") else { return };
    let options = station_options(Path::new(&dir));
    let service = Service::open(options, Arc::new(SystemClock)).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let ask = |operation: &str, request: Value| {
        let answer = runtime.block_on(dispatch(&service, &Caller::local(), operation, request));
        answer.unwrap_or_else(|error| panic!("{operation}: {error:?}"))
    };
    ask("change_settings", json!({ "discovery": { "on": true, "interfaces": ["here"] } }));
    let stream = wait_for("the session", || {
        let list = ask("discovered", Value::Null);
        list["streams"].as_array().unwrap().iter().find(|one| one["name"] == "Far pair").cloned()
    });
    assert_eq!((&stream["by"], &stream["problems"]), (&json!("ravenna"), &json!([])), "{stream:#}");
    let source = ask("adopt_stream", json!({ "session": stream["session"], "stream": 0, "pick": [] }));
    assert_eq!(source["config"]["legs"].as_array().unwrap().len(), 2, "{source:#}");
    let id = ask("create_recorder", json!({ "name": "Pair", "source_id": source["id"] }))["id"].clone();
    ask("start_recorder", json!({ "id": id }));
    let received = || -> Vec<u64> {
        let counters = ask("recorder_counters", json!({ "id": id }));
        let of = |leg: &Value| {
            let counts = leg["counts"].as_array().unwrap().iter();
            counts
                .filter(|count| count["name"] == "received")
                .filter_map(|count| count["value"].as_u64())
                .sum()
        };
        counters["legs"].as_array().unwrap().iter().map(of).collect()
    };
    let state = |state: &str| {
        let recorder = ask("recorder", json!({ "id": id }));
        (recorder["state"] == state).then_some(recorder)
    };
    wait_for("both legs", || received().iter().all(|count| *count > 1000).then_some(()));
    wait_for("recording", || state("recording"));
    println!("both legs bring audio");
    let view = wait_for("one leg", || state("degraded"));
    assert!(view.to_string().contains("eg 2"), "{view:#}");
    let (alone, before) = (received()[1], received()[0]);
    wait_for("the other leg alone", || (received()[0] > before + 2000).then_some(()));
    assert!(received()[1] - alone < 100, "the cut leg is cut");
    ask("stop_recorder", json!({ "id": id }));
    let gaps = ask("recorder_gaps", json!({ "id": id }));
    assert_eq!(gaps["gaps"], json!([]), "{gaps:#}");
    service.close(std::time::Duration::from_secs(5));
    println!("complete");
}

#[test]
fn a_pair_of_a_ravenna_device_on_another_host_is_found_received_and_complete_on_one_leg() {
    let rig = Rig::new();
    let media = |group: &str, mid: &str| {
        format!(
            "m=audio {} RTP/AVP 96\r\nc=IN IP4 {group}/32\r\na=rtpmap:96 L24/48000/2\r\na=ptime:1\r\na=mid:{mid}\r\n",
            rig.port
        )
    };
    let (first, second) = (media(&rig.group, "first"), media(&rig.group_b, "second"));
    rig.write(
        "pair.sdp",
        &format!("v=0\r\no=- 1 1 IN IP4 10.77.0.2\r\ns=Far pair\r\nt=0 0\r\na=group:DUP first second\r\n{first}{second}"),
    );
    let ran = between_hosts(
        &rig,
        "DEVICE=10.77.0.2 ip netns exec far $IT discovery::ravenna_device --exact >device.txt 2>&1 & device=$!\n\
         $AUDYN discover -v --json --seconds 600 --interface here >found.json 2>log.txt & finder=$!\n\
         until_log '1 sessions'; kill -TERM $finder; wait $finder\n\
         send --redundant $GROUP_B:$PORT@there\n\
         STATION=station $IT discovery::ravenna_station --exact --nocapture >station.txt 2>&1 & recorder=$!\n\
         until_in station.txt 'both legs bring audio'; iptables -A INPUT -d $GROUP_B -j DROP\n\
         until_in station.txt 'complete'; kill $device",
    );
    if ran.is_none() {
        return;
    }
    let found = rig.json("found.json");
    let session = &found["sessions"][0];
    assert_eq!(
        (&session["by"], &session["senders"]),
        (&json!("RAVENNA"), &json!(["10.77.0.2"])),
        "{found:#}"
    );
    assert_eq!(session["streams"][0]["legs"].as_array().unwrap().len(), 2, "{found:#}");
    assert_eq!(rig.files("station/archive", "wav").len(), 1);
}
