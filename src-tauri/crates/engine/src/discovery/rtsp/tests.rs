use std::net::{Ipv4Addr, TcpListener};

use super::*;
use crate::rt::SystemClock;

const ANSWER: &[u8] = b"RTSP/1.0 200 OK\r\nCSeq: 1\r\ncontent-LENGTH: 5\r\n\r\nv=0\r\nRTSP";

#[test]
fn an_answer_is_read_when_all_of_it_has_come() {
    for end in 0..ANSWER.len() - 4 {
        assert_eq!(parse(&ANSWER[..end]), Ok(None), "{end}");
    }
    for end in ANSWER.len() - 4..=ANSWER.len() {
        assert_eq!(parse(&ANSWER[..end]), Ok(Some(Answer { status: 200, body: b"v=0\r\n" })));
    }
    let bare = parse(b"RTSP/1.0 404 Not Found\r\n\r\n").unwrap().unwrap();
    assert_eq!((bare.status, bare.body), (404, b"".as_slice()));
}

#[test]
fn what_will_never_be_an_answer_is_given_up() {
    let check = |bytes: &[u8], expected| assert_eq!(parse(bytes), Err(expected));
    check(b"HTTP/1.1 200 OK\r\n", Reject::NotRtsp);
    check(b"RTSP/1.0\r\n\r\n", Reject::NotRtsp);
    check(b"RTSP/1.0 many\r\n\r\n", Reject::NotRtsp);
    check(b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", Reject::NotRtsp);
    check(b"RTSP/1.0 200 \xFF\r\n\r\n", Reject::NotRtsp);
    check(b"RTSP/1.0 200 OK\r\nContent-Length: 65537\r\n\r\n", Reject::Body);
    check(&[b"RTSP/1.0 200 OK\r\n".as_slice(), &[b'x'; HEAD]].concat(), Reject::Head);
}

#[test]
fn a_name_is_escaped_in_the_path() {
    let text = request("192.0.2.1:554".parse().unwrap(), "Bühne 1/\r\nX");
    assert!(
        text.starts_with("DESCRIBE rtsp://192.0.2.1:554/by-name/B%C3%BChne%201%2F%0D%0AX RTSP/1.0\r\n"),
        "{text}"
    );
}

/// A device that answers one call with these bytes, and what it was asked.
fn device(answer: Vec<u8>) -> (SocketAddrV4, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let (mut asked, mut part) = (Vec::new(), [0; 1024]);
        while !asked.ends_with(b"\r\n\r\n") {
            let read = stream.read(&mut part).unwrap();
            asked.extend_from_slice(&part[..read]);
        }
        let _ = stream.write_all(&answer);
        String::from_utf8(asked).unwrap()
    });
    (SocketAddrV4::new(Ipv4Addr::LOCALHOST, port), thread)
}

#[test]
fn a_device_is_asked_and_its_description_taken() {
    let (at, thread) = device(ANSWER.to_vec());
    assert_eq!(describe(at, "PGM 1", &SystemClock).unwrap(), "v=0\r\n");
    assert!(thread.join().unwrap().contains("/by-name/PGM%201 "));
}

#[test]
fn a_device_without_a_description_is_told_apart() {
    let ask = |answer: &[u8]| {
        let (at, thread) = device(answer.to_vec());
        let error = describe(at, "x", &SystemClock).unwrap_err().to_string();
        thread.join().unwrap();
        error
    };
    assert_eq!(ask(b"RTSP/1.0 404 Not Found\r\n\r\n"), "the device answers 404 instead of a description");
    assert!(ask(b"RTSP/1.0 302 Moved\r\nLocation: rtsp://192.0.2.9/x\r\n\r\n").contains("302"));
    assert!(ask(b"RTSP/1.0 200 OK\r\nContent-Length: 10\r\n\r\nv=0").contains("no answer"));
    let endless =
        [b"RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n".as_slice(), &[b'x'; 100_000]].concat();
    assert_eq!(ask(&endless), "the description is longer than 64 KiB");
}
