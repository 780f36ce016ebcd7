//! Passwords: typed without being shown, or one line on standard input.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::process;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context as _, bail};
use audyn_service::api::wire::Password;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

/// Longest line that is read as a password, in bytes.
const MOST: u64 = 1024;

/// Typed twice without being shown; from a pipe, one line.
pub(super) fn password(what: &str) -> anyhow::Result<Password> {
    if !io::stdin().is_terminal() {
        return line();
    }
    let terminal = Terminal::watched().context("cannot watch for signals")?;
    let first = hidden(&terminal, what)?;
    if hidden(&terminal, "The same again")?.0 != first.0 {
        bail!("the two differ; nothing was changed");
    }
    Ok(first)
}

fn hidden(terminal: &Terminal, what: &str) -> anyhow::Result<Password> {
    terminal.hide().context("cannot hide what is typed")?;
    let _ = write!(io::stderr(), "{what}: ");
    let typed = line();
    let restored = terminal.show();
    let _ = writeln!(io::stderr());
    restored.context("cannot show again what is typed")?;
    typed
}

fn line() -> anyhow::Result<Password> {
    let mut text = String::new();
    let read = io::Read::take(io::stdin().lock(), MOST).read_line(&mut text);
    read.context("cannot read the password")?;
    Ok(Password(text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The terminal on standard input. Whatever signal ends the program, it shows again what is typed: a shell that does not
/// see to that itself would be left typing blindly.
struct Terminal {
    /// How it was, while nothing is shown.
    before: Arc<Mutex<Option<Termios>>>,
}

impl Terminal {
    /// From now on the signals that end a program end this one by way of [`end`], for as long as it runs.
    fn watched() -> io::Result<Self> {
        let before = Arc::new(Mutex::new(None));
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let kinds =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup(), SignalKind::quit()];
        let [mut interrupt, mut terminate, mut hang_up, mut quit] = runtime.block_on(async {
            let [a, b, c, d] = kinds.map(signal);
            Ok::<_, io::Error>([a?, b?, c?, d?])
        })?;
        let hidden = Arc::clone(&before);
        thread::Builder::new().name("prompt".into()).spawn(move || {
            let came = runtime.block_on(async {
                tokio::select! {
                    _ = interrupt.recv() => kinds[0],
                    _ = terminate.recv() => kinds[1],
                    _ = hang_up.recv() => kinds[2],
                    _ = quit.recv() => kinds[3],
                }
            });
            end(&hidden, came);
        })?;
        Ok(Self { before })
    }

    fn hide(&self) -> io::Result<()> {
        let mut before = lock(&self.before);
        let shown = tcgetattr(io::stdin())?;
        let mut silent = shown.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(io::stdin(), OptionalActions::Flush, &silent)?;
        *before = Some(shown);
        Ok(())
    }

    fn show(&self) -> io::Result<()> {
        restore(&mut lock(&self.before))
    }
}

/// With the code that shells give to what a signal has ended.
fn end(hidden: &Mutex<Option<Termios>>, signal: SignalKind) -> ! {
    // Held until the end, so that nothing is hidden again.
    let mut before = lock(hidden);
    let asked = before.is_some();
    // A terminal that is gone cannot be restored, and need not be.
    let _ = restore(&mut before);
    if asked {
        let _ = writeln!(io::stderr(), "\nnothing was changed");
    }
    process::exit(128 + signal.as_raw_value())
}

fn restore(before: &mut Option<Termios>) -> io::Result<()> {
    // What was typed so far is dropped: it is half a password, and nobody else's to read.
    before.take().map_or(Ok(()), |shown| Ok(tcsetattr(io::stdin(), OptionalActions::Flush, &shown)?))
}

fn lock(before: &Mutex<Option<Termios>>) -> MutexGuard<'_, Option<Termios>> {
    before.lock().unwrap_or_else(PoisonError::into_inner)
}
