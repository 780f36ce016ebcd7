//! Each fault put into a real network of two hosts yields its named diagnosis.

use std::net::{Ipv4Addr, SocketAddrV4};

use serde_json::Value;
use socket2::{Domain, Protocol, Socket, Type};

use crate::rig::{Rig, between_hosts};

/// Runs `steps` between two hosts. `ask NAME FLAG…` asks the doctor and keeps what it said, `here` about the stream on
/// this end of the cable; `named` looks up to five times, for a busy machine may hide a fault behind one of its own; `hear`
/// waits until something comes there; `quiet` ends the sender.
fn ask(rig: &Rig, steps: &str) -> bool {
    let script = format!(
        "ask() {{ local name=$1; shift; $AUDYN doctor -m $GROUP --json \"$@\" > $name.json || true; }}\n\
         here() {{ ask \"$@\" -p $PORT --interface here --seconds 1; }}\n\
         named() {{ for try in $(seq 5); do here \"$@\"; ! grep -q \"\\\"$1\\\"\" $1.json || break; done; }}\n\
         hear() {{ for try in $(seq 100); do here hear; grep -q '\"no-packets\"' hear.json || return 0; done; return 1; }}\n\
         quiet() {{ kill $sender; wait $sender || true; }}\n\
         true & recorder=$!\n{steps}\nsleep 1000 & sender=$!"
    );
    between_hosts(rig, &script).is_some()
}

fn check(rig: &Rig, name: &str, id: &str) {
    let said: Value = rig.json(&format!("{name}.json"));
    assert_eq!(said["id"], id, "{name}: {said:#}");
    assert!(said["sentence"].as_str().unwrap().ends_with('.'), "{said:#}");
}

#[test]
fn each_fault_of_a_sender_is_named() {
    let rig = Rig::new();
    let ran = ask(
        &rig,
        "named no-packets; send; hear; named healthy\n\
         ask wrong-port -p $((PORT + 2)) --interface here --seconds 1\n\
         named foreign-payload-type --pt 98\n\
         named wrong-size --encoding L16\n\
         named wrong-packet-time --spp 6\n\
         named sender-filter --source-ip 10.77.0.9\n\
         named one-leg --redundant 239.77.250.1:$PORT@here\n\
         $AUDYN send -m $GROUP -p $PORT --interface here --signal index & second=$!\n\
         for try in $(seq 50); do here two-senders; ! grep -q '\"two-senders\"' two-senders.json || break; done\n\
         kill $second; quiet\n\
         send --loss 5; hear; named loss; quiet\n\
         send --reorder 5:30; hear; named reorder-beyond-window --window-ms 5; quiet",
    );
    let faults = [
        "no-packets",
        "healthy",
        "wrong-port",
        "foreign-payload-type",
        "wrong-size",
        "wrong-packet-time",
        "sender-filter",
        "one-leg",
        "two-senders",
        "loss",
        "reorder-beyond-window",
    ];
    faults.iter().filter(|_| ran).for_each(|fault| check(&rig, fault, fault));
}

#[test]
fn each_fault_of_a_machine_is_named() {
    let rig = Rig::new();
    let ran = ask(
        &rig,
        "ip link add here2 type veth peer name there2 netns far; ip addr add 10.78.0.1/24 dev here2\n\
         ip link set here2 up; ip -n far addr add 10.78.0.2/24 dev there2; ip -n far link set there2 up\n\
         send; hear; ask wrong-interface -p $PORT --interface here2 --seconds 1\n\
         iptables -A INPUT -p udp --dport $PORT -j DROP; here firewall; iptables -F\n\
         iptables -A INPUT -p udp --dport $PORT -m statistic --mode random --probability 0.2 -j DROP\n\
         here firewall-loss; iptables -F\n\
         AS_IS=$AUDYN; printf '#!/bin/sh\\nexec setpriv --bounding-set=-net_raw,-net_admin --inh-caps=-net_raw,-net_admin %s \"$@\"\\n' $AS_IS > less\n\
         chmod +x less; AUDYN=./less; here receive-buffer --rcvbuf 500000000; AUDYN=$AS_IS; quiet\n\
         ip -n far addr add 192.0.2.5/32 dev there; ip -n far addr del 10.77.0.2/24 dev there\n\
         ip -n far route add 239.0.0.0/8 dev there; send; hear\n\
         sysctl -qw net.ipv4.conf.here.rp_filter=1; here rp-filter; quiet\n\
         ip -n far link add br0 type bridge mcast_snooping 1 mcast_querier 1 mcast_query_interval 100 \
           mcast_startup_query_interval 100; ip -n far link set there master br0; ip -n far link set br0 up\n\
         for try in $(seq 50); do here querier; ! grep -q 'asks who listens' querier.json || break; done\n\
         ip link set here down; here interface-down; ip link del here; here no-interface",
    );
    if !ran {
        return;
    }
    for fault in
        ["wrong-interface", "firewall", "receive-buffer", "rp-filter", "interface-down", "no-interface"]
    {
        check(&rig, fault, fault);
    }
    check(&rig, "firewall-loss", "firewall");
    let said = rig.json("querier.json");
    let querier = said["checks"].as_array().unwrap().iter().find(|check| check["name"] == "IGMP querier");
    assert_eq!(querier.map(|check| &check["verdict"]), Some(&Value::from("ok")), "{said:#}");
}

/// As a child: asks by IGMP who is member of which group, from the address in `QUERIER`.
#[test]
fn igmp_query() {
    let Ok(own) = std::env::var("QUERIER") else { return };
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(libc::IPPROTO_IGMP))).unwrap();
    socket.set_multicast_if_v4(&own.parse().unwrap()).unwrap();
    // A general query of version 2 (RFC 2236 §2): answers within 10 s; its sum with the rest is all ones.
    let query = [0x11, 100, 0xEE, 0x9B, 0, 0, 0, 0];
    let all = SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 1), 0);
    assert_eq!(socket.send_to(&query, &all.into()).unwrap(), query.len());
}

fn querier(said: &Value) -> &Value {
    said["checks"].as_array().unwrap().iter().find(|check| check["name"] == "IGMP querier").unwrap()
}

/// The long form listens for as long as it takes to know; the short one for a moment.
#[test]
fn a_querier_is_found_and_its_absence_is_named() {
    let rig = Rig::new();
    let long = std::env::var_os("RUN_SLOW_TESTS").is_some();
    let seconds = if long { 131 } else { 3 };
    let ran = ask(
        &rig,
        &format!(
            "ip link add here2 type veth peer name there2 netns far; ip addr add 10.78.0.1/24 dev here2\n\
             ip link set here2 up; ip -n far addr add 10.78.0.2/24 dev there2; ip -n far link set there2 up\n\
             send; first=$sender\n\
             ip netns exec far $AUDYN send -m $GROUP -p $PORT --interface there2 --signal index & second=$!\n\
             hear\n\
             ask none -p $PORT --interface here --seconds {seconds} & none=$!\n\
             ask some -p $PORT --interface here2 --seconds {seconds} & some=$!\n\
             sleep 1\n\
             ip netns exec far env QUERIER=10.78.0.2 $IT doctor::igmp_query --exact\n\
             # A script that says nothing for long is taken for one that hangs.\n\
             while kill -0 $none 2>/dev/null; do echo listening; sleep 1; done\n\
             wait $none; wait $some; kill $first $second"
        ),
    );
    if !ran {
        return;
    }
    // Only of the querier: on a busy machine a sender pauses, and that is told first.
    let (none, some) = (rig.json("none.json"), rig.json("some.json"));
    let (without, with) = (querier(&none), querier(&some));
    assert_eq!(
        (&with["verdict"], &with["words"]),
        (&"ok".into(), &"10.78.0.2 asks who listens".into()),
        "{some:#}"
    );
    let expected = if long { (Value::from("no-igmp-querier"), "warn") } else { (Value::Null, "unknown") };
    assert_eq!((&without["id"], &without["verdict"]), (&expected.0, &expected.1.into()), "{none:#}");
}

#[test]
fn a_silent_recorder_says_what_came_instead() {
    let rig = Rig::new();
    let mut recorder = rig.record(&["-o", "out.wav", "--pt", "98"]);
    let _sender = rig.send(&[]);
    let line = recorder.until("nothing is received");
    assert!(line.contains("of payload type 96 came, 98 is expected"), "{line}");
}
