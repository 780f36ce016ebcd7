//! What is stored with a segment: how good the clock was that its times come from.

use audyn_model::{ClockIdentity, ClockLock, ClockQuality, TimeBasis};

use super::ClockView;
use super::monitor::{DomainView, PtpState};
use crate::sdp::{Leader, ReferenceClock};

/// The PTP clock that a stream's description names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The grandmaster; none if any will do that is traceable to a time standard.
    pub grandmaster: Option<ClockIdentity>,
    /// The domain; none if it is not said.
    pub domain: Option<u8>,
}

/// How a stream's clock stands to the grandmasters that are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its grandmaster is heard, and its time can be right.
    Heard,
    /// Its grandmaster is not heard, and another keeps its domain.
    Other(ClockIdentity),
    /// Its grandmaster was heard, and its domain has none any more.
    Gone,
    /// Its grandmaster is heard, and its time is wrong.
    Insane,
    /// Nothing is heard of its domain: it may be on a network that is not listened to.
    Unheard,
    /// It names no PTP clock.
    Unsaid,
}

impl Declared {
    /// What a description's reference clock names; none if that is no PTP clock.
    #[must_use]
    pub fn of(clock: &ReferenceClock) -> Option<Self> {
        let ReferenceClock::Ptp { leader, domain, .. } = clock else { return None };
        match leader {
            Leader::Identity(id) if *id != [0; 8] => {
                Some(Self { grandmaster: Some(ClockIdentity(*id)), domain: *domain })
            }
            Leader::Traceable => Some(Self { grandmaster: None, domain: *domain }),
            Leader::Identity(_) | Leader::Unusable(_) => None,
        }
    }
}

/// How the clock of a stream stands that declares `declared`.
#[must_use]
pub fn standing(domains: &[DomainView], declared: Option<&Declared>) -> (Standing, Option<DomainView>) {
    let Some(declared) = declared else { return (Standing::Unsaid, None) };
    let own = || domains.iter().filter(|view| declared.domain.is_none_or(|domain| domain == view.domain));
    let meant = |view: &&DomainView| match (declared.grandmaster, view.master) {
        (Some(id), Some(master)) => master.announce.grandmaster == id,
        (None, Some(master)) => master.announce.time_traceable,
        (_, None) => false,
    };
    let find = |state: fn(PtpState) -> bool| own().filter(meant).find(|view| state(view.state));
    let here = |state: PtpState| state == PtpState::Insane;
    let gone = |state: PtpState| state == PtpState::Lost;
    if let Some(view) = find(PtpState::is_good) {
        return (Standing::Heard, Some(view.clone()));
    }
    if let Some(view) = find(here) {
        return (Standing::Insane, Some(view.clone()));
    }
    let other = own().find(|view| view.state.is_good());
    if let (Some(view), Some(id)) = (other, other.and_then(DomainView::grandmaster)) {
        return (Standing::Other(id), Some(view.clone()));
    }
    match find(gone) {
        Some(view) => (Standing::Gone, Some(view.clone())),
        None => (Standing::Unheard, None),
    }
}

/// The quality of the times of a stream: of its own clock where they come from its media clock, else of the program's.
#[must_use]
pub fn quality(view: &ClockView, basis: TimeBasis, declared: Option<&Declared>) -> ClockQuality {
    match basis {
        TimeBasis::Arrival | TimeBasis::Device => return view.quality(),
        TimeBasis::MediaClock | TimeBasis::AssumedMediaClock => {}
    }
    let (standing, heard) = standing(&view.domains, declared);
    let named = ClockQuality {
        reference: view.following.reference,
        lock: ClockLock::Free,
        grandmaster: declared.and_then(|declared| declared.grandmaster),
        domain: declared.and_then(|declared| declared.domain),
        offset_ns: None,
        uncertainty_ns: None,
    };
    match (standing, heard) {
        (Standing::Heard, Some(heard)) => ClockQuality {
            lock: ClockLock::Locked,
            grandmaster: heard.grandmaster(),
            domain: Some(heard.domain),
            offset_ns: heard.offset_ns,
            uncertainty_ns: heard.uncertainty_ns,
            ..named
        },
        (Standing::Gone, _) => ClockQuality { lock: ClockLock::Holdover, ..named },
        (
            Standing::Heard | Standing::Other(_) | Standing::Insane | Standing::Unheard | Standing::Unsaid,
            _,
        ) => named,
    }
}

/// A length of time for people: `320 ns`, `1.5 µs`, `12 ms`, `3.2 s`.
#[must_use]
pub fn span(ns: i64) -> String {
    let ns = ns.unsigned_abs();
    let in_units = |unit: u64, name: &str| {
        let tenths = ns / (unit / 10);
        if tenths < 100 {
            format!("{}.{} {name}", tenths / 10, tenths % 10)
        } else {
            format!("{} {name}", ns / unit)
        }
    };
    match ns {
        0..1_000 => format!("{ns} ns"),
        1_000..1_000_000 => in_units(1_000, "µs"),
        1_000_000..1_000_000_000 => in_units(1_000_000, "ms"),
        _ => in_units(1_000_000_000, "s"),
    }
}

#[cfg(test)]
mod tests;
