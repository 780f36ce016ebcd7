//! Test tones: real network audio, sent on the loopback interface by this program itself.

use std::collections::HashMap;
use std::net::SocketAddrV4;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use audyn_engine::rtp::payload::Encoding;
use audyn_engine::send::{
    HeaderExtras, Impairments, Incidents, LegPlan, Local, Plan, Sender, SignalPlan, Step, TimestampBase,
};
use audyn_model::{Rate, Utc};

use crate::terms::Tone;

/// The tones being sent, by source.
#[derive(Default)]
pub(super) struct Tones {
    sending: HashMap<String, Sending>,
}

struct Sending {
    tone: Tone,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Tones {
    /// Sends exactly these tones from now on. Returns why some cannot be sent.
    pub(super) fn follow(&mut self, wanted: &[(String, String, Tone)], now: Utc) -> Vec<(String, String)> {
        self.sending
            .retain(|id, sending| wanted.iter().any(|(other, _, tone)| other == id && *tone == sending.tone));
        let mut refused = Vec::new();
        for (id, name, tone) in wanted {
            if self.sending.contains_key(id) {
                continue;
            }
            match send(name, tone, now) {
                Ok(sending) => _ = self.sending.insert(id.clone(), sending),
                Err(why) => refused.push((id.clone(), why)),
            }
        }
        refused
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn send(name: &str, tone: &Tone, now: Utc) -> Result<Sending, String> {
    let to = SocketAddrV4::new(tone.group, tone.port);
    let sender = Sender::open(plan(name, tone, to), now)
        .map_err(|found| found.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))?;
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let thread = std::thread::Builder::new()
        .name("audyn-tone".into())
        .spawn(move || _ = sender.run(&flag))
        .map_err(|error| format!("cannot start its thread: {error}"))?;
    Ok(Sending { tone: tone.clone(), stop, thread: Some(thread) })
}

fn plan(name: &str, tone: &Tone, to: SocketAddrV4) -> Plan {
    Plan {
        name: name.to_owned(),
        encoding: Encoding::L24,
        rate: Rate::HZ_48000,
        channels: tone.channels,
        samples_per_packet: 48,
        payload_type: 96,
        ttl: 1,
        dscp: 34,
        legs: vec![LegPlan { to, by: Some(Local::Name("lo".to_owned())) }],
        count: 1,
        step: Step::default(),
        signal: SignalPlan::Tone { hz: tone.frequency_hz, level_db: tone.level_dbfs },
        timestamp: TimestampBase::Direct(0),
        first_sequence: None,
        ssrc: None,
        reference_clock: None,
        duration: None,
        header: HeaderExtras::default(),
        incidents: Incidents::default(),
        impairments: Impairments::default(),
        seed: 1,
    }
}
