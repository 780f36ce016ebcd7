//! How long the archive's disk lasts. Pure.

use audyn_archive::space::Space;
use audyn_codec::Spec;
use audyn_model::{AudioFormat, Container, Utc};

use crate::api::wire::{Disk, Light, LightLevel};
use crate::terms::{light, moment};

/// FLAC as a share of WAV where no file has shown it yet: what speech and music come to on the whole. It errs towards
/// a disk that is full earlier.
const FLAC_RATIO: f64 = 0.65;

/// Less time than this is a fault.
const FAULT_S: f64 = 48.0 * 3600.0;
/// Less time than this is a warning.
const WARN_S: f64 = 14.0 * 86_400.0;
/// Beyond this a forecast says nothing: ten years.
const FAR_S: f64 = 3653.0 * 86_400.0;

/// Bytes a second that an output writes. WAV exactly, Opus and MP3 by their bit rate, FLAC by the share of WAV that
/// `flac_ratio` says the recorder's latest files took ([`FLAC_RATIO`] if there are none). Heads and containers' framing
/// are left out: under 1 %.
pub(crate) fn bytes_per_second(spec: &Spec, format: &AudioFormat, flac_ratio: Option<f64>) -> f64 {
    let samples = f64::from(format.rate.hz()) * f64::from(format.channels);
    let plain = samples * spec.samples.bytes() as f64;
    match spec.container {
        Container::Wav => plain,
        Container::Flac => plain * flac_ratio.unwrap_or(FLAC_RATIO),
        Container::Opus | Container::Mp3 => f64::from(spec.bitrate) / 8.0,
    }
}

/// The disk as the contract shows it. `space` is what was measured, or in a sentence why it could not be;
/// `bytes_per_second` is what all running recorders write together.
pub(crate) fn disk(space: Result<Space, String>, bytes_per_second: f64, now: Utc) -> Disk {
    let Space { free, total } = match space {
        Ok(space) => space,
        Err(why) => {
            return Disk {
                light: light(LightLevel::Fault, why),
                free_bytes: None,
                total_bytes: None,
                rate_bytes_s: bytes_per_second,
                full_at: None,
            };
        }
    };
    let left_s = (bytes_per_second > 0.0).then(|| free as f64 / bytes_per_second);
    let full_at = left_s.filter(|left| *left < FAR_S).map(|left| moment(now.plus((left * 1e9) as i64)));
    Disk {
        light: verdict(free, left_s),
        free_bytes: Some(free),
        total_bytes: Some(total),
        rate_bytes_s: bytes_per_second,
        full_at,
    }
}

fn verdict(free: u64, left_s: Option<f64>) -> Light {
    if free == 0 {
        return light(LightLevel::Fault, "Full");
    }
    match left_s {
        None => light(LightLevel::Ok, format!("{} free", size(free))),
        Some(left) if left < FAULT_S => light(LightLevel::Fault, format!("{} left", remaining(left))),
        Some(left) if left < WARN_S => light(LightLevel::Warn, format!("{} left", remaining(left))),
        Some(left) if left < FAR_S => light(LightLevel::Ok, format!("{} left", remaining(left))),
        Some(_) => light(LightLevel::Ok, "Over 10 years left"),
    }
}

/// Days from 48 hours on, hours below, minutes below two hours; rounded down, so that nobody waits too long.
fn remaining(seconds: f64) -> String {
    if seconds >= FAULT_S {
        format!("{} days", (seconds / 86_400.0) as u64)
    } else if seconds >= 7200.0 {
        format!("{} h", (seconds / 3600.0) as u64)
    } else {
        format!("{} min", (seconds / 60.0) as u64)
    }
}

/// Bytes in decimal units with three figures: `93.7 MB`, `1.62 TB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    // 999.5 would be written with four figures.
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.decimals$} {}", UNITS[unit])
}

#[cfg(test)]
mod tests;
