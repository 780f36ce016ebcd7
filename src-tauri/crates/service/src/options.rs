//! How the application is opened, and what the settings of a new station are.

use std::path::PathBuf;

use jiff::tz::TimeZone;

use crate::api::wire::{self, Settings, Writing};

/// How the application is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// The folder of the state database.
    pub state_dir: PathBuf,
    /// Where recordings go, if that was given to the program; it cannot be changed by a person then.
    pub archive_root: Option<PathBuf>,
    /// Where recordings go unless that was set.
    pub default_archive_root: PathBuf,
    /// Program and version, as files and catalogues name their maker.
    pub originator: String,
    /// Ask for real-time priority and locked memory.
    pub real_time: bool,
    /// Begin with a demonstration if there is nothing yet.
    pub demo_if_empty: bool,
    /// The station's civil time.
    pub zone: TimeZone,
}

impl Options {
    /// As the environment says: `AUDYN_CONFIG_DIR` is the folder of the state database, else `audyn` in the user's
    /// configuration folder; `AUDYN_ARCHIVE_ROOT` where recordings go, else `audyn/archive` in the user's data folder, or
    /// `/var/lib/audyn/archive` without a home.
    #[must_use]
    pub fn from_environment(originator: &str, demo_if_empty: bool) -> Self {
        let folder = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = folder("HOME");
        let below_home = |rest: &str| home.as_ref().map(|home| home.join(rest));
        let config = folder("XDG_CONFIG_HOME").or_else(|| below_home(".config"));
        let data = folder("XDG_DATA_HOME").or_else(|| below_home(".local/share"));
        let state_dir = folder("AUDYN_CONFIG_DIR")
            .or_else(|| config.map(|config| config.join("audyn")))
            .unwrap_or_else(|| PathBuf::from("/var/lib/audyn"));
        Self {
            state_dir,
            archive_root: folder("AUDYN_ARCHIVE_ROOT"),
            default_archive_root: data
                .map_or_else(|| PathBuf::from("/var/lib/audyn/archive"), |data| data.join("audyn/archive")),
            originator: originator.to_owned(),
            real_time: true,
            demo_if_empty,
            zone: TimeZone::system(),
        }
    }
}

/// The settings of a new station.
pub(crate) fn defaults(options: &Options) -> Settings {
    let root = options.archive_root.as_ref().unwrap_or(&options.default_archive_root);
    Settings {
        station: "Audyn".to_owned(),
        archive_root: root.to_string_lossy().into_owned(),
        archive_root_locked: options
            .archive_root
            .is_some()
            .then(|| "Set by AUDYN_ARCHIVE_ROOT when Audyn was started.".to_owned()),
        writing: Writing {
            outputs: vec![wire::Output {
                format: wire::Format::Wav,
                bits: Some(wire::Bits::Int24),
                bitrate: None,
                vbr: None,
                complexity: None,
            }],
            layout: wire::Layout::Dailydir,
            custom_format: None,
            period_s: 3600,
            clock: wire::ArchiveClock::Localtime,
        },
        interface: None,
        discovery: wire::DiscoverySettings { on: true, interfaces: Vec::new() },
        clock: wire::ClockSettings {
            reference: wire::ClockReference::System,
            device: None,
            interface: None,
            domain: None,
            interfaces: Vec::new(),
        },
        theme: wire::Theme::System,
        reference_dbfs: -18,
        peak_hold_s: 2,
        shortcuts: true,
        engineering_contact: String::new(),
        kiosk: false,
        close_to_tray: false,
        pre_roll_s: 120,
        pre_roll_mib: None,
    }
}
