//! Reading the options of one recorder, each as the type it should have; what is not goes on the list of problems.

use std::fmt::Display;
use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use audyn_model::Rate;

use crate::config::raw::{RawRecorder, Value, Written};
use crate::config::{Key, Problem};

/// One recorder being checked.
pub(super) struct Desk<'r> {
    pub raw: &'r RawRecorder,
    pub problems: Vec<Problem>,
    pub warnings: Vec<String>,
}

/// What came of reading an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read<T> {
    /// It was not typed.
    Absent,
    /// It was typed wrong; the problem is on the list.
    Refused,
    /// It was typed right.
    Is(T),
}

impl<T> Read<T> {
    /// The value, or what holds if nothing was typed. After a refusal too: the result is not used then, and what
    /// depends on it is checked as if nothing had been typed.
    pub fn or(self, default: T) -> T {
        self.is().unwrap_or(default)
    }

    pub fn is(self) -> Option<T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Refused => None,
        }
    }

    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Self::Is(value) => Read::Is(to(value)),
            Self::Absent => Read::Absent,
            Self::Refused => Read::Refused,
        }
    }

    pub const fn refused(&self) -> bool {
        matches!(self, Self::Refused)
    }
}

impl<'r> Desk<'r> {
    pub const fn new(raw: &'r RawRecorder) -> Self {
        Self { raw, problems: Vec::new(), warnings: Vec::new() }
    }

    pub fn typed(&self, key: Key) -> Option<&'r Written> {
        self.raw.get(key)
    }

    /// By what name the user knows an option: where it was typed, or how it would be typed.
    pub fn name_of(&self, key: Key) -> String {
        self.typed(key).map_or_else(|| self.spelt(key).to_owned(), |written| written.key.clone())
    }

    /// How an option is spelt where this recorder was typed.
    pub fn spelt(&self, key: Key) -> &'static str {
        if self.raw.place.is_empty() { key.flag() } else { key.toml() }
    }

    /// Puts an option on the list of problems.
    pub fn refuse<T>(&mut self, key: Key, wrong: impl Into<String>, right: impl Into<String>) -> Read<T> {
        let name = self.name_of(key);
        self.problems.push(Problem::new(name, wrong, right));
        Read::Refused
    }

    /// Puts the recorder itself on the list of problems, for something it lacks.
    pub fn lacks(&mut self, wrong: impl Into<String>, right: impl Into<String>) {
        let name = if self.raw.place.is_empty() { "record" } else { &self.raw.place };
        self.problems.push(Problem::new(name, wrong, right));
    }

    pub fn warn(&mut self, text: impl Display) {
        self.warnings.push(text.to_string());
    }

    /// Text that is not empty.
    pub fn text(&mut self, key: Key, what: &str) -> Read<String> {
        let Some(written) = self.typed(key) else { return Read::Absent };
        match written.value.as_text() {
            Some("") => self.refuse(key, "is empty", format!("give {what}")),
            Some(text) => Read::Is(text.to_owned()),
            None => self.refuse(key, not(&written.value, "text"), format!("give {what} in quotes")),
        }
    }

    /// One of several words.
    pub fn word<T>(&mut self, key: Key, words: &str, parse: impl Fn(&str) -> Option<T>) -> Read<T> {
        let Some(written) = self.typed(key) else { return Read::Absent };
        let found = match &written.value {
            Value::Flag(text) | Value::Text(text) => parse(text),
            // A word that is all digits (`bits = 24`) may go without quotes.
            Value::Integer(number) => parse(&number.to_string()),
            Value::Bool(_) | Value::List(_) | Value::Other { .. } => None,
        };
        found.map_or_else(
            || self.refuse(key, format!("{} is not known", written.value.shown()), format!("give {words}")),
            Read::Is,
        )
    }

    /// A whole number within a range.
    pub fn whole(&mut self, key: Key, range: RangeInclusive<i64>, what: &str) -> Read<i64> {
        let Some(written) = self.typed(key) else { return Read::Absent };
        match number(&written.value) {
            Ok(number) if range.contains(&number) => Read::Is(number),
            Ok(number) => self.refuse(key, format!("{number} is out of range"), format!("give {what}")),
            Err(wrong) => self.refuse(key, wrong, format!("give {what}")),
        }
    }

    /// A switch.
    pub fn switch(&mut self, key: Key) -> Read<bool> {
        let Some(written) = self.typed(key) else { return Read::Absent };
        match written.value {
            Value::Bool(on) => Read::Is(on),
            Value::Flag(_) | Value::Text(_) | Value::Integer(_) | Value::List(_) | Value::Other { .. } => {
                self.refuse(key, not(&written.value, "a switch"), "give true or false, without quotes")
            }
        }
    }

    /// One value or several, each as the value it is.
    pub fn list(&mut self, key: Key) -> Option<Vec<Value>> {
        Some(match &self.typed(key)?.value {
            Value::List(values) => values.clone(),
            one @ (Value::Flag(_)
            | Value::Text(_)
            | Value::Integer(_)
            | Value::Bool(_)
            | Value::Other { .. }) => {
                vec![one.clone()]
            }
        })
    }

    /// An IPv4 address that a packet can come from or go to.
    pub fn address(&mut self, key: Key, what: &str, right: fn(Ipv4Addr) -> bool) -> Read<Ipv4Addr> {
        let text = match self.text(key, what) {
            Read::Is(text) => text,
            Read::Absent => return Read::Absent,
            Read::Refused => return Read::Refused,
        };
        match text.parse() {
            Ok(address) if right(address) => Read::Is(address),
            Ok(_) => self.refuse(key, format!("{text} cannot be used here"), format!("give {what}")),
            Err(_) => self.refuse(key, format!("\"{text}\" is not an IPv4 address"), format!("give {what}")),
        }
    }
}

impl Value {
    /// The text of a flag or string.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Flag(text) | Self::Text(text) => Some(text),
            Self::Integer(_) | Self::Bool(_) | Self::List(_) | Self::Other { .. } => None,
        }
    }
}

/// The whole number that a value is, or what is wrong with it.
pub(super) fn number(value: &Value) -> Result<i64, String> {
    match value {
        Value::Integer(number) => Ok(*number),
        Value::Flag(text) => text.parse().map_err(|_| format!("\"{text}\" is not a whole number")),
        Value::Text(text) if text.parse::<i64>().is_ok() => {
            Err(format!("\"{text}\" is text, not a number (write it without quotes)"))
        }
        Value::Text(_) | Value::Bool(_) | Value::List(_) | Value::Other { .. } => {
            Err(not(value, "a whole number"))
        }
    }
}

fn not(value: &Value, wanted: &str) -> String {
    match value {
        Value::Flag(_) | Value::Text(_) | Value::Integer(_) | Value::Bool(_) => {
            format!("{} is not {wanted}", value.shown())
        }
        Value::List(_) | Value::Other { .. } => {
            format!("{} is {}, not {wanted}", value.shown(), value.what())
        }
    }
}

/// An address that one machine can have.
pub(super) fn host(address: Ipv4Addr) -> bool {
    !address.is_unspecified() && !address.is_multicast() && address.octets()[0] < 240
}

/// A group or an address that one machine can have.
pub(super) fn group_or_host(address: Ipv4Addr) -> bool {
    address.is_multicast() || host(address)
}

/// The rate that was typed.
pub(super) fn rate(desk: &mut Desk<'_>) -> Read<Rate> {
    match desk.whole(Key::SampleRate, 8000..=384_000, "8000 to 384000 Hz") {
        Read::Is(hz) => Rate::new(hz as u32).map_or(Read::Refused, Read::Is),
        Read::Absent => Read::Absent,
        Read::Refused => Read::Refused,
    }
}
