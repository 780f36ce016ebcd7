//! Findings → checks, from the cable up, and one sentence. Pure.

mod arrival;
mod host;
mod ptp;
mod stream;

use super::findings::Findings;
use super::tally::Flow;

/// Queriers ask every 125 s (RFC 9776 §8.2) and may take 5 s more: after that, none is there.
const QUERIER_S: f64 = 130.0;

/// What comes this late is late: the window says whether it is of use. What comes later still is lost.
const LATE_NS: i64 = 500_000_000;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Audio comes, but something is not as it should be.
    Warn,
    /// This keeps audio away or damages it.
    Fault,
    /// It could not be told, and why.
    Unknown,
    /// Still being measured.
    Pending,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name for people.
    pub name: &'static str,
    /// The leg it is about, from 0 on; none if it is about the source as a whole.
    pub leg: Option<usize>,
    /// How it went.
    pub verdict: Verdict,
    /// What was measured, a clause without full stop.
    pub words: String,
    /// What that is called, if it is a fault or a warning.
    pub id: Option<&'static str>,
    /// What to do about it, a clause without full stop.
    pub remedy: String,
}

/// What the doctor says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The diagnosis: `healthy`, `unknown`, or that of the check to blame.
    pub id: &'static str,
    /// How bad it is.
    pub verdict: Verdict,
    /// What is wrong and what to do, in one sentence.
    pub sentence: String,
    /// Every check, in order.
    pub checks: Vec<Check>,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fault => "fault",
            Self::Unknown => "unknown",
            Self::Pending => "pending",
        }
    }
}

impl Check {
    pub(super) fn new(name: &'static str, verdict: Verdict, words: impl Into<String>) -> Self {
        Self { name, leg: None, verdict, words: words.into(), id: None, remedy: String::new() }
    }

    pub(super) fn ok(name: &'static str, words: impl Into<String>) -> Self {
        Self::new(name, Verdict::Ok, words)
    }

    pub(super) fn unknown(name: &'static str, words: impl Into<String>) -> Self {
        Self::new(name, Verdict::Unknown, words)
    }

    pub(super) fn fault(
        name: &'static str,
        id: &'static str,
        words: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { id: Some(id), remedy: remedy.into(), ..Self::new(name, Verdict::Fault, words) }
    }

    pub(super) fn warn(
        name: &'static str,
        id: &'static str,
        words: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { verdict: Verdict::Warn, ..Self::fault(name, id, words, remedy) }
    }

    pub(super) fn sentence(&self) -> String {
        format!("{}; {}.", self.words, self.remedy)
    }
}

/// Says what findings mean. Of what has not been measured to its end, only what is certain is said.
#[must_use]
pub fn diagnose(findings: &Findings) -> Report {
    let mut checks = Vec::new();
    let flows: Vec<Option<&Flow>> =
        findings.legs.iter().map(|leg| leg.best().main(findings.source.payload_type)).collect();
    for leg in 0..findings.legs.len() {
        let before = checks.len();
        host::checks(findings, leg, &mut checks);
        let spared = flows.iter().enumerate().any(|(other, flow)| {
            other != leg && flow.is_some_and(|flow| flow.lost(findings.overdue_ns()) == 0)
        });
        if arrival::check(findings, leg, &mut checks) {
            stream::checks(findings, leg, spared, &mut checks);
        }
        checks.push(host::buffer(findings, leg));
        checks.extend(host::querier(findings, leg));
        checks[before..].iter_mut().for_each(|check| check.leg = Some(leg));
    }
    if let [first, second] = flows.as_slice() {
        checks.push(second_leg(findings, *first, *second));
    }
    ptp::checks(findings, &mut checks);
    conclude(findings, &flows, checks)
}

impl Findings {
    fn window_ns(&self) -> i64 {
        i64::from(self.source.window_ms) * 1_000_000
    }

    /// From when on a packet that has not come is lost rather than late, in nanoseconds.
    #[must_use]
    pub fn overdue_ns(&self) -> i64 {
        self.window_ns().max(LATE_NS)
    }
}

fn second_leg(findings: &Findings, first: Option<&Flow>, second: Option<&Flow>) -> Check {
    const NAME: &str = "Second leg";
    let (first, second) = match (first, second) {
        (Some(first), Some(second)) => (first, second),
        _ if !findings.done => return Check::new(NAME, Verdict::Pending, "Waiting for both legs"),
        (None, None) => return Check::unknown(NAME, "Neither leg is heard"),
        (Some(_), None) | (None, Some(_)) => {
            return Check::unknown(NAME, "Only one leg is heard: there is nothing to compare");
        }
    };
    if first.ssrc != second.ssrc {
        return Check::fault(
            NAME,
            "legs-differ",
            "The two legs carry different streams",
            "correct the address of one leg: both must bring the packets of one sender",
        );
    }
    let Some(skew) = first.skew_ns(second) else {
        return Check::unknown(NAME, "The legs brought no packet in common lately");
    };
    let (ms, window) = (skew as f64 / 1e6, findings.source.window_ms);
    if skew > findings.window_ns() {
        let words = format!("The legs are {ms:.1} ms apart, and the reorder window is {window} ms");
        return Check::fault(NAME, "leg-skew", words, "make the window larger than that");
    }
    Check::ok(NAME, format!("The legs are at most {ms:.1} ms apart"))
}

/// Whom to blame: the first fault from the cable up, then the first warning.
fn conclude(findings: &Findings, flows: &[Option<&Flow>], checks: Vec<Check>) -> Report {
    let with = |verdict: Verdict| checks.iter().filter(move |check| check.verdict == verdict);
    // Nothing comes, and nobody asks who listens: then that is why.
    let cut_off = || with(Verdict::Fault).find(|check| check.id == Some("no-igmp-querier"));
    let fault = with(Verdict::Fault).next().map(|first| match first.id {
        Some("no-packets") => cut_off().unwrap_or(first),
        _ => first,
    });
    let (id, verdict, sentence) = if let Some(check) = fault {
        let heard = flows.iter().filter(|flow| flow.is_some()).count();
        match check.leg {
            Some(leg) if flows.len() > 1 && heard == 1 && flows[leg].is_none() => {
                let sentence = format!(
                    "Leg {} of {} brings nothing: {}",
                    leg + 1,
                    flows.len(),
                    lowered(&check.sentence())
                );
                ("one-leg", Verdict::Fault, sentence)
            }
            Some(_) | None => (check.id.unwrap_or("fault"), Verdict::Fault, check.sentence()),
        }
    } else if let Some(check) = with(Verdict::Warn).next() {
        (check.id.unwrap_or("warning"), Verdict::Warn, check.sentence())
    } else if flows.iter().any(Option::is_none) {
        let why = with(Verdict::Unknown).next().map_or("Nothing could be measured", |check| &check.words);
        ("unknown", Verdict::Unknown, format!("{why}."))
    } else {
        ("healthy", Verdict::Ok, healthy(findings, flows))
    };
    let (verdict, sentence) = if findings.done {
        (verdict, sentence)
    } else {
        (Verdict::Pending, "Listening to what comes.".to_owned())
    };
    Report { id, verdict, sentence, checks }
}

fn healthy(findings: &Findings, flows: &[Option<&Flow>]) -> String {
    let Some(Some(flow)) = flows.first() else { return "Nothing is wrong.".to_owned() };
    let legs = if flows.len() > 1 { " on each leg" } else { "" };
    let (rate, sender, s) = (flow.rate(), flow.sender, findings.seconds);
    format!("Nothing is wrong: {rate:.0} packets a second{legs} from {sender}, none lost in {s:.0} s.")
}

/// With a small first letter, unless it begins with a name.
pub(super) fn lowered(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_lowercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}", letters.as_str())
}

pub(super) fn many(number: u64, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests;
