//! A description → text, with CRLF line ends, in the order that RFC 8866 wants.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use super::{Description, Leg, MediaClock, ReferenceClock, Stream, packet_time};

/// Writes a description as its sender announces it. Reading the text gives the same description again (apart from its
/// warnings), provided that texts hold no control characters or outer blanks, and that a stream's information is stated
/// where the session's is.
#[must_use]
pub fn write(description: &Description) -> String {
    let mut out = Text::default();
    let Description { name, origin, info, streams, warnings: _ } = description;
    out.line("v=0");
    out.line(&format!(
        "o={} {} {} IN IP4 {}",
        origin.user, origin.session_id, origin.version, origin.address
    ));
    out.line(&format!("s={}", if name.is_empty() { " " } else { name }));
    if let Some(info) = info {
        out.line(&format!("i={info}"));
    }
    out.line("t=0 0");
    for (i, stream) in streams.iter().enumerate().filter(|(_, s)| s.legs.len() > 1) {
        let mids: Vec<String> = (0..stream.legs.len()).map(|leg| mid(i, leg)).collect();
        out.line(&format!("a=group:DUP {}", mids.join(" ")));
    }
    for (i, stream) in streams.iter().enumerate() {
        for (j, leg) in stream.legs.iter().enumerate() {
            write_leg(&mut out, stream, leg);
            if stream.legs.len() > 1 {
                out.line(&format!("a=mid:{}", mid(i, j)));
            }
        }
    }
    out.0
}

fn write_leg(out: &mut Text, stream: &Stream, leg: &Leg) {
    let Stream { payload_type: pt, encoding, rate, channels, .. } = stream;
    out.line(&format!("m=audio {} RTP/AVP {pt}", leg.port));
    if let Some(info) = &stream.info {
        out.line(&format!("i={info}"));
    }
    out.line(&format!("c=IN IP4 {}", with_ttl(leg.address, leg.ttl)));
    out.line(&format!("a=rtpmap:{pt} {}/{}/{channels}", encoding.as_str(), rate.hz()));
    if let Some(order) = &stream.channel_order {
        out.line(&format!("a=fmtp:{pt} channel-order={order}"));
    }
    if let Some(samples) = stream.samples_per_packet {
        out.line(&format!("a=ptime:{}", packet_time::milliseconds(*rate, samples)));
        out.line(&format!("a=framecount:{samples}"));
    }
    if let Some(source) = leg.source {
        out.line(&format!("a=source-filter: incl IN IP4 {} {source}", leg.address));
    }
    if let Some(port) = leg.rtcp_port {
        out.line(&format!("a=rtcp:{port}"));
    }
    for clock in std::iter::once(&stream.reference_clock).chain(&stream.other_clocks) {
        if *clock != ReferenceClock::None {
            out.line(&format!("a=ts-refclk:{clock}"));
        }
    }
    if stream.media_clock != MediaClock::None {
        out.line(&format!("a=mediaclk:{}", stream.media_clock));
    }
    out.line("a=recvonly");
}

fn with_ttl(address: Ipv4Addr, ttl: Option<u8>) -> String {
    ttl.map_or_else(|| address.to_string(), |ttl| format!("{address}/{ttl}"))
}

fn mid(stream: usize, leg: usize) -> String {
    format!("s{stream}l{leg}")
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        // Writing to a String does not fail.
        let _ = write!(self.0, "{line}\r\n");
    }
}
