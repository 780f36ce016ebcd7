//! Sockets to send from, on the interface that the plan names.

use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::Error;
use super::plan::{LegPlan, Local};
use crate::rt::{Interface, interfaces};

/// Asked for; what the kernel grants is enough for thousands of packets either way.
const SEND_BUFFER: usize = 4 << 20;

/// A socket and where its packets come from.
pub(super) struct Outlet {
    pub socket: Socket,
    /// Source address of the packets.
    pub address: Ipv4Addr,
    /// Hardware address of the interface; zero for loopback.
    pub mac: [u8; 6],
}

impl Outlet {
    /// Opens the socket of a leg.
    pub fn open(leg: &LegPlan, ttl: u8, dscp: u8) -> Result<Self, Error> {
        let failed = |act| move |source| Error::Socket { to: leg.to, act, source };
        let all = interfaces().map_err(failed("listing the interfaces"))?;
        let address = match &leg.by {
            Some(local) => choose(local, &all)?,
            None => routed(leg.to).map_err(failed("looking up the route (name an interface)"))?,
        };
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))
            .map_err(failed("making the socket"))?;
        socket
            .bind(&SockAddr::from(SocketAddrV4::new(address, 0)))
            .map_err(failed("binding to the interface"))?;
        if leg.to.ip().is_multicast() {
            socket.set_multicast_if_v4(&address).map_err(failed("choosing the interface"))?;
            socket.set_multicast_ttl_v4(ttl.into()).map_err(failed("setting the time to live"))?;
        } else {
            socket.set_ttl_v4(ttl.into()).map_err(failed("setting the time to live"))?;
        }
        socket.set_tos_v4(u32::from(dscp) << 2).map_err(failed("setting the service class (DSCP)"))?;
        // The kernel caps what it does not want to give; sending does not depend on it.
        let _ = socket.set_send_buffer_size(SEND_BUFFER);
        let mac = all.iter().find(|i| i.addresses.contains(&address)).and_then(mac).unwrap_or_default();
        Ok(Self { socket, address, mac })
    }
}

/// The address to send from, for an interface named either way.
fn choose(local: &Local, all: &[Interface]) -> Result<Ipv4Addr, Error> {
    let wrong = |name: String, why| {
        let known =
            all.iter().map(|i| format!("{} {:?}", i.name, i.addresses)).collect::<Vec<_>>().join(", ");
        Err(Error::Interface { name, why, known })
    };
    match local {
        Local::Name(name) => match all.iter().find(|i| i.name == *name) {
            None => wrong(name.clone(), "there is none of that name"),
            Some(interface) if !interface.up => wrong(name.clone(), "it is switched off"),
            Some(interface) => interface
                .addresses
                .first()
                .map_or_else(|| wrong(name.clone(), "it has no IPv4 address"), |address| Ok(*address)),
        },
        Local::Address(address) => {
            // All of 127.0.0.0/8 is this machine's.
            let own = address.is_loopback() || all.iter().any(|i| i.addresses.contains(address));
            if own { Ok(*address) } else { wrong(address.to_string(), "no interface has that address") }
        }
    }
}

/// The address that the routing table gives packets to a destination. Sends nothing.
fn routed(to: SocketAddrV4) -> std::io::Result<Ipv4Addr> {
    let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    probe.connect(to)?;
    match probe.local_addr()? {
        std::net::SocketAddr::V4(v4) => Ok(*v4.ip()),
        std::net::SocketAddr::V6(_) => Err(std::io::ErrorKind::AddrNotAvailable.into()),
    }
}

fn mac(interface: &Interface) -> Option<[u8; 6]> {
    let text = std::fs::read_to_string(format!("/sys/class/net/{}/address", interface.name)).ok()?;
    let mut bytes = [0; 6];
    let mut parts = text.trim().split(':');
    for byte in &mut bytes {
        *byte = u8::from_str_radix(parts.next()?, 16).ok()?;
    }
    Some(bytes)
}
