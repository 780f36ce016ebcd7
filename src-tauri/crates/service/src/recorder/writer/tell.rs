//! What the writer thread tells: states, and what the archive has done.

use std::time::Duration;

use audyn_archive::ArchiveEvent;

use super::super::health::{Found, Look, silence};
use super::super::state::{Input, State};
use super::Writer;
use crate::events::Event;

/// Between two looks at the source's health.
const HEALTH: Duration = Duration::from_secs(1);
/// How long a recording waits for its first audio before that is an error.
const GRACE: Duration = Duration::from_secs(5);

impl Writer {
    pub(super) fn look_at_health(&mut self) {
        let now = self.clock.mono();
        if now.since(self.looked) < HEALTH {
            return;
        }
        self.looked = now;
        let found = self.health.assess(Look::at(&self.shared.counters, now));
        // Waiting for sound, it has no audio of its own to say that all is well again.
        let silent = matches!(found, Found::Silent(_));
        if !silent && self.waits_for_sound() {
            self.heard = true;
            return self.step(Input::Arm);
        }
        match found {
            Found::Well => {
                let anchor = self.anchor.as_ref();
                let trouble = anchor.and_then(|anchor| self.timing.trouble(anchor, &self.shared.line.source));
                self.step(Input::Health(trouble));
            }
            Found::Worse(reason) => self.step(Input::Health(Some(reason))),
            // A source that was connected just now has time to be heard.
            Found::Silent(refused) if self.heard || now.since(self.began) >= GRACE => {
                let why = self.shared.counters.trouble();
                // A reason is the end of a sentence.
                let why = why.map(|why| format!("nothing is received: {}", why.trim_end_matches('.')));
                let why = why.unwrap_or_else(|| silence(refused, &self.shared.line.source));
                self.step(Input::Silent(why));
            }
            Found::Silent(_) => {}
        }
    }

    pub(super) fn step(&self, input: Input) {
        let mut live = self.shared.live();
        let next = live.state.step(input);
        if next == live.state {
            return;
        }
        live.state = next.clone();
        drop(live);
        self.tell(next);
    }

    pub(super) fn tell(&self, state: State) {
        let line = &self.shared.line;
        match &state {
            State::Degraded(reason) => tracing::warn!(recorder = line.name, "recording, but {reason}"),
            State::Error(reason) => tracing::error!(recorder = line.name, "not recording: {reason}"),
            State::Stopped | State::Starting | State::Armed | State::Recording | State::Stopping => {
                tracing::info!(recorder = line.name, "{}", state.as_str());
            }
        }
        self.events.send(Event::State { recorder: line.id, name: line.name.clone(), state });
    }

    pub(super) fn tell_events(&mut self) {
        let Some(recording) = &mut self.recording else { return };
        let line = &self.shared.line;
        let (recorder, name) = (line.id, &line.name);
        for event in recording.events() {
            let name = name.clone();
            self.events.send(match event {
                ArchiveEvent::Opened { path, .. } => {
                    tracing::info!(recorder = name, file = %path.display(), "file begun");
                    self.shared.live().told.file(path.clone());
                    Event::SegmentOpened { recorder, name, path }
                }
                ArchiveEvent::Sealed { path, frames, .. } => {
                    tracing::info!(recorder = name, file = %path.display(), frames, "file complete");
                    Event::SegmentSealed { recorder, name, path, frames }
                }
                ArchiveEvent::Abandoned { path, why: reason, .. } => {
                    tracing::error!(recorder = name, file = %path.display(), reason, "file given up; a new one is begun");
                    Event::SegmentAbandoned { recorder, name, path, reason }
                }
            });
        }
    }
}
