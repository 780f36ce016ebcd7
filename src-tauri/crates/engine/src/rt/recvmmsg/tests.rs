use std::net::UdpSocket;
use std::os::fd::AsFd;

use super::*;

fn pair() -> (UdpSocket, UdpSocket) {
    let to = UdpSocket::bind("127.0.0.1:0").unwrap();
    let from = UdpSocket::bind("127.0.0.1:0").unwrap();
    from.connect(to.local_addr().unwrap()).unwrap();
    (from, to)
}

#[test]
fn a_batch_keeps_order_length_source_and_arrival() {
    let (from, to) = pair();
    receive_options(to.as_fd(), true).unwrap();
    let mut batch = Batch::new();
    assert_eq!(batch.receive(to.as_fd()).unwrap(), 0);
    for round in 0..3_u8 {
        for i in 0..40_u8 {
            from.send(&vec![i; usize::from(i) + 1]).unwrap();
        }
        assert_eq!(batch.receive(to.as_fd()).unwrap(), 40, "round {round}");
        for i in 0..40 {
            let d = batch.datagram(i);
            assert_eq!(d.bytes, vec![i as u8; i + 1]);
            assert_eq!(d.source, Ipv4Addr::LOCALHOST);
            assert_eq!(d.destination, Some(Ipv4Addr::LOCALHOST));
            assert!(d.arrival.unwrap() > Utc::from_seconds(1_700_000_000));
            assert!(!d.cut);
        }
    }
}

#[test]
fn more_than_a_batch_takes_two_calls() {
    let (from, to) = pair();
    let mut batch = Batch::new();
    for _ in 0..70 {
        from.send(b"x").unwrap();
    }
    assert_eq!(batch.receive(to.as_fd()).unwrap(), batch.capacity());
    assert_eq!(batch.receive(to.as_fd()).unwrap(), 6);
}

#[test]
fn a_datagram_beyond_the_room_is_cut_and_flagged() {
    let (from, to) = pair();
    let mut batch = Batch::new();
    from.send(&[7; 3000]).unwrap();
    assert_eq!(batch.receive(to.as_fd()).unwrap(), 1);
    assert!(batch.datagram(0).cut);
    assert_eq!(batch.datagram(0).bytes.len(), 2048);
}
