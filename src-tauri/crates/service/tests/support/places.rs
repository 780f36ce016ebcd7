//! A stream in which every sample proves its place, and reading the places back.

use std::net::SocketAddrV4;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use audyn_engine::rt::SystemClock;
use audyn_engine::rtp::payload::Encoding;
use audyn_engine::send::{
    HeaderExtras, Impairments, Incidents, LegPlan, Local, Plan, Sender, SignalPlan, Step, TimestampBase,
};
use audyn_model::{Clock as _, Rate};

/// Sends a stream in which every sample proves its place, until it is dropped.
pub struct Places {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Places {
    pub fn send(to: &str) -> Self {
        let plan = Plan {
            name: "Places".to_owned(),
            encoding: Encoding::L24,
            rate: Rate::HZ_48000,
            channels: 2,
            samples_per_packet: 48,
            payload_type: 96,
            ttl: 1,
            dscp: 34,
            legs: vec![LegPlan {
                to: to.parse::<SocketAddrV4>().unwrap(),
                by: Some(Local::Name("lo".to_owned())),
            }],
            count: 1,
            step: Step::default(),
            signal: SignalPlan::Index,
            timestamp: TimestampBase::Direct(0),
            first_sequence: None,
            ssrc: None,
            reference_clock: None,
            duration: None,
            header: HeaderExtras::default(),
            incidents: Incidents::default(),
            impairments: Impairments::default(),
            seed: 1,
        };
        let sender = Sender::open(plan, SystemClock.utc()).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let thread = std::thread::spawn(move || _ = sender.run(&flag));
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// The left channel of a 24-bit WAV file: the places of its samples, modulo 2²⁴.
pub fn places(path: &Path) -> Vec<i64> {
    let bytes = std::fs::read(path).unwrap();
    let mut at = 12;
    loop {
        let size = u32::from_le_bytes(bytes[at + 4..at + 8].try_into().unwrap()) as usize;
        if &bytes[at..at + 4] == b"data" {
            let data = &bytes[at + 8..at + 8 + size];
            let word = |frame: &[u8]| i64::from(u32::from_le_bytes([frame[0], frame[1], frame[2], 0]));
            return data.chunks_exact(6).map(word).collect();
        }
        at += 8 + size + size % 2;
    }
}
