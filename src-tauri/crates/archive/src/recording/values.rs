//! What a recording is made from, and what it says about itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use audyn_codec::Spec;
use audyn_model::{AudioFormat, Container, Gap, RecorderId, SampleIndex, SegmentId, Tai};

use crate::catalogue::EndReason;
use crate::civil::CivilClock;
use crate::layout::Naming;
use crate::root::Root;
use crate::rotation::MAX_PERIOD_S;

/// Where files go.
#[derive(Clone, Debug)]
pub enum Place {
    /// Into an archive, a new file at every boundary.
    Root {
        /// The archive. Shared.
        root: Arc<Root>,
        /// What files are called, and on which clock.
        naming: Naming,
        /// Seconds between boundaries; 0 for none.
        period_s: u32,
    },
    /// One file, no rotation, no catalogue. An existing file is never touched: the name gets the time of day.
    File {
        /// The wish.
        path: PathBuf,
        /// The clock of its `bext` and tags.
        clock: CivilClock,
    },
}

/// What to record, how and where.
#[derive(Clone, Debug)]
pub struct RecordingSpec {
    /// Whose files these are.
    pub recorder: RecorderId,
    /// The recorder's name for people.
    pub name: String,
    /// What [`super::Recording::frames`] is given.
    pub format: AudioFormat,
    /// One or more outputs of the same capture.
    pub outputs: Vec<Spec>,
    /// Where to.
    pub place: Place,
    /// How often files are made playable and durable up to the present.
    pub checkpoint: Duration,
    /// The program and its version.
    pub originator: String,
}

/// Something durable has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveEvent {
    /// A file exists, is named and catalogued.
    Opened {
        /// Its id.
        segment: SegmentId,
        /// Which output.
        container: Container,
        /// Where.
        path: PathBuf,
        /// Its first sample.
        first: SampleIndex,
    },
    /// A file is complete and durable, and the catalogue says so.
    Sealed {
        /// Its id.
        segment: SegmentId,
        /// Which output.
        container: Container,
        /// Where.
        path: PathBuf,
        /// Its first sample.
        first: SampleIndex,
        /// Its length.
        frames: u64,
        /// Its size.
        bytes: u64,
        /// Gaps in it.
        gaps: u64,
        /// Why it ended.
        reason: EndReason,
    },
    /// A file was given up; it plays up to its last checkpoint, and what follows is in a new one.
    Abandoned {
        /// Its id.
        segment: SegmentId,
        /// Which output.
        container: Container,
        /// Where.
        path: PathBuf,
        /// Frames that were accepted but are not in it.
        lost: Option<Gap>,
        /// Why.
        why: String,
    },
}

/// Where a recording is now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordingStatus {
    /// The files being written, one for each output.
    pub outputs: Vec<OutputStatus>,
    /// The next sample expected; none before the first.
    pub position: Option<SampleIndex>,
    /// Frames accepted since the beginning.
    pub frames: u64,
    /// Bytes of all files since the beginning.
    pub bytes: u64,
    /// When the current files were begun: the last boundary, or the beginning.
    pub last_boundary: Option<Tai>,
    /// The sample that will begin the next files; none if there is no rotation.
    pub next_cut: Option<SampleIndex>,
    /// Files begun since the beginning, in all outputs.
    pub files: u64,
    /// Catalogue entries that wait because the catalogue could not be written.
    pub owed_entries: usize,
}

/// One output's current file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputStatus {
    /// Which output.
    pub container: Container,
    /// The file.
    pub path: PathBuf,
    /// Frames in it.
    pub frames: u64,
    /// Bytes in it.
    pub bytes: u64,
}

/// Everything that is wrong with a specification.
pub(super) fn problems(spec: &RecordingSpec) -> Vec<String> {
    let mut problems = Vec::new();
    if spec.outputs.is_empty() {
        problems.push("there is no output; name at least one of wav, opus, flac, mp3".to_owned());
    }
    for output in &spec.outputs {
        for problem in audyn_codec::check(output, &spec.format).err().unwrap_or_default() {
            problems.push(format!("{}: {problem}", output.container.suffix()));
        }
    }
    match &spec.place {
        Place::Root { period_s, .. } if *period_s > MAX_PERIOD_S => {
            problems.push(format!("a period of {period_s} s is longer than a year ({MAX_PERIOD_S} s)"));
        }
        Place::Root { .. } => {}
        Place::File { path, .. } => {
            if path.file_name().is_none() {
                problems.push(format!("{} is not a file name", path.display()));
            }
            let named = path.extension().and_then(|suffix| suffix.to_str()).and_then(Container::from_suffix);
            if let (Some(named), [output]) = (named, spec.outputs.as_slice())
                && named != output.container
            {
                problems.push(format!(
                    "{} would hold {}; give it the suffix .{1}",
                    path.display(),
                    output.container.suffix()
                ));
            }
        }
    }
    if spec.checkpoint < Duration::from_millis(100) {
        problems.push(format!("a checkpoint every {:?}; it must be 100 ms or more", spec.checkpoint));
    }
    problems
}
