use std::path::Path;
use std::time::Duration;

use audyn_archive::ArchiveClock;
use audyn_model::RecorderId;
use audyn_service::recorder::{Place, RecorderSpec};
use jiff::tz::TimeZone;

use super::recorder_spec;
use crate::config::{check, parse};

fn spec(lines: &str) -> RecorderSpec {
    let text = format!("[[recorder]]\nname = \"a\"\nmulticast_addr = \"239.1.1.1\"\n{lines}\n");
    let config = check(&parse(&text), &|_| unreachable!("no SDP is named")).unwrap();
    let zone = TimeZone::get("Europe/Berlin").unwrap();
    recorder_spec(&config.recorders[0], RecorderId::new(), Some(Duration::from_secs(5)), &zone)
}

#[test]
fn an_archive_is_named_by_its_clock_and_zone() {
    let spec = spec(
        "archive_root = \"/srv\"\narchive_period = 60\narchive_layout = \"flat\"\narchive_folder = \"x\"",
    );
    assert_eq!((spec.name.as_str(), spec.duration), ("a", Some(Duration::from_secs(5))));
    assert_eq!((spec.checkpoint, spec.ring_ms), (RecorderSpec::CHECKPOINT, RecorderSpec::RING_MS));
    let Place::Archive { dir, naming, period_s } = spec.place else { panic!("an archive was asked for") };
    assert_eq!((dir.as_path(), period_s), (Path::new("/srv"), 60));
    assert_eq!(naming.layout.as_str(), "flat");
    assert_eq!(naming.folder.unwrap().as_str(), "x");
    assert_eq!(
        (naming.clock.clock, naming.clock.zone.iana_name()),
        (ArchiveClock::Local, Some("Europe/Berlin"))
    );
}

#[test]
fn a_file_has_a_clock_too() {
    let clock = |word: &str| {
        let spec = spec(&format!("output = \"/x/a.flac\"\narchive_clock = \"{word}\""));
        assert_eq!(spec.outputs.len(), 1);
        let Place::File { path, clock } = spec.place else { panic!("a file was asked for") };
        assert_eq!(path.as_path(), Path::new("/x/a.flac"));
        assert_eq!(clock.zone.iana_name(), Some("Europe/Berlin"));
        clock.clock
    };
    assert_eq!(clock("localtime"), ArchiveClock::Local);
    assert_eq!(clock("utc"), ArchiveClock::Utc);
}
