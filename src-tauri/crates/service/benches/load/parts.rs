//! What the roles share: the load, and what a process tells of itself.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Instant;

/// What to run.
pub struct Load {
    pub counts: Vec<usize>,
    pub seconds: u64,
    pub suffix: String,
}

impl Load {
    pub fn from_args() -> Self {
        let mut load = Self { counts: vec![], seconds: 10, suffix: "wav".into() };
        let mut args = std::env::args().skip(1);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--seconds" => {
                    load.seconds = args.next().and_then(|s| s.parse().ok()).expect("--seconds takes a number")
                }
                "--suffix" => load.suffix = args.next().expect("--suffix takes a name"),
                "--bench" => {}
                number => load
                    .counts
                    .push(number.parse().unwrap_or_else(|_| panic!("{number} is not a number of streams"))),
            }
        }
        if load.counts.is_empty() {
            load.counts = vec![1, 16, 32, 64];
        }
        load
    }
}

/// Where stream `i` goes.
pub fn address(i: usize) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::new(239, 69, 200, 1 + i as u8), 15_004)
}

/// What a process has used and done so far.
pub struct Mark {
    pub cpu_ms: f64,
    pub wall_ms: f64,
    pub rss_kb: u64,
    pub lost: u64,
    pub start_ms: u64,
}

impl Mark {
    pub fn parse(line: &str) -> Self {
        let numbers: Vec<f64> = line.split_whitespace().map(|n| n.parse().expect("a number")).collect();
        Self {
            cpu_ms: numbers[0],
            wall_ms: numbers[1],
            rss_kb: numbers[2] as u64,
            lost: numbers[3] as u64,
            start_ms: numbers[4] as u64,
        }
    }
}

/// Answers each line on standard input with a mark, until it ends.
pub fn answer_marks(start_ms: u64, lost: impl Fn() -> u64) {
    let start = Instant::now();
    for _ in std::io::stdin().lines() {
        // SAFETY: `usage` is a valid place for the result.
        let usage = unsafe {
            let mut usage: libc::rusage = std::mem::zeroed();
            libc::getrusage(libc::RUSAGE_SELF, &raw mut usage);
            usage
        };
        let ms = |t: libc::timeval| t.tv_sec as f64 * 1000.0 + t.tv_usec as f64 / 1000.0;
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let rss = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or("0 kB");
        let rss_kb = rss.trim().trim_end_matches(" kB");
        let wall_ms = start.elapsed().as_secs_f64() * 1000.0;
        println!("{} {wall_ms} {rss_kb} {} {start_ms}", ms(usage.ru_utime) + ms(usage.ru_stime), lost());
    }
}
