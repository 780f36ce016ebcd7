//! One WebSocket, until it ends. It ends when its client goes, says nothing for long, says too much, takes nothing, may not
//! be there any more, or the listener ends.

use audyn_service::api::Caller;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::StreamExt as _;
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use crate::accept;
use crate::door::Door;

/// Messages a client may send at once, and a second.
const TALK: u32 = 20;
/// Times that a client may be too slow for facts, from one keepalive to the next.
const SLOW: u32 = 3;
const RESYNC: &str = r#"{"type":"resync"}"#;
const PONG: &str = r#"{"type":"pong"}"#;
const KEEPALIVE: &str = r#"{"type":"keepalive"}"#;
const NOT_UNDERSTOOD: &str =
    r#"{"type":"error","code":"invalid","message":"A client may say {\"type\":\"ping\"} and nothing else."}"#;

/// What it is sent.
pub enum Feed {
    /// The latest levels.
    Levels(watch::Receiver<Option<Message>>),
    /// The latest levels in binary: no words between them.
    Frames(watch::Receiver<Option<Message>>),
    /// Facts.
    Events(broadcast::Receiver<Utf8Bytes>),
}

/// Why it ends, as the close frame says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The client is gone, or takes nothing: nobody to say it to.
    Gone,
    /// The listener ends.
    Away,
    /// The client says too much, or what no client says.
    Policy,
    /// The client is too slow for facts.
    Slow,
    /// Its session is over.
    SignedOut,
}

impl End {
    const fn frame(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Gone => None,
            Self::Away => Some((1001, "The recorder stops or its listener is changed")),
            Self::Policy => Some((1008, "Too many messages")),
            Self::Slow => Some((1013, "Too slow: connect again")),
            Self::SignedOut => Some((4401, "The session is over")),
        }
    }
}

/// A WebSocket to be.
pub struct Talk {
    door: Door,
    caller: Caller,
    stop: watch::Receiver<bool>,
    budget: Budget,
    /// How often it was too slow since the last keepalive.
    slow: u32,
    heard: Instant,
    _place: OwnedSemaphorePermit,
}

impl Talk {
    pub fn new(door: Door, caller: Caller, stop: watch::Receiver<bool>, place: OwnedSemaphorePermit) -> Self {
        let now = Instant::now();
        Self { door, caller, stop, budget: Budget::new(now), slow: 0, heard: now, _place: place }
    }

    /// Until it ends.
    pub async fn run(mut self, mut socket: WebSocket, feed: Feed) {
        let end = self.talk(&mut socket, feed).await.unwrap_or_else(|end| end);
        if let Some((code, reason)) = end.frame() {
            let frame = CloseFrame { code, reason: reason.into() };
            let limit = self.door.limits().message;
            let _ = timeout(limit, async {
                socket.send(Message::Close(Some(frame))).await?;
                // What comes until the client says so, too, is of no interest.
                while let Some(Ok(_)) = socket.next().await {}
                Ok::<_, axum::Error>(())
            })
            .await;
        }
    }

    async fn talk(&mut self, socket: &mut WebSocket, mut feed: Feed) -> Result<End, End> {
        let limits = self.door.limits().clone();
        let mut stop = self.stop.clone();
        let mut recheck = interval(limits.recheck);
        recheck.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut keepalive = Instant::now() + limits.keepalive;
        if matches!(feed, Feed::Events(_)) {
            self.send(socket, Message::Text(RESYNC.into())).await?;
        }
        loop {
            tokio::select! {
                message = next(&mut feed) => match message {
                    Next::Message(message) => self.send(socket, message).await?,
                    Next::Missed => {
                        self.slow += 1;
                        if self.slow > SLOW {
                            return Ok(End::Slow);
                        }
                        self.send(socket, Message::Text(RESYNC.into())).await?;
                    }
                    Next::End => return Ok(End::Away),
                },
                said = socket.next() => {
                    let Some(Ok(said)) = said else { return Ok(End::Gone) };
                    self.heard = Instant::now();
                    keepalive = self.heard + limits.keepalive;
                    self.hear(socket, said).await?;
                }
                () = sleep_until(keepalive) => {
                    if self.heard.elapsed() > limits.idle {
                        return Ok(End::Gone);
                    }
                    keepalive = Instant::now() + limits.keepalive;
                    self.slow = 0;
                    if !matches!(feed, Feed::Frames(_)) {
                        self.send(socket, Message::Text(KEEPALIVE.into())).await?;
                    }
                    // Answered by the browser itself, whatever the page does.
                    self.send(socket, Message::Ping(Vec::new().into())).await?;
                }
                _ = recheck.tick() => {
                    if !self.door.service().still_valid(&self.caller) {
                        return Ok(End::SignedOut);
                    }
                }
                () = accept::told(&mut stop) => return Ok(End::Away),
            }
        }
    }

    async fn hear(&mut self, socket: &mut WebSocket, said: Message) -> Result<(), End> {
        if !self.budget.spend(self.heard) {
            return Err(End::Policy);
        }
        match said {
            Message::Text(text) => {
                let ping =
                    serde_json::from_str::<serde_json::Value>(&text).is_ok_and(|said| said["type"] == "ping");
                let reply = if ping { PONG } else { NOT_UNDERSTOOD };
                self.send(socket, Message::Text(reply.into())).await
            }
            Message::Binary(_) => self.send(socket, Message::Text(NOT_UNDERSTOOD.into())).await,
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(End::Gone),
        }
    }

    /// Sends, or gives the client up.
    async fn send(&self, socket: &mut WebSocket, message: Message) -> Result<(), End> {
        match timeout(self.door.limits().message, socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(End::Gone),
        }
    }
}

enum Next {
    Message(Message),
    Missed,
    End,
}

async fn next(feed: &mut Feed) -> Next {
    match feed {
        Feed::Levels(latest) | Feed::Frames(latest) => loop {
            if latest.changed().await.is_err() {
                return Next::End;
            }
            if let Some(message) = latest.borrow_and_update().clone() {
                return Next::Message(message);
            }
        },
        Feed::Events(facts) => match facts.recv().await {
            Ok(text) => Next::Message(Message::Text(text)),
            Err(RecvError::Lagged(_)) => Next::Missed,
            Err(RecvError::Closed) => Next::End,
        },
    }
}

/// How much a client may say: [`TALK`] messages at once, and as many a second.
#[derive(Debug)]
struct Budget {
    left: f64,
    at: Instant,
}

impl Budget {
    fn new(now: Instant) -> Self {
        Self { left: TALK.into(), at: now }
    }

    fn spend(&mut self, now: Instant) -> bool {
        let earned = (now - self.at).as_secs_f64() * f64::from(TALK);
        self.left = (self.left + earned).min(TALK.into());
        self.at = now;
        if self.left < 1.0 {
            return false;
        }
        self.left -= 1.0;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_client_may_say_so_much_and_no_more() {
        let now = Instant::now();
        let mut budget = Budget::new(now);
        assert_eq!((0..100).filter(|_| budget.spend(now)).count(), TALK as usize);
        let later = now + Duration::from_millis(500);
        assert_eq!((0..100).filter(|_| budget.spend(later)).count(), TALK as usize / 2);
        let much_later = now + Duration::from_secs(3600);
        assert_eq!((0..100).filter(|_| budget.spend(much_later)).count(), TALK as usize);
    }
}
