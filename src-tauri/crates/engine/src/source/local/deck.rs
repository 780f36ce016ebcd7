//! One open device and all who take audio from it: gaps, positions and anchors are the device's, rings and meters are
//! everyone's own.

use std::sync::Arc;

use audyn_model::{Anchor, AudioFormat, GapCause, Mono, SampleIndex, TimeBasis};

use super::Wake;
use super::intake::{Outlet, Portion};
use super::lead::Lead;
use crate::meter::Meter;
use crate::ring::FrameWriter;
use crate::source::counters::DeviceTold;
use crate::source::{StreamCount, StreamCounters};

/// Nothing for this long is an outage.
const OUTAGE_NS: i64 = 200_000_000;
/// During an outage the timeline follows this far behind the clock, so that the device's true place is never passed.
const OUTAGE_MARGIN_MS: u64 = 500;
/// A step of the device's own count beyond this is another count, not missing audio.
const COUNTED_S: u64 = 10;
/// A step of the device's own count agrees with the clock within this.
const AGREES_NS: i64 = 100_000_000;

/// A device on its way through.
pub struct Deck {
    format: AudioFormat,
    outlet: Option<Outlet>,
    /// The device was opened anew since the last portion.
    fresh: bool,
    run: Option<Run>,
    taps: Vec<Tap>,
    told: Arc<DeviceTold>,
}

/// What is known once something came.
struct Run {
    lead: Lead,
    next: SampleIndex,
    /// Place of `next` on the device's own count.
    position: Option<u64>,
    heard: Mono,
    silent: bool,
    anchor: Anchor,
    restarts: u64,
}

/// What is known of a portion beside what was expected.
#[derive(Clone, Copy, Debug)]
struct Taken {
    expected: SampleIndex,
    /// Where it belongs by the clock.
    by_clock: SampleIndex,
    /// Samples left out on the device's own count, if that was known before.
    counted: Option<u64>,
    /// The device was away.
    outage: bool,
    /// The device said that it lost samples.
    broken: bool,
    /// Frames that found no place in the queue.
    dropped: u64,
}

/// One who takes audio from a device.
pub struct Tap {
    id: u64,
    ring: FrameWriter,
    meter: Meter,
    /// Channels taken, zero-based; all if there is none.
    pick: Option<Box<[u16]>>,
    format: AudioFormat,
    counts: [u64; StreamCount::ALL.len()],
    counters: Arc<StreamCounters>,
    started: bool,
}

impl Deck {
    /// A device that gives frames of `format` and is not open yet.
    #[must_use]
    pub const fn new(format: AudioFormat, told: Arc<DeviceTold>) -> Self {
        Self { format, outlet: None, fresh: false, run: None, taps: Vec::new(), told }
    }

    /// Takes from a device that was opened (anew) from now on. Its words have `bits` bits. Returns the end before.
    pub fn connect(&mut self, outlet: Outlet, bits: u8, wake: &Wake) -> Option<Outlet> {
        self.turn(wake);
        self.fresh = true;
        if self.run.is_none() {
            self.format.bits = bits;
        }
        self.outlet.replace(outlet)
    }

    /// One more takes from it.
    pub fn join(&mut self, tap: Tap) {
        self.taps.push(tap);
    }

    /// One fewer takes from it: what was on its way has gone out.
    pub fn part(&mut self, id: u64, wake: &Wake) -> Option<Tap> {
        self.turn(wake);
        let at = self.taps.iter().position(|tap| tap.id == id)?;
        let mut tap = self.taps.swap_remove(at);
        tap.ring.flush(0);
        tap.publish(0);
        Some(tap)
    }

    /// Takes all that waits, then lets time pass. Never blocks, allocates, locks or logs.
    pub fn turn(&mut self, wake: &Wake) {
        while let Some(portion) = self.outlet.as_mut().and_then(|outlet| outlet.portions.pop().ok()) {
            self.take(&portion, wake);
        }
        self.pass_time(wake);
    }

    fn take(&mut self, portion: &Portion, wake: &Wake) {
        let rate = self.format.rate;
        // Opened anew, and not for the first time.
        let reopened = std::mem::replace(&mut self.fresh, false) && self.run.is_some();
        let civil = wake.civil;
        let run = self.run.get_or_insert_with(|| {
            // Positions begin near the index that TAI gives them.
            let tai = audyn_model::Tai(portion.taken.0).plus(civil);
            let at = Anchor::direct(rate, TimeBasis::Device).index_at(tai);
            let lead = Lead::new(rate, at, portion.taken);
            let anchor = lead.anchor(civil);
            Run { lead, next: at, position: None, heard: wake.mono, silent: false, anchor, restarts: 0 }
        });
        let taken = Taken {
            expected: run.next,
            by_clock: run.lead.index_at(portion.taken),
            counted: run.position.zip(portion.position).map(|(before, now)| now.wrapping_sub(before)),
            outage: run.silent || reopened,
            broken: portion.broken,
            dropped: portion.dropped.into(),
        };
        let missing = missing(&taken, rate.hz());
        for (len, cause) in missing.into_iter().flatten() {
            run.next = run.next.plus(len as i64);
            self.taps.iter_mut().for_each(|tap| tap.gap(len, cause));
        }
        if taken.outage {
            run.restarts += 1;
            run.lead.resume(run.next);
        }
        (run.heard, run.silent) = (wake.mono, false);
        for tap in self.taps.iter_mut().filter(|tap| !tap.started) {
            tap.start(run.next, self.format.bits, run.anchor);
        }
        let Some(outlet) = self.outlet.as_mut() else { return };
        let channels = usize::from(self.format.channels);
        let count = portion.frames as usize * channels;
        if let Ok(chunk) = outlet.samples.read_chunk(count) {
            let (first, second) = chunk.as_slices();
            for tap in &mut self.taps {
                tap.frames(first, channels);
                tap.frames(second, channels);
            }
            chunk.commit_all();
        }
        run.next = run.next.plus(portion.frames.into());
        run.position = portion.position.map(|at| at.wrapping_add(portion.frames.into()));
        let end = Mono(portion.taken.0 + rate.ns_of(portion.frames.into()) as i64);
        if let Some(len) = run.lead.note(run.next, end).filter(|len| *len > 0) {
            run.next = run.next.plus(len as i64);
            run.lead.resume(run.next);
            self.taps.iter_mut().for_each(|tap| tap.gap(len, GapCause::Loss));
        }
    }

    fn pass_time(&mut self, wake: &Wake) {
        let Some(run) = &mut self.run else { return };
        let rate = self.format.rate;
        let silent_ns = wake.mono.0 - run.heard.0;
        if silent_ns > OUTAGE_NS {
            run.silent = true;
            // Its clock and ours may differ by 200 parts per million.
            let margin = rate.samples_in_ms(OUTAGE_MARGIN_MS)
                + rate.samples_in_ms(silent_ns as u64 / 1_000_000) / 5000;
            let to = run.lead.index_at(wake.mono).plus(-(margin as i64));
            let len = to.since(run.next);
            if len >= i64::from(rate.hz()) {
                run.next = to;
                run.position = run.position.map(|at| at.wrapping_add(len as u64));
                self.taps.iter_mut().for_each(|tap| tap.gap(len as u64, GapCause::Outage));
            }
        }
        let anchor = run.lead.anchor(wake.civil);
        let better = (anchor != run.anchor).then_some(anchor);
        run.anchor = anchor;
        self.told.note_drift(run.lead.drift());
        for tap in self.taps.iter_mut().filter(|tap| tap.started) {
            if let Some(anchor) = better {
                tap.ring.anchor(anchor);
            }
            tap.ring.flush(rate.samples_in_ms(100));
            tap.counters.hear(run.heard);
            tap.publish(run.restarts);
        }
    }
}

impl Tap {
    /// Takes the channels in `pick` (zero-based; all if there is none) as frames of `format`.
    #[must_use]
    pub const fn new(
        id: u64,
        ring: FrameWriter,
        meter: Meter,
        pick: Option<Box<[u16]>>,
        format: AudioFormat,
        counters: Arc<StreamCounters>,
    ) -> Self {
        let counts = [0; StreamCount::ALL.len()];
        Self { id, ring, meter, pick, format, counts, counters, started: false }
    }

    fn start(&mut self, at: SampleIndex, bits: u8, anchor: Anchor) {
        self.ring.start(at, AudioFormat { bits, ..self.format }, anchor);
        self.meter.set_bits(bits);
        self.started = true;
    }

    fn frames(&mut self, samples: &[i32], channels: usize) {
        let frames = samples.len() / channels;
        let mut from = 0;
        while from < frames {
            let count = (frames - from).min(self.ring.fits());
            let piece = &samples[from * channels..(from + count) * channels];
            let Self { ring, meter, pick, .. } = self;
            ring.fill(count, |room| {
                match pick {
                    None => room.copy_from_slice(piece),
                    Some(pick) => {
                        for (frame, stored) in
                            piece.chunks_exact(channels).zip(room.chunks_exact_mut(pick.len()))
                        {
                            for (sample, channel) in stored.iter_mut().zip(pick.iter()) {
                                *sample = frame[usize::from(*channel)];
                            }
                        }
                    }
                }
                meter.add(room);
            });
            from += count;
        }
        self.counts[StreamCount::Frames as usize] += frames as u64;
    }

    fn gap(&mut self, len: u64, cause: GapCause) {
        if !self.started {
            return;
        }
        let count = match cause {
            GapCause::Loss => StreamCount::LossFrames,
            GapCause::Outage => StreamCount::OutageFrames,
            GapCause::Restart => StreamCount::RestartFrames,
            // Those after the overrun come about behind the ring.
            GapCause::Overrun | GapCause::DiskFull | GapCause::WriteFailed | GapCause::SourceChanged => {
                StreamCount::OverrunFrames
            }
        };
        self.counts[count as usize] += len;
        self.counts[StreamCount::Gaps as usize] += 1;
        self.ring.gap(len, cause);
    }

    fn publish(&mut self, restarts: u64) {
        let counts = &mut self.counts;
        counts[StreamCount::Restarts as usize] = restarts.max(counts[StreamCount::Restarts as usize]);
        let dropped = counts[StreamCount::OverrunFrames as usize];
        counts[StreamCount::OverrunFrames as usize] = dropped + self.ring.overrun_frames();
        self.counters.publish(counts, None);
        self.counts[StreamCount::OverrunFrames as usize] = dropped;
    }
}

/// What is missing before a portion, at most two causes one after the other.
fn missing(taken: &Taken, hz: u32) -> [Option<(u64, GapCause)>; 2] {
    let hz = u64::from(hz);
    let by_clock = u64::try_from(taken.by_clock.since(taken.expected)).unwrap_or(0);
    let some = |len: u64, cause| (len > 0).then_some((len, cause));
    // The device's own count is exact, unless it is another one than before.
    let agrees = |counted: u64| counted.abs_diff(by_clock) * 1_000_000_000 < AGREES_NS as u64 * hz;
    let exact = taken.counted.filter(|counted| *counted <= COUNTED_S * hz && agrees(*counted));
    if taken.outage {
        return [some(exact.unwrap_or(by_clock), GapCause::Outage), None];
    }
    match exact {
        Some(counted) => {
            let ours = taken.dropped.min(counted);
            [some(counted - ours, GapCause::Loss), some(ours, GapCause::Overrun)]
        }
        // Of what only the clock tells, at least one sample is missing: the device said so.
        None if taken.broken => {
            let lost = by_clock.saturating_sub(taken.dropped).max(1);
            [some(lost, GapCause::Loss), some(taken.dropped, GapCause::Overrun)]
        }
        None => [some(taken.dropped, GapCause::Overrun), None],
    }
}

#[cfg(test)]
mod tests;
