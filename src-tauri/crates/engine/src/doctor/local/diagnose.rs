//! Findings → checks, from the system's sound server to the samples, and one sentence. Pure.

use super::{Findings, Present, dbfs};
use crate::doctor::diagnose::{Check, Report, Verdict, capital, many};
use crate::doctor::text::{checks as listed, wrapped};
use crate::source::Source;

/// Others that are named where one is not there.
const NAMED: usize = 5;

/// Words for a kind of local source.
struct Words {
    system: &'static str,
    system_id: &'static str,
    device: &'static str,
    gone: &'static str,
    connect: &'static str,
}

const NODE: Words = Words {
    system: "PipeWire",
    system_id: "no-pipewire",
    device: "Node",
    gone: "node-gone",
    connect: "connect the device or start the program",
};
const CARD: Words = Words {
    system: "Sound system",
    system_id: "no-sound-system",
    device: "Sound card",
    gone: "card-gone",
    connect: "connect it and switch it on",
};

/// Says what findings mean. Of what has not been measured to its end, only what is certain is said.
#[must_use]
pub fn diagnose(findings: &Findings) -> Report {
    let (words, id) = asked(&findings.source);
    let mut checks = Vec::new();
    let present = device(findings, words, id, &mut checks);
    if let Some(present) = present {
        checks.push(channels(findings, present));
        checks.push(rate(findings, words, present));
    }
    if checks.iter().all(|check| check.id.is_none_or(|id| id != words.system_id && id != words.gone)) {
        checks.push(audio(findings));
    }
    if findings.frames > 0 {
        checks.push(loss(findings));
        checks.push(level(findings));
    }
    conclude(findings, checks)
}

/// The report for people.
#[must_use]
pub fn text(findings: &Findings, report: &Report) -> String {
    let (words, id) = asked(&findings.source);
    let mut text = format!("{}: {}\n", words.device, if id.is_empty() { "the default input" } else { id });
    listed(&mut text, report, None);
    text.push('\n');
    wrapped(&mut text, 0, &report.sentence);
    text
}

fn asked(source: &Source) -> (&'static Words, &str) {
    match source {
        Source::PipeWire(node) => (&NODE, &node.node),
        Source::Card(card) => (&CARD, &card.device),
        Source::Aes67(_) => (&CARD, ""),
    }
}

fn wanted_channels(source: &Source) -> u16 {
    match source {
        Source::PipeWire(node) => node.stream_channels,
        Source::Card(card) => card.stream_channels,
        Source::Aes67(_) => source.channels(),
    }
}

/// Whether the system answers, and the device is there.
fn device<'a>(
    findings: &'a Findings,
    words: &Words,
    id: &str,
    checks: &mut Vec<Check>,
) -> Option<&'a Present> {
    let there = match &findings.there {
        Ok(there) => there,
        Err(why) => {
            let (words_of, remedy) = why.split_once("; ").unwrap_or((why, "see that it is installed"));
            checks.push(Check::fault(words.system, words.system_id, capital(words_of), remedy));
            return None;
        }
    };
    checks.push(Check::ok(
        words.system,
        format!("It answers, and offers {}", many(there.len() as u64, "input")),
    ));
    let found = there.iter().find(|present| if id.is_empty() { present.default } else { present.id == id });
    if let Some(present) = found {
        checks.push(Check::ok(words.device, format!("“{}” is there", present.name)));
        return found;
    }
    let named = if id.is_empty() {
        "No input is the default one".to_owned()
    } else {
        format!("There is no “{id}”")
    };
    if findings.frames > 0 {
        // As through one of ALSA's plug-ins that is not listed.
        checks.push(Check::ok(words.device, "It is not listed, and brings audio"));
        return None;
    }
    let others: Vec<&str> = there.iter().take(NAMED).map(|present| present.id.as_str()).collect();
    let remedy = if others.is_empty() {
        format!("{}: there is nothing else to record", words.connect)
    } else {
        format!("{}, or choose one of these: {}", words.connect, others.join(", "))
    };
    checks.push(Check::fault(words.device, words.gone, named, remedy));
    None
}

fn channels(findings: &Findings, present: &Present) -> Check {
    const NAME: &str = "Channels";
    let wanted = wanted_channels(&findings.source);
    match present.channels {
        0 => Check::unknown(NAME, "It does not say how many it has"),
        there if there < wanted => Check::fault(
            NAME,
            "wrong-channels",
            format!("It has {}, and {wanted} are expected", many(there.into(), "channel")),
            format!("set {} for this source", many(there.into(), "channel")),
        ),
        there => Check::ok(NAME, format!("{wanted} of {there}")),
    }
}

fn rate(findings: &Findings, words: &Words, present: &Present) -> Check {
    const NAME: &str = "Sample rate";
    let wanted = findings.source.rate().hz();
    let said: Vec<String> = present.rates.iter().map(u32::to_string).collect();
    if said.is_empty() {
        return Check::unknown(NAME, "It does not say at which it runs");
    }
    if present.rates.contains(&wanted) {
        return Check::ok(NAME, format!("{wanted} Hz"));
    }
    let said = said.join(", ");
    if words.system == NODE.system {
        let words = format!("PipeWire runs at {said} Hz and converts to {wanted} Hz");
        return Check::warn(
            NAME,
            "wrong-rate",
            words,
            format!("set {said} Hz for this source to record what is there"),
        );
    }
    let words = format!("It does not run at {wanted} Hz");
    Check::fault(NAME, "wrong-rate", words, format!("set one of {said} Hz for this source"))
}

fn audio(findings: &Findings) -> Check {
    const NAME: &str = "Audio";
    if let Some(why) = &findings.trouble {
        let id = if findings.frames > 0 { "went-away" } else { "not-opened" };
        let (words, remedy) = why
            .trim_end_matches('.')
            .split_once("; ")
            .unwrap_or((why.trim_end_matches('.'), "see to that; it is opened again by itself"));
        return Check::fault(NAME, id, words, remedy);
    }
    if findings.frames > 0 {
        let (rate, channels) = (findings.source.rate().hz(), findings.source.channels());
        return Check::ok(NAME, format!("{rate} Hz, {}", many(channels.into(), "channel")));
    }
    if !findings.done {
        return Check::new(NAME, Verdict::Pending, "None yet");
    }
    Check::fault(
        NAME,
        "no-audio",
        format!("It is open, and no audio came in {:.0} s", findings.seconds),
        "see that the device runs, or that the program plays",
    )
}

fn loss(findings: &Findings) -> Check {
    const NAME: &str = "Loss";
    if findings.missing == 0 {
        return Check::ok(NAME, format!("None of {}", many(findings.frames, "sample")));
    }
    let ms = findings.missing as f64 * 1000.0 / f64::from(findings.source.rate().hz());
    let words = format!("{ms:.1} ms are missing, in {}", many(findings.gaps, "gap"));
    Check::warn(
        NAME,
        "loss",
        words,
        "see that this machine is not overloaded, and that the device stays connected",
    )
}

fn level(findings: &Findings) -> Check {
    const NAME: &str = "Level";
    let loudest = findings.peaks.iter().copied().max().unwrap_or(0);
    let Some(db) = dbfs(loudest) else {
        if !findings.done {
            return Check::new(NAME, Verdict::Pending, "Silence so far");
        }
        return Check::warn(
            NAME,
            "silent-input",
            format!("Nothing but digital silence came in {:.0} s", findings.seconds),
            "see that something plays, that it is not muted, and that this is the right input",
        );
    };
    let silent: Vec<String> = findings
        .peaks
        .iter()
        .enumerate()
        .filter(|(_, peak)| **peak == 0)
        .map(|(channel, _)| (channel + 1).to_string())
        .collect();
    let silent = match silent.as_slice() {
        [] => String::new(),
        [one] => format!("; channel {one} is digital silence"),
        many => format!("; channels {} are digital silence", many.join(", ")),
    };
    Check::ok(NAME, format!("Loudest at {} dBFS{silent}", signed(db)))
}

/// Whom to blame: the first fault, then the first warning.
fn conclude(findings: &Findings, checks: Vec<Check>) -> Report {
    let first = |verdict: Verdict| checks.iter().find(move |check| check.verdict == verdict);
    let (id, verdict, sentence) = if !findings.done {
        ("unknown", Verdict::Pending, "Listening to what comes.".to_owned())
    } else if let Some(check) = first(Verdict::Fault).or_else(|| first(Verdict::Warn)) {
        (check.id.unwrap_or("fault"), check.verdict, check.sentence())
    } else {
        ("healthy", Verdict::Ok, healthy(findings))
    };
    Report { id, verdict, sentence, checks }
}

fn healthy(findings: &Findings) -> String {
    let loudest = findings.peaks.iter().copied().max().and_then(dbfs);
    let level = loudest.map_or_else(String::new, |db| format!(", loudest at {} dBFS", signed(db)));
    let channels = many(findings.source.channels().into(), "channel");
    let (rate, s) = (findings.source.rate().hz(), findings.seconds);
    format!("Nothing is wrong: {channels} at {rate} Hz{level}, none lost in {s:.0} s.")
}

fn signed(db: f32) -> String {
    format!("{db:.1}").replace('-', "−")
}

#[cfg(test)]
mod tests;
