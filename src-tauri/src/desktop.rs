//! The window: a thin shell around the service. This is the only place that names Tauri; without it Audyn is a headless
//! recorder.
//!
//! # What the page may ask of the shell
//!
//! | command | does |
//! | --- | --- |
//! | `call {operation, request}` | an operation of the contract; waits while the service is being opened |
//! | `levels {channel}` | sends frames of levels, 30 a second, into the channel |
//! | `levels_taken {channel, frames}` | says that frames were taken; without it the channel falls silent after [`levels::WINDOW`] |
//! | `end_levels {channel}` | ends them |
//! | `shell_info` | `{ desktop: true, version, kiosk, locked, studio, tray }` |
//! | `page_alive` | the page lives; a page that does not say so for ten seconds is loaded again |
//! | `pick_folder {start}` | the folder that a person chose, or null |
//! | `export_audit {query, name}` | the audit log, as far as it is asked for, to a file that a person chose; how many entries, or null |
//! | `save_configuration` | the configuration, to a file that a person chose; which, or null |
//! | `reveal_file {id}` | shows a recording in the file manager |
//! | `leave_kiosk`, `enter_kiosk` | gives the window its frame, and takes it away again |
//! | `ways_in` | how somebody can sign in |
//! | `person` | who is signed in at this window, or null: then it is this machine's own |
//! | `begin_sign_in` | a code of the provider's, an address to type it at, and how long it holds |
//! | `finish_sign_in` | waits until that was done; who is signed in then |
//! | `cancel_sign_in` | ends the waiting |
//! | `sign_out` | the window is this machine's own again |
//! | `answer_close {answer}` | `tray`, `quit` or `cancel`, after `audyn://close-requested` |
//! | `quit` | finishes every file and ends the program |
//!
//! Errors are those of the contract: `{code, message, request_id}`. [`remote`] has a window of its own, whose page may ask
//! for nothing.
//!
//! # What the page hears
//!
//! `audyn://event` with an `AppEvent`; `audyn://close-requested` with `{ recording, tray }`; `audyn://leaving` when every
//! file is being finished; `audyn://shell` with what `shell_info` says, when it has changed; `audyn://person` when somebody
//! else sits before it: what the page holds was read for another.

mod awake;
mod bus;
mod calls;
mod closing;
mod folder;
mod instance;
mod keys;
mod kiosk;
mod leave;
mod levels;
mod page;
mod person;
pub mod remote;
mod reveal;
mod save;
mod station;
mod tray;
mod window;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use tauri::{Manager as _, RunEvent, WindowEvent};

use crate::logging::Logging;
use crate::shutdown::{self, Asked};

use self::instance::Claim;
use self::kiosk::Seat;
use self::page::Watcher;
use self::person::Person;
use self::station::Station;

/// The one window's label.
const MAIN: &str = "main";

/// How the window is opened.
#[derive(Clone, Debug)]
pub struct Options {
    /// It is a studio's screen, whatever the settings say.
    pub kiosk: bool,
    /// The studio that it shows.
    pub studio: Option<String>,
    /// The service behind it.
    pub service: audyn_service::Options,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It was closed, and every file is finished.
    Closed,
    /// Another one is open on the same station: that one is in front now.
    Shown,
    /// There is no display to open it on.
    NoDisplay,
}

/// What the parts of the shell share.
struct Shell {
    station: Station,
    seat: Seat,
    person: Person,
    pump: levels::Pump,
    watcher: Watcher,
    tray: AtomicBool,
    leaving: AtomicBool,
    studio: Option<String>,
}

impl Shell {
    fn info(&self) -> calls::ShellInfo {
        calls::ShellInfo {
            desktop: true,
            version: env!("CARGO_PKG_VERSION"),
            kiosk: self.seat.kiosk(),
            locked: self.seat.locked(),
            studio: self.studio.clone(),
            tray: self.tray.load(Ordering::Relaxed),
        }
    }
}

/// Opens the window and stays until it is closed.
///
/// # Errors
/// Another window on the same station does not answer, or the window cannot be made.
pub fn run(options: Options, logging: &Logging) -> anyhow::Result<Ended> {
    if gtk::init().is_err() {
        return Ok(Ended::NoDisplay);
    }
    let first = match instance::claim(&options.service.state_dir)? {
        Claim::First(first) => first,
        Claim::Shown => return Ok(Ended::Shown),
    };
    let asked = shutdown::watch(logging).context("cannot watch for signals")?;
    let shell = Arc::new(Shell {
        station: Station::default(),
        seat: Seat::new(options.kiosk),
        person: Person::default(),
        pump: levels::Pump::default(),
        watcher: Watcher::default(),
        tray: AtomicBool::new(false),
        leaving: AtomicBool::new(false),
        studio: options.studio.clone(),
    });
    let app = tauri::Builder::default()
        .manage(Arc::clone(&shell))
        .invoke_handler(calls::handler())
        .build(tauri::generate_context!())
        .context("cannot start the window")?;
    let handle = app.handle().clone();
    window::open(&handle, &options).context("cannot open the window")?;
    first.listen({
        let handle = handle.clone();
        move || {
            let stays = !self::shell(&handle).leaving.load(Ordering::Acquire);
            if stays {
                window::show(&handle);
            }
            stays
        }
    })?;
    listen_to_signals(asked, logging.clone(), handle.clone())?;
    page::watch(handle.clone())?;
    levels::start(handle.clone())?;
    station::open(handle, options)?;
    let code = app.run_return(|app, event| {
        if let RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. } = &event {
            api.prevent_close();
            closing::requested(app);
        } else if let RunEvent::ExitRequested { code: None, api, .. } = &event {
            // Nothing of the window is left: the program ends as if it had been asked to.
            api.prevent_exit();
            leave::leave(app);
        }
    });
    anyhow::ensure!(code == 0, "the window ended with code {code}");
    Ok(Ended::Closed)
}

/// The thread `asked`: ends with the program.
fn listen_to_signals(
    asked: std::sync::mpsc::Receiver<Asked>,
    logging: Logging,
    app: tauri::AppHandle,
) -> std::io::Result<()> {
    std::thread::Builder::new().name("asked".into()).spawn(move || {
        while let Ok(asked) = asked.recv() {
            match asked {
                Asked::Stop => leave::leave(&app),
                Asked::Reload => logging.reopen(),
                Asked::Trigger(_) => {}
            }
        }
    })?;
    Ok(())
}

fn shell(app: &tauri::AppHandle) -> Arc<Shell> {
    Arc::clone(&app.state::<Arc<Shell>>())
}
