//! A fixture: a folder, a multicast group of its own, and the program's two ends.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use serde_json::Value;

/// The longest any test waits for an event before it says that it did not come.
const PATIENCE: Duration = Duration::from_secs(90);
/// The longest while a process goes on saying something else.
const LONGEST: Duration = Duration::from_secs(900);

pub struct Rig {
    dir: tempfile::TempDir,
    pub group: String,
    pub group_b: String,
    pub port: String,
}

/// A running program, killed when dropped.
pub struct Running {
    child: Child,
    what: String,
    lines: Receiver<String>,
    seen: Vec<String>,
}

/// How a test opens a station of its own below `dir`.
pub fn station_options(dir: &Path) -> audyn_service::Options {
    audyn_service::Options {
        state_dir: dir.join("state"),
        archive_root: Some(dir.join("archive")),
        default_archive_root: dir.join("archive"),
        originator: "Audyn test".to_owned(),
        real_time: false,
        demo_if_empty: false,
        zone: jiff::tz::TimeZone::UTC,
    }
}

impl Rig {
    pub fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let pid = std::process::id();
        Self {
            dir: tempfile::tempdir().unwrap(),
            group: format!("239.77.{}.{}", pid % 200, 1 + n),
            group_b: format!("239.78.{}.{}", pid % 200, 1 + n),
            port: (20_000 + 2 * (pid % 10_000)).to_string(),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// `audyn send` of the index pattern on the rig's group, until dropped; `more` adds flags.
    pub fn send(&self, more: &[&str]) -> Running {
        let mut args = vec!["send", "-m", &self.group, "-p", &self.port, "--interface", "lo"];
        if !more.contains(&"--signal") && !more.contains(&"--tone") && !more.contains(&"--wav") {
            args.extend(["--signal", "index"]);
        }
        args.extend(more);
        self.start(&args)
    }

    /// `audyn record` of the rig's group; `more` adds flags.
    pub fn record(&self, more: &[&str]) -> Running {
        let mut args = vec!["record", "-m", &self.group, "-p", &self.port, "--interface", "lo"];
        args.extend(more);
        self.start(&args)
    }

    /// Records to the end of `--duration`, with a sender, and gives the statistics.
    pub fn record_with(&self, sender: &[&str], recorder: &[&str]) -> Value {
        let stats = self.path("stats.json");
        let mut args = recorder.to_vec();
        args.extend(["--stats", stats.to_str().unwrap()]);
        let recording = self.record(&args);
        let _sending = self.send(sender);
        recording.succeed();
        self.json("stats.json")["recorders"][0].clone()
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    pub fn start(&self, args: &[&str]) -> Running {
        Running::start(Command::new(env!("CARGO_BIN_EXE_audyn")).args(args).current_dir(self.dir.path()))
    }

    /// Runs a subcommand to its end; its exit code and standard output.
    pub fn run(&self, args: &[&str]) -> (i32, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_audyn"))
            .args(args)
            .current_dir(self.dir.path())
            .output()
            .unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// All files under a folder of the rig with this suffix, in order of their paths.
    pub fn files(&self, folder: &str, suffix: &str) -> Vec<PathBuf> {
        let mut found = Vec::new();
        walk(&self.path(folder), &mut |path| {
            if path.extension().is_some_and(|s| s == suffix) {
                found.push(path.to_owned());
            }
        });
        found.sort();
        found
    }
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let what = format!("{command:?}");
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let (tell, lines) = channel();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        forward(out, tell.clone());
        forward(err, tell);
        Self { child, what, lines, seen: Vec::new() }
    }

    pub fn pid(&self) -> i32 {
        self.child.id() as i32
    }

    /// Waits until a line of output holds `text`: not for ever, though others come all the while.
    pub fn until(&mut self, text: &str) -> String {
        let began = std::time::Instant::now();
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) if began.elapsed() < LONGEST => {
                    self.seen.push(line.clone());
                    if line.contains(text) {
                        return line;
                    }
                }
                Ok(_) | Err(_) => {
                    panic!("{}: no line with {text:?}; it said:\n{}", self.what, self.seen.join("\n"))
                }
            }
        }
    }

    pub fn signal(&self, signal: i32) {
        let sent =
            Command::new("kill").args([format!("-{signal}"), self.pid().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end; the exit status and all that was said.
    pub fn end(mut self) -> (ExitStatus, String) {
        let mut rest = std::mem::take(&mut self.seen);
        // The channel closes when both outputs do: with the process.
        loop {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => rest.push(line),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.child.kill();
                    panic!("{}: it does not end; it said:\n{}", self.what, rest.join("\n"));
                }
            }
        }
        (self.child.wait().unwrap(), rest.join("\n"))
    }

    pub fn succeed(self) -> String {
        let what = self.what.clone();
        let (status, said) = self.end();
        assert!(status.success(), "{what}: {status}\n{said}");
        said
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn forward(from: impl Read + Send + 'static, to: std::sync::mpsc::Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            if to.send(line).is_err() {
                return;
            }
        }
    });
}

pub fn walk(dir: &Path, found: &mut dyn FnMut(&Path)) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { walk(&path, found) } else { found(&path) }
    }
}

/// Runs another tool; its standard output.
pub fn tool(name: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(name).args(args).output().unwrap_or_else(|e| {
        panic!("cannot run {name}: {e}; `bash tests/run.sh` installs what the tests need")
    });
    assert!(output.status.success(), "{name} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A file's samples as ffmpeg decodes them: full-scale 32-bit, interleaved.
pub fn decoded(file: &Path) -> Vec<i32> {
    let raw = tool(
        "ffmpeg",
        &["-v", "error", "-i", file.to_str().unwrap(), "-f", "s32le", "-c:a", "pcm_s32le", "-"],
    );
    raw.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// One line of `ffprobe`, `key=value` per entry.
pub fn probe(file: &Path, entries: &str) -> String {
    let args = [
        "-v",
        "error",
        "-show_entries",
        entries,
        "-of",
        "default=noprint_wrappers=1",
        file.to_str().unwrap(),
    ];
    String::from_utf8(tool("ffprobe", &args)).unwrap()
}

/// The 24-bit word of the index pattern at position `n` of channel `c`.
pub fn word(n: i64, c: usize) -> i64 {
    (n + c as i64 * 65_537).rem_euclid(1 << 24)
}

/// The low 24 bits of a position, told by a sample of channel 0.
pub fn position_mod(sample: i32) -> i64 {
    i64::from(sample.cast_unsigned() >> 8)
}

/// Checks that every frame of a stereo recording is the index pattern from `first` on, or silent; counts the silent.
pub fn silent_frames(samples: &[i32], first: i64) -> usize {
    let mut silent = 0;
    for (i, frame) in samples.chunks_exact(2).enumerate() {
        let n = first + i as i64;
        if frame == [0, 0] && word(n, 0) != 0 {
            silent += 1;
            continue;
        }
        for (c, sample) in frame.iter().enumerate() {
            assert_eq!(position_mod(*sample), word(n, c), "frame {i} (position {n}), channel {c}");
        }
    }
    silent
}

/// Position of a file's first sample by its `bext`: the date and the samples since midnight (UTC archives).
pub fn first_by_bext(file: &Path) -> i64 {
    let tags = probe(file, "format_tags=date,time_reference");
    let tag = |name: &str| {
        let line = tags
            .lines()
            .find(|l| l.starts_with(&format!("TAG:{name}=")))
            .unwrap_or_else(|| panic!("{name}: {tags}"));
        line.split_once('=').unwrap().1.to_owned()
    };
    let date: jiff::civil::Date = tag("date").parse().unwrap();
    let midnight = date.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second();
    // TAI has been 37 s ahead of UTC since 2017.
    (midnight + 37) * 48_000 + tag("time_reference").parse::<i64>().unwrap()
}

/// Whether this system permits namespaces without privilege. If not, it is said, past the test runner's capture: a test
/// that could not run must not look like one that did.
pub fn namespaces() -> bool {
    let probe =
        Command::new("unshare").args(["-Urnmpf", "--mount-proc", "true"]).output().unwrap_or_else(|e| {
            panic!("cannot run unshare: {e}; `bash tests/run.sh` installs what the tests need")
        });
    if !probe.status.success() {
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        let why = String::from_utf8_lossy(&probe.stderr).trim().to_owned();
        let _ = writeln!(std::io::stderr(), "not run: {test}: no unprivileged namespaces here ({why})");
    }
    probe.status.success()
}

/// Runs `steps` where `here` and `there` are two hosts joined by interfaces of these names. `record …` and `send …`
/// start the program on either; `$IT NAME --exact` runs a test of this binary as a child; the recorder's end is the script's. Returns the recorder's log, or nothing where
/// namespaces are not permitted.
pub fn between_hosts(rig: &Rig, steps: &str) -> Option<String> {
    if !namespaces() {
        return None;
    }
    let script = format!(
        r#"set -e
mount -t tmpfs tmpfs /run; mkdir -p /run/netns; ip netns add far
join() {{ ip link add here type veth peer name there netns far; ip addr add 10.77.0.1/24 dev here; ip link set here up
  ip -n far addr add 10.77.0.2/24 dev there; ip -n far link set there up; }}
ip link set lo up; ip -n far link set lo up; join
send() {{ ip netns exec far $AUDYN send -m $GROUP -p $PORT --interface there --signal index "$@" & sender=$!; }}
record() {{ $AUDYN record -m $GROUP -p $PORT --interface here -o out.wav --archive-clock utc --stats s.json "$@" 2>log.txt & recorder=$!; }}
until_in() {{ for try in $(seq 600); do grep -q "$2" "$1" && return; sleep 0.1; done; cat "$1"; return 1; }}
until_log() {{ until_in log.txt "$1"; }}
{steps}
wait $recorder
kill $sender
"#
    );
    let mut command = Command::new("unshare");
    command
        .args(["-Urnmpf", "--mount-proc", "--kill-child", "bash", "-c", &script])
        .env("AUDYN", env!("CARGO_BIN_EXE_audyn"))
        .env("IT", std::env::current_exe().unwrap())
        .env("GROUP", &rig.group)
        .env("GROUP_B", &rig.group_b)
        .env("PORT", &rig.port)
        .current_dir(rig.path(""));
    let (status, said) = Running::start(&mut command).end();
    let log = std::fs::read_to_string(rig.path("log.txt")).unwrap_or_default();
    assert!(status.success(), "{status}\n{said}\n{log}");
    Some(log)
}

/// Waits until a file exists and is not empty.
pub fn wait_for(path: &Path) {
    let until = std::time::Instant::now() + PATIENCE;
    while std::fs::metadata(path).map_or(0, |m| m.len()) == 0 {
        assert!(std::time::Instant::now() < until, "{} does not appear", path.display());
        std::thread::yield_now();
    }
}
