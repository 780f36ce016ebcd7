//! Listing and opening sound cards.

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{BufferSize, ErrorKind, SampleFormat, SizedSample, StreamConfig};

use super::choice::{Offer, Words, choose, is_worth_listing, usual_rates};
use super::{Error, Input};
use crate::rt;
use crate::source::local::{Alarm, Port, from_float, from_long};
use audyn_model::Mono;

/// Frames in a period of the sound card: 21 ms at 48 kHz.
const PERIOD: u32 = 1024;
/// Priority of a card's thread under SCHED_FIFO: above the receive threads, which can wait longer.
const PRIORITY: i32 = 55;

/// An open sound card; closed when dropped.
pub(super) struct Opened {
    pub alarm: Alarm,
    _stream: cpal::Stream,
}

/// The sound cards that people may choose from, the default one first.
///
/// # Errors
/// The system cannot list them.
pub fn cards() -> Result<Vec<Input>, Error> {
    let host = cpal::default_host();
    let default = host.default_input_device().and_then(|device| device.id().ok());
    let all = host.input_devices().map_err(|error| Error::List(error.to_string()))?;
    let mut cards: Vec<Input> = all
        .filter_map(|device| {
            let id = device.id().ok()?;
            is_worth_listing(id.id()).then(|| {
                let offers = offers(&device).unwrap_or_default();
                let most = offers.iter().map(|offer| offer.channels).max().unwrap_or(0);
                Input {
                    name: name_of(&device),
                    default: Some(&id) == default.as_ref(),
                    id: id.to_string(),
                    channels: most.min(64),
                    rates: usual_rates(&offers),
                }
            })
        })
        .collect();
    cards.sort_by_key(|card| !card.default);
    cards.dedup_by(|a, b| a.id == b.id);
    Ok(cards)
}

/// Opens the card that is wanted, and lets its audio come.
///
/// # Errors
/// Why it cannot be, as a sentence.
pub(super) fn open(port: &Port) -> Result<Opened, String> {
    let wanted = port.device();
    let host = cpal::default_host();
    let none = || {
        let name = if wanted.name.is_empty() { "default input" } else { &wanted.name };
        format!("There is no sound card “{name}”: connect it and switch it on, or choose another one.")
    };
    let card = if wanted.name.is_empty() {
        host.default_input_device().ok_or_else(none)?
    } else {
        let id = wanted.name.parse().map_err(|_| none())?;
        host.device_by_id(&id).ok_or_else(none)?
    };
    let refused = |why: String| format!("The sound card “{}” cannot be recorded: {why}.", name_of(&card));
    let offers = offers(&card).map_err(|error| refused(said(&error)))?;
    let offer = choose(&offers, wanted.rate.hz(), wanted.channels).map_err(refused)?;
    match build(&card, offer, port, BufferSize::Fixed(PERIOD)) {
        Err(error) if error.kind() == ErrorKind::UnsupportedConfig => {
            build(&card, offer, port, BufferSize::Default).map_err(|error| refused(said(&error)))
        }
        other => other.map_err(|error| refused(said(&error))),
    }
}

fn build(
    card: &cpal::Device,
    offer: Offer,
    port: &Port,
    buffer_size: BufferSize,
) -> Result<Opened, cpal::Error> {
    let config = StreamConfig { channels: offer.channels, sample_rate: port.device().rate.hz(), buffer_size };
    let (alarm, stream) = match offer.words {
        Words::I16 => build_as::<i16>(card, config, port, 16, |sample| i32::from(sample) << 16),
        Words::I24 => build_as::<cpal::I24>(card, config, port, 24, |sample| sample.inner() << 8),
        Words::I32 => build_as::<i32>(card, config, port, 24, from_long),
        Words::F32 => build_as::<f32>(card, config, port, 24, from_float),
    }?;
    stream.play()?;
    Ok(Opened { alarm, _stream: stream })
}

fn build_as<T: SizedSample + Send + 'static>(
    card: &cpal::Device,
    config: StreamConfig,
    port: &Port,
    bits: u8,
    convert: fn(T) -> i32,
) -> Result<(Alarm, cpal::Stream), cpal::Error> {
    let mut intake = port.connect(bits);
    let alarm = intake.alarm();
    let clock = port.clock();
    let real_time = port.real_time();
    let (given, taken) = (usize::from(config.channels), usize::from(port.device().channels));
    let mut begun = false;
    // On the card's own thread. From its second call on it allocates nothing, locks nothing and logs nothing.
    let bring = move |samples: &[T], info: &cpal::InputCallbackInfo| {
        let now = clock.mono();
        if !std::mem::replace(&mut begun, true) && real_time {
            // Refused is not worse than before: the receive threads have said why.
            let _ = rt::make_this_thread_real_time(PRIORITY);
        }
        let at = info.timestamp();
        let ago = at.callback.saturating_duration_since(at.capture).as_nanos() as i64;
        let frames = samples.len() / given;
        let wanted = samples.chunks_exact(given).flat_map(|frame| &frame[..taken]);
        intake.push(frames as u32, wanted.map(|sample| convert(*sample)), Mono(now.0 - ago), None);
    };
    let trouble = alarm.clone();
    let troubled = move |error: cpal::Error| {
        if error.kind() == ErrorKind::Xrun {
            trouble.broken();
        } else if !matches!(error.kind(), ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied) {
            trouble.over();
        }
    };
    let stream = card.build_input_stream::<T, _, _>(config, bring, troubled, None)?;
    Ok((alarm, stream))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "theirs, and may grow: other words are not offered")]
fn offers(card: &cpal::Device) -> Result<Vec<Offer>, cpal::Error> {
    let offer = |range: cpal::SupportedStreamConfigRange| {
        let words = match range.sample_format() {
            SampleFormat::I16 => Words::I16,
            SampleFormat::I24 => Words::I24,
            SampleFormat::I32 => Words::I32,
            SampleFormat::F32 => Words::F32,
            _ => return None,
        };
        let rates = (range.min_sample_rate(), range.max_sample_rate());
        Some(Offer { words, channels: range.channels(), rates })
    };
    Ok(card.supported_input_configs()?.filter_map(offer).collect())
}

fn name_of(device: &cpal::Device) -> String {
    device.description().map_or_else(|_| "audio input".to_owned(), |told| told.name().to_owned())
}

/// What the system said, or what it means.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "theirs, and may grow: other troubles speak for themselves"
)]
fn said(error: &cpal::Error) -> String {
    match error.kind() {
        ErrorKind::DeviceNotAvailable => "it is not there".to_owned(),
        ErrorKind::DeviceBusy => "it is in use by another program".to_owned(),
        ErrorKind::PermissionDenied => {
            "this user may not use it (is the user in the group `audio`?)".to_owned()
        }
        _ => error.to_string(),
    }
}
