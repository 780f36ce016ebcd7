//! Announced streams: as the contract shows them, as sources that follow them, and what becomes of these when their sender
//! describes itself anew.

use audyn_engine::discovery::{By, Identity, Session};
use audyn_engine::sdp;

use super::source::{clock, described};
use super::{moment, read_sdp};
use crate::api::wire::{self, Aes67Config, AnnouncedBy, DiscoveredStream, Follow, SdpProblem};

/// Most warnings of one stream that are shown.
const WARNINGS: usize = 8;

/// What a description's change means for a source.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Change {
    /// Nothing.
    None,
    /// It is described in other words, and received as before.
    Words(Aes67Config),
    /// It is received otherwise from now on; in what, in words.
    Moved(Aes67Config, String),
    /// It cannot follow, and stays as it was; why, in a sentence.
    Stays(String),
}

/// A session's streams as the list shows them; one without any where its description cannot be used.
pub(crate) fn announced(session: &Session) -> Vec<DiscoveredStream> {
    let by = match session.by {
        By::Sap => AnnouncedBy::Sap,
        By::Ravenna => AnnouncedBy::Ravenna,
    };
    let bare = DiscoveredStream {
        session: session.id.clone(),
        stream: 0,
        by,
        name: session.name.clone(),
        sender: session.senders.first().map(ToString::to_string).unwrap_or_default(),
        interfaces: session.interfaces.clone(),
        encoding: None,
        sample_rate: None,
        channels: None,
        packet_time_us: None,
        labels: Vec::new(),
        clock: String::new(),
        legs: Vec::new(),
        problems: Vec::new(),
        warnings: Vec::new(),
        first_seen: moment(session.first),
        last_seen: moment(session.last),
        stale: session.stale,
        changes: session.changes,
        sources: Vec::new(),
    };
    let description = match session.reading.as_ref() {
        Ok(description) => description,
        Err(problems) => {
            let problems = problems.iter().take(WARNINGS).map(problem).collect();
            return vec![DiscoveredStream { problems, ..bare }];
        }
    };
    let warnings: Vec<String> = description.warnings.iter().take(WARNINGS).cloned().collect();
    let stream = |(place, stream): (usize, &sdp::Stream)| {
        let described = described(description, stream);
        let unusable = described.is_none().then(|| {
            let message = sdp::NotLinear { channels: stream.channels }.to_string();
            SdpProblem { line: None, message }
        });
        let samples = u64::from(stream.samples_per_packet_or_default());
        DiscoveredStream {
            stream: place as u16,
            encoding: described.as_ref().and_then(|described| described.config.encoding),
            sample_rate: Some(stream.rate.hz()),
            channels: Some(stream.channels),
            packet_time_us: Some((samples * 1_000_000 / u64::from(stream.rate.hz().max(1))) as u32),
            labels: stream.channel_names().into_iter().map(str::to_owned).collect(),
            clock: clock_in_full(&stream.reference_clock),
            legs: described.map(|described| described.config.legs).unwrap_or_default(),
            problems: unusable.into_iter().collect(),
            warnings: warnings.clone(),
            ..bare.clone()
        }
    };
    description.streams.iter().enumerate().map(stream).collect()
}

/// A source of an announced stream, which follows it. `towards` says by which interface a sender is reached.
///
/// # Errors
/// Why it cannot be one, in a sentence.
pub(crate) fn adopted(
    session: &Session,
    place: u16,
    pick: &[u16],
    towards: impl Fn(std::net::Ipv4Addr) -> Option<String>,
) -> Result<Aes67Config, String> {
    let description = usable(session)?;
    let (stream, mut config) = stream_at(description, place)?;
    for (at, (leg, told)) in config.legs.iter_mut().zip(&stream.legs).enumerate() {
        leg.interface = interface(session, at, told.source, &towards);
    }
    config.pick = if pick.is_empty() { (1..=stream.channels).collect() } else { pick.to_vec() };
    let Identity { user, session_id, address } = session
        .identity
        .clone()
        .ok_or("This session has no origin (o=) to follow it by. Add it from its description instead.")?;
    config.follows = Some(Follow { user, session_id, address, stream: place });
    Ok(config)
}

/// What an announced description means for a source that follows it. Interface, channels and their order, and what
/// else a person has set, stay.
pub(crate) fn followed(config: &Aes67Config, place: u16, session: &Session) -> Change {
    let told = usable(session).and_then(|description| stream_at(description, place));
    let new = match told {
        Ok((_, new)) => new,
        Err(why) => return Change::Stays(why),
    };
    if new.sdp == config.sdp {
        return Change::None;
    }
    let before = config.stream_channels.unwrap_or(2);
    let now = new.stream_channels.unwrap_or(2);
    let pick = if config.pick.is_empty() { (1..=before).collect() } else { config.pick.clone() };
    if let Some(gone) = pick.iter().find(|channel| **channel > now) {
        return Change::Stays(format!(
            "The stream has {now} channels now, and channel {gone} is taken from it. Choose its channels anew."
        ));
    }
    let mut next = Aes67Config {
        legs: new.legs.clone(),
        pick,
        labels: labels(config, &new),
        window_ms: config.window_ms,
        receive_buffer: config.receive_buffer,
        follows: config.follows.clone(),
        ..new
    };
    for (at, leg) in next.legs.iter_mut().enumerate() {
        leg.interface = config.legs.get(at).or(config.legs.first()).and_then(|leg| leg.interface.clone());
    }
    let differs = differences(config, &next);
    if differs.is_empty() { Change::Words(next) } else { Change::Moved(next, differs.join(", ")) }
}

fn usable(session: &Session) -> Result<&sdp::Description, String> {
    session.reading.as_ref().as_ref().map_err(|problems| {
        let first = problems.first().map(ToString::to_string).unwrap_or_default();
        format!("Its description cannot be used: {}.", first.trim_end_matches('.'))
    })
}

fn stream_at(description: &sdp::Description, place: u16) -> Result<(&sdp::Stream, Aes67Config), String> {
    let count = description.streams.len();
    let stream = description.streams.get(usize::from(place));
    let stream =
        stream.ok_or_else(|| format!("The session has {count} streams now, and no {}th.", place + 1))?;
    let described = described(description, stream)
        .ok_or_else(|| sdp::NotLinear { channels: stream.channels }.to_string() + ".")?;
    Ok((stream, described.config))
}

/// The interface a leg is received on: the one by which its sender is reached, if the session was heard there; else each
/// leg has one of those it was heard on.
fn interface(
    session: &Session,
    leg: usize,
    source: Option<std::net::Ipv4Addr>,
    towards: &impl Fn(std::net::Ipv4Addr) -> Option<String>,
) -> Option<String> {
    let heard = &session.interfaces;
    let routed = source.and_then(towards).filter(|name| heard.contains(name));
    routed.or_else(|| heard.get(leg).or(heard.last()).cloned())
}

/// Names of the channels: the sender's, unless a person has given others.
fn labels(config: &Aes67Config, new: &Aes67Config) -> Vec<String> {
    let first = |text: &str| read_sdp(text).streams.into_iter().next();
    let given = config.sdp.as_deref().and_then(first).map(|stream| stream.config.labels).unwrap_or_default();
    if config.labels == given && !new.labels.is_empty() { new.labels.clone() } else { config.labels.clone() }
}

/// In what two configurations differ for a receiver.
fn differences(old: &Aes67Config, new: &Aes67Config) -> Vec<String> {
    let mut found = Vec::new();
    let places = |config: &Aes67Config| -> Vec<String> {
        let place = |leg: &wire::Leg| format!("{}:{}", leg.address, leg.port.unwrap_or(5004));
        config.legs.iter().map(place).collect()
    };
    let (before, now) = (places(old), places(new));
    if before != now {
        found.push(format!("address {} instead of {}", now.join(" and "), before.join(" and ")));
    } else if old.legs != new.legs {
        found.push("another sender".to_owned());
    }
    let mut differs = |what: &str, before: String, now: String| {
        if before != now {
            found.push(format!("{what} {now} instead of {before}"));
        }
    };
    let coding = |config: &Aes67Config| match config.encoding {
        Some(wire::Encoding::L16) => "L16".to_owned(),
        Some(wire::Encoding::L24) | None => "L24".to_owned(),
    };
    let number = |value: Option<u32>, usual: u32| value.unwrap_or(usual).to_string();
    differs("coding", coding(old), coding(new));
    differs("rate", number(old.sample_rate, 48_000), number(new.sample_rate, 48_000));
    let channels = |config: &Aes67Config| number(config.stream_channels.map(u32::from), 2);
    differs("channels", channels(old), channels(new));
    let payload = |config: &Aes67Config| number(config.payload_type.map(u32::from), 96);
    differs("payload type", payload(old), payload(new));
    found
}

fn problem(problem: &sdp::Problem) -> SdpProblem {
    let message = if problem.text.is_empty() {
        problem.message.clone()
    } else {
        format!("“{}”: {}", problem.text, problem.message)
    };
    SdpProblem { line: u32::try_from(problem.line).ok(), message }
}

/// What a clock follows, with the grandmaster where one is named.
fn clock_in_full(reference: &sdp::ReferenceClock) -> String {
    let sdp::ReferenceClock::Ptp { leader: sdp::Leader::Identity(id), domain, .. } = reference else {
        return clock(reference);
    };
    let id: Vec<String> = id.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("PTP {}, domain {}", id.join("-"), domain.unwrap_or(0))
}

#[cfg(test)]
mod tests;
