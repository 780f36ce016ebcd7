use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::*;

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

fn sealed(dir: &Path) -> PathBuf {
    dir.join("secrets/sealed")
}

#[test]
fn what_was_put_is_there_again_and_nothing_of_it_is_readable() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::open(dir.path(), None);
    assert_eq!(secrets.get("tls-key").unwrap(), None);
    assert!(!dir.path().join("secrets").exists(), "looking makes nothing");
    secrets.put("tls-key", &secret("PLANTED-KEY-1")).unwrap();
    secrets.put("entra-client-secret", &secret("PLANTED-KEY-2")).unwrap();
    secrets.put("tls-key", &secret("PLANTED-KEY-3")).unwrap();
    let again = Secrets::open(dir.path(), None);
    assert_eq!(again.get("tls-key").unwrap(), Some(secret("PLANTED-KEY-3")));
    again.remove("entra-client-secret").unwrap();
    again.remove("entra-client-secret").unwrap();
    assert_eq!(again.get("entra-client-secret").unwrap(), None);
    for name in ["sealed", "key"] {
        let path = dir.path().join("secrets").join(name);
        let bytes = fs::read(&path).unwrap();
        assert!(!bytes.windows(11).any(|window| window == b"PLANTED-KEY"), "{name}");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    assert!(again.kept().contains("encrypted file"), "{}", again.kept());
    assert_eq!(format!("{:?}", secret("PLANTED")), "Secret(…)");
}

#[test]
fn on_another_machine_or_changed_it_does_not_open_and_is_set_aside_rather_than_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    Secrets::open(dir.path(), None).put("tls-key", &secret("one")).unwrap();
    let whole = fs::read(sealed(dir.path())).unwrap();
    for at in [0, 15, 20, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(sealed(dir.path()), bytes).unwrap();
        let refused = Secrets::open(dir.path(), None).get("tls-key").unwrap_err();
        assert!(matches!(refused, SecretError::Sealed { .. }), "{at}: {refused}");
    }
    let elsewhere = tempfile::tempdir().unwrap();
    fs::create_dir(elsewhere.path().join("secrets")).unwrap();
    fs::write(sealed(elsewhere.path()), &whole).unwrap();
    let secrets = Secrets::open(elsewhere.path(), None);
    assert!(secrets.get("tls-key").unwrap_err().to_string().contains("set the secrets again"));
    secrets.put("tls-key", &secret("two")).unwrap();
    assert_eq!(secrets.get("tls-key").unwrap(), Some(secret("two")));
    assert_eq!(fs::read(elsewhere.path().join("secrets/sealed-unreadable-1")).unwrap(), whole);
}

#[test]
fn the_key_comes_from_systemd_where_it_hands_one_over() {
    let (dir, credentials) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let with = || Secrets::open(dir.path(), Some(credentials.path().to_owned()));
    with().put("tls-key", &secret("before")).unwrap();
    fs::write(credentials.path().join("audyn-key"), [7; 32]).unwrap();
    assert_eq!(with().get("tls-key").unwrap(), Some(secret("before")), "what was sealed before still opens");
    with().put("tls-key", &secret("after")).unwrap();
    fs::remove_file(dir.path().join("secrets/key")).unwrap();
    assert_eq!(with().get("tls-key").unwrap(), Some(secret("after")), "the key file is not needed any more");
    assert!(with().kept().contains("systemd"), "{}", with().kept());
    let refused = Secrets::open(dir.path(), None).get("tls-key").unwrap_err();
    assert!(refused.to_string().contains("audyn-key is not there"), "{refused}");
    fs::write(credentials.path().join("audyn-key"), [7; 31]).unwrap();
    assert!(with().put("tls-key", &secret("x")).unwrap_err().to_string().contains("32 bytes"));
}

#[test]
fn names_and_lengths_are_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::open(dir.path(), None);
    for name in ["", "../key", "A", &"x".repeat(65)] {
        assert!(matches!(secrets.put(name, &secret("x")), Err(SecretError::Unfit(_))), "{name}");
    }
    assert!(secrets.put("tls-key", &Secret::new(vec![0; MOST_BYTES + 1])).is_err());
    secrets.put("tls-key", &Secret::new(vec![0xff; MOST_BYTES])).unwrap();
}

/// A bus that starts nothing by itself: nobody has a keyring there.
const BARE: &str = "<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context=\"default\">\
    <allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow own=\"*\"/></policy></busconfig>";

/// Runs one of the tests below again in a session of its own: another bus, another home.
fn in_a_session(test: &str, before: &str, bus: Option<&str>) {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("bus.conf");
    fs::write(&config, bus.unwrap_or_default()).unwrap();
    let own = bus.map(|_| [std::ffi::OsStr::new("--config-file"), config.as_os_str()]);
    let program = std::env::current_exe().unwrap();
    let script = format!("{before}\nexec {} --exact secrets::tests::{test} --nocapture", program.display());
    let done = Command::new("timeout")
        .args(["120", "dbus-run-session"])
        .args(own.into_iter().flatten())
        .args(["--", "sh", "-c", &script])
        .env("AUDYN_TEST_SESSION", test)
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path())
        .env("XDG_CONFIG_HOME", home.path())
        .output()
        .expect("dbus-run-session is installed: see tests/run.sh");
    let said = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(done.status.success() && said.contains("1 passed"), "{said}");
}

fn is_inside(test: &str) -> bool {
    std::env::var("AUDYN_TEST_SESSION").is_ok_and(|inside| inside == test)
}

#[test]
fn a_keyring_that_answers_has_the_secrets() {
    const TEST: &str = "a_keyring_that_answers_has_the_secrets";
    if !is_inside(TEST) {
        return in_a_session(
            TEST,
            "printf '\\n' | gnome-keyring-daemon --unlock --components=secrets >/dev/null",
            None,
        );
    }
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::open(dir.path(), None);
    secrets.put("kept-in-the-file", &secret("first")).unwrap();
    secrets.use_session();
    // The daemon takes its name on the bus in its own time.
    let reach = || secrets.session.get().unwrap().put("probe", b"x");
    assert!((0..100).any(|_| reach().is_ok()), "{}", secrets.kept());
    secrets.put("tls-key", &Secret::new(*b"PLANTED \xff")).unwrap();
    assert_eq!(secrets.get("tls-key").unwrap(), Some(Secret::new(*b"PLANTED \xff")));
    assert!(secrets.kept().contains("Secret Service"), "{}", secrets.kept());
    secrets.put("kept-in-the-file", &secret("second")).unwrap();
    assert!(secrets.file.read().unwrap().is_empty(), "it has moved to the keyring");
    assert_eq!(secrets.get("kept-in-the-file").unwrap(), Some(secret("second")));
    let without = Secrets::open(dir.path(), None).get("kept-in-the-file").unwrap_err();
    assert!(without.to_string().contains("keyring"), "{without}");
    secrets.remove("tls-key").unwrap();
    assert_eq!(secrets.get("tls-key").unwrap(), None);
}

#[test]
fn without_a_keyring_the_file_is_taken_and_nobody_waits_for_long() {
    const TEST: &str = "without_a_keyring_the_file_is_taken_and_nobody_waits_for_long";
    if !is_inside(TEST) {
        return in_a_session(TEST, "true", Some(BARE));
    }
    let dir = tempfile::tempdir().unwrap();
    let secrets = Secrets::open(dir.path(), None);
    secrets.use_session();
    secrets.put("tls-key", &secret("one")).unwrap();
    assert_eq!(secrets.get("tls-key").unwrap(), Some(secret("one")));
    assert!(secrets.kept().starts_with("The keyring of this session is not used"), "{}", secrets.kept());
    assert_eq!(secrets.get("never-put").unwrap(), None);
    secrets.remove("tls-key").unwrap();
    assert_eq!(secrets.get("tls-key").unwrap(), None, "nothing of it went anywhere else");
    // One that went to the keyring is not taken for one that never was.
    secrets.file.note_elsewhere("other-key", true).unwrap();
    assert!(secrets.get("other-key").unwrap_err().to_string().contains("keyring"));
    assert!(secrets.remove("other-key").is_err(), "it may still be there");
}
