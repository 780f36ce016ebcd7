//! A report as plain text, 80 columns wide, that ends in the sentence.

use std::fmt::Write as _;

use super::diagnose::{Report, Verdict};
use super::findings::Findings;
use super::tally::JITTER_EDGES_US;

const WIDTH: usize = 80;
const SIGN: usize = 9;
const NAME: usize = 16;
/// The longest bar of the histogram.
const BAR: u64 = 40;

/// The report for people.
#[must_use]
pub fn text(findings: &Findings, report: &Report) -> String {
    let mut text = String::new();
    for (number, leg) in findings.source.legs.iter().enumerate() {
        let interface = findings.legs.get(number).and_then(|found| found.interface.as_ref());
        let on = interface.map_or_else(String::new, |i| format!(" on {}", i.name));
        let _ = writeln!(text, "Leg {}: {}:{}{on}", number + 1, leg.address, leg.port);
        checks(&mut text, report, Some(number));
        histogram(&mut text, findings, number);
        text.push('\n');
    }
    let before = text.len();
    checks(&mut text, report, None);
    if text.len() > before {
        text.push('\n');
    }
    wrapped(&mut text, 0, &report.sentence);
    text
}

pub(super) fn checks(text: &mut String, report: &Report, leg: Option<usize>) {
    for check in report.checks.iter().filter(|check| check.leg == leg) {
        let sign = match check.verdict {
            Verdict::Ok => "ok",
            Verdict::Warn => "WARNING",
            Verdict::Fault => "FAULT",
            Verdict::Unknown => "unknown",
            Verdict::Pending => "…",
        };
        let _ = write!(text, "{sign:SIGN$}{:NAME$}", check.name);
        wrapped(text, SIGN + NAME, &check.words);
    }
}

fn histogram(text: &mut String, findings: &Findings, leg: usize) {
    let Some(flow) = findings.legs.get(leg).and_then(|leg| leg.best().main(findings.source.payload_type))
    else {
        return;
    };
    let Some(most) = flow.jitter.iter().copied().max().filter(|most| *most > 0) else { return };
    let last = flow.jitter.iter().rposition(|count| *count > 0).unwrap_or(0);
    for (bin, count) in flow.jitter.iter().enumerate().take(last + 1) {
        let label = match JITTER_EDGES_US.get(bin) {
            Some(edge) => format!("to {} ms", f64::from(*edge) / 1000.0),
            None => "more".to_owned(),
        };
        let bar = "#".repeat((count * BAR).div_ceil(most) as usize);
        let _ = writeln!(text, "{:SIGN$}{label:NAME$}{bar} {count}", "");
    }
}

/// Words from `column` on, broken at blanks.
pub(super) fn wrapped(text: &mut String, column: usize, words: &str) {
    let mut at = column;
    for (i, word) in words.split_whitespace().enumerate() {
        let length = word.chars().count();
        if i > 0 && at + 1 + length > WIDTH {
            let _ = write!(text, "\n{:column$}", "");
            at = column;
        } else if i > 0 {
            text.push(' ');
            at += 1;
        }
        text.push_str(word);
        at += length;
    }
    text.push('\n');
}
