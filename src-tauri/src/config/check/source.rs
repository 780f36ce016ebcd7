//! The source: what of it comes from the network is read here.

use std::net::Ipv4Addr;

use audyn_engine::ptp::Declared;
use audyn_engine::rtp::payload::Encoding;
use audyn_engine::sdp::{self, Stream};
use audyn_engine::source::Source;
use audyn_engine::source::aes67::{Aes67, Leg, MediaClock};
use audyn_model::Rate;

use super::channels::{self, Channels};
use super::desk::{Desk, Read, group_or_host, host, rate};
use super::local;
use super::stream::Described;
use crate::config::Key;
use crate::config::checked::{PAYLOAD_TYPE, PORT, SAMPLES_PER_PACKET};

/// The most audio that one packet holds (ST 2110-10: UDP datagrams of the standard size), in bytes.
const PAYLOAD_BYTES: usize = 1460;
/// Longest name of a Linux network interface, in bytes.
pub(super) const INTERFACE_BYTES: usize = 15;

/// Everything about the source. None if something about it is on the list of problems.
pub(super) fn source(desk: &mut Desk<'_>, described: Option<&Described>) -> Option<Source> {
    match local::source(desk) {
        Some(local) => local,
        None => network(desk, described).map(Source::Aes67),
    }
}

fn network(desk: &mut Desk<'_>, described: Option<&Described>) -> Option<Aes67> {
    let before = desk.problems.len();
    let stream = described.map(|d| &d.stream);
    let legs = legs(desk, stream);
    let payload_type = desk.whole(Key::PayloadType, 0..=127, "0 to 127").map(|n| n as u8);
    let encoding = encoding(desk, stream);
    let rate = rate(desk);
    let channels = channels::channels(desk, stream.map(|s| s.channels));
    let samples = desk.whole(Key::SamplesPerPacket, 1..=1440, "1 to 1440").map(|n| n as u16);
    let samples = match (&channels, samples.refused()) {
        (Some(channels), false) => samples_per_packet(desk, samples.is(), stream, channels, encoding),
        (None, _) | (_, true) => None,
    };
    let window = desk.whole(Key::WindowMs, 1..=2000, "1 to 2000 milliseconds").map(|n| n as u32);
    let buffer = desk.whole(Key::Rcvbuf, 4096..=1 << 30, "4096 to 1073741824 bytes").map(|n| n as usize);
    if desk.problems.len() > before {
        return None;
    }
    let Channels { stream: stream_channels, pick } = channels?;
    Some(Aes67 {
        legs: legs?,
        payload_type: payload_type.or(stream.map_or(PAYLOAD_TYPE, |s| s.payload_type)),
        encoding,
        rate: rate.or(stream.map_or(Rate::HZ_48000, |s| s.rate)),
        stream_channels,
        pick,
        samples_per_packet: samples?,
        media_clock: stream.map_or(MediaClock::Undeclared, media_clock),
        ptp: stream.and_then(|stream| Declared::of(&stream.reference_clock)),
        window_ms: window.or(Aes67::WINDOW_MS),
        receive_buffer: buffer.or(Aes67::RECEIVE_BUFFER),
    })
}

fn legs(desk: &mut Desk<'_>, stream: Option<&Stream>) -> Option<Vec<Leg>> {
    const ADDRESS: &str = "a multicast group like 239.69.1.1, or a unicast address";
    let typed = desk.address(Key::MulticastAddr, ADDRESS, group_or_host);
    let port = desk.whole(Key::Port, 1..=65535, "1 to 65535").map(|n| n as u16);
    let interface = interface(desk, Key::Interface);
    let source = desk.address(Key::SourceIp, "the unicast address of the sender", host);
    let described = stream.and_then(|s| s.legs.first());
    let address = match (typed, described) {
        (Read::Is(address), _) => Some(address),
        (Read::Absent, Some(leg)) => Some(leg.address),
        (Read::Absent, None) if desk.typed(Key::Sdp).is_none() => {
            let [address, sdp, node, card] =
                [Key::MulticastAddr, Key::Sdp, Key::Pipewire, Key::Device].map(|key| desk.spelt(key));
            desk.lacks("has no source", format!("give {address}, {sdp}, {node} or {card}"));
            None
        }
        (Read::Absent | Read::Refused, _) => None,
    };
    let port = port.or(described.map_or(PORT, |leg| leg.port));
    let second = second(desk, stream, port);
    let address = address?;
    // A filter belongs to the group that it was described with.
    let filter = described.filter(|leg| leg.address == address).and_then(|leg| leg.source);
    let first = Leg { address, port, interface: interface.is(), source: source.is().or(filter) };
    let same = second
        .as_ref()
        .is_some_and(|s| (s.address, s.port, &s.interface) == (address, port, &first.interface));
    if same {
        let wrong = format!("{address}:{port} on that interface is the first leg");
        desk.refuse::<()>(Key::Redundant, wrong, "give the other network's address or interface");
    }
    Some([first].into_iter().chain(second).collect())
}

/// The second leg: `ADDR[:PORT]@IF` as typed (`@IF` alone takes the address from the SDP), else as the SDP describes it.
fn second(desk: &mut Desk<'_>, stream: Option<&Stream>, first_port: u16) -> Option<Leg> {
    const RIGHT: &str = "give ADDR@IF or ADDR:PORT@IF, like 239.70.1.1:5004@eth1";
    let described = stream.and_then(|s| s.legs.get(1));
    let text = match desk.text(Key::Redundant, "ADDR[:PORT]@IF") {
        Read::Is(text) => text,
        Read::Absent => {
            return described.map(|leg| Leg {
                address: leg.address,
                port: leg.port,
                interface: None,
                source: leg.source,
            });
        }
        Read::Refused => return None,
    };
    let Some((place, interface)) = text.rsplit_once('@') else {
        desk.refuse::<()>(Key::Redundant, format!("\"{text}\" names no interface"), RIGHT);
        return None;
    };
    if let Some(wrong) = not_an_interface(interface) {
        desk.refuse::<()>(Key::Redundant, wrong, RIGHT);
        return None;
    }
    let interface = Some(interface.to_owned());
    if let ("", Some(leg)) = (place, described) {
        return Some(Leg { address: leg.address, port: leg.port, interface, source: leg.source });
    }
    let (address, port) = place.split_once(':').map_or((place, None), |(a, p)| (a, Some(p)));
    let port = match port.map(str::parse::<u16>) {
        None => Some(described.map_or(first_port, |leg| leg.port)),
        Some(Ok(port)) if port > 0 => Some(port),
        Some(_) => None,
    };
    match (address.parse::<Ipv4Addr>(), port) {
        (Ok(address), Some(port)) if group_or_host(address) => {
            let source = described.filter(|leg| leg.address == address).and_then(|leg| leg.source);
            Some(Leg { address, port, interface, source })
        }
        (Ok(_) | Err(_), _) => {
            desk.refuse::<()>(Key::Redundant, format!("\"{place}\" is not an address with a port"), RIGHT);
            None
        }
    }
}

fn interface(desk: &mut Desk<'_>, key: Key) -> Read<String> {
    const RIGHT: &str = "the name of a network interface, like eth0, or one of its addresses";
    match desk.text(key, RIGHT) {
        Read::Is(text) => match not_an_interface(&text) {
            Some(wrong) => desk.refuse(key, wrong, format!("give {RIGHT}")),
            None => Read::Is(text),
        },
        other @ (Read::Absent | Read::Refused) => other,
    }
}

/// Why a text cannot name an interface. Whether there is one of that name is known only when the recorder starts.
fn not_an_interface(text: &str) -> Option<String> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '/';
    let bad = text.is_empty() || text.len() > INTERFACE_BYTES || text.contains(odd);
    bad.then(|| format!("\"{text}\" cannot be an interface"))
}

fn encoding(desk: &mut Desk<'_>, stream: Option<&Stream>) -> Option<Encoding> {
    let described = stream.and_then(|s| Encoding::from_word(s.encoding.as_str()));
    let typed = desk.word(Key::Encoding, "L16 or L24", Encoding::from_word).is();
    if let (Some(typed), Some(described)) = (typed, described)
        && typed != described
    {
        let wrong = format!("{} is not what the SDP says ({})", typed.as_str(), described.as_str());
        desk.refuse::<()>(Key::Encoding, wrong, "leave it out");
    }
    typed.or(described)
}

/// As typed or described; else the most that fits, of the counts that ST 2110-30 knows.
fn samples_per_packet(
    desk: &mut Desk<'_>,
    typed: Option<u16>,
    stream: Option<&Stream>,
    channels: &Channels,
    encoding: Option<Encoding>,
) -> Option<u16> {
    // As long as the encoding is not known, the narrower one has to fit.
    let bytes = encoding.unwrap_or(Encoding::L16).bytes();
    let size = |samples: u16| usize::from(channels.stream) * bytes * usize::from(samples);
    let stated = typed.or(stream.and_then(|s| s.samples_per_packet));
    let Some(samples) = stated else {
        let usual = stream.map_or(SAMPLES_PER_PACKET, Stream::samples_per_packet_or_default);
        return [usual, 48, 16, 12, 6].into_iter().find(|n| size(*n) <= PAYLOAD_BYTES);
    };
    if size(samples) > PAYLOAD_BYTES {
        let asked = [Key::SamplesPerPacket, Key::StreamChannels, Key::Channels, Key::Sdp];
        let key = asked.into_iter().find(|key| desk.typed(*key).is_some()).unwrap_or(Key::SamplesPerPacket);
        desk.refuse::<()>(
            key,
            format!(
                "{} channels x {bytes} bytes x {samples} samples = {} bytes does not fit one packet",
                channels.stream,
                size(samples)
            ),
            format!(
                "{PAYLOAD_BYTES} bytes do, so have at most {} samples sent in each",
                PAYLOAD_BYTES / (usize::from(channels.stream) * bytes)
            ),
        );
        return None;
    }
    Some(samples)
}

/// What an SDP's media clock means here. Whatever the reference clock is said to be, positions are believed only if they
/// agree with TAI when packets come: a direct media clock on GPS, NTP or a sender's own oscillator shows itself then.
fn media_clock(stream: &Stream) -> MediaClock {
    match stream.media_clock {
        sdp::MediaClock::Direct { offset } => MediaClock::Direct { offset },
        sdp::MediaClock::None => MediaClock::Undeclared,
        sdp::MediaClock::Sender | sdp::MediaClock::Ieee1722(_) => MediaClock::Free,
    }
}
