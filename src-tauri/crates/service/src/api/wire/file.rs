use super::{ClockQuality, Format, Gap, Moment, wire};

wire! {
    /// One file of the archive.
    pub struct FileEntry {
        /// Its id, which the file carries too: UUIDv7.
        pub id: String,
        /// Its name.
        pub name: String,
        /// Its place below the archive root.
        pub path: String,
        /// The recorder's number, if it still exists.
        pub recorder_id: Option<u32>,
        /// The recorder's name at the time.
        pub recorder_name: String,
        /// The studio whose folder it is in.
        pub studio_id: Option<String>,
        /// When its first sample was.
        pub start: Moment,
        /// The same on the archive's clock at that moment: `2026-10-25T02:14:00`.
        pub start_civil: String,
        /// The offset or name of that clock: `+01:00`, `UTC`, `TAI`.
        pub zone: String,
        /// Seconds of audio; what is known so far of a growing file.
        pub duration_s: f64,
        /// Bytes on disk.
        pub bytes: u64,
        /// Container and coding.
        pub format: Format,
        /// Channels.
        pub channels: u16,
        /// Rate in Hz.
        pub sample_rate: u32,
        /// How far it has come.
        pub state: FileState,
        /// Why it is faulted.
        pub note: Option<String>,
        /// Places where audio is missing.
        pub gaps: u32,
        /// Seconds missing.
        pub missing_s: f64,
        /// Why it is kept, oldest first; those that have expired too.
        pub holds: Vec<Hold>,
    }

    /// A reason to keep a file: as long as one of them holds, nobody can delete it.
    pub struct Hold {
        /// Its id: UUIDv7. Files that were held together have one.
        pub id: String,
        /// Who set it.
        pub by: String,
        /// When it was set.
        pub since: Moment,
        /// When it ends by itself; none: not before somebody lifts it.
        pub until: Option<Moment>,
        /// Why.
        pub reason: String,
        /// It had ended when this was told: it holds no longer.
        pub expired: bool,
    }

    /// How far a file has come.
    #[derive(Copy, Eq)]
    pub enum FileState {
        /// Being written.
        Growing,
        /// Complete and durable.
        Complete,
        /// Given up, lost or unreadable.
        Faulted,
    }

    /// Which files, newest first.
    #[derive(Default)]
    #[ts(optional_fields = nullable)]
    pub struct FileQuery {
        /// Only of this recorder.
        pub recorder_id: Option<u32>,
        /// Only of this studio.
        pub studio_id: Option<String>,
        /// Only of this day, `2026-10-25`, on the station's clock.
        pub day: Option<String>,
        /// Only those whose name or recorder holds this.
        pub search: Option<String>,
        /// Only of this format.
        pub format: Option<Format>,
        /// Only those with gaps.
        pub with_gaps: Option<bool>,
        /// Only those that are held now.
        pub held: Option<bool>,
        /// Where the last page ended.
        pub cursor: Option<String>,
        /// At most so many: 1 to 1000, 200 if not given.
        pub limit: Option<u32>,
    }

    /// A page of files.
    pub struct FilePage {
        /// The files.
        pub files: Vec<FileEntry>,
        /// Where the next page begins; none if this is the last.
        pub next: Option<String>,
        /// How many there are in all.
        pub total: u64,
        /// Their bytes.
        pub total_bytes: u64,
    }

    /// The archive by studio or recorder, and day.
    pub struct FileTree {
        /// Its branches.
        pub branches: Vec<FileBranch>,
    }

    /// One studio or recorder.
    pub struct FileBranch {
        /// Its folder below the root.
        pub folder: String,
        /// Its name for people.
        pub name: String,
        /// The studio, if the folder is one's.
        pub studio_id: Option<String>,
        /// The recorder, if the folder is one's.
        pub recorder_id: Option<u32>,
        /// Its days, newest first.
        pub days: Vec<FileDay>,
    }

    /// One day.
    pub struct FileDay {
        /// `2026-10-25`
        pub day: String,
        /// Files begun on it.
        pub files: u32,
        /// Their bytes.
        pub bytes: u64,
    }

    /// Picks a file.
    pub struct FileId {
        /// Its id.
        pub id: String,
    }

    /// One file in full.
    pub struct FileDetails {
        /// The file.
        pub file: FileEntry,
        /// Where audio is missing, in order.
        pub gaps: Vec<Gap>,
        /// How its times are known: `media-clock`, `assumed-media-clock`, `arrival`.
        pub time_basis: String,
        /// How good the clock was when it was begun; none if nobody watched.
        pub clock: Option<ClockQuality>,
        /// … and when it was complete.
        pub clock_sealed: Option<ClockQuality>,
        /// How fast the device's clock ran against this machine's until it was complete; none for network streams, and if it
        /// was too short to tell.
        pub drift: Option<Drift>,
        /// Marks that touch it, in order: the first 1000.
        pub marks: Vec<Mark>,
        /// Marks beyond those.
        pub more_marks: u32,
        /// BLAKE3 of its audio, in hexadecimal, once known.
        pub hash: Option<String>,
    }

    /// How fast a device's clock ran.
    #[derive(Copy)]
    pub struct Drift {
        /// How much faster than this machine's, in parts per million; slower is negative.
        pub ppm: f64,
        /// Seconds over which that was measured.
        pub over_s: u32,
    }

    /// A stretch of a file that somebody or something pointed out.
    pub struct Mark {
        /// Its id: UUIDv7.
        pub id: String,
        /// What made it.
        pub kind: MarkKind,
        /// When it begins, be it before the file.
        pub at: Moment,
        /// Seconds from the beginning of the file to where it begins in it.
        pub from_s: f64,
        /// … and to where it ends in it; none while it goes on.
        pub to_s: Option<f64>,
        /// What was said about it.
        pub text: Option<String>,
    }

    /// What made a mark.
    #[derive(Copy, Eq)]
    pub enum MarkKind {
        /// Sound, as recording on sound hears it.
        Vox,
    }

    /// Files to act on.
    pub struct FileIds {
        /// Their ids, 1 to 10 000.
        pub ids: Vec<String>,
    }

    /// What became of files.
    pub struct FilesDone {
        /// Those that were done.
        pub done: Vec<String>,
        /// Those that were not, and why.
        pub refused: Vec<FileRefused>,
    }

    /// One that was not.
    pub struct FileRefused {
        /// Which.
        pub id: String,
        /// Why.
        pub message: String,
    }

    /// Files to hold.
    #[ts(optional_fields = nullable)]
    pub struct HoldFiles {
        /// Their ids, 1 to 10 000.
        pub ids: Vec<String>,
        /// Why: 1 to 500 characters.
        pub reason: String,
        /// When the hold ends by itself; not before somebody lifts it if not given.
        pub until: Option<Moment>,
    }

    /// Files to take holds off.
    #[ts(optional_fields = nullable)]
    pub struct LiftHolds {
        /// Their ids, 1 to 10 000.
        pub ids: Vec<String>,
        /// Only this hold; all of theirs if not given.
        pub hold_id: Option<String>,
        /// Why: 1 to 500 characters.
        pub reason: String,
    }

    /// Files to copy out.
    #[ts(optional_fields = nullable)]
    pub struct CopyFiles {
        /// Their ids.
        pub ids: Vec<String>,
        /// A folder on this machine, absolute. Nothing in it is overwritten.
        pub folder: String,
    }

    /// Something that takes its time.
    pub struct Job {
        /// Its id.
        pub id: String,
        /// What it does.
        pub kind: JobKind,
        /// How far it is.
        pub state: JobState,
        /// Units done: bytes of a copy, files of a check.
        pub done: u64,
        /// Units in all.
        pub total: u64,
        /// What it is at, or why it ended.
        pub message: String,
    }

    /// What a job does.
    #[derive(Copy, Eq)]
    pub enum JobKind {
        /// Copies files out.
        Copy,
    }

    /// How far a job is.
    #[derive(Copy, Eq)]
    pub enum JobState {
        /// At work.
        Running,
        /// All was done.
        Done,
        /// Ended before all was done.
        Failed,
        /// Ended because somebody wished so.
        Cancelled,
    }

    /// Picks a job.
    pub struct JobId {
        /// Its id.
        pub id: String,
    }

    /// Jobs of this run, newest first.
    pub struct Jobs {
        /// The jobs.
        pub jobs: Vec<Job>,
    }
}
