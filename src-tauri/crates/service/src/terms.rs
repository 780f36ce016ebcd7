//! Words of the contract and what they mean inside: checked once, all problems at once.

mod announced;
mod heard;
mod local;
mod recorder;
mod source;
mod vox;
mod writing;

pub(crate) use announced::{Change, adopted, announced, followed};
pub(crate) use heard::{Heard, Tone};
pub(crate) use local::inputs;
pub(crate) use recorder::{gap, light, state};
pub(crate) use source::{heard, interface, read_sdp, summary};
pub(crate) use vox::{vox, vox_problems};
pub(crate) use writing::{container, effective, naming, outputs, writing_problems};

use audyn_model::Utc;

use crate::api::ApiError;
use crate::api::wire::Moment;

/// A moment as the contract writes it. What no calendar knows becomes its nearest end.
pub(crate) fn moment(utc: Utc) -> Moment {
    Moment(jiff::Timestamp::from_nanosecond(i128::from(utc.0)).unwrap_or_default())
}

/// A moment from the contract; beyond the years that nanoseconds can count, the nearest.
pub(crate) fn utc(moment: Moment) -> Utc {
    Utc(i64::try_from(moment.0.as_nanosecond()).unwrap_or(if moment.0 > jiff::Timestamp::UNIX_EPOCH {
        i64::MAX
    } else {
        i64::MIN
    }))
}

/// All problems in one refusal.
pub(crate) fn refuse(problems: &[String]) -> Result<(), ApiError> {
    if problems.is_empty() { Ok(()) } else { Err(ApiError::invalid(problems.join(" "))) }
}

/// A message of the inner rooms as a sentence.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

/// A name for people, trimmed: 1 to 80 characters without control characters.
pub(crate) fn name(text: &str, of: &str, problems: &mut Vec<String>) -> String {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > 80 {
        problems.push(format!("The {of}'s name has {count} characters; give it 1 to 80."));
    }
    if text.chars().any(char::is_control) {
        problems.push(format!("The {of}'s name holds a control character; leave it out."));
    }
    text.to_owned()
}

/// A line about something, trimmed: up to 200 characters without control characters.
pub(crate) fn description(text: &str, problems: &mut Vec<String>) -> String {
    let text = text.trim();
    let count = text.chars().count();
    if count > 200 {
        problems.push(format!("The description has {count} characters; give it at most 200."));
    }
    if text.chars().any(char::is_control) {
        problems.push("The description holds a control character; leave it out.".to_owned());
    }
    text.to_owned()
}

/// A colour, `#rrggbb`, in upper case.
pub(crate) fn color(text: &str, problems: &mut Vec<String>) -> String {
    let digits = text.strip_prefix('#').unwrap_or_default();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        problems.push(format!("\"{text}\" is no colour; write it like #2196F3."));
    }
    text.to_ascii_uppercase()
}

#[cfg(test)]
mod tests;
