//! Session announcements as they come (RFC 2974 §6): bytes → a packet, or a reject that has a counter.
//!
//! Encrypted packets are ignored: whoever encrypts does not mean us. Compressed ones are ignored too: no audio device is
//! known to send them, and inflating what strangers send is a risk that buys nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use crate::send::sap::{Kind, PORT};

/// Where sessions are announced: the global scope, the administratively scoped one that Dante and most audio devices use,
/// and the organisation's (RFC 2974 §3, RFC 2365).
pub const GROUPS: [Ipv4Addr; 3] =
    [Ipv4Addr::new(224, 2, 127, 254), Ipv4Addr::new(239, 255, 255, 255), Ipv4Addr::new(239, 195, 255, 255)];

/// Longest payload type that is looked for, in bytes.
const TYPE_BYTES: usize = 64;

/// One announcement, inside its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Whether the session is there or gone.
    pub kind: Kind,
    /// Tells versions of a description apart; 0 if the announcer gives none.
    pub hash: u16,
    /// Who announces, as the packet says. Not checked against anything.
    pub origin: IpAddr,
    /// The description; of a deletion perhaps its `o=` line only.
    pub text: &'a [u8],
}

/// Why bytes are no announcement for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    /// It ends before its payload.
    Short,
    /// Another version than 1.
    Version,
    /// Encrypted.
    Encrypted,
    /// Compressed.
    Compressed,
    /// Its payload is no session description.
    Type,
}

impl Reject {
    /// Every reason, in the order of [`Self::index`].
    pub const ALL: [Self; 5] = [Self::Short, Self::Version, Self::Encrypted, Self::Compressed, Self::Type];

    /// Its place among counters.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// In a word, for counters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Short => "short",
            Self::Version => "version",
            Self::Encrypted => "encrypted",
            Self::Compressed => "compressed",
            Self::Type => "other_type",
        }
    }
}

impl<'a> Packet<'a> {
    /// Reads a datagram. Never panics, on any input.
    ///
    /// # Errors
    /// Why it is none for us.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Reject> {
        let [first, words, high, low, rest @ ..] = bytes else { return Err(Reject::Short) };
        if first >> 5 != 1 {
            return Err(Reject::Version);
        }
        let (origin, rest) = if first & 0x10 == 0 {
            let (address, rest) = rest.split_first_chunk::<4>().ok_or(Reject::Short)?;
            (IpAddr::V4(Ipv4Addr::from(*address)), rest)
        } else {
            let (address, rest) = rest.split_first_chunk::<16>().ok_or(Reject::Short)?;
            (IpAddr::V6(Ipv6Addr::from(*address)), rest)
        };
        if first & 0x02 != 0 {
            return Err(Reject::Encrypted);
        }
        if first & 0x01 != 0 {
            return Err(Reject::Compressed);
        }
        let payload = rest.get(4 * usize::from(*words)..).ok_or(Reject::Short)?;
        let kind = if first & 0x04 == 0 { Kind::Announce } else { Kind::Delete };
        let text = description(payload).ok_or(Reject::Type)?;
        if text.is_empty() {
            return Err(Reject::Short);
        }
        Ok(Self { kind, hash: u16::from_be_bytes([*high, *low]), origin, text })
    }
}

/// The payload without its type, if that is a session description. Early announcers state no type (RFC 2974 §6); some
/// pad with zeros.
fn description(payload: &[u8]) -> Option<&[u8]> {
    let bare = payload.starts_with(b"v=") || payload.starts_with(b"o=");
    let text = if bare {
        payload
    } else {
        let end = payload.iter().take(TYPE_BYTES + 1).position(|b| *b == 0)?;
        let stated = payload[..end].trim_ascii();
        if !stated.is_empty() && !stated.eq_ignore_ascii_case(b"application/sdp") {
            return None;
        }
        &payload[end + 1..]
    };
    let end = text.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
    Some(&text[..end])
}

#[cfg(test)]
mod tests;
