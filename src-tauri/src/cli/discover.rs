//! `audyn discover`: what is announced on the network, by SAP and by RAVENNA.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use audyn_engine::discovery::{By, Discovery, Session, Snapshot, sap};
use audyn_engine::rt::{self, SystemClock};
use audyn_engine::sdp;
use audyn_model::Clock as _;
use serde_json::{Value, json};

use super::output;
use crate::exit::Exit;
use crate::logging::Logging;
use crate::shutdown;

/// Devices announce every half minute or so.
const SECONDS: u64 = 35;
/// Between two looks at whether to stop.
const LOOK: Duration = Duration::from_millis(100);

/// List the streams that are announced on the network: by SAP, and by RAVENNA.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  audyn discover
  audyn discover --interface eth0 --seconds 60
  audyn discover --json | jq '.sessions[].name'

Exit codes: 0 listened, 2 an interface is not there")]
pub struct DiscoverArgs {
    /// Interface to listen on, by name or address; may be repeated [default: all]
    #[arg(long, value_name = "IF")]
    pub interface: Vec<String>,
    /// Listen for so many seconds, 1 to 86400; most devices announce every 30 s
    #[arg(long, value_name = "N", default_value_t = SECONDS, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub seconds: u64,
    /// Print one JSON object, with the descriptions
    #[arg(long)]
    pub json: bool,
}

/// Listens, then prints what was heard.
///
/// # Errors
/// No thread can be started, or the interfaces cannot be listed.
pub fn run(args: &DiscoverArgs, logging: &Logging) -> anyhow::Result<Exit> {
    let there = rt::interfaces().context("cannot list the network interfaces")?;
    let is_there = |name: &String| {
        there.iter().any(|i| i.name == *name || i.addresses.iter().any(|a| a.to_string() == *name))
    };
    if let Some(gone) = args.interface.iter().find(|name| !is_there(name)) {
        let names: Vec<&str> = there.iter().map(|i| i.name.as_str()).collect();
        output::failure(&format!("there is no interface {gone}; there are: {}", names.join(", ")));
        return Ok(Exit::Usage);
    }
    let stop = shutdown::stop_flag(logging)?;
    let discovery = Discovery::start(Arc::new(SystemClock), args.interface.clone())
        .context("cannot start the thread that listens")?;
    let until = SystemClock.mono().after(Duration::from_secs(args.seconds));
    let mut seen = 0;
    while SystemClock.mono() < until && !stop.load(Ordering::Acquire) {
        std::thread::sleep(LOOK);
        let generation = discovery.generation();
        if generation != seen {
            seen = generation;
            tracing::debug!("{} sessions are announced", discovery.snapshot().sessions.len());
        }
    }
    let snapshot = discovery.snapshot();
    if args.json {
        output::json(&as_json(&snapshot))?
    } else {
        output::result(&as_text(&snapshot))?
    }
    Ok(Exit::Done)
}

fn as_text(snapshot: &Snapshot) -> String {
    let mut lines = Vec::new();
    for session in &snapshot.sessions {
        let by = by(session);
        let name = if session.name.is_empty() { "(no name)" } else { &session.name };
        let from: Vec<String> = session.senders.iter().map(ToString::to_string).collect();
        lines.push(format!("{name}  [{by}, from {} on {}]", from.join(", "), session.interfaces.join(", ")));
        match session.reading.as_ref() {
            Ok(description) => {
                lines.extend(description.streams.iter().map(|stream| format!("    {}", in_words(stream))))
            }
            Err(problems) => {
                lines.extend(problems.iter().map(|problem| format!("    not usable: {problem}")))
            }
        }
    }
    for trouble in &snapshot.troubles {
        lines.push(format!("{}  [RAVENNA, at {}]", trouble.name, trouble.at));
        lines.push(format!("    no description: {}", trouble.why));
    }
    for listening in &snapshot.listening {
        if let Some(why) = &listening.problem {
            lines.push(format!("not heard on {}: {why}", listening.interface));
        }
    }
    let refused: u64 = snapshot.counters.rejected.iter().sum::<u64>() + snapshot.counters.unreadable;
    lines.push(format!(
        "{} sessions; {} announcements and {} answers heard, {refused} refused",
        snapshot.sessions.len(),
        snapshot.counters.announcements,
        snapshot.counters.answers
    ));
    lines.join("\n") + "\n"
}

/// `239.69.1.1:5004 + 239.70.1.1:5004  2 x L24 48000 Hz, 48 samples a packet, ptp=…`
fn in_words(stream: &sdp::Stream) -> String {
    let legs: Vec<String> = stream.legs.iter().map(|leg| format!("{}:{}", leg.address, leg.port)).collect();
    let mut words = format!(
        "{}  {} x {} {} Hz, {} samples a packet",
        legs.join(" + "),
        stream.channels,
        stream.encoding.as_str(),
        stream.rate.hz(),
        stream.samples_per_packet_or_default()
    );
    let clock = stream.reference_clock.to_string();
    if !clock.is_empty() {
        words = format!("{words}, {clock}");
    }
    let names = stream.channel_names();
    if names.is_empty() { words } else { format!("{words}; {}", names.join(", ")) }
}

fn as_json(snapshot: &Snapshot) -> Value {
    let stream = |stream: &sdp::Stream| {
        let leg = |leg: &sdp::Leg| json!({ "address": leg.address, "port": leg.port, "source": leg.source });
        json!({
            "legs": stream.legs.iter().map(leg).collect::<Vec<_>>(),
            "encoding": stream.encoding.as_str(),
            "rate": stream.rate.hz(),
            "channels": stream.channels,
            "labels": stream.channel_names(),
            "samples_per_packet": stream.samples_per_packet_or_default(),
            "clock": stream.reference_clock.to_string(),
        })
    };
    let session = |session: &Session| {
        let (streams, problems) = match session.reading.as_ref() {
            Ok(description) => (description.streams.iter().map(stream).collect::<Vec<_>>(), Vec::new()),
            Err(found) => {
                let problem =
                    |p: &sdp::Problem| json!({ "line": p.line, "text": p.text, "message": p.message });
                (Vec::new(), found.iter().map(problem).collect())
            }
        };
        json!({
            "id": session.id,
            "by": by(session),
            "name": session.name,
            "senders": session.senders,
            "interfaces": session.interfaces,
            "version": session.version,
            "streams": streams,
            "problems": problems,
            "sdp": &*session.text,
        })
    };
    let trouble = |trouble: &audyn_engine::discovery::Trouble| json!({ "name": trouble.name, "address": trouble.at.to_string(), "why": trouble.why });
    let listening = |one: &audyn_engine::discovery::Listening| json!({ "interface": one.interface, "problem": one.problem });
    let counters = &snapshot.counters;
    let rejected: serde_json::Map<String, Value> = sap::Reject::ALL
        .iter()
        .map(|reject| (reject.as_str().to_owned(), json!(counters.rejected[reject.index()])))
        .collect();
    json!({
        "sessions": snapshot.sessions.iter().map(session).collect::<Vec<_>>(),
        "undescribed": snapshot.troubles.iter().map(trouble).collect::<Vec<_>>(),
        "listening": snapshot.listening.iter().map(listening).collect::<Vec<_>>(),
        "counters": {
            "announcements": counters.announcements,
            "rejected": rejected,
            "answers": counters.answers,
            "unreadable": counters.unreadable,
            "sessions": counters.sessions,
        },
    })
}

fn by(session: &Session) -> &'static str {
    match session.by {
        By::Sap => "SAP",
        By::Ravenna => "RAVENNA",
    }
}
