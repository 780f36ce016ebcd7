//! Words to the supervisor that started the program (`sd_notify`), if there is one.

use std::ffi::OsString;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// How long a supervisor that hears nothing is waited for: what is said to it is lost then, and the program goes on.
const LIMIT: Duration = Duration::from_millis(500);

/// The way to the supervisor. Without one, nothing is said.
#[derive(Debug, Default)]
pub struct Notify {
    socket: Option<UnixDatagram>,
    watchdog: Option<Duration>,
}

/// What can be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// The station is open, and what should be recording is.
    Ready,
    /// It works.
    Alive {
        /// Recorders that should be recording.
        recording: usize,
    },
    /// Every file is being finished.
    Stopping,
}

impl Notify {
    /// As the supervisor said in the environment.
    #[must_use]
    pub fn from_environment() -> Self {
        let watchdog = watchdog(
            std::env::var("WATCHDOG_USEC").ok().as_deref(),
            std::env::var("WATCHDOG_PID").ok().as_deref(),
            std::process::id(),
        );
        match std::env::var_os("NOTIFY_SOCKET").map(Self::to) {
            None => Self::default(),
            Some(Ok(socket)) => Self { socket: Some(socket), watchdog },
            Some(Err(error)) => {
                tracing::warn!("cannot reach the supervisor at NOTIFY_SOCKET: {error}");
                Self::default()
            }
        }
    }

    /// Says it. The supervisor draws its own conclusions from silence.
    pub fn say(&self, word: Word) {
        if let Some(socket) = &self.socket
            && let Err(error) = socket.send(text(word).as_bytes())
        {
            tracing::warn!("cannot tell the supervisor: {error}");
        }
    }

    /// How often [`Word::Alive`] is wanted: twice in the time after which the supervisor acts.
    #[must_use]
    pub const fn watchdog(&self) -> Option<Duration> {
        self.watchdog
    }

    fn to(address: OsString) -> io::Result<UnixDatagram> {
        let socket = UnixDatagram::unbound()?;
        socket.set_write_timeout(Some(LIMIT))?;
        match address.as_bytes().split_first() {
            // A name without a file: the `@` stands for a zero byte.
            Some((b'@', name)) => socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?,
            Some(_) | None => socket.connect(OsString::from_vec(address.into_vec()))?,
        }
        Ok(socket)
    }
}

fn text(word: Word) -> String {
    match word {
        Word::Ready => "READY=1\nSTATUS=The station is open".into(),
        Word::Alive { recording } => format!("WATCHDOG=1\nSTATUS={recording} recorders should be recording"),
        Word::Stopping => "STOPPING=1\nSTATUS=Every file is being finished".into(),
    }
}

/// Half of the time that the supervisor gives, if it means this process.
fn watchdog(microseconds: Option<&str>, process: Option<&str>, ours: u32) -> Option<Duration> {
    let given: u64 = microseconds?.parse().ok().filter(|given| *given > 0)?;
    let meant = process.is_none_or(|process| process.parse() == Ok(ours));
    meant.then(|| Duration::from_micros(given / 2))
}

#[cfg(test)]
mod tests;
