//! Sound cards, through cpal (on Linux: ALSA, and through it PipeWire or PulseAudio).

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, FromSample, SampleFormat, SizedSample, StreamConfig};

use super::choice::{Offer, Words, choose, is_worth_listing};
use super::feed::ring;
use super::{Callback, Device, Error, Feed, Format, Lost};

/// Frames in a period of the sound card, of which it holds two: 43 ms at 48 kHz, since a player may be late where a busy
/// machine has better things to do.
const PERIOD: u32 = 2048;
/// The ring holds this part of a second.
const RING_MS: usize = 500;
/// Samples that the callback converts at once.
const PIECE: usize = 4096;

/// An open sound card. Closed when it is dropped.
pub struct Output {
    name: String,
    format: Format,
    // Dropped last of what matters: its thread ends with it.
    _stream: cpal::Stream,
}

/// The outputs that people may choose from, the default one first.
///
/// # Errors
/// The system cannot list them.
pub fn devices() -> Result<Vec<Device>, Error> {
    let host = cpal::default_host();
    let default = host.default_output_device().and_then(|device| device.id().ok());
    let all = host.output_devices().map_err(|error| Error::List(error.to_string()))?;
    let mut devices: Vec<Device> = all
        .filter_map(|device| {
            let id = device.id().ok()?;
            is_worth_listing(id.id()).then(|| Device {
                name: name_of(&device),
                default: Some(&id) == default.as_ref(),
                id: id.to_string(),
            })
        })
        .collect();
    devices.sort_by_key(|device| !device.default);
    devices.dedup_by(|a, b| a.id == b.id);
    Ok(devices)
}

impl Output {
    /// Opens a device, or the default one, in the format that suits audio of so many frames per second best. Silent until
    /// the feed says [`Feed::play`].
    ///
    /// # Errors
    /// There is no such device, or it does not open: no sound card, no audio server, in use by somebody else.
    pub fn open(device: Option<&str>, rate: u32) -> Result<(Self, Feed), Error> {
        let host = cpal::default_host();
        let card = match device {
            Some(id) => {
                let none = || Error::NoSuchDevice(id.to_owned());
                host.device_by_id(&id.parse().map_err(|_| none())?).ok_or_else(none)?
            }
            None => host.default_output_device().ok_or_else(|| Error::Unusable {
                device: "default".to_owned(),
                reason: "there is no audio output".to_owned(),
            })?,
        };
        let name = name_of(&card);
        let unusable = |error: cpal::Error| Error::Unusable { device: name.clone(), reason: said(&error) };
        let offers: Vec<Offer> =
            card.supported_output_configs().map_err(unusable)?.filter_map(|range| offer(&range)).collect();
        let Some((words, format)) = choose(&offers, rate) else {
            let reason = "it takes none of the sample formats we can give".to_owned();
            return Err(Error::Unusable { device: name, reason });
        };
        let (feed, stream) = match build(&card, words, format, BufferSize::Fixed(PERIOD)) {
            Err(error) if error.kind() == ErrorKind::UnsupportedConfig => {
                build(&card, words, format, BufferSize::Default).map_err(unusable)?
            }
            other => other.map_err(unusable)?,
        };
        stream.play().map_err(unusable)?;
        Ok((Self { name, format, _stream: stream }, feed))
    }

    /// How it is fed.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Its name for people.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

fn build(
    card: &cpal::Device,
    words: Words,
    format: Format,
    buffer_size: BufferSize,
) -> Result<(Feed, cpal::Stream), cpal::Error> {
    let (feed, callback) = ring(format, format.rate as usize * RING_MS / 1000);
    let config = StreamConfig { channels: format.channels, sample_rate: format.rate, buffer_size };
    let stream = match words {
        Words::I16 => build_as::<i16>(card, config, callback),
        Words::I24 => build_as::<cpal::I24>(card, config, callback),
        Words::I32 => build_as::<i32>(card, config, callback),
        Words::F32 => build_as::<f32>(card, config, callback),
    }?;
    Ok((feed, stream))
}

fn build_as<T: SizedSample + FromSample<f32>>(
    card: &cpal::Device,
    config: StreamConfig,
    mut callback: Callback,
) -> Result<cpal::Stream, cpal::Error> {
    let channels = usize::from(config.channels);
    let mut floats = vec![0.0_f32; PIECE / channels * channels];
    let alarm = callback.alarm();
    let fill = move |out: &mut [T], info: &cpal::OutputCallbackInfo| {
        let at = info.timestamp();
        let latency = at.playback.saturating_duration_since(at.callback);
        let mut latency = latency.as_nanos() as u64 * u64::from(config.sample_rate) / 1_000_000_000;
        for piece in out.chunks_mut(floats.len()) {
            let floats = &mut floats[..piece.len()];
            callback.fill(floats, latency);
            for (to, sample) in piece.iter_mut().zip(floats.iter()) {
                *to = T::from_sample(*sample);
            }
            latency += (piece.len() / channels) as u64;
        }
    };
    let troubled = move |error: cpal::Error| {
        if error.kind() == ErrorKind::Xrun {
            alarm.late();
        } else if let Some(lost) = loss(error.kind()) {
            alarm.lost(lost);
        }
    };
    card.build_output_stream::<T, _, _>(config, fill, troubled, None)
}

/// Whether this ends an open stream.
#[expect(clippy::wildcard_enum_match_arm, reason = "theirs, and may grow: any other trouble ends it")]
const fn loss(kind: ErrorKind) -> Option<Lost> {
    match kind {
        ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => None,
        ErrorKind::DeviceNotAvailable => Some(Lost::Gone),
        _ => Some(Lost::Failed),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "theirs, and may grow: other words are not offered")]
fn offer(range: &cpal::SupportedStreamConfigRange) -> Option<Offer> {
    let words = match range.sample_format() {
        SampleFormat::I16 => Words::I16,
        SampleFormat::I24 => Words::I24,
        SampleFormat::I32 => Words::I32,
        SampleFormat::F32 => Words::F32,
        _ => return None,
    };
    let rates = (range.min_sample_rate(), range.max_sample_rate());
    Some(Offer { words, channels: range.channels(), rates })
}

fn name_of(device: &cpal::Device) -> String {
    device.description().map_or_else(|_| "audio output".to_owned(), |told| told.name().to_owned())
}

/// What the system said, or what it means.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "theirs, and may grow: other troubles speak for themselves"
)]
fn said(error: &cpal::Error) -> String {
    match error.kind() {
        ErrorKind::DeviceNotAvailable => "there is no audio output".to_owned(),
        ErrorKind::DeviceBusy => "it is in use by another program".to_owned(),
        ErrorKind::PermissionDenied => {
            "this user may not use it (is the user in the group `audio`?)".to_owned()
        }
        _ => error.to_string(),
    }
}
