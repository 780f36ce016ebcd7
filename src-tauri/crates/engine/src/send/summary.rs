//! What was sent, and how punctually.

use std::net::SocketAddrV4;
use std::time::Duration;

use audyn_model::SampleIndex;

use super::Lateness;

/// A whole run.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Every stream.
    pub streams: Vec<StreamSummary>,
    /// Media position of the first sample sent.
    pub first: SampleIndex,
    /// Packet times that have gone by, whether or not something was sent in them.
    pub packet_times: u64,
    /// Packet times that were skipped because the machine had stalled for too long.
    pub skipped: u64,
    /// Packet times in which the WAV file was not read in time, so that silence was sent.
    pub source_late: u64,
    /// From a packet's due time until the kernel had it and all others that were due with it.
    pub lateness: Lateness,
    /// CPU time of the sending thread.
    pub cpu: Duration,
}

/// One stream.
#[derive(Clone, Debug)]
pub struct StreamSummary {
    /// Its session name.
    pub name: String,
    /// Its first SSRC.
    pub ssrc: u32,
    /// Its first RTP timestamp.
    pub first_timestamp: u32,
    /// Its first sequence number.
    pub first_sequence: u16,
    /// Its paths.
    pub legs: Vec<LegSummary>,
}

/// One path of a stream. Counts are datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegSummary {
    /// Where to.
    pub to: SocketAddrV4,
    /// The stream's own packets that left, once each.
    pub sent: u64,
    /// Of those, the ones that were held back behind later ones.
    pub reordered: u64,
    /// Packets that were lost on purpose.
    pub lost: u64,
    /// Packets that an outage swallowed.
    pub silenced: u64,
    /// Second copies.
    pub duplicates: u64,
    /// Malformed datagrams.
    pub garbage: u64,
    /// Packets of the other SSRC.
    pub others: u64,
    /// Datagrams that the kernel refused; they are in none of the other counts.
    pub refused: u64,
}

impl LegSummary {
    pub(super) const fn new(to: SocketAddrV4) -> Self {
        Self {
            to,
            sent: 0,
            reordered: 0,
            lost: 0,
            silenced: 0,
            duplicates: 0,
            garbage: 0,
            others: 0,
            refused: 0,
        }
    }
}

impl Summary {
    /// The sum of one count over all streams and legs.
    #[must_use]
    pub fn total(&self, count: impl Fn(&LegSummary) -> u64) -> u64 {
        self.streams.iter().flat_map(|s| &s.legs).map(count).sum()
    }
}
