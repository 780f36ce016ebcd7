use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};

use audyn_model::Utc;
use tempfile::TempDir;

use super::*;

/// A clock that stands still until it is told otherwise.
#[derive(Default)]
struct Still(Mutex<i64>);

impl Clock for Still {
    fn utc(&self) -> Utc {
        Utc(0)
    }

    fn mono(&self) -> Mono {
        Mono(*self.0.lock().unwrap())
    }
}

struct Rig {
    jobs: Jobs,
    told: Receiver<Job>,
    dir: TempDir,
}

impl Rig {
    fn new() -> Self {
        let (tell, told) = channel();
        let tell = Mutex::new(tell);
        let jobs = Jobs::on(Arc::new(Still::default()), move |job| drop(tell.lock().unwrap().send(job)));
        let dir = tempfile::tempdir().unwrap();
        for folder in ["archive", "out"] {
            fs::create_dir(dir.path().join(folder)).unwrap();
        }
        Self { jobs, told, dir }
    }

    fn out(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    fn to(&self, folder: &Path) -> CopyTo {
        CopyTo { folder: folder.to_owned(), archive: self.dir.path().join("archive") }
    }

    /// A file of the archive with these bytes.
    fn file(&self, name: &str, bytes: &[u8]) -> CopyFile {
        let path = self.dir.path().join("archive").join(Uuid::now_v7().to_string());
        fs::write(&path, bytes).unwrap();
        let open = Box::new(move || File::open(path).map_err(|error| error.to_string()));
        CopyFile { name: name.to_owned(), bytes: bytes.len() as u64, open }
    }

    fn copy(&self, files: Vec<CopyFile>) -> Job {
        self.jobs.copy(files, &self.to(&self.out())).unwrap()
    }

    /// What the job came to, when it is over.
    fn end_of(&self, id: &str) -> Job {
        self.told.iter().find(|job| job.id == id && job.state != JobState::Running).unwrap()
    }

    fn there(&self) -> HashMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.out()).unwrap().map(Result::unwrap);
        entries
            .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
            .collect()
    }
}

/// A file whose turn begins when it is told so; that it has come is told too.
fn gated(file: CopyFile) -> (CopyFile, Receiver<()>, Sender<()>) {
    let (begun, has_begun) = channel();
    let (go, may_go) = channel::<()>();
    let open = file.open;
    let gate = Box::new(move || {
        begun.send(()).unwrap();
        // Ends too if the test lets go of its end.
        let _ = may_go.recv();
        open()
    });
    (CopyFile { open: gate, ..file }, has_begun, go)
}

#[test]
fn copies_are_whole_and_nothing_is_overwritten() {
    let rig = Rig::new();
    fs::write(rig.out().join("a.wav"), "mine").unwrap();
    fs::write(rig.out().join("b.wav.part"), "mine too").unwrap();
    let long: Vec<u8> = (0..3_000_000_u32).map(|n| (n / 7) as u8).collect();
    let files =
        vec![rig.file("a.wav", &long), rig.file("a.wav", b"2"), rig.file("b.wav", b""), rig.file("c", b"3")];
    let job = rig.copy(files);
    assert_eq!((job.state, job.done, job.total), (JobState::Running, 0, 3_000_002));
    let end = rig.end_of(&job.id);
    assert_eq!((end.state, end.done), (JobState::Done, 3_000_002), "{}", end.message);
    assert!(end.message.starts_with("4 files copied to"), "{}", end.message);
    let expected: [(&str, &[u8]); 6] = [
        ("a.wav", b"mine"),
        ("a_2.wav", &long),
        ("a_3.wav", b"2"),
        ("b.wav.part", b"mine too"),
        ("b.wav", b""),
        ("c", b"3"),
    ];
    assert_eq!(rig.there(), expected.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).into());
    assert_eq!(rig.jobs.list(), [end]);
}

#[test]
fn progress_is_told_at_most_ten_times_a_second() {
    let rig = Rig::new();
    let job = rig.copy(vec![rig.file("a.wav", &vec![1; 20 << 20])]);
    let told: Vec<Job> = rig.told.iter().take(3).collect();
    // Queued, the first block on a clock that stands still, the end.
    let states: Vec<(u64, JobState)> = told.iter().map(|job| (job.done, job.state)).collect();
    assert_eq!(states, [(0, JobState::Running), (0, JobState::Running), (20 << 20, JobState::Done)]);
    assert_eq!(told[1].message, "Copying a.wav, 1 of 1");
    assert_eq!(rig.jobs.list()[0].id, job.id);
    assert!(rig.told.try_recv().is_err());
}

#[test]
fn a_cancelled_copy_leaves_what_was_finished_and_nothing_else() {
    let rig = Rig::new();
    let (second, begun, go) = gated(rig.file("b.wav", b"two"));
    let job = rig.copy(vec![rig.file("a.wav", b"one"), second, rig.file("c.wav", b"three")]);
    let waiting = rig.copy(vec![rig.file("d.wav", b"four")]);
    begun.recv().unwrap();
    assert_eq!(rig.jobs.cancel(&waiting.id).unwrap().state, JobState::Cancelled);
    assert_eq!(rig.jobs.cancel(&job.id).unwrap().state, JobState::Cancelled);
    go.send(()).unwrap();
    let last = rig.copy(vec![rig.file("e.wav", b"five")]);
    assert_eq!(rig.end_of(&last.id).state, JobState::Done);
    let expected = [("a.wav", "one"), ("e.wav", "five")];
    assert_eq!(rig.there(), expected.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).into());
    let ended = rig.jobs.list().into_iter().find(|known| known.id == job.id).unwrap();
    assert_eq!(
        (ended.state, ended.message.as_str()),
        (JobState::Cancelled, "Cancelled; 1 file had been copied")
    );
    // Too late is no fault, and an unknown one is none of ours.
    assert_eq!(rig.jobs.cancel(&last.id).unwrap().state, JobState::Done);
    assert_eq!(rig.jobs.cancel("x"), None);
}

#[test]
fn a_copy_that_is_stopped_in_the_middle_of_a_file_removes_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("long");
    fs::write(&path, vec![7; 5 << 20]).unwrap();
    let out = dir.path().join("out");
    fs::create_dir(&out).unwrap();
    let asked = std::cell::Cell::new(0);
    let stopped = || {
        asked.set(asked.get() + 1);
        asked.get() > 3
    };
    let open: Open = Box::new(move || File::open(path).map_err(|error| error.to_string()));
    let file = CopyFile { name: "long.wav".to_owned(), bytes: 5 << 20, open };
    let mut done = 0;
    let ended = copy::copy_all(vec![file], &out, &stopped, &mut |step| {
        done = step.done;
        let names: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(names.iter().all(|name| name == "long.wav.part"), "{names:?}");
    });
    assert_eq!(ended, Ended::Stopped { files: 0 });
    assert_eq!(done, 2 << 20);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
}

#[test]
fn a_file_that_cannot_be_read_ends_the_job_with_its_reason() {
    let rig = Rig::new();
    let bad = CopyFile {
        name: "b.wav".into(),
        bytes: 1,
        open: Box::new(|| Err("b.wav is being written".to_owned())),
    };
    let job = rig.copy(vec![rig.file("a.wav", b"one"), bad, rig.file("c.wav", b"three")]);
    let end = rig.end_of(&job.id);
    assert_eq!(end.state, JobState::Failed);
    assert_eq!(end.message, "b.wav is being written. The file before it is there.");
    assert_eq!(rig.there().len(), 1);
}

#[test]
fn a_folder_that_may_not_or_cannot_take_copies_is_refused_with_a_reason() {
    let rig = Rig::new();
    let inside = rig.dir.path().join("archive/studio-1");
    fs::create_dir(&inside).unwrap();
    let link = rig.dir.path().join("link");
    std::os::unix::fs::symlink(&inside, &link).unwrap();
    let file = rig.dir.path().join("file");
    fs::write(&file, "x").unwrap();
    let locked = rig.dir.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    let mut table = vec![
        (rig.dir.path().join("archive"), "inside the archive"),
        (inside, "inside the archive"),
        (link, "inside the archive"),
        (rig.dir.path().join("out/../archive"), "inside the archive"),
        (PathBuf::from("out"), "in full"),
        (rig.dir.path().join("none"), "cannot be used"),
        (file, "not a folder"),
    ];
    // The administrator may write anywhere.
    if fs::write(locked.join("probe"), "").is_err() {
        table.push((locked, "nothing can be written"));
    }
    for (folder, part) in table {
        let refused = rig.jobs.copy(vec![rig.file("a.wav", b"one")], &rig.to(&folder)).unwrap_err();
        assert!(matches!(&refused, Refusal::Folder(why) if why.contains(part)), "{folder:?}: {refused}");
    }
    let huge = CopyFile { bytes: u64::MAX / 2, ..rig.file("a.wav", b"one") };
    let refused = rig.jobs.copy(vec![huge], &rig.to(&rig.out())).unwrap_err();
    assert!(matches!(&refused, Refusal::Space(why) if why.contains("9.22 EB")), "{refused}");
    assert!(rig.jobs.list().is_empty() && rig.there().is_empty());
}

#[test]
fn a_full_queue_refuses_and_goes_on() {
    let rig = Rig::new();
    let (first, begun, go) = gated(rig.file("first.wav", b"1"));
    rig.copy(vec![first]);
    begun.recv().unwrap();
    let waiting: Vec<Job> =
        (0..WAITING).map(|n| rig.copy(vec![rig.file(&format!("{n}.wav"), b"x")])).collect();
    let refused = rig.jobs.copy(vec![rig.file("more.wav", b"x")], &rig.to(&rig.out()));
    assert_eq!(refused.unwrap_err(), Refusal::Full);
    go.send(()).unwrap();
    assert_eq!(rig.end_of(&waiting[WAITING - 1].id).state, JobState::Done);
    assert_eq!(rig.there().len(), WAITING + 1);
}

#[test]
fn closing_gives_up_what_is_at_work_and_what_waits() {
    let rig = Rig::new();
    let (first, begun, go) = gated(rig.file("first.wav", b"1"));
    rig.copy(vec![first, rig.file("second.wav", b"2")]);
    rig.copy(vec![rig.file("third.wav", b"3")]);
    begun.recv().unwrap();
    drop(go);
    rig.jobs.shared.stop.store(true, Ordering::Release);
    rig.jobs.close();
    assert!(
        !rig.there().contains_key("third.wav") && !rig.there().keys().any(|name| name.ends_with(".part"))
    );
    assert!(rig.jobs.list().iter().all(|job| job.state != JobState::Running));
    let refused = rig.jobs.copy(vec![rig.file("more.wav", b"x")], &rig.to(&rig.out()));
    assert!(matches!(refused, Err(Refusal::Thread(_))));
}
