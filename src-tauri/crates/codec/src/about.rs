//! What a file says about itself, as text fields. The same fields are Vorbis comments in Ogg and FLAC, `TXXX` frames in
//! MP3, and the members of the JSON object in a WAV's `audn` chunk.

use std::fmt::Display;
use std::str::FromStr;

use audyn_model::{Anchor, ClockQuality, Rate, SampleIndex, Tai, TimeBasis};

use crate::{About, Civil};

/// In front of every field of ours where fields of others may stand beside it.
pub(crate) const PREFIX: &str = "AUDYN_";

/// Every field of `about`, without the prefix.
pub(crate) fn fields(about: &About) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("SEGMENT", about.segment.to_string()),
        ("RECORDER", about.recorder.to_string()),
        ("RECORDER_NAME", about.recorder_name.clone()),
        ("FIRST_SAMPLE", about.first.0.to_string()),
        ("ANCHOR_SAMPLE", about.anchor.at.0.to_string()),
        ("ANCHOR_TAI_NS", about.anchor.tai.0.to_string()),
        ("RATE", about.anchor.rate.hz().to_string()),
        ("TIME_BASIS", about.anchor.basis.as_str().to_owned()),
        ("DATE", about.civil.date.clone()),
        ("TIME", about.civil.time.clone()),
        ("SAMPLES_SINCE_MIDNIGHT", about.civil.samples_since_midnight.to_string()),
        ("ZONE", about.civil.zone.clone()),
        ("ORIGINATOR", about.originator.clone()),
    ];
    fields.extend(about.clock.map(|clock| ("CLOCK", clock.to_string())));
    fields
}

/// The reverse of [`fields`]; none if a field is missing or is not what it should be.
pub(crate) fn from_fields<'a>(field: impl Fn(&str) -> Option<&'a str>) -> Option<About> {
    fn parsed<T: FromStr>(text: Option<&str>) -> Option<T> {
        text?.parse().ok()
    }
    let text = |name: &str| field(name).map(str::to_owned);
    Some(About {
        segment: parsed(field("SEGMENT"))?,
        recorder: parsed(field("RECORDER"))?,
        recorder_name: text("RECORDER_NAME")?,
        first: SampleIndex(parsed(field("FIRST_SAMPLE"))?),
        anchor: Anchor {
            at: SampleIndex(parsed(field("ANCHOR_SAMPLE"))?),
            tai: Tai(parsed(field("ANCHOR_TAI_NS"))?),
            rate: Rate::new(parsed(field("RATE"))?).ok()?,
            basis: TimeBasis::from_word(field("TIME_BASIS")?)?,
        },
        // Files of earlier versions have none, and a later version's may say what is not known here.
        clock: field("CLOCK").and_then(|text| text.parse::<ClockQuality>().ok()),
        civil: Civil {
            date: text("DATE")?,
            time: text("TIME")?,
            samples_since_midnight: parsed(field("SAMPLES_SINCE_MIDNIGHT"))?,
            zone: text("ZONE")?,
        },
        originator: text("ORIGINATOR")?,
    })
}

/// The fields as one JSON object, names in lower case.
pub(crate) fn to_json(about: &About) -> Vec<u8> {
    let object: serde_json::Map<String, serde_json::Value> =
        fields(about).into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value.into())).collect();
    serde_json::Value::Object(object).to_string().into_bytes()
}

/// The reverse of [`to_json`].
pub(crate) fn from_json(bytes: &[u8]) -> Option<About> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes).ok()?;
    from_fields(|name| object.get(&name.to_ascii_lowercase())?.as_str())
}

/// All tags of a file that takes free-form ones: the usual names for players, then ours.
pub(crate) fn tags(about: &About) -> Vec<(String, String)> {
    let mut tags = vec![
        ("ENCODER".to_owned(), about.originator.clone()),
        ("TITLE".to_owned(), title(about)),
        ("DATE".to_owned(), about.civil.date.clone()),
    ];
    tags.extend(fields(about).into_iter().map(|(name, value)| (format!("{PREFIX}{name}"), value)));
    tags
}

/// What a player shows: whose audio, from when.
pub(crate) fn title(about: &About) -> String {
    let Civil { date, time, zone, .. } = &about.civil;
    format!("{} {date} {time} {zone}", about.recorder_name)
}

/// The reverse of [`tags`]; tag names are compared without case.
pub(crate) fn from_tags(tags: &[(String, String)]) -> Option<About> {
    from_fields(|name| {
        let wanted = |tag: &str| tag.len() == PREFIX.len() + name.len() && is_ours(tag, name);
        tags.iter().find(|(tag, _)| wanted(tag)).map(|(_, value)| value.as_str())
    })
}

fn is_ours(tag: &str, name: &str) -> bool {
    tag.get(..PREFIX.len()).is_some_and(|head| head.eq_ignore_ascii_case(PREFIX))
        && tag.get(PREFIX.len()..).is_some_and(|tail| tail.eq_ignore_ascii_case(name))
}

/// `text` cut to at most `len` bytes of printable ASCII, for fields that know nothing else.
pub(crate) fn ascii(text: &impl Display, len: usize) -> Vec<u8> {
    text.to_string()
        .chars()
        .map(|c| if (' '..='~').contains(&c) { c as u8 } else { b'?' })
        .take(len)
        .collect()
}

#[cfg(test)]
pub(crate) mod tests;
