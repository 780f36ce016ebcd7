//! `audyn send`: a real AES67 sender, to prove a network with and to test receivers against.

mod checked;
mod report;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::Context as _;
use audyn_engine::rt::{SystemClock, make_this_thread_real_time};
use audyn_engine::sdp;
use audyn_engine::send::{Sender, Summary, sap};
use audyn_model::Clock as _;

/// Below every receiving thread: a recorder on the same machine comes first.
const PRIORITY: i32 = 5;
/// Exit code for values that are refused before anything is sent.
const REFUSED: u8 = 2;

/// Send AES67 audio: a WAV file, a tone or a test signal, paced by an exact schedule, with impairments on request.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  audyn send -m 239.69.1.1 --interface eth0 --tone 1000 --level -18 --sap
  audyn send -m 239.69.1.1 --interface lo --wav programme.wav --loop --sdp programme.sdp
  audyn send -m 239.69.1.1 --interface lo --signal index --loss 0.5 --reorder 1:3 --duration 60 --stats sent.json
  audyn send -m 239.69.1.1 --interface eth0 --redundant 239.69.2.1@eth1 --tone 440 --leg-loss A:5,B:5
  audyn send -m 239.69.1.1 --interface lo --count 64 --signal silence --duration 10")]
pub struct SendArgs {
    /// Group or address to send to
    #[arg(short = 'm', long = "multicast-addr", visible_alias = "to", value_name = "ADDR")]
    pub address: Option<String>,
    /// UDP port [default: 5004]
    #[arg(short, long, value_name = "PORT")]
    pub port: Option<String>,
    /// Interface to send by, by name or address [default: as routed]
    #[arg(long, value_name = "IF")]
    pub interface: Option<String>,
    /// Second leg of an ST 2022-7 pair: the same RTP once more
    #[arg(long, value_name = "ADDR[:PORT]@IF")]
    pub redundant: Option<String>,
    /// Streams to send, up to 1024 [default: 1]
    #[arg(long, value_name = "N")]
    pub count: Option<String>,
    /// What differs from one stream to the next: address (by 1), port (by 2) or both [default: address; port for
    /// unicast]
    #[arg(long, value_name = "WHAT")]
    pub step: Option<String>,
    /// Session name; further streams get a number
    #[arg(long, value_name = "TEXT")]
    pub name: Option<String>,

    /// Send a WAV file of up to 24 bits
    #[arg(long, value_name = "FILE")]
    pub wav: Option<PathBuf>,
    /// Begin the WAV file again at its end, without a gap
    #[arg(long = "loop")]
    pub looped: bool,
    /// Send a sine of so many whole hertz on every channel
    #[arg(long, value_name = "HZ")]
    pub tone: Option<String>,
    /// Peak level of the tone in dBFS [default: -18]
    #[arg(long, value_name = "DBFS", allow_hyphen_values = true)]
    pub level: Option<String>,
    /// Send a test signal: index (sample of channel c at position n is n + 65537 c) or silence
    #[arg(long, value_name = "SIGNAL")]
    pub signal: Option<String>,

    /// L16 or L24 [default: L24]
    #[arg(long, value_name = "L16|L24")]
    pub encoding: Option<String>,
    /// Sample rate in Hz [default: 48000, or the WAV file's]
    #[arg(short = 'r', long = "sample-rate", value_name = "HZ")]
    pub rate: Option<String>,
    /// Channels, 1 to 64 [default: 2, or the WAV file's]
    #[arg(short, long, value_name = "N")]
    pub channels: Option<String>,
    /// Samples per packet [default: 1 ms, 48 at 48 kHz]
    #[arg(long, value_name = "N")]
    pub spp: Option<String>,
    /// RTP payload type [default: 96]
    #[arg(long, value_name = "N")]
    pub pt: Option<String>,
    /// Time to live [default: 32]
    #[arg(long, value_name = "N")]
    pub ttl: Option<String>,
    /// Service class of the packets [default: 34]
    #[arg(long, value_name = "N")]
    pub dscp: Option<String>,
    /// RTP timestamp at the TAI epoch, or `random` for a clock of its own [default: 0]
    #[arg(long, value_name = "N|random")]
    pub ts_offset: Option<String>,
    /// First sequence number [default: by the time of day, alike in all senders]
    #[arg(long, value_name = "N")]
    pub seq_start: Option<String>,
    /// First stream's SSRC, decimal or 0x… [default: drawn]
    #[arg(long, value_name = "N")]
    pub ssrc: Option<String>,
    /// Reference clock to announce, as in a=ts-refclk [default: localmac]
    #[arg(long, value_name = "CLOCK")]
    pub refclk: Option<String>,
    /// Stop after so many seconds of media time [default: when told to]
    #[arg(long, value_name = "S")]
    pub duration: Option<String>,

    /// Write the session description; `-` is standard output, further streams get numbered files
    #[arg(long, value_name = "FILE")]
    pub sdp: Option<PathBuf>,
    /// Announce the streams by SAP every 30 s, and delete them when stopping
    #[arg(long)]
    pub sap: bool,
    /// Write counters and punctuality as JSON at the end
    #[arg(long, value_name = "FILE")]
    pub stats: Option<PathBuf>,

    /// Seed of everything that is drawn, for a repeatable run
    #[arg(long, value_name = "N", help_heading = "Impairments")]
    pub seed: Option<String>,
    /// Lose packets at random
    #[arg(long, value_name = "PCT", help_heading = "Impairments")]
    pub loss: Option<String>,
    /// Lose the last LEN of every EVERY packets
    #[arg(long, value_name = "LEN@EVERY", help_heading = "Impairments")]
    pub burst: Option<String>,
    /// Hold packets back until DEPTH later ones have passed [default depth: 1]
    #[arg(long, value_name = "PCT[:DEPTH]", help_heading = "Impairments")]
    pub reorder: Option<String>,
    /// Send packets twice
    #[arg(long, value_name = "PCT", help_heading = "Impairments")]
    pub duplicate: Option<String>,
    /// Delay every packet
    #[arg(long, value_name = "MS", help_heading = "Impairments")]
    pub delay: Option<String>,
    /// Delay every packet by up to so much more, in order
    #[arg(long, value_name = "MS", help_heading = "Impairments")]
    pub jitter: Option<String>,
    /// Send nothing from AT for LEN seconds; may be repeated
    #[arg(long, value_name = "AT+LEN", help_heading = "Impairments")]
    pub outage: Vec<String>,
    /// Start anew at AT seconds: other SSRC and sequence (and timestamp with --ts-offset random); may be repeated
    #[arg(long, value_name = "AT", help_heading = "Impairments")]
    pub restart: Vec<String>,
    /// Change only the SSRC at AT seconds; may be repeated
    #[arg(long, value_name = "AT", help_heading = "Impairments")]
    pub ssrc_change: Vec<String>,
    /// Let timestamps jump at AT seconds; may be repeated
    #[arg(long, value_name = "AT:SAMPLES", allow_hyphen_values = true, help_heading = "Impairments")]
    pub ts_jump: Vec<String>,
    /// Send malformed packets beside the others
    #[arg(long, value_name = "PCT", help_heading = "Impairments")]
    pub garbage: Option<String>,
    /// Loss of each leg by itself
    #[arg(long, value_name = "A:PCT,B:PCT", help_heading = "Impairments")]
    pub leg_loss: Option<String>,
    /// Lose every Nth packet, on leg A and leg B by turns
    #[arg(long, value_name = "N", help_heading = "Impairments")]
    pub alternate_loss: Option<String>,
    /// Delay leg B
    #[arg(long, value_name = "MS", help_heading = "Impairments")]
    pub leg_skew: Option<String>,
    /// Send from a second SSRC on the same group at once
    #[arg(long, help_heading = "Impairments")]
    pub other_ssrc: bool,
    /// Contributing sources in every header, up to 15
    #[arg(long, value_name = "N", help_heading = "Impairments")]
    pub csrc: Option<String>,
    /// Header extension of so many 32-bit words in every packet
    #[arg(long, value_name = "WORDS", help_heading = "Impairments")]
    pub extension: Option<String>,
    /// Padding at the end of every packet, up to 255
    #[arg(long, value_name = "BYTES", help_heading = "Impairments")]
    pub padding: Option<String>,
}

/// Sends until the duration or the file is over, or `stop` is set.
///
/// Values that cannot be are all named on standard error, and nothing is sent (exit code 2).
///
/// # Errors
/// A file cannot be written, or the sending thread fails.
pub fn run(args: &SendArgs, stop: &Arc<AtomicBool>) -> anyhow::Result<ExitCode> {
    let seed = SystemClock.utc().0.unsigned_abs();
    let (plan, warnings) = match checked::plan(args, seed) {
        Ok(checked) => checked,
        Err(problems) => return Ok(refuse(&problems)),
    };
    for warning in warnings {
        tracing::warn!("{warning}");
    }
    let sender = match Sender::open(plan, SystemClock.utc()) {
        Ok(sender) => sender,
        Err(problems) => return Ok(refuse(&problems)),
    };
    if let Some(file) = &args.sdp {
        write_descriptions(&sender, file)?;
    }
    let announcer = args.sap.then(|| sap::Announcer::start(sender.announcements())).transpose()?;
    let summary = send(sender, stop);
    if let Some(announcer) = announcer {
        announcer.finish();
    }
    let summary = summary?;
    tracing::info!("{}", report::sentence(&summary));
    if let Some(file) = &args.stats {
        let text =
            serde_json::to_string_pretty(&report::json(&summary)).context("cannot make the statistics")?;
        std::fs::write(file, text + "\n")
            .with_context(|| format!("cannot write statistics to {}", file.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Sends on a thread of its own, so that its priority does not stay with the caller.
fn send(sender: Sender, stop: &Arc<AtomicBool>) -> anyhow::Result<Summary> {
    let stop = Arc::clone(stop);
    let thread = std::thread::Builder::new().name("send".into()).spawn(move || {
        if let Err(refusal) = make_this_thread_real_time(PRIORITY) {
            tracing::debug!("{refusal}");
        }
        sender.run(&stop)
    });
    let thread = thread.context("cannot start the sending thread")?;
    thread.join().map_err(|_| anyhow::anyhow!("the sending thread failed"))
}

fn refuse(problems: &[impl std::fmt::Display]) -> ExitCode {
    for problem in problems {
        eprintln!("error: {problem}");
    }
    ExitCode::from(REFUSED)
}

fn write_descriptions(sender: &Sender, file: &Path) -> anyhow::Result<()> {
    let texts: Vec<String> = sender.descriptions().iter().map(sdp::write).collect();
    if file.as_os_str() == "-" {
        let mut out = std::io::stdout().lock();
        out.write_all(texts.join("\r\n").as_bytes())
            .and_then(|()| out.flush())
            .context("cannot write the SDP")?;
        return Ok(());
    }
    for (i, text) in texts.iter().enumerate() {
        let path = if texts.len() == 1 { file.to_owned() } else { numbered(file, i + 1) };
        std::fs::write(&path, text).with_context(|| format!("cannot write the SDP to {}", path.display()))?;
    }
    Ok(())
}

/// `studio.sdp` → `studio-3.sdp`.
fn numbered(file: &Path, number: usize) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let suffix = file.extension().map_or_else(String::new, |e| format!(".{}", e.to_string_lossy()));
    file.with_file_name(format!("{stem}-{number}{suffix}"))
}

#[cfg(test)]
mod tests;
