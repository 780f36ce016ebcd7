//! What was measured, as plain values.

use std::net::Ipv4Addr;

use audyn_model::Mono;

use super::tally::Tally;
use crate::ptp::monitor::DomainView;
use crate::ptp::{ClockView, Declared};
use crate::rt::Interface;
use crate::source::aes67::Aes67;

/// Everything that was measured about a source.
#[derive(Clone, Debug)]
pub struct Findings {
    /// What is expected.
    pub source: Aes67,
    /// How long was listened so far, in seconds.
    pub seconds: f64,
    /// The measurement is over.
    pub done: bool,
    /// One for each leg.
    pub legs: Vec<LegFindings>,
    /// Why the cards could not be listened at, if they could not.
    pub tap_refused: Option<String>,
    /// What is heard of PTP; none if the source names no PTP clock, or nobody listens.
    pub ptp: Option<PtpFindings>,
}

/// What is heard of the clock that a source names.
#[derive(Clone, Debug)]
pub struct PtpFindings {
    /// The clock it names.
    pub declared: Declared,
    /// Every domain heard.
    pub domains: Vec<DomainView>,
    /// Where PTP is listened to, or why not.
    pub interfaces: Vec<Ear>,
}

/// An interface that PTP is listened to on.
#[derive(Clone, Debug)]
pub struct Ear {
    /// Its name.
    pub name: String,
    /// Its number in [`DomainView::slot`].
    pub slot: u32,
    /// Why it is not listened to, as a sentence; none if it is.
    pub problem: Option<String>,
    /// For how long it has been, in seconds.
    pub heard_s: f64,
}

impl PtpFindings {
    /// Of what a watch shows at `now`, what concerns a source that names `declared`.
    #[must_use]
    pub fn of(declared: Declared, view: &ClockView, now: Mono) -> Self {
        let ear = |interface: &crate::ptp::InterfaceView| Ear {
            name: interface.name.clone(),
            slot: interface.slot,
            problem: interface.problem.clone(),
            heard_s: now.since(interface.since).as_secs_f64(),
        };
        Self {
            declared,
            domains: view.domains.clone(),
            interfaces: view.interfaces.iter().map(ear).collect(),
        }
    }
}

/// What was measured about one leg.
#[derive(Clone, Debug, Default)]
pub struct LegFindings {
    /// The interface it arrives on, named or by the route; none if there is no such thing.
    pub interface: Option<Interface>,
    /// Other interfaces that are up, in the system's order.
    pub others: Vec<String>,
    /// Every interface of this machine.
    pub there: Vec<String>,
    /// Whether the address is a multicast group.
    pub multicast: bool,
    /// Why its socket could not be opened, in words.
    pub refused: Option<String>,
    /// Its port is taken, as by a recorder of a unicast stream; what the card hears stands in.
    pub port_taken: bool,
    /// The kernel lists the group on the interface.
    pub listed: bool,
    /// The kernel speaks IGMPv1 or v2 there, as it does only after a querier of that version was heard.
    pub old_querier: bool,
    /// `rp_filter` that holds for the interface: 0 off, 1 strict, 2 loose (ip-sysctl).
    pub rp_filter: u8,
    /// Packets that reverse-path filtering dropped meanwhile, on the whole machine.
    pub rp_dropped: u64,
    /// Receive buffer granted, in bytes.
    pub granted: usize,
    /// Packets that the socket's buffer had to drop.
    pub kernel_dropped: u32,
    /// What the program hears: after all filters of this machine.
    pub heard: Tally,
    /// What the card hears; none without the right to listen there.
    pub wire: Option<Wire>,
    /// What other interfaces hear of the group once it is joined there too, any sender; looked for only when `heard` is
    /// silent.
    pub elsewhere: Vec<(String, Tally)>,
}

/// What the cards hear.
#[derive(Clone, Debug, Default)]
pub struct Wire {
    /// The stream's address and port, on its interface.
    pub here: Tally,
    /// Packets to the same address on other ports of the same interface: port and number; the first 16.
    pub ports: Vec<(u16, u64)>,
    /// Packets to the same address and port on other interfaces: name and number.
    pub interfaces: Vec<(String, u64)>,
    /// Who sent IGMP queries on its interface; the first 16.
    pub queriers: Vec<Ipv4Addr>,
    /// Fragments of packets.
    pub fragments: u64,
}

impl LegFindings {
    /// What tells most about the stream: what the program hears, or the card where the port is taken.
    #[must_use]
    pub fn best(&self) -> &Tally {
        match &self.wire {
            Some(wire) if self.port_taken => &wire.here,
            Some(_) | None => &self.heard,
        }
    }
}
