use super::{Light, Moment, wire};

wire! {
    /// What time follows, and what is heard of PTP.
    pub struct ClockStatus {
        /// How it is: "PTP locked", "PTP lost", "No PTP".
        pub light: Light,
        /// What the program's own time follows.
        pub reference: ClockReference,
        /// How well.
        pub lock: ClockLock,
        /// The hardware clock that is followed: `/dev/ptp0`.
        pub device: Option<String>,
        /// How far time that is followed is ahead of the machine's clock, in nanoseconds; 0 if that itself is followed.
        pub ahead_ns: i64,
        /// What is wrong with it, and what to do.
        pub problem: Option<String>,
        /// Something keeps the machine's clock in time; none if the kernel does not say.
        pub synchronised: Option<bool>,
        /// The largest error that the kernel believes its clock to have, in nanoseconds.
        pub max_error_ns: Option<u64>,
        /// The kernel's TAI offset in seconds; 0 if nobody has set it.
        pub kernel_tai_offset_s: Option<i64>,
        /// The domain whose grandmaster counts.
        pub chosen: Option<ClockDomain>,
        /// Every domain heard, on every interface.
        pub domains: Vec<ClockDomain>,
        /// Where PTP is listened to.
        pub interfaces: Vec<ClockInterface>,
        /// PTP messages received.
        pub messages: u64,
        /// Datagrams that were none.
        pub malformed: u64,
        /// Masters that found no room in the tables.
        pub crowded: u64,
    }

    /// A PTP domain on an interface.
    pub struct ClockDomain {
        /// The interface.
        pub interface: String,
        /// The domain.
        pub domain: u8,
        /// How it is.
        pub state: PtpState,
        /// What is odd about it, in a sentence.
        pub problem: Option<String>,
        /// Since when the grandmaster is there, or gone.
        pub since: Option<Moment>,
        /// The grandmaster's identity: `00-11-22-FF-FE-33-44-55`.
        pub grandmaster: Option<String>,
        /// The one before.
        pub previous: Option<String>,
        /// Its class: 6 follows a primary reference, 7 holds it, 248 runs free.
        pub class: Option<u8>,
        /// … in words.
        pub class_words: Option<String>,
        /// How exact it claims to be, in nanoseconds.
        pub accuracy_ns: Option<u64>,
        /// Where its time comes from, in words.
        pub time_source: Option<String>,
        /// Its first rank in the election; less wins.
        pub priority1: Option<u8>,
        /// Boundary clocks on the way.
        pub steps_removed: Option<u16>,
        /// TAI − UTC in seconds, as it announces.
        pub utc_offset_s: Option<i16>,
        /// … and says that it is right.
        pub utc_offset_valid: Option<bool>,
        /// It counts PTP's own timescale, TAI.
        pub ptp_timescale: Option<bool>,
        /// Its time is traceable to a primary reference.
        pub time_traceable: Option<bool>,
        /// How far PTP time is ahead of the machine's clock, in nanoseconds, network delay included.
        pub offset_ns: Option<i64>,
        /// Half of the range in which that was lately.
        pub uncertainty_ns: Option<u64>,
        /// Seconds between two announcements.
        pub announce_interval_s: Option<f64>,
        /// Announcements missed since it is heard.
        pub announcements_missed: u64,
        /// Masters there are now.
        pub masters: u32,
        /// Times the grandmaster has changed.
        pub changes: u64,
    }

    /// How a PTP domain is.
    #[derive(Copy, Eq)]
    pub enum PtpState {
        /// Something was heard that does not make a master with a time.
        Listening,
        /// A grandmaster is there, and its time can be right.
        Locked,
        /// As locked; it is another since less than a minute.
        Changed,
        /// The grandmaster is gone.
        Lost,
        /// A grandmaster is there, and its time is wrong.
        Insane,
    }

    /// An interface on which PTP is listened to.
    pub struct ClockInterface {
        /// Its name.
        pub name: String,
        /// Why it is not heard, and what to do; none if it is.
        pub problem: Option<String>,
    }

    /// What time follows.
    #[derive(Copy, Eq)]
    pub enum ClockReference {
        /// The machine's clock.
        System,
        /// The machine's clock, which ptp4l and phc2sys keep on PTP time.
        Software,
        /// A PTP hardware clock.
        Hardware,
    }

    /// Whether a time follows a grandmaster.
    #[derive(Copy, Eq)]
    pub enum ClockLock {
        /// It does, and the grandmaster is heard.
        Locked,
        /// It did; time runs on at its own rate.
        Holdover,
        /// It should, and no grandmaster is heard.
        Free,
        /// The machine's clock decides.
        System,
    }

    /// How good the clock was that a file's times come from.
    pub struct ClockQuality {
        /// What time followed.
        pub reference: ClockReference,
        /// How well.
        pub lock: ClockLock,
        /// The grandmaster.
        pub grandmaster: Option<String>,
        /// Its domain.
        pub domain: Option<u8>,
        /// How far PTP time was ahead of the machine's clock, in nanoseconds.
        pub offset_ns: Option<i64>,
        /// How exact that is, in nanoseconds.
        pub uncertainty_ns: Option<u64>,
    }

    /// What time follows and where PTP is listened to.
    pub struct ClockSettings {
        /// What time follows.
        pub reference: ClockReference,
        /// With `hardware`: the clock's path, `/dev/ptp0`.
        pub device: Option<String>,
        /// With `hardware` and no path: the interface whose clock it is.
        pub interface: Option<String>,
        /// The domain whose grandmaster counts; the lowest that has one if not given.
        pub domain: Option<u8>,
        /// Interfaces to listen on; all if none is given.
        pub interfaces: Vec<String>,
    }
}
