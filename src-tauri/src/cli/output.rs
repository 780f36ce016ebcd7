//! What commands say: results on standard output, trouble on standard error.

use std::fmt::Write as _;
use std::io::{self, Write as _};

use anyhow::Context as _;

use crate::config::Problem;

/// Writes a result. Somebody who stopped reading (`| head`) is no failure.
pub(super) fn result(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).context("cannot write to standard output")
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes a JSON document as a result.
pub(super) fn json(value: &serde_json::Value) -> anyhow::Result<()> {
    result(&format!("{}\n", serde_json::to_string_pretty(value).context("cannot make the report")?))
}

/// Says everything that is wrong with what was typed.
pub(super) fn problems(problems: &[Problem]) {
    for problem in problems {
        failure(&problem.to_string());
    }
}

/// Says why it did not work. Nothing can be done about a standard error that is closed.
pub(super) fn failure(text: &str) {
    let _ = writeln!(io::stderr(), "error: {text}");
}

/// Says something that is worth knowing and is no failure.
pub(super) fn notice(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Lines of two columns, the first as wide as its widest entry.
pub(super) fn columns(rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, value) in rows {
        let _ = writeln!(text, "{name:width$}  {value}");
    }
    text
}

/// A size for people: `1.04 GB`, in powers of ten as disks are sold.
pub(super) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let decimals = if value < 10.0 {
        2
    } else if value < 100.0 {
        1
    } else {
        0
    };
    format!("{value:.decimals$} {}", UNITS[unit])
}

/// A length for people: `1:00:00.000`.
pub(super) fn length(frames: u64, hz: u32) -> String {
    let ms = u128::from(frames) * 1000 / u128::from(hz.max(1));
    format!("{}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
