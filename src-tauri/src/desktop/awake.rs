//! A studio's screen is kept awake, by the desktop's screen saver and by logind, whichever is there.

use std::io;
use std::sync::mpsc::{Sender, channel};

use zbus::{Connection, OwnedFd};

use super::bus::{self, Object};

const SCREEN_SAVER: Object = Object {
    service: "org.freedesktop.ScreenSaver",
    path: "/org/freedesktop/ScreenSaver",
    interface: "org.freedesktop.ScreenSaver",
};
const LOGIND: Object = Object {
    service: "org.freedesktop.login1",
    path: "/org/freedesktop/login1",
    interface: "org.freedesktop.login1.Manager",
};
const WHO: &str = "Audyn";
const WHY: &str = "This is a studio's screen";

/// The screen stays awake while this lives. Its thread `awake` ends with it.
pub struct Awake {
    /// Nothing is sent: its end is the message.
    _held: Sender<()>,
}

impl Awake {
    /// Asks both to keep the screen awake. A refusal is a warning in the log.
    ///
    /// # Errors
    /// The thread cannot be made.
    pub fn hold() -> io::Result<Self> {
        let (held, released) = channel();
        std::thread::Builder::new().name("awake".into()).spawn(move || {
            let (saver, logind) = zbus::block_on(async { (ask_screen_saver().await, ask_logind().await) });
            match (&saver, &logind) {
                (Err(saver), Err(logind)) => tracing::warn!(
                    "nobody keeps the screen awake: screen saver: {saver}; logind: {logind}; \
                     switch blanking off in the system's settings"
                ),
                (Ok(_), _) | (_, Ok(_)) => tracing::info!("the screen is kept awake"),
            }
            // The connection and the descriptor are what holds it.
            let _ = released.recv();
            drop((saver, logind));
        })?;
        Ok(Self { _held: held })
    }
}

async fn ask_screen_saver() -> zbus::Result<Connection> {
    let bus = bus::session().await?;
    SCREEN_SAVER.call(&bus, "Inhibit", &(WHO, WHY)).await?;
    Ok(bus)
}

async fn ask_logind() -> zbus::Result<OwnedFd> {
    let bus = bus::system().await?;
    let answer = LOGIND.call(&bus, "Inhibit", &("idle", WHO, WHY, "block")).await?;
    answer.body().deserialize()
}
