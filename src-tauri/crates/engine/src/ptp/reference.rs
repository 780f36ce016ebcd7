//! What the program's own time follows, and whether that can be right. Pure: readings come in, a decision goes out.
//!
//! Time that follows a PTP clock is never more than a second from the machine's clock: what is further off is not
//! followed, so that names neither leap to 1970 nor 37 s ahead, and never step back. A clock that stops answering leaves
//! time where it was, running on at the machine's rate.

use std::path::PathBuf;

use audyn_model::{ClockLock, ClockReference, time::tai_minus_utc};

use super::monitor::{DomainView, Sanity, Stamp};
use crate::rt::{KernelClock, PhcReading};

/// Two clocks that follow one grandmaster are no further apart than this, network delay and software stamps included.
const TOGETHER_NS: i64 = 1_000_000;

/// What is to be followed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reference {
    /// The machine's clock.
    #[default]
    System,
    /// The machine's clock, kept on PTP time by ptp4l and phc2sys, with the kernel's TAI offset.
    Software,
    /// A PTP hardware clock.
    Device(PathBuf),
    /// The PTP hardware clock of an interface.
    Interface(String),
}

/// One reading of it, a second after the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The kernel's clock; none if the kernel does not say.
    pub kernel: Option<KernelClock>,
    /// The hardware clock, where one is to be followed, or why it cannot be read.
    pub hardware: Option<Result<PhcReading, String>>,
}

/// How time is followed now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Following {
    /// What.
    pub reference: ClockReference,
    /// The hardware clock's path, once it is known.
    pub device: Option<PathBuf>,
    /// How well.
    pub lock: ClockLock,
    /// How far its TAI is ahead of the machine's, nanoseconds; within a second.
    pub ahead_ns: i64,
    /// The error it may have, nanoseconds.
    pub uncertainty_ns: Option<u64>,
    /// The kernel's clock.
    pub kernel: Option<KernelClock>,
    /// What is wrong with it, what that means and what to do, as a sentence.
    pub problem: Option<String>,
}

/// The decision, carried from reading to reading.
#[derive(Clone, Debug, Default)]
pub struct Follower {
    /// It was followed in earnest before.
    followed: bool,
    locked: bool,
    ahead_ns: i64,
}

impl Reference {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> ClockReference {
        match self {
            Self::System => ClockReference::System,
            Self::Software => ClockReference::Software,
            Self::Device(_) | Self::Interface(_) => ClockReference::Hardware,
        }
    }
}

impl Follower {
    /// Takes a reading into account. `ptp` is what is heard of the domain that is followed, if anything is.
    pub fn take(
        &mut self,
        reference: &Reference,
        reading: &Reading,
        ptp: Option<&DomainView>,
        now: Stamp,
    ) -> Following {
        let mut following = match reference.kind() {
            ClockReference::System => Following::default(),
            ClockReference::Software => self.software(reading.kernel, ptp, now),
            ClockReference::Hardware => self.hardware(reading, ptp),
        };
        following.reference = reference.kind();
        following.kernel = reading.kernel;
        following.ahead_ns = self.ahead_ns;
        if following.uncertainty_ns.is_none() {
            following.uncertainty_ns = reading.kernel.filter(|k| k.synchronised).map(|k| k.max_error_ns);
        }
        following
    }

    fn software(&mut self, kernel: Option<KernelClock>, ptp: Option<&DomainView>, now: Stamp) -> Following {
        let expected = tai_minus_utc(now.utc.0.div_euclid(1_000_000_000));
        let wrong = match kernel {
            None => Some("The kernel does not say what its TAI offset is.".to_owned()),
            Some(KernelClock { tai_offset_s: 0, .. }) => Some(format!(
                "The kernel's TAI offset is 0, so its TAI is UTC: nobody has set it. Let phc2sys set it (it does so with the \
                 option -a or -w beside ptp4l), or chrony with `leapsectz right/UTC`. Until then {expected} s are taken."
            )),
            Some(KernelClock { tai_offset_s, .. }) if tai_offset_s != expected => Some(format!(
                "The kernel's TAI offset is {tai_offset_s} s and should be {expected} s: correct it where ptp4l, phc2sys or \
                 chrony gets it from. Until then {expected} s are taken."
            )),
            Some(_) => None,
        };
        if let Some(problem) = wrong {
            return Following { lock: ClockLock::System, problem: Some(problem), ..Following::default() };
        }
        let apart = |ns: i64| {
            format!(
                "This machine's clock and the grandmaster are {} apart: see that ptp4l and phc2sys run and follow this domain.",
                super::quality::span(ns)
            )
        };
        let (lock, problem) = self.lock(ptp, 0, apart);
        Following { lock, problem, ..Following::default() }
    }

    fn hardware(&mut self, reading: &Reading, ptp: Option<&DomainView>) -> Following {
        let kept = if self.followed { ClockLock::Holdover } else { ClockLock::System };
        let refused =
            |problem: String| Following { lock: kept, problem: Some(problem), ..Following::default() };
        let phc = match &reading.hardware {
            Some(Ok(phc)) => *phc,
            Some(Err(why)) => return refused(format!("The PTP hardware clock is not followed: {why}.")),
            None => return refused("The PTP hardware clock was not read.".to_owned()),
        };
        let offset = phc.phc_ns.saturating_sub(phc.utc.to_tai().0);
        let sanity = Sanity::of(offset, phc.phc_ns, phc.utc);
        if let Some(what) = sanity.sentence() {
            return refused(format!("The PTP hardware clock is not followed: {what}."));
        }
        self.ahead_ns = offset;
        self.followed = true;
        let apart = |ns: i64| {
            format!(
                "The PTP hardware clock and the grandmaster are {} apart: see that ptp4l runs on its interface and follows this \
                 domain.",
                super::quality::span(ns)
            )
        };
        let (lock, problem) = self.lock(ptp, offset, apart);
        Following { lock, problem, uncertainty_ns: Some(phc.uncertainty_ns), ..Following::default() }
    }

    /// Whether a clock that is `ahead_ns` of the machine's follows the grandmaster that is heard.
    fn lock(
        &mut self,
        ptp: Option<&DomainView>,
        ahead_ns: i64,
        apart: impl Fn(i64) -> String,
    ) -> (ClockLock, Option<String>) {
        let heard = ptp.filter(|view| view.state.is_good()).and_then(|view| view.offset_ns);
        let Some(offset) = heard else {
            return (if self.locked { ClockLock::Holdover } else { ClockLock::Free }, None);
        };
        let difference = offset.saturating_sub(ahead_ns);
        if difference.saturating_abs() <= TOGETHER_NS {
            self.locked = true;
            return (ClockLock::Locked, None);
        }
        self.locked = false;
        (ClockLock::Free, Some(apart(difference)))
    }
}

#[cfg(test)]
mod tests;
