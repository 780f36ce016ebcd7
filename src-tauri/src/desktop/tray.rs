//! The icon in the tray: the state in words, the window, recording and stopping all, the way out.
//!
//! Many desktops have no tray. Its icon is made when one appears; until then nothing is promised.

use std::sync::atomic::Ordering;
use std::time::Duration;

use audyn_service::api;
use audyn_service::api::wire::{RecorderState, StateCount, Status};
use tauri::menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder, SubmenuBuilder};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Emitter as _, Manager as _, Wry};
use zbus::{Connection, Variant};

use super::bus::{self, Object};
use super::{leave, person, shell, window};

const WATCHER: Object = Object {
    service: "org.kde.StatusNotifierWatcher",
    path: "/StatusNotifierWatcher",
    interface: "org.freedesktop.DBus.Properties",
};
/// How often it is looked whether there is a tray.
const LOOK: Duration = Duration::from_secs(5);
/// Where the library is that the icon needs; it is looked for because its absence would end the program.
const LIBRARIES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
const SHELL: &str = "audyn://shell";

/// The line of the menu that says how things are.
struct StateLine(MenuItem<Wry>);

/// Waits for a tray and goes into it, on the thread `tray`, which ends with the program.
pub fn watch(app: &AppHandle) {
    if !library() {
        tracing::info!("no tray: none of {} is installed", LIBRARIES.join(", "));
        return;
    }
    let app = app.clone();
    let started = std::thread::Builder::new().name("tray".into()).spawn(move || {
        // Without a session bus there is no tray.
        let Ok(bus) = zbus::block_on(bus::session()) else { return };
        let shell = shell(&app);
        let mut made = false;
        while !shell.leaving.load(Ordering::Acquire) {
            let there = zbus::block_on(hosted(&bus)).unwrap_or(false);
            if there && !made {
                made = true;
                let handle = app.clone();
                let _ = app.run_on_main_thread(move || {
                    if let Err(error) = make(&handle) {
                        tracing::warn!("cannot make the icon in the tray: {error}");
                    }
                });
            }
            if shell.tray.swap(there && made, Ordering::AcqRel) != (there && made) {
                let _ = app.emit(SHELL, shell.info());
            }
            std::thread::sleep(LOOK);
        }
    });
    if let Err(error) = started {
        tracing::warn!("cannot start the thread for the tray: {error}");
    }
}

/// Says how things are.
pub fn tell(app: &AppHandle, status: &Status) {
    if let Some(line) = app.try_state::<StateLine>()
        && let Err(error) = line.0.set_text(count_words(&status.counts))
    {
        tracing::debug!("the tray does not say how things are: {error}");
    }
}

/// How things are, in a line.
fn count_words(counts: &[StateCount]) -> String {
    let of = |wanted: &[RecorderState]| -> u32 {
        counts.iter().filter(|count| wanted.contains(&count.state)).map(|count| count.count).sum()
    };
    let all: u32 = counts.iter().map(|count| count.count).sum();
    let recording = of(&[RecorderState::Recording, RecorderState::Degraded]);
    let failed = of(&[RecorderState::Error]);
    match failed {
        0 => format!("{recording} of {all} recording"),
        failed => format!("{recording} of {all} recording, {failed} not able to"),
    }
}

fn make(app: &AppHandle) -> tauri::Result<()> {
    let state = MenuItemBuilder::with_id("state", "Audyn").enabled(false).build(app)?;
    let menu = menu(app, &state)?;
    app.manage(StateLine(state));
    let mut icon =
        TrayIconBuilder::with_id("audyn").menu(&menu).tooltip("Audyn").on_menu_event(|app, event| {
            match event.id().as_ref() {
                "show" => window::show(app),
                "record" => tell_all(app, "start_all"),
                "stop" => tell_all(app, "stop_all"),
                "quit" => leave::leave(app),
                // Lines that do nothing.
                _ => {}
            }
        });
    if let Some(image) = app.default_window_icon() {
        icon = icon.icon(image.clone());
    }
    icon.build(app).map(drop)
}

/// Stopping is a decision: it takes a second step, here as everywhere.
fn menu(app: &AppHandle, state: &MenuItem<Wry>) -> tauri::Result<Menu<Wry>> {
    let stop = SubmenuBuilder::new(app, "Stop all…").text("stop", "Stop every recorder now").build()?;
    let quit = SubmenuBuilder::new(app, "Quit…").text("quit", "Finish every file and quit").build()?;
    MenuBuilder::new(app)
        .item(state)
        .separator()
        .text("show", "Show Audyn")
        .separator()
        .text("record", "Record all")
        .item(&stop)
        .separator()
        .item(&quit)
        .build()
}

fn tell_all(app: &AppHandle, operation: &'static str) {
    let Some(service) = shell(app).station.open() else { return };
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let told = match person::caller(&app, &service) {
            Ok(caller) => {
                api::dispatch(&service, &caller, operation, serde_json::Value::Null).await.map(drop)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = told {
            tracing::warn!("{operation} from the tray: {}", error.message);
        }
    });
}

async fn hosted(bus: &Connection) -> zbus::Result<bool> {
    let question = ("org.kde.StatusNotifierWatcher", "IsStatusNotifierHostRegistered");
    let answer = WATCHER.call(bus, "Get", &question).await?;
    let body = answer.body();
    let value: Variant<'_> = body.deserialize()?;
    bool::try_from(&value)
}

fn library() -> bool {
    let folders = ["/usr/lib", "/usr/lib64", "/lib", "/usr/local/lib"];
    let here = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    folders
        .iter()
        .copied()
        .chain([here.as_str()])
        .any(|folder| LIBRARIES.iter().any(|library| std::path::Path::new(folder).join(library).exists()))
}

#[cfg(test)]
mod tests;
