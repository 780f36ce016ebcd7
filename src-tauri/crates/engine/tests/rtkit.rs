//! Real-time priority from `RealtimeKit`, over a bus of the test's own: what is asked of it, and what becomes of every
//! way it can refuse.
//!
//! What asks runs in a child process, which has the bus's address in its environment, no privilege, and limits of its own.

#![allow(unsafe_code)]
// All of this is test code, though little of it stands in a test function; what the child finds it says on its output.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::future::pending;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use audyn_engine::rt::{make_this_thread_real_time, priority_given_up, rtkit};
use tempfile::TempDir;
use zbus::{Connection, fdo, interface};

const CHILD: &str = "AUDYN_RTKIT_CHILD";
const SERVICE: &str = "org.freedesktop.RealtimeKit1";
const PATH: &str = "/org/freedesktop/RealtimeKit1";
/// What receive threads want.
const WANTED: i32 = 50;
/// What the service gives at most, and how long it lets a thread compute.
const MOST: i32 = 20;
const RUN_TIME_US: i64 = 200_000;

/// A request as the service sees it, and what it finds of who asks.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    process: Option<u64>,
    thread: u64,
    priority: u32,
    /// `RLIMIT_RTTIME` of the process, from /proc.
    limits: String,
    /// Whether what the thread starts would be ordinary.
    reset_on_fork: bool,
}

/// How the service behaves.
#[derive(Clone, Copy)]
enum Manner {
    Grant,
    Refuse,
    NeverAnswer,
}

/// `RealtimeKit` as it is.
struct Present {
    manner: Manner,
    seen: Sender<Seen>,
    most: i32,
}

/// `RealtimeKit` before 0.12: no request with the number of the process.
struct Past {
    seen: Sender<Seen>,
}

#[interface(name = "org.freedesktop.RealtimeKit1")]
impl Present {
    #[zbus(property, name = "MaxRealtimePriority")]
    fn max_realtime_priority(&self) -> i32 {
        self.most
    }

    #[zbus(property, name = "RTTimeUSecMax")]
    fn run_time(&self) -> i64 {
        RUN_TIME_US
    }

    #[zbus(name = "MakeThreadRealtimeWithPID")]
    async fn make_real_time(&self, process: u64, thread: u64, priority: u32) -> fdo::Result<()> {
        self.seen.send(look_at(Some(process), thread, priority)).unwrap();
        match self.manner {
            Manner::Grant => Ok(()),
            Manner::Refuse => Err(fdo::Error::AccessDenied("Operation not permitted".into())),
            Manner::NeverAnswer => pending().await,
        }
    }
}

#[interface(name = "org.freedesktop.RealtimeKit1")]
impl Past {
    #[zbus(property, name = "MaxRealtimePriority")]
    fn max_realtime_priority(&self) -> i32 {
        MOST
    }

    #[zbus(property, name = "RTTimeUSecMax")]
    fn run_time(&self) -> i64 {
        RUN_TIME_US
    }

    #[zbus(name = "MakeThreadRealtime")]
    fn make_real_time(&self, thread: u64, priority: u32) {
        self.seen.send(look_at(None, thread, priority)).unwrap();
    }
}

/// A system bus of the test's own. It ends with the value.
struct Bus {
    daemon: Child,
    address: String,
    _folder: TempDir,
}

impl Bus {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The child is another user.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let config = folder.path().join("bus.conf");
        let socket = folder.path().join("socket");
        std::fs::write(
            &config,
            format!(
                r#"<busconfig><type>test</type><listen>unix:path={}</listen><auth>EXTERNAL</auth>
                <policy context="default"><allow send_destination="*"/><allow receive_sender="*"/>
                <allow own="*"/><allow user="*"/></policy></busconfig>"#,
                socket.display()
            ),
        )
        .unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--nosyslog", "--print-address=1"])
            .stdout(Stdio::piped())
            // As root in a container it complains of its file limit, to no effect.
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is needed: install the Debian package dbus");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        assert!(
            !address.is_empty(),
            "dbus-daemon ended at once: start it by hand with the configuration above"
        );
        Self { daemon, address: address.trim().into(), _folder: folder }
    }

    fn serve(&self, service: impl zbus::object_server::Interface) -> Connection {
        let serving =
            zbus::connection::Builder::address(&*self.address).serve_at(PATH, service).name(SERVICE).build();
        zbus::block_on(serving).unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What a child of the test `name` said, and its number. It finds the system bus at `address`.
fn run_child(name: &str, address: &str) -> (String, u32) {
    let me = std::env::current_exe().unwrap();
    let child = Command::new(me)
        .args([name, "--exact", "--nocapture"])
        .env(CHILD, name)
        .env("DBUS_SYSTEM_BUS_ADDRESS", address)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let number = child.id();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {text}{errors}", output.status);
    let said = text.lines().find_map(|line| line.split_once("the child says: "));
    (said.unwrap_or_else(|| panic!("nothing was said: {text}{errors}")).1.to_owned(), number)
}

/// In a child: becomes an ordinary user, says what `act` finds, and ends.
fn in_child(act: impl FnOnce() -> String) {
    if std::env::var(CHILD).is_err() {
        return;
    }
    become_ordinary();
    println!("the child says: {}", act());
    std::process::exit(0);
}

/// Gives up every privilege, and the right to real-time priority that a user may have by a limit.
fn become_ordinary() {
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: changes limits and the user of this process only; `none` is valid to read.
    unsafe {
        assert_eq!(libc::setrlimit(libc::RLIMIT_RTPRIO, &raw const none), 0);
        if libc::geteuid() == 0 {
            assert_eq!(libc::setresgid(65_534, 65_534, 65_534), 0);
            assert_eq!(libc::setresuid(65_534, 65_534, 65_534), 0);
        }
    }
}

fn look_at(process: Option<u64>, thread: u64, priority: u32) -> Seen {
    let limits = std::fs::read_to_string(format!("/proc/{thread}/limits")).unwrap();
    let limits = limits.lines().find_map(|line| line.strip_prefix("Max realtime timeout")).unwrap();
    // SAFETY: only reads.
    let policy = unsafe { libc::sched_getscheduler(thread as libc::pid_t) };
    Seen {
        process,
        thread,
        priority,
        limits: limits.split_whitespace().collect::<Vec<_>>().join(" "),
        reset_on_fork: policy & libc::SCHED_RESET_ON_FORK != 0,
    }
}

fn this_thread() -> u64 {
    // SAFETY: always succeeds.
    unsafe { libc::gettid() }.unsigned_abs().into()
}

/// Asks, and says the answer after the number of the thread that asked.
fn ask(patience_ms: u64) -> String {
    let answer = rtkit::make_this_thread_real_time(WANTED, Duration::from_millis(patience_ms));
    let answer = answer.map_or_else(|refusal| refusal.to_string(), |priority| format!("granted {priority}"));
    format!("{}: {answer}", this_thread())
}

fn the_one(seen: &Receiver<Seen>) -> Seen {
    let first = seen.try_recv().expect("nothing was asked for");
    assert!(seen.try_recv().is_err(), "it was asked twice");
    first
}

/// What the service must have seen of a child.
fn kept_to_the_rules(process: Option<u64>, thread: u64) -> Seen {
    Seen { process, thread, priority: 20, limits: "100000 200000 us".into(), reset_on_fork: true }
}

#[test]
fn it_is_asked_for_what_it_permits_and_its_conditions_are_met() {
    in_child(|| ask(2000));
    let (seen_there, seen) = channel();
    let bus = Bus::start();
    let _service = bus.serve(Present { manner: Manner::Grant, seen: seen_there, most: MOST });
    let (said, process) =
        run_child("it_is_asked_for_what_it_permits_and_its_conditions_are_met", &bus.address);
    let (thread, answer) = said.split_once(": ").unwrap();
    assert_eq!(answer, "granted 20");
    assert_eq!(the_one(&seen), kept_to_the_rules(Some(process.into()), thread.parse().unwrap()));
}

#[test]
fn one_that_knows_no_request_with_a_process_is_asked_as_it_knows() {
    in_child(|| ask(2000));
    let (seen_there, seen) = channel();
    let bus = Bus::start();
    let _service = bus.serve(Past { seen: seen_there });
    let (said, _) = run_child("one_that_knows_no_request_with_a_process_is_asked_as_it_knows", &bus.address);
    let (thread, answer) = said.split_once(": ").unwrap();
    assert_eq!(answer, "granted 20");
    assert_eq!(the_one(&seen), kept_to_the_rules(None, thread.parse().unwrap()));
}

#[test]
fn an_ordinary_user_is_granted_by_it_what_the_kernel_refuses() {
    in_child(|| make_this_thread_real_time(WANTED).unwrap().to_string());
    let (seen_there, seen) = channel();
    let bus = Bus::start();
    let _service = bus.serve(Present { manner: Manner::Grant, seen: seen_there, most: MOST });
    let (said, _) = run_child("an_ordinary_user_is_granted_by_it_what_the_kernel_refuses", &bus.address);
    assert_eq!(said, "real-time priority 20 (by RealtimeKit)");
    the_one(&seen);
}

#[test]
fn a_refusal_says_both_reasons_and_what_would_permit_it() {
    in_child(|| make_this_thread_real_time(WANTED).unwrap_err().to_string());
    let (seen_there, seen) = channel();
    let bus = Bus::start();
    let _service = bus.serve(Present { manner: Manner::Refuse, seen: seen_there, most: MOST });
    let (said, _) = run_child("a_refusal_says_both_reasons_and_what_would_permit_it", &bus.address);
    assert_eq!(
        said,
        "real-time priority was refused, by the kernel (SCHED_FIFO: Operation not permitted (os error 1)) and by \
         RealtimeKit (MakeThreadRealtimeWithPID: org.freedesktop.DBus.Error.AccessDenied: Operation not permitted); \
         capture continues without it. Give the service LimitRTPRIO=60, or the user an rtprio limit in \
         /etc/security/limits.d, or have RealtimeKit run (Debian package rtkit)"
    );
    the_one(&seen);
}

#[test]
fn one_that_never_answers_is_not_waited_for_longer_than_told() {
    in_child(|| ask(100));
    let (seen_there, seen) = channel();
    let bus = Bus::start();
    let _service = bus.serve(Present { manner: Manner::NeverAnswer, seen: seen_there, most: MOST });
    let (said, _) = run_child("one_that_never_answers_is_not_waited_for_longer_than_told", &bus.address);
    assert!(said.ends_with(": MakeThreadRealtimeWithPID: no answer within 100 ms"), "{said}");
    the_one(&seen);
}

#[test]
fn one_that_gives_no_priority_is_not_asked() {
    in_child(|| ask(2000));
    let (seen_there, seen) = channel();
    let bus = Bus::start();
    let _service = bus.serve(Present { manner: Manner::Grant, seen: seen_there, most: 0 });
    let (said, _) = run_child("one_that_gives_no_priority_is_not_asked", &bus.address);
    assert!(said.ends_with(": its highest priority is 0, which is none"), "{said}");
    assert!(seen.try_recv().is_err());
}

#[test]
fn a_bus_without_it_is_named_as_the_reason() {
    in_child(|| ask(2000));
    let bus = Bus::start();
    let (said, _) = run_child("a_bus_without_it_is_named_as_the_reason", &bus.address);
    assert!(said.contains(": reading MaxRealtimePriority: "), "{said}");
    assert!(said.contains("ServiceUnknown"), "{said}");
}

#[test]
fn a_bus_that_takes_the_call_and_says_nothing_is_not_waited_for_longer_than_told() {
    in_child(|| ask(100));
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let socket = folder.path().join("socket");
    let _mute = UnixListener::bind(&socket).unwrap();
    std::fs::set_permissions(&socket, std::fs::Permissions::from_mode(0o777)).unwrap();
    let address = format!("unix:path={}", socket.display());
    let (said, _) =
        run_child("a_bus_that_takes_the_call_and_says_nothing_is_not_waited_for_longer_than_told", &address);
    assert!(said.ends_with(": connecting to the system bus: no answer within 100 ms"), "{said}");
}

#[test]
fn a_missing_bus_is_named_as_the_reason() {
    in_child(|| ask(2000));
    let (said, _) = run_child("a_missing_bus_is_named_as_the_reason", "unix:path=/nonexistent/bus");
    assert!(said.contains(": connecting to the system bus: "), "{said}");
    assert!(said.contains("/nonexistent/bus") && said.contains("No such file"), "{said}");
}

#[test]
fn nothing_of_the_conversation_stays() {
    in_child(|| {
        let count =
            || ["task", "fd"].map(|what| std::fs::read_dir(format!("/proc/self/{what}")).unwrap().count());
        let before = count();
        let answer = ask(2000);
        // A thread that was waited for may still be listed for a moment.
        let gone = (0..100_000).any(|_| {
            std::thread::yield_now();
            count() == before
        });
        format!("{answer}, {}", if gone { "nothing stays" } else { "something stays" })
    });
    let (seen_there, seen) = channel();
    let bus = Bus::start();
    let _service = bus.serve(Present { manner: Manner::Grant, seen: seen_there, most: MOST });
    let (said, _) = run_child("nothing_of_the_conversation_stays", &bus.address);
    assert!(said.ends_with(": granted 20, nothing stays"), "{said}");
    the_one(&seen);
}

#[test]
fn a_thread_that_reaches_the_soft_limit_becomes_ordinary_and_the_process_lives() {
    in_child(|| {
        ask(2000);
        let here = || {
            // SAFETY: only reads, and sends this thread the signal the kernel would.
            unsafe { libc::sched_getscheduler(0) }
        };
        let batch = libc::sched_param { sched_priority: 0 };
        let mut limit = libc::rlimit { rlim_cur: 200_000, rlim_max: 200_000 };
        // SAFETY: changes only this process; the arguments are valid. The limit is where the kernel would leave it.
        unsafe {
            let policy = libc::SCHED_BATCH | libc::SCHED_RESET_ON_FORK;
            assert_eq!(libc::sched_setscheduler(0, policy, &raw const batch), 0);
            assert_eq!(libc::setrlimit(libc::RLIMIT_RTTIME, &raw const limit), 0);
        }
        assert!(priority_given_up().is_none());
        let before = here() & !libc::SCHED_RESET_ON_FORK;
        // SAFETY: sends this thread the signal the kernel would; `limit` is valid to write to.
        unsafe {
            assert_eq!(libc::raise(libc::SIGXCPU), 0);
            assert_eq!(libc::getrlimit(libc::RLIMIT_RTTIME, &raw mut limit), 0);
        }
        let after = here() & !libc::SCHED_RESET_ON_FORK;
        assert_eq!((before, after), (libc::SCHED_BATCH, libc::SCHED_OTHER));
        assert_eq!((limit.rlim_cur, limit.rlim_max), (100_000, 200_000));
        let told = priority_given_up().map_or_else(String::new, |refusal| refusal.to_string());
        assert!(priority_given_up().is_none(), "told once");
        told
    });
    let (seen_there, _seen) = channel();
    let bus = Bus::start();
    let _service = bus.serve(Present { manner: Manner::Grant, seen: seen_there, most: MOST });
    let (said, _) = run_child(
        "a_thread_that_reaches_the_soft_limit_becomes_ordinary_and_the_process_lives",
        &bus.address,
    );
    assert!(said.starts_with("real-time priority was given up: "), "{said}");
}
