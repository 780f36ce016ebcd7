//! What came to a silent source instead of its audio: pure, from the counters that grew.

use audyn_engine::rtp::payload::Encoding;
use audyn_engine::source::aes67::Aes67;
use audyn_engine::source::{LegCount, LegCounters, Source, Stray};

/// Why a packet is none of the stream's; where one of these grows, something comes.
const REASONS: [LegCount; 11] = [
    LegCount::ForeignPayloadType,
    LegCount::ForeignSource,
    LegCount::ForeignDestination,
    LegCount::ForeignSsrc,
    LegCount::WrongSize,
    LegCount::Short,
    LegCount::Version,
    LegCount::Padding,
    LegCount::Empty,
    LegCount::Oversize,
    LegCount::SocketErrors,
];

/// What has been refused on a leg so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strays {
    counts: [u64; REASONS.len()],
    last: Stray,
}

/// The reason for which most was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The leg, from 0 on.
    pub leg: usize,
    /// Why.
    pub reason: LegCount,
    /// How many packets.
    pub packets: u64,
    /// What the last ones were like.
    pub last: Stray,
}

impl Strays {
    pub(super) fn of(leg: &LegCounters) -> Self {
        Self { counts: REASONS.map(|reason| leg.get(reason)), last: leg.stray() }
    }
}

/// The reason that grew most between two looks; none if none grew.
pub(super) fn most(before: &[Strays], now: &[Strays]) -> Option<Refused> {
    let none = Strays::default();
    let grown = now.iter().enumerate().flat_map(|(leg, strays)| {
        let before = before.get(leg).unwrap_or(&none);
        REASONS.iter().zip(strays.counts.iter().zip(before.counts)).map(move |(reason, (now, before))| {
            Refused { leg, reason: *reason, packets: now.saturating_sub(before), last: strays.last }
        })
    });
    grown.filter(|refused| refused.packets > 0).max_by_key(|refused| refused.packets)
}

/// Why nothing is received, in words.
pub(in super::super) fn silence(refused: Option<Refused>, source: &Source) -> String {
    match (refused, source) {
        (Some(refused), Source::Aes67(source)) => {
            format!("nothing is received: {}", came(&refused, source))
        }
        (None, Source::Aes67(_)) | (_, Source::PipeWire(_) | Source::Card(_)) => {
            "nothing is received".to_owned()
        }
    }
}

fn came(refused: &Refused, source: &Aes67) -> String {
    let Refused { leg, reason, packets, last } = refused;
    let packets = if *packets == 1 { "1 packet".to_owned() } else { format!("{packets} packets") };
    let on = if source.legs.len() > 1 { format!(" on leg {}", leg + 1) } else { String::new() };
    match reason {
        LegCount::ForeignPayloadType => {
            let other = last.payload_type.map_or_else(|| "another".to_owned(), |other| other.to_string());
            format!("{packets} of payload type {other} came{on}, {} is expected", source.payload_type)
        }
        LegCount::ForeignSource => {
            let from = last.sender.map_or_else(|| "another sender".to_owned(), |from| from.to_string());
            // A unicast sender is given as the address itself.
            let only = source.legs.get(*leg).map(|leg| leg.source.unwrap_or(leg.address));
            let only = only.map_or_else(|| "another".to_owned(), |only| only.to_string());
            format!("{packets} from {from} came{on}, only {only} is accepted")
        }
        LegCount::ForeignDestination => {
            format!("{packets} for a group came{on}, some for this machine's own address are expected")
        }
        LegCount::ForeignSsrc => format!("{packets} came{on} whose numbers do not make one stream"),
        LegCount::WrongSize => {
            let size = last.payload_bytes.map_or_else(String::new, |bytes| format!(" of {bytes} bytes"));
            let channels = source.stream_channels;
            let channels =
                if channels == 1 { "1 channel".to_owned() } else { format!("{channels} channels") };
            let coding = source.encoding.map_or("L16 or L24", Encoding::as_str);
            format!("{packets}{size} came{on}, which do not hold {channels} of {coding}")
        }
        LegCount::Oversize => format!("{packets} longer than 2048 bytes came{on}"),
        LegCount::SocketErrors => format!("the network reported an error{on}"),
        LegCount::Short | LegCount::Version | LegCount::Padding | LegCount::Empty => {
            format!("{packets} came{on} that are not RTP audio")
        }
        // Not among the reasons: these are of the stream.
        LegCount::Received
        | LegCount::Bytes
        | LegCount::Used
        | LegCount::Lost
        | LegCount::Reordered
        | LegCount::Duplicate
        | LegCount::Redundant
        | LegCount::Late
        | LegCount::KernelDropped => format!("{packets} came{on}"),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use audyn_engine::source::aes67::{Leg, MediaClock};
    use audyn_model::Rate;

    use super::*;

    fn source(legs: usize) -> Source {
        let leg = Leg {
            address: Ipv4Addr::new(239, 69, 10, 1),
            port: 5004,
            interface: None,
            source: Some(Ipv4Addr::new(192, 0, 2, 10)),
        };
        Source::Aes67(Aes67 {
            legs: vec![leg; legs],
            payload_type: 96,
            encoding: Some(Encoding::L24),
            rate: Rate::new(48_000).unwrap(),
            stream_channels: 2,
            pick: Vec::new(),
            samples_per_packet: 48,
            media_clock: MediaClock::Undeclared,
            ptp: None,
            window_ms: 100,
            receive_buffer: 1,
        })
    }

    #[test]
    fn the_reason_that_grew_most_is_named_with_what_was_expected() {
        let last = Stray {
            payload_type: Some(98),
            sender: Some(Ipv4Addr::new(192, 0, 2, 66)),
            payload_bytes: Some(194),
        };
        let check = |before: &[(LegCount, u64)], now: &[(LegCount, u64)], legs: usize, expected: &str| {
            let strays = |counts: &[(LegCount, u64)]| {
                let count = |reason| counts.iter().find(|(own, _)| *own == reason).map_or(0, |(_, n)| *n);
                let one = Strays { counts: REASONS.map(count), last };
                (0..legs).map(|leg| if leg + 1 == legs { one.clone() } else { Strays::default() }).collect()
            };
            let (before, now): (Vec<Strays>, Vec<Strays>) = (strays(before), strays(now));
            assert_eq!(silence(most(&before, &now), &source(legs)), expected);
        };
        use LegCount::{ForeignPayloadType, ForeignSource, ForeignSsrc, Version, WrongSize};
        check(&[], &[], 1, "nothing is received");
        check(&[(WrongSize, 9)], &[(WrongSize, 9)], 1, "nothing is received");
        check(
            &[(WrongSize, 9000)],
            &[(WrongSize, 9001), (ForeignPayloadType, 4812)],
            1,
            "nothing is received: 4812 packets of payload type 98 came, 96 is expected",
        );
        check(
            &[],
            &[(ForeignSource, 7)],
            2,
            "nothing is received: 7 packets from 192.0.2.66 came on leg 2, only 192.0.2.10 is accepted",
        );
        check(
            &[],
            &[(WrongSize, 1)],
            1,
            "nothing is received: 1 packet of 194 bytes came, which do not hold 2 channels of L24",
        );
        check(&[], &[(Version, 2)], 1, "nothing is received: 2 packets came that are not RTP audio");
        check(
            &[],
            &[(ForeignSsrc, 2)],
            1,
            "nothing is received: 2 packets came whose numbers do not make one stream",
        );
    }
}
