//! `audyn send`'s own sender, with an index pattern.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use audyn_engine::rt::SystemClock;
use audyn_engine::rtp::Encoding;
use audyn_engine::send::{
    HeaderExtras, Impairments, Incidents, LegPlan, Local, Plan, Sender, SignalPlan, Step, TimestampBase,
};
use audyn_model::{Clock, Rate};

use crate::parts::{Load, address, answer_marks};

pub fn run(load: &Load) {
    let plan = Plan {
        name: "load".into(),
        encoding: Encoding::L24,
        rate: Rate::HZ_48000,
        channels: 2,
        samples_per_packet: 48,
        payload_type: 96,
        ttl: 1,
        dscp: 34,
        legs: vec![LegPlan { to: address(0), by: Some(Local::Name("lo".into())) }],
        count: load.counts[0] as u16,
        step: Step::Address,
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
    let sender = Sender::open(plan, SystemClock.utc()).expect("the sender starts");
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = Arc::clone(&stop);
    let thread = std::thread::spawn(move || sender.run(&stopped));
    answer_marks(0, || 0);
    stop.store(true, Ordering::Relaxed);
    let summary = thread.join().expect("the sender ends");
    let ms = |p| summary.lateness.percentile(p).as_secs_f64() * 1000.0;
    eprintln!("sender lateness: p50 {:.3} ms, p99 {:.3} ms, worst {:.3} ms", ms(50.0), ms(99.0), ms(100.0));
}
