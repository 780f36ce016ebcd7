//! Recording on sound.

use audyn_service::recorder::{Vox, VoxLevel, VoxMode};

use super::desk::{Desk, Read};
use crate::config::Key;

/// What is said about it; none if all is recorded.
pub(super) fn vox(desk: &mut Desk<'_>) -> Option<Vox> {
    let usual = Vox::default();
    let on = desk.switch(Key::Vox).or(false);
    let threshold = desk.whole(Key::VoxThreshold, -60..=-5, "a level in dBFS from -60 to -5");
    let threshold_db = threshold.is().map_or(usual.threshold_db, |db| db as f64);
    let release = desk.whole(
        Key::VoxRelease,
        -120..=0,
        "a level in dBFS from -120 to the threshold, or 0 for 5 dB below it",
    );
    let release_db = match release {
        Read::Is(0) | Read::Absent | Read::Refused => threshold_db - Vox::RELEASE_BELOW_DB,
        Read::Is(db) if db as f64 > threshold_db => {
            let wrong = format!("{db} is above the threshold of {threshold_db}");
            desk.refuse::<()>(Key::VoxRelease, wrong, "give a level below it, or 0 for 5 dB below it");
            threshold_db
        }
        Read::Is(db) => db as f64,
    };
    let mode = desk
        .word(Key::VoxMode, "activation or marks", |word| match word {
            "activation" => Some(VoxMode::Activation),
            "marks" => Some(VoxMode::Marks),
            _ => None,
        })
        .or(usual.mode);
    let mut ms = |key: Key, range: std::ops::RangeInclusive<i64>, usual: u32| {
        let what = format!("milliseconds from {} to {}", range.start(), range.end());
        desk.whole(key, range, &what).is().map_or(usual, |ms| ms as u32)
    };
    let vox = Vox {
        mode,
        threshold_db,
        release_db,
        detection_ms: ms(Key::VoxDetection, 10..=5_000, usual.detection_ms),
        hangover_ms: ms(Key::VoxHangover, 100..=30_000, usual.hangover_ms),
        pre_roll_ms: ms(Key::VoxPreroll, 0..=5_000, usual.pre_roll_ms),
        level: desk
            .word(Key::VoxLevel, "rms, peak or any", |word| match word {
                "rms" => Some(VoxLevel::Rms),
                "peak" => Some(VoxLevel::Peak),
                "any" => Some(VoxLevel::Any),
                _ => None,
            })
            .or(usual.level),
    };
    // On the command line nothing is there for other recorders: what is typed is meant.
    if !on && desk.raw.place.is_empty() {
        let details = [
            Key::VoxMode,
            Key::VoxThreshold,
            Key::VoxRelease,
            Key::VoxDetection,
            Key::VoxHangover,
            Key::VoxPreroll,
            Key::VoxLevel,
        ];
        for key in details {
            if desk.typed(key).is_some() {
                desk.refuse::<()>(key, "means nothing without --vox", "give --vox too, or leave it out");
            }
        }
    }
    on.then_some(vox)
}
