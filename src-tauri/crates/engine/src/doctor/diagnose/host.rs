//! What concerns this machine: interface, address, group, receive buffer, and who asks for members.

use super::{Check, QUERIER_S, Verdict, capital};
use crate::doctor::findings::Findings;

/// Interface, address and group, up to the first fault.
pub(super) fn checks(findings: &Findings, leg: usize, checks: &mut Vec<Check>) {
    const INTERFACE: &str = "Interface";
    let (spec, found) = (&findings.source.legs[leg], &findings.legs[leg]);
    let Some(interface) = &found.interface else {
        let there = found.there.join(", ");
        checks.push(match &spec.interface {
            Some(name) => Check::fault(
                INTERFACE,
                "no-interface",
                format!("There is no interface {name} on this machine"),
                format!("choose one of these: {there}"),
            ),
            None => Check::fault(
                INTERFACE,
                "no-route",
                format!("No route leads to {}", spec.address),
                format!("choose the interface it arrives on, one of these: {there}"),
            ),
        });
        return;
    };
    let name = &interface.name;
    checks.push(if !interface.up {
        let words = format!("Interface {name} is switched off");
        Check::fault(INTERFACE, "interface-down", words, format!("switch it on: ip link set {name} up"))
    } else if !interface.running {
        let words = format!("Interface {name} has no link");
        Check::fault(INTERFACE, "no-link", words, "see to the cable and the switch port at its other end")
    } else {
        Check::ok(INTERFACE, format!("{name} is up and has a link"))
    });
    checks.push(match interface.addresses.as_slice() {
        [] => Check::fault(
            "Address",
            "no-address",
            format!("Interface {name} has no IPv4 address"),
            "give it one in the network of the sender",
        ),
        own => Check::ok("Address", own.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    });
    let group = spec.address;
    let joined = if found.multicast { "Group joined" } else { "Port open" };
    checks.push(match &found.refused {
        Some(why) => Check::fault(joined, "not-joined", capital(why), "then ask the doctor again"),
        None if found.port_taken => {
            Check::ok(joined, format!("Port {} is in use already, as by this source's recorder", spec.port))
        }
        None if !found.multicast => Check::ok(joined, format!("Listening on port {}", spec.port)),
        None if found.listed => Check::ok(joined, format!("{group} is joined on {name}")),
        None => Check::fault(
            joined,
            "not-joined",
            format!("{group} was joined, and the kernel does not list it on {name}"),
            "see that nothing else manages the groups of this machine",
        ),
    });
}

pub(super) fn buffer(findings: &Findings, leg: usize) -> Check {
    const NAME: &str = "Receive buffer";
    let (asked, found) = (findings.source.receive_buffer, &findings.legs[leg]);
    if found.granted == 0 {
        return Check::unknown(NAME, "No socket was opened");
    }
    let remedy = format!("allow more: sysctl -w net.core.rmem_max={asked}");
    if found.kernel_dropped > 0 {
        let words = format!("A receive buffer of {} bytes overflowed", found.granted);
        return Check::fault(NAME, "receive-buffer", words, remedy);
    }
    if found.granted < asked {
        let words =
            format!("A receive buffer of {} bytes was granted, {asked} were asked for", found.granted);
        return Check::warn(NAME, "receive-buffer", words, remedy);
    }
    Check::ok(NAME, format!("{} bytes, as asked for", found.granted))
}

/// Whether somebody asks who is a member of which group; nothing where nobody needs to.
pub(super) fn querier(findings: &Findings, leg: usize) -> Option<Check> {
    const NAME: &str = "IGMP querier";
    let found = &findings.legs[leg];
    let interface = found.interface.as_ref().filter(|i| found.multicast && !i.loopback)?;
    if found.refused.is_some() {
        return None;
    }
    let heard = found.wire.as_ref().map(|wire| wire.queriers.as_slice());
    Some(match heard {
        Some([first, ..]) => Check::ok(NAME, format!("{first} asks who listens")),
        Some([]) | None if found.old_querier => Check::ok(NAME, "One was heard by this machine's kernel"),
        None => Check::unknown(
            NAME,
            format!("Not looked for: {}", findings.tap_refused.as_deref().unwrap_or("no permission")),
        ),
        Some([]) if findings.seconds < QUERIER_S => {
            let verdict = if findings.done { Verdict::Unknown } else { Verdict::Pending };
            Check::new(
                NAME,
                verdict,
                format!(
                    "None in {:.0} s; they ask every 125 s, so listen for 130 s to know",
                    findings.seconds
                ),
            )
        }
        Some([]) => {
            let words = format!(
                "No IGMP querier on {} in {:.0} s: switches that snoop cut a group off about four minutes after it was joined",
                interface.name, findings.seconds
            );
            let remedy = "switch on the querier of one switch in this network";
            if found.best().packets > 0 {
                Check::warn(NAME, "no-igmp-querier", words, remedy)
            } else {
                Check::fault(NAME, "no-igmp-querier", words, remedy)
            }
        }
    })
}
