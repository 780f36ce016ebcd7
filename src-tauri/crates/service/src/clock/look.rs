//! What has changed of the clock: told to the doors, and to people once it is steady.

use std::sync::PoisonError;
use std::time::Duration;

use audyn_engine::ptp::ClockView;
use audyn_engine::ptp::monitor::{PtpState, Sanity};
use audyn_model::Mono;

use super::{Story, Told, interface, status};
use crate::api::wire::{self, AppEvent, NoticeLevel};
use crate::inner::Inner;

/// How long something has to be so before it is told: a network that flaps is one story, not many.
const STEADY: Duration = Duration::from_secs(3);

/// Once a second: tells the doors what has changed, and people what they should know.
pub(crate) fn look(inner: &Inner, now: Mono) {
    let view = inner.clock.view();
    let status = status(&view);
    let told = {
        let mut told = inner.clock.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.shown.as_ref().is_none_or(|shown| gist(shown) != gist(&status)) {
            told.shown = Some(status.clone());
            inner.outbox.send(AppEvent::Clock(Box::new(status)));
        }
        steady(&mut told, story(&view), now)
    };
    if let Some((before, story)) = told {
        tell(inner, &view, before.as_ref(), &story);
    }
}

/// The story before and the new one, once that is steady.
fn steady(told: &mut Told, story: Story, now: Mono) -> Option<(Option<Story>, Story)> {
    if told.story.as_ref() == Some(&story) {
        told.next = None;
        return None;
    }
    match &told.next {
        Some((next, since)) if *next == story => {
            if now.since(*since) < STEADY {
                return None;
            }
        }
        Some(_) | None => {
            told.next = Some((story, now));
            return None;
        }
    }
    told.next = None;
    Some((told.story.replace(story.clone()), story))
}

fn story(view: &ClockView) -> Story {
    let domain = view.domain();
    // A new grandmaster is told once, by its name.
    let state = domain.map(|domain| match domain.state {
        PtpState::Changed => PtpState::Locked,
        state @ (PtpState::Listening | PtpState::Locked | PtpState::Lost | PtpState::Insane) => state,
    });
    // The distance of a clock that is off may drift; that it is off is the story.
    let sanity = domain.map_or(Sanity::Unknown, |domain| match domain.sanity {
        Sanity::Off(_) => Sanity::Off(0),
        sanity @ (Sanity::Unknown | Sanity::Sane | Sanity::Epoch1970 | Sanity::Utc | Sanity::Twice) => sanity,
    });
    Story {
        state,
        sanity,
        place: domain.map(|domain| (interface(view, domain), domain.domain)),
        grandmaster: domain.and_then(|domain| Some(domain.master?.announce.grandmaster)),
        problem: view.following.problem.as_ref().map(|problem| without_numbers(problem)),
    }
}

fn tell(inner: &Inner, view: &ClockView, before: Option<&Story>, story: &Story) {
    let warn =
        |key: &str, message: &str| inner.notices.raise(key, NoticeLevel::Warn, None, "Clock", message, None);
    let note = |message: &str| inner.notices.note(None, "Clock", "clock", message);
    match &view.following.problem {
        Some(problem) => {
            let then = "Names and boundaries keep following the time they had; nothing is lost.";
            warn("clock:reference", &format!("{problem} {then}"));
        }
        None => inner.notices.settle("clock:reference"),
    }
    let who =
        story.grandmaster.map_or_else(|| "The grandmaster".to_owned(), |id| format!("The grandmaster {id}"));
    let place = story
        .place
        .as_ref()
        .map_or_else(String::new, |(interface, domain)| format!(" (domain {domain}, {interface})"));
    match story.state {
        Some(PtpState::Lost) => {
            inner.notices.settle("ptp:insane");
            warn(
                "ptp:lost",
                &format!(
                    "{who}{place} is gone. Audio is complete; the times of streams that follow it may drift until it returns. \
                     See that it runs, and that the network carries PTP to this machine."
                ),
            );
            note(&format!("{who}{place} is gone."));
        }
        Some(PtpState::Insane) => {
            inner.notices.settle("ptp:lost");
            let why = view.domain().and_then(|domain| domain.sanity.sentence()).unwrap_or_default();
            warn(
                "ptp:insane",
                &format!(
                    "{who}{place} is not believed: {why}. The times of streams that follow it are taken from when they arrive."
                ),
            );
            note(&format!("{who}{place} is not believed: {why}."));
        }
        Some(PtpState::Locked | PtpState::Changed) => {
            inner.notices.settle("ptp:lost");
            inner.notices.settle("ptp:insane");
            let known = before.and_then(|before| before.grandmaster);
            match (known, story.grandmaster) {
                (Some(old), Some(new)) if old != new => {
                    note(&format!("{who}{place} has taken over from {old}."))
                }
                _ if before.is_none_or(|before| before.state != story.state) => {
                    note(&format!("{who}{place} is heard."))
                }
                _ => {}
            }
        }
        // One that was gone for a day is forgotten with its notice.
        Some(PtpState::Listening) | None => {
            inner.notices.settle("ptp:lost");
            inner.notices.settle("ptp:insane");
        }
    }
    inner.tell_status();
}

/// Its digits taken out: a problem whose numbers drift is the same problem.
fn without_numbers(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// What of a status is worth an event: not the numbers that never stand still.
fn gist(status: &wire::ClockStatus) -> wire::ClockStatus {
    let still = |domain: &wire::ClockDomain| wire::ClockDomain {
        offset_ns: domain.offset_ns.map(|_| 0),
        uncertainty_ns: None,
        announcements_missed: 0,
        ..domain.clone()
    };
    wire::ClockStatus {
        ahead_ns: 0,
        max_error_ns: None,
        problem: status.problem.as_deref().map(without_numbers),
        chosen: status.chosen.as_ref().map(still),
        domains: status.domains.iter().map(still).collect(),
        messages: 0,
        malformed: 0,
        crowded: 0,
        ..status.clone()
    }
}

#[cfg(test)]
mod tests;
