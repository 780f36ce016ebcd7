use std::sync::Arc;

use audyn_model::{Gap, Rate};

use super::*;
use crate::meter::meter;
use crate::ring::{FrameReader, Item, frame_ring};
use crate::source::local::{Intake, intake};

const RATE: Rate = Rate::HZ_48000;
const MS: i64 = 1_000_000;
const CIVIL: i64 = 1_700_000_000_000_000_000;

/// A device of two channels, and its time.
struct Rig {
    deck: Deck,
    intake: Intake,
    now: Mono,
    sample: i32,
    told: Arc<DeviceTold>,
}

impl Rig {
    fn new() -> Self {
        let told = Arc::new(DeviceTold::default());
        let format = AudioFormat { rate: RATE, channels: 2, bits: 24 };
        let mut deck = Deck::new(format, Arc::clone(&told));
        let (intake, outlet) = intake(RATE, 2);
        deck.connect(outlet, 24, &Wake { mono: Mono(0), civil: CIVIL });
        Self { deck, intake, now: Mono(0), sample: 0, told }
    }

    fn join(&mut self, id: u64, pick: &[u16]) -> (FrameReader, Arc<StreamCounters>) {
        let channels = if pick.is_empty() { 2 } else { pick.len() as u16 };
        let format = AudioFormat { rate: RATE, channels, bits: 24 };
        let (ring, frames) = frame_ring(&format, 10_000);
        let (meter, _) = meter(&format);
        let counters = Arc::new(StreamCounters::of_device(Arc::clone(&self.told)));
        let pick = (!pick.is_empty()).then(|| pick.into());
        self.deck.join(Tap::new(id, ring, meter, pick, format, Arc::clone(&counters)));
        (frames, counters)
    }

    fn wake(&self) -> Wake {
        Wake { mono: self.now, civil: CIVIL }
    }

    /// Ten milliseconds, in which the device brings 480 frames.
    fn play(&mut self, position: Option<u64>) {
        let first = self.sample;
        self.sample += 480;
        self.intake.push(480, (first..first + 480).flat_map(|n| [n, -n]), self.now, position);
        self.silence(10);
    }

    fn silence(&mut self, ms: i64) {
        for _ in 0..ms / 10 {
            self.now = Mono(self.now.0 + 10 * MS);
            let wake = self.wake();
            self.deck.turn(&wake);
        }
    }

    fn reopen(&mut self) {
        let (intake, outlet) = intake(RATE, 2);
        let wake = self.wake();
        self.deck.connect(outlet, 24, &wake);
        self.intake = intake;
    }

    fn part(mut self, id: u64) {
        let wake = self.wake();
        self.deck.part(id, &wake);
    }
}

/// The first position, samples in order, and gaps.
fn read(frames: &mut FrameReader) -> (Option<Anchor>, Vec<i32>, Vec<Gap>) {
    let (mut start, mut samples, mut gaps, mut next) = (None, Vec::new(), Vec::new(), None);
    while let Some(item) = frames.take() {
        match item {
            Item::Start { anchor, .. } => start = Some(anchor),
            Item::Frames { at, block } => {
                assert_eq!(*next.get_or_insert(at), at, "contiguous");
                samples.extend_from_slice(block.samples());
                next = Some(at.plus((block.samples().len() / 2) as i64));
                frames.give_back(block);
            }
            Item::Gap(gap) => {
                assert_eq!(*next.get_or_insert(gap.at), gap.at, "contiguous");
                next = Some(gap.end());
                gaps.push(gap);
            }
            Item::Anchor(_) => {}
        }
    }
    (start, samples, gaps)
}

#[test]
fn all_who_take_get_their_own_channels_of_the_same_positions() {
    let mut rig = Rig::new();
    let (mut both, counters) = rig.join(1, &[]);
    rig.play(None);
    let (mut swapped, _) = rig.join(2, &[1, 0]);
    rig.play(None);
    rig.deck.part(2, &rig.wake());
    rig.part(1);
    let (start, samples, gaps) = read(&mut both);
    assert_eq!(samples, (0..960).flat_map(|n| [n, -n]).collect::<Vec<_>>());
    assert_eq!(gaps, []);
    let begin = Anchor::direct(RATE, TimeBasis::Device).index_at(audyn_model::Tai(CIVIL));
    assert_eq!(start.map(|anchor| (anchor.at, anchor.tai.0)), Some((begin, CIVIL)));
    assert_eq!(counters.get(StreamCount::Frames), 960);
    assert_eq!(read(&mut swapped).1, (480..960).flat_map(|n| [-n, n]).collect::<Vec<_>>());
}

#[test]
fn what_the_device_missed_by_its_own_count_is_a_gap_of_exactly_that() {
    let mut rig = Rig::new();
    let (mut frames, _) = rig.join(1, &[]);
    rig.play(Some(1_000));
    rig.silence(20);
    rig.play(Some(1_000 + 480 + 1_024));
    rig.part(1);
    let (start, _, gaps) = read(&mut frames);
    let at = start.expect("it began").at.plus(480);
    assert_eq!(gaps, [Gap { at, len: 1_024, cause: GapCause::Loss }]);
}

#[test]
fn a_device_that_was_away_leaves_a_gap_as_long_as_that() {
    let mut rig = Rig::new();
    let (mut frames, counters) = rig.join(1, &[]);
    for _ in 0..100 {
        rig.play(None);
    }
    rig.silence(5_000);
    rig.reopen();
    for _ in 0..100 {
        rig.play(None);
    }
    rig.part(1);
    let (_, samples, gaps) = read(&mut frames);
    assert_eq!(samples.len(), 2 * 200 * 480);
    assert!(gaps.iter().all(|gap| gap.cause == GapCause::Outage), "{gaps:?}");
    assert_eq!(gaps.iter().map(|gap| gap.len).sum::<u64>(), 5 * 48_000);
    assert_eq!(counters.get(StreamCount::OutageFrames), 5 * 48_000);
    assert_eq!(counters.get(StreamCount::Restarts), 1);
}

#[test]
fn an_outage_is_exact_where_the_device_counted_on() {
    let mut rig = Rig::new();
    let (mut frames, _) = rig.join(1, &[]);
    rig.play(Some(0));
    rig.silence(3_000);
    rig.play(Some(480 + 3 * 48_000 + 17));
    rig.part(1);
    let (_, samples, gaps) = read(&mut frames);
    assert_eq!(samples.len(), 2 * 960);
    assert!(gaps.len() > 1 && gaps.iter().all(|gap| gap.cause == GapCause::Outage), "{gaps:?}");
    assert_eq!(gaps.iter().map(|gap| gap.len).sum::<u64>(), 3 * 48_000 + 17);
}

#[test]
fn a_device_that_says_it_lost_some_leaves_a_gap_by_the_clock() {
    let mut rig = Rig::new();
    let (mut frames, _) = rig.join(1, &[]);
    rig.play(None);
    rig.silence(50);
    rig.intake.alarm().broken();
    rig.play(None);
    rig.part(1);
    let (_, _, gaps) = read(&mut frames);
    assert_eq!(gaps.iter().map(|gap| (gap.len, gap.cause)).collect::<Vec<_>>(), [(2_400, GapCause::Loss)]);
}

#[test]
fn frames_that_found_no_place_are_an_overrun() {
    let mut rig = Rig::new();
    let (mut frames, _) = rig.join(1, &[]);
    for n in 0..102 {
        let from = n * 480;
        rig.intake.push(480, (from..from + 480).flat_map(|n| [n, -n]), Mono(10 * MS * i64::from(n)), None);
    }
    rig.now = Mono(1_020 * MS);
    rig.deck.turn(&rig.wake());
    rig.play(None);
    rig.part(1);
    let (_, samples, gaps) = read(&mut frames);
    assert_eq!(samples.len(), 2 * 101 * 480);
    assert_eq!(gaps.iter().map(|gap| (gap.len, gap.cause)).collect::<Vec<_>>(), [(960, GapCause::Overrun)]);
}

#[test]
fn a_second_count_of_the_device_is_no_gap() {
    let mut rig = Rig::new();
    let (mut frames, _) = rig.join(1, &[]);
    rig.play(Some(1_000));
    rig.play(Some(5 << 40));
    rig.part(1);
    assert_eq!(read(&mut frames).2, []);
}
