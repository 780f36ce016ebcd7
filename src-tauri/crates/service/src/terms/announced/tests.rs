use std::net::Ipv4Addr;

use audyn_engine::discovery::table::{At, Hearing, Table};
use audyn_model::{Mono, Utc};

use super::*;

const PAIR: &str = "v=0\r\no=- 7 1 IN IP4 192.0.2.10\r\ns=Hall\r\nt=0 0\r\na=group:DUP a b\r\n\
    m=audio 5004 RTP/AVP 98\r\ni=4 channels: L, R, C, LFE\r\nc=IN IP4 239.69.1.1/32\r\na=rtpmap:98 L24/48000/4\r\na=ptime:1\r\n\
    a=source-filter: incl IN IP4 239.69.1.1 192.0.2.10\r\na=mid:a\r\n\
    a=ts-refclk:ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:0\r\na=mediaclk:direct=0\r\n\
    m=audio 5004 RTP/AVP 98\r\nc=IN IP4 239.69.2.1/32\r\na=rtpmap:98 L24/48000/4\r\na=ptime:1\r\n\
    a=source-filter: incl IN IP4 239.69.2.1 198.51.100.10\r\na=mid:b\r\n";

fn session(text: &str, interfaces: &[&str]) -> Session {
    let mut table = Table::default();
    for interface in interfaces {
        let at = At { mono: Mono(0), utc: Utc::from_seconds(1_700_000_000) };
        table.hear(Hearing { by: By::Sap, sender: Ipv4Addr::new(192, 0, 2, 10), interface, text }, at);
    }
    table.sessions().next().unwrap().clone()
}

fn adopt(text: &str, pick: &[u16]) -> Aes67Config {
    adopted(&session(text, &["eth0"]), 0, pick, |_| None).unwrap()
}

#[test]
fn a_stream_is_shown_with_all_that_a_person_chooses_by() {
    let streams = announced(&session(PAIR, &["eth0", "eth1"]));
    let [stream] = streams.as_slice() else { panic!("one stream: {streams:?}") };
    assert_eq!((stream.name.as_str(), stream.sender.as_str()), ("Hall", "192.0.2.10"));
    assert_eq!(
        (stream.channels, stream.sample_rate, stream.packet_time_us),
        (Some(4), Some(48_000), Some(1000))
    );
    assert_eq!((stream.legs.len(), stream.labels.join(" ").as_str()), (2, "L R C LFE"));
    assert_eq!(stream.clock, "PTP 39-A7-94-FF-FE-07-CB-D0, domain 0");
    assert_eq!(stream.interfaces, ["eth0", "eth1"]);
}

#[test]
fn an_unusable_description_is_shown_with_its_line() {
    let [stream] = &announced(&session(&PAIR.replace("L24/48000/4", "L24"), &["eth0"]))[..] else { panic!() };
    assert_eq!((stream.problems[0].line, stream.channels), (Some(9), None));
    assert!(stream.problems[0].message.contains("a=rtpmap:98 L24"), "{:?}", stream.problems);
}

#[test]
fn each_leg_of_a_pair_is_received_where_its_sender_is() {
    let session = session(PAIR, &["eth0", "eth1"]);
    let interfaces =
        |config: Aes67Config| config.legs.into_iter().map(|leg| leg.interface.unwrap()).collect::<Vec<_>>();
    let crossed = |sender: Ipv4Addr| Some(if sender.octets()[0] == 192 { "eth1" } else { "eth0" }.to_owned());
    assert_eq!(interfaces(adopted(&session, 0, &[], crossed).unwrap()), ["eth1", "eth0"]);
    let elsewhere = |_| Some("eth9".to_owned());
    assert_eq!(interfaces(adopted(&session, 0, &[], elsewhere).unwrap()), ["eth0", "eth1"]);
    assert!(adopted(&session, 1, &[], elsewhere).unwrap_err().contains("1 streams"));
}

#[test]
fn a_source_follows_what_its_sender_changes_and_keeps_what_a_person_chose() {
    let config = adopt(PAIR, &[3, 1]);
    let follow = |text: &str| followed(&config, 0, &session(text, &["eth0"]));
    assert_eq!(follow(PAIR), Change::None);
    let Change::Words(renamed) = follow(&PAIR.replace("s=Hall", "s=Hall 2")) else { panic!() };
    assert_eq!((&renamed.legs, &renamed.pick), (&config.legs, &config.pick));
    let moved = PAIR.replace("239.69.1.1", "239.70.1.1").replace("LFE", "Sub");
    let Change::Moved(next, how) = follow(&moved) else { panic!() };
    assert_eq!(
        how,
        "address 239.70.1.1:5004 and 239.69.2.1:5004 instead of 239.69.1.1:5004 and 239.69.2.1:5004"
    );
    assert_eq!((next.pick.as_slice(), next.labels[3].as_str()), ([3, 1].as_slice(), "Sub"));
    assert!(
        next.legs.iter().all(|leg| leg.interface.as_deref() == Some("eth0"))
            && next.follows == config.follows
    );
    // Names that a person has given stay.
    let named = Aes67Config { labels: vec!["Mine".into()], ..config.clone() };
    let Change::Moved(next, _) = followed(&named, 0, &session(&moved, &["eth0"])) else { panic!() };
    assert_eq!(next.labels, ["Mine"]);
    let Change::Moved(_, how) = follow(&PAIR.replace("L24/48000/4", "L16/48000/4")) else { panic!() };
    assert_eq!(how, "coding L16 instead of L24");
}

#[test]
fn a_source_never_changes_its_channels_by_following() {
    let wide = |n: u16| {
        PAIR.replace("L24/48000/4", &format!("L24/48000/{n}")).replace("i=4 channels: L, R, C, LFE\r\n", "")
    };
    let config = adopt(PAIR, &[]);
    assert_eq!(config.pick, [1, 2, 3, 4]);
    let Change::Moved(next, how) = followed(&config, 0, &session(&wide(8), &["eth0"])) else { panic!() };
    assert_eq!((next.pick, next.stream_channels), (vec![1, 2, 3, 4], Some(8)));
    assert!(how.contains("channels 8 instead of 4"));
    let Change::Stays(why) = followed(&config, 0, &session(&wide(2), &["eth0"])) else { panic!() };
    assert!(why.contains("channel 3"), "{why}");
    let Change::Stays(why) = followed(&config, 0, &session(&PAIR.replace("L24/48000/4", "L24"), &["eth0"]))
    else {
        panic!()
    };
    assert!(why.contains("line 9"), "{why}");
}
