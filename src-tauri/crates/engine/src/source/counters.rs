//! What was received and what became of it. Whoever captures counts in plain numbers and publishes them now and then;
//! anybody reads the published ones at any time.

use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use audyn_model::{Drift, Mono};

macro_rules! counts {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $count:ident => $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$about])* $count,)*
        }

        impl $name {
            /// All of them, in the order of statistics.
            pub const ALL: &[Self] = &[$(Self::$count,)*];

            /// The word used in statistics.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$count => $word,)*
                }
            }
        }
    };
}

counts! {
    /// Counted for each leg of a stream, in packets unless said otherwise.
    LegCount {
        /// Came in at all.
        Received => "received",
        /// Bytes of UDP payload that came in.
        Bytes => "bytes",
        /// Went into the timeline: the first copy of its audio.
        Used => "used",
        /// Due by their sequence numbers and not come.
        Lost => "lost",
        /// Came after a later one.
        Reordered => "reordered",
        /// Came twice on this leg.
        Duplicate => "duplicate",
        /// A copy of what the other leg had brought.
        Redundant => "redundant",
        /// Came after its place was given up.
        Late => "late",
        /// Too short for its RTP header.
        Short => "short",
        /// Not RTP version 2.
        Version => "version",
        /// Impossible RTP padding.
        Padding => "padding",
        /// No payload.
        Empty => "empty",
        /// Longer than 2048 bytes.
        Oversize => "oversize",
        /// Another payload type.
        ForeignPayloadType => "foreign_payload_type",
        /// Another sender's address than the one asked for.
        ForeignSource => "foreign_source",
        /// Sent to another address.
        ForeignDestination => "foreign_destination",
        /// Another sender's SSRC while the first one goes on, or stray numbers.
        ForeignSsrc => "foreign_ssrc",
        /// Not whole frames of the expected encoding and channels.
        WrongSize => "wrong_size",
        /// Dropped by the kernel because the socket buffer was full.
        KernelDropped => "kernel_dropped",
        /// Times the socket reported an error.
        SocketErrors => "socket_errors",
    }
}

counts! {
    /// Counted for a stream as a whole, in samples per channel unless said otherwise.
    StreamCount {
        /// Audio given out.
        Frames => "frames",
        /// Missing: packets lost.
        LossFrames => "loss_frames",
        /// Missing: nothing came.
        OutageFrames => "outage_frames",
        /// Missing: the sender began anew further on.
        RestartFrames => "restart_frames",
        /// Dropped at the hand-over because the writer was too slow.
        OverrunFrames => "overrun_frames",
        /// Gaps (a count), overruns not included.
        Gaps => "gaps",
        /// Times a sender was found anew (a count).
        Restarts => "restarts",
        /// Packets waiting in the reorder window now.
        Waiting => "waiting",
    }
}

/// The published counters of one leg.
#[derive(Debug)]
pub struct LegCounters {
    counts: [AtomicU64; LegCount::ALL.len()],
    jitter_ns: AtomicU64,
    last_arrival: AtomicI64,
    granted_buffer: AtomicU64,
    /// [`Stray`], each one more than its value; 0 for none.
    stray: [AtomicU64; 3],
}

/// What the last refused packets of a leg were like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stray {
    /// Payload type of the last packet that had another one than expected.
    pub payload_type: Option<u8>,
    /// Where the last packet of another sender came from.
    pub sender: Option<Ipv4Addr>,
    /// Bytes of payload in the last packet of a wrong size.
    pub payload_bytes: Option<u16>,
}

/// The published counters of a stream and its legs.
#[derive(Debug)]
pub struct StreamCounters {
    counts: [AtomicU64; StreamCount::ALL.len()],
    /// How packets lag behind the media clock, ns; `i64::MIN` while unknown.
    lag_ns: AtomicI64,
    /// When audio last came, of a source without legs.
    last_arrival: AtomicI64,
    /// One per leg, in the order of the specification; none for what does not come by the network.
    pub legs: Vec<LegCounters>,
    /// The device it comes from, of what does not come by the network.
    device: Option<Arc<DeviceTold>>,
}

/// What is told about a local device, to all who take audio from it.
#[derive(Debug)]
pub struct DeviceTold {
    drift_ppb: AtomicI64,
    /// Seconds over which that was measured; 0 if it is not known yet.
    drift_over_s: AtomicU32,
    /// Written and read outside of the real-time side only.
    trouble: Mutex<Option<String>>,
}

impl Default for DeviceTold {
    fn default() -> Self {
        Self { drift_ppb: AtomicI64::new(0), drift_over_s: AtomicU32::new(0), trouble: Mutex::default() }
    }
}

impl DeviceTold {
    pub(super) fn note_drift(&self, drift: Option<Drift>) {
        if let Some(Drift { ppb, over_s }) = drift {
            self.drift_ppb.store(ppb, Ordering::Relaxed);
            self.drift_over_s.store(over_s.max(1), Ordering::Release);
        }
    }

    pub(super) fn trouble(&self, why: Option<String>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }
}

impl LegCounters {
    const NEVER: i64 = i64::MIN;

    fn new() -> Self {
        Self {
            counts: std::array::from_fn(|_| AtomicU64::new(0)),
            jitter_ns: AtomicU64::new(0),
            last_arrival: AtomicI64::new(Self::NEVER),
            granted_buffer: AtomicU64::new(0),
            stray: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    /// One count.
    #[must_use]
    pub fn get(&self, count: LegCount) -> u64 {
        self.counts[count as usize].load(Ordering::Relaxed)
    }

    /// Interarrival jitter (RFC 3550 §6.4.1) in nanoseconds.
    #[must_use]
    pub fn jitter_ns(&self) -> u64 {
        self.jitter_ns.load(Ordering::Relaxed)
    }

    /// When the last packet of the stream came on this leg.
    #[must_use]
    pub fn last_arrival(&self) -> Option<Mono> {
        Some(self.last_arrival.load(Ordering::Relaxed)).filter(|at| *at != Self::NEVER).map(Mono)
    }

    /// The socket receive buffer that the kernel granted, in bytes (of payload; the kernel books twice as many).
    #[must_use]
    pub fn granted_buffer(&self) -> u64 {
        self.granted_buffer.load(Ordering::Relaxed)
    }

    /// What the last refused packets were like.
    #[must_use]
    pub fn stray(&self) -> Stray {
        let [payload_type, sender, bytes] = self.stray.each_ref().map(|kept| {
            let kept = kept.load(Ordering::Relaxed);
            kept.checked_sub(1)
        });
        Stray {
            payload_type: payload_type.map(|value| value as u8),
            sender: sender.map(|value| Ipv4Addr::from(value as u32)),
            payload_bytes: bytes.map(|value| value as u16),
        }
    }

    pub(super) fn publish_stray(&self, stray: &Stray) {
        let values = [
            stray.payload_type.map(u64::from),
            stray.sender.map(|address| u64::from(u32::from(address))),
            stray.payload_bytes.map(u64::from),
        ];
        for (kept, value) in self.stray.iter().zip(values) {
            kept.store(value.map_or(0, |value| value + 1), Ordering::Relaxed);
        }
    }

    pub(super) fn grant(&self, bytes: u64) {
        self.granted_buffer.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn publish(&self, counts: &[u64], jitter_ns: u64, last_arrival: Option<Mono>) {
        for (shown, count) in self.counts.iter().zip(counts) {
            shown.store(*count, Ordering::Relaxed);
        }
        self.jitter_ns.store(jitter_ns, Ordering::Relaxed);
        if let Some(at) = last_arrival {
            self.last_arrival.store(at.0, Ordering::Relaxed);
        }
    }
}

impl StreamCounters {
    pub(super) fn new(legs: usize) -> Self {
        Self {
            counts: std::array::from_fn(|_| AtomicU64::new(0)),
            lag_ns: AtomicI64::new(i64::MIN),
            last_arrival: AtomicI64::new(LegCounters::NEVER),
            legs: (0..legs).map(|_| LegCounters::new()).collect(),
            device: None,
        }
    }

    pub(super) fn of_device(device: Arc<DeviceTold>) -> Self {
        Self { device: Some(device), ..Self::new(0) }
    }

    /// One count.
    #[must_use]
    pub fn get(&self, count: StreamCount) -> u64 {
        self.counts[count as usize].load(Ordering::Relaxed)
    }

    /// When each leg was last heard; of a source without legs, when it was.
    #[must_use]
    pub fn heard(&self) -> Vec<Option<Mono>> {
        if self.legs.is_empty() {
            let at = self.last_arrival.load(Ordering::Relaxed);
            return vec![Some(at).filter(|at| *at != LegCounters::NEVER).map(Mono)];
        }
        self.legs.iter().map(LegCounters::last_arrival).collect()
    }

    /// How much later packets arrive than their media time says, in nanoseconds, once known.
    #[must_use]
    pub fn lag_ns(&self) -> Option<i64> {
        Some(self.lag_ns.load(Ordering::Relaxed)).filter(|ns| *ns != i64::MIN)
    }

    /// How much faster a local device's clock runs than this machine's, once 20 seconds tell; none for network streams.
    #[must_use]
    pub fn drift(&self) -> Option<Drift> {
        let device = self.device.as_ref()?;
        let over_s = device.drift_over_s.load(Ordering::Acquire);
        (over_s > 0).then(|| Drift { ppb: device.drift_ppb.load(Ordering::Relaxed), over_s })
    }

    /// The same in parts per 10⁹.
    #[must_use]
    pub fn drift_ppb(&self) -> Option<i64> {
        self.drift().map(|drift| drift.ppb)
    }

    /// Why no audio comes from a local device, in a sentence.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        self.device.as_ref()?.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Audio came, of a source without legs.
    pub(super) fn hear(&self, at: Mono) {
        self.last_arrival.store(at.0, Ordering::Relaxed);
    }

    pub(super) fn publish(&self, counts: &[u64], lag_ns: Option<i64>) {
        for (shown, count) in self.counts.iter().zip(counts) {
            shown.store(*count, Ordering::Relaxed);
        }
        if let Some(ns) = lag_ns {
            self.lag_ns.store(ns, Ordering::Relaxed);
        }
    }
}
