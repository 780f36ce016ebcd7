//! The watch over time, for people: what it says on the wire, what is noted, what somebody should know.

use std::sync::{Arc, Mutex};

use audyn_engine::ptp::message::Reject;
use audyn_engine::ptp::monitor::{DomainView, PtpState, Sanity};
use audyn_engine::ptp::reference::Reference;
use audyn_engine::ptp::{ClockView, Watch, WatchSpec};
use audyn_model as model;
use audyn_model::Mono;

use crate::api::wire::{self, Light, LightLevel};
use crate::terms::{self, light, moment};

pub(crate) mod look;

/// The watch, and what was told of it.
pub(crate) struct Timekeeper {
    watch: Arc<Watch>,
    told: Mutex<Told>,
}

/// What was told.
#[derive(Default)]
struct Told {
    /// What people were told last.
    story: Option<Story>,
    /// What is so now, and since when.
    next: Option<(Story, Mono)>,
    shown: Option<wire::ClockStatus>,
}

/// What somebody should know of.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Story {
    state: Option<PtpState>,
    sanity: Sanity,
    place: Option<(String, u8)>,
    grandmaster: Option<model::ClockIdentity>,
    problem: Option<String>,
}

impl Timekeeper {
    pub(crate) fn new(watch: Arc<Watch>) -> Self {
        Self { watch, told: Mutex::default() }
    }

    pub(crate) fn view(&self) -> Arc<ClockView> {
        self.watch.view()
    }

    pub(crate) fn set(&self, settings: &wire::ClockSettings) {
        self.watch.change(spec(settings));
    }
}

/// What the settings mean.
pub(crate) fn spec(settings: &wire::ClockSettings) -> WatchSpec {
    let reference = match (settings.reference, &settings.device, &settings.interface) {
        (wire::ClockReference::System, ..) => Reference::System,
        (wire::ClockReference::Software, ..) => Reference::Software,
        (wire::ClockReference::Hardware, Some(path), _) => Reference::Device(path.into()),
        (wire::ClockReference::Hardware, None, Some(name)) => Reference::Interface(name.clone()),
        // Refused when it is set; an old document may have it.
        (wire::ClockReference::Hardware, None, None) => Reference::System,
    };
    WatchSpec { interfaces: settings.interfaces.clone(), domain: settings.domain, reference }
}

/// Settings as they are meant, with what is wrong with them.
pub(crate) fn checked(mut settings: wire::ClockSettings, problems: &mut Vec<String>) -> wire::ClockSettings {
    let tidy = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    (settings.device, settings.interface) = (tidy(settings.device), tidy(settings.interface));
    if settings.reference == wire::ClockReference::Hardware {
        match (&settings.device, &settings.interface) {
            (Some(_), Some(_)) => {
                problems.push("Give the hardware clock's path or its interface, not both.".to_owned());
            }
            (None, None) => problems.push(
                "A hardware clock needs its path, like /dev/ptp0, or the interface that it belongs to."
                    .to_owned(),
            ),
            (Some(path), None) if !path.starts_with("/dev/") || path.len() > 64 => {
                let path: String = path.chars().filter(|c| !c.is_control()).take(64).collect();
                problems.push(format!("\"{path}\" is no clock; give a path like /dev/ptp0."));
            }
            (None, Some(name)) => terms::interface(name, problems),
            (Some(_), None) => {}
        }
    }
    if settings.interfaces.len() > 16 {
        problems.push("PTP can be listened to on 16 interfaces at most.".to_owned());
    }
    settings.interfaces.iter().for_each(|name| terms::interface(name, problems));
    settings
}

/// How the clock is, in few words.
pub(crate) fn lamp(view: &ClockView) -> Light {
    if view.following.problem.is_some() {
        return light(LightLevel::Warn, "Clock not followed");
    }
    match view.domain().map(|domain| domain.state) {
        Some(PtpState::Locked) => light(LightLevel::Ok, "PTP locked"),
        Some(PtpState::Changed) => light(LightLevel::Ok, "PTP locked, new grandmaster"),
        Some(PtpState::Insane) => light(LightLevel::Warn, "PTP time wrong"),
        Some(PtpState::Lost) => light(LightLevel::Warn, "PTP lost"),
        Some(PtpState::Listening) => light(LightLevel::Unknown, "PTP without a time"),
        None if view.interfaces.iter().any(|i| i.problem.is_none()) => {
            light(LightLevel::Unknown, "No PTP heard")
        }
        None => light(LightLevel::Unknown, "PTP not listened to"),
    }
}

/// The watch's view on the wire.
pub(crate) fn status(view: &ClockView) -> wire::ClockStatus {
    let following = &view.following;
    let domains: Vec<_> = view.domains.iter().map(|domain| on_wire(view, domain)).collect();
    wire::ClockStatus {
        light: lamp(view),
        reference: reference(following.reference),
        lock: lock(following.lock),
        device: following.device.as_ref().map(|path| path.to_string_lossy().into_owned()),
        ahead_ns: following.ahead_ns,
        problem: following.problem.clone(),
        synchronised: following.kernel.map(|kernel| kernel.synchronised),
        max_error_ns: following.kernel.filter(|kernel| kernel.synchronised).map(|kernel| kernel.max_error_ns),
        kernel_tai_offset_s: following.kernel.map(|kernel| kernel.tai_offset_s),
        chosen: view.chosen.and_then(|place| domains.get(place).cloned()),
        domains,
        interfaces: view
            .interfaces
            .iter()
            .map(|i| wire::ClockInterface { name: i.name.clone(), problem: i.problem.clone() })
            .collect(),
        messages: view.counts.messages,
        malformed: Reject::ALL.iter().map(|reject| view.counts.rejected[reject.index()]).sum(),
        crowded: view.counts.crowded,
    }
}

/// A quality on the wire.
pub(crate) fn quality(quality: &model::ClockQuality) -> wire::ClockQuality {
    wire::ClockQuality {
        reference: reference(quality.reference),
        lock: lock(quality.lock),
        grandmaster: quality.grandmaster.map(|id| id.to_string()),
        domain: quality.domain,
        offset_ns: quality.offset_ns,
        uncertainty_ns: quality.uncertainty_ns,
    }
}

fn on_wire(view: &ClockView, domain: &DomainView) -> wire::ClockDomain {
    let said = domain.master.map(|master| master.announce);
    wire::ClockDomain {
        interface: interface(view, domain),
        domain: domain.domain,
        state: match domain.state {
            PtpState::Listening => wire::PtpState::Listening,
            PtpState::Locked => wire::PtpState::Locked,
            PtpState::Changed => wire::PtpState::Changed,
            PtpState::Lost => wire::PtpState::Lost,
            PtpState::Insane => wire::PtpState::Insane,
        },
        problem: problem(domain),
        since: domain.since.map(moment),
        grandmaster: said.map(|said| said.grandmaster.to_string()),
        previous: domain.previous.map(|id| id.to_string()),
        class: said.map(|said| said.class),
        class_words: said.map(|said| said.class_words().to_owned()),
        accuracy_ns: said.and_then(|said| said.accuracy_ns()),
        time_source: said.map(|said| said.source_words().to_owned()),
        priority1: said.map(|said| said.priority1),
        steps_removed: said.map(|said| said.steps_removed),
        utc_offset_s: said.map(|said| said.utc_offset),
        utc_offset_valid: said.map(|said| said.utc_offset_valid),
        ptp_timescale: said.map(|said| said.ptp_timescale),
        time_traceable: said.map(|said| said.time_traceable),
        offset_ns: domain.offset_ns,
        uncertainty_ns: domain.uncertainty_ns,
        announce_interval_s: domain.master.map(|master| master.interval_ns as f64 / 1e9),
        announcements_missed: domain.master.map_or(0, |master| master.missed),
        masters: domain.masters,
        changes: domain.changes,
    }
}

/// What is odd about a domain, as a sentence.
pub(crate) fn problem(domain: &DomainView) -> Option<String> {
    if let Some(why) = domain.sanity.sentence() {
        let mut letters = why.chars();
        let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
        return Some(format!("{first}{}.", letters.as_str()));
    }
    if let Some(seconds) = domain.wrong_utc_offset {
        return Some(format!(
            "It announces a UTC offset of {seconds} s that is not the one in force: correct it there."
        ));
    }
    if domain.counts_utc {
        return Some("It counts UTC on a timescale of its own, as ptp4l does without a hardware clock: streams that follow it do not count TAI.".to_owned());
    }
    (domain.masters > 1).then(|| {
        format!("{} masters are active in this domain: clocks disagree on which is best, or do not hear each other.", domain.masters)
    })
}

fn interface(view: &ClockView, domain: &DomainView) -> String {
    view.interface(domain.slot).unwrap_or("an interface that is gone").to_owned()
}

const fn reference(reference: model::ClockReference) -> wire::ClockReference {
    match reference {
        model::ClockReference::System => wire::ClockReference::System,
        model::ClockReference::Software => wire::ClockReference::Software,
        model::ClockReference::Hardware => wire::ClockReference::Hardware,
    }
}

const fn lock(lock: model::ClockLock) -> wire::ClockLock {
    match lock {
        model::ClockLock::Locked => wire::ClockLock::Locked,
        model::ClockLock::Holdover => wire::ClockLock::Holdover,
        model::ClockLock::Free => wire::ClockLock::Free,
        model::ClockLock::System => wire::ClockLock::System,
    }
}

#[cfg(test)]
mod tests;
