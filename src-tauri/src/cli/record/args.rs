//! The flags of `audyn record`. Values are text here; the checker reads them, so that all problems are told at once.

use std::path::PathBuf;
use std::time::Duration;

use super::Run;
use crate::config::raw::{RawConfig, RawRecorder, Value, Written};
use crate::config::{Key, Problem};

/// How far before the signal an armed recording begins unless told otherwise.
const PRE_ROLL: Duration = Duration::from_secs(120);
/// Milliseconds between lines of levels unless told otherwise: 30 a second.
const LEVELS_MS: u64 = 33;

/// Arguments of `audyn record`.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = "\
Examples:
  audyn record -o take.wav -m 239.69.1.1 --interface eth0 --duration 60
  audyn record --archive-root /srv/archive/studio-1 --archive-suffix opus --bitrate 192000 -m 239.69.1.1 --interface eth0
  audyn record --archive-root /srv/archive/mix --sdp mix.sdp --redundant @eth1 --archive-suffix wav --archive-suffix opus
  audyn record -o talk.flac -m 239.69.1.1 --stream-channels 8 --pick-channels 5,6 --levels
  audyn record -o desk.wav --device alsa:hw:CARD=USB,DEV=0 -c 2
  audyn record --config /etc/audyn/audyn.toml --levels
  audyn record --archive-root /srv/archive/talk -m 239.69.1.1 --armed --pre-roll 300

With --armed, SIGUSR1 begins a recording with what came in the last seconds, exactly as it came, and SIGUSR1 ends it again:
kill -USR1 PID. That holds for all recorders of the process, as often as it is sent.

SIGINT or SIGTERM finishes every file within 5 s; SIGHUP opens the log file anew and takes over what has changed in the
configuration file. Levels (--levels) are one JSON object a line on standard output; log lines go to standard error.")]
pub struct RecordArgs {
    /// One file, without rotation; its suffix says the format
    #[arg(short, long, value_name = "FILE", help_heading = "Where to")]
    pub output: Option<String>,
    /// An archive with rotation: the folder for files and their catalogue
    #[arg(long, value_name = "DIR", help_heading = "Where to")]
    pub archive_root: Option<String>,
    /// flat, hierarchy, combo, dailydir, hourlydir, accurate, or custom with --archive-format [default: dailydir]
    #[arg(long, value_name = "LAYOUT", help_heading = "Where to")]
    pub archive_layout: Option<String>,
    /// strftime format of paths below the archive root, without suffix, for the layout custom
    #[arg(long, value_name = "STRFTIME", help_heading = "Where to")]
    pub archive_format: Option<String>,
    /// Seconds of one file, aligned to the clock; 0 for no rotation [default: 3600]
    #[arg(long, value_name = "S", allow_negative_numbers = true, help_heading = "Where to")]
    pub archive_period: Option<String>,
    /// Clock of names and boundaries: localtime, utc, or ptp (the same as tai) [default: localtime]
    #[arg(long, value_name = "CLOCK", help_heading = "Where to")]
    pub archive_clock: Option<String>,
    /// Time follows this PTP hardware clock, like /dev/ptp0, while it can be right [default: the machine's clock]
    #[arg(long, value_name = "PATH", help_heading = "Clock")]
    pub ptp_device: Option<String>,
    /// … or the PTP hardware clock of this interface
    #[arg(long, value_name = "IF", help_heading = "Clock")]
    pub ptp_interface: Option<String>,
    /// … or the machine's clock, which ptp4l and phc2sys keep on PTP time
    #[arg(long, help_heading = "Clock")]
    pub ptp_software: bool,
    /// PTP domain whose grandmaster counts [default: the lowest that has one]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "Clock")]
    pub ptp_domain: Option<String>,
    /// File format: wav, opus, flac or mp3; several make several files from one capture [default: wav]
    #[arg(long, value_name = "FORMAT", help_heading = "Where to")]
    pub archive_suffix: Vec<String>,
    /// Folder of this recorder below a shared archive root; strftime, and {name} is the recorder's name
    #[arg(long, value_name = "STRFTIME", help_heading = "Where to")]
    pub archive_folder: Option<String>,
    /// The recorder's name in files and log lines [default: the SDP's session name, or address and port]
    #[arg(long, value_name = "TEXT", help_heading = "Where to")]
    pub name: Option<String>,

    /// Sample size of WAV and FLAC: 16, 24, or 32f (floating point, WAV only) [default: 24]
    #[arg(long, value_name = "BITS", help_heading = "How")]
    pub bits: Option<String>,
    /// Bits per second of Opus (6000 to 510000) and MP3 (32000 to 320000) [default: 128000]
    #[arg(long, value_name = "BPS", allow_negative_numbers = true, help_heading = "How")]
    pub bitrate: Option<String>,
    /// Variable bit rate for Opus and MP3 [default: on]
    #[arg(long, help_heading = "How")]
    pub vbr: bool,
    /// Constant bit rate for Opus and MP3
    #[arg(long, help_heading = "How")]
    pub cbr: bool,
    /// Effort of Opus and MP3, 0 to 10 [default: 5]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "How")]
    pub complexity: Option<String>,

    /// Multicast group, or unicast address, to receive
    #[arg(short, long, value_name = "ADDR", help_heading = "From where")]
    pub multicast_addr: Option<String>,
    /// UDP port [default: 5004]
    #[arg(short, long, value_name = "PORT", allow_negative_numbers = true, help_heading = "From where")]
    pub port: Option<String>,
    /// Network interface, by name or address [default: as routed]
    #[arg(long, value_name = "IF", help_heading = "From where")]
    pub interface: Option<String>,
    /// Accept this sender only (source-specific join)
    #[arg(long, value_name = "ADDR", help_heading = "From where")]
    pub source_ip: Option<String>,
    /// Take address, port, payload, encoding, rate, channels, packet time, source filter, second leg and clock from an
    /// SDP file; flags given beside it prevail
    #[arg(long, value_name = "FILE", help_heading = "From where")]
    pub sdp: Option<String>,
    /// Second leg of an ST 2022-7 pair; @IF alone takes its address from the SDP
    #[arg(long, value_name = "ADDR[:PORT]@IF", help_heading = "From where")]
    pub redundant: Option<String>,
    /// An input, an output or an application of this machine, through PipeWire, by the name that `audyn inputs` shows
    #[arg(long, value_name = "NODE", num_args = 0..=1, default_missing_value = "", help_heading = "From where")]
    pub pipewire: Option<String>,
    /// A sound card of this machine, by the id that `audyn inputs` shows; the default one if none is given
    #[arg(long, value_name = "ID", num_args = 0..=1, default_missing_value = "default", help_heading = "From where")]
    pub device: Option<String>,
    /// RTP payload type [default: 96]
    #[arg(
        long,
        visible_alias = "payload-type",
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "From where"
    )]
    pub pt: Option<String>,
    /// Samples per packet [default: 48, or the most that fits a packet]
    #[arg(
        long,
        visible_alias = "samples-per-packet",
        value_name = "N",
        allow_negative_numbers = true,
        help_heading = "From where"
    )]
    pub spp: Option<String>,
    /// L16 or L24 [default: told from the size of packets]
    #[arg(long, value_name = "L16|L24", help_heading = "From where")]
    pub encoding: Option<String>,
    /// Sample rate in Hz [default: 48000]
    #[arg(
        short = 'r',
        long = "sample-rate",
        visible_alias = "rate",
        value_name = "HZ",
        allow_negative_numbers = true,
        help_heading = "From where"
    )]
    pub rate: Option<String>,
    /// Channels to record, 1 to 64 [default: 2, or the SDP's]
    #[arg(short, long, value_name = "N", allow_negative_numbers = true, help_heading = "From where")]
    pub channels: Option<String>,
    /// Channels in the stream, if only some are recorded [default: as -c, or the SDP's]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "From where")]
    pub stream_channels: Option<String>,
    /// Channels of the stream to leave out before the first recorded one [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true, help_heading = "From where")]
    pub channel_offset: Option<String>,
    /// Channels to record by number, the first of the stream being 1, in the order they are stored: 5,6
    #[arg(long, value_name = "N,N…", allow_negative_numbers = true, help_heading = "From where")]
    pub pick_channels: Vec<String>,
    /// How long a missing packet is waited for, in milliseconds, 1 to 2000; also the most that two legs may differ
    /// [default: 100]
    #[arg(long, value_name = "MS", allow_negative_numbers = true, help_heading = "From where")]
    pub window_ms: Option<String>,
    /// Socket receive buffer to ask for, in bytes; what was granted is logged [default: 2097152]
    #[arg(long, value_name = "BYTES", allow_negative_numbers = true, help_heading = "From where")]
    pub rcvbuf: Option<String>,

    /// Listen for sound: record only while there is some, each time a new file; or all of it, with marks (--vox-mode)
    #[arg(long, help_heading = "When")]
    pub vox: bool,
    /// What sound becomes: activation (a file each time, nothing between) or marks (all is recorded, and each time is
    /// marked) [default: activation]
    #[arg(long, value_name = "MODE", help_heading = "When")]
    pub vox_mode: Option<String>,
    /// Level in dBFS from which sound counts, -60 to -5 [default: -30]
    #[arg(long, value_name = "DB", allow_negative_numbers = true, help_heading = "When")]
    pub vox_threshold: Option<String>,
    /// Level in dBFS below which it no longer does; 0 for 5 dB below the threshold [default: 0]
    #[arg(long, value_name = "DB", allow_negative_numbers = true, help_heading = "When")]
    pub vox_release: Option<String>,
    /// Milliseconds that the level has to hold, 10 to 5000 [default: 100]
    #[arg(long, value_name = "MS", allow_negative_numbers = true, help_heading = "When")]
    pub vox_detection: Option<String>,
    /// Milliseconds that recording goes on after the sound, 100 to 30000 [default: 2000]
    #[arg(long, value_name = "MS", allow_negative_numbers = true, help_heading = "When")]
    pub vox_hangover: Option<String>,
    /// Milliseconds before the sound that its file or its mark begins, 0 to 5000 [default: 500]
    #[arg(long, value_name = "MS", allow_negative_numbers = true, help_heading = "When")]
    pub vox_preroll: Option<String>,
    /// Which level counts: rms (all channels together), peak, or any (RMS of the loudest channel) [default: rms]
    #[arg(long, value_name = "LEVEL", help_heading = "When")]
    pub vox_level: Option<String>,

    /// Many recorders, from a file; audyn.example.toml shows every key
    #[arg(long, value_name = "FILE.toml")]
    pub config: Option<PathBuf>,
    /// One recorder of the file that cannot start stops all of them
    #[arg(long)]
    pub strict: bool,
    /// Print levels, one JSON object a line, on standard output
    #[arg(long)]
    pub levels: bool,
    /// Milliseconds between levels, 10 to 5000 [default: 33]
    #[arg(long, value_name = "MS", allow_negative_numbers = true)]
    pub levels_interval: Option<String>,
    /// Connect and wait: SIGUSR1 begins a recording with the pre-roll, another SIGUSR1 ends it
    #[arg(long)]
    pub armed: bool,
    /// Seconds before the signal that a recording of --armed begins, 0 to 600; less if that is all that was heard, or all
    /// that there is memory for [default: 120]
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub pre_roll: Option<String>,
    /// Stop after so many seconds of media time
    #[arg(long, value_name = "S", allow_negative_numbers = true)]
    pub duration: Option<String>,
    /// Write counters as JSON at the end
    #[arg(long, value_name = "FILE")]
    pub stats: Option<PathBuf>,
}

impl RecordArgs {
    /// The options of the whole run. What is wrong with them, or cannot stand beside `--config`, goes to `problems`.
    pub(super) fn run(&self, problems: &mut Vec<Problem>) -> Run {
        if self.config.is_some() {
            for (key, _) in self.typed() {
                problems.push(Problem::new(
                    key.flag(),
                    "contradicts --config",
                    format!("write {} in the file, below [defaults] or a [[recorder]]", key.toml()),
                ));
            }
        } else if self.strict {
            problems.push(Problem::new(
                "--strict",
                "has no meaning for one recorder",
                "give it with --config",
            ));
        }
        let interval = self.interval(problems);
        let pre_roll = self.pre_roll(problems);
        Run {
            file: self.config.clone(),
            levels_ms: self.levels.then_some(interval),
            duration: self.duration(problems),
            stats: self.stats.clone(),
            strict: self.strict,
            armed: self.armed.then_some(pre_roll),
        }
    }

    /// The one recorder that flags describe.
    #[must_use]
    pub fn recorder(&self) -> RawConfig {
        let options =
            self.typed().into_iter().map(|(key, value)| (key, Written { key: key.flag().to_owned(), value }));
        let recorder = RawRecorder { place: String::new(), options: options.collect() };
        let mut raw = RawConfig { recorders: vec![recorder], ..RawConfig::default() };
        if self.vbr && self.cbr {
            raw.problems.push(Problem::new("--vbr", "contradicts --cbr", "give one of them"));
        }
        raw
    }

    /// Every option of a recorder that was typed.
    fn typed(&self) -> Vec<(Key, Value)> {
        let one = |key: Key, text: &Option<String>| text.clone().map(|text| (key, Value::Flag(text)));
        let many = |key: Key, texts: &[String]| {
            let values = || Value::List(texts.iter().cloned().map(Value::Flag).collect());
            (!texts.is_empty()).then(|| (key, values()))
        };
        let vbr = (self.vbr || self.cbr).then_some((Key::Vbr, Value::Bool(!self.cbr)));
        [
            one(Key::Name, &self.name),
            one(Key::Output, &self.output),
            one(Key::ArchiveRoot, &self.archive_root),
            one(Key::ArchiveFolder, &self.archive_folder),
            one(Key::ArchiveLayout, &self.archive_layout),
            one(Key::ArchiveFormat, &self.archive_format),
            one(Key::ArchivePeriod, &self.archive_period),
            one(Key::ArchiveClock, &self.archive_clock),
            many(Key::ArchiveSuffix, &self.archive_suffix),
            one(Key::Bits, &self.bits),
            one(Key::Sdp, &self.sdp),
            one(Key::MulticastAddr, &self.multicast_addr),
            one(Key::Port, &self.port),
            one(Key::Interface, &self.interface),
            one(Key::SourceIp, &self.source_ip),
            one(Key::Redundant, &self.redundant),
            one(Key::Pipewire, &self.pipewire),
            one(Key::Device, &self.device),
            one(Key::PayloadType, &self.pt),
            one(Key::SamplesPerPacket, &self.spp),
            one(Key::Encoding, &self.encoding),
            one(Key::SampleRate, &self.rate),
            one(Key::Channels, &self.channels),
            one(Key::StreamChannels, &self.stream_channels),
            one(Key::ChannelOffset, &self.channel_offset),
            many(Key::PickChannels, &self.pick_channels),
            one(Key::WindowMs, &self.window_ms),
            one(Key::Rcvbuf, &self.rcvbuf),
            one(Key::Bitrate, &self.bitrate),
            vbr,
            one(Key::Complexity, &self.complexity),
            self.vox.then_some((Key::Vox, Value::Bool(true))),
            one(Key::VoxMode, &self.vox_mode),
            one(Key::VoxThreshold, &self.vox_threshold),
            one(Key::VoxRelease, &self.vox_release),
            one(Key::VoxDetection, &self.vox_detection),
            one(Key::VoxHangover, &self.vox_hangover),
            one(Key::VoxPreroll, &self.vox_preroll),
            one(Key::VoxLevel, &self.vox_level),
            one(Key::PtpDevice, &self.ptp_device),
            one(Key::PtpInterface, &self.ptp_interface),
            self.ptp_software.then_some((Key::PtpSoftware, Value::Bool(true))),
            one(Key::PtpDomain, &self.ptp_domain),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn interval(&self, problems: &mut Vec<Problem>) -> u64 {
        let Some(text) = &self.levels_interval else { return LEVELS_MS };
        match text.parse() {
            Ok(ms @ 10..=5000) => ms,
            Ok(_) | Err(_) => {
                let wrong = format!("\"{text}\" is not an interval between 10 and 5000");
                problems.push(Problem::new("--levels-interval", wrong, "give milliseconds, like 33"));
                LEVELS_MS
            }
        }
    }

    fn pre_roll(&self, problems: &mut Vec<Problem>) -> Duration {
        let Some(text) = &self.pre_roll else { return PRE_ROLL };
        if !self.armed {
            problems.push(Problem::new(
                "--pre-roll",
                "means nothing without --armed",
                "give --armed too, or leave it out",
            ));
        }
        match text.parse() {
            Ok(seconds) if (0.0..=600.0).contains(&seconds) => Duration::from_secs_f64(seconds),
            Ok(_) | Err(_) => {
                let wrong = format!("\"{text}\" is not a length between 0 and 600");
                problems.push(Problem::new("--pre-roll", wrong, "give seconds, like 120"));
                PRE_ROLL
            }
        }
    }

    fn duration(&self, problems: &mut Vec<Problem>) -> Option<Duration> {
        let text = self.duration.as_ref()?;
        let seconds: Option<f64> = text.parse().ok().filter(|s: &f64| *s > 0.0);
        let duration = seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()).filter(|d| !d.is_zero());
        if duration.is_none() {
            let wrong = format!("\"{text}\" is not a length of time");
            problems.push(Problem::new("--duration", wrong, "give seconds above 0, like 3600 or 2.5"));
        }
        duration
    }
}
