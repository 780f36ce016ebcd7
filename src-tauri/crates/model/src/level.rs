//! What a meter shows.

use serde::{Deserialize, Serialize};

/// The level of one channel over a short time, linear (1.0 is full scale).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChannelLevel {
    /// Highest absolute sample.
    pub peak: f32,
    /// Root mean square by plain arithmetic: a full-scale sine is 0.707 (−3.01 dBFS), not the 0 dBFS of AES17.
    pub rms: f32,
    /// Three or more consecutive samples were at full scale.
    pub clipping: bool,
}

impl ChannelLevel {
    /// The lowest level shown, in dBFS.
    pub const FLOOR_DB: f32 = -120.0;

    /// Peak in dBFS, not below [`Self::FLOOR_DB`].
    #[must_use]
    pub fn peak_db(&self) -> f32 {
        to_db(self.peak)
    }

    /// RMS in dBFS, not below [`Self::FLOOR_DB`].
    #[must_use]
    pub fn rms_db(&self) -> f32 {
        to_db(self.rms)
    }
}

fn to_db(linear: f32) -> f32 {
    (20.0 * linear.log10()).max(ChannelLevel::FLOOR_DB)
}

#[cfg(test)]
mod tests;
