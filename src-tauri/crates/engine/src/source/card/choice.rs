//! Which of a sound card's formats to record in: pure.

/// How a sound card stores samples, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Words {
    /// Integers of 16 bits.
    I16,
    /// Floats of 32 bits.
    F32,
    /// Integers of 24 bits in 32.
    I24,
    /// Integers of 32 bits, of which 24 are kept.
    I32,
}

/// One of the formats that a sound card can be opened with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub words: Words,
    pub channels: u16,
    /// Frames per second, from and to.
    pub rates: (u32, u32),
}

/// The rates that people choose from.
const USUAL: [u32; 8] = [16_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000];

/// The offer of this rate with the fewest channels that are enough, in the longest words.
///
/// # Errors
/// There is none; what there is instead, as the end of a sentence.
pub(super) fn choose(offers: &[Offer], rate: u32, channels: u16) -> Result<Offer, String> {
    let runs = |offer: &&Offer| (offer.rates.0..=offer.rates.1).contains(&rate);
    let fits = |offer: &&Offer| offer.channels >= channels;
    let best =
        offers.iter().filter(runs).filter(fits).min_by_key(|o| (o.channels, std::cmp::Reverse(o.words)));
    if let Some(best) = best {
        return Ok(*best);
    }
    let most = offers.iter().map(|offer| offer.channels).max().unwrap_or(0);
    if offers.is_empty() {
        return Err("it offers no format that can be recorded; choose another one".to_owned());
    }
    if most < channels {
        return Err(format!("it has {most} channels, not {channels}; choose at most {most}"));
    }
    let rates = usual_rates(offers).iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    Err(format!("it does not run at {rate} Hz; choose one of {rates} Hz"))
}

/// Of the usual rates those that are offered.
pub(super) fn usual_rates(offers: &[Offer]) -> Vec<u32> {
    let offered = |rate: &u32| offers.iter().any(|offer| (offer.rates.0..=offer.rates.1).contains(rate));
    USUAL.into_iter().filter(offered).collect()
}

/// Whether people should be offered this ALSA device: each card once, as it is, without a converter in between.
pub(super) fn is_worth_listing(pcm: &str) -> bool {
    match pcm.split_once(':') {
        Some(("hw", of)) => {
            !of.starts_with(|c: char| c.is_ascii_digit())
                && !of
                    .strip_prefix("CARD=")
                    .is_some_and(|card| card.starts_with(|c: char| c.is_ascii_digit()))
        }
        Some(_) => false,
        None => matches!(pcm, "default" | "pipewire" | "pulse" | "jack"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_channels_that_are_enough_in_the_longest_words() {
        let offer = |words, channels, rates| Offer { words, channels, rates };
        let offers = [
            offer(Words::I16, 2, (8_000, 192_000)),
            offer(Words::I32, 2, (44_100, 48_000)),
            offer(Words::I32, 18, (48_000, 48_000)),
        ];
        assert_eq!(choose(&offers, 48_000, 2), Ok(offers[1]));
        assert_eq!(choose(&offers, 96_000, 1), Ok(offers[0]));
        assert_eq!(choose(&offers, 48_000, 3), Ok(offers[2]));
        assert!(choose(&offers, 48_000, 20).unwrap_err().contains("18 channels, not 20"));
        assert!(choose(&offers, 96_000, 8).unwrap_err().contains("does not run at 96000 Hz"));
        assert!(choose(&[], 48_000, 2).unwrap_err().contains("no format"));
    }

    #[test]
    fn converters_are_not_listed() {
        let worth = [
            "default",
            "hw:CARD=PCH,DEV=0",
            "pipewire",
            "plughw:CARD=PCH,DEV=0",
            "null",
            "hw:0,0",
            "hw:CARD=0,DEV=0",
        ];
        assert_eq!(worth.map(is_worth_listing), [true, true, true, false, false, false, false]);
    }
}
