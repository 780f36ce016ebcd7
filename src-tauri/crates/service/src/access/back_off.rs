//! Who tries too often waits: each account and each address by itself. Pure; time is an argument.
//!
//! An attempt is counted before it is looked at, so that many at once are as many; the right password takes it back.
//!
//! **Full policy:** at most [`MOST`] addresses and as many names that nobody has are remembered; then the one whose last
//! attempt is longest ago is forgotten. Accounts that exist are never forgotten for others.

use std::collections::HashMap;
use std::net::IpAddr;

use audyn_model::Mono;

/// Addresses that are remembered.
const MOST: usize = 4096;
/// Seconds after which nothing is known of an attempt any more.
const FORGET_S: i64 = 3600;
const SECOND: i64 = 1_000_000_000;

/// What tries.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// An account that exists, by its id.
    Account(String),
    /// A name that no account has.
    Nobody(String),
    /// An address, or its network where everybody has many.
    Address(IpAddr),
}

impl Who {
    /// Of IPv6 the first 64 bits: a machine has all the others to itself.
    pub fn address(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let network = u128::from(v6) & !u128::from(u64::MAX);
                Self::Address(IpAddr::V6(network.into()))
            }
            v4 @ IpAddr::V4(_) => Self::Address(v4),
        }
    }

    /// Attempts that are free, and that lead to a lock-out.
    fn limits(&self) -> (u32, u32) {
        match self {
            Self::Account(id) if id == super::BREAKGLASS => (1, 5),
            Self::Account(_) | Self::Nobody(_) => (3, 10),
            // Many sit behind one address.
            Self::Address(_) => (10, 30),
        }
    }
}

/// The answer to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// It may be looked at.
    Now,
    /// It may be looked at, and is the last one for a while unless it is right.
    Last,
    /// Not before so many seconds.
    Wait(u64),
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    count: u32,
    last: Mono,
    until: Mono,
}

/// What is remembered.
#[derive(Debug, Default)]
pub(crate) struct BackOff {
    tries: HashMap<Who, Tries>,
}

impl BackOff {
    /// Longest wait in seconds.
    pub const LOCKED_S: i64 = 900;

    /// Counts an attempt by all of these, unless one of them has to wait.
    pub fn attempt(&mut self, all: &[Who], now: Mono) -> Turn {
        let wait = all.iter().filter_map(|who| self.tries.get(who)).map(|tries| tries.until.0 - now.0).max();
        if let Some(wait) = wait.filter(|wait| *wait > 0) {
            return Turn::Wait(u64::try_from((wait + SECOND - 1) / SECOND).unwrap_or(1));
        }
        let mut turn = Turn::Now;
        for who in all {
            self.make_room(who, now);
            let (free, most) = who.limits();
            let tries = self.tries.entry(who.clone()).or_insert(Tries { count: 0, last: now, until: now });
            if now.0 - tries.last.0 > FORGET_S * SECOND {
                tries.count = 0;
            }
            tries.count = tries.count.saturating_add(1);
            tries.last = now;
            let wait_s = match tries.count {
                count if count >= most => Self::LOCKED_S,
                count if count > free => (1 << (count - free - 1).min(9)).min(Self::LOCKED_S),
                _ => 0,
            };
            tries.until = Mono(now.0 + wait_s * SECOND);
            if tries.count >= most {
                turn = Turn::Last;
                // After the lock-out a few attempts more, not one.
                tries.count = most / 2;
            }
        }
        turn
    }

    /// The attempt was right. An account's count begins anew; of an address only this attempt is taken back, so that
    /// nobody clears it by signing in themselves.
    pub fn right(&mut self, all: &[Who]) {
        for who in all {
            match who {
                Who::Account(_) | Who::Nobody(_) => _ = self.tries.remove(who),
                Who::Address(_) => {
                    if let Some(tries) = self.tries.get_mut(who) {
                        tries.count = tries.count.saturating_sub(1);
                        tries.until = tries.last;
                    }
                }
            }
        }
    }

    fn make_room(&mut self, who: &Who, now: Mono) {
        if matches!(who, Who::Account(_)) || self.tries.contains_key(who) {
            return;
        }
        let of_others = |who: &Who| !matches!(who, Who::Account(_));
        if self.tries.keys().filter(|who| of_others(who)).count() < 2 * MOST {
            return;
        }
        self.tries.retain(|_, tries| now.0 - tries.last.0 <= FORGET_S * SECOND);
        let oldest = self.tries.iter().filter(|(who, _)| of_others(who)).min_by_key(|(_, tries)| tries.last);
        if let Some(oldest) = oldest.map(|(who, _)| who.clone()) {
            self.tries.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests;
