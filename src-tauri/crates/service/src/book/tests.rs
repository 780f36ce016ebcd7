use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use audyn_engine::rt::SystemClock;

use super::read;
use crate::api::wire::RecorderConfig;
use crate::store::NewRecorderRow;
use crate::{Options, Service};

#[test]
fn a_slow_reading_never_takes_the_place_of_a_newer_one() {
    let dir = tempfile::tempdir().unwrap();
    let options = Options {
        state_dir: dir.path().join("state"),
        archive_root: None,
        default_archive_root: dir.path().join("archive"),
        originator: "Audyn test".to_owned(),
        real_time: false,
        demo_if_empty: false,
        zone: jiff::tz::TimeZone::UTC,
    };
    let service = Service::open(options, Arc::new(SystemClock)).unwrap();
    let (store, shelf) = (&service.inner.store, &service.inner.station.shelf);
    let new = NewRecorderRow {
        name: "Late show".to_owned(),
        description: String::new(),
        source: None,
        config: RecorderConfig::default(),
        demo: false,
    };
    store.insert_recorder(new).unwrap();
    let (has_read, is_read) = channel();
    let (go_on, may_go_on) = channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let slow = || {
                let book = read(store, &shelf.defaults);
                has_read.send(()).unwrap();
                may_go_on.recv().unwrap();
                book
            };
            shelf.refresh_by(slow).unwrap();
        });
        is_read.recv().unwrap();
        store.set_wanted(&[1], true).unwrap();
        let newer = scope.spawn(|| shelf.refresh().unwrap());
        // Either it waits for the slow one, or it is done before it.
        while shelf.reading.try_lock().is_ok() && !newer.is_finished() {
            std::thread::yield_now();
        }
        go_on.send(()).unwrap();
        assert!(newer.join().unwrap().recorder(1).unwrap().wanted);
    });
    assert!(shelf.book().recorder(1).unwrap().wanted, "the slow one came last");
    service.close(Duration::from_secs(5));
}
