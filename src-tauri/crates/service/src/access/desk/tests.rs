use std::time::Duration;

use audyn_engine::rt::SystemClock;

use super::*;
use crate::api::Code;
use crate::api::wire::TlsSettings;
use crate::{Options, Service};

fn password(text: &str) -> Password {
    Password(text.to_owned())
}

fn desk(dir: &Path) -> Result<Desk, ApiError> {
    Desk::open(dir, "audyn test", Arc::new(SystemClock))
}

fn service(dir: &Path) -> Service {
    let options = Options {
        state_dir: dir.to_owned(),
        archive_root: Some(dir.join("archive")),
        default_archive_root: dir.join("archive"),
        originator: "Audyn test".to_owned(),
        real_time: false,
        demo_if_empty: false,
        zone: jiff::tz::TimeZone::UTC,
    };
    Service::open(options, Arc::new(SystemClock)).unwrap()
}

#[test]
fn what_is_set_without_a_running_station_holds_once_it_runs() {
    let dir = tempfile::tempdir().unwrap();
    let one = desk(dir.path()).unwrap();
    one.add_user("ann@example.org", None, Access::Admin, None, &password("correct horse")).unwrap();
    assert_eq!(
        one.set_password("bob@example.org", &password("correct horse")).unwrap_err().code,
        Code::NotFound
    );
    for (email, access, studio, typed, part) in [
        ("nobody", Access::Admin, None, "correct horse", "ann@example.org"),
        ("b@x", Access::Studio, None, "correct horse", "studio"),
        ("b@x", Access::Studio, Some("Room"), "correct horse", "no such studio"),
        ("b@x", Access::Viewer, None, "short", "10 characters"),
    ] {
        let refused = one.add_user(email, None, access, studio, &password(typed)).unwrap_err();
        assert!(refused.message.contains(part), "{refused:?}");
    }
    one.set_breakglass(Some(&password("break in case"))).unwrap();
    let wish = ListenerSettings { on: true, port: 8443, tls: TlsSettings::Proxy, ..one.listener().unwrap() };
    one.set_listener(wish.clone()).unwrap();
    assert!(one.set_listener(ListenerSettings { port: 0, ..wish.clone() }).is_err());
    drop(one);
    let running = service(dir.path());
    assert!(running.ways_in().local && running.ways_in().breakglass);
    assert_eq!(running.access_settings_now().listener, wish);
    let refused = desk(dir.path()).map(drop).unwrap_err();
    assert!(refused.message.contains("Audyn test") && refused.message.contains("has it open"), "{refused:?}");
    running.close(Duration::from_secs(5));
    drop(running);
    let again = desk(dir.path()).unwrap();
    again.set_breakglass(None).unwrap();
    assert!(!again.store.breakglass().unwrap().enabled);
    again.remove_user("ANN@example.org").unwrap();
    assert_eq!(again.users().unwrap(), []);
    let log = again.store.audit_log(&crate::store::AuditWanted { limit: 10, ..Default::default() }).unwrap();
    let kinds: Vec<&str> = log.rows.iter().rev().map(|row| row.note.kind.as_str()).collect();
    assert_eq!(
        kinds,
        ["create_user", "set_breakglass", "change_access_settings", "set_breakglass", "delete_user"]
    );
}

#[test]
fn a_crash_is_still_told_after_the_command_line_was_at_it_and_damage_is_left_for_the_station() {
    let dir = tempfile::tempdir().unwrap();
    let start = |program: &str| Store::open(dir.path(), program, SystemClock.utc()).unwrap();
    // Killed: the run has no end.
    drop(start("audyn killed"));
    desk(dir.path()).unwrap().set_breakglass(None).unwrap();
    let (store, opened) = start("audyn again");
    assert!(opened.previous.is_some_and(|previous| previous.ended.is_none()));
    drop(store);
    let path = dir.path().join("audyn.db");
    std::fs::write(&path, b"nothing that was ever a database").unwrap();
    let refused = desk(dir.path()).map(drop).unwrap_err();
    assert!(refused.message.contains("damaged"), "{refused:?}");
    assert_eq!(std::fs::read(&path).unwrap(), b"nothing that was ever a database");
    assert!(start("audyn once more").1.set_aside.is_some());
}
