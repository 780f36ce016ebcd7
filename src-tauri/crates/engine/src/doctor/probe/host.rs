//! What this machine says of itself: `/proc`, the route to an address, and the parts of an IPv4 packet.

use std::net::{Ipv4Addr, SocketAddr, UdpSocket};

/// What `/proc/net/igmp` says about one interface.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Igmp {
    /// Groups joined on it.
    pub groups: Vec<Ipv4Addr>,
    /// An IGMPv1 or v2 querier was heard.
    pub old_querier: bool,
}

/// What a packet is to the doctor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ipv4<'a> {
    /// A whole datagram.
    Udp { from: Ipv4Addr, to: Ipv4Addr, port: u16, payload: &'a [u8] },
    /// A part of a packet that was too long for a network on its way.
    Fragment { from: Ipv4Addr, to: Ipv4Addr },
    /// Somebody asks who is member of which group.
    IgmpQuery { from: Ipv4Addr },
}

/// The address this machine would send from to reach another.
pub fn routed(to: Ipv4Addr) -> Option<Ipv4Addr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect((to, 9)).ok()?;
    match socket.local_addr().ok()? {
        SocketAddr::V4(own) => Some(*own.ip()),
        SocketAddr::V6(_) => None,
    }
}

/// Memberships of an interface; none if the kernel does not tell.
pub fn igmp(interface: &str) -> Option<Igmp> {
    read_igmp(&std::fs::read_to_string("/proc/net/igmp").ok()?, interface)
}

/// The reverse-path filter that holds for an interface: the larger of its own and that of all.
pub fn rp_filter(interface: &str) -> u8 {
    let of = |name: &str| {
        let text = std::fs::read_to_string(format!("/proc/sys/net/ipv4/conf/{name}/rp_filter")).ok()?;
        text.trim().parse::<u8>().ok()
    };
    of("all").max(of(interface)).unwrap_or(0)
}

/// Packets that reverse-path filtering has dropped so far.
pub fn rp_dropped() -> u64 {
    std::fs::read_to_string("/proc/net/netstat").ok().and_then(|text| read_rp_dropped(&text)).unwrap_or(0)
}

/// Reads an IPv4 packet (RFC 791); nothing for what the doctor has no use for.
pub fn ipv4(bytes: &[u8]) -> Option<Ipv4<'_>> {
    let header = bytes.get(..20)?;
    let length = usize::from(header[0] & 0x0F) * 4;
    if header[0] >> 4 != 4 || length < 20 {
        return None;
    }
    let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let address = |at: usize| Ipv4Addr::new(header[at], header[at + 1], header[at + 2], header[at + 3]);
    let (from, to) = (address(12), address(16));
    let rest = bytes.get(length..bytes.len().min(word(2).into()))?;
    match header[9] {
        // Type 0x11 is a query in every version (RFC 9776 §4.1).
        2 => (rest.first() == Some(&0x11)).then_some(Ipv4::IgmpQuery { from }),
        17 if word(6) & 0x3FFF != 0 => Some(Ipv4::Fragment { from, to }),
        17 => {
            let udp = rest.get(..8)?;
            let end = usize::from(u16::from_be_bytes([udp[4], udp[5]])).min(rest.len());
            let port = u16::from_be_bytes([udp[2], udp[3]]);
            Some(Ipv4::Udp { from, to, port, payload: rest.get(8..end)? })
        }
        _ => None,
    }
}

fn read_igmp(text: &str, interface: &str) -> Option<Igmp> {
    let mut found: Option<Igmp> = None;
    let mut own = false;
    for line in text.lines().skip(1) {
        if line.starts_with(char::is_whitespace) {
            let Some(igmp) = found.as_mut().filter(|_| own) else { continue };
            let group = line.split_whitespace().next().and_then(|hex| u32::from_str_radix(hex, 16).ok());
            // As the kernel prints it: the address in memory, read as a number of this machine.
            igmp.groups.extend(group.map(|raw| Ipv4Addr::from(raw.to_ne_bytes())));
        } else {
            let mut words = line.split_whitespace();
            own = words.nth(1) == Some(interface);
            if own {
                found =
                    Some(Igmp { groups: Vec::new(), old_querier: words.last().is_some_and(|v| v != "V3") });
            }
        }
    }
    found
}

fn read_rp_dropped(text: &str) -> Option<u64> {
    let mut lines = text.lines().filter(|line| line.starts_with("TcpExt:"));
    let (names, values) = (lines.next()?, lines.next()?);
    let column = names.split_whitespace().position(|name| name == "IPReversePathFilter")?;
    values.split_whitespace().nth(column)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memberships_and_the_querier_are_read_from_proc() {
        let text = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n\
            1\tlo        :     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n\
            2\teth0      :     2      V2\n\t\t\t\t010A45EF     1 0:00000000\t\t0\n\
            \t\t\t\t010000E0     1 0:00000000\t\t0\n";
        let eth0 = read_igmp(text, "eth0").unwrap();
        assert!(eth0.old_querier);
        if cfg!(target_endian = "little") {
            assert_eq!(eth0.groups, [Ipv4Addr::new(239, 69, 10, 1), Ipv4Addr::new(224, 0, 0, 1)]);
        }
        assert!(!read_igmp(text, "lo").unwrap().old_querier);
        assert_eq!(read_igmp(text, "eth1"), None);
        assert_eq!(read_igmp("", "lo"), None);
    }

    #[test]
    fn the_count_of_the_reverse_path_filter_is_found_by_its_name() {
        let text = "TcpExt: SyncookiesSent IPReversePathFilter Other\nTcpExt: 0 17 3\nIpExt: A\nIpExt: 1\n";
        assert_eq!(read_rp_dropped(text), Some(17));
        assert_eq!(read_rp_dropped("TcpExt: A\nTcpExt: 1\n"), None);
        assert_eq!(read_rp_dropped(""), None);
    }

    #[test]
    fn packets_are_told_apart_and_broken_ones_are_nothing() {
        let (from, to) = (Ipv4Addr::new(10, 0, 0, 2), Ipv4Addr::new(239, 1, 1, 1));
        let packet = |protocol: u8, fragment: u16, rest: &[u8]| {
            let mut bytes = vec![0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0];
            bytes.extend(from.octets());
            bytes.extend(to.octets());
            bytes.extend(rest);
            let length = (bytes.len() as u16).to_be_bytes();
            bytes[2..4].copy_from_slice(&length);
            bytes[6..8].copy_from_slice(&fragment.to_be_bytes());
            bytes
        };
        let udp = [0, 1, 0x13, 0x8C, 0, 10, 0, 0, 7, 8, 99];
        let whole = packet(17, 0x4000, &udp);
        assert_eq!(ipv4(&whole), Some(Ipv4::Udp { from, to, port: 5004, payload: &[7, 8] }));
        assert_eq!(ipv4(&packet(17, 0x2000, &udp)), Some(Ipv4::Fragment { from, to }));
        assert_eq!(ipv4(&packet(17, 0x0001, &udp)), Some(Ipv4::Fragment { from, to }));
        assert_eq!(ipv4(&packet(2, 0, &[0x11, 0, 0, 0])), Some(Ipv4::IgmpQuery { from }));
        assert_eq!(ipv4(&packet(2, 0, &[0x22])), None);
        for length in 0..whole.len() {
            let _ = ipv4(&whole[..length]);
        }
        let _ = ipv4(&[0xFF; 64]);
    }
}
