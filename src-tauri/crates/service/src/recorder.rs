//! Running recorders: one source's frames into one archive's segments, each on its own writer thread.

mod back_off;
mod health;
mod line;
mod preroll;
mod relabel;
mod report;
mod set;
mod shared;
mod spec;
mod start_error;
mod state;
mod stats;
mod timing;
mod vox;
mod writer;

pub use back_off::BackOff;
pub use line::Line;
pub use preroll::Limits;
pub use set::{Options, Prepared, Recorders};
pub use shared::Begin;
pub use spec::{Place, RecorderSpec};
pub use start_error::StartError;
pub use state::{Input, State};
pub use stats::{GapStats, LegStats, RecorderStats, SourceStats};
pub(crate) use timing::declared;
pub use vox::{Vox, VoxLevel, VoxMode};
