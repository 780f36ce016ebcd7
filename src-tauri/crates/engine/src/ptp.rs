//! PTP (IEEE 1588-2008), heard and not spoken: who keeps time on the network, whether that can be right, and how this
//! machine's own time follows it.
//!
//! | room | does |
//! | --- | --- |
//! | `message` | bytes → message |
//! | `monitor` | messages → who is master of each domain, its offset, its sanity; pure |
//! | `listen` | the sockets on ports 319 and 320 of each interface |
//! | `reference` | what time follows: the machine's clock, the kernel's TAI, a PTP hardware clock; pure |
//! | `quality` | what is stored with a segment |
//! | `watch` | the thread that does all this |

pub mod listen;
pub mod message;
pub mod monitor;
mod quality;
pub mod reference;
mod watch;

pub use quality::{Declared, Standing, quality, span, standing};
pub use watch::{ClockView, FollowedClock, InterfaceView, Watch, WatchSpec};
