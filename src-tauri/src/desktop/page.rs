//! The page is watched: one that crashes or stops answering is loaded again, while capture goes on untouched.
//!
//! The page says `page_alive` every two seconds. The thread `page` looks once a second and carries out what [`step`]
//! decides; it ends with the program.

use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use audyn_engine::rt::SystemClock;
use audyn_model::{Clock as _, Mono};
use tauri::{AppHandle, Manager as _};
use webkit2gtk::WebViewExt as _;

use super::{MAIN, shell, window};

/// How long a page may be silent.
pub const SILENCE: Duration = Duration::from_secs(10);
/// How long a page may take to say something for the first time.
pub const LOADING: Duration = Duration::from_secs(20);
/// How often it is looked.
const LOOK: Duration = Duration::from_secs(1);
/// A look that is this late says that the machine slept or was stopped: the page could not speak either.
const ASLEEP: Duration = Duration::from_secs(5);
/// A page that has lived this long is well again.
const WELL: Duration = Duration::from_secs(60);
/// The longest pause before a page is loaded again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How the page is. Times are those of a clock that only goes forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// It has begun to load.
    Loading {
        /// Since when.
        since: Duration,
    },
    /// It speaks.
    Alive {
        /// Since when.
        since: Duration,
        /// When it last did.
        heard: Duration,
    },
    /// It is gone.
    Down {
        /// When it is loaded again.
        again: Duration,
    },
}

/// The page and its record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// How it is.
    pub page: Page,
    /// How often in a row it went.
    pub failures: u32,
    /// When it was looked last.
    pub looked: Duration,
}

/// What happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A page begins to load.
    Began,
    /// The page says that it lives.
    Alive,
    /// The process that shows it has ended.
    Died,
    /// A second has passed.
    Look,
}

/// What is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Nothing,
    /// End the process that shows the page: it does not answer, so it would not load anything either.
    Kill,
    /// Load the page.
    Load,
}

impl State {
    /// Before anything has happened.
    #[must_use]
    pub const fn new(now: Duration) -> Self {
        Self { page: Page::Loading { since: now }, failures: 0, looked: now }
    }

    fn down(self, now: Duration) -> Self {
        // 0, 1, 2, 4 … 30 seconds: the first time at once, a page that cannot live not in a tight circle.
        let pause = match self.failures {
            0 => Duration::ZERO,
            n => Duration::from_secs(1 << n.min(10).saturating_sub(1)).min(LONGEST_PAUSE),
        };
        Self { page: Page::Down { again: now + pause }, failures: self.failures.saturating_add(1), ..self }
    }

    fn later(self, by: Duration) -> Self {
        let page = match self.page {
            Page::Loading { since } => Page::Loading { since: since + by },
            Page::Alive { since, heard } => Page::Alive { since, heard: heard + by },
            Page::Down { again } => Page::Down { again },
        };
        Self { page, ..self }
    }
}

/// The rule. Pure.
#[must_use]
pub fn step(state: State, input: Input, now: Duration) -> (State, Act) {
    match (state.page, input) {
        (Page::Loading { .. } | Page::Alive { .. } | Page::Down { .. }, Input::Began) => {
            (State { page: Page::Loading { since: now }, ..state }, Act::Nothing)
        }
        (Page::Loading { .. }, Input::Alive) => {
            (State { page: Page::Alive { since: now, heard: now }, ..state }, Act::Nothing)
        }
        (Page::Alive { since, .. }, Input::Alive) => {
            let failures = if now.saturating_sub(since) >= WELL { 0 } else { state.failures };
            (State { page: Page::Alive { since, heard: now }, failures, ..state }, Act::Nothing)
        }
        (Page::Loading { .. } | Page::Alive { .. }, Input::Died) => (state.down(now), Act::Nothing),
        // The last words of a page that is gone already.
        (Page::Down { .. }, Input::Alive | Input::Died) => (state, Act::Nothing),
        (Page::Loading { .. } | Page::Alive { .. } | Page::Down { .. }, Input::Look) => look(state, now),
    }
}

fn look(state: State, now: Duration) -> (State, Act) {
    let passed = now.saturating_sub(state.looked);
    let state = State { looked: now, ..state };
    let state = if passed > ASLEEP { state.later(passed) } else { state };
    match state.page {
        Page::Loading { since } if now.saturating_sub(since) > LOADING => (state.down(now), Act::Kill),
        Page::Alive { heard, .. } if now.saturating_sub(heard) > SILENCE => (state.down(now), Act::Kill),
        Page::Down { again } if now >= again => {
            (State { page: Page::Loading { since: now }, ..state }, Act::Load)
        }
        Page::Loading { .. } | Page::Alive { .. } | Page::Down { .. } => (state, Act::Nothing),
    }
}

/// The state machine with its clock.
pub struct Watcher {
    began: Mono,
    state: Mutex<State>,
}

impl Default for Watcher {
    fn default() -> Self {
        Self { began: SystemClock.mono(), state: Mutex::new(State::new(Duration::ZERO)) }
    }
}

impl Watcher {
    /// A page begins to load.
    pub fn began(&self) {
        self.take(Input::Began);
    }

    /// The page lives.
    pub fn alive(&self) {
        self.take(Input::Alive);
    }

    /// Its process is gone.
    pub fn died(&self) {
        self.take(Input::Died);
    }

    /// It has spoken within the last five seconds.
    pub fn answers(&self) -> bool {
        let now = self.now();
        match self.state.lock().unwrap_or_else(PoisonError::into_inner).page {
            Page::Alive { heard, .. } => now.saturating_sub(heard) < Duration::from_secs(5),
            Page::Loading { .. } | Page::Down { .. } => false,
        }
    }

    fn now(&self) -> Duration {
        SystemClock.mono().since(self.began)
    }

    fn take(&self, input: Input) -> Act {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, act) = step(*state, input, self.now());
        *state = next;
        act
    }
}

/// Watches from now on.
pub fn watch(app: AppHandle) -> std::io::Result<()> {
    std::thread::Builder::new().name("page".into()).spawn(move || {
        let shell = shell(&app);
        while !shell.leaving.load(Ordering::Acquire) {
            std::thread::sleep(LOOK);
            match shell.watcher.take(Input::Look) {
                Act::Nothing => {}
                Act::Kill => {
                    tracing::warn!("the page does not answer: it is loaded again; recording goes on");
                    with_page(&app, |view| view.terminate_web_process());
                }
                Act::Load => {
                    tracing::info!("loading the page again");
                    let address = window::address(shell.seat.told());
                    shell.pump.end_all();
                    with_page(&app, move |view| view.load_uri(&address));
                }
            }
        }
    })?;
    Ok(())
}

fn with_page(app: &AppHandle, act: impl FnOnce(&webkit2gtk::WebView) + Send + 'static) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    if let Err(error) = window.with_webview(move |view| act(&view.inner())) {
        tracing::warn!("cannot reach the page: {error}");
    }
}

#[cfg(test)]
mod tests;
