//! Recording on sound, as wished and as meant.

use crate::api::wire;
use crate::recorder::{Vox, VoxLevel, VoxMode};

/// What is meant.
pub(crate) fn vox(wish: &wire::Vox) -> Vox {
    let usual = Vox::default();
    let threshold_db = wish.threshold_dbfs.unwrap_or(usual.threshold_db);
    Vox {
        mode: match wish.mode {
            Some(wire::VoxMode::Activation) | None => VoxMode::Activation,
            Some(wire::VoxMode::Marks) => VoxMode::Marks,
        },
        threshold_db,
        release_db: wish.release_dbfs.unwrap_or(threshold_db - Vox::RELEASE_BELOW_DB),
        detection_ms: wish.detection_ms.unwrap_or(usual.detection_ms),
        hangover_ms: wish.hangover_ms.unwrap_or(usual.hangover_ms),
        pre_roll_ms: wish.pre_roll_ms.unwrap_or(usual.pre_roll_ms),
        level: match wish.level {
            Some(wire::VoxLevel::Rms) | None => VoxLevel::Rms,
            Some(wire::VoxLevel::Peak) => VoxLevel::Peak,
            Some(wire::VoxLevel::Any) => VoxLevel::Any,
        },
    }
}

/// Everything that is wrong with a wish.
pub(crate) fn vox_problems(wish: &wire::Vox) -> Vec<String> {
    let vox = vox(wish);
    let mut problems = Vec::new();
    if !(-60.0..=-5.0).contains(&vox.threshold_db) {
        problems.push(format!("A threshold of {} dBFS is not possible; give -60 to -5.", vox.threshold_db));
    }
    if !(-120.0..=vox.threshold_db).contains(&vox.release_db) {
        problems.push(format!(
            "A release level of {} dBFS is not possible; give -120 to the threshold of {}.",
            vox.release_db, vox.threshold_db
        ));
    }
    let times = [
        ("detection", vox.detection_ms, 10..=5_000),
        ("hangover", vox.hangover_ms, 100..=30_000),
        ("pre-roll", vox.pre_roll_ms, 0..=5_000),
    ];
    for (what, ms, range) in times {
        if !range.contains(&ms) {
            problems.push(format!(
                "A {what} of {ms} ms is not possible; give {} to {}.",
                range.start(),
                range.end()
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_held_to_their_ranges() {
        let check = |wish: wire::Vox, expected: &[&str]| {
            let found = vox_problems(&wish);
            assert_eq!(found.len(), expected.len(), "{found:?}");
            for (found, part) in found.iter().zip(expected) {
                assert!(found.contains(part) && found.ends_with('.'), "{found} / {part}");
            }
        };
        check(wire::Vox::default(), &[]);
        let threshold = |db: f64| wire::Vox { threshold_dbfs: Some(db), ..Default::default() };
        check(threshold(-60.0), &[]);
        check(threshold(-61.0), &["-60 to -5"]);
        check(threshold(f64::NAN), &["NaN", "release"]);
        check(wire::Vox { release_dbfs: Some(-29.0), ..Default::default() }, &["the threshold of -30"]);
        let times = |ms: u32| wire::Vox {
            detection_ms: Some(ms),
            hangover_ms: Some(ms),
            pre_roll_ms: Some(ms),
            ..Default::default()
        };
        check(times(0), &["detection of 0 ms", "hangover of 0 ms"]);
        check(times(40_000), &["10 to 5000", "100 to 30000", "0 to 5000"]);
        assert_eq!(vox(&threshold(-20.0)).release_db, -25.0);
        assert_eq!(vox(&threshold(-20.0)).mode, VoxMode::Activation);
    }
}
