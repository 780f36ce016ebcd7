//! Who is connected: how many in all and of each address.
//!
//! **Full policy:** a connection beyond the limit is closed as it comes, and counted.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::limits::Limits;

/// The count. Clones are the same one.
#[derive(Clone, Default)]
pub struct Census(Arc<Counted>);

#[derive(Default)]
struct Counted {
    count: Mutex<Count>,
    left: Notify,
}

#[derive(Default)]
struct Count {
    all: usize,
    of_one: HashMap<IpAddr, usize>,
    refused: u64,
}

/// One connection; it counts until it is dropped.
pub struct Place {
    census: Census,
    key: IpAddr,
}

impl Census {
    /// A place for one more from this address; none if there is no room.
    pub fn enter(&self, address: IpAddr, limits: &Limits) -> Option<Place> {
        let key = key(address);
        let mut count = self.count();
        let of_one = count.of_one.get(&key).copied().unwrap_or(0);
        if count.all >= limits.connections || of_one >= limits.connections_of_one {
            count.refused += 1;
            return None;
        }
        count.all += 1;
        count.of_one.insert(key, of_one + 1);
        Some(Place { census: self.clone(), key })
    }

    /// How many there are.
    pub fn all(&self) -> usize {
        self.count().all
    }

    /// How many were closed as they came, since the beginning.
    pub fn refused(&self) -> u64 {
        self.count().refused
    }

    /// Waits until nobody is left.
    pub async fn empty(&self) {
        loop {
            let left = self.0.left.notified();
            tokio::pin!(left);
            left.as_mut().enable();
            if self.all() == 0 {
                return;
            }
            left.await;
        }
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        self.0.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut count = self.census.count();
        count.all -= 1;
        match count.of_one.get_mut(&self.key) {
            Some(of_one) if *of_one > 1 => *of_one -= 1,
            Some(_) | None => _ = count.of_one.remove(&self.key),
        }
        drop(count);
        self.census.0.left.notify_waiters();
    }
}

/// What counts as one address: whoever has one of IPv6 has 2⁶⁴.
fn key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        Limits { connections: 3, connections_of_one: 2, ..Limits::default() }
    }

    fn enter(census: &Census, address: &str) -> Option<Place> {
        census.enter(address.parse().unwrap(), &limits())
    }

    #[test]
    fn one_address_cannot_take_every_place() {
        let census = Census::default();
        let _first = enter(&census, "192.0.2.1").unwrap();
        let second = enter(&census, "192.0.2.1").unwrap();
        assert!(enter(&census, "192.0.2.1").is_none());
        assert!(enter(&census, "::ffff:192.0.2.1").is_none());
        let _other = enter(&census, "192.0.2.2").unwrap();
        assert!(enter(&census, "192.0.2.3").is_none());
        assert_eq!((census.all(), census.refused()), (3, 3));
        drop(second);
        assert!(enter(&census, "192.0.2.3").is_some());
    }

    #[test]
    fn an_ipv6_network_is_one_address() {
        let census = Census::default();
        let _held = [enter(&census, "2001:db8::1").unwrap(), enter(&census, "2001:db8::2").unwrap()];
        assert!(enter(&census, "2001:db8::3").is_none());
        assert!(enter(&census, "2001:db8:0:1::1").is_some());
    }

    #[test]
    fn nothing_is_kept_of_who_has_left() {
        let census = Census::default();
        drop([enter(&census, "192.0.2.1"), enter(&census, "192.0.2.2")]);
        assert!(census.count().of_one.is_empty());
    }
}
