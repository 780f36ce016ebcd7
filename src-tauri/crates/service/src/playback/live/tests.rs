use audyn_engine::play::{Callback, ring};
use audyn_engine::ring::{FrameReader, FrameWriter, frame_ring};
use audyn_model::{Anchor, AudioFormat, GapCause, Rate, SampleIndex, TimeBasis};

use super::*;

const RATE: u32 = 8_000;
/// Frames in a millisecond.
const MS: usize = 8;

impl Frames for FrameReader {
    fn take(&mut self) -> Option<Item> {
        Self::take(self)
    }

    fn give_back(&mut self, block: Block) {
        Self::give_back(self, block);
    }
}

/// A source, a listener and a sound card, turned by hand.
struct Rig {
    writer: FrameWriter,
    live: Live,
    feed: Feed,
    card: Callback,
    /// Written so far; each frame is its own number.
    written: usize,
}

impl Rig {
    fn new() -> Self {
        let rate = Rate::new(RATE).unwrap();
        let format = AudioFormat { rate, channels: 2, bits: 24 };
        let (mut writer, reader) = frame_ring(&format, 1_000);
        writer.start(SampleIndex(0), format, Anchor::direct(rate, TimeBasis::Arrival));
        let heard = Heard { source: "s".to_owned(), recorder: None, name: "Source".to_owned() };
        let listen = Listen { heard, frames: Box::new(reader), rate: RATE, channels: 2 };
        let to = Format { rate: RATE, channels: 2 };
        let (feed, card) = ring(to, RATE as usize / 2);
        let mut live = Live::new(listen);
        live.convert_to(to, &feed).unwrap();
        Self { writer, live, feed, card, written: 0 }
    }

    fn write(&mut self, frames: usize) {
        for _ in 0..frames {
            let word = (self.written as i32 + 1) << 8;
            self.writer.fill(1, |samples| samples.copy_from_slice(&[word, -word]));
            self.written += 1;
        }
        self.writer.flush(1);
    }

    fn look(&mut self) {
        self.live.fill(&mut self.feed).unwrap();
    }

    /// What the card plays next: numbers of frames, 0 for silence; none where it is faded or slid.
    fn play(&mut self, frames: usize) -> Vec<Option<usize>> {
        let mut out = vec![9.0; 2 * frames];
        self.card.fill(&mut out, 0);
        out.as_chunks::<2>()
            .0
            .iter()
            .map(|[left, right]| {
                assert_eq!(*left, -*right);
                let number = *left * 8_388_608.0;
                (number.fract() == 0.0).then_some(number as usize)
            })
            .collect()
    }

    /// So many turns of 10 ms in which the source gives `each` frames and the card, every other one, takes 20 ms. How late
    /// what is played then is, in frames, turn by turn; none in silence.
    fn run(&mut self, turns: usize, each: usize) -> Vec<Option<usize>> {
        let mut late = Vec::new();
        for turn in 0..turns {
            self.write(each);
            self.look();
            if turn % 2 == 1 {
                let played = self.play(20 * MS);
                let last = played.into_iter().rev().flatten().next().filter(|number| *number > 0);
                late.push(last.map(|number| self.written - number));
            }
        }
        late
    }
}

#[test]
fn what_is_heard_is_late_by_the_depth_alone() {
    let mut rig = Rig::new();
    assert!(rig.run(4, 10 * MS).iter().all(Option::is_none), "depth is gathered first");
    rig.run(6, 10 * MS);
    let late = rig.run(500, 10 * MS);
    let bound = (DEPTH_MS as usize + 20) * MS;
    assert!(late.iter().all(|late| late.is_some_and(|late| late <= bound)), "{late:?}");
    assert_eq!((rig.live.skips, rig.feed.underruns()), (0, 0));
    // At the same rate samples pass unchanged, one after the other.
    let heard = rig.play(20 * MS);
    assert!(heard.windows(2).all(|pair| pair[1] == pair[0].map(|number| number + 1)), "{heard:?}");
}

#[test]
fn what_came_too_late_is_skipped_and_counted() {
    let mut rig = Rig::new();
    rig.run(20, 10 * MS);
    rig.write(400 * MS);
    let late = rig.run(20, 10 * MS);
    assert_eq!(rig.live.skips, 1);
    let bound = (DEPTH_MS as usize + 30) * MS;
    assert!(late[2..].iter().all(|late| late.is_some_and(|late| late <= bound)), "{late:?}");
}

#[test]
fn however_far_the_clocks_are_apart_it_is_never_later_than_the_bound() {
    for each in [78, 79, 81, 82] {
        let mut rig = Rig::new();
        let late = rig.run(6_000, each);
        let bound = (MOST_MS as usize + 20) * MS;
        assert!(
            late.iter().flatten().all(|late| *late <= bound),
            "{each}: {:?}",
            late.iter().flatten().max()
        );
        assert_eq!(rig.live.skips > 0, each > 80, "{each}");
        assert_eq!(rig.feed.underruns() > 0, each < 80, "{each}");
        let silent = late.iter().filter(|late| late.is_none()).count();
        assert!(silent * 4 < late.len(), "{each}: silent in {silent} of {} turns", late.len());
    }
}

#[test]
fn a_short_gap_is_silence_and_a_long_one_is_left_out() {
    let mut rig = Rig::new();
    rig.run(20, 10 * MS);
    let waiting = |rig: &Rig| rig.feed.waiting() + rig.live.ready.len() / 2;
    let before = waiting(&rig);
    rig.writer.gap(50 * MS as u64, GapCause::Loss);
    rig.writer.flush(1);
    rig.look();
    assert_eq!(waiting(&rig), before + 50 * MS);
    rig.writer.gap(5_000 * MS as u64, GapCause::Outage);
    rig.writer.flush(1);
    rig.look();
    assert_eq!(waiting(&rig), before + 50 * MS);
}
