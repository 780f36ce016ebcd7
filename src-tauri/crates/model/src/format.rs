//! What audio looks like: rate, channels, word length, and the containers it is stored in.
//!
//! Inside Audyn a sample is an `i32` at full scale (left-justified: a 24-bit word sits in the upper 24 bits), channels
//! interleaved. Every word length up to 32 bits passes through unchanged, and nobody has to ask which one it was.

use serde::{Deserialize, Serialize};

/// A value that no audio format can have, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not a sample rate.
    #[error("sample rate {0} is not between 8000 and 384000 Hz")]
    Rate(u32),
    /// Not a channel count.
    #[error("{0} channels; there must be 1 to 64")]
    Channels(u32),
    /// Not a word length of linear PCM.
    #[error("{0}-bit samples; 16, 24 and 32 are known")]
    Bits(u32),
}

/// Sample rate in Hz, 8 000 to 384 000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Rate(u32);

impl Rate {
    /// 48 kHz, the rate of broadcasting.
    pub const HZ_48000: Self = Self(48_000);

    /// A rate of `hz`.
    ///
    /// # Errors
    /// Outside 8 000 to 384 000 Hz.
    pub const fn new(hz: u32) -> Result<Self, FormatError> {
        if hz < 8_000 || hz > 384_000 { Err(FormatError::Rate(hz)) } else { Ok(Self(hz)) }
    }

    /// The rate in Hz.
    #[must_use]
    pub const fn hz(self) -> u32 {
        self.0
    }

    /// Samples in `ms` milliseconds, rounded down.
    #[must_use]
    pub const fn samples_in_ms(self, ms: u64) -> u64 {
        self.0 as u64 * ms / 1000
    }

    /// Duration of `samples` in nanoseconds, rounded down.
    #[must_use]
    pub const fn ns_of(self, samples: u64) -> u64 {
        (samples as u128 * 1_000_000_000 / self.0 as u128) as u64
    }
}

impl TryFrom<u32> for Rate {
    type Error = FormatError;
    fn try_from(hz: u32) -> Result<Self, FormatError> {
        Self::new(hz)
    }
}

impl From<Rate> for u32 {
    fn from(rate: Rate) -> Self {
        rate.0
    }
}

/// The format of a source's frames: what is captured, before any output's own choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AudioFormat {
    /// Samples per second and channel.
    pub rate: Rate,
    /// Interleaved channels, 1 to 64.
    pub channels: u16,
    /// Significant bits of each sample: 16, 24 or 32. Fewer bits in an output than here means dither.
    pub bits: u8,
}

impl AudioFormat {
    /// The most channels a source may have.
    pub const MAX_CHANNELS: u16 = 64;

    /// A checked format.
    ///
    /// # Errors
    /// A channel count outside 1 to 64, or a word length other than 16, 24, 32.
    pub fn new(rate: Rate, channels: u16, bits: u8) -> Result<Self, FormatError> {
        if channels == 0 || channels > Self::MAX_CHANNELS {
            return Err(FormatError::Channels(channels.into()));
        }
        if !matches!(bits, 16 | 24 | 32) {
            return Err(FormatError::Bits(bits.into()));
        }
        Ok(Self { rate, channels, bits })
    }
}

/// What a file is: its container and, for MP3, FLAC and Opus, its coding too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// RIFF/RF64 WAVE with a `bext` chunk.
    Wav,
    /// Opus in Ogg.
    Opus,
    /// Native FLAC.
    Flac,
    /// MPEG-1 Layer III.
    Mp3,
}

impl Container {
    /// All of them, in the order people name them.
    pub const ALL: [Self; 4] = [Self::Wav, Self::Opus, Self::Flac, Self::Mp3];

    /// File name suffix without the dot.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Opus => "opus",
            Self::Flac => "flac",
            Self::Mp3 => "mp3",
        }
    }

    /// The container a suffix (any case, no dot) names.
    #[must_use]
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.suffix().eq_ignore_ascii_case(suffix))
    }
}

/// How samples are stored in WAV (all three) and FLAC (the integers).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SampleFormat {
    /// Signed 16-bit.
    #[serde(rename = "16")]
    Int16,
    /// Signed 24-bit.
    #[default]
    #[serde(rename = "24")]
    Int24,
    /// IEEE 754 single, ±1.0 full scale. Exact for sources of up to 24 bits.
    #[serde(rename = "32f")]
    Float32,
}

impl SampleFormat {
    /// Bytes of one stored sample.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::Int16 => 2,
            Self::Int24 => 3,
            Self::Float32 => 4,
        }
    }

    /// As typed on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Int16 => "16",
            Self::Int24 => "24",
            Self::Float32 => "32f",
        }
    }

    /// The format a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Int16, Self::Int24, Self::Float32].into_iter().find(|f| f.as_str() == word)
    }
}

#[cfg(test)]
mod tests;
