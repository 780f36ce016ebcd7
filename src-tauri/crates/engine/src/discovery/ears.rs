//! The sockets that listen: one for each group on each interface, so that it is known where something was heard.
//! Interfaces that come, go or get another address are followed.

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::fd::AsFd as _;

use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};

use super::sap;
use crate::rt::{self, Interface};

/// Multicast DNS (RFC 6762 §3).
pub(super) const MDNS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 251), 5353);
/// Asked for each socket: some hundred announcements, which may come all at once.
const BUFFER: usize = 1 << 20;

/// What an ear listens for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum For {
    Announcements(Ipv4Addr),
    Dns,
}

/// One socket.
#[derive(Debug)]
pub(super) struct Ear {
    pub socket: UdpSocket,
    pub what: For,
    pub interface: String,
    index: u32,
    address: Ipv4Addr,
}

/// An interface that is listened on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// Its name.
    pub interface: String,
    /// Why it is not listened on, or not for everything.
    pub problem: Option<String>,
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Ears {
    pub all: Vec<Ear>,
    problems: BTreeMap<String, String>,
}

impl Ears {
    /// Listens on exactly these interfaces, by name or address; on all if none is named. Whether anything has changed.
    pub fn follow(&mut self, there: &[Interface], wanted: &[String]) -> bool {
        let chosen = |i: &Interface| {
            let named = |name: &String| *name == i.name || i.addresses.iter().any(|a| a.to_string() == *name);
            i.up && !i.addresses.is_empty() && (wanted.is_empty() || wanted.iter().any(named))
        };
        let chosen: Vec<&Interface> = there.iter().filter(|i| chosen(i)).collect();
        let (before, problems) = (self.all.len(), std::mem::take(&mut self.problems));
        self.all.retain(|ear| {
            chosen.iter().any(|i| {
                i.name == ear.interface && i.index == ear.index && i.addresses.contains(&ear.address)
            })
        });
        let mut changed = self.all.len() != before;
        let groups = sap::GROUPS.into_iter().map(For::Announcements).chain([For::Dns]);
        for what in groups {
            for interface in &chosen {
                if self.all.iter().any(|ear| ear.interface == interface.name && ear.what == what) {
                    continue;
                }
                match open(what, interface) {
                    Ok(ear) => {
                        self.all.push(ear);
                        changed = true;
                    }
                    Err(error) => _ = self.problems.insert(interface.name.clone(), problem(what, &error)),
                }
            }
        }
        for name in wanted {
            if !there.iter().any(|i| i.name == *name || i.addresses.iter().any(|a| a.to_string() == *name)) {
                self.problems.insert(name.clone(), "There is no such interface.".to_owned());
            }
        }
        if problems != self.problems {
            changed = true;
            for (interface, why) in &self.problems {
                tracing::warn!(interface, why, "announcements are not heard on an interface");
            }
        }
        changed
    }

    /// Which interfaces are listened on, and which not, by name.
    pub fn listening(&self) -> Vec<Listening> {
        let mut found: BTreeMap<&str, Option<String>> =
            self.all.iter().map(|ear| (ear.interface.as_str(), None)).collect();
        found.extend(self.problems.iter().map(|(name, why)| (name.as_str(), Some(why.clone()))));
        found.into_iter().map(|(name, problem)| Listening { interface: name.to_owned(), problem }).collect()
    }
}

fn open(what: For, interface: &Interface) -> io::Result<Ear> {
    let to = match what {
        For::Announcements(group) => SocketAddrV4::new(group, sap::PORT),
        For::Dns => MDNS,
    };
    let address = interface.addresses.first().copied().unwrap_or(Ipv4Addr::UNSPECIFIED);
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    // Shared with whoever else listens on this machine: Avahi, monitors, another Audyn.
    socket.set_reuse_address(true)?;
    // Without this the kernel delivers what comes by the other interfaces as well.
    socket.set_multicast_all_v4(false)?;
    rt::grow_receive_buffer(socket.as_fd(), BUFFER)?;
    socket.bind(&to.into())?;
    socket.set_nonblocking(true)?;
    socket.join_multicast_v4_n(to.ip(), &InterfaceIndexOrAddress::Index(interface.index))?;
    if what == For::Dns {
        socket.set_multicast_if_v4(&address)?;
        socket.set_multicast_ttl_v4(255)?;
    }
    let (interface, index) = (interface.name.clone(), interface.index);
    Ok(Ear { socket: socket.into(), what, interface, index, address })
}

fn problem(what: For, error: &io::Error) -> String {
    let (port, whose) = match what {
        For::Announcements(_) => (sap::PORT, "SAP"),
        For::Dns => (MDNS.port(), "DNS-SD"),
    };
    if error.kind() == io::ErrorKind::AddrInUse {
        format!("Another program keeps port {port} ({whose}) to itself: stop it, or let it share the port.")
    } else {
        format!("The {whose} group cannot be joined: {error}. See that the interface is up.")
    }
}

/// The interface by which packets to a host leave, as the routing table says. Sends nothing.
#[must_use]
pub fn interface_towards(host: Ipv4Addr) -> Option<String> {
    let probe = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    probe.connect((host, 9)).ok()?;
    let std::net::SocketAddr::V4(own) = probe.local_addr().ok()? else { return None };
    let all = rt::interfaces().ok()?;
    all.into_iter().find(|i| i.addresses.contains(own.ip())).map(|i| i.name)
}
