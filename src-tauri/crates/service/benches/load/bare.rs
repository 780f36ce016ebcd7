//! The least that could be done: sleep 10 ms, drain every socket, write the payload.

use std::fs::File;
use std::io::Write;
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use crate::parts::{Load, address, answer_marks};

const BATCH: usize = 64;
const ROOM: usize = 2048;

pub fn run(load: &Load) {
    let dir = tempfile::tempdir().expect("a folder");
    let streams: Vec<(Socket, File)> = (0..load.counts[0])
        .map(|i| {
            let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)).expect("a socket");
            socket.set_reuse_address(true).expect("option");
            socket.set_multicast_all_v4(false).expect("option");
            socket.set_recv_buffer_size(2 << 20).expect("option");
            socket.bind(&address(i).into()).expect("bind");
            socket.join_multicast_v4(address(i).ip(), &Ipv4Addr::LOCALHOST).expect("join");
            socket.set_nonblocking(true).expect("option");
            (socket, File::create(dir.path().join(i.to_string())).expect("a file"))
        })
        .collect();
    std::thread::spawn(move || drain(streams));
    answer_marks(0, || 0);
}

fn drain(mut streams: Vec<(Socket, File)>) {
    let mut data = vec![0_u8; BATCH * ROOM];
    let mut vectors: Vec<libc::iovec> = data
        .chunks_mut(ROOM)
        .map(|room| libc::iovec { iov_base: room.as_mut_ptr().cast(), iov_len: ROOM })
        .collect();
    let mut headers: Vec<libc::mmsghdr> = (0..BATCH)
        .map(|i| {
            // SAFETY: all-zero bytes are a valid header.
            let mut header: libc::mmsghdr = unsafe { std::mem::zeroed() };
            header.msg_hdr.msg_iov = &raw mut vectors[i];
            header.msg_hdr.msg_iovlen = 1;
            header
        })
        .collect();
    let mut payload = Vec::with_capacity(BATCH * ROOM);
    loop {
        std::thread::sleep(Duration::from_millis(10));
        for (socket, file) in &mut streams {
            loop {
                let flags = libc::MSG_DONTWAIT;
                // SAFETY: the headers point at live buffers of the stated sizes.
                let taken = unsafe {
                    libc::recvmmsg(
                        socket.as_raw_fd(),
                        headers.as_mut_ptr(),
                        BATCH as u32,
                        flags as _,
                        std::ptr::null_mut(),
                    )
                };
                let taken = usize::try_from(taken).unwrap_or(0);
                payload.clear();
                for (i, header) in headers[..taken].iter().enumerate() {
                    payload.extend_from_slice(&data[i * ROOM + 12..i * ROOM + header.msg_len as usize]);
                }
                file.write_all(&payload).expect("write");
                if taken < BATCH {
                    break;
                }
            }
        }
    }
}
