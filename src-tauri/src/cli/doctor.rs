//! `audyn doctor SOURCE`

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use audyn_engine::doctor::probe::{Wish, examine};
use audyn_engine::doctor::{
    Check, Findings, JITTER_EDGES_US, LegFindings, Report, Tally, Verdict, diagnose, local, text,
};
use audyn_engine::ptp::{ClockView, Watch, WatchSpec};
use audyn_engine::rt::SystemClock;
use audyn_engine::source::aes67::Aes67;
use audyn_engine::source::{Inputs, Source};
use serde_json::json;

use super::record::RecordArgs;
use super::{ORIGINATOR, output};
use crate::config::{self, Problem};
use crate::exit::Exit;

/// Seconds of listening, at most.
const LONGEST_S: u64 = 600;
/// Audio that waits while nobody takes it, in milliseconds.
const RING_MS: u64 = 2_000;

/// Arguments of `audyn doctor`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Tests from the cable up, beside whatever records: interface, address, group, packets, sender, payload type, size, packet
time, loss, order, jitter, receive buffer, IGMP querier, second leg, the PTP clock that the description names; and ends in
one sentence. As root, or with CAP_NET_RAW, it also sees what the cards hear before this machine's filters: other ports,
other interfaces, queriers.

Of a source of this machine it tests: PipeWire or the sound system, the node or the card, channels, rate, audio, loss,
level. A card that another program has open (the station's recorder, too) cannot be opened beside it: ask there.

Examples:
  audyn doctor PGM-1
  audyn doctor -m 239.69.1.1 --interface eth0
  audyn doctor --sdp mix.sdp --redundant @eth1 --seconds 130
  audyn doctor --pipewire alsa_input.usb-RME-00.analog-stereo

Exit codes: 0 nothing is wrong, or audio comes all the same; 1 a fault was found; 2 it could not be told.")]
pub struct DoctorArgs {
    /// A source of the station, by its name
    #[arg(value_name = "SOURCE", conflicts_with_all = ["multicast_addr", "sdp", "pipewire", "device"])]
    pub source: Option<String>,
    /// How long to listen, 1 to 600 s; 130 to be sure about an IGMP querier
    #[arg(long, value_name = "S", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=LONGEST_S))]
    pub seconds: u64,
    /// Show as JSON
    #[arg(long)]
    pub json: bool,

    /// Multicast group, or unicast address, to receive
    #[arg(short, long, value_name = "ADDR", help_heading = "From where")]
    pub multicast_addr: Option<String>,
    /// UDP port [default: 5004]
    #[arg(short, long, value_name = "PORT", help_heading = "From where")]
    pub port: Option<String>,
    /// Network interface, by name or address [default: as routed]
    #[arg(long, value_name = "IF", help_heading = "From where")]
    pub interface: Option<String>,
    /// The only sender to accept
    #[arg(long, value_name = "ADDR", help_heading = "From where")]
    pub source_ip: Option<String>,
    /// Session description; flags given beside it prevail
    #[arg(long, value_name = "FILE", help_heading = "From where")]
    pub sdp: Option<String>,
    /// Second leg; @IF alone takes its address from the SDP
    #[arg(long, value_name = "ADDR[:PORT]@IF", help_heading = "From where")]
    pub redundant: Option<String>,
    /// An input, an output or an application of this machine, through PipeWire, by the name that `audyn inputs` shows
    #[arg(long, value_name = "NODE", num_args = 0..=1, default_missing_value = "", help_heading = "From where")]
    pub pipewire: Option<String>,
    /// A sound card of this machine, by the id that `audyn inputs` shows; the default one if none is given
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "default", help_heading = "From where")]
    pub device: Option<String>,
    /// RTP payload type [default: 96]
    #[arg(long, value_name = "N", help_heading = "From where")]
    pub pt: Option<String>,
    /// Samples per packet [default: 48]
    #[arg(long, value_name = "N", help_heading = "From where")]
    pub spp: Option<String>,
    /// L16 or L24 [default: told from the size of packets]
    #[arg(long, value_name = "L16|L24", help_heading = "From where")]
    pub encoding: Option<String>,
    /// Sample rate in Hz [default: 48000]
    #[arg(short = 'r', long = "sample-rate", value_name = "HZ", help_heading = "From where")]
    pub rate: Option<String>,
    /// Channels in the stream [default: 2, or the SDP's]
    #[arg(short, long, value_name = "N", help_heading = "From where")]
    pub channels: Option<String>,
    /// Reorder window in milliseconds [default: 100]
    #[arg(long, value_name = "MS", help_heading = "From where")]
    pub window_ms: Option<String>,
    /// Socket receive buffer to ask for, in bytes [default: 2097152]
    #[arg(long, value_name = "BYTES", help_heading = "From where")]
    pub rcvbuf: Option<String>,
}

pub(super) fn run(args: &DoctorArgs) -> anyhow::Result<Exit> {
    let source = match source(args) {
        Ok(source) => source,
        Err(problems) => {
            output::problems(&problems);
            return Ok(Exit::Usage);
        }
    };
    output::notice(&format!("listening for {} s …", args.seconds));
    let length = Duration::from_secs(args.seconds);
    let (json, text, verdict) = match source {
        Source::Aes67(source) => network(&source, length)?,
        source @ (Source::PipeWire(_) | Source::Card(_)) => of_this_machine(&source, length),
    };
    if args.json {
        output::json(&json)?;
    } else {
        output::result(&text)?;
    }
    Ok(match verdict {
        Verdict::Ok | Verdict::Warn => Exit::Done,
        Verdict::Fault => Exit::Failed,
        Verdict::Unknown | Verdict::Pending => Exit::Usage,
    })
}

/// What there is to say: as JSON, as text, in a word.
type Said = (serde_json::Value, String, Verdict);

fn network(source: &Aes67, length: Duration) -> anyhow::Result<Said> {
    // Only of use where the description names a clock.
    let watch = source.ptp.map(|_| Watch::start(Arc::new(SystemClock), WatchSpec::default())).transpose();
    let watch = watch.context("cannot start to listen to PTP")?.map(|(watch, _)| watch);
    let clocks = watch.as_ref().map(|watch| || watch.view());
    let mut wish = Wish {
        length,
        clocks: clocks.as_ref().map(|clocks| clocks as &dyn Fn() -> Arc<ClockView>),
        cancelled: &|| false,
        tell: &mut |_: &Findings| {},
    };
    let findings = examine(source, &SystemClock, &mut wish);
    let report = diagnose(&findings);
    Ok((as_json(&findings, &report), text(&findings, &report), report.verdict))
}

fn of_this_machine(source: &Source, length: Duration) -> Said {
    let mut wish = Wish { length, clocks: None, cancelled: &|| false, tell: &mut |_: &local::Findings| {} };
    let inputs = Inputs::new(Arc::new(SystemClock), false);
    let capture =
        || inputs.capture(source, RING_MS).map_err(|error| format!("It cannot be opened: {error}."));
    let findings = local::examine(source, capture, &SystemClock, &mut wish);
    let report = local::diagnose(&findings);
    (local_as_json(&findings, &report), local::text(&findings, &report), report.verdict)
}

fn source(args: &DoctorArgs) -> Result<Source, Vec<Problem>> {
    let Some(name) = &args.source else { return by_flags(args) };
    let options = audyn_service::Options::from_environment(ORIGINATOR, false);
    let found = audyn_service::source_named(&options.state_dir, name);
    found.map_err(|why| vec![Problem::new("SOURCE", why, "see `audyn doctor --help`")])
}

fn by_flags(args: &DoctorArgs) -> Result<Source, Vec<Problem>> {
    let flags = RecordArgs {
        // The checker of recorders wants a place to write to; nothing is written.
        output: Some("doctor.wav".to_owned()),
        multicast_addr: args.multicast_addr.clone(),
        port: args.port.clone(),
        interface: args.interface.clone(),
        source_ip: args.source_ip.clone(),
        sdp: args.sdp.clone(),
        redundant: args.redundant.clone(),
        pt: args.pt.clone(),
        spp: args.spp.clone(),
        encoding: args.encoding.clone(),
        rate: args.rate.clone(),
        channels: args.channels.clone(),
        window_ms: args.window_ms.clone(),
        rcvbuf: args.rcvbuf.clone(),
        pipewire: args.pipewire.clone(),
        device: args.device.clone(),
        ..RecordArgs::default()
    };
    let config = config::check(&flags.recorder(), &|path| std::fs::read(path)).map_err(|found| found.0)?;
    let first = config.recorders.into_iter().next();
    first.map(|recorder| recorder.source).ok_or_else(|| {
        let remedy = "give a source's name, -m ADDR, --sdp FILE, --pipewire NODE or --device";
        vec![Problem::new("SOURCE", "is missing", remedy)]
    })
}

fn checks_as_json(report: &Report) -> Vec<serde_json::Value> {
    let check = |check: &Check| {
        json!({
            "name": check.name,
            "leg": check.leg.map(|leg| leg + 1),
            "verdict": check.verdict.as_str(),
            "words": check.words,
            "id": check.id,
            "remedy": check.remedy,
        })
    };
    report.checks.iter().map(check).collect()
}

fn local_as_json(findings: &local::Findings, report: &Report) -> serde_json::Value {
    json!({
        "id": report.id,
        "verdict": report.verdict.as_str(),
        "sentence": report.sentence,
        "seconds": findings.seconds,
        "checks": checks_as_json(report),
        "legs": [],
        "frames": findings.frames,
        "missing": findings.missing,
        "gaps": findings.gaps,
        "peaks": findings.peaks,
    })
}

fn as_json(findings: &Findings, report: &Report) -> serde_json::Value {
    let legs: Vec<_> = findings
        .source
        .legs
        .iter()
        .zip(&findings.legs)
        .map(|(spec, leg)| {
            json!({
                "address": spec.address.to_string(),
                "port": spec.port,
                "interface": leg.interface.as_ref().map(|i| &i.name),
                "granted_rcvbuf": leg.granted,
                "kernel_dropped": leg.kernel_dropped,
                "heard": tally(&leg.heard, findings),
                "wire": wire(leg, findings),
            })
        })
        .collect();
    json!({
        "id": report.id,
        "verdict": report.verdict.as_str(),
        "sentence": report.sentence,
        "seconds": findings.seconds,
        "checks": checks_as_json(report),
        "legs": legs,
        "jitter_edges_us": JITTER_EDGES_US,
    })
}

fn wire(leg: &LegFindings, findings: &Findings) -> serde_json::Value {
    let Some(wire) = &leg.wire else { return serde_json::Value::Null };
    json!({
        "here": tally(&wire.here, findings),
        "ports": wire.ports,
        "interfaces": wire.interfaces,
        "queriers": wire.queriers,
        "fragments": wire.fragments,
    })
}

fn tally(tally: &Tally, findings: &Findings) -> serde_json::Value {
    let flows: Vec<_> = tally
        .flows
        .iter()
        .map(|flow| {
            json!({
                "sender": flow.sender.to_string(),
                "ssrc": flow.ssrc,
                "payload_type": flow.payload_type,
                "payload_bytes": flow.payload_bytes,
                "samples_per_packet": flow.step,
                "packets": flow.packets,
                "lost": flow.lost(findings.overdue_ns()),
                "reordered": flow.reordered,
                "duplicates": flow.duplicates,
                "latest_us": flow.latest_ns / 1000,
                "jitter_us": flow.jitter_ns / 1000,
                "jitter": flow.jitter,
            })
        })
        .collect();
    json!({ "packets": tally.packets, "not_rtp": tally.not_rtp, "flows": flows })
}
