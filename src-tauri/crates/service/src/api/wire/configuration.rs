use super::wire;

wire! {
    /// The station's configuration as one file. Secrets, recordings and what is being recorded are not in it.
    pub struct ConfigurationFile {
        /// A name for it: `audyn-radio-one.toml`
        pub name: String,
        /// TOML, up to 1 MiB.
        pub text: String,
    }

    /// A configuration to look at.
    pub struct ConfigurationText {
        /// TOML, up to 1 MiB.
        pub text: String,
    }

    /// A configuration to take up.
    pub struct ImportConfiguration {
        /// The very text that was checked.
        pub text: String,
        /// What the check gave for it. Refused if the station has changed since.
        pub fingerprint: String,
    }

    /// What a configuration would change. Nothing was changed.
    pub struct ConfigurationCheck {
        /// Every difference, in the order of the file; what is removed comes last.
        pub changes: Vec<ConfigurationChange>,
        /// Sources, recorders, studios and users that stay as they are.
        pub unchanged: u32,
        /// How many of the changes are refused. It is taken up whole or not at all.
        pub refused: u32,
        /// For the import.
        pub fingerprint: String,
    }

    /// One difference.
    pub struct ConfigurationChange {
        /// What happens.
        pub kind: ConfigurationChangeKind,
        /// To what.
        pub part: ConfigurationPart,
        /// Its name; the new one if that changes.
        pub name: String,
        /// Field by field; empty for what is removed.
        pub fields: Vec<FieldChange>,
        /// Why it cannot be done now, and what to do; none if it can.
        pub refused: Option<String>,
    }

    /// What happens.
    #[derive(Copy, Eq)]
    pub enum ConfigurationChangeKind {
        /// It is in the file and not here.
        Added,
        /// It is in both, and differs.
        Changed,
        /// It is here and not in the file.
        Removed,
    }

    /// Parts of a configuration.
    #[derive(Copy, Eq, Hash)]
    pub enum ConfigurationPart {
        /// The station's settings.
        Settings,
        /// A source.
        Source,
        /// A recorder.
        Recorder,
        /// A studio.
        Studio,
        /// How the station is opened.
        Access,
        /// Somebody with a password of the station's.
        User,
    }

    /// A field that differs.
    pub struct FieldChange {
        /// Where: `config.legs[0].address`
        pub field: String,
        /// What it is here; none if it is not set.
        pub before: Option<String>,
        /// What it would be; none if it would not be set.
        pub after: Option<String>,
    }
}
