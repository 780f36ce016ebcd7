//! Sources of this machine: PipeWire's nodes and sound cards.

use audyn_engine::source::Source;
use audyn_engine::source::card::Card;
use audyn_engine::source::pipewire::PipeWire;
use audyn_model::Rate;

use super::heard::{Heard, names};
use super::sentence;
use crate::api::wire;

/// Longest name of a node or a card, in characters.
const LONGEST: usize = 200;

/// A PipeWire node as it was chosen.
pub(super) fn node(config: &wire::PipeWireConfig) -> Result<Heard, Vec<String>> {
    let mut problems = Vec::new();
    let node = config.node.trim();
    if node.is_empty() {
        problems.push("Choose what PipeWire is to record: an input, an output or an application.".to_owned());
    }
    name("PipeWire node", node, &mut problems);
    let taken = taken(config.sample_rate, config.stream_channels, &config.pick, &mut problems);
    let Some((rate, stream_channels, pick)) = taken.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    Ok(Heard {
        channels: channels(stream_channels, &pick, &config.labels),
        source: Source::PipeWire(PipeWire { node: node.to_owned(), rate, stream_channels, pick }),
        tone: None,
    })
}

/// A sound card as it was chosen.
pub(super) fn card(config: &wire::CardConfig) -> Result<Heard, Vec<String>> {
    let mut problems = Vec::new();
    let device = config.device.trim();
    name("sound card", device, &mut problems);
    let taken = taken(config.sample_rate, config.stream_channels, &config.pick, &mut problems);
    let Some((rate, stream_channels, pick)) = taken.filter(|_| problems.is_empty()) else {
        return Err(problems);
    };
    Ok(Heard {
        channels: channels(stream_channels, &pick, &config.labels),
        source: Source::Card(Card { device: device.to_owned(), rate, stream_channels, pick }),
        tone: None,
    })
}

/// What a local source is in few words: "Mixer, 2 of 8".
pub(super) fn summary(name: &str, channels: Option<u16>, pick: &[u16]) -> String {
    let channels = channels.unwrap_or(2);
    if pick.is_empty() || pick.len() >= usize::from(channels) {
        return name.to_owned();
    }
    format!("{name}, {} of {channels}", pick.len())
}

fn name(what: &str, name: &str, problems: &mut Vec<String>) {
    if name.chars().count() > LONGEST || name.contains(char::is_control) {
        problems.push(format!("That cannot be the name of a {what}; choose one from the list."));
    }
}

fn taken(
    rate: Option<u32>,
    channels: Option<u16>,
    pick: &[u16],
    problems: &mut Vec<String>,
) -> Option<(Rate, u16, Vec<u16>)> {
    let rate = rate.unwrap_or(48_000);
    let known = Rate::new(rate).ok();
    if known.is_none() {
        problems.push(format!("Sample rate {rate} is not possible; give 8000 to 384000."));
    }
    let channels = channels.unwrap_or(2);
    if !(1..=64).contains(&channels) {
        problems.push(format!("A channel count of {channels} is not possible; give 1 to 64."));
    }
    let mut picked = Vec::new();
    for channel in pick {
        match channel.checked_sub(1) {
            Some(index) if picked.contains(&index) => {
                problems.push(format!("Channel {channel} is picked twice."));
            }
            Some(index) if *channel <= channels => picked.push(index),
            Some(_) | None => {
                problems.push(format!("There is no channel {channel}; pick from 1 to {channels}."));
            }
        }
    }
    Some((known?, channels, picked))
}

fn channels(stream_channels: u16, pick: &[u16], labels: &[String]) -> Vec<String> {
    let all: Vec<u16> = (0..stream_channels).collect();
    names(if pick.is_empty() { &all } else { pick }, labels)
}

/// What can be recorded on this machine now. Asks the system, and takes its time.
pub(crate) fn inputs(clock: &dyn audyn_model::Clock) -> wire::Inputs {
    let (nodes, nodes_message) = nodes(clock);
    let (cards, cards_message) = cards();
    wire::Inputs { nodes, nodes_message, cards, cards_message }
}

fn nodes(clock: &dyn audyn_model::Clock) -> (Vec<wire::InputNode>, Option<String>) {
    use audyn_engine::source::pipewire;
    let found = match pipewire::nodes(clock) {
        Ok(found) => found,
        Err(error) => return (Vec::new(), Some(sentence(&error.to_string()))),
    };
    let node = |node: pipewire::Node| wire::InputNode {
        name: node.name,
        description: node.description,
        kind: match node.kind {
            pipewire::Kind::Input => wire::NodeKind::Input,
            pipewire::Kind::Monitor => wire::NodeKind::Monitor,
            pipewire::Kind::Application => wire::NodeKind::Application,
        },
        channels: node.channels,
        sample_rate: node.rate,
    };
    let nodes: Vec<_> = found.into_iter().map(node).collect();
    let none = nodes.is_empty().then(|| {
        "PipeWire has nothing to record: connect an input, or start the program that is to be recorded."
            .to_owned()
    });
    (nodes, none)
}

fn cards() -> (Vec<wire::InputCard>, Option<String>) {
    use audyn_engine::source::card;
    let found = match card::cards() {
        Ok(found) => found,
        Err(error) => return (Vec::new(), Some(sentence(&error.to_string()))),
    };
    let card = |card: card::Input| wire::InputCard {
        id: card.id,
        name: card.name,
        default: card.default,
        channels: card.channels,
        sample_rates: card.rates,
    };
    let cards: Vec<_> = found.into_iter().map(card).collect();
    let none = cards.is_empty().then(|| "This machine has no sound card that could be recorded.".to_owned());
    (cards, none)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(change: impl FnOnce(&mut wire::PipeWireConfig)) -> wire::PipeWireConfig {
        let mut config = wire::PipeWireConfig {
            node: "mixer".to_owned(),
            name: None,
            sample_rate: None,
            stream_channels: Some(8),
            pick: vec![3, 1],
            labels: Vec::new(),
        };
        change(&mut config);
        config
    }

    #[test]
    fn channels_are_counted_from_one_outside_and_from_none_inside() {
        let heard = node(&config(|_| ())).expect("it can be recorded");
        let Source::PipeWire(source) = &heard.source else { panic!("another kind") };
        assert_eq!(
            (source.rate.hz(), source.stream_channels, source.pick.as_slice()),
            (48_000, 8, &[2, 0][..])
        );
        assert_eq!(heard.channels, ["L", "R"]);
        assert_eq!(summary("Mixer", Some(8), &[3, 1]), "Mixer, 2 of 8");
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong = config(|c| {
            c.node = " ".to_owned();
            c.sample_rate = Some(1);
            c.stream_channels = Some(4);
            c.pick = vec![0, 2, 2, 9];
        });
        let told = node(&wrong).expect_err("it is refused").join(" ");
        for part in ["Choose what", "Sample rate 1", "no channel 0", "2 is picked twice", "no channel 9"] {
            assert!(told.contains(part), "{part}: {told}");
        }
        let long = wire::CardConfig { device: "x".repeat(201), ..wire::CardConfig::default() };
        assert!(card(&long).expect_err("it is refused").join(" ").contains("sound card"));
    }
}
