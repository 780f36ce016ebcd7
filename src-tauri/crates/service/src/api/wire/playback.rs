use super::wire;

wire! {
    /// What this machine plays.
    pub struct Playback {
        /// How it is.
        pub state: PlaybackState,
        /// The source that is listened to; there is no file then.
        pub listening: Option<Listening>,
        /// The file; none if nothing was chosen.
        pub file_id: Option<String>,
        /// Its name.
        pub name: Option<String>,
        /// Seconds from the file's beginning.
        pub position_s: f64,
        /// Seconds of audio; what is known so far of a growing file.
        pub duration_s: f64,
        /// The file grows.
        pub growing: bool,
        /// 0 to 1.
        pub volume: f64,
        /// The chosen output; none for the system's own choice.
        pub output_id: Option<String>,
        /// Why nothing is heard, in a sentence.
        pub message: Option<String>,
    }

    /// A source that is listened to.
    pub struct Listening {
        /// The source.
        pub source_id: String,
        /// The recorder it was asked for by.
        pub recorder_id: Option<u32>,
        /// The recorder's or the source's name.
        pub name: String,
        /// Times that something was skipped so that what is heard is not late.
        pub skips: u32,
    }

    /// Lets a source be heard: by itself, or as a recorder hears it.
    #[ts(optional_fields = nullable)]
    pub struct Listen {
        /// The source.
        pub source_id: Option<String>,
        /// Or the recorder.
        pub recorder_id: Option<u32>,
    }

    /// How playing is.
    #[derive(Copy, Eq)]
    pub enum PlaybackState {
        /// Nothing plays.
        Stopped,
        /// Heard.
        Playing,
        /// Held.
        Paused,
        /// It cannot be heard.
        Error,
    }

    /// Plays a file.
    #[ts(optional_fields = nullable)]
    pub struct Play {
        /// The file.
        pub file_id: String,
        /// Seconds from its beginning; 0 if not given.
        pub at_s: Option<f64>,
    }

    /// Goes to a place.
    pub struct Seek {
        /// Seconds from the file's beginning.
        pub position_s: f64,
    }

    /// Sets the volume.
    pub struct Volume {
        /// 0 to 1.
        pub volume: f64,
    }

    /// Chooses an output.
    #[ts(optional_fields = nullable)]
    pub struct ChooseOutput {
        /// Its id; none for the system's own choice.
        pub id: Option<String>,
    }

    /// Where sound can go.
    pub struct Outputs {
        /// Those there are now.
        pub outputs: Vec<AudioOutput>,
        /// Why there are none, in a sentence.
        pub message: Option<String>,
    }

    /// An output.
    pub struct AudioOutput {
        /// Its id.
        pub id: String,
        /// Its name for people.
        pub name: String,
        /// The system's own choice.
        pub default: bool,
    }
}
