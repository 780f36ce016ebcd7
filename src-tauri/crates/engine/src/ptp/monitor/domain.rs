//! One PTP domain on one interface: which of its ports is the master, and what has become of it.

use audyn_model::{ClockIdentity, Mono, Utc, time::tai_minus_utc};

use super::port::Offset;
use super::{MasterView, NS, PORTS, Port, Sanity, Stamp};
use crate::ptp::message::{Body, Message};

/// A new grandmaster is news for this long.
const NEWS_NS: i64 = 60 * NS;
/// A port or an empty domain that was silent for this long is forgotten.
const FORGOTTEN_NS: i64 = 120 * NS;
/// A grandmaster that is gone is remembered for this long.
const MISSED_NS: i64 = 24 * 3600 * NS;

/// How a domain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PtpState {
    /// Something was heard that does not make a master with a time yet.
    Listening,
    /// A grandmaster is heard, and its time can be right.
    Locked,
    /// As locked; the grandmaster is another since less than a minute.
    Changed,
    /// The grandmaster is gone and there is no other.
    Lost,
    /// A grandmaster is heard, and its time is wrong.
    Insane,
}

/// A domain on an interface, for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainView {
    /// The interface, by the number the caller gave it.
    pub slot: u32,
    /// The domain.
    pub domain: u8,
    /// How it is.
    pub state: PtpState,
    /// Since when the grandmaster is there, or gone; none before there was one.
    pub since: Option<Utc>,
    /// The port that is followed; the best one there was where it is lost.
    pub master: Option<MasterView>,
    /// Ports that are masters now, the one above included.
    pub masters: u32,
    /// Times the grandmaster has changed.
    pub changes: u64,
    /// The grandmaster before this one.
    pub previous: Option<ClockIdentity>,
    /// How far PTP time is ahead of TAI by the machine's clock, nanoseconds, network delay included.
    pub offset_ns: Option<i64>,
    /// Half of the range in which that was found lately.
    pub uncertainty_ns: Option<u64>,
    /// Whether that can be right.
    pub sanity: Sanity,
    /// It counts UTC and says so, by a timescale of its own: `offset_ns` has been corrected for that.
    pub counts_utc: bool,
    /// The announced TAI − UTC, where it is said to be valid and is not what is known.
    pub wrong_utc_offset: Option<i16>,
}

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Domain {
    pub slot: u32,
    pub number: u8,
    ports: Vec<Port>,
    heard: Mono,
    /// The master, as it was when it was heard last.
    master: Option<MasterView>,
    present: bool,
    since: Option<Stamp>,
    changed: Option<Mono>,
    changes: u64,
    previous: Option<ClockIdentity>,
}

impl PtpState {
    /// The word in logs, events and settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Listening => "listening",
            Self::Locked => "locked",
            Self::Changed => "changed",
            Self::Lost => "lost",
            Self::Insane => "insane",
        }
    }

    /// A grandmaster is there whose time can be followed.
    #[must_use]
    pub const fn is_good(self) -> bool {
        match self {
            Self::Locked | Self::Changed => true,
            Self::Listening | Self::Lost | Self::Insane => false,
        }
    }
}

impl Domain {
    pub fn new(slot: u32, number: u8, at: Stamp) -> Self {
        Self {
            slot,
            number,
            ports: Vec::new(),
            heard: at.mono,
            master: None,
            present: false,
            since: None,
            changed: None,
            changes: 0,
            previous: None,
        }
    }

    /// Takes a message. False if there was no room for its port, or another's had to go for it.
    pub fn hear(&mut self, message: &Message, at: Stamp) -> bool {
        self.heard = at.mono;
        if let Some(port) = self.ports.iter_mut().find(|port| port.id == message.port) {
            port.hear(message, at);
            return true;
        }
        let room = self.ports.len() < PORTS;
        if !room {
            let Some(place) = self.place_for(message) else { return false };
            self.ports.swap_remove(place);
        }
        let mut port = Port::new(message.port, at);
        port.hear(message, at);
        self.ports.push(port);
        room
    }

    pub fn has_master(&self) -> bool {
        self.present || self.ports.iter().any(Port::is_master)
    }

    pub fn is_forgotten(&self, now: Stamp) -> bool {
        let patience = if self.master.is_some() { MISSED_NS } else { FORGOTTEN_NS };
        now.mono.0 - self.heard.0 > patience
    }

    /// Finds out who is the master now.
    pub fn look(&mut self, now: Stamp) {
        self.ports.retain(|port| now.mono.0 - port.heard.0 <= FORGOTTEN_NS);
        for port in &mut self.ports {
            port.look(now.mono);
        }
        let Some(best) = self.best() else {
            if std::mem::take(&mut self.present) {
                self.since = Some(now);
            }
            return;
        };
        let before = self.master.map(|master| master.announce.grandmaster);
        let grandmaster = best.announce.grandmaster;
        if let Some(before) = before.filter(|before| *before != grandmaster) {
            self.changes += 1;
            self.changed = Some(now.mono);
            self.previous = Some(before);
        }
        if !self.present || before != Some(grandmaster) {
            self.since = Some(now);
        }
        self.present = true;
        self.master = Some(best);
    }

    pub fn view(&self, now: Stamp) -> DomainView {
        let leap = tai_minus_utc(now.utc.0.div_euclid(NS));
        let followed = self.master.filter(|_| self.present).and_then(|master| {
            let port = self.ports.iter().find(|port| port.id == master.port)?;
            Some((port.offset(now.mono)?, port.shown_ns))
        });
        let judged =
            followed.map_or(Sanity::Unknown, |(offset, shown)| Sanity::of(offset.ns, shown, now.utc));
        // As ptp4l does without a hardware clock. It promises nothing else, so it is not wrong.
        let own_scale = self.master.is_some_and(|master| !master.announce.ptp_timescale);
        let counts_utc = judged == Sanity::Utc && own_scale;
        let sanity = if counts_utc { Sanity::Sane } else { judged };
        let correction = if counts_utc { leap * NS } else { 0 };
        let offset: Option<Offset> =
            followed.map(|(offset, _)| Offset { ns: offset.ns.saturating_add(correction), ..offset });
        let wrong = |master: &MasterView| {
            let said = &master.announce;
            (said.utc_offset_valid && i64::from(said.utc_offset) != leap).then_some(said.utc_offset)
        };
        DomainView {
            slot: self.slot,
            domain: self.number,
            state: self.state(now, sanity),
            since: self.since.map(|since| since.utc),
            master: self.master,
            masters: self.ports.iter().filter(|port| port.is_master()).count() as u32,
            changes: self.changes,
            previous: self.previous,
            offset_ns: offset.map(|offset| offset.ns),
            uncertainty_ns: offset.map(|offset| offset.uncertainty_ns),
            sanity,
            counts_utc,
            wrong_utc_offset: self.master.filter(|_| self.present).as_ref().and_then(wrong),
        }
    }

    fn state(&self, now: Stamp, sanity: Sanity) -> PtpState {
        if !self.present {
            return if self.master.is_some() { PtpState::Lost } else { PtpState::Listening };
        }
        match sanity {
            Sanity::Unknown => PtpState::Listening,
            Sanity::Epoch1970 | Sanity::Utc | Sanity::Twice | Sanity::Off(_) => PtpState::Insane,
            Sanity::Sane if self.changed.is_some_and(|at| now.mono.0 - at.0 < NEWS_NS) => PtpState::Changed,
            Sanity::Sane => PtpState::Locked,
        }
    }

    /// The best of the masters (§9.3.4).
    fn best(&self) -> Option<MasterView> {
        let masters = self.ports.iter().filter(|port| port.is_master());
        masters
            .filter_map(|port| Some((port, port.announce?)))
            .min_by_key(|(port, announce)| (announce.rank(), port.id))
            .map(|(port, announce)| port.view(announce))
    }

    /// Whose place a new port may take in a full table: that of one that has announced nothing, else that of the worst if the
    /// new one announces itself as better. So no flood of lesser clocks puts out the one that wins the election.
    fn place_for(&self, message: &Message) -> Option<usize> {
        let ports = || self.ports.iter().enumerate();
        let mute = ports().filter(|(_, port)| port.announce.is_none()).min_by_key(|(_, port)| port.heard);
        if let Some((place, _)) = mute {
            return Some(place);
        }
        let Body::Announce(new) = message.body else { return None };
        let rank = |port: &Port| port.announce.map(|announce| announce.rank());
        let (place, worst) = ports().max_by_key(|(_, port)| rank(port))?;
        (rank(worst)? > new.rank()).then_some(place)
    }
}
