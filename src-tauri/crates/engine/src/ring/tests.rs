use audyn_model::{Rate, TimeBasis};
use proptest::prelude::*;

use super::*;

const FORMAT: AudioFormat = AudioFormat { rate: Rate::HZ_48000, channels: 2, bits: 24 };

fn ring(ms: u64) -> (FrameWriter, FrameReader) {
    let (mut writer, mut reader) = frame_ring(&FORMAT, ms);
    writer.start(SampleIndex(1000), FORMAT, Anchor::direct(FORMAT.rate, TimeBasis::MediaClock));
    assert!(matches!(reader.take(), Some(Item::Start { .. })));
    (writer, reader)
}

/// Puts `frames` frames whose every sample is the low word of its position.
fn put(writer: &mut FrameWriter, frames: usize) {
    let mut left = frames;
    while left > 0 {
        let count = left.min(writer.fits());
        let at = writer.next().0;
        writer.fill(count, |room| {
            for (i, sample) in room.iter_mut().enumerate() {
                *sample = (at + i as i64 / 2) as i32;
            }
        });
        left -= count;
    }
}

/// Takes everything; returns the next position expected, having checked that positions are contiguous and true.
fn drain(reader: &mut FrameReader, mut next: SampleIndex, gaps: &mut Vec<Gap>) -> SampleIndex {
    while let Some(item) = reader.take() {
        match item {
            Item::Frames { at, block } => {
                assert_eq!(at, next);
                for (i, sample) in block.samples().iter().enumerate() {
                    assert_eq!(*sample, (at.0 + i as i64 / 2) as i32);
                }
                next = at.plus(block.samples().len() as i64 / 2);
                reader.give_back(block);
            }
            Item::Gap(gap) => {
                assert_eq!(gap.at, next);
                next = gap.end();
                gaps.push(gap);
            }
            Item::Start { .. } => panic!("one start only"),
            Item::Anchor(_) => {}
        }
    }
    next
}

#[test]
fn ten_seconds_without_a_reader_lose_nothing() {
    let (mut writer, mut reader) = ring(10_000);
    for _ in 0..10_000 {
        put(&mut writer, 48);
    }
    writer.flush(0);
    let mut gaps = Vec::new();
    assert_eq!(drain(&mut reader, SampleIndex(1000), &mut gaps), SampleIndex(481_000));
    assert_eq!((gaps.len(), writer.overrun_frames()), (0, 0));
}

#[test]
fn beyond_that_the_newest_are_one_gap_of_exact_length() {
    let (mut writer, mut reader) = ring(100);
    for _ in 0..500 {
        put(&mut writer, 48);
    }
    let mut gaps = Vec::new();
    let reached = drain(&mut reader, SampleIndex(1000), &mut gaps);
    assert!(gaps.is_empty());
    assert!(reached >= SampleIndex(1000 + 4800));
    put(&mut writer, 48);
    writer.flush(0);
    let end = drain(&mut reader, reached, &mut gaps);
    assert_eq!(end, writer.next());
    assert_eq!(gaps.iter().map(|g| g.cause).collect::<Vec<_>>(), [GapCause::Overrun]);
    assert_eq!(gaps[0].len, writer.overrun_frames());
}

#[test]
fn a_ring_outlives_either_end() {
    let (mut writer, mut reader) = ring(100);
    put(&mut writer, 960);
    writer.flush(0);
    drop(writer);
    assert!(!reader.is_finished());
    let Some(Item::Frames { block, .. }) = reader.take() else { panic!("frames were put") };
    assert!(reader.is_finished());
    drop(reader);
    assert_eq!(block.samples().len(), 1920);
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Put(usize),
    Gap(u64, GapCause),
    Flush,
    Anchor,
    Drain,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (1_usize..=512).prop_map(Step::Put),
        1 => (1_u64..100_000, prop_oneof![Just(GapCause::Loss), Just(GapCause::Outage)]).prop_map(|(l, c)| Step::Gap(l, c)),
        1 => Just(Step::Flush),
        1 => Just(Step::Anchor),
        1 => Just(Step::Drain),
    ]
}

proptest! {
    #[test]
    fn whatever_happens_the_timeline_is_whole(steps in proptest::collection::vec(step(), 1..400)) {
        let (mut writer, mut reader) = ring(100);
        let mut gaps = Vec::new();
        let mut next = SampleIndex(1000);
        let (mut told, mut put_frames) = (0, 0);
        for step in steps {
            match step {
                Step::Put(frames) => { put(&mut writer, frames); put_frames += frames as u64; }
                Step::Gap(len, cause) => { writer.gap(len, cause); told += len; }
                Step::Flush => writer.flush(0),
                Step::Anchor => writer.anchor(Anchor::direct(FORMAT.rate, TimeBasis::Arrival)),
                Step::Drain => next = drain(&mut reader, next, &mut gaps),
            }
        }
        for _ in 0..3 {
            put(&mut writer, 480);
            put_frames += 480;
            writer.flush(0);
            next = drain(&mut reader, next, &mut gaps);
        }
        prop_assert_eq!(next, writer.next());
        prop_assert_eq!(next.since(SampleIndex(1000)) as u64, put_frames + told);
        let missing: u64 = gaps.iter().map(|g| g.len).sum();
        prop_assert_eq!(missing, told + writer.overrun_frames());
    }
}
