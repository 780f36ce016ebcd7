//! By which names the listener may be called. Pure.
//!
//! A page from elsewhere can let its own name point at this machine (DNS rebinding) and then read what the browser gets
//! here. It cannot change the name by which the browser asks: so a request counts only if its `Host` is one of ours, and
//! a request of a page only if its `Origin` is this very listener.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::http::uri::Authority;

/// Longest name of a host (RFC 1035, section 2.3.4).
const LONGEST: usize = 253;

/// The names that were given to this machine, in lower case, without a port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeSet<String>);

/// Where a request came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// The address it was sent to.
    pub address: IpAddr,
    /// The port it was sent to.
    pub port: u16,
    /// By TLS, here or at the proxy in front.
    pub secure: bool,
    /// A proxy stands in front: the port that the browser knows is the proxy's.
    pub proxied: bool,
}

impl Names {
    /// These, as far as they are names of hosts.
    pub fn new<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let clean = names.into_iter().map(|name| name.trim().trim_end_matches('.').to_ascii_lowercase());
        Self(clean.filter(|name| is_name(name)).collect())
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether a `Host` is one of ours: an address only if it is the one that was asked, a name only if it was given,
    /// `localhost` only on the machine itself. The port must be the one that was asked, or what the browser leaves away.
    #[must_use]
    pub fn allow(&self, host: &str, entrance: Entrance) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        if host.contains('@') || host.len() > LONGEST + 6 {
            return false;
        }
        let usual = if entrance.secure { 443 } else { 80 };
        let port = authority.port_u16();
        let port_fits = entrance.proxied || port.unwrap_or(usual) == entrance.port;
        let name = authority.host().trim_end_matches('.').to_ascii_lowercase();
        port_fits && (authority.port().is_none() || port.is_some()) && self.knows(&name, entrance.address)
    }

    /// Whether an `Origin` is this listener, by the same name as `Host` says.
    #[must_use]
    pub fn same_origin(&self, origin: &str, host: &str, entrance: Entrance) -> bool {
        let scheme = if entrance.secure { "https://" } else { "http://" };
        let Some(authority) = origin.strip_prefix(scheme) else { return false };
        authority.eq_ignore_ascii_case(host) && self.allow(authority, entrance)
    }

    fn knows(&self, name: &str, asked: IpAddr) -> bool {
        let literal = name.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = literal.parse::<IpAddr>() {
            return address.to_canonical() == asked.to_canonical() || self.0.contains(literal);
        }
        (name == "localhost" && asked.to_canonical().is_loopback()) || self.0.contains(name)
    }
}

/// Whether this can be the name of a host (RFC 1123, section 2.1), or an address.
fn is_name(name: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.parse::<IpAddr>().is_ok() || (name.len() <= LONGEST && name.split('.').all(label))
}

#[cfg(test)]
mod tests;
