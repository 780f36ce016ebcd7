use std::sync::mpsc;

use super::*;

fn first(folder: &Path) -> First {
    match claim(folder).unwrap() {
        Claim::First(first) => first,
        Claim::Shown => panic!("somebody else is first"),
    }
}

#[test]
fn a_second_start_has_the_first_window_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (shown, shows) = mpsc::channel();
    first(folder.path()).listen(move || shown.send(()).is_ok()).unwrap();
    for _ in 0..3 {
        assert!(matches!(claim(folder.path()).unwrap(), Claim::Shown));
        shows.recv().unwrap();
    }
}

#[test]
fn a_socket_that_a_crash_left_behind_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    // Dropping takes the lock away, as a crash does, and leaves the socket's file.
    drop(first(folder.path()));
    assert!(folder.path().join("window.sock").exists());
    first(folder.path());
}

#[test]
fn a_path_longer_than_an_address_will_do() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a".repeat(120)).join("b".repeat(120));
    first(&deep).listen(|| true).unwrap();
    assert!(matches!(claim(&deep).unwrap(), Claim::Shown));
}

#[test]
fn a_second_start_takes_the_place_of_a_first_that_is_leaving() {
    let folder = tempfile::tempdir().unwrap();
    let leaving = first(folder.path());
    let (mut stream, left) = (None, leaving.listener.try_clone().unwrap());
    let second = std::thread::scope(|scope| {
        let second = scope.spawn(|| claim(folder.path()).unwrap());
        // Asked once, it says nothing and goes.
        stream = left.accept().ok();
        drop((stream.take(), left, leaving));
        second.join().unwrap()
    });
    assert!(matches!(second, Claim::First(_)));
}

#[test]
fn two_stations_do_not_meet() {
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let _held = first(one.path());
    first(other.path());
}

#[test]
fn a_first_window_that_says_nothing_sensible_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let First { lock: _lock, listener } = first(folder.path());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            stream.unwrap().write_all(b"hello?").unwrap();
        }
    });
    let error = claim_within(folder.path(), Duration::ZERO).unwrap_err();
    assert!(error.to_string().contains("does not answer"), "{error}");
}

#[test]
fn strangers_on_the_socket_show_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (shown, shows) = mpsc::channel();
    first(folder.path()).listen(move || shown.send(()).is_ok()).unwrap();
    let mut stranger = UnixStream::connect(folder.path().join("window.sock")).unwrap();
    stranger.write_all(b"stop\n").unwrap();
    let mut rest = Vec::new();
    stranger.read_to_end(&mut rest).unwrap();
    assert_eq!((rest.len(), shows.try_recv().is_err()), (0, true));
}
