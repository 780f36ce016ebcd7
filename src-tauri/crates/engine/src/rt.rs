//! The few places where the engine touches the system with `unsafe`, and the threads that run on the media's clock.
//!
//! Contract of everything called from a receive thread: no allocation, no lock, no log, no wait but on its sockets and
//! the next wake-up.

#![allow(unsafe_code)]

mod clock;
mod interfaces;
mod memory;
mod phc;
#[cfg(feature = "pipewire")]
mod pipewire;
mod priority;
mod recvmmsg;
pub mod rtkit;
mod sched;
mod sendmmsg;
mod tap;

pub use clock::{SystemClock, process_cpu_time, sleep_until, thread_cpu_time};
pub use interfaces::{Interface, interfaces};
pub use memory::give_memory_back;
pub use phc::{KernelClock, Phc, PhcReading, kernel_clock, phc_of_interface};
#[cfg(feature = "pipewire")]
pub use pipewire::{Cycle, StreamTime, stream_time};
pub use priority::{Granted, Refusal, lock_memory, make_this_thread_real_time, priority_given_up};
pub use recvmmsg::{Batch, Datagram, grow_receive_buffer, receive_options};
pub use sendmmsg::{Outbox, Sent};
pub use tap::{Tap, Tapped};
