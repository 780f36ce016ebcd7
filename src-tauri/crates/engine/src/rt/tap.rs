//! What arrives at the cards, before any filter of this machine: an `AF_PACKET` socket (packet(7)) that takes IGMP, and
//! UDP from or to a few addresses. It needs `CAP_NET_RAW`. The stack's own handling of packets is not touched.

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use audyn_model::Utc;

/// Longest packet kept whole; the rest of a longer one is cut.
const ROOM: usize = 2048;
/// Room for an arrival time with its header.
const CONTROL: usize = 64;
/// Most addresses one tap watches.
const ADDRESSES: usize = 4;
/// Packets wait here until they are taken, in bytes; when it is full the kernel drops what comes.
const BUFFER: usize = 2 * 1024 * 1024;
/// `PACKET_IGNORE_OUTGOING` (linux/if_packet.h, since Linux 4.20).
const IGNORE_OUTGOING: libc::c_int = 23;

/// An open tap on every interface.
pub struct Tap {
    socket: OwnedFd,
    room: Box<[u8]>,
}

/// One packet, from its IPv4 header on.
#[derive(Clone, Copy, Debug)]
pub struct Tapped<'a> {
    /// Index of the interface it came in on.
    pub interface: u32,
    /// Its bytes, cut to 2048.
    pub bytes: &'a [u8],
    /// When the kernel received it.
    pub arrival: Option<Utc>,
}

impl Tap {
    /// Opens a tap for UDP from or to up to four addresses, and IGMP.
    ///
    /// # Errors
    /// Without `CAP_NET_RAW`, or where `AF_PACKET` is forbidden: permission denied.
    pub fn open(addresses: &[Ipv4Addr]) -> io::Result<Self> {
        // Protocol 0: nothing is received until the filter is there.
        // SAFETY: no pointers are involved.
        let fd = unsafe {
            libc::socket(libc::AF_PACKET, libc::SOCK_DGRAM | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC, 0)
        };
        if fd < 0 {
            let error = io::Error::last_os_error();
            // A service manager that forbids the address family (RestrictAddressFamilies) refuses in these words.
            let forbidden = error.raw_os_error() == Some(libc::EAFNOSUPPORT);
            return Err(if forbidden { io::ErrorKind::PermissionDenied.into() } else { error });
        }
        // SAFETY: `fd` is a descriptor that nobody else owns.
        let socket = unsafe { OwnedFd::from_raw_fd(fd) };
        let mut filter = filter(addresses);
        let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
        set(&socket, libc::SOL_SOCKET, libc::SO_ATTACH_FILTER, &program)?;
        set(&socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, &1_i32)?;
        // Granted as far as the system goes: a tap that drops says less, and says nothing wrong.
        let _ = set(&socket, libc::SOL_SOCKET, libc::SO_RCVBUF, &(BUFFER as libc::c_int));
        let _ = set(&socket, libc::SOL_PACKET, IGNORE_OUTGOING, &1_i32);
        // SAFETY: all-zero bytes are a valid `sockaddr_ll`.
        let mut all: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
        all.sll_family = libc::AF_PACKET as u16;
        all.sll_protocol = (libc::ETH_P_IP as u16).to_be();
        // SAFETY: the address is a `sockaddr_ll` of the stated size.
        let bound = unsafe {
            libc::bind(socket.as_raw_fd(), (&raw const all).cast(), size_of_val(&all) as libc::socklen_t)
        };
        if bound != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { socket, room: vec![0; ROOM].into_boxed_slice() })
    }

    /// The next packet that waits; none if nothing does.
    ///
    /// # Errors
    /// The socket reports a fault, as when an interface goes down.
    pub fn receive(&mut self) -> io::Result<Option<Tapped<'_>>> {
        // SAFETY: all-zero bytes are valid for both.
        let (mut from, mut header): (libc::sockaddr_ll, libc::msghdr) = unsafe { std::mem::zeroed() };
        let mut control = [0_u64; CONTROL / 8];
        let mut vector = libc::iovec { iov_base: self.room.as_mut_ptr().cast(), iov_len: ROOM };
        header.msg_name = (&raw mut from).cast();
        header.msg_namelen = size_of_val(&from) as libc::socklen_t;
        header.msg_iov = &raw mut vector;
        header.msg_iovlen = 1;
        header.msg_control = control.as_mut_ptr().cast();
        header.msg_controllen = CONTROL as _;
        // SAFETY: the header points at a name, a vector and a control buffer of the stated sizes, all alive.
        let length = unsafe { libc::recvmsg(self.socket.as_raw_fd(), &raw mut header, libc::MSG_DONTWAIT) };
        let Ok(length) = usize::try_from(length) else {
            let error = io::Error::last_os_error();
            let nothing = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted);
            return if nothing { Ok(None) } else { Err(error) };
        };
        let mut arrival = None;
        // SAFETY: the kernel has just filled the control buffer that the header describes.
        let message = unsafe { libc::CMSG_FIRSTHDR(&raw const header) };
        if !message.is_null() {
            // SAFETY: CMSG_FIRSTHDR gives only a header that lies whole inside the buffer.
            let (kind, at) = unsafe { ((*message).cmsg_type, libc::CMSG_DATA(message)) };
            if kind == libc::SCM_TIMESTAMPNS {
                // SAFETY: this message carries a timespec; it may lie unaligned.
                let t = unsafe { at.cast::<libc::timespec>().read_unaligned() };
                arrival = Some(Utc(t.tv_sec * 1_000_000_000 + t.tv_nsec));
            }
        }
        let interface = u32::try_from(from.sll_ifindex).unwrap_or(0);
        Ok(Some(Tapped { interface, bytes: &self.room[..length.min(ROOM)], arrival }))
    }
}

/// Classic BPF over the IPv4 header (RFC 791 §3.1): protocol 2, or protocol 17 from or to one of the addresses.
fn filter(addresses: &[Ipv4Addr]) -> Vec<libc::sock_filter> {
    let load = |size: u32, at: u32| libc::sock_filter {
        code: (libc::BPF_LD | size | libc::BPF_ABS) as u16,
        jt: 0,
        jf: 0,
        k: at,
    };
    let answer = |k: u32| libc::sock_filter { code: (libc::BPF_RET | libc::BPF_K) as u16, jt: 0, jf: 0, k };
    let equal = |k: u32, jt: usize, jf: usize| libc::sock_filter {
        code: (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16,
        jt: jt as u8,
        jf: jf as u8,
        k,
    };
    let addresses = &addresses[..addresses.len().min(ADDRESSES)];
    // From the first address test on: two loads, each with its tests; then "no", then "yes".
    let tests = 2 * (1 + addresses.len());
    let mut program = vec![load(libc::BPF_B, 9)];
    program.push(equal(2, tests + 2, 0));
    program.push(equal(17, 0, tests));
    for (half, offset) in [(0, 16), (1, 12)] {
        program.push(load(libc::BPF_W, offset));
        for (i, address) in addresses.iter().enumerate() {
            let place = half * (1 + addresses.len()) + 1 + i;
            program.push(equal(u32::from(*address), tests - place, 0));
        }
    }
    program.push(answer(0));
    program.push(answer(ROOM as u32));
    program
}

fn set<T>(socket: &OwnedFd, level: libc::c_int, option: libc::c_int, value: &T) -> io::Result<()> {
    // SAFETY: the value is valid for reads of its own size, and the options used here take a value of that type.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            std::ptr::from_ref(value).cast(),
            size_of::<T>() as libc::socklen_t,
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel does with the program, for the three instructions used.
    fn accepts(program: &[libc::sock_filter], packet: &[u8]) -> bool {
        let (mut at, mut value) = (0, 0);
        loop {
            let step = &program[at];
            at += 1;
            let k = step.k as usize;
            match u32::from(step.code) {
                code if code == libc::BPF_LD | libc::BPF_B | libc::BPF_ABS => value = u32::from(packet[k]),
                code if code == libc::BPF_LD | libc::BPF_W | libc::BPF_ABS => {
                    value = u32::from_be_bytes(packet[k..k + 4].try_into().unwrap());
                }
                code if code == libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K => {
                    at += usize::from(if value == step.k { step.jt } else { step.jf });
                }
                _ => return step.k > 0,
            }
        }
    }

    #[test]
    fn the_filter_takes_igmp_and_the_udp_of_its_addresses_only() {
        let [ours, other, third] = [[239, 1, 1, 1], [239, 1, 1, 2], [10, 0, 0, 1]].map(Ipv4Addr::from);
        let packet = |protocol: u8, from: Ipv4Addr, to: Ipv4Addr| {
            let mut bytes = vec![0_u8; 28];
            bytes[9] = protocol;
            bytes[12..16].copy_from_slice(&from.octets());
            bytes[16..20].copy_from_slice(&to.octets());
            bytes
        };
        for addresses in [&[ours][..], &[Ipv4Addr::LOCALHOST, ours], &[]] {
            let program = filter(addresses);
            let watched = !addresses.is_empty();
            assert!(accepts(&program, &packet(2, third, other)));
            assert_eq!(accepts(&program, &packet(17, third, ours)), watched);
            assert_eq!(accepts(&program, &packet(17, ours, third)), watched);
            assert!(!accepts(&program, &packet(17, third, other)));
            assert!(!accepts(&program, &packet(6, third, ours)));
        }
    }
}
