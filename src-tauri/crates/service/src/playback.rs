//! Listening to sources, and to recordings, also to one that is still growing: one player, one thread, one sound card at a time.
//!
//! The player shares nothing with the recorders but the machine: it reads files through [`audyn_archive::Reading`], and a
//! sound card that is missing or goes away is a state of the player with a sentence to read.
//!
//! **Full policy:** commands wait in a queue that has no limit, since people give them one by one; of states, a listener sees
//! the latest.

mod convert;
mod deck;
mod live;
mod outputs;
mod worker;

use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;

use audyn_engine::play;
use audyn_engine::rt::SystemClock;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

pub use live::{Frames, Heard, Listen};
use outputs::Cards;
use worker::{Command, Worker};

/// What to play.
#[derive(Clone, Debug, PartialEq)]
pub struct Play {
    /// The archive's root.
    pub root: PathBuf,
    /// The file, below the root.
    pub path: PathBuf,
    /// What the file is called in [`PlaybackStatus::file`].
    pub file: String,
    /// From here on, in seconds from the file's beginning.
    pub at_s: f64,
    /// Of more than two channels the ones that are heard left and right, counted from 0; the first two if not given.
    pub pair: Option<[u16; 2]>,
}

/// Whether there is sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaybackState {
    /// Nothing is loaded, or the file's end was reached.
    #[default]
    Stopped,
    /// A file plays, or waits at the end of what was recorded so far.
    Playing,
    /// A file waits to be resumed.
    Paused,
    /// There is no sound, for the reason in `message`.
    Error,
}

/// What the player does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub struct PlaybackStatus {
    /// The source that is listened to; none while a file is loaded, or nothing.
    #[serde(skip)]
    pub listening: Option<Heard>,
    /// Times that something was skipped so that what is heard is not late.
    pub skips: u64,
    /// The file that was asked for, as it was named then; none before the first and after a stop.
    pub file: Option<String>,
    /// Whether there is sound.
    pub state: PlaybackState,
    /// What is heard now, in seconds from the file's beginning.
    pub position_s: f64,
    /// How long the file is, as far as it is recorded.
    pub duration_s: f64,
    /// The file is still being recorded.
    pub growing: bool,
    /// Loudness, 0 to 1, as a factor.
    pub volume: f32,
    /// The chosen output; none for the system's default one.
    pub output: Option<String>,
    /// The open output's name for people.
    pub output_name: Option<String>,
    /// Times that sound was interrupted because the file or the machine was too slow, since the file was loaded.
    pub interruptions: u64,
    /// Why there is no sound, in state `error`.
    pub message: Option<String>,
}

/// Where sound can go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub struct OutputDevice {
    /// Names it to [`Player::set_output`], also after a restart.
    pub id: String,
    /// Names it to people.
    pub name: String,
    /// This is where sound goes unless another one is chosen.
    pub default: bool,
}

/// Plays files one at a time. Ends its thread when it is dropped.
#[derive(Debug)]
pub struct Player {
    commands: Sender<Command>,
    status: watch::Receiver<PlaybackStatus>,
    thread: Option<JoinHandle<()>>,
}

/// The outputs to choose from, the default one first. Asks the system: takes some milliseconds.
///
/// # Errors
/// The system cannot list them.
pub fn outputs() -> Result<Vec<OutputDevice>, play::Error> {
    let devices = play::devices()?;
    let told = |play::Device { id, name, default }| OutputDevice { id, name, default };
    Ok(devices.into_iter().map(told).collect())
}

impl Player {
    /// Starts the player's thread. Opens nothing yet.
    ///
    /// # Errors
    /// No thread can be made.
    pub fn start() -> std::io::Result<Self> {
        let (commands, orders) = mpsc::channel();
        let (tell, status) = watch::channel(PlaybackStatus { volume: 1.0, ..PlaybackStatus::default() });
        let thread = std::thread::Builder::new()
            .name("audyn-player".to_owned())
            .spawn(move || worker::run(Worker::new(Box::new(Cards), tell), &orders, &SystemClock))?;
        Ok(Self { commands, status, thread: Some(thread) })
    }

    /// Plays a file instead of what plays now.
    pub fn play(&self, what: Play) {
        self.tell(Command::Play(what));
    }

    /// Lets a source be heard instead of what plays now.
    pub fn listen(&self, what: Listen) {
        self.tell(Command::Listen(Box::new(what)));
    }

    /// Falls silent and stays where it is; a source that is listened to is let go.
    pub fn pause(&self) {
        self.tell(Command::Pause);
    }

    /// Plays on after a pause, or tries again after an error.
    pub fn resume(&self) {
        self.tell(Command::Resume);
    }

    /// Goes to another place in the file, at most to its end.
    pub fn seek(&self, to_s: f64) {
        self.tell(Command::Seek(to_s));
    }

    /// Falls silent, forgets the file and closes the output.
    pub fn stop(&self) {
        self.tell(Command::Stop);
    }

    /// Sets the loudness, 0 to 1, of this and all later files.
    pub fn set_volume(&self, volume: f32) {
        self.tell(Command::SetVolume(volume));
    }

    /// Plays this and all later files through another output; none: the system's default one.
    pub fn set_output(&self, id: Option<String>) {
        self.tell(Command::SetOutput(id));
    }

    /// What the player does now.
    #[must_use]
    pub fn status(&self) -> PlaybackStatus {
        self.status.borrow().clone()
    }

    /// Is told of every change, and of the position at most ten times a second.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<PlaybackStatus> {
        self.status.clone()
    }

    fn tell(&self, command: Command) {
        // The thread ends only with us.
        let _ = self.commands.send(command);
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        self.tell(Command::End);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
