//! What the packets are like: sender, payload type, size, packet time, rate, loss, order, jitter.

use super::{Check, Verdict, many};
use crate::doctor::findings::{Findings, LegFindings};
use crate::doctor::tally::{Flow, Tally};
use crate::rtp::payload::Encoding;
use crate::source::aes67::Aes67;

/// Nothing for this long is an outage in recordings.
const PAUSE_NS: i64 = 200_000_000;
/// AES67 §7.5: a sender's packets vary by less than 17 packet times, or 17 ms.
const JITTER_PACKETS: i64 = 17;
/// Media time and arrival may differ by this share before the rate is called wrong, once this long was measured.
const RATE_OFF: f64 = 0.02;
const RATE_NS: i64 = 1_000_000_000;

/// The checks of a leg whose packets are RTP. `spared` says that the other leg lost nothing.
pub(super) fn checks(findings: &Findings, leg: usize, spared: bool, checks: &mut Vec<Check>) {
    let (source, found) = (&findings.source, &findings.legs[leg]);
    let tally = found.best();
    let Some(flow) = tally.main(source.payload_type) else {
        checks.push(foreign_payload_type(source, tally));
        return;
    };
    let payload_type = Check::ok("Payload type", source.payload_type.to_string());
    checks.push(senders(tally, flow));
    checks.push(payload_type);
    checks.push(size(source, found, flow));
    checks.push(packet_time(source, flow));
    checks.extend(rate(findings, flow));
    checks.push(loss(findings, found, flow, spared));
    checks.push(order(findings, flow));
    checks.push(jitter(source, flow));
}

fn foreign_payload_type(source: &Aes67, tally: &Tally) -> Check {
    let other = tally.largest().map_or(0, |flow| flow.payload_type);
    Check::fault(
        "Payload type",
        "foreign-payload-type",
        format!("Packets are of payload type {other}, and {} is expected", source.payload_type),
        format!("set payload type {other} for this source, or correct the sender"),
    )
}

fn senders(tally: &Tally, flow: &Flow) -> Check {
    const NAME: &str = "Sender";
    if let Some(rival) = tally.rival(flow) {
        let words = format!(
            "Two senders use this address at once: {} (SSRC {:08x}) and {} (SSRC {:08x})",
            flow.sender, flow.ssrc, rival.sender, rival.ssrc
        );
        return Check::fault(NAME, "two-senders", words, "give one of them another address");
    }
    Check::ok(NAME, format!("{}, SSRC {:08x}", flow.sender, flow.ssrc))
}

fn size(source: &Aes67, found: &LegFindings, flow: &Flow) -> Check {
    const NAME: &str = "Packet size";
    let (bytes, channels) = (flow.payload_bytes, usize::from(source.stream_channels));
    if found.wire.as_ref().is_some_and(|wire| wire.fragments > 0) {
        return Check::warn(
            NAME,
            "fragments",
            "Packets arrive in fragments: they are larger than a network on the way takes",
            "choose a shorter packet time at the sender",
        );
    }
    let samples = flow.step.map_or(usize::from(source.samples_per_packet), |step| step as usize);
    let fits = |encoding: &Encoding| samples * channels * encoding.bytes() == bytes;
    let wanted: &[Encoding] = source.encoding.as_slice();
    let wanted = if wanted.is_empty() { &[Encoding::L24, Encoding::L16] } else { wanted };
    if let Some(encoding) = wanted.iter().find(|encoding| fits(encoding)) {
        let channels = many(channels as u64, "channel");
        return Check::ok(
            NAME,
            format!("{bytes} bytes: {samples} samples of {channels} of {}", encoding.as_str()),
        );
    }
    let expected = wanted.iter().map(|e| e.as_str()).collect::<Vec<_>>().join(" or ");
    let words = format!(
        "Packets of {samples} samples hold {bytes} bytes, which is not {} of {expected}",
        many(channels as u64, "channel")
    );
    let other = [Encoding::L24, Encoding::L16].into_iter().find(fits);
    let counted = wanted
        .iter()
        .map(|encoding| (encoding, samples * encoding.bytes()))
        .find(|(_, frame)| *frame > 0 && bytes.is_multiple_of(*frame));
    let remedy = match (other, counted) {
        (Some(other), _) => format!("set encoding {} for this source, or correct the sender", other.as_str()),
        (None, Some((encoding, frame))) => format!(
            "set {} of {} for this source, or correct the sender",
            many((bytes / frame) as u64, "channel"),
            encoding.as_str()
        ),
        (None, None) => "take encoding and channels from the sender's description (SDP)".to_owned(),
    };
    Check::fault(NAME, "wrong-size", words, remedy)
}

fn packet_time(source: &Aes67, flow: &Flow) -> Check {
    const NAME: &str = "Packet time";
    let ms = |samples: u32| f64::from(samples) * 1000.0 / f64::from(source.rate.hz());
    let expected = u32::from(source.samples_per_packet);
    match flow.step {
        None => Check::unknown(NAME, "Too few packets to tell"),
        Some(step) if step == expected => Check::ok(NAME, format!("{:.3} ms, {step} samples", ms(step))),
        Some(step) => Check::warn(
            NAME,
            "wrong-packet-time",
            format!(
                "Packets hold {step} samples ({:.3} ms), and {expected} ({:.3} ms) are announced",
                ms(step),
                ms(expected)
            ),
            "correct the packet time of this source; it is recorded all the same",
        ),
    }
}

/// Whether as much media time comes as time passes.
fn rate(findings: &Findings, flow: &Flow) -> Option<Check> {
    const NAME: &str = "Sample rate";
    let (hz, step) = (f64::from(findings.source.rate.hz()), f64::from(flow.step?));
    let due = (flow.packets + flow.lost(0)).saturating_sub(flow.duplicates);
    let span = flow.last.0 - flow.first.0;
    if span < RATE_NS || flow.longest_ns > PAUSE_NS {
        return None;
    }
    let measured = (due.saturating_sub(1)) as f64 * step * 1e9 / span as f64;
    if (measured / hz - 1.0).abs() <= RATE_OFF {
        return Some(Check::ok(NAME, format!("{hz:.0} Hz")));
    }
    let words = format!("About {measured:.0} samples come a second, and {hz:.0} Hz is expected");
    Some(Check::fault(NAME, "wrong-rate", words, "set the sender's rate for this source"))
}

fn loss(findings: &Findings, found: &LegFindings, flow: &Flow, spared: bool) -> Check {
    const NAME: &str = "Loss";
    let overdue = findings.overdue_ns();
    let lost = flow.lost(overdue);
    if flow.longest_ns > PAUSE_NS && lost == 0 {
        let words = format!("The sender paused for {:.1} s", flow.longest_ns as f64 / 1e9);
        return Check::fault(NAME, "pauses", words, "see to the sender");
    }
    if lost == 0 {
        return Check::ok(NAME, format!("None of {}", many(flow.packets, "packet")));
    }
    let all = flow.packets + lost;
    let words =
        format!("{lost} of {} were lost ({:.2} %)", many(all, "packet"), lost as f64 * 100.0 / all as f64);
    if found.kernel_dropped > 0 {
        return Check::warn(NAME, "receive-buffer", words, "see to the receive buffer");
    }
    let on_wire = found
        .wire
        .as_ref()
        .filter(|_| !found.port_taken)
        .and_then(|wire| wire.here.main(flow.payload_type))
        .map(|flow| flow.lost(overdue));
    if on_wire.is_some_and(|on_wire| on_wire * 10 < lost) {
        return Check::fault(
            NAME,
            "firewall",
            format!("{words} inside this machine: the card had them"),
            "look for rules that drop UDP: nft list ruleset and iptables -S show them",
        );
    }
    let remedy =
        "look for errors and overload on the cables and switch ports between the sender and this machine";
    let verdict = if spared { Verdict::Warn } else { Verdict::Fault };
    Check { verdict, ..Check::fault(NAME, "loss", words, remedy) }
}

fn order(findings: &Findings, flow: &Flow) -> Check {
    const NAME: &str = "Order";
    let (ms, window) = (flow.latest_ns as f64 / 1e6, findings.source.window_ms);
    let twice = if flow.duplicates > 0 {
        format!(", {} came twice", many(flow.duplicates, "packet"))
    } else {
        String::new()
    };
    if flow.reordered == 0 {
        return Check::ok(NAME, format!("In order{twice}"));
    }
    let words = format!("{} came out of order, up to {ms:.1} ms late{twice}", many(flow.reordered, "packet"));
    if flow.latest_ns > findings.window_ns() {
        return Check::fault(
            NAME,
            "reorder-beyond-window",
            format!("{words}, and the reorder window is {window} ms"),
            format!("make the window larger than {} ms", ms.ceil()),
        );
    }
    Check::ok(NAME, format!("{words}; the window of {window} ms puts them right"))
}

fn jitter(source: &Aes67, flow: &Flow) -> Check {
    const NAME: &str = "Jitter";
    let packet_ns = i64::from(flow.step.unwrap_or_else(|| source.samples_per_packet.into())) * 1_000_000_000
        / i64::from(source.rate.hz());
    let limit = (packet_ns * JITTER_PACKETS).min(17_000_000);
    let words = format!("{:.2} ms on average", flow.jitter_ns as f64 / 1e6);
    if flow.jitter_ns > limit {
        let words = format!("Packets arrive unevenly, by {words}");
        return Check::warn(NAME, "jitter", words, "look for overload at the sender and on the switches");
    }
    Check::ok(NAME, words)
}
