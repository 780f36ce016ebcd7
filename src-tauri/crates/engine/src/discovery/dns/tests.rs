use super::*;

fn number(value: u16, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.to_be_bytes());
}

/// An answer with a PTR from the subtype to an instance, and the instance's SRV, names compressed.
fn answer() -> Vec<u8> {
    let mut out = vec![0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 1];
    Name::plain("_ravenna_session._sub._rtsp._tcp.local").write(&mut out);
    for value in [PTR, INTERNET, 0, 4500] {
        number(value, &mut out);
    }
    let service = 12 + 17 + 5; // after "_ravenna_session" and "_sub"
    let instance = out.len() + 2;
    let label = "Studio 1.PGM".as_bytes();
    number(label.len() as u16 + 3, &mut out);
    out.push(label.len() as u8);
    out.extend_from_slice(label);
    number(0xC000 | service, &mut out);
    number(0xC000 | instance as u16, &mut out);
    for value in [SRV, 0x8001, 0, 120] {
        number(value, &mut out);
    }
    let host = [4, b'h', b'o', b's', b't', 0];
    number(6 + host.len() as u16, &mut out);
    for value in [0, 0, 8554] {
        number(value, &mut out);
    }
    out.extend_from_slice(&host);
    out
}

#[test]
fn instances_and_where_they_answer_are_read() {
    let instance = Name(["Studio 1.PGM", "_rtsp", "_tcp", "local"].map(str::to_owned).to_vec());
    let subtype = Name::plain("_ravenna_session._sub._rtsp._tcp.local");
    assert_eq!(
        parse(&answer()).unwrap(),
        [
            Record { name: subtype, ttl: 4500, data: Data::Ptr(instance.clone()) },
            Record { name: instance.clone(), ttl: 120, data: Data::Srv { port: 8554 } },
        ]
    );
    assert_eq!(instance.below(&Name::plain("_RTSP._tcp.local")), Some("Studio 1.PGM"));
    assert_eq!(instance.below(&Name::plain("_http._tcp.local")), None);
    assert_eq!(instance.to_string(), "Studio 1.PGM._rtsp._tcp.local");
}

#[test]
fn a_question_is_no_answer_and_reads_as_rfc_1035_lays_it_out() {
    let name = Name::plain("_x._tcp.local");
    let instance = Name::plain("a._x._tcp.local");
    let bytes = query(
        &[Question::Instances(name.clone()), Question::Where(instance.clone())],
        &[(name, instance, 60)],
    );
    assert_eq!(parse(&bytes), Err(Reject::NoAnswer));
    assert_eq!(bytes[..12], [0, 0, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0]);
    assert_eq!(bytes[12..31], *b"\x02_x\x04_tcp\x05local\0\x00\x0C\x00\x01");
    let mut as_answer = bytes;
    as_answer[2] = 0x84;
    assert_eq!(parse(&as_answer).unwrap().len(), 1);
}

#[test]
fn a_query_stays_within_a_datagram() {
    let name = Name::plain("_x._tcp.local");
    let known: Vec<_> =
        (0..500).map(|n| (name.clone(), Name::plain(&format!("instance{n}._x._tcp.local")), 60)).collect();
    let mut bytes = query(&[Question::Instances(name)], &known);
    assert!(bytes.len() <= 1400);
    bytes[2] = 0x84;
    assert!(parse(&bytes).unwrap().len() > 10, "what is in it is whole");
}

#[test]
fn names_that_do_not_end_and_messages_that_lie_are_rejected() {
    let check = |bytes: &[u8], expected| assert_eq!(parse(bytes), Err(expected), "{bytes:?}");
    let head = |answers: u8| vec![0, 0, 0x84, 0, 0, 0, 0, answers, 0, 0, 0, 0];
    check(&[], Reject::Length);
    check(&[0; 9001], Reject::Length);
    check(&head(1), Reject::Length);
    check(&[head(1), vec![0xC0, 12]].concat(), Reject::Name); // leads to itself
    check(&[head(1), vec![0xC0, 14, 0xC0, 12]].concat(), Reject::Name); // round and round
    check(&[head(1), vec![0x40, 1]].concat(), Reject::Name); // a label kind that does not exist
    let long: Vec<u8> = (0..5).flat_map(|_| [vec![63], vec![b'x'; 63]].concat()).collect();
    check(&[head(1), long].concat(), Reject::Name);
    check(&[head(1), vec![0, 0, 12, 0, 1, 0, 0, 0, 9, 0xFF, 0xFF]].concat(), Reject::Length); // data beyond the end
    check(&[head(1), vec![0, 0, 33, 0, 1, 0, 0, 0, 9, 0, 2, 0, 0, 0, 0, 0, 0]].concat(), Reject::Length); // data beyond its length
    check(&[vec![0, 0, 0x84, 3], vec![0; 8]].concat(), Reject::NoAnswer); // an error
}

#[test]
fn an_answer_cut_anywhere_is_read_or_rejected() {
    let whole = answer();
    for end in 0..whole.len() {
        assert!(parse(&whole[..end]).is_err(), "{end}");
    }
}
