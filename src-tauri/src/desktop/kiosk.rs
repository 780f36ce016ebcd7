//! A studio's screen: full screen, no frame, always in front, awake, and no way out until somebody unlocks it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tauri::{AppHandle, Emitter as _, Manager as _, WebviewWindow};

use super::awake::Awake;
use super::{MAIN, shell};

/// Event that tells the page what `shell_info` says now.
const SHELL: &str = "audyn://shell";

/// Which screen this is.
pub struct Seat {
    /// The command line says that it is a studio's screen.
    told: bool,
    /// The settings say so.
    set: AtomicBool,
    locked: AtomicBool,
    awake: Mutex<Option<Awake>>,
}

impl Seat {
    /// As the command line says.
    #[must_use]
    pub fn new(told: bool) -> Self {
        Self { told, set: AtomicBool::new(false), locked: AtomicBool::new(told), awake: Mutex::new(None) }
    }

    /// The command line says that it is a studio's screen.
    #[must_use]
    pub const fn told(&self) -> bool {
        self.told
    }

    /// It is a studio's screen.
    #[must_use]
    pub fn kiosk(&self) -> bool {
        self.told || self.set.load(Ordering::Acquire)
    }

    /// It is one, and nobody has unlocked it.
    #[must_use]
    pub fn locked(&self) -> bool {
        self.locked.load(Ordering::Acquire)
    }
}

/// Does what the settings say, when they are read and when they change.
pub fn follow(app: &AppHandle, set: bool) {
    let shell = shell(app);
    let before = shell.seat.kiosk();
    shell.seat.set.store(set, Ordering::Release);
    let after = shell.seat.kiosk();
    // At the start the window may be locked already, but not awake yet.
    if after && (!before || shell.seat.locked()) {
        lock(app);
    } else if before && !after {
        unlock(app);
    }
}

/// Takes the way out away, if this is a studio's screen.
pub fn lock(app: &AppHandle) {
    let shell = shell(app);
    if !shell.seat.kiosk() {
        return;
    }
    shell.seat.locked.store(true, Ordering::Release);
    let mut awake = shell.seat.awake.lock().unwrap_or_else(PoisonError::into_inner);
    if awake.is_none() {
        *awake =
            Awake::hold().inspect_err(|error| tracing::warn!("cannot keep the screen awake: {error}")).ok();
    }
    drop(awake);
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = confine(&window)
    {
        tracing::warn!("cannot make the window a studio's screen: {error}");
    }
    tell(app);
}

/// Gives the window its frame, until the page is loaded again or somebody locks it.
pub fn unlock(app: &AppHandle) {
    let shell = shell(app);
    shell.seat.locked.store(false, Ordering::Release);
    if !shell.seat.kiosk() {
        shell.seat.awake.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
    if let Some(window) = app.get_webview_window(MAIN)
        && let Err(error) = release(&window)
    {
        tracing::warn!("cannot give the window its frame: {error}");
    }
    tell(app);
}

fn confine(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.set_decorations(false)?;
    window.set_always_on_top(true)?;
    window.set_fullscreen(true)?;
    window.set_focus()
}

fn release(window: &WebviewWindow) -> tauri::Result<()> {
    window.set_always_on_top(false)?;
    window.set_fullscreen(false)?;
    window.set_decorations(true)
}

fn tell(app: &AppHandle) {
    let _ = app.emit(SHELL, shell(app).info());
}
