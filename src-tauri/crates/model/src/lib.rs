//! Audyn's values: ids, time, sample positions, formats, levels, gaps, marks and holds. No I/O, no threads, no clock of its own.
//!
//! Everything here is small, `Copy` where it can be, and means the same thing in every room of the house.

pub mod format;
pub mod gap;
pub mod hold;
pub mod ids;
pub mod level;
pub mod mark;
pub mod quality;
pub mod sample;
pub mod time;

pub use format::{AudioFormat, Container, FormatError, Rate, SampleFormat};
pub use gap::{Gap, GapCause};
pub use hold::Hold;
pub use ids::{HoldId, MarkId, RecorderId, RootId, SegmentId};
pub use level::ChannelLevel;
pub use mark::{Mark, MarkKind};
pub use quality::{ClockIdentity, ClockLock, ClockQuality, ClockReference, Drift};
pub use sample::{Anchor, SampleIndex, TimeBasis};
pub use time::{Clock, Mono, Tai, Utc};
