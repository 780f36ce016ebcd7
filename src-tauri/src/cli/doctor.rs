//! `audyn doctor SOURCE`

use std::time::Duration;

use audyn_engine::doctor::probe::{Wish, examine};
use audyn_engine::doctor::{Findings, JITTER_EDGES_US, LegFindings, Report, Tally, Verdict, diagnose, text};
use audyn_engine::rt::SystemClock;
use audyn_engine::source::Source;
use audyn_engine::source::aes67::Aes67;
use serde_json::json;

use super::record::RecordArgs;
use super::{ORIGINATOR, output};
use crate::config::{self, Problem};
use crate::exit::Exit;

/// Seconds of listening, at most.
const LONGEST_S: u64 = 600;

/// Arguments of `audyn doctor`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Tests from the cable up, beside whatever records: interface, address, group, packets, sender, payload type, size, packet
time, loss, order, jitter, receive buffer, IGMP querier, second leg; and ends in one sentence. As root, or with
CAP_NET_RAW, it also sees what the cards hear before this machine's filters: other ports, other interfaces, queriers.

Examples:
  audyn doctor PGM-1
  audyn doctor -m 239.69.1.1 --interface eth0
  audyn doctor --sdp mix.sdp --redundant @eth1 --seconds 130

Exit codes: 0 nothing is wrong, or audio comes all the same; 1 a fault was found; 2 it could not be told.")]
pub struct DoctorArgs {
    /// A source of the station, by its name
    #[arg(value_name = "SOURCE", conflicts_with_all = ["multicast_addr", "sdp"])]
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
    let mut wish =
        Wish { length: Duration::from_secs(args.seconds), cancelled: &|| false, tell: &mut |_| {} };
    let findings = examine(&source, &SystemClock, &mut wish);
    let report = diagnose(&findings);
    if args.json {
        output::json(&as_json(&findings, &report))?;
    } else {
        output::result(&text(&findings, &report))?;
    }
    Ok(match report.verdict {
        Verdict::Ok | Verdict::Warn => Exit::Done,
        Verdict::Fault => Exit::Failed,
        Verdict::Unknown | Verdict::Pending => Exit::Usage,
    })
}

fn source(args: &DoctorArgs) -> Result<Aes67, Vec<Problem>> {
    let Some(name) = &args.source else { return by_flags(args) };
    let options = audyn_service::Options::from_environment(ORIGINATOR, false);
    let found = audyn_service::source_named(&options.state_dir, name);
    match found.map_err(|why| vec![Problem::new("SOURCE", why, "see `audyn doctor --help`")])? {
        Source::Aes67(source) => Ok(source),
        Source::PipeWire(_) | Source::Card(_) => Err(vec![not_network()]),
    }
}

fn not_network() -> Problem {
    Problem::new(
        "SOURCE",
        "comes from this machine, and the doctor examines network streams",
        "see `audyn inputs` for what is there",
    )
}

fn by_flags(args: &DoctorArgs) -> Result<Aes67, Vec<Problem>> {
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
        ..RecordArgs::default()
    };
    let config = config::check(&flags.recorder(), &|path| std::fs::read(path)).map_err(|found| found.0)?;
    let first = config.recorders.into_iter().next();
    match first.map(|recorder| recorder.source) {
        Some(Source::Aes67(source)) => Ok(source),
        Some(Source::PipeWire(_) | Source::Card(_)) => Err(vec![not_network()]),
        None => {
            Err(vec![Problem::new("SOURCE", "is missing", "give a source's name, -m ADDR or --sdp FILE")])
        }
    }
}

fn as_json(findings: &Findings, report: &Report) -> serde_json::Value {
    let checks: Vec<_> = report
        .checks
        .iter()
        .map(|check| {
            json!({
                "name": check.name,
                "leg": check.leg.map(|leg| leg + 1),
                "verdict": check.verdict.as_str(),
                "words": check.words,
                "id": check.id,
                "remedy": check.remedy,
            })
        })
        .collect();
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
        "checks": checks,
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
