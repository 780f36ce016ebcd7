//! Who records what.

use audyn_engine::source::Source;
use audyn_model::RecorderId;

/// A recorder's place at a source: who it is, and what it hears.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its identity in catalogues and files.
    pub id: RecorderId,
    /// Its name for people; unique in a process.
    pub name: String,
    /// Where the audio comes from.
    pub source: Source,
}
