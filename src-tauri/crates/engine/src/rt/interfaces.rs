//! The network interfaces of this machine, as `getifaddrs(3)` tells them.

use std::ffi::CStr;
use std::io;
use std::net::Ipv4Addr;

/// One network interface and its IPv4 addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its name, `eth0`.
    pub name: String,
    /// The kernel's index, which a re-created interface does not get again.
    pub index: u32,
    /// Its IPv4 addresses; none if it has only IPv6.
    pub addresses: Vec<Ipv4Addr>,
    /// Switched on by the administrator.
    pub up: bool,
    /// Up, with a carrier.
    pub running: bool,
    /// The loopback interface.
    pub loopback: bool,
}

/// Lists the interfaces in the kernel's order.
///
/// # Errors
/// `getifaddrs` failed.
pub fn interfaces() -> io::Result<Vec<Interface>> {
    let mut head: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: `head` is a valid place for the list's address.
    if unsafe { libc::getifaddrs(&raw mut head) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let mut found: Vec<Interface> = Vec::new();
    let mut node = head;
    while !node.is_null() {
        // SAFETY: `node` is an element of the list, which lives until `freeifaddrs` below.
        let entry = unsafe { &*node };
        // SAFETY: `ifa_name` is a NUL-terminated string that lives as long as the list.
        let name = unsafe { CStr::from_ptr(entry.ifa_name) }.to_string_lossy().into_owned();
        let position = found.iter().position(|i| i.name == name).unwrap_or_else(|| {
            // SAFETY: `ifa_name` as above.
            let index = unsafe { libc::if_nametoindex(entry.ifa_name) };
            let has = |flag: libc::c_int| entry.ifa_flags & flag as u32 != 0;
            found.push(Interface {
                name,
                index,
                addresses: Vec::new(),
                up: has(libc::IFF_UP),
                running: has(libc::IFF_UP) && has(libc::IFF_RUNNING),
                loopback: has(libc::IFF_LOOPBACK),
            });
            found.len() - 1
        });
        if let Some(address) = ipv4(entry.ifa_addr) {
            found[position].addresses.push(address);
        }
        node = entry.ifa_next;
    }
    // SAFETY: `head` came from `getifaddrs` and is freed once; nothing borrowed from it is left.
    unsafe { libc::freeifaddrs(head) };
    Ok(found)
}

fn ipv4(address: *const libc::sockaddr) -> Option<Ipv4Addr> {
    if address.is_null() {
        return None;
    }
    // SAFETY: a non-null `ifa_addr` points to at least a `sa_family`.
    if i32::from(unsafe { (*address).sa_family }) != libc::AF_INET {
        return None;
    }
    // SAFETY: an AF_INET address is a `sockaddr_in`; it may lie unaligned.
    let v4 = unsafe { address.cast::<libc::sockaddr_in>().read_unaligned() };
    Some(Ipv4Addr::from(u32::from_be(v4.sin_addr.s_addr)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_interface_is_found_with_its_address() {
        let all = interfaces().unwrap();
        let lo = all.iter().find(|i| i.loopback).expect("every machine has a loopback interface");
        assert!(lo.index > 0);
        assert!(!lo.up || lo.addresses.contains(&Ipv4Addr::LOCALHOST));
    }
}
