//! Text → lines in their sections, within bounds. Knows the shape `x=value` and nothing of what the values mean.

use super::{MAX_LINES, MAX_MEDIA, MAX_TEXT, Problem};

/// One `x=value` line. The value has no blanks at either end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub number: usize,
    pub kind: u8,
    pub value: &'a str,
}

/// The session's lines, or one media's.
#[derive(Debug, Default)]
pub(super) struct Section<'a> {
    pub lines: Vec<Line<'a>>,
}

/// A text cut into sections. Every media section begins with its `m=` line.
#[derive(Debug)]
pub(super) struct Text<'a> {
    pub session: Section<'a>,
    pub media: Vec<Section<'a>>,
    /// Lines that are not `x=value`.
    pub odd: usize,
}

impl<'a> Line<'a> {
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        let text = format!("{}={}", char::from(self.kind), self.value);
        Problem { line: self.number, text: shorten(&text), message: message.into() }
    }

    /// The name and value of an attribute line; no value is an empty one.
    pub fn attribute(&self) -> Option<(&'a str, &'a str)> {
        let (name, value) = self.value.split_once(':').unwrap_or((self.value, ""));
        (self.kind == b'a').then(|| (name.trim(), value.trim()))
    }
}

impl<'a> Section<'a> {
    pub fn all(&self, kind: u8) -> impl Iterator<Item = Line<'a>> + '_ {
        self.lines.iter().copied().filter(move |l| l.kind == kind)
    }

    pub fn first(&self, kind: u8) -> Option<Line<'a>> {
        self.all(kind).next()
    }

    /// Every attribute of a name, with its line.
    pub fn attributes<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (Line<'a>, &'a str)> + 's {
        self.lines.iter().filter_map(move |line| {
            let (found, value) = line.attribute()?;
            found.eq_ignore_ascii_case(name).then_some((*line, value))
        })
    }

    pub fn attribute(&self, name: &str) -> Option<(Line<'a>, &'a str)> {
        self.attributes(name).next()
    }
}

/// Cuts a text into sections.
pub(super) fn split(text: &str) -> Result<Text<'_>, Problem> {
    let whole = |line, message: String| Problem { line, text: String::new(), message };
    if text.len() > MAX_TEXT {
        return Err(whole(1, format!("{} bytes; a description has at most {MAX_TEXT}", text.len())));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut sections = Text { session: Section::default(), media: Vec::new(), odd: 0 };
    for (index, raw) in text.split('\n').enumerate() {
        let number = index + 1;
        if number > MAX_LINES {
            return Err(whole(number, format!("more than {MAX_LINES} lines")));
        }
        let raw = raw.trim();
        let [kind @ b'a'..=b'z', b'=', ..] = raw.as_bytes() else {
            sections.odd += usize::from(!raw.is_empty());
            continue;
        };
        let line = Line { number, kind: *kind, value: raw[2..].trim() };
        if line.kind == b'm' {
            if sections.media.len() == MAX_MEDIA {
                return Err(line.problem(format!("more than {MAX_MEDIA} media")));
            }
            sections.media.push(Section::default());
        }
        sections.media.last_mut().unwrap_or(&mut sections.session).lines.push(line);
    }
    Ok(sections)
}

/// At most 100 characters, none of them a control character: the text comes from the network and goes to people.
fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(100).map(printable).collect();
    if short.len() < text.len() && text.chars().nth(100).is_some() {
        short.push('…');
    }
    short
}

/// A free text from the network, without control characters.
pub(crate) fn clean(text: &str) -> String {
    text.chars().map(printable).collect::<String>().trim().to_owned()
}

fn printable(c: char) -> char {
    if c.is_control() { '\u{fffd}' } else { c }
}
