use super::*;

#[test]
fn rates_and_channels_outside_the_range_are_refused() {
    assert_eq!(Rate::new(7_999), Err(FormatError::Rate(7_999)));
    assert_eq!(Rate::new(384_001), Err(FormatError::Rate(384_001)));
    let rate = Rate::HZ_48000;
    assert_eq!(AudioFormat::new(rate, 0, 24), Err(FormatError::Channels(0)));
    assert_eq!(AudioFormat::new(rate, 65, 24), Err(FormatError::Channels(65)));
    assert_eq!(AudioFormat::new(rate, 2, 20), Err(FormatError::Bits(20)));
    assert!(AudioFormat::new(rate, 64, 24).is_ok());
}

#[test]
fn suffixes_are_read_in_any_case() {
    assert_eq!(Container::from_suffix("WAV"), Some(Container::Wav));
    assert_eq!(Container::from_suffix("aac"), None);
}

#[test]
fn a_rate_outside_the_range_is_refused_from_json_too() {
    assert!(serde_json::from_str::<Rate>("48000").is_ok());
    assert!(serde_json::from_str::<Rate>("1").is_err());
}
