use super::{Light, Moment, RecorderState, wire};

wire! {
    /// How the station is.
    pub struct Status {
        /// Program version.
        pub version: String,
        /// The station's name.
        pub station: String,
        /// Now, on this machine's clock.
        pub now: Moment,
        /// When the program was started.
        pub started: Moment,
        /// Name of the station's time zone: `Europe/Zurich`.
        pub zone: String,
        /// Seconds the station's civil time is ahead of UTC now.
        pub utc_offset_s: i32,
        /// How many recorders are in each state.
        pub counts: Vec<StateCount>,
        /// The archive's disk.
        pub disk: Disk,
        /// The clock that times recordings.
        pub clock: Light,
        /// Seconds missing today, over all recorders.
        pub missing_today_s: f64,
        /// How many recorders are missing something today.
        pub recorders_missing: u32,
        /// The share of today's wanted audio that is there, 0 to 1; none if nothing was wanted.
        pub complete: Option<f64>,
        /// What somebody should know, newest first.
        pub notices: Vec<Notice>,
        /// Test tones stand in for studios.
        pub demo: bool,
    }

    /// How many.
    pub struct StateCount {
        /// In this state.
        pub state: RecorderState,
        /// So many.
        pub count: u32,
    }

    /// The archive's disk.
    pub struct Disk {
        /// How it is: "38 days left".
        pub light: Light,
        /// Bytes free for recordings; none if the folder cannot be reached.
        pub free_bytes: Option<u64>,
        /// Bytes in all.
        pub total_bytes: Option<u64>,
        /// Bytes a second that are being written now.
        pub rate_bytes_s: f64,
        /// When it is full at this rate.
        pub full_at: Option<Moment>,
    }

    /// Something somebody should know.
    pub struct Notice {
        /// Its id.
        pub id: String,
        /// How bad it is.
        pub level: NoticeLevel,
        /// When it began.
        pub at: Moment,
        /// When it was over; none if it goes on.
        pub until: Option<Moment>,
        /// The recorder it is about.
        pub recorder_id: Option<u32>,
        /// The recorder's name, or what else it is about.
        pub subject: String,
        /// What happened, what it means for the audio, what to do.
        pub message: String,
        /// What is offered to do about it.
        pub action: Option<NoticeAction>,
        /// Somebody has seen it.
        pub acknowledged: bool,
    }

    /// How bad it is.
    #[derive(Copy, Eq)]
    pub enum NoticeLevel {
        /// Good to know.
        Info,
        /// Recording goes on, not as it should.
        Warn,
        /// Audio is not being recorded, or the state is damaged.
        Fault,
    }

    /// What is offered.
    #[derive(Copy, Eq)]
    pub enum NoticeAction {
        /// The state database was damaged: a backup can be restored.
        RestoreBackup,
        /// Show a recorder's gaps.
        ShowGaps,
    }

    /// Picks a notice.
    pub struct NoticeId {
        /// Its id.
        pub id: String,
    }

    /// Which events.
    #[ts(optional_fields = nullable)]
    pub struct HistoryQuery {
        /// Only of this recorder.
        pub recorder_id: Option<u32>,
        /// Only those before this number; for the next page.
        pub before: Option<i64>,
        /// At most so many: 1 to 1000, 200 if not given.
        pub limit: Option<u32>,
    }

    /// What has happened, newest first.
    pub struct History {
        /// The entries.
        pub entries: Vec<HistoryEntry>,
        /// There are more.
        pub more: bool,
    }

    /// Something that happened.
    pub struct HistoryEntry {
        /// Its number.
        pub id: i64,
        /// When.
        pub at: Moment,
        /// The recorder it is about.
        pub recorder_id: Option<u32>,
        /// The recorder's name, or what else it is about.
        pub subject: String,
        /// A word: `started`, `stopped`, `state`, `gap`, `created`, `changed`, `deleted`, `held`, `released`, `assigned`, `program`.
        pub kind: String,
        /// In a sentence.
        pub message: String,
    }
}
