//! What is known of the PTP masters on each interface and domain, from their messages alone. Pure: time is an argument.
//!
//! Nothing is sent and nothing is set: the monitor says who is there, since when, how good it claims to be, whether its
//! time can be right, and when it is gone. Whatever neighbours send, its tables keep their size.

use audyn_model::{ClockIdentity, Mono, Utc, time::tai_minus_utc};

use super::message::{Announce, Body, Message, PortIdentity, Reject};

mod domain;
mod port;

use domain::Domain;
pub use domain::{DomainView, PtpState};
use port::Port;

/// Ports that are known of one domain on one interface.
pub const PORTS: usize = 16;
/// Domains that are known, on all interfaces.
pub const DOMAINS: usize = 32;
/// PTP time this far from the machine's clock is not believed.
pub const SANE_NS: i64 = 1_000_000_000;

const NS: i64 = 1_000_000_000;

/// One moment on both clocks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// On the clock that never steps.
    pub mono: Mono,
    /// In civil time, as the machine's clock has it.
    pub utc: Utc,
}

/// Whether a master's time can be right, as seen from the machine's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sanity {
    /// It sends no time, or has not yet.
    #[default]
    Unknown,
    /// It is TAI, to within a second.
    Sane,
    /// It counts from its switch-on (the epoch 1970).
    Epoch1970,
    /// It counts UTC where TAI belongs: behind by the leap seconds.
    Utc,
    /// It has added the leap seconds twice.
    Twice,
    /// It is this far from the machine's clock, in seconds, for no reason that is known.
    Off(i64),
}

/// What was received and not followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that were read.
    pub messages: u64,
    /// Bytes that are no message, by [`Reject::index`].
    pub rejected: [u64; Reject::ALL.len()],
    /// Masters that found no room in the tables.
    pub crowded: u64,
    /// Messages of clocks that measure the delay to their master.
    pub delay: u64,
    /// Messages of clocks that measure the delay to their neighbour.
    pub peer_delay: u64,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Monitor {
    domains: Vec<Domain>,
    counts: Counts,
}

/// A port with what it has said, for display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MasterView {
    /// Who.
    pub port: PortIdentity,
    /// What it announces.
    pub announce: Announce,
    /// Nanoseconds between two announcements, as it says.
    pub interval_ns: i64,
    /// Announcements heard.
    pub announced: u64,
    /// Announcements missed, by their sequence numbers.
    pub missed: u64,
    /// Times received.
    pub times: u64,
}

impl Monitor {
    /// Takes one datagram that came in on interface `slot` at `at`.
    pub fn hear(&mut self, slot: u32, bytes: &[u8], at: Stamp) {
        let message = match Message::parse(bytes) {
            Ok(message) => message,
            Err(reject) => {
                self.counts.rejected[reject.index()] += 1;
                return;
            }
        };
        self.counts.messages += 1;
        match message.body {
            Body::Delay => self.counts.delay += 1,
            Body::PeerDelay => self.counts.peer_delay += 1,
            Body::Other => {}
            Body::Announce(_) | Body::Sync { .. } | Body::FollowUp { .. } => self.follow(slot, &message, at),
        }
    }

    /// Who is there at `now`, in order of interface and domain. To be asked a few times a second: masters that went
    /// silent are found by it.
    pub fn look(&mut self, now: Stamp) -> Vec<DomainView> {
        for domain in &mut self.domains {
            domain.look(now);
        }
        self.domains.retain(|domain| !domain.is_forgotten(now));
        let mut views: Vec<DomainView> = self.domains.iter().map(|domain| domain.view(now)).collect();
        views.sort_by_key(|view| (view.slot, view.domain));
        views
    }

    /// Forgets what was heard on an interface that is listened to no more.
    pub fn forget(&mut self, slot: u32) {
        self.domains.retain(|domain| domain.slot != slot);
    }

    /// What was received so far.
    #[must_use]
    pub const fn counts(&self) -> &Counts {
        &self.counts
    }

    fn follow(&mut self, slot: u32, message: &Message, at: Stamp) {
        let known = self.domains.iter().position(|d| d.slot == slot && d.number == message.domain);
        let place = match known {
            Some(place) => place,
            None => {
                if self.domains.len() >= DOMAINS {
                    // A domain without a master makes room for one that may have one.
                    let Some(empty) = self.domains.iter().position(|domain| !domain.has_master()) else {
                        self.counts.crowded += 1;
                        return;
                    };
                    self.counts.crowded += 1;
                    self.domains.swap_remove(empty);
                }
                self.domains.push(Domain::new(slot, message.domain, at));
                self.domains.len() - 1
            }
        };
        if !self.domains[place].hear(message, at) {
            self.counts.crowded += 1;
        }
    }
}

impl Sanity {
    /// What `offset_ns` (PTP time less the machine's TAI) says about a clock that shows `ptp_ns` while UTC is `utc`.
    #[must_use]
    pub fn of(offset_ns: i64, ptp_ns: i64, utc: Utc) -> Self {
        const YEAR_1980: i64 = 315_532_800 * NS;
        let leap = tai_minus_utc(utc.0.div_euclid(NS)) * NS;
        let near = |at: i64| (offset_ns.saturating_sub(at)).saturating_abs() <= SANE_NS;
        if near(0) {
            Self::Sane
        } else if near(-leap) {
            Self::Utc
        } else if near(leap) {
            Self::Twice
        } else if ptp_ns < YEAR_1980 {
            Self::Epoch1970
        } else {
            Self::Off(offset_ns.saturating_add(NS / 2).div_euclid(NS))
        }
    }

    /// It can be believed, as far as that is known.
    #[must_use]
    pub const fn is_sane(self) -> bool {
        matches!(self, Self::Sane)
    }

    /// It is known to be wrong.
    #[must_use]
    pub const fn is_insane(self) -> bool {
        match self {
            Self::Unknown | Self::Sane => false,
            Self::Epoch1970 | Self::Utc | Self::Twice | Self::Off(_) => true,
        }
    }

    /// What is wrong, and what to do about it; none if nothing is.
    #[must_use]
    pub fn sentence(self) -> Option<String> {
        Some(match self {
            Self::Unknown | Self::Sane => return None,
            Self::Epoch1970 => "its time counts from its switch-on, as if that had been in 1970: give it a time source (GPS, \
                                NTP) or set it by hand"
                .to_owned(),
            Self::Utc => "it counts UTC where PTP counts TAI: set its UTC offset to 37 s and its timescale to PTP".to_owned(),
            Self::Twice => "it has added the leap seconds twice: set its UTC offset once, either in it or in its source".to_owned(),
            Self::Off(seconds) => format!(
                "its time is {} s {} this machine's clock: see which of the two is wrong, and set that one",
                seconds.unsigned_abs(),
                if seconds < 0 { "behind" } else { "ahead of" }
            ),
        })
    }
}

impl DomainView {
    /// The grandmaster, if one is there now.
    #[must_use]
    pub fn grandmaster(&self) -> Option<ClockIdentity> {
        self.master.map(|master| master.announce.grandmaster)
    }
}

#[cfg(test)]
mod tests;
