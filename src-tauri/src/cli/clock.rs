//! `audyn clock`

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use audyn_engine::ptp::message::Reject;
use audyn_engine::ptp::monitor::{DomainView, PtpState};
use audyn_engine::ptp::reference::Reference;
use audyn_engine::ptp::{ClockView, Watch, WatchSpec, span};
use audyn_engine::rt::SystemClock;
use serde_json::json;

use super::output;
use crate::exit::Exit;

/// Arguments of `audyn clock`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "\
Listens to PTP and sends nothing: who the grandmaster of each domain is, how good it claims to be, whether its time can be
right, and how far this machine's clock is from it. Ports 319 and 320 need privilege: run it as root, or allow it by
  setcap cap_net_bind_service+ep on the program.

The exit code is 0 if a grandmaster was heard whose time can be right, 3 if not.

Examples:
  audyn clock
  audyn clock --interface eth1 --seconds 20 --json
  audyn clock --ptp-device /dev/ptp0")]
pub struct ClockArgs {
    /// Listen on this interface; several may be given [default: all]
    #[arg(long, value_name = "IF")]
    pub interface: Vec<String>,
    /// The domain that counts [default: the lowest that has a grandmaster]
    #[arg(long, value_name = "N")]
    pub domain: Option<u8>,
    /// How long to listen
    #[arg(long, value_name = "S", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    /// Compare with this PTP hardware clock too
    #[arg(long, value_name = "PATH", conflicts_with_all = ["ptp_interface", "ptp_software"])]
    pub ptp_device: Option<String>,
    /// … or with that of an interface
    #[arg(long, value_name = "IF", conflicts_with = "ptp_software")]
    pub ptp_interface: Option<String>,
    /// … or look at the machine's clock as one that ptp4l and phc2sys keep on PTP time
    #[arg(long)]
    pub ptp_software: bool,
    /// Show as JSON
    #[arg(long)]
    pub json: bool,
}

pub(super) fn run(args: &ClockArgs) -> anyhow::Result<Exit> {
    let reference = match (&args.ptp_device, &args.ptp_interface, args.ptp_software) {
        (Some(path), ..) => Reference::Device(path.into()),
        (None, Some(name), _) => Reference::Interface(name.clone()),
        (None, None, true) => Reference::Software,
        (None, None, false) => Reference::System,
    };
    let spec = WatchSpec { interfaces: args.interface.clone(), domain: args.domain, reference };
    let (watch, _) = Watch::start(Arc::new(SystemClock), spec).context("cannot start to listen")?;
    if watch.view().interfaces.iter().any(|interface| interface.problem.is_none()) {
        std::thread::sleep(Duration::from_secs(args.seconds));
    }
    let view = watch.view();
    if args.json {
        output::json(&as_json(&view))?;
    } else {
        output::result(&as_text(&view))?;
    }
    let good = view.domain().is_some_and(|domain| domain.state.is_good());
    Ok(if good { Exit::Done } else { Exit::Findings })
}

pub(super) fn as_text(view: &ClockView) -> String {
    let mut text = String::new();
    for interface in &view.interfaces {
        let how = interface.problem.as_deref().unwrap_or("listened to");
        let _ = writeln!(text, "{}: {how}", interface.name);
    }
    if view.interfaces.is_empty() {
        text.push_str("no interface is up and has an IPv4 address: nothing can be heard\n");
    }
    for domain in &view.domains {
        let name = view.interface(domain.slot).unwrap_or("gone");
        let _ = writeln!(text, "\ndomain {} on {name}: {}", domain.domain, state_words(domain));
        text.push_str(&output::columns(&rows(domain)));
    }
    if view.domains.is_empty() && view.interfaces.iter().any(|i| i.problem.is_none()) {
        text.push_str("no PTP was heard\n");
    }
    let following = &view.following;
    let _ = writeln!(text, "\ntime follows: {} ({})", following.reference.as_str(), following.lock.as_str());
    if let Some(kernel) = following.kernel {
        let kept = if kernel.synchronised { "kept in time" } else { "not kept in time by anything" };
        let _ = writeln!(text, "machine's clock: {kept}, TAI offset {} s", kernel.tai_offset_s);
    }
    if let Some(problem) = &following.problem {
        let _ = writeln!(text, "{problem}");
    }
    text
}

fn state_words(domain: &DomainView) -> &'static str {
    match domain.state {
        PtpState::Listening => "no master with a time",
        PtpState::Locked => "a grandmaster is heard, and its time can be right",
        PtpState::Changed => "a new grandmaster is heard, and its time can be right",
        PtpState::Lost => "the grandmaster is gone",
        PtpState::Insane => "a grandmaster is heard, and its time is wrong",
    }
}

fn rows(domain: &DomainView) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = Vec::new();
    let mut row = |name: &str, value: String| rows.push((format!("  {name}"), value));
    if let Some(master) = domain.master {
        let said = master.announce;
        row("grandmaster", said.grandmaster.to_string());
        row("class", format!("{} ({})", said.class, said.class_words()));
        row("accuracy", said.accuracy_ns().map_or_else(|| "not known".to_owned(), |ns| span(ns as i64)));
        row("time source", said.source_words().to_owned());
        row("priority", format!("{} / {}", said.priority1, said.priority2));
        row("steps removed", said.steps_removed.to_string());
        let valid = if said.utc_offset_valid { "valid" } else { "not said to be valid" };
        row("UTC offset", format!("{} s, {valid}", said.utc_offset));
        row("timescale", if said.ptp_timescale { "PTP (TAI)" } else { "its own" }.to_owned());
        row(
            "announcements",
            format!(
                "every {}, {} heard, {} missed",
                span(master.interval_ns),
                master.announced,
                master.missed
            ),
        );
        row("masters", domain.masters.to_string());
    }
    if let (Some(offset), Some(uncertainty)) = (domain.offset_ns, domain.uncertainty_ns) {
        let side = if offset < 0 { "behind" } else { "ahead of" };
        row(
            "PTP time",
            format!(
                "{} {side} this machine's clock (± {}, network delay included)",
                span(offset),
                span(uncertainty as i64)
            ),
        );
    }
    if let Some(id) = domain.previous {
        row("before", format!("{id}; {} changes", domain.changes));
    }
    if let Some(why) = domain.sanity.sentence() {
        row("wrong", why);
    }
    if domain.counts_utc {
        row(
            "note",
            "it counts UTC on a timescale of its own: streams that follow it do not count TAI".to_owned(),
        );
    }
    if let Some(seconds) = domain.wrong_utc_offset {
        row("note", format!("it announces a UTC offset of {seconds} s that is not the one in force"));
    }
    rows
}

pub(super) fn as_json(view: &ClockView) -> serde_json::Value {
    let domain = |domain: &DomainView| {
        let said = domain.master.map(|master| master.announce);
        json!({
            "interface": view.interface(domain.slot),
            "domain": domain.domain,
            "state": domain.state.as_str(),
            "grandmaster": said.map(|said| said.grandmaster.to_string()),
            "previous": domain.previous.map(|id| id.to_string()),
            "class": said.map(|said| said.class),
            "accuracy_ns": said.and_then(|said| said.accuracy_ns()),
            "time_source": said.map(|said| said.source_words()),
            "priority1": said.map(|said| said.priority1),
            "steps_removed": said.map(|said| said.steps_removed),
            "utc_offset_s": said.map(|said| said.utc_offset),
            "utc_offset_valid": said.map(|said| said.utc_offset_valid),
            "ptp_timescale": said.map(|said| said.ptp_timescale),
            "counts_utc": domain.counts_utc,
            "announce_interval_ns": domain.master.map(|master| master.interval_ns),
            "announcements_missed": domain.master.map(|master| master.missed),
            "masters": domain.masters,
            "changes": domain.changes,
            "offset_ns": domain.offset_ns,
            "uncertainty_ns": domain.uncertainty_ns,
            "problem": domain.sanity.sentence(),
        })
    };
    let following = &view.following;
    json!({
        "interfaces": view.interfaces.iter().map(|i| json!({ "name": i.name, "problem": i.problem })).collect::<Vec<_>>(),
        "domains": view.domains.iter().map(domain).collect::<Vec<_>>(),
        "chosen": view.domain().map(domain),
        "reference": following.reference.as_str(),
        "lock": following.lock.as_str(),
        "ahead_ns": following.ahead_ns,
        "problem": following.problem,
        "synchronised": following.kernel.map(|kernel| kernel.synchronised),
        "kernel_tai_offset_s": following.kernel.map(|kernel| kernel.tai_offset_s),
        "messages": view.counts.messages,
        "malformed": Reject::ALL.iter().map(|reject| view.counts.rejected[reject.index()]).sum::<u64>(),
        "crowded": view.counts.crowded,
    })
}
