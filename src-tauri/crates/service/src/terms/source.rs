//! Sources: what was typed or described, as the engine receives it.

use std::net::Ipv4Addr;

use audyn_engine::ptp::Declared;
use audyn_engine::rtp::payload::Encoding;
use audyn_engine::sdp::{self, ReferenceClock};
use audyn_engine::source::Source;
use audyn_engine::source::aes67::{Aes67, Leg, MediaClock};
use audyn_model::Rate;

use super::heard::{Heard, Tone, names};
use super::local;
use crate::api::wire;

/// The most audio that one packet holds (ST 2110-10: UDP datagrams of the standard size), in bytes.
const PAYLOAD_BYTES: usize = 1460;
/// Longest name of a Linux network interface, in bytes.
const INTERFACE_BYTES: usize = 15;
/// Where test tones go: administratively scoped (RFC 2365), on the loopback interface only.
const TONE_PORT: u16 = 5004;

/// What a source's configuration means. `id` decides the group of a test tone; `interface` is for legs that name none.
///
/// # Errors
/// Everything that is wrong with it, each with what would be right.
pub(crate) fn heard(
    id: &str,
    config: &wire::SourceConfig,
    interface: Option<&str>,
) -> Result<Heard, Vec<String>> {
    match config {
        wire::SourceConfig::Aes67(config) => network(config, interface),
        wire::SourceConfig::Tone(config) => tone(id, config),
        wire::SourceConfig::PipeWire(config) => local::node(config),
        wire::SourceConfig::Card(config) => local::card(config),
    }
}

/// Address and legs in few words: "239.69.1.1, 2 legs".
pub(crate) fn summary(config: &wire::SourceConfig) -> String {
    match config {
        wire::SourceConfig::Aes67(config) => {
            let mut parts: Vec<String> =
                config.legs.first().map(|leg| leg.address.clone()).into_iter().collect();
            if config.legs.len() > 1 {
                parts.push(format!("{} legs", config.legs.len()));
            }
            let channels = config.stream_channels.unwrap_or(2);
            if !config.pick.is_empty() && config.pick.len() < usize::from(channels) {
                parts.push(format!("{} of {channels}", config.pick.len()));
            }
            parts.join(", ")
        }
        wire::SourceConfig::Tone(config) => {
            format!("{} Hz, {:.0} dBFS", config.frequency_hz, config.level_dbfs)
        }
        wire::SourceConfig::PipeWire(config) => {
            let name = config.name.as_deref().unwrap_or(&config.node);
            local::summary(name, config.stream_channels, &config.pick)
        }
        wire::SourceConfig::Card(config) => {
            let id = if config.device.is_empty() { "default" } else { &config.device };
            local::summary(config.name.as_deref().unwrap_or(id), config.stream_channels, &config.pick)
        }
    }
}

fn network(config: &wire::Aes67Config, default_interface: Option<&str>) -> Result<Heard, Vec<String>> {
    let mut problems = Vec::new();
    let described = match config.sdp.as_deref().map(sdp::parse) {
        None => None,
        Some(Ok(description)) => description.streams.into_iter().next(),
        Some(Err(found)) => {
            problems.extend(found.iter().map(|p| format!("The description cannot be used: {p}.")));
            None
        }
    };
    let legs: Vec<Leg> =
        config.legs.iter().filter_map(|leg| self::leg(leg, default_interface, &mut problems)).collect();
    match config.legs.len() {
        1 => {}
        2 if legs.len() == 2 && legs[0] == legs[1] => {
            problems
                .push("Both legs are the same; give the other network's address or interface.".to_owned());
        }
        2 => {}
        n => problems.push(format!("{n} legs; give one, or the two of a redundant pair.")),
    }
    let mut within = |what: &str, value: u32, least: u32, most: u32| {
        if !(least..=most).contains(&value) {
            problems.push(format!("{what} {value} is not possible; give {least} to {most}."));
        }
        value
    };
    let payload_type = within("Payload type", config.payload_type.unwrap_or(96).into(), 0, 127);
    let rate = within("Sample rate", config.sample_rate.unwrap_or(48_000), 8_000, 384_000);
    let channels = within("A channel count of", config.stream_channels.unwrap_or(2).into(), 1, 64);
    let window_ms = within("A reorder window of", config.window_ms.unwrap_or(Aes67::WINDOW_MS), 1, 2_000);
    let buffer = config.receive_buffer.unwrap_or(Aes67::RECEIVE_BUFFER as u32);
    let buffer = within("A receive buffer of", buffer, 4_096, 1 << 30);
    if let Some(samples) = config.samples_per_packet {
        within("Samples per packet of", samples.into(), 1, 1_440);
    }
    let encoding = config.encoding.map(|encoding| match encoding {
        wire::Encoding::L16 => Encoding::L16,
        wire::Encoding::L24 => Encoding::L24,
    });
    let bytes = encoding.unwrap_or(Encoding::L16).bytes() * channels as usize;
    let usual = described.as_ref().map_or(48, sdp::Stream::samples_per_packet_or_default);
    let fits = |samples: u16| usize::from(samples) * bytes <= PAYLOAD_BYTES;
    let samples_per_packet = match config.samples_per_packet {
        Some(samples) => {
            if !fits(samples) {
                let most = PAYLOAD_BYTES / bytes.max(1);
                problems.push(format!(
                    "{samples} samples of {channels} channels do not fit one packet; {most} do."
                ));
            }
            samples
        }
        None => [usual, 48, 16, 12, 6].into_iter().find(|n| fits(*n)).unwrap_or(6),
    };
    let mut pick = Vec::new();
    for channel in &config.pick {
        match channel.checked_sub(1) {
            Some(index) if u32::from(*channel) <= channels && !pick.contains(&index) => pick.push(index),
            Some(index) if pick.contains(&index) => {
                problems.push(format!("Channel {channel} is picked twice."))
            }
            Some(_) | None => {
                problems.push(format!("There is no channel {channel}; pick from 1 to {channels}."))
            }
        }
    }
    let rate = match Rate::new(rate) {
        Ok(rate) => rate,
        Err(_) => Rate::HZ_48000,
    };
    if !problems.is_empty() {
        return Err(problems);
    }
    let taken: Vec<u16> = if pick.is_empty() { (0..channels as u16).collect() } else { pick.clone() };
    let media_clock = described.as_ref().map_or(MediaClock::Undeclared, |stream| match stream.media_clock {
        sdp::MediaClock::Direct { offset } => MediaClock::Direct { offset },
        sdp::MediaClock::None => MediaClock::Undeclared,
        sdp::MediaClock::Sender | sdp::MediaClock::Ieee1722(_) => MediaClock::Free,
    });
    Ok(Heard {
        channels: names(&taken, &config.labels),
        source: Source::Aes67(Aes67 {
            legs,
            payload_type: payload_type as u8,
            encoding,
            rate,
            stream_channels: channels as u16,
            pick,
            samples_per_packet,
            media_clock,
            ptp: described.and_then(|stream| Declared::of(&stream.reference_clock)),
            window_ms,
            receive_buffer: buffer as usize,
        }),
        tone: None,
    })
}

fn leg(leg: &wire::Leg, default_interface: Option<&str>, problems: &mut Vec<String>) -> Option<Leg> {
    let interface =
        leg.interface.as_deref().or(default_interface).map(str::trim).filter(|text| !text.is_empty());
    if let Some(name) = interface {
        self::interface(name, problems);
    }
    let port = leg.port.unwrap_or(5004);
    if port == 0 {
        problems.push("Port 0 cannot be received; give 1 to 65535.".to_owned());
    }
    let usable = |address: &Ipv4Addr| !address.is_unspecified() && !address.is_broadcast();
    let address = leg.address.trim().parse::<Ipv4Addr>().ok().filter(usable);
    if address.is_none() {
        let wrong = &leg.address;
        problems
            .push(format!("\"{wrong}\" is no address; give a group like 239.69.1.1, or a unicast address."));
    }
    let source = match leg.source_ip.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => match text.parse::<Ipv4Addr>() {
            Ok(address) if usable(&address) && !address.is_multicast() => Some(address),
            Ok(_) | Err(_) => {
                problems.push(format!("\"{text}\" is no sender; give the sender's own address."));
                None
            }
        },
    };
    Some(Leg { address: address?, port, interface: interface.map(str::to_owned), source })
}

/// What can be the name or an address of an interface.
pub(crate) fn interface(name: &str, problems: &mut Vec<String>) {
    if name.is_empty()
        || name.len() > INTERFACE_BYTES
        || name.contains(|c: char| c.is_whitespace() || c.is_control() || c == '/')
    {
        problems.push(format!(
            "\"{name}\" cannot be an interface; give a name like eth0, or one of its addresses."
        ));
    }
}

fn tone(id: &str, config: &wire::ToneConfig) -> Result<Heard, Vec<String>> {
    let mut problems = Vec::new();
    if !(20..=20_000).contains(&config.frequency_hz) {
        problems.push(format!("{} Hz is not possible; give 20 to 20000.", config.frequency_hz));
    }
    if !(-60.0..=0.0).contains(&config.level_dbfs) {
        problems.push(format!("{} dBFS is not possible; give -60 to 0.", config.level_dbfs));
    }
    let channels = config.channels.unwrap_or(2);
    if !(1..=8).contains(&channels) {
        problems.push(format!("{channels} channels are not possible; give 1 to 8."));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    // Each tone has a group of its own, the same at every start.
    let [a, b] = spread(id);
    let group = Ipv4Addr::new(239, 255, a, b.max(1));
    let taken: Vec<u16> = (0..channels).collect();
    let leg = Leg { address: group, port: TONE_PORT, interface: Some("lo".to_owned()), source: None };
    Ok(Heard {
        channels: names(&taken, &[]),
        source: Source::Aes67(Aes67 {
            legs: vec![leg],
            payload_type: 96,
            encoding: Some(Encoding::L24),
            rate: Rate::HZ_48000,
            stream_channels: channels,
            pick: Vec::new(),
            samples_per_packet: 48,
            media_clock: MediaClock::Direct { offset: 0 },
            ptp: None,
            window_ms: Aes67::WINDOW_MS,
            receive_buffer: Aes67::RECEIVE_BUFFER,
        }),
        tone: Some(Tone {
            group,
            port: TONE_PORT,
            frequency_hz: config.frequency_hz,
            level_dbfs: config.level_dbfs,
            channels,
        }),
    })
}

/// Two bytes that differ from id to id.
fn spread(id: &str) -> [u8; 2] {
    let mut sum = [0_u8; 2];
    for (at, byte) in id.bytes().enumerate() {
        sum[at % 2] = sum[at % 2].wrapping_mul(31).wrapping_add(byte);
    }
    sum
}

/// What a description says, ready to be made sources.
pub(crate) fn read_sdp(text: &str) -> wire::SdpReading {
    let mut reading = wire::SdpReading {
        name: String::new(),
        streams: Vec::new(),
        warnings: Vec::new(),
        problems: Vec::new(),
    };
    let description = match sdp::parse(text) {
        Ok(description) => description,
        Err(problems) => {
            let problem =
                |p: sdp::Problem| wire::SdpProblem { line: u32::try_from(p.line).ok(), message: p.message };
            reading.problems = problems.into_iter().map(problem).collect();
            return reading;
        }
    };
    reading.name.clone_from(&description.name);
    reading.warnings.clone_from(&description.warnings);
    for stream in &description.streams {
        let Some(described) = described(&description, stream) else {
            let message = sdp::NotLinear { channels: stream.channels }.to_string();
            reading.problems.push(wire::SdpProblem { line: None, message });
            continue;
        };
        if stream.legs.len() > 2 {
            reading
                .warnings
                .push(format!("It arrives by {} networks; the first two are used.", stream.legs.len()));
        }
        reading.streams.push(described);
    }
    reading
}

/// One stream of a description, ready to be made a source; none if it is not linear audio.
pub(super) fn described(description: &sdp::Description, stream: &sdp::Stream) -> Option<wire::SdpStream> {
    let encoding = match stream.encoding.linear()? {
        Encoding::L16 => wire::Encoding::L16,
        Encoding::L24 => wire::Encoding::L24,
    };
    let one = sdp::Description { streams: vec![stream.clone()], ..description.clone() };
    let leg = |leg: &sdp::Leg| wire::Leg {
        address: leg.address.to_string(),
        port: Some(leg.port),
        interface: None,
        source_ip: leg.source.map(|address| address.to_string()),
    };
    let name = description.name.trim();
    Some(wire::SdpStream {
        name: if name.is_empty() { "Stream".to_owned() } else { description.name.clone() },
        clock: clock(&stream.reference_clock),
        config: wire::Aes67Config {
            legs: stream.legs.iter().take(2).map(leg).collect(),
            payload_type: Some(stream.payload_type),
            encoding: Some(encoding),
            sample_rate: Some(stream.rate.hz()),
            stream_channels: Some(stream.channels),
            pick: Vec::new(),
            labels: stream.channel_names().into_iter().map(str::to_owned).collect(),
            samples_per_packet: stream.samples_per_packet,
            window_ms: None,
            receive_buffer: None,
            sdp: Some(sdp::write(&one)),
            follows: None,
        },
    })
}

/// What a stream's clock follows, in words.
pub(super) fn clock(clock: &ReferenceClock) -> String {
    match clock {
        ReferenceClock::None => "not stated".to_owned(),
        ReferenceClock::Ptp { domain: Some(domain), .. } => format!("PTP domain {domain}"),
        ReferenceClock::Ptp { domain: None, .. } => "PTP".to_owned(),
        ReferenceClock::LocalMac(_) | ReferenceClock::Local => "its own".to_owned(),
        ReferenceClock::Ntp(server) => format!("NTP {server}"),
        ReferenceClock::Gps => "GPS".to_owned(),
        ReferenceClock::Galileo => "Galileo".to_owned(),
        ReferenceClock::Glonass => "GLONASS".to_owned(),
        ReferenceClock::Private { traceable: true } => "a traceable clock of its own".to_owned(),
        ReferenceClock::Private { traceable: false } => "a private clock".to_owned(),
    }
}
