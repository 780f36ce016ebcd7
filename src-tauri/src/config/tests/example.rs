use super::toml;
use crate::config::checked::Place;
use crate::config::{Key, parse};

const EXAMPLE: &str = include_str!("../../../audyn.example.toml");

#[test]
fn the_example_shows_exactly_the_defaults() {
    let bare = "[[recorder]]\nname = \"Studio 1\"\narchive_root = \"/srv/archive/studio-1\"\nmulticast_addr = \"239.69.1.1\"\n\
        [[recorder]]\nname = \"Studio 2\"\noutput = \"/srv/takes/studio-2.wav\"\nmulticast_addr = \"239.69.1.2\"\n";
    let example = toml(EXAMPLE).unwrap();
    assert_eq!(example, toml(bare).unwrap());
    assert!(
        matches!(example.recorders[1].place, Place::File(_)),
        "the defaults of archives do not disturb it"
    );
}

#[test]
fn the_example_mentions_every_key_and_its_comments_are_keys_too() {
    let uncommented: String = EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if rest.split_once(" = ").is_some_and(|(word, _)| Key::from_toml(word).is_some()) => {
                rest
            }
            Some(_) | None => line,
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let raw = parse(&uncommented);
    assert_eq!(raw.problems, []);
    for key in Key::all() {
        let shown = raw.defaults.contains_key(&key) || raw.recorders.iter().any(|r| r.get(key).is_some());
        assert!(shown, "{} is not in audyn.example.toml", key.toml());
    }
}

#[test]
fn every_key_has_its_own_spellings() {
    for key in Key::all() {
        assert_eq!(Key::from_toml(key.toml()), Some(key));
    }
    let flags: std::collections::BTreeSet<_> = Key::all().map(Key::flag).collect();
    assert_eq!(flags.len(), Key::all().count());
}
