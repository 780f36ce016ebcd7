//! Levels for WebSockets: 30 frames a second, each made once for all who may see the same; the latest, never a queue.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use audyn_model::Clock;
use audyn_service::Service;
use audyn_service::api::Caller;
use audyn_service::api::wire::AppEvent;
use axum::body::Bytes;
use axum::extract::ws::Message;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::sync::watch::{self, Receiver, Sender};
use tokio::time::{MissedTickBehavior, interval};

use super::event_hub::Scope;
use super::level_text::{Sheet, Writer};

/// Time between frames.
const PERIOD: Duration = Duration::from_nanos(33_333_333);
/// Frames between two looks at what the meters are called.
const LOOK: u32 = 8;

/// The hub. Its task runs while there is a client.
#[derive(Clone)]
pub struct LevelsHub(Arc<Hub>);

struct Hub {
    service: Service,
    clock: Arc<dyn Clock>,
    lines: Mutex<Lines>,
}

#[derive(Default)]
struct Lines {
    running: bool,
    lines: Vec<Line>,
}

struct Line {
    scope: Scope,
    caller: Caller,
    levels: audyn_service::Levels,
    binary: Sender<Option<Message>>,
    text: Sender<Option<Message>>,
    sheet: Arc<Mutex<Sheet>>,
    writer: Writer,
}

impl LevelsHub {
    /// A hub without clients.
    pub fn new(service: Service, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Hub { service, clock, lines: Mutex::default() }))
    }

    /// The latest frame for this caller, in binary.
    pub fn binary(&self, caller: &Caller) -> Receiver<Option<Message>> {
        self.join(caller, |line| &line.binary)
    }

    /// The latest frame for this caller, in JSON.
    pub fn text(&self, caller: &Caller) -> Receiver<Option<Message>> {
        self.join(caller, |line| &line.text)
    }

    fn join(
        &self,
        caller: &Caller,
        form: impl Fn(&Line) -> &Sender<Option<Message>>,
    ) -> Receiver<Option<Message>> {
        let mut lines = self.0.lines();
        let scope = Scope::of(caller);
        let at = lines.lines.iter().position(|line| line.scope == scope).unwrap_or_else(|| {
            lines.lines.push(Line {
                scope,
                caller: caller.clone(),
                levels: self.0.service.levels_for(caller),
                binary: watch::channel(None).0,
                text: watch::channel(None).0,
                sheet: Arc::default(),
                writer: Writer::default(),
            });
            lines.lines.len() - 1
        });
        let receiver = form(&lines.lines[at]).subscribe();
        if !lines.running {
            lines.running = true;
            tokio::spawn(run(Arc::clone(&self.0), self.0.service.events()));
        }
        receiver
    }

    /// Whether its task runs.
    #[cfg(test)]
    pub fn is_running(&self) -> bool {
        self.0.lines().running
    }
}

impl Hub {
    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One frame for every line that somebody looks at; false when there is none left.
    fn send(&self, frame: &mut Vec<f32>, renamed: bool) -> bool {
        let mut lines = self.lines();
        lines.lines.retain(|line| line.binary.receiver_count() + line.text.receiver_count() > 0);
        for line in &mut lines.lines {
            line.levels.frame(frame);
            if line.binary.receiver_count() > 0 {
                line.binary.send_replace(Some(Message::Binary(bytes(frame))));
            }
            if line.text.receiver_count() > 0 {
                let mut sheet = line.sheet.lock().unwrap_or_else(PoisonError::into_inner);
                if sheet.wants(frame, renamed) {
                    let (service, caller) = (self.service.clone(), line.caller.clone());
                    tokio::spawn(Sheet::fill(Arc::clone(&line.sheet), service, caller));
                }
                if let Some(text) = line.writer.write(&sheet, frame, self.clock.utc()) {
                    line.text.send_replace(Some(Message::Text(text.into())));
                }
            }
        }
        lines.running = !lines.lines.is_empty();
        lines.running
    }
}

async fn run(hub: Arc<Hub>, mut events: broadcast::Receiver<AppEvent>) {
    let mut beat = interval(PERIOD);
    // What was late is not made up for: a frame is about now.
    beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut frame = Vec::new();
    let (mut renamed, mut since) = (true, 0);
    loop {
        beat.tick().await;
        since += 1;
        let look = since >= LOOK;
        if look {
            since = 0;
            renamed |= has_news(&mut events);
        }
        if !hub.send(&mut frame, look && renamed) {
            return;
        }
        if look {
            renamed = false;
        }
    }
}

/// Whether anything has been told that may change what is said about a meter.
fn has_news(events: &mut broadcast::Receiver<AppEvent>) -> bool {
    let mut news = false;
    loop {
        match events.try_recv() {
            Ok(event) => {
                news |= matches!(
                    event,
                    AppEvent::Recorder(_)
                        | AppEvent::RecorderRemoved(_)
                        | AppEvent::Studio(_)
                        | AppEvent::StudioRemoved(_)
                        | AppEvent::Levels(_)
                        | AppEvent::Resync
                );
            }
            Err(TryRecvError::Lagged(_)) => news = true,
            Err(TryRecvError::Empty | TryRecvError::Closed) => return news,
        }
    }
}

fn bytes(frame: &[f32]) -> Bytes {
    frame.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>().into()
}
