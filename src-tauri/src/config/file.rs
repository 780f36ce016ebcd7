//! A configuration file's text → [`RawConfig`].

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;
use super::key::{Key, nearest, not_yet};
use super::raw::{RawConfig, RawRecorder, Value, Written};

/// Reads a configuration file's text. What is wrong with it (syntax, unknown keys) is in the result's `problems`; the
/// rest is read all the same, so that one pass reports everything.
#[must_use]
pub fn parse(text: &str) -> RawConfig {
    let (document, errors) = DeTable::parse_recoverable(text);
    let lines = Lines(text);
    let mut raw = RawConfig::default();
    for error in &errors {
        raw.problems.push(lines.syntax(error));
    }
    for (word, value) in in_order(document.get_ref()) {
        match word.get_ref().as_ref() {
            "defaults" => raw.read_defaults(value, &lines),
            "recorder" => raw.read_recorders(value, &lines),
            other => raw.problems.push(lines.unknown_table(other, &word.span())),
        }
    }
    if raw.recorders.is_empty() && raw.problems.is_empty() {
        raw.problems.push(Problem::new(
            "recorder",
            "the file has no recorder",
            "write a [[recorder]] table for each, with name and archive_root or output",
        ));
    }
    raw
}

impl RawConfig {
    fn read_defaults(&mut self, value: &Spanned<DeValue<'_>>, lines: &Lines<'_>) {
        let Some(table) = value.get_ref().as_table() else {
            let key = lines.place("defaults", &value.span());
            self.problems.push(Problem::new(key, "is not a table", "write [defaults] and its keys below it"));
            return;
        };
        let place = "defaults".to_owned();
        self.defaults = self.read_options(table, &place, lines);
        for key in [Key::Name, Key::Output] {
            if let Some(written) = self.defaults.remove(&key) {
                self.problems.push(Problem::new(
                    written.key,
                    "cannot be the same for every recorder",
                    format!("write {} in each [[recorder]]", key.toml()),
                ));
            }
        }
    }

    fn read_recorders(&mut self, value: &Spanned<DeValue<'_>>, lines: &Lines<'_>) {
        let tables: Option<Vec<_>> = value.get_ref().as_array().and_then(|tables| {
            tables.iter().map(|t| t.get_ref().as_table().map(|table| (t.span(), table))).collect()
        });
        let Some(tables) = tables else {
            let key = lines.place("recorder", &value.span());
            self.problems.push(Problem::new(
                key,
                "is not a list of tables",
                "write [[recorder]], with two brackets",
            ));
            return;
        };
        for (n, (span, table)) in tables.into_iter().enumerate() {
            let path = format!("recorder[{}]", n + 1);
            let options = self.read_options(table, &path, lines);
            self.recorders.push(RawRecorder { place: lines.place(&path, &span), options });
        }
    }

    fn read_options(
        &mut self,
        table: &DeTable<'_>,
        path: &str,
        lines: &Lines<'_>,
    ) -> std::collections::BTreeMap<Key, Written> {
        let mut options = std::collections::BTreeMap::new();
        for (word, value) in in_order(table) {
            let key = lines.place(&format!("{path}.{}", word.get_ref()), &word.span());
            match Key::from_toml(word.get_ref()) {
                Some(option) => {
                    options.insert(option, Written { key, value: lines.value(value) });
                }
                None => self.problems.push(unknown(word.get_ref(), key)),
            }
        }
        options
    }
}

/// The text, for telling lines from offsets.
struct Lines<'t>(&'t str);

impl Lines<'_> {
    fn number(&self, offset: usize) -> usize {
        let before = self.0.as_bytes().get(..offset).unwrap_or(self.0.as_bytes());
        1 + before.iter().filter(|b| **b == b'\n').count()
    }

    fn place(&self, path: &str, span: &Range<usize>) -> String {
        format!("{path} (line {})", self.number(span.start))
    }

    fn syntax(&self, error: &toml::de::Error) -> Problem {
        let key = error.span().map_or("TOML".to_owned(), |span| format!("line {}", self.number(span.start)));
        let typed = error.span().and_then(|span| self.0.lines().nth(self.number(span.start) - 1));
        let typed = typed.map(|line| format!(" in `{}`", shortened(line.trim()))).unwrap_or_default();
        Problem::new(
            key,
            format!("not TOML: {}{typed}", error.message()),
            "see audyn.example.toml for the form",
        )
    }

    fn unknown_table(&self, word: &str, span: &Range<usize>) -> Problem {
        let right = match nearest(word, ["defaults", "recorder"].into_iter()) {
            Some("defaults") => "did you mean [defaults]?".to_owned(),
            Some(_) => "did you mean [[recorder]]?".to_owned(),
            None => match Key::meant(word) {
                Some(key) => format!("write {key} below [defaults] or a [[recorder]]"),
                None => "a file has [defaults] and [[recorder]] tables".to_owned(),
            },
        };
        Problem::new(self.place(word, span), "is not known here", right)
    }

    fn value(&self, value: &Spanned<DeValue<'_>>) -> Value {
        let other = |what| {
            let text = self.0.get(value.span()).unwrap_or_default();
            Value::Other { what, text: shortened(text) }
        };
        match value.get_ref() {
            DeValue::String(text) => Value::Text(text.clone().into_owned()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map_or_else(|_| other("a number beyond 64 bits"), Value::Integer),
            DeValue::Float(_) => other("a number with a fraction"),
            DeValue::Boolean(on) => Value::Bool(*on),
            DeValue::Datetime(_) => other("a date or time"),
            DeValue::Array(values) => Value::List(values.iter().map(|v| self.value(v)).collect()),
            DeValue::Table(_) => other("a table"),
        }
    }
}

/// The members of a table in the order of the text.
fn in_order<'t, 'i>(
    table: &'t DeTable<'i>,
) -> Vec<(&'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>)> {
    let mut members: Vec<_> = table.iter().collect();
    members.sort_by_key(|(word, _)| word.span().start);
    members
}

fn unknown(word: &str, key: String) -> Problem {
    match (not_yet(word), Key::meant(word)) {
        (Some(entry), _) => Problem::new(key, entry.wrong, entry.right),
        (None, Some(meant)) => Problem::new(key, "is not a known key", format!("did you mean {meant}?")),
        (None, None) => Problem::new(key, "is not a known key", "audyn.example.toml lists all of them"),
    }
}

fn shortened(text: &str) -> String {
    const MOST: usize = 60;
    let line = text.lines().next().unwrap_or_default();
    if line.chars().count() > MOST {
        line.chars().take(MOST).chain(['…']).collect()
    } else {
        line.to_owned()
    }
}
