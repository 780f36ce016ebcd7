use super::{
    Announced, ClockStatus, DoctorReport, FileEntry, Job, Playback, Recorder, Settings, Source, Status,
    Studio, wire,
};

wire! {
    /// A fact, sent after it is durable. Whoever hears `resync` has missed some and loads everything again.
    #[serde(tag = "type", content = "data")]
    pub enum AppEvent {
        /// A recorder is new, or has changed.
        Recorder(Box<Recorder>),
        /// A recorder is gone.
        RecorderRemoved(u32),
        /// A source is new, or has changed.
        Source(Box<Source>),
        /// A source is gone.
        SourceRemoved(String),
        /// A studio is new, or has changed.
        Studio(Studio),
        /// A studio is gone.
        StudioRemoved(String),
        /// The settings have changed.
        Settings(Settings),
        /// How the station is: at every change, and every ten seconds.
        Status(Status),
        /// What time follows, or who keeps it on the network, is not as it was.
        Clock(Box<ClockStatus>),
        /// A file was begun, or is complete.
        File(FileEntry),
        /// Files are gone.
        FilesRemoved(Vec<String>),
        /// What this machine plays has changed, or its position has.
        Playback(Playback),
        /// A job has gone on.
        Job(Job),
        /// The doctor's report about a source has grown.
        Doctor(Box<DoctorReport>),
        /// The meters in each frame of levels have changed.
        Levels(LevelLayout),
        /// What is announced on the network has changed.
        Announced(Announced),
        /// Users, sessions, tokens or how the station is opened have changed.
        Access,
        /// Some events were missed.
        Resync,
    }

    /// Which meters a frame of levels holds, in order.
    ///
    /// A frame is 32-bit floats, little-endian: the layout's generation, a sequence number (modulo 2²⁴), then for each
    /// meter the age of its levels in milliseconds (−1 if there are none) and for each channel peak and RMS in dBFS and
    /// the count of clips since the source was connected.
    pub struct LevelLayout {
        /// Changes with every change of the layout (modulo 2²⁴).
        pub generation: u32,
        /// The meters.
        pub meters: Vec<MeterPlace>,
    }

    /// One meter.
    pub struct MeterPlace {
        /// Its id.
        pub id: String,
        /// Names of its channels.
        pub channels: Vec<String>,
    }
}
