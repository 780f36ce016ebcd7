//! What listening costs: 500 streams announced on the loopback interface, each every 30 seconds as devices do, and the CPU
//! time of the thread that listens.
//!
//! `cargo bench -p audyn-engine --bench discovery [-- SECONDS [STREAMS]]`; 60 seconds and 500 streams unless told.

#![allow(clippy::print_stdout, reason = "a benchmark says what it has measured")]

use std::net::{Ipv4Addr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use audyn_engine::discovery::{Discovery, sap};
use audyn_engine::rt::SystemClock;
use audyn_engine::send::sap::{Announcement, Kind, packet};

const EVERY: Duration = Duration::from_secs(30);

fn main() {
    let mut numbers = std::env::args().skip(1).filter_map(|word| word.parse::<u32>().ok());
    let seconds = numbers.next().unwrap_or(60);
    let streams = numbers.next().unwrap_or(500);
    let discovery = Discovery::start(Arc::new(SystemClock), vec!["lo".to_owned()]).expect("a thread");
    while discovery.snapshot().listening.is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a socket");
    socket2::SockRef::from(&socket)
        .set_multicast_if_v4(&Ipv4Addr::LOCALHOST)
        .expect("the loopback interface");
    let packets: Vec<Vec<u8>> = (0..streams).map(announcement).collect();
    let pause = EVERY / streams;

    let (begun, spent) = (Instant::now(), cpu());
    let mut sent: u32 = 0;
    while begun.elapsed() < Duration::from_secs(seconds.into()) {
        let due = begun + pause * sent;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        let bytes = &packets[(sent % streams) as usize];
        socket.send_to(bytes, (sap::GROUPS[1], sap::PORT)).expect("an announcement");
        sent += 1;
    }
    let (passed, spent) = (begun.elapsed(), cpu() - spent);
    std::thread::sleep(Duration::from_millis(500));
    let snapshot = discovery.snapshot();
    println!(
        "{} of {streams} sessions known, {} of {sent} announcements heard in {:.0} s; the listening thread took {:.3} % of a core",
        snapshot.sessions.len(),
        snapshot.counters.announcements,
        passed.as_secs_f64(),
        100.0 * spent.as_secs_f64() / passed.as_secs_f64()
    );
}

/// CPU time of the listening thread so far.
fn cpu() -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").expect("the threads of this process");
    let spent = tasks.flatten().find_map(|task| {
        let name = std::fs::read_to_string(task.path().join("comm")).ok()?;
        let times = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        (name.trim() == "audyn-discovery").then(|| times.split(' ').next()?.parse().ok())?
    });
    Duration::from_nanos(spent.expect("the thread is there"))
}

/// A redundant pair of eight channels with names, as a console describes it: about a kilobyte.
fn announcement(n: u32) -> Vec<u8> {
    let (high, low) = (n / 250, n % 250 + 1);
    let media = |net: u32, mid: &str| {
        format!(
            "m=audio 5004 RTP/AVP 98\r\ni=8 channels: Main L, Main R, C, LFE, Ls, Rs, Lt, Rt\r\nc=IN IP4 239.{net}.{high}.{low}/32\r\n\
             a=rtpmap:98 L24/48000/8\r\na=ptime:1\r\na=source-filter: incl IN IP4 239.{net}.{high}.{low} 192.0.2.10\r\n\
             a=ts-refclk:ptp=IEEE1588-2008:39-A7-94-FF-FE-07-CB-D0:0\r\na=mediaclk:direct=0\r\na=mid:{mid}\r\n"
        )
    };
    let text = format!(
        "v=0\r\no=- {n} 1 IN IP4 192.0.2.10\r\ns=Stream {n}\r\nt=0 0\r\na=group:DUP a b\r\n{}{}",
        media(69, "a"),
        media(70, "b")
    );
    let from = Ipv4Addr::new(192, 0, 2, 10);
    packet(Kind::Announce, &Announcement { from, of: Ipv4Addr::new(239, 69, 0, 1), text })
}
