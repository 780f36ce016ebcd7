//! What is announced now: sessions by identity, what became of each announcement, and when to forget. Pure: time is an
//! argument.
//!
//! **Full policy:** a sender keeps at most [`SENDER`] sessions; of more, the newest are refused. When the table is full, a
//! newcomer takes the place of a session that is stale or was heard only once or twice, from the sender with most of
//! these; if there is none, it is refused. So a neighbour that floods pushes out its own, and never a session that goes
//! on being announced. Everything refused is counted.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use audyn_model::{Mono, Utc};

use super::session::{By, Identity, Session, name};
use crate::sdp;

/// Most sessions.
pub const SESSIONS: usize = 2000;
/// Most sessions of one sender.
pub const SENDER: usize = 512;
/// Most bytes of descriptions, all together.
pub const BYTES: usize = 16 << 20;
/// Not heard for so long: stale. Devices announce every 30 s or so.
pub const STALE: Duration = Duration::from_secs(90);
/// Not heard for so long, or for ten of its intervals: forgotten (RFC 2974 §4).
const FORGOTTEN: Duration = Duration::from_secs(3600);
/// Heard so often, a session has its place for as long as it is not stale.
const ESTABLISHED: u32 = 3;

/// What was heard.
#[derive(Clone, Copy, Debug)]
pub struct Hearing<'a> {
    /// How.
    pub by: By,
    /// The address it came from.
    pub sender: Ipv4Addr,
    /// The interface it came by.
    pub interface: &'a str,
    /// The description.
    pub text: &'a str,
}

/// When it was heard.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// On the clock that never steps.
    pub mono: Mono,
    /// On the civil one.
    pub utc: Utc,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A session that was not known.
    New,
    /// Another description of a known one.
    Changed,
    /// The same as before.
    Same,
    /// Another sender describes a session differently while its own is heard: ignored.
    Contradicted,
    /// No room.
    Refused,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Announcements of sessions that were not known.
    pub new: u64,
    /// Announcements with another description than before.
    pub changed: u64,
    /// Announcements with nothing new.
    pub same: u64,
    /// Sessions that their sender took back.
    pub deleted: u64,
    /// Announcements and deletions by somebody else than the session's sender; ignored.
    pub contradicted: u64,
    /// Announcements for which there was no room.
    pub refused: u64,
    /// Sessions that made room for others.
    pub evicted: u64,
    /// Sessions not heard of for very long.
    pub forgotten: u64,
}

/// The table.
#[derive(Debug, Default)]
pub struct Table {
    entries: HashMap<Key, Entry>,
    bytes: usize,
    counts: Counts,
    generation: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Named(By, Identity),
    /// Without an identity: what it says is what it is.
    Nameless(By, Ipv4Addr, u64),
}

#[derive(Debug)]
struct Entry {
    session: Session,
    times: u32,
    /// The longest time between two announcements of the last few.
    interval: Duration,
}

impl Table {
    /// Takes an announcement.
    pub fn hear(&mut self, heard: Hearing<'_>, at: At) -> Outcome {
        let outcome = self.place(heard, at);
        match outcome {
            Outcome::New => self.counts.new += 1,
            Outcome::Changed => self.counts.changed += 1,
            Outcome::Same => self.counts.same += 1,
            Outcome::Contradicted => self.counts.contradicted += 1,
            Outcome::Refused => self.counts.refused += 1,
        }
        outcome
    }

    /// Takes a deletion; whether a session is gone. Only who has announced it may take it back.
    pub fn delete(&mut self, by: By, sender: Ipv4Addr, text: &str) -> bool {
        let Some((identity, _)) = Identity::find(text) else { return false };
        let key = Key::Named(by, identity);
        let Some(entry) = self.entries.get(&key) else { return false };
        if !entry.session.senders.contains(&sender) {
            self.counts.contradicted += 1;
            return false;
        }
        self.remove(&key);
        self.counts.deleted += 1;
        true
    }

    /// Lets time pass: marks what is stale, forgets what was not heard of for very long.
    pub fn pass(&mut self, now: Mono) {
        let mut gone = Vec::new();
        for (key, entry) in &mut self.entries {
            let silent = now.since(entry.session.heard);
            if silent >= FORGOTTEN.max(entry.interval * 10) {
                gone.push(key.clone());
            } else if silent >= STALE && !entry.session.stale {
                entry.session.stale = true;
                self.generation += 1;
            }
        }
        for key in gone {
            self.remove(&key);
            self.counts.forgotten += 1;
        }
    }

    /// Every session, in no order.
    pub fn sessions(&self) -> impl Iterator<Item = &Session> {
        self.entries.values().map(|entry| &entry.session)
    }

    /// The session with this id.
    #[must_use]
    pub fn session(&self, id: &str) -> Option<&Session> {
        self.sessions().find(|session| session.id == id)
    }

    /// How many of what.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Grows when a session comes, goes, changes or becomes stale; not when one is only heard again.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    fn place(&mut self, heard: Hearing<'_>, at: At) -> Outcome {
        let found = Identity::find(heard.text);
        let key = match &found {
            Some((identity, _)) => Key::Named(heard.by, identity.clone()),
            None => Key::Nameless(heard.by, heard.sender, fingerprint(heard.text.as_bytes())),
        };
        let Some(entry) = self.entries.get_mut(&key) else { return self.admit(key, heard, at) };
        let session = &mut entry.session;
        let same = *session.text == *heard.text;
        let known = session.senders.contains(&heard.sender);
        // A session's address is its sender's to move; until it falls silent nobody else describes it anew.
        if !same && !known && at.mono.since(session.heard) < STALE {
            return Outcome::Contradicted;
        }
        let mut shown = session.stale;
        session.stale = false;
        entry.interval = at.mono.since(session.heard).max(entry.interval / 2);
        entry.times = entry.times.saturating_add(1);
        (session.heard, session.last) = (at.mono, at.utc);
        if !known && session.senders.len() < Session::PLACES {
            session.senders.push(heard.sender);
        }
        if !session.interfaces.iter().any(|name| name == heard.interface)
            && session.interfaces.len() < Session::PLACES
        {
            session.interfaces.push(heard.interface.to_owned());
            shown = true;
        }
        if !same {
            self.bytes = self.bytes - session.text.len() + heard.text.len();
            if !known {
                session.senders = vec![heard.sender];
            }
            session.text = heard.text.into();
            session.reading = Arc::new(sdp::parse(heard.text));
            session.name = name(heard.text);
            session.version = found.map_or(0, |(_, version)| version);
            session.changes = session.changes.saturating_add(1);
            shown = true;
        }
        self.generation += u64::from(shown);
        if same { Outcome::Same } else { Outcome::Changed }
    }

    fn admit(&mut self, key: Key, heard: Hearing<'_>, at: At) -> Outcome {
        let of = |entry: &&Entry| entry.session.senders.first() == Some(&heard.sender);
        if self.entries.values().filter(of).count() >= SENDER {
            return Outcome::Refused;
        }
        while self.entries.len() >= SESSIONS || self.bytes + heard.text.len() > BYTES {
            let Some(weakest) = self.weakest() else { return Outcome::Refused };
            self.remove(&weakest);
            self.counts.evicted += 1;
        }
        let found = Identity::find(heard.text);
        let session = Session {
            id: id(&key),
            by: heard.by,
            version: found.as_ref().map_or(0, |(_, version)| *version),
            identity: found.map(|(identity, _)| identity),
            name: name(heard.text),
            senders: vec![heard.sender],
            interfaces: vec![heard.interface.to_owned()],
            text: heard.text.into(),
            reading: Arc::new(sdp::parse(heard.text)),
            first: at.utc,
            last: at.utc,
            heard: at.mono,
            changes: 0,
            stale: false,
        };
        self.bytes += heard.text.len();
        self.entries.insert(key, Entry { session, times: 1, interval: Duration::ZERO });
        self.generation += 1;
        Outcome::New
    }

    /// The session to go first: of the sender with most that have no firm place, the one not heard for longest.
    fn weakest(&self) -> Option<Key> {
        let weak = |entry: &Entry| entry.session.stale || entry.times < ESTABLISHED;
        let candidates = || self.entries.iter().filter(|(_, entry)| weak(entry));
        let mut held: HashMap<Option<&Ipv4Addr>, usize> = HashMap::new();
        for (_, entry) in candidates() {
            *held.entry(entry.session.senders.first()).or_default() += 1;
        }
        let rank = |entry: &Entry| {
            let count = held.get(&entry.session.senders.first()).copied().unwrap_or(0);
            (count, std::cmp::Reverse(entry.session.heard))
        };
        candidates().max_by_key(|(_, entry)| rank(entry)).map(|(key, _)| key.clone())
    }

    fn remove(&mut self, key: &Key) {
        if let Some(entry) = self.entries.remove(key) {
            self.bytes -= entry.session.text.len();
            self.generation += 1;
        }
    }
}

fn id(key: &Key) -> String {
    let text = match key {
        Key::Named(by, Identity { user, session_id, address }) => {
            format!("{by:?}\0{user}\0{session_id}\0{address}")
        }
        Key::Nameless(by, sender, print) => format!("{by:?}\0{sender}\0{print}"),
    };
    format!("{:016x}", fingerprint(text.as_bytes()))
}

/// FNV-1a with 64 bits: the same in every run.
fn fingerprint(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01B3))
}

#[cfg(test)]
mod tests;
