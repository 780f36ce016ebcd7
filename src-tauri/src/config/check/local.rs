//! Sources of this machine: PipeWire's nodes and sound cards.

use audyn_engine::source::Source;
use audyn_engine::source::card::Card;
use audyn_engine::source::pipewire::PipeWire;
use audyn_model::Rate;

use super::channels::{self, Channels};
use super::desk::{Desk, Read, rate};
use crate::config::Key;

/// Longest name of a node or a card, in characters.
const LONGEST: usize = 200;
/// What only a network stream has.
const NETWORK: [Key; 11] = [
    Key::Sdp,
    Key::MulticastAddr,
    Key::Port,
    Key::Interface,
    Key::SourceIp,
    Key::Redundant,
    Key::PayloadType,
    Key::SamplesPerPacket,
    Key::Encoding,
    Key::WindowMs,
    Key::Rcvbuf,
];

/// The local source that was typed, if one was: none if something about it is on the list of problems.
pub(super) fn source(desk: &mut Desk<'_>) -> Option<Option<Source>> {
    let key = match (desk.typed(Key::Pipewire), desk.typed(Key::Device)) {
        (None, None) => return None,
        (Some(_), None) => Key::Pipewire,
        (None, Some(_)) => Key::Device,
        (Some(_), Some(_)) => {
            let other = desk.spelt(Key::Pipewire);
            desk.refuse::<()>(Key::Device, format!("contradicts {other}"), "give one of them");
            return Some(None);
        }
    };
    let before = desk.problems.len();
    let own = desk.spelt(key);
    for other in NETWORK {
        // The defaults of a file may be meant for other recorders' network streams.
        if desk.typed(other).is_some_and(|written| !written.key.starts_with("defaults")) {
            desk.refuse::<()>(other, format!("has no meaning with {own}"), "leave it out");
        }
    }
    let name = match desk.text(key, "a name from the list that `audyn inputs` shows") {
        Read::Is(name) if name.chars().count() > LONGEST || name.contains(char::is_control) => {
            desk.refuse::<()>(key, "cannot be a name", "give one of those that `audyn inputs` shows");
            None
        }
        Read::Is(name) if name == "default" && key == Key::Device => Some(String::new()),
        Read::Is(name) => Some(name.trim().to_owned()),
        Read::Absent | Read::Refused => None,
    };
    let rate = rate(desk).or(Rate::HZ_48000);
    let channels = channels::channels(desk, None);
    if desk.problems.len() > before {
        return Some(None);
    }
    Some(name.zip(channels).map(|(name, Channels { stream: stream_channels, pick })| {
        if key == Key::Pipewire {
            Source::PipeWire(PipeWire { node: name, rate, stream_channels, pick })
        } else {
            Source::Card(Card { device: name, rate, stream_channels, pick })
        }
    }))
}
