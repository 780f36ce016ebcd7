//! What an AES67 source is, as the user means it: checked, before any socket exists.

use std::net::Ipv4Addr;

use audyn_model::{AudioFormat, Rate};

use crate::ptp::Declared;
use crate::rtp::payload::{Encoding, Pick};

/// One stream to receive.
#[derive(Clone, Debug)]
pub struct Aes67 {
    /// One leg, or the two of an ST 2022-7 pair: identical packets on two networks.
    pub legs: Vec<Leg>,
    /// RTP payload type, 0 to 127. Others are counted and ignored.
    pub payload_type: u8,
    /// How samples are coded. None: told from the size of the first packets.
    pub encoding: Option<Encoding>,
    /// Nominal rate.
    pub rate: Rate,
    /// Channels in the stream, 1 to 64.
    pub stream_channels: u16,
    /// Channels recorded, zero-based, in this order. Empty: all.
    pub pick: Vec<u16>,
    /// Samples per packet and channel that the sender announces. Other counts are accepted if whole frames arrive.
    pub samples_per_packet: u16,
    /// How RTP timestamps relate to the reference clock.
    pub media_clock: MediaClock,
    /// The PTP clock that its sender names. Only for what is said about its times: it receives the same without.
    pub ptp: Option<Declared>,
    /// How long a missing packet is waited for, in milliseconds; also the largest skew between two legs.
    pub window_ms: u32,
    /// Socket receive buffer asked for, in bytes.
    pub receive_buffer: usize,
}

/// Where one leg arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Multicast group; or an address of this machine that the stream is sent to; or, if it is neither, the address of
    /// the unicast sender.
    pub address: Ipv4Addr,
    /// UDP port.
    pub port: u16,
    /// Interface to receive on, by name or by one of its addresses. None: the route to the group decides.
    pub interface: Option<String>,
    /// The only sender to accept (source-specific join, RFC 4607).
    pub source: Option<Ipv4Addr>,
}

/// RFC 7273 §5: how a stream's timestamps relate to its reference clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaClock {
    /// Nothing is said. Timestamps that agree with TAI within a second are taken as `direct=0`.
    Undeclared,
    /// `mediaclk:direct=offset` on a PTP clock: timestamp = samples since the epoch + offset, modulo 2³².
    Direct {
        /// The offset.
        offset: u32,
    },
    /// The sender's own clock (`mediaclk:sender`, IEEE 1722, no PTP): only arrival times tell when it was.
    Free,
}

impl PartialEq for Aes67 {
    /// Whether they are received in the same way: a sender that names another grandmaster since an election is the same.
    fn eq(&self, other: &Self) -> bool {
        let of = |one: &Self| {
            let Self { payload_type, encoding, rate, stream_channels, .. } = one;
            let Self { samples_per_packet, media_clock, window_ms, receive_buffer, .. } = one;
            let numbers = (*samples_per_packet, *media_clock, *window_ms, *receive_buffer);
            (*payload_type, *encoding, *rate, *stream_channels, numbers)
        };
        of(self) == of(other) && self.legs == other.legs && self.pick == other.pick
    }
}

impl Eq for Aes67 {}

impl Aes67 {
    /// The reorder window that recorders use unless told otherwise, in milliseconds.
    pub const WINDOW_MS: u32 = 100;
    /// The socket receive buffer asked for unless told otherwise, in bytes.
    pub const RECEIVE_BUFFER: usize = 2 * 1024 * 1024;

    /// The channels of [`Self::pick`], or all.
    #[must_use]
    pub fn picked(&self) -> Pick {
        if self.pick.is_empty() {
            Pick::all(self.stream_channels)
        } else {
            Pick::channels(self.stream_channels, &self.pick)
        }
    }

    /// The format of the frames, once the encoding is known.
    #[must_use]
    pub fn format(&self, encoding: Encoding) -> AudioFormat {
        AudioFormat {
            rate: self.rate,
            channels: self.picked().stored_channels() as u16,
            bits: encoding.bits(),
        }
    }
}
