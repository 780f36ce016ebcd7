//! From a device's own thread to ours: samples, and when they were taken, without a lock, an allocation or a wait.
//!
//! **Full policy:** the queue holds a second of audio. When it is full the newest portion is dropped and counted, and the
//! next one that fits tells how much was.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use audyn_model::{Mono, Rate};
use rtrb::{Consumer, Producer, RingBuffer};

/// Portions that can wait: 1000 a second, which is more than any device delivers.
const PORTIONS: usize = 1024;

/// What is known of some frames beside their samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// How many frames.
    pub frames: u32,
    /// When the first of them was taken.
    pub taken: Mono,
    /// Its place on the device's own count of samples, if it has one.
    pub position: Option<u64>,
    /// The device said that it lost samples before.
    pub broken: bool,
    /// Frames dropped before because the queue was full.
    pub dropped: u32,
}

/// The device's end.
pub struct Intake {
    samples: Producer<i32>,
    portions: Producer<Portion>,
    channels: usize,
    dropped: u32,
    alarms: u32,
    alarm: Alarm,
}

/// Our end.
pub struct Outlet {
    pub(in crate::source) samples: Consumer<i32>,
    pub(in crate::source) portions: Consumer<Portion>,
}

/// What a device tells about itself, from whatever thread.
#[derive(Clone, Debug, Default)]
pub struct Alarm(Arc<Signals>);

#[derive(Debug, Default)]
struct Signals {
    beats: AtomicU32,
    broken: AtomicU32,
    over: AtomicBool,
}

impl Alarm {
    /// Samples were lost.
    pub fn broken(&self) {
        self.0.broken.fetch_add(1, Ordering::Relaxed);
    }

    /// It gives no more.
    pub fn over(&self) {
        self.0.over.store(true, Ordering::Release);
    }

    /// How often it brought audio; wraps around.
    #[must_use]
    pub fn beats(&self) -> u32 {
        self.0.beats.load(Ordering::Relaxed)
    }

    /// Whether it gives no more.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.0.over.load(Ordering::Acquire)
    }
}

/// Makes a queue of a second of audio. Allocates; its two ends do not.
#[must_use]
pub fn intake(rate: Rate, channels: u16) -> (Intake, Outlet) {
    // Whole frames are pushed and popped, so that none of them lies across the end of the ring's memory.
    let (samples, taken) = RingBuffer::new(rate.hz() as usize * usize::from(channels));
    let (portions, told) = RingBuffer::new(PORTIONS);
    let intake = Intake {
        samples,
        portions,
        channels: channels.into(),
        dropped: 0,
        alarms: 0,
        alarm: Alarm::default(),
    };
    (intake, Outlet { samples: taken, portions: told })
}

impl Intake {
    /// For whoever hears of the device's troubles.
    #[must_use]
    pub fn alarm(&self) -> Alarm {
        self.alarm.clone()
    }

    /// Takes `frames` whole frames, interleaved, of which the first was taken at `taken` and is at `position` of the
    /// device's own count. `samples` has as many as that, or more. Never allocates, locks or waits.
    pub fn push(
        &mut self,
        frames: u32,
        samples: impl Iterator<Item = i32>,
        taken: Mono,
        position: Option<u64>,
    ) {
        self.push_if(frames, samples, taken, position, || true);
    }

    /// As [`Self::push`], from memory that its owner may write anew meanwhile: once the samples are copied, `whole` tells
    /// whether they still are what they were. If not, none of them is taken. Returns whether they were whole.
    pub fn push_if(
        &mut self,
        frames: u32,
        samples: impl Iterator<Item = i32>,
        taken: Mono,
        position: Option<u64>,
        whole: impl FnOnce() -> bool,
    ) -> bool {
        self.alarm.0.beats.fetch_add(1, Ordering::Relaxed);
        let count = frames as usize * self.channels;
        if frames == 0 {
            return true;
        }
        let room = self.portions.slots() > 0;
        let Some(mut chunk) = room.then(|| self.samples.write_chunk(count).ok()).flatten() else {
            self.dropped = self.dropped.saturating_add(frames);
            return true;
        };
        let (first, second) = chunk.as_mut_slices();
        first.iter_mut().chain(second).zip(samples).for_each(|(place, sample)| *place = sample);
        if !whole() {
            return false;
        }
        chunk.commit_all();
        let alarms = self.alarm.0.broken.load(Ordering::Relaxed);
        let broken = std::mem::replace(&mut self.alarms, alarms) != alarms;
        let dropped = std::mem::take(&mut self.dropped);
        let pushed = self.portions.push(Portion { frames, taken, position, broken, dropped });
        debug_assert!(pushed.is_ok(), "there was a place, and only this end fills it");
        true
    }
}

/// A float of ±1.0 full scale as a sample of 24 bits: exact for what came from 24 bits, rounded otherwise.
#[must_use]
pub fn from_float(sample: f32) -> i32 {
    const FULL: f32 = 8_388_608.0;
    // A float beyond the range, or none at all, becomes the nearest that there is.
    ((sample * FULL).round().clamp(-FULL, FULL - 1.0) as i32) << 8
}

/// An integer of 32 bits as one of 24: no converter has more, and devices put words of 24 bits into 32.
#[must_use]
pub const fn from_long(sample: i32) -> i32 {
    sample.saturating_add(0x80) & !0xFF
}
