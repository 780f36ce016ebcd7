//! What tests share: a source whose samples tell their position, a disk that fails on demand, independent readers.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use audyn_codec::Spec;
use audyn_model::{
    Anchor, AudioFormat, Container, Gap, GapCause, Mono, Rate, RecorderId, SampleFormat, SampleIndex,
    TimeBasis, Utc,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tempfile::TempDir;

use crate::disk::{Disk, DiskFile, SystemDisk};
use crate::*;

pub(crate) fn utc(text: &str) -> Utc {
    let at: Timestamp = text.parse().unwrap();
    Utc(i64::try_from(at.as_nanosecond()).unwrap())
}

pub(crate) fn spec(container: Container) -> Spec {
    Spec { container, samples: SampleFormat::Int24, bitrate: 128_000, vbr: false, complexity: 1 }
}

pub(crate) fn format(hz: u32, channels: u16) -> AudioFormat {
    AudioFormat::new(Rate::new(hz).unwrap(), channels, 24).unwrap()
}

/// A 24-bit sample that only this position and channel has (nearly).
pub(crate) fn noise(index: i64, channel: usize) -> i32 {
    let mut x =
        (index as u64).wrapping_mul(64).wrapping_add(channel as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((x >> 32) as u32 & 0xFFFF_FF00) as i32 >> 3 & !0xFF
}

pub(crate) fn sine(index: i64, channel: usize) -> i32 {
    let hz = 441.0 * (channel + 1) as f64;
    let phase = (index.rem_euclid(480_000)) as f64 * hz / 48_000.0 * std::f64::consts::TAU;
    ((phase.sin() * 0.25 * f64::from(i32::MAX)) as i32) & !0xFF
}

/// A root in a temporary folder and a clock that only moves with the audio.
pub(crate) struct Rig {
    pub dir: TempDir,
    pub root: Arc<Root>,
    pub disk: Arc<FaultyDisk>,
    pub format: AudioFormat,
    pub anchor: Anchor,
    pub at: SampleIndex,
    pub signal: fn(i64, usize) -> i32,
    pub naming: Naming,
    pub recorder: RecorderId,
    start: Utc,
    first: SampleIndex,
    /// Time that passes without audio.
    pub waited: Duration,
}

impl Rig {
    pub fn new(format: AudioFormat, start: &str) -> Self {
        let start = utc(start);
        let anchor = Anchor::direct(format.rate, TimeBasis::MediaClock);
        let at = anchor.index_at(start.to_tai());
        let dir = tempfile::tempdir().unwrap();
        let disk = Arc::new(FaultyDisk::default());
        let (root, _) = Root::open_on(disk.clone(), &dir.path().join("root"), "audyn test", start).unwrap();
        let clock = CivilClock { clock: ArchiveClock::Local, zone: TimeZone::get("Europe/Berlin").unwrap() };
        Self {
            dir,
            root: Arc::new(root),
            disk,
            format,
            anchor,
            at,
            signal: noise,
            naming: Naming { layout: Layout::DailyDir, clock, folder: None },
            recorder: RecorderId::new(),
            start,
            first: at,
            waited: Duration::ZERO,
        }
    }

    pub fn root_dir(&self) -> PathBuf {
        self.root.dir().to_owned()
    }

    /// Opens the root again, as the next start of the program does.
    pub fn reopen(&mut self) -> Recovery {
        let (root, recovery) =
            Root::open_on(self.disk.clone(), &self.root_dir(), "audyn test", self.utc()).unwrap();
        self.root = Arc::new(root);
        recovery
    }

    pub fn recording(&self, containers: &[Container], period_s: u32) -> Recording {
        self.recording_of(containers.iter().map(|c| spec(*c)).collect(), period_s)
    }

    pub fn recording_of(&self, outputs: Vec<Spec>, period_s: u32) -> Recording {
        let place = Place::Root { root: self.root.clone(), naming: self.naming.clone(), period_s };
        self.recording_to(place, outputs)
    }

    pub fn recording_to(&self, place: Place, outputs: Vec<Spec>) -> Recording {
        Recording::on(
            self.disk.clone(),
            RecordingSpec {
                recorder: self.recorder,
                name: "Studio 1".into(),
                format: self.format,
                outputs,
                place,
                checkpoint: Duration::from_secs(1),
                originator: "audyn test".into(),
            },
        )
        .unwrap()
    }

    pub fn mono(&self) -> Mono {
        let media = self.format.rate.ns_of(u64::try_from(self.at.since(self.first)).unwrap());
        Mono(media as i64).after(self.waited)
    }

    pub fn utc(&self) -> Utc {
        self.start.plus(self.mono().0)
    }

    /// The next `frames` frames of the source.
    pub fn take(&mut self, frames: usize) -> Vec<i32> {
        let from = self.at.0;
        self.at = self.at.plus(frames as i64);
        samples(self.signal, from, frames, usize::from(self.format.channels))
    }

    /// Records in calls of `piece` frames.
    pub fn record(&mut self, recording: &mut Recording, frames: usize, piece: usize) {
        let mut left = frames;
        while left > 0 {
            self.try_record(recording, piece.min(left)).unwrap();
            left -= piece.min(left);
        }
    }

    pub fn try_record(&mut self, recording: &mut Recording, frames: usize) -> Result<(), Fault> {
        let at = self.at;
        let samples = self.take(frames);
        recording.frames(at, &samples, &self.anchor, self.mono(), self.utc())
    }

    pub fn lose(&mut self, recording: &mut Recording, len: u64, cause: GapCause) -> Result<(), Fault> {
        let gap = Gap { at: self.at, len, cause };
        self.at = gap.end();
        recording.gap(gap, &self.anchor, self.mono(), self.utc())
    }

    pub fn stop(&self, recording: &mut Recording) {
        recording.stop(self.mono(), self.utc()).unwrap();
    }

    /// All files of the root but its books, relative, in byte order of name within each folder.
    pub fn names(&self) -> Vec<String> {
        let files = files::walk(&self.root_dir()).unwrap();
        files.iter().map(|path| paths::relative(&self.root_dir(), path).unwrap()).collect()
    }
}

pub(crate) fn samples(signal: fn(i64, usize) -> i32, from: i64, frames: usize, channels: usize) -> Vec<i32> {
    (0..frames as i64).flat_map(|n| (0..channels).map(move |c| signal(from + n, c))).collect()
}

/// Decodes with ffmpeg to full-scale `i32`. Any complaint on stderr is a failure.
pub(crate) fn ffmpeg(path: &Path) -> Vec<i32> {
    let bytes = run(
        "ffmpeg",
        "ffmpeg",
        Command::new("ffmpeg").args(["-v", "error", "-xerror", "-i"]).arg(path).args([
            "-f",
            "s32le",
            "-acodec",
            "pcm_s32le",
            "-",
        ]),
    );
    bytes.chunks_exact(4).map(|b| i32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Lets the usual tool of a container verify a file.
pub(crate) fn verify(path: &Path) {
    match path.extension().unwrap().to_str().unwrap() {
        "wav" => drop(run("sox", "sox", Command::new("sox").arg(path).args(["-n", "stat"]))),
        "flac" => drop(run("flac", "flac", Command::new("flac").args(["-t", "-s"]).arg(path))),
        "opus" => {
            let text =
                String::from_utf8(run("opusinfo", "opus-tools", Command::new("opusinfo").arg(path))).unwrap();
            assert!(!text.contains("WARNING") && !text.contains("ERROR"), "{text}");
        }
        _ => drop(ffmpeg(path)),
    }
}

pub(crate) fn run(tool: &str, package: &str, command: &mut Command) -> Vec<u8> {
    let output = command.stdin(Stdio::null()).output();
    let output =
        output.unwrap_or_else(|error| panic!("cannot run {tool} ({error}); apt-get install {package}"));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{tool}: {words}");
    assert!(tool != "ffmpeg" || words.is_empty(), "{tool}: {words}");
    output.stdout
}

/// The real file system, with trouble on request.
#[derive(Debug, Default)]
pub(crate) struct FaultyDisk {
    pub trouble: Arc<Mutex<Trouble>>,
}

/// What is to go wrong. Error numbers are the system's.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    /// Bytes that still fit; then writes are cut short and refused with ENOSPC.
    pub space: Option<u64>,
    pub write: Option<i32>,
    pub create: Option<i32>,
    pub sync: Option<i32>,
    /// Only files whose name contains this.
    pub only: Option<String>,
    /// Every so many operations one fails with ENOSPC, writes after half of their bytes.
    pub every: Option<u32>,
    pub operations: u32,
    /// What was done, in order.
    pub log: Vec<String>,
}

pub(crate) const EIO: i32 = 5;
pub(crate) const ENOSPC: i32 = 28;

impl FaultyDisk {
    pub fn set(&self, change: impl FnOnce(&mut Trouble)) {
        change(&mut self.trouble.lock().unwrap());
    }

    pub fn heal(&self) {
        self.set(|t| *t = Trouble { log: std::mem::take(&mut t.log), ..Trouble::default() });
    }
}

impl Trouble {
    fn due(&mut self, name: &str, number: Option<i32>) -> io::Result<()> {
        self.operations += 1;
        if self.every.is_some_and(|every| self.operations.is_multiple_of(every)) {
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
        match number {
            Some(number) if self.only.as_ref().is_none_or(|only| name.contains(only)) => {
                Err(io::Error::from_raw_os_error(number))
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Disk for FaultyDisk {
    fn create_folders(&self, dir: &Path) -> io::Result<()> {
        SystemDisk.create_folders(dir)
    }

    fn create_new(&self, path: &Path, head: &[u8]) -> io::Result<Box<dyn DiskFile>> {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut trouble = self.trouble.lock().unwrap();
        let taken = SystemDisk.exists(path)?;
        let number = trouble.create.or(trouble.write.filter(|_| !taken));
        trouble.due(&name, number)?;
        if !taken && trouble.space.is_some_and(|space| space < head.len() as u64) {
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
        let file = SystemDisk.create_new(path, head)?;
        trouble.space = trouble.space.map(|space| space - head.len() as u64);
        trouble.log.push(format!("create {name}"));
        Ok(Box::new(FaultyFile { file, name, trouble: self.trouble.clone() }))
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        SystemDisk.exists(path)
    }

    fn sync_folder(&self, dir: &Path) -> io::Result<()> {
        let mut trouble = self.trouble.lock().unwrap();
        trouble.due("", None)?;
        trouble.log.push("sync folder".into());
        SystemDisk.sync_folder(dir)
    }
}

struct FaultyFile {
    file: Box<dyn DiskFile>,
    name: String,
    trouble: Arc<Mutex<Trouble>>,
}

impl DiskFile for FaultyFile {
    fn write_at(&mut self, bytes: &[u8], at: u64) -> io::Result<usize> {
        let mut trouble = self.trouble.lock().unwrap();
        let number = trouble.write;
        if let Err(error) = trouble.due(&self.name, number) {
            if error.raw_os_error() == Some(ENOSPC) && trouble.every.is_some() && bytes.len() > 1 {
                return self.file.write_at(&bytes[..bytes.len() / 2], at);
            }
            return Err(error);
        }
        let fits =
            trouble.space.map_or(bytes.len(), |space| bytes.len().min(usize::try_from(space).unwrap()));
        if fits == 0 && !bytes.is_empty() {
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
        let done = self.file.write_at(&bytes[..fits], at)?;
        trouble.space = trouble.space.map(|space| space - done as u64);
        trouble.log.push(format!("write {}", self.name));
        Ok(done)
    }

    fn read_exact_at(&self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        self.file.read_exact_at(bytes, at)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.sync("sync data")?;
        self.file.sync_data()
    }

    fn sync_all(&mut self) -> io::Result<()> {
        self.sync("sync all")?;
        self.file.sync_all()
    }
}

impl FaultyFile {
    fn sync(&self, what: &str) -> io::Result<()> {
        let mut trouble = self.trouble.lock().unwrap();
        let number = trouble.sync;
        trouble.due(&self.name, number)?;
        trouble.log.push(format!("{what} {}", self.name));
        Ok(())
    }
}

/// A process that holds a file's lock until it is dropped.
pub(crate) struct OtherWriter(std::process::Child);

impl OtherWriter {
    pub fn of(path: &Path) -> Self {
        let mut child = Command::new("flock")
            .arg(path)
            .args(["-c", "echo held; cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("cannot run flock; apt-get install util-linux");
        let mut line = [0; 5];
        io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut line).unwrap();
        assert_eq!(&line, b"held\n");
        Self(child)
    }
}

impl Drop for OtherWriter {
    fn drop(&mut self) {
        if let Some(mut stdin) = self.0.stdin.take() {
            let _ = stdin.flush();
        }
        let _ = self.0.wait();
    }
}
