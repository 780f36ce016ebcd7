//! One leg's socket: bound to exactly its group and port, joined on exactly its interface, and joined again when asked.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd, BorrowedFd};

use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};

use super::Leg;
use crate::rt::{self, Interface};

/// Why a leg cannot be received, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The interface does not exist.
    #[error("no interface {name}; this machine has {there}. Name one of these, or one of their addresses")]
    NoInterface {
        /// As asked for.
        name: String,
        /// Those that exist.
        there: String,
    },
    /// The interfaces cannot be listed.
    #[error("cannot list the network interfaces: {0}")]
    Interfaces(#[source] io::Error),
    /// The address cannot be bound.
    #[error("cannot listen on {address}: {source}. {remedy}")]
    Bind {
        /// Address and port.
        address: SocketAddrV4,
        /// What to do.
        remedy: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// The group cannot be joined.
    #[error("cannot join {group} on {interface}: {source}. {remedy}")]
    Join {
        /// The group.
        group: Ipv4Addr,
        /// Where.
        interface: String,
        /// What to do.
        remedy: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// A socket option was refused.
    #[error("cannot prepare a socket for {address}: {source}")]
    Socket {
        /// Address and port.
        address: SocketAddrV4,
        /// The system's reason.
        source: io::Error,
    },
    /// The receive threads cannot be started or are all full.
    #[error("cannot start a receive thread: {0}")]
    Thread(#[source] io::Error),
}

/// An open leg.
#[derive(Debug)]
pub struct LegSocket {
    socket: Socket,
    leg: Leg,
    granted: usize,
    /// The only sender's address to accept, if any.
    pub(super) source: Option<Ipv4Addr>,
    /// The only destination to accept, where the binding does not see to it.
    pub(super) destination: Destination,
}

/// Which destination addresses are ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The socket is bound to it: the kernel sees to it.
    Bound,
    /// Any unicast address of this machine.
    AnyUnicast,
}

impl LegSocket {
    /// Opens, binds, joins.
    pub(crate) fn open(leg: &Leg, receive_buffer: usize) -> Result<Self, OpenError> {
        let there = rt::interfaces().map_err(OpenError::Interfaces)?;
        let interface = leg.interface.as_deref().map(|name| find(&there, name)).transpose()?;
        let multicast = leg.address.is_multicast();
        let ours = there.iter().any(|i| i.addresses.contains(&leg.address)) || leg.address.is_loopback();
        let (bind, source, destination) = if multicast || ours {
            (leg.address, leg.source, Destination::Bound)
        } else {
            let here = interface.and_then(|i| i.addresses.first().copied()).unwrap_or(Ipv4Addr::UNSPECIFIED);
            (here, Some(leg.address), Destination::AnyUnicast)
        };
        let address = SocketAddrV4::new(bind, leg.port);
        let failed = |source| OpenError::Socket { address, source };
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).map_err(failed)?;
        if multicast {
            // Shared with monitors on the same group; a unicast port is ours alone, or the last to bind would take all.
            socket.set_reuse_address(true).map_err(failed)?;
            // Without this the kernel delivers every group that anybody on this machine has joined.
            socket.set_multicast_all_v4(false).map_err(failed)?;
        }
        rt::receive_options(socket.as_fd(), destination == Destination::AnyUnicast).map_err(failed)?;
        let granted = rt::grow_receive_buffer(socket.as_fd(), receive_buffer).map_err(failed)?;
        socket.bind(&address.into()).map_err(|source| bind_error(address, source))?;
        socket.set_nonblocking(true).map_err(failed)?;
        let open = Self { socket, leg: leg.clone(), granted, source, destination };
        if multicast {
            open.join(interface)?;
        }
        Ok(open)
    }

    /// Whether it hears a group, which it has to stay a member of.
    pub(super) const fn is_member(&self) -> bool {
        self.leg.address.is_multicast()
    }

    /// Leaves and joins again, as after a link came back: makes the kernel report the membership anew.
    pub(super) fn rejoin(&self) -> Result<(), OpenError> {
        if !self.is_member() {
            return Ok(());
        }
        let there = rt::interfaces().map_err(OpenError::Interfaces)?;
        let interface = self.leg.interface.as_deref().map(|name| find(&there, name)).transpose()?;
        // A membership on an interface that is gone cannot be left; what counts is the join.
        let _ = self.leave(interface);
        self.join(interface)
    }

    /// The interface asked for.
    pub(super) fn interface(&self) -> Option<&str> {
        self.leg.interface.as_deref()
    }

    /// The only sender's address it accepts, if any.
    pub(crate) const fn source(&self) -> Option<Ipv4Addr> {
        self.source
    }

    /// The receive buffer granted, in bytes of payload.
    pub(crate) const fn granted(&self) -> usize {
        self.granted
    }

    fn join(&self, interface: Option<&Interface>) -> Result<(), OpenError> {
        let group = self.leg.address;
        let joined = match (self.leg.source, interface) {
            (Some(source), at) => self.socket.join_ssm_v4(&source, &group, &first_address(at)),
            (None, Some(at)) => {
                self.socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(at.index))
            }
            (None, None) => self.socket.join_multicast_v4(&group, &Ipv4Addr::UNSPECIFIED),
        };
        joined.map_err(|source| OpenError::Join {
            group,
            interface: interface.map_or_else(|| "the interface of the route to it".to_owned(), |i| i.name.clone()),
            remedy: if interface.is_none() {
                "Name the interface that the stream arrives on"
            } else {
                "See that the interface is up and has an IPv4 address, and net.ipv4.igmp_max_memberships is large enough"
            },
            source,
        })
    }

    fn leave(&self, interface: Option<&Interface>) -> io::Result<()> {
        let group = self.leg.address;
        match (self.leg.source, interface) {
            (Some(source), at) => self.socket.leave_ssm_v4(&source, &group, &first_address(at)),
            (None, Some(at)) => {
                self.socket.leave_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(at.index))
            }
            (None, None) => self.socket.leave_multicast_v4(&group, &Ipv4Addr::UNSPECIFIED),
        }
    }
}

impl AsFd for LegSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The interface with this name or address.
fn find<'a>(there: &'a [Interface], name: &str) -> Result<&'a Interface, OpenError> {
    let address: Option<Ipv4Addr> = name.parse().ok();
    there.iter().find(|i| i.name == name || address.is_some_and(|a| i.addresses.contains(&a))).ok_or_else(
        || OpenError::NoInterface {
            name: name.to_owned(),
            there: there.iter().map(|i| i.name.as_str()).collect::<Vec<_>>().join(", "),
        },
    )
}

fn first_address(interface: Option<&Interface>) -> Ipv4Addr {
    interface.and_then(|i| i.addresses.first().copied()).unwrap_or(Ipv4Addr::UNSPECIFIED)
}

fn bind_error(address: SocketAddrV4, source: io::Error) -> OpenError {
    let remedy = if source.kind() == io::ErrorKind::AddrInUse {
        "Another program has this port: stop it, or choose another port"
    } else if source.kind() == io::ErrorKind::PermissionDenied {
        "Ports below 1024 need privilege: choose a higher one"
    } else {
        "Check the address and the port"
    };
    OpenError::Bind { address, remedy, source }
}

#[cfg(test)]
mod tests;
