//! What to send, checked before it gets here.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::time::Duration;

use audyn_model::Rate;

use super::impair::Impairments;
use crate::rtp::payload::Encoding;
use crate::sdp::ReferenceClock;

/// Everything a sender has to know.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Session name; with several streams a number follows it.
    pub name: String,
    /// How samples are coded.
    pub encoding: Encoding,
    /// Samples per second and channel.
    pub rate: Rate,
    /// Interleaved channels, 1 to 64.
    pub channels: u16,
    /// Samples per channel in a packet, at least 1.
    pub samples_per_packet: u16,
    /// RTP payload type, 0 to 127.
    pub payload_type: u8,
    /// Time to live of the packets.
    pub ttl: u8,
    /// Differentiated services code point, 0 to 63.
    pub dscp: u8,
    /// One path, or two that carry the same RTP (ST 2022-7). The first stream's destinations.
    pub legs: Vec<LegPlan>,
    /// How many streams, at least 1.
    pub count: u16,
    /// What differs from one stream to the next.
    pub step: Step,
    /// What is heard.
    pub signal: SignalPlan,
    /// Where RTP timestamps begin.
    pub timestamp: TimestampBase,
    /// The first sequence number. Without one it is the packet's number since the TAI epoch, so that two senders of one
    /// plan agree.
    pub first_sequence: Option<u16>,
    /// The first stream's SSRC, one more for each further stream. Without one it is drawn.
    pub ssrc: Option<u32>,
    /// What the description says that the clock follows; none means this machine's own clock.
    pub reference_clock: Option<ReferenceClock>,
    /// How much media time to send; none means until stopped.
    pub duration: Option<Duration>,
    /// What stands in every header beside the needful.
    pub header: HeaderExtras,
    /// What happens to the sender at known times.
    pub incidents: Incidents,
    /// What happens to packets on their way.
    pub impairments: Impairments,
    /// What everything random is drawn from.
    pub seed: u64,
}

/// One path of the streams.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegPlan {
    /// Where the first stream goes.
    pub to: SocketAddrV4,
    /// By which interface; none leaves it to the routing table.
    pub by: Option<Local>,
}

/// How a person names a network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Local {
    /// `eth0`.
    Name(String),
    /// One of its addresses.
    Address(Ipv4Addr),
}

/// What differs from one stream to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// The address, by one.
    #[default]
    Address,
    /// The port, by two: the odd ones are RTCP's.
    Port,
    /// Both.
    Both,
}

/// What is heard.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalPlan {
    /// A WAV file of the plan's rate and channels.
    Wav {
        /// The file.
        path: PathBuf,
        /// Begin again at its end, on the very next sample, instead of stopping.
        looped: bool,
    },
    /// A sine on every channel, in phase with TAI.
    Tone {
        /// Frequency, below half the rate.
        hz: u32,
        /// Peak level in dBFS, at most 0.
        level_db: f64,
    },
    /// Sample of channel *c* at media position *n* is (*n* + 65537 *c*) modulo the word: every sample proves its place.
    Index,
    /// Digital silence.
    Silence,
}

/// Where RTP timestamps begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampBase {
    /// Samples since the TAI epoch plus an offset (`mediaclk:direct=<offset>`).
    Direct(u32),
    /// Anywhere, and elsewhere after a restart (`mediaclk:sender`).
    Random,
}

/// Header parts that most senders leave out and every receiver must skip.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HeaderExtras {
    /// Contributing sources, 0 to 15.
    pub csrc: u8,
    /// 32-bit words of a header extension; none means no extension.
    pub extension_words: Option<u16>,
    /// Padding bytes at the end, the count among them; 0 means none.
    pub padding: u8,
}

/// Something that happens to the sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incident {
    /// It starts anew: SSRC and sequence are drawn, and the timestamp too unless it is direct.
    Restart,
    /// Only its SSRC is drawn anew.
    NewSsrc,
    /// Its timestamps, and with them media positions, jump by so many samples.
    Jump(i64),
}

/// What happens to the sender at known times, counted from the first packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Incidents {
    /// Changes of identity or time.
    pub changes: Vec<(Duration, Incident)>,
    /// Nothing is sent from … for …
    pub outages: Vec<(Duration, Duration)>,
}

impl Plan {
    /// Bytes of one packet's audio.
    #[must_use]
    pub fn payload_bytes(&self) -> usize {
        usize::from(self.samples_per_packet) * usize::from(self.channels) * self.encoding.bytes()
    }

    /// Where a stream goes on a leg, both counted from 0. None if there is no such address or port.
    #[must_use]
    pub fn destination(&self, leg: usize, stream: u16) -> Option<SocketAddrV4> {
        let first = self.legs.get(leg)?.to;
        let (hosts, ports) = match self.step {
            Step::Address => (stream, 0),
            Step::Port => (0, stream),
            Step::Both => (stream, stream),
        };
        let address = u32::from(*first.ip()).checked_add(hosts.into())?;
        let port = first.port().checked_add(ports.checked_mul(2)?)?;
        Some(SocketAddrV4::new(Ipv4Addr::from(address), port))
    }

    /// A stream's session name.
    #[must_use]
    pub fn stream_name(&self, stream: u16) -> String {
        if self.count == 1 { self.name.clone() } else { format!("{} {}", self.name, u32::from(stream) + 1) }
    }

    /// Packets in a time since the start, rounded up to whole packets.
    #[must_use]
    pub fn packets_in(&self, time: Duration) -> u64 {
        let samples = (time.as_nanos() * u128::from(self.rate.hz())).div_ceil(1_000_000_000);
        u64::try_from(samples.div_ceil(self.samples_per_packet.into())).unwrap_or(u64::MAX)
    }
}
