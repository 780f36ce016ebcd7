use std::net::UdpSocket;

use super::*;

fn leg(address: [u8; 4], port: u16, interface: Option<&str>) -> Leg {
    Leg { address: address.into(), port, interface: interface.map(Into::into), source: None }
}

fn error(leg: &Leg) -> String {
    LegSocket::open(leg, 65_536).map(|_| ()).unwrap_err().to_string()
}

#[test]
fn a_missing_interface_is_named_with_those_that_exist() {
    let message = error(&leg([239, 69, 250, 1], 5004, Some("eth99")));
    assert!(message.starts_with("no interface eth99; this machine has "), "{message}");
    assert!(message.contains("lo"), "{message}");
}

#[test]
fn a_unicast_port_in_use_is_an_error_that_says_so() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let message = error(&leg([127, 0, 0, 1], port, None));
    assert!(
        message.contains(&format!("127.0.0.1:{port}")) && message.contains("Another program"),
        "{message}"
    );
}

#[test]
fn two_recorders_may_share_a_group_and_other_groups_on_the_port_stay_out() {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let one = LegSocket::open(&leg([239, 69, 250, 2], port, Some("lo")), 65_536).unwrap();
    let two = LegSocket::open(&leg([239, 69, 250, 2], port, Some("127.0.0.1")), 65_536).unwrap();
    let other = LegSocket::open(&leg([239, 69, 250, 3], port, Some("lo")), 65_536).unwrap();
    assert!(one.granted() >= 65_536);
    let from = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    from.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    from.send_to(b"x", &SocketAddrV4::new([239, 69, 250, 2].into(), port).into()).unwrap();
    let mut batch = rt::Batch::new();
    assert_eq!(batch.receive(one.as_fd()).unwrap(), 1);
    assert_eq!(batch.receive(two.as_fd()).unwrap(), 1);
    assert_eq!(batch.receive(other.as_fd()).unwrap(), 0);
    one.rejoin().unwrap();
    from.send_to(b"y", &SocketAddrV4::new([239, 69, 250, 2].into(), port).into()).unwrap();
    assert_eq!(batch.receive(one.as_fd()).unwrap(), 1);
}

#[test]
fn a_source_specific_join_hears_that_source_only() {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let hears = |source: [u8; 4]| {
        let wanted = Leg { source: Some(source.into()), ..leg([232, 69, 250, 4], port, Some("lo")) };
        let open = LegSocket::open(&wanted, 65_536).unwrap();
        let from = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
        from.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
        from.bind(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        from.send_to(b"x", &SocketAddrV4::new([232, 69, 250, 4].into(), port).into()).unwrap();
        rt::Batch::new().receive(open.as_fd()).unwrap()
    };
    assert_eq!(hears([127, 0, 0, 1]), 1);
    assert_eq!(hears([127, 0, 0, 2]), 0);
}
