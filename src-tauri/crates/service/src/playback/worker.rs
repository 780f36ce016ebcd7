//! The player's thread: commands and the passing of time become sound and a status.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use audyn_engine::play::{Feed, Lost};
use audyn_model::{Clock, Mono};
use tokio::sync::watch;

use super::deck::{Deck, Progress};
use super::live::{Listen, Live};
use super::outputs::{Opened, Outputs};
use super::{Play, PlaybackState, PlaybackStatus};

/// The position is told no more often than this.
const TELL: Duration = Duration::from_millis(100);
/// How often the ring is filled; it holds much more.
const TURN: Duration = Duration::from_millis(25);
/// The same for what is live: its ring holds little.
const LIVE_TURN: Duration = Duration::from_millis(10);
/// In a pause there is little to look after.
const IDLE: Duration = Duration::from_millis(250);

/// What the player is told.
#[derive(Debug)]
pub(super) enum Command {
    Play(Play),
    Listen(Box<Listen>),
    Pause,
    Resume,
    /// To so many seconds.
    Seek(f64),
    Stop,
    SetVolume(f32),
    SetOutput(Option<String>),
    End,
}

/// Whether the thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    End,
}

pub(super) struct Worker {
    outputs: Box<dyn Outputs>,
    tell: watch::Sender<PlaybackStatus>,
    told_at: Option<Mono>,
    state: PlaybackState,
    /// In state `error`.
    message: Option<String>,
    /// The file that was asked for: a deck outlives an error of its output, but not its own.
    file: Option<String>,
    deck: Option<Deck>,
    /// A source that is listened to; then there is no deck.
    live: Option<Live>,
    output: Option<Opened>,
    /// Underruns of the output before this file.
    interrupted: u64,
    volume: f32,
    chosen: Option<String>,
    /// Where the last file ended, in seconds, and how long it was.
    rest: (f64, f64),
}

/// Does what it is told until it is told to end.
pub(super) fn run(mut worker: Worker, orders: &Receiver<Command>, clock: &dyn Clock) {
    loop {
        let order = match worker.state {
            PlaybackState::Stopped => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            PlaybackState::Playing if worker.live.is_some() => orders.recv_timeout(LIVE_TURN),
            PlaybackState::Playing => orders.recv_timeout(TURN),
            PlaybackState::Paused | PlaybackState::Error => orders.recv_timeout(IDLE),
        };
        let then = match order {
            Ok(command) => worker.obey(command, clock.mono()),
            Err(RecvTimeoutError::Timeout) => Then::GoOn,
            Err(RecvTimeoutError::Disconnected) => Then::End,
        };
        if then == Then::End {
            return;
        }
        worker.turn(clock.mono());
    }
}

impl Worker {
    pub(super) fn new(outputs: Box<dyn Outputs>, tell: watch::Sender<PlaybackStatus>) -> Self {
        Self {
            outputs,
            tell,
            told_at: None,
            state: PlaybackState::Stopped,
            message: None,
            file: None,
            deck: None,
            live: None,
            output: None,
            interrupted: 0,
            volume: 1.0,
            chosen: None,
            rest: (0.0, 0.0),
        }
    }

    /// Does what it is told.
    pub(super) fn obey(&mut self, command: Command, now: Mono) -> Then {
        match command {
            Command::Play(what) => self.play(&what, now),
            Command::Listen(what) => self.listen(*what),
            Command::Pause => self.pause(),
            Command::Resume => self.resume(),
            Command::Seek(to_s) => self.seek(to_s),
            Command::Stop => self.stop(),
            Command::SetVolume(volume) => self.set_volume(volume),
            Command::SetOutput(id) => self.set_output(id),
            Command::End => return Then::End,
        }
        Then::GoOn
    }

    /// Fills the output, looks after the file and the sound card, and tells what has changed.
    pub(super) fn turn(&mut self, now: Mono) {
        if let Some(lost) = self.output.as_ref().and_then(|output| output.feed.lost()) {
            self.lose_output(lost);
        }
        if let (Some(live), Some(output)) = (&mut self.live, &mut self.output)
            && let Err(message) = live.fill(&mut output.feed)
        {
            self.fail_file(message);
        }
        if let Some(deck) = &mut self.deck {
            deck.look(now);
            if let Some(output) = &mut self.output {
                match deck.fill(&mut output.feed) {
                    Ok(Progress::Over) => self.finish(),
                    Ok(Progress::More) => {}
                    Err(message) => self.fail_file(message),
                }
            }
        }
        self.tell_status(now);
    }

    fn listen(&mut self, what: Listen) {
        self.stop();
        self.live = Some(Live::new(what));
        self.hear();
    }

    /// Lets the source be heard through the chosen output.
    fn hear(&mut self) {
        let Some(live) = &mut self.live else { return };
        let opened =
            self.outputs.open(self.chosen.as_deref(), live.rate()).map_err(|error| error.to_string());
        let ready = opened.and_then(|mut output| {
            output.feed.set_volume(self.volume);
            live.convert_to(output.format, &output.feed).map(|()| output)
        });
        match ready {
            Ok(output) => {
                self.output = Some(output);
                self.interrupted = 0;
                self.state = PlaybackState::Playing;
                self.message = None;
            }
            Err(message) => self.fail_file(message),
        }
    }

    fn play(&mut self, what: &Play, now: Mono) {
        if self.live.take().is_some() {
            self.output = None;
        }
        self.message = None;
        self.file = Some(what.file.clone());
        self.interrupted = self.output.as_ref().map_or(0, |output| output.feed.underruns());
        let rate = self.deck.take().map(|deck| deck.rate());
        match Deck::open(what, now) {
            Ok(deck) => {
                // An output that is open for this rate is the right one for this file too.
                if rate != Some(deck.rate()) {
                    self.output = None;
                }
                self.deck = Some(deck);
                self.sound();
            }
            Err(message) => self.fail_file(message),
        }
    }

    /// Lets the deck be heard from where it is.
    fn sound(&mut self) {
        let Some(deck) = &mut self.deck else { return };
        let output = match &mut self.output {
            Some(output) => {
                output.feed.discard();
                output
            }
            None => match self.outputs.open(self.chosen.as_deref(), deck.rate()) {
                Ok(output) => {
                    self.interrupted = 0;
                    self.output.insert(output)
                }
                Err(error) => {
                    self.state = PlaybackState::Error;
                    self.message = Some(error.to_string());
                    return;
                }
            },
        };
        output.feed.set_volume(self.volume);
        if let Err(message) = deck.convert_to(output.format) {
            return self.fail_file(message);
        }
        match deck.fill(&mut output.feed) {
            Ok(Progress::More | Progress::Over) => {
                output.feed.play();
                self.state = PlaybackState::Playing;
                self.message = None;
            }
            Err(message) => self.fail_file(message),
        }
    }

    fn pause(&mut self) {
        if self.live.is_some() {
            return self.stop();
        }
        if self.state == PlaybackState::Playing
            && let Some(output) = &mut self.output
        {
            output.feed.pause();
            self.state = PlaybackState::Paused;
        }
    }

    fn resume(&mut self) {
        match self.state {
            PlaybackState::Paused => match &mut self.output {
                Some(output) => {
                    output.feed.play();
                    self.state = PlaybackState::Playing;
                }
                None => self.sound(),
            },
            PlaybackState::Error => self.sound(),
            PlaybackState::Stopped | PlaybackState::Playing => {}
        }
    }

    fn seek(&mut self, to_s: f64) {
        let Some(deck) = &mut self.deck else { return };
        if let Some(output) = &mut self.output {
            output.feed.discard();
        }
        if let Err(message) = deck.go_to(deck.frame_at(to_s)) {
            self.fail_file(message);
        }
    }

    fn stop(&mut self) {
        (self.deck, self.output, self.file, self.message) = (None, None, None, None);
        self.live = None;
        self.rest = (0.0, 0.0);
        self.interrupted = 0;
        self.state = PlaybackState::Stopped;
    }

    fn set_volume(&mut self, volume: f32) {
        self.volume = if volume.is_finite() { volume.clamp(0.0, 1.0) } else { self.volume };
        if let Some(output) = &mut self.output {
            output.feed.set_volume(self.volume);
        }
    }

    fn set_output(&mut self, id: Option<String>) {
        if id == self.chosen && self.state != PlaybackState::Error {
            return;
        }
        self.chosen = id;
        self.put_down_output();
        if self.live.is_some() {
            return self.hear();
        }
        match self.state {
            PlaybackState::Playing | PlaybackState::Error => self.sound(),
            // Opened when it is resumed.
            PlaybackState::Paused | PlaybackState::Stopped => {}
        }
    }

    /// Closes the output; the deck is to go on elsewhere from what was heard last.
    fn put_down_output(&mut self) {
        let output = self.output.take();
        if let (Some(deck), Some(output)) = (&mut self.deck, &output) {
            let at = deck.position(Some(&output.feed));
            if let Err(message) = deck.go_to(at) {
                self.fail_file(message);
            }
        }
    }

    fn lose_output(&mut self, lost: Lost) {
        let name = self.output.as_ref().map(|output| output.name.clone()).unwrap_or_default();
        self.put_down_output();
        if self.deck.is_some() || self.live.take().is_some() {
            let why = match lost {
                Lost::Gone => "it was disconnected",
                Lost::Failed => "its audio server or driver gave up",
            };
            self.state = PlaybackState::Error;
            self.message = Some(format!(
                "cannot play on through “{name}”: {why}; connect it again and resume, or choose another output"
            ));
        }
    }

    /// The file's end was heard.
    fn finish(&mut self) {
        let duration = self.deck.take().map_or(0.0, |deck| deck.duration_s());
        self.output = None;
        self.rest = (duration, duration);
        self.state = PlaybackState::Stopped;
    }

    /// The file cannot be played, or not any further.
    fn fail_file(&mut self, message: String) {
        self.rest = match self.deck.take() {
            Some(deck) => (deck.position_s(self.feed()), deck.duration_s()),
            None => (0.0, 0.0),
        };
        self.live = None;
        self.output = None;
        self.state = PlaybackState::Error;
        self.message = Some(message);
    }

    fn feed(&self) -> Option<&Feed> {
        self.output.as_ref().map(|output| &output.feed)
    }

    /// Tells a change at once, and a mere passing of time now and then.
    fn tell_status(&mut self, now: Mono) {
        let (position_s, duration_s) = match &self.deck {
            Some(deck) => (deck.position_s(self.feed()), deck.duration_s()),
            None => self.rest,
        };
        let status = PlaybackStatus {
            listening: self.live.as_ref().map(|live| live.heard().clone()),
            skips: self.live.as_ref().map_or(0, |live| live.skips),
            file: self.file.clone(),
            state: self.state,
            position_s,
            duration_s,
            growing: self.deck.as_ref().is_some_and(Deck::growing),
            volume: self.volume,
            output: self.chosen.clone(),
            output_name: self.output.as_ref().map(|output| output.name.clone()),
            interruptions: self.feed().map_or(0, |feed| feed.underruns().saturating_sub(self.interrupted)),
            message: self.message.clone(),
        };
        let told = self.tell.borrow().clone();
        if status == told {
            return;
        }
        let only_time =
            PlaybackStatus { position_s: told.position_s, duration_s: told.duration_s, ..status.clone() }
                == told;
        // A jump is a change; so is the end of waiting.
        let on = status.position_s - told.position_s;
        let passing = only_time && (0.0..1.0).contains(&on);
        if passing && self.told_at.is_some_and(|told| now.since(told) < TELL) {
            return;
        }
        self.told_at = Some(now);
        self.tell.send_replace(status);
    }
}
