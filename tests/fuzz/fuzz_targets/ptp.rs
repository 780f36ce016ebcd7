//! Whatever comes in on the PTP ports, at whatever times: the tables keep their size and what they say holds together.

#![no_main]

use audyn_engine::ptp::message::{Message, Reject};
use audyn_engine::ptp::monitor::{DOMAINS, Monitor, PORTS, PtpState, Stamp};
use audyn_model::{Mono, Utc};
use libfuzzer_sys::fuzz_target;

// A datagram is: milliseconds since the last one (two bytes; the top bit is its interface), its length, its bytes.
fuzz_target!(|bytes: &[u8]| {
    let mut monitor = Monitor::default();
    let (mut now, mut rest) = (Stamp { mono: Mono(0), utc: Utc(1_700_000_000_000_000_000) }, bytes);
    while let [high, low, length, after @ ..] = rest {
        let (datagram, after) = after.split_at(usize::from(*length).min(after.len()));
        rest = after;
        let pause = i64::from(u16::from_be_bytes([high & 0x7F, *low])) * 1_000_000;
        now = Stamp { mono: Mono(now.mono.0 + pause), utc: now.utc.plus(pause) };
        if let Err(reject) = Message::parse(datagram) {
            assert_eq!(Reject::ALL[reject.index()], reject);
        }
        monitor.hear(u32::from(high >> 7), datagram, now);
        let views = monitor.look(now);
        assert!(views.len() <= DOMAINS);
        assert!(views.is_sorted_by_key(|view| (view.slot, view.domain)), "twice, or out of order");
        for view in &views {
            assert!(view.masters as usize <= PORTS);
            assert!(view.offset_ns.is_none() || view.sanity.is_sane() || view.sanity.is_insane());
            match view.state {
                PtpState::Locked | PtpState::Changed | PtpState::Insane => {
                    assert!(view.masters > 0 && view.master.is_some() && view.offset_ns.is_some());
                }
                PtpState::Lost => assert!(view.masters == 0 && view.master.is_some()),
                PtpState::Listening => assert!(view.offset_ns.is_none()),
            }
        }
    }
});
