//! Batched send: one system call hands many datagrams, each with its own destination, to the kernel.

use std::io;
use std::net::SocketAddrV4;
use std::ops::Range;
use std::os::fd::{AsRawFd, BorrowedFd};

/// Datagrams that stand ready to be sent, in slots that are allocated once. The bytes stay in their slot after sending,
/// so that only what changes has to be written for the next packet.
pub struct Outbox {
    headers: Box<[libc::mmsghdr]>,
    data: Box<[u8]>,
    names: Box<[libc::sockaddr_in]>,
    vectors: Box<[libc::iovec]>,
    room: usize,
}

/// What became of a batch.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Datagrams that the kernel took.
    pub taken: usize,
    /// Slots that the kernel refused.
    pub refused: Vec<usize>,
    /// Why it refused the last of them.
    pub error: Option<io::ErrorKind>,
}

// SAFETY: the raw pointers inside point into boxes owned by the same value, which move with it and are not shared.
unsafe impl Send for Outbox {}

impl Outbox {
    /// Allocates `slots` datagrams of at most `room` bytes.
    #[must_use]
    pub fn new(slots: usize, room: usize) -> Self {
        let mut data = vec![0_u8; slots * room].into_boxed_slice();
        // SAFETY: all-zero bytes are a valid `sockaddr_in`.
        let mut names = vec![unsafe { std::mem::zeroed::<libc::sockaddr_in>() }; slots].into_boxed_slice();
        let base = data.as_mut_ptr();
        let mut vectors: Box<[libc::iovec]> = (0..slots)
            .map(|slot| libc::iovec { iov_base: base.wrapping_add(slot * room).cast(), iov_len: 0 })
            .collect();
        let headers = (0..slots)
            .map(|slot| {
                // SAFETY: all-zero bytes are a valid `mmsghdr` (null pointers, zero lengths).
                let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
                header.msg_hdr.msg_name = (&raw mut names[slot]).cast();
                header.msg_hdr.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
                header.msg_hdr.msg_iov = &raw mut vectors[slot];
                header.msg_hdr.msg_iovlen = 1;
                header
            })
            .collect();
        Self { headers, data, names, vectors, room }
    }

    /// How many slots there are.
    #[must_use]
    pub const fn slots(&self) -> usize {
        self.headers.len()
    }

    /// Puts a datagram into a slot.
    ///
    /// # Panics
    /// There is no such slot, or the datagram is longer than its room.
    pub fn load(&mut self, slot: usize, to: SocketAddrV4, bytes: &[u8]) {
        assert!(bytes.len() <= self.room, "a datagram must fit its slot");
        self.names[slot] = libc::sockaddr_in {
            sin_family: libc::AF_INET as libc::sa_family_t,
            sin_port: to.port().to_be(),
            sin_addr: libc::in_addr { s_addr: u32::from(*to.ip()).to_be() },
            sin_zero: [0; 8],
        };
        self.vectors[slot].iov_len = bytes.len();
        self.data[slot * self.room..][..bytes.len()].copy_from_slice(bytes);
    }

    /// The datagram in a slot, to be changed in place.
    #[must_use]
    pub fn bytes_mut(&mut self, slot: usize) -> &mut [u8] {
        let length = self.vectors[slot].iov_len;
        &mut self.data[slot * self.room..][..length]
    }

    /// Hands a range of slots to the kernel, in order, without waiting. A datagram that is refused (no route, no room,
    /// interface down) is skipped and told of; the others are sent all the same.
    pub fn send(&mut self, socket: BorrowedFd<'_>, slots: Range<usize>) -> Sent {
        let headers = &mut self.headers[slots.clone()];
        debug_assert!(self.names.len() == self.vectors.len());
        let mut sent = Sent::default();
        let mut next = 0;
        while next < headers.len() {
            let rest = &mut headers[next..];
            // SAFETY: every header of `rest` points at a name and a vector owned by `self` and alive, every vector at
            // bytes inside `self.data`; the kernel only reads them and writes `msg_len`.
            let taken = unsafe {
                libc::sendmmsg(
                    socket.as_raw_fd(),
                    rest.as_mut_ptr(),
                    rest.len() as libc::c_uint,
                    libc::MSG_DONTWAIT as _,
                )
            };
            if let Ok(taken) = usize::try_from(taken) {
                sent.taken += taken;
                next += taken;
                continue;
            }
            let error = io::Error::last_os_error().kind();
            if error != io::ErrorKind::Interrupted {
                sent.refused.push(slots.start + next);
                sent.error = Some(error);
                next += 1;
            }
        }
        sent
    }
}

#[cfg(test)]
mod tests;
