//! Session announcements (RFC 2974): what is sent, where, and for how long.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Error;
use super::plan::{LegPlan, Local};
use super::socket::Outlet;

/// The port of announcements.
pub const PORT: u16 = 9875;
/// How often devices announce; listeners show a session as stale after three of these.
pub const INTERVAL: Duration = Duration::from_secs(30);
/// As RFC 2974 asks: the scope is in the group.
const TTL: u8 = 255;

/// A session to be announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The address it is announced from.
    pub from: Ipv4Addr,
    /// The group or address that carries its audio.
    pub of: Ipv4Addr,
    /// Its description.
    pub text: String,
}

/// Whether a session is there or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is there.
    Announce,
    /// It is gone.
    Delete,
}

/// A thread that announces sessions every 30 s until it is told to stop, and then deletes them.
pub struct Announcer {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

/// Sessions that are announced by the same socket to the same group.
struct Desk {
    to: SocketAddrV4,
    outlet: Outlet,
    announcements: Vec<Announcement>,
}

/// The group on which a session is announced, by the scope of its address (RFC 2974 §3, RFC 2365).
#[must_use]
pub const fn group(of: Ipv4Addr) -> Ipv4Addr {
    match of.octets() {
        [239, 192..=195, ..] => Ipv4Addr::new(239, 195, 255, 255),
        [239, ..] => Ipv4Addr::new(239, 255, 255, 255),
        _ => Ipv4Addr::new(224, 2, 127, 254),
    }
}

/// An announcement packet: IPv4, neither encrypted nor compressed, without authentication.
#[must_use]
pub fn packet(kind: Kind, announcement: &Announcement) -> Vec<u8> {
    let first = match kind {
        Kind::Announce => 0x20,
        Kind::Delete => 0x24,
    };
    let mut bytes = vec![first, 0];
    bytes.extend_from_slice(&hash(&announcement.text).to_be_bytes());
    bytes.extend_from_slice(&announcement.from.octets());
    bytes.extend_from_slice(b"application/sdp\0");
    bytes.extend_from_slice(announcement.text.as_bytes());
    bytes
}

/// Tells versions of a text apart; never 0, which means "no hash".
fn hash(text: &str) -> u16 {
    let wide = text.bytes().fold(0x811C_9DC5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    let narrow = (wide ^ (wide >> 16)) as u16;
    narrow.max(1)
}

impl Announcer {
    /// Announces the sessions, now and every 30 s.
    ///
    /// # Errors
    /// A socket or the thread cannot be had.
    pub fn start(announcements: Vec<Announcement>) -> Result<Self, Error> {
        let mut desks: Vec<Desk> = Vec::new();
        for announcement in announcements {
            let to = SocketAddrV4::new(group(announcement.of), PORT);
            if let Some(desk) = desks.iter_mut().find(|d| d.to == to && d.outlet.address == announcement.from)
            {
                desk.announcements.push(announcement);
                continue;
            }
            let leg = LegPlan { to, by: Some(Local::Address(announcement.from)) };
            desks.push(Desk { to, outlet: Outlet::open(&leg, TTL, 0)?, announcements: vec![announcement] });
        }
        let (stop, stopped) = channel::<()>();
        let thread = std::thread::Builder::new()
            .name("send-sap".into())
            .spawn(move || {
                loop {
                    send(&desks, Kind::Announce);
                    match stopped.recv_timeout(INTERVAL) {
                        Err(RecvTimeoutError::Timeout) => {}
                        Ok(()) | Err(RecvTimeoutError::Disconnected) => break,
                    }
                }
                send(&desks, Kind::Delete);
            })
            .map_err(|source| Error::Thread { name: "send-sap", source })?;
        Ok(Self { stop, thread })
    }

    /// Deletes the sessions; returns when that has been sent.
    pub fn finish(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the thread send-sap failed; sessions may be listed until they time out");
        }
    }
}

fn send(desks: &[Desk], kind: Kind) {
    for Desk { to, outlet, announcements } in desks {
        for announcement in announcements {
            if let Err(error) = outlet.socket.send_to(&packet(kind, announcement), &(*to).into()) {
                tracing::warn!(
                    "cannot announce from {} to {to}: {error}; tried again in 30 s",
                    announcement.from
                );
            }
        }
    }
}
