//! Formats of the user's own, checked when they are read so that no name can leave the root or trouble a file system.

use std::fmt;

use crate::civil::{CivilTime, monday_of_week};

/// Longest path component, in bytes: leaves room for markers, numbers and suffixes below the usual limit of 255.
const MAX_COMPONENT: usize = 200;

/// A checked `strftime` format of a path relative to the root, without suffix.
///
/// Directives: `%Y %y %C %m %d %e %j %H %I %p %M %S %f %a %A %b %h %B %u %w %G %g %V %F %z %Z %%`. All have a fixed number of
/// digits (`%e` like `%d`; `%f` is centiseconds), English names, and nothing that a file system dislikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomFormat(String);

/// One thing that is wrong with a format, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatProblem {
    /// No text at all.
    #[error("the format is empty; an example is %Y-%m-%d/%H%M%S")]
    Empty,
    /// Begins with `/`.
    #[error("the format begins with /; it must be relative to the archive root")]
    Absolute,
    /// Two slashes in a row or one at the end.
    #[error("the format has an empty folder or file name (// or / at the end)")]
    EmptyComponent,
    /// `..`
    #[error("the format contains a component ..; it may not leave the archive root")]
    Parent,
    /// A hidden file or folder, or `.`.
    #[error("{0:?} begins with a dot; start it with a letter or digit")]
    LeadingDot(String),
    /// Windows shares strip these.
    #[error("{0:?} ends in a dot or space; end it with a letter or digit")]
    TrailingDotOrSpace(String),
    /// Not allowed on some target file system.
    #[error("the character {0:?} is not allowed in file names; use - or _ instead")]
    Character(char),
    /// Not a directive we know.
    #[error("%{0} is not known; %Y %m %d %H %M %S and the other directives of the manual are")]
    Directive(String),
    /// Longer than file systems bear with our additions.
    #[error("{name:?} would be up to {bytes} bytes long; a folder or file name may have {MAX_COMPONENT}")]
    TooLong {
        /// The component as typed.
        name: String,
        /// Its greatest length when rendered.
        bytes: usize,
    },
}

impl CustomFormat {
    /// Checks a format.
    ///
    /// # Errors
    /// Everything that is wrong with it, at once.
    pub fn parse(text: &str) -> Result<Self, Vec<FormatProblem>> {
        let mut problems = Vec::new();
        if text.is_empty() {
            return Err(vec![FormatProblem::Empty]);
        }
        let relative = match text.strip_prefix('/') {
            Some(rest) => {
                problems.push(FormatProblem::Absolute);
                rest
            }
            None => text,
        };
        for part in parts(text) {
            match part {
                Part::Literal(c) if c.is_control() || "<>:\"|?*\\".contains(c) => {
                    problems.push(FormatProblem::Character(c));
                }
                Part::Unknown(directive) => problems.push(FormatProblem::Directive(directive)),
                Part::Literal(_) | Part::Field(_) => {}
            }
        }
        for component in relative.split('/') {
            check_component(component, &mut problems);
        }
        let mut seen = Vec::new();
        problems.retain(|problem| {
            !seen.contains(problem) && {
                seen.push(problem.clone());
                true
            }
        });
        if problems.is_empty() { Ok(Self(text.to_owned())) } else { Err(problems) }
    }

    /// As typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CustomFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A format's text for one reading. `marker` goes directly after the hour of the last component, so that a repeated
/// hour sorts after all of its first pass even if minutes follow; at the end if that component shows no hour.
pub(super) fn render(format: &str, time: &CivilTime, marker: Option<&str>) -> String {
    let parts: Vec<Part> = parts(format).collect();
    let name_begins = parts.iter().rposition(|part| *part == Part::Literal('/')).map_or(0, |slash| slash + 1);
    let hour = parts.iter().enumerate().skip(name_begins).rev().find(|(_, part)| **part == Part::Field('H'));
    let place = hour.map_or(parts.len(), |(place, _)| place + 1);
    let mut text = String::new();
    for (place_here, part) in parts.iter().enumerate() {
        if place_here == place {
            text.extend(marker);
            // `_UTC+010030` would be misread.
            let joined =
                matches!(part, Part::Field(_)) || matches!(part, Part::Literal(c) if c.is_alphanumeric());
            text.extend(marker.filter(|_| joined).map(|_| '_'));
        }
        match part {
            Part::Literal(c) => text.push(*c),
            Part::Field(directive) => text += &field(*directive, time).unwrap_or_default(),
            Part::Unknown(directive) => text += directive,
        }
    }
    if place == parts.len() {
        text.extend(marker);
    }
    text
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(char),
    Field(char),
    Unknown(String),
}

fn parts(format: &str) -> impl Iterator<Item = Part> + '_ {
    let mut chars = format.chars();
    std::iter::from_fn(move || match chars.next()? {
        '%' => Some(match chars.next() {
            Some('%') => Part::Literal('%'),
            Some(known) if FIELDS.contains(known) => Part::Field(known),
            Some(other) => Part::Unknown(other.to_string()),
            None => Part::Unknown(String::new()),
        }),
        literal => Some(Part::Literal(literal)),
    })
}

fn check_component(component: &str, problems: &mut Vec<FormatProblem>) {
    match component {
        "" => return problems.push(FormatProblem::EmptyComponent),
        ".." => return problems.push(FormatProblem::Parent),
        _ => {}
    }
    if component.starts_with('.') {
        problems.push(FormatProblem::LeadingDot(component.to_owned()));
    }
    if component.ends_with(['.', ' ']) {
        problems.push(FormatProblem::TrailingDotOrSpace(component.to_owned()));
    }
    let bytes = parts(component).map(|part| longest(&part)).sum();
    if bytes > MAX_COMPONENT {
        problems.push(FormatProblem::TooLong { name: component.to_owned(), bytes });
    }
}

const FIELDS: &str = "YyCmdejHIpMSfaAbhBuwGgVFzZ";

/// The greatest length of a part's text, in bytes.
fn longest(part: &Part) -> usize {
    match part {
        Part::Literal(c) => c.len_utf8(),
        Part::Unknown(directive) => directive.len() + 1,
        Part::Field('A' | 'B') => 9,
        Part::Field('F') => 10,
        Part::Field('z' | 'Z') => 5,
        Part::Field('Y' | 'G') => 4,
        Part::Field(_) => 3,
    }
}

fn field(directive: char, time: &CivilTime) -> Option<String> {
    const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let r = time.reading;
    let month = MONTHS[usize::from(r.month().unsigned_abs()) - 1];
    let from_monday = r.weekday().to_monday_zero_offset();
    let day = DAYS[usize::from(from_monday.unsigned_abs())];
    // ISO 8601: a week belongs to the year that has its Thursday.
    let thursday = monday_of_week(r) + jiff::Span::new().days(3);
    Some(match directive {
        'Y' => format!("{:04}", r.year()),
        'y' => format!("{:02}", r.year().rem_euclid(100)),
        'C' => format!("{:02}", r.year().div_euclid(100)),
        'm' => format!("{:02}", r.month()),
        'd' | 'e' => format!("{:02}", r.day()),
        'j' => format!("{:03}", r.day_of_year()),
        'H' => format!("{:02}", r.hour()),
        'I' => format!("{:02}", (r.hour() + 11) % 12 + 1),
        'p' => (if r.hour() < 12 { "AM" } else { "PM" }).to_owned(),
        'M' => format!("{:02}", r.minute()),
        'S' => format!("{:02}", r.second()),
        'f' => format!("{:02}", r.subsec_nanosecond() / 10_000_000),
        'a' => day[..3].to_owned(),
        'A' => day.to_owned(),
        'b' | 'h' => month[..3].to_owned(),
        'B' => month.to_owned(),
        'u' => (from_monday + 1).to_string(),
        'w' => ((from_monday + 1) % 7).to_string(),
        'G' => format!("{:04}", thursday.year()),
        'g' => format!("{:02}", thursday.year().rem_euclid(100)),
        'V' => format!("{:02}", (thursday.day_of_year() - 1) / 7 + 1),
        'F' => format!("{:04}-{:02}-{:02}", r.year(), r.month(), r.day()),
        'z' => time.offset_compact().unwrap_or_else(|| "TAI".to_owned()),
        'Z' => time.offset_compact().map_or_else(
            || "TAI".to_owned(),
            |offset| if offset == "+0000" { "UTC".to_owned() } else { offset },
        ),
        _ => return None,
    })
}
