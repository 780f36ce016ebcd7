//! Batched receive: one system call takes what has gathered on a socket, with the kernel's arrival time of each packet.

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, BorrowedFd};

use audyn_model::Utc;

/// Datagrams taken by one call.
const BATCH: usize = 64;
/// Longest datagram kept whole. AES67 and ST 2110-30 stay within an Ethernet frame; longer ones are cut and flagged.
const DATAGRAM: usize = 2048;
/// Room for an arrival time, a packet-info and a drop counter, each with its header.
const CONTROL: usize = 128;

/// Preallocated room for one batch. Shared by all sockets of a thread, so it stays in the cache.
pub struct Batch {
    headers: Box<[libc::mmsghdr]>,
    data: Box<[u8]>,
    names: Box<[libc::sockaddr_in]>,
    control: Box<[[u64; CONTROL / 8]]>,
    _vectors: Box<[libc::iovec]>,
    used: usize,
}

/// One received datagram.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// Its bytes, cut to 2048.
    pub bytes: &'a [u8],
    /// Where it came from.
    pub source: Ipv4Addr,
    /// When the kernel received it, if the socket has arrival times on.
    pub arrival: Option<Utc>,
    /// Where it was sent to, if the socket has packet-info on.
    pub destination: Option<Ipv4Addr>,
    /// Datagrams that the socket buffer has had to drop so far; only told once there were some.
    pub dropped: Option<u32>,
    /// It was longer than fits.
    pub cut: bool,
}

// SAFETY: the raw pointers inside point into boxes owned by the same value, which move with it and are not shared.
unsafe impl Send for Batch {}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// Allocates the room: about 140 kB.
    #[must_use]
    pub fn new() -> Self {
        let mut data = vec![0_u8; BATCH * DATAGRAM].into_boxed_slice();
        // SAFETY: all-zero bytes are a valid `sockaddr_in`.
        let mut names = vec![unsafe { std::mem::zeroed::<libc::sockaddr_in>() }; BATCH].into_boxed_slice();
        let mut control = vec![[0_u64; CONTROL / 8]; BATCH].into_boxed_slice();
        let mut vectors: Box<[libc::iovec]> = data
            .chunks_exact_mut(DATAGRAM)
            .map(|room| libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: DATAGRAM })
            .collect();
        let headers = (0..BATCH)
            .map(|i| {
                // SAFETY: all-zero bytes are a valid `mmsghdr` (null pointers, zero lengths).
                let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
                header.msg_hdr.msg_name = (&raw mut names[i]).cast();
                header.msg_hdr.msg_iov = &raw mut vectors[i];
                header.msg_hdr.msg_iovlen = 1;
                header.msg_hdr.msg_control = control[i].as_mut_ptr().cast();
                header
            })
            .collect();
        Self { headers, data, names, control, _vectors: vectors, used: BATCH }
    }

    /// Most datagrams one call can take: a smaller answer means that the socket is drained.
    #[must_use]
    pub const fn capacity(&self) -> usize {
        BATCH
    }

    /// Takes what is waiting on a socket without waiting for more. Zero if there is nothing.
    ///
    /// # Errors
    /// The socket reports a fault (a pending ICMP error, a closed descriptor).
    pub fn receive(&mut self, socket: BorrowedFd<'_>) -> io::Result<usize> {
        for header in &mut self.headers[..self.used] {
            header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
            header.msg_hdr.msg_controllen = CONTROL as _;
            header.msg_hdr.msg_flags = 0;
        }
        self.used = 0;
        // SAFETY: every header points at a name, a vector and a control buffer of the stated sizes, all owned by `self`
        // and alive; the kernel fills at most BATCH of them.
        let taken = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                self.headers.as_mut_ptr(),
                BATCH as libc::c_uint,
                libc::MSG_DONTWAIT as _,
                std::ptr::null_mut(),
            )
        };
        if taken < 0 {
            let error = io::Error::last_os_error();
            let nothing = matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted);
            return if nothing { Ok(0) } else { Err(error) };
        }
        self.used = taken as usize;
        Ok(self.used)
    }

    /// The `i`-th datagram of the last `receive`.
    #[must_use]
    pub fn datagram(&self, i: usize) -> Datagram<'_> {
        let header = &self.headers[..self.used][i];
        let length = (header.msg_len as usize).min(DATAGRAM);
        let mut datagram = Datagram {
            bytes: &self.data[i * DATAGRAM..i * DATAGRAM + length],
            source: Ipv4Addr::from(u32::from_be(self.names[i].sin_addr.s_addr)),
            arrival: None,
            destination: None,
            dropped: None,
            cut: header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0,
        };
        debug_assert_eq!(header.msg_hdr.msg_control.cast_const().cast(), self.control[i].as_ptr());
        // SAFETY: `msg_control`/`msg_controllen` describe the control buffer that the kernel has just filled.
        let mut message = unsafe { libc::CMSG_FIRSTHDR(&raw const header.msg_hdr) };
        while !message.is_null() {
            // SAFETY: CMSG_FIRSTHDR/NXTHDR give only headers that lie whole inside the buffer.
            let (level, kind, at) =
                unsafe { ((*message).cmsg_level, (*message).cmsg_type, libc::CMSG_DATA(message)) };
            if level == libc::SOL_SOCKET && kind == libc::SCM_TIMESTAMPNS {
                // SAFETY: this message carries a timespec; it may lie unaligned.
                let t = unsafe { at.cast::<libc::timespec>().read_unaligned() };
                datagram.arrival = Some(Utc(t.tv_sec * 1_000_000_000 + t.tv_nsec));
            } else if level == libc::SOL_SOCKET && kind == libc::SO_RXQ_OVFL {
                // SAFETY: this message carries a u32; it may lie unaligned.
                datagram.dropped = Some(unsafe { at.cast::<u32>().read_unaligned() });
            } else if level == libc::IPPROTO_IP && kind == libc::IP_PKTINFO {
                // SAFETY: this message carries an in_pktinfo; it may lie unaligned.
                let info = unsafe { at.cast::<libc::in_pktinfo>().read_unaligned() };
                datagram.destination = Some(Ipv4Addr::from(u32::from_be(info.ipi_addr.s_addr)));
            }
            // SAFETY: as for CMSG_FIRSTHDR; `message` is the header that came before.
            message = unsafe { libc::CMSG_NXTHDR(&raw const header.msg_hdr, message) };
        }
        datagram
    }
}

/// Switches on arrival times and the drop counter of a socket, and packet-info if asked for.
///
/// # Errors
/// The kernel knows none of them (before Linux 2.6.33).
pub fn receive_options(socket: BorrowedFd<'_>, packet_info: bool) -> io::Result<()> {
    switch_on(socket, libc::SOL_SOCKET, libc::SO_TIMESTAMPNS)?;
    switch_on(socket, libc::SOL_SOCKET, libc::SO_RXQ_OVFL)?;
    if packet_info {
        switch_on(socket, libc::IPPROTO_IP, libc::IP_PKTINFO)?;
    }
    Ok(())
}

/// Asks for a receive buffer of `bytes`, with privilege beyond `net.core.rmem_max` where the process has it. Returns what
/// was granted; the kernel books twice as much, for its own overhead.
///
/// # Errors
/// The option cannot be set or read at all.
pub fn grow_receive_buffer(socket: BorrowedFd<'_>, bytes: usize) -> io::Result<usize> {
    let wanted = libc::c_int::try_from(bytes).unwrap_or(libc::c_int::MAX);
    if set(socket, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, wanted).is_err() {
        set(socket, libc::SOL_SOCKET, libc::SO_RCVBUF, wanted)?;
    }
    let mut granted: libc::c_int = 0;
    let mut length = size_of::<libc::c_int>() as libc::socklen_t;
    // SAFETY: `granted` and `length` are valid to write; the option is a c_int.
    let done = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_RCVBUF,
            (&raw mut granted).cast(),
            &raw mut length,
        )
    };
    if done == 0 { Ok(usize::try_from(granted / 2).unwrap_or(0)) } else { Err(io::Error::last_os_error()) }
}

fn switch_on(socket: BorrowedFd<'_>, level: libc::c_int, option: libc::c_int) -> io::Result<()> {
    set(socket, level, option, 1)
}

fn set(
    socket: BorrowedFd<'_>,
    level: libc::c_int,
    option: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    // SAFETY: the value is a c_int of the stated size.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw const value).cast(),
            size_of::<libc::c_int>() as libc::socklen_t,
        )
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests;
