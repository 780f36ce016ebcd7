use std::io::{self, Write};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, atomic::AtomicBool};
use std::time::Duration;

use super::queue::queue;
use super::{LogFile, Settings, dropped_line, filter};

/// A pipe whose other end takes a line only when it is told to.
struct Held {
    go: Receiver<()>,
    reached: Sender<()>,
    taken: Arc<Mutex<String>>,
}

impl Write for Held {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.reached.send(());
        let _ = self.go.recv();
        self.taken.lock().unwrap().push_str(std::str::from_utf8(bytes).unwrap());
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_blocked_reader_drops_the_newest_lines_and_is_told_how_many() {
    let (go, wait) = channel();
    let (reached, arrived) = channel();
    let taken = Arc::new(Mutex::new(String::new()));
    let sink = Held { go: wait, reached, taken: Arc::clone(&taken) };
    let (queue, drain) = queue(2, sink, |n| format!("{n} dropped\n"));
    (&queue).write_all(b"one\n").unwrap();
    // The thread has taken "one" off the queue and is stuck writing it.
    arrived.recv().unwrap();
    for line in ["two\n", "three\n", "four\n", "five\n"] {
        (&queue).write_all(line.as_bytes()).unwrap();
    }
    drop(go);
    assert!(drain.finish_within(Duration::from_secs(10)));
    assert_eq!(*taken.lock().unwrap(), "one\n2 dropped\ntwo\nthree\n");
}

#[test]
fn the_end_does_not_wait_for_a_reader_that_never_reads() {
    let (_go, wait) = channel();
    let (reached, arrived) = channel();
    let sink = Held { go: wait, reached, taken: Arc::default() };
    let (queue, drain) = queue(1, sink, |n| format!("{n} dropped\n"));
    (&queue).write_all(b"one\n").unwrap();
    arrived.recv().unwrap();
    (&queue).write_all(b"two\n").unwrap();
    assert!(!drain.finish_within(Duration::ZERO));
}

#[test]
fn a_sink_that_fails_once_gets_the_next_line() {
    struct Once(Arc<Mutex<Vec<u8>>>, bool);
    impl Write for Once {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if !std::mem::replace(&mut self.1, true) {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let taken = Arc::default();
    let (queue, drain) = queue(8, Once(Arc::clone(&taken), false), |n| format!("{n} dropped\n"));
    (&queue).write_all(b"lost\n").unwrap();
    (&queue).write_all(b"kept\n").unwrap();
    assert!(drain.finish_within(Duration::from_secs(10)));
    assert_eq!(*taken.lock().unwrap(), b"kept\n");
}

#[test]
fn a_reopened_file_is_a_new_one_under_the_old_name() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("audyn.log");
    let reopen = Arc::new(AtomicBool::new(false));
    let mut log = LogFile::open(&path, Arc::clone(&reopen)).unwrap();
    log.write_all(b"one\n").unwrap();
    std::fs::rename(&path, dir.path().join("audyn.log.1")).unwrap();
    log.write_all(b"two\n").unwrap();
    reopen.store(true, std::sync::atomic::Ordering::Relaxed);
    log.write_all(b"three\n").unwrap();
    assert_eq!(std::fs::read_to_string(dir.path().join("audyn.log.1")).unwrap(), "one\ntwo\n");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "three\n");
    // A folder that went away: the open file goes on.
    std::fs::rename(dir.path().join("audyn.log"), dir.path().join("kept")).unwrap();
    log.path = dir.path().join("gone/audyn.log");
    reopen.store(true, std::sync::atomic::Ordering::Relaxed);
    log.write_all(b"four\n").unwrap();
    assert_eq!(std::fs::read_to_string(dir.path().join("kept")).unwrap(), "three\nfour\n");
}

#[test]
fn levels_come_from_flags_then_from_the_environment() {
    let rows: [(u8, u8, Option<&str>, &str, bool); 11] = [
        (0, 0, None, "info", false),
        (1, 0, None, "debug", false),
        (3, 0, None, "trace", false),
        (0, 1, None, "warn", false),
        (0, 2, None, "error", false),
        (0, 0, Some("debug"), "debug", false),
        (0, 0, Some("WARN"), "warn", false),
        (0, 0, Some(""), "info", false),
        (1, 0, Some("error"), "debug", false),
        (0, 0, Some("loud"), "info", true),
        (0, 0, Some("audyn=loud"), "info", true),
    ];
    for (verbose, quiet, environment, expected, warns) in rows {
        let settings =
            Settings { verbose, quiet, environment: environment.map(str::to_owned), ..Settings::default() };
        let (filter, warning) = filter(&settings);
        assert_eq!(filter.to_string(), expected, "{settings:?}");
        assert_eq!(warning.is_some(), warns, "{settings:?}: {warning:?}");
    }
    let directive = Settings { environment: Some("audyn_engine=trace,warn".into()), ..Settings::default() };
    assert_eq!(filter(&directive).0.to_string(), "audyn_engine=trace,warn");
}

#[test]
fn the_note_about_dropped_lines_keeps_the_form_of_the_log() {
    let json: serde_json::Value = serde_json::from_str(dropped_line(7, true).trim_end()).unwrap();
    assert_eq!(json["dropped"], 7);
    assert_eq!(dropped_line(7, false).lines().count(), 1);
}
