//! Flags as typed → a plan, or everything that is wrong with them.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::str::FromStr;
use std::time::Duration;

use audyn_engine::rtp::payload::Encoding;
use audyn_engine::sdp::{JUMBO_PAYLOAD, ReferenceClock, STANDARD_PAYLOAD};
use audyn_engine::send::impair::Burst;
use audyn_engine::send::{
    HeaderExtras, Impairments, Incident, Incidents, LegPlan, Local, Plan, SignalPlan, Step, TimestampBase,
    inspect_wav,
};
use audyn_model::{AudioFormat, Rate};

use super::SendArgs;

/// Most streams of one process: as many datagrams as one system call takes.
const MOST_STREAMS: u16 = 1024;
/// Longest delay of a packet; all delayed packets wait in memory.
const LONGEST_DELAY_MS: f64 = 10_000.0;
/// Time is counted in nanoseconds; a year is longer than any test.
const LONGEST_S: f64 = 366.0 * 86_400.0;

/// Makes a plan, with warnings about what is odd. `seed` is for what has to be drawn without `--seed`.
///
/// # Errors
/// Every wrong value, each with its flag and what would be right.
pub(super) fn plan(args: &SendArgs, seed: u64) -> Result<(Plan, Vec<String>), Vec<String>> {
    let mut check = Check::default();
    let legs = legs(args, &mut check);
    let is_multicast = legs.first().is_none_or(|leg| leg.to.ip().is_multicast());
    let (signal, wav) = signal(args, &mut check);
    let encoding =
        check.value("--encoding", &args.encoding, "L16 or L24", Encoding::L24, Encoding::from_word);
    let wav_rate = wav.and_then(|wav| Rate::new(wav.0).ok()).unwrap_or(Rate::HZ_48000);
    let rate = check.value("--sample-rate", &args.rate, "8000 to 384000 Hz", wav_rate, |t| {
        t.parse().ok().and_then(|hz| Rate::new(hz).ok())
    });
    let wav_channels = wav.map_or(2, |wav| wav.1);
    let channels = check.value(
        "--channels",
        &args.channels,
        "1 to 64",
        wav_channels,
        within(1..=AudioFormat::MAX_CHANNELS),
    );
    let samples_per_packet =
        check.value("--spp", &args.spp, "1 to 4096 samples", default_samples(rate), within(1..=4096));
    let plan = Plan {
        name: name(args, &signal),
        encoding,
        rate,
        channels,
        samples_per_packet,
        payload_type: check.value("--pt", &args.pt, "0 to 127", 96, within(0..=127)),
        ttl: check.value("--ttl", &args.ttl, "0 to 255", 32, number),
        dscp: check.value("--dscp", &args.dscp, "0 to 63", 34, within(0..=63)),
        legs,
        count: check.value("--count", &args.count, "1 to 1024", 1, within(1..=MOST_STREAMS)),
        step: check.value(
            "--step",
            &args.step,
            "address, port or both",
            if is_multicast { Step::Address } else { Step::Port },
            |text| match text {
                "address" => Some(Step::Address),
                "port" => Some(Step::Port),
                "both" => Some(Step::Both),
                _ => None,
            },
        ),
        signal,
        timestamp: check.value(
            "--ts-offset",
            &args.ts_offset,
            "0 to 4294967295, or random",
            TimestampBase::Direct(0),
            |text| {
                if text == "random" {
                    Some(TimestampBase::Random)
                } else {
                    number(text).map(TimestampBase::Direct)
                }
            },
        ),
        first_sequence: check.option("--seq-start", &args.seq_start, "0 to 65535", number),
        ssrc: check.option(
            "--ssrc",
            &args.ssrc,
            "0 to 4294967295, or 0x and hexadecimal digits",
            hexadecimal,
        ),
        reference_clock: check.option(
            "--refclk",
            &args.refclk,
            "a clock of RFC 7273: ptp=IEEE1588-2008:00-11-22-FF-FE-33-44-55:0, ntp=…, localmac=…",
            |text| ReferenceClock::parse(text).ok().filter(|(_, odd)| odd.is_none()).map(|(clock, _)| clock),
        ),
        duration: check.option("--duration", &args.duration, "seconds, more than 0", |text| {
            seconds(text).filter(|time| !time.is_zero())
        }),
        header: HeaderExtras {
            csrc: check.value("--csrc", &args.csrc, "0 to 15", 0, within(0..=15)),
            extension_words: check.option("--extension", &args.extension, "0 to 255 words", within(0..=255)),
            padding: check.value("--padding", &args.padding, "0 to 255 bytes", 0, number),
        },
        incidents: incidents(args, &mut check),
        impairments: impairments(args, &mut check),
        seed: check.value("--seed", &args.seed, "0 to 18446744073709551615", seed, number),
    };
    agree(args, &plan, &mut check);
    if check.problems.is_empty() { Ok((plan, check.warnings)) } else { Err(check.problems) }
}

/// Gathers what is wrong.
#[derive(Default)]
struct Check {
    problems: Vec<String>,
    warnings: Vec<String>,
}

impl Check {
    /// A flag's value, or its default; a wrong one is a problem.
    fn value<T>(
        &mut self,
        flag: &str,
        text: &Option<String>,
        right: &str,
        default: T,
        read: impl Fn(&str) -> Option<T>,
    ) -> T {
        self.option(flag, text, right, read).unwrap_or(default)
    }

    fn option<T>(
        &mut self,
        flag: &str,
        text: &Option<String>,
        right: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<T> {
        let text = text.as_deref()?;
        let value = read(text.trim());
        if value.is_none() {
            self.problems.push(format!("{flag} \"{text}\" is wrong; it takes {right}"));
        }
        value
    }

    fn all<T>(
        &mut self,
        flag: &str,
        texts: &[String],
        right: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        texts.iter().filter_map(|text| self.option(flag, &Some(text.clone()), right, &read)).collect()
    }

    fn wrong(&mut self, problem: impl Into<String>) {
        self.problems.push(problem.into());
    }
}

fn legs(args: &SendArgs, check: &mut Check) -> Vec<LegPlan> {
    if args.address.is_none() {
        check.wrong("-m is missing; it takes the group or address to send to, 239.69.1.1");
    }
    let port = check.value("--port", &args.port, "1 to 65535", 5004, within(1..=u16::MAX));
    let address =
        check.option("-m", &args.address, "an IPv4 group or address to send to, 239.69.1.1", destination);
    let by = args.interface.as_deref().map(local);
    let mut legs: Vec<_> =
        address.map(|ip| LegPlan { to: SocketAddrV4::new(ip, port), by }).into_iter().collect();
    let right = "ADDR[:PORT]@IF, 239.69.2.1:5004@eth1";
    legs.extend(check.option("--redundant", &args.redundant, right, |text| redundant(text, port)));
    legs
}

/// `ADDR[:PORT]@IF`.
fn redundant(text: &str, same_port: u16) -> Option<LegPlan> {
    let (to, interface) = text.split_once('@')?;
    let (address, port) = to.split_once(':').map_or((to, None), |(address, port)| (address, Some(port)));
    let port = port.map_or(Some(same_port), within(1..=u16::MAX))?;
    let to = SocketAddrV4::new(destination(address)?, port);
    (!interface.is_empty()).then(|| LegPlan { to, by: Some(local(interface)) })
}

fn destination(text: &str) -> Option<Ipv4Addr> {
    let ip: Ipv4Addr = text.parse().ok()?;
    (!ip.is_unspecified() && !ip.is_broadcast() && ip.octets()[0] < 240).then_some(ip)
}

fn local(text: &str) -> Local {
    text.parse().map_or_else(|_| Local::Name(text.to_owned()), Local::Address)
}

/// The signal, and the rate and channels of a WAV file.
fn signal(args: &SendArgs, check: &mut Check) -> (SignalPlan, Option<(u32, u16)>) {
    let given = [args.wav.is_some(), args.tone.is_some(), args.signal.is_some()];
    if given.iter().filter(|given| **given).count() != 1 {
        check.wrong("one of --wav FILE, --tone HZ and --signal index|silence is needed, and only one");
    }
    if args.looped && args.wav.is_none() {
        check.wrong("--loop is wrong without --wav FILE");
    }
    if args.level.is_some() && args.tone.is_none() {
        check.wrong("--level is wrong without --tone HZ");
    }
    let level_db = check.value("--level", &args.level, "-120 to 0 dBFS", -18.0, |text| {
        number(text).filter(|db: &f64| (-120.0..=0.0).contains(db))
    });
    let tone = check.option("--tone", &args.tone, "whole hertz, 1 or more", within(1..=u32::MAX));
    let test = check.option("--signal", &args.signal, "index or silence", |text| match text {
        "index" => Some(SignalPlan::Index),
        "silence" => Some(SignalPlan::Silence),
        _ => None,
    });
    if let Some(path) = &args.wav {
        let format = inspect_wav(path).map_err(|error| check.wrong(format!("--wav is wrong: {error}"))).ok();
        let signal = SignalPlan::Wav { path: path.clone(), looped: args.looped };
        return (signal, format.map(|format| (format.hz, format.channels)));
    }
    let tone = tone.map(|hz| SignalPlan::Tone { hz, level_db });
    (tone.or(test).unwrap_or(SignalPlan::Silence), None)
}

/// The name given, or what the stream is: nobody takes a tone for programme.
fn name(args: &SendArgs, signal: &SignalPlan) -> String {
    let clean =
        |text: &String| text.chars().filter(|c| !c.is_control()).collect::<String>().trim().to_owned();
    args.name.as_ref().map(clean).filter(|name| !name.is_empty()).unwrap_or_else(|| match signal {
        SignalPlan::Wav { path, .. } => path.file_stem().map_or_else(
            || "audyn send".to_owned(),
            |stem| stem.to_string_lossy().chars().filter(|c| !c.is_control()).collect(),
        ),
        SignalPlan::Tone { hz, level_db } => format!("Test tone {hz} Hz {level_db} dBFS"),
        SignalPlan::Index => "Test signal index".to_owned(),
        SignalPlan::Silence => "Test signal silence".to_owned(),
    })
}

fn incidents(args: &SendArgs, check: &mut Check) -> Incidents {
    let mut changes =
        check.all("--restart", &args.restart, "seconds from the start", seconds_alone(Incident::Restart));
    let new_ssrc = seconds_alone(Incident::NewSsrc);
    changes.extend(check.all("--ssrc-change", &args.ssrc_change, "seconds from the start", new_ssrc));
    changes.extend(check.all("--ts-jump", &args.ts_jump, "AT:SAMPLES, 5:4800 or 5:-4800", |text| {
        let (at, samples) = text.split_once(':')?;
        let samples = number::<i64>(samples).filter(|n| n.unsigned_abs() < 1 << 40)?;
        Some((seconds(at)?, Incident::Jump(samples)))
    }));
    let outages = check.all("--outage", &args.outage, "AT+LEN in seconds, 5+12", |text| {
        let (at, length) = text.split_once('+')?;
        Some((seconds(at)?, seconds(length)?))
    });
    Incidents { changes, outages }
}

fn seconds_alone(incident: Incident) -> impl Fn(&str) -> Option<(Duration, Incident)> {
    move |text| seconds(text).map(|at| (at, incident))
}

fn impairments(args: &SendArgs, check: &mut Check) -> Impairments {
    const PERCENT: &str = "0 to 100 percent";
    const MS: &str = "0 to 10000 milliseconds";
    let reorder =
        check.value("--reorder", &args.reorder, "PCT[:DEPTH], 1:3, with a depth of 1 to 1000", (0, 1), |t| {
            let (share, depth) = t.split_once(':').unwrap_or((t, "1"));
            Some((percent(share)?, within(1..=1000)(depth)?))
        });
    Impairments {
        loss_ppm: check.value("--loss", &args.loss, PERCENT, 0, percent),
        leg_loss_ppm: check.value(
            "--leg-loss",
            &args.leg_loss,
            "A:PCT,B:PCT, or one of them",
            [None; 2],
            leg_loss,
        ),
        burst: check.option(
            "--burst",
            &args.burst,
            "LEN@EVERY in packets, 5@1000, with LEN below EVERY",
            |text| {
                let (length, every) = text.split_once('@')?;
                let (length, every) = (within(1..=u64::MAX)(length)?, number(every)?);
                (length < every).then_some(Burst { length, every })
            },
        ),
        alternate_loss: check.value(
            "--alternate-loss",
            &args.alternate_loss,
            "1 or more",
            0,
            within(1..=u64::MAX),
        ),
        reorder_ppm: reorder.0,
        reorder_depth: reorder.1,
        duplicate_ppm: check.value("--duplicate", &args.duplicate, PERCENT, 0, percent),
        delay_ns: check.value("--delay", &args.delay, MS, 0, milliseconds),
        jitter_ns: check.value("--jitter", &args.jitter, MS, 0, milliseconds),
        leg_skew_ns: check.value("--leg-skew", &args.leg_skew, MS, 0, milliseconds),
        garbage_ppm: check.value("--garbage", &args.garbage, PERCENT, 0, percent),
        other_ssrc: args.other_ssrc,
    }
}

fn leg_loss(text: &str) -> Option<[Option<u32>; 2]> {
    let mut legs = [None; 2];
    for part in text.split(',') {
        let (leg, share) = part.split_once(':')?;
        let place = match leg.trim() {
            "A" | "a" => &mut legs[0],
            "B" | "b" => &mut legs[1],
            _ => return None,
        };
        if place.replace(percent(share)?).is_some() {
            return None;
        }
    }
    Some(legs)
}

/// What is right by itself and wrong together.
fn agree(args: &SendArgs, plan: &Plan, check: &mut Check) {
    for (leg, leg_plan) in plan.legs.iter().enumerate() {
        let last = plan.destination(leg, plan.count - 1);
        let same_kind = |to: SocketAddrV4| {
            to.ip().is_multicast() == leg_plan.to.ip().is_multicast()
                && destination(&to.ip().to_string()).is_some()
        };
        if !last.is_some_and(same_kind) {
            check.wrong(format!(
                "--count {} goes beyond the addresses or ports after {}",
                plan.count, leg_plan.to
            ));
        }
    }
    if let [a, b] = plan.legs.as_slice()
        && a == b
    {
        check.wrong("--redundant is wrong: both legs have the same address, port and interface");
    }
    let legs_only = [
        ("--leg-loss", args.leg_loss.is_some()),
        ("--alternate-loss", args.alternate_loss.is_some()),
        ("--leg-skew", args.leg_skew.is_some()),
    ];
    for (flag, _) in legs_only.iter().filter(|(_, given)| *given && args.redundant.is_none()) {
        check.wrong(format!("{flag} is wrong without a second leg (--redundant ADDR[:PORT]@IF)"));
    }
    if let SignalPlan::Tone { hz, .. } = plan.signal
        && hz >= plan.rate.hz() / 2
    {
        let half = plan.rate.hz() / 2;
        check.wrong(format!("--tone {hz} is wrong; at {} Hz it takes less than {half}", plan.rate.hz()));
    }
    let payload = plan.payload_bytes();
    let sum = format!(
        "{} channels x {} bytes x {} samples = {payload} bytes a packet",
        plan.channels,
        plan.encoding.bytes(),
        plan.samples_per_packet
    );
    if payload > JUMBO_PAYLOAD {
        let fits = STANDARD_PAYLOAD / (usize::from(plan.channels) * plan.encoding.bytes());
        check.wrong(format!(
            "--spp is wrong: {sum}, more than {JUMBO_PAYLOAD}; at most {fits} samples fit a standard packet"
        ));
    } else if payload > STANDARD_PAYLOAD {
        check
            .warnings
            .push(format!("{sum}, more than the {STANDARD_PAYLOAD} of AES67: packets may be fragmented"));
    }
}

/// AES67's 1 ms: 48 samples at 44.1 kHz too.
fn default_samples(rate: Rate) -> u16 {
    match rate.hz() {
        44_100 => 48,
        88_200 => 96,
        176_400 => 192,
        hz => u16::try_from(hz / 1000).unwrap_or(u16::MAX),
    }
}

fn number<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn within<T: FromStr + PartialOrd>(range: std::ops::RangeInclusive<T>) -> impl Fn(&str) -> Option<T> {
    move |text| number(text).filter(|n| range.contains(n))
}

fn hexadecimal(text: &str) -> Option<u32> {
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => number(text),
    }
}

fn seconds(text: &str) -> Option<Duration> {
    number::<f64>(text).filter(|s| (0.0..=LONGEST_S).contains(s)).map(Duration::from_secs_f64)
}

/// Percent → parts per million.
fn percent(text: &str) -> Option<u32> {
    number::<f64>(text).filter(|p| (0.0..=100.0).contains(p)).map(|p| (p * 10_000.0).round() as u32)
}

/// Milliseconds → nanoseconds.
fn milliseconds(text: &str) -> Option<u64> {
    number::<f64>(text).filter(|ms| (0.0..=LONGEST_DELAY_MS).contains(ms)).map(|ms| (ms * 1e6).round() as u64)
}
