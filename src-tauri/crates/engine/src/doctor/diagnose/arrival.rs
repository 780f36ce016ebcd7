//! Whether packets arrive at all, and where they get stuck if they do not.

use super::{Check, Verdict, many};
use crate::doctor::findings::{Findings, LegFindings, Wire};
use crate::source::aes67::Leg;

const NAME: &str = "Packets";
/// RTCP comes to the next port (RFC 3550 §11), a few times a minute: this many packets a second are no RTCP.
const RTCP_PER_SECOND: f64 = 5.0;

/// Adds the check. Says whether there is a stream to look at.
pub(super) fn check(findings: &Findings, leg: usize, checks: &mut Vec<Check>) -> bool {
    let (spec, found) = (&findings.source.legs[leg], &findings.legs[leg]);
    let best = found.best();
    if best.packets > 0 {
        let words = format!("{} in {:.0} s", many(best.packets, "packet"), findings.seconds);
        if best.flows.is_empty() {
            let remedy = "see what else sends to this address and port";
            checks.push(Check::fault(NAME, "not-rtp", format!("{words}, none of them RTP"), remedy));
            return false;
        }
        checks.push(Check::ok(NAME, words));
        return true;
    }
    let blamed = checks.iter().any(|check| check.verdict == Verdict::Fault);
    checks.push(if !findings.done {
        Check::new(NAME, Verdict::Pending, "None yet")
    } else if found.port_taken && found.wire.is_none() {
        let why = findings.tap_refused.as_deref().unwrap_or("no permission");
        Check::unknown(
            NAME,
            format!("Port {} is in use, as by this source's recorder, and the doctor cannot listen beside it: {why}", spec.port),
        )
    } else if found.refused.is_some() || (blamed && found.interface.is_none()) {
        Check::unknown(NAME, "Nothing could be listened to")
    } else {
        stuck(findings, spec, found)
    });
    false
}

/// Why nothing comes to the program.
fn stuck(findings: &Findings, spec: &Leg, found: &LegFindings) -> Check {
    let interface = found.interface.as_ref().map_or("this interface", |i| &i.name);
    if let Some(wire) = found.wire.as_ref().filter(|wire| wire.here.packets > 0) {
        return stopped_inside(spec, found, wire, interface);
    }
    let own = |name: &String| name == interface;
    if let Some((_, tally)) = found.elsewhere.iter().find(|(name, tally)| own(name) && tally.packets > 0) {
        let from = tally.largest().map(|flow| flow.sender.to_string()).unwrap_or_default();
        return sender_filter(spec, tally.packets, &from);
    }
    let wire = found.wire.as_ref();
    let there = found
        .elsewhere
        .iter()
        .filter(|(name, _)| !own(name))
        .map(|(name, tally)| (name, tally.packets))
        .chain(wire.iter().flat_map(|wire| wire.interfaces.iter().map(|(name, packets)| (name, *packets))))
        .filter(|(_, packets)| *packets > 0)
        .max_by_key(|(_, packets)| *packets);
    if let Some((other, packets)) = there {
        let packets = many(packets, "packet");
        return Check::fault(
            NAME,
            "wrong-interface",
            format!("The stream arrives on {other} ({packets}), not on {interface}"),
            format!("choose {other} for this source, or connect {interface} to the sender's network"),
        );
    }
    if found.rp_filter > 0 && found.rp_dropped > 0 {
        return rp_filter(found, "Packets", interface);
    }
    let rtcp = |port: u16, packets: u64| {
        port == spec.port.wrapping_add(1) && (packets as f64) < RTCP_PER_SECOND * findings.seconds
    };
    let ports = wire.iter().flat_map(|wire| &wire.ports).filter(|(port, packets)| !rtcp(*port, *packets));
    if let Some((port, packets)) = ports.max_by_key(|(_, packets)| *packets) {
        return Check::fault(
            NAME,
            "wrong-port",
            format!(
                "Nothing comes to port {}, but {} to port {port} of {}",
                spec.port,
                many(*packets, "packet"),
                spec.address
            ),
            format!("set port {port} for this source, or correct the sender"),
        );
    }
    let (nowhere, remedy) = if found.multicast {
        let nowhere = if found.others.is_empty() { "" } else { ", nor on any other interface" };
        (
            nowhere,
            "see that the sender is on and sends to this address, and that every switch on the way passes the group on",
        )
    } else {
        ("", "see that the sender is on and sends to this machine's address")
    };
    let unseen =
        if wire.is_none() { " (other ports were not looked at: that needs CAP_NET_RAW)" } else { "" };
    Check::fault(
        NAME,
        "no-packets",
        format!("Nothing arrives from {}:{} on {interface}{nowhere}{unseen}", spec.address, spec.port),
        remedy,
    )
}

/// Packets reach the card and not the program.
fn stopped_inside(spec: &Leg, found: &LegFindings, wire: &Wire, interface: &str) -> Check {
    let packets = many(wire.here.packets, "packet");
    let expected = if found.multicast { spec.source } else { None };
    let senders: Vec<_> = wire.here.flows.iter().map(|flow| flow.sender).collect();
    if let Some(only) = expected
        && !senders.is_empty()
        && !senders.contains(&only)
    {
        return sender_filter(spec, wire.here.packets, &senders[0].to_string());
    }
    if found.rp_filter > 0 && found.rp_dropped > 0 {
        return rp_filter(found, &packets, interface);
    }
    Check::fault(
        NAME,
        "firewall",
        format!("{packets} reached {interface} and none came through to the program"),
        format!(
            "let UDP for {} port {} through this machine's firewall: nft list ruleset and iptables -S show it",
            spec.address, spec.port
        ),
    )
}

fn sender_filter(spec: &Leg, packets: u64, from: &str) -> Check {
    let only = spec.source.map_or_else(|| "another sender".to_owned(), |only| only.to_string());
    Check::fault(
        NAME,
        "sender-filter",
        format!("{} come from {from}, and only {only} is accepted", many(packets, "packet")),
        "correct the sender's address for this source, or leave it out to accept any",
    )
}

fn rp_filter(found: &LegFindings, packets: &str, interface: &str) -> Check {
    let mode = found.rp_filter;
    Check::fault(
        NAME,
        "rp-filter",
        format!(
            "{packets} reached {interface} from an address that is not routed there, and reverse-path filtering (rp_filter={mode}) dropped them"
        ),
        format!(
            "add a route to the sender by {interface}, or switch the filter off: sysctl -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.{interface}.rp_filter=0"
        ),
    )
}
