//! Sound as marks inside a recording that goes on: what is written is listened to, and each activation is a mark from its
//! pre-roll to the end of its hangover.

use audyn_model::{Gap, Mark, MarkId, MarkKind, SampleIndex};

use super::super::vox::{Detector, Turn, Vox};
use super::Writer;

/// Marks the sound of one recording.
pub(super) struct Marking {
    vox: Vox,
    /// Made with the first samples.
    detector: Option<Detector>,
    turns: Vec<Turn>,
    /// The mark that goes on.
    open: Option<Mark>,
    /// No mark begins before here: the recording does, or the mark before it ended.
    floor: Option<SampleIndex>,
}

impl Marking {
    pub fn new(vox: Vox) -> Self {
        Self { vox, detector: None, turns: Vec::new(), open: None, floor: None }
    }

    /// What a turn makes of the mark that goes on. Pure but for the new mark's id.
    fn turn(&mut self, turn: Turn, before: u64) -> Option<Mark> {
        match turn {
            Turn::Began(at) => {
                let at = at.plus(-(before as i64)).max(self.floor.unwrap_or(at));
                let mark = Mark { id: MarkId::new(), at, end: None, kind: MarkKind::Vox, text: None };
                self.open = Some(mark.clone());
                Some(mark)
            }
            Turn::Ended(end) => self.end(end),
        }
    }

    fn end(&mut self, end: SampleIndex) -> Option<Mark> {
        let open = self.open.take()?;
        self.floor = Some(end);
        Some(Mark { end: Some(end), ..open })
    }
}

impl Writer {
    /// Listens to frames that were written, if sound is to be marked.
    pub(super) fn mark_frames(&mut self, at: SampleIndex, samples: &[i32]) {
        self.listen_for_marks(at, |detector, turns| detector.frames(at, samples, turns));
    }

    /// The same for a gap: silence.
    pub(super) fn mark_gap(&mut self, gap: Gap) {
        self.listen_for_marks(gap.at, |detector, turns| detector.gap(gap.at, gap.len, turns));
    }

    fn listen_for_marks(&mut self, at: SampleIndex, listen: impl FnOnce(&mut Detector, &mut Vec<Turn>)) {
        let (Some(marking), Some(format)) = (&mut self.marking, self.format) else { return };
        marking.floor.get_or_insert(at);
        let detector = marking.detector.get_or_insert_with(|| Detector::new(marking.vox, &format));
        let mut turns = std::mem::take(&mut marking.turns);
        listen(detector, &mut turns);
        let before = format.rate.samples_in_ms(marking.vox.pre_roll_ms.into());
        let marks: Vec<Mark> = turns.drain(..).filter_map(|turn| marking.turn(turn, before)).collect();
        marking.turns = turns;
        marks.iter().for_each(|mark| self.note_mark(mark));
    }

    /// The recording ends, and with it a mark that goes on.
    pub(super) fn end_mark(&mut self) {
        let end = self.shared.live().told.end;
        let Some((marking, end)) = self.marking.as_mut().zip(end) else { return };
        if let Some(mark) = marking.end(end) {
            self.note_mark(&mark);
        }
    }

    /// A mark that goes on does so in a recording that is written in another way.
    pub(super) fn carry_mark(&mut self) {
        if let Some(mark) = self.marking.as_ref().and_then(|marking| marking.open.clone())
            && let Some(recording) = &mut self.recording
        {
            recording.mark(&mark);
        }
    }

    fn note_mark(&mut self, mark: &Mark) {
        let Some(recording) = &mut self.recording else { return };
        recording.mark(mark);
        let (name, at) = (&self.shared.line.name, mark.at.0);
        match mark.end {
            None => tracing::info!(recorder = name, at, "sound"),
            Some(end) => tracing::info!(recorder = name, at, end = end.0, "sound marked"),
        }
    }
}

#[cfg(test)]
mod tests {
    use audyn_model::{AudioFormat, Rate};

    use super::*;

    #[test]
    fn a_mark_has_its_pre_roll_as_far_as_there_is_one() {
        // 8 samples a millisecond; pre-roll of 500 ms.
        let check = |first: i64, turns: &[Turn], expected: &[(i64, Option<i64>)]| {
            let mut marking = Marking::new(Vox::default());
            marking.floor = Some(SampleIndex(first));
            let marks: Vec<Mark> = turns.iter().filter_map(|turn| marking.turn(*turn, 4_000)).collect();
            let found: Vec<_> = marks.iter().map(|mark| (mark.at.0, mark.end.map(|end| end.0))).collect();
            assert_eq!(found, expected, "{turns:?}");
            for pair in marks.chunks(2).filter(|pair| pair.len() == 2) {
                assert_eq!(pair[0].id, pair[1].id, "one mark, then with its end");
            }
        };
        let (began, ended) = (|at| Turn::Began(SampleIndex(at)), |at| Turn::Ended(SampleIndex(at)));
        check(0, &[began(10_000)], &[(6_000, None)]);
        check(0, &[began(10_000), ended(30_000)], &[(6_000, None), (6_000, Some(30_000))]);
        // The recording begins later than the pre-roll would.
        check(9_000, &[began(10_000)], &[(9_000, None)]);
        // So does what follows another mark.
        check(
            0,
            &[began(10_000), ended(30_000), began(31_000), ended(60_000)],
            &[(6_000, None), (6_000, Some(30_000)), (30_000, None), (30_000, Some(60_000))],
        );
        check(0, &[ended(5)], &[]);
    }

    #[test]
    fn a_mark_ends_with_the_recording() {
        let mut marking = Marking::new(Vox::default());
        assert_eq!(marking.end(SampleIndex(5)), None);
        let mark = marking.turn(Turn::Began(SampleIndex(10)), 0).unwrap();
        assert_eq!(marking.end(SampleIndex(99)), Some(Mark { end: Some(SampleIndex(99)), ..mark }));
        assert_eq!(marking.end(SampleIndex(100)), None);
        let format = AudioFormat { rate: Rate::new(8_000).unwrap(), channels: 1, bits: 24 };
        assert_eq!(Detector::new(marking.vox, &format).gap(SampleIndex(0), 8, &mut marking.turns), ());
    }
}
