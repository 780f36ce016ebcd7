//! What the settings mean: where to listen, how, and by which names. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use audyn_service::api::wire::{AccessSettings, Interface, TlsSettings};

use crate::names::Names;
use crate::rules::Rules;

/// A place to listen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Address and port.
    pub address: SocketAddr,
    /// Encrypted.
    pub tls: bool,
    /// It is no fault if it cannot be had: a machine without IPv6, or another program on the port of a listener that
    /// nobody has opened.
    pub needed: bool,
}

/// What should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Opened to the network.
    pub open: bool,
    /// Where to listen.
    pub places: Vec<Place>,
    /// What holds for requests.
    pub rules: Rules,
    /// Why it cannot be all that was set. A sentence with what to do.
    pub problem: Option<String>,
}

/// What these settings mean on a machine with these interfaces and this name.
#[must_use]
pub fn plan(settings: &AccessSettings, interfaces: &[Interface], hostname: &str) -> Plan {
    let listener = &settings.listener;
    let proxy = matches!(listener.tls, TlsSettings::Proxy);
    let local = format!("{hostname}.local");
    let redirect = settings.entra.redirect.as_deref().and_then(|redirect| url::Url::parse(redirect).ok());
    let called_back = redirect.as_ref().and_then(url::Url::host_str);
    let given = listener.hosts.iter().map(String::as_str);
    let rules = Rules {
        names: Names::new([hostname, &local].into_iter().chain(called_back).chain(given)),
        proxy: proxy && listener.on,
    };
    let at = |address: IpAddr, tls, needed| Place {
        address: SocketAddr::new(address, listener.port),
        tls,
        needed,
    };
    let here = |tls| {
        [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            .map(|address: IpAddr| at(address, tls, false))
    };
    if !listener.on {
        return Plan { open: false, places: here(false).into(), rules, problem: None };
    }
    let tls = !proxy;
    let Some(name) = &listener.interface else {
        let places =
            vec![at(Ipv4Addr::UNSPECIFIED.into(), tls, true), at(Ipv6Addr::UNSPECIFIED.into(), tls, false)];
        return Plan { open: true, places, rules, problem: None };
    };
    let chosen = interfaces.iter().find(|interface| interface.name == *name);
    let addresses: Vec<IpAddr> = chosen
        .into_iter()
        .flat_map(|interface| &interface.addresses)
        .filter_map(|address| address.parse().ok())
        .collect();
    let problem = addresses.is_empty().then(|| {
        format!(
            "The listener waits: the interface {name} has no address now. Connect it, or choose another one in Settings, \
             Network access."
        )
    });
    let mut places: Vec<Place> = addresses.iter().map(|address| at(*address, tls, true)).collect();
    // The machine itself gets in whatever becomes of the interface.
    places.extend(here(false).into_iter().filter(|place| !addresses.contains(&place.address.ip())));
    Plan { open: true, places, rules, problem }
}

/// By which addresses a browser gets to these places.
#[must_use]
pub fn urls(places: &[Place], interfaces: &[Interface]) -> Vec<String> {
    let mut urls = Vec::new();
    for place in places {
        let scheme = if place.tls { "https" } else { "http" };
        let port = place.address.port();
        match place.address.ip() {
            IpAddr::V4(Ipv4Addr::UNSPECIFIED) => {
                let up = interfaces.iter().filter(|interface| interface.up && !interface.loopback);
                urls.extend(
                    up.flat_map(|up| &up.addresses).map(|address| format!("{scheme}://{address}:{port}/")),
                );
                urls.push(format!("{scheme}://127.0.0.1:{port}/"));
            }
            IpAddr::V6(Ipv6Addr::UNSPECIFIED) => {}
            IpAddr::V4(_) | IpAddr::V6(_) => urls.push(format!("{scheme}://{}/", place.address)),
        }
    }
    urls
}

#[cfg(test)]
mod tests;
