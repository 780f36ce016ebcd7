//! Stage 1 for network audio: AES67 / ST 2110-30 streams, one or two legs each, many of them on one thread.
//!
//! A receive thread sleeps for 10 ms, then drains every socket it owns in batches; kernel arrival times keep the
//! timing. So the wake-ups are 100 a second, whatever the number of streams and packets.

mod links;
mod receivers;
mod socket;
mod spec;
mod stream;

pub use receivers::Receivers;
pub use socket::{LegSocket, OpenError};
pub use spec::{Aes67, Leg, MediaClock};
pub use stream::{Opened, Stream, Wake, open};
