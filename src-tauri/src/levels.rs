//! Levels as JSON lines on standard output.
//!
//! The reader of that pipe may be slow or gone: the lines are made from a latest-wins meter by a thread of their own,
//! so the worst that a stuck reader causes is that it sees no newer levels.

use std::fmt::Write as _;
use std::io::{self, Write};

use audyn_model::ChannelLevel;

/// Highest level printed, in dBFS. Floating-point programme can exceed full scale, but not by this much.
const CEILING_DB: f32 = 120.0;

/// One line for one recorder, without line end. `recorder` is its name where several share the output.
///
/// `{"type":"levels","channels":2,"left":{…},"right":{…},"all":[{…},{…}]}`: `left` is the first channel, `right` the
/// second if there is one, and each is `{"rms_db":-18.5,"peak_db":-6.2,"clipping":false}` in dBFS, −120 at the least.
#[must_use]
pub fn line(recorder: Option<&str>, levels: &[ChannelLevel]) -> String {
    let mut text = String::with_capacity(80 * (levels.len() + 2));
    text.push_str("{\"type\":\"levels\"");
    if let Some(name) = recorder {
        let name = serde_json::Value::from(name);
        let _ = write!(text, ",\"recorder\":{name}");
    }
    let _ = write!(text, ",\"channels\":{}", levels.len());
    for (side, level) in ["left", "right"].iter().zip(levels) {
        let _ = write!(text, ",\"{side}\":");
        push_level(&mut text, level);
    }
    text.push_str(",\"all\":[");
    for (i, level) in levels.iter().enumerate() {
        if i > 0 {
            text.push(',');
        }
        push_level(&mut text, level);
    }
    text.push_str("]}");
    text
}

/// Whether anybody still reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// The line was taken.
    Present,
    /// The pipe is closed; there is no use in further lines.
    Gone,
}

/// Writes whole lines and flushes them.
///
/// # Errors
/// Anything but a closed pipe, which is [`Readers::Gone`].
pub fn print(out: &mut impl Write, lines: &str) -> io::Result<Readers> {
    match out.write_all(lines.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(Readers::Present),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Readers::Gone),
        Err(error) => Err(error),
    }
}

fn push_level(text: &mut String, level: &ChannelLevel) {
    let _ = write!(
        text,
        "{{\"rms_db\":{},\"peak_db\":{},\"clipping\":{}}}",
        Db(level.rms_db()),
        Db(level.peak_db()),
        level.clipping
    );
}

/// Decibels as a JSON number with at least one and at most two decimals.
struct Db(f32);

impl std::fmt::Display for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let finite = if self.0.is_nan() { ChannelLevel::FLOOR_DB } else { self.0 };
        let clamped = f64::from(finite.clamp(ChannelLevel::FLOOR_DB, CEILING_DB));
        // Adding zero turns a negative zero into a plain one.
        let rounded = (clamped * 100.0).round() / 100.0 + 0.0;
        write!(f, "{rounded:?}")
    }
}

#[cfg(test)]
mod tests;
