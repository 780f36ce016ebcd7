//! RAVENNA sessions as DNS-SD tells of them: which there are, where each is described, what to ask next. Pure: time is an
//! argument.
//!
//! A session is asked for at the address that its answer came from, not at one that a record names: nobody is sent to a
//! third machine. **Full policy:** at most 512 instances, 128 of one sender; more are passed over and counted.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use audyn_model::Mono;

use super::dns::{Data, Name, Question, Record};

/// Most instances.
pub const INSTANCES: usize = 512;
/// Most instances of one sender.
pub const SENDER: usize = 128;
/// The longest that a record is believed: the usual 75 minutes of RFC 6762 §10 and a reserve.
const LONGEST: u32 = 2 * 3600;
/// Between the first question where an instance answers, and the second; doubled each time.
const PATIENCE: Duration = Duration::from_secs(1);
const LONGEST_PATIENCE: Duration = Duration::from_secs(60);

/// Where a session is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name: the path to ask for.
    pub name: String,
    /// Whom to ask.
    pub at: SocketAddrV4,
    /// The interface that its answer came by.
    pub interface: String,
}

/// What is known.
#[derive(Debug)]
pub struct Browser {
    service: Name,
    subtype: Name,
    instances: BTreeMap<String, Instance>,
    refused: u64,
}

#[derive(Debug)]
struct Instance {
    name: Name,
    label: String,
    /// Seconds it held when it was heard, and when that was.
    ttl: u32,
    heard: Mono,
    sender: Ipv4Addr,
    interface: String,
    port: Option<u16>,
    ask: Mono,
    patience: Duration,
}

impl Default for Browser {
    fn default() -> Self {
        Self {
            service: Name::plain("_rtsp._tcp.local"),
            subtype: Name::plain("_ravenna_session._sub._rtsp._tcp.local"),
            instances: BTreeMap::new(),
            refused: 0,
        }
    }
}

impl Browser {
    /// Takes an answer. Instances it takes back are gone at once.
    pub fn hear(&mut self, records: &[Record], sender: Ipv4Addr, interface: &str, now: Mono) {
        for record in records {
            let Data::Ptr(instance) = &record.data else { continue };
            if record.name.key() != self.subtype.key() {
                continue;
            }
            let Some(label) = instance.below(&self.service) else { continue };
            self.instance(instance, label, record.ttl, sender, interface, now);
        }
        for record in records {
            let Data::Srv { port } = record.data else { continue };
            let Some(known) = self.instances.get_mut(&record.name.key()) else { continue };
            if record.ttl == 0 || port == 0 {
                continue;
            }
            // Another machine may take a name over, but not while its owner still answers to it.
            if known.port.is_none() || known.sender == sender {
                (known.port, known.sender) = (Some(port), sender);
                interface.clone_into(&mut known.interface);
            }
        }
    }

    /// Forgets what no longer holds.
    pub fn pass(&mut self, now: Mono) {
        self.instances.retain(|_, i| now.since(i.heard) < Duration::from_secs(i.ttl.into()));
    }

    /// Sessions whose description can be asked for.
    pub fn endpoints(&self) -> impl Iterator<Item = Endpoint> + '_ {
        self.instances.values().filter_map(|i| {
            let at = SocketAddrV4::new(i.sender, i.port?);
            Some(Endpoint { name: i.label.clone(), at, interface: i.interface.clone() })
        })
    }

    /// What to ask now; what is asked is not due again for a while. `round` is the regular question for all instances.
    pub fn questions(&mut self, round: bool, now: Mono) -> Vec<Question> {
        let mut questions = Vec::new();
        // RFC 6762 §5.2 asks again from four fifths of a record's time on.
        let ageing = |i: &Instance| now.since(i.heard) >= Duration::from_secs(u64::from(i.ttl) * 4 / 5);
        let mut renew = round;
        for i in self.instances.values_mut().filter(|i| now >= i.ask) {
            let (ages, lost) = (ageing(i), i.port.is_none());
            if ages || lost {
                renew |= ages;
                if lost {
                    questions.push(Question::Where(i.name.clone()));
                }
                i.ask = now.after(i.patience);
                i.patience = (i.patience * 2).min(LONGEST_PATIENCE);
            }
        }
        if renew {
            questions.insert(0, Question::Instances(self.subtype.clone()));
        }
        questions
    }

    /// Instances that need not be told again: those with more than half of their time left (RFC 6762 §7.1).
    #[must_use]
    pub fn known(&self, now: Mono) -> Vec<(Name, Name, u32)> {
        let left = |i: &Instance| i.ttl.saturating_sub(now.since(i.heard).as_secs() as u32);
        let fresh = self.instances.values().filter(|i| i.port.is_some() && left(i) > i.ttl / 2);
        fresh.map(|i| (self.subtype.clone(), i.name.clone(), left(i))).collect()
    }

    /// Instances for which there was no room.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    fn instance(&mut self, name: &Name, label: &str, ttl: u32, sender: Ipv4Addr, interface: &str, now: Mono) {
        let key = name.key();
        if let Some(known) = self.instances.get_mut(&key) {
            if known.sender != sender {
                return;
            }
            if ttl == 0 {
                self.instances.remove(&key);
                return;
            }
            (known.ttl, known.heard, known.patience) = (ttl.min(LONGEST), now, PATIENCE);
            return;
        }
        if ttl == 0 {
            return;
        }
        let own = self.instances.values().filter(|i| i.sender == sender).count();
        if own >= SENDER || self.instances.len() >= INSTANCES {
            self.refused += 1;
            return;
        }
        let instance = Instance {
            name: name.clone(),
            label: label.to_owned(),
            ttl: ttl.min(LONGEST),
            heard: now,
            sender,
            interface: interface.to_owned(),
            port: None,
            ask: now,
            patience: PATIENCE,
        };
        self.instances.insert(key, instance);
    }
}

#[cfg(test)]
mod tests;
