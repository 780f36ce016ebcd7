//! Samples per packet out of `a=ptime` and `a=framecount`.
//!
//! `a=ptime` is a decimal of milliseconds that devices round or cut as they like (0.12, 0.33, 1.09, and 1 for the
//! 1.088 ms of 44.1 kHz), so it means the legal count that it could have been rounded from.

use audyn_model::Rate;

/// Longest packet time of linear audio that is believed, in milliseconds; more is a mistaken unit.
const LONGEST_MS: f64 = 10.0;

/// Samples that AES67 calls 1 ms: 48 at 44.1 and 48 kHz, twice that at twice the rate.
pub(super) fn one_millisecond(rate: Rate) -> u16 {
    match rate.hz() {
        44_100 | 48_000 => 48,
        88_200 | 96_000 => 96,
        176_400 | 192_000 => 192,
        hz => u16::try_from((hz + 500) / 1000).unwrap_or(u16::MAX),
    }
}

/// Packet sizes of AES67 and ST 2110-30 at a rate; none where they define none.
fn legal(rate: Rate) -> &'static [u16] {
    match rate.hz() {
        44_100 | 48_000 => &[6, 12, 16, 48, 192],
        88_200 | 96_000 => &[12, 24, 32, 96],
        176_400 | 192_000 => &[24, 48, 64, 192],
        _ => &[],
    }
}

/// What the two attributes say together: a count, and a note where they say something odd.
pub(super) fn samples(
    rate: Rate,
    ptime: Option<&str>,
    framecount: Option<&str>,
) -> (Option<u16>, Option<String>) {
    let frames = framecount.map(|text| text.parse::<u16>().ok().filter(|n| *n > 0).ok_or(text));
    match (ptime.map(|text| Span::read(text, rate)), frames) {
        (None, None) => (None, None),
        (None, Some(Ok(count))) => (Some(count), None),
        (None, Some(Err(text))) => {
            (None, Some(format!("framecount \"{text}\" is not one number: the packets decide")))
        }
        (Some(Err(note)), Some(Ok(count))) => (Some(count), Some(note)),
        (Some(Err(note)), _) => (None, Some(note)),
        (Some(Ok(span)), None) => (Some(span.count(rate)), None),
        (Some(Ok(span)), Some(Ok(count))) if span.holds(count, rate) => (Some(count), None),
        (Some(Ok(span)), Some(frames)) => {
            let count = span.count(rate);
            let text = frames.map_or_else(str::to_owned, |n| n.to_string());
            (
                Some(count),
                Some(format!("framecount {text} disagrees with ptime ({count} samples): ptime is taken")),
            )
        }
    }
}

/// The counts that a decimal may have been rounded or cut from.
struct Span {
    exact: f64,
    half: f64,
}

impl Span {
    fn read(text: &str, rate: Rate) -> Result<Self, String> {
        let odd = || format!("ptime \"{text}\" is not a time in milliseconds: the packets decide");
        let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let ms: f64 = if plain { text.parse().map_err(|_| odd())? } else { return Err(odd()) };
        if ms > LONGEST_MS {
            return Err(format!(
                "ptime {text} is more than {LONGEST_MS} ms, most likely a mistaken unit: the packets decide"
            ));
        }
        let decimals = text.split_once('.').map_or(0, |(_, after)| after.len().min(12));
        let per_ms = f64::from(rate.hz()) / 1000.0;
        let exact = ms * per_ms;
        if exact < 0.5 {
            return Err(odd());
        }
        let half = 0.5 * per_ms * 10_f64.powi(-(decimals as i32));
        Ok(Self { exact, half: half + 1e-6 })
    }

    /// The decimal may stand for a count: it means that very one, or is not a legal count itself and near enough.
    fn holds(&self, count: u16, rate: Rate) -> bool {
        let off = |n: u16| (self.exact - f64::from(n)).abs();
        match legal(rate).iter().find(|n| off(**n) < 0.01) {
            Some(meant) => *meant == count,
            None => off(count) <= self.half.max(0.5),
        }
    }

    fn count(&self, rate: Rate) -> u16 {
        let distance = |n: u16| (self.exact - f64::from(n)).abs();
        let nearest = legal(rate).iter().copied().filter(|n| distance(*n) <= self.half);
        let nearest = nearest.min_by(|a, b| distance(*a).total_cmp(&distance(*b)));
        nearest.unwrap_or_else(|| self.exact.round() as u16)
    }
}

/// The decimal that states a count: as short as still means it.
pub(super) fn milliseconds(rate: Rate, samples: u16) -> String {
    let ms = f64::from(samples) * 1000.0 / f64::from(rate.hz());
    let text = format!("{ms:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
