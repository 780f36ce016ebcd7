use std::fs;
use std::os::unix::fs::symlink;

use super::*;

fn hold(by: &str, until: Option<i64>) -> Hold {
    let since = Utc(1_792_888_200_000_000_000);
    Hold {
        id: HoldId::new(),
        by: by.into(),
        since,
        until: until.map(Utc),
        reason: "Complaint 7\n„News“".into(),
    }
}

fn lift(id: HoldId) -> Lift {
    Lift { id, by: "Ada".into(), at: Utc(1_800_000_000_000_000_000), reason: "settled".into() }
}

#[test]
fn what_is_set_stands_until_it_is_lifted() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.wav");
    assert_eq!(read(&file).unwrap(), Listed::default());
    let (first, second) = (hold("Otto", None), hold("Vera", Some(1_900_000_000_000_000_001)));
    append(&file, &[Line::from(&first)]).unwrap();
    append(&file, &[Line::from(&second)]).unwrap();
    let text = fs::read_to_string(beside(&file)).unwrap();
    let line = format!(
        "{{\"did\":\"set\",\"id\":\"{}\",\"by\":\"Otto\",\"at\":\"2026-10-25T00:30:00Z\",\"reason\":\"Complaint 7\\n„News“\"}}",
        first.id
    );
    assert_eq!((text.lines().next(), text.lines().count()), (Some(line.as_str()), 2));
    assert_eq!(read(&file).unwrap().standing, [first.clone(), second.clone()]);
    append(&file, &[Line::from(&lift(first.id))]).unwrap();
    let listed = read(&file).unwrap();
    assert_eq!(listed.standing, [second]);
    assert_eq!(listed.lifted, [(Some(first.clone()), lift(first.id))]);
    assert!(!listed.damaged);
    // What was lifted does not come back by being said again.
    append(&file, &[Line::from(&first)]).unwrap();
    assert_eq!(read(&file).unwrap().standing.len(), 1);
}

#[test]
fn a_torn_last_line_gives_way_and_any_other_one_is_damage() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.wav");
    let first = hold("Otto", None);
    // Shorter than most of what is torn: nothing of that may be left behind it.
    let second = Hold { by: "V".into(), reason: "x".into(), ..hold("", None) };
    append(&file, &[Line::from(&first)]).unwrap();
    let whole = fs::read(beside(&file)).unwrap();
    for cut in 0..whole.len() {
        fs::write(beside(&file), &whole[..cut]).unwrap();
        let listed = read(&file).unwrap();
        assert_eq!((listed.standing.len(), listed.damaged), (0, false), "cut at {cut}");
        append(&file, &[Line::from(&second)]).unwrap();
        assert_eq!(read(&file).unwrap(), Listed { standing: vec![second.clone()], ..Listed::default() });
        assert!(fs::read(beside(&file)).unwrap().ends_with(b"\n"), "nothing torn is left behind it");
    }
    for line in ["x\n", "{\"did\":\"seal\"}\n", "{\"did\":\"set\",\"id\":\"x\"}\n", "\0\0\n"] {
        fs::write(beside(&file), [line.as_bytes(), &whole].concat()).unwrap();
        let listed = read(&file).unwrap();
        assert_eq!(
            (listed.standing.as_slice(), listed.damaged),
            (std::slice::from_ref(&first), true),
            "{line}"
        );
    }
}

#[test]
fn a_full_list_takes_no_more_and_keeps_what_it_has() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("x.wav");
    let one = hold("Otto", None);
    append(&file, &[Line::from(&one)]).unwrap();
    let wordy = Hold { reason: "x".repeat(MOST_BYTES as usize), ..hold("Otto", None) };
    assert_eq!(append(&file, &[Line::from(&wordy)]).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    assert_eq!(read(&file).unwrap().standing, [one]);
    // Somebody else's, and larger than is read: nobody knows what is behind.
    fs::write(beside(&file), vec![b'\n'; 3 * MOST_BYTES as usize]).unwrap();
    assert!(read(&file).unwrap().damaged);
}

#[test]
fn a_link_in_its_place_leads_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let (file, victim) = (dir.path().join("x.wav"), dir.path().join("victim"));
    fs::write(&victim, "kept").unwrap();
    symlink(&victim, beside(&file)).unwrap();
    assert!(read(&file).is_err());
    assert!(append(&file, &[Line::from(&hold("Otto", None))]).is_err());
    assert_eq!(fs::read(&victim).unwrap(), b"kept");
    fs::remove_file(beside(&file)).unwrap();
    fs::create_dir(beside(&file)).unwrap();
    assert!(read(&file).is_err());
}
