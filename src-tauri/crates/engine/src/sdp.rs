//! Session descriptions (RFC 8866) of linear audio: AES67, ST 2110-30, Dante, RAVENNA and Livewire, read leniently and
//! written strictly.
//!
//! [`parse`] reads a text once into a [`Description`] that needs no further checks: every stream in it has an address, a
//! port, an encoding, a rate and channels that a receiver can use. What is odd but usable becomes a warning; what is
//! unusable becomes a [`Problem`], all of them at once. Source filters are RFC 4570, redundant legs RFC 7104, clocks
//! RFC 7273.

mod clock;
mod lines;
mod media;
mod packet_time;
mod read;
mod write;

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv4Addr;

use audyn_model::{AudioFormat, Rate};

use crate::rtp;

pub use clock::{Leader, MediaClock, PtpVersion, ReferenceClock};
pub(crate) use lines::clean;
pub use write::write;

/// Longest text that is read, in bytes.
pub const MAX_TEXT: usize = 64 * 1024;
/// Most lines that are read.
pub const MAX_LINES: usize = 4096;
/// Most `m=` sections that are read.
pub const MAX_MEDIA: usize = 64;
/// Longest audio payload within the 1460 bytes of a standard UDP datagram (ST 2110-10), in bytes.
pub const STANDARD_PAYLOAD: usize = 1440;
/// Longest audio payload that fits one jumbo Ethernet frame of 9000 bytes.
pub const JUMBO_PAYLOAD: usize = 8960;

/// One session description, ready for use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// The session's name (`s=`); empty if it has none.
    pub name: String,
    /// Who announces it: `user`, `session_id` and `address` identify the session, `version` tells of a change.
    pub origin: Origin,
    /// Session-level information (`i=`).
    pub info: Option<String>,
    /// The linear audio in it, in the order of the text; at least one.
    pub streams: Vec<Stream>,
    /// What is odd, for people. Does not take part in the comparison of sessions.
    pub warnings: Vec<String>,
}

/// The `o=` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// User name, `-` if there is none.
    pub user: String,
    /// Session id as written: a number, often beyond 2³².
    pub session_id: String,
    /// Version; grows when the description changes.
    pub version: u64,
    /// The announcing machine as written: an address or a name.
    pub address: String,
}

/// One audio stream and the one, two or more networks it arrives by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Media-level information (`i=`), or the session's where the media has none.
    pub info: Option<String>,
    /// The stream's copies: one, or more where `a=group:DUP` ties media together (ST 2022-7). Never empty.
    pub legs: Vec<Leg>,
    /// RTP payload type, 0 to 127.
    pub payload_type: u8,
    /// How a sample is coded.
    pub encoding: Encoding,
    /// Samples per second and channel.
    pub rate: Rate,
    /// Interleaved channels, 1 to 64.
    pub channels: u16,
    /// Channel order as written after `channel-order=`, `SMPTE2110.(ST)`.
    pub channel_order: Option<String>,
    /// Samples per channel in one packet; `None` if nothing in the text says it: AES67's default is 1 ms, and the first
    /// packets decide.
    pub samples_per_packet: Option<u16>,
    /// What the sender's clock follows.
    pub reference_clock: ReferenceClock,
    /// Further reference clocks that the sender names.
    pub other_clocks: Vec<ReferenceClock>,
    /// How RTP timestamps follow the reference clock.
    pub media_clock: MediaClock,
}

/// One network path of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    /// Group, or the receiver's own address for unicast.
    pub address: Ipv4Addr,
    /// UDP port, 1 to 65535.
    pub port: u16,
    /// Time to live, where the connection line states it.
    pub ttl: Option<u8>,
    /// The only sender to listen to (`a=source-filter: incl`); needs a source-specific join.
    pub source: Option<Ipv4Addr>,
    /// RTCP port, where it is not the next one up.
    pub rtcp_port: Option<u16>,
}

/// Linear audio as RTP carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Signed 16-bit, big-endian (RFC 3551).
    L16,
    /// Signed 24-bit, packed, big-endian (RFC 3190).
    L24,
    /// AES3 subframes of 4 bytes (ST 2110-31). May carry something else than audio; never recorded as audio.
    Am824,
}

/// A stream that is described well and cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "AM824 (AES3 subframes, ST 2110-31) with {channels} channels cannot be recorded: they may carry coded audio. \
     Use the sender's L24 (ST 2110-30) output"
)]
pub struct NotLinear {
    /// Subframe sequences in the stream.
    pub channels: u16,
}

/// One thing wrong in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line, counted from 1.
    pub line: usize,
    /// The line as written, cut to a readable length.
    pub text: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

impl Default for Origin {
    fn default() -> Self {
        Self { user: "-".into(), session_id: "0".into(), version: 0, address: "0.0.0.0".into() }
    }
}

impl Encoding {
    /// Bytes of one sample of one channel.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::L16 => 2,
            Self::L24 => 3,
            Self::Am824 => 4,
        }
    }

    /// As `a=rtpmap` writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::L16 => "L16",
            Self::L24 => "L24",
            Self::Am824 => "AM824",
        }
    }

    /// The linear coding it is; AM824 is none.
    #[must_use]
    pub const fn linear(self) -> Option<rtp::payload::Encoding> {
        match self {
            Self::L16 => Some(rtp::payload::Encoding::L16),
            Self::L24 => Some(rtp::payload::Encoding::L24),
            Self::Am824 => None,
        }
    }

    /// The encoding that a word names, in any case.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::L16, Self::L24, Self::Am824].into_iter().find(|e| e.as_str().eq_ignore_ascii_case(word))
    }
}

impl Stream {
    /// The format of its audio.
    ///
    /// # Errors
    /// AM824, which is not linear audio.
    pub fn format(&self) -> Result<AudioFormat, NotLinear> {
        let linear = self.encoding.linear().ok_or(NotLinear { channels: self.channels })?;
        Ok(AudioFormat { rate: self.rate, channels: self.channels, bits: linear.bits() })
    }

    /// Samples per packet as stated, or the count nearest to AES67's 1 ms.
    #[must_use]
    pub fn samples_per_packet_or_default(&self) -> u16 {
        self.samples_per_packet.unwrap_or_else(|| packet_time::one_millisecond(self.rate))
    }

    /// The channels' names, if the information line lists exactly one for each: `2 channels: Left, Right`.
    #[must_use]
    pub fn channel_names(&self) -> Vec<&str> {
        let listed = self.info.as_deref().and_then(|info| info.split_once("channels:"));
        let Some((_, list)) = listed else { return Vec::new() };
        let names: Vec<&str> = list.split(',').map(str::trim).collect();
        if names.len() == usize::from(self.channels) && !names.contains(&"") { names } else { Vec::new() }
    }

    /// Bytes of one packet's audio.
    #[must_use]
    pub fn payload_bytes(&self) -> usize {
        usize::from(self.samples_per_packet_or_default()) * usize::from(self.channels) * self.encoding.bytes()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} (`{}`): {}", self.line, self.text, self.message)
    }
}

/// Reads a session description. Lines may end in LF or CRLF and stand in any order inside their section; unknown lines
/// are skipped.
///
/// # Errors
/// Every reason why the text cannot be used, in the order of its lines.
pub fn parse(text: &str) -> Result<Description, Vec<Problem>> {
    let text = lines::split(text).map_err(|problem| vec![problem])?;
    read::describe(&text)
}

/// The text in a file or an announcement: UTF-8, or ISO 8859-1 where it is not (`a=charset`, older kit).
#[must_use]
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(bytes)
        .map_or_else(|_| bytes.iter().map(|b| char::from(*b)).collect::<String>().into(), Cow::Borrowed)
}

#[cfg(test)]
mod tests;
