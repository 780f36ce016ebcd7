//! What was meant: every value checked, typed and complete.

use std::path::PathBuf;

use audyn_archive::civil::ArchiveClock;
use audyn_archive::layout::{CustomFormat, Layout};
use audyn_codec::Spec;
use audyn_engine::ptp::reference::Reference;
use audyn_engine::source::Source;
use audyn_service::recorder::Vox;

/// Seconds of an archive file unless told otherwise.
pub const PERIOD_S: u32 = 3600;
/// Bits per second of Opus and MP3 unless told otherwise.
pub const BITRATE: u32 = 128_000;
/// Effort of Opus and MP3 unless told otherwise.
pub const COMPLEXITY: u8 = 5;
/// UDP port unless told otherwise (AES67).
pub const PORT: u16 = 5004;
/// RTP payload type unless told otherwise.
pub const PAYLOAD_TYPE: u8 = 96;
/// Samples per packet unless told otherwise: 1 ms at 48 kHz.
pub const SAMPLES_PER_PACKET: u16 = 48;
/// Channels unless told otherwise.
pub const CHANNELS: u16 = 2;

/// All recorders of one process.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// In the order in which they were typed; names differ.
    pub recorders: Vec<Recorder>,
    /// What time follows.
    pub timing: Timing,
    /// What is odd but usable, for people.
    pub warnings: Vec<String>,
}

/// What time follows, for all recorders of a process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// The clock.
    pub reference: Reference,
    /// The PTP domain whose grandmaster counts; none for the lowest that has one.
    pub domain: Option<u8>,
}

/// One recorder.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorder {
    /// Its name, unlike all others'.
    pub name: String,
    /// What it records.
    pub source: Source,
    /// Where it writes.
    pub place: Place,
    /// The clock of names, boundaries and `TimeReference`.
    pub clock: ArchiveClock,
    /// How it writes: one file format each, at least one; containers differ. A [`Place::File`] has one.
    pub outputs: Vec<Spec>,
    /// Records only while there is sound; all the time if not given.
    pub vox: Option<Vox>,
}

/// Where a recorder writes.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// Into one file, without rotation.
    File(PathBuf),
    /// Into an archive.
    Archive(Archive),
}

/// A place in an archive.
#[derive(Clone, Debug, PartialEq)]
pub struct Archive {
    /// The folder with the catalogue.
    pub root: PathBuf,
    /// A folder below it that is this recorder's own, if recorders share the root.
    pub folder: Option<CustomFormat>,
    /// The arrangement of files.
    pub layout: Layout,
    /// Seconds of one file, aligned to civil time; 0 is one file without end.
    pub period_s: u32,
}
