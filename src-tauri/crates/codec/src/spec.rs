//! Which specifications exist, and how much neighbouring audio each wants.

use audyn_model::{AudioFormat, Container, Rate, SampleFormat};

use crate::feed::Ratio;
use crate::{Context, Error, Spec, flac, mp3, opus};

/// A resampling filter of more phases than this costs more memory than a recorder may have.
const MAX_PHASES: i64 = 1280;

/// Everything that is wrong with encoding `format` as `spec`, at once.
///
/// # Errors
/// One [`Error::Unsupported`] for each problem; each says what would be right.
pub fn check(spec: &Spec, format: &AudioFormat) -> Result<(), Vec<Error>> {
    let mut problems = Vec::new();
    let mut refuse = |wrong: bool, message: String| {
        if wrong {
            problems.push(Error::Unsupported(message));
        }
    };
    let AudioFormat { rate, channels, .. } = *format;
    let Spec { bitrate, complexity, .. } = *spec;
    let effort = format!("effort {complexity}: 0 to 10 are known");
    match spec.container {
        Container::Wav => {}
        Container::Flac => {
            refuse(channels > 8, format!("FLAC holds at most 8 channels, not {channels}: use WAV"));
            let float = spec.samples == SampleFormat::Float32;
            refuse(float, "FLAC stores integers: use 16 or 24 bits, or WAV".to_owned());
            refuse(!flac::has_rate(rate), format!("FLAC has no code for {} Hz: use WAV", rate.hz()));
        }
        Container::Opus => {
            let least = 6_000 * u32::from(channels);
            let within = (least..=510_000).contains(&bitrate);
            refuse(
                !within,
                format!("{bitrate} b/s of Opus: {least} to 510000 are possible for {channels} channels"),
            );
            refuse(complexity > 10, effort);
            refuse(!can_resample(rate, opus::RATE), cannot_resample("Opus", rate));
        }
        Container::Mp3 => {
            refuse(
                channels > 2,
                format!("MP3 holds at most 2 channels, not {channels}: use WAV, FLAC or Opus"),
            );
            let within = (32_000..=320_000).contains(&bitrate);
            refuse(!within, format!("{bitrate} b/s of MP3: 32000 to 320000 are possible"));
            refuse(complexity > 10, effort);
            refuse(!can_resample(rate, mp3::coded_rate(rate)), cannot_resample("MP3", rate));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The neighbouring audio an encoder of `spec` wants for frames of `format`. Less does no harm but to the quality of the
/// join.
#[must_use]
pub fn context(spec: &Spec, format: &AudioFormat) -> Context {
    match spec.container {
        Container::Wav | Container::Flac => Context::default(),
        Container::Opus => opus::context(format),
        Container::Mp3 => mp3::context(format),
    }
}

fn can_resample(from: Rate, to: Rate) -> bool {
    Ratio::new(from, to).phases() <= MAX_PHASES
}

fn cannot_resample(container: &str, rate: Rate) -> String {
    format!(
        "{} Hz cannot be resampled for {container}: use WAV or FLAC, or a rate like 44100 or 48000 Hz",
        rate.hz()
    )
}

#[cfg(test)]
mod tests;
