//! Sources to timed frames: receive, validate, place, align, measure, hand over.
//!
//! The real-time side of Audyn lives here and nowhere else. It knows no disk, no database and no tokio.

pub mod align;
pub mod discovery;
pub mod doctor;
pub mod meter;
pub mod play;
pub mod ptp;
pub mod ring;
pub mod rt;
pub mod rtp;
pub mod sdp;
pub mod send;
pub mod source;
