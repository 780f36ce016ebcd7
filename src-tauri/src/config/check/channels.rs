//! Which channels of a stream are recorded.

use super::desk::{Desk, Read, number};
use crate::config::Key;
use crate::config::checked::CHANNELS;
use crate::config::raw::Value;

/// The stream's width and the channels recorded, zero-based; none means all.
pub(super) struct Channels {
    pub stream: u16,
    pub pick: Vec<u16>,
}

/// What was typed about channels, each within its range.
struct Typed {
    recorded: Option<u16>,
    width: Option<u16>,
    offset: Option<u16>,
}

/// Reads the four options. `described` is the width that an SDP tells.
pub(super) fn channels(desk: &mut Desk<'_>, described: Option<u16>) -> Option<Channels> {
    let recorded = whole(desk, Key::Channels, 1, 64);
    let width = whole(desk, Key::StreamChannels, 1, 64);
    let offset = whole(desk, Key::ChannelOffset, 0, 63);
    let pick = picked(desk);
    if recorded.refused() || width.refused() || offset.refused() || pick.refused() {
        return None;
    }
    let typed = Typed { recorded: recorded.is(), width: width.is(), offset: offset.is() };
    if let (Some(typed), Some(described)) = (typed.width, described)
        && typed != described
    {
        desk.refuse::<()>(
            Key::StreamChannels,
            format!("{typed} is not what the SDP says ({})", count(described)),
            "leave it out",
        );
        return None;
    }
    let width = typed.width.or(described);
    match pick.is() {
        Some(pick) => by_number(desk, &typed, width, &pick),
        None => by_offset(desk, &typed, width),
    }
}

fn by_number(desk: &mut Desk<'_>, typed: &Typed, width: Option<u16>, pick: &[u16]) -> Option<Channels> {
    let highest = pick.iter().copied().max().unwrap_or(1);
    let before = desk.problems.len();
    if typed.offset.is_some() {
        let by = desk.spelt(Key::PickChannels);
        desk.refuse::<()>(Key::ChannelOffset, format!("contradicts {by}"), "give one of them");
    }
    let stream = match (width, typed.recorded) {
        (Some(width), Some(recorded)) if recorded != width && usize::from(recorded) != pick.len() => {
            let picked = count(pick.len() as u16);
            desk.refuse::<()>(
                Key::Channels,
                format!("{recorded} is neither the {picked} picked nor the {width} of the stream"),
                "leave it out",
            );
            width
        }
        (Some(width), _) => width,
        // Alone, the number of channels is the width of the stream that is picked from.
        (None, Some(recorded)) if recorded >= highest => recorded,
        (None, _) => {
            let right = format!("give {} as well", desk.spelt(Key::StreamChannels));
            desk.refuse::<()>(Key::PickChannels, "does not say how many channels the stream has", right);
            return None;
        }
    };
    if highest > stream {
        let wrong = format!("channel {highest} is beyond the {} of the stream", count(stream));
        desk.refuse::<()>(Key::PickChannels, wrong, format!("give numbers from 1 to {stream}"));
    }
    (desk.problems.len() == before).then(|| Channels { stream, pick: pick.iter().map(|n| n - 1).collect() })
}

fn by_offset(desk: &mut Desk<'_>, typed: &Typed, width: Option<u16>) -> Option<Channels> {
    let Some(stream) = width else {
        let stream = typed.recorded.unwrap_or(CHANNELS);
        if typed.offset.is_some_and(|offset| offset > 0) {
            let right = format!("give {} as well", desk.spelt(Key::StreamChannels));
            desk.refuse::<()>(Key::ChannelOffset, "does not say how many channels the stream has", right);
            return None;
        }
        return Some(Channels { stream, pick: Vec::new() });
    };
    let all = typed.width.is_none() && typed.offset.is_none();
    if let (true, Some(recorded)) = (all, typed.recorded)
        && recorded != stream
    {
        let [offset, pick] = [Key::ChannelOffset, Key::PickChannels].map(|key| desk.spelt(key));
        desk.refuse::<()>(
            Key::Channels,
            format!("{recorded} is not what the SDP says ({})", count(stream)),
            format!("leave it out, or choose with {offset} or {pick}"),
        );
        return None;
    }
    let offset = typed.offset.unwrap_or(0);
    let rest = stream.saturating_sub(offset);
    let recorded = typed.recorded.unwrap_or(if all { stream } else { CHANNELS.min(rest.max(1)) });
    if offset + recorded > stream {
        let key = if desk.typed(Key::ChannelOffset).is_some() { Key::ChannelOffset } else { Key::Channels };
        desk.refuse::<()>(
            key,
            format!(
                "{} from channel {} on reach beyond the {stream} of the stream",
                count(recorded),
                offset + 1
            ),
            format!("the last recorded channel may be {stream}"),
        );
        return None;
    }
    let pick = if recorded == stream { Vec::new() } else { (offset..offset + recorded).collect() };
    Some(Channels { stream, pick })
}

/// The numbers picked, as people count them: from 1.
fn picked(desk: &mut Desk<'_>) -> Read<Vec<u16>> {
    const RIGHT: &str = "give channel numbers from 1 to 64, like 5,6";
    let Some(values) = desk.list(Key::PickChannels) else { return Read::Absent };
    let mut pick = Vec::new();
    for value in values.iter().flat_map(pieces) {
        let number = match number(&value) {
            Ok(number) if (1..=64).contains(&number) => number as u16,
            Ok(number) => {
                return desk.refuse(Key::PickChannels, format!("there is no channel {number}"), RIGHT);
            }
            Err(wrong) => return desk.refuse(Key::PickChannels, wrong, RIGHT),
        };
        if pick.contains(&number) {
            return desk.refuse(
                Key::PickChannels,
                format!("channel {number} is picked twice"),
                "name each once",
            );
        }
        pick.push(number);
    }
    if pick.is_empty() { desk.refuse(Key::PickChannels, "is empty", RIGHT) } else { Read::Is(pick) }
}

/// The numbers in one value: `5,6` is two of them.
fn pieces(value: &Value) -> Vec<Value> {
    match value {
        Value::Flag(text) | Value::Text(text) => {
            text.split(',').map(|piece| Value::Flag(piece.trim().to_owned())).collect()
        }
        Value::Integer(_) | Value::Bool(_) | Value::List(_) | Value::Other { .. } => vec![value.clone()],
    }
}

fn whole(desk: &mut Desk<'_>, key: Key, from: i64, to: i64) -> Read<u16> {
    desk.whole(key, from..=to, &format!("{from} to {to}")).map(|n| n as u16)
}

fn count(channels: u16) -> String {
    format!("{channels} channel{}", if channels == 1 { "" } else { "s" })
}
