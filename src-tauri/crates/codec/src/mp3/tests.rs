use audyn_model::{Container, SampleFormat};

use crate::rig::{about_at, decoded, difference, format, record, sines, spec};
use crate::*;

#[test]
fn levels_are_kept_at_every_bitrate() {
    let format = format(48_000, 1, 24);
    let frames = sines(&format, 0, 48_000);
    for kbps in [64, 80, 96, 112, 128, 160, 192, 224, 256, 320] {
        for vbr in [false, true] {
            let spec = Spec { bitrate: kbps * 1000, vbr, ..spec(Container::Mp3, SampleFormat::Int24) };
            let played = decoded(&record(&spec, &format, &about_at(0, &format), &frames)).unwrap();
            let worst = difference(&played[4_000..40_000], &frames[4_000..40_000]);
            assert!(worst < 0.02, "{kbps} kb/s, vbr {vbr}: {worst}");
        }
    }
}
