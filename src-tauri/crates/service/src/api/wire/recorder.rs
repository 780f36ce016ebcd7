use super::{Light, Moment, SourceKind, wire};

wire! {
    /// One recorder, as it is now.
    pub struct Recorder {
        /// Its number: fixed, whatever it is called.
        pub id: u32,
        /// Its identity in catalogues and files: UUIDv7.
        pub uid: String,
        /// Its name for people.
        pub name: String,
        /// A line about it; may be empty.
        pub description: String,
        /// What it is doing.
        pub state: RecorderState,
        /// Why it is degraded or in error, in a sentence.
        pub reason: Option<String>,
        /// Whether it should be recording: it is resumed after a restart if so.
        pub wanted: bool,
        /// When the running recording began.
        pub since: Option<Moment>,
        /// When a failed start is tried again.
        pub retry_at: Option<Moment>,
        /// Where its audio comes from.
        pub source: Option<SourceRef>,
        /// The studio it is assigned to.
        pub studio: Option<StudioRef>,
        /// Its meter among the levels; none without a source.
        pub meter: Option<String>,
        /// Seconds back from now that its next recording could begin; 0 while it records.
        pub pre_roll_s: u32,
        /// Names of its channels, in order.
        pub channels: Vec<String>,
        /// Rate in Hz; none without a source.
        pub sample_rate: Option<u32>,
        /// What was set for it; what is not follows the station.
        pub config: RecorderConfig,
        /// What holds for it.
        pub effective: Writing,
        /// Its settings differ from those of the running recording and hold from the next one on.
        pub pending: bool,
        /// The folder it writes into, below the archive root.
        pub folder: String,
        /// Files being written, one an output.
        pub files: Vec<CurrentFile>,
        /// What is missing.
        pub loss: Loss,
        /// What it hears.
        pub network: Light,
        /// How its times are known.
        pub clock: Light,
        /// Whether it can write.
        pub disk: Light,
        /// Belongs to the demonstration.
        pub demo: bool,
    }

    /// Every recorder.
    pub struct Recorders {
        /// By number.
        pub recorders: Vec<Recorder>,
    }

    /// What a recorder is doing.
    #[derive(Copy, Eq, Hash, PartialOrd, Ord)]
    pub enum RecorderState {
        /// Not recording.
        Stopped,
        /// Told to record; no audio yet.
        Starting,
        /// Told to record on sound; it listens, and nothing is written until there is some.
        Armed,
        /// Audio comes and is written.
        Recording,
        /// Recording, with loss, one leg or no clock.
        Degraded,
        /// Finishing its files.
        Stopping,
        /// Not recording although it should be.
        Error,
    }

    /// The source of a recorder.
    pub struct SourceRef {
        /// Its id.
        pub id: String,
        /// Its name.
        pub name: String,
        /// Its kind.
        pub kind: SourceKind,
        /// Address and legs in few words: "239.69.1.1, 2 legs".
        pub summary: String,
    }

    /// The studio of a recorder.
    pub struct StudioRef {
        /// Its id.
        pub id: String,
        /// Its name.
        pub name: String,
        /// Its colour, `#rrggbb`.
        pub color: String,
    }

    /// What is set for one recorder. What is not follows the station's settings.
    #[derive(Default)]
    #[ts(optional_fields = nullable)]
    pub struct RecorderConfig {
        /// What is written, one file each at a time.
        pub outputs: Option<Vec<Output>>,
        /// How files are arranged.
        pub layout: Option<Layout>,
        /// For the layout `custom`: a strftime format.
        pub custom_format: Option<String>,
        /// Seconds between two files, aligned to civil time; 0 for none.
        pub period_s: Option<u32>,
        /// The clock of names and boundaries.
        pub clock: Option<ArchiveClock>,
        /// Listens for sound: records it, or marks it. All is recorded if not given.
        pub vox: Option<Vox>,
    }

    /// Recording on sound.
    #[derive(Default)]
    #[ts(optional_fields = nullable)]
    pub struct Vox {
        /// What sound becomes; `activation` if not given.
        pub mode: Option<VoxMode>,
        /// From this level on sound counts, in dBFS: −60 to −5; −30 if not given.
        pub threshold_dbfs: Option<f64>,
        /// Below this level it no longer does, in dBFS; 5 dB below the threshold if not given.
        pub release_dbfs: Option<f64>,
        /// Milliseconds that the level has to hold: 10 to 5000; 100 if not given.
        pub detection_ms: Option<u32>,
        /// Milliseconds that recording goes on after the sound: 100 to 30 000; 2000 if not given.
        pub hangover_ms: Option<u32>,
        /// Milliseconds before the sound that its file or its mark begins: 0 to 5000; 500 if not given.
        pub pre_roll_ms: Option<u32>,
        /// Which level; `rms` if not given.
        pub level: Option<VoxLevel>,
    }

    /// What sound becomes.
    #[derive(Copy, Eq)]
    pub enum VoxMode {
        /// A file of its own each time; between them nothing is written.
        Activation,
        /// A mark each time; all is recorded.
        Marks,
    }

    /// Which level counts.
    #[derive(Copy, Eq)]
    pub enum VoxLevel {
        /// RMS of all channels together.
        Rms,
        /// The highest sample of any channel.
        Peak,
        /// RMS of the loudest channel: any of them suffices.
        Any,
    }

    /// How recordings are written.
    #[ts(optional_fields = nullable)]
    pub struct Writing {
        /// What is written, one file each at a time; at least one.
        pub outputs: Vec<Output>,
        /// How files are arranged.
        pub layout: Layout,
        /// For the layout `custom`: a strftime format.
        pub custom_format: Option<String>,
        /// Seconds between two files, aligned to civil time; 0 for none.
        pub period_s: u32,
        /// The clock of names and boundaries.
        pub clock: ArchiveClock,
    }

    /// One output.
    #[ts(optional_fields = nullable)]
    pub struct Output {
        /// Container and coding.
        pub format: Format,
        /// Sample size of WAV and FLAC; 24 if not given.
        pub bits: Option<Bits>,
        /// Bits per second of Opus (128 000 if not given) and MP3 (192 000).
        pub bitrate: Option<u32>,
        /// Variable bit rate; Opus yes, MP3 no, if not given.
        pub vbr: Option<bool>,
        /// Encoder effort, 0 to 10.
        pub complexity: Option<u8>,
    }

    /// Container and coding.
    #[derive(Copy, Eq, Hash)]
    pub enum Format {
        /// Broadcast WAV.
        Wav,
        /// Ogg Opus.
        Opus,
        /// FLAC.
        Flac,
        /// MP3.
        Mp3,
    }

    /// Sample sizes.
    #[derive(Copy, Eq)]
    pub enum Bits {
        /// 16-bit integers.
        #[serde(rename = "16")]
        Int16,
        /// 24-bit integers.
        #[serde(rename = "24")]
        Int24,
        /// 32-bit floats (WAV only).
        #[serde(rename = "32f")]
        Float32,
    }

    /// How files are arranged below a recorder's folder.
    #[derive(Copy, Eq)]
    pub enum Layout {
        /// `2026-10-25-14.wav`
        Flat,
        /// `2026/10/25/14/archive.wav`
        Hierarchy,
        /// `2026/10/25/14/2026-10-25-14.wav`
        Combo,
        /// `2026-10-25/2026-10-25-14.wav`
        Dailydir,
        /// `2026-10-25-14/2026-10-25-14-30-00.wav`
        Hourlydir,
        /// `2026-10-25/2026-10-25-14-30-00-00.wav`
        Accurate,
        /// A format of the user's own.
        Custom,
    }

    /// The clock of names and boundaries.
    #[derive(Copy, Eq)]
    pub enum ArchiveClock {
        /// The station's civil time.
        Localtime,
        /// UTC.
        Utc,
        /// TAI, as PTP counts.
        Tai,
    }

    /// A file being written.
    pub struct CurrentFile {
        /// Its name.
        pub name: String,
        /// Its place below the archive root.
        pub path: String,
        /// Container and coding.
        pub format: Format,
    }

    /// What is missing.
    #[derive(Default)]
    pub struct Loss {
        /// Seconds of audio missing since the station's midnight.
        pub today_s: f64,
        /// Seconds of audio missing in the running recording.
        pub recording_s: f64,
        /// It is still growing.
        pub growing: bool,
        /// The last gap of the running recording.
        pub last: Option<Gap>,
    }

    /// A place where audio is missing; exactly as many silent samples stand there.
    pub struct Gap {
        /// When the first missing sample would have been.
        pub at: Moment,
        /// Seconds missing.
        pub length_s: f64,
        /// Samples per channel missing.
        pub samples: u64,
        /// Why.
        pub cause: GapCause,
        /// The file it is in, if known.
        pub file: Option<String>,
    }

    /// Why audio is missing.
    #[derive(Copy, Eq)]
    pub enum GapCause {
        /// Packets that never came, or too late.
        Loss,
        /// Nothing came at all.
        Outage,
        /// The sender started anew further on.
        Restart,
        /// The disk was too slow.
        Overrun,
        /// The disk was full.
        #[serde(rename = "disk-full")]
        DiskFull,
        /// The disk refused.
        #[serde(rename = "write-failed")]
        WriteFailed,
        /// The source moved to another address; between the two nothing was heard.
        #[serde(rename = "source-changed")]
        SourceChanged,
    }

    /// Picks a recorder.
    pub struct RecorderId {
        /// Its number.
        pub id: u32,
    }

    /// Lets a recorder record.
    #[ts(optional_fields = nullable)]
    pub struct StartRecorder {
        /// Its number.
        pub id: u32,
        /// Seconds back from now that the recording begins, as far as that is kept; now if not given.
        pub from_seconds_ago: Option<f64>,
    }

    /// A new recorder.
    #[ts(optional_fields = nullable)]
    pub struct NewRecorder {
        /// Its name: 1 to 80 characters, unique.
        pub name: String,
        /// A line about it, up to 200 characters.
        pub description: Option<String>,
        /// Its source.
        pub source_id: Option<String>,
        /// What differs from the station's settings.
        pub config: Option<RecorderConfig>,
    }

    /// What changes about a recorder. Name and description at once, the source when it is stopped.
    #[ts(optional_fields = nullable)]
    pub struct ChangeRecorder {
        /// Its number.
        pub id: u32,
        /// Its new name.
        pub name: Option<String>,
        /// Its new line.
        pub description: Option<String>,
        /// Its new source; an empty text for none.
        pub source_id: Option<String>,
    }

    /// A recorder's new settings. They hold from its next file on.
    pub struct ChangeRecorderConfig {
        /// Its number.
        pub id: u32,
        /// All its settings.
        pub config: RecorderConfig,
    }

    /// Something was told to a recorder.
    pub struct Told {
        /// "Recording started", "Recording stopped".
        pub message: String,
        /// Which.
        pub recorder_id: u32,
    }

    /// What became of each recorder.
    pub struct ToldAll {
        /// Those that did as told.
        pub done: Vec<u32>,
        /// Those that could not, and why.
        pub refused: Vec<Refused>,
    }

    /// One that could not.
    pub struct Refused {
        /// Which.
        pub recorder_id: u32,
        /// Why.
        pub message: String,
    }

    /// Which gaps.
    #[ts(optional_fields = nullable)]
    pub struct GapQuery {
        /// The recorder.
        pub id: u32,
        /// Only those before; for the next page.
        pub before: Option<Moment>,
        /// At most so many: 1 to 1000, 200 if not given.
        pub limit: Option<u32>,
    }

    /// Gaps, newest first.
    pub struct Gaps {
        /// The gaps.
        pub gaps: Vec<Gap>,
        /// There are more.
        pub more: bool,
    }

    /// Which names to show.
    #[ts(optional_fields = nullable)]
    pub struct NameQuery {
        /// How it would be written.
        pub writing: Writing,
        /// From when on; now if not given.
        pub from: Option<Moment>,
        /// How many boundaries: 1 to 50, 5 if not given.
        pub count: Option<u32>,
        /// For this recorder's folder; a made-up one if not given.
        pub recorder_id: Option<u32>,
    }

    /// Names of files to come.
    pub struct Names {
        /// In order of time.
        pub files: Vec<NamedFile>,
        /// What is wrong with the wish, all at once; no names then.
        pub problems: Vec<String>,
        /// The same over the next change of the clocks, if there is one within a year.
        pub clock_change: Vec<NamedFile>,
    }

    /// A file to come.
    pub struct NamedFile {
        /// When it begins.
        pub at: Moment,
        /// Its place below the recorder's folder, one for each output.
        pub paths: Vec<String>,
    }

    /// What a recorder has received and what became of it.
    pub struct Counters {
        /// Counters of the stream by name.
        pub stream: Vec<Counter>,
        /// What encoders, disk and catalogue have done, by name; times are nanoseconds.
        pub stages: Vec<Counter>,
        /// One for each leg.
        pub legs: Vec<LegCounters>,
        /// Word length on the wire, once known.
        pub bits: Option<u8>,
        /// How positions are tied to TAI, once known.
        pub time_basis: Option<String>,
        /// How much later than their media time packets arrive, in microseconds.
        pub lag_us: Option<i64>,
        /// How much faster a local device's clock runs than this machine's, in parts per 10⁹, once known.
        pub drift_ppb: Option<i64>,
        /// Why nothing comes from a local device, in a sentence.
        pub trouble: Option<String>,
    }

    /// One counter.
    pub struct Counter {
        /// Its name.
        pub name: String,
        /// Its value since the source was connected.
        pub value: u64,
    }

    /// One leg's counters.
    pub struct LegCounters {
        /// Group and port.
        pub address: String,
        /// The interface wished for.
        pub interface: Option<String>,
        /// Bytes of receive buffer that the kernel granted.
        pub receive_buffer: u64,
        /// Interarrival jitter in microseconds.
        pub jitter_us: u64,
        /// Counters by name.
        pub counts: Vec<Counter>,
    }
}
