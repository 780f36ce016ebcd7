//! `audyn inputs`

use audyn_engine::rt::SystemClock;
use audyn_engine::source::card::{self, Input};
use audyn_engine::source::pipewire::{self, Kind, Node};
use serde_json::json;

use super::output;
use crate::exit::Exit;

/// Arguments of `audyn inputs`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Shows what of this machine can be recorded now: PipeWire's inputs, what its outputs play, and applications, for
--pipewire; sound cards for --device.

Examples:
  audyn inputs --json
  audyn record -o take.wav --pipewire alsa_input.usb-RME-00.analog-stereo
  audyn record -o take.wav --device alsa:hw:CARD=USB,DEV=0 -r 48000 -c 2")]
pub struct InputsArgs {
    /// Show as JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &InputsArgs) -> anyhow::Result<Exit> {
    let nodes = pipewire::nodes(&SystemClock).map_err(|error| error.to_string());
    let cards = card::cards().map_err(|error| error.to_string());
    if args.json {
        output::json(&json!({
            "pipewire": nodes.as_deref().unwrap_or_default(),
            "pipewire_error": nodes.as_ref().err(),
            "cards": cards.as_deref().unwrap_or_default(),
            "cards_error": cards.as_ref().err(),
        }))?;
    } else {
        output::result(&as_text(&nodes, &cards))?;
    }
    Ok(if nodes.is_err() && cards.is_err() { Exit::Failed } else { Exit::Done })
}

fn as_text(nodes: &Result<Vec<Node>, String>, cards: &Result<Vec<Input>, String>) -> String {
    let mut lines = vec!["PipeWire (--pipewire)".to_owned()];
    match nodes {
        Err(why) => lines.push(format!("  {why}")),
        Ok(nodes) if nodes.is_empty() => lines.push("  nothing that could be recorded".to_owned()),
        Ok(nodes) => {
            for node in nodes {
                let kind = match node.kind {
                    Kind::Input => "input",
                    Kind::Monitor => "what it plays",
                    Kind::Application => "application",
                };
                let channels = match node.channels.len() {
                    0 => "channels not known yet".to_owned(),
                    n => format!("{n} channels: {}", node.channels.join(" ")),
                };
                lines.push(format!("  {}", node.name));
                lines.push(format!("      {}, {kind}, {channels}", node.description));
            }
        }
    }
    lines.push("Sound cards (--device)".to_owned());
    match cards {
        Err(why) => lines.push(format!("  {why}")),
        Ok(cards) if cards.is_empty() => lines.push("  none".to_owned()),
        Ok(cards) => {
            for card in cards {
                let rates = card.rates.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                let can = match card.channels {
                    0 => "in use, or away".to_owned(),
                    n => format!("up to {n} channels at {rates} Hz"),
                };
                let default = if card.default { ", the default" } else { "" };
                lines.push(format!("  {}", card.id));
                lines.push(format!("      {}{default}, {can}", card.name));
            }
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_listed_with_what_names_it() {
        let node = Node {
            name: "alsa_input.usb".into(),
            description: "Desk".into(),
            kind: Kind::Input,
            channels: vec!["FL".into(), "FR".into()],
            rate: Some(48_000),
            serial: "1".into(),
        };
        let card = Input {
            id: "alsa:hw:CARD=USB,DEV=0".into(),
            name: "USB".into(),
            default: true,
            channels: 2,
            rates: vec![44_100, 48_000],
        };
        assert_eq!(
            as_text(&Ok(vec![node]), &Ok(vec![card])),
            "PipeWire (--pipewire)\n  alsa_input.usb\n      Desk, input, 2 channels: FL FR\n\
             Sound cards (--device)\n  alsa:hw:CARD=USB,DEV=0\n      USB, the default, up to 2 channels at 44100, 48000 Hz"
        );
        let away = as_text(&Err("PipeWire does not answer".into()), &Ok(vec![]));
        assert!(away.contains("PipeWire does not answer") && away.ends_with("none"), "{away}");
    }
}
