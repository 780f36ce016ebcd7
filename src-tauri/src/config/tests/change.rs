use super::{network, toml};
use crate::config::change::{Change, changes};
use crate::config::checked::Recorder;

/// Recorders from `name:port` words.
fn recorders(words: &str) -> Vec<Recorder> {
    let table = |word: &str| {
        let (name, port) = word.split_once(':').unwrap();
        format!(
            "[[recorder]]\nname = \"{name}\"\noutput = \"/x/{name}.wav\"\nmulticast_addr = \"239.1.1.1\"\nport = {port}\n"
        )
    };
    let text: String = words.split_whitespace().map(table).collect();
    if text.is_empty() { Vec::new() } else { toml(&text).unwrap().recorders }
}

fn check(running: &str, wanted: &str, expected: &str) {
    let words: Vec<String> = changes(&recorders(running), &recorders(wanted))
        .iter()
        .map(|change| match change {
            Change::Stop { .. } => format!("-{}", change.name()),
            Change::Restart(r) => format!("*{}:{}", change.name(), network(&r.source).legs[0].port),
            Change::Start(r) => format!("+{}:{}", change.name(), network(&r.source).legs[0].port),
        })
        .collect();
    assert_eq!(words.join(" "), expected, "{running} → {wanted}");
}

#[test]
fn only_what_differs_is_touched_and_what_ends_comes_first() {
    check("a:1 b:2", "a:1 b:2", "");
    check("a:1 b:2", "b:2 a:1", "");
    check("", "a:1 b:2", "+a:1 +b:2");
    check("a:1 b:2", "", "-a -b");
    check("a:1 b:2 c:3", "c:4 d:5 a:1", "-b *c:4 +d:5");
    check("a:1", "b:1", "-a +b:1");
}
