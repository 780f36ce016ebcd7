use super::*;

#[test]
fn decibels_are_relative_to_full_scale_and_have_a_floor() {
    let level = ChannelLevel { peak: 1.0, rms: 0.0, clipping: false };
    assert_eq!(level.peak_db(), 0.0);
    assert_eq!(level.rms_db(), ChannelLevel::FLOOR_DB);
    let sine = ChannelLevel { rms: std::f32::consts::FRAC_1_SQRT_2, ..level };
    assert!((sine.rms_db() + 3.01).abs() < 0.01);
}
