//! The sockets on which PTP is heard: both groups, both ports, one interface.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::AsFd;

use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};

use super::monitor::{Monitor, Stamp};
use crate::rt::{self, Batch, Interface};

/// All PTP messages but those of the peer delay mechanism (IEEE 1588-2008 Annex D.3).
pub const PRIMARY: Ipv4Addr = Ipv4Addr::new(224, 0, 1, 129);
/// Those of the peer delay mechanism.
pub const PEER_DELAY: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 107);
/// Messages whose arrival is timed: Sync, Delay_Req.
pub const EVENT: u16 = 319;
/// The others: Announce, Follow_Up, Delay_Resp.
pub const GENERAL: u16 = 320;

/// Batches taken from one socket at a time: 256 datagrams. The rest waits, and what does not fit the socket's buffer is
/// dropped by the kernel.
const ROUNDS: usize = 4;
/// Receive buffer asked for: a second of a busy network.
const BUFFER: usize = 256 * 1024;

/// An interface that is listened to.
#[derive(Debug)]
pub struct Ears {
    slot: u32,
    sockets: Vec<Socket>,
}

impl Ears {
    /// Opens, binds and joins on an interface; event ports first, so that a Sync is read before its Follow_Up.
    ///
    /// # Errors
    /// In a sentence: what was refused, and what to do.
    pub fn open(interface: &Interface) -> Result<Self, String> {
        let places = [(PRIMARY, EVENT), (PEER_DELAY, EVENT), (PRIMARY, GENERAL), (PEER_DELAY, GENERAL)];
        let open = |(group, port)| {
            socket(interface.index, group, port).map_err(|error| refusal(&interface.name, port, &error))
        };
        let sockets = places.into_iter().map(open).collect::<Result<_, _>>()?;
        Ok(Self { slot: interface.index, sockets })
    }

    /// The kernel's index of the interface.
    #[must_use]
    pub const fn slot(&self) -> u32 {
        self.slot
    }

    /// Gives the monitor what has come. True if anything has.
    pub fn drain(&self, batch: &mut Batch, now: Stamp, monitor: &mut Monitor) -> bool {
        let mut any = false;
        for socket in &self.sockets {
            for _ in 0..ROUNDS {
                // A pending error (a link that went) is taken with the call and needs nothing else.
                let taken = batch.receive(socket.as_fd()).unwrap_or(0);
                for i in 0..taken {
                    let datagram = batch.datagram(i);
                    let age = datagram.arrival.map_or(0, |at| now.utc.0 - at.0);
                    let age = if (0..2_000_000_000).contains(&age) { age } else { 0 };
                    let at = Stamp { mono: audyn_model::Mono(now.mono.0 - age), utc: now.utc.plus(-age) };
                    monitor.hear(self.slot, datagram.bytes, at);
                }
                any |= taken > 0;
                if taken < batch.capacity() {
                    break;
                }
            }
        }
        any
    }

    /// Leaves and joins again: makes the kernel report the membership anew, after a link came back or a long silence.
    pub fn rejoin(&self) {
        let at = InterfaceIndexOrAddress::Index(self.slot);
        for (socket, group) in self.sockets.iter().zip([PRIMARY, PEER_DELAY, PRIMARY, PEER_DELAY]) {
            let _ = socket.leave_multicast_v4_n(&group, &at);
            if let Err(error) = socket.join_multicast_v4_n(&group, &at) {
                tracing::debug!(%error, %group, "cannot join again yet");
            }
        }
    }
}

fn socket(index: u32, group: Ipv4Addr, port: u16) -> io::Result<Socket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    // Bound to the group and shared: ptp4l on the same machine keeps its unicast messages and hears the others too.
    socket.set_reuse_address(true)?;
    socket.set_multicast_all_v4(false)?;
    rt::receive_options(socket.as_fd(), false)?;
    rt::grow_receive_buffer(socket.as_fd(), BUFFER)?;
    socket.bind(&SocketAddrV4::new(group, port).into())?;
    socket.set_nonblocking(true)?;
    socket.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(index))?;
    Ok(socket)
}

#[expect(clippy::wildcard_enum_match_arm, reason = "theirs, and may grow: the system's own words follow")]
fn refusal(interface: &str, port: u16, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => {
            "PTP cannot be heard: its ports 319 and 320 need privilege. Run Audyn as the installed \
             service, or allow it by `sudo setcap cap_net_bind_service+ep` on the program, or by \
             `sudo sysctl net.ipv4.ip_unprivileged_port_start=319`"
                .to_owned()
        }
        io::ErrorKind::AddrInUse => format!(
            "PTP cannot be heard on {interface}: another program has port {port} for itself; stop it, or let it share the port"
        ),
        _ => format!(
            "PTP cannot be heard on {interface}: {error}; see that the interface is up and has an IPv4 address"
        ),
    }
}
