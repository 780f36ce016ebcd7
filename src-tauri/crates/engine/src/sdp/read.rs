//! Sections → a description: the session's own lines, every media, and the legs that belong together.

use super::lines::{Line, Text, clean};
use super::media::{self, Media, Notes};
use super::{Description, Origin, Problem, Stream};

/// One linear audio section, before legs are tied together.
struct Audio<'a> {
    line: Line<'a>,
    mid: Option<&'a str>,
    stream: Stream,
}

/// Makes a description, or says everything that is wrong.
pub(super) fn describe(text: &Text<'_>) -> Result<Description, Vec<Problem>> {
    let mut notes = Notes::default();
    match text.session.first(b'v') {
        Some(line) if line.value == "0" => {}
        Some(line) => notes.problems.push(line.problem("only version 0 of SDP exists")),
        None => {
            let message = "not a session description: it has no line v=0";
            return Err(vec![Problem { line: 1, text: String::new(), message: message.into() }]);
        }
    }
    if text.odd > 0 {
        notes.warnings.push(format!("{} lines are not of the form x=value; skipped", text.odd));
    }
    let origin = origin(text, &mut notes);
    let mut audio = Vec::new();
    let mut coded = Vec::new();
    let mut others = Vec::new();
    let mut off = 0;
    for section in &text.media {
        match media::read(&text.session, section, &mut notes) {
            Media::Audio { line, mid, stream } => audio.push(Audio { line, mid, stream }),
            Media::Other(kind) => others.push(clean(kind)),
            Media::Coded(line, what) => coded.push((line, what)),
            Media::Off => off += 1,
            Media::Wrong => {}
        }
    }
    if audio.is_empty() && notes.problems.is_empty() {
        notes.problems.extend(nothing(text, &coded, &others, off));
    }
    for (line, what) in &coded {
        notes.warn(line, &format!("skipped: {what}, not linear PCM"));
    }
    let streams = tie_legs(text, audio, &mut notes);
    if notes.problems.is_empty() {
        let first = |kind| text.session.first(kind).map(|l| clean(l.value));
        let name = first(b's').unwrap_or_default();
        Ok(Description { name, origin, info: first(b'i'), streams, warnings: notes.warnings })
    } else {
        notes.problems.sort_by_key(|p| p.line);
        Err(notes.problems)
    }
}

/// Why a text without a single wrong line has no stream in it.
fn nothing(text: &Text<'_>, coded: &[(Line<'_>, String)], others: &[String], off: usize) -> Vec<Problem> {
    if !coded.is_empty() {
        return coded
            .iter()
            .map(|(line, what)| line.problem(format!("no linear PCM audio ({what})")))
            .collect();
    }
    let message = if off > 0 {
        "every audio media is switched off (port 0)".to_owned()
    } else if others.is_empty() {
        "no media in this SDP: m=audio is missing".to_owned()
    } else {
        format!("no audio media in this SDP (found: {})", others.join(", "))
    };
    let m = text.media.first().and_then(|s| s.first(b'm'));
    vec![m.map_or_else(
        || Problem { line: 1, text: String::new(), message: message.clone() },
        |line| line.problem(message.clone()),
    )]
}

fn origin(text: &Text<'_>, notes: &mut Notes) -> Origin {
    let Some(line) = text.session.first(b'o') else {
        notes.warnings.push("the session has no origin (o=): it cannot be told from others".into());
        return Origin::default();
    };
    let words: Vec<&str> = line.value.split_ascii_whitespace().collect();
    let [user, session_id, version, _, _, address, ..] = words.as_slice() else {
        notes.warn(&line, "an origin reads: o=- 4711 3 IN IP4 192.0.2.10");
        return Origin::default();
    };
    let number = version.parse::<u64>();
    if number.is_err() {
        notes.warn(&line, "the session's version is not a number");
    }
    Origin {
        user: clean(user),
        session_id: clean(session_id),
        version: number.unwrap_or(0),
        address: clean(address),
    }
}

/// Ties the copies of a stream together as `a=group:DUP` says (RFC 7104). Legs stand in the group's order, the stream
/// where its first leg stood.
fn tie_legs(text: &Text<'_>, audio: Vec<Audio<'_>>, notes: &mut Notes) -> Vec<Stream> {
    let mut pending: Vec<Option<Audio<'_>>> = audio.into_iter().map(Some).collect();
    for (line, value) in text.session.attributes("group") {
        let mut mids = value.split_ascii_whitespace();
        if mids.next() != Some("DUP") {
            continue;
        }
        let mut members = Vec::new();
        for mid in mids {
            let at = pending.iter().position(|a| a.as_ref().is_some_and(|a| a.mid == Some(mid)));
            match at {
                Some(at) if !members.contains(&at) => members.push(at),
                Some(_) | None => {
                    notes.warn(&line, &format!("no linear audio of its own has a=mid:{}", clean(mid)));
                }
            }
        }
        let Some((first, rest)) = members.split_first() else { continue };
        let Some(mut whole) = pending[*first].take() else { continue };
        for copy in rest.iter().filter_map(|at| pending[*at].take()) {
            if same_audio(&whole.stream, &copy.stream) {
                whole.stream.legs.extend(copy.stream.legs);
            } else {
                notes.problems.push(copy.line.problem(
                    "the legs of a=group:DUP differ in payload type, encoding, rate, channels or packet time: they \
                     cannot be copies of one stream",
                ));
            }
        }
        if whole.stream.legs.len() > 2 {
            notes.warn(&line, "more than two legs: the first two are merged");
        }
        let at = members.iter().copied().min().unwrap_or(*first);
        pending[at] = Some(whole);
    }
    pending.into_iter().flatten().map(|a| a.stream).collect()
}

fn same_audio(a: &Stream, b: &Stream) -> bool {
    let key = |s: &Stream| (s.payload_type, s.encoding, s.rate, s.channels, s.samples_per_packet);
    key(a) == key(b)
}
