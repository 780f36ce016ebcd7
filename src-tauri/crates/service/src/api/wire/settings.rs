use super::{ClockSettings, DiscoverySettings, Moment, Writing, wire};

wire! {
    /// The station's settings.
    pub struct Settings {
        /// The station's name: up to 80 characters.
        pub station: String,
        /// Where recordings go, absolute.
        pub archive_root: String,
        /// Where they would go if nothing was set, and why this is so if it cannot be changed here.
        pub archive_root_locked: Option<String>,
        /// How recordings are written, unless a recorder differs.
        pub writing: Writing,
        /// The interface for sources that name none; the route decides if not given.
        pub interface: Option<String>,
        /// Where announcements are listened for.
        pub discovery: DiscoverySettings,
        /// What time follows, and where PTP is listened to.
        pub clock: ClockSettings,
        /// Look.
        pub theme: Theme,
        /// Reference mark of meters in dBFS: −18 or −20.
        pub reference_dbfs: i32,
        /// Seconds a peak is held; 0 until it is touched.
        pub peak_hold_s: u32,
        /// Single-key shortcuts work.
        pub shortcuts: bool,
        /// A telephone number or a name that a studio shows when it cannot record.
        pub engineering_contact: String,
        /// This machine is a studio's screen.
        pub kiosk: bool,
        /// Closing the window keeps recording in the tray instead of asking.
        pub close_to_tray: bool,
        /// Seconds of every source that are kept while nothing is recorded: 0 to 600.
        pub pre_roll_s: u32,
        /// Memory for that in MiB, for all sources together; a quarter of what was free at the start, at most 1024, if not
        /// given.
        pub pre_roll_mib: Option<u32>,
    }

    /// Look.
    #[derive(Copy, Eq)]
    pub enum Theme {
        /// As the system.
        System,
        /// Dark.
        Dark,
        /// Light.
        Light,
    }

    /// What changes about the settings.
    #[derive(Default)]
    #[ts(optional_fields = nullable)]
    pub struct ChangeSettings {
        /// The station's name.
        pub station: Option<String>,
        /// Where recordings go. Holds when nothing is being recorded.
        pub archive_root: Option<String>,
        /// How recordings are written.
        pub writing: Option<Writing>,
        /// The interface for sources that name none; an empty text for none.
        pub interface: Option<String>,
        /// Where announcements are listened for.
        pub discovery: Option<DiscoverySettings>,
        /// What time follows, and where PTP is listened to.
        pub clock: Option<ClockSettings>,
        /// Look.
        pub theme: Option<Theme>,
        /// Reference mark of meters in dBFS: −18 or −20.
        pub reference_dbfs: Option<i32>,
        /// Seconds a peak is held: 0, 1, 2 or 5.
        pub peak_hold_s: Option<u32>,
        /// Single-key shortcuts work.
        pub shortcuts: Option<bool>,
        /// Whom a studio calls.
        pub engineering_contact: Option<String>,
        /// This machine is a studio's screen.
        pub kiosk: Option<bool>,
        /// Closing the window keeps recording in the tray.
        pub close_to_tray: Option<bool>,
        /// Seconds of every source that are kept: 0 to 600.
        pub pre_roll_s: Option<u32>,
        /// Memory for that in MiB: 16 to 65 536; 0 for what is usual.
        pub pre_roll_mib: Option<u32>,
    }

    /// Network interfaces of this machine.
    pub struct Interfaces {
        /// Those there are now.
        pub interfaces: Vec<Interface>,
    }

    /// One interface.
    pub struct Interface {
        /// `eth0`
        pub name: String,
        /// Its IPv4 addresses.
        pub addresses: Vec<String>,
        /// It has a link.
        pub up: bool,
        /// Only this machine hears it.
        pub loopback: bool,
    }

    /// About this program and machine.
    pub struct Diagnostics {
        /// Program and version.
        pub version: String,
        /// The folder with the state database.
        pub state_dir: String,
        /// When it was started.
        pub started: Moment,
        /// Real-time priority of the receive threads, or why there is none.
        pub real_time: String,
        /// Version of the state database's schema.
        pub schema: u32,
        /// Bytes of the state database.
        pub database_bytes: u64,
        /// Logical processors.
        pub processors: u32,
        /// Resident memory in bytes.
        pub memory_bytes: u64,
        /// Bytes held of what passed by while nothing was recorded.
        pub pre_roll_bytes: u64,
        /// Bytes that may be held of it.
        pub pre_roll_limit_bytes: u64,
        /// Where secrets are kept, and against what that protects them.
        pub secrets: String,
        /// Licences of what is built in, for people.
        pub licence: String,
    }

    /// Backups of the state database.
    pub struct Backups {
        /// Newest first.
        pub backups: Vec<Backup>,
    }

    /// One backup.
    pub struct Backup {
        /// Its file name.
        pub name: String,
        /// When it was made.
        pub made: Moment,
        /// Bytes.
        pub bytes: u64,
        /// Its schema's version.
        pub schema: u32,
        /// How many recorders, sources and studios are in it.
        pub contents: String,
    }

    /// Picks a backup.
    pub struct BackupName {
        /// Its file name.
        pub name: String,
    }
}
