//! What a recorder is: checked, before anything is opened.

use std::path::PathBuf;
use std::time::Duration;

use audyn_archive::{CivilClock, Naming};
use audyn_engine::source::Source;
use audyn_model::RecorderId;

use super::Vox;

/// One recorder: a source, and what is made of it.
#[derive(Clone, Debug)]
pub struct RecorderSpec {
    /// Its identity in catalogues and files.
    pub id: RecorderId,
    /// Its name for people; unique in a process.
    pub name: String,
    /// Where the audio comes from.
    pub source: Source,
    /// What is written: one file each at a time, all from one capture.
    pub outputs: Vec<audyn_codec::Spec>,
    /// Where it is written.
    pub place: Place,
    /// How often what was written is made durable.
    pub checkpoint: Duration,
    /// How long the disk may stall before audio is lost, in milliseconds.
    pub ring_ms: u64,
    /// Media time after which the recorder stops by itself.
    pub duration: Option<Duration>,
    /// Listens for sound: records only while there is some, or marks it.
    pub vox: Option<Vox>,
}

/// Where a recorder writes.
#[derive(Clone, Debug)]
pub enum Place {
    /// One file, without rotation or catalogue.
    File {
        /// The wish; an existing file is never touched.
        path: PathBuf,
        /// The clock of its tags.
        clock: CivilClock,
    },
    /// An archive: rotated files in a folder with a catalogue.
    Archive {
        /// The folder; made if missing.
        dir: PathBuf,
        /// How files are named.
        naming: Naming,
        /// Seconds between boundaries; 0 for none.
        period_s: u32,
    },
}

impl RecorderSpec {
    /// The stall that is absorbed unless told otherwise, in milliseconds: ten seconds, and what passes until the writer
    /// looks again.
    pub const RING_MS: u64 = 10_500;
    /// Between two checkpoints unless told otherwise. With the reorder window and the writer's turns it keeps what a kill
    /// or a power cut can take below the one second that is promised.
    pub const CHECKPOINT: Duration = Duration::from_millis(400);
}
