//! One port that sends as a master: its announcements, and the time that it sends.

use audyn_model::Mono;

use super::{MasterView, NS, Stamp};
use crate::ptp::message::{Announce, Body, Message, PortIdentity};

/// Announcements before a port is believed to be a master (§9.3.2.4.4: two within four intervals).
const QUALIFIED: u32 = 2;
/// Intervals without an announcement after which a master is gone (§7.7.3.1; AES67 and ST 2059-2 have 3 too) …
const TIMEOUT: i64 = 3;
/// … and what is added, since a listener may be slow.
const SLACK_NS: i64 = NS / 2;
/// Measurements that an offset is taken from.
const WINDOW: usize = 16;
/// A master whose times are older than this sends none.
const TIMELY_NS: i64 = 10 * NS;
/// A sequence number further ahead than this is a restart, not a loss.
const LOST_AT_MOST: u16 = 1000;

/// See the module.
#[derive(Clone, Debug)]
pub(super) struct Port {
    pub id: PortIdentity,
    pub announce: Option<Announce>,
    pub heard: Mono,
    interval_ns: i64,
    announced_at: Mono,
    /// Announcements in step, until it is a master.
    in_step: u32,
    announced: u64,
    missed: u64,
    last: Option<u16>,
    /// A Sync that waits for its Follow_Up, or the reverse where that was read first.
    sync: Option<(u16, Stamp, i64)>,
    follow_up: Option<(u16, i64)>,
    /// PTP time less TAI of the machine's clock, network delay taken off it, newest over oldest.
    window: [i64; WINDOW],
    measured: usize,
    measured_at: Mono,
    /// What the port's clock showed last.
    pub shown_ns: i64,
    times: u64,
}

/// What a port's times say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offset {
    /// The least delayed of the window.
    pub ns: i64,
    /// Half of the window's range.
    pub uncertainty_ns: u64,
}

impl Port {
    pub fn new(id: PortIdentity, at: Stamp) -> Self {
        Self {
            id,
            announce: None,
            heard: at.mono,
            interval_ns: NS,
            announced_at: at.mono,
            in_step: 0,
            announced: 0,
            missed: 0,
            last: None,
            sync: None,
            follow_up: None,
            window: [0; WINDOW],
            measured: 0,
            measured_at: at.mono,
            shown_ns: 0,
            times: 0,
        }
    }

    pub fn hear(&mut self, message: &Message, at: Stamp) {
        self.heard = at.mono;
        match message.body {
            Body::Announce(announce) => self.announced(announce, message, at),
            Body::Sync { two_step: false, origin_ns } => {
                self.measure(origin_ns.saturating_add(message.correction_ns), at);
            }
            Body::Sync { two_step: true, .. } => {
                self.sync = Some((message.sequence, at, message.correction_ns));
                self.pair();
            }
            Body::FollowUp { origin_ns } => {
                self.follow_up = Some((message.sequence, origin_ns.saturating_add(message.correction_ns)));
                self.pair();
            }
            Body::Delay | Body::PeerDelay | Body::Other => {}
        }
    }

    /// Whether it is believed to be a master.
    pub const fn is_master(&self) -> bool {
        self.in_step >= QUALIFIED
    }

    /// Takes note of the time: a master that has not announced itself for too long is none any more.
    pub fn look(&mut self, now: Mono) {
        if now.0 - self.announced_at.0 > TIMEOUT * self.interval_ns + SLACK_NS {
            self.in_step = 0;
        }
    }

    /// How far its time is ahead of TAI by the machine's clock; none if it sends none now.
    pub fn offset(&self, now: Mono) -> Option<Offset> {
        let window = &self.window[..self.measured.min(WINDOW)];
        let (most, least) = (window.iter().max()?, window.iter().min()?);
        if window.len() < 2 || now.0 - self.measured_at.0 > TIMELY_NS {
            return None;
        }
        // Delay only ever makes PTP time look late: the largest is the one with the least of it.
        Some(Offset { ns: *most, uncertainty_ns: most.abs_diff(*least).div_ceil(2) })
    }

    pub fn view(&self, announce: Announce) -> MasterView {
        MasterView {
            port: self.id,
            announce,
            interval_ns: self.interval_ns,
            announced: self.announced,
            missed: self.missed,
            times: self.times,
        }
    }

    fn announced(&mut self, announce: Announce, message: &Message, at: Stamp) {
        // AES67 allows 1 to 16 s, ST 2059-2 down to an eighth; what else is said is not taken at its word.
        self.interval_ns = match message.log_interval {
            log @ 0..=4 => NS << log,
            log @ -4..=-1 => NS >> log.unsigned_abs(),
            _ => 2 * NS,
        };
        let late = at.mono.0 - self.announced_at.0 > 4 * self.interval_ns + SLACK_NS;
        self.in_step = if late { 1 } else { self.in_step.saturating_add(1) };
        if let Some(last) = self.last {
            let step = message.sequence.wrapping_sub(last);
            if (2..LOST_AT_MOST).contains(&step) {
                self.missed += u64::from(step - 1);
            }
        }
        self.last = Some(message.sequence);
        self.announced += 1;
        self.announced_at = at.mono;
        self.announce = Some(announce);
    }

    fn pair(&mut self) {
        let (Some((sent, at, correction)), Some((told, origin))) = (self.sync, self.follow_up) else {
            return;
        };
        if sent == told {
            (self.sync, self.follow_up) = (None, None);
            self.measure(origin.saturating_add(correction), at);
        }
    }

    fn measure(&mut self, ptp_ns: i64, at: Stamp) {
        let offset = ptp_ns.saturating_sub(at.utc.to_tai().0);
        let newest = (self.measured + WINDOW - 1) % WINDOW;
        // One of the two clocks was set: what was measured before says nothing about now.
        if self.measured > 0 && self.window[newest].abs_diff(offset) > NS.unsigned_abs() {
            self.measured = 0;
        }
        self.window[self.measured % WINDOW] = offset;
        // Counts on in steps of the window, so that it never overflows.
        self.measured = if self.measured + 1 == 2 * WINDOW { WINDOW } else { self.measured + 1 };
        self.measured_at = at.mono;
        self.shown_ns = ptp_ns;
        self.times += 1;
    }
}
