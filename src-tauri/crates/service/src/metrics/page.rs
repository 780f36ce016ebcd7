//! Prometheus' text exposition format, version 0.0.4: families in order of their names, each with its help and type
//! once, before its samples.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What kind of family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only grows, until the program starts anew.
    Counter,
    /// Goes up and down.
    Gauge,
}

/// A page to be.
#[derive(Debug, Default)]
pub(super) struct Page {
    families: BTreeMap<String, Family>,
}

#[derive(Debug)]
struct Family {
    kind: Kind,
    help: &'static str,
    samples: String,
}

impl Page {
    /// One sample. Names and labels' names are ours; labels' values may be anything.
    pub(super) fn add(
        &mut self,
        name: &str,
        kind: Kind,
        help: &'static str,
        labels: &[(&str, &str)],
        value: f64,
    ) {
        let new = || Family { kind, help, samples: String::new() };
        let family = self.families.entry(name.to_owned()).or_insert_with(new);
        family.samples.push_str(name);
        for (i, (label, value)) in labels.iter().enumerate() {
            let before = if i == 0 { '{' } else { ',' };
            let _ = write!(family.samples, "{before}{label}=\"{}\"", escaped(value));
        }
        if !labels.is_empty() {
            family.samples.push('}');
        }
        let _ = writeln!(family.samples, " {value}");
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for (name, family) in &self.families {
            let kind = match family.kind {
                Kind::Counter => "counter",
                Kind::Gauge => "gauge",
            };
            let _ = write!(text, "# HELP {name} {}\n# TYPE {name} {kind}\n{}", family.help, family.samples);
        }
        text
    }
}

/// A label's value: backslash, quote and line feed are written with a backslash.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
pub(in super::super) mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Reads a page as strictly as the format is defined, and fails at the first thing that is not so. Gives the samples
    /// as `name{labels}` and value.
    pub fn read(text: &str) -> Result<BTreeMap<String, f64>, String> {
        let mut samples = BTreeMap::new();
        let mut families = BTreeSet::new();
        let mut lines = text.lines().peekable();
        if !text.ends_with('\n') {
            return Err("the last line does not end".into());
        }
        while let Some(help) = lines.next() {
            let name = help.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')).ok_or(help)?.0;
            let kind = lines.next().and_then(|line| line.strip_prefix("# TYPE ")).ok_or(help)?;
            let (typed, kind) = kind.split_once(' ').ok_or(kind)?;
            if typed != name || !families.insert(name.to_owned()) || !is_name(name) {
                return Err(format!("{name}: a family is declared once, by a name"));
            }
            if (kind == "counter") != name.ends_with("_total") || !["counter", "gauge"].contains(&kind) {
                return Err(format!("{name} is no {kind}"));
            }
            let mut any = false;
            while let Some(line) = lines.next_if(|line| !line.starts_with('#')) {
                any = true;
                let (series, value) = line.rsplit_once(' ').ok_or(line)?;
                let own = series.split_once('{').map_or(series, |(own, _)| own);
                if own != name {
                    return Err(format!("{own} stands below {name}"));
                }
                if let Some((_, labels)) = series.split_once('{') {
                    read_labels(labels.strip_suffix('}').ok_or(line)?).ok_or(line)?;
                }
                let value: f64 = value.parse().map_err(|_| line)?;
                if samples.insert(series.to_owned(), value).is_some() {
                    return Err(format!("{series} twice"));
                }
            }
            if !any {
                return Err(format!("{name} has no samples"));
            }
        }
        Ok(samples)
    }

    fn is_name(name: &str) -> bool {
        let letter = |c: char| c.is_ascii_alphabetic() || c == '_' || c == ':';
        name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
    }

    fn read_labels(mut rest: &str) -> Option<()> {
        loop {
            let (name, after) = rest.split_once("=\"")?;
            if !is_name(name) || name.starts_with("__") {
                return None;
            }
            let mut letters = after.char_indices();
            let end = loop {
                match letters.next()? {
                    (_, '\\') => match letters.next()?.1 {
                        '\\' | '"' | 'n' => {}
                        _ => return None,
                    },
                    (at, '"') => break at,
                    (_, _) => {}
                }
            };
            rest = &after[end + 1..];
            if rest.is_empty() {
                return Some(());
            }
            rest = rest.strip_prefix(',')?;
        }
    }

    #[test]
    fn families_stand_together_and_labels_are_escaped() {
        let mut page = Page::default();
        page.add("b_total", Kind::Counter, "B.", &[("name", "a \"b\"\\\nc"), ("leg", "1")], 1.0);
        page.add("a", Kind::Gauge, "A.", &[], 0.5);
        page.add("b_total", Kind::Counter, "B.", &[("name", ""), ("leg", "2")], 18_446_744_073_709_551_615.0);
        let text = page.text();
        let expected = "# HELP a A.\n# TYPE a gauge\na 0.5\n# HELP b_total B.\n# TYPE b_total counter\n\
            b_total{name=\"a \\\"b\\\"\\\\\\nc\",leg=\"1\"} 1\nb_total{name=\"\",leg=\"2\"} 18446744073709552000\n";
        assert_eq!(text, expected);
        assert_eq!(read(&text).unwrap().len(), 3);
    }

    #[test]
    fn the_reader_of_tests_is_strict() {
        for wrong in [
            "a 1\n",
            "# HELP a A.\n# TYPE a gauge\na 1",
            "# HELP a A.\n# TYPE a counter\na 1\n",
            "# HELP a A.\n# TYPE a gauge\nb 1\n",
            "# HELP a A.\n# TYPE a gauge\na x\n",
            "# HELP a A.\n# TYPE a gauge\na{b=\"\\x\"} 1\n",
            "# HELP a A.\n# TYPE a gauge\na{b=\"c\"d} 1\n",
            "# HELP a A.\n# TYPE a gauge\na 1\na 2\n",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
