//! A source, its words understood.

use std::net::Ipv4Addr;

use audyn_engine::source::Source;

/// A source as the engine receives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Heard {
    /// What is received.
    pub source: Source,
    /// Names of the channels that are taken, in order.
    pub channels: Vec<String>,
    /// The tone that has to be sent for it.
    pub tone: Option<Tone>,
}

/// A test tone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tone {
    pub group: Ipv4Addr,
    pub port: u16,
    pub frequency_hz: u32,
    pub level_dbfs: f64,
    pub channels: u16,
}

/// Names of channels: their labels where there are any, L and R for a pair, M for one, else their numbers.
pub(super) fn names(taken: &[u16], labels: &[String]) -> Vec<String> {
    let label = |channel: &u16| labels.get(usize::from(*channel)).filter(|label| !label.trim().is_empty());
    if !taken.iter().any(|channel| label(channel).is_some()) {
        match taken {
            [_] => return vec!["M".to_owned()],
            [_, _] => return vec!["L".to_owned(), "R".to_owned()],
            _ => {}
        }
    }
    taken
        .iter()
        .map(|channel| {
            label(channel).map_or_else(|| (channel + 1).to_string(), |label| label.trim().to_owned())
        })
        .collect()
}
