//! Recording on sound: everything is kept and listened to, and what belongs to an activation is written, each to a
//! recording of its own.

use std::sync::atomic::Ordering;

use audyn_engine::ring::Item;
use audyn_model::{Gap, SampleIndex};

use super::super::state::Input;
use super::super::vox::{Detector, Turn, Vox};
use super::{LOOK, Writer};

/// One watch, from its order to its end.
struct Watch {
    vox: Vox,
    /// Made when the source's format is known.
    detector: Option<Detector>,
    /// An activation is being written.
    open: bool,
}

impl Writer {
    /// Writes every activation until told to stop, or until all that was wanted has passed by.
    pub(super) fn watch(&mut self, vox: Vox) -> Result<(), String> {
        let mut watch = Watch { vox, detector: None, open: false };
        self.kept.need(vox.reach_ms());
        self.step(Input::Arm);
        let ended = self.watch_on(&mut watch);
        self.kept.need(0);
        ended
    }

    fn watch_on(&mut self, watch: &mut Watch) -> Result<(), String> {
        while self.goes_on() {
            self.listen(watch)?;
            self.look_at_health();
            std::thread::park_timeout(LOOK);
        }
        self.step(Input::Stop);
        // As for every recording: first what was in the reorder window, then all of it, then the files.
        if self.shared.leaves() {
            self.capture.finish();
        }
        self.listen(watch)?;
        self.close()
    }

    /// Takes everything there is: keeps it, listens to it, and writes what belongs to an activation.
    fn listen(&mut self, watch: &mut Watch) -> Result<(), String> {
        let mut any = false;
        let mut turns = Vec::new();
        while self.wanted != Some(0)
            && let Some(item) = self.capture.frames.take()
        {
            any = true;
            if watch.detector.is_none() {
                watch.detector = self.format.map(|format| Detector::new(watch.vox, &format));
            }
            match item {
                Item::Start { .. } | Item::Anchor(_) => self.keep(item),
                Item::Gap(gap) => {
                    let gap = self.relabel.gap(gap);
                    let gap = Gap { len: self.want(gap.len), ..gap };
                    if let Some(detector) = &mut watch.detector {
                        detector.gap(gap.at, gap.len, &mut turns);
                    }
                    self.kept.gap(gap);
                }
                Item::Frames { at, block } => {
                    let channels = usize::from(self.capture.levels.channels() as u16);
                    let frames = self.want((block.samples().len() / channels) as u64) as usize;
                    let samples = &block.samples()[..frames * channels];
                    if let Some(detector) = &mut watch.detector {
                        detector.frames(at, samples, &mut turns);
                    }
                    self.kept.frames(at, samples);
                    self.capture.frames.give_back(block);
                }
            }
            self.turn(watch, &mut turns)?;
        }
        self.shared.kept.store(self.kept.kept(), Ordering::Relaxed);
        self.look_back(any)
    }

    /// Does what the sound says, at the very samples.
    fn turn(&mut self, watch: &mut Watch, turns: &mut Vec<Turn>) -> Result<(), String> {
        for turn in turns.drain(..) {
            match turn {
                Turn::Began(at) => {
                    let rate = self.shared.line.source.rate();
                    let before = rate.samples_in_ms(watch.vox.pre_roll_ms.into());
                    self.kept.skip_to(at.plus(-(before as i64)));
                    self.anchor = self.kept.anchor().or(self.anchor);
                    watch.open = true;
                }
                Turn::Ended(at) => {
                    self.write_activation(at)?;
                    self.close()?;
                    watch.open = false;
                    self.shared.live().told.began = None;
                    self.step(Input::Arm);
                }
            }
        }
        if watch.open {
            return self.write_activation(SampleIndex(i64::MAX));
        }
        self.kept.trim();
        Ok(())
    }

    fn write_activation(&mut self, until: SampleIndex) -> Result<(), String> {
        // What is kept was counted when it came.
        let wanted = self.wanted.take();
        let mut written = Ok(true);
        while matches!(written, Ok(true)) {
            written = self.write_kept(until);
        }
        self.wanted = wanted;
        written.map(|_| ())
    }
}
