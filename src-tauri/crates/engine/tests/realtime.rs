//! The real-time side's contract: stages 1 to 6 neither allocate nor free, and make no system call but to receive, to
//! sleep and to read the clock. A lock that has to wait, a log line, a page of heap: each would be another call.
//!
//! The callbacks of local devices (`devices`) touch no heap either.
//!
//! A binary of its own, because it brings its own allocator. The guarded part runs in a child process under seccomp,
//! which the kernel kills at the first other call.

#![allow(unsafe_code)]
// All of this is test code, though little of it stands in a test function; what the child finds it says on its output.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddrV4, UdpSocket};
use std::os::unix::process::ExitStatusExt;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use audyn_engine::ring::Item;
use audyn_engine::rt::{Batch, SystemClock, sleep_until};
use audyn_engine::source::StreamCount;
use audyn_engine::source::aes67::{Aes67, Leg, MediaClock, Opened, Wake, open};
use audyn_model::{Clock, Rate};
use socket2::{Domain, Socket, Type};

#[path = "realtime/devices.rs"]
mod devices;
#[path = "../../../../tests/support/sound.rs"]
mod sound;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}
static TOUCHED: AtomicU64 = AtomicU64::new(0);

/// Counts what a guarded thread allocates or frees.
struct Guard;

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Guard {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note();
        // SAFETY: the caller's contract is handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        note();
        // SAFETY: the caller's contract is handed on.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Guard = Guard;

fn note() {
    if GUARDED.with(Cell::get) || devices::is_watched() {
        TOUCHED.fetch_add(1, Ordering::Relaxed);
    }
}

const CHILD: &str = "AUDYN_REALTIME_CHILD";

fn run_child(name: &str, what: &str) -> std::process::Output {
    let me = std::env::current_exe().unwrap();
    Command::new(me).args([name, "--exact", "--nocapture"]).env(CHILD, what).output().unwrap()
}

#[test]
fn stages_one_to_six_allocate_nothing_and_call_nothing_else() {
    if std::env::var(CHILD).is_ok() {
        guarded(|stream, batch, clock| {
            for _ in 0..400 {
                sleep_until(clock.mono().after(Duration::from_millis(2)));
                stream.wake(batch, &Wake::new(clock.mono(), clock.utc()));
            }
            stream.finish();
        });
    }
    let output = run_child("stages_one_to_six_allocate_nothing_and_call_nothing_else", "capture");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{:?} (signal {:?}): {text}", output.status, output.status.signal());
    assert!(text.contains("guarded frames") && !text.contains("guarded frames 0,"), "{text}");
}

#[test]
fn the_guard_catches_an_allocation() {
    if std::env::var(CHILD).is_ok() {
        guarded(|_, _, _| drop(std::hint::black_box(Box::new(1))));
    }
    assert_eq!(run_child("the_guard_catches_an_allocation", "allocate").status.code(), Some(3));
}

#[test]
fn the_guard_catches_a_system_call() {
    if std::env::var(CHILD).is_ok() {
        guarded(|_, _, _| std::thread::yield_now());
    }
    let signal = run_child("the_guard_catches_a_system_call", "yield").status.signal();
    assert_eq!(signal, Some(libc::SIGSYS));
}

/// Runs `work` on a stream that is fed with everything a network can do to it, under both guards; then ends the
/// process: 0 if nothing was touched, 3 if something was allocated.
fn guarded(work: impl FnOnce(&mut audyn_engine::source::aes67::Stream, &mut Batch, &SystemClock)) -> ! {
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let to = [1, 2].map(|last| SocketAddrV4::new([239, 69, 252, last].into(), port));
    let legs = to.map(|a| Leg { address: *a.ip(), port, interface: Some("lo".into()), source: None });
    let spec = Aes67 {
        legs: legs.to_vec(),
        payload_type: 96,
        encoding: None,
        rate: Rate::HZ_48000,
        stream_channels: 2,
        pick: vec![],
        samples_per_packet: 48,
        media_clock: MediaClock::Undeclared,
        ptp: None,
        window_ms: 20,
        receive_buffer: Aes67::RECEIVE_BUFFER,
    };
    // A ring of 100 ms, so that it overruns while the reader below is away.
    let Opened { mut stream, mut frames, mut levels, counters, .. } = open(&spec, 100).unwrap();
    let (mut batch, clock) = (Batch::new(), SystemClock);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| feed(&to, &over));
        scope.spawn(|| {
            for round in 0.. {
                std::thread::park_timeout(Duration::from_millis(if round % 4 == 3 { 200 } else { 5 }));
                while let Some(item) = frames.take() {
                    if let Item::Frames { block, .. } = item {
                        frames.give_back(block);
                    }
                }
                if over.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        // Levels and counters are read without a pause: a lock shared with the stream would be found taken, and waiting
        // for it is a call.
        scope.spawn(|| {
            let mut read = Vec::new();
            while !over.load(Ordering::Relaxed) {
                levels.read(&mut read);
                std::hint::black_box((counters.get(StreamCount::Frames), counters.legs[0].last_arrival()));
            }
        });
        only_real_time_calls();
        GUARDED.with(|g| g.set(true));
        work(&mut stream, &mut batch, &clock);
        GUARDED.with(|g| g.set(false));
        // Nothing of this thread works any more but leaving, so the verdict is told by another.
        let touched = TOUCHED.load(Ordering::Relaxed);
        VERDICT.store(1 + touched, Ordering::Release);
        over.store(true, Ordering::Relaxed);
        FRAMES.store(counters.get(StreamCount::Frames), Ordering::Release);
        loop {
            sleep_until(clock.mono().after(Duration::from_secs(1)));
        }
    })
}

static VERDICT: AtomicU64 = AtomicU64::new(0);
static FRAMES: AtomicU64 = AtomicU64::new(0);

/// Two legs of a sender that loses, doubles, reorders, restarts, changes its id, goes away, and is disturbed.
fn feed(to: &[SocketAddrV4], over: &AtomicBool) {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    socket.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    let mut n: u32 = 0;
    let (mut ssrc, mut base) = (1_u32, 77_u32);
    while !over.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(1));
        n += 1;
        if n.is_multiple_of(211) {
            (ssrc, base) = (ssrc + 1, base ^ 0x1357_9BDF);
        }
        if n % 97 < 8 || (300..400).contains(&n) {
            continue;
        }
        let number = if n.is_multiple_of(13) { n + 2 } else { n };
        let mut packet = vec![0x80, 96];
        packet.extend((number as u16).to_be_bytes());
        packet.extend(base.wrapping_add(number * 48).to_be_bytes());
        packet.extend(ssrc.to_be_bytes());
        packet.resize(12 + 288, n as u8);
        for (leg, address) in to.iter().enumerate() {
            if n as usize % 5 != leg {
                let _ = socket.send_to(&packet, &(*address).into());
            }
        }
        let strange = [&packet[..7], &packet[..100], &[0; 40], &vec![0x80; 3000]];
        let _ = socket.send_to(strange[n as usize % 4], &to[0].into());
        if n.is_multiple_of(3) {
            packet[11] ^= 0x55;
            let _ = socket.send_to(&packet, &to[0].into());
        }
    }
    // The process's last words, from a thread that may speak.
    let verdict = loop {
        match VERDICT.load(Ordering::Acquire) {
            0 => std::thread::park_timeout(Duration::from_millis(1)),
            verdict => break verdict - 1,
        }
    };
    println!("guarded frames {}, touched the heap {verdict} times", FRAMES.load(Ordering::Acquire));
    std::process::exit(if verdict == 0 { 0 } else { 3 });
}

/// From here on the kernel kills the process if this thread makes any call but those of the real-time side.
fn only_real_time_calls() {
    let allowed = [libc::SYS_recvmmsg, libc::SYS_clock_nanosleep, libc::SYS_clock_gettime];
    let op = |code: u32, jt: u8, jf: u8, k: u32| libc::sock_filter { code: code as u16, jt, jf, k };
    let mut program = vec![op(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, 0)];
    for (i, call) in allowed.iter().enumerate() {
        let to_allow = (allowed.len() - i) as u8;
        program.push(op(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, to_allow, 0, *call as u32));
    }
    program.push(op(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_KILL_PROCESS));
    program.push(op(libc::BPF_RET | libc::BPF_K, 0, 0, libc::SECCOMP_RET_ALLOW));
    let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
    // SAFETY: `filter` describes `program`, which lives through the call; only this thread is restricted.
    unsafe {
        assert_eq!(libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
        assert_eq!(libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter), 0);
    }
    // The program was read by the kernel; freeing it would be a call of the allocator, not of ours.
    std::mem::forget(program);
}
