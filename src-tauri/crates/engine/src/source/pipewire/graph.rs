//! What PipeWire's registry shows, as far as it can be recorded: pure.

use std::collections::BTreeMap;

use super::{Kind, Node};

/// Objects kept. A graph of a machine has some hundreds.
const MOST: usize = 8192;
/// Longest name or description kept, in characters.
const LONGEST: usize = 200;

/// The registry as it is now.
#[derive(Debug, Default)]
pub struct Graph {
    nodes: BTreeMap<u32, Node>,
    /// Node, whether it gives, its number there, its channel.
    ports: BTreeMap<u32, Port>,
    rate: Option<u32>,
}

#[derive(Debug)]
struct Port {
    node: u32,
    number: u32,
    channel: String,
}

impl Graph {
    /// The rate that the server runs at unless something else is needed.
    pub fn set_rate(&mut self, rate: Option<u32>) {
        self.rate = rate;
    }

    /// An object appeared. `get` reads its properties.
    pub fn add<'a>(&mut self, id: u32, is_node: bool, get: impl Fn(&str) -> Option<&'a str>) {
        if self.nodes.len() + self.ports.len() >= MOST {
            return;
        }
        let text = |key: &str| get(key).map(tidy).filter(|text| !text.is_empty());
        if !is_node {
            let number = |key: &str| get(key).and_then(|text| text.parse().ok());
            if get("port.direction") == Some("out")
                && let Some(node) = number("node.id")
            {
                let channel = text("audio.channel").unwrap_or_else(|| "UNK".to_owned());
                let number = number("port.id").unwrap_or(id);
                self.ports.insert(id, Port { node, number, channel });
            }
            return;
        }
        let kind = match get("media.class") {
            Some("Audio/Source" | "Audio/Source/Virtual" | "Audio/Duplex") => Kind::Input,
            Some("Audio/Sink") => Kind::Monitor,
            Some("Stream/Output/Audio") => Kind::Application,
            Some(_) | None => return,
        };
        let Some(name) = text("node.name") else { return };
        let description = ["node.description", "application.name", "media.name", "node.nick"]
            .into_iter()
            .find_map(text)
            .unwrap_or_else(|| name.clone());
        let serial = text("object.serial").unwrap_or_else(|| id.to_string());
        self.nodes.insert(id, Node { name, description, kind, channels: Vec::new(), rate: None, serial });
    }

    /// An object is gone.
    pub fn remove(&mut self, id: u32) {
        self.nodes.remove(&id);
        self.ports.remove(&id);
    }

    /// All that can be recorded: inputs, then monitors, then applications, by description.
    #[must_use]
    pub fn nodes(&self) -> Vec<Node> {
        let mut nodes: Vec<Node> = self.nodes.keys().filter_map(|id| self.node(*id)).collect();
        nodes.sort_by_key(|node| (node.kind as u8, node.description.to_lowercase(), node.name.clone()));
        nodes
    }

    /// The node of a name; of several, the oldest.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Node> {
        let (id, _) = self.nodes.iter().find(|(_, node)| node.name == name)?;
        self.node(*id)
    }

    /// Whether a node still exists.
    #[must_use]
    pub fn has(&self, serial: &str) -> bool {
        self.nodes.values().any(|node| node.serial == serial)
    }

    fn node(&self, id: u32) -> Option<Node> {
        let mut ports: Vec<&Port> = self.ports.values().filter(|port| port.node == id).collect();
        ports.sort_by_key(|port| port.number);
        let channels = ports.iter().map(|port| port.channel.clone()).collect();
        Some(Node { channels, rate: self.rate, ..self.nodes.get(&id)?.clone() })
    }
}

/// Names come from other programs: without control characters, and cut.
fn tidy(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(LONGEST).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn add(graph: &mut Graph, id: u32, is_node: bool, told: &[(&str, &'static str)]) {
        graph.add(id, is_node, |key| told.iter().find(|(own, _)| *own == key).map(|(_, value)| *value));
    }

    #[test]
    fn what_can_be_recorded_is_listed_with_its_channels() {
        let mut graph = Graph::default();
        graph.set_rate(Some(48_000));
        add(
            &mut graph,
            40,
            true,
            &[("media.class", "Audio/Sink"), ("node.name", "sink"), ("object.serial", "77")],
        );
        add(
            &mut graph,
            42,
            false,
            &[("node.id", "40"), ("port.direction", "out"), ("port.id", "1"), ("audio.channel", "FR")],
        );
        add(
            &mut graph,
            43,
            false,
            &[("node.id", "40"), ("port.direction", "out"), ("port.id", "0"), ("audio.channel", "FL")],
        );
        add(
            &mut graph,
            44,
            false,
            &[("node.id", "40"), ("port.direction", "in"), ("port.id", "0"), ("audio.channel", "FL")],
        );
        add(&mut graph, 45, true, &[("media.class", "Stream/Input/Audio"), ("node.name", "a recorder")]);
        add(
            &mut graph,
            46,
            true,
            &[("media.class", "Audio/Source"), ("node.name", "mic"), ("node.description", "Mic\u{7} 1")],
        );
        let told: Vec<_> =
            graph.nodes().into_iter().map(|n| (n.name, n.description, n.kind, n.channels)).collect();
        assert_eq!(
            told,
            [
                ("mic".to_owned(), "Mic 1".to_owned(), Kind::Input, vec![]),
                ("sink".to_owned(), "sink".to_owned(), Kind::Monitor, vec!["FL".to_owned(), "FR".to_owned()]),
            ]
        );
        assert!(graph.has("77"));
        graph.remove(40);
        assert!(!graph.has("77") && graph.find("sink").is_none());
    }
}
