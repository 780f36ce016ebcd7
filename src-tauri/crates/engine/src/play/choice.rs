//! Which of a sound card's formats to open it with: pure.

use super::Format;

/// How a sound card stores samples, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Words {
    /// Integers of 16 bits.
    I16,
    /// Integers of 24 bits in 32.
    I24,
    /// Integers of 32 bits.
    I32,
    /// Floats of 32 bits.
    F32,
}

/// One of the formats that a sound card can be opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub words: Words,
    pub channels: u16,
    /// Frames per second, from and to.
    pub rates: (u32, u32),
}

/// The offer that changes audio of so many frames per second least: its own rate before another, a pair before more
/// channels before one, the longest words. A rate that has to change goes to 48 kHz or what is nearest to it.
pub(super) fn choose(offers: &[Offer], rate: u32) -> Option<(Words, Format)> {
    let best = offers.iter().filter(|offer| offer.channels > 0).max_by_key(|offer| {
        let (low, high) = offer.rates;
        let own_rate = (low..=high).contains(&rate);
        let pair = match offer.channels {
            2 => u16::MAX,
            1 => 0,
            more => u16::MAX - more,
        };
        (own_rate, pair, offer.words)
    })?;
    let (low, high) = best.rates;
    let rate = if (low..=high).contains(&rate) { rate } else { 48_000.clamp(low, high.max(low)) };
    Some((best.words, Format { rate, channels: best.channels }))
}

/// Whether people should be offered this ALSA device. Converters, aliases of one card and the one that discards everything
/// are left out; each card stays once, in the form that takes any format.
pub(super) fn is_worth_listing(pcm: &str) -> bool {
    match pcm.split_once(':') {
        Some(("plughw", of)) => !of.starts_with(|c: char| c.is_ascii_digit()) && !is_numbered(of),
        Some(("hdmi" | "bluealsa", _)) => true,
        Some(_) => false,
        None => {
            let converters = [
                "null",
                "lavrate",
                "samplerate",
                "samplerate_best",
                "samplerate_medium",
                "samplerate_order",
                "samplerate_linear",
                "speexrate",
                "speexrate_medium",
                "speexrate_best",
                "speex",
                "jack",
                "oss",
                "upmix",
                "vdownmix",
                "usbstream",
            ];
            !converters.contains(&pcm)
        }
    }
}

/// `CARD=0,DEV=0`: the same card is listed by its name, which outlives a restart.
fn is_numbered(of: &str) -> bool {
    of.strip_prefix("CARD=").is_some_and(|card| card.starts_with(|c: char| c.is_ascii_digit()))
}
