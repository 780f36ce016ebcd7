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
fn an_outage_that_follows_an_overrun_is_a_gap_of_its_own() {
    let (mut writer, mut reader) = ring(100);
    for _ in 0..500 {
        put(&mut writer, 48);
    }
    let first = writer.overrun_frames();
    writer.gap(96_000, GapCause::Outage);
    put(&mut writer, 4_800);
    let second = writer.overrun_frames() - first;
    let mut gaps = Vec::new();
    let reached = drain(&mut reader, SampleIndex(1000), &mut gaps);
    put(&mut writer, 48);
    writer.flush(0);
    assert_eq!(drain(&mut reader, reached, &mut gaps), writer.next());
    let found: Vec<_> = gaps.iter().map(|gap| (gap.cause, gap.len)).collect();
    let expected = [(GapCause::Overrun, first), (GapCause::Outage, 96_000), (GapCause::Overrun, second)];
    assert_eq!(found, expected);
}

#[test]
fn causes_that_change_for_ever_take_no_more_room() {
    let (mut writer, mut reader) = ring(100);
    for _ in 0..1_000 {
        writer.gap(7, GapCause::Outage);
        writer.gap(5, GapCause::Loss);
    }
    let (mut gaps, mut reached) = (Vec::new(), SampleIndex(1000));
    for _ in 0..8 {
        reached = drain(&mut reader, reached, &mut gaps);
        put(&mut writer, 48);
        writer.flush(0);
    }
    assert_eq!(drain(&mut reader, reached, &mut gaps), writer.next());
    assert_eq!(gaps.iter().map(|gap| gap.len).sum::<u64>(), 12_000 + writer.overrun_frames());
    assert!(gaps.len() < 150, "{}", gaps.len());
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
    /// What comes out is what went in: each frame once, and each gap with its own cause and length, touching ones of one
    /// cause as one.
    #[test]
    fn whatever_happens_the_timeline_is_whole(steps in proptest::collection::vec(step(), 1..400)) {
        let (mut writer, mut reader) = ring(100);
        let mut gaps = Vec::new();
        let mut expected: Vec<Gap> = Vec::new();
        let mut expect = |gap: Gap| match expected.last_mut() {
            Some(last) if last.joined(&gap).is_some() => last.len += gap.len,
            Some(_) | None => expected.push(gap),
        };
        let mut next = SampleIndex(1000);
        let mut put_frames = 0;
        let mut put = |writer: &mut FrameWriter, frames: usize, expect: &mut dyn FnMut(Gap)| {
            let (mut left, mut at) = (frames, writer.next());
            put_frames += frames as u64;
            // As `put`, a portion at a time: one is kept whole or dropped whole.
            while left > 0 {
                let (count, dropped) = (left.min(writer.fits()), writer.overrun_frames());
                put(writer, count);
                let len = writer.overrun_frames() - dropped;
                if len > 0 {
                    expect(Gap { at, len, cause: GapCause::Overrun });
                }
                (left, at) = (left - count, writer.next());
            }
        };
        let mut told = 0;
        for step in steps {
            match step {
                Step::Put(frames) => put(&mut writer, frames, &mut expect),
                Step::Gap(len, cause) => {
                    expect(Gap { at: writer.next(), len, cause });
                    writer.gap(len, cause);
                    told += len;
                }
                Step::Flush => writer.flush(0),
                Step::Anchor => writer.anchor(Anchor::direct(FORMAT.rate, TimeBasis::Arrival)),
                Step::Drain => next = drain(&mut reader, next, &mut gaps),
            }
        }
        for _ in 0..3 {
            put(&mut writer, 480, &mut expect);
            writer.flush(0);
            next = drain(&mut reader, next, &mut gaps);
        }
        prop_assert_eq!(next, writer.next());
        prop_assert_eq!(next.since(SampleIndex(1000)) as u64, put_frames + told);
        let mut found: Vec<Gap> = Vec::new();
        for gap in gaps {
            match found.last_mut() {
                Some(last) if last.joined(&gap).is_some() => last.len += gap.len,
                Some(_) | None => found.push(gap),
            }
        }
        prop_assert_eq!(found, expected);
    }
}
