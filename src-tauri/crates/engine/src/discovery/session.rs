//! One announced session: who it is, what it says, who says so.

use std::net::Ipv4Addr;
use std::sync::Arc;

use audyn_model::{Mono, Utc};

use crate::sdp::{self, Description, Problem};

/// What makes a session the same one (RFC 8866 §5.2), whatever becomes of its description.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// User name, `-` if there is none.
    pub user: String,
    /// Session id as written.
    pub session_id: String,
    /// The announcing machine as written.
    pub address: String,
}

/// How a session came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum By {
    /// It is announced (RFC 2974).
    Sap,
    /// It is registered with DNS-SD and was asked for (RAVENNA).
    Ravenna,
}

/// A session as it was heard last. Its texts come from strangers: bounded, and free of control characters except in
/// `text`, which is as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The same for the same session, in every run: 16 hexadecimal digits.
    pub id: String,
    /// How it came to be known.
    pub by: By,
    /// Who it is; none if its description has no usable `o=`.
    pub identity: Option<Identity>,
    /// Its version, as its description says.
    pub version: u64,
    /// Its name, as far as it has a readable one.
    pub name: String,
    /// Addresses it was heard from, first one first; up to [`Self::PLACES`].
    pub senders: Vec<Ipv4Addr>,
    /// Interfaces it was heard on, first one first; up to [`Self::PLACES`].
    pub interfaces: Vec<String>,
    /// Its description as it came, up to 64 KiB.
    pub text: Arc<str>,
    /// What the description says, or every reason why it cannot be used.
    pub reading: Arc<Result<Description, Vec<Problem>>>,
    /// When it was heard first.
    pub first: Utc,
    /// When it was heard last.
    pub last: Utc,
    /// When it was heard last, on the clock that never steps.
    pub heard: Mono,
    /// How often its description has changed since it was heard first.
    pub changes: u32,
    /// Not heard for [`super::table::STALE`] or longer.
    pub stale: bool,
}

impl Session {
    /// Most senders and interfaces that are remembered.
    pub const PLACES: usize = 4;
}

/// Longest part of an identity that is kept, in characters.
const PART: usize = 128;
/// Longest name that is kept, in characters.
const NAME: usize = 200;

impl Identity {
    /// Identity and version by the first `o=` line, even of a text that is wrong elsewhere.
    #[must_use]
    pub fn find(text: &str) -> Option<(Self, u64)> {
        let line = text.lines().take(sdp::MAX_LINES).find_map(|line| line.trim().strip_prefix("o="))?;
        let words: Vec<&str> = line.split_ascii_whitespace().take(6).collect();
        let [user, session_id, version, _, _, address] = words.as_slice() else { return None };
        let part = |word: &str| bounded(word, PART);
        let identity = Self { user: part(user), session_id: part(session_id), address: part(address) };
        Some((identity, version.parse().unwrap_or(0)))
    }

    /// Of a description that was read.
    #[must_use]
    pub fn of(origin: &sdp::Origin) -> Self {
        let part = |word: &str| bounded(word, PART);
        Self {
            user: part(&origin.user),
            session_id: part(&origin.session_id),
            address: part(&origin.address),
        }
    }
}

/// The name in the first `s=` line, even of a text that is wrong elsewhere; empty if there is none.
pub(super) fn name(text: &str) -> String {
    let line = text.lines().take(sdp::MAX_LINES).find_map(|line| line.trim().strip_prefix("s="));
    bounded(line.unwrap_or_default(), NAME)
}

fn bounded(text: &str, most: usize) -> String {
    let short: String = text.chars().take(most).collect();
    sdp::clean(&short)
}
