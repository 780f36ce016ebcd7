//! The clock that the description names: its domain, its grandmaster, and whether its time can be right. Audio comes
//! without it, so nothing here is more than a warning; what suffers are the times of recordings.

use super::{Check, Verdict};
use crate::doctor::findings::{Findings, PtpFindings};
use crate::ptp::monitor::{DomainView, PtpState};
use crate::ptp::{Standing, span, standing};

/// Announcements may be 4 s apart (AES67 §4.2: 2 s unless set otherwise), and two make a master.
const PATIENCE_S: f64 = 12.0;

const DOMAIN: &str = "PTP domain";
const MASTER: &str = "Grandmaster";
const TIME: &str = "PTP time";
const OFFSET: &str = "UTC offset";

/// The checks of a source whose description names a PTP clock, up to the first that makes the next ones pointless.
pub(super) fn checks(findings: &Findings, checks: &mut Vec<Check>) {
    let Some(ptp) = &findings.ptp else { return };
    let (standing, view) = standing(&ptp.domains, Some(&ptp.declared));
    let kept: Vec<&DomainView> = ptp
        .domains
        .iter()
        .filter(|view| ptp.declared.domain.is_none_or(|domain| domain == view.domain))
        .filter(|view| view.master.is_some())
        .collect();
    let Some(any) = view.as_ref().or_else(|| kept.first().copied()) else {
        checks.push(unheard(findings, ptp));
        return;
    };
    let (domain, on) = (any.domain, place(ptp, any));
    checks.push(Check::ok(DOMAIN, format!("Domain {domain} is heard{on}")));
    match (standing, view.as_ref()) {
        (Standing::Heard | Standing::Insane, Some(view)) => {
            checks.push(master(ptp, view));
            checks.push(time(view));
            checks.extend(utc_offset(view));
        }
        (Standing::Other(id), _) => checks.push(Check::warn(
            MASTER,
            "ptp-other-grandmaster",
            match ptp.declared.grandmaster {
                Some(named) => {
                    format!("The description names grandmaster {named}, and {id} keeps domain {domain}")
                }
                None => format!(
                    "The description wants a traceable clock, and {id}, which keeps domain {domain}, is not"
                ),
            },
            "take the sender's current description, or see why its grandmaster lost the domain",
        )),
        (Standing::Heard | Standing::Insane | Standing::Gone | Standing::Unheard | Standing::Unsaid, _) => {
            checks.push(absent(any, &on));
        }
    }
}

/// Nothing is known of the domain that is named.
fn unheard(findings: &Findings, ptp: &PtpFindings) -> Check {
    let named = match ptp.declared.domain {
        Some(domain) => format!("PTP domain {domain}"),
        None => "a PTP clock".to_owned(),
    };
    let elsewhere = || ptp.domains.iter().filter(|view| view.state != PtpState::Lost);
    let own = elsewhere()
        .find(|view| view.grandmaster().is_some() && view.grandmaster() == ptp.declared.grandmaster);
    let other = own.or_else(|| elsewhere().find(|view| view.master.is_some()));
    if let Some((view, id)) = other.and_then(|view| Some((view, view.grandmaster()?))) {
        let (domain, on) = (view.domain, place(ptp, view));
        let words = match own {
            Some(_) => {
                format!("The description names {named}, and its grandmaster {id} keeps domain {domain}{on}")
            }
            None => {
                format!("The description names {named}, and only domain {domain} is heard{on}, kept by {id}")
            }
        };
        return Check::warn(
            DOMAIN,
            "ptp-wrong-domain",
            words,
            "set the sender and the grandmaster to one domain",
        );
    }
    let (mut deaf, mut patient) = (None, 0.0_f64);
    for interface in &ptp.interfaces {
        match &interface.problem {
            Some(why) => deaf = deaf.or(Some(why)),
            None => patient = patient.max(interface.heard_s),
        }
    }
    let listens: Vec<&str> =
        ptp.interfaces.iter().filter(|i| i.problem.is_none()).map(|i| i.name.as_str()).collect();
    if listens.is_empty() {
        let why = deaf.map_or("no interface is listened on; see the clock settings", String::as_str);
        return Check::unknown(
            DOMAIN,
            format!("Not looked for: {}", super::lowered(why.trim_end_matches('.'))),
        );
    }
    let on = listens.join(", ");
    if patient < PATIENCE_S {
        let verdict = if findings.done { Verdict::Unknown } else { Verdict::Pending };
        let words = format!("No grandmaster on {on} in {patient:.0} s; listen for {PATIENCE_S:.0} s to know");
        return Check::new(DOMAIN, verdict, words);
    }
    Check::warn(
        DOMAIN,
        "ptp-silent",
        format!("The description names {named}, and no grandmaster is heard on {on}"),
        "see that it runs, and that the switches carry PTP (224.0.1.129) to this machine",
    )
}

/// The domain is known, and nobody keeps it now.
fn absent(view: &DomainView, on: &str) -> Check {
    let domain = view.domain;
    let Some(id) = view.grandmaster() else { return Check::unknown(MASTER, "None has announced itself") };
    if view.state == PtpState::Lost {
        return Check::warn(
            MASTER,
            "ptp-lost",
            format!("Grandmaster {id} of domain {domain} is gone{on}: its announcements have stopped"),
            "see that it runs, and that the network carries PTP to this machine",
        );
    }
    Check::unknown(MASTER, format!("{id} announces itself, and has not sent a time yet"))
}

fn master(ptp: &PtpFindings, view: &DomainView) -> Check {
    let Some(master) = view.master else { return Check::unknown(MASTER, "None has announced itself") };
    let id = master.announce.grandmaster;
    if view.masters > 1 {
        return Check::warn(
            MASTER,
            "ptp-two-masters",
            format!("{} masters are active in domain {}{}", view.masters, view.domain, place(ptp, view)),
            "see that they hear each other, and that only one has the best priority",
        );
    }
    let every = master.interval_ns as f64 / 1e9;
    let missed = match master.missed {
        0 => String::new(),
        missed => format!(", {missed} announcements missed"),
    };
    Check::ok(MASTER, format!("{id}, {}, announced every {every} s{missed}", master.announce.class_words()))
}

fn time(view: &DomainView) -> Check {
    if let Some(why) = view.sanity.sentence() {
        let (words, remedy) = why.split_once(": ").unwrap_or((&why, "set it right"));
        return Check::warn(TIME, "ptp-time", format!("The grandmaster is not believed: {words}"), remedy);
    }
    let scale = if view.counts_utc { "; it counts UTC, and says so" } else { "" };
    match view.offset_ns {
        Some(ns) => Check::ok(TIME, format!("{} from this machine's clock{scale}", span(ns))),
        None => Check::unknown(TIME, "It has not sent a time yet"),
    }
}

/// The announced TAI − UTC, where the grandmaster says that it is valid.
fn utc_offset(view: &DomainView) -> Option<Check> {
    let said = view.master?.announce;
    if let Some(seconds) = view.wrong_utc_offset {
        return Some(Check::warn(
            OFFSET,
            "ptp-utc-offset",
            format!("The grandmaster announces a UTC offset of {seconds} s, which is not the one in force"),
            "correct it there",
        ));
    }
    said.utc_offset_valid.then(|| Check::ok(OFFSET, format!("{} s", said.utc_offset)))
}

fn place(ptp: &PtpFindings, view: &DomainView) -> String {
    let name = ptp.interfaces.iter().find(|i| i.slot == view.slot && i.problem.is_none());
    name.map_or_else(String::new, |interface| format!(" on {}", interface.name))
}

#[cfg(test)]
mod tests;
