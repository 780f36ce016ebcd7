use super::*;
use audyn_model::MarkKind;

fn mark(at: i64, end: Option<i64>) -> Mark {
    let id = MarkId::new();
    Mark { id, at: SampleIndex(at), end: end.map(SampleIndex), kind: MarkKind::Vox, text: None }
}

#[test]
fn lines_read_back() {
    let said = Mark { text: Some("„News“\nat nine".into()), ..mark(100, None) };
    let marks = [mark(10, Some(15)), said];
    let lines = to_lines(&marks);
    let text = String::from_utf8(lines.clone()).unwrap();
    assert_eq!(
        text.lines().next().unwrap(),
        format!("{{\"id\":\"{}\",\"at\":10,\"end\":15,\"kind\":\"vox\"}}", marks[0].id)
    );
    assert_eq!(text.lines().count(), 2, "a line each, whatever is said");
    assert_eq!(from_lines(&lines), marks);
}

#[test]
fn ended_torn_and_senseless_lines() {
    let check = |text: &[u8], expected: &[Mark]| assert_eq!(from_lines(text), expected);
    let open = mark(10, None);
    let ended = Mark { end: Some(SampleIndex(20)), ..open.clone() };
    let earlier = mark(5, Some(6));
    let lines = to_lines(&[open.clone(), ended.clone()]);
    check(b"", &[]);
    check(&lines, std::slice::from_ref(&ended));
    check(&lines[..lines.len() - 1], std::slice::from_ref(&open));
    check(&to_lines(&[ended.clone(), earlier.clone()]), &[earlier, ended.clone()]);
    check(&to_lines(&[mark(10, Some(10)), mark(10, Some(3))]), &[]);
    check(&[b"nonsense\n\n".as_slice(), &lines].concat(), &[ended]);
}

#[test]
fn a_list_is_cut_to_what_the_file_has() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("b.wav");
    assert_eq!(beside(&file), dir.path().join("b.wav.marks"));
    assert_eq!(read(&file, SampleIndex(100)).unwrap(), []);
    let marks = [mark(-5, Some(3)), mark(10, Some(120)), mark(50, None), mark(100, Some(130))];
    fs::write(beside(&file), to_lines(&marks)).unwrap();
    assert_eq!(read(&file, SampleIndex(100)).unwrap(), marks[..3]);
    let ended = |n: usize| Mark { end: Some(SampleIndex(100)), ..marks[n].clone() };
    assert_eq!(read_ended(&file, SampleIndex(100)).unwrap(), [marks[0].clone(), ended(1), ended(2)]);
}
