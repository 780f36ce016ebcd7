//! One file on its way to an output.

use std::time::Duration;

use audyn_archive::Reading;
use audyn_codec::Reader;
use audyn_engine::play::{Feed, Format};
use audyn_model::Mono;

use super::Play;
use super::convert::Convert;

/// Frames read at once.
const PIECE: usize = 1024;
/// How often a growing file is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// A file that plays.
pub(super) struct Deck {
    /// Its name for the one who asked.
    pub file: String,
    reading: Reading,
    reader: Reader,
    pair: Option<[u16; 2]>,
    growing: bool,
    looked: Mono,
    /// The frame at which the output began to count.
    base: u64,
    convert: Option<(Convert, Format)>,
    /// Converted and not yet in the output's ring.
    ready: Vec<f32>,
    /// Everything of the file is in `ready`, or was.
    ended: bool,
}

/// What is left to do for a deck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// There is more, now or later.
    More,
    /// All of it was heard.
    Over,
}

impl Deck {
    /// Opens a file at the place that was asked for. Errors are sentences for people.
    pub(super) fn open(what: &Play, now: Mono) -> Result<Self, String> {
        let reading = Reading::open(&what.root, &what.path).map_err(|error| error.to_string())?;
        // Asked before it is read: a file that was ended in between is then seen whole.
        let growing = reading.is_being_written();
        let reader = Reader::open(Box::new(reading.clone()))
            .map_err(|error| format!("cannot play {}: {error}", reading.path().display()))?;
        let mut deck = Self {
            file: what.file.clone(),
            reading,
            reader,
            pair: what.pair,
            growing,
            looked: now,
            base: 0,
            convert: None,
            ready: Vec::new(),
            ended: false,
        };
        deck.go_to(deck.frame_at(what.at_s))?;
        Ok(deck)
    }

    /// Frames per second of the file.
    pub(super) const fn rate(&self) -> u32 {
        self.reader.rate().hz()
    }

    pub(super) const fn growing(&self) -> bool {
        self.growing
    }

    /// Seconds, as far as they are known.
    pub(super) fn duration_s(&self) -> f64 {
        self.reader.frames() as f64 / f64::from(self.rate())
    }

    /// Seconds that were heard.
    pub(super) fn position_s(&self, feed: Option<&Feed>) -> f64 {
        self.position(feed) as f64 / f64::from(self.rate())
    }

    /// The frame that is heard now.
    pub(super) fn position(&self, feed: Option<&Feed>) -> u64 {
        let heard = match (feed, &self.convert) {
            (Some(feed), Some((_, to))) => {
                (u128::from(feed.heard()) * u128::from(self.rate()) / u128::from(to.rate.max(1))) as u64
            }
            _ => 0,
        };
        (self.base + heard).min(self.reader.frames())
    }

    /// The frame at so many seconds.
    pub(super) fn frame_at(&self, seconds: f64) -> u64 {
        // Also what is no number becomes 0.
        (seconds.max(0.0) * f64::from(self.rate())).round() as u64
    }

    /// Goes on from a frame. The output has to have discarded what it had.
    pub(super) fn go_to(&mut self, frame: u64) -> Result<(), String> {
        self.base = self.reader.seek(frame).map_err(|error| self.cannot(&error))?;
        self.ready.clear();
        self.ended = false;
        if let Some((convert, _)) = &mut self.convert {
            convert.reset();
        }
        Ok(())
    }

    /// Converts to an output from now on.
    pub(super) fn convert_to(&mut self, format: Format) -> Result<(), String> {
        let convert = Convert::new(self.rate(), self.reader.channels(), self.pair, format)
            .map_err(|error| format!("cannot play {} at {} Hz: {error}", self.file, format.rate))?;
        self.convert = Some((convert, format));
        Ok(())
    }

    /// Looks whether a growing file has grown, if it is time to.
    pub(super) fn look(&mut self, now: Mono) {
        if !self.growing || now.since(self.looked) < LOOK {
            return;
        }
        self.looked = now;
        // Asked before the file is looked at: what its writer still wrote is then seen.
        let growing = self.reading.is_being_written();
        match self.reader.refresh() {
            Ok(()) => self.growing = growing,
            // Caught in the middle of a write; but once nobody writes, what cannot be read is all there is.
            Err(error) if !growing => {
                tracing::warn!(path = %self.reading.path().display(), %error, "a file that was played cannot be read on");
                self.growing = false;
            }
            Err(_) => {}
        }
    }

    /// Fills the output's ring.
    pub(super) fn fill(&mut self, feed: &mut Feed) -> Result<Progress, String> {
        let mut frames = Vec::new();
        loop {
            let pushed = feed.push(&self.ready);
            let channels = self.convert.as_ref().map_or(1, |(_, to)| usize::from(to.channels.max(1)));
            self.ready.drain(..pushed * channels);
            if !self.ready.is_empty() || feed.room() == 0 {
                break;
            }
            if self.ended {
                let over = feed.is_drained() && !self.growing;
                return Ok(if over { Progress::Over } else { Progress::More });
            }
            let Some((convert, _)) = &mut self.convert else { break };
            frames.clear();
            let read = self.reader.read(&mut frames, PIECE);
            let given = match read {
                Ok(given) => given,
                Err(error) => return Err(self.cannot(&error)),
            };
            let resampled = if given > 0 {
                convert.push(&frames, &mut self.ready)
            } else if self.growing {
                // What comes next is not late: it was not recorded yet.
                feed.expect_more(false);
                break;
            } else {
                self.ended = true;
                feed.expect_more(false);
                convert.end(&mut self.ready)
            };
            resampled.map_err(|error| format!("cannot play {}: {error}", self.file))?;
            if given > 0 {
                feed.expect_more(true);
            }
        }
        Ok(Progress::More)
    }

    fn cannot(&self, error: &audyn_codec::Error) -> String {
        format!("cannot play on {}: {error}", self.reading.path().display())
    }
}
