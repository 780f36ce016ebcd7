use audyn_model::{Rate, SampleFormat};

use super::*;

fn spec(container: Container, samples: SampleFormat) -> Spec {
    Spec { container, samples, bitrate: 192_000, vbr: false, complexity: 5 }
}

#[test]
fn each_format_takes_what_it_takes() {
    let stereo = AudioFormat::new(Rate::HZ_48000, 2, 24).unwrap();
    let table = [
        (spec(Container::Wav, SampleFormat::Int24), None, 288_000.0),
        (spec(Container::Wav, SampleFormat::Int16), None, 192_000.0),
        (spec(Container::Wav, SampleFormat::Float32), Some(0.1), 384_000.0),
        (spec(Container::Flac, SampleFormat::Int24), None, 187_200.0),
        (spec(Container::Flac, SampleFormat::Int24), Some(0.5), 144_000.0),
        (spec(Container::Opus, SampleFormat::Int24), Some(0.5), 24_000.0),
        (spec(Container::Mp3, SampleFormat::Int24), None, 24_000.0),
    ];
    for (spec, ratio, expected) in table {
        let rate = bytes_per_second(&spec, &stereo, ratio);
        assert!((rate - expected).abs() < 0.001, "{spec:?}: {rate}");
    }
}

#[test]
fn the_light_follows_the_time_that_is_left() {
    const DAY: u64 = 86_400;
    let table = [
        (38 * DAY + 80_000, LightLevel::Ok, "38 days left"),
        (14 * DAY, LightLevel::Ok, "14 days left"),
        (14 * DAY - 1, LightLevel::Warn, "13 days left"),
        (2 * DAY, LightLevel::Warn, "2 days left"),
        (2 * DAY - 1, LightLevel::Fault, "47 h left"),
        (31 * 3600, LightLevel::Fault, "31 h left"),
        (7199, LightLevel::Fault, "119 min left"),
        (59, LightLevel::Fault, "0 min left"),
        (5000 * DAY, LightLevel::Ok, "Over 10 years left"),
        (0, LightLevel::Fault, "Full"),
    ];
    let now = Utc::from_seconds(1_800_000_000);
    for (seconds, level, text) in table {
        let space = Space { free: seconds * 1000, total: u64::MAX };
        let disk = disk(Ok(space), 1000.0, now);
        assert_eq!((disk.light.level, disk.light.text.as_str()), (level, text), "{seconds}");
        assert_eq!(disk.free_bytes, Some(seconds * 1000));
        let full_at = (seconds < 5000 * DAY).then(|| moment(now.plus(seconds as i64 * 1_000_000_000)));
        assert_eq!(disk.full_at, full_at, "{seconds}");
    }
}

#[test]
fn without_recordings_the_free_space_is_told() {
    let now = Utc::from_seconds(1_800_000_000);
    let disk = disk(Ok(Space { free: 1_620_000_000_000, total: 2_000_000_000_000 }), 0.0, now);
    assert_eq!((disk.light.level, disk.light.text.as_str()), (LightLevel::Ok, "1.62 TB free"));
    assert_eq!((disk.full_at, disk.total_bytes), (None, Some(2_000_000_000_000)));
}

#[test]
fn a_disk_out_of_reach_is_a_fault_with_its_reason() {
    let disk = disk(Err("The disk is not connected.".to_owned()), 7.0, Utc::from_seconds(1));
    assert_eq!(
        (disk.light.level, disk.light.text.as_str()),
        (LightLevel::Fault, "The disk is not connected.")
    );
    assert_eq!((disk.free_bytes, disk.total_bytes, disk.full_at), (None, None, None));
}

#[test]
fn sizes_have_three_figures() {
    let table = [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.00 kB"),
        (9_994, "9.99 kB"),
        (9_996, "10.0 kB"),
        (99_960, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (93_700_000, "93.7 MB"),
        (1_620_000_000_000, "1.62 TB"),
        (u64::MAX, "18.4 EB"),
    ];
    for (bytes, text) in table {
        assert_eq!(size(bytes), text, "{bytes}");
    }
}
