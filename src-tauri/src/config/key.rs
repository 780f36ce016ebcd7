//! The options of a recorder, each with its two spellings.

/// One option of a recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the manual of each option is its flag's help text and the example file")]
pub enum Key {
    Name,
    Output,
    ArchiveRoot,
    ArchiveFolder,
    ArchiveLayout,
    ArchiveFormat,
    ArchivePeriod,
    ArchiveClock,
    ArchiveSuffix,
    Bits,
    Sdp,
    MulticastAddr,
    Port,
    Interface,
    SourceIp,
    Redundant,
    Pipewire,
    Device,
    PayloadType,
    SamplesPerPacket,
    Encoding,
    SampleRate,
    Channels,
    StreamChannels,
    ChannelOffset,
    PickChannels,
    WindowMs,
    Rcvbuf,
    Bitrate,
    Vbr,
    Complexity,
    Vox,
    VoxMode,
    VoxThreshold,
    VoxRelease,
    VoxDetection,
    VoxHangover,
    VoxPreroll,
    VoxLevel,
    PtpDevice,
    PtpInterface,
    PtpSoftware,
    PtpDomain,
}

/// Option, key in a file, flag.
const SPELLINGS: [(Key, &str, &str); 43] = [
    (Key::Name, "name", "--name"),
    (Key::Output, "output", "-o/--output"),
    (Key::ArchiveRoot, "archive_root", "--archive-root"),
    (Key::ArchiveFolder, "archive_folder", "--archive-folder"),
    (Key::ArchiveLayout, "archive_layout", "--archive-layout"),
    (Key::ArchiveFormat, "archive_format", "--archive-format"),
    (Key::ArchivePeriod, "archive_period", "--archive-period"),
    (Key::ArchiveClock, "archive_clock", "--archive-clock"),
    (Key::ArchiveSuffix, "archive_suffix", "--archive-suffix"),
    (Key::Bits, "bits", "--bits"),
    (Key::Sdp, "sdp", "--sdp"),
    (Key::MulticastAddr, "multicast_addr", "-m/--multicast-addr"),
    (Key::Port, "port", "-p/--port"),
    (Key::Interface, "interface", "--interface"),
    (Key::SourceIp, "source_ip", "--source-ip"),
    (Key::Redundant, "redundant", "--redundant"),
    (Key::Pipewire, "pipewire", "--pipewire"),
    (Key::Device, "device", "--device"),
    (Key::PayloadType, "payload_type", "--pt"),
    (Key::SamplesPerPacket, "samples_per_packet", "--spp"),
    (Key::Encoding, "encoding", "--encoding"),
    (Key::SampleRate, "sample_rate", "-r/--sample-rate"),
    (Key::Channels, "channels", "-c/--channels"),
    (Key::StreamChannels, "stream_channels", "--stream-channels"),
    (Key::ChannelOffset, "channel_offset", "--channel-offset"),
    (Key::PickChannels, "pick_channels", "--pick-channels"),
    (Key::WindowMs, "window_ms", "--window-ms"),
    (Key::Rcvbuf, "rcvbuf", "--rcvbuf"),
    (Key::Bitrate, "bitrate", "--bitrate"),
    (Key::Vbr, "vbr", "--vbr"),
    (Key::Complexity, "complexity", "--complexity"),
    (Key::Vox, "vox", "--vox"),
    (Key::VoxMode, "vox_mode", "--vox-mode"),
    (Key::VoxThreshold, "vox_threshold", "--vox-threshold"),
    (Key::VoxRelease, "vox_release", "--vox-release"),
    (Key::VoxDetection, "vox_detection", "--vox-detection"),
    (Key::VoxHangover, "vox_hangover", "--vox-hangover"),
    (Key::VoxPreroll, "vox_preroll", "--vox-preroll"),
    (Key::VoxLevel, "vox_level", "--vox-level"),
    (Key::PtpDevice, "ptp_device", "--ptp-device"),
    (Key::PtpInterface, "ptp_interface", "--ptp-interface"),
    (Key::PtpSoftware, "ptp_software", "--ptp-software"),
    (Key::PtpDomain, "ptp_domain", "--ptp-domain"),
];

/// Options that earlier engines have and this version has not, told by their beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotYet {
    begins: &'static str,
    /// What is not available.
    pub wrong: &'static str,
    /// What to do instead.
    pub right: &'static str,
}

const NOT_YET: [NotYet; 0] = [];

impl Key {
    /// Every option, in the order of the manual.
    pub fn all() -> impl Iterator<Item = Self> {
        SPELLINGS.iter().map(|(key, ..)| *key)
    }

    /// As in a configuration file.
    #[must_use]
    pub const fn toml(self) -> &'static str {
        SPELLINGS[self as usize].1
    }

    /// As on the command line: `--archive-period`, `-p/--port`.
    #[must_use]
    pub const fn flag(self) -> &'static str {
        SPELLINGS[self as usize].2
    }

    /// The option that a key in a file names.
    #[must_use]
    pub fn from_toml(word: &str) -> Option<Self> {
        SPELLINGS.iter().find(|(_, toml, _)| *toml == word).map(|(key, ..)| *key)
    }

    /// The key in a file that was probably meant: an option's flag, a part of a key (`rate`), or a spelling a few letters
    /// off.
    #[must_use]
    pub fn meant(word: &str) -> Option<&'static str> {
        let word = word.trim_start_matches('-').replace('-', "_").to_ascii_lowercase();
        let by_flag = SPELLINGS.iter().find(|(_, toml, flag)| {
            *toml == word || flag.split('/').any(|f| f.trim_start_matches('-').replace('-', "_") == word)
        });
        let keys = || SPELLINGS.iter().map(|(_, toml, _)| *toml);
        let by_part = || keys().find(|toml| toml.split('_').any(|part| part == word));
        by_flag.map(|(_, toml, _)| *toml).or_else(by_part).or_else(|| nearest(&word, keys()))
    }
}

/// The entry of an option (a flag or a key, in either spelling) that is not available yet.
#[must_use]
pub fn not_yet(option: &str) -> Option<&'static NotYet> {
    let option = option.trim_start_matches('-').replace('_', "-");
    NOT_YET.iter().find(|entry| option.starts_with(entry.begins))
}

/// The word nearest to `typed`, if it is near enough to be a slip.
#[must_use]
pub fn nearest<'w>(typed: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let allowed = (typed.chars().count() / 4).clamp(1, 3);
    words
        .map(|word| (strsim::damerau_levenshtein(typed, word), word))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}
