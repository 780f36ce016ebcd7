//! One `m=` section, with what it takes over from the session → a stream with one leg, or why not.

use std::net::Ipv4Addr;

use audyn_model::{AudioFormat, Rate};

use super::clock::{MediaClock, ReferenceClock};
use super::lines::{Line, Section, clean};
use super::{Encoding, JUMBO_PAYLOAD, Leg, Problem, STANDARD_PAYLOAD, Stream, packet_time};

/// What a media section turned out to be.
pub(super) enum Media<'a> {
    /// Linear audio, with the name that `a=group` calls it by.
    Audio { line: Line<'a>, mid: Option<&'a str>, stream: Stream },
    /// Something else than audio: `video`.
    Other(&'a str),
    /// Audio in another coding: `payload 0 is PCMU/8000`.
    Coded(Line<'a>, String),
    /// Linear audio that cannot be used; the problems say why.
    Wrong,
    /// Switched off by port 0.
    Off,
}

/// Collects what is wrong or odd while a text is read.
#[derive(Default)]
pub(super) struct Notes {
    pub problems: Vec<Problem>,
    pub warnings: Vec<String>,
}

impl Notes {
    pub fn warn(&mut self, line: &Line<'_>, message: &str) {
        self.warnings.push(format!("line {}: {message}", line.number));
    }

    fn wrong(&mut self, line: &Line<'_>, message: impl Into<String>) {
        self.problems.push(line.problem(message));
    }
}

/// Reads a media section.
pub(super) fn read<'a>(session: &Section<'a>, media: &Section<'a>, notes: &mut Notes) -> Media<'a> {
    let Some(line) = media.first(b'm') else { return Media::Wrong };
    let words: Vec<&str> = line.value.split_ascii_whitespace().collect();
    let [kind, port, profile, formats @ ..] = words.as_slice() else {
        notes.wrong(&line, "m= needs a media, a port, a profile and a payload type: m=audio 5004 RTP/AVP 98");
        return Media::Wrong;
    };
    if !kind.eq_ignore_ascii_case("audio") {
        return Media::Other(kind);
    }
    let before = notes.problems.len();
    let port = match port.split('/').next().unwrap_or_default().parse::<u16>() {
        Ok(0) => return Media::Off,
        Ok(port) => Some(port),
        Err(_) => {
            notes.wrong(&line, format!("port \"{}\" is not a number from 1 to 65535", clean(port)));
            None
        }
    };
    if !profile.eq_ignore_ascii_case("RTP/AVP") && !profile.eq_ignore_ascii_case("RTP/AVPF") {
        notes.wrong(&line, format!("profile {} is not supported; RTP/AVP is", clean(profile)));
    }
    let coding = match coding(&line, media, formats, notes) {
        Found::Linear(coding) => Some(coding),
        Found::Wrong => None,
        Found::Other(what) => return Media::Coded(line, what),
    };
    let address = connection(session, media, &line, notes);
    let (Some(port), Some((address, ttl)), Some(coding)) = (port, address, coding) else {
        source_filter(session, media, None, notes);
        return Media::Wrong;
    };
    let leg = Leg {
        address,
        port,
        ttl,
        source: source_filter(session, media, Some(address), notes),
        rtcp_port: rtcp_port(media, notes),
    };
    let stream = stream(session, media, &coding, leg, notes);
    check_size(&line, &stream, notes);
    if notes.problems.len() > before {
        return Media::Wrong;
    }
    Media::Audio { line, mid: media.attribute("mid").map(|(_, mid)| mid), stream }
}

/// The payload type that is taken, and what `a=rtpmap` says of it.
struct Coding {
    payload_type: u8,
    encoding: Encoding,
    rate: Rate,
    channels: u16,
}

/// What the payload types on offer come to.
enum Found {
    Linear(Coding),
    /// None of them is linear; this is the first.
    Other(String),
    /// The notes say what is wrong.
    Wrong,
}

/// Finds the first payload type offered that is linear audio.
fn coding(line: &Line<'_>, media: &Section<'_>, formats: &[&str], notes: &mut Notes) -> Found {
    let mut other = None;
    for (i, format) in formats.iter().enumerate() {
        let Some(payload_type) = format.parse::<u8>().ok().filter(|pt| *pt < 128) else {
            notes.wrong(line, format!("payload type \"{}\" is not a number from 0 to 127", clean(format)));
            return Found::Wrong;
        };
        let map = media
            .attributes("rtpmap")
            .find(|(_, value)| value.split_ascii_whitespace().next() == Some(format));
        let (at, coding) = match map {
            Some((at, value)) => (at, value.split_ascii_whitespace().nth(1).unwrap_or_default()),
            None => match implied(payload_type) {
                Some(coding) => (*line, coding),
                None => {
                    let what = if payload_type < 96 { "static" } else { "dynamic" };
                    notes.wrong(
                        line,
                        format!("payload type {payload_type} is {what} and has no rtpmap (a=rtpmap:{payload_type} L24/48000/2)"),
                    );
                    return Found::Wrong;
                }
            },
        };
        let mut parts = coding.split('/');
        let Some(encoding) = parts.next().and_then(Encoding::from_word) else {
            other.get_or_insert_with(|| format!("payload {payload_type} is {}", clean(coding)));
            continue;
        };
        if formats.len() > 1 {
            let rest = if i == 0 { "the first" } else { "the only linear one" };
            notes.warn(line, &format!("several payload types are offered: {payload_type}, {rest}, is taken"));
        }
        let rate = parts.next().unwrap_or_default();
        let channels = parts.next().unwrap_or("1");
        let known_rate = rate.parse::<u32>().ok().and_then(|hz| Rate::new(hz).ok());
        if known_rate.is_none() {
            notes.wrong(&at, format!("rate \"{}\" is not a number from 8000 to 384000", clean(rate)));
        }
        let known_channels =
            channels.parse::<u16>().ok().filter(|n| (1..=AudioFormat::MAX_CHANNELS).contains(n));
        if known_channels.is_none() {
            notes.wrong(&at, format!("\"{}\" channels; there must be 1 to 64", clean(channels)));
        }
        let known = known_rate.zip(known_channels);
        return known.map_or(Found::Wrong, |(rate, channels)| {
            Found::Linear(Coding { payload_type, encoding, rate, channels })
        });
    }
    match other {
        Some(what) => Found::Other(what),
        None => {
            notes.wrong(line, "m= names no payload type");
            Found::Wrong
        }
    }
}

/// What a static payload type means without an `a=rtpmap` (RFC 3551 table 4).
fn implied(payload_type: u8) -> Option<&'static str> {
    let known = [
        (0, "PCMU/8000"),
        (3, "GSM/8000"),
        (4, "G723/8000"),
        (8, "PCMA/8000"),
        (9, "G722/8000"),
        (10, "L16/44100/2"),
        (11, "L16/44100/1"),
        (14, "MPA/90000"),
        (18, "G729/8000"),
    ];
    known.iter().find(|(pt, _)| *pt == payload_type).map(|(_, coding)| *coding)
}

/// The address of `c=`, the media's before the session's, and its time to live.
fn connection(
    session: &Section<'_>,
    media: &Section<'_>,
    m: &Line<'_>,
    notes: &mut Notes,
) -> Option<(Ipv4Addr, Option<u8>)> {
    let mut own = media.all(b'c');
    let Some(line) = own.next().or_else(|| session.first(b'c')) else {
        notes.wrong(
            m,
            "no connection address: c=IN IP4 239.1.2.3/32 is missing, in the media and in the session",
        );
        return None;
    };
    if own.next().is_some() {
        notes.warn(&line, "several connection addresses: the first is taken");
    }
    let words: Vec<&str> = line.value.split_ascii_whitespace().collect();
    let [net, family, address, ..] = words.as_slice() else {
        notes.wrong(&line, "a connection line reads: c=IN IP4 239.1.2.3/32");
        return None;
    };
    if !net.eq_ignore_ascii_case("IN") || !family.eq_ignore_ascii_case("IP4") {
        notes.wrong(&line, format!("{} {} is not supported; IN IP4 is", clean(net), clean(family)));
        return None;
    }
    let mut parts = address.split('/');
    let text = parts.next().unwrap_or_default();
    let Ok(ip) = text.parse::<Ipv4Addr>() else {
        notes.wrong(&line, format!("connection address \"{}\" {}", clean(text), not_an_address(text)));
        return None;
    };
    if ip.is_unspecified() || ip.octets()[0] >= 240 {
        notes.wrong(
            &line,
            format!("nothing can be received from {ip}: name the group, or the receiver's own address"),
        );
        return None;
    }
    let ttl = parts.next().and_then(|text| {
        let ttl = text.parse::<u8>().ok();
        if ttl.is_none() {
            notes.warn(&line, &format!("time to live \"{}\" is not a number from 0 to 255", clean(text)));
        }
        ttl
    });
    if parts.next().is_some_and(|count| count != "1") {
        notes.warn(&line, "a range of groups: the first is taken");
    }
    Some((ip, ttl))
}

fn not_an_address(text: &str) -> &'static str {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        "is not an IPv4 address"
    } else {
        "is not an IP address (names are not resolved)"
    }
}

/// The source that `a=source-filter: incl` allows for an address; checks all filters if there is no address.
fn source_filter(
    session: &Section<'_>,
    media: &Section<'_>,
    address: Option<Ipv4Addr>,
    notes: &mut Notes,
) -> Option<Ipv4Addr> {
    let level = if media.attribute("source-filter").is_some() { media } else { session };
    for (line, value) in level.attributes("source-filter") {
        let words: Vec<&str> = value.split_ascii_whitespace().collect();
        let [mode, _, _, to, sources @ ..] = words.as_slice() else {
            notes.warn(&line, "a source filter reads: incl IN IP4 <group> <source>; ignored");
            continue;
        };
        if !mode.eq_ignore_ascii_case("incl") {
            notes.warn(&line, "only incl source filters are supported; ignored");
            continue;
        }
        let Some((Ok(source), text)) = sources.first().map(|s| (s.parse::<Ipv4Addr>(), *s)) else {
            let text = sources.first().copied().unwrap_or_default();
            notes.wrong(&line, format!("source address \"{}\" {}", clean(text), not_an_address(text)));
            continue;
        };
        let Some(address) = address else { continue };
        if *to != "*" && to.parse() != Ok(address) {
            notes.warn(&line, &format!("the source filter is for {}, not for {address}; ignored", clean(to)));
            continue;
        }
        if sources.len() > 1 {
            notes.warn(&line, &format!("several sources are allowed: {text}, the first, is taken"));
        }
        return Some(source);
    }
    if let (Some(address), Some(line)) = (address, media.first(b'm'))
        && address.octets()[0] == 232
    {
        notes.warn(
            &line,
            &format!("{address} is a source-specific group (232/8) and the description names no source"),
        );
    }
    None
}

fn rtcp_port(media: &Section<'_>, notes: &mut Notes) -> Option<u16> {
    let (line, value) = media.attribute("rtcp")?;
    let port = value.split_ascii_whitespace().next().and_then(|p| p.parse().ok()).filter(|p| *p > 0);
    if port.is_none() {
        notes.warn(&line, "the RTCP port is not a number from 1 to 65535; ignored");
    }
    port
}

fn stream(
    session: &Section<'_>,
    media: &Section<'_>,
    coding: &Coding,
    leg: Leg,
    notes: &mut Notes,
) -> Stream {
    let Coding { payload_type, encoding, rate, channels } = *coding;
    let ptime = media.attribute("ptime").or_else(|| session.attribute("ptime"));
    let framecount = media.attribute("framecount").or_else(|| session.attribute("framecount"));
    let (samples_per_packet, note) = packet_time::samples(rate, ptime.map(|p| p.1), framecount.map(|f| f.1));
    if let (Some(note), Some((line, _))) = (note, ptime.or(framecount)) {
        notes.warn(&line, &note);
    }
    let (reference_clock, other_clocks) = reference_clocks(session, media, notes);
    let media_clock = match media.attribute("mediaclk").or_else(|| session.attribute("mediaclk")) {
        None => MediaClock::None,
        Some((line, value)) => {
            let (clock, note) = MediaClock::parse(value);
            note.iter().for_each(|note| notes.warn(&line, note));
            clock
        }
    };
    if let Some(line) = media.first(b'm') {
        if reference_clock == ReferenceClock::None {
            notes.warn(&line, "no reference clock is named: whether the stream follows PTP is unknown");
        }
        if media.attribute("mediaclk").or_else(|| session.attribute("mediaclk")).is_none() {
            notes.warn(
                &line,
                "no media clock is named: an offset of 0 is assumed, and checked against arrival times",
            );
        }
        if samples_per_packet.is_none() {
            notes.warn(&line, "the packet time is unknown: the first packets decide");
        }
    }
    if let Some(line) = direction(media).or_else(|| direction(session)).filter(|l| l.value == "inactive") {
        notes.warn(&line, "the stream is marked inactive");
    }
    if let Some((line, _)) = media.attributes("ssrc-group").find(|(_, value)| value.starts_with("DUP")) {
        notes.warn(&line, "copies with an SSRC of their own are not merged");
    }
    Stream {
        info: media.first(b'i').or_else(|| session.first(b'i')).map(|l| clean(l.value)),
        legs: vec![leg],
        payload_type,
        encoding,
        rate,
        channels,
        channel_order: channel_order(media, payload_type),
        samples_per_packet,
        reference_clock,
        other_clocks,
        media_clock,
    }
}

fn direction<'a>(section: &Section<'a>) -> Option<Line<'a>> {
    const WORDS: [&str; 4] = ["inactive", "recvonly", "sendonly", "sendrecv"];
    section.all(b'a').find(|line| WORDS.contains(&line.value))
}

fn channel_order(media: &Section<'_>, payload_type: u8) -> Option<String> {
    let own = payload_type.to_string();
    media.attributes("fmtp").find_map(|(_, value)| {
        let (pt, parameters) = value.split_once(char::is_whitespace)?;
        let order = parameters.split(';').find_map(|p| p.trim().strip_prefix("channel-order="))?;
        (pt == own && !order.is_empty()).then(|| clean(order))
    })
}

/// The clock to go by and the others: the media's before the session's, PTP before any other.
fn reference_clocks(
    session: &Section<'_>,
    media: &Section<'_>,
    notes: &mut Notes,
) -> (ReferenceClock, Vec<ReferenceClock>) {
    let domain = |s: &Section<'_>| {
        s.attribute("clock-domain").and_then(|(_, v)| v.split_ascii_whitespace().nth(1)?.parse::<u8>().ok())
    };
    let domain = domain(media).or_else(|| domain(session)).filter(|d| *d < 128);
    let level = if media.attribute("ts-refclk").is_some() { media } else { session };
    let mut clocks = Vec::new();
    for (line, value) in level.attributes("ts-refclk") {
        match ReferenceClock::parse(value) {
            Ok((clock, note)) => {
                note.iter().for_each(|note| notes.warn(&line, note));
                clocks.push(clock);
            }
            Err(note) => notes.warn(&line, &note),
        }
    }
    if clocks.is_empty() {
        return (ReferenceClock::None, clocks);
    }
    let first = clocks.iter().position(ReferenceClock::is_ptp).unwrap_or(0);
    (clocks.remove(first).with_domain(domain), clocks)
}

fn check_size(m: &Line<'_>, stream: &Stream, notes: &mut Notes) {
    let Some(samples) = stream.samples_per_packet else { return };
    let (channels, bytes, payload) = (stream.channels, stream.encoding.bytes(), stream.payload_bytes());
    let sum = format!("{channels} channels x {bytes} bytes x {samples} samples = {payload} bytes");
    if payload > JUMBO_PAYLOAD {
        notes.wrong(m, format!("{sum} does not fit one packet: use a shorter packet time (a=ptime:0.125)"));
    } else if payload > STANDARD_PAYLOAD {
        notes.warn(
            m,
            &format!(
                "{sum} is more than the {STANDARD_PAYLOAD} of a standard packet: larger than the MTU of 1500"
            ),
        );
    }
}
