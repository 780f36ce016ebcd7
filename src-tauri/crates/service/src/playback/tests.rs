use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use audyn_engine::play::{Callback, Error, Format, Lost, ring};
use audyn_model::Mono;
use tempfile::TempDir;
use tokio::sync::watch;

use super::outputs::{Opened, Outputs};
use super::worker::{Command, Then, Worker};
use super::{Play, PlaybackState, PlaybackStatus};

const RATE: u32 = 8_000;
/// Frames that the sound card asks for at once: 20 ms.
const PERIOD: usize = 160;
/// 5 ms.
const RAMP: usize = 40;

/// A sound card that the test turns by hand.
#[derive(Clone, Default)]
struct Card(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    callback: Option<Callback>,
    opened: Vec<Option<String>>,
    /// What it says when it is opened.
    refusal: Option<String>,
}

/// Takes the card out again when the player closes it.
struct Closes(Card);

impl Drop for Closes {
    fn drop(&mut self) {
        self.0.0.lock().unwrap().callback = None;
    }
}

impl Outputs for Card {
    fn open(&mut self, device: Option<&str>, _: u32) -> Result<Opened, Error> {
        let mut inner = self.0.lock().unwrap();
        if let Some(reason) = inner.refusal.clone() {
            return Err(Error::Unusable { device: "Lautsprecher".to_owned(), reason });
        }
        let format = Format { rate: RATE, channels: 2 };
        let (feed, callback) = ring(format, RATE as usize / 2);
        inner.opened.push(device.map(str::to_owned));
        inner.callback = Some(callback);
        Ok(Opened { feed, format, name: "Card".to_owned(), _closes: Box::new(Closes(self.clone())) })
    }
}

struct Rig {
    dir: TempDir,
    card: Card,
    worker: Worker,
    status: watch::Receiver<PlaybackStatus>,
    now: Mono,
    /// Statuses told.
    told: usize,
}

impl Rig {
    fn new() -> Self {
        let card = Card::default();
        let (tell, status) = watch::channel(PlaybackStatus::default());
        let worker = Worker::new(Box::new(card.clone()), tell);
        Self { dir: tempfile::tempdir().unwrap(), card, worker, status, now: Mono(0), told: 0 }
    }

    /// A file of so many stereo frames counting from 0.
    fn file(&self, name: &str, frames: usize) {
        fs::write(self.dir.path().join(name), wav(frames, None)).unwrap();
    }

    fn tell(&mut self, command: Command) -> PlaybackStatus {
        assert_eq!(self.worker.obey(command, self.now), Then::GoOn);
        self.turn();
        self.status()
    }

    fn play(&mut self, name: &str, at_s: f64) -> PlaybackStatus {
        let root = self.dir.path().to_owned();
        self.tell(Command::Play(Play { root, path: name.into(), file: name.to_owned(), at_s, pair: None }))
    }

    fn turn(&mut self) {
        self.worker.turn(self.now);
        if self.status.has_changed().unwrap() {
            self.told += 1;
            self.status.mark_unchanged();
        }
    }

    fn status(&self) -> PlaybackStatus {
        self.status.borrow().clone()
    }

    /// Lets periods of 20 ms pass and gives the numbers of the frames heard in them; silence is 0.
    fn hear(&mut self, periods: usize) -> Vec<f32> {
        let mut heard = Vec::new();
        for _ in 0..periods {
            let mut out = vec![0.0; PERIOD * 2];
            if let Some(callback) = &mut self.card.0.lock().unwrap().callback {
                callback.fill(&mut out, 0);
            }
            let (pairs, _) = out.as_chunks::<2>();
            assert!(pairs.iter().all(|[left, right]| *left == -*right));
            heard.extend(pairs.iter().map(|[left, _]| *left * 32_768.0));
            self.now = self.now.after(Duration::from_millis(20));
            self.turn();
        }
        heard
    }
}

/// A WAV file of frames (n, −n); with `claimed` its head promises that many bytes instead.
fn wav(frames: usize, claimed: Option<u32>) -> Vec<u8> {
    let size = claimed.unwrap_or(frames as u32 * 4);
    let mut file = b"RIFF".to_vec();
    file.extend(size.saturating_add(36).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x02\0");
    file.extend(RATE.to_le_bytes());
    file.extend((RATE * 4).to_le_bytes());
    file.extend(b"\x04\0\x10\0data");
    file.extend(size.to_le_bytes());
    file.extend((0..frames).flat_map(frame));
    file
}

fn frame(n: usize) -> [u8; 4] {
    let n = (n % 30_000) as i16;
    let ([a, b], [c, d]) = (n.to_le_bytes(), (-n).to_le_bytes());
    [a, b, c, d]
}

fn counting(from: usize, len: usize) -> Vec<f32> {
    (from..from + len).map(|n| (n % 30_000) as f32).collect()
}

#[test]
fn a_file_is_heard_sample_by_sample_and_then_it_is_over() {
    let mut rig = Rig::new();
    rig.file("a.wav", 10_000);
    let status = rig.play("a.wav", 0.0);
    let wanted = PlaybackStatus {
        file: Some("a.wav".to_owned()),
        state: PlaybackState::Playing,
        duration_s: 1.25,
        volume: 1.0,
        output_name: Some("Card".to_owned()),
        ..PlaybackStatus::default()
    };
    assert_eq!(status, wanted);
    let heard = rig.hear(61);
    assert_eq!(heard[RAMP..], counting(RAMP, 61 * PERIOD - RAMP));
    let status = rig.status();
    // What is heard is one period behind what was handed over, and the position is told every 100 ms.
    assert_eq!(status.state, PlaybackState::Playing);
    assert!((1.0..=1.2).contains(&status.position_s), "{status:?}");
    let heard = rig.hear(4);
    let rest = 10_000 - 61 * PERIOD;
    assert_eq!(heard[..rest], counting(61 * PERIOD, rest));
    assert!(heard[rest..].iter().all(|sample| *sample == 0.0));
    let status = rig.status();
    assert_eq!((status.state, status.position_s, status.duration_s), (PlaybackState::Stopped, 1.25, 1.25));
    assert_eq!((status.interruptions, status.message, status.output_name), (0, None, None));
    assert!(rig.card.0.lock().unwrap().callback.is_none(), "the output was closed");
    // Play, 13 times the position, the end.
    assert!((13..=16).contains(&rig.told), "{}", rig.told);
}

#[test]
fn the_position_follows_the_ear_through_pause_seek_and_stop() {
    let mut rig = Rig::new();
    rig.file("a.wav", 29_000);
    rig.play("a.wav", 1.0);
    assert_eq!(rig.status().position_s, 1.0);
    assert_eq!(rig.hear(10)[RAMP..], counting(8_000 + RAMP, 10 * PERIOD - RAMP));
    let status = rig.tell(Command::Pause);
    assert_eq!(status.state, PlaybackState::Paused);
    let heard = rig.hear(10);
    assert!(heard[RAMP..].iter().all(|sample| *sample == 0.0));
    let paused_at = rig.status().position_s;
    assert!((paused_at - (1.2 + RAMP as f64 / 8_000.0)).abs() < 1e-9, "{paused_at}");
    let status = rig.tell(Command::Resume);
    assert_eq!(status.state, PlaybackState::Playing);
    let from = 8_000 + 10 * PERIOD + RAMP;
    assert_eq!(rig.hear(2)[RAMP..], counting(from + RAMP, 2 * PERIOD - RAMP));
    // A jump tells its place at once, and is heard as soon as what was on its way has faded.
    let status = rig.tell(Command::Seek(2.5));
    assert_eq!(status.position_s, 2.5);
    let heard = rig.hear(3);
    assert!(heard[RAMP..PERIOD].iter().all(|sample| *sample == 0.0));
    assert_eq!(heard[PERIOD + RAMP..], counting(20_000 + RAMP, 2 * PERIOD - RAMP));
    // In a pause a jump stays silent.
    rig.tell(Command::Pause);
    rig.hear(2);
    rig.tell(Command::Seek(0.5));
    assert!(rig.hear(5).iter().all(|sample| *sample == 0.0));
    assert_eq!((rig.status().position_s, rig.status().state), (0.5, PlaybackState::Paused));
    rig.tell(Command::Resume);
    assert_eq!(rig.hear(1)[RAMP..], counting(4_000 + RAMP, PERIOD - RAMP));
    let status = rig.tell(Command::Stop);
    assert_eq!(status, PlaybackStatus { volume: 1.0, ..PlaybackStatus::default() });
    assert_eq!(rig.card.0.lock().unwrap().opened.len(), 1);
    for command in [Command::Pause, Command::Resume, Command::Seek(1.0), Command::Stop] {
        assert_eq!(rig.tell(command).state, PlaybackState::Stopped);
    }
}

#[test]
fn a_jump_beyond_the_end_is_the_end_and_before_the_beginning_the_beginning() {
    let mut rig = Rig::new();
    rig.file("a.wav", 20_000);
    rig.play("a.wav", 0.0);
    for nonsense in [-5.0, f64::NAN, f64::NEG_INFINITY] {
        assert_eq!(rig.tell(Command::Seek(nonsense)).position_s, 0.0);
    }
    assert_eq!(rig.tell(Command::Seek(f64::INFINITY)).position_s, 2.5);
    rig.hear(3);
    assert_eq!(rig.status().state, PlaybackState::Stopped);
}

#[test]
fn a_growing_file_is_waited_for_at_its_end() {
    let mut rig = Rig::new();
    let path = rig.dir.path().join("a.wav");
    fs::write(&path, wav(1_600, Some(u32::MAX))).unwrap();
    let mut writer = OpenOptions::new().append(true).open(&path).unwrap();
    writer.lock().unwrap();
    let status = rig.play("a.wav", 0.0);
    assert!(status.growing && status.duration_s == 0.2, "{status:?}");
    let heard = rig.hear(100);
    assert_eq!(heard[RAMP..1_600], counting(RAMP, 1_600 - RAMP));
    let status = rig.status();
    assert_eq!((status.state, status.position_s, status.interruptions), (PlaybackState::Playing, 0.2, 0));
    append(&mut writer, 1_600, 1_600);
    // It is looked at four times a second.
    let heard = rig.hear(30);
    let begins = heard.iter().position(|sample| *sample != 0.0).unwrap();
    assert_eq!(heard[begins + RAMP..begins + 1_600], counting(1_600 + RAMP, 1_600 - RAMP));
    assert_eq!(rig.status().duration_s, 0.4);
    append(&mut writer, 3_200, 800);
    seal(&path, 4_000);
    writer.unlock().unwrap();
    rig.hear(40);
    let status = rig.status();
    assert_eq!((status.state, status.position_s, status.duration_s), (PlaybackState::Stopped, 0.5, 0.5));
    assert!(!status.growing);
}

fn append(writer: &mut File, from: usize, len: usize) {
    writer.write_all(&(from..from + len).flat_map(frame).collect::<Vec<_>>()).unwrap();
}

fn seal(path: &Path, frames: usize) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(&wav(0, Some(frames as u32 * 4))[..44]).unwrap();
}

#[test]
fn without_an_output_it_says_so_and_plays_on_once_there_is_one() {
    let mut rig = Rig::new();
    rig.file("a.wav", 20_000);
    rig.card.0.lock().unwrap().refusal = Some("there is no audio output".to_owned());
    let status = rig.play("a.wav", 1.0);
    assert_eq!((status.state, status.position_s), (PlaybackState::Error, 1.0));
    let message = status.message.unwrap();
    assert!(message.contains("Lautsprecher") && message.contains("there is no audio output"), "{message}");
    assert_eq!(rig.tell(Command::Resume).state, PlaybackState::Error);
    rig.card.0.lock().unwrap().refusal = None;
    let status = rig.tell(Command::Resume);
    assert_eq!((status.state, status.message), (PlaybackState::Playing, None));
    assert_eq!(rig.hear(1)[RAMP..], counting(8_000 + RAMP, PERIOD - RAMP));
}

#[test]
fn another_output_goes_on_from_what_was_heard() {
    let mut rig = Rig::new();
    rig.file("a.wav", 20_000);
    rig.play("a.wav", 0.0);
    rig.hear(10);
    let status = rig.tell(Command::SetOutput(Some("alsa:studio".to_owned())));
    assert_eq!((status.state, status.output.as_deref()), (PlaybackState::Playing, Some("alsa:studio")));
    let heard = rig.hear(1);
    assert_eq!(heard[RAMP..], counting(9 * PERIOD + RAMP, PERIOD - RAMP));
    // A lost one is an error until it is back, or another one is chosen.
    rig.card.0.lock().unwrap().callback.as_ref().unwrap().alarm().lost(Lost::Gone);
    rig.turn();
    let status = rig.status();
    assert_eq!(status.state, PlaybackState::Error);
    assert!(status.message.unwrap().contains("disconnected"));
    assert_eq!(status.output_name, None);
    let status = rig.tell(Command::SetOutput(None));
    assert_eq!((status.state, status.message), (PlaybackState::Playing, None));
    let opened = rig.card.0.lock().unwrap().opened.clone();
    assert_eq!(opened, [None, Some("alsa:studio".to_owned()), None]);
}

#[test]
fn what_cannot_be_played_is_said_and_the_next_file_plays() {
    let mut rig = Rig::new();
    rig.file("a.wav", 20_000);
    fs::write(rig.dir.path().join("text.wav"), "no audio at all").unwrap();
    for (name, why) in
        [("none.wav", "No such file"), ("../a.wav", "cannot play"), ("text.wav", "unknown first bytes")]
    {
        let status = rig.play(name, 0.0);
        assert_eq!((status.state, status.file.as_deref()), (PlaybackState::Error, Some(name)));
        let message = status.message.unwrap();
        assert!(message.contains(why), "{message}");
        assert_eq!(rig.tell(Command::Resume).state, PlaybackState::Error);
    }
    assert_eq!(rig.play("a.wav", 0.0).state, PlaybackState::Playing);
    // And one file after the other through the same output.
    rig.hear(5);
    rig.play("a.wav", 1.0);
    assert_eq!(rig.hear(2)[PERIOD + RAMP..], counting(8_000 + RAMP, PERIOD - RAMP));
    assert_eq!(rig.card.0.lock().unwrap().opened.len(), 1);
}

#[test]
fn the_volume_is_kept_from_file_to_file() {
    let mut rig = Rig::new();
    rig.file("a.wav", 20_000);
    assert_eq!(rig.tell(Command::SetVolume(0.5)).volume, 0.5);
    rig.play("a.wav", 0.0);
    let heard = rig.hear(3);
    assert_eq!(heard[2 * PERIOD], 2.0 * PERIOD as f32 * 0.5);
    assert_eq!(rig.tell(Command::SetVolume(f32::NAN)).volume, 0.5);
    assert_eq!(rig.tell(Command::SetVolume(9.0)).volume, 1.0);
    assert_eq!(rig.hear(2)[PERIOD], 4.0 * PERIOD as f32);
}

#[test]
fn a_late_player_is_an_interruption_that_is_counted() {
    let mut rig = Rig::new();
    rig.file("a.wav", 20_000);
    rig.play("a.wav", 0.0);
    // The card goes on, and the player is not there to fill its ring.
    for _ in 0..60 {
        rig.card.0.lock().unwrap().callback.as_mut().unwrap().fill(&mut [0.0; PERIOD * 2], 0);
    }
    rig.hear(1);
    assert_eq!(rig.status().interruptions, 1);
    rig.play("a.wav", 0.0);
    assert_eq!(rig.status().interruptions, 0);
}

#[test]
fn the_status_is_written_in_snake_case() {
    let status =
        PlaybackStatus { state: PlaybackState::Playing, duration_s: 2.0, ..PlaybackStatus::default() };
    let json = serde_json::to_value(&status).unwrap();
    assert_eq!((json["state"].as_str(), json["duration_s"].as_f64()), (Some("playing"), Some(2.0)));
    assert_eq!(serde_json::from_value::<PlaybackStatus>(json).unwrap(), status);
}
