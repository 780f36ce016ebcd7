use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsFd;

use super::*;

fn address(socket: &UdpSocket) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::LOCALHOST, socket.local_addr().unwrap().port())
}

fn receive(socket: &UdpSocket) -> Vec<u8> {
    let mut buffer = [0; 64];
    let length = socket.recv(&mut buffer).unwrap();
    buffer[..length].to_vec()
}

#[test]
fn each_slot_goes_to_its_own_destination_with_its_own_length() {
    let (a, b) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let from = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut outbox = Outbox::new(3, 8);
    outbox.load(0, address(&a), b"one");
    outbox.load(1, address(&b), b"second");
    outbox.load(2, address(&a), b"");
    outbox.bytes_mut(1)[0] = b'S';
    let sent = outbox.send(from.as_fd(), 0..3);
    assert_eq!((sent.taken, sent.refused.len()), (3, 0));
    assert_eq!(receive(&a), b"one");
    assert_eq!(receive(&a), b"");
    assert_eq!(receive(&b), b"Second");
}

#[test]
fn a_refused_datagram_is_told_of_and_the_rest_is_sent() {
    let to = UdpSocket::bind("127.0.0.1:0").unwrap();
    let from = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut outbox = Outbox::new(4, 8);
    for slot in 0..4 {
        outbox.load(slot, address(&to), &[u8::try_from(slot).unwrap()]);
    }
    // A broadcast address needs a permission that the socket does not have.
    outbox.load(2, SocketAddrV4::new(Ipv4Addr::BROADCAST, 9), b"no");
    let sent = outbox.send(from.as_fd(), 1..4);
    assert_eq!((sent.taken, sent.refused), (2, vec![2]));
    assert!(sent.error.is_some());
    assert_eq!((receive(&to), receive(&to)), (vec![1], vec![3]));
}

#[test]
#[should_panic(expected = "a datagram must fit its slot")]
fn a_datagram_longer_than_its_room_is_never_loaded() {
    Outbox::new(1, 2).load(0, SocketAddrV4::new(Ipv4Addr::LOCALHOST, 1), b"abc");
}
