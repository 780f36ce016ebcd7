//! Bytes to durable segments: rotation, names, files, catalogue, recovery, checking.
//!
//! A [`Recording`] is given frames and writes files; a [`Root`] is the folder they are in, with its catalogue. What a
//! dead writer left is ended by [`recover`] (and whenever a root is opened), [`check()`] compares files and catalogue,
//! [`rebuild`] makes the catalogue anew from the files.

pub mod browse;
pub mod catalogue;
pub mod check;
pub mod civil;
mod counts;
pub mod delete;
mod disk;
pub mod error;
mod files;
mod folder;
pub mod gaps;
pub mod hash;
pub mod holds;
pub mod layout;
pub mod marks;
mod paths;
mod reading;
pub mod recording;
pub mod recovery;
#[cfg(test)]
mod rig;
pub mod root;
pub mod rotation;
mod segment;
pub mod space;

pub use browse::{BadCursor, Branch, Cursor, Day, FileFilter, Listed, Page, PlacedGap, day_in};
pub use catalogue::{EndReason, SegmentRow, SegmentState};
pub use check::{Depth, Finding, Report, check};
pub use civil::{ArchiveClock, CivilClock};
pub use counts::{Counts, Stage};
pub use error::{Error, Fault, FaultKind};
pub use folder::check_folder;
pub use layout::{CustomFormat, Layout, Naming};
pub use reading::Reading;
pub use recording::{ArchiveEvent, OutputStatus, Place, Recording, RecordingSpec, RecordingStatus};
pub use recovery::{Mended, Recovery};
pub use root::{Root, rebuild, recover};
pub use space::{Space, space};
