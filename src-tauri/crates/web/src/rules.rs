//! What the settings mean for requests. Changes while connections go on.

use std::net::IpAddr;

use axum::http::HeaderMap;

use crate::names::Names;

/// The rules that hold now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// By which names it may be called.
    pub names: Names,
    /// A proxy in front does TLS. It says whether the browser talks TLS to it; who asks it says only on this machine:
    /// from elsewhere anybody could say so.
    pub proxy: bool,
}

impl Rules {
    /// Who asked: what the proxy in front says in the last place of `X-Forwarded-For`, which is the one that it wrote itself.
    #[must_use]
    pub fn sender(&self, from: IpAddr, fields: &HeaderMap) -> IpAddr {
        if !(self.proxy && from.is_loopback()) {
            return from;
        }
        let told = fields.get_all("x-forwarded-for").iter().next_back();
        let last = told.and_then(|told| told.to_str().ok()).and_then(|told| told.rsplit(',').next());
        last.and_then(|last| last.trim().parse().ok()).unwrap_or(from)
    }

    /// Whether the browser talks TLS to the proxy in front.
    #[must_use]
    pub fn secure_before(&self, fields: &HeaderMap) -> bool {
        self.proxy && fields.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_proxy_says_who_asks() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let rules = Rules { proxy: true, ..Rules::default() };
        let mut fields = HeaderMap::new();
        fields.insert("x-forwarded-for", "198.51.100.1, 192.0.2.9".parse().unwrap());
        fields.insert("x-forwarded-proto", "https".parse().unwrap());
        // What a client wrote itself stands before what the proxy added.
        assert_eq!(rules.sender(ip("127.0.0.1"), &fields), ip("192.0.2.9"));
        assert!(rules.secure_before(&fields));
        assert_eq!(rules.sender(ip("192.0.2.66"), &fields), ip("192.0.2.66"));
        let without = Rules::default();
        assert_eq!(without.sender(ip("127.0.0.1"), &fields), ip("127.0.0.1"));
        assert!(!without.secure_before(&fields));
    }
}
